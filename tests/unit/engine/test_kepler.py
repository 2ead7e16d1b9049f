"""Arcs in closed form against propagated orbits and against flights over the ellipsoid."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from synaspis.core.constants import (
    EARTH_EQUATORIAL_RADIUS_M,
    EARTH_J2,
    EARTH_MEAN_RADIUS_M,
    EARTH_MU_M3_S2,
    EARTH_ROTATION_RAD_S,
)
from synaspis.engine.earth import ecef_to_geodetic, eci_to_ecef, geodetic_to_ecef, local_axes_ecef
from synaspis.engine.kepler import apogee_arc, burnout_arc, longest_range_angle, rotating_apogee_arc
from synaspis.engine.orbit import propagate
from synaspis.geography import geodesic_inverse

METRE = 1.0


@settings(max_examples=100, deadline=None)
@given(st.floats(1e3, 3e7), st.floats(1e3, 1.9e7))
def test_arc_of_apogee_and_range_is_the_one_that_propagation_flies(apogee_m, range_m):
    arc = apogee_arc(apogee_m, range_m)
    speed, angle = float(arc.speed_m_s), float(arc.flight_path_angle_rad)
    start = np.array([EARTH_MEAN_RADIUS_M, 0.0, 0.0])
    velocity = speed * np.array([np.sin(angle), np.cos(angle), 0.0])
    times = float(arc.time_s) * np.array([0.5, 1.0])
    position, _ = propagate(start, velocity, times)
    psi = range_m / EARTH_MEAN_RADIUS_M
    assert np.linalg.norm(position[0]) == pytest.approx(EARTH_MEAN_RADIUS_M + apogee_m, abs=METRE)
    end = EARTH_MEAN_RADIUS_M * np.array([np.cos(psi), np.sin(psi), 0.0])
    assert np.linalg.norm(position[1] - end) < 2.0 * METRE


@settings(max_examples=100, deadline=None)
@given(st.floats(0.0, 3e5), st.floats(500.0, 7500.0), st.floats(0.02, 1.55))
def test_arc_from_burnout_is_the_one_that_propagation_flies(height_m, speed_m_s, angle_rad):
    arc = burnout_arc(height_m, speed_m_s, angle_rad, 0.0)
    start = np.array([EARTH_MEAN_RADIUS_M + height_m, 0.0, 0.0])
    velocity = speed_m_s * np.array([np.sin(angle_rad), np.cos(angle_rad), 0.0])
    position, _ = propagate(start, velocity, float(arc.time_s))
    assert np.linalg.norm(position) == pytest.approx(EARTH_MEAN_RADIUS_M, abs=METRE)
    turned = np.arctan2(position[1], position[0]) % (2.0 * np.pi)
    assert turned * EARTH_MEAN_RADIUS_M == pytest.approx(float(arc.range_m), abs=METRE)


def test_vertical_shot_is_the_limit_of_no_range():
    arc = apogee_arc(1e6, np.array([0.0, 1.0]))
    assert np.all(np.isfinite(arc.time_s))
    assert arc.time_s[0] == pytest.approx(arc.time_s[1], abs=1e-3)
    assert float(arc.flight_path_angle_rad[0]) == pytest.approx(np.pi / 2, abs=1e-6)


def test_no_arc_from_escape_speed_nor_to_a_height_above_the_apogee():
    arc = burnout_arc(100e3, np.array([11_200.0, 2_000.0]), 0.7, np.array([0.0, 900e3]))
    assert np.isnan(arc.time_s).all()
    assert np.isnan(longest_range_angle(100e3, 8_000.0)[0])


def test_turning_earth_lengthens_eastward_and_shortens_westward_flight_of_one_apogee():
    still = apogee_arc(2e6, 1e6).time_s
    east, west, north = rotating_apogee_arc(2e6, 1e6, 0.6, np.radians([90.0, 270.0, 0.0])).time_s
    assert east > north > still > west


def test_inertial_range_of_a_turning_earth_against_rotated_vectors():
    """Rodrigues' formula on unit vectors, apart from the trigonometry of the program."""
    latitude, azimuth, distance = 0.7, 1.2, 3e6
    arc = rotating_apogee_arc(1.5e6, distance, latitude, azimuth)
    east, north, up = local_axes_ecef(latitude, 0.0)
    angle = distance / EARTH_MEAN_RADIUS_M
    target = np.cos(angle) * up + np.sin(angle) * (np.sin(azimuth) * east + np.cos(azimuth) * north)
    turn = EARTH_ROTATION_RAD_S * float(arc.time_s)
    pole = np.array([0.0, 0.0, 1.0])
    moved = target * np.cos(turn) + np.cross(pole, target) * np.sin(turn)
    moved += pole * target[2] * (1.0 - np.cos(turn))
    inertial = np.arccos(moved @ up) * EARTH_MEAN_RADIUS_M
    assert float(arc.range_m) == pytest.approx(inertial, abs=METRE)


