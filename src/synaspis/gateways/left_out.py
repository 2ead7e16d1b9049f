"""What the formats of maps, trajectories and alerts do not carry of what they are given, listed beforehand.

The texts stand here once; `gateways.carriage` finds out by trial that they are true and that none is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from synaspis.gateways.cap import Alert
from synaspis.gateways.carried import NotCarried
from synaspis.gateways.features import Area, Marks, Place, Track
from synaspis.gateways.oem import Oem

_PUBLIC: Final = "an alert is for everybody; whether what it rests on may be told is for the state that warns"
_NOTHING: Final = ("None", "", "{}", "()")
_SAYS_NO: Final[Mapping[str, Mapping[str, str]]] = {
    "geojson": {
        "area.opacity": "there is no style in GeoJSON; the colour is a property",
        "track": "paths in time have no form in GeoJSON; export them as CZML, KML or OEM",
    },
    "kml": {
        "track.ephemeris.velocity_ecef_m_s": "a line has places alone",
        "track.ephemeris.time_s": "a line has no instants; begin and end are its time span",
        "track.ephemeris.events": "a line has no events",
    },
    "czml": {
        "area.phase": "a globe of Cesium has no folders; the availability has the span",
        "place.phase": "a globe of Cesium has no folders; the availability has the span",
        "track.ephemeris.events": "a path has no events",
    },
    "oem": {"message.notes": "they are of the reader of another message, not of this one"},
    "cap": {},
}


def left_out(
    format: str,
    marks: Marks | None = None,
    areas: Sequence[Area] = (),
    places: Sequence[Place] = (),
    tracks: Sequence[Track] = (),
    *,
    message: Oem | None = None,
    alert: Alert | None = None,
) -> tuple[NotCarried, ...]:
    """What a format leaves out of what it is given.

    format: geojson, kml, czml, oem or cap. The others: as they go to `to_geojson`, `to_kml`, `to_czml`,
    `write_oem` and `write_cap`. Empty if all of it is carried.
    """
    given: list[tuple[str, str, Any]] = [] if marks is None else [("marks", marks.title, marks)]
    for kind, things in (("area", areas), ("place", places), ("track", tracks)):
        given += [(kind, each.name, each) for each in things]
    given += [] if message is None else [("message", message.originator, message)]
    given += [] if alert is None else [("alert", alert.name.identifier, alert)]
    always = (
        () if alert is None else (NotCarried(f"alert {alert.name.identifier}", "labels", _PUBLIC, "labels"),)
    )
    return (*always, *_of(_SAYS_NO[format], given))


def _of(texts: Mapping[str, str], given: list[tuple[str, str, Any]]) -> Iterator[NotCarried]:
    for kind, name, thing in given:
        for part, why in texts.items():
            first, *inside = part.split(".")
            if first != kind:
                continue
            value = thing
            for step in inside:
                value = getattr(value, step)
            if str(value) not in _NOTHING:
                yield NotCarried(f"{kind} {name}", inside[-1] if inside else f"the {kind}", why, part)
