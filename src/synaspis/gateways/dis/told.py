"""Delivered messages as DIS: a Comment with label and words, and the PDU that says the same to programs.

Start/Resume and Stop/Freeze are what the white cell did. Fire is a launch that somebody reported to this
partner, one for each report; where it was seen, not where it was. Detonation is written for nothing: no
message says that something has hit or burst, and what the exercise knows of it is no partner's to see.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import radians
from typing import Any, Final
from zlib import crc32

from synaspis.core.clock import from_rfc3339
from synaspis.engine.earth import geodetic_to_ecef
from synaspis.gateways._cot_xml import EXERCISE
from synaspis.gateways.carried import Carried, NotCarried
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

COMMENTS_MAX: Final = 8
"""Comments of one message; each fits into one frame and bears the label."""

_LEAST: Final = 200
_EVENTS: Final = 65_535


def dis_of_told(told: ToldMessage, identity: DisIdentity) -> Carried[tuple[Pdu, ...]]:
    """Comments with the label and what the message says, then Fire, Start/Resume or Stop/Freeze where it is
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
    first = f"{EXERCISE} {told.exercise}\n"
    room = TEXT_MAX - len(marked) - len(first.encode())
    if room < _LEAST + len(told.title.encode()):
        why = "its label does not fit beside it"
        return Carried((), (*told.not_carried, NotCarried(of, "the message", why)))
    header = Header(identity.number, told.at_us, CONSTRUCTIVE)
    pieces, lost = _pieces(told, room, of)
    said = [
        Comment(
            header,
            identity.entity(0),
            EVERYBODY,
            (Datum(TEXT_DATUM, marked), Datum(TEXT_DATUM, (first + words).encode())),
        )
        for words in pieces
    ]
    control = control_of(told, identity)
    more: list[Pdu] = [pdu for pdu in (control.product, _fire(told, identity)) if pdu is not None]
    return Carried((*said, *more), (*told.not_carried, *lost, *control.not_carried))


def _label(told: ToldMessage, identity: DisIdentity) -> bytes:
    entity = identity.entity(0)
    value: dict[str, Any] = {
        "schema": SCHEMA,
        "entity": [entity.site, entity.application, entity.entity],
        "exercise": told.exercise,
        "labels": [told.label.to_json()],
    }
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True).encode()


def _pieces(told: ToldMessage, room: int, of: str) -> tuple[list[str], tuple[NotCarried, ...]]:
    """What a message says in lines, cut into Comments of at most so many bytes each.

    A line that is longer than a Comment goes on in the next one; what is beyond the last one is listed.
    """
    pieces, lost = [told.title], []
    for fact in told.facts:
        for line in _cut(str(fact), room - len(told.title.encode()) - 1):
            if len(f"{pieces[-1]}\n{line}".encode()) <= room:
                pieces[-1] += f"\n{line}"
            elif len(pieces) < COMMENTS_MAX:
                pieces.append(f"{told.title}\n{line}")
            else:
                why = f"there is room for {COMMENTS_MAX} Comments of {TEXT_MAX} bytes, labels included"
                lost.append(NotCarried(of, fact.part, why, fact.place))
                break
    return pieces, tuple(lost)


def _cut(line: str, most: int) -> Iterator[str]:
    """A line in pieces of at most so many bytes."""
    piece = ""
    for sign in line:
        if len((piece + sign).encode()) > most:
            yield piece
            piece = ""
        piece += sign
    yield piece


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
