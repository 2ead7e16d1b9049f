"""How the margin moves over each disputed value, where it changes sign, and who holds which value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np

from synaspis.analyses.assurance.band import Question, halved, is_public
from synaspis.analyses.assurance.disputed import SPEED_HIGH_M_S, SPEED_LOW_M_S, Disputed
from synaspis.core.units import UNITS
from synaspis.engine.parameters import Floats

SUFFIX: Final = {
    "length": "m",
    "time": "s",
    "speed": "m_s",
    "area": "m2",
    "angle": "rad",
    "mass per area": "kg_m2",
}
"""Ending of the name of a value in SI, by its dimension."""

_SAME_S: Final = 1.0e-6
_SPEED_STEP_M_S: Final = 250.0


class Ends(NamedTuple):
    """What a value does to the margin of the best flight under one commit.

    low_s, high_s: margin at the low and the high end; None where there is none. flips_at: value, SI, at which
    the margin changes sign; None if it does not in the range.
    """

    low_s: float | None
    high_s: float | None
    flips_at: float | None


@dataclass(frozen=True)
class Sensitivity:
    """One disputed value, and what it does under the commit that is stated and under the earliest of all."""

    disputed: Disputed
    stated: Ends
    earliest: Ends

    @property
    def key(self) -> str:
        """Name with its SI unit last."""
        dimension = UNITS[self.disputed.quantity.unit].dimension
        return f"{self.disputed.name}_{SUFFIX[dimension]}"

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        one = self.disputed
        return {
            "value_name": self.key,
            "value": one.value,
            "low": one.low,
            "high": one.high,
            "basis": one.quantity.basis,
            "disputed_in_public": is_public(one),
            "stated": self.stated._asdict(),
            "earliest_commit": self.earliest._asdict(),
            "held": one.held(),
        }


def sensitivities(
    asked: Question, by_commit_s: Floats, advance: Callable[[str], None]
) -> tuple[Sensitivity, ...]:
    """Move each disputed value over its range; those that change no margin under any commit are left out.

    by_commit_s: (commit, flight) margins with the values of the catalogue. advance: called after each value.
    """
    found = []
    for one in asked.disputed:
        ends = [asked.margins(one.set_to(end)) for end in (one.low, one.high)]
        advance(one.name)
        if all(_same(end, by_commit_s) for end in ends):
            continue
        stated, earliest = (_ends(asked, one, row, ends) for row in (asked.stated_row, -1))
        found.append(Sensitivity(one, stated, earliest))
    return tuple(found)


def speed_flip(asked: Question) -> float | None:
    """Burnout speed, m/s, from which a flight is reached as stated, all else as in the catalogue."""

    def reached(speed_m_s: float) -> bool:
        return _reached(_number(asked.at_speed(speed_m_s).stated_s()))

    if reached(SPEED_LOW_M_S) or not reached(SPEED_HIGH_M_S):
        return None
    return halved(reached, SPEED_LOW_M_S, SPEED_HIGH_M_S)


def needed_speeds(asked: Question) -> Floats:
    """Burnout speed, m/s, at which the margin of each flight is zero, (commit, flight); inf if none does.

    Margins are taken every 250 m/s from 2 to 12 km/s, in between along straight lines.
    """
    speeds = np.arange(SPEED_LOW_M_S, SPEED_HIGH_M_S + 1.0, _SPEED_STEP_M_S)
    margins = np.stack([asked.at_speed(float(speed)).margins() for speed in speeds])
    reached = margins >= 0.0
    first = reached.argmax(axis=0)
    before = np.maximum(first - 1, 0)
    at, under = (np.take_along_axis(margins, index[None], axis=0)[0] for index in (first, before))
    with np.errstate(invalid="ignore"):
        share = np.where(np.isfinite(under) & (at > under), at / (at - under), 0.0)
    needed = speeds[first] - np.where(first > 0, share * _SPEED_STEP_M_S, 0.0)
    return np.where(reached.any(axis=0), needed, np.inf)


def those_that_matter(found: Sequence[Sensitivity]) -> tuple[Disputed, ...]:
    """The disputed values behind some sensitivities, those that take most away first."""

    def least(each: Sensitivity) -> float:
        ends = each.stated[:2]
        return min(-np.inf if end is None else end for end in ends)

    return tuple(each.disputed for each in sorted(found, key=least))


def _ends(asked: Question, one: Disputed, row: int, margins: Sequence[Floats]) -> Ends:
    """What a value does under the commit of a row; margins: (commit, flight) at its low and high end."""
    low, high = (_number(each[row]) for each in margins)
    if _reached(low) == _reached(high):
        return Ends(low, high, None)
    ends = (one.low, one.high) if _reached(high) else (one.high, one.low)
    flip = halved(lambda value: _reached(_number(asked.margins(one.set_to(value))[row])), *ends)
    return Ends(low, high, flip)


def _number(margins: Floats) -> float | None:
    """Best margin of all flights; None if there is none at all."""
    best = float(margins.max(initial=-np.inf))
    return best if np.isfinite(best) else None


def _reached(margin_s: float | None) -> bool:
    return margin_s is not None and margin_s >= 0.0


def _same(one: Floats, other: Floats) -> bool:
    both = np.isfinite(one) & np.isfinite(other)
    return bool(
        (np.isfinite(one) == np.isfinite(other)).all()
        and np.allclose(one[both], other[both], rtol=0.0, atol=_SAME_S)
    )
