"""The tables of a report as CSV and JSON; lengths in kilometres are said so in the name of the column."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from io import StringIO
from math import isfinite

from synaspis.report.content import ReportContent
from synaspis.report.tables import case_rows, contribution_rows, denied_rows, gate_rows

Value = str | float
Row = dict[str, Value]


def table_files(content: ReportContent) -> Iterator[tuple[str, str]]:
    """Yield name and text of each table, once as CSV and once as JSON."""
    for name, rows in (
        ("summary", summary(content)),
        ("gates", _gates(content)),
        ("contributions", _contributions(content)),
    ):
        if rows:
            yield f"{name}.csv", _csv(rows)
            yield (
                f"{name}.json",
                json.dumps([_plain(row) for row in rows], indent=1, ensure_ascii=False) + "\n",
            )


def summary(content: ReportContent) -> list[Row]:
    """Return phase x threat with areas (km2), people and median warning time (s)."""
    denied = {} if content.denied is None else denied_rows(content.denied)
    return [
        {
            "phase": row.phase,
            "threat": row.threat,
            "threatened_area_km2": _km2(row.threatened_area_m2),
            "defended_area_km2": _km2(row.defended_area_m2),
            "defended_area_share": round(row.area_share, 4),
            "threatened_population": int(row.threatened_population),
            "defended_population": int(row.defended_population),
            "defended_population_share": round(row.population_share, 4),
            "median_warning_time_s": round(row.median_warning_s, 1),
            **({} if not denied else {"denied_launch_area_km2": _km2(denied[row.phase, row.threat][0])}),
        }
        for row in case_rows(content.dataset)
    ]


def _gates(content: ReportContent) -> list[Row]:
    return [
        {
            "phase": phase.id,
            "threat": row.threat,
            "gate": row.label,
            "area_km2": _km2(row.area_m2[number]),
            "share_of_threatened": round(row.share[number], 4),
            "population": int(row.population[number]),
        }
        for row in gate_rows(content.dataset)
        for number, phase in enumerate(content.phases)
        if row.area_m2[number] > 0.0
    ]


def _contributions(content: ReportContent) -> list[Row]:
    return [
        {
            "phase": phase.id,
            "threat": threat.id,
            "asset": row.asset,
            "owner": row.owner,
            "lost_area_km2": _km2(row.area_m2[number]),
            "lost_population": int(row.population[number]),
        }
        for phase in content.phases
        for row in contribution_rows(content, phase.id)
        for number, threat in enumerate(content.threats)
    ]


def _km2(area_m2: float) -> float:
    return round(area_m2 / 1e6, 1)


def _plain(row: Row) -> dict[str, Value | None]:
    return {key: value if isinstance(value, str) or isfinite(value) else None for key, value in row.items()}


def _csv(rows: Sequence[Row]) -> str:
    stream = StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({key: "" if value is None else value for key, value in _plain(row).items()})
    return stream.getvalue()
