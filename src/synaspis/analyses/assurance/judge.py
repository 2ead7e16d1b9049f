"""From margins to the verdict of one interceptor, case by case."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from synaspis.analyses.assurance.band import Band, Question, Verdict, question, verdict_flips
from synaspis.analyses.assurance.flights import Launches, launches
from synaspis.analyses.assurance.reach import STATED, Commit, Problem
from synaspis.analyses.assurance.result import Case, Judgement, finite
from synaspis.analyses.assurance.sensitivity import (
    needed_speeds,
    sensitivities,
    speed_flip,
    those_that_matter,
)
from synaspis.engagement import NEVER_S
from synaspis.engine.parameters import Floats, Missile
from synaspis.scenario import missile_parameters

Advance = Callable[[str], None]

REASONS: Mapping[str, str] = {
    "range": "beyond the range of the missile class",
    "place": "outside what the interceptor reaches after burnout",
    "track": "no radar that it may launch on holds the flight",
    "late": "known too late",
}
"""Why a case is not reached."""


def judge(problem: Problem, fixed: Mapping[str, float], *, sensitivity: bool, advance: Advance) -> Judgement:
    """Judge one interceptor that stands somewhere.

    fixed: SI values by target that replace those of the catalogue. sensitivity: whether to say what moves the
    margin and where the verdict flips. advance: told what was done last.
    """
    asked = question(problem, fixed)
    band = asked.band()
    advance(f"{problem.interceptor}: band")
    flown = launches(problem.document, _missile(problem))
    unknown = np.full(band.by_commit_s.shape, np.inf)
    in_reach = bool((band.greatest_s > -np.inf).any())
    needed = needed_speeds(asked) if sensitivity and in_reach else unknown
    cases = tuple(
        _case(asked, band, flown, needed, field, target)
        for field in range(len(problem.document.fields))
        for target in range(len(problem.document.targets))
    )
    judgement = Judgement(
        problem.interceptor,
        problem.scenario.catalogue.interceptors[problem.interceptor].name,
        sum(battery.entry.interceptors or 0 for battery in problem.batteries),
        tuple(battery.id for battery in problem.batteries),
        asked.speed_m_s,
        band.verdict(),
        tuple(_most(each) for each in (band.least_s, band.stated_s, band.greatest_s)),  # type: ignore[arg-type]
        cases,
    )
    return _with_sensitivity(asked, band, judgement, advance) if sensitivity and in_reach else judgement


def _with_sensitivity(asked: Question, band: Band, judgement: Judgement, advance: Advance) -> Judgement:
    found = sensitivities(asked, band.by_commit_s, advance)
    reached_from_m_s = speed_flip(asked)
    flips = verdict_flips(asked, those_that_matter(found), reached_from_m_s)
    advance(f"{judgement.interceptor}: where the verdict flips")
    first = next((c for c, row in zip(Commit, band.by_commit_s, strict=True) if row.max() >= 0.0), None)
    return Judgement(
        judgement.interceptor, judgement.name, judgement.interceptors, judgement.batteries,
        judgement.burnout_speed_m_s, judgement.verdict, judgement.band_s, judgement.cases,
        found, reached_from_m_s, flips, first,
    )  # fmt: skip


def _missile(problem: Problem) -> Missile:
    return missile_parameters(problem.scenario.catalogue.missiles[problem.document.missile])


def _case(asked: Question, band: Band, flown: Launches, needed: Floats, field: int, target: int) -> Case:
    document = asked.problem.document
    flights = np.flatnonzero((flown.field == field) & (flown.target == target))
    field_id, target_id = list(document.fields)[field], list(document.targets)[target]
    if not flights.size:
        none = dict.fromkeys(Commit)
        return Case(
            field_id, target_id, asked.problem.interceptor, asked.speed_m_s, None, None, Verdict.NO,
            None, None, None, none, none, False, REASONS["range"],
        )  # fmt: skip
    flight = _worst(band, flights)
    stated = list(Commit).index(STATED)
    margins = band.reach.margin_s()[:, flight]
    battery = int(_first_finite(margins[stated], margins[-1], band.reach.latest_s[flight]).argmax())
    return Case(
        field_id, target_id, asked.problem.interceptor, asked.speed_m_s,
        flown.city[flight], asked.problem.batteries[battery].id, band.verdict(flights),
        finite(band.stated_s[flights].max()), finite(band.least_s[flights].max()),
        finite(band.greatest_s[flights].max()),
        {c: finite(band.by_commit_s[k, flights].max()) for k, c in enumerate(Commit)},
        {c: finite(needed[k, flights].min()) for k, c in enumerate(Commit)},
        bool(band.reach.guided[flight, battery]), _reason(band, flight),
    )  # fmt: skip


def _worst(band: Band, flights: NDArray[np.int64]) -> int:
    """The flight of some with the greatest margin as stated, else with the earliest commit, else at all."""
    chosen = _first_finite(
        band.stated_s[flights], band.by_commit_s[-1, flights], band.reach.latest_s[flights].max(axis=1)
    )
    return int(flights[chosen.argmax()])


def _first_finite(*rows: Floats) -> Floats:
    """The first row in which anything is finite, else the last."""
    return next((row for row in rows if np.isfinite(row).any()), rows[-1])


def _reason(band: Band, flight: int) -> str:
    margin = band.stated_s[flight]
    if margin >= 0.0:
        return ""
    if np.isfinite(margin):
        return REASONS["late"]
    return REASONS["place" if (band.reach.latest_s[flight] <= -NEVER_S).all() else "track"]


def _most(values: Floats) -> float | None:
    return finite(values.max(initial=-np.inf))
