"""The review: a pure function of the logs, with the picture that was delivered, held against the truth."""

import json
from dataclasses import replace

import numpy as np
import pytest

from synaspis.agreement import load_book
from synaspis.core.clock import from_rfc3339
from synaspis.core.errors import InputError
from synaspis.exchange.store.sqlite_store import SqliteStore
from synaspis.exercise import Exercise, load_exercise
from synaspis.exercise.review import compare, gospa, picture_at, read_record, render, review

START_US = from_rfc3339("2026-11-30T09:00:00Z")
CUT = (START_US + 90_000_000, START_US + 330_000_000)


@pytest.fixture(scope="module")
def record(played):
    return read_record(played)


@pytest.fixture(scope="module")
def made(played):
    return review(played)


def test_made_twice_it_is_the_same_to_the_byte(played, made):
    again = review(played)
    assert json.dumps(again) == json.dumps(made)
    assert render(again) == render(made)


def test_the_picture_of_a_nation_at_any_instant_is_what_it_was_delivered(played, record):
    """Against the feeds in the store, read without any code of the review."""
    store = SqliteStore.to_read(played / "data" / "centre.sqlite")
    for nation in ("us", "pl"):
        feed = [json.loads(event.data) for event in store.feed(nation, 0, 100_000)]
        for time_us in range(START_US, START_US + 780_000_000, 7_000_000):
            live = {}
            for event in feed:
                if event["type"] == "picture" and from_rfc3339(event["at"]) <= time_us:
                    live.update({track["number"]: track for track in event["tracks"]})
            live = {number: track for number, track in live.items() if track["status"] != "ended"}
            assert picture_at(record.delivered[nation], time_us) == live
    store.close()


def test_who_has_lost_its_link_knows_nothing_new_until_it_is_back(record):
    """At once, and within a second, the grid of the run."""
    data = [each for each in record.delivered["de"] if each.centre == "data"]
    assert not [each for each in data if CUT[0] <= each.known_us < CUT[1]]
    late = [each for each in data if CUT[0] <= each.at_us < CUT[1]]
    assert len(late) > 10
    assert {each.known_us for each in late} == {CUT[1]}


def test_who_knew_what_when_and_under_which_clause(made):
    (flight,) = made["flights"]
    first = {nation: {row["what"]: row for row in rows} for nation, rows in flight["known"].items()}
    assert first["us"]["track"]["why"] == ["base/own"]
    assert first["pl"]["track"]["why"] == ["exercise/tracks"]
    assert first["pl"]["report"]["why"] == ["exercise/warnings"]
    # The clause delays tracks by two seconds and warnings not at all.
    assert first["pl"]["track"]["after_launch_s"] == first["us"]["track"]["after_launch_s"] + 2.0
    assert first["pl"]["report"]["after_launch_s"] == first["us"]["report"]["after_launch_s"]
    assert first["de"]["track"]["after_launch_s"] >= 270.0


def test_expected_actions_are_seen_late_or_missed(made):
    verdicts = {(row["nation"], row["action"]): row["verdict"] for row in made["actions"]}
    assert verdicts == {
        ("pl", "warning"): "seen",
        ("de", "warning"): "missed",
        ("us", "engagement-claim"): "late",
    }
    assert made["objectives"] == [{"id": "warn", "text": "Warn in time.", "expected": 3, "seen": 1}]


def test_minutes_of_people_are_people_times_the_time_before_impact(made):
    """One warning, so that every person warned has the same time."""
    (row,) = made["flights"][0]["people"]
    assert row["nation"] == "pl"
    # Warsaw alone has 1.7 million inhabitants (GeoNames).
    assert row["people"] >= row["warned"] > 1_500_000
    minutes = row["first_warning_before_impact_s"] / 60.0
    assert row["person_minutes"] == pytest.approx(row["warned"] * minutes, rel=1e-6)
    assert made["totals"]["mean_minutes"] == pytest.approx(minutes, abs=0.01)


def test_another_agreement_costs_minutes_and_the_review_says_how_many(played, made):
    compared = compare(played, load_book("first-exercise-without-tracks"))
    assert (compared["by_rules"], compared["held"][1]) == ([], "noise of the sensors (seed 7)")
    assert compared["agreements"] == ["first-exercise", "first-exercise-without-tracks"]
    assert compared["person_minutes_difference"] < 0.0
    row = next(row for row in compared["rows"] if row["nation"] == "pl")
    # Reports are held back for two minutes there, and tracks are not given at all.
    assert row["first_known_s"][1] >= 120.0 > row["first_known_s"][0]
    assert "Under another agreement" in render(made, compared)


def test_what_people_did_is_not_repeated_and_both_sides_are_played_by_rules(record, made):
    """Under its own book the difference is nought, whatever people did in the run itself."""
    from synaspis.exercise.review.review import compare_of

    with_people = replace(record, people=("pl",), sent=())
    compared = compare_of(with_people, load_book("first-exercise"))
    assert compared["by_rules"] == ["pl"]
    assert (compared["warned_difference"], compared["person_minutes_difference"]) == (0, 0.0)
    assert compared["totals"][0] == made["totals"]
    page = render(made, compared)
    assert "What people did for Poland is not repeated" in " ".join(page.split())


def test_people_are_known_from_what_the_white_cell_wrote_at_the_start(short_file):
    from synaspis.exercise.review.record import Sent, _played

    loaded = load_exercise(short_file)
    (start,) = [
        each.body
        for each in Exercise(loaded, 9, people=("de", "pl")).step(loaded.starts_us)
        if each.body.kind == "exercise-control"
    ]
    message = {"body": {"action": "start", "remarks": f"{start.remarks} (Anna, white)"}}
    sent = [Sent("coordination", START_US, "white", "exercise-control", message)]
    assert _played(sent, loaded) == (9, ("pl", "de"))


