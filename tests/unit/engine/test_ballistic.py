"""The motion model: derivatives by differences, prediction against scipy, noise in closed form."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from synaspis.engine.ballistic import (
    FREE_NOISE_M2_S3,
    THRUST_NOISE_M2_S3,
    add_noise,
    advance,
    climb_of,
    height_of,
    longest_step,
    rate,
    step,
)
from synaspis.engine.earth import geodetic_to_ecef
from synaspis.engine.forces import drag_acceleration, free_acceleration
from synaspis.engine.propagate import descend

DRAG = 1.0 / 5000.0
PLACES = [
    pytest.param(60e3, (1000.0, -3000.0, -2000.0), id="in the air, falling"),
    pytest.param(23.4e3, (1000.0, -1500.0, -1500.0), id="deep in the air"),
    pytest.param(400e3, (1000.0, -3000.0, 2000.0), id="free, rising"),
]


def state_at(height_m: float, velocity: tuple[float, float, float]) -> np.ndarray:
    return np.concatenate([geodetic_to_ecef(0.7, 0.3, height_m), velocity])


def acceleration(state: np.ndarray, drag: float) -> np.ndarray:
    force = np.empty(3)
    rate(state, drag, force, np.empty((3, 7)))
    return force


@pytest.mark.parametrize(("height_m", "velocity"), PLACES)
def test_the_acceleration_is_that_of_the_flight_simulation(height_m, velocity):
    state = state_at(height_m, velocity)
    np.testing.assert_allclose(acceleration(state, DRAG), drag_acceleration(*state, DRAG), rtol=1e-9)
    np.testing.assert_allclose(acceleration(state, 0.0), free_acceleration(*state), rtol=1e-12)


@pytest.mark.parametrize(("height_m", "velocity"), PLACES)
def test_the_derivatives_are_the_central_differences_of_the_acceleration(height_m, velocity):
    state, found = state_at(height_m, velocity), np.empty((3, 7))
    rate(state, DRAG, np.empty(3), found)
    for i in range(6):
        shift = np.zeros(6)
        shift[i] = 1.0 if i < 3 else 0.1
        change = acceleration(state + shift, DRAG) - acceleration(state - shift, DRAG)
        # 1e-10 1/s2 is a hundred thousandth of the gradient of gravity.
        np.testing.assert_allclose(found[:, i], change / (2.0 * shift[i]), rtol=2e-5, atol=1e-10)
    change = acceleration(state, DRAG * np.exp(-1e-4)) - acceleration(state, DRAG * np.exp(1e-4))
    np.testing.assert_allclose(found[:, 6], change / 2e-4, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(("height_m", "velocity"), PLACES)
def test_a_prediction_of_twenty_seconds_is_that_of_scipy(height_m, velocity):
    state = state_at(height_m, velocity)

    def motion(_: float, at: np.ndarray) -> np.ndarray:
        return np.concatenate([at[3:], drag_acceleration(*at, DRAG)])

    expected = solve_ivp(motion, (0.0, 20.0), state, "DOP853", rtol=1e-12, atol=1e-9).y[:, -1]
    found = state.copy()
    advance(found, np.eye(6), 20.0, DRAG, 0.0)
    np.testing.assert_allclose(found[:3], expected[:3], atol=0.5)
    np.testing.assert_allclose(found[3:], expected[3:], atol=0.05)


@pytest.mark.parametrize(("height_m", "velocity"), PLACES)
def test_the_sensitivity_is_the_difference_of_two_flights(height_m, velocity):
    state = state_at(height_m, velocity)
    flown, columns = state.copy(), np.eye(6, 7)
    for _ in range(20):
        step(flown, columns, 0.5, DRAG)

    def fly(start: np.ndarray, drag: float) -> np.ndarray:
        at = start.copy()
        for _ in range(20):
            step(at, np.eye(6, 7), 0.5, drag)
        return at

    for i in range(6):
        shift = np.zeros(6)
        shift[i] = 10.0 if i < 3 else 0.1
        change = (fly(state + shift, DRAG) - fly(state - shift, DRAG)) / (2.0 * shift[i])
        np.testing.assert_allclose(columns[:, i], change, rtol=1e-3, atol=1e-6)
    change = (fly(state, DRAG * np.exp(-1e-3)) - fly(state, DRAG * np.exp(1e-3))) / 2e-3
    np.testing.assert_allclose(columns[:, 6], change, rtol=1e-3, atol=1e-3)


def test_noise_of_white_acceleration_has_its_closed_form():
    # Bar-Shalom, Li, Kirubarajan, Estimation with Applications to Tracking and Navigation (2001), 6.2.2.
    covariance = np.zeros((6, 6))
    add_noise(covariance, 3.0, 2.0)
    block = 3.0 * np.array([[8.0 / 3.0, 2.0], [2.0, 2.0]])
    np.testing.assert_allclose(covariance, np.kron(block, np.eye(3)), rtol=1e-15)


def test_in_free_flight_the_noise_of_a_prediction_is_that_of_white_acceleration():
    # Over 5 s the gradient of gravity changes it by a part in 1e4.
    state, covariance, expected = state_at(500e3, (0.0, 3000.0, 3000.0)), np.zeros((6, 6)), np.zeros((6, 6))
    covariance[:] = 1e-12 * np.eye(6)
    advance(state, covariance, 5.0, DRAG, THRUST_NOISE_M2_S3)
    add_noise(expected, FREE_NOISE_M2_S3 + THRUST_NOISE_M2_S3, 5.0)
    np.testing.assert_allclose(np.diag(covariance), np.diag(expected), rtol=1e-3)


def test_a_prediction_of_no_time_changes_nothing():
    state, covariance = state_at(400e3, (1.0, 2.0, 3.0)), np.diag(np.arange(1.0, 7.0))
    before = state.copy(), covariance.copy()
    advance(state, covariance, 0.0, DRAG, 0.0)
    np.testing.assert_array_equal(state, before[0])
    np.testing.assert_array_equal(covariance, before[1])


def test_two_predictions_in_a_row_are_one():
    whole = state_at(30e3, (1000.0, -1500.0, -1500.0)), np.diag([1e4] * 3 + [1e2] * 3)
    parts = whole[0].copy(), whole[1].copy()
    advance(*whole, 4.0, DRAG, 0.0)
    advance(*parts, 1.5, DRAG, 0.0)
    advance(*parts, 2.5, DRAG, 0.0)
    np.testing.assert_allclose(parts[0], whole[0], rtol=0.0, atol=0.05)
    np.testing.assert_allclose(parts[1], whole[1], rtol=0.05, atol=1.0)


def test_the_fastest_state_that_a_report_may_have_stays_finite_at_the_ground():
    # 15 km/s in air of sea level: 28,000 m/s2, for which a step of 1 s would be unstable.
    state = state_at(0.0, (0.0, 15000.0, 0.0))
    assert longest_step(state, DRAG, 1.0) < 0.2
    covariance = np.diag([1e4] * 3 + [1e2] * 3)
    advance(state, covariance, 30.0, DRAG, 0.0)
    assert np.isfinite(state).all()
    assert np.isfinite(covariance).all()
    # Without gravity the speed after a way s is v exp(-rho s / (2 beta)); after t seconds 1 / (1 / v + c t).
    c = 0.5 * 1.225 * DRAG
    assert np.linalg.norm(state[3:]) < 1.1 / (1.0 / 15000.0 + 30.0 * c) + 300.0


def test_height_and_climb_are_those_of_the_ellipsoid():
    state = state_at(123e3, (0.0, 0.0, 0.0))
    assert height_of(state) == pytest.approx(123e3, abs=2.0)
    state[3:] = 10.0 * state[:3] / np.linalg.norm(state[:3])
    assert climb_of(state) == pytest.approx(10.0, abs=1e-9)


def test_an_advance_to_the_ground_is_the_descent_of_the_flight_simulation():
    state = state_at(100e3, (500.0, -2000.0, -3000.0))
    time_s, place, landed = descend(state[:, None], 5000.0)
    assert landed[0]
    advance(state, np.eye(6), float(time_s[0]), DRAG, 0.0)
    np.testing.assert_allclose(state[:3], place[:, 0], atol=5.0)
