"""What a release decision looks at, and what it says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from synaspis.agreement.label import Label
from synaspis.agreement.quality import Quality


@dataclass(frozen=True, eq=False)
class Item:
    """All that a release decision may depend on; never the numbers inside a message.

    sender: partner that gives it. product: one of `PRODUCTS`. label: its marking.
    missile_class: None if it is not known. regions: ids of the regions that the launch or impact area
    touches, kept in alphabetical order; empty if it touches none; None if the place is not known.
    exercise: whether it is marked as part of an exercise.
    """

    sender: str
    product: str
    label: Label
    missile_class: str | None = None
    regions: tuple[str, ...] | None = ()
    exercise: bool = False
    _key: tuple[object, ...] = field(init=False, repr=False)
    _hash: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        regions = None if self.regions is None else tuple(sorted(set(self.regions)))
        key = (self.sender, self.product, self.label.key, self.missile_class, regions, self.exercise)
        object.__setattr__(self, "regions", regions)
        object.__setattr__(self, "_key", key)
        object.__setattr__(self, "_hash", hash(key))

    # Items are keys of the cache of decisions: the hash is made once, and equality starts with it.
    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self is other or (
            isinstance(other, Item) and self._hash == other._hash and self._key == other._key
        )


class Reason(NamedTuple):
    """A clause that decided.

    agreement: id of an agreement, or `BASE` for a rule that always holds. clause: id of its clause.
    """

    agreement: str
    clause: str


class Decision(NamedTuple):
    """What a recipient gets of an item.

    quality: highest level that it may have; None if it gets nothing. delay_us: from receipt at the centre to
    release, microseconds; 0 if it gets nothing. reasons: clauses that permit this level, or those that
    forbid every level; empty if nothing permits any. policy: version of the policy that decided.
    """

    quality: Quality | None
    delay_us: int
    reasons: tuple[Reason, ...]
    policy: str


BASE = "base"
"""Stands for an agreement in the reasons that no agreement gives: `BASE_RULES` and the tags of categories."""

BASE_RULES = ("own", "undefined-label", "clearance")
"""Rules that always hold; no category may have one of these tags, or its rule would stand in their place."""
