"""What other people's programs send to a gateway: nothing may end it, or take its time or memory."""

import json
from contextlib import suppress
from xml.etree import ElementTree

from synaspis.agreement.label import Category, Label
from synaspis.core.errors import InputError
from synaspis.gateways import CotSplitter, cot_of_told, note_of, picture_of, read_cot, told_of
from synaspis.gateways.carriage.table import example_event
from synaspis.gateways.dis import (
    Comment,
    Datum,
    DisIdentity,
    EntityId,
    EntityState,
    EntityType,
    dis_of_told,
    label_in,
    read_datagram,
    text_of,
    write_pdu,
)
from synaspis.gateways.dis.pdus import Header
from synaspis.gateways.live import live_czml, live_kml
from synaspis.messages import BODIES, Refused, strict_json

NOW_US = 1_780_000_000_000_000
STANDING = Label("EXERCISE", "RESTRICTED", (Category("Releasable to", "PERMISSIVE", ("alpha",)),))
AT = "2026-05-28T20:26:40Z"


def chats() -> list[bytes]:
    mark = f'<synaspisLabel exercise="X">{STANDING.to_canonical_json()}</synaspisLabel>'
    return [
        (
            f'<?xml version="1.0"?>'
            f'<event version="2.0" uid="a" type="b-t-f" how="m" time="{AT}" start="{AT}" '
            f'stale="{AT}" access="RESTRICTED" caveat="EXERCISE" releasableTo="alpha"><point lat="1" lon="2" '
            f'hae="3" ce="4" le="5"/><detail>{detail}<remarks>Words.</remarks></detail></event>'
        ).encode()
        for detail in ("", mark, '<__chat senderCallsign="B"/>')
    ]


def read_stream(data: bytes) -> None:
    """In pieces of any length; each event is reviewed as a note of an exercise and in earnest."""
    splitter, cut = CotSplitter(), 1 + (data[0] if data else 0) % 97
    try:
        for at in range(0, len(data), cut):
            for raw in splitter.feed(data[at : at + cut]):
                for exercise in ("X", None):
                    note = note_of(read_cot(raw), standing=STANDING, exercise=exercise, now_us=NOW_US)
                    assert note.product.exercise == exercise
    except InputError:
        return


def datagrams() -> list[bytes]:
    header, me = Header(7, NOW_US), EntityId(1, 1, 1)
    beside = b'{"schema":"synaspis-dis/1","entity":[1,1,1],"exercise":"X","labels":[]}'
    comments = [Comment(header, me, me, (Datum(0, words),)) for words in (b"Words.", beside)]
    state = EntityState(header, me, EntityType(), (4e6, 3e6, 5e6), marking="EXERCISE1")
    return [*map(write_pdu, comments), write_pdu(state), b"".join(map(write_pdu, (*comments, state)))]


def read_network(data: bytes) -> None:
    """Every PDU is written again, and its words are taken."""
    for found in read_datagram(data, near_us=NOW_US):
        if isinstance(found, InputError):
            continue
        write_pdu(found)
        if isinstance(found, Comment):
            for read in (text_of, label_in):
                with suppress(InputError):
                    read(found)


def pictures() -> list[bytes]:
    track = {
        "number": 1, "status": "new", "time": AT, "position_ecef_m": [4e6, 3e6, 5e6],
        "label": STANDING.to_json(), "velocity_ecef_m_s": [1.0, 2.0, 3.0],
        "covariance": [1.0] * 21, "sources": ["b"],
        "impact": {"latitude_deg": 1.0, "longitude_deg": 2.0, "time": AT,
                   "covariance_m2": [1.0, 0.0, 1.0], "sigma_s": 1.0},
    }  # fmt: skip
    return [json.dumps({"type": "picture", "at": AT, "exercise": "X", "tracks": [track]}).encode()]


def read_picture(data: bytes) -> None:
    event = strict_json(data)
    if isinstance(event, dict):
        picture_of(event, recipient="alpha")


def messages() -> list[bytes]:
    return [json.dumps(example_event(kind)).encode() for kind in BODIES]


def read_told(data: bytes) -> None:
    """What is read is written in every format."""
    event = strict_json(data)
    if not isinstance(event, dict):
        return
    told = told_of(event, recipient="alpha")
    for drawing in cot_of_told(told).product:
        assert read_cot(drawing.xml.encode()).label == told.label
    if told.exercise:
        for pdu in dis_of_told(told, DisIdentity(7, told.exercise)).product:
            write_pdu(pdu)
    ElementTree.fromstring(live_kml("T", [], told.exercise, [told]))
    json.loads(live_czml("T", [], told.exercise, [told]))


TARGETS = {
    "told": (read_told, messages, (InputError, Refused)),
    "cot": (read_stream, chats, ()),
    "dis": (read_network, datagrams, ()),
    "picture": (read_picture, pictures, (InputError, Refused)),
}


def test_no_program_ends_a_gateway(sound):
    sound(__file__)
