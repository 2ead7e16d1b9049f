"""The demonstration: a centre and three partners over real connections; the same seed, the same account."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from synaspis.agreement import load_book
from synaspis.cli import main
from synaspis.core.clock import from_rfc3339
from synaspis.exchange.demo import PARTNERS, story
from synaspis.exchange.demo.flight import AIM_DEG


def call(*words: object):
    result = CliRunner().invoke(main, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def document(folder) -> dict:
    result = call("centre", "demo", "--data", folder / "one", "--seed", 5, "--fast", "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def shown(document: dict, partner: str, **wanted: str) -> list[dict]:
    messages = document["partners"][partner]["messages"]
    return [each for each in messages if all(each.get(key) == value for key, value in wanted.items())]


def test_every_check_held(document):
    assert document["holds"]
    assert document["log"] == "intact"
    for partner in PARTNERS:
        verified = document["partners"][partner]["verified"]
        assert verified["holds"]
        assert verified["findings"] == []
        assert verified["proofs"] > 0
        assert set(verified["cosigners"]) == {f"{other}/witness" for other in PARTNERS if other != partner}


def test_the_same_seed_gives_the_same_account_and_another_seed_another(document, folder):
    again = call("centre", "demo", "--data", folder / "two", "--seed", 5, "--fast", "--json")
    assert json.loads(again.stdout) == document
    assert [step.message for step in story(5)] == [step.message for step in story(5)]
    assert [step.message for step in story(5)] != [step.message for step in story(6)]


def test_every_event_says_why_and_the_clause_stands_in_the_agreements(document):
    """`base/own` is the rule that a sender sees its own."""
    book = load_book("demo")
    clauses = {(name, clause) for name, each in book.agreements.items() for clause in each.clauses}
    for partner in PARTNERS:
        for event in document["partners"][partner]["messages"]:
            told = {(why["agreement"], why["clause"]) for why in event["why"]}
            assert told
            assert told <= clauses | {("base", "own")}
            if event.get("sender") not in (partner, None):
                assert ("base", "own") not in told


def test_each_partner_sees_what_its_agreements_give(document):
    """Read off the book `demo`: sensors stay in the pact, SATELLITE and SECRET go by clearance, warnings of
    Alpha over its range are forbidden to Charlie, those of Bravo reach it as an area after two seconds.
    """
    assert len(shown(document, "bravo", kind="sensor-status")) == 1
    assert shown(document, "charlie", kind="sensor-status") == []
    texts = {
        partner: {each["content"]["text"] for each in shown(document, partner, sender="alpha", kind="text")}
        for partner in PARTNERS
    }
    assert [len(texts[partner]) for partner in PARTNERS] == [2, 1, 0]
    assert {each["sender"] for each in shown(document, "charlie", kind="launch-report")} == {"bravo"}
    (report,) = shown(document, "charlie", kind="launch-report")
    (whole,) = shown(document, "alpha", kind="launch-report", sender="bravo")
    assert (report["quality"], whole["quality"]) == ("impact-area", "covariance")
    assert set(report["content"]) == {"impact", "impact_time"}
    assert from_rfc3339(report["at"]) - from_rfc3339(whole["at"]) == 2_000_000
    assert len(shown(document, "charlie", kind="pre-launch-notification")) == 2


def test_charlie_sees_alpha_in_a_picture_without_covariance_and_bravo_as_an_area(document):
    pictures = [track for each in shown(document, "charlie", type="picture") for track in each["tracks"]]
    assert pictures
    assert all(track["sources"] == ["alpha"] for track in pictures if track["status"] != "ended")
    assert all(track["quality"] == "position" and "covariance" not in track for track in pictures)
    told = shown(document, "charlie", kind="track-report")
    assert {each["sender"] for each in told} == {"bravo"}
    assert {tuple(each["content"]) for each in told} <= {(), ("impact", "impact_time")}


def test_the_pact_fuses_both_observers_and_finds_the_impact(document):
    """The aim of the flight is the truth; five sigma of the covariance that the picture itself gives."""
    for partner in ("alpha", "bravo"):
        tracks = [track for each in shown(document, partner, type="picture") for track in each["tracks"]]
        live = [track for track in tracks if track["status"] != "ended"]
        assert {tuple(track["sources"]) for track in live} >= {("alpha", "bravo")}
        impact = live[-1]["impact"]
        east, _, north = impact["covariance_m2"]
        assert abs(impact["latitude_deg"] - AIM_DEG[0]) * 111_000.0 < 5.0 * north**0.5 + 50.0
        assert abs(impact["longitude_deg"] - AIM_DEG[1]) * 36_300.0 < 5.0 * east**0.5 + 50.0


def test_counters_have_no_gap_and_time_does_not_go_back(document):
    for partner in PARTNERS:
        messages = document["partners"][partner]["messages"]
        assert [each["counter"] for each in messages] == list(range(1, len(messages) + 1))
        instants = [each["at"] for each in messages]
        assert instants == sorted(instants)


def test_the_folder_is_that_of_an_ordinary_centre_afterwards(document, folder):
    assert document["holds"]
    verdict = call("log", "verify", folder / "one" / "log", "--json")
    assert json.loads(verdict.stdout)["verdict"] == "intact"


def test_people_read_who_said_what_under_which_clause(folder):
    result = call("centre", "demo", "--data", folder / "people", "--seed", 5, "--fast")
    assert result.exit_code == 0
    for line in (
        "What charlie saw",
        "bravo: launch-report, impact-area by neighbour/warnings: impact ",
        "picture: 1 track",
        "more of the same kinds",
        "The log, verified on its own: intact.",
    ):
        assert line in result.stdout
    assert "charlie sent 2 messages and saw " in result.stdout


def test_a_folder_that_holds_something_is_left_alone(document, folder):
    assert document["holds"]
    result = call("centre", "demo", "--data", folder / "one", "--fast")
    assert result.exit_code == 2
    assert "there is something already; a centre is never written over" in result.stderr
