"""What a plan comes to, for people and for programs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from synaspis.analyses.assumptions import Assumption, assumptions_of
from synaspis.analyses.plan._goal import Objective
from synaspis.analyses.plan.conflict import Conflict
from synaspis.analyses.plan.front import Front
from synaspis.analyses.plan.patterns import Patterns
from synaspis.analyses.plan.prices import assumption_of
from synaspis.analyses.plan.problem import (
    Built,
    Problem,
    Schedule,
    held,
    life_cycle_usd,
    spending,
    spent,
    worst_off,
)
from synaspis.analyses.plan.reading import PlanInput
from synaspis.analyses.plan.solve import Best


@dataclass(frozen=True, eq=False)
class PlanResult:
    """The best plan of a scenario, with what it is held against.

    given: the plan file. best: None if the minima cannot be met; conflict then says why, else it is None.
    greedy: what a greedy choice would build. front: cost against coverage; None if it was not asked for.
    checked: (year,) people defended, counted anew by `Capability.defended` with the assets of the plan; empty
    without one. problems: by end of the cost ranges, `low`, `value` and `high`.
    """

    given: PlanInput
    scenario: str
    threats: tuple[str, ...]
    step_deg: float
    objective: Objective
    level: str
    problem: Problem
    patterns: Patterns
    best: Best | None
    conflict: Conflict | None
    greedy: Schedule
    front: Front | None
    checked: tuple[int, ...]
    problems: dict[str, Problem]

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        """What the plan rests on, each once: prices first, then all that its coverage rests on."""
        used = (price for name in sorted(self.given.costs) for price in self.given.costs[name].used)
        prices = tuple(assumption_of(price) for price in dict.fromkeys(used))
        return (*prices, *assumptions_of(self.given.scenario, self.threats))

    @property
    def absent(self) -> tuple[str, ...]:
        """Costs that are not public, in words; they count as 0."""
        notes = (note for name in sorted(self.given.costs) for note in self.given.costs[name].absent)
        return tuple(dict.fromkeys(notes))

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values: exactly what `--json` prints."""
        plan = self.given.document
        return {
            "scenario": self.scenario,
            "plan": plan.id,
            "name": plan.name,
            "phase": plan.phase,
            "agreements_on": self.given.scenario.phase(plan.phase).date.isoformat(),
            "threats": list(self.threats),
            "grid_step_deg": self.step_deg,
            "objective": self.objective,
            "depth": self.problem.depth,
            "years": list(self.problem.years),
            "price_year": plan.price_year,
            "life_years": plan.life_years,
            "cost_level": self.level,
            "budget": self._budget(),
            "status": "infeasible"
            if self.best is None
            else "optimal"
            if self.best.gap <= 0.0
            else "feasible",
            "today": self._people({}),
            "best": None if self.best is None else self._best(self.best),
            "conflict": None if self.conflict is None else self._conflict(self.conflict),
            "greedy": self._described(self.greedy),
            "front": None if self.front is None else self._front(self.front),
            "problem": self._size(),
            "not_public": list(self.absent),
            "assumptions": [asdict(each) for each in self.assumptions],
        }

    def _budget(self) -> dict[str, Any]:
        budget, years = self.problem.budget, self.problem.years
        return {
            "total_usd": budget.total_usd,
            "yearly_usd": {str(years[year]): limit for year, limit in budget.yearly_usd.items()},
            "partners_usd": dict(budget.partner_usd),
        }

    def _people(self, schedule: Schedule, year: int = -1) -> dict[str, Any]:
        people = held(self.problem, schedule, year % len(self.problem.years))
        partner, share = worst_off(self.problem, people)
        return {
            "people_defended": int(people.sum()),
            "people_threatened": int(sum(self.problem.reach)),
            "worst_off": partner,
            "worst_off_share": share,
        }

    def _described(self, schedule: Schedule) -> dict[str, Any]:
        return {
            "assets": [self._asset(name, built) for name, built in in_order(schedule)],
            "spent_usd": self._cost(schedule),
            "life_cycle_usd": {k: life_cycle_usd(p, schedule) for k, p in self.problems.items()},
            **self._people(schedule),
        }

    def _cost(self, schedule: Schedule) -> dict[str, float]:
        return {
            level: float(sum(cost.sum() for cost in spending(problem, schedule).values()))
            for level, problem in self.problems.items()
        }

    def _asset(self, name: str, built: Built) -> dict[str, Any]:
        candidate = self.given.document.candidates[name]
        return {
            "id": name,
            "name": candidate.name or name,
            "item": candidate.item,
            "owner": candidate.owner,
            "year": self.problem.years[built.year],
            "interceptors": built.interceptors[-1] or None,
            "spent_usd": {k: float(spent(p, name, built).sum()) for k, p in self.problems.items()},
            "life_cycle_usd": {k: life_cycle_usd(p, {name: built}) for k, p in self.problems.items()},
        }

    def _best(self, best: Best) -> dict[str, Any]:
        costs = spending(self.problem, best.schedule)
        return {
            **self._described(best.schedule),
            "value": best.value,
            "bound": best.bound,
            "gap": best.gap,
            "by_year": [
                {
                    "year": year,
                    "spent_usd": float(sum(cost[n] for cost in costs.values())),
                    **self._people(best.schedule, n),
                    "recounted": self.checked[n],
                }
                for n, year in enumerate(self.problem.years)
            ],
            "partners": self._partners(best.schedule),
        }

    def _partners(self, schedule: Schedule) -> list[dict[str, Any]]:
        problem, last = self.problem, len(self.problem.years) - 1
        before, after = held(problem, {}, last), held(problem, schedule, last)
        costs = spending(problem, schedule)
        names = dict.fromkeys((*problem.partners, *(problem.options[name].owner for name in costs)))
        rows = []
        for name in names:
            n = problem.partners.index(name) if name in problem.partners else None
            paid = sum(cost.sum() for asset, cost in costs.items() if problem.options[asset].owner == name)
            rows.append(
                {
                    "partner": name or None,
                    "people_threatened": 0 if n is None else int(problem.reach[n]),
                    "people_defended_today": 0 if n is None else int(before[n]),
                    "people_defended": 0 if n is None else int(after[n]),
                    "beyond_all_candidates": 0 if n is None else int(self.patterns.never[n]),
                    "counts_as_worst_off": name in problem.counted,
                    "spends_usd": float(paid),
                }
            )
        return rows

    def _conflict(self, conflict: Conflict) -> dict[str, Any]:
        return {
            "limits": [
                {"limit": key, "says": words}
                for key, words in zip(conflict.keys, conflict.words, strict=True)
            ],
            "least_cost_usd": conflict.least_cost_usd,
            "reachable_people": conflict.reachable,
        }

    def _front(self, front: Front) -> dict[str, Any]:
        points = [
            {
                "life_cycle_usd": point.cost_usd,
                "value": point.value,
                "people_defended": int(point.people),
                "assets": [name for name, _ in in_order(point.schedule)],
            }
            for point in front.points
        ]
        return {"complete": front.complete, "points": points}

    def _size(self) -> dict[str, Any]:
        return {
            "flights": self.patterns.flights,
            "cells": self.patterns.cells,
            "requirements": self.patterns.requirements,
            "groups": len(self.patterns.groups),
            "means": len(self.patterns.means),
            "candidates": len(self.problem.options),
            **({} if self.best is None else {**self.best.size, "nodes": self.best.nodes}),
        }


def in_order(schedule: Schedule) -> list[tuple[str, Built]]:
    """What is built, first by year, then by id."""
    return sorted(schedule.items(), key=lambda item: (item[1].year, item[0]))
