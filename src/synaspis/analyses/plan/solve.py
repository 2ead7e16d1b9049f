"""The best plan of a problem, in the order of what matters, and the proof that there is no better one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from synaspis.analyses.plan._formulation import MILLION, THOUSAND, Formulation, formulate
from synaspis.analyses.plan._goal import Objective, goal_of
from synaspis.analyses.plan._solver import Terms, UnsolvedError, added
from synaspis.analyses.plan.problem import Problem, Schedule, held, life_cycle_usd, spending


@dataclass(frozen=True)
class Best:
    """The best plan.

    schedule: what is built and when. value: of the objective in the last year, people or share, counted again
    from the schedule. bound: no plan within the limits has more; proved by the solver. gap: how far the bound
    lies above the value, as a share of the bound. nodes: of the search trees. size: of the program.
    """

    schedule: Schedule
    value: float
    bound: float
    gap: float
    nodes: int
    size: dict[str, int]


def best_plan(
    problem: Problem, objective: Objective = "population", *, time_limit_s: float | None = None
) -> Best | None:
    """Find the best plan; None if the minima cannot be met within the budget and the other limits.

    In this order: the objective in the last year; the people defended in the last year; the least life-cycle
    cost, which says what is built; the person-years over all years, which says what comes first; the least
    spending; the candidates that come first in the alphabet.
    Each is held at its best while the next is sought, so that the plan is the same on every run.
    time_limit_s: for each of these runs of the solver. Raises UnsolvedError if one finds nothing in it.
    """
    last = len(problem.years) - 1
    f = formulate(problem, range(len(problem.years)))
    goal = goal_of(f, objective, last)
    answer = f.program.solve(goal.terms, maximise=True, time_limit_s=time_limit_s)
    if answer is None:
        return None
    schedule, nodes, bound = f.schedule(answer.values), answer.nodes, goal.bound(answer.bound)
    f.program.row(goal.terms, lower=goal.floor(goal.value(held(problem, schedule, last))))
    for terms, maximise, measure, slack in _stages(f):
        answer = f.program.solve(terms, maximise=maximise, time_limit_s=time_limit_s)
        if answer is None:
            raise UnsolvedError("the solver lost a plan that it had found: rounding; please report it")
        schedule, nodes = f.schedule(answer.values), nodes + answer.nodes
        if maximise:
            f.program.row(terms, lower=measure(schedule) - slack)
        else:
            f.program.row(terms, upper=measure(schedule) + slack)
    value = goal.value(held(problem, schedule, last))
    bound = max(bound, value)
    return Best(
        schedule, value, bound, (bound - value) / bound if bound > 0.0 else 0.0, nodes, f.program.size
    )


def total_usd(problem: Problem, schedule: Schedule) -> float:
    """Cost of a schedule over all years."""
    return float(sum(cost.sum() for cost in spending(problem, schedule).values()))


def _stages(f: Formulation) -> list[tuple[Terms, bool, Callable[[Schedule], float], float]]:
    """What decides between plans of the same value: terms, whether to maximise, measure, slack.

    The slack is half a person, ten dollars.
    """
    problem, years = f.problem, range(len(f.problem.years))
    always = sum(problem.always)

    def people(schedule: Schedule, counted: range) -> float:
        return sum(float(held(problem, schedule, year).sum()) - always for year in counted) / THOUSAND

    person_years = added(part for year in years for part in f.people(year).items())
    return [
        (f.people(years[-1]), True, lambda s: people(s, years[-1:]), 5.0e-4),
        (f.life_cycle(), False, lambda s: life_cycle_usd(problem, s) / MILLION, 1.0e-5),
        (person_years, True, lambda s: people(s, years), 5.0e-4),
        (
            f.spending(sorted(problem.options), years),
            False,
            lambda s: total_usd(problem, s) / MILLION,
            1.0e-5,
        ),
        (_alphabet(f), False, lambda _: 0.0, float("inf")),
    ]


def _alphabet(f: Formulation) -> Terms:
    """Terms that are least for candidates with ids that come first, and for fewest interceptors."""
    rank = {name: number for number, name in enumerate(sorted(f.problem.options), start=1)}
    standing = [(column, float(rank[name])) for (name, _), column in f.stands.items()]
    return added([*standing, *((column, 1.0e-3) for column in f.steps.values())])
