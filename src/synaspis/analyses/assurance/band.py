"""What becomes of a margin over everything that is disputed, and the verdict that follows.

Three margins of each flight: with the values of the catalogue; the least when one publicly disputed value at
a time goes to the end that favours the third party; the greatest when every value that has a range goes to
the end that favours the defence, and it commits as early as any sensor allows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from synaspis.analyses.assurance.disputed import (
    SPEED_HIGH_M_S,
    SPEED_LOW_M_S,
    Disputed,
    disputed_values,
)
from synaspis.analyses.assurance.reach import STATED, Commit, Problem, Reach
from synaspis.engine.parameters import Floats

_STATED: Final = list(Commit).index(STATED)
_HALVINGS: Final = 9
"""Of a range in which a verdict flips: to a five-hundredth of it."""

_NAMED: Final = ("commit_delay",)
"""Disputed in public although nobody published a number (Wilkening 2012: the outcome is sensitive to it)."""


class Verdict(StrEnum):
    """Whether a defence affects a deterrent. no: nothing within any stated range reaches a flight. yes: some
    flight is reached as stated, and no single publicly disputed value takes that away. contested: between.
    """

    NO = "no"
    CONTESTED = "contested"
    YES = "yes"

    @property
    def rank(self) -> int:
        """0 to 2, in the order no, contested, yes."""
        return list(Verdict).index(self)


@dataclass(frozen=True, eq=False)
class Band:
    """Margins of each flight, (flight,), s; -inf where there is none at all.

    stated_s: catalogue values, commit as the scenario states. least_s: with the publicly disputed value that
    takes most away. greatest_s: all values for the defence, earliest commit.
    by_commit_s: (commit, flight) with the values of the catalogue. reach: with these values.
    """

    stated_s: Floats
    least_s: Floats
    greatest_s: Floats
    by_commit_s: Floats
    reach: Reach

    def verdict(self, flights: NDArray[np.int64] | slice = slice(None)) -> Verdict:
        """Verdict over some flights: that of the flight that is worst for the third party."""
        if not self.greatest_s[flights].size or self.greatest_s[flights].max() < 0.0:
            return Verdict.NO
        return Verdict.YES if self.least_s[flights].max() >= 0.0 else Verdict.CONTESTED


@dataclass(frozen=True, eq=False)
class Question:
    """A problem with the values that are given, and those that are disputed.

    fixed: SI values by target that replace those of the catalogue and are not disputed.
    stated_row: index of the stated commit in arrays over commits.
    """

    problem: Problem
    fixed: Mapping[str, float]
    disputed: tuple[Disputed, ...]

    stated_row: ClassVar[int] = _STATED

    @property
    def speed_name(self) -> str:
        """Target of the burnout speed."""
        return f"{self.problem.interceptor}.burnout_speed"

    @property
    def speed_m_s(self) -> float:
        """Burnout speed that is looked at."""
        item = self.problem.scenario.catalogue.interceptors[self.problem.interceptor]
        return self.fixed.get(self.speed_name, item.burnout_speed.si)

    def at_speed(self, speed_m_s: float) -> Question:
        """The same question with the burnout speed given, so that it is no longer disputed."""
        others = tuple(one for one in self.disputed if one.name != self.speed_name)
        return Question(self.problem, {**self.fixed, self.speed_name: speed_m_s}, others)

    def margins(self, values: Mapping[str, float] | None = None) -> Floats:
        """Best margin over batteries with given values, (commit, flight)."""
        return _best(self.problem.reach({**self.fixed, **(values or {})}))

    def stated_s(self, values: Mapping[str, float] | None = None) -> Floats:
        """The same under the stated commit, (flight,)."""
        stated: Floats = self.margins(values)[_STATED]
        return stated

    def greatest_s(self) -> Floats:
        """All ranges at the ends that favour the defence, any commit, (flight,); at least the catalogue's."""
        greatest: Floats = np.max([self.margins(end).max(axis=0) for end in self._for_the_defence()], axis=0)
        return greatest

    def is_possible(self) -> bool:
        """Whether some flight is reached within the stated ranges: the verdict is not `no`."""
        return any(self.margins(end).max(initial=-np.inf) >= 0.0 for end in self._for_the_defence())

    def is_sure(self, matter: Sequence[Disputed] | None = None) -> bool:
        """Whether some flight is reached as stated whatever publicly disputed value is taken: `yes`.

        matter: values that matter, those that take most away first; all by default.
        """
        left = self.stated_s()
        for one in self.disputed if matter is None else matter:
            if left.max(initial=-np.inf) < 0.0:
                return False
            left = self.least_s(left, [one])
        return bool(left.max(initial=-np.inf) >= 0.0)

    def _for_the_defence(self) -> list[dict[str, float]]:
        """Values of the catalogue, and the ends of all ranges that favour the defence."""
        joint: dict[str, float] = {}
        for one in self.disputed:
            if one.helps:
                joint |= one.set_to(one.high if one.helps > 0 else one.low)
        return [*({**joint, **either} for either in _either(self.disputed)), {}]

    def least_s(self, start_s: Floats, matter: Sequence[Disputed] | None = None) -> Floats:
        """Least margin as stated over one publicly disputed value at a time, (flight,).

        start_s: margin with the values of the catalogue. matter: values that matter, all by default.
        """
        least = start_s
        for one in self.disputed if matter is None else matter:
            if is_public(one) and np.isfinite(least).any():
                for end in against(one):
                    least = np.minimum(least, self.stated_s(one.set_to(end)))
        return least

    def verdict(self) -> Verdict:
        """The verdict alone, with no more computed than it takes."""
        if not self.is_possible():
            return Verdict.NO
        return Verdict.YES if self.is_sure() else Verdict.CONTESTED

    def band(self) -> Band:
        """All three margins."""
        reach = self.problem.reach(self.fixed)
        by_commit = _best(reach)
        stated = by_commit[_STATED]
        return Band(stated, self.least_s(stated), self.greatest_s(), by_commit, reach)


