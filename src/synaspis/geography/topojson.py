"""Reads polygons out of a TopoJSON topology, in planar longitude and latitude that are safe for point tests.

Follows the TopoJSON format specification 1.0 (https://github.com/topojson/topojson-specification): arcs are
stored once, as differences of quantised integers; a polygon names its arcs, a reversed arc by its bitwise
complement.

Rings that cross the 180th meridian come stitched (their longitude jumps by 360 degrees) and a polygon may
hold a pole. Both are wrong in a plane, so such polygons are unrolled and cut at the meridian.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.affinity import translate

Ring: TypeAlias = NDArray[np.float64]


def decode_arcs(topology: Mapping[str, Any]) -> list[Ring]:
    """Turn the arcs of a quantised topology into points.

    topology: parsed TopoJSON with ``arcs`` and ``transform``.
    Returns one array (point, 2) of longitude and latitude in degrees for each arc.
    """
    scale = np.array(topology["transform"]["scale"])
    origin = np.array(topology["transform"]["translate"])
    return [np.cumsum(np.array(arc), axis=0) * scale + origin for arc in topology["arcs"]]


def decode_polygons(geometry: Mapping[str, Any], arcs: Sequence[Ring]) -> list[shapely.Polygon]:
    """Build the polygons of one TopoJSON geometry.

    geometry: an object of type Polygon or MultiPolygon.
    arcs: from `decode_arcs`.
    Returns polygons in degrees, longitude first, -180 to 180; one that crosses the 180th meridian comes in
    parts. Raises ValueError for another type of geometry.
    """
    if geometry["type"] not in ("Polygon", "MultiPolygon"):
        raise ValueError(
            f"TopoJSON geometry is a {geometry['type']}; only Polygon and MultiPolygon can be read"
        )
    polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
    return [part for rings in polygons for part in _planar([_join(ring, arcs) for ring in rings])]


def _join(indices: Sequence[int], arcs: Sequence[Ring]) -> Ring:
    """Join arcs end to end; consecutive arcs share a point, which is kept once."""
    pieces = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in indices]
    return np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])])


def _planar(rings: list[Ring]) -> list[shapely.Polygon]:
    """Make polygons of a shell and its holes, cut at the 180th meridian where they cross it."""
    if all(np.abs(np.diff(ring[:, 0])).max() < 180.0 for ring in rings):
        return [shapely.Polygon(rings[0], rings[1:])]
    rings = [
        ring for ring in rings if np.abs(ring[:, 1]).min() < 89.99
    ]  # a ring drawn around the very pole is no hole
    unrolled = [np.column_stack([np.unwrap(ring[:, 0], period=360.0), ring[:, 1]]) for ring in rings]
    pieces = [_on_map(ring) for ring in unrolled]
    # Even-odd rule, because the shell of a polygon around a pole can come as its second ring.
    whole = reduce(shapely.symmetric_difference, pieces)
    return [part for part in shapely.get_parts(whole) if isinstance(part, shapely.Polygon)]


def _on_map(ring: Ring) -> shapely.Geometry:
    """Area inside one unrolled ring, brought back to longitudes -180 to 180."""
    if abs(ring[-1, 0] - ring[0, 0]) > 180.0:  # goes round a pole: close it over that pole
        pole = np.copysign(90.0, ring[:, 1].mean())
        ring = np.concatenate([ring, [[ring[-1, 0], pole], [ring[0, 0], pole]]])
    area = shapely.Polygon(ring)
    first = int(np.floor((ring[:, 0].min() + 180.0) / 360.0))
    last = int(np.floor((ring[:, 0].max() + 180.0) / 360.0))
    turns = [
        translate(shapely.intersection(area, shapely.box(360 * k - 180, -90, 360 * k + 180, 90)), -360.0 * k)
        for k in range(first, last + 1)
    ]
    return shapely.union_all(turns)
