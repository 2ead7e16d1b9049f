"""Options at the border: what is read, and what is said of what cannot be."""

from datetime import UTC, datetime
from math import pi, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synaspis.cli.values import Options
from synaspis.core.errors import InputError


def faults_of(options):
    try:
        options.done()
    except InputError as error:
        return [str(fault) for fault in error.faults]
    return []


@pytest.mark.parametrize(
    ("text", "latitude_deg", "longitude_deg"),
    [
        ("38.35,37.79", 38.35, 37.79),
        ("-33.9,18.4", -33.9, 18.4),
        (" -90 , -180 ", -90.0, -180.0),
        ("0,350", 0.0, -10.0),
        ("1e1,2e1", 10.0, 20.0),
    ],
)
def test_a_place_is_read_in_degrees(text, latitude_deg, longitude_deg):
    options = Options()
    place = options.place("--from", text)
    assert faults_of(options) == []
    assert place == pytest.approx((radians(latitude_deg), radians(longitude_deg)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("91,10", "--from: latitude 91 deg is out of bounds; -90 to 90 deg is allowed"),
        ("10,361", "--from: longitude 361 deg is out of bounds; -180 to 360 deg is allowed"),
        ("nan,10", "--from: latitude nan is not finite; -90 to 90 deg is allowed. Leave it out if unknown."),
        ("north,10", "--from: latitude 'north' is not a number; -90 to 90 deg is allowed"),
        ("10", "--from: '10' is not a place: two numbers with a comma between are needed"),
        ("1,2,3", "--from: '1,2,3' is not a place: two numbers with a comma between are needed"),
        ("", "--from: '' is not a place: two numbers with a comma between are needed"),
    ],
)
def test_a_place_that_is_none_is_refused(text, said):
    options = Options()
    assert options.place("--from", text) is None
    (fault,) = faults_of(options)
    assert fault.startswith(said)


def test_both_coordinates_are_judged_at_once():
    options = Options()
    options.place("--to", "91,inf")
    assert len(faults_of(options)) == 2


@pytest.mark.parametrize("text", ["0", "-5", "nan", "inf", "many"])
def test_a_length_has_to_be_above_nothing(text):
    options = Options()
    assert options.length_m("--range-km", text) is None
    (fault,) = faults_of(options)
    assert "above 0 km is allowed" in fault


def test_kilometres_become_metres_and_what_is_not_given_stays_unknown():
    options = Options()
    assert options.length_m("--range-km", "1.5") == 1500.0
    assert options.length_m("--range-km", None) is None
    assert options.time_s("--time-s", "4052") == 4052.0
    assert options.angle_rad("--azimuth-deg", "-180", -180.0, 360.0) == pytest.approx(-pi)
    assert options.rounding("--time-rounding-s", "0", "s") == 0.0
    options.done()


def test_a_time_needs_a_time_zone():
    options = Options()
    assert options.clock("--launch-time", "2022-03-24T05:34:00") is None
    assert options.clock("--launch-time", "yesterday") is None
    assert options.clock("--launch-time", "2022-03-24T05:34Z") == datetime(2022, 3, 24, 5, 34, tzinfo=UTC)
    first, second = faults_of(options)
    assert "has no time zone. Write it such as 2022-03-24T05:34:00Z." in first
    assert "'yesterday' is not a date and time" in second


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_a_place(text):
    options = Options()
    place = options.place("--from", text)
    assert (place is None) == bool(faults_of(options))


@given(st.floats(-90.0, 90.0), st.floats(-180.0, 360.0))
def test_every_place_is_read_back(latitude_deg, longitude_deg):
    options = Options()
    place = options.place("--from", f"{latitude_deg!r},{longitude_deg!r}")
    assert place is not None
    assert place.latitude_rad == pytest.approx(radians(latitude_deg))
    assert (place.longitude_rad - radians(longitude_deg)) % (2.0 * pi) == pytest.approx(0.0, abs=1e-9) or (
        2.0 * pi - (place.longitude_rad - radians(longitude_deg)) % (2.0 * pi)
    ) == pytest.approx(0.0, abs=1e-9)
