"""Maps, trajectories and alerts: what of them each format carries, found out in the same way."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import radians
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.affinity import translate

from synaspis.engine.ephemeris import Ephemeris
from synaspis.gateways.cap import Alert, AlertName, write_cap
from synaspis.gateways.carriage.probe import Row, Sites, Written, probe
from synaspis.gateways.carriage.sites import sites_of_json, sites_of_oem, sites_of_xml
from synaspis.gateways.czml import to_czml
from synaspis.gateways.features import Area, Marks, Place, Track
from synaspis.gateways.geojson import to_geojson
from synaspis.gateways.kml import to_kml
from synaspis.gateways.left_out import left_out
from synaspis.gateways.oem import Oem, OemSegment, write_oem

STUDY_ITEMS: Final[Mapping[str, tuple[str, ...]]] = {
    "geojson": ("marks", "area", "place", "track"),
    "kml": ("marks", "area", "place", "track"),
    "czml": ("marks", "area", "place", "track"),
    "oem": ("message",),
    "cap": ("alert",),
}
"""Things that each format is given by studies, flights and warnings."""

_EPOCH: Final = datetime(2018, 5, 25, 12, tzinfo=UTC)
_DAY: Final = date(2018, 1, 1)
_PATH: Final = Ephemeris(
    np.array([0.0, 10.0, 20.0]),
    np.array([[6.6e6, 0.0, 0.0], [6.6e6, 3e4, 0.0], [6.6e6, 6e4, 0.0]]),
    np.array([[0.0, 3e3, 0.0]] * 3),
    {"apogee": 10.0},
)
_FACTS: Final[Mapping[str, Any]] = {
    "name": "One",
    "category": "defended",
    "properties": {"shots": 2},
    "colour": "#2b8cbe",
}
_SPAN: Final[Mapping[str, Any]] = {"phase": "2018", "begin": _DAY, "end": date(2020, 1, 1)}
_THINGS: Final[Mapping[str, Any]] = {
    "marks": Marks("Study", "UNCLASSIFIED", "NOTIONAL", "synaspis, scenario europe"),
    "area": Area(shape=shapely.MultiPolygon([shapely.box(10, 40, 12, 42)]), opacity=0.4, **_FACTS, **_SPAN),
    "place": Place(latitude_rad=0.7, longitude_rad=0.4, height_m=90.0, **_FACTS, **_SPAN),
    "track": Track(ephemeris=_PATH, epoch=_EPOCH, **_FACTS),
    "message": Oem(
        _EPOCH,
        "SYNASPIS",
        _EPOCH,
        (OemSegment("ONE", "1", _PATH, comments=("Words.",)),),
        ("Marked.",),
        ("Skipped.",),
    ),
    "alert": Alert(
        name=AlertName("synaspis.northland", "northland-2", 1_779_955_200_000_000),
        kind="Update",
        area="Southport",
        polygons=(tuple((radians(a), radians(b)) for a, b in ((44, 26), (45, 26), (45, 27), (44, 26))),),
        impact_us=1_779_955_500_000_000,
        impact_sigma_s=5.0,
        source="fused picture",
        earlier=(AlertName("synaspis.northland", "northland-1", 1_779_955_100_000_000),),
        exercise="WINTER ROCKET 2026",
    ),
}


def study_rows(format: str, item: str) -> tuple[Row, ...]:
    """What a format carries of a thing, part by part."""
    thing = _THINGS[item]
    variants: dict[str, list[Written]] = {}
    for part, other in variants_of(thing):
        variants.setdefault(f"{item}.{part}", []).append((_sites(format, item, other), ()))
    return probe((_sites(format, item, thing), left_out(format, **_given(item, thing))), variants)


def _given(item: str, thing: Any) -> dict[str, Any]:
    if item in ("area", "place", "track"):
        return {f"{item}s": [thing]}
    return {item: thing}


def _sites(format: str, item: str, thing: Any) -> Sites:
    if format == "oem":
        return sites_of_oem(write_oem(thing))
    if format == "cap":
        return sites_of_xml([write_cap(thing)])
    given = {"marks": _THINGS["marks"], **_given(item, thing)}
    if format == "geojson":
        given.pop("tracks", None)
        return sites_of_json(json.loads(to_geojson(**given)))
    if format == "kml":
        return sites_of_xml([to_kml(**given).encode()])
    return sites_of_json(json.loads(to_czml(**given)))


def variants_of(thing: Any, part: str = "") -> Iterator[tuple[str, Any]]:
    """Each field of a thing, and the thing with another value in it; of what it holds, field by field."""
    for name in thing.__dataclass_fields__:
        value = getattr(thing, name)
        place = f"{part}.{name}" if part else name
        if hasattr(value, "__dataclass_fields__"):
            for inner, other in variants_of(value, place):
                yield inner, _with(thing, name, other)
            continue
        if isinstance(value, tuple) and value and hasattr(value[0], "__dataclass_fields__"):
            for inner, other in variants_of(value[0], f"{place}[]"):
                yield inner, _with(thing, name, (other, *value[1:]))
            continue
        if (place, value) != ("segments[].frame", "ITRF2000"):  # the one frame that is written
            for other in _others(name, value):
                yield place, _with(thing, name, other)


def _with(thing: Any, name: str, value: Any) -> Any:
    if isinstance(thing, Alert) and name == "kind":
        return replace(thing, kind=value, earlier=thing.earlier)
    return replace(thing, **{name: value})


_OTHERS: Final[Mapping[str, Any]] = {"colour": "#2b8cbf", "kind": "Cancel", "opacity": 0.8}


def _others(name: str, value: Any) -> list[Any]:
    """Other values that are allowed; of a path one in the middle and one at the end."""
    if name in _OTHERS:
        return [_OTHERS[name]]
    if isinstance(value, np.ndarray):
        return [_moved(value, 1), _moved(value, -1)]
    return [next(change(value) for kind, change in _CHANGES if isinstance(value, kind))]


def _other_tuple(value: tuple[Any, ...]) -> tuple[Any, ...]:
    if isinstance(value[0], str):
        return (f"{value[0]}x", *value[1:])
    return tuple(tuple((a + 0.01, b + 0.01) for a, b in ring) for ring in value)


_CHANGES: Final[tuple[tuple[Any, Callable[[Any], Any]], ...]] = (
    (str, lambda text: f"{text}x"),
    (int, lambda number: number + 60_000_000),
    (float, lambda number: number + 0.5),
    (datetime, lambda moment: moment + timedelta(hours=1)),
    (date, lambda day: day + timedelta(days=1)),
    (dict, lambda facts: {name: each + 1 for name, each in facts.items()}),
    (shapely.MultiPolygon, lambda shape: translate(shape, 0.5)),
    (tuple, _other_tuple),
)


def _moved(array: NDArray[np.float64], node: int) -> NDArray[np.float64]:
    other = array.copy()
    other[node] += 1.0
    return other
