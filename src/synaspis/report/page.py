"""The report: one HTML file that opens without a network."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from itertools import groupby

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from synaspis.analyses.assumptions import Assumption
from synaspis.report import wording
from synaspis.report.atlas import Atlas
from synaspis.report.content import Phase, ReportContent
from synaspis.report.launch_maps import LaunchAtlas
from synaspis.report.sections import sections_of
from synaspis.report.svgmaps import MARK_LABELS, legend_mark, mark_definitions
from synaspis.report.tables import (
    ContributionRow,
    GateRow,
    case_rows,
    contribution_rows,
    denied_rows,
    gate_rows,
)


def render_report(content: ReportContent) -> str:
    """Return the report as one HTML document with everything inside it."""
    atlas = Atlas(content)
    dataset, denied = content.dataset, content.denied
    first = content.phases[0]
    present = {asset.kind for asset in content.assets}
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            content=content,
            kinds=_KIND_WORDS,
            answer=wording.answer(content),
            cases={(row.phase, row.threat): row for row in case_rows(dataset)},
            shared=[mark_definitions(), atlas.definitions()],
            launch_area=None if denied is None else LaunchAtlas(content, denied),
            denied=None if denied is None else denied_rows(denied),
            coverage=atlas.coverage(),
            differences=atlas.differences() if len(content.phases) > 1 else None,
            warning=atlas.warning(),
            sensors=atlas.sensors(),
            gates=_by_threat(gate_rows(dataset)),
            contributions=[_contributions(content, phase) for phase in content.phases],
            main_phase=[phase for phase in content.phases if not phase.cancelled or phase is first][-1].id,
            widest=_widest([row for phase in content.phases for row in contribution_rows(content, phase.id)]),
            marks=[(legend_mark(k), MARK_LABELS[k]) for k in MARK_LABELS if k in present or k == "launch"],
            assumptions=_by_item(content.assumptions),
            sections=sections_of(content),
            basis_counts=_basis_counts(content.assumptions),
            source_numbers={source.id: number for number, source in enumerate(content.sources, start=1)},
            manifest_text=json.dumps(content.manifest, indent=2, ensure_ascii=False, default=str),
        )
    )


_KIND_WORDS = {
    "radar": "radar",
    "interceptor": "battery",
    "ship": "battery at sea",
    "satellite": "satellite",
}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("synaspis.report", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters.update(
        area=wording.area_text,
        people=wording.people_text,
        percent=wording.percent_text,
        minutes=wording.minutes_text,
        width=_width,
    )
    return environment


def _width(value: float, whole: float) -> Markup:
    """Return the width of a bar as a CSS percentage."""
    part = 0.0 if not (value > 0 and whole > 0) else min(1.0, value / whole)
    return Markup(f"{100 * part:.1f}%")


def _by_threat(rows: Sequence[GateRow]) -> dict[str, list[GateRow]]:
    return {threat: list(group) for threat, group in groupby(rows, key=lambda row: row.threat)}


def _by_item(assumptions: Sequence[Assumption]) -> dict[str, list[Assumption]]:
    grouped: dict[str, list[Assumption]] = {}
    for assumption in assumptions:
        grouped.setdefault(assumption.item, []).append(assumption)
    return grouped


def _basis_counts(assumptions: Sequence[Assumption]) -> list[tuple[str, int]]:
    bases = [assumption.basis for assumption in assumptions]
    return [(b, bases.count(b)) for b in ("stated", "derived", "estimated", "assumed") if b in bases]


def _contributions(
    content: ReportContent, phase: Phase
) -> tuple[Phase, list[ContributionRow], list[ContributionRow]]:
    """Return the assets that add something in a phase, and those that add nothing."""
    rows = contribution_rows(content, phase.id)
    return phase, [row for row in rows if any(row.area_m2)], [row for row in rows if not any(row.area_m2)]


def _widest(rows: Sequence[ContributionRow]) -> float:
    """Return the largest contribution in people, for one scale over all phases and threats."""
    return max((value for row in rows for value in row.population), default=0.0)
