"""Where fragments come down, against closed forms of the fall without air and against sums of momentum."""

from math import cos, radians, sqrt

import numpy as np
import pytest
import shapely

from synaspis.analyses.consequences.fall import (
    DIRECTIONS,
    Spread,
    directions,
    fall_areas,
    fragments,
    landing_deg,
)
from synaspis.analyses.consequences.ground import area_m2, beneath, overflown, people_in
from synaspis.core.constants import EARTH_EQUATORIAL_RADIUS_M, EARTH_MU_M3_S2, EARTH_ROTATION_RAD_S
from synaspis.engine.earth import geodetic_to_ecef, local_axes_ecef
from synaspis.engine.flyout import flyout_table
from synaspis.engine.flyout_path import flyout_path
from synaspis.engine.parameters import Interceptor

NO_AIR_KG_M2 = 1e12
METRE_DEG = 360.0 / 40_075_017.0


def at(latitude_deg: float, longitude_deg: float, height_m: float, east: float, north: float, up: float):
    """A state over a place with a velocity in the local axes."""
    place = (radians(latitude_deg), radians(longitude_deg))
    axes = local_axes_ecef(*place)
    velocity = east * axes[0] + north * axes[1] + up * axes[2]
    return np.concatenate([geodetic_to_ecef(*place, height_m), velocity])[None]


def metres(points_deg: np.ndarray, latitude_deg: float) -> np.ndarray:
    """Displacements in metres of displacements in degrees, longitude first."""
    return points_deg / METRE_DEG * np.array([cos(radians(latitude_deg)), 1.0])


def test_directions_are_unit_vectors_without_a_sum():
    # Momentum: what flies one way is balanced by what flies the other.
    np.testing.assert_allclose(np.linalg.norm(directions(), axis=1), 1.0, rtol=1e-15)
    assert abs(directions().sum(axis=0)).max() < 1e-12
    # Even over the sphere: the mean of u u' is a third of the unit matrix.
    np.testing.assert_allclose(directions().T @ directions() / DIRECTIONS, np.eye(3) / 3.0, atol=0.02)


def test_without_air_the_fall_area_of_a_body_at_rest_is_the_circle_of_the_closed_form():
    # Flat Earth, constant gravity: a fragment at elevation e comes down at w cos e t(e) with
    # t = (w sin e + sqrt(w^2 sin^2 e + 2 g h)) / g; the greatest is w sqrt(w^2 + 2 g h) / g.
    height, change = 20_000.0, 50.0
    gravity = EARTH_MU_M3_S2 / (EARTH_EQUATORIAL_RADIUS_M + 0.5 * height) ** 2
    gravity -= EARTH_ROTATION_RAD_S**2 * EARTH_EQUATORIAL_RADIUS_M
    radius = change * sqrt(change**2 + 2.0 * gravity * height) / gravity
    area = fall_areas(
        at(0.0, 10.0, height, 0.0, 0.0, 0.0), NO_AIR_KG_M2, Spread(change, NO_AIR_KG_M2, NO_AIR_KG_M2)
    )[0]
    assert area is not None
    corners = metres(np.array(area.shape.exterior.coords) - area.centre, 0.0)
    distance = np.linalg.norm(corners, axis=1)
    assert distance.max() == pytest.approx(radius, rel=0.01)
    # A hull of 50 directions lies inside the circle, and fills most of it.
    assert area_m2(area.shape) == pytest.approx(np.pi * radius**2, rel=0.15)
    assert area_m2(area.shape) < np.pi * radius**2


