"""Messages that rest on others go where these may go, and no further."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from synaspis.agreement import Label
from synaspis.core.clock import to_rfc3339
from synaspis.exchange.release import memory
from synaspis.exchange.release.events import References
from synaspis.messages import (
    Acknowledgement,
    AmbiguityAnswer,
    AmbiguityQuery,
    HandOver,
    Response,
    Text,
    Warning,
)

PARTNERS = ("alpha", "bravo", "charlie", "delta")
EVERYTHING = {(name, sender): ("covariance", 0) for name in PARTNERS for sender in PARTNERS if name != sender}


def reference(make: SimpleNamespace, accepted: Any) -> str:
    return References(make.SECRET).message(accepted.message.sender, accepted.message.id)


def of_kind(events: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [event for event in events if event["message"]["kind"] == kind]


def who(got: dict[str, list[dict[str, Any]]], kind: str) -> set[str]:
    return {name for name, events in got.items() if of_kind(events, kind)}


def query(*about: str) -> AmbiguityQuery:
    return AmbiguityQuery(about=about, question="Is this maintained?")


@pytest.fixture
def rights() -> dict[tuple[str, ...], tuple[str, float]]:
    """Charlie gets warnings of alpha as an extract and late, delta none; texts go to all."""
    return {
        **EVERYTHING,
        ("charlie", "alpha", "warning"): ("position", 10),
        ("delta", "alpha", "warning"): ("impact-area", 0),
        ("charlie", "bravo", "warning"): ("covariance", 4),
    }


@pytest.mark.parametrize("kind", ["launch-report", "warning"])
def test_a_cancellation_goes_where_the_message_went_as_late_and_at_the_same_level(kind, rights, make):
    report = make.accepted(make.example(kind), "alpha", 0.01)
    back = make.accepted(make.cancellation(kind, report.message.id), "alpha", 2, regions=None)
    got = make.Bench(make.Table(PARTNERS, rights)).run([report, back], 30)
    for name in PARTNERS:
        first, (second,) = of_kind(got[name], kind)[0], of_kind(got[name], "cancellation")
        assert second["quality"] == first["quality"]
        assert second["concerns"] == [first["reference"]]
    assert of_kind(got["charlie"], "cancellation")[0]["at"] == to_rfc3339(make.START_US + 12_000_000)
    assert of_kind(got["charlie"], "cancellation")[0]["extract"] == {}


def test_a_cancellation_under_a_stricter_label_goes_no_further_than_its_label_allows(rights, make):
    report = make.accepted(make.example("warning"), "alpha", 0.01)
    secret = Label("EXERCISE", "SECRET")
    back = make.accepted(make.cancellation("warning", report.message.id), "alpha", 2, label=secret)
    got = make.Bench(make.Table(PARTNERS, rights)).run([report, back], 30)
    assert who(got, "cancellation") == {"alpha"}


def test_a_correction_carries_the_new_body_to_those_who_had_the_old_one(rights, make):
    report = make.accepted(make.example("launch-report"), "alpha", 0.01)
    right = make.accepted(make.correction(make.example("launch-report"), report.message.id), "alpha", 2)
    got = make.Bench(make.Table(PARTNERS, rights)).run([report, right], 30)
    (event,) = of_kind(got["charlie"], "correction")
    assert event["corrects"] == "launch-report"
    assert event["concerns"] == [reference(make, report)]
    assert event["extract"] == of_kind(got["charlie"], "launch-report")[0]["extract"]


@pytest.mark.parametrize("spoilt", ["of another sender", "of another kind", "of an unknown message"])
def test_what_takes_back_no_message_of_its_sender_stays_with_its_sender(spoilt, rights, make):
    report = make.accepted(make.example("warning"), "alpha", 0.01)
    sender = "bravo" if spoilt == "of another sender" else "alpha"
    kind = "text" if spoilt == "of another kind" else "warning"
    id = "e" * 32 if spoilt == "of an unknown message" else report.message.id
    back = make.accepted(make.cancellation(kind, id), sender, 2)
    got = make.Bench(make.Table(PARTNERS, rights)).run([report, back], 30)
    assert who(got, "cancellation") == {sender}


def test_a_track_report_cannot_be_taken_back_from_others_pictures(make):
    report = make.accepted(make.track(0), "alpha", 0.01)
    back = make.accepted(make.cancellation("track-report", report.message.id), "alpha", 2)
    got = make.Bench(make.Table(PARTNERS, EVERYTHING)).run([report, back], 3)
    told = {name for name, events in got.items() if any(event["type"] == "message" for event in events)}
    assert told == {"alpha"}


def test_a_question_of_the_centre_goes_to_those_who_may_see_all_it_is_about_at_the_lowest_level(rights, make):
    one = make.accepted(make.example("launch-report"), "alpha", 0.01)
    other = make.accepted(make.example("launch-report"), "bravo", 0.02)
    rights.pop(("delta", "bravo"))
    asked = make.accepted(query(one.digest, other.digest), "centre", 0.03)
    got = make.Bench(make.Table(PARTNERS, rights)).run([one, other, asked], 30)
    assert who(got, "ambiguity-query") == {"alpha", "bravo", "charlie"}
    (event,) = of_kind(got["charlie"], "ambiguity-query")
    assert event["quality"] == "position"
    assert event["at"] == to_rfc3339(make.START_US + 10_010_000)  # the later of the two, 10 s after receipt
    assert event["concerns"] == sorted([reference(make, one), reference(make, other)])
    assert event["why"] == [{"agreement": "pact", "clause": "warning"}]
    assert "question" not in event["extract"]
    assert of_kind(got["alpha"], "ambiguity-query")[0]["quality"] == "covariance"


def test_what_the_centre_says_about_the_unknown_goes_to_nobody(make):
    said = [
        make.accepted(query("a" * 64), "centre", 0.01),
        make.accepted(Text(text="Good morning."), "centre", 0.02),
    ]
    assert make.Bench(make.Table(PARTNERS, EVERYTHING)).run(said, 2) == {}


def test_a_warning_of_the_centre_rests_on_what_it_is_about_and_nothing_else(rights, make):
    report = make.accepted(make.example("launch-report"), "alpha", 0.01)
    example = make.example("warning").model_dump(exclude_none=True)
    warning = make.accepted(Warning(**{**example, "about": (report.digest,)}), "centre", 0.02)
    got = make.Bench(make.Table(PARTNERS, rights)).run([report, warning], 30)
    assert who(got, "warning") == set(PARTNERS)
    assert of_kind(got["delta"], "warning")[0]["quality"] == "impact-area"


@pytest.mark.parametrize("name", ["id", "digest", "reference"])
def test_a_question_of_a_partner_finds_its_message_by_any_of_its_names(name, rights, make):
    report = make.accepted(make.example("launch-report"), "alpha", 0.01)
    names = {
        "id": report.message.id,
        "digest": report.digest,
        "reference": reference(make, report),
    }
    rights.pop(("delta", "alpha", "warning"))
    rights.pop(("delta", "alpha"))
    asked = make.accepted(query(names[name]), "bravo", 0.02)
    got = make.Bench(make.Table(PARTNERS, rights)).run([report, asked], 30)
    assert who(got, "ambiguity-query") == {"alpha", "bravo", "charlie"}
    assert of_kind(got["bravo"], "ambiguity-query")[0]["concerns"] == [reference(make, report)]


def test_a_question_does_not_tell_its_sender_whether_a_guessed_message_exists(rights, make):
    rights = {key: right for key, right in rights.items() if key[:2] != ("bravo", "alpha")}
    report = make.accepted(make.example("launch-report"), "alpha", 0.01)
    asked = make.accepted(query(report.digest), "bravo", 0.02)
    table = make.Table(PARTNERS, rights)
    with_it = make.Bench(table).run([report, asked], 30)["bravo"]
    without_it = make.Bench(table).run([asked], 30)["bravo"]
    assert with_it == without_it
    assert "concerns" not in with_it[0]


def test_nor_before_the_message_has_reached_it(make):
    rights = {**EVERYTHING, ("bravo", "alpha"): ("covariance", 20)}
    report = make.accepted(make.example("launch-report"), "alpha", 0.01)
    early, late = (make.accepted(query(report.digest), "bravo", at_s) for at_s in (1, 25))
    got = make.Bench(make.Table(PARTNERS, rights)).run([report, early, late], 30)["bravo"]
    first, second = of_kind(got, "ambiguity-query")
    assert "concerns" not in first
    assert second["concerns"] == [reference(make, report)]


def test_an_answer_goes_to_those_who_may_see_the_question(rights, make):
    report = make.accepted(make.example("launch-report"), "alpha", 0.01)
    asked = make.accepted(query(report.digest), "centre", 0.02)
    answer = AmbiguityAnswer(query=asked.message.id, position="maintained", answer="It stands.")
    answered = make.accepted(answer, "alpha", 0.03)
    rights = {key: right for key, right in rights.items() if key[:2] != ("delta", "alpha")}
    rights["delta", "alpha", "consultation"] = ("covariance", 0)
    got = make.Bench(make.Table(PARTNERS, rights)).run([report, asked, answered], 30)
    assert who(got, "ambiguity-answer") == {"alpha", "bravo", "charlie"}
    (event,) = of_kind(got["charlie"], "ambiguity-answer")
    assert (event["quality"], event["extract"]) == ("position", {"position": "maintained"})
    lost = AmbiguityAnswer(query="d" * 32, position="maintained", answer="It stands.")
    got = make.Bench(make.Table(PARTNERS, rights)).run([make.accepted(lost, "alpha", 1)], 2)
    assert who(got, "ambiguity-answer") == {"alpha"}


def test_a_text_goes_by_its_own_label_whatever_it_mentions(rights, make):
    report = make.accepted(make.example("launch-report"), "alpha", 0.01)
    said = make.accepted(Text(text="See there.", about=(report.digest,)), "bravo", 0.02)
    got = make.Bench(make.Table(PARTNERS, rights)).run([report, said], 30)
    assert who(got, "text") == set(PARTNERS)
    assert all("concerns" not in event for events in got.values() for event in of_kind(events, "text"))


def test_questions_about_questions_end_where_they_rest_on_too_much(make):
    bench = make.Bench(make.Table(PARTNERS, EVERYTHING))
    reports = [make.accepted(make.example("text"), "alpha", 0.001 * number) for number in range(272)]
    groups = [
        make.accepted(
            query(*(each.digest for each in reports[start : start + 16])), "alpha", 1 + 0.001 * start
        )
        for start in range(0, 272, 16)
    ]
    few = make.accepted(query(*(each.digest for each in groups[:2])), "alpha", 2)
    many = make.accepted(query(*(each.digest for each in groups[:16])), "alpha", 2.1)
    bench.run([*reports, *groups], 1.9)
    got = bench.run([few, many], 3)
    assert len(of_kind(got["alpha"], "ambiguity-query")) == 2
    assert len(of_kind(got["bravo"], "ambiguity-query")) == 1


def test_of_one_sender_only_so_many_messages_are_remembered_whatever_others_send(make, monkeypatch):
    monkeypatch.setattr(memory, "REMEMBERED_MAX", 2)
    said = [make.accepted(make.example("text"), "alpha", 0.1 * number) for number in range(3)]
    others = [make.accepted(make.example("text"), "bravo", 0.05 * number) for number in range(8)]
    back = [make.accepted(make.cancellation("text", each.message.id), "alpha", 1 + number)
            for number, each in enumerate(said[1:])]  # fmt: skip
    bench = make.Bench(make.Table(PARTNERS, EVERYTHING))
    bench.run([*said, *others], 0.9)
    # Each cancellation is a message too, and drives out the oldest that is left.
    assert "charlie" in bench.run([back[0]], 1.5)
    assert "charlie" in bench.run([back[1]], 2.5)
    late = make.accepted(make.cancellation("text", said[0].message.id), "alpha", 3)
    assert set(bench.run([late], 3.5)) == {"alpha"}


def test_a_message_is_referred_to_only_as_long_as_its_kind_is_remembered(make):
    bench = make.Bench(make.Table(PARTNERS, EVERYTHING))
    status = make.accepted(make.example("sensor-status"), "alpha", 0)
    bench.run([status], 1)
    in_time = make.accepted(make.cancellation("sensor-status", status.message.id), "alpha", 3_600)
    assert "bravo" in bench.run([in_time], 3_600.5)
    too_late = make.accepted(make.cancellation("sensor-status", status.message.id), "alpha", 3_601)
    assert set(bench.run([too_late], 3_602)) == {"alpha"}


def coordinated(kind: str, name: str) -> Acknowledgement | HandOver | Response:
    if kind == "hand-over":
        return HandOver(claim=name, to="charlie")
    if kind == "response":
        return Response(responses="agreed", response="shelter", role="watch", about=(name,))
    return Acknowledgement(says="accepted", role="watch", about=(name,))


@pytest.mark.parametrize("kind", ["hand-over", "response", "acknowledgement"])
def test_what_is_said_of_a_claim_goes_to_those_who_may_see_the_claim(kind, make):
    rights = {**EVERYTHING, ("charlie", "alpha", "coordination"): ("position", 3)}
    del rights["delta", "alpha"]
    claim = make.accepted(make.example("engagement-claim"), "alpha", 0.01)
    of_it = make.accepted(coordinated(kind, claim.digest), "alpha" if kind == "hand-over" else "bravo", 1)
    got = make.Bench(make.Table(PARTNERS, rights)).run([claim, of_it], 30)
    assert who(got, "engagement-claim") == who(got, kind) == {"alpha", "bravo", "charlie"}
    (event,) = of_kind(got["charlie"], kind)
    assert event["quality"] == "position"
    assert event["concerns"] == [of_kind(got["charlie"], "engagement-claim")[0]["reference"]]


def test_an_acknowledgement_of_what_another_centre_delivered_goes_by_its_own_label(make):
    seen = Acknowledgement(says="seen", role="watch", elsewhere=("a" * 64,))
    got = make.Bench(make.Table(PARTNERS, EVERYTHING)).run([make.accepted(seen, "alpha", 0.01)], 1)
    assert who(got, "acknowledgement") == set(PARTNERS)
    assert "concerns" not in got["bravo"][0]


def test_an_acknowledgement_of_the_unknown_stays_with_its_sender(make):
    seen = Acknowledgement(says="seen", role="watch", about=("a" * 64,))
    got = make.Bench(make.Table(PARTNERS, EVERYTHING)).run([make.accepted(seen, "alpha", 0.01)], 1)
    assert who(got, "acknowledgement") == {"alpha"}
