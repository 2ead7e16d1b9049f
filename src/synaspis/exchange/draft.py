"""What one tick is about to store, kept apart from the state: a failed commit leaves no trace of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from synaspis.exchange.answers import Scribe
from synaspis.exchange.store.storage import (
    Batch,
    Body,
    Entry,
    FeedEvent,
    Marks,
    PolicyText,
    Release,
    Submission,
)


class Delivery(Protocol):
    """One event for some recipients, as release hands it over."""

    @property
    def recipients(self) -> Sequence[str]:
        """Who gets it."""
        ...

    @property
    def type(self) -> str:
        """``message``, ``picture`` or ``notice``."""
        ...

    @property
    def body(self) -> bytes:
        """The event, canonical JSON in one line."""
        ...


@dataclass
class Draft:
    """Entries, submissions and releases of one tick, numbered on from what is stored.

    marks: last numbers stored. counters: last counter of each recipient; not changed here.
    """

    scribe: Scribe
    marks: Marks
    counters: Mapping[str, int]
    entries: list[Entry] = field(default_factory=list)
    submissions: list[Submission] = field(default_factory=list)
    bodies: list[Body] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    events: dict[str, list[FeedEvent]] = field(default_factory=dict)
    policy: PolicyText | None = None

    def add(self, entry: Entry) -> int:
        """Append an entry; returns its number."""
        self.entries.append(entry)
        return self.marks.entry + len(self.entries)

    def counter(self, recipient: str) -> int:
        """Last counter of a recipient, with what is gathered here."""
        news = self.events.get(recipient)
        return news[-1].counter if news else self.counters.get(recipient, 0)

    def deliver(self, deliveries: Sequence[Delivery]) -> None:
        """Append events to the feeds of their recipients, each with an entry of its own."""
        for delivery in deliveries:
            body, digest = delivery.body, hashlib.sha256(delivery.body).hexdigest()
            self.bodies.append(Body(delivery.type, body, names(delivery.type, body)))
            number = self.marks.body + len(self.bodies)
            for recipient in delivery.recipients:
                counter = self.counter(recipient) + 1
                entry = self.scribe.release(recipient, counter, digest)
                self.releases.append(Release(recipient, counter, number, self.add(entry)))
                event = FeedEvent(counter, delivery.type, entry.salt, body)
                self.events.setdefault(recipient, []).append(event)

    def batch(self, at_us: int, examined: int, snapshot: bytes | None) -> Batch:
        """All of it, ready to be stored under the next number of a tick."""
        marks = replace(
            self.marks,
            tick=self.marks.tick + 1,
            at_us=at_us,
            entry=self.marks.entry + len(self.entries),
            body=self.marks.body + len(self.bodies),
            examined=examined,
        )
        return Batch(marks, self.entries, self.submissions, self.bodies, self.releases, self.policy, snapshot)


def names(kind: str, body: bytes) -> tuple[str, ...]:
    """By which its recipients may refer to the message that an event shows; none for other events.

    Its reference; its id and the digest of its envelope where the whole of it is shown. What is told of the
    track of one source has a name of its own, by which nobody can refer to a message.
    """
    if kind != "message":
        return ()
    event = json.loads(body)
    found = [str(event["reference"])] if "reference" in event else []
    if "envelope" in event:
        found += [str(event["message"]["id"]), hashlib.sha256(event["envelope"].encode()).hexdigest()]
    return tuple(found)
