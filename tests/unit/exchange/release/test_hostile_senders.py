"""What a sender can do with ids, exercise marks, areas and floods, and what that must not change."""

from __future__ import annotations

import json

import pytest

from synaspis.exchange.release import Releaser, memory, statements
from synaspis.exchange.settings import Settings
from synaspis.messages import AmbiguityQuery, LaunchReport, PreLaunchNotification, Text

ID = "ab" * 16
OTHER_ID = "cd" * 16
SITE = {"latitude_deg": 60.0, "longitude_deg": 10.0}
FAR = {"latitude_deg": -45.0, "longitude_deg": -120.0}
DAY = {"earliest": "2026-06-15T06:00:00Z", "latest": "2026-06-16T06:00:00Z"}
LONG_AGO = {"earliest": "2026-05-15T06:00:00Z", "latest": "2026-05-16T06:00:00Z"}

RIGHTS = {
    ("papa", "alpha"): ("covariance", 0),
    ("alpha", "papa"): ("covariance", 0),
    ("alpha", "bravo"): ("covariance", 0),
    ("bravo", "papa"): ("covariance", 0),
    ("papa", "charlie"): ("covariance", 0),
}
"""Papa may see nothing of bravo, bravo nothing of alpha."""


@pytest.fixture
def table(make):
    return make.Table(("alpha", "bravo", "charlie", "papa"), RIGHTS)


def announcement(make, *, window=DAY, area=None) -> PreLaunchNotification:
    area = {"centre": SITE, "radius_m": 1_000.0} if area is None else area
    body = make.example("pre-launch-notification").model_dump(mode="json", exclude_none=True)
    body |= {"missile_class": "unknown", "window": window, "launch_area": area}
    body.pop("azimuth_deg", None)
    return PreLaunchNotification.model_validate_json(json.dumps(body))


def report(make) -> LaunchReport:
    body = make.example("launch-report").model_dump(mode="json", exclude_none=True)
    body["launch"] |= SITE
    body["launch_time"] |= {"time": "2026-06-15T06:00:10Z"}
    return LaunchReport.model_validate_json(json.dumps(body))


def last_correlation(got) -> object:
    return [each for each in got["papa"] if each["message"]["kind"] == "launch-report"][-1]["correlation"]


def test_an_id_that_a_hidden_message_has_used_changes_nothing_for_a_cancellation(make, table):
    hidden = make.accepted(Text(text="Hidden."), "bravo", 0.0, id=ID)
    seen = [
        make.accepted(announcement(make), "alpha", 1.0, id=ID),
        make.accepted(make.cancellation("pre-launch-notification", ID), "alpha", 2.0),
    ]
    with_it = make.Bench(table).run([hidden, *seen], 5)["papa"]
    assert with_it == make.Bench(table).run(seen, 5)["papa"]
    assert [each["message"]["kind"] for each in with_it] == ["pre-launch-notification", "cancellation"]


def test_a_question_goes_to_those_of_the_message_that_was_shown_not_of_another_with_its_id(make, table):
    hidden = make.accepted(Text(text="Hidden."), "bravo", 0.0, id=ID)
    seen = [
        make.accepted(announcement(make), "alpha", 1.0, id=ID),
        make.accepted(AmbiguityQuery(about=(ID,), question="Of what class?"), "papa", 2.0),
    ]
    got = make.Bench(table).run([hidden, *seen], 5)
    assert got["papa"] == make.Bench(table).run(seen, 5)["papa"]
    assert [each["message"]["kind"] for each in got["bravo"]] == ["text"]
    assert "ambiguity-query" in [each["message"]["kind"] for each in got["alpha"]]


def test_of_two_messages_with_one_id_the_own_one_is_meant(make, table):
    shown = make.accepted(announcement(make), "alpha", 1.0, id=ID)
    own = make.accepted(Text(text="Of ours."), "papa", 1.5, id=ID)
    asked = make.accepted(AmbiguityQuery(about=(ID,), question="Which?"), "papa", 2.0)
    events = make.Bench(table).run([shown, own, asked], 5)["papa"]
    references = {each["message"]["sender"]: each["reference"] for each in events[:2]}
    assert events[2]["concerns"] == [references["papa"]]


