from __future__ import annotations

import json

import pytest

from synaspis.agreement import Label, load_book
from synaspis.core.clock import SECOND_US, from_rfc3339, to_rfc3339
from synaspis.exchange.describe import book_text, read_book
from synaspis.exchange.intake import payload_of
from synaspis.exchange.rehearsal import Line, Rehearsal
from synaspis.messages import AmbiguityQuery, LaunchReport, PlaceEstimate, TimeEstimate

START_US = from_rfc3339("2026-12-01T12:00:00.000000Z")
BOOK = load_book("demo")
LABEL = BOOK.default_label()


def asks(accepted, earlier):
    """One question about each report, and one about each pair of two senders."""
    pairs = [each for each in earlier if each.message.sender != accepted.message.sender]
    about = [(accepted.digest,), *(tuple(sorted((accepted.digest, each.digest))) for each in pairs)]
    return [AmbiguityQuery(about=each, question=f"About {len(each)}?") for each in about]


def report(sender: str, at_us: int, label: Label = LABEL) -> Line:
    place = PlaceEstimate(latitude_deg=60.0, longitude_deg=5.0, covariance_m2=(1e6, 0.0, 1e6))
    body = LaunchReport(
        launch_time=TimeEstimate(time=to_rfc3339(at_us - SECOND_US), sigma_s=1.0),
        launch=place,
        missile_class="srbm",
        sources=("radar",),
    )
    return Line(sender, body, label, at_us, at_us)


@pytest.fixture
def rehearsal(tmp_path):
    return Rehearsal(BOOK, START_US, tmp_path, questioner=asks)


def asked(rehearsal: Rehearsal, partner: str) -> list[dict]:
    events = [json.loads(event.data) for event in rehearsal.received[partner] if event.type == "message"]
    return [each for each in events if each["message"]["kind"] == "ambiguity-query"]


def test_questions_come_as_messages_of_the_centre_after_the_reports(rehearsal):
    rehearsal.play([report("alpha", START_US), report("bravo", START_US + 60_000)], START_US + SECOND_US)
    questions = asked(rehearsal, "alpha")
    assert [each["message"]["sender"] for each in questions] == ["centre"] * len(questions)
    words = sorted(each["message"]["body"]["question"] for each in questions)
    assert words == ["About 1?", "About 1?", "About 2?"]


def test_a_question_that_a_crash_took_away_is_asked_after_the_restart_and_only_once(rehearsal):
    rehearsal.submit(report("alpha", START_US))
    rehearsal.clock.set(START_US + 50_000)
    rehearsal.centre.tick()
    assert rehearsal.centre.examine_pending() == 1
    rehearsal.restart()
    assert asked(rehearsal, "alpha") == []
    rehearsal.play((), START_US + SECOND_US)
    assert len(asked(rehearsal, "alpha")) == 1
    rehearsal.restart()
    rehearsal.play((), START_US + 2 * SECOND_US)
    assert len(asked(rehearsal, "alpha")) == 1


def test_a_report_is_compared_with_those_from_before_a_restart(rehearsal):
    rehearsal.play([report("alpha", START_US)], START_US + SECOND_US)
    rehearsal.restart()
    rehearsal.play([report("bravo", START_US + SECOND_US + 1)], START_US + 2 * SECOND_US)
    words = [each["message"]["body"]["question"] for each in asked(rehearsal, "alpha")]
    assert words.count("About 2?") == 1


def test_what_is_examined_is_not_examined_again(rehearsal):
    rehearsal.play([report("alpha", START_US)], START_US + SECOND_US)
    assert rehearsal.centre.examine_pending() == 0
    rehearsal.submit(report("bravo", rehearsal.clock.now_us()))
    rehearsal.play((), rehearsal.clock.now_us() + SECOND_US)
    later = Rehearsal(
        BOOK, rehearsal.clock.now_us(), rehearsal._folder, store=rehearsal.store, questioner=asks
    )
    assert (
        later.centre.examine_pending() <= 2
    )  # the last one, of which no tick has yet stored that it is done


def test_reports_whose_markings_do_not_go_together_raise_no_common_question(rehearsal):
    rehearsal.play([report("alpha", START_US)], START_US + SECOND_US)
    data = json.loads(book_text(BOOK))
    data["labels"]["policy"] = "OTHER"
    rehearsal.centre.adopt(read_book(json.dumps(data)))
    rehearsal.play((), START_US + 2 * SECOND_US)
    now_us = rehearsal.clock.now_us()
    rehearsal.play([report("bravo", now_us, Label("OTHER", "UNCLASSIFIED"))], now_us + SECOND_US)
    asked_about = [
        json.loads(payload_of(row.envelope))["body"]["about"]
        for row, _ in rehearsal.store.of_kind("ambiguity-query", 0, 1000)
    ]
    # The second is about bravo's report, received when alpha's marking had no meaning any more.
    assert [len(about) for about in asked_about] == [1, 1]


def test_without_a_questioner_nothing_is_examined(tmp_path):
    rehearsal = Rehearsal(BOOK, START_US, tmp_path)
    rehearsal.play([report("alpha", START_US)], START_US + SECOND_US)
    assert rehearsal.centre.examine_pending() == 0
    assert asked(rehearsal, "alpha") == []
