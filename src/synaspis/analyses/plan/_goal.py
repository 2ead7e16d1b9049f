"""What is made greatest, as terms of a program and as a count of people."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import Literal

from synaspis.analyses.plan._formulation import SHARES, THOUSAND, Formulation
from synaspis.analyses.plan._solver import Terms
from synaspis.analyses.plan.problem import Floats, Problem, worst_share

Objective = Literal["population", "worst-off"]

HALF_PERSON = 0.5
SHARE_SLACK = 1.0e-4
"""In parts of `SHARES`: one person in a hundred million is ten times as much."""


@dataclass(frozen=True, eq=False)
class Goal:
    """The objective in one year; made by `goal_of`.

    terms: sum of columns, in thousand people or parts of `SHARES`. share: whether it is a share.
    """

    problem: Problem
    terms: Terms
    share: bool

    def value(self, people: Floats) -> float:
        """People defended, or the share of the worst off; people: (partner,)."""
        return worst_share(self.problem, people) if self.share else float(people.sum())

    def floor(self, value: float) -> float:
        """Least sum of the terms of a plan that has no less than a value."""
        if self.share:
            return SHARES * value - SHARE_SLACK
        return (value - HALF_PERSON - sum(self.problem.always)) / THOUSAND

    def bound(self, bound: float) -> float:
        """A bound of the sum as a value; people are whole."""
        if self.share:
            return bound / SHARES
        return float(floor(THOUSAND * bound + HALF_PERSON) + sum(self.problem.always))


def goal_of(formulation: Formulation, objective: Objective, year: int) -> Goal:
    """Write an objective in a watched year; the share of the worst off adds a column and its rows."""
    problem = formulation.problem
    if objective == "worst-off":
        return Goal(problem, {formulation.worst(year): 1.0}, share=True)
    return Goal(problem, formulation.people(year), share=False)
