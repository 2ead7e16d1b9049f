"""The kernels of the tracker, one by one; the filter as a whole is held against Stone Soup elsewhere."""

import numpy as np
import pytest
from scipy.stats import chi2

from synaspis.engine.ballistic import advance
from synaspis.engine.earth import geodetic_to_ecef
from synaspis.engine.gaussian import combine, intersect
from synaspis.engine.tracking import (
    BALLISTIC_COEFFICIENT_KG_M2,
    GATE,
    LATE,
    LONGEST_GAP_US,
    RESTARTED,
    SURPRISE,
    THRUST_CEILING_M,
    THRUST_MEMORY_US,
    USED,
    absorb,
    fuse,
    nearest,
    separation,
)

DRAG = 1.0 / BALLISTIC_COEFFICIENT_KG_M2
R = np.diag([300.0**2] * 3 + [10.0**2] * 3)
SECOND = 1_000_000
START = np.concatenate([geodetic_to_ecef(0.7, 0.3, 200e3), [1000.0, -2500.0, 1500.0]])


def flown(state: np.ndarray, seconds: float, covariance: np.ndarray = R) -> tuple[np.ndarray, np.ndarray]:
    x, p = state.copy(), covariance.copy()
    advance(x, p, seconds, DRAG, 0.0)
    return x, p


class Slots:
    """Source tracks as the kernels take them."""

    def __init__(self, count: int) -> None:
        self.states, self.covariances = np.zeros((count, 6)), np.zeros((count, 6, 6))
        self.times_us, self.thrust_us = np.full(count, -1), np.zeros(count, int)
        self.old = np.zeros((count, 6)), np.zeros((count, 6, 6)), np.full(count, -1)

    def absorb(self, row, states, times_us, *, tracklet=True, covariance=R) -> list[int]:
        outcome = np.empty(len(row), int)
        absorb(
            np.array(row), np.arange(len(row)), np.array(states), np.stack([covariance] * len(row)),
            np.array(times_us), np.full(len(row), tracklet), self.states, self.covariances, self.times_us,
            self.thrust_us, *self.old, outcome,
        )  # fmt: skip
        return outcome.tolist()


def test_the_gates_are_what_chance_exceeds_once_in_a_million_and_once_in_a_thousand():
    assert chi2.sf(SURPRISE, 6) == pytest.approx(1e-6, rel=0.01)
    assert chi2.sf(GATE, 6) == pytest.approx(1e-3, rel=0.01)


def test_a_tracklet_is_filtered_and_a_track_replaces():
    later, spread = flown(START, 2.0)
    measured = later + 5.0
    for tracklet in (True, False):
        slots = Slots(1)
        assert slots.absorb([0, 0], [START, measured], [0, 2 * SECOND], tracklet=tracklet) == [
            RESTARTED,
            USED,
        ]
        x, p = np.empty(6), np.empty((6, 6))
        combine(later, spread, 1.0, measured, R, 1.0, x, p)
        np.testing.assert_array_equal(slots.states[0], x if tracklet else measured)
        np.testing.assert_array_equal(slots.covariances[0], p if tracklet else R)


@pytest.mark.parametrize("time_us", [0, SECOND, 2 * SECOND])
def test_a_report_not_later_than_the_estimate_changes_nothing(time_us):
    slots = Slots(1)
    slots.absorb([0], [START], [2 * SECOND])
    assert slots.absorb([0], [START + 1.0], [time_us]) == [LATE]
    np.testing.assert_array_equal(slots.states[0], START)
    assert slots.times_us[0] == 2 * SECOND


def test_after_a_long_gap_the_estimate_is_the_report_alone():
    slots = Slots(1)
    gap_s = 1e-6 * LONGEST_GAP_US + 1.0
    measured = flown(START, gap_s)[0]
    outcome = slots.absorb([0, 0], [START, measured], [0, LONGEST_GAP_US + SECOND])
    assert outcome == [RESTARTED, RESTARTED]
    np.testing.assert_array_equal(slots.covariances[0], R)
    assert slots.thrust_us[0] == 0


def test_a_report_far_from_free_flight_restarts_the_track_and_means_thrust_while_it_climbs():
    thrust = flown(START, 2.0)[0] + np.array([0.0, 0.0, 100.0, 0.0, 0.0, 100.0])
    slots = Slots(1)
    assert slots.absorb([0, 0], [START, thrust], [0, 2 * SECOND]) == [RESTARTED, RESTARTED]
    np.testing.assert_array_equal(slots.states[0], thrust)
    assert slots.thrust_us[0] == 2 * SECOND + THRUST_MEMORY_US


