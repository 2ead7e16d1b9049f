"""The coverage maps as PNG files, for slides and papers; the same frame, rasters and colours as in the
report.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from math import ceil
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle
from matplotlib.patches import Patch
from PIL import Image

from synaspis.report.atlas import Atlas
from synaspis.report.content import ReportContent
from synaspis.report.projection import VIEW_WIDTH
from synaspis.report.rasters import Category, coverage_classes, coverage_legend
from synaspis.report.svgmaps import MARK_LABELS, by_place
from synaspis.report.tables import CaseRow, case_rows
from synaspis.report.wording import minutes_text, percent_text

SEA, LAND, OWN, BORDER, GRATICULE, INK = "#dfe8ee", "#c9cdd0", "#f4f3ee", "#7f8a94", "#c6d3dc", "#1d2733"

_LEGEND_COLUMNS = 3
_COLUMN_INCHES = 2.9  # what a caption under a map of the overview needs
_SHIP = [(-15, 0), (15, 0), (9, -10), (-9, -10), (-15, 0), (-2, 2), (-2, 14), (8, 5), (8, 2), (-2, 2)]
_MARKERS: dict[str, dict[str, Any]] = {
    "radar": {"marker": "^", "markerfacecolor": INK, "markeredgecolor": "white"},
    "interceptor": {"marker": "s", "markerfacecolor": "white", "markeredgecolor": INK},
    "ship": {"marker": MarkerStyle(np.array(_SHIP)), "markerfacecolor": INK, "markeredgecolor": INK},
    "launch": {"marker": "X", "markerfacecolor": "white", "markeredgecolor": INK},
}


def coverage_figures(content: ReportContent, *, dpi: int = 110) -> Iterator[tuple[str, bytes]]:
    """Yield file name and PNG of the overview of all cases, then of each phase and threat.

    dpi: pixels of an inch; the overview is 12 inches wide, more with five phases and up, a single map 9.
    """
    atlas = Atlas(content)
    legend = coverage_legend(content.dataset)
    rows = {(row.phase, row.threat): row for row in case_rows(content.dataset)}
    yield "coverage.png", _overview(atlas, legend, rows, dpi)
    for name, figure in _single_maps(atlas, legend, rows):
        yield name, _png(figure, dpi)


def _overview(
    atlas: Atlas, legend: Sequence[Category], rows: dict[tuple[str, str], CaseRow], dpi: int
) -> bytes:
    content, frame = atlas.content, atlas.frame
    columns, lines = len(content.phases), len(content.threats)
    width = max(12.0, _COLUMN_INCHES * columns + 0.6) if columns > 1 else 7.0
    each = (width - 0.6) / columns
    tall = each * frame.view_height / VIEW_WIDTH
    handles = _handles(content, legend)
    foot = 0.35 + 0.2 * ceil(len(handles) / _LEGEND_COLUMNS)
    height = lines * (tall + 0.36) + foot + 0.3
    figure = Figure(figsize=(width, height), facecolor="white")
    axes = figure.subplots(lines, columns, squeeze=False)
    figure.subplots_adjust(
        0.5 / width, (foot + 0.3) / height, 1.0 - 0.05 / width, 1.0 - 0.3 / height, 0.06 / each, 0.36 / tall
    )
    for line, threat in enumerate(content.threats):
        for column, phase in enumerate(content.phases):
            axis = axes[line, column]
            _ground(axis, atlas)
            _case(axis, atlas, legend, phase.id, threat.id, size=6)
            axis.set_xlabel(_caption(rows[phase.id, threat.id]), fontsize=8.5, color=INK)
            if line == 0:
                axis.set_title(f"{phase.name} · {phase.year}", fontsize=10, color=INK, fontweight="bold")
            if column == 0:
                axis.set_ylabel(threat.name.replace(", ", "\n"), fontsize=9, color=INK, fontweight="bold")
    figure.legend(handles=handles, loc="lower center", ncols=_LEGEND_COLUMNS, frameon=False, fontsize=9)
    return _png(figure, dpi)


def _single_maps(
    atlas: Atlas, legend: Sequence[Category], rows: dict[tuple[str, str], CaseRow]
) -> Iterator[tuple[str, Figure]]:
    """Yield one map after another on the same figure: the coast is laid out once, for it takes most of the
    time.
    """
    content, frame = atlas.content, atlas.frame
    figure = Figure(figsize=(9.0, 9.0 * frame.view_height / VIEW_WIDTH + 1.6), facecolor="white")
    foot = 1.2 / figure.get_figheight()
    axis = figure.add_axes((0.02, foot, 0.96, 1.0 - foot - 0.4 / figure.get_figheight()))
    _ground(axis, atlas)
    figure.legend(handles=_handles(content, legend), loc="lower center", ncols=2, frameon=False, fontsize=9)
    for phase in content.phases:
        for threat in content.threats:
            artists = _case(axis, atlas, legend, phase.id, threat.id, size=9)
            caption = _caption(rows[phase.id, threat.id])
            axis.set_title(
                f"{phase.name} ({phase.year}), {threat.name}: {caption}", fontsize=11, color=INK, loc="left"
            )
            yield f"coverage-{phase.id}-{threat.id}.png", figure
            for artist in artists:
                artist.remove()


def _ground(axis: Axes, atlas: Atlas) -> None:
    frame, own = atlas.frame, atlas.own_paths
    axis.set_facecolor(SEA)
    axis.add_collection(LineCollection(frame.graticule(), colors=GRATICULE, linewidths=0.6, zorder=1))
    axis.add_collection(
        PolyCollection(atlas.other_paths, facecolors=LAND, edgecolors=SEA, linewidths=0.4, zorder=2)
    )
    axis.add_collection(PolyCollection(own, facecolors=OWN, edgecolors="none", zorder=3))
    axis.add_collection(PolyCollection(own, facecolors="none", edgecolors=BORDER, linewidths=0.4, zorder=5))
    axis.set(xlim=(0.0, VIEW_WIDTH), ylim=(frame.view_height, 0.0), xticks=[], yticks=[], aspect="equal")
    for spine in axis.spines.values():
        spine.set_visible(False)
    length_km = 500.0
    units = length_km * 1e3 / frame.metres_per_unit
    y = frame.view_height - 24.0
    axis.plot([24.0, 24.0 + units], [y, y], color=INK, linewidth=1.2, zorder=6)
    axis.annotate(f"{length_km:g} km", (24.0, y - 10.0), fontsize=7, color=INK, zorder=6)


def _case(
    axis: Axes, atlas: Atlas, legend: Sequence[Category], phase: str, threat: str, size: float
) -> list[Any]:
    """Draw the cells, assets and launch points of one case; return what was drawn."""
    content, frame = atlas.content, atlas.frame
    case = content.dataset.sel(phase=phase, threat=threat)
    picture = Image.open(BytesIO(atlas.png(coverage_classes(case, legend), legend))).convert("RGBA")
    extent = (0.0, VIEW_WIDTH, frame.view_height, 0.0)
    drawn: list[Any] = [axis.imshow(np.asarray(picture), extent=extent, interpolation="nearest", zorder=4)]
    places = [("launch", p.latitude_deg, p.longitude_deg) for p in content.launches if p.threat == threat]
    groups = by_place([asset for asset in content.assets if phase in asset.phases])
    places += [(group[0].kind, group[0].latitude_deg, group[0].longitude_deg) for group in groups]
    for kind, latitude, longitude in places:
        x, y = frame.view(np.array(latitude), np.array(longitude))
        large = size * (1.5 if kind == "ship" else 1.0)
        drawn += axis.plot(x, y, linestyle="none", markersize=large, zorder=7, **_MARKERS[kind])
    axis.set(xlim=(0.0, VIEW_WIDTH), ylim=(frame.view_height, 0.0))
    return drawn


def _handles(content: ReportContent, legend: Sequence[Category]) -> list[Any]:
    kinds = {asset.kind for asset in content.assets} | {"launch"}
    handles: list[Any] = [Patch(facecolor=entry.colour, label=entry.label) for entry in legend]
    return handles + [
        Line2D([], [], linestyle="none", markersize=8, label=label, **_MARKERS[kind])
        for kind, label in MARK_LABELS.items()
        if kind in kinds
    ]


def _caption(row: CaseRow) -> str:
    if row.threatened_area_m2 <= 0:
        return "out of reach of this threat"
    return (
        f"{percent_text(row.area_share)} of the area in reach, warning {minutes_text(row.median_warning_s)}"
    )


def _png(figure: Figure, dpi: int) -> bytes:
    buffer = BytesIO()
    FigureCanvasAgg(figure).print_figure(buffer, dpi=dpi, format="png", metadata={"Software": None})
    return buffer.getvalue()
