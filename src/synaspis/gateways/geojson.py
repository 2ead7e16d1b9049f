"""GeoJSON (RFC 7946): areas as multipolygons, assets and launch points as points.

Longitude comes first; shells run counterclockwise (section 3.1.6); shapes are cut at the 180th meridian
(3.1.9).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from math import degrees
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from synaspis.gateways.features import Area, Marks, Place


def to_geojson(marks: Marks, areas: Sequence[Area] = (), places: Sequence[Place] = ()) -> str:
    """Write a feature collection.

    marks: go into the collection and into each feature, so that they stay with one that is copied out.
    Returns GeoJSON text. An area without ground is a multipolygon without coordinates (section 3.1): nothing
    is of its class. Some readers stumble over a null geometry.
    """
    document: dict[str, Any] = {
        "type": "FeatureCollection",
        "title": marks.title,
        "marking": marks.line,
        "provenance": marks.provenance,
    }
    box = _bounds(areas, places)
    if box is not None:
        document["bbox"] = box
    document["features"] = [
        *(_feature(f"area-{n}", marks, area, _polygons(area.shape)) for n, area in enumerate(areas, start=1)),
        *(_feature(f"place-{n}", marks, place, _point(place)) for n, place in enumerate(places, start=1)),
    ]
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"


def _feature(identifier: str, marks: Marks, item: Area | Place, geometry: dict[str, Any]) -> dict[str, Any]:
    """One feature; the facts that every feature has cannot be overwritten by further properties."""
    return {
        "type": "Feature",
        "id": identifier,
        "geometry": geometry,
        "properties": {
            **item.properties,
            "name": item.name,
            "category": item.category,
            "phase": item.phase,
            "begin": None if item.begin is None else item.begin.isoformat(),
            "end": None if item.end is None else item.end.isoformat(),
            "colour": item.colour,
            "marking": marks.line,
        },
    }


def _polygons(shape: shapely.MultiPolygon) -> dict[str, Any]:
    return {
        "type": "MultiPolygon",
        "coordinates": [
            [ring.coords[:] for ring in (part.exterior, *part.interiors)]
            for part in shapely.orient_polygons(shape).geoms
        ],
    }


def _point(place: Place) -> dict[str, Any]:
    height = [] if place.height_m is None else [round(place.height_m, 3)]
    return {"type": "Point", "coordinates": [*_degrees(place), *height]}


def _degrees(place: Place) -> tuple[float, float]:
    """Longitude and latitude to 1 cm."""
    return round(degrees(place.longitude_rad), 7), round(degrees(place.latitude_rad), 7)


def _bounds(areas: Sequence[Area], places: Sequence[Place]) -> list[float] | None:
    """West, south, east, north; west exceeds east where the box crosses the 180th meridian (section 5.2)."""
    boxes = [part.bounds for area in areas for part in area.shape.geoms]
    boxes += [(x, y, x, y) for x, y in map(_degrees, places)]
    if not boxes:
        return None
    table = np.array(boxes)
    west, east = _widest_gap(table[:, [0, 2]])
    return [west, float(table[:, 1].min()), east, float(table[:, 3].max())]


def _widest_gap(spans: NDArray[np.float64]) -> tuple[float, float]:
    """West and east end of the shortest arc that holds all spans of longitude (span, 2)."""
    ordered = spans[np.argsort(spans[:, 0])]
    reach = np.maximum.accumulate(ordered[:, 1])
    gaps = ordered[1:, 0] - reach[:-1]
    around = ordered[0, 0] + 360.0 - reach[-1]
    if gaps.size and gaps.max() > around:
        after = int(np.argmax(gaps))
        return float(ordered[after + 1, 0]), float(reach[after])
    return float(ordered[0, 0]), float(reach[-1])
