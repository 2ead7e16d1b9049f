"""A centre given what a partner signed, whatever it is; and what a centre keeps and reads back.

A partner may sign anything. What passes the format of messages goes on through agreements, rules,
examination, fusion and release, and none of it may end the centre or stop a tick.
"""

import json
import shutil
import tempfile
from base64 import b64decode
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from synaspis.agreement import load_book
from synaspis.core.clock import SECOND_US, from_rfc3339, to_rfc3339
from synaspis.core.errors import InputError
from synaspis.exchange.describe import InForce
from synaspis.exchange.examine import examine
from synaspis.exchange.rehearsal import Rehearsal
from synaspis.exchange.release import Releaser
from synaspis.exchange.settings import Settings
from synaspis.fusion import Picture
from synaspis.messages import REFUSAL_CODES, seal
from synaspis.messages.rulebook import packaged_rules
from synaspis.messages.rules import notification_findings

EXAMPLES = Path(__file__).parents[2] / "src" / "synaspis" / "data" / "messages"
START_US = from_rfc3339("2026-11-25T06:30:00Z")
SETTINGS = Settings.model_validate(
    {
        "skew_past_us": 86_400 * SECOND_US,
        "skew_future_us": 3_600 * SECOND_US,
        "snapshot_ticks": 50,
        "limits": {"messages_per_s": 100_000.0, "burst": 1_000_000},
    }
)
PER_CENTRE = 500
"""Messages after which a new centre is taken: what one remembers is not what is looked for here."""

BOOK = load_book("demo")

NAMING = {"about", "query", "notification", "claim"}
"""Members of a body that name another message."""


def sent_now(payload: dict[str, Any]) -> dict[str, Any]:
    """An example as a partner of the book would send it now; all its times move with it."""
    shift_us = START_US - from_rfc3339(payload["sent_at"])
    moved = _moved(payload, shift_us)
    label = BOOK.default_label().to_json()
    return {**moved, "sender": "alpha", "label": label}


def _moved(value: Any, shift_us: int) -> Any:
    if isinstance(value, dict):
        return {key: _moved(part, shift_us) for key, part in value.items()}
    if isinstance(value, list):
        return [_moved(part, shift_us) for part in value]
    if isinstance(value, str) and len(value) >= 20 and value.startswith("20"):
        return to_rfc3339(from_rfc3339(value) + shift_us)
    return value


def payloads() -> list[bytes]:
    """The examples, those first that others refer to; what they refer to is by their own sender here."""
    found = [sent_now(json.loads(path.read_text())) for path in sorted(EXAMPLES.glob("*.json"))]
    by_kind = {each["kind"]: each for each in found}
    announced = by_kind["pre-launch-notification"]["id"]
    for each in found:
        body = each["body"]
        if "refers_to" in body:
            body["refers_to"]["id"] = by_kind[body["refers_to"]["kind"]]["id"]
        for name in body.keys() & NAMING:
            body[name] = [announced] if isinstance(body[name], list) else announced
    found.sort(key=lambda each: bool(each["body"].keys() & {"refers_to", *NAMING}))
    return [json.dumps(each).encode() for each in found]


class Harness:
    """A centre that is replaced now and then."""

    def __init__(self) -> None:
        self.rehearsal: Rehearsal | None = None
        self.folder = ""
        self.taken = count()
        self.left = 0

    def centre(self) -> Rehearsal:
        if not self.left or self.rehearsal is None:
            if self.folder:
                shutil.rmtree(self.folder)
            self.folder = tempfile.mkdtemp(prefix="synaspis-fuzz-centre-")
            rules = packaged_rules()
            self.rehearsal = Rehearsal(
                BOOK,
                START_US,
                Path(self.folder) / "log",
                settings=SETTINGS,
                rules=lambda message, received_us: notification_findings(message, received_us, rules),
                questioner=examine,
            )
            self.left = PER_CENTRE
            # What may be referred to: the examples, under their own ids.
            for payload in payloads():
                self.rehearsal.centre.submit("alpha", seal(payload, self.rehearsal.keys["alpha"]))
                self.rehearsal.clock.set(self.rehearsal.centre.next_tick_us())
                self.rehearsal.centre.tick()
        self.left -= 1
        return self.rehearsal


