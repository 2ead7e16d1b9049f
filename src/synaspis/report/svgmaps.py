"""Maps as SVG: coast and borders once in a page, one palette image for each map, marks that keep their size
when enlarged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup, escape
from numpy.typing import NDArray

from synaspis.report.content import AssetMark, LaunchPoint
from synaspis.report.projection import VIEW_WIDTH, MapFrame
from synaspis.report.rasters import data_uri

_ENLARGED = 0.62
"""Scale of marks and labels on an enlarged map, as in the style sheet."""

_LETTER_UNITS = 10.5 * _ENLARGED
"""Width of a letter of a label, in view units."""

Lines = NDArray[np.float64]

_MARK_SHAPES = {
    "radar": '<path d="M0-13 12.5 9h-25z"/>',
    "interceptor": '<path d="M-9.5-9.5h19v19h-19z"/>',
    "ship": '<path d="M-15 0h30l-6 10h-18zM-2-2v-12l10 9v3z"/>',
    "launch": '<circle r="11" class="ring"/><path class="cross" d="M-5.5-5.5l11 11M5.5-5.5l-11 11"/>',
}

MARK_LABELS = {
    "radar": "radar",
    "interceptor": "interceptors",
    "ship": "ship with interceptors",
    "launch": "launch point assumed",
}


@dataclass(frozen=True, slots=True)
class Panel:
    """One map: id in the page, what it shows in words, and the picture."""

    id: str
    title: str
    description: str
    svg: Markup
    enlarged: Markup


def path_data(lines: Iterable[Lines], *, closed: bool) -> str:
    """Return lines in view units as SVG path data, in tenths of a unit relative to the point before (half the
    size).
    """
    parts = []
    for line in lines:
        points = np.rint(np.asarray(line) * 10.0).astype(int)
        steps = np.diff(points, axis=0)
        steps = steps[np.any(steps != 0, axis=1)]
        if len(steps) < (2 if closed else 1):
            continue
        text = f"M{points[0, 0]} {points[0, 1]}l" + "".join(f" {x} {y}" for x, y in steps.tolist())
        parts.append(text.replace("l ", "l").replace(" -", "-") + ("z" if closed else ""))
    return "".join(parts)


def mark_definitions() -> Markup:
    """Return the shapes of the marks, once for a page."""
    marks = "".join(f'<g id="mark-{kind}">{shape}</g>' for kind, shape in _MARK_SHAPES.items())
    return Markup(
        f'<svg width="0" height="0" class="definitions" aria-hidden="true"><defs>{marks}</defs></svg>'
    )


def definitions(
    frame: MapFrame, own_paths: Iterable[Lines], other_paths: Iterable[Lines], prefix: str
) -> Markup:
    """Return what all maps of one frame share: sea, land, borders, graticule, scale.

    own_paths, other_paths: outlines of the territory that counts and of other land, each (vertex, 2) in view
    units. prefix: of the ids in the page.
    """
    own, other = path_data(own_paths, closed=True), path_data(other_paths, closed=True)
    graticule = path_data(frame.graticule(), closed=False)
    area = f'<rect width="{VIEW_WIDTH:g}" height="{frame.view_height:.1f}"'
    # The outlines are in tenths of a unit, hence the scale.
    return Markup(
        '<svg width="0" height="0" class="definitions" aria-hidden="true"><defs>'
        f'<clipPath id="{prefix}-edge">{area}/></clipPath>'
        f'<path id="{prefix}-own-land" class="own-land" d="{own}"/>'
        f'<g id="{prefix}-ground">{area} class="sea"/>'
        f'<g transform="scale(.1)"><path class="graticule" d="{graticule}"/><path class="land" d="{other}"/>'
        f'<use href="#{prefix}-own-land" class="own"/></g></g>'
        f'<g id="{prefix}-lines" transform="scale(.1)"><use href="#{prefix}-own-land" class="border"/></g>'
        f'<g id="{prefix}-scale">{_scale_bar(frame)}</g></defs></svg>'
    )


def raster_definition(identifier: str, frame: MapFrame, png: bytes) -> Markup:
    """Return a palette image that fills the frame, to be placed in a page once and used by its id."""
    return Markup(
        '<svg width="0" height="0" class="definitions" aria-hidden="true"><defs>'
        f'<image id="{escape(identifier)}" class="raster" preserveAspectRatio="none" '
        f'width="{VIEW_WIDTH:g}" height="{frame.view_height:.1f}" href="{data_uri(png)}"/></defs></svg>'
    )


def map_svg(
    frame: MapFrame,
    raster_ids: Sequence[str],
    assets: Sequence[AssetMark],
    launches: Sequence[LaunchPoint],
    description: str,
    prefix: str,
    *,
    labels: bool = False,
) -> Markup:
    """Return one map.

    raster_ids: images to lay over the ground. description: read instead of the picture. prefix: of the
    definitions of the frame.
    """
    rasters = "".join(f'<use href="#{escape(i)}"/>' for i in raster_ids)
    places = [_launch_mark(frame, point) for point in launches]
    groups = [
        group for group in by_place(assets) if frame.holds(group[0].latitude_deg, group[0].longitude_deg)
    ]
    names = label_places(frame, groups) if labels else [""] * len(groups)
    places += [_place_mark(frame, group, name) for group, name in zip(groups, names, strict=True)]
    return Markup(
        f'<svg class="map" viewBox="0 0 {VIEW_WIDTH:g} {frame.view_height:.1f}" role="img" '
        f'aria-label="{escape(description)}"><g clip-path="url(#{prefix}-edge)">'
        f'<use href="#{prefix}-ground"/>{rasters}'
        f'<use href="#{prefix}-lines"/><use href="#{prefix}-scale"/>{"".join(places)}</g></svg>'
    )


def legend_mark(kind: str) -> Markup:
    """Return the picture of a mark for a legend."""
    return Markup(
        '<svg class="key" viewBox="-18 -18 36 36" aria-hidden="true">'
        f'<use class="mark {kind}" href="#mark-{kind}"/></svg>'
    )


def by_place(assets: Sequence[AssetMark]) -> list[list[AssetMark]]:
    """Return assets grouped by place, what has interceptors first in each group; places with radars alone
    come first, so that the others lie on top.
    """
    places: dict[tuple[float, float], list[AssetMark]] = {}
    for asset in assets:
        if asset.kind in MARK_LABELS:
            places.setdefault((round(asset.latitude_deg, 2), round(asset.longitude_deg, 2)), []).append(asset)
    groups = [sorted(group, key=lambda asset: asset.kind == "radar") for group in places.values()]
    return sorted(groups, key=lambda group: group[0].kind != "radar")


def label_places(frame: MapFrame, groups: Sequence[Sequence[AssetMark]]) -> list[str]:
    """Return the labels of places as SVG text, each on the first side where it hides no mark and no other
    label; empty where there is no such side.
    """
    at = [_in_view(frame, group[0].latitude_deg, group[0].longitude_deg) for group in groups]
    taken = [(x - 9.0, y - 9.0, x + 9.0, y + 9.0) for x, y in at]
    texts = []
    for (x, y), group in zip(at, groups, strict=True):
        name = (group[0].place or group[0].name).split(" (")[0]
        wide = _LETTER_UNITS * len(name)
        sides = [("start", 16, 5, x + 10.0), ("end", -16, 5, x - 10.0 - wide)]
        sides += [("middle", 0, dy, x - wide / 2) for dy in (-16, 27)]
        texts.append("")
        for anchor, dx, dy, left in sides:
            base = y + _ENLARGED * dy
            area = (left, base - 9.0, left + wide, base + 2.0)
            inside = left > 0.0 and left + wide < VIEW_WIDTH
            if inside and not any(_overlap(area, other) for other in taken):
                taken.append(area)
                texts[-1] = (
                    f'<text class="label" x="{dx}" y="{dy}" text-anchor="{anchor}">{escape(name)}</text>'
                )
                break
    return texts


Box = tuple[float, float, float, float]


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _in_view(frame: MapFrame, latitude_deg: float, longitude_deg: float) -> tuple[float, float]:
    x, y = frame.view(np.array(latitude_deg), np.array(longitude_deg))
    return float(x), float(y)


def _place_mark(frame: MapFrame, group: Sequence[AssetMark], label: str) -> str:
    first = group[0]
    x, y = _in_view(frame, first.latitude_deg, first.longitude_deg)
    names = "; ".join(f"{asset.name} ({asset.owner}), {MARK_LABELS[asset.kind]}" for asset in group)
    return (
        f'<g transform="translate({x:.0f} {y:.0f})"><g class="scaled">'
        f'<use class="mark {escape(first.kind)}" href="#mark-{escape(first.kind)}"/>{label}</g>'
        f"<title>{escape(names)}</title></g>"
    )


def _launch_mark(frame: MapFrame, point: LaunchPoint) -> str:
    """Return the mark of a launch point, or an arrow at the edge of the map that points to it."""
    x, y = _in_view(frame, point.latitude_deg, point.longitude_deg)
    title = f"<title>{escape(point.name)}: launch point assumed</title>"
    if frame.holds(point.latitude_deg, point.longitude_deg):
        return (
            f'<g transform="translate({x:.0f} {y:.0f})"><g class="scaled launch">'
            f'<use class="mark launch" href="#mark-launch"/></g>{title}</g>'
        )
    middle = np.array([VIEW_WIDTH / 2, frame.view_height / 2])
    way = np.array([x, y]) - middle
    if not np.isfinite(way).all() or not way.any():
        return ""
    reach = min(abs(m - 22) / max(abs(w), 1e-9) for m, w in zip(middle, way, strict=True))
    edge = middle + way * reach
    angle = np.degrees(np.arctan2(way[1], way[0]))
    return (
        f'<g transform="translate({edge[0]:.0f} {edge[1]:.0f}) rotate({angle:.0f})">'
        f'<path class="arrow" d="M18 0-8-13v26z"/>{title}</g>'
    )


def _scale_bar(frame: MapFrame) -> str:
    """Return a bar of a round length of at most a sixth of the width, bottom left."""
    wanted_m = VIEW_WIDTH * frame.metres_per_unit / 6.0
    length_m = max((m for m in (1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6) if m <= wanted_m), default=1e4)
    units = length_m / frame.metres_per_unit
    y = frame.view_height - 26
    return (
        f'<path class="bar-line" d="M24 {y - 8:.0f}v8h{units:.0f}v-8"/>'
        f'<text class="bar-text" x="24" y="{y - 15:.0f}">{length_m / 1e3:g} km</text>'
    )
