"""The phases alone, held against other integrators working in the inertial frame."""

import heyoka
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from synaspis.core.constants import (
    EARTH_EQUATORIAL_RADIUS_M,
    EARTH_J2,
    EARTH_MU_M3_S2,
    EARTH_ROTATION_RAD_S,
)
from synaspis.engine.atmosphere import density
from synaspis.engine.earth import ecef_to_eci, ecef_to_geodetic, eci_to_ecef, geodetic_to_ecef
from synaspis.engine.propagate import descend, propagate_free

METRE = 1.0
SPIN = np.array([0.0, 0.0, EARTH_ROTATION_RAD_S])


def states(cases: int, seed: int = 7) -> NDArray[np.float64]:
    """Rising bodies at 120 km all over the Earth, 2 to 5.5 km/s, 20 to 50 degrees above the horizontal."""
    rng = np.random.default_rng(seed)
    up = rng.normal(size=(3, cases))
    up /= np.linalg.norm(up, axis=0)
    level = np.cross(up, rng.normal(size=(3, cases)), axis=0)
    level /= np.linalg.norm(level, axis=0)
    climb, speed = np.radians(rng.uniform(20.0, 50.0, cases)), rng.uniform(2000.0, 5500.0, cases)
    return np.concatenate([6_498_000.0 * up, speed * (np.sin(climb) * up + np.cos(climb) * level)])


@pytest.fixture(scope="module")
def integrator() -> heyoka.taylor_adaptive:
    """Two-body motion with J2 in the inertial frame, from the potential, at the last digit."""
    x, y, z, u, v, w = heyoka.make_vars("x", "y", "z", "u", "v", "w")
    squared = x * x + y * y + z * z
    oblate = EARTH_J2 * EARTH_EQUATORIAL_RADIUS_M**2 * (3.0 * z * z / squared - 1.0) / (2.0 * squared)
    potential = EARTH_MU_M3_S2 / squared**0.5 * (1.0 - oblate)
    pull = [heyoka.diff(potential, axis) for axis in (x, y, z)]
    system = [(x, u), (y, v), (z, w), *zip((u, v, w), pull, strict=True)]
    return heyoka.taylor_adaptive(system, [7e6, 0.0, 0.0, 0.0, 7e3, 0.0], tol=1e-18)


def by_heyoka(
    integrator: heyoka.taylor_adaptive, state: NDArray[np.float64], duration_s: float
) -> NDArray[np.float64]:
    ends = []
    for case in state.T:
        position, velocity = ecef_to_eci(case[:3], case[3:], 0.0)
        integrator.time = 0.0
        integrator.state[:] = np.concatenate([position, velocity])
        integrator.propagate_until(duration_s)
        end = integrator.state.copy()
        ends.append(np.concatenate(eci_to_ecef(end[:3], end[3:], EARTH_ROTATION_RAD_S * duration_s)))
    return np.array(ends).T


def test_free_flight_ends_where_heyoka_says(integrator):
    start = states(12)
    end = propagate_free(start, 900.0, 180)
    exact = by_heyoka(integrator, start, 900.0)
    assert np.linalg.norm(end[:3] - exact[:3], axis=0).max() < 0.01 * METRE
    assert np.linalg.norm(end[3:] - exact[3:], axis=0).max() < 1e-5  # m/s


@pytest.mark.parametrize(("step_s", "error_m"), [(10.0, 0.016), (30.0, 1.2)])
def test_error_after_one_low_orbit_is_what_the_documentation_says(integrator, step_s, error_m):
    period_s = 5400.0
    start = np.concatenate(eci_to_ecef(np.array([6.678e6, 0.0, 0.0]), np.array([0.0, 4.8e3, 6.03e3]), 0.0))[
        :, None
    ]
    end = propagate_free(start, period_s, int(period_s / step_s))
    missed = np.linalg.norm(end[:3] - by_heyoka(integrator, start, period_s)[:3])
    assert missed == pytest.approx(error_m, rel=0.25)


def test_error_falls_with_the_fourth_power_of_the_step(integrator):
    start = states(8)
    exact = by_heyoka(integrator, start, 400.0)
    errors = [np.linalg.norm((propagate_free(start, 400.0, n) - exact)[:3], axis=0) for n in (8, 16, 32)]
    orders = np.log2(np.array([errors[0] / errors[1], errors[1] / errors[2]]))
    assert orders.min() > 3.6
    assert orders.max() < 4.6


def test_a_batch_is_its_cases_one_by_one_each_with_its_own_duration():
    start, duration = states(67), np.linspace(-200.0, 900.0, 67)
    together = propagate_free(start, duration, 40)
    alone = [propagate_free(start[:, [i]], duration[i], 40)[:, 0] for i in range(67)]
    np.testing.assert_allclose(together, np.array(alone).T, rtol=1e-13)
    back = propagate_free(propagate_free(start, 300.0, 200), -300.0, 200)
    np.testing.assert_allclose(back, start, atol=1e-4)


