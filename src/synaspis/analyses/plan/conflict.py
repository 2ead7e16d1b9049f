"""Why no plan meets the minima: a smallest set of limits that cannot hold together."""

from __future__ import annotations

from dataclasses import dataclass, replace

from synaspis.analyses.plan._formulation import THOUSAND, formulate
from synaspis.analyses.plan.limits import in_words, limit_keys
from synaspis.analyses.plan.problem import Minimum, Problem, held
from synaspis.analyses.plan.solve import total_usd


@dataclass(frozen=True)
class Conflict:
    """Limits that cannot hold together; without any one of them the others can.

    keys: field paths. words: what each says. least_cost_usd: the least total for which all minima can be met
    under the other limits; None if no amount of money does. reachable: for each minimum of people in the
    conflict, as many as can be defended by then if the other minima are left out.
    """

    keys: tuple[str, ...]
    words: tuple[str, ...]
    least_cost_usd: float | None
    reachable: dict[str, float]


def conflict_of(problem: Problem, *, time_limit_s: float | None = None) -> Conflict | None:
    """Find what makes a problem infeasible; None if a plan exists.

    Deletion filter: one limit after the other is dropped for good if the rest is still infeasible; what is
    left is irreducible. Source: Chinneck and Dravnieks, ORSA Journal on Computing 3 (1991) 157-168,
    doi:10.1287/ijoc.3.2.157.
    """

    def possible(relaxed: frozenset[str]) -> bool:
        program = formulate(problem, (), relaxed=relaxed).program
        return program.solve({}, maximise=True, time_limit_s=time_limit_s) is not None

    if possible(frozenset()):
        return None
    dropped: frozenset[str] = frozenset()
    for key in limit_keys(problem):
        if not possible(dropped | {key}):
            dropped |= {key}
    kept = tuple(key for key in limit_keys(problem) if key not in dropped)
    people = [m for m in problem.minima if m.key in kept and m.build is None]
    return Conflict(
        keys=kept,
        words=tuple(in_words(problem, key) for key in kept),
        least_cost_usd=_least_cost(problem, time_limit_s),
        reachable={m.key: _most(problem, m, time_limit_s) for m in people},
    )


def _least_cost(problem: Problem, time_limit_s: float | None) -> float | None:
    f = formulate(replace(problem, budget=replace(problem.budget, total_usd=None)), ())
    cost = f.spending(sorted(problem.options), range(len(problem.years)))
    answer = f.program.solve(cost, maximise=False, time_limit_s=time_limit_s)
    return None if answer is None else total_usd(problem, f.schedule(answer.values))


def _most(problem: Problem, minimum: Minimum, time_limit_s: float | None) -> float:
    """As many people as a minimum can count without the other minima."""
    free = replace(problem, minima=())
    number = None if minimum.partner is None else problem.partners.index(minimum.partner)
    f = formulate(free, [minimum.by])
    answer = f.program.solve(
        f.people(minimum.by, number, 1.0 / THOUSAND), maximise=True, time_limit_s=time_limit_s
    )
    assert answer is not None  # a plan that builds nothing meets every budget
    people = held(problem, f.schedule(answer.values), minimum.by)
    return float(people.sum() if number is None else people[number])
