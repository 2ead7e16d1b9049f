"""A snapshot is the whole state: the future after it is the same, byte for byte."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from synaspis.agreement import Label
from synaspis.exchange.release import Releaser
from synaspis.exchange.settings import Settings
from synaspis.messages.rules import Finding

PARTNERS = ("alpha", "bravo", "charlie")
RIGHTS = {
    ("bravo", "alpha"): ("covariance", 2), ("charlie", "alpha"): ("position", 3.3),
    ("alpha", "bravo"): ("covariance", 0), ("charlie", "bravo"): ("impact-area", 0.7),
    ("alpha", "charlie"): ("covariance", 0.4), ("bravo", "charlie"): ("presence", 1.1),
}  # fmt: skip


@pytest.fixture
def busy(make: SimpleNamespace) -> Any:
    """A releaser with something of everything in it, and its policies."""
    first, second = make.Table(PARTNERS, RIGHTS), make.Table((*PARTNERS, "delta"), RIGHTS, "v2")
    bench = make.Bench(first)
    announced = make.accepted(make.example("pre-launch-notification"), "alpha", 0.01)
    messages = [
        announced,
        make.accepted(make.cancellation("pre-launch-notification", announced.message.id), "alpha", 4.5),
        make.accepted(
            make.example("launch-report"),
            "alpha",
            4.6,
            findings=(Finding("rule", "Text.", None, ""),),
            label=Label("EXERCISE", "UNCLASSIFIED", created_us=make.START_US),
        ),
    ]
    for step in range(45):
        at_s = 0.11 * step
        messages += [
            make.accepted(make.track(at_s, offset_m=10.0 * lift), sender, at_s + 0.02)
            for lift, sender in enumerate(PARTNERS)
        ]
    bench.run(messages, 5)
    bench.releaser.adopt(second, make.START_US + 5_500_000)
    return bench.releaser, {"v1": first, "v2": second}


def restored(make: SimpleNamespace, raw: bytes, policies: dict[str, Any], tick_us: int = 50_000) -> Releaser:
    return Releaser.from_bytes(raw, policies, Settings(tick_us=tick_us), make.SECRET)


def test_a_restored_releaser_writes_the_same_snapshot(busy, make):
    releaser, policies = busy
    raw = releaser.to_bytes()
    assert restored(make, raw, policies).to_bytes() == raw
    assert json.loads(raw)["format"] == "synaspis.release/1"


def test_and_has_the_same_future(busy, make):
    releaser, policies = busy
    other = restored(make, releaser.to_bytes(), policies)
    more = [
        make.accepted(make.track(6, offset_m=5.0), "bravo", 6.01),
        make.accepted(make.example("text"), "alpha", 7),
    ]
    for each in (releaser, other):
        for message in more:
            each.accept(message)
    for seconds in (5.3, 5.6, 6.2, 9.0, 60.0):
        now_us = make.START_US + round(seconds * 1e6)
        assert other.advance(now_us) == releaser.advance(now_us)
    assert other.to_bytes() == releaser.to_bytes()


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b'{"format":"synaspis.release/2"}'])
def test_anything_else_is_no_snapshot(raw, make):
    with pytest.raises(ValueError, match=r"not a snapshot of the format synaspis\.release/1: "):
        restored(make, raw, {})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sets", [[]]), ("items", [[1]]), ("items", [["a", "b", {}, None, None, False]]), ("plans", [[1]]),
        ("waiting", [[1, "r", 1, {"message": 99}]]), ("remembered", [1]), ("in_force", []), ("partners", 5),
    ],
)  # fmt: skip
def test_a_damaged_snapshot_is_told_as_one_whatever_is_wrong_with_it(busy, make, name: str, value: Any):
    releaser, policies = busy
    raw = json.dumps({**json.loads(releaser.to_bytes()), name: value}).encode()
    with pytest.raises(ValueError, match=r"not a snapshot of the format synaspis\.release/1: "):
        restored(make, raw, policies)


def test_a_policy_that_is_missing_is_named(busy, make):
    releaser, policies = busy
    with pytest.raises(ValueError, match="the snapshot needs the policy v2"):
        restored(make, releaser.to_bytes(), {"v1": policies["v1"]})


def test_a_grid_of_another_step_is_refused(busy, make):
    releaser, policies = busy
    with pytest.raises(ValueError, match="the snapshot has a grid of 50000 us, the settings 20000 us"):
        restored(make, releaser.to_bytes(), policies, 20_000)