FALLING = np.concatenate([geodetic_to_ecef(0.7, 0.3, 200e3), [0.0, 0.0, -1500.0]])
HIGH = np.concatenate([geodetic_to_ecef(0.7, 0.3, THRUST_CEILING_M + 1e4), [1e3, -2e3, 2e3]])


@pytest.mark.parametrize("start", [FALLING, HIGH], ids=["falling", "high"])
def test_no_thrust_is_assumed_of_what_falls_or_is_above_every_burnout(start):
    slots = Slots(1)
    off = flown(start, 2.0)[0] + np.array([0.0, 0.0, 0.0, 0.0, 200.0, 0.0])
    assert slots.absorb([0, 0], [start, off], [0, 2 * SECOND]) == [RESTARTED, RESTARTED]
    assert slots.thrust_us[0] == 0


@pytest.mark.parametrize(("sigma_m_s", "noticed_s"), [(3.0, 4), (10.0, 5), (30.0, 11)])
def test_thrust_shows_in_reports_that_replace_each_other_after_some_seconds(sigma_m_s, noticed_s):
    """A source that filters, so that no report is far from the one before; 30 m/s2 along the way."""
    covariance, slots = np.diag([(10.0 * sigma_m_s) ** 2] * 3 + [sigma_m_s**2] * 3), Slots(1)
    state, noticed = START.copy(), None
    for second in range(28):
        slots.absorb([0], [state], [second * SECOND], tracklet=False, covariance=covariance)
        if noticed is None and slots.thrust_us[0] > 0:
            noticed = second
        push = 30.0 * state[3:] / np.linalg.norm(state[3:])
        state = flown(state, 1.0)[0] + np.concatenate([0.5 * push, push])
    assert noticed is not None
    assert noticed <= noticed_s


def test_free_flight_shows_no_thrust_in_reports_that_replace_each_other():
    slots, rng = Slots(1), np.random.default_rng(5)
    for second in range(60):
        state = flown(START, float(second))[0] + np.sqrt(np.diag(R)) * rng.normal(size=6)
        slots.absorb([0], [state], [second * SECOND], tracklet=False)
    assert slots.thrust_us[0] == 0


def test_while_thrust_is_assumed_the_filter_trusts_its_prediction_less():
    steady, thrusting = Slots(1), Slots(1)
    for slots, thrust_us in ((steady, 0), (thrusting, 10 * SECOND)):
        slots.absorb([0], [START], [0])
        slots.thrust_us[0] = thrust_us
        slots.absorb([0], [flown(START, 1.0)[0]], [SECOND])
    assert np.all(np.diag(thrusting.covariances[0]) > np.diag(steady.covariances[0]))


def test_rows_of_other_tracks_do_not_change_a_row_by_a_bit():
    measured = [flown(START, float(second))[0] + second for second in range(4)]
    alone, crowd = Slots(1), Slots(3)
    alone.absorb([0] * 4, measured, [n * SECOND for n in range(4)])
    order, states, times = [], [], []
    for n in range(4):
        for k in (1, 2, 0):
            order.append(k)
            states.append(measured[n] + 10.0 * k)
            times.append(n * SECOND)
    crowd.absorb(order, states, times)
    np.testing.assert_array_equal(crowd.states[0], alone.states[0])
    np.testing.assert_array_equal(crowd.covariances[0], alone.covariances[0])


def test_the_separation_of_two_estimates_allows_for_any_correlation():
    other = START + np.array([300.0, 0.0, 0.0, 0.0, 10.0, 0.0])
    far, spread = separation(START, R, SECOND, 0, other, R, SECOND, 0)
    # Each of the two differences is one standard deviation; the covariance is 2 (R + R).
    assert far == pytest.approx(2.0 / 4.0, rel=1e-9)
    assert spread == pytest.approx(np.linalg.slogdet(4.0 * R)[1], rel=1e-12)


def test_the_separation_is_taken_at_the_later_of_the_two_times():
    later, spread = flown(START, 5.0)
    found = separation(START, R, 0, 0, later, spread, 5 * SECOND, 0)
    back = separation(later, spread, 5 * SECOND, 0, START, R, 0, 0)
    assert found[0] == pytest.approx(0.0, abs=1e-12)
    assert back[0] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("other_us", [LONGEST_GAP_US + 1, -LONGEST_GAP_US - 1])
def test_estimates_too_far_apart_in_time_are_not_compared(other_us):
    assert separation(START, R, 0, 0, START, R, other_us, 0) == (np.inf, np.inf)


