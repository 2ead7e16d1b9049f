"""What a scripted cell answers: offers, questions, responses; and how injects name earlier messages."""

import pytest

from synaspis.coordination import load_responses
from synaspis.core.clock import from_rfc3339
from synaspis.exercise import Exercise, load_exercise
from synaspis.exercise.answers import Answers
from synaspis.exercise.earlier import Earlier
from synaspis.exercise.nations import Doctrine
from synaspis.exercise.written import referring, timed

REFERENCE, OTHER, ID = "a" * 32, "b" * 32, "c" * 32


def event(kind, sender, body, **more):
    message = {
        "kind": kind,
        "sender": sender,
        "body": body,
        "id": ID,
        "sent_at": "2026-11-30T09:10:00.000000Z",
    }
    told = {"type": "message", "at": "2026-11-30T09:10:00.000000Z", "message": message}
    return {**told, "reference": REFERENCE, "quality": "covariance", **more}


def cell(reaches=True, **doctrine):
    return Answers("de", Doctrine(**doctrine), load_responses("first-exercise"), lambda _impact: reaches)


CLAIM = event(
    "engagement-claim",
    "us",
    {
        "object": {
            "impact_area": {"centre": {"latitude_deg": 54.3, "longitude_deg": 18.6}, "radius_m": 50_000.0},
            "impact_time": "2026-11-30T09:28:00.000000Z",
        }
    },
    reference=OTHER,
)
OFFER = event("hand-over", "us", {"claim": OTHER, "to": "de"}, concerns=[OTHER])


@pytest.mark.parametrize(("reaches", "says"), [(True, "accepted"), (False, "declined")])
def test_an_offer_is_accepted_where_a_battery_is_near_enough_and_else_declined(reaches, says):
    answers = cell(reaches)
    assert list(answers.take(CLAIM, "coordination")) == []
    (answer,) = answers.take(OFFER, "coordination")
    assert (answer.says, answer.about) == (says, (REFERENCE,))


def test_an_offer_of_a_claim_that_was_not_shown_is_declined_and_one_to_another_not_answered():
    (answer,) = cell().take(OFFER, "coordination")
    assert answer.says == "declined"
    to_poland = event("hand-over", "us", {"claim": OTHER, "to": "pl"}, concerns=[OTHER])
    assert list(cell().take(to_poland, "coordination")) == []


def test_a_question_is_answered_by_those_whose_reports_it_is_about():
    query = event("ambiguity-query", "centre", {"question": "Can this be?"}, concerns=[OTHER])
    answers = cell()
    assert list(answers.take(query, "data")) == []
    list(answers.take(event("launch-report", "de", {}, reference=OTHER), "data"))
    (answer,) = answers.take(query, "data")
    assert (answer.kind, answer.query, answer.position) == ("ambiguity-answer", ID, "maintained")


def test_a_response_is_set_going_once_and_acknowledged_by_those_whom_it_names():
    warning = event("warning", "pl", {"level": "take-shelter"})
    answers = cell(invokes=("tell-the-border",))
    (response,) = answers.take(warning, "data")
    assert (response.kind, response.response, response.elsewhere) == (
        "response", "tell-the-border", (REFERENCE,),
    )  # fmt: skip
    assert list(answers.take(warning, "data")) == []
    told = {"responses": "first-exercise", "response": "tell-the-border", "role": "duty officer"}
    (answer,) = answers.take(event("response", "pl", told), "coordination")
    assert answer.says == "accepted"
    assert list(cell().take(event("warning", "pl", {"level": "all-clear"}), "data")) == []


def test_the_latest_message_is_named_by_its_id_to_its_sender_and_by_its_reference_to_others():
    earlier = Earlier()
    earlier.take("us", event("launch-report", "tr", {}))
    earlier.take("tr", event("launch-report", "tr", {}))
    body = {
        "about": ["latest launch-report of tr"],
        "refers_to": {"id": "latest launch-report of tr"},
        "text": "The latest launch-report of tr was wrong.",
    }
    told = {
        nation: referring(body, lambda kind, sender, by_id, n=nation: earlier.find(n, kind, sender, by_id))
        for nation in ("us", "tr", "ro")
    }
    assert told["us"][0]["about"] == [REFERENCE]
    assert told["us"][0]["refers_to"] == {"id": ID}
    assert told["tr"][0]["about"] == [ID]
    assert told["us"][0]["text"] == body["text"]
    assert told["ro"][1] == 2 * ["no launch-report of tr"]


def test_an_instant_since_the_start_is_put_in_wherever_it_stands():
    starts_us = from_rfc3339("2026-11-30T09:00:00Z")
    body = {"window": {"earliest": "start + 1.5 min", "latest": "start + 2 h"}, "text": "start + 5 parsecs"}
    assert timed(body, starts_us) == {
        "window": {"earliest": "2026-11-30T09:01:30.000000Z", "latest": "2026-11-30T11:00:00.000000Z"},
        "text": "start + 5 parsecs",
    }


def test_an_inject_that_names_what_its_sender_was_not_shown_sends_nothing_and_says_why():
    """Nothing is delivered to anybody here, so that the United States have no claim to offer."""
    loaded = load_exercise("first-exercise")
    exercise = Exercise(loaded, 1)
    said = exercise.step(loaded.starts_us + 24 * 60_000_000)
    assert not [each for each in said if each.body.kind == "hand-over"]
    (control,) = (each.body for each in said if getattr(each.body, "inject", None) == "offer")
    assert control.remarks == "nothing was sent: us had been shown no engagement-claim of us"


def test_a_scripted_cell_sends_its_plan_at_the_start_and_people_send_their_own():
    loaded = load_exercise("first-exercise")
    plans = {
        people: [
            (each.sender, each.centre)
            for each in Exercise(loaded, 1, people=people).step(loaded.starts_us)
            if each.body.kind == "defence-plan"
        ]
        for people in ((), ("us", "de"))
    }
    assert plans == {
        (): [("us", "coordination"), ("de", "coordination"), ("pl", "coordination")],
        ("us", "de"): [("pl", "coordination")],
    }
