"""The picture of what an agreement is worth: minutes of warning of each flight under both, over the seeds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from synaspis.report.charts import Chart, Scale, round_up, ticks

_WIDTH: Final = 760.0
_LEFT: Final = 250.0
_RIGHT: Final = 670.0
_TOP: Final = 66.0
_ROW: Final = 46.0

_STYLE: Final = """<style>
svg{font-family:sans-serif;font-size:13px;background:#fff}text{fill:#1b1b1f}.tick,.small{font-size:11.5px;fill:#55555d}
.grid{stroke:#dcdce2}.axis,.whisker{stroke:#1b1b1f;stroke-width:1.4;fill:none}.grid{stroke-width:1}
.one{fill:#0072b2;stroke:#0072b2}.other{fill:#fff;stroke:#d55e00;stroke-width:2}
</style>"""
"""Blue and vermilion of Okabe and Ito, told apart by shape as well: a full dot, an open diamond."""


def worth_chart(found: Mapping[str, Any]) -> str:
    """An SVG file of its own; found: from `worth`."""
    rows = found["rows"]
    bottom = _TOP + _ROW * len(rows)
    chart = Chart("worth", _WIDTH, bottom + 52.0)
    most = max((each["greatest"] for row in rows for each in row["minutes"] if each), default=1.0)
    across = Scale(0.0, round_up(most), _LEFT, _RIGHT)
    marks = ticks(0.0, round_up(most))
    chart.across(across, marks, [f"{mark:g}" for mark in marks], _TOP, bottom)
    chart.text(
        (_LEFT + _RIGHT) / 2.0, bottom + 38.0, "minutes from the first warning to the impact", "middle"
    )
    chart.dot(16.0, 20.0, "one")
    chart.text(28.0, 24.0, f"under {found['agreements'][0]}")
    chart.diamond(16.0, 42.0, "other")
    chart.text(28.0, 46.0, f"under {found['agreements'][1]}")
    chart.text(_WIDTH - 8.0, 46.0, "warned", "end", "small")
    for number, row in enumerate(rows):
        _row(chart, across, row, _TOP + _ROW * number)
    svg = str(chart.finish(f"What an agreement is worth in {found['name']}", _description(found)))
    opened = svg.index(">") + 1
    head = svg[:opened].replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return f"{head}{_STYLE}{svg[opened:]}\n"


def _row(chart: Chart, across: Scale, row: Mapping[str, Any], top: float) -> None:
    chart.text(_LEFT - 12.0, top + 19.0, f"{row['flight']}, {row['name']}", "end")
    chart.text(_LEFT - 12.0, top + 34.0, f"{row['people']:,} people", "end", "small")
    for side, (minutes, warned) in enumerate(zip(row["minutes"], row["warned"], strict=True)):
        y = top + 15.0 + 17.0 * side
        share = warned["mean"] / row["people"] if row["people"] else 0.0
        chart.text(_WIDTH - 8.0, y + 4.0, f"{share:.0%}", "end", "small")
        if minutes is None:
            chart.text(_LEFT + 8.0, y + 4.0, "no warning", "start", "small")
            continue
        chart.whisker(y, across.at(minutes["least"]), across.at(minutes["greatest"]), upright=False)
        mark = chart.diamond if side else chart.dot
        words = f"{minutes['mean']:.1f} min, {minutes['least']:.1f} to {minutes['greatest']:.1f}"
        mark(across.at(minutes["mean"]), y, "other" if side else "one", words)


def _description(found: Mapping[str, Any]) -> str:
    said = []
    for row in found["rows"]:
        minutes = ["no warning" if each is None else f"{each['mean']:.1f} min" for each in row["minutes"]]
        said.append(f"{row['flight']} in {row['name']}: {minutes[0]} and {minutes[1]}")
    return (
        f"Mean time of the first warning over {len(found['seeds'])} seeds under {found['agreements'][0]} and "
        f"under {found['agreements'][1]}; whiskers from the least to the greatest. {'; '.join(said)}."
    )