def test_the_nearest_object_wins_and_closed_ones_do_not_count():
    offsets = np.array([30e3, 2e3, 1e3, 500e3])
    states = np.stack([START] * 4)
    states[:, 0] += offsets
    arrays = (states, np.stack([R] * 4), np.zeros(4, int), np.zeros(4, int))
    opened = np.zeros(4, bool)
    assert nearest(START, R, 0, 0, 4, *arrays, opened) == 2
    opened[2] = True
    assert nearest(START, R, 0, 0, 4, *arrays, opened) == 1
    opened[1] = True
    assert nearest(START, R, 0, 0, 4, *arrays, opened) == -1
    assert nearest(START, R, 0, 0, 0, *arrays, opened) == -1


def fused(states, covariances, times_us, thrust_us=None, misses=None):
    count = len(states)
    checked_us, weights = np.full(count, -1), np.empty(count, int)
    misses = np.zeros(count, int) if misses is None else misses
    thrust_us = np.zeros(count, int) if thrust_us is None else np.array(thrust_us)
    out = np.empty((1, 6)), np.empty((1, 6, 6)), np.zeros(1, int), np.zeros(1, int)
    fuse(
        np.zeros(1, int), np.array([0, count]), np.arange(count), np.array(states), np.array(covariances),
        np.array(times_us), thrust_us, checked_us, misses, weights, *out,
    )  # fmt: skip
    return (*out, weights, misses)


def test_one_source_comes_through_to_the_bit():
    state, covariance, time_us, _, weights, _ = fused([START], [R], [SECOND])
    np.testing.assert_array_equal(state[0], START)
    np.testing.assert_array_equal(covariance[0], R)
    assert (time_us[0], weights.tolist()) == (SECOND, [1])


def test_sources_are_fused_in_their_order_at_the_latest_of_their_times():
    second = np.diag([50.0**2, 900.0**2, 900.0**2, 3.0**2, 30.0**2, 30.0**2])
    third = second[::-1, ::-1][[3, 4, 5, 0, 1, 2]][:, [3, 4, 5, 0, 1, 2]]
    at = [flown(START, 3.0), (flown(START, 1.0)[0] + 1.0, second), (flown(START, 3.0)[0] - 1.0, third)]
    ahead = flown(at[1][0], 2.0, second)
    x, p, x2, p2 = np.empty(6), np.empty((6, 6)), np.empty(6), np.empty((6, 6))
    intersect(flown(START, 3.0)[0], R, *ahead, 0.5, x, p)
    intersect(x, p, at[2][0], third, 2.0 / 3.0, x2, p2)
    times_us = [3 * SECOND, SECOND, 3 * SECOND]
    state, covariance, time_us, _, weights, _ = fused([a[0] for a in at], [R, second, third], times_us)
    np.testing.assert_array_equal(state[0], x2)
    np.testing.assert_array_equal(covariance[0], p2)
    assert (time_us[0], weights.tolist()) == (3 * SECOND, [1, 1, 1])


def test_a_source_that_disagrees_is_left_out_and_counted_once_a_report():
    away = START + np.array([5e3, 0, 0, 0, 0, 0])
    misses = np.zeros(2, int)
    state, _, _, _, weights, misses = fused([START, away], [R, R], [SECOND, SECOND], misses=misses)
    np.testing.assert_array_equal(state[0], START)
    assert (weights.tolist(), misses.tolist()) == ([1, 0], [0, 1])
    _, _, _, _, weights, misses = fused([START, START], [R, R], [SECOND, SECOND], misses=misses)
    assert (weights.tolist(), misses.tolist()) == ([1, 1], [0, 0])


def test_a_source_that_is_long_behind_is_left_out():
    _, _, _, _, weights, _ = fused([START, START], [R, R], [0, LONGEST_GAP_US + 1])
    assert weights.tolist() == [0, 1]


def test_sources_of_equal_covariance_count_alike():
    states = [START + shift for shift in (0.0, 30.0, 60.0)]
    state, covariance, *_ = fused(states, [R] * 3, [SECOND] * 3)
    np.testing.assert_allclose(state[0], START + 30.0, rtol=1e-12)
    np.testing.assert_allclose(covariance[0], R, rtol=1e-9)


def test_thrust_seen_by_one_source_is_thrust_of_the_object():
    assert fused([START, START], [R, R], [SECOND] * 2, thrust_us=[0, 3 * SECOND])[3][0] == 3 * SECOND
