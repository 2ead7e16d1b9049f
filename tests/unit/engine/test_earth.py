"""Places, axes and frames: round trips, special places, and motion that only the right frame shows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synaspis.core.constants import EARTH_EQUATORIAL_RADIUS_M, EARTH_POLAR_RADIUS_M, EARTH_ROTATION_RAD_S
from synaspis.engine.earth import (
    ecef_to_eci,
    ecef_to_geodetic,
    eci_to_ecef,
    geodetic_to_ecef,
    local_axes_ecef,
    normal_gravity,
)

NANOMETRE = 1e-9
latitudes = st.floats(-np.pi / 2, np.pi / 2)
longitudes = st.floats(-np.pi, np.pi)
heights = st.floats(-5e6, 4e7)


@settings(max_examples=200, deadline=None)
@given(latitudes, longitudes, heights)
def test_geodetic_round_trip_closes_to_rounding(latitude, longitude, height):
    position = geodetic_to_ecef(latitude, longitude, height)
    again = geodetic_to_ecef(*ecef_to_geodetic(position))
    # One unit in the last place of a coordinate is 1 nm near the surface and 7 nm at geostationary height.
    unit = np.spacing(max(np.linalg.norm(position), EARTH_EQUATORIAL_RADIUS_M))
    assert np.abs(again - position).max() <= 6.0 * unit
    assert abs(float(ecef_to_geodetic(position)[2]) - height) <= 6.0 * unit


def test_round_trip_on_the_ground_is_within_three_units_of_rounding():
    latitude, longitude = np.meshgrid(np.linspace(-np.pi / 2, np.pi / 2, 181), np.linspace(-np.pi, np.pi, 73))
    position = geodetic_to_ecef(latitude, longitude, 0.0)
    assert position.shape == (73, 181, 3)
    assert np.abs(geodetic_to_ecef(*ecef_to_geodetic(position)) - position).max() < 3.0 * NANOMETRE


@pytest.mark.parametrize(
    ("position_ecef_m", "latitude_deg", "height_m"),
    [
        ((EARTH_EQUATORIAL_RADIUS_M, 0.0, 0.0), 0.0, 0.0),
        ((0.0, 0.0, EARTH_POLAR_RADIUS_M + 12.5), 90.0, 12.5),
        ((0.0, 0.0, -EARTH_POLAR_RADIUS_M), -90.0, 0.0),
    ],
)
def test_equator_and_poles(position_ecef_m, latitude_deg, height_m):
    latitude, longitude, height = ecef_to_geodetic(position_ecef_m)
    assert np.degrees(latitude) == pytest.approx(latitude_deg, abs=1e-13)
    assert float(longitude) == 0.0
    assert float(height) == pytest.approx(height_m, abs=2.0 * NANOMETRE)


def test_local_axes_are_right_handed_and_point_as_named():
    latitude, longitude = np.array([-1.2, 0.0, 0.7]), np.array([3.0, 0.0, -2.0])
    east, north, up = local_axes_ecef(latitude, longitude)
    assert np.allclose(np.cross(east, north), up, atol=1e-15)
    here = geodetic_to_ecef(latitude, longitude, 0.0)
    step = 1e-6
    for axis, moved in (
        (east, geodetic_to_ecef(latitude, longitude + step, 0.0)),
        (north, geodetic_to_ecef(latitude + step, longitude, 0.0)),
        (up, geodetic_to_ecef(latitude, longitude, 10.0)),
    ):
        way = moved - here
        way /= np.linalg.norm(way, axis=-1)[..., None]
        assert np.allclose(way, axis, atol=2e-6)


@settings(max_examples=50, deadline=None)
@given(st.floats(-10.0, 10.0))
def test_frames_round_trip(angle):
    position, velocity = np.array([[7e6, -1e6, 2e6]]), np.array([[1e3, 7e3, -2e3]])
    there = ecef_to_eci(position, velocity, angle)
    back = eci_to_ecef(*there, angle)
    assert np.allclose(back[0], position, atol=1e-8)
    assert np.allclose(back[1], velocity, atol=1e-11)


def test_a_point_at_rest_on_the_ground_moves_along_its_parallel_in_eci():
    """Finite difference of the position over a second, an oracle without the cross product."""
    place = geodetic_to_ecef(0.6, 1.1, 0.0)
    start, velocity = ecef_to_eci(place, np.zeros(3), 0.3)
    half = 0.5 * EARTH_ROTATION_RAD_S
    later = ecef_to_eci(place, np.zeros(3), 0.3 + half)[0]
    earlier = ecef_to_eci(place, np.zeros(3), 0.3 - half)[0]
    assert np.allclose(velocity, later - earlier, atol=1e-6)
    assert abs(velocity @ start) < 1e-3


def test_normal_gravity_falls_with_height_as_the_series_of_grs80_says():
    """0.3087691 - 0.0004398 sin^2 mGal a metre (Featherstone and Dentith, Comput. Geosci. 23, 1997)."""
    latitude = np.radians([0.0, 45.0, 90.0])
    drop = normal_gravity(latitude) - normal_gravity(latitude, 100.0)
    expected = (0.3087691 - 0.0004398 * np.sin(latitude) ** 2) * 1e-5 * 100.0
    assert np.allclose(drop, expected, rtol=1e-4)
