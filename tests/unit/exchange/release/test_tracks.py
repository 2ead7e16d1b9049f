"""Pictures per set of equal rights, and what is told of tracks below `position`."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from synaspis.agreement import Category, Label
from synaspis.core.clock import to_rfc3339
from synaspis.exchange.release import sets
from synaspis.exchange.release.sets import LABELS_MAX, Partition
from synaspis.fusion import NOMINAL_POSITION_M, Picture, Report, update
from synaspis.messages import lower_triangle

PARTNERS = ("alpha", "bravo", "charlie", "delta")
EQUAL = {(name, sender): ("covariance", 0) for name in PARTNERS for sender in PARTNERS if name != sender}


def reports(make: SimpleNamespace, sender: str, seconds: Any, **more: Any) -> list[Any]:
    return [make.accepted(make.track(at_s, **more), sender, at_s + 0.01) for at_s in seconds]


def pictures(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [event for event in events if event["type"] == "picture"]


def only_track(event: dict[str, Any]) -> dict[str, Any]:
    (track,) = event["tracks"]
    return track


def test_a_picture_tells_what_fusion_makes_of_the_reports(make):
    report = make.accepted(make.track(0), "alpha", 0.01)
    got = make.Bench(make.Table(PARTNERS, EQUAL)).run([report], 1)
    body = report.message.body
    given = Report(
        "alpha", "t1", body.time_us, body.position_ecef_m, body.velocity_ecef_m_s,
        body.covariance_matrix, "track", "digest",
    )  # fmt: skip
    ((fused,),) = update([(Picture(), [given])], make.START_US + 50_000)
    track = only_track(got["bravo"][0])
    assert track["position_ecef_m"] == pytest.approx(fused.position_ecef_m, abs=0.5e-3)
    assert track["velocity_ecef_m_s"] == pytest.approx(fused.velocity_ecef_m_s, abs=0.5e-4)
    assert track["covariance"] == pytest.approx(lower_triangle(np.array(fused.covariance)), rel=1e-9)
    assert track["impact"]["latitude_deg"] == pytest.approx(np.degrees(fused.impact.latitude_rad), abs=1e-7)
    assert track["impact"]["time"] == to_rfc3339(fused.impact.time_us)
    assert (track["number"], track["status"], track["sources"]) == (1, "new", ["alpha"])
    assert track["label"] == make.LABEL.to_json()
    assert got["bravo"][0]["at"] == to_rfc3339(report.received_us)


def test_a_track_at_position_is_made_with_a_nominal_error_that_is_not_told(make):
    rights = {**EQUAL, ("bravo", "alpha"): ("position", 0)}
    exact, rough = (
        make.Bench(make.Table(PARTNERS, rights)).run(reports(make, "alpha", range(5), sigma_m=sigma_m), 6)
        for sigma_m in (1.0, 9_000.0)
    )
    assert exact["bravo"] == rough["bravo"]
    assert exact["charlie"] != rough["charlie"]
    track = only_track(exact["bravo"][-1])
    assert track["quality"] == "position"
    assert "covariance" not in track
    assert set(track["impact"]) == {"latitude_deg", "longitude_deg", "time"}
    assert NOMINAL_POSITION_M == 1_000.0


def test_with_one_exact_source_the_covariance_is_told(make):
    rights = {**EQUAL, ("charlie", "alpha"): ("position", 0)}
    messages = [*reports(make, "alpha", [0.0]), *reports(make, "bravo", [0.0])]
    got = make.Bench(make.Table(PARTNERS, rights)).run(messages, 1)
    assert only_track(got["charlie"][0])["quality"] == "covariance"
    assert only_track(got["charlie"][0])["sources"] == ["alpha", "bravo"]


def test_a_set_splits_when_it_must_and_both_parts_keep_number_and_past(make):
    rights = {**EQUAL, ("delta", "bravo"): ("presence", 0)}
    table = make.Table(PARTNERS, rights)
    bench = make.Bench(table)
    before = bench.run(reports(make, "alpha", range(3)), 4)
    assert before["charlie"] == before["delta"]
    bench.run(reports(make, "bravo", [4.0], name="b7"), 5)
    after = bench.run(reports(make, "alpha", [5.0]), 6)
    # What delta is shown is what it would be shown had there never been a bravo.
    alone = make.Bench(table)
    alone.run(reports(make, "alpha", range(3)), 4)
    assert after["delta"] == alone.run(reports(make, "alpha", [5.0]), 6)["delta"]
    assert only_track(after["delta"][0])["number"] == only_track(after["charlie"][0])["number"] == 1
    assert only_track(after["delta"][0])["sources"] == ["alpha"]


def test_members_of_a_set_with_other_reasons_get_the_same_track_for_their_own_reasons(make):
    bench = make.Bench(make.Table(PARTNERS, EQUAL, reasons={"delta": "extra"}))
    got = bench.run(reports(make, "alpha", [0.0]), 1)
    assert {name: only_track(events[0]).pop("why")[0]["clause"] for name, events in got.items()} == {
        "alpha": "own", "bravo": "track", "charlie": "track", "delta": "extra",
    }  # fmt: skip
    shown = {json.dumps({**only_track(events[0]), "why": []}) for events in got.values()}
    assert len(shown) == 1


def test_the_reasons_of_a_fused_track_are_those_for_all_its_sources(make):
    messages = [*reports(make, "alpha", [0.0]), *reports(make, "bravo", [0.0])]
    got = make.Bench(make.Table(PARTNERS, EQUAL)).run(messages, 1)
    assert only_track(got["alpha"][0])["why"] == [
        {"agreement": "base", "clause": "own"},
        {"agreement": "pact", "clause": "track"},
    ]


def test_a_track_that_falls_silent_ends_once_with_the_rights_that_it_had(make):
    bench = make.Bench(make.Table(PARTNERS, EQUAL))
    bench.run(reports(make, "alpha", [0.0]), 1)
    (event,) = bench.run([], 100)["charlie"]
    track = only_track(event)
    assert (track["status"], track["number"]) == ("ended", 1)
    assert (track["label"], track["why"][0]["clause"]) == (make.LABEL.to_json(), "track")
    assert event["at"] == to_rfc3339(make.START_US + 31_000_000)  # 30 s after 0.05, at the next whole second
    assert bench.run([], 200) == {}


def test_an_exercise_has_a_picture_of_its_own(make):
    real = make.accepted(make.track(0), "alpha", 0.01)
    game = make.accepted(make.track(0), "bravo", 0.02, exercise="GAME")
    got = pictures(make.Bench(make.Table(PARTNERS, EQUAL)).run([real, game], 1)["charlie"])
    assert [event.get("exercise") for event in got] == [None, "GAME"]
    assert [only_track(event)["sources"] for event in got] == [["alpha"], ["bravo"]]


def releasable(*to: str) -> Label:
    return Label("EXERCISE", "UNCLASSIFIED", (Category("Releasable to", "PERMISSIVE", to),))


def test_a_fused_track_is_marked_for_those_who_may_see_every_part(make):
    messages = [
        make.accepted(make.track(0), "alpha", 0.01, label=releasable("charlie", "delta")),
        make.accepted(make.track(0), "bravo", 0.02, label=releasable("bravo", "charlie")),
    ]
    got = make.Bench(make.Table(PARTNERS, EQUAL)).run(messages, 1)
    assert only_track(got["charlie"][0])["label"] == releasable("charlie").to_json()


def test_labels_of_different_policies_stand_side_by_side(make):
    other = Label("ANOTHER", "UNCLASSIFIED")
    messages = [
        make.accepted(make.track(0), "alpha", 0.01),
        make.accepted(make.track(0), "bravo", 0.02, label=other),
    ]
    track = only_track(make.Bench(make.Table(PARTNERS, EQUAL)).run(messages, 1)["charlie"][0])
    assert track["labels"] == [other.to_json(), make.LABEL.to_json()]
    assert "label" not in track


def test_the_time_at_which_a_label_was_made_is_not_told(make):
    label = Label("EXERCISE", "UNCLASSIFIED", created_us=make.START_US)
    got = make.Bench(make.Table(PARTNERS, EQUAL)).run(
        [make.accepted(make.track(0), "alpha", 0.01, label=label)], 1
    )
    assert only_track(got["charlie"][0])["label"] == make.LABEL.to_json()


def test_a_source_track_under_too_many_labels_is_not_updated_by_one_more(make):
    messages = [
        make.accepted(make.track(0.1 * number), "alpha", 0.1 * number + 0.01, label=releasable(f"p{number}"))
        for number in range(LABELS_MAX + 1)
    ]
    got = make.Bench(make.Table(PARTNERS, EQUAL)).run(messages, 5)
    assert len(pictures(got["charlie"])) == LABELS_MAX


def test_a_sender_with_too_many_tracks_opens_no_other_until_one_was_silent_for_long(make, monkeypatch):
    monkeypatch.setattr(sets, "SOURCE_TRACKS_MAX", 2)
    bench = make.Bench(make.Table(PARTNERS, EQUAL))
    three = [*reports(make, "alpha", [0.0], name="a"), *reports(make, "alpha", [0.2, 119.0], name="b")]
    got = bench.run([*three[:2], *reports(make, "alpha", [0.4], name="c")], 1)
    assert len(pictures(got["bravo"])) == 2
    bench.run([three[2]], 120)
    assert pictures(bench.run(reports(make, "alpha", [125.0], name="c"), 126)["bravo"])
    assert pictures(bench.run(reports(make, "charlie", [127.0], name="c"), 128)["bravo"])


def test_an_exercise_after_a_long_silence_numbers_its_tracks_anew(make):
    messages = [
        make.accepted(make.track(at_s, offset_m=-3_000.0 * at_s), "alpha", at_s + 0.01, exercise=exercise)
        for exercise in ("GAME", None)
        for at_s in (0.0, 100.0, 1_000.0)
    ]
    got = pictures(make.Bench(make.Table(PARTNERS, EQUAL)).run(messages, 2_000)["bravo"])
    fresh = [event for event in got if only_track(event)["status"] == "new"]
    numbers = {name: [only_track(event)["number"] for event in fresh if event.get("exercise") == name]
               for name in ("GAME", None)}  # fmt: skip
    assert numbers == {"GAME": [1, 2, 1], None: [1, 2, 3]}


# Below position.


@pytest.mark.parametrize("level", ["presence", "impact-area"])
def test_below_position_a_source_track_is_told_of_every_five_seconds_and_in_no_picture(level, make):
    rights = {**EQUAL, ("charlie", "alpha"): (level, 0)}
    messages = reports(make, "alpha", np.arange(0.0, 12.0, 0.5).tolist())
    got = make.Bench(make.Table(PARTNERS, rights)).run(messages, 12)["charlie"]
    assert [event["at"] for event in got] == [
        to_rfc3339(make.START_US + round(at_s * 1e6)) for at_s in (0.01, 5.01, 10.01)
    ]
    assert len({event["track"] for event in got}) == 1
    assert {event["quality"] for event in got} == {level}
    assert all("envelope" not in event and "t1" not in json.dumps(event) for event in got)


def test_each_source_track_is_told_of_by_itself(make):
    rights = {**EQUAL, ("charlie", "alpha"): ("presence", 0)}
    messages = [*reports(make, "alpha", [0.0, 1.0], name="one"), *reports(make, "alpha", [0.5], name="two")]
    got = make.Bench(make.Table(PARTNERS, rights)).run(messages, 2)["charlie"]
    assert len({event["track"] for event in got}) == len(got) == 2
    assert all(event["extract"] == {} for event in got)


def test_the_impact_area_is_that_of_the_source_alone_and_rests_on_no_covariance(make):
    rights = {**EQUAL, ("charlie", "alpha"): ("impact-area", 0), ("charlie", "bravo"): ("impact-area", 0)}

    def told(*messages: Any) -> list[dict[str, Any]]:
        events = make.Bench(make.Table(PARTNERS, rights)).run(messages, 2)["charlie"]
        return [event for event in events if event["message"]["sender"] == "alpha"]

    alone = told(*reports(make, "alpha", [0.0]))
    beside = told(*reports(make, "alpha", [0.0]), *reports(make, "bravo", [0.0], offset_m=300.0))
    rough = told(*reports(make, "alpha", [0.0], sigma_m=9_000.0))
    assert alone == beside == rough
    body = make.track(0)
    given = Report(
        "alpha", "t1", body.time_us, body.position_ecef_m, body.velocity_ecef_m_s, None, "track", "d"
    )
    ((fused,),) = update([(Picture(), [given])], make.START_US + 50_000)
    assert alone[0]["extract"] == {
        "impact": {
            "latitude_deg": pytest.approx(np.degrees(fused.impact.latitude_rad), abs=1e-7),
            "longitude_deg": pytest.approx(np.degrees(fused.impact.longitude_rad), abs=1e-7),
        },
        "impact_time": {"time": to_rfc3339(fused.impact.time_us)},
    }


# Sets.


def test_a_partition_stays_a_partition_however_it_is_split():
    partition = Partition(0b1111_1111)
    for mask in (0b1111_0000, 0b1010_1010, 0b0000_0001, 0b1_0000_0000):
        partition.separate([mask])
        assert sum(each.mask for each in partition.sets) == partition.mask == 0b1111_1111
        assert sum(each.mask for each in partition.covering(mask)) == mask & partition.mask
    assert sorted(each.mask for each in partition.sets) == sorted(
        [0b1010_0000, 0b0101_0000, 0b0000_1010, 0b0000_0001, 0b0000_0100]
    )
    partition.add(0b11_0000_0001)
    assert [each.mask for each in partition.sets][-1] == 0b11_0000_0000
