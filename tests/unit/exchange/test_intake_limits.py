"""Limits of what is read before anything is known of it: for a centre the same as for every other reader."""

import base64
import json

import pytest

from synaspis.agreement import load_book
from synaspis.exchange.rehearsal import Rehearsal
from synaspis.exchange.settings import Settings
from synaspis.messages import LIMITS, seal


@pytest.fixture
def rehearsal(tmp_path):
    return Rehearsal(load_book("demo"), 1_780_000_000_000_000, tmp_path / "log")


def faults_of(rehearsal: Rehearsal, payload: bytes) -> list[dict[str, str]]:
    """The faults in the signed refusal of a payload that a partner signed."""
    sender = next(iter(rehearsal.keys))
    ticket = rehearsal.centre.submit(sender, seal(payload, rehearsal.keys[sender]))
    rehearsal.clock.set(rehearsal.centre.next_tick_us())
    rehearsal.centre.tick()
    assert ticket.answer is not None
    refusal = json.loads(base64.b64decode(json.loads(ticket.answer.body)["payload"]))
    assert refusal["code"] == ticket.answer.code
    return refusal["faults"]


def test_an_object_with_more_members_than_any_message_has_is_refused_before_it_is_looked_into(rehearsal):
    members = {"schema": "synaspis.message/1", "kind": "text", **{f"m{n}": n for n in range(900)}}
    (fault,) = faults_of(rehearsal, json.dumps(members).encode())
    assert fault["what"] == f"an object of 902 members; at most {LIMITS.members}"


def test_depth_and_items_are_limited_as_everywhere(rehearsal):
    (fault,) = faults_of(rehearsal, b"[" * 17 + b"]" * 17)
    assert fault["what"] == f"nested deeper than {LIMITS.depth} levels"
    (fault,) = faults_of(rehearsal, b"[" + b"1," * 1_000 + b"1]")
    assert fault["what"] == f"a list of 1001 items; at most {LIMITS.items}"


def test_size_is_that_of_the_settings(tmp_path):
    settings = Settings.model_validate({"limits": {"envelope_bytes": 2_048}})
    rehearsal = Rehearsal(load_book("demo"), 1_780_000_000_000_000, tmp_path / "log", settings=settings)
    (fault,) = faults_of(rehearsal, json.dumps({"text": "x" * 2_000}).encode())
    assert fault["what"].endswith("at most 2,048 are taken")
