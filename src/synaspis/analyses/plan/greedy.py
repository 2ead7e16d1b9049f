"""A greedy plan beside the best one: what somebody without a solver would do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from synaspis.analyses.plan._goal import Objective
from synaspis.analyses.plan.limits import broken
from synaspis.analyses.plan.problem import Built, Problem, Schedule, held, spending, worst_share

Bundle = tuple[str, ...]


def greedy_plan(problem: Problem, objective: Objective = "population") -> Schedule:
    """Add again and again the bundle that gains most for its money, as early as the limits allow.

    A bundle is a battery with the radars of one of its means, or radars for a standing battery, and what
    these need. It gains people in the last year, or the share of the worst-off partner and people after
    that. It ends when no bundle that can be paid gains anything. Minima are not looked at: a greedy plan may
    miss them.
    """
    free = replace(problem, minima=())
    schedule: Schedule = {}
    bundles = sorted({closed(problem, means.needs) for means in problem.means if means.needs})
    while True:
        now, spent = _value(free, schedule, objective), _cost(free, schedule)
        best: tuple[tuple[float, float], Schedule] | None = None
        for bundle in bundles:
            more = _with(free, schedule, bundle)
            if more is None:
                continue
            gain = tuple(
                after - before for after, before in zip(_value(free, more, objective), now, strict=True)
            )
            if gain <= (0.0, 0.0):
                continue
            price = max(_cost(free, more) - spent, 1.0)
            score = (gain[0] / price, gain[1] / price)
            if best is None or score > best[0]:
                best = (score, more)
        if best is None:
            return dict(sorted(schedule.items()))
        schedule = best[1]


def closed(problem: Problem, names: frozenset[str]) -> Bundle:
    """Candidates with all that they need, in the order of their ids; of alternatives the cheapest."""
    whole, todo = set(names), sorted(names)
    while todo:
        option = problem.options[todo.pop()]
        wanted = list(option.needs)
        if option.needs_one_of and not whole.intersection(option.needs_one_of):
            wanted.append(min(option.needs_one_of, key=lambda n: (problem.options[n].price_usd, n)))
        todo += [name for name in wanted if name not in whole]
        whole.update(wanted)
    return tuple(sorted(whole))


def _with(problem: Problem, schedule: Schedule, bundle: Bundle) -> Schedule | None:
    """The schedule with a bundle in the first year that breaks no limit; None if there is none."""
    new = [name for name in bundle if name not in schedule]
    if not new:
        return None
    for more in _from_year(problem, schedule, new):
        if not broken(problem, more):
            return more
    return None


def _from_year(problem: Problem, schedule: Schedule, new: list[str]) -> Iterator[Schedule]:
    for start in range(len(problem.years)):
        years = {name: max(problem.options[name].first, start) for name in new}
        for _ in new:  # what needs another comes no earlier than that; as often as the longest chain
            for name in new:
                needs = problem.options[name].needs
                years[name] = max([years[name], *(years.get(n, 0) for n in needs)])
        if max(years.values()) < len(problem.years):
            yield {
                **schedule,
                **{name: Built(year, _numbers(problem, name, year)) for name, year in years.items()},
            }


def _numbers(problem: Problem, name: str, year: int) -> tuple[int, ...]:
    """As few interceptors as meet the depth alone, or as many as there can be."""
    option, count = problem.options[name], problem.options[name].least
    while problem.deep and count < problem.depth and count + option.step <= option.most:
        count += option.step
    return tuple(0 if y < year else count for y in range(len(problem.years)))


def _value(problem: Problem, schedule: Schedule, objective: Objective) -> tuple[float, float]:
    people = held(problem, schedule, len(problem.years) - 1)
    first = worst_share(problem, people) if objective == "worst-off" else 0.0
    return first, float(people.sum())


def _cost(problem: Problem, schedule: Schedule) -> float:
    return float(sum(cost.sum() for cost in spending(problem, schedule).values()))
