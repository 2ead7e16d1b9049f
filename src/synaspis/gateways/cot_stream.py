"""Cursor on Target from strangers: events taken off a stream, parsed without entities, within limits.

XML is read as TAK protocol version 0 has it: UTF-8, events behind each other, XML declarations between them
allowed. A document type is refused before anything is parsed, so that no entity can be declared.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Final
from xml.etree import ElementTree

from synaspis.agreement.label import Label
from synaspis.core.clock import SECOND_US, from_rfc3339, to_rfc3339
from synaspis.core.errors import Fault, InputError
from synaspis.gateways._cot_xml import EXERCISE, UNKNOWN

EVENT_MAX_BYTES: Final = 65_536
"""Longest event that is read; those of clients have 1 to 4 kB."""

DEPTH_MAX: Final = 16
ELEMENTS_MAX: Final = 512
TEXT_MAX: Final = 4_000
"""Characters of a name, an attribute or a text that is used."""

PING: Final = "t-x-c-t"
PONG: Final = "t-x-c-t-r"
"""Types of signs of life and of the answer to them."""

_CONTROL: Final = "t-"
"""Types of what programs say to each other; some leave the point out."""

_END: Final = b"</event>"
_BEFORE: Final = re.compile(rb"""(?:\s|<\?xml[^?>]*\?>)+""")
_HEAD: Final = re.compile(rb"""<event(?:[^"'>]|"[^"]*"|'[^']*')*>""")
_HEAD_MAX: Final = 4_096
"""The first tag is looked at so far; signs of life end with it."""
_PLACE_UNKNOWN: Final = float(UNKNOWN)


@dataclass(frozen=True, slots=True)
class CotRead:
    """One event as it was read.

    uid, type, how: as given. time_us, stale_us: microseconds since the epoch. latitude_deg, longitude_deg:
    WGS 84. hae_m: None if unknown. access, caveat: attributes, empty if missing. releasable_to: ids. label:
    the whole label from our own child of `detail`, None without one. exercise: its name there, None without.
    callsign, remarks: for people. extra: tags of children of `detail` that were not read.
    """

    uid: str
    type: str
    how: str
    time_us: int
    stale_us: int
    latitude_deg: float
    longitude_deg: float
    hae_m: float | None
    access: str = ""
    caveat: str = ""
    releasable_to: tuple[str, ...] = ()
    label: Label | None = None
    exercise: str | None = None
    callsign: str = ""
    remarks: str = ""
    extra: tuple[str, ...] = field(default=())


class CotSplitter:
    """Cuts a stream into events; holds at most one that is not yet whole."""

    def __init__(self, event_max_bytes: int = EVENT_MAX_BYTES) -> None:
        self._most = event_max_bytes
        self._held = bytearray()
        self._searched = 0

    @property
    def held_bytes(self) -> int:
        """Bytes of an event that has begun and is not whole."""
        return len(self._held)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Take what came and yield each event that is whole.

        Raises InputError once more is held than an event may have: the stream cannot be trusted any more.
        """
        self._held += data
        while end := self._end():
            if end > self._most:
                break
            event = bytes(self._held[:end])
            del self._held[:end]
            self._searched = 0
            yield event
        if len(self._held) > self._most:
            what = f"an event of more than {self._most} bytes"
            raise InputError(Fault(what, remedy="Send events one by one; large things have no place here."))

    def _end(self) -> int:
        """Where the first event ends; 0 while it is not whole."""
        held = self._held
        # A declaration alone is no event that has begun: who sends one may be silent for long.
        if before := _BEFORE.match(held):
            del held[: before.end()]
            self._searched = 0
        head = None if self._searched > _HEAD_MAX else _HEAD.match(held, 0, _HEAD_MAX)
        if head is not None and head[0].endswith(b"/>"):
            return head.end()
        end = held.find(_END, self._searched) + len(_END)
        # The end of an event may lie across two pieces.
        self._searched = max(len(held) - len(_END) + 1, 0)
        return end if end >= len(_END) else 0


def read_cot(data: bytes) -> CotRead:
    """Read one event.

    data: exactly its bytes, XML declarations before it allowed. Raises InputError with every fault: XML that
    is none, a document type, too deep or too many elements, a time or number that is none, a label that is
    none, or that says another thing than the attributes.
    """
    root = _parsed(data)
    faults: list[Fault] = []
    if root.tag != "event":
        raise InputError(Fault(f"the element {root.tag[:40]!r}; an event is needed"))
    texts = {name: _text(root.get(name, ""), name, faults) for name in ("uid", "type", "how", "access")}
    faults += [Fault("it is missing", name) for name in ("uid", "type") if not texts[name]]
    times = {name: _instant(root.get(name, ""), name, faults) for name in ("time", "stale")}
    caveat = _text(root.get("caveat", ""), "caveat", faults)
    releasable = tuple(sorted(set(_text(root.get("releasableTo", ""), "releasableTo", faults).split())))
    point = root.find("point")
    if point is None and texts["type"].startswith(_CONTROL):
        point = ElementTree.Element("point", {"lat": "0", "lon": "0", "hae": UNKNOWN})
    latitude, longitude, height = _point(point, faults)
    detail = root.find("detail")
    inside: Mapping[str, Any] = {} if detail is None else _detail(detail, faults)
    label: Label | None = inside.get("label")
    if label is not None:
        faults += _conflicts(label, texts["access"], releasable)
    if faults:
        raise InputError(faults)
    return CotRead(
        texts["uid"],
        texts["type"],
        texts["how"],
        times["time"],
        times["stale"],
        latitude,
        longitude,
        None if height == _PLACE_UNKNOWN else height,
        texts["access"],
        caveat,
        releasable,
        label,
        inside.get("exercise"),
        inside.get("callsign", ""),
        inside.get("remarks", ""),
        inside.get("extra", ()),
    )


class _Limited(ElementTree.TreeBuilder):
    """Builds a tree of no more depth and elements than an event has."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._count = 0

    def start(self, tag: Any, attrs: Any) -> Any:
        self._depth += 1
        self._count += 1
        if self._depth > DEPTH_MAX or self._count > ELEMENTS_MAX:
            what = f"more than {DEPTH_MAX} elements inside each other, or {ELEMENTS_MAX} in all"
            raise InputError(Fault(what))
        return super().start(tag, attrs)

    def end(self, tag: Any) -> Any:
        self._depth -= 1
        return super().end(tag)


def _parsed(data: bytes) -> ElementTree.Element:
    if len(data) > EVENT_MAX_BYTES:
        raise InputError(Fault(f"{len(data)} bytes; an event has at most {EVENT_MAX_BYTES}"))
    try:
        text = data.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise InputError(Fault("it is not UTF-8")) from None
    # Written so in any XML; in a text it would have to be escaped.
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise InputError(Fault("it declares a document type or an entity", remedy="Send plain events."))
    parser = ElementTree.XMLParser(target=_Limited())
    try:
        parser.feed(text)
        found: ElementTree.Element = parser.close()
    except ElementTree.ParseError as error:
        raise InputError(Fault(f"it is no XML ({error})")) from None
    return found


def _point(point: ElementTree.Element | None, faults: list[Fault]) -> tuple[float, float, float]:
    if point is None:
        faults.append(Fault("there is no point", "point"))
        return 0.0, 0.0, 0.0
    numbers = []
    for name, most in (("lat", 90.0), ("lon", 180.0), ("hae", _PLACE_UNKNOWN)):
        given = point.get(name, "")
        try:
            value = float(given) if len(given) <= 64 else float("nan")
        except ValueError:
            value = float("nan")
        if not isfinite(value) or abs(value) > most:
            faults.append(Fault(f"{given[:40]!r} is no number up to {most:g}", f"point.{name}"))
            value = 0.0
        numbers.append(value)
    return numbers[0], numbers[1], numbers[2]


def _detail(detail: ElementTree.Element, faults: list[Fault]) -> dict[str, Any]:
    """What is read of the children of `detail`; the names of the others."""
    found: dict[str, Any] = {}
    extra = []
    for child in detail:
        if child.tag == "contact":
            found.setdefault("callsign", _text(child.get("callsign", ""), "contact.callsign", faults))
        elif child.tag == "__chat":
            called = _text(child.get("senderCallsign", ""), "__chat.senderCallsign", faults)
            found["callsign"] = called or found.get("callsign", "")
        elif child.tag == "remarks":
            found["remarks"] = _text("".join(child.itertext()), "remarks", faults, lines=True)
        elif child.tag == "synaspisLabel":
            found["label"] = _label(child, faults)
            if exercise := _text(child.get("exercise", ""), "synaspisLabel.exercise", faults):
                found["exercise"] = exercise
        else:
            extra.append(str(child.tag)[:40])
    found["extra"] = tuple(sorted(set(extra)))
    return found


def _label(child: ElementTree.Element, faults: list[Fault]) -> Label | None:
    try:
        return Label.from_json(json.loads(child.text or ""))
    except InputError as error:
        faults += [Fault(each.what, f"synaspisLabel.{each.where}", each.remedy) for each in error.faults]
    except (ValueError, RecursionError):
        faults.append(Fault("it is no JSON", "synaspisLabel"))
    return None


def _conflicts(label: Label, access: str, releasable: tuple[str, ...]) -> Iterator[Fault]:
    """Where the attributes say another thing than the label; that they are missing says nothing."""
    if access and access != label.classification:
        yield Fault(f"it says {access!r}, the label {label.classification!r}", "access")
    category = label.category("Releasable to")
    if releasable and releasable != (() if category is None else category.values):
        yield Fault("it names others than the label", "releasableTo")


def _instant(text: str, name: str, faults: list[Fault]) -> int:
    try:
        return from_rfc3339(text)
    except ValueError:
        faults.append(Fault(f"{text[:40]!r} is not a time such as 2026-11-25T06:27:31.000Z", name))
        return 0


def _text(text: str, name: str, faults: list[Fault], *, lines: bool = False) -> str:
    if len(text) > TEXT_MAX:
        faults.append(Fault(f"{len(text)} characters; at most {TEXT_MAX} are read", name))
    elif not all(sign.isprintable() or (lines and sign in "\n\r\t") for sign in text):
        faults.append(Fault("it holds characters that cannot be shown", name))
    else:
        return text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return ""


def is_exercise(event: CotRead) -> bool:
    """Whether an event says of itself that it belongs to an exercise."""
    return event.exercise is not None or EXERCISE in (event.caveat, event.remarks[: len(EXERCISE)])


def control(kind: str, now_us: int, exercise: str | None) -> bytes:
    """A sign of life, or the answer to one, as one line. kind: `PING` or `PONG`."""
    now, stale = (to_rfc3339(instant)[:23] + "Z" for instant in (now_us, now_us + 60 * SECOND_US))
    marked = "" if exercise is None else f' caveat="{EXERCISE}"'
    return (
        f'<event version="2.0" uid="synaspis-{kind}" type="{kind}" how="m-g" time="{now}" start="{now}" '
        f'stale="{stale}"{marked}><point lat="0.0" lon="0.0" hae="0.0" ce="{UNKNOWN}" le="{UNKNOWN}"/>'
        f"<detail/></event>\n"
    ).encode()
