"""Where a body in free flight meets the ground, ahead and behind, with the covariance of place and time."""

from __future__ import annotations

from math import atan2, cos, sin, sqrt
from typing import Final

import numpy as np

from synaspis.core.constants import EARTH_FLATTENING
from synaspis.engine._jit import scalar
from synaspis.engine.ballistic import (
    AIR_TOP_M,
    FREE_NOISE_M2_S3,
    FREE_STEP_S,
    carry,
    climb_of,
    height_of,
    longest_step,
    step,
)
from synaspis.engine.tracking import BALLISTIC_COEFFICIENT_KG_M2

LONGEST_S: Final = 5_000.0
COLUMNS: Final = 11
"""Position (3), time s, covariance east-east, east-north, north-north m2, variance of time s2, velocity."""

LOG_BALLISTIC_SIGMA: Final = 0.6
"""Standard deviation of the logarithm of the ballistic coefficient: 2,700 to 9,100 kg/m2."""

# How far powered flight carries beyond what free flight alone would need, and how unsure that is.
ALONG_KM: Final = 4.7
ALONG_POWER: Final = 1.4
SPEED_POWER: Final = 0.8
ALONG_SHARE: Final = 0.35
ALONG_LEAST_M: Final = 1_000.0
ACROSS_SHARE: Final = 0.10
ACROSS_M: Final = 200.0
EARLIER_S: Final = 18.0
EARLIER_LESS_S: Final = 6.0
TIME_SHARE_S: Final = 5.0
TIME_LEAST_S: Final = 1.0

COARSENESS: Final = 2.5
"""Steps longer than those of the filter: a third of the time, and the impact moves by less than 1 m."""

_NEWTON: Final = 3
_TILT: Final = (1.0 - EARTH_FLATTENING) ** -2


@scalar
def meet_ground(  # type: ignore[no-untyped-def]
    state, covariance, forward, drag_area_per_mass, log_ballistic_sigma, answer
):
    """Fly an estimate to the ellipsoid, ahead or back, and fill answer (11,); false if it never gets there.

    state: (6,), covariance: (6, 6), ECEF, m and m/s. forward: bool. log_ballistic_sigma: standard deviation
    of the logarithm of the ballistic coefficient.
    The place is where the height passes 0. With F the sensitivity of the position there, n the vertical and v
    the velocity, an error e at the start moves the place by (I - v n' / (n' v)) F e and the time by
    -n' F e / (n' v). The white noise of free flight over the time of flight T adds q T^3 / 3 to each axis of
    the position.
    """
    sign = 1.0 if forward else -1.0
    x, columns = state.copy(), np.zeros((6, 7))
    for i in range(6):
        columns[i, i] = 1.0
    time = 0.0
    while height_of(x) > 0.0:
        longest = longest_step(x, drag_area_per_mass, COARSENESS) if forward else COARSENESS * FREE_STEP_S
        step(x, columns, sign * longest, drag_area_per_mass)
        time += sign * longest
        if not abs(time) < LONGEST_S:
            return False
    for _ in range(_NEWTON):
        climb = climb_of(x)
        if not -sign * climb > 1.0:
            return False
        h = -height_of(x) / climb
        step(x, columns, h, drag_area_per_mass)
        time += h
    _project(x, columns, covariance, time, log_ballistic_sigma, answer)
    return True


@scalar
def _axes(position, axes):  # type: ignore[no-untyped-def]
    """Fill the rows of axes with the unit vectors east, north and up of a place on the ellipsoid."""
    across = sqrt(position[0] * position[0] + position[1] * position[1])
    # Normal of the ellipsoid at its surface: (x, y, z / (1 - f)^2), made a unit vector.
    length = sqrt(across * across + (_TILT * position[2]) ** 2)
    east, north, up = axes[0], axes[1], axes[2]
    up[0], up[1], up[2] = position[0] / length, position[1] / length, _TILT * position[2] / length
    level = max(across, 1.0e-3)
    east[0], east[1], east[2] = -position[1] / level, position[0] / level, 0.0
    north[0] = up[1] * east[2] - up[2] * east[1]
    north[1] = up[2] * east[0] - up[0] * east[2]
    north[2] = up[0] * east[1] - up[1] * east[0]


@scalar
def _along(axes, vector):  # type: ignore[no-untyped-def]
    """Components of a vector along the three rows of axes."""
    east, north, up = 0.0, 0.0, 0.0
    for i in range(3):
        east += axes[0, i] * vector[i]
        north += axes[1, i] * vector[i]
        up += axes[2, i] * vector[i]
    return east, north, up


