"""Delivered messages as DIS: a Comment with label and words, and the PDU that says the same to programs.

Start/Resume and Stop/Freeze are what the white cell did. Fire is a launch that somebody reported to this
partner, one for each report; where it was seen, not where it was. Detonation is written for nothing: no
message says that something has hit or burst, and what the exercise knows of it is no partner's to see.
"""

from __future__ import annotations

import json
from math import radians
from typing import Any, Final
from zlib import crc32

from synaspis.core.clock import from_rfc3339
from synaspis.engine.earth import geodetic_to_ecef
from synaspis.gateways._cot_xml import EXERCISE
from synaspis.gateways.carried import Carried, NotCarried
from synaspis.gateways.cot_told import words_of
from synaspis.gateways.dis.control import control_of
from synaspis.gateways.dis.pdus import Comment, Datum, EventId, Fire, Header, Munition, Pdu
from synaspis.gateways.dis.tracks import (
    CONSTRUCTIVE,
    EVERYBODY,
    MISSILE,
    NOBODY,
    SCHEMA,
    TEXT_DATUM,
    TEXT_MAX,
    DisIdentity,
)
from synaspis.gateways.told import Sign, ToldMessage

_EVENTS: Final = 65_535


def dis_of_told(told: ToldMessage, identity: DisIdentity) -> Carried[tuple[Pdu, ...]]:
    """A Comment with the label and what the message says, then Fire, Start/Resume or Stop/Freeze where it is
    one.

    Returns no PDU, and says why, for a message of another exercise or in earnest and one whose label does not
    fit.
    """
    of = f"{told.title} {told.name[:8]}"
    if told.exercise != identity.exercise:
        meant = f"it belongs to the exercise {told.exercise}" if told.exercise else "it is meant in earnest"
        why = f"{meant}, this gateway to {identity.exercise}"
        return Carried((), (*told.not_carried, NotCarried(of, "the message", why)))
    marked = _label(told, identity)
    room = TEXT_MAX - len(marked)
    if room < len(told.title) + 16:
        why = "its label does not fit beside it"
        return Carried((), (*told.not_carried, NotCarried(of, "the message", why)))
    words, lost = _words(told, room, of)
    header = Header(identity.number, told.at_us, CONSTRUCTIVE)
    said = Comment(
        header, identity.entity(0), EVERYBODY, (Datum(TEXT_DATUM, marked), Datum(TEXT_DATUM, words))
    )
    control = control_of(told, identity)
    more: list[Pdu] = [pdu for pdu in (control.product, _fire(told, identity)) if pdu is not None]
    return Carried((said, *more), (*told.not_carried, *lost, *control.not_carried))


def _label(told: ToldMessage, identity: DisIdentity) -> bytes:
    entity = identity.entity(0)
    value: dict[str, Any] = {
        "schema": SCHEMA,
        "entity": [entity.site, entity.application, entity.entity],
        "exercise": told.exercise,
        "labels": [told.label.to_json()],
    }
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True).encode()


def _words(told: ToldMessage, room: int, of: str) -> tuple[bytes, tuple[NotCarried, ...]]:
    """Words that fit into so many bytes: other signs than ASCII have more bytes than characters."""
    first = f"{EXERCISE} {told.exercise}\n"
    most = room - len(first.encode())
    while True:
        words, lost = words_of(told, most, of, keep_drawn=True)
        written = (first + words).encode()
        if len(written) <= room:
            return written, lost
        most -= max(len(written) - room, 1)


def _fire(told: ToldMessage, identity: DisIdentity) -> Fire | None:
    """The launch that a report speaks of, if place and time of it were released."""
    if told.kind != "launch-report":
        return None
    launched = next((fact.text for fact in told.facts if fact.part == "launch_time.time"), None)
    where = next((sign for sign in told.signs if sign.part == "launch"), None)
    if launched is None or where is None:
        return None
    return Fire(
        Header(identity.number, from_rfc3339(launched), CONSTRUCTIVE),
        NOBODY,
        NOBODY,
        NOBODY,
        EventId(identity.site, identity.application, 1 + crc32(told.name.encode()) % _EVENTS),
        _ecef(where),
        Munition(MISSILE),
    )


def _ecef(sign: Sign) -> tuple[float, float, float]:
    latitude_deg, longitude_deg = sign.places_deg[0]
    x, y, z = geodetic_to_ecef(radians(latitude_deg), radians(longitude_deg), 0.0)
    return float(x), float(y), float(z)
