"""What a tracker does with arrays: take reports in, find the object they belong to, fuse the sources of one.

Times are whole microseconds. Every row is worked off alone and in order, so that a result does not depend,
not even in its last bit, on how many rows there are beside it.
"""

from __future__ import annotations

from math import sqrt
from typing import Final

import numpy as np

from synaspis.engine._jit import scalar
from synaspis.engine.ballistic import THRUST_NOISE_M2_S3, add_noise, advance, climb_of, height_of
from synaspis.engine.gaussian import cholesky, combine, distance_squared, intersect, log_determinant

BALLISTIC_COEFFICIENT_KG_M2: Final = 5_000.0
"""Nominal mass over drag area: the middle of the catalogue's classes."""
LONGEST_GAP_US: Final = 30_000_000
"""Two estimates further apart in time are not compared or fused."""
SURPRISE: Final = 38.26
"""Squared distance of a report from the prediction of its track; by chance once in a million (6 degrees)."""
GATE: Final = 22.46
"""Squared distance between two estimates of one object; by chance once in a thousand (6 degrees)."""
THRUST_MEMORY_US: Final = 5_000_000
LOOK_BACK_S2_M: Final = 0.34
LOOK_BACK_LEAST_S: Final = 3.0
LOOK_BACK_MOST_S: Final = 25.0
THRUST_CEILING_M: Final = 500_000.0
"""Burnout is below this height for every class of the catalogue."""

# What became of a report.
LATE: Final = 0
USED: Final = 1
RESTARTED: Final = 2

_DRAG: Final = 1.0 / BALLISTIC_COEFFICIENT_KG_M2
_NEAR_M: Final = 20_000.0
_FAST_M_S: Final = 12_000.0
_ABSURD: Final = 1.0e20


@scalar
def _may_thrust(state):  # type: ignore[no-untyped-def]
    return climb_of(state) > 0.0 and height_of(state) < THRUST_CEILING_M


@scalar
def _sound(state, covariance):  # type: ignore[no-untyped-def]
    """Whether a prediction is a number still: one from a state that makes no sense may not be."""
    total = 0.0
    for i in range(6):
        total += abs(state[i])
        if not covariance[i, i] > 0.0:
            return False
        for j in range(6):
            total += abs(covariance[i, j])
    return total < _ABSURD


@scalar
def absorb(  # type: ignore[no-untyped-def]
    row, pick, row_states, row_covariances, row_times_us, row_tracklets,
    states, covariances, times_us, thrust_us, old_states, old_covariances, old_times_us, outcome,
):  # fmt: skip
    """Take reports in, in order, each into the estimate of its source track.

    row: (report,) row of the source track. pick: (report,) row of the report in the arrays that follow:
    row_states (any, 6), row_covariances (any, 6, 6), row_times_us (any,), row_tracklets (any,) bool:
    independent of all earlier reports of the track.
    states (track, 6), covariances (track, 6, 6), times_us (track,), thrust_us (track,): changed in place; a
    time below 0 is that of a track without an estimate; thrust is assumed until thrust_us. old_states,
    old_covariances, old_times_us: the same of an earlier estimate, against which thrust is looked for where
    reports replace each other.
    outcome: (report,), filled: LATE (not later than the track's estimate: unused), USED or RESTARTED (too far
    from what free flight predicts, so the estimate is the report alone).
    """
    predicted, spread = np.empty(6), np.empty((6, 6))
    x, p = np.empty(6), np.empty((6, 6))
    for n in range(row.shape[0]):
        k, r = row[n], pick[n]
        now_us = row_times_us[r]
        if times_us[k] >= now_us:
            outcome[n] = LATE
            continue
        outcome[n] = RESTARTED
        surprised = False
        if times_us[k] >= 0 and now_us - times_us[k] <= LONGEST_GAP_US:
            predicted[:], spread[:, :] = states[k], covariances[k]
            noise = THRUST_NOISE_M2_S3 if now_us <= thrust_us[k] else 0.0
            advance(predicted, spread, 1.0e-6 * (now_us - times_us[k]), _DRAG, noise)
            far = combine(predicted, spread, 1.0, row_states[r], row_covariances[r], 1.0, x, p)
            if 0.0 <= far <= SURPRISE and _sound(x, p):
                outcome[n] = USED
            else:
                surprised = True
        times_us[k] = now_us
        if outcome[n] == USED and row_tracklets[r]:
            states[k], covariances[k] = x, p
        else:
            states[k], covariances[k] = row_states[r], row_covariances[r]
        if surprised and _may_thrust(states[k]):
            thrust_us[k] = now_us + THRUST_MEMORY_US
        if not row_tracklets[r]:
            _look_back(
                states[k], covariances[k], now_us, thrust_us[k : k + 1],
                old_states[k], old_covariances[k], old_times_us[k : k + 1],
            )  # fmt: skip


