"""Fall from a height through the standard air, in one plane over a sphere that does not turn.

A small model for bounds and for drag times; flights of record are flown by `engine.flight`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from synaspis.core.constants import EARTH_MEAN_RADIUS_M, EARTH_MU_M3_S2
from synaspis.engine.atmosphere import density
from synaspis.engine.parameters import Floats

_STEPS_MAX: Final = 20_000
_STEP_MAX_S: Final = 2.0
_SCALE_HEIGHT_M: Final = 6_000.0
_TABLE_TOP_M: Final = 200_000.0


class Descent(NamedTuple):
    """Where and when a fall ends, arrays of one shape; NaN if that is not within once around the Earth.

    range_m: along the surface from below the start. time_s: from the start. speed_m_s: at the surface.
    """

    range_m: Floats
    time_s: Floats
    speed_m_s: Floats


def descend(
    height_m: ArrayLike,
    speed_m_s: ArrayLike,
    flight_path_angle_rad: ArrayLike,
    ballistic_coefficient_kg_m2: ArrayLike,
) -> Descent:
    """Fall under gravity and drag to the surface.

    height_m: at the start, above 0. speed_m_s, flight_path_angle_rad: at the start, the angle above the
    horizontal.
    ballistic_coefficient_kg_m2: mass over drag area, above 0; infinite for no drag.

    r'' = v_t^2 / r - mu / r^2 - k v_r, v_t' = - v_r v_t / r - k v_t, k = rho v / (2 beta), by fourth-order
    Runge-Kutta; each step spans at most a tenth of a scale height and a tenth of the time in which drag takes
    the speed. Against a
    halved step: 20 m and 0.1 s.
    """
    start = (height_m, speed_m_s, flight_path_angle_rad, ballistic_coefficient_kg_m2)
    height, speed, angle, beta = (
        np.array(value, dtype=np.float64) for value in np.broadcast_arrays(*map(np.asarray, start))
    )
    # Rows: radius (m), angle travelled (rad), upward and forward speed (m/s), time (s).
    state = np.stack(
        [
            EARTH_MEAN_RADIUS_M + height,
            0.0 * height,
            speed * np.sin(angle),
            speed * np.cos(angle),
            0.0 * height,
        ]
    )
    flying = np.ones(height.shape, dtype=np.bool_)
    for _ in range(_STEPS_MAX):
        step = np.where(flying, _step_s(state, beta), 0.0)
        after = _advanced(state, step, beta)
        landed = flying & (after[0] <= EARTH_MEAN_RADIUS_M)
        fall = np.where(landed, state[0] - after[0], 1.0)
        share = np.where(landed, (state[0] - EARTH_MEAN_RADIUS_M) / fall, 1.0)
        state = state + share * (after - state)
        flying &= ~landed & (state[1] < 2.0 * np.pi)
        if not bool(np.any(flying)):
            break
    down = state[0] <= EARTH_MEAN_RADIUS_M * (1.0 + 1e-12)
    found = (state[1] * EARTH_MEAN_RADIUS_M, state[4], np.hypot(state[2], state[3]))
    return Descent(*(np.where(down, value, np.nan) for value in found))


def _advanced(state: Floats, step: Floats, beta: Floats) -> Floats:
    first = _rate(state, beta)
    second = _rate(state + 0.5 * step * first, beta)
    third = _rate(state + 0.5 * step * second, beta)
    fourth = _rate(state + step * third, beta)
    return np.asarray(state + step / 6.0 * (first + 2.0 * second + 2.0 * third + fourth), dtype=np.float64)


def _rate(state: Floats, beta: Floats) -> Floats:
    radius, _, rising, forward, _ = state
    drag = 0.5 * _air(radius - EARTH_MEAN_RADIUS_M) * np.hypot(rising, forward) / beta
    lift = forward**2 / radius - EARTH_MU_M3_S2 / radius**2
    turning = -rising * forward / radius
    return np.stack(
        [rising, forward / radius, lift - drag * rising, turning - drag * forward, np.ones_like(radius)]
    )


def _step_s(state: Floats, beta: Floats) -> Floats:
    radius, _, rising, forward, _ = state
    drag = 0.5 * _air(radius - EARTH_MEAN_RADIUS_M) * np.hypot(rising, forward) / beta
    through_air = 0.1 * _SCALE_HEIGHT_M / np.maximum(np.abs(rising), 1.0)
    # Far above the air the pull of the Earth alone sets the step.
    high = radius - EARTH_MEAN_RADIUS_M > _TABLE_TOP_M + 20_000.0
    calm = np.where(high, 5.0 * _STEP_MAX_S, np.minimum(_STEP_MAX_S, through_air))
    return np.asarray(np.minimum(calm, 0.1 / np.maximum(drag, 1e-9)), dtype=np.float64)


def _air(height: Floats) -> Floats:
    grid, logarithm = _air_table()
    return np.where(height < _TABLE_TOP_M, np.exp(np.interp(height, grid, logarithm)), 0.0)


@lru_cache(maxsize=1)
def _air_table() -> tuple[Floats, Floats]:
    grid = np.linspace(-2_000.0, _TABLE_TOP_M, 2021)
    return grid, np.log(density(grid))