def test_without_air_the_fall_ellipse_of_a_flying_body_is_that_of_first_order():
    # Flat Earth: landing x = v_x t, y = v_y t, t = (v_z + sqrt(v_z^2 + 2 g h)) / g. To first order in the
    # velocity change w u the displacement is w (t u_x + v_x t_z u_z, t u_y) with t_z = t / root.
    height, forward, upward, change = 30_000.0, 300.0, 100.0, 5.0
    gravity = EARTH_MU_M3_S2 / (EARTH_EQUATORIAL_RADIUS_M + 0.5 * height) ** 2
    gravity -= EARTH_ROTATION_RAD_S**2 * EARTH_EQUATORIAL_RADIUS_M
    root = sqrt(upward**2 + 2.0 * gravity * height)
    time = (upward + root) / gravity
    state = at(0.0, 10.0, height, 0.0, forward, upward)
    centre = landing_deg(state, NO_AIR_KG_M2)
    found = metres(landing_deg(fragments(state, change), NO_AIR_KG_M2)[0] - centre, 0.0)
    u = directions()
    east, north, up = (u @ axis for axis in local_axes_ecef(0.0, radians(10.0)))
    expected = change * np.column_stack([time * east, time * north + forward * time / root * up])
    # Curvature of the Earth, its turning and second order: 2 per cent of the ellipse.
    np.testing.assert_allclose(found, expected, atol=0.02 * change * time)


def test_on_a_round_earth_a_body_falls_where_kepler_says():
    # A vertical fall from rest in the inertial frame keeps its meridian; seen from the turning Earth it lands
    # east of where it is let go with the ground: over the equator by 2/3 h sqrt(2 h / g) omega (Coriolis).
    height = 10_000.0
    gravity = 9.780
    eastward = 2.0 / 3.0 * height * sqrt(2.0 * height / gravity) * EARTH_ROTATION_RAD_S
    centre = landing_deg(at(0.0, 10.0, height, 0.0, 0.0, 0.0), NO_AIR_KG_M2)[0]
    assert (centre[0] - 10.0) / METRE_DEG == pytest.approx(eastward, abs=1.0)
    assert abs(centre[1]) / METRE_DEG < 0.01


@pytest.mark.parametrize("ballistic_coefficient_kg_m2", [NO_AIR_KG_M2, 2000.0, 200.0])
@pytest.mark.parametrize("height_m", [60_000.0, 200_000.0])
def test_momentum_the_mean_of_the_fragments_is_the_body_itself(height_m, ballistic_coefficient_kg_m2):
    # Directions cancel in pairs, so the mean differs in second order only.
    change = 20.0
    state = at(45.0, 30.0, height_m, -1500.0, -500.0, -800.0)
    centre = landing_deg(state, ballistic_coefficient_kg_m2)[0]
    points = landing_deg(fragments(state, change), ballistic_coefficient_kg_m2)[0]
    spread = metres(points - centre, 45.0)
    widest = np.linalg.norm(spread, axis=1).max()
    assert widest > 1_000.0 if ballistic_coefficient_kg_m2 > 1e3 else widest > 10.0
    assert np.linalg.norm(spread.mean(axis=0)) < 0.03 * widest


def test_more_velocity_change_and_more_doubt_of_drag_widen_the_area():
    state = at(45.0, 30.0, 100_000.0, -1500.0, 0.0, -500.0)
    narrow, wide, doubtful = (
        fall_areas(state, 500.0, spread)[0]
        for spread in (Spread(50.0, 500.0, 500.0), Spread(200.0, 500.0, 500.0), Spread(200.0, 50.0, 2000.0))
    )
    assert area_m2(narrow.shape) < area_m2(wide.shape) < area_m2(doubtful.shape)
    for area in (narrow, wide, doubtful):
        assert area.shape.buffer(1e-6).contains(shapely.Point(area.centre))


def test_a_body_that_leaves_the_earth_has_no_fall_area():
    away = at(0.0, 0.0, 300_000.0, 0.0, 0.0, 12_000.0)
    assert fall_areas(away, 500.0, Spread(10.0, 100.0, 1000.0)) == [None]