@scalar
def _look_back(  # type: ignore[no-untyped-def]
    state, covariance, time_us, thrust_us, old_state, old_covariance, old_time_us
):
    """Compare an estimate that was reported whole with one some seconds older, and put it in its place.

    A source that filters shows thrust by little in one report, but by much after the time in which 25 m/s2
    make six standard deviations of the difference of two velocities; between 3 and 25 s.
    """
    sigma = sqrt(covariance[3, 3] + covariance[4, 4] + covariance[5, 5]) / sqrt(3.0)
    span_us = np.int64(1.0e6 * min(max(LOOK_BACK_S2_M * sigma, LOOK_BACK_LEAST_S), LOOK_BACK_MOST_S))
    age_us = time_us - old_time_us[0]
    if old_time_us[0] >= 0 and age_us < span_us:
        return
    if old_time_us[0] >= 0 and age_us <= LONGEST_GAP_US and _may_thrust(state):
        x, p, total, lower = np.empty(6), np.empty((6, 6)), np.empty((6, 6)), np.empty((6, 6))
        x[:], p[:, :] = old_state, old_covariance
        advance(x, p, 1.0e-6 * age_us, _DRAG, 0.0)
        total[:, :] = p + covariance
        if cholesky(total, lower) and not distance_squared(state - x, lower) <= SURPRISE:
            thrust_us[0] = max(thrust_us[0], time_us + span_us + THRUST_MEMORY_US)
    old_state[:], old_covariance[:, :], old_time_us[0] = state, covariance, time_us


@scalar
def _meet(state, covariance, time_us, thrust_us, at_us, x, p):  # type: ignore[no-untyped-def]
    """Fill x and p with an estimate predicted to a time not before its own."""
    x[:], p[:, :] = state, covariance
    noise = THRUST_NOISE_M2_S3 if at_us <= thrust_us else 0.0
    advance(x, p, 1.0e-6 * (at_us - time_us), _DRAG, noise)


@scalar
def separation(  # type: ignore[no-untyped-def]
    state, covariance, time_us, thrust_us, other_state, other_covariance, other_time_us, other_thrust_us
):
    """Squared distance of two estimates at the later of their times, and the logarithm of its determinant.

    The covariance of the difference is 2 (P1 + P2), a bound whatever their correlation, with room for thrust
    where there may be some. Returns infinity for what is more than 30 s or plainly too far apart.
    """
    gap_us = other_time_us - time_us
    if abs(gap_us) > LONGEST_GAP_US:
        return np.inf, np.inf
    reach = _NEAR_M + _FAST_M_S * 1.0e-6 * abs(gap_us)
    away, loose = 0.0, 0.0
    for i in range(3):
        away += (state[i] - other_state[i]) ** 2
        loose += covariance[i, i] + other_covariance[i, i]
    if sqrt(away) > reach + 10.0 * sqrt(loose):
        return np.inf, np.inf
    x1, p1, x2, p2 = np.empty(6), np.empty((6, 6)), np.empty(6), np.empty((6, 6))
    at_us = max(time_us, other_time_us)
    _meet(state, covariance, time_us, thrust_us, at_us, x1, p1)
    _meet(other_state, other_covariance, other_time_us, other_thrust_us, at_us, x2, p2)
    difference, total, lower = np.empty(6), np.empty((6, 6)), np.empty((6, 6))
    if _may_thrust(state):
        add_noise(p1, THRUST_NOISE_M2_S3, 1.0e-6 * gap_us)
    for i in range(6):
        difference[i] = x1[i] - x2[i]
        for j in range(6):
            total[i, j] = 2.0 * (p1[i, j] + p2[i, j])
    if not cholesky(total, lower) or not (_sound(x1, p1) and _sound(x2, p2)):
        return np.inf, np.inf
    return distance_squared(difference, lower), log_determinant(lower)


