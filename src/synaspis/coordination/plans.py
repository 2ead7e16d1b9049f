"""Defence plans side by side: who covers which area with what, from when; overlaps, and gaps over time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any, Final

from shapely import union_all
from shapely.geometry.base import BaseGeometry

from synaspis.coordination.against_analysis import Analysis
from synaspis.coordination.heard import Effective, Heard
from synaspis.coordination.shapes import Plane, area_name
from synaspis.core.clock import from_rfc3339, to_rfc3339

PLAN: Final = "defence-plan"

SHARE_MIN: Final = 0.001
"""Part of an area below which an overlap or a gap is a matter of rounding."""

_OPEN_US: Final = 2**63 - 1


@dataclass(frozen=True)
class Span:
    """One area over one span of time, as a partner plans or wants it; until_us is large where it is open."""

    partner: str
    area: Mapping[str, Any]
    since_us: int
    until_us: int
    told: Mapping[str, Any]


def standing(messages: Effective) -> dict[str, Heard]:
    """The plan of each partner that holds: its last one, by exercise and partner."""
    return {f"{plan.exercise}/{plan.sender}": plan for plan in messages.of(PLAN)}


def table(messages: Effective, analysis: Analysis | None = None) -> dict[str, Any]:
    """Plans, overlaps, gaps and, where there is an analysis, what it says of each task; plain JSON values."""
    plans = [plan for _, plan in sorted(standing(messages).items())]
    tasks = [span for plan in plans for span in _spans(plan, "tasks")]
    needs = [span for plan in plans for span in _spans(plan, "to_defend")]
    return {
        "plans": [
            {
                **plan.named(),
                "exercise": plan.exercise or None,
                "plan": plan.body.get("plan"),
                "quality": plan.quality,
                "tasks_shown": "tasks" in plan.body,
            }
            for plan in plans
        ],
        "tasks": [_row(span) for span in tasks],
        "to_defend": [{"partner": span.partner, **span.told} for span in needs],
        "overlaps": list(overlaps(tasks)),
        "gaps": list(gaps(tasks, needs)),
        "against_analysis": None
        if analysis is None
        else [{"partner": span.partner, **row} for span in tasks for row in analysis.rows(span.told)],
    }


def _row(span: Span) -> dict[str, Any]:
    return {"partner": span.partner, **span.told}


def _spans(plan: Heard, member: str) -> Iterator[Span]:
    for told in plan.body.get(member, ()):
        until = told.get("until")
        yield Span(
            plan.sender,
            told["area"],
            from_rfc3339(told["since"]),
            _OPEN_US if until is None else from_rfc3339(until),
            told,
        )


def overlaps(tasks: Sequence[Span]) -> Iterator[dict[str, Any]]:
    """Pairs of tasks that cover common ground at the same time, with the common share of the smaller area."""
    if not tasks:
        return
    plane = Plane([task.area for task in tasks])
    shapes = [plane.shape(task.area) for task in tasks]
    for (one, first), (two, second) in combinations(zip(tasks, shapes, strict=True), 2):
        since_us, until_us = max(one.since_us, two.since_us), min(one.until_us, two.until_us)
        smaller = min(first.area, second.area)
        if since_us >= until_us or not smaller > 0.0:
            continue
        common_m2 = first.intersection(second).area
        if common_m2 / smaller < SHARE_MIN:
            continue
        names = [f"{each.partner} ({each.told['battery']})" for each in (one, two)]
        text = (
            f"{names[0]} and {names[1]} both cover {common_m2 / 1e6:,.0f} km2, "
            f"{100.0 * common_m2 / smaller:.0f} % of the smaller area"
        )
        yield {
            "partners": [one.partner, two.partner],
            "batteries": [one.told["battery"], two.told["battery"]],
            "same_partner": one.partner == two.partner,
            "area_m2": round(common_m2),
            "share_of_smaller": round(common_m2 / smaller, 4),
            **_from_to(since_us, until_us),
            "text": text,
        }


def gaps(tasks: Sequence[Span], needs: Sequence[Span]) -> Iterator[dict[str, Any]]:
    """Parts of what is to be defended, or of what is covered at another time, that nobody covers for a while.

    What somebody wants covered is looked at over its own span; the area of each task from the first instant
    of all tasks to their last one. Only plans that are shown count.
    """
    everything = [*tasks, *needs]
    if not everything:
        return
    plane = Plane([each.area for each in everything])
    shapes = [plane.shape(task.area) for task in tasks]
    for need in needs:
        yield from _uncovered(need, plane, tasks, shapes, "wanted")
    if not tasks:
        return
    ends = [task.until_us for task in tasks if task.until_us != _OPEN_US]
    first_us, last_us = min(task.since_us for task in tasks), max(ends, default=_OPEN_US)
    if any(task.until_us == _OPEN_US for task in tasks):
        last_us = _OPEN_US
    for task in tasks:
        whole = Span(task.partner, task.area, first_us, last_us, task.told)
        yield from _uncovered(whole, plane, tasks, shapes, "planned")


def _uncovered(
    asked: Span, plane: Plane, tasks: Sequence[Span], shapes: Sequence[BaseGeometry], why: str
) -> Iterator[dict[str, Any]]:
    wanted = plane.shape(asked.area)
    if not wanted.area > 0.0:
        return
    instants = {asked.since_us, asked.until_us}
    for task in tasks:
        instants |= {
            each for each in (task.since_us, task.until_us) if asked.since_us < each < asked.until_us
        }
    spans: list[tuple[int, int, float]] = []
    for since_us, until_us in pairwise(sorted(instants)):
        there = [
            shape
            for task, shape in zip(tasks, shapes, strict=True)
            if task.since_us <= since_us and until_us <= task.until_us
        ]
        left_m2 = float(wanted.difference(union_all(there)).area) if there else float(wanted.area)
        share = left_m2 / float(wanted.area)
        if spans and spans[-1][1] == since_us and abs(spans[-1][2] - share) < SHARE_MIN:
            spans[-1] = (spans[-1][0], until_us, share)
        else:
            spans.append((since_us, until_us, share))
    for since_us, until_us, share in spans:
        if share < SHARE_MIN:
            continue
        name = area_name(asked.area)
        what = (
            f"wanted by {asked.partner}" if why == "wanted" else f"covered by {asked.partner} at another time"
        )
        yield {
            "area": name,
            "partner": asked.partner,
            "why": why,
            "share_uncovered": round(share, 4),
            "area_m2": round(share * float(wanted.area)),
            **_from_to(since_us, until_us),
            "text": f"{100.0 * share:.0f} % of {name}, {what}, is covered by no plan that is shown here",
        }


def _from_to(since_us: int, until_us: int) -> dict[str, str | None]:
    return {
        "since": to_rfc3339(since_us),
        "until": None if until_us == _OPEN_US else to_rfc3339(until_us),
    }