@scalar
def allow_for_thrust(found):  # type: ignore[no-untyped-def]
    """Move the place where free flight came up through the ground to where the powered flight began.

    found: the answer of `meet_ground` going back; changed in place. With the speed v there and its level part
    h, in km/s, the launch was 4.7 h^1.4 v^0.8 km further along and 18 v - 6 s earlier. The allowance for
    what this rule does not know is added to the covariance: 35 % of that distance and 1 km along the way;
    10 % of it and 0.2 v^2 km across; 1 s and 5 s for each km/s of the time. Rule and allowance are fitted to
    the flights of the catalogue's classes.
    """
    axes = np.empty((3, 3))
    _axes(found, axes)
    east, north, up = _along(axes, found[8:11])
    level = max(sqrt(east * east + north * north), 1.0e-3)
    east, north = east / level, north / level
    speed = 1.0e-3 * sqrt(level * level + up * up)
    ahead_m = 1.0e3 * ALONG_KM * (1.0e-3 * level) ** ALONG_POWER * speed**SPEED_POWER
    radius = sqrt(found[0] * found[0] + found[1] * found[1] + found[2] * found[2])
    angle = ahead_m / radius
    for i in range(3):
        onward = radius * (east * axes[0, i] + north * axes[1, i])
        found[i] = cos(angle) * found[i] + sin(angle) * onward
    along = (ALONG_SHARE * ahead_m + ALONG_LEAST_M) ** 2
    across = (ACROSS_SHARE * ahead_m + ACROSS_M * speed * speed) ** 2
    found[4] += along * east * east + across * north * north
    found[5] += (along - across) * east * north
    found[6] += along * north * north + across * east * east
    found[3] -= max(EARLIER_S * speed - EARLIER_LESS_S, 0.0)
    found[7] += (TIME_SHARE_S * speed + TIME_LEAST_S) ** 2


@scalar
def _project(x, columns, covariance, time, log_ballistic_sigma, answer):  # type: ignore[no-untyped-def]
    """Fill the answer of `meet_ground` from state and sensitivity at the ground."""
    carried, axes = np.empty((6, 6)), np.empty((3, 3))
    carry(columns, covariance, carried)
    _axes(x, axes)
    east, north, up = axes[0], axes[1], axes[2]
    along_east, along_north, climb = _along(axes, x[3:])
    maps = np.empty((3, 3))
    for i in range(3):
        maps[0, i] = east[i] - along_east / climb * up[i]
        maps[1, i] = north[i] - along_north / climb * up[i]
        maps[2, i] = -up[i] / climb
    noise = FREE_NOISE_M2_S3 * abs(time) ** 3 / 3.0
    found = np.empty((3, 3))
    for a in range(3):
        for b in range(3):
            value = 0.0
            for i in range(3):
                value += noise * maps[a, i] * maps[b, i]
                for j in range(3):
                    spread = carried[i, j] + log_ballistic_sigma**2 * columns[i, 6] * columns[j, 6]
                    value += maps[a, i] * spread * maps[b, j]
            found[a, b] = value
    for i in range(3):
        answer[i] = x[i]
    answer[3] = time
    answer[4], answer[5], answer[6] = found[0, 0], found[0, 1], found[1, 1]
    answer[7] = found[2, 2]
    for i in range(3):
        answer[8 + i] = x[3 + i]


@scalar
def ground_rows(rows, states, covariances, times_us, thrust_us, launches, impacts):  # type: ignore[no-untyped-def]
    """Fill launches and impacts (object, 8) for some rows of objects.

    states (object, 6), covariances (object, 6, 6), times_us, thrust_us (object,).
    A row is: 1 where there is an estimate, latitude rad, longitude rad, covariance east-east, east-north,
    north-north m2, instant us, standard deviation of the time s. While thrust is seen there is none. In the
    descent through the air a launch keeps what it was: there drag has wiped out the way back.
    """
    found = np.empty(COLUMNS)
    for k in rows:
        if thrust_us[k] >= times_us[k]:
            launches[k, 0] = impacts[k, 0] = 0.0
            continue
        impacts[k, 0] = 0.0
        drag, sigma = 1.0 / BALLISTIC_COEFFICIENT_KG_M2, LOG_BALLISTIC_SIGMA
        if meet_ground(states[k], covariances[k], True, drag, sigma, found):
            _report(found, times_us[k], impacts[k])
        if climb_of(states[k]) < 0.0 and height_of(states[k]) < AIR_TOP_M:
            continue
        launches[k, 0] = 0.0
        if meet_ground(states[k], covariances[k], False, 0.0, 0.0, found):
            allow_for_thrust(found)
            _report(found, times_us[k], launches[k])


@scalar
def _report(found, time_us, row):  # type: ignore[no-untyped-def]
    """Turn the answer of `meet_ground` into a row of `ground_rows`; of one that is not finite none."""
    total = 0.0
    for i in range(COLUMNS):
        total += abs(found[i])
    if not total < np.inf:
        return
    row[0] = 1.0
    # On the ellipsoid: tan latitude = z / ((1 - f)^2 sqrt(x^2 + y^2)).
    row[1] = atan2(_TILT * found[2], sqrt(found[0] * found[0] + found[1] * found[1]))
    row[2] = atan2(found[1], found[0])
    row[3], row[4], row[5] = found[4], found[5], found[6]
    row[6] = time_us + 1.0e6 * found[3]
    row[7] = sqrt(max(found[7], 0.0))
