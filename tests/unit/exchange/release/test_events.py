"""What stands in an event: all of a message, or an extract by which the rest cannot be guessed."""

from __future__ import annotations

import hashlib
import json
from types import SimpleNamespace
from typing import Any

import pytest

from synaspis.exchange.release.events import References, message_event
from synaspis.messages import canonical_json
from synaspis.messages.rules import Finding


@pytest.fixture
def event(make: SimpleNamespace) -> Any:
    def built(accepted: Any, quality: str, **more: Any) -> dict[str, Any]:
        reference = References(make.SECRET).message(accepted.message.sender, accepted.message.id)
        body = message_event(
            accepted, at_us=make.START_US, policy="v7", quality=quality, why=(("pact", "warnings"),),
            reference=reference, **{"concerns": (), **more},
        )  # fmt: skip
        assert canonical_json(json.loads(body)) == body
        return json.loads(body)

    return built


def test_at_the_highest_level_the_envelope_comes_as_received_with_record_and_salt(event, make):
    accepted = make.accepted(make.example("launch-report"), "alpha")
    told = event(accepted, "covariance")
    assert told["envelope"].encode() == accepted.envelope
    assert hashlib.sha256(told["envelope"].encode()).hexdigest() == accepted.digest
    assert told["submission"] == {"record": accepted.record.decode(), "salt": accepted.salt.hex()}
    assert told["message"]["id"] == accepted.message.id
    assert told["message"]["body"]["launch"]["covariance_m2"]
    assert (told["at"], told["policy"], told["quality"]) == (
        "2026-06-15T06:00:00.000000Z",
        "v7",
        "covariance",
    )
    assert told["why"] == [{"agreement": "pact", "clause": "warnings"}]
    assert "extract" not in told


@pytest.mark.parametrize("level", ["presence", "impact-area", "position"])
def test_an_extract_tells_neither_id_nor_digest_nor_record_nor_time_of_sending(level, event, make):
    accepted = make.accepted(make.example("launch-report"), "alpha", 0.123456)
    told = event(accepted, level)
    text = json.dumps(told)
    for secret in (accepted.message.id, accepted.digest, accepted.salt.hex(), accepted.message.sent_at):
        assert secret not in text
    assert {"envelope", "submission"}.isdisjoint(told)
    assert set(told["message"]) == {"kind", "sender", "label"}


def test_an_exercise_is_marked_at_every_level(event, make):
    accepted = make.accepted(make.example("text"), "alpha", exercise="NORTHERN SKY")
    for level in ("presence", "covariance"):
        assert event(accepted, level)["message"]["exercise"] == "NORTHERN SKY"


def test_findings_stand_only_where_the_numbers_they_rest_on_are_shown(event, make):
    found = (Finding("plns-2000/threshold", "Below 500 km.", -200e3, "m"),)
    for kind, levels in (
        ("pre-launch-notification", {"position", "covariance"}),
        ("launch-report", {"covariance"}),
    ):
        accepted = make.accepted(make.example(kind), "alpha", findings=found)
        for level in ("presence", "impact-area", "position", "covariance"):
            told = event(accepted, level)
            assert ("findings" in told) == (level in levels), (kind, level)
    assert told["findings"] == [
        {"rule": "plns-2000/threshold", "text": "Below 500 km.", "margin": -200e3, "unit": "m"}
    ]


def test_a_reference_follows_from_sender_id_and_key_and_tells_neither():
    references, others = References(b"k" * 32), References(b"l" * 32)
    one = references.message("alpha", "0" * 32)
    assert one == References(b"k" * 32).message("alpha", "0" * 32)
    assert len({one, references.message("bravo", "0" * 32), others.message("alpha", "0" * 32)}) == 3
    assert references.track("alpha", "", "t1") != references.track("alpha", "game", "t1")
    assert len(one) == 32


def test_a_short_key_of_references_is_refused():
    with pytest.raises(ValueError, match="the key of references needs at least 16 bytes"):
        References(b"short")