def test_a_case_that_is_not_finite_stays_alone():
    start = states(3)
    start[4, 1] = np.nan
    end = propagate_free(start, 100.0, 10)
    assert np.isnan(end[:, 1]).all()
    assert np.isfinite(end[:, [0, 2]]).all()
    time_s, position, landed = descend(start, 5000.0)
    assert list(landed) == [True, False, True]
    assert np.isnan(time_s[1])
    assert np.isnan(position[:, 1]).all()


def test_nothing_in_nothing_out():
    assert propagate_free(np.empty((6, 0)), 10.0, 1).shape == (6, 0)
    time_s, position, landed = descend(np.empty((6, 0)), 5000.0)
    assert (time_s.shape, position.shape, landed.shape) == ((0,), (3, 0), (0,))


def falling(cases: int) -> NDArray[np.float64]:
    state = states(cases)
    up = state[:3] / np.linalg.norm(state[:3], axis=0)
    state[3:] -= 2.0 * (state[3:] * up).sum(axis=0) * up
    return state


@pytest.mark.parametrize(
    ("ballistic_coefficient_kg_m2", "off_s", "off_m"),
    # A light body stops in the air and then sinks for minutes with the wind that turns with the Earth.
    [(20.0, 1.0, 20.0), (100.0, 0.5, 20.0), (500.0, 0.05, 20.0), (5_000.0, 0.05, 20.0)],
)
def test_descent_ends_where_scipy_says(ballistic_coefficient_kg_m2, off_s, off_m):
    """Inertial frame, density from the formulas of US 1976 instead of the table, height along the normal."""
    start = falling(4)
    time_s, position, landed = descend(start, ballistic_coefficient_kg_m2)
    assert landed.all()
    for case in range(4):

        def rate(t: float, state: NDArray[np.float64]) -> NDArray[np.float64]:
            place, velocity = state[:3], state[3:]
            radius = np.linalg.norm(place)
            axis = np.array([1.0, 1.0, 3.0]) - 5.0 * (place[2] / radius) ** 2
            gravity = -EARTH_MU_M3_S2 / radius**3 * place
            gravity = gravity * (1.0 + 1.5 * EARTH_J2 * (EARTH_EQUATORIAL_RADIUS_M / radius) ** 2 * axis)
            wind = velocity - np.cross(SPIN, place)
            air = density(max(height(t, state), 0.0))
            return np.concatenate(
                [velocity, gravity - 0.5 * air / ballistic_coefficient_kg_m2 * np.linalg.norm(wind) * wind]
            )

        def height(t: float, state: NDArray[np.float64]) -> float:
            # The Earth is the same all round, so the height needs no turning back.
            return float(ecef_to_geodetic(state[:3])[2])

        height.terminal = True  # type: ignore[attr-defined]
        begin = np.concatenate(ecef_to_eci(start[:3, case], start[3:, case], 0.0))
        solved = solve_ivp(
            rate, (0.0, 4_000.0), begin, "DOP853", events=height, rtol=1e-9, atol=1e-3, max_step=2.0
        )
        end_s, end = solved.t_events[0][0], solved.y_events[0][0]
        there, _ = eci_to_ecef(end[:3], end[3:], EARTH_ROTATION_RAD_S * end_s)
        assert time_s[case] == pytest.approx(end_s, abs=off_s)
        assert np.linalg.norm(position[:, case] - there) < off_m * METRE


def test_descent_ends_on_the_ellipsoid():
    _, position, _ = descend(falling(20), 3_000.0)
    latitude, longitude, height_m = ecef_to_geodetic(position.T)
    assert np.abs(height_m).max() < 0.1 * METRE
    np.testing.assert_allclose(geodetic_to_ecef(latitude, longitude, 0.0), position.T, atol=0.2)


def test_what_does_not_come_down_has_not_landed():
    state = states(1)
    state[3:] *= 3.0
    time_s, position, landed = descend(state, 5_000.0)
    assert not landed.any()
    assert np.isnan(time_s).all()
    assert np.isnan(position).all()


def test_a_body_lighter_than_the_steps_can_follow_harms_nothing_but_its_own_case():
    """Its state is no number after some steps, and was an index far outside of the table of the air."""
    rng = np.random.default_rng(5)
    state = np.repeat(falling(1), 640, axis=1) * rng.uniform(1.0, 1.1, (1, 640))
    for ballistic_coefficient_kg_m2 in (1e-3, 1e-6, 1e-30, 1e-300):
        time_s, _, landed = descend(state, ballistic_coefficient_kg_m2)
        assert np.isfinite(time_s[landed]).all()
        assert np.isnan(time_s[~landed]).all()


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match="steps is 0; take at least 1"):
        propagate_free(states(1), 10.0, 0)
    with pytest.raises(ValueError, match=r"state has the shape \(5, 2\); it must be \(6, case\)"):
        propagate_free(np.ones((5, 2)), 10.0, 1)
    with pytest.raises(ValueError, match=r"ballistic_coefficient_kg_m2 is 0.0; it must be above 0"):
        descend(states(1), 0.0)