def test_the_same_after_a_restart_when_the_first_of_two_with_one_id_is_forgotten(make):
    table = make.Table(("alpha", "bravo", "papa"), {**RIGHTS, ("papa", "bravo"): ("covariance", 0)})
    status = make.accepted(make.example("sensor-status"), "bravo", 0.0, id=ID)
    said = make.accepted(announcement(make), "alpha", 1.0, id=ID)
    bench, again = make.Bench(table), make.Bench(table)
    bench.run([status, said], 4_000)
    again.releaser = Releaser.from_bytes(
        bench.releaser.to_bytes(), {"v1": table}, Settings(tick_us=make.TICK_US), make.SECRET
    )
    asked = make.accepted(AmbiguityQuery(about=(ID,), question="Which?"), "papa", 4_001.0)
    got = bench.run([asked], 4_002)
    assert again.run([asked], 4_002) == got
    assert len(got["papa"][0]["concerns"]) == 1


@pytest.mark.parametrize(
    ("announced_in", "taken_back_in"), [(None, "GAME"), ("GAME", None), ("GAME", "OTHER GAME")]
)
@pytest.mark.parametrize("corrects", [False, True])
def test_nothing_of_an_exercise_takes_back_or_corrects_what_is_not_of_it(
    make, table, announced_in, taken_back_in, corrects
):
    change = make.cancellation("pre-launch-notification", ID)
    if corrects:
        change = make.correction(announcement(make, window=LONG_AGO), ID)
    said = [
        make.accepted(announcement(make), "alpha", 1.0, id=ID, exercise=announced_in),
        make.accepted(change, "alpha", 2.0, exercise=taken_back_in),
        make.accepted(report(make), "charlie", 3.0, exercise=announced_in),
    ]
    assert last_correlation(make.Bench(table).run(said, 5))[0]["margin"] == 1.0


def test_corners_that_enclose_nothing_announce_no_launch_elsewhere(make, table):
    nowhere = announcement(make, area={"boundary": [FAR] * 3})
    there = announcement(make, area={"boundary": [SITE] * 3})
    seen = make.accepted(report(make), "charlie", 3.0)
    first = make.Bench(table).run([make.accepted(nowhere, "alpha", 1.0), seen], 5)
    assert last_correlation(first) == "unmatched"
    second = make.Bench(table).run([make.accepted(there, "alpha", 1.0), seen], 5)
    assert last_correlation(second)[0]["margin"] == 1.0


@pytest.mark.parametrize("change", [None, "correction"])
def test_which_announcements_are_compared_does_not_hang_on_when_others_send(make, table, monkeypatch, change):
    monkeypatch.setattr(statements, "ANNOUNCED_MAX", 3)

    def told(hidden: bool) -> object:
        bench = make.Bench(table)
        bench.run([make.accepted(announcement(make), "alpha", 1.0, id=ID)], 2)
        old = announcement(make, window=LONG_AGO)
        ids = (OTHER_ID, "ef" * 16)
        bench.run([make.accepted(old, "alpha", 3.0, id=each) for each in ids], 4)
        if hidden:
            bench.run([make.accepted(Text(text="Hidden."), "bravo", 700.0)], 701)
        later = make.accepted(announcement(make, area={"centre": FAR, "radius_m": 1_000.0}), "alpha", 1_300.0)
        if change:
            later = make.accepted(make.correction(announcement(make), OTHER_ID), "alpha", 1_300.0)
        return last_correlation(bench.run([later, make.accepted(report(make), "charlie", 1_301.0)], 1_302))

    assert told(hidden=True) == told(hidden=False)
    assert len(told(hidden=True)) == 1


def test_which_messages_are_remembered_does_not_hang_on_when_others_send(make, table, monkeypatch):
    monkeypatch.setattr(memory, "REMEMBERED_MAX", 3)

    def told(hidden: bool) -> list[str]:
        bench = make.Bench(table)
        bench.run([make.accepted(announcement(make), "alpha", 1.0, id=ID)], 2)
        states = [make.accepted(make.example("sensor-status"), "alpha", 3.0 + number) for number in (0, 1)]
        bench.run(states, 5)
        if hidden:
            bench.run([make.accepted(Text(text="Hidden."), "bravo", 5_000.0)], 5_001)
        bench.run([make.accepted(Text(text="More."), "alpha", 5_100.0)], 5_101)
        back = make.accepted(make.cancellation("pre-launch-notification", ID), "alpha", 5_200.0)
        return [each["message"]["kind"] for each in bench.run([back], 5_201).get("papa", [])]

    assert told(hidden=True) == told(hidden=False) == ["cancellation"]
