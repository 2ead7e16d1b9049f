"""The bounds of ballistic flight: each against what it is made from, and the order in which they must lie."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synaspis.analyses.flight_envelope import (
    CIRCULAR_SPEED_M_S,
    HALF_CIRCUMFERENCE_M,
    HEATING_MAX_W_M2,
    apogee_at_angle,
    burnout_heating,
    depressed_apogee,
    excess_bounds,
    longest_fall,
    longest_range,
    lowest_apogee,
    time_bounds,
)
from synaspis.core.constants import EARTH_MEAN_RADIUS_M
from synaspis.engine.kepler import apogee_arc, minimum_energy_arc, rotating_apogee_arc


@settings(max_examples=60, deadline=None)
@given(st.floats(0.02, 0.98), st.floats(1e4, 1.9e7))
def test_apogee_at_an_angle_gives_an_arc_of_that_angle(share, range_m):
    # The parabola leaves at a quarter turn less a quarter of the range; steeper does not come back.
    angle_rad = share * (np.pi / 2 - range_m / EARTH_MEAN_RADIUS_M / 4)
    arc = apogee_arc(apogee_at_angle(angle_rad, range_m), range_m)
    assert float(arc.flight_path_angle_rad) == pytest.approx(angle_rad, abs=1e-6)


def test_half_circumference_is_that_of_geographiclib():
    """Pole to pole, as the reference value of Karney's near-antipodal case rounds it: 20003931 m."""
    assert pytest.approx(20_003_931.0, abs=1.0) == HALF_CIRCUMFERENCE_M


def test_time_bounds_enclose_every_direction_and_shrink_with_knowledge():
    anything = time_bounds(2e6, 1e6, None, None)
    somewhere = time_bounds(2e6, 1e6, 0.7, None)
    known = time_bounds(2e6, 1e6, 0.7, 1.3)
    exact = float(rotating_apogee_arc(2e6, 1e6, 0.7, 1.3).time_s)
    assert known.low == known.high == exact
    assert anything.low <= somewhere.low < exact < somewhere.high <= anything.high


def test_most_favourable_launch_cancels_the_range_of_a_lofted_flight():
    """The Earth turns the impact point of a westward launch to below the apogee: straight up and down."""
    low = time_bounds(6248.5e3, 1090e3, None, None).low
    assert low == pytest.approx(float(apogee_arc(6248.5e3, 0.0).time_s), abs=0.05)


@pytest.mark.parametrize(
    ("speed_m_s", "excess_s"),
    [
        (5605, 114),
        (6204, 140),
        (6204, 260),
        (6810, 225),
        (7195, 140),
        (7879, 148),
        (7811, 154),
        (5278, 98),
        (4668, 44),
    ],
)
def test_published_excess_times_lie_inside(speed_m_s, excess_s):
    """Reported less rotating drag-free time of the observed flights; the last with 14.5 min."""
    least, most = excess_bounds(float(speed_m_s))
    assert least < excess_s < most


@pytest.mark.parametrize(
    ("apogee_km", "allowed_km", "refused_km"),
    [
        (50, 600, 5000),
        (50, 2700, 5000),
        (80, 3000, 10000),
        (100, 5000, 10000),
        (150, 10000, 16000),
        (30, 250, 1500),
        (10, 100, 600),
    ],
)
def test_longest_range_of_an_apogee(apogee_km, allowed_km, refused_km):
    """Low flights that were reported are allowed (50 km and 600 km in 2019), absurd ones are not."""
    assert allowed_km * 1e3 < longest_range(apogee_km * 1e3) < refused_km * 1e3


def test_no_limit_from_250_km_upward():
    assert longest_range(250e3) == pytest.approx(HALF_CIRCUMFERENCE_M)
    assert longest_range(6e6) == pytest.approx(HALF_CIRCUMFERENCE_M)


@settings(max_examples=60, deadline=None)
@given(st.floats(4e4, 1.9e7))
def test_lowest_apogee_is_the_inverse(range_m):
    assert longest_range(lowest_apogee(range_m)) == pytest.approx(range_m, rel=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.floats(5e4, 1.8e7))
def test_lowest_depressed_and_least_energy_apogees_lie_in_this_order(range_m):
    least = float(minimum_energy_arc(range_m).apogee_m)
    assert lowest_apogee(range_m) < depressed_apogee(range_m) < least


def test_heating_at_the_limit_is_the_limit():
    for apogee in (60e3, 100e3, 150e3):
        heating, height, speed = burnout_heating(apogee, longest_range(apogee))
        assert float(heating) == pytest.approx(HEATING_MAX_W_M2, rel=0.05)
        assert 0.0 < float(height) < apogee
        assert float(speed) < CIRCULAR_SPEED_M_S


def test_heating_melts_two_millimetres_of_aluminium_in_a_second():
    """2,700 kg/m3, 900 J/(kg K) from 20 to 660 degrees, 397 kJ/kg to melt (handbook values)."""
    needed = 2700.0 * 0.002 * (900.0 * 640.0 + 397e3)
    assert needed == pytest.approx(HEATING_MAX_W_M2 * 1.0, rel=0.06)


def test_fall_from_orbital_speed():
    fall = longest_fall(np.array([50e3, 120e3]))
    assert 2.0e6 < fall[0] < 2.5e6
    assert np.isinf(fall[1])
