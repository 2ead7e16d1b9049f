"""The motion model of the filters: free flight with drag, its derivatives, and the noise that it deserves.

The forces are those of `engine.forces`. Beside the state goes its sensitivity: six columns for the state at
the start and a seventh for the logarithm of the ballistic coefficient.
"""

from __future__ import annotations

from math import sqrt
from typing import Final

import numpy as np

from synaspis.core.constants import (
    EARTH_EQUATORIAL_RADIUS_M,
    EARTH_J2,
    EARTH_MU_M3_S2,
    EARTH_ROTATION_RAD_S,
)
from synaspis.engine._jit import scalar
from synaspis.engine.forces import _D0, _D1, _D2, _D3, _LAST, _R1, _R2, TABLE_STEP_M, density_kg_m3, height_m

_MU: Final = EARTH_MU_M3_S2
_OMEGA: Final = EARTH_ROTATION_RAD_S
_J2_TERM: Final = 1.5 * EARTH_J2 * EARTH_EQUATORIAL_RADIUS_M**2
_A: Final = EARTH_EQUATORIAL_RADIUS_M

AIR_TOP_M: Final = 120_000.0
"""Above this height steps are long: at 7 km/s and 5,000 kg/m2 drag is below 1e-4 m/s2."""
FREE_STEP_S: Final = 10.0
AIR_STEP_S: Final = 1.0
CLIMB_PER_STEP_M: Final = 1_750.0
STEPS_MAX: Final = 4_000
"""Bound on the steps of one advance, for states that make no sense."""

FREE_NOISE_M2_S3: Final = 1.0e-4
"""Noise density of free flight: covers the 1e-4 m/s2 of the zonal harmonics left out, over 1,000 s."""
DRAG_NOISE_S: Final = 1.0
"""Noise density in air is the square of the deceleration times this: half of it unknown, for four seconds."""
THRUST_NOISE_M2_S3: Final = 2_500.0
"""Noise density while thrust is seen: 50 m/s2 unknown, for a second."""


@scalar
def height_of(state):  # type: ignore[no-untyped-def]
    """Height (m) of a state above the ellipsoid, along its radius."""
    squared = state[0] * state[0] + state[1] * state[1] + state[2] * state[2]
    return height_m(sqrt(squared), state[2] * state[2] / squared)


@scalar
def climb_of(state):  # type: ignore[no-untyped-def]
    """Speed (m/s) of a state along its radius, upward."""
    radius = sqrt(state[0] * state[0] + state[1] * state[1] + state[2] * state[2])
    return (state[0] * state[3] + state[1] * state[4] + state[2] * state[5]) / radius


@scalar
def rate(state, drag_area_per_mass, force, by_state):  # type: ignore[no-untyped-def]
    """Acceleration of a state and its derivatives.

    state: (6,) position m and velocity m/s in ECEF. drag_area_per_mass: Cd A / m in m2/kg.
    force: (3,), filled with the acceleration, m/s2. by_state: (3, 7), filled with its derivatives by the
    state and, last, by the logarithm of the ballistic coefficient.
    Returns the deceleration by drag, m/s2.
    """
    x, y, z = state[0], state[1], state[2]
    u, v, w = state[3], state[4], state[5]
    squared = x * x + y * y + z * z
    radius = sqrt(squared)
    r2 = 1.0 / squared
    r3 = r2 / radius
    k, z2 = _J2_TERM * r2, z * z * r2
    flat = -_MU * r3 * (1.0 + k * (1.0 - 5.0 * z2))
    polar = -_MU * r3 * (1.0 + k * (3.0 - 5.0 * z2))
    flat_by_square = _MU * r3 * r2 * (1.5 + k * (2.5 - 17.5 * z2))
    polar_by_square = _MU * r3 * r2 * (1.5 + k * (7.5 - 17.5 * z2))
    by_z_square = 5.0 * _MU * r3 * r2 * k
    force[0] = (flat + _OMEGA * _OMEGA) * x + 2.0 * _OMEGA * v
    force[1] = (flat + _OMEGA * _OMEGA) * y - 2.0 * _OMEGA * u
    force[2] = polar * z
    for i in range(3):
        slope = polar_by_square if i == 2 else flat_by_square
        for j in range(3):
            inner = 2.0 * slope * state[j]
            if j == 2:
                inner += 2.0 * by_z_square * z
            by_state[i, j] = state[i] * inner
            by_state[i, 3 + j] = 0.0
        by_state[i, i] += polar if i == 2 else flat + _OMEGA * _OMEGA
        by_state[i, 6] = 0.0
    by_state[0, 4], by_state[1, 3] = 2.0 * _OMEGA, -2.0 * _OMEGA
    row = height_m(radius, z2) / TABLE_STEP_M
    if row >= _LAST - 0.5 or drag_area_per_mass == 0.0:
        return 0.0
    row = max(row, 0.0)
    whole = int(row)
    part = row - whole
    density = _D0[whole] + part * (_D1[whole] + part * (_D2[whole] + part * _D3[whole]))
    thinning = (_D1[whole] + part * (2.0 * _D2[whole] + part * 3.0 * _D3[whole])) / TABLE_STEP_M
    if row == 0.0:
        thinning = 0.0
    speed = sqrt(u * u + v * v + w * w)
    half = 0.5 * drag_area_per_mass
    tilt = 2.0 * _A * (_R1 + 2.0 * _R2 * z2)
    for i in range(3):
        velocity = state[3 + i]
        drag = -half * density * speed * velocity
        force[i] += drag
        by_state[i, 6] = -drag
        for j in range(3):
            rise = state[j] / radius + tilt * z2 * r2 * state[j]
            if j == 2:
                rise -= tilt * z * r2
            by_state[i, j] -= half * thinning * speed * velocity * rise
            if speed > 0.0:
                by_state[i, 3 + j] -= half * density * velocity * state[3 + j] / speed
        by_state[i, 3 + i] -= half * density * speed
    return half * density * speed * speed


