"""Who is meant by an id: a partner, or an alliance that stands for its members."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Membership:
    """Partners and alliances of a scenario.

    partners: ids of all partners. alliances: alliance id to the ids of its members, all of them partners.
    """

    partners: tuple[str, ...]
    alliances: Mapping[str, tuple[str, ...]]

    @property
    def names(self) -> tuple[str, ...]:
        """Every id that may stand in an agreement."""
        return (*self.partners, *self.alliances)

    def expand(self, ids: Iterable[str]) -> frozenset[str]:
        """Partners meant by ids of partners and alliances; an id that is neither is left out."""
        meant: set[str] = set()
        for name in ids:
            meant.update(self.alliances.get(name, (name,) if name in self.partners else ()))
        return frozenset(meant)