def flown_with_j2(latitude: float, azimuth: float, speed: float, angle: float) -> tuple[float, ...]:
    """Time (s), apogee and range (m), azimuth (rad) of free flight over the turning ellipsoid, by DOP853."""
    east, north, up = local_axes_ecef(latitude, 0.0)
    level = np.sin(azimuth) * east + np.cos(azimuth) * north
    start = geodetic_to_ecef(latitude, 0.0, 0.0)

    def rate(_: float, state: np.ndarray) -> np.ndarray:
        position, velocity = state[:3], state[3:]
        radius = np.linalg.norm(position)
        squash = 1.5 * EARTH_J2 * EARTH_MU_M3_S2 * EARTH_EQUATORIAL_RADIUS_M**2 / radius**5
        polar = 5.0 * position[2] ** 2 / radius**2
        pull = EARTH_MU_M3_S2 / radius**3 * position
        return np.concatenate([velocity, -pull - squash * position * (np.array([1.0, 1.0, 3.0]) - polar)])

    def height(time: float, state: np.ndarray) -> float:
        return 1.0 if time < 5.0 else float(ecef_to_geodetic(state[:3])[2])

    height.terminal, height.direction = True, -1.0
    velocity = speed * (np.cos(angle) * level + np.sin(angle) * up)
    flown = solve_ivp(
        rate, (0.0, 2e4), np.concatenate([start, velocity]), "DOP853",
        events=height, rtol=1e-9, atol=1e-3, dense_output=True,
    )  # fmt: skip
    end = float(flown.t[-1])
    apogee = float(ecef_to_geodetic(flown.sol(np.linspace(0.0, end, 4001))[:3].T)[2].max())
    impact, _ = eci_to_ecef(flown.y[:3, -1], flown.y[3:, -1], EARTH_ROTATION_RAD_S * end)
    to_latitude, to_longitude, _ = ecef_to_geodetic(impact)
    distance, bearing = geodesic_inverse(latitude, 0.0, float(to_latitude), float(to_longitude))[:2]
    return end, apogee, float(distance), float(bearing)


@pytest.mark.parametrize(
    ("latitude_deg", "azimuth_deg", "speed_m_s", "angle_deg"),
    [
        (0, 90, 7000, 60),
        (0, 270, 7200, 87),
        (89, 0, 7500, 88),
        (74, 10, 7000, 22),
        (-60, 200, 4500, 40),
        (40, 80, 7700, 86),
    ],
)
def test_sphere_keeps_the_time_of_the_ellipsoid_within_a_fifth_of_a_percent(
    latitude_deg, azimuth_deg, speed_m_s, angle_deg
):
    """The allowance of `analyses.flight_envelope.MODEL_ERROR`; 80 random flights stayed within 0.16 %."""
    latitude = np.radians(latitude_deg)
    flown = flown_with_j2(latitude, np.radians(azimuth_deg), speed_m_s, np.radians(angle_deg))
    time_s, apogee_m, range_m, bearing = flown
    arc = rotating_apogee_arc(apogee_m, range_m, latitude, bearing)
    assert float(arc.time_s) == pytest.approx(time_s, rel=2e-3)
