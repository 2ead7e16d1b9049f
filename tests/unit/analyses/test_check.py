"""The verdict on reports: what is possible, what is unusual, what cannot be, and that the reasons say so."""

import json
from datetime import UTC, datetime, timedelta
from math import radians

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synaspis.analyses.check import CheckResult, FlightReport, Place, check
from synaspis.engine.kepler import apogee_arc

KM = 1e3


def checked(apogee_km=None, range_km=None, time_s=None, **more) -> CheckResult:
    return check(
        FlightReport(
            apogee_m=None if apogee_km is None else apogee_km * KM,
            range_m=None if range_km is None else range_km * KM,
            time_s=None if time_s is None else float(time_s),
            **more,
        )
    )


def test_24_march_2022_says_why():
    result = checked(6248.5, 1090, 4052)
    assert result.verdict == "impossible"
    assert result.reasons[0].startswith(
        "The reported 4,052 s is 14 s less than the shortest drag-free flight to 6,248.5 km and over 1,090 "
        "km takes "
        "(4,066 s, whatever the place and direction of launch); rounding and the model of the Earth allow 9 "
        "s."
    )
    assert result.minimum_time_s == pytest.approx(4066.3, abs=0.1)
    assert result.margin_s == pytest.approx(-14.3, abs=0.1)


def test_result_as_json():
    document = json.loads(json.dumps(checked(6248.5, 1090, 71 * 60).to_dict()))
    assert document["verdict"] == "consistent"
    assert isinstance(document["reasons"], list)
    assert document["minimum_time_s"] < document["expected_time_s"][0] < 4260 < document["expected_time_s"][1]
    assert document["time_s"] == 4260.0
    assert document["implied_range_m"] is None


@pytest.mark.parametrize(
    ("time_s", "verdict", "words"),
    [
        (1000, "impossible", "Powered ascent and drag only add to it"),
        (1085, "unusual", "quicker than powered ascent and drag let expect"),
        (1200, "consistent", "with powered ascent and drag"),
        (1700, "unusual", "slower than powered ascent and drag let expect"),
        (9000, "impossible", "no thrust and no drag delay a ballistic flight by more than 900 s"),
    ],
)
def test_time_of_a_flight_to_1000_km_over_3000_km(time_s, verdict, words):
    result = checked(1000, 3000, time_s)
    assert result.verdict == verdict
    assert any(words in reason for reason in result.reasons)


@settings(max_examples=25, deadline=None)
@given(st.floats(300.0, 6000.0), st.floats(0.9, 1.1), st.floats(0.0, 360.0), st.floats(-80.0, 80.0))
def test_nothing_beats_gravity_and_knowing_more_never_absolves(apogee_km, factor, azimuth, latitude):
    still = float(apogee_arc(apogee_km * KM, 1000 * KM).time_s)
    blind = checked(apogee_km, 1000, factor * still)
    seen = checked(
        apogee_km, 1000, factor * still, launch=Place(radians(latitude), 0.0), azimuth_rad=radians(azimuth)
    )
    if factor < 0.97:
        assert blind.verdict == "impossible"
    if blind.verdict == "impossible":
        assert seen.verdict == "impossible"


@pytest.mark.parametrize(
    ("apogee_km", "range_km", "words"),
    [
        (
            50,
            5000,
            "even at orbital speed a body of 15,000 kg/m2 falls from there through the air within 2,45",
        ),
        (20, 1000, "and the way up crosses the same air"),
        (100, 10000, "of heating where 5 MW/m2 melts its skin within a second"),
        (1, 100, "lies too deep in the air for a ballistic missile"),
        (
            300,
            25000,
            "No two points of the Earth are 25,000 km apart: half the circumference is 20,003.9 km.",
        ),
        (1000, 20010, "No two points of the Earth are 20,010 km apart"),
        (2e6, 1000, "At 2,000,000 km the Earth no longer holds a body"),
    ],
)
@pytest.mark.parametrize("time_s", [None, 3000])
def test_ranges_that_no_arc_of_the_apogee_fits(apogee_km, range_km, words, time_s):
    result = checked(apogee_km, range_km, time_s)
    assert result.verdict == "impossible"
    assert any(words in reason for reason in result.reasons)
    if apogee_km < 1e6:
        assert result.range_margin_m is not None
        assert result.range_margin_m < 0.0


@pytest.mark.parametrize(
    ("apogee_km", "range_km", "words"),
    [
        (100, 5000, "is depressed: 408.9 km or more is usual for this range, and the"),
        (50, 600, "Lift or thrust on the way would explain it."),
        (9000, 1000, "more than orbital speed (7,910 m/s); no flight of record was so fast."),
    ],
)
def test_arcs_that_are_possible_but_unusual(apogee_km, range_km, words):
    result = checked(apogee_km, range_km)
    assert result.verdict == "unusual"
    assert any(words in reason for reason in result.reasons)


