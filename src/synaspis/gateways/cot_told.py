"""Delivered messages as Cursor on Target: areas as drawings, places as spots, the rest as chat.

Types are those that TAK clients draw: `u-d-f` (lines of corners), `u-d-c-c` (circle), `b-m-p-s-m` (spot) and
`b-t-f` (GeoChat). The words stand in the first event of a message; the others name it in a `link`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree

from synaspis.agreement.label import RELEASABLE_TO
from synaspis.gateways._cot_xml import instant, mark, marked, started
from synaspis.gateways.carried import Carried, NotCarried
from synaspis.gateways.told import Sign, ToldMessage

AREA: Final = "u-d-f"
CIRCLE: Final = "u-d-c-c"
SPOT: Final = "b-m-p-s-m"
CHAT: Final = "b-t-f"
HOW: Final = "m"

OURS: Final = "synaspis."
"""Beginning of the uid of every event of a gateway, after `GeoChat.` in a chat."""

WORDS_MAX: Final = 3_500
"""Characters of the words; readers such as ours take 4,000."""

_ROOM: Final = "All Chat Rooms"
_TYPES: Final = {"ring": AREA, "circle": CIRCLE, "point": SPOT}
_STROKE: Final = "-1618884"
_FILL: Final = "870796348"


@dataclass(frozen=True, slots=True)
class CotDrawing:
    """One event of a message. uid: names it; the same uid replaces it. xml: one line."""

    uid: str
    xml: str


def cot_of_told(told: ToldMessage, *, stale_us: int | None = None) -> Carried[tuple[CotDrawing, ...]]:
    """The events of a message, and what they do not carry.

    stale_us: until when clients may show it, `told.until_us` by default; an instant that is past takes it
    off their maps. No event goes out for a label that is for nobody.
    """
    of = f"{told.title} {told.name[:8]}"
    released = told.label.category(RELEASABLE_TO)
    if released is not None and not released.values:
        why = "its label is releasable to nobody"
        return Carried((), (*told.not_carried, NotCarried(of, "the message", why)))
    words, lost = _words(told, of)
    until_us = told.until_us if stale_us is None else stale_us
    if not told.signs:
        made: tuple[CotDrawing, ...] = (_chat(told, words, until_us),)
    else:
        made = tuple(_drawing(told, number, sign, words, until_us) for number, sign in enumerate(told.signs))
    return Carried(made, (*told.not_carried, *lost))


def _words(told: ToldMessage, of: str) -> tuple[str, tuple[NotCarried, ...]]:
    """What a message says in lines, as many as there is room for, and the facts that have none."""
    lines, lost, used = [told.title], [], len(told.title)
    for fact in told.facts:
        line = str(fact)
        if fact.drawn:
            continue
        if used + 1 + len(line) > WORDS_MAX:
            why = f"there is room for {WORDS_MAX:,} characters"
            lost.append(NotCarried(of, fact.part, why, fact.place))
            continue
        lines.append(line)
        used += 1 + len(line)
    return "\n".join(lines), tuple(lost)


def _drawing(told: ToldMessage, number: int, sign: Sign, words: str, stale_us: int) -> CotDrawing:
    first = f"{OURS}{told.recipient}.{told.key}"
    uid = first if number == 0 else f"{first}.{number}"
    place = sign.places_deg[0]
    if sign.shape == "ring":
        place = _middle(sign)
    kind = _TYPES[sign.shape]
    root = started(
        uid,
        kind,
        HOW,
        (told.at_us, stale_us),
        place,
        (sign.height_m, None, None),
        told.label,
        told.exercise,
    )
    detail = ElementTree.SubElement(root, "detail")
    ElementTree.SubElement(detail, "contact", {"callsign": f"{told.title}: {sign.name or sign.part}"})
    _shape(detail, sign)
    if number:
        ElementTree.SubElement(
            detail, "link", {"uid": first, "relation": "p-p", "type": _TYPES[told.signs[0].shape]}
        )
    mark(detail, told.label, told.exercise)
    said = words if number == 0 else f"{told.title}: {sign.part} {sign.name}"
    ElementTree.SubElement(detail, "remarks").text = marked(said, told.exercise)
    return CotDrawing(uid, ElementTree.tostring(root, encoding="unicode"))


def _shape(detail: ElementTree.Element, sign: Sign) -> None:
    if sign.shape == "point":
        return
    if sign.shape == "ring":
        for latitude, longitude in (*sign.places_deg, sign.places_deg[0]):
            ElementTree.SubElement(detail, "link", {"point": f"{latitude:.7f},{longitude:.7f}"})
    else:
        axes = {"major": f"{sign.radius_m:.1f}", "minor": f"{sign.radius_m:.1f}", "angle": "360"}
        ElementTree.SubElement(ElementTree.SubElement(detail, "shape"), "ellipse", axes)
    for tag, value in (("strokeColor", _STROKE), ("strokeWeight", "3.0"), ("fillColor", _FILL)):
        ElementTree.SubElement(detail, tag, {"value": value})
    ElementTree.SubElement(detail, "labels_on", {"value": "true"})


def _middle(sign: Sign) -> tuple[float, float]:
    """Where the name of an area is written: the mean of its corners, on the side of the first one."""
    first = sign.places_deg[0][1]
    away = [(longitude - first + 180.0) % 360.0 - 180.0 for _, longitude in sign.places_deg]
    count = len(sign.places_deg)
    longitude = (first + sum(away) / count + 180.0) % 360.0 - 180.0
    return sum(latitude for latitude, _ in sign.places_deg) / count, longitude


def _chat(told: ToldMessage, words: str, stale_us: int) -> CotDrawing:
    """As GeoChat of TAK clients has it."""
    uid = f"GeoChat.{OURS}{told.recipient}.{_ROOM}.{told.key}"
    times = (told.at_us, stale_us)
    root = started(uid, CHAT, HOW, times, (0.0, 0.0), (None, None, None), told.label, told.exercise)
    detail = ElementTree.SubElement(root, "detail")
    by = f"{OURS}{told.recipient}"
    chat = ElementTree.SubElement(
        detail,
        "__chat",
        {
            "parent": "RootContactGroup",
            "groupOwner": "false",
            "chatroom": _ROOM,
            "id": _ROOM,
            "messageId": told.key,
            "senderCallsign": f"Synaspis, {told.sender}",
        },
    )
    ElementTree.SubElement(chat, "chatgrp", {"uid0": by, "uid1": _ROOM, "id": _ROOM})
    ElementTree.SubElement(detail, "link", {"uid": by, "type": "a-u-G", "relation": "p-p"})
    mark(detail, told.label, told.exercise)
    remarks = ElementTree.SubElement(
        detail, "remarks", {"source": by, "to": _ROOM, "time": instant(told.at_us)}
    )
    remarks.text = marked(words, told.exercise)
    return CotDrawing(uid, ElementTree.tostring(root, encoding="unicode"))
