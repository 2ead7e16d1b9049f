"""Release under the shipped agreements: no partner's bytes depend on what it may not see."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synaspis.agreement import Category, Label, load_book
from synaspis.core.clock import from_rfc3339, to_rfc3339
from synaspis.exchange.accepted import Accepted
from synaspis.exchange.describe import InForce, describe
from synaspis.exchange.release import Delivery, Releaser
from synaspis.exchange.settings import Settings
from synaspis.messages import SigningKey, canonical_json, example_message, read_message, seal, write_message

START_US = from_rfc3339("2026-06-15T06:00:00Z")
KEY = SigningKey(bytes(range(32)))
SECRET = bytes(range(32))
LABELS = (
    Label("DEMO", "UNCLASSIFIED"),
    Label("DEMO", "RESTRICTED"),
    Label("DEMO", "SECRET"),
    Label("DEMO", "RESTRICTED", (Category("Releasable to", "PERMISSIVE", ("pact",)),)),
    Label("DEMO", "UNCLASSIFIED", (Category("Special handling", "RESTRICTIVE", ("SATELLITE",)),)),
)
PLACES = ((60.0, 5.0), (71.0, 5.0), (40.0, -20.0))
"""In charlie's coastal waters, in alpha's test range, in neither: see the agreements of the demonstration."""


@cache
def in_force() -> InForce:
    return InForce.on(load_book("demo"), date(2026, 6, 15))


def accepted(kind: str, sender: str, at_us: int, id: str, label: Label, body: dict[str, Any]) -> Accepted:
    given = json.loads(example_message(kind))
    given.pop("exercise", None)
    given.update(sender=sender, id=id, sent_at=to_rfc3339(at_us), label=label.to_json())
    given["body"].update(body)
    message = read_message(canonical_json(given))
    envelope = seal(write_message(message), KEY)
    item = describe(message, in_force().book)
    return Accepted(message, item, envelope, hashlib.sha256(envelope).hexdigest(), at_us, b"{}", bytes(32))


def random_message(rng: np.random.Generator) -> Accepted:
    at_us = START_US + int(rng.integers(0, 60)) * 100_000
    kind = str(
        rng.choice(["track-report"] * 5 + ["launch-report", "warning", "pre-launch-notification", "text"])
    )
    body: dict[str, Any] = {}
    if kind == "track-report":
        body = {
            "track": f"t{rng.integers(2)}",
            "time": to_rfc3339(at_us),
            "position_ecef_m": [6_800_000.0 + float(rng.normal(0.0, 300.0)), 0.0, 3e-3 * (at_us - START_US)],
            "velocity_ecef_m_s": [0.0, 0.0, 3_000.0],
        }
    elif kind == "launch-report":
        latitude_deg, longitude_deg = PLACES[rng.integers(len(PLACES))]
        place = {
            "latitude_deg": latitude_deg,
            "longitude_deg": longitude_deg,
            "covariance_m2": [1e8, 0.0, 1e8],
        }
        body = {"impact": place}
    sender, label = str(rng.choice(in_force().partners)), LABELS[rng.integers(len(LABELS))]
    return accepted(kind, sender, at_us, rng.bytes(16).hex(), label, body)


def feeds(messages: list[Accepted]) -> dict[str, list[bytes]]:
    releaser = Releaser(in_force(), Settings(), SECRET)
    for message in messages:
        releaser.accept(message)
    deliveries: list[Delivery] = releaser.advance(START_US + 60_000_000)
    found: dict[str, list[bytes]] = {}
    for delivery in deliveries:
        for recipient in delivery.recipients:
            found.setdefault(recipient, []).append(delivery.body)
    return found


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_no_byte_depends_on_what_the_demonstration_hides(seed):
    rng = np.random.default_rng(seed)
    messages = sorted((random_message(rng) for _ in range(20)), key=lambda message: message.received_us)
    whole = feeds(messages)
    for partner in in_force().partners:
        visible = [message for message in messages if in_force().policy.decide(partner, message.item).quality]
        assert feeds(visible).get(partner) == whole.get(partner)


@pytest.mark.parametrize(
    ("place", "level"), [(PLACES[0], "covariance"), (PLACES[1], None), (PLACES[2], "impact-area")]
)
def test_charlie_gets_of_a_launch_by_alpha_what_the_region_allows(place, level):
    latitude_deg, longitude_deg = place
    impact = {"latitude_deg": latitude_deg, "longitude_deg": longitude_deg, "covariance_m2": [1e8, 0.0, 1e8]}
    launch = {"latitude_deg": 45.0, "longitude_deg": -30.0, "covariance_m2": [1e8, 0.0, 1e8]}
    body = {"impact": impact, "launch": launch}
    report = accepted("launch-report", "alpha", START_US, "0" * 32, LABELS[0], body)
    got = [json.loads(event) for event in feeds([report]).get("charlie", [])]
    assert [event["quality"] for event in got] == ([level] if level else [])
