"""Kepler propagation and Lambert arcs: there and back, conserved quantities, one the inverse of the other."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from synaspis.core.constants import EARTH_MU_M3_S2
from synaspis.engine.orbit import lambert, propagate

part = st.floats(-1.0, 1.0)


@st.composite
def states(draw):
    position = np.array([draw(part), draw(part), draw(part)]) * 2e7
    velocity = np.array([draw(part), draw(part), draw(part)]) * 1.2e4
    radius, speed = np.linalg.norm(position), np.linalg.norm(velocity)
    assume(radius > 2e6 and speed > 100.0)
    assume(np.linalg.norm(np.cross(position, velocity)) > 1e-3 * radius * speed)
    return position, velocity


def energy(position, velocity):
    return 0.5 * velocity @ velocity - EARTH_MU_M3_S2 / np.linalg.norm(position)


@settings(max_examples=150, deadline=None)
@given(states(), st.floats(-2e4, 2e4))
def test_there_and_back_with_energy_and_momentum_kept(state, time_s):
    position, velocity = state
    end, end_velocity = propagate(position, velocity, time_s)
    assert np.isfinite(end).all()
    scale = abs(energy(position, velocity)) + EARTH_MU_M3_S2 / np.linalg.norm(position)
    momentum = np.cross(position, velocity)
    # A deep dive past the centre amplifies rounding there; the radius of closest approach is bounded by the
    # momentum above.
    assert abs(energy(end, end_velocity) - energy(position, velocity)) < 1e-6 * scale
    assert np.linalg.norm(np.cross(end, end_velocity) - momentum) < 1e-7 * np.linalg.norm(momentum)
    back, _ = propagate(end, end_velocity, -time_s)
    assert np.linalg.norm(back - position) < 1.0


def test_batch_equals_loop():
    random = np.random.default_rng(5)
    position = random.normal(size=(7, 3)) * 1e7
    velocity = random.normal(size=(7, 3)) * 4e3
    time = random.uniform(-5e3, 5e3, 7)
    batch = propagate(position, velocity, time)
    for case in range(7):
        single = propagate(position[case], velocity[case], time[case])
        assert np.allclose(batch[0][case], single[0], rtol=0.0, atol=1e-6)
        assert np.allclose(batch[1][case], single[1], rtol=0.0, atol=1e-9)


def test_whole_revolutions_change_nothing():
    position, velocity = np.array([7e6, 0.0, 0.0]), np.array([0.0, 7.8e3, 1e3])
    axis = 1.0 / (2.0 / 7e6 - velocity @ velocity / EARTH_MU_M3_S2)
    period = 2.0 * np.pi * np.sqrt(axis**3 / EARTH_MU_M3_S2)
    once, _ = propagate(position, velocity, 123.0)
    later, _ = propagate(position, velocity, 123.0 + 5.0 * period)
    assert np.linalg.norm(later - once) < 1e-3


@settings(max_examples=150, deadline=None)
@given(states(), st.floats(0.02, 0.95))
def test_lambert_gives_the_velocities_that_propagation_flew(state, share):
    position, velocity = state
    alpha = 2.0 / np.linalg.norm(position) - velocity @ velocity / EARTH_MU_M3_S2
    period = 2.0 * np.pi / np.sqrt(EARTH_MU_M3_S2 * max(alpha, 1e-8) ** 3)
    time_s = min(share * period, 5e4)
    end, end_velocity = propagate(position, velocity, time_s)
    sine = np.linalg.norm(np.cross(position, end)) / np.linalg.norm(position) / np.linalg.norm(end)
    normal = np.cross(position, velocity)
    # Points on one line leave the plane open, and a polar plane leaves the sense of motion open.
    assume(sine > 1e-3 and abs(normal[2]) > 1e-3 * np.linalg.norm(normal))
    first, last = lambert(position, end, time_s, prograde=bool(normal[2] > 0.0))
    assert np.linalg.norm(first - velocity) < 1e-4 + 1e-6 * np.linalg.norm(velocity)
    assert np.linalg.norm(last - end_velocity) < 1e-4 + 1e-6 * np.linalg.norm(end_velocity)


def test_lambert_has_no_answer_for_points_on_one_line_or_no_time():
    start, end = np.array([7e6, 0.0, 0.0]), np.array([[1.4e7, 0.0, 0.0], [0.0, 8e6, 0.0]])
    first, last = lambert(start, end, np.array([1000.0, 0.0]))
    assert np.isnan(first).all()
    assert np.isnan(last).all()


def test_parabola_and_its_neighbours_agree():
    start, end = np.array([1.0e7, 0.0, 0.0]), np.array([0.0, 1.2e7, 1e6])
    chord = np.linalg.norm(end - start)
    semi = 0.5 * (np.linalg.norm(start) + np.linalg.norm(end) + chord)
    # Euler's equation for the parabola: t = (sqrt 2 / 3) (s^1.5 - (s - c)^1.5) / sqrt mu, short way.
    parabola_s = np.sqrt(2.0) / 3.0 * (semi**1.5 - (semi - chord) ** 1.5) / np.sqrt(EARTH_MU_M3_S2)
    first, _ = lambert(start, end, parabola_s * np.array([1.0 - 1e-6, 1.0, 1.0 + 1e-6]))
    speeds = np.linalg.norm(first, axis=-1)
    assert speeds[1] == pytest.approx(np.sqrt(2.0 * EARTH_MU_M3_S2 / 1e7), rel=1e-9)
    assert speeds[1] == pytest.approx(0.5 * (speeds[0] + speeds[2]), rel=1e-9)