def test_an_area_across_the_180th_meridian_is_one_area():
    state = at(0.0, 179.9, 100_000.0, 0.0, 0.0, 0.0)
    area = fall_areas(state, 500.0, Spread(200.0, 100.0, 1000.0))[0]
    elsewhere = fall_areas(at(0.0, 19.9, 100_000.0, 0.0, 0.0, 0.0), 500.0, Spread(200.0, 100.0, 1000.0))[0]
    # The directions are fixed to the Earth, so that the hull of another place has other corners.
    assert area_m2(area.shape) == pytest.approx(area_m2(elsewhere.shape), rel=0.01)
    assert area.shape.bounds[2] > 180.0


def test_areas_on_the_ellipsoid_match_that_of_the_whole():
    # The whole ellipsoid WGS84 has 510,065,621.7 km2 (NIMA TR8350.2).
    whole = area_m2(shapely.box(-180, -90, 180, 90))
    assert whole == pytest.approx(510_065_621.724e6, rel=1e-9)


def test_countries_under_a_box_over_a_border_checked_by_hand():
    # 43.5 to 44.5 north, 25 to 27 east: the Danube divides it between Romania (north) and Bulgaria (south).
    box = shapely.box(25.0, 43.5, 27.0, 44.5)
    grounds = beneath(box)
    assert {ground.country for ground in grounds} == {"RO", "BG"}
    assert sum(ground.share for ground in grounds) == pytest.approx(1.0, abs=1e-3)
    assert sum(ground.people for ground in grounds) == people_in(box)
    # Bucharest (44.43 N, 26.10 E, some 1.8 million) is in it.
    assert next(ground for ground in grounds if ground.country == "RO").people > 1_500_000


def test_countries_under_a_track_checked_by_hand():
    # Along 40 north from Ankara (32.9 east) to Baku (49.9 east): Turkey, Armenia, Azerbaijan.
    longitude = np.radians(np.linspace(32.9, 49.8, 400))
    over = overflown(np.full(400, radians(40.0)), longitude, np.linspace(50e3, 90e3, 400))
    assert [each.country for each in over] == ["AM", "AZ", "TR"]
    lowest = {each.country: each.lowest_altitude_m for each in over}
    assert lowest["TR"] == 50e3
    assert lowest["TR"] < lowest["AM"] < lowest["AZ"] + 5e3 < 90e3


@pytest.mark.parametrize(
    ("range_km", "altitude_km", "share"),
    # The second lies under the arc of the lowest elevation, which is pressed down to it.
    [(300, 120, 0.02), (600, 200, 0.04), (100, 250, 0.02)],
)
def test_the_path_of_an_interceptor_arrives_when_the_flyout_table_says(range_km, altitude_km, share):
    interceptor = Interceptor(4500.0, 90.0, np.inf, 70e3, 500e3, np.inf, 400.0, radians(20.0))
    path = flyout_path(interceptor, 1e3 * range_km, 1e3 * altitude_km)
    expected = flyout_table(interceptor).at(1e3 * range_km, 1e3 * altitude_km)
    assert path.time_s[-1] == pytest.approx(float(expected), rel=0.01)
    assert path.range_m[-1] == pytest.approx(1e3 * range_km, rel=0.01)
    assert path.altitude_m[-1] == pytest.approx(1e3 * altitude_km, rel=0.01)
    # Energy: the burnout speed less the climb, v^2 = v0^2 - 2 g R (h - h_b) / (R + h).
    burnout = float(np.interp(90.0, path.time_s, path.altitude_m))
    fall = 2.0 * EARTH_MU_M3_S2 * (1.0 / (6_371e3 + burnout) - 1.0 / (6_371e3 + path.altitude_m[-1]))
    speed = np.hypot(path.speed_level_m_s, path.speed_up_m_s)
    assert speed == pytest.approx(sqrt(4500.0**2 - fall), rel=share)
    assert path.speed_level_m_s > 0.0


def test_a_place_beyond_the_fan_has_no_path():
    interceptor = Interceptor(3000.0, 60.0, np.inf, 70e3, 500e3, np.inf, 300.0, radians(20.0))
    assert flyout_path(interceptor, 3_000e3, 100e3) is None
    assert flyout_path(interceptor, 100e3, 3_000e3) is None