@scalar
def nearest(  # type: ignore[no-untyped-def]
    state, covariance, time_us, thrust_us, count, states, covariances, times_us, objects_thrust_us, closed
):
    """Row of the object that an estimate most likely belongs to, or -1 where none is within the gate.

    count: number of objects. states (object, 6), covariances (object, 6, 6), times_us, objects_thrust_us
    (object,). closed: (object,) bool: not to be taken.
    The least sum of squared distance and logarithm of the determinant of its covariance wins (the likelihood
    of normal errors); of equals the first.
    """
    best, found = np.inf, -1
    for k in range(count):
        if closed[k]:
            continue
        far, spread = separation(
            state, covariance, time_us, thrust_us,
            states[k], covariances[k], times_us[k], objects_thrust_us[k],
        )  # fmt: skip
        if far <= GATE and far + spread < best:
            best, found = far + spread, k
    return found


@scalar
def fuse(  # type: ignore[no-untyped-def]
    targets, starts, members, states, covariances, times_us, thrust_us, checked_us, misses, weights,
    object_states, object_covariances, object_times_us, object_thrust_us,
):  # fmt: skip
    """Fuse the source tracks of objects by covariance intersection at the latest of their times.

    targets: (job,) rows of objects. starts: (job + 1,) and members: rows of source tracks, those of job n
    from starts[n] to starts[n + 1], in the order in which they joined. states to thrust_us: of the source
    tracks, as in `absorb`.
    checked_us, misses: (track,), changed in place: time of the last estimate that was compared, and how many
    in a row did not agree with the tracks before it in the order (those are left out).
    weights: as long as members, filled: 1 for a track that was fused, 0 for one left out.
    object_states, object_covariances, object_times_us, object_thrust_us: changed in place.
    """
    x, p, x1, p1, x2, p2 = (
        np.empty(6), np.empty((6, 6)), np.empty(6), np.empty((6, 6)), np.empty(6), np.empty((6, 6))
    )  # fmt: skip
    for n in range(targets.shape[0]):
        at_us, until_us = np.int64(-1), np.int64(-1)
        for m in range(starts[n], starts[n + 1]):
            at_us = max(at_us, times_us[members[m]])
        count = 0
        for m in range(starts[n], starts[n + 1]):
            k = members[m]
            weights[m] = 0
            if at_us - times_us[k] > LONGEST_GAP_US:
                continue
            _meet(states[k], covariances[k], times_us[k], thrust_us[k], at_us, x2, p2)
            if not _sound(x2, p2):
                continue
            if count == 0:
                x1[:], p1[:, :] = x2, p2
                misses[k] = 0
            else:
                _, far = intersect(x1, p1, x2, p2, count / (count + 1.0), x, p)
                agrees = 0.0 <= far <= GATE
                if times_us[k] != checked_us[k]:
                    misses[k] = 0 if agrees else misses[k] + 1
                    checked_us[k] = times_us[k]
                if not agrees:
                    continue
                x1[:], p1[:, :] = x, p
            weights[m] = 1
            count += 1
            until_us = max(until_us, thrust_us[k])
        if count > 0:
            k = targets[n]
            object_states[k], object_covariances[k] = x1, p1
            object_times_us[k], object_thrust_us[k] = at_us, until_us
