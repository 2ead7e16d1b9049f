"""Whether two states are of one object: chi-square, prediction, and what is said of it."""

import numpy as np
import pytest
from scipy.stats import chi2

from synaspis.coordination.gate import GATE, LONGEST_GAP_US, VAGUE_M, State, compare, state_of
from synaspis.engine.propagate import propagate_free
from synaspis.exchange.demo.flight import fly


def test_the_gate_is_that_of_chi_square():
    assert chi2.ppf(0.999, 3) == pytest.approx(GATE, abs=0.005)


def test_at_one_instant_the_distance_is_that_of_both_covariances(make):
    # Closed form: 500 m along one axis with 300 and 400 m on it is one standard deviation.
    one, two = (
        state_of(make.state(off_m=(off, 0.0, 0.0), sigma_m=sigma)) for off, sigma in ((0, 300), (500, 400))
    )
    found = compare(one, two)
    assert found.squared == pytest.approx(1.0, rel=1e-9)
    assert found.apart_m == pytest.approx(500.0)
    assert found.sigma_m == pytest.approx(500.0)
    assert found.verdict == "same"
    assert found.reason == "predicted 0.5 km apart, squared distance 1.0, at most 16.27 is one object"
    assert compare(two, one) == found


def test_beyond_the_gate_they_are_two(make):
    # 16.27 is 4.034 standard deviations, here of 500 m each on one axis: 2,017 m.
    near, far = (
        compare(state_of(make.state(sigma_m=300)), state_of(make.state(off_m=(off, 0, 0), sigma_m=400)))
        for off in (2_010, 2_024)
    )
    assert near.verdict == "same"
    assert far.verdict == "different"


@pytest.mark.parametrize("gap_s", [0.0, 90.0, 300.0])
def test_of_one_object_the_squared_distance_is_that_of_chi_square(gap_s):
    """Two observers with noise of their own, 300 times; its mean is 3, and 0.1 % lie beyond the gate."""
    flight = fly().ephemeris
    chance = np.random.default_rng(7)
    found = []
    for _ in range(300):
        states = []
        for time_s, position_m, speed_m_s in ((150.0, 300.0, 3.0), (150.0 + gap_s, 800.0, 9.0)):
            position, velocity = flight.at(time_s)
            states.append(
                State(
                    round(time_s * 1e6),
                    tuple(position + position_m * chance.standard_normal(3)),
                    tuple(velocity + speed_m_s * chance.standard_normal(3)),
                    tuple(_triangle(position_m, speed_m_s)),
                )
            )
        found.append(compare(*states).squared)
    # The standard error of the mean of 300 draws is sqrt(6 / 300) = 0.14; 4 of these, and noise of the model.
    assert np.mean(found) == pytest.approx(3.0, abs=0.6)
    assert np.mean(np.array(found) > GATE) < 0.02


def _triangle(position_m, speed_m_s):
    rows, columns = np.tril_indices(6)
    return np.diag([position_m**2] * 3 + [speed_m_s**2] * 3)[rows, columns].tolist()


def test_the_earlier_state_is_predicted_to_the_later_instant(make):
    """Held against the free flight of the engine, 200 s on, where air does not matter."""
    start = state_of(make.state())
    there = propagate_free(np.array([*start.position_ecef_m, *start.velocity_ecef_m_s])[:, None], 200.0, 400)
    later = State(
        start.time_us + 200_000_000,
        tuple(there[:3, 0]),
        tuple(there[3:, 0]),
        tuple(make.triangle(100.0, 1.0)),
    )
    found = compare(start, later)
    assert found.verdict == "same"
    assert found.apart_m < 1.0


def test_a_claim_without_covariance_is_taken_as_a_picture_takes_a_report(make):
    found = compare(
        state_of(make.state(sigma_m=None)), state_of(make.state(off_m=(1_000, 0, 0), sigma_m=None))
    )
    # 1 km each: the variance of the difference is 2 km2.
    assert found.squared == pytest.approx(0.5)
    assert found.reason.endswith("; a covariance that is not shown was taken as 1 km and 100 m/s")


def test_what_is_too_vague_is_said_to_be(make):
    found = compare(
        state_of(make.state(sigma_m=VAGUE_M)), state_of(make.state(off_m=(90e3, 0, 0), sigma_m=VAGUE_M))
    )
    assert found.verdict == "cannot tell"
    assert found.reason.endswith("; the error of 71 km is too large to tell")


def test_what_is_too_far_apart_in_time_is_not_compared(make):
    late = state_of(make.state(LONGEST_GAP_US / 1e6 + 1.0))
    found = compare(state_of(make.state()), late)
    assert (found.verdict, found.squared) == ("different", None)
    assert found.reason == "the states are 1,801 s apart; at most 1,800 s are compared"


def test_what_has_come_down_is_no_object_of_later():
    falling = State(0, (6_400_000.0, 0.0, 0.0), (-2_000.0, 0.0, 0.0))
    flying = State(120_000_000, (6_500_000.0, 0.0, 0.0), (0.0, 1_000.0, 0.0))
    assert compare(falling, flying).reason == "the earlier one has come down before"


@pytest.mark.parametrize("said", [None, {}, {"impact_area": {}}, {"position_ecef_m": [1, 2, 3]}])
def test_where_no_state_is_shown_there_is_none(said):
    assert state_of(said) is None
