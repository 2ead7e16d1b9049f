"""The table of what is carried: each format, each kind of event, each part."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any, Final

from synaspis.core.documents import nearest
from synaspis.core.errors import Fault, InputError
from synaspis.gateways.carriage.probe import Row, Written, probe_event
from synaspis.gateways.carriage.sites import sites_of_json, sites_of_oem, sites_of_pdus, sites_of_xml
from synaspis.gateways.carriage.studies import STUDY_ITEMS, study_rows
from synaspis.gateways.carried import NotCarried
from synaspis.gateways.cot import cot_of_shown, to_cot
from synaspis.gateways.cot_told import cot_of_told
from synaspis.gateways.dis import DisIdentity, dis_of_told, dis_of_track
from synaspis.gateways.live import LiveTrack, live_czml, live_kml
from synaspis.gateways.oem_tracks import oem_of_track
from synaspis.gateways.picture import picture_of
from synaspis.gateways.told import told_of
from synaspis.messages import BODIES, example_message

RECIPIENT: Final = "northland"
PICTURE: Final = "picture"

LIVE: Final = ("cot", "dis", "kml", "czml", "oem")
"""Formats of events of the feed."""

FORMATS: Final = (*LIVE, *(name for name in STUDY_ITEMS if name not in LIVE))

ITEMS: Final = (PICTURE, *BODIES)
"""Kinds of event."""

_CONSTANTS: Final = frozenset({"type", "message.label.Xmlns", "tracks[0].label.Xmlns"})
_MESSAGE_NOT_IN_OEM: Final = "an ephemeris message holds the states of one object and nothing else"


def items_of(format: str) -> tuple[str, ...]:
    """Things that a format is asked about: kinds of event, and parts of a study."""
    _check(format, FORMATS, "format")
    return (*(ITEMS if format in LIVE else ()), *STUDY_ITEMS.get(format, ()))


@cache
def rows_of(format: str, item: str) -> tuple[Row, ...]:
    """What a format carries of a thing, part by part, found out by changing each value.

    Raises InputError for a format or thing that does not exist.
    """
    _check(item, items_of(format), "item")
    if item in STUDY_ITEMS.get(format, ()):
        return study_rows(format, item)
    encode = _PICTURES[format] if item == PICTURE else partial(_told, format)
    event = example_picture() if item == PICTURE else example_event(item)
    return probe_event(event, encode, _CONSTANTS)


def example_event(kind: str) -> dict[str, Any]:
    """An event of the feed that brings the example of a kind of message, with all that an event may have."""
    message = json.loads(example_message(kind))
    del message["schema"]
    return {
        "type": "message",
        "at": message["sent_at"],
        "policy": "v1",
        "quality": "covariance",
        "why": [{"agreement": "pact", "clause": "warnings"}],
        "reference": "ab" * 16,
        "concerns": ["cd" * 16],
        "correlation": [{"notification": "ef" * 16, "margin": 0.5}],
        "findings": [{"rule": "notice", "text": "Late.", "margin": -60.0, "unit": "s"}],
        "message": message,
        "envelope": "{}",
        "submission": {"record": "{}", "salt": "00" * 32},
    }


def example_picture() -> dict[str, Any]:
    """An event of the feed that brings a picture of one track, with all that a track may have."""
    label = json.loads(example_message("warning"))["label"]
    covariance = [0.5] * 21
    for row, variance in enumerate((900.0, 1600.0, 2500.0, 1.0, 2.0, 3.0)):
        covariance[row * (row + 1) // 2 + row] = variance
    point = {"latitude_deg": 44.43, "longitude_deg": 26.1, "time": "2026-11-25T06:40:12.000000Z",
             "covariance_m2": [1e6, 1e5, 2e6], "sigma_s": 2.0}  # fmt: skip
    track = {
        "number": 3,
        "status": "updated",
        "time": "2026-11-25T06:27:31.500000Z",
        "position_ecef_m": [4.0e6, 3.0e6, 5.0e6],
        "velocity_ecef_m_s": [1000.0, -2000.0, 3000.0],
        "covariance": covariance,
        "quality": "covariance",
        "label": label,
        "sources": ["eastmark", "southland"],
        "impact": point,
        "launch": {**point, "latitude_deg": 40.0, "time": "2026-11-25T06:20:00.000000Z"},
        "why": [{"agreement": "pact", "clause": "tracks"}],
    }
    return {
        "type": "picture",
        "at": "2026-11-25T06:27:32.000000Z",
        "policy": "v1",
        "exercise": "WINTER ROCKET 2026",
        "tracks": [track],
    }


def _track(write: Callable[..., Written], event: Mapping[str, Any]) -> Written:
    picture = picture_of(event, recipient=RECIPIENT)
    (track,) = picture.tracks
    sites, lost = write(track)
    # Of a track its own parts are listed, of a picture those of the event.
    of_track = tuple(NotCarried(each.of, each.what, each.why, f"tracks[].{each.part}") for each in lost)
    return sites, (*picture.not_carried, *of_track)


def _cot_track(track: Any) -> Written:
    carried = cot_of_shown(track)
    return sites_of_xml([] if carried.product is None else [to_cot(carried.product)]), carried.not_carried


def _dis_track(track: Any) -> Written:
    carried = dis_of_track(track, _identity(track.exercise))
    return sites_of_pdus(carried.product), carried.not_carried


def _oem_track(track: Any) -> Written:
    carried = oem_of_track([track], originator=RECIPIENT, created_us=0)
    return sites_of_oem(carried.product), carried.not_carried


def _live(track: Any) -> LiveTrack:
    live = LiveTrack(track)
    live.take(track)
    return live


def _kml_track(track: Any) -> Written:
    return sites_of_xml([live_kml("T", [_live(track)], track.exercise)]), ()


def _czml_track(track: Any) -> Written:
    return sites_of_json(json.loads(live_czml("T", [_live(track)], track.exercise))), ()


_PICTURES: Final[Mapping[str, Callable[[Mapping[str, Any]], Written]]] = {
    "cot": partial(_track, _cot_track),
    "dis": partial(_track, _dis_track),
    "kml": partial(_track, _kml_track),
    "czml": partial(_track, _czml_track),
    "oem": partial(_track, _oem_track),
}


def _told(format: str, event: Mapping[str, Any]) -> Written:
    told = told_of(event, recipient=RECIPIENT)
    if format == "cot":
        drawn = cot_of_told(told)
        return sites_of_xml(each.xml for each in drawn.product), drawn.not_carried
    if format == "dis":
        pdus = dis_of_told(told, _identity(told.exercise))
        return sites_of_pdus(pdus.product), pdus.not_carried
    if format == "kml":
        return sites_of_xml([live_kml("T", [], told.exercise, [told])]), told.not_carried
    if format == "czml":
        return sites_of_json(json.loads(live_czml("T", [], told.exercise, [told]))), told.not_carried
    return {}, (NotCarried(told.title, "the message", _MESSAGE_NOT_IN_OEM),)


def _identity(exercise: str | None) -> DisIdentity:
    return DisIdentity(7, exercise or "")


def _check(given: str, known: tuple[str, ...], what: str) -> None:
    if given not in known:
        raise InputError(Fault(f"{given!r} is no {what} of this table", what, nearest(given, [*known])))
