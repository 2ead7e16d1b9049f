"""Whether a launch was announced: the match itself, and that each recipient is told from what it knows."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from synaspis.core.clock import SECOND_US, to_rfc3339
from synaspis.exchange.release import match, statements
from synaspis.exchange.release.correlation import distance_to_area_m
from synaspis.exchange.release.events import References
from synaspis.messages import Area, LaunchReport, Point, PreLaunchNotification

PARTNERS = ("alpha", "bravo", "charlie")
ALL = {(name, sender): ("covariance", 0) for name in PARTNERS for sender in PARTNERS if name != sender}


@pytest.fixture
def notification(make: SimpleNamespace) -> Any:
    def built(start_s: float = 0, end_s: float = 3_600, **changes: Any) -> PreLaunchNotification:
        window = {
            "earliest": to_rfc3339(make.START_US + round(start_s * SECOND_US)),
            "latest": to_rfc3339(make.START_US + round(end_s * SECOND_US)),
        }
        area = {"centre": {"latitude_deg": 60.0, "longitude_deg": 10.0}, "radius_m": 10_000.0}
        given = {"missile_class": "mrbm", "window": window, "launch_area": area, "azimuth_deg": 90.0}
        return make.example("pre-launch-notification", **{**given, **changes})

    return built


@pytest.fixture
def report(make: SimpleNamespace) -> Any:
    def built(
        at_s: float = 60,
        latitude_deg: float = 60.0,
        *,
        azimuth_deg: float = 90.0,
        missile_class: str = "mrbm",
        sigma_s: float = 10.0,
    ) -> LaunchReport:
        time = {"time": to_rfc3339(make.START_US + round(at_s * SECOND_US)), "sigma_s": sigma_s}
        return LaunchReport.model_validate(
            {
                "launch_time": time,
                "launch": {
                    "latitude_deg": latitude_deg,
                    "longitude_deg": 10.0,
                    "covariance_m2": [1e8, 0.0, 1e8],
                },
                "missile_class": missile_class,
                "azimuth": {"azimuth_deg": azimuth_deg, "sigma_deg": 1.0},
                "sources": ["infrared"],
            }
        )

    return built


def test_a_launch_as_announced_leaves_the_whole_margin(report, notification):
    assert match(report(), notification(), with_covariance=True) == 1.0


def test_the_margin_is_what_is_left_of_what_is_allowed(report, notification):
    # 165 s early of 300 s + 3 x 10 s allowed: half is left.
    assert match(report(at_s=-165), notification(), with_covariance=True) == 0.5
    # Without the sigma 300 s are allowed: 0.45 is left.
    assert match(report(at_s=-165), notification(), with_covariance=False) == 0.45
    # 9 degrees off of 15 + 3 x 1 allowed, over north: half is left.
    assert match(report(azimuth_deg=4), notification(azimuth_deg=355), with_covariance=True) == 0.5


@pytest.mark.parametrize(
    "changes",
    [
        {"at_s": -331},
        {"at_s": 3_931},
        {"azimuth_deg": 109.0},
        {"missile_class": "icbm"},
        {"latitude_deg": 60.82},  # 111.4 km a degree: 91.4 km off, 10 + 50 + 30 km allowed
    ],
)
def test_a_launch_beyond_what_is_allowed_matches_nothing(changes, report, notification):
    assert match(report(**changes), notification(), with_covariance=True) is None


def test_an_unknown_class_matches_any(report, notification):
    assert match(report(missile_class="unknown"), notification(), with_covariance=True) == 1.0


def test_distance_to_a_circle_is_the_geodesic_less_the_radius():
    area = Area(centre=Point(latitude_deg=0.0, longitude_deg=0.0), radius_m=10_000.0)
    # WGS 84: one degree along the equator is 6378137 m x pi / 180 = 111319.491 m.
    assert distance_to_area_m(0.0, 1.0, area) == pytest.approx(101_319.491, abs=0.01)
    assert distance_to_area_m(0.0, 0.05, area) == 0.0


def test_distance_to_a_boundary_counts_from_its_nearest_edge():
    square = [(-1.0, 1.0), (1.0, 1.0), (1.0, 3.0), (-1.0, 3.0)]
    area = Area(boundary=tuple(Point(latitude_deg=lat, longitude_deg=lon) for lat, lon in square))
    # The edge along the meridian of 1 degree, seen from the equator at 0: a degree of the equator.
    assert distance_to_area_m(0.0, 0.0, area) == pytest.approx(111_319.5, rel=1e-3)
    assert distance_to_area_m(0.0, 2.0, area) == 0.0


def told(got: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """What each partner was told of the correlation of the last launch report or its correction."""
    found = {}
    for name, events in got.items():
        for event in events:
            if event["message"]["kind"] in ("launch-report", "correction"):
                found[name] = event.get("correlation", "nothing")
    return found


def reference(make: SimpleNamespace, accepted: Any) -> str:
    return References(make.SECRET).message(accepted.message.sender, accepted.message.id)


def test_each_recipient_is_told_of_the_announcements_that_it_was_shown(make, report, notification):
    rights = {**ALL}
    del rights["charlie", "alpha"]
    announced = make.accepted(notification(), "alpha", 0.01)
    seen = make.accepted(report(), "bravo", 70)
    got = told(make.Bench(make.Table(PARTNERS, rights)).run([announced, seen], 80))
    matched = [{"notification": reference(make, announced), "margin": 1.0}]
    assert got == {"alpha": matched, "bravo": matched, "charlie": "unmatched"}


def test_an_announcement_that_is_still_delayed_is_not_known(make, report, notification):
    rights = {**ALL, ("charlie", "alpha"): ("covariance", 100)}
    announced = make.accepted(notification(), "alpha", 0.01)
    early, late = (make.accepted(report(), "bravo", at_s) for at_s in (70, 101))
    bench = make.Bench(make.Table(PARTNERS, rights))
    assert told(bench.run([announced, early], 80))["charlie"] == "unmatched"
    assert told(bench.run([late], 110))["charlie"] != "unmatched"


def test_nor_is_one_that_comes_a_moment_later(make, report, notification):
    seen = make.accepted(report(), "bravo", 70.01)
    announced = make.accepted(notification(), "alpha", 70.02)  # in the same cell of the grid
    got = told(make.Bench(make.Table(PARTNERS, ALL)).run([seen, announced], 71))
    assert got["charlie"] == "unmatched"


@pytest.mark.parametrize("level", ["presence", "impact-area"])
def test_below_position_nothing_is_said_of_it(level, make, report, notification):
    rights = {**ALL, ("charlie", "bravo"): (level, 0)}
    messages = [make.accepted(notification(), "alpha", 0.01), make.accepted(report(), "bravo", 70)]
    assert told(make.Bench(make.Table(PARTNERS, rights)).run(messages, 80))["charlie"] == "nothing"


def test_an_announcement_of_which_only_the_area_was_shown_matches_nothing(make, report, notification):
    rights = {**ALL, ("charlie", "alpha"): ("impact-area", 0)}
    messages = [make.accepted(notification(), "alpha", 0.01), make.accepted(report(), "bravo", 70)]
    assert told(make.Bench(make.Table(PARTNERS, rights)).run(messages, 80))["charlie"] == "unmatched"


def test_at_position_the_match_does_not_use_what_is_not_shown(make, report, notification):
    rights = {**ALL, ("charlie", "bravo"): ("position", 0)}
    messages = [
        make.accepted(notification(), "alpha", 0.01),
        make.accepted(report(at_s=-165, sigma_s=1_000.0), "bravo", 70),
    ]
    got = told(make.Bench(make.Table(PARTNERS, rights)).run(messages, 80))
    assert got["charlie"][0]["margin"] == 0.45
    assert got["alpha"][0]["margin"] == 0.95  # 165 s of 300 s + 3 x 1000 s


def test_what_was_called_off_matches_no_longer_and_what_was_put_right_as_it_now_stands(
    make, report, notification
):
    bench = make.Bench(make.Table(PARTNERS, ALL))
    announced = make.accepted(notification(), "alpha", 0.01)
    bench.run([announced], 1)
    later = notification(start_s=10_000, end_s=20_000)
    bench.run([make.accepted(make.correction(later, announced.message.id), "alpha", 2)], 3)
    first, second = make.accepted(report(), "bravo", 70), make.accepted(report(at_s=15_000), "bravo", 80)
    assert told(bench.run([first], 75))["charlie"] == "unmatched"
    assert told(bench.run([second], 85))["charlie"][0]["margin"] == 1.0
    bench.run([make.accepted(make.cancellation(later.kind, announced.message.id), "alpha", 90)], 95)
    third = make.accepted(report(at_s=15_000), "bravo", 100)
    assert told(bench.run([third], 105))["charlie"] == "unmatched"


def test_the_correction_of_a_launch_report_is_matched_anew(make, report, notification):
    announced = make.accepted(notification(), "alpha", 0.01)
    wrong = make.accepted(report(azimuth_deg=200.0), "bravo", 70)
    right = make.accepted(make.correction(report(), wrong.message.id), "bravo", 75)
    bench = make.Bench(make.Table(PARTNERS, ALL))
    assert told(bench.run([announced, wrong], 74))["alpha"] == "unmatched"
    assert told(bench.run([right], 80))["alpha"][0]["margin"] == 1.0


def test_an_exercise_announces_no_launch_in_earnest(make, report, notification):
    announced = make.accepted(notification(), "alpha", 0.01, exercise="GAME")
    seen = [make.accepted(report(), "bravo", 70), make.accepted(report(), "bravo", 71, exercise="GAME")]
    bench = make.Bench(make.Table(PARTNERS, ALL))
    assert told(bench.run([announced, seen[0]], 70.5))["charlie"] == "unmatched"
    assert told(bench.run([seen[1]], 75))["charlie"][0]["margin"] == 1.0


def test_of_one_sender_only_the_newest_announcements_are_compared(make, report, notification, monkeypatch):
    monkeypatch.setattr(statements, "ANNOUNCED_MAX", 1)
    old, new = (make.accepted(notification(), "alpha", at_s) for at_s in (0.01, 0.02))
    other = make.accepted(notification(), "charlie", 0.005)
    got = told(
        make.Bench(make.Table(PARTNERS, ALL)).run([other, old, new, make.accepted(report(), "bravo", 70)], 80)
    )
    assert {each["notification"] for each in got["bravo"]} == {reference(make, new), reference(make, other)}


def test_several_announcements_come_best_first(make, report, notification):
    near = make.accepted(notification(start_s=-100), "alpha", 0.01)
    far = make.accepted(notification(start_s=225), "charlie", 0.02)
    seen = make.accepted(report(), "bravo", 70)
    got = told(make.Bench(make.Table(PARTNERS, ALL)).run([near, far, seen], 80))
    assert got["bravo"] == [
        {"notification": reference(make, near), "margin": 1.0},
        {"notification": reference(make, far), "margin": 0.5},  # 165 s early of 330 s
    ]
