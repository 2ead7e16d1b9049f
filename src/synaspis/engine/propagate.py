"""The phases of flight alone: free arcs from any state, and the fall through the air; many cases at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from synaspis.engine._jit import driver, prange
from synaspis.engine.flight import LANES, _descend
from synaspis.engine.parameters import Floats
from synaspis.engine.steps import free_step

# Row of the answer of the descent kernel in which each thing stands.
_TIME, _POSITION, _LANDED, _DESCENT_ROWS = 0, slice(1, 4), 4, 5


def propagate_free(state: Floats, duration_s: ArrayLike, steps: int) -> Floats:
    """State after free flight under gravity with J2 in the rotating frame, by equal steps.

    state: (6, case) position m and velocity m/s in ECEF. duration_s: (case,) or one for all; may be negative.
    steps: number of steps, at least 1. Returns (6, case). A case that is not finite comes back as NaN.
    After one low orbit the position is off by 1.6 cm with steps of 10 s, by 1.2 m with 30 s (fourth order).
    Raises ValueError for fewer than 1 step or another shape.
    """
    if steps < 1:
        raise ValueError(f"steps is {steps}; take at least 1")
    rows = _as_rows(state)
    step = np.broadcast_to(np.asarray(duration_s, dtype=np.float64) / steps, rows.shape[1:])
    if np.isfinite(rows.sum() + step.sum()):  # one pass; the masks below cost as much as ten steps
        return _flown(rows, step, steps)
    finite = np.isfinite(rows).all(axis=0) & np.isfinite(step)
    after = np.full(rows.shape, np.nan)
    after[:, finite] = _flown(rows[:, finite], step[finite], steps)
    return after


def descend(state: Floats, ballistic_coefficient_kg_m2: float) -> tuple[Floats, Floats, np.ndarray]:
    """Fall with drag to the ellipsoid, as the last phase of a flight does.

    state: (6, case) position m and velocity m/s in ECEF. ballistic_coefficient_kg_m2: mass over drag area,
    above 0. Returns time to impact s (case,), position of impact m in ECEF (3, case), landed (case,) bool.
    Where landed is false the case is not finite or has not come down within 6,000 steps of at most 1 s, and
    time and position are NaN.
    Raises ValueError for another shape or a ballistic coefficient of 0 or less.
    """
    if not ballistic_coefficient_kg_m2 > 0.0:
        raise ValueError(f"ballistic_coefficient_kg_m2 is {ballistic_coefficient_kg_m2}; it must be above 0")
    rows = _as_rows(state)
    finite = np.isfinite(rows).all(axis=0)
    start = _padded(rows[:, finite])
    down = np.empty((_DESCENT_ROWS, start.shape[1]))
    _descent_lanes(start, 1.0 / ballistic_coefficient_kg_m2, down)
    answer = np.full((_DESCENT_ROWS, rows.shape[1]), np.nan)
    answer[:, finite] = down[:, : np.count_nonzero(finite)]
    landed = answer[_LANDED] > 0.5
    answer[:, ~landed] = np.nan
    return answer[_TIME], answer[_POSITION], landed


def _flown(rows: Floats, step_s: Floats, steps: int) -> Floats:
    """Finite states (6, case) after so many steps of step_s (case,)."""
    flown = _padded(rows)
    _free_lanes(flown, _padded(step_s[None])[0], steps)
    return flown[:, : rows.shape[1]]


def _as_rows(state: Floats) -> Floats:
    rows = np.asarray(state, dtype=np.float64)
    if rows.ndim != 2 or rows.shape[0] != 6:
        raise ValueError(f"state has the shape {rows.shape}; it must be (6, case)")
    return rows


def _padded(rows: Floats) -> Floats:
    """A copy with the last case repeated until whole blocks are full."""
    return np.concatenate([rows, np.repeat(rows[:, -1:], -rows.shape[1] % LANES, axis=1)], axis=1)


@driver
def _free_lanes(state, step_s, steps):  # type: ignore[no-untyped-def]
    """Advance state (6, case) in place by steps of step_s (case,); cases are a multiple of 64."""
    for block in prange(step_s.size // LANES):
        first = block * LANES
        S = np.empty((6, LANES))
        h = step_s[first : first + LANES]
        for c in range(6):
            for j in range(LANES):
                S[c, j] = state[c, first + j]
        for _ in range(steps):
            for j in range(LANES):
                S[0, j], S[1, j], S[2, j], S[3, j], S[4, j], S[5, j] = free_step(
                    S[0, j], S[1, j], S[2, j], S[3, j], S[4, j], S[5, j], h[j]
                )
        for c in range(6):
            for j in range(LANES):
                state[c, first + j] = S[c, j]


@driver
def _descent_lanes(start, drag_area_per_mass, answer):  # type: ignore[no-untyped-def]
    """Fall from start (6, case) to the ground and fill answer (5, case); cases are a multiple of 64."""
    nodes = np.empty((0, 7, 0))
    for block in prange(answer.shape[1] // LANES):
        first = block * LANES
        S, time, landed = np.empty((6, LANES)), np.zeros(LANES), np.zeros(LANES)
        for c in range(6):
            for j in range(LANES):
                S[c, j] = start[c, first + j]
        _descend(S, time, landed, first, 0, 0, drag_area_per_mass, nodes)
        for j in range(LANES):
            answer[0, first + j], answer[4, first + j] = time[j], landed[j]
            for c in range(3):
                answer[1 + c, first + j] = S[c, j]
