"""The question whole: from a scenario and its candidates to the best plan, the front and the reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import degrees
from pathlib import Path
from typing import Any, get_args

import numpy as np

from synaspis.analyses.capability import Capability
from synaspis.analyses.plan._goal import Objective
from synaspis.analyses.plan.building import (
    CostLevel,
    Progress,
    build_problem,
    capability_of,
    options_of,
)
from synaspis.analyses.plan.conflict import conflict_of
from synaspis.analyses.plan.front import front as front_of
from synaspis.analyses.plan.greedy import greedy_plan
from synaspis.analyses.plan.problem import Problem, Schedule
from synaspis.analyses.plan.reading import PlanInput, read_plan
from synaspis.analyses.plan.result import PlanResult
from synaspis.analyses.plan.solve import best_plan
from synaspis.core.documents import nearest
from synaspis.core.errors import Fault, InputError
from synaspis.scenario import Scenario

FRONT_POINTS = 25
"""About how many points of the front are sought unless somebody asks for more."""


def plan(
    scenario: Scenario,
    *,
    candidates: str | Path | PlanInput | None = None,
    budget_usd: float | None = None,
    objective: Objective | None = None,
    threats: Sequence[str] | None = None,
    level: CostLevel = "value",
    step_deg: float | None = None,
    points: int | None = FRONT_POINTS,
    time_limit_s: float | None = None,
    mapper: Any = map,
    progress: Progress | None = None,
) -> PlanResult:
    """What to build next, under a budget, so that most people or the worst-off partner are defended.

    candidates: a plan file, or one read already; that which comes with the scenario by default. budget_usd,
    objective, threats: instead of those of the file. level: which end of each cost range counts. points:
    about how many points of the front of cost against coverage, 0 for none, None for all. time_limit_s: for
    each run of the solver. Other arguments are those of `synaspis.analyses.capability.compute`.
    Raises InputError with all faults of the plan file and of the arguments.
    """
    _check(budget_usd, objective, level, points, time_limit_s)
    given = candidates if isinstance(candidates, PlanInput) else read_plan(scenario, candidates)
    wanted: Objective = objective or given.document.objective
    capability = capability_of(given, threats=threats, step_deg=step_deg, mapper=mapper, progress=progress)
    problem, patterns = build_problem(given, capability, budget_usd=budget_usd, level=level)
    levels: tuple[CostLevel, ...] = get_args(CostLevel)
    problems: dict[str, Problem] = {
        each: replace(problem, options=options_of(given, each)) for each in levels
    }
    best = best_plan(problem, wanted, time_limit_s=time_limit_s)
    return PlanResult(
        given=given,
        scenario=scenario.id,
        threats=capability.threat_ids,
        step_deg=round(degrees(capability.grid.step_rad), 9),
        objective=wanted,
        level=level,
        problem=problem,
        patterns=patterns,
        best=best,
        conflict=conflict_of(problem, time_limit_s=time_limit_s) if best is None else None,
        greedy=greedy_plan(problem, wanted),
        front=None if points == 0 else front_of(problem, wanted, points=points, time_limit_s=time_limit_s),
        checked=() if best is None else recounted(given, capability, best.schedule, len(problem.years)),
        problems=problems,
    )


def recounted(given: PlanInput, capability: Capability, schedule: Schedule, years: int) -> tuple[int, ...]:
    """People defended in each year by what stands then, counted cell by cell without any merging.

    Only for a depth that every battery meets is this the number that a plan counts; stocks play no part here.
    """
    counts = []
    for year in range(years):
        there = {*given.standing, *(name for name, built in schedule.items() if built.year <= year)}
        radars = [name for name in capability.radar_ids if name in there]
        batteries = [name for name in capability.battery_ids if name in there]
        held = capability.defended(radars, batteries)
        threatened = capability.threatened
        whole = threatened.any(axis=0) & (held | ~threatened).all(axis=0)
        counts.append(int(np.asarray(capability.population)[whole].sum()))
    return tuple(counts)


def _check(
    budget_usd: float | None,
    objective: str | None,
    level: str,
    points: int | None,
    time_limit_s: float | None,
) -> None:
    faults = []
    if budget_usd is not None and not budget_usd >= 0.0:
        faults.append(Fault(f"the budget {budget_usd / 1e9:g} bn USD is negative; 0 or more is allowed"))
    for what, given, known in (
        ("objective", objective, get_args(Objective)),
        ("cost level", level, get_args(CostLevel)),
    ):
        if given is not None and given not in known:
            faults.append(Fault(f"there is no {what} {given!r}", remedy=nearest(given, known)))
    if points is not None and points < 0:
        faults.append(Fault(f"{points} points of the front are asked for; 0 or more are allowed"))
    if time_limit_s is not None and not time_limit_s > 0.0:
        faults.append(Fault(f"a time limit of {time_limit_s:g} s is out of bounds; above 0 s is allowed"))
    if faults:
        raise InputError(faults)