def question(problem: Problem, fixed: Mapping[str, float]) -> Question:
    """Collect what is disputed about a problem; radars count if the battery may launch on them."""
    delay_s, own = problem.rights.track_delay_s[1], problem.rights.battery_ids
    columns = [own.index(battery.id) for battery in problem.batteries]
    usable = np.isfinite(delay_s[:, columns]).any(axis=1)
    items = {radar.id: radar.item.id for radar in problem.scenario.radars}
    radars = dict.fromkeys(
        items[name] for name, use in zip(problem.rights.radar_ids, usable, strict=True) if use
    )
    missile = problem.document.missile
    disputed = disputed_values(problem.scenario, missile, problem.interceptor, radars, fixed)
    return Question(problem, fixed, disputed)


def is_public(one: Disputed) -> bool:
    """Whether somebody disputes the value in public: its range has a source, or a rival, or it is named."""
    field = one.name.rpartition(".")[2]
    return one.quantity.basis != "assumed" or bool(one.quantity.rivals) or field in _NAMED


def against(one: Disputed) -> tuple[float, ...]:
    """The end of a range that favours the third party; both ends if it may be either."""
    if one.helps == 0:
        return (one.low, one.high)
    return (one.low if one.helps > 0 else one.high,)


def verdict_flips(
    asked: Question, matter: Sequence[Disputed], reached_from_m_s: float | None
) -> dict[str, float]:
    """Burnout speeds, m/s, from which the verdict is `contested` and `yes`, between 2 and 12 km/s.

    matter: values on which a margin depends, those that take most away first. reached_from_m_s: speed from
    which a flight is reached as stated, None if there is none. What does not flip is left out.
    """
    others = [one for one in matter if one.name != asked.speed_name]

    def is_possible(speed_m_s: float) -> bool:
        return asked.at_speed(speed_m_s).is_possible()

    def is_sure(speed_m_s: float) -> bool:
        return asked.at_speed(speed_m_s).is_sure(others)

    found: dict[str, float] = {}
    if not is_possible(SPEED_LOW_M_S) and is_possible(SPEED_HIGH_M_S):
        found[Verdict.CONTESTED.value] = halved(is_possible, SPEED_LOW_M_S, SPEED_HIGH_M_S)
    if reached_from_m_s is not None and is_sure(SPEED_HIGH_M_S):
        found[Verdict.YES.value] = halved(is_sure, reached_from_m_s, SPEED_HIGH_M_S)
    return found


def halved(holds: Callable[[float], bool], without: float, having: float) -> float:
    """The value between two, to a five-hundredth of their distance, from which a condition holds.

    holds: function of a value; false at `without`, true at `having`.
    """
    for _ in range(_HALVINGS):
        middle = 0.5 * (without + having)
        without, having = (without, middle) if holds(middle) else (middle, having)
    return having


def _best(reach: Reach) -> Floats:
    margin = reach.margin_s()
    best: Floats = margin.max(axis=2, initial=-np.inf)
    return best


def _either(disputed: Sequence[Disputed]) -> list[dict[str, float]]:
    """Both ends, together, of the values of which either end may favour the defence."""
    free = [one for one in disputed if not one.helps]
    if not free:
        return [{}]
    return [
        {target: v for one in free for target, v in one.set_to(getattr(one, end)).items()}
        for end in ("low", "high")
    ]
