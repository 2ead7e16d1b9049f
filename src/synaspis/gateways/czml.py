"""CZML: areas, places and moving objects for CesiumJS.

Format: https://github.com/AnalyticalGraphicsInc/czml-writer/wiki/CZML-Guide. A path goes out as its nodes in
the turning frame with velocities; Cesium interpolates them by the same cubic Hermite polynomial as
`Ephemeris.at`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from math import degrees
from typing import Any, Final, Literal

import numpy as np
import shapely

from synaspis.gateways.features import Area, Marks, Place, Track, utc_text

_ALWAYS: Final = ("0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z")
_LAGRANGE_DEGREE: Final = 5
_TRAIL_S: Final = 86_400.0

Interpolation = Literal["HERMITE", "LAGRANGE"]


def to_czml(
    marks: Marks,
    areas: Sequence[Area] = (),
    places: Sequence[Place] = (),
    tracks: Sequence[Track] = (),
    interpolation: Interpolation = "HERMITE",
) -> str:
    """Write a CZML document.

    marks: name and description of the document; the marking is in the description of each packet too.
    interpolation: HERMITE writes nodes with velocities (cubic, as ours); LAGRANGE positions alone (degree 5),
    for viewers that cannot use velocities.
    Returns CZML text (JSON). The clock of the document spans the tracks.
    """
    packets = [_document(marks, tracks)]
    for n, area in enumerate(areas, start=1):
        parts = shapely.orient_polygons(area.shape).geoms
        packets += [_area(f"area-{n}-{k}", marks, area, part) for k, part in enumerate(parts, start=1)]
    packets += [_place(f"place-{n}", marks, place) for n, place in enumerate(places, start=1)]
    packets += [_track(f"track-{n}", marks, track, interpolation) for n, track in enumerate(tracks, start=1)]
    return json.dumps(packets, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"


def _document(marks: Marks, tracks: Sequence[Track]) -> dict[str, Any]:
    packet: dict[str, Any] = {
        "id": "document",
        "version": "1.0",
        "name": marks.title,
        "description": " ".join(filter(None, (marks.line, marks.provenance))),
    }
    if tracks:
        start = min(track.span[0] for track in tracks)
        stop = max(track.span[1] for track in tracks)
        packet["clock"] = {
            "interval": f"{utc_text(start)}/{utc_text(stop)}",
            "currentTime": utc_text(start),
            "multiplier": 10,
            "range": "LOOP_STOP",
            "step": "SYSTEM_CLOCK_MULTIPLIER",
        }
    return packet


def _packet(identifier: str, marks: Marks, item: Area | Place | Track) -> dict[str, Any]:
    """What every packet has."""
    facts = {**item.properties, "category": item.category, "marking": marks.line}
    return {
        "id": identifier,
        "name": item.name,
        "description": marks.line,
        "properties": {key: value for key, value in facts.items() if value is not None},
    }


def _availability(begin: date | None, end: date | None) -> dict[str, str]:
    """Interval in which an item is shown; nothing if it is always shown."""
    if begin is None and end is None:
        return {}
    first = _ALWAYS[0] if begin is None else f"{begin.isoformat()}T00:00:00Z"
    last = _ALWAYS[1] if end is None else f"{end.isoformat()}T00:00:00Z"
    return {"availability": f"{first}/{last}"}


def _rgba(colour: str, opacity: float = 1.0) -> dict[str, list[int]]:
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return {"rgba": [red, green, blue, round(255 * opacity)]}


def _area(identifier: str, marks: Marks, area: Area, part: shapely.Polygon) -> dict[str, Any]:
    polygon: dict[str, Any] = {
        "positions": {"cartographicDegrees": _ring(part.exterior)},
        # Rhumb lines: edges follow the parallels as the cells do.
        "arcType": "RHUMB",
        "material": {"solidColor": {"color": _rgba(area.colour, area.opacity)}},
    }
    if part.interiors:
        polygon["holes"] = {"cartographicDegrees": [_ring(hole) for hole in part.interiors]}
    return {**_packet(identifier, marks, area), **_availability(area.begin, area.end), "polygon": polygon}


def _ring(ring: shapely.LinearRing) -> list[float]:
    """Longitude, latitude, height 0 of each corner in one list; CZML closes rings by itself."""
    return [value for x, y in ring.coords[:-1] for value in (x, y, 0.0)]


def _place(identifier: str, marks: Marks, place: Place) -> dict[str, Any]:
    position = [
        round(degrees(place.longitude_rad), 7),
        round(degrees(place.latitude_rad), 7),
        place.height_m or 0.0,
    ]
    return {
        **_packet(identifier, marks, place),
        **_availability(place.begin, place.end),
        "position": {"cartographicDegrees": position},
        "point": {"color": _rgba(place.colour), "pixelSize": 8},
        "label": {"text": place.name, "font": "12px sans-serif", "pixelOffset": {"cartesian2": [0, -14]}},
    }


def _track(identifier: str, marks: Marks, track: Track, interpolation: Interpolation) -> dict[str, Any]:
    path = track.ephemeris
    position: dict[str, Any] = {
        "epoch": utc_text(track.epoch),
        "referenceFrame": "FIXED",
        "interpolationAlgorithm": interpolation,
    }
    if interpolation == "HERMITE":
        samples = np.column_stack([path.time_s, path.position_ecef_m, path.velocity_ecef_m_s])
        position |= {"interpolationDegree": 3, "cartesianVelocity": np.round(samples, 6).ravel().tolist()}
    else:
        samples = np.column_stack([path.time_s, path.position_ecef_m])
        position |= {
            "interpolationDegree": _LAGRANGE_DEGREE,
            "cartesian": np.round(samples, 6).ravel().tolist(),
        }
    start, stop = track.span
    return {
        **_packet(identifier, marks, track),
        "availability": f"{utc_text(start)}/{utc_text(stop)}",
        "position": position,
        "point": {"color": _rgba(track.colour), "pixelSize": 10},
        "path": {
            "material": {"solidColor": {"color": _rgba(track.colour)}},
            "width": 2,
            "leadTime": 0.0,
            "trailTime": _TRAIL_S,
        },
    }