@pytest.mark.parametrize(
    ("apogee_km", "range_km"), [(50, 400), (90, 193), (85, 320), (460, 18000), (1300, 10000)]
)
def test_usual_arcs_without_a_time(apogee_km, range_km):
    """Among them the A-4 of 1942 and a minimum-energy arc of 18,000 km."""
    result = checked(apogee_km, range_km)
    assert result.verdict == "consistent"
    assert result.reasons[0].startswith("No time is reported; ")


def test_apogee_and_time_imply_a_range():
    """15 September 2017: 770 km and 19 minutes; the reported range was 3,700 km."""
    result = checked(770, None, 19 * 60)
    assert result.verdict == "consistent"
    low, high = result.implied_range_m
    assert low < 3700 * KM < high
    assert any("Apogee and time imply a range of" in reason for reason in result.reasons)


def test_apogee_and_a_time_too_short_for_any_range():
    assert checked(6248.5, None, 4052).verdict == "impossible"
    assert checked(6248.5, None, 4000).implied_range_m is None


@pytest.mark.parametrize(
    ("time_s", "verdict"),
    [(100, "impossible"), (240, "unusual"), (500, "consistent"), (4300, "consistent"), (9000, "unusual")],
)
def test_range_and_time_without_apogee(time_s, verdict):
    result = checked(None, 1000, time_s)
    assert result.verdict == verdict
    assert (result.implied_apogee_m is None) == (verdict == "impossible")


def test_range_and_time_imply_the_apogee():
    """28 July 2017: 998 km in 47 min 12 s; the reported apogee was 3,724.9 km."""
    low, high = checked(None, 998, 47 * 60 + 12).implied_apogee_m
    assert low < 3724.9 * KM < high


@pytest.mark.parametrize("values", [{"apogee_km": 100}, {"range_km": 1000}, {"time_s": 500}])
def test_one_value_alone_contradicts_nothing(values):
    assert checked(**values).verdict == "consistent"


def test_a_report_in_conflict_with_itself_names_the_conflict_first():
    launched = datetime(2022, 3, 24, 5, 34, tzinfo=UTC)
    result = checked(
        6248.5, 1090, 71 * 60,
        launch=Place(radians(39.2), radians(125.67)),
        impact=Place(radians(41.5), radians(150.0)),
        launch_time=launched,
        impact_time=launched + timedelta(minutes=71),
    )  # fmt: skip
    assert result.verdict == "impossible"
    assert "does not fit" in result.reasons[0]
    assert "between launch and impact point" in result.reasons[0]


def test_points_and_clocks_stand_in_for_range_and_time():
    launched = datetime(2022, 3, 24, 5, 34, tzinfo=UTC)
    result = checked(
        6248.5,
        launch=Place(radians(39.2), radians(125.67)),
        impact=Place(radians(40.9), radians(138.2)),
        launch_time=launched,
        impact_time=launched + timedelta(minutes=71),
    )
    assert result.verdict == "consistent"
    assert result.time_s == 4260.0
    assert result.range_m == pytest.approx(1080 * KM, abs=40 * KM)
    assert "whatever the place" not in result.reasons[0]


@pytest.mark.parametrize("range_km", [19_000, 19_990, 20_003, 20_004])
def test_near_the_antipode_nothing_breaks(range_km):
    assert checked(None, range_km, 2700).verdict in ("consistent", "unusual")
    assert checked(1200, range_km, 3000).minimum_time_s is not None


@pytest.mark.parametrize("ends", [((90, 0), (-90, 0)), ((0, 0), (0, 180)), ((10, 20), (-10, -160))])
def test_antipodes_are_not_too_far_apart(ends):
    """They are the two ends of the longest geodesic, so the distance alone cannot be impossible."""
    (south, west), (north, east) = (tuple(map(radians, end)) for end in ends)
    result = checked(None, None, 3000, launch=Place(south, west), impact=Place(north, east))
    assert result.verdict != "impossible"
    assert not any("No two points" in reason for reason in result.reasons)


maybe = st.none()
logarithm = st.floats(-2.0, 7.0)


@settings(max_examples=60, deadline=None)
@given(maybe | logarithm, maybe | st.floats(-2.0, 4.7), logarithm, maybe | st.floats(-1.5, 1.5))
def test_no_value_breaks_it(apogee, reach, time, latitude):
    """From centimetres to beyond the Moon: a verdict, a reason, and a document without NaN or infinity."""
    result = checked(
        None if apogee is None else 10.0**apogee,
        None if reach is None else 10.0**reach,
        10.0**time,
        launch=None if latitude is None else Place(latitude, 0.0),
    )
    assert result.verdict in ("consistent", "unusual", "impossible")
    assert all(reason.endswith(".") for reason in result.reasons)
    assert json.dumps(result.to_dict(), allow_nan=False)
