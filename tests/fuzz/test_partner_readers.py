"""What a centre sends its partners: a hostile one must not end a partner's client, nor fill its memory."""

import hashlib
import json
import tempfile
from pathlib import Path
from typing import Any

from synaspis.core.clock import ManualClock
from synaspis.exchange.answers import RECEIPT_SCHEMA, RECEIPT_TYPE, REFUSAL_SCHEMA, REFUSAL_TYPE
from synaspis.exchange.client.answers import read_answer
from synaspis.exchange.client.errors import Alarm
from synaspis.exchange.client.events import read_event, record_leaf, submission_leaf
from synaspis.exchange.client.feed import EVENT_MAX_BYTES, FeedParser
from synaspis.exchange.client.inbox import Inbox
from synaspis.exchange.client.keys import KeyRing
from synaspis.exchange.client.kit import CENTRE
from synaspis.exchange.client.link import _json, _server_fault
from synaspis.exchange.client.partner_state import PartnerState, StoredEvent
from synaspis.exchange.client.wording import lines_of
from synaspis.messages import SigningKey, seal
from synaspis.messages.strict import canonical_json

EXAMPLES = Path(__file__).parents[2] / "src" / "synaspis" / "data" / "messages"
NOW_US = 1_780_000_000_000_000
CENTRE_KEY, SENDER = SigningKey(bytes([1] * 32)), SigningKey(bytes([2] * 32))
KEPT = tempfile.TemporaryDirectory(prefix="synaspis-fuzz-partner-")  # until the program ends
FOLDER = Path(KEPT.name)
SALT = "5a" * 32


def ring() -> KeyRing:
    state = PartnerState(FOLDER / "keys.sqlite")
    current = {CENTRE: CENTRE_KEY.public.raw, "northland": SENDER.public.raw, "southland": SENDER.public.raw}
    found = KeyRing(state, current, NOW_US)
    state.close()
    return found


KEYS = ring()


def events() -> list[bytes]:
    """Events as a centre writes them: messages with their envelope and without, a picture, a notice."""
    why = [{"agreement": "a", "clause": "b"}]
    found: list[dict[str, Any]] = [
        {"type": "notice", "at": "2026-11-25T06:30:00.000000Z", "code": "agreements-changed", "text": "Now."},
        {
            "type": "picture",
            "at": "2026-11-25T06:30:00.000000Z",
            "policy": "v1",
            "tracks": [
                {
                    "number": 1,
                    "status": "live",
                    "time": "2026-11-25T06:30:00.000000Z",
                    "position_ecef_m": [4.0e6, 3.0e6, 4.0e6],
                    "velocity_ecef_m_s": [1.0, 2.0, 3.0],
                    "covariance": [1.0] * 21,
                    "why": why,
                    "sources": ["northland"],
                    "quality": "covariance",
                }
            ],
        },
    ]
    for path in sorted(EXAMPLES.glob("*.json")):
        message = json.loads(path.read_text())
        envelope = seal(path.read_bytes(), SENDER)
        record = canonical_json(
            {
                "envelope": hashlib.sha256(envelope).hexdigest(),
                "sender": message["sender"],
                "type": "submission",
            }
        )
        common = {"type": "message", "at": "2026-11-25T06:30:00.000000Z", "policy": "v1", "why": why}
        whole = {"envelope": envelope.decode(), "submission": {"record": record.decode(), "salt": SALT}}
        found.append({**common, "quality": "covariance", "message": message, **whole})
        found.append({**common, "quality": "presence", "message": {"kind": message["kind"]}, "extract": {}})
    return [json.dumps(each).encode() for each in found]


def look_at(data: bytes) -> None:
    """Everything that a client does with an event: check it, find its leaf, say it in words."""
    for kind in ("message", "picture", "notice"):
        event = read_event(StoredEvent(1, kind, SALT, data, NOW_US, "00" * 32), KEYS)
        submission_leaf(event)
        assert all(isinstance(alarm, str) for alarm in event.alarms)
        assert event.at is not None
        for told in (event.quality, event.why, event.message, event.tracks):
            assert told is not False
        assert all(isinstance(line, str) for line in lines_of(event))


