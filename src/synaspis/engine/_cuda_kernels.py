"""The drivers of `flight` and `propagate` for a GPU: one thread a lane, the same scalar functions.

numba-cuda compiles a function that was declared for the CPU as a device function by itself, so no physics
stands here twice. A lane that has landed leaves its loop; on the CPU it goes on with steps of zero length,
which changes nothing.
"""

from __future__ import annotations

from typing import Any

from numba import cuda as _cuda

from synaspis.engine.flight import (
    _CLIMB_PER_STEP_M,
    _DESCENT_STEPS_MAX,
    _STEP_MAX_S,
    RISE_STEPS,
    _climb,
    _height,
    coast_s,
)
from synaspis.engine.steps import boost_step, drag_step, free_step

cuda: Any = _cuda  # its decorators carry no types
available = cuda.is_available
to_device = cuda.to_device


@cuda.jit(fastmath=True)
def free_arcs(state, step_s, steps):  # type: ignore[no-untyped-def]
    """Advance state (6, case) in place by so many steps of step_s (case,)."""
    i = cuda.grid(1)
    if i >= step_s.size:
        return
    x, y, z, u, v, w = state[0, i], state[1, i], state[2, i], state[3, i], state[4, i], state[5, i]
    h = step_s[i]
    for _ in range(steps):
        x, y, z, u, v, w = free_step(x, y, z, u, v, w, h)
    state[0, i], state[1, i], state[2, i], state[3, i], state[4, i], state[5, i] = x, y, z, u, v, w


@cuda.jit(device=True)
def _boost(launch, i, segments, steps, drag_area):  # type: ignore[no-untyped-def]
    """Time and state at burnout; see `flight._boost`."""
    x, y, z, u, v, w = launch[0, i], launch[1, i], launch[2, i], launch[3, i], launch[4, i], launch[5, i]
    up, along = (launch[8, i], launch[9, i], launch[10, i]), (launch[11, i], launch[12, i], launch[13, i])
    cutoff, pitch_over, time = launch[6, i], segments[0, 1], 0.0
    rate = launch[7, i] / max(cutoff - pitch_over, 1.0)
    for s in range(segments.shape[0]):
        begin, mass, flow, exhaust = segments[s, 0], segments[s, 2], segments[s, 3], segments[s, 4]
        t0, t1 = min(begin, cutoff), min(segments[s, 1], cutoff)
        h = (t1 - t0) / steps[s]
        turning = 0.0 if s == 0 else rate
        for k in range(steps[s]):
            t = t0 + k * h
            x, y, z, u, v, w = boost_step(
                x, y, z, u, v, w, h, turning * (t - pitch_over), turning, flow, exhaust,
                mass - flow * (t - begin), drag_area, up, along,
            )  # fmt: skip
            time = t + h
    return time, x, y, z, u, v, w


@cuda.jit(device=True)
def _descend(time, x, y, z, u, v, w, drag_area_per_mass):  # type: ignore[no-untyped-def]
    """Time, position and whether landed; see `flight._descend`."""
    landed = 0.0
    for _ in range(_DESCENT_STEPS_MAX):
        h = min(_STEP_MAX_S, _CLIMB_PER_STEP_M / max(abs(_climb(x, y, z, u, v, w)), 1.0))
        x, y, z, u, v, w = drag_step(x, y, z, u, v, w, h, drag_area_per_mass)
        time += h
        if _height(x, y, z) < 0.0:
            landed = 1.0
            break
    for _ in range(3):
        h = -landed * _height(x, y, z) / min(_climb(x, y, z, u, v, w), -1.0)
        x, y, z, u, v, w = drag_step(x, y, z, u, v, w, h, drag_area_per_mass)
        time += h
    return time, x, y, z, landed


@cuda.jit(fastmath=True)
def flights(launch, segments, steps, free_steps, drag_area, drag_area_per_mass, summary):  # type: ignore[no-untyped-def]
    """Fly every case from launch to impact; arguments and summary as in `flight.fly_lanes` without nodes.

    free_steps: equal steps of free flight between the rise and the descent through 120 km.
    """
    i = cuda.grid(1)
    if i >= summary.shape[0]:
        return
    time, x, y, z, u, v, w = _boost(launch, i, segments, steps, drag_area)
    summary[i, 0], summary[i, 1], summary[i, 2], summary[i, 3] = time, x, y, z
    summary[i, 4], summary[i, 5], summary[i, 6] = u, v, w
    up, down = coast_s(x, y, z, u, v, w)
    rise, fall = up / RISE_STEPS, (down - up) / free_steps
    for _ in range(RISE_STEPS):
        x, y, z, u, v, w = drag_step(x, y, z, u, v, w, rise, drag_area_per_mass)
    for _ in range(free_steps):
        x, y, z, u, v, w = free_step(x, y, z, u, v, w, fall)
    time, x, y, z, landed = _descend(time + down, x, y, z, u, v, w, drag_area_per_mass)
    summary[i, 7], summary[i, 8], summary[i, 9], summary[i, 10], summary[i, 13] = time, x, y, z, landed
