"""What is read from a report: faults all at once, roundings, and whether its parts agree with each other."""

from datetime import UTC, datetime, timedelta, timezone
from math import inf, nan, radians

import pytest
from geographiclib.geodesic import Geodesic

from synaspis.analyses.flight_report import FlightReport, Place, kilometres, read_report, seconds
from synaspis.core.errors import InputError

SUNAN = Place(radians(39.2), radians(125.67))
SEA = Place(radians(41.5), radians(139.0))
LAUNCHED = datetime(2022, 3, 24, 5, 34, tzinfo=UTC)


def faults(**values) -> str:
    with pytest.raises(InputError, match=r"fault") as raised:
        read_report(FlightReport(**values))
    return str(raised.value)


def test_all_faults_are_named_at_once():
    text = faults(
        apogee_m=-1.0,
        range_m=0.0,
        time_s=nan,
        azimuth_rad=radians(400.0),
        launch=Place(radians(91.0), 0.0),
        impact=Place(0.0, radians(361.0)),
        launch_time=LAUNCHED.replace(tzinfo=None),
        time_rounding_s=-1.0,
    )
    assert text.startswith("8 faults in the input:")
    for expected in (
        "apogee: the apogee is -1 m; a finite number above 0 is needed. Leave it out if unknown.",
        "range: the range is 0 m;",
        "time: the time is nan s;",
        "azimuth: 400 deg is not an azimuth; -180 to 360 deg is allowed",
        "launch: latitude 91 deg is out of bounds; -90 to 90 deg is allowed",
        "impact: longitude 361 deg is out of bounds; -180 to 360 deg is allowed",
        "launch_time: 2022-03-24T05:34:00 has no time zone. Write it with one, such as 2022-03-24T05:34:00Z.",
        "time_rounding: -1 is not a rounding; a finite number of 0 or more is needed",
    ):
        assert expected in text


@pytest.mark.parametrize("value", [inf, nan, -5.0, 0.0])
@pytest.mark.parametrize("name", ["apogee_m", "range_m", "time_s"])
def test_what_is_not_a_number_above_0_is_refused(name, value):
    assert "a finite number above 0 is needed" in faults(**{name: value})


@pytest.mark.parametrize("place", [Place(nan, 0.0), Place(0.0, nan)])
def test_a_place_that_is_no_place_is_refused(place):
    assert "nan deg is out of bounds" in faults(launch=place, range_m=1e5)


def test_impact_before_launch_is_refused():
    text = faults(launch_time=LAUNCHED, impact_time=LAUNCHED - timedelta(seconds=5))
    assert "the impact is 5 s before or at the launch; it has to come after it" in text
    assert "Check dates and time zones." in text


def test_one_place_twice_is_refused():
    assert "launch and impact point are the same; they have to differ" in faults(launch=SUNAN, impact=SUNAN)


@pytest.mark.parametrize("values", [{}, {"launch": SUNAN}, {"azimuth_rad": 1.0}, {"impact_time": LAUNCHED}])
def test_nothing_to_check_is_refused(values):
    text = faults(**values)
    assert "the report says nothing that can be checked. Give at least one of apogee, range, time" in text


def test_range_and_azimuth_come_from_the_points():
    """GeographicLib's own Python, on WGS84."""
    inverse = Geodesic.WGS84.Inverse(39.2, 125.67, 41.5, 139.0)
    reading = read_report(FlightReport(launch=SUNAN, impact=SEA))
    assert reading.range_m == pytest.approx(inverse["s12"], abs=1e-6)
    assert reading.azimuth_rad == pytest.approx(radians(inverse["azi1"]), abs=1e-12)
    assert reading.latitude_rad == SUNAN.latitude_rad
    assert reading.findings == ()


def test_time_comes_from_the_clocks_across_time_zones():
    korea = timezone(timedelta(hours=9))
    impact = datetime(2022, 3, 24, 15, 45, tzinfo=korea)
    reading = read_report(FlightReport(launch_time=LAUNCHED, impact_time=impact))
    assert reading.time_s == 71 * 60
    assert reading.time_rounding_s == 60.0  # half a minute at each end


@pytest.mark.parametrize(
    ("values", "name", "expected"),
    [
        ({"apogee_m": 6248.5e3}, "apogee_rounding_m", 50.0),
        ({"range_m": 1090e3}, "range_rounding_m", 5e3),
        ({"range_m": 1000e3}, "range_rounding_m", 10e3),  # at most 1 %
        ({"range_m": 999.2 * 1e3}, "range_rounding_m", 50.0),
        ({"range_m": 999.2e3, "range_rounding_m": 0.0}, "range_rounding_m", 0.0),
        ({"time_s": 4052.0}, "time_rounding_s", 0.5),
        ({"time_s": 4050.0}, "time_rounding_s", 5.0),
        ({"time_s": 2832.0}, "time_rounding_s", 0.5),  # 47 min 12 s
        ({"time_s": 4260.0}, "time_rounding_s", 30.0),  # 71 min
        ({"time_s": 4000.0}, "time_rounding_s", 30.0),
        ({"time_s": 4052.0, "time_rounding_s": 10.0}, "time_rounding_s", 10.0),
    ],
)
def test_rounding_is_half_a_unit_of_the_last_digit(values, name, expected):
    assert getattr(read_report(FlightReport(**values)), name) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("given", "verdict", "words"),
    [
        ({"range_m": 1160e3}, "consistent", "agrees with the 1,159.6 km between launch and impact point"),
        ({"range_m": 1090e3}, "unusual", "does not fit the 1,159.6 km between"),
        ({"range_m": 800e3}, "impossible", "does not fit the 1,159.6 km between"),
        ({"azimuth_rad": radians(75.0)}, "consistent", "agrees with the 73.0 deg from launch to"),
        ({"azimuth_rad": radians(90.0)}, "unusual", "difference 17.0 deg, allowed 5.0 deg"),
        ({"azimuth_rad": radians(253.0)}, "impossible", "difference 180.0 deg"),
    ],
)
def test_points_against_range_and_azimuth(given, verdict, words):
    (finding,) = read_report(FlightReport(launch=SUNAN, impact=SEA, **given)).findings
    assert finding.verdict == verdict
    assert words in finding.sentence


@pytest.mark.parametrize(
    ("time_s", "verdict"),
    [(4260.0, "consistent"), (4200.0, "consistent"), (4052.0, "unusual"), (3000.0, "impossible")],
)
def test_clocks_against_time(time_s, verdict):
    impact = LAUNCHED + timedelta(minutes=71)
    (finding,) = read_report(FlightReport(time_s=time_s, launch_time=LAUNCHED, impact_time=impact)).findings
    assert finding.verdict == verdict
    assert "4,260 s between launch and impact time" in finding.sentence


def test_numbers_are_written_as_people_write_them():
    assert kilometres(6248.5e3) == "6,248.5 km"
    assert kilometres(1090e3) == "1,090 km"
    assert kilometres(4e11) == "400,000,000 km"
    assert seconds(4052.0) == "4,052 s"