def streams() -> list[bytes]:
    texts = events()[:4]
    frames = [
        b"id: %d\nevent: %s\ndata: %s\ndata: %s\n\n"
        % (number, json.loads(text)["type"].encode(), SALT.encode(), text)
        for number, text in enumerate(texts, 1)
    ]
    return [
        b": feed\n\n" + b"".join(frames),
        b'event: behind\ndata: {"after":1}\n\n',
        b"data\r\rid:\r\n:\n\n",
    ]


def follow(data: bytes) -> None:
    """The stream in pieces of any length gives the same events, and they are kept or refused."""
    whole = FeedParser().feed(data)
    parser, cut = FeedParser(), 1 + (data[0] if data else 0) % 37
    pieces = [event for at in range(0, len(data), cut) for event in parser.feed(data[at : at + cut])]
    # A stream that ends in a CR may go on with its LF.
    assert pieces == whole
    assert len(parser._rest) + parser._size <= EVENT_MAX_BYTES
    (FOLDER / "state.sqlite").unlink(missing_ok=True)
    state = PartnerState(FOLDER / "state.sqlite")
    try:
        Inbox("alpha", state, ManualClock(NOW_US), lambda _: None).keep(
            [each for each in whole if each.event not in ("behind", "current")]
        )
    finally:
        state.close()


DIGEST, MESSAGE = "ab" * 32, "cd" * 16


def signed_receipts() -> list[bytes]:
    record = canonical_json(
        {
            "envelope": DIGEST, "policy": "v1", "received_at": "2026-11-25T06:30:00Z", "sender": "alpha",
            "type": "submission",
        }
    ).decode()  # fmt: skip
    receipt = {
        "schema": RECEIPT_SCHEMA, "id": MESSAGE, "envelope": DIGEST, "record": record, "salt": SALT,
        "received_at": "2026-11-25T06:30:00Z", "policy": "v1", "leaf": record_leaf(record, SALT),
        "findings": [{"rule": "r", "text": "t", "margin": 1.0, "unit": "s"}],
    }  # fmt: skip
    return [json.dumps(receipt).encode()]


def signed_refusals() -> list[bytes]:
    record = canonical_json({"envelope": DIGEST, "sender": "alpha", "type": "refusal"}).decode()
    refusal = {
        "schema": REFUSAL_SCHEMA, "envelope": DIGEST, "code": "replay", "record": record, "salt": SALT,
        "faults": [{"what": "w", "where": "x", "remedy": "r"}],
    }  # fmt: skip
    return [json.dumps(refusal).encode()]


def take_receipt(data: bytes) -> None:
    answer = read_answer(201, seal(data, CENTRE_KEY, RECEIPT_TYPE), MESSAGE, DIGEST, "alpha", KEYS, NOW_US)
    json.dumps(getattr(answer, "to_dict", dict)())


def take_refusal(data: bytes) -> None:
    answer = read_answer(409, seal(data, CENTRE_KEY, REFUSAL_TYPE), MESSAGE, DIGEST, "alpha", KEYS, NOW_US)
    assert str(getattr(answer, "error", ""))


def take_answer(data: bytes) -> None:
    """An answer that was kept: what it is, its own type says."""
    read_answer(None, data, MESSAGE, DIGEST, "alpha", KEYS, NOW_US)


def answers() -> list[bytes]:
    return [
        seal(signed_receipts()[0], CENTRE_KEY, RECEIPT_TYPE),
        seal(signed_refusals()[0], CENTRE_KEY, REFUSAL_TYPE),
    ]


def read_error(data: bytes) -> None:
    _server_fault(400, data)
    _json(data)


TARGETS = {
    "event": (look_at, events, ()),
    "feed": (follow, streams, (Alarm,)),
    "receipt": (take_receipt, signed_receipts, (Alarm,)),
    "refusal": (take_refusal, signed_refusals, (Alarm,)),
    "answer": (take_answer, answers, (Alarm,)),
    "error-answer": (
        read_error,
        lambda: [b'{"error":{"faults":[{"what":"w","where":"x","remedy":"r"}]}}', b"[]"],
        (Alarm,),
    ),
}


def test_no_centre_ends_the_client_of_a_partner(sound):
    sound(__file__)
