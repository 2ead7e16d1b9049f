"""Kinds of coordination: what must hold between their fields, and who may control an exercise."""

import json

import numpy as np
import pytest

from synaspis.core.clock import from_rfc3339
from synaspis.messages import (
    EngagementClaim,
    Refused,
    TrackReport,
    example_message,
    read_message,
)


def faults(document) -> list[str]:
    with pytest.raises(Refused) as caught:
        read_message(json.dumps(document).encode())
    assert caught.value.code == "bad-message"
    return [str(fault) for fault in caught.value.faults]


def with_body(examples, kind, **changes):
    document = examples[kind]
    document["body"].update(changes)
    document["body"] = {key: value for key, value in document["body"].items() if value is not ...}
    return document


def test_a_task_does_not_end_before_it_begins(examples):
    examples["defence-plan"]["body"]["tasks"][0]["until"] = "2026-11-25T05:59:59Z"
    examples["defence-plan"]["body"]["to_defend"][0]["until"] = "2026-11-25T05:00:00Z"
    assert faults(examples["defence-plan"]) == [
        "body.tasks[0].until: 2026-11-25T05:59:59Z lies before `since`, 2026-11-25T06:00:00.000000Z",
        "body.to_defend[0].until: 2026-11-25T05:00:00Z lies before `since`, 2026-11-25T06:00:00.000000Z",
    ]


def test_a_plan_may_cover_nothing(examples):
    assert read_message(json.dumps(with_body(examples, "defence-plan", tasks=[])).encode()).body.tasks == ()


@pytest.mark.parametrize(
    ("member", "value", "says"),
    [
        (
            "position_ecef_m",
            [6e6, 0, 0],
            "6,000,000 m from the centre of the Earth; 6,336,752 to 50,000,000 m can be",
        ),
        ("velocity_ecef_m_s", [12e3, 0, 0], "12,000 m/s; below 12,000 m/s can be"),
        ("covariance", [0.0] * 21, "a variance of position is 0; 0.0001 to 1e+14 in SI units can be"),
        ("impact_time", "2026-11-25T06:27:30Z", "lies before `time`, 2026-11-25T06:27:31.000000Z"),
    ],
)
@pytest.mark.parametrize("kind", ["engagement-intent", "engagement-claim"])
def test_an_object_is_where_an_object_can_be(kind, member, value, says, examples):
    examples[kind]["body"]["object"][member] = value
    (fault,) = faults(examples[kind])
    assert fault.startswith(f"body.object.{member}: ")
    assert says in fault


@pytest.mark.parametrize(
    ("sent_at", "says"),
    [
        ("2026-11-25T07:27:31.000001Z", "the time of the state is 3,600 s before `sent_at`"),
        ("2026-11-25T06:27:25Z", "the time of the state is 6 s after `sent_at`"),
    ],
)
def test_the_state_of_an_object_is_of_now(sent_at, says, examples):
    examples["engagement-claim"]["sent_at"] = sent_at
    (fault,) = faults(examples["engagement-claim"])
    assert fault == f"body.object.time: {says}. At most 3,600 s before and 5 s after are taken."


def test_the_state_of_an_object_is_that_of_a_track_report():
    claim, track = (read_message(example_message(kind)).body for kind in ("engagement-claim", "track-report"))
    assert isinstance(claim, EngagementClaim)
    assert isinstance(track, TrackReport)
    assert claim.object.time_us == track.time_us == from_rfc3339("2026-11-25T06:27:31Z")
    assert np.array_equal(claim.object.covariance_matrix, track.covariance_matrix)
    assert not claim.object.covariance_matrix.flags.writeable


def test_an_object_may_come_without_covariance(examples):
    examples["engagement-claim"]["body"]["object"].pop("covariance")
    body = read_message(json.dumps(examples["engagement-claim"]).encode()).body
    assert body.object.covariance_matrix is None


def test_an_acknowledgement_is_of_something(examples):
    assert faults(with_body(examples, "acknowledgement", about=[], elsewhere=...)) == [
        "body.elsewhere: nothing is acknowledged. Name a message in `about` or `elsewhere`."
    ]
    assert read_message(
        json.dumps(with_body(examples, "acknowledgement", about=[], elsewhere=["0" * 32])).encode()
    ).body.elsewhere == ("0" * 32,)


def test_an_exercise_is_controlled_by_the_white_cell_and_within_an_exercise(examples):
    document = examples["exercise-control"]
    document["sender"] = "northland"
    del document["exercise"]
    assert faults(document) == [
        "body: an exercise is controlled by 'white' alone, the sender is 'northland'. Ask the white cell.",
        "body: an exercise is controlled, and `exercise` is left out. Name it.",
    ]


@pytest.mark.parametrize(
    ("action", "member", "value"),
    [("speed", "speed", 10.0), ("jump", "to", "2026-11-25T08:00:00Z"), ("inject-done", "inject", "inject-4")],
)
def test_an_action_has_what_belongs_to_it_and_nothing_else(action, member, value, examples):
    document = with_body(examples, "exercise-control", action=action, **{"inject": ..., member: value})
    assert read_message(json.dumps(document).encode()).body.action == action
    del document["body"][member]
    assert faults(document) == [f"body.{member}: the action {action!r} needs it. Give `{member}`."]
    document["body"] |= {"action": "pause", member: value}
    assert faults(document) == [f"body.{member}: the action 'pause' has none. Leave out `{member}`."]
