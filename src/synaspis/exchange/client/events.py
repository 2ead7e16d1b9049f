"""What the centre sends a partner, read and checked: each event against its own salt, record and envelope.

Whether the log holds what is promised here is asked later, once the entry is sealed (`client_verify`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from synaspis.exchange.client.keys import KeyRing
from synaspis.exchange.client.kit import CENTRE
from synaspis.exchange.client.partner_state import StoredEvent
from synaspis.log import commitment, leaf_hash
from synaspis.messages import Refused, strict_json
from synaspis.messages.strict import Limits, canonical_json

EVENT_TYPES: Final = ("message", "picture", "notice")

_LIMITS: Final = Limits(size_bytes=16_000_000, depth=24, items=100_000, characters=16_000_000)


@dataclass(frozen=True)
class Event:
    """One event of the partner's feed.

    counter: the partner's own, from 1 without a gap; the same event always has the same one.
    type: `message`, `picture` or `notice`. content: the event as the centre wrote it.
    alarms: what is wrong with it, in sentences; empty if nothing is.
    """

    counter: int
    type: str
    content: Mapping[str, Any]
    alarms: tuple[str, ...] = field(default=())

    @property
    def at(self) -> str:
        """When it was received or fell due, RFC 3339."""
        return str(self.content.get("at", ""))

    @property
    def quality(self) -> str | None:
        """At which quality a message is given: presence, impact-area, position or covariance."""
        found = self.content.get("quality")
        return found if isinstance(found, str) else None

    @property
    def why(self) -> tuple[tuple[str, str], ...]:
        """Agreement and clause that entitle the partner to it; of a picture those of all its tracks."""
        told = [
            *_objects(self.content, "why"),
            *(why for track in self.tracks for why in _objects(track, "why")),
        ]
        return tuple(sorted({(str(why.get("agreement")), str(why.get("clause"))) for why in told}))

    @property
    def message(self) -> Mapping[str, Any]:
        """The message, as far as it is given; empty for a picture or a notice."""
        found = self.content.get("message")
        return found if isinstance(found, Mapping) else {}

    @property
    def tracks(self) -> tuple[Mapping[str, Any], ...]:
        """Tracks of a picture."""
        return tuple(_objects(self.content, "tracks"))


def _objects(holder: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The objects in a list; a centre that sends something else gets an alarm and ends nothing."""
    found = holder.get(name)
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def release_leaf(partner: str, counter: int, salt: str, data: bytes) -> str:
    """Hash of the leaf that logs this release, hex: of the record (counter, event, recipient) and its salt.

    Raises ValueError for a salt that is none.
    """
    record = {
        "counter": counter,
        "event": hashlib.sha256(data).hexdigest(),
        "recipient": partner,
        "type": "release",
    }
    return leaf_hash(commitment(canonical_json(record), bytes.fromhex(salt))).hex()


def record_leaf(record: str, salt: str) -> str:
    """Hash of the leaf of a record whose text and salt were disclosed, hex."""
    return leaf_hash(commitment(record.encode(), bytes.fromhex(salt))).hex()


def submission_leaf(event: Event) -> str | None:
    """Hash of the leaf of the submission behind an event, hex; None where it was not disclosed."""
    disclosed = event.content.get("submission")
    if not isinstance(disclosed, dict):
        return None
    with suppress(KeyError, ValueError, TypeError, AttributeError):
        return record_leaf(disclosed["record"], disclosed["salt"])
    return None


def read_event(stored: StoredEvent, keys: KeyRing | None) -> Event:
    """Read an event and check what can be checked without the log.

    keys: of senders, the centre's under `centre`; an envelope of a sender without any key here stays
    unverified and raises no alarm. None checks nothing.
    """
    try:
        content = strict_json(stored.data, _LIMITS)
        if not isinstance(content, dict):
            raise Refused("bad-json", "an event is an object")
    except Refused as error:
        return Event(stored.counter, stored.type, {}, (f"event {stored.counter}: {error.faults[0]}",))
    event = Event(stored.counter, stored.type, content)
    if keys is None:
        return event
    alarms = tuple(f"event {stored.counter}: {alarm}" for alarm in _alarms(event, keys, stored.arrived_us))
    return Event(stored.counter, stored.type, content, alarms)


def _alarms(event: Event, keys: KeyRing, at_us: int) -> Iterator[str]:
    if event.type not in EVENT_TYPES or event.content.get("type") != event.type:
        yield f"it is announced as {event.type!r} and says that it is {event.content.get('type')!r}"
    if not isinstance(event.content.get("at"), str):
        yield "it says no time"
    if wrong := [name for name in ("why", "tracks") if not _is_list_of_objects(event.content.get(name, []))]:
        yield f"{' and '.join(wrong)} in it is no list of objects"
    if not isinstance(event.content.get("message", {}), Mapping):
        yield "the message in it is no object"
    if (envelope := event.content.get("envelope")) is not None:
        try:
            yield from _envelope_alarms(event, envelope, keys, at_us)
        except Refused as error:
            yield f"the envelope in it cannot be what was sent: {error.faults[0]}"
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            yield f"the envelope and the record of its submission do not have their shape ({error})"


def _is_list_of_objects(found: Any) -> bool:
    return isinstance(found, list) and all(isinstance(each, Mapping) for each in found)


def _envelope_alarms(event: Event, envelope: str, keys: KeyRing, at_us: int) -> Iterator[str]:
    """Held against each other: the message as told, the envelope, the record of its submission."""
    raw = envelope.encode()
    sender = event.message["sender"]
    disclosed = event.content["submission"]
    record = strict_json(disclosed["record"].encode(), _LIMITS)
    record_leaf(disclosed["record"], disclosed["salt"])
    if record["envelope"] != hashlib.sha256(raw).hexdigest():
        yield "the record of the submission commits to another envelope"
    if record["sender"] != sender:
        yield f"the record names {record['sender']} as the sender, the message {sender}"
    if keys.knows(sender):
        opened = keys.open(raw, sender, at_us, limits=_LIMITS)
        signed = strict_json(opened.payload, _LIMITS)
        changed = sorted(key for key, value in event.message.items() if signed.get(key) != value)
        if changed:
            yield f"{', '.join(changed)} of the message differ from what {sender} signed"


def knows_sender(event: Event, keys: KeyRing) -> bool:
    """Whether the signature inside an event could be checked; True where there is none to check."""
    return event.content.get("envelope") is None or keys.knows(str(event.message.get("sender", CENTRE)))
