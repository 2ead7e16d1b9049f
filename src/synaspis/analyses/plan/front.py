"""Cost against coverage: every plan that no other beats in both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, inf
from typing import NamedTuple

from synaspis.analyses.plan._formulation import MILLION, Formulation, formulate
from synaspis.analyses.plan._goal import Goal, Objective, goal_of
from synaspis.analyses.plan._solver import UnsolvedError
from synaspis.analyses.plan.limits import EQUAL_USD
from synaspis.analyses.plan.problem import Problem, Schedule, held, life_cycle_usd


class FrontPoint(NamedTuple):
    """A plan of the front.

    cost_usd: the least life-cycle cost for which its value can be had. value: of the objective in the last
    year. people: defended in the last year.
    """

    cost_usd: float
    value: float
    people: float
    schedule: Schedule


@dataclass(frozen=True)
class Front:
    """Points from cheap to dear; complete: whether there is no further one between them."""

    points: tuple[FrontPoint, ...]
    complete: bool


def front(
    problem: Problem,
    objective: Objective = "population",
    *,
    points: int | None = None,
    time_limit_s: float | None = None,
) -> Front:
    """The Pareto front of life-cycle cost and the objective in the last year, by the epsilon constraint.

    The dearest point first: the best value at any cost, then the least cost of that value; then the same with
    a budget one step below that cost, until nothing is spent. The total budget and the minima are left out;
    the other limits hold. points: if there are more of them, about so many at budgets that are spread
    evenly; all if None.
    Points that differ by less than 1000 USD count as one. Source: Haimes, Lasdon, Wismer, IEEE Transactions
    on Systems, Man, and Cybernetics 1 (1971) 296-297, doi:10.1109/TSMC.1971.4308298.
    """
    free = replace(problem, minima=(), budget=replace(problem.budget, total_usd=None))
    last = len(problem.years) - 1
    f = formulate(free, [last])
    goal = goal_of(f, objective, last)
    found: list[FrontPoint] = []
    limit_usd = inf
    while limit_usd >= 0.0 and (points is None or len(found) < points):
        found.append(_point(f, goal, limit_usd, time_limit_s))
        limit_usd = found[-1].cost_usd - EQUAL_USD
    if limit_usd < 0.0:
        return Front(tuple(reversed(found)), complete=True)
    dearest, step = found[0], found[0].cost_usd / max((points or 0) - 1, 1)
    found = [dearest]
    while found[-1].cost_usd >= EQUAL_USD:
        # the next budget of the even spread that lies below the last point
        coarse = step * (ceil(found[-1].cost_usd / step - 1.0e-6) - 1)
        limit_usd = max(min(found[-1].cost_usd - EQUAL_USD, coarse), 0.0)
        found.append(_point(f, goal, limit_usd, time_limit_s))
    return Front(tuple(reversed(found)), complete=False)


def _point(f: Formulation, goal: Goal, limit_usd: float, time_limit_s: float | None) -> FrontPoint:
    """The best value for no more than a limit, at its least cost."""
    problem, last = f.problem, len(f.problem.years) - 1
    cost = f.life_cycle()
    schedule: Schedule | None = None
    with f.program.but(cost, upper=min(limit_usd / MILLION, 1.0e12)):
        answer = f.program.solve(goal.terms, maximise=True, time_limit_s=time_limit_s)
        if answer is not None:
            value = goal.value(held(problem, f.schedule(answer.values), last))
            with f.program.but(goal.terms, lower=goal.floor(value)):
                answer = f.program.solve(cost, maximise=False, time_limit_s=time_limit_s)
    if answer is not None:
        schedule = f.schedule(answer.values)
    if schedule is None:
        raise UnsolvedError("the solver lost a plan that it had found: rounding; please report it")
    people = held(problem, schedule, last)
    return FrontPoint(life_cycle_usd(problem, schedule), goal.value(people), float(people.sum()), schedule)
