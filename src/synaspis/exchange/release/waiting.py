"""What waits for its time of release."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from synaspis.exchange.release.rights import Plan
from synaspis.exchange.release.statements import Held
from synaspis.exchange.release.tracks import Sighting


class Wave(NamedTuple):
    """Recipients that get one track report after the same delay. mask: the recipients."""

    sighting: Sighting
    plan: Plan
    delay_us: int
    mask: int


@dataclass(frozen=True, slots=True)
class Change:
    """New agreements that everybody is told of. version: of the policy."""

    version: str


Entry = tuple[int, str, int, Held | Wave | Change]
"""What is still to be released: when; its reference, which orders what has the same instant; a number that
keeps entries of one message apart; and what it is.
"""
