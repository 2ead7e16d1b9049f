"""A made-up track towards a square of land; ellipses and times are closed forms."""

from math import pi, radians, sqrt
from typing import Any

import numpy as np
import pytest
import shapely

from synaspis.core.clock import SECOND_US, from_rfc3339, to_rfc3339
from synaspis.exchange.client.public_warning import Danger, WarningDesk, circle
from synaspis.gateways.cap import write_cap
from synaspis.geography import geodesic_inverse

NOW_US = from_rfc3339("2026-11-22T06:00:00Z")
IMPACT_US = NOW_US + 300 * SECOND_US
LAND = {"Northland": shapely.box(10.0, 50.0, 12.0, 52.0), "Southland": shapely.box(10.0, 40.0, 12.0, 42.0)}
SIGMA_M = 4_000.0


def picture(
    after_s: float,
    *,
    latitude_deg: float = 51.0,
    longitude_deg: float = 11.0,
    impact_us: int = IMPACT_US,
    status: str = "updated",
    exact: bool = True,
    **more: Any,
) -> dict[str, Any]:
    place: dict[str, Any] = {
        "latitude_deg": latitude_deg,
        "longitude_deg": longitude_deg,
        "time": to_rfc3339(impact_us),
    }
    if exact:
        place |= {"covariance_m2": [SIGMA_M**2, 0.0, SIGMA_M**2], "sigma_s": 4.0}
    at = to_rfc3339(NOW_US + round(after_s * SECOND_US))
    return {"type": "picture", "at": at, "tracks": [{"number": 1, "status": status, "impact": place}], **more}


def kinds(desk: WarningDesk, *events: dict[str, Any]) -> list[tuple[str, str]]:
    return [(alert.kind, alert.area) for event in events for alert in desk.take(event)]


def test_only_the_area_in_danger_is_warned_with_the_time_left():
    [alert] = WarningDesk("north", LAND).take(picture(0.0))
    assert (alert.kind, alert.area) == ("Alert", "Northland")
    assert b"<value>300</value>" in write_cap(alert)
    assert alert.source == "Tracks released by the data exchange centre, 95 % ellipse"


def test_the_ellipse_holds_95_percent():
    # Radius of the 95 % circle of a round normal distribution: sigma sqrt(-2 ln 0.05).
    danger = Danger(radians(51.0), radians(11.0), (SIGMA_M**2, 0.0, SIGMA_M**2), IMPACT_US, 4.0)
    rim = np.radians(np.asarray(danger.outline().exterior.coords))
    radius = geodesic_inverse(danger.latitude_rad, danger.longitude_rad, rim[:, 1], rim[:, 0]).distance_m
    assert radius == pytest.approx(SIGMA_M * sqrt(-2.0 * np.log(0.05)), rel=1e-4)


def test_the_long_axis_lies_along_the_greater_spread():
    # Covariance of a spread of 20 km along azimuth 30 degrees and 3 km across.
    axis, long_m, short_m = radians(30.0), 20e3, 3e3
    turn = np.array([[np.sin(axis), np.cos(axis)], [np.cos(axis), -np.sin(axis)]])
    (east, cross), (_, north) = turn @ np.diag([long_m**2, short_m**2]) @ turn.T
    danger = Danger(0.5, 0.2, (east, cross, north), IMPACT_US, 4.0)
    scale = sqrt(-2.0 * np.log(0.05))
    assert danger.half_axes_m[0] == pytest.approx(scale * long_m, rel=1e-4)
    assert danger.half_axes_m[1] == pytest.approx(scale * short_m, rel=1e-4)
    assert danger.half_axes_m[2] % pi == pytest.approx(axis)


def test_an_alert_is_renewed_when_the_impact_moves_or_half_a_minute_is_over():
    desk = WarningDesk("north", LAND)
    assert kinds(desk, picture(0.0), picture(1.0)) == [("Alert", "Northland")]
    assert kinds(desk, picture(2.0, latitude_deg=51.1)) == [("Update", "Northland")]
    assert kinds(desk, picture(3.0, latitude_deg=51.1, impact_us=IMPACT_US + 11 * SECOND_US)) == [
        ("Update", "Northland")
    ]
    later = {"latitude_deg": 51.1, "impact_us": IMPACT_US + 11 * SECOND_US}
    assert kinds(desk, picture(32.9, **later), picture(33.0, **later)) == [("Update", "Northland")]


def test_an_impact_that_moves_to_another_area_clears_the_first():
    desk = WarningDesk("north", LAND)
    moved = kinds(desk, picture(0.0), picture(1.0, latitude_deg=41.0))
    assert moved == [("Alert", "Northland"), ("Cancel", "Northland"), ("Alert", "Southland")]


def test_a_track_that_falls_silent_is_no_all_clear():
    desk = WarningDesk("north", LAND)
    assert kinds(desk, picture(0.0), picture(40.0, status="ended")) == [("Alert", "Northland")]


def test_an_impact_long_over_gives_the_all_clear():
    desk = WarningDesk("north", LAND)
    notice = {"type": "notice", "at": to_rfc3339(IMPACT_US + 601 * SECOND_US)}
    assert kinds(desk, picture(0.0), notice) == [("Alert", "Northland"), ("Cancel", "Northland")]


def test_updates_refer_to_the_alert_before():
    desk = WarningDesk("north", LAND)
    [first] = desk.take(picture(0.0))
    [second] = desk.take(picture(31.0))
    assert second.earlier == (first.name,)
    assert first.name != second.name


def test_without_covariance_an_assumed_radius_is_said():
    [alert] = WarningDesk("north", LAND).take(picture(0.0, exact=False))
    assert "assumed radius of 50 km" in alert.source


def test_an_extract_that_tells_the_impact_point_alone_warns_too():
    event = {
        "type": "message",
        "at": to_rfc3339(NOW_US),
        "track": "f" * 32,
        "message": {"kind": "track-report", "exercise": "DRILL"},
        "extract": {
            "impact": {"latitude_deg": 51.0, "longitude_deg": 11.0},
            "impact_time": {"time": to_rfc3339(IMPACT_US)},
        },
    }
    [alert] = WarningDesk("north", LAND).take(event)
    assert alert.exercise == "DRILL"


def test_the_same_events_give_the_same_alerts():
    events = [picture(0.0), picture(20.0, latitude_deg=51.2), picture(400.0, status="ended")]
    one, other = WarningDesk("north", LAND), WarningDesk("north", LAND)
    assert [one.take(event) for event in events] == [other.take(event) for event in events]


@pytest.mark.parametrize("longitude_deg", [179.9, -179.9])
def test_an_area_over_the_date_line_is_found_from_both_sides(longitude_deg: float):
    land = {"Islands": shapely.box(179.0, -10.0, 181.0, -8.0)}
    [alert] = WarningDesk("n", land).take(picture(0.0, latitude_deg=-9.0, longitude_deg=longitude_deg))
    assert alert.area == "Islands"


def test_a_circle_has_its_radius():
    rim = np.radians(np.asarray(circle(0.9, 0.2, 40e3).exterior.coords))
    assert geodesic_inverse(0.9, 0.2, rim[:, 1], rim[:, 0]).distance_m == pytest.approx(40e3, rel=1e-6)