def test_the_name_of_a_person_says_nothing_of_who_played(short_file):
    """A director may be called anything, also what would stand there if people had played."""
    from synaspis.exercise.review.record import Sent, _played

    loaded = load_exercise(short_file)
    (start,) = [
        each.body
        for each in Exercise(loaded, 9).step(loaded.starts_us)
        if each.body.kind == "exercise-control"
    ]
    message = {"body": {"action": "start", "remarks": f"{start.remarks} (x; seed 5; people de)"}}
    sent = [Sent("coordination", START_US, "white", "exercise-control", message)]
    assert _played(sent, loaded) == (9, ())


TAMPERED = {
    "an event": "UPDATE body SET data = CAST(replace(data, '00.000000Z', '01.000000Z') AS BLOB)",
    "a message": "UPDATE submission SET envelope = CAST(replace(envelope, 'A', 'B') AS BLOB)",
    "a sender": "UPDATE submission SET sender = 'de'",
    "a time": "UPDATE submission SET received_us = received_us + 1000000",
    "an event left out": "DELETE FROM feed WHERE recipient = 'pl' AND counter = 2",
    "all messages left out": "DELETE FROM submission",
    "an entry left out": "DELETE FROM entry WHERE number = 2",
    "a leaf": "UPDATE leaf SET data = zeroblob(32) WHERE position = 1",
    "the agreements": "UPDATE policy SET book = replace(book, 'e', 'f')",
    "everything": "DELETE FROM policy",
    "what is no record": "UPDATE entry SET record = CAST('[' AS BLOB) WHERE number = 3",
}


@pytest.mark.parametrize("what", TAMPERED)
def test_a_store_that_was_changed_after_the_run_is_told_and_not_reviewed(played, tmp_path, what):
    import sqlite3
    from shutil import copytree

    copytree(played, tmp_path / "copy")
    place = tmp_path / "copy" / "data" / "centre.sqlite"
    with sqlite3.connect(place) as base:
        assert base.execute(TAMPERED[what]).rowcount > 0
    base.close()
    with pytest.raises(InputError, match="Put the store back as the run left it") as raised:
        review(tmp_path / "copy")
    assert {each.source for each in raised.value.faults} == {str(place)}
    assert len(raised.value.faults) <= 5


def test_the_store_of_another_centre_is_not_reviewed_as_this_one(played, tmp_path):
    from shutil import copy, copytree

    copytree(played, tmp_path / "copy")
    store = "centre.sqlite"
    copy(tmp_path / "copy" / "coordination" / store, tmp_path / "copy" / "data" / store)
    with pytest.raises(InputError, match="and not of the data centre"):
        review(tmp_path / "copy")


@pytest.mark.parametrize("text", ["{", "[1]", "7", ""])
def test_a_damaged_account_of_a_run_is_told(played, tmp_path, text):
    from shutil import copytree

    copytree(played, tmp_path / "copy")
    (tmp_path / "copy" / "run.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"run\.json: this is no JSON object"):
        review(tmp_path / "copy")


def test_the_page_is_marked_and_asks_nothing_of_the_network(made):
    page = render(made)
    assert page.count("EXERCISE SHORT EXERCISE EXERCISE") == 2
    assert "http" not in page.split("</style>")[1]
    assert "<script" not in page


def test_a_changed_exercise_file_is_noticed(played, tmp_path):
    from shutil import copytree

    copytree(played, tmp_path / "copy")
    path = tmp_path / "copy" / "exercise.yaml"
    path.write_text(path.read_text().replace("for tests", "for the tests"))
    with pytest.raises(InputError, match="the exercise file is not the one that was started in the log"):
        review(tmp_path / "copy")


def test_a_folder_that_was_served_is_reviewed_by_the_exercise_that_its_settings_name(
    played, short_file, tmp_path, made
):
    from shutil import copytree

    copytree(played, tmp_path / "served")
    (tmp_path / "served" / "exercise.yaml").unlink()
    (tmp_path / "served" / "serve.yaml").write_text(f"exercise: {short_file}\n", encoding="utf-8")
    assert review(tmp_path / "served") == made


def test_a_folder_without_a_run_is_told(tmp_path):
    with pytest.raises(InputError, match="there is no such file"):
        review(tmp_path)


def test_gospa_by_hand():
    """Cut-off 10 km: one pair 3 km apart, one object missed, one false track: 9 + 50 + 50 = 109 km2."""
    objects = np.array([[0.0, 0.0, 0.0], [1e6, 0.0, 0.0]])
    tracks = np.array([[3e3, 0.0, 0.0], [-1e6, 0.0, 0.0]])
    found = gospa(objects, tracks)
    assert found.distance_m == pytest.approx(109e6**0.5)
    assert (found.pairs, found.missed, found.false) == (((0, 0),), 1, 1)
    none = np.empty((0, 3))
    assert gospa(none, none).distance_m == 0.0
    assert gospa(objects, none).distance_m == pytest.approx(1e8**0.5)


def test_gospa_agrees_with_stone_soup():
    metric = pytest.importorskip("stonesoup.metricgenerator.ospametric")
    states = pytest.importorskip("stonesoup.types.state")
    chance = np.random.default_rng(5)
    for _ in range(30):
        objects, tracks = (chance.normal(0.0, 8e3, (chance.integers(1, 6), 3)) for _ in range(2))
        theirs = metric.GOSPAMetric(p=2.0, c=10_000.0).compute_gospa_metric(
            [states.State(each) for each in tracks], [states.State(each) for each in objects]
        )[0]
        assert gospa(objects, tracks).distance_m == pytest.approx(theirs.value["distance"], rel=1e-9)