@scalar
def _slope(by_state, columns, out):  # type: ignore[no-untyped-def]
    """Rate of the sensitivity: its velocity rows above, the derivatives of the acceleration below."""
    for c in range(7):
        for i in range(3):
            out[i, c] = columns[3 + i, c]
            value = by_state[i, 6] if c == 6 else 0.0
            for k in range(6):
                value += by_state[i, k] * columns[k, c]
            out[3 + i, c] = value


@scalar
def step(state, columns, step_s, drag_area_per_mass):  # type: ignore[no-untyped-def]
    """One classical Runge-Kutta step of a state (6,) and its sensitivity (6, 7), in place.

    step_s: s, may be negative. Returns the deceleration by drag at the start, m/s2.
    """
    force, by_state = np.empty(3), np.empty((3, 7))
    at, turned = np.empty(6), np.empty((6, 7))
    move, shift = np.empty(6), np.empty((6, 7))
    gain, swing = np.zeros(6), np.zeros((6, 7))
    drag = 0.0
    for stage in range(4):
        ahead = 0.0 if stage == 0 else (step_s if stage == 3 else 0.5 * step_s)
        weight = 1.0 / 6.0 if stage in (0, 3) else 1.0 / 3.0
        for i in range(6):
            at[i] = state[i] + (ahead * move[i] if stage > 0 else 0.0)
            for c in range(7):
                turned[i, c] = columns[i, c] + (ahead * shift[i, c] if stage > 0 else 0.0)
        found = rate(at, drag_area_per_mass, force, by_state)
        if stage == 0:
            drag = found
        _slope(by_state, turned, shift)
        for i in range(3):
            move[i], move[3 + i] = at[3 + i], force[i]
        for i in range(6):
            gain[i] += weight * move[i]
            for c in range(7):
                swing[i, c] += weight * shift[i, c]
    for i in range(6):
        state[i] += step_s * gain[i]
        for c in range(7):
            columns[i, c] += step_s * swing[i, c]
    return drag


@scalar
def carry(columns, covariance, out):  # type: ignore[no-untyped-def]
    """Fill out (6, 6) with F P F', F the first six columns of a sensitivity."""
    half = np.empty((6, 6))
    for i in range(6):
        for j in range(6):
            value = 0.0
            for k in range(6):
                value += columns[i, k] * covariance[k, j]
            half[i, j] = value
    for i in range(6):
        for j in range(i + 1):
            value = 0.0
            for k in range(6):
                value += half[i, k] * columns[j, k]
            out[i, j] = out[j, i] = value


@scalar
def add_noise(covariance, density, step_s):  # type: ignore[no-untyped-def]
    """Add the noise of white acceleration (m2/s3 on each axis) over a step to a covariance (6, 6)."""
    h = abs(step_s)
    for i in range(3):
        covariance[i, i] += density * h * h * h / 3.0
        covariance[3 + i, 3 + i] += density * h
        covariance[i, 3 + i] += density * h * h / 2.0
        covariance[3 + i, i] += density * h * h / 2.0


@scalar
def longest_step(state, drag_area_per_mass, coarseness):  # type: ignore[no-untyped-def]
    """Length of the next step (s).

    With coarseness 1: 10 s above 120 km; in air 1 s, 1,750 m of height, a quarter of the speed lost. In
    proportion to the coarseness, but for the last.
    """
    climb = climb_of(state)
    if height_of(state) + (min(climb, 0.0) - 50.0) * coarseness * FREE_STEP_S >= AIR_TOP_M:
        return coarseness * FREE_STEP_S
    speed = sqrt(state[3] * state[3] + state[4] * state[4] + state[5] * state[5])
    braking = 0.5 * drag_area_per_mass * density_kg_m3(height_of(state)) * speed
    in_air = coarseness * min(AIR_STEP_S, CLIMB_PER_STEP_M / max(abs(climb), 1.0))
    return min(in_air, 0.25 / max(braking, 1.0e-9))


@scalar
def advance(state, covariance, duration_s, drag_area_per_mass, thrust_noise):  # type: ignore[no-untyped-def]
    """Predict a state (6,) and its covariance (6, 6) by a time of 0 or more, in place.

    thrust_noise: noise density added to that of free flight and drag, m2/s3.
    In steps of `longest_step`, at most 4,000 of them.
    """
    columns, carried = np.empty((6, 7)), np.empty((6, 6))
    left = duration_s
    for _ in range(STEPS_MAX):
        if not left > 0.0:
            break
        h = min(longest_step(state, drag_area_per_mass, 1.0), left)
        for i in range(6):
            for c in range(7):
                columns[i, c] = 1.0 if i == c else 0.0
        drag = step(state, columns, h, drag_area_per_mass)
        carry(columns, covariance, carried)
        covariance[:, :] = carried
        add_noise(covariance, FREE_NOISE_M2_S3 + thrust_noise + DRAG_NOISE_S * drag * drag, h)
        left -= h
