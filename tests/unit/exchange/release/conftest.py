"""A table of rights in place of agreements, and messages as intake hands them over."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from synaspis.agreement import CLASSIFICATIONS, Decision, Item, Label, Reason, combine
from synaspis.core.clock import from_rfc3339, to_rfc3339
from synaspis.exchange.accepted import Accepted
from synaspis.exchange.release import Delivery, Releaser
from synaspis.exchange.settings import Settings
from synaspis.messages import (
    Cancellation,
    Correction,
    Reference,
    SigningKey,
    TrackReport,
    canonical_json,
    example_message,
    new_message,
    product_of,
    read_message,
    seal,
    write_message,
)

START_US = from_rfc3339("2026-06-15T06:00:00Z")
TICK_US = 50_000
SECRET = b"a key of references, 32 bytes.."
LABEL = Label("EXERCISE", "UNCLASSIFIED")
KEY = SigningKey(bytes(range(32)))


class Book:
    """Labels mean what STANAG 4774 says."""

    def combine(self, labels: Iterable[Label]) -> Label:
        return combine(labels, CLASSIFICATIONS)


class Table:
    """Rights by recipient and sender: level and delay in seconds; what is not in it is denied.

    A sender gets its own at once. rights: keys are (recipient, sender) or (recipient, sender, product).
    """

    def __init__(
        self,
        partners: Iterable[str],
        rights: Mapping[tuple[str, ...], tuple[str, float]],
        version: str = "v1",
        reasons: Mapping[str, str] | None = None,
    ) -> None:
        self.partners, self.version, self.rights = tuple(partners), version, dict(rights)
        self.book, self._reasons = Book(), dict(reasons or {})

    def recipients(self, item: Item) -> tuple[tuple[str, Decision], ...]:
        found = []
        for name in self.partners:
            key: tuple[str, ...] = (name, item.sender)
            rule = self.rights.get((*key, item.product), self.rights.get(key))
            if name == item.sender:
                decision = Decision("covariance", 0, (Reason("base", "own"),), self.version)
            elif rule is None or item.label.classification == "SECRET":
                continue
            else:
                clause = self._reasons.get(name, item.product)
                quality: Any = rule[0]
                decision = Decision(quality, int(rule[1] * 1e6), (Reason("pact", clause),), self.version)
            found.append((name, decision))
        return tuple(found)


def accepted(
    body: Any,
    sender: str,
    at_s: float = 0.0,
    *,
    id: str | None = None,
    label: Label = LABEL,
    exercise: str | None = None,
    regions: tuple[str, ...] | None = (),
    findings: tuple[Any, ...] = (),
) -> Accepted:
    """A message of a partner, received so many seconds after the start."""
    received_us = START_US + round(at_s * 1e6)
    named = id if id is not None else hashlib.sha256(f"{sender} {at_s} {body}".encode()).hexdigest()[:32]
    message = new_message(
        body, sender=sender, label=label, sent_at_us=received_us, id=named, exercise=exercise
    )
    return wrapped(read_message(write_message(message)), received_us, regions, findings)


def wrapped(
    message: Any, received_us: int, regions: tuple[str, ...] | None = (), findings: tuple[Any, ...] = ()
) -> Accepted:
    """A message in its envelope, with what intake adds."""
    envelope = seal(write_message(message), KEY)
    told = message.body.replacement if isinstance(message.body, Correction) else message.body
    missile_class = getattr(told, "missile_class", None)
    item = Item(
        message.sender,
        product_of(message),
        message.label,
        missile_class,
        regions,
        message.exercise is not None,
    )
    digest = hashlib.sha256(envelope).hexdigest()
    record = canonical_json({"envelope": digest, "sender": message.sender, "type": "submission"})
    salt = hashlib.sha256(b"salt" + envelope).digest()
    return Accepted(message, item, envelope, digest, received_us, record, salt, findings)


def example(kind: str, **changes: Any) -> Any:
    """Body of the published example of a kind, with members changed."""
    message = json.loads(example_message(kind))
    if "object" in message["body"]:
        # A state is of the hour in which it is sent.
        at = to_rfc3339(START_US)
        message["sent_at"] = at
        message["body"]["object"].update(time=at, impact_time=at)
    message["body"].update(changes)
    return read_message(canonical_json(message)).body


def track(
    at_s: float, name: str = "t1", *, offset_m: float = 0.0, sigma_m: float = 100.0, **more: Any
) -> TrackReport:
    """A report on an object that climbs at 3 km/s, so many seconds after the start."""
    up = 6_800_000.0 + offset_m + 3_000.0 * at_s
    covariance = [0.0] * 21
    for place, value in zip((0, 2, 5, 9, 14, 20), [sigma_m**2] * 3 + [100.0] * 3, strict=True):
        covariance[place] = value
    base = json.loads(example_message("track-report"))["body"]
    base.pop("missile_class", None)
    base.update(
        track=name,
        time=to_rfc3339(START_US + round(at_s * 1e6)),
        position_ecef_m=[up, 0.0, 0.0],
        velocity_ecef_m_s=[3_000.0, 2_000.0, 0.0],
        covariance=covariance,
        estimate="track",
        **more,
    )
    return TrackReport.model_validate_json(json.dumps(base))


def correction(replacement: Any, id: str) -> Correction:
    """What puts a message right."""
    return Correction(refers_to=Reference(id=id, kind=replacement.kind), replacement=replacement)


def cancellation(kind: Any, id: str) -> Cancellation:
    """What takes a message back."""
    return Cancellation(refers_to=Reference(id=id, kind=kind))


def feeds(deliveries: Iterable[Delivery]) -> dict[str, list[bytes]]:
    """Bodies by recipient, in order."""
    found: dict[str, list[bytes]] = {}
    for delivery in deliveries:
        for recipient in delivery.recipients:
            found.setdefault(recipient, []).append(delivery.body)
    return found


class Bench:
    """A releaser that is given messages and run."""

    def __init__(self, policy: Any, secret: bytes = SECRET) -> None:
        self.releaser = Releaser(policy, Settings(tick_us=TICK_US), secret)

    def run(self, messages: Iterable[Accepted], until_s: float) -> dict[str, list[dict[str, Any]]]:
        """Events by recipient, read, of all that falls due up to an instant."""
        for message in messages:
            self.releaser.accept(message)
        deliveries = self.releaser.advance(START_US + round(until_s * 1e6))
        return {name: [json.loads(body) for body in bodies] for name, bodies in feeds(deliveries).items()}


@pytest.fixture(scope="session")
def make() -> SimpleNamespace:
    """What tests make messages, rights and releasers with."""
    return SimpleNamespace(
        START_US=START_US,
        TICK_US=TICK_US,
        SECRET=SECRET,
        LABEL=LABEL,
        Table=Table,
        Bench=Bench,
        accepted=accepted,
        wrapped=wrapped,
        example=example,
        correction=correction,
        cancellation=cancellation,
        track=track,
        feeds=feeds,
    )
