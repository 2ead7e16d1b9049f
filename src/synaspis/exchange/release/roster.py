"""Sets of partners as whole numbers, one bit each, so that rights of hundreds are compared in one step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_REMEMBERED_MAX: Final = 4_096


class Roster:
    """Gives every partner a bit, for good; which bit it is shows nowhere outside.

    names: partners known from the start, in the order of their bits.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names: list[str] = []
        self._bits: dict[str, int] = {}
        self._sorted: dict[int, tuple[str, ...]] = {}
        for name in names:
            self.bit(name)

    def bit(self, name: str) -> int:
        """Bit of a partner; one that was not known gets the next."""
        bit = self._bits.get(name)
        if bit is None:
            bit = self._bits[name] = 1 << len(self._names)
            self._names.append(name)
        return bit

    def mask(self, names: Iterable[str]) -> int:
        """Set of some partners."""
        mask = 0
        for name in names:
            mask |= self.bit(name)
        return mask

    def names(self, mask: int) -> tuple[str, ...]:
        """Partners of a set, in alphabetical order."""
        known = self._sorted.get(mask)
        if known is None:
            if len(self._sorted) > _REMEMBERED_MAX:
                self._sorted.clear()
            known = tuple(sorted(name for name, bit in self._bits.items() if mask & bit))
            self._sorted[mask] = known
        return known

    def restore(self, names: Iterable[str]) -> None:
        """Give partners their bits anew, in this order."""
        self._names.clear()
        self._bits.clear()
        self._sorted.clear()
        for name in names:
            self.bit(name)

    @property
    def known(self) -> tuple[str, ...]:
        """All partners in the order of their bits."""
        return tuple(self._names)