HARNESS = Harness()


def submit(data: bytes) -> None:
    rehearsal = HARNESS.centre()
    try:
        given = json.loads(data)
    except (ValueError, RecursionError):
        given = None
    if isinstance(given, dict) and isinstance(given.get("id"), str) and len(given["id"]) == 32:
        # Otherwise the second one would be a replay, and go no further.
        data = json.dumps({**given, "id": f"{next(HARNESS.taken):032x}"}).encode()
    ticket = rehearsal.centre.submit("alpha", seal(data, rehearsal.keys["alpha"]))
    for _ in range(2):
        rehearsal.clock.set(rehearsal.centre.next_tick_us())
        rehearsal.centre.tick()
        rehearsal.centre.examine_pending()
    answer = ticket.answer
    assert answer is not None
    body = json.loads(b64decode(json.loads(answer.body)["payload"]))
    assert len(answer.body) < 200_000
    if answer.code:
        assert answer.code in REFUSAL_CODES
        raise InputError(answer.code)
    assert body["id"]


def submit_envelope(data: bytes) -> None:
    """Bytes as they come over the network, without a signature that holds."""
    rehearsal = HARNESS.centre()
    ticket = rehearsal.centre.submit("alpha", data)
    rehearsal.clock.set(rehearsal.centre.next_tick_us())
    rehearsal.centre.tick()
    assert ticket.answer is not None
    if ticket.answer.code:
        assert ticket.answer.code in REFUSAL_CODES
        raise InputError(ticket.answer.code)


def envelopes() -> list[bytes]:
    key = HARNESS.centre().keys["alpha"]
    texts = [json.loads(payload) for payload in payloads()]
    return [
        seal(json.dumps({**text, "id": f"{number:032x}"}).encode(), key) for number, text in enumerate(texts)
    ]


def policies() -> dict[str, InForce]:
    policy = InForce.on(BOOK, date(2026, 11, 25))
    return {policy.version: policy}


def snapshots() -> list[bytes]:
    """State of release after every example was taken, of some twenty track reports among them."""
    rehearsal = HARNESS.centre()
    track = json.loads((EXAMPLES / "track-report.json").read_text())
    for number in range(20):
        rehearsal.centre.submit("alpha", seal(_numbered(track, number), rehearsal.keys["alpha"]))
        rehearsal.clock.set(rehearsal.centre.next_tick_us())
        rehearsal.centre.tick()
    releaser = rehearsal.centre._state.releaser
    assert releaser is not None
    return [releaser.to_bytes(), Releaser(next(iter(policies().values())), SETTINGS, bytes(32)).to_bytes()]


def _numbered(track: dict[str, Any], number: int) -> bytes:
    return json.dumps({**sent_now(track), "id": f"{number:032x}"}).encode()


def read_snapshot(data: bytes) -> None:
    """Only a centre writes its store; damaged, it is refused, and nothing else is raised."""
    Releaser.from_bytes(data, policies(), SETTINGS, bytes(32))


def pictures() -> list[bytes]:
    state = json.loads(snapshots()[0])
    found = [b64decode(text) for each in state["sets"] for _, text in each["pictures"]]
    assert found
    return [*found, Picture().to_bytes()]


def read_picture(data: bytes) -> None:
    picture = Picture.from_bytes(data)
    assert Picture.from_bytes(picture.to_bytes()).to_bytes() == picture.to_bytes()


TARGETS = {
    "signed-by-a-partner": (submit, payloads, (InputError,)),
    "sent-by-a-partner": (submit_envelope, envelopes, (InputError,)),
    "release-snapshot": (read_snapshot, snapshots, (ValueError,)),
    "picture": (read_picture, pictures, (ValueError,)),
}


def test_nothing_that_a_partner_signs_and_no_stored_bytes_end_the_centre(sound):
    sound(__file__)
