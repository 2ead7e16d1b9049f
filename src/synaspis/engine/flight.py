"""Flight from launch to impact: staged boost, free flight, descent with drag; thousands of cases at once.

Each phase has its own step: boost about a second; the rise through the rest of the air, with drag, 16 equal
steps; free flight above 120 km a fixed number of equal steps over the time that the osculating ellipse
predicts; the descent a quarter of the time in which the air grows denser e-fold. Lanes of a block advance
together; a lane that has landed goes on with steps of zero length.
"""

from __future__ import annotations

from math import acos, sin, sqrt
from typing import Final

import numpy as np

from synaspis.core.constants import EARTH_MEAN_RADIUS_M, EARTH_MU_M3_S2, EARTH_ROTATION_RAD_S
from synaspis.engine._jit import driver, lane, prange, scalar
from synaspis.engine.forces import density_kg_m3, height_m
from synaspis.engine.steps import boost_step, drag_step, free_step

LANES: Final = 64
REENTRY_HEIGHT_M: Final = 120_000.0
LONGEST_COAST_S: Final = 20_000.0
RISE_STEPS: Final = 16
RISE_NODES: Final = 4
_DESCENT_STEPS_MAX: Final = 6_000
_STEP_MAX_S: Final = 1.0
_CLIMB_PER_STEP_M: Final = 1_750.0  # a quarter of the scale height of air
_LIGHT_M2_KG: Final = 1.0 / 500.0  # above, 1 s may be longer than the air leaves a body its speed
_BRAKING_PER_STEP: Final = 0.7

# Columns of `summary`.
BURNOUT: Final = 0  # time, then the state in six columns
IMPACT: Final = 7  # time, then the position in three columns
APOGEE: Final = 11  # time, height
LANDED: Final = 13
SUMMARY_COLUMNS: Final = 14


@scalar
def coast_s(x, y, z, u, v, w):  # type: ignore[no-untyped-def]
    """Times (s) to the rise and to the descent through 120 km on the osculating ellipse.

    x..z, u..w: state in ECEF, m and m/s.
    Both are 0 if the body stays below; the rise is 0 if it is above already; the descent is 20,000 s if it
    does not come back.
    """
    a, b = u - EARTH_ROTATION_RAD_S * y, v + EARTH_ROTATION_RAD_S * x
    radius = sqrt(x * x + y * y + z * z)
    edge = EARTH_MEAN_RADIUS_M + REENTRY_HEIGHT_M
    inverse_axis = 2.0 / radius - (a * a + b * b + w * w) / EARTH_MU_M3_S2
    if inverse_axis <= 1.0e-9:
        return 0.0, LONGEST_COAST_S
    e_sine = (x * a + y * b + z * w) / sqrt(EARTH_MU_M3_S2) * sqrt(inverse_axis)
    e_cosine = 1.0 - radius * inverse_axis
    eccentricity = sqrt(e_sine * e_sine + e_cosine * e_cosine)
    if 1.0 + eccentricity <= edge * inverse_axis or (e_sine <= 0.0 and radius <= edge):
        return 0.0, 0.0
    if 1.0 - eccentricity >= edge * inverse_axis:
        return 0.0, LONGEST_COAST_S
    # Eccentric anomaly: 0 at the perigee, inside the Earth; pi at the apogee.
    start = acos(min(max(e_cosine / eccentricity, -1.0), 1.0))
    if e_sine < 0.0:
        start = 2.0 * np.pi - start
    crossing = acos((1.0 - edge * inverse_axis) / eccentricity)
    motion = sqrt(EARTH_MU_M3_S2 * inverse_axis**3)
    begun = start - eccentricity * sin(start)
    rise = (crossing - eccentricity * sin(crossing) - begun) / motion
    fall = (2.0 * np.pi - crossing + eccentricity * sin(crossing) - begun) / motion
    return max(0.0, rise), max(0.0, fall)


@lane
def _height(x, y, z):  # type: ignore[no-untyped-def]
    squared = x * x + y * y + z * z
    return height_m(sqrt(squared), z * z / squared)


@lane
def _climb(x, y, z, u, v, w):  # type: ignore[no-untyped-def]
    return (x * u + y * v + z * w) / sqrt(x * x + y * y + z * z)


@lane
def _store(nodes, first, index, time, S):  # type: ignore[no-untyped-def]
    """Write the time and state of every lane of the block as one node."""
    for j in range(LANES):
        nodes[first + j, 0, index] = time[j]
    for c in range(6):
        for j in range(LANES):
            nodes[first + j, c + 1, index] = S[c, j]


@lane
def _boost(S, time, launch, first, segments, steps, nodes_at, drag_area, nodes):  # type: ignore[no-untyped-def]
    """Fly the powered segments: the first vertical, in the others the thrust tilts at a constant rate."""
    rate = np.empty(LANES)
    for j in range(LANES):
        rate[j] = launch[7, first + j] / max(launch[6, first + j] - segments[0, 1], 1.0)
    count = 0
    for s in range(segments.shape[0]):
        begin, end, mass, flow, exhaust = (
            segments[s, 0],
            segments[s, 1],
            segments[s, 2],
            segments[s, 3],
            segments[s, 4],
        )
        for k in range(steps[s]):
            for j in range(LANES):
                i = first + j
                t0, t1 = min(begin, launch[6, i]), min(end, launch[6, i])
                h = (t1 - t0) / steps[s]
                t = t0 + k * h
                turning = 0.0 if s == 0 else rate[j]
                S[0, j], S[1, j], S[2, j], S[3, j], S[4, j], S[5, j] = boost_step(
                    S[0, j], S[1, j], S[2, j], S[3, j], S[4, j], S[5, j],
                    h, turning * (t - segments[0, 1]), turning, flow, exhaust, mass - flow * (t - begin),
                    drag_area, (launch[8, i], launch[9, i], launch[10, i]),
                    (launch[11, i], launch[12, i], launch[13, i]),
                )  # fmt: skip
                time[j] = t + h
            count += 1
            if nodes.shape[0] > 0 and nodes_at[count] >= 0:
                _store(nodes, first, nodes_at[count], time, S)


@lane
def _coast(S, time, first, base, node_count, substeps, drag_area_per_mass, nodes):  # type: ignore[no-untyped-def]
    """Rise through the rest of the air, then fly free down to 120 km, in equal steps for each lane."""
    rise, fall = np.empty(LANES), np.empty(LANES)
    for j in range(LANES):
        up, down = coast_s(S[0, j], S[1, j], S[2, j], S[3, j], S[4, j], S[5, j])
        rise[j], fall[j] = up / RISE_STEPS, (down - up) / (node_count * substeps)
    for n in range(RISE_STEPS):
        for j in range(LANES):
            S[0, j], S[1, j], S[2, j], S[3, j], S[4, j], S[5, j] = drag_step(
                S[0, j], S[1, j], S[2, j], S[3, j], S[4, j], S[5, j], rise[j], drag_area_per_mass
            )
            time[j] += rise[j]
        if nodes.shape[0] > 0 and (n + 1) % (RISE_STEPS // RISE_NODES) == 0:
            _store(nodes, first, base + n // (RISE_STEPS // RISE_NODES), time, S)
    for n in range(node_count):
        for _ in range(substeps):
            for j in range(LANES):
                S[0, j], S[1, j], S[2, j], S[3, j], S[4, j], S[5, j] = free_step(
                    S[0, j], S[1, j], S[2, j], S[3, j], S[4, j], S[5, j], fall[j]
                )
                time[j] += fall[j]
        if nodes.shape[0] > 0:
            _store(nodes, first, base + RISE_NODES + n, time, S)


@lane
def _thin(nodes, i, base, count):  # type: ignore[no-untyped-def]
    """Keep every second of the re-entry nodes of one case."""
    for c in range(7):
        for n in range(count // 2):
            nodes[i, c, base + n] = nodes[i, c, base + 2 * n + 1]


@lane
def _brake(S, step, drag_area_per_mass):  # type: ignore[no-untyped-def]
    """Shorten steps to what the air lets a light body do: a longer one would throw it back, and farther."""
    for j in range(LANES):
        speed = sqrt(S[3, j] * S[3, j] + S[4, j] * S[4, j] + S[5, j] * S[5, j])
        rate = 0.5 * drag_area_per_mass * density_kg_m3(_height(S[0, j], S[1, j], S[2, j])) * speed
        step[j] = min(step[j], _BRAKING_PER_STEP / max(rate, 1e-9))


@lane
def _descend(S, time, landed, first, base, node_count, drag_area_per_mass, nodes):  # type: ignore[no-untyped-def]
    """Fly with drag to the ground; the nodes of a lane are thinned when full. Returns how many each has."""
    used, stride = np.zeros(LANES, np.int64), np.ones(LANES, np.int64)
    step, light = np.empty(LANES), drag_area_per_mass > _LIGHT_M2_KG
    for j in range(LANES):
        landed[j] = 0.0
    for k in range(_DESCENT_STEPS_MAX):
        flying = 0.0
        for j in range(LANES):
            pace = abs(_climb(S[0, j], S[1, j], S[2, j], S[3, j], S[4, j], S[5, j]))
            step[j] = (1.0 - landed[j]) * min(_STEP_MAX_S, _CLIMB_PER_STEP_M / max(pace, 1.0))
        if light:
            _brake(S, step, drag_area_per_mass)
        for j in range(LANES):
            h = step[j]
            S[0, j], S[1, j], S[2, j], S[3, j], S[4, j], S[5, j] = drag_step(
                S[0, j], S[1, j], S[2, j], S[3, j], S[4, j], S[5, j], h, drag_area_per_mass
            )
            time[j] += h
            landed[j] = 1.0 if _height(S[0, j], S[1, j], S[2, j]) < 0.0 else 0.0
            flying += 1.0 - landed[j]
        if flying == 0.0:
            break
        if nodes.shape[0] > 0:
            for j in range(LANES):
                if landed[j] == 0.0 and (k + 1) % stride[j] == 0:
                    if used[j] == node_count:
                        _thin(nodes, first + j, base, node_count)
                        used[j], stride[j] = node_count // 2, 2 * stride[j]
                    if (k + 1) % stride[j] == 0:
                        nodes[first + j, 0, base + used[j]] = time[j]
                        for c in range(6):
                            nodes[first + j, c + 1, base + used[j]] = S[c, j]
                        used[j] += 1
    for _ in range(3):  # back (or on) to the ellipsoid
        for j in range(LANES):
            pace = min(_climb(S[0, j], S[1, j], S[2, j], S[3, j], S[4, j], S[5, j]), -1.0)
            h = -landed[j] * _height(S[0, j], S[1, j], S[2, j]) / pace
            S[0, j], S[1, j], S[2, j], S[3, j], S[4, j], S[5, j] = drag_step(
                S[0, j], S[1, j], S[2, j], S[3, j], S[4, j], S[5, j], h, drag_area_per_mass
            )
            time[j] += h
    return used


@lane
def _finish(S, time, first, base, used, nodes):  # type: ignore[no-untyped-def]
    """Let every node from the impact on hold the impact."""
    last = nodes.shape[2] - 1
    for j in range(LANES):
        for n in range(1, last + 1):
            if n >= base + used[j] or nodes[first + j, 0, n] >= time[j]:
                nodes[first + j, 0, n] = time[j]
                for c in range(6):
                    nodes[first + j, c + 1, n] = S[c, j]


@lane
def _highest(nodes, i):  # type: ignore[no-untyped-def]
    """Time and height of the apogee of one case: where the climb rate, linear between nodes, changes sign."""
    before = 0.0
    for n in range(nodes.shape[2]):
        x, y, z = nodes[i, 1, n], nodes[i, 2, n], nodes[i, 3, n]
        u, v, w = nodes[i, 4, n], nodes[i, 5, n], nodes[i, 6, n]
        now = _climb(x, y, z, u, v, w)
        if n > 0 and now <= 0.0 and before > 0.0:
            m = n - 1
            h = nodes[i, 0, n] - nodes[i, 0, m]
            s = before / (before - now)
            a, b = s * s * (3.0 - 2.0 * s), s * (1.0 - s)
            px = (1.0 - a) * nodes[i, 1, m] + a * x + h * b * ((1.0 - s) * nodes[i, 4, m] - s * u)
            py = (1.0 - a) * nodes[i, 2, m] + a * y + h * b * ((1.0 - s) * nodes[i, 5, m] - s * v)
            pz = (1.0 - a) * nodes[i, 3, m] + a * z + h * b * ((1.0 - s) * nodes[i, 6, m] - s * w)
            return nodes[i, 0, m] + s * h, _height(px, py, pz)
        before = now
    return nodes[i, 0, 0], _height(nodes[i, 1, 0], nodes[i, 2, 0], nodes[i, 3, 0])


@driver
def fly_lanes(launch, segments, steps, nodes_at, shape, drag_area, drag_area_per_mass, nodes, summary):  # type: ignore[no-untyped-def]
    """Fly every case; all arguments finite, the number of cases a multiple of 64.

    launch: (14, case): position and velocity in ECEF (six rows), cut-off time s, tilt of the thrust at
    cut-off rad, unit vectors of the launch vertical (3) and the horizontal launch direction (3).
    segments: (segment, 5): begin s, end s, mass at begin kg, propellant flow kg/s, exhaust speed m/s. steps:
    per segment.
    nodes_at: (total steps + 1,): node in which the state after that many boost steps is stored, or -1.
    shape: boost nodes, free-flight nodes, steps between two of these, re-entry nodes.
    drag_area: Cd A in boost, m2. drag_area_per_mass: of what re-enters, m2/kg.
    nodes: (case, 7, node) time and state, filled here; with 0 cases nothing is stored and no apogee is found.
    summary: (case, 14), filled here: see BURNOUT, IMPACT, APOGEE, LANDED.
    """
    for block in prange(summary.shape[0] // LANES):
        first = block * LANES
        S, time, landed = np.empty((6, LANES)), np.zeros(LANES), np.zeros(LANES)
        for c in range(6):
            for j in range(LANES):
                S[c, j] = launch[c, first + j]
        if nodes.shape[0] > 0:
            _store(nodes, first, 0, time, S)
        _boost(S, time, launch, first, segments, steps, nodes_at, drag_area, nodes)
        for j in range(LANES):
            summary[first + j, 0] = time[j]
            for c in range(6):
                summary[first + j, 1 + c] = S[c, j]
        _coast(S, time, first, shape[0], shape[1], shape[2], drag_area_per_mass, nodes)
        base = shape[0] + RISE_NODES + shape[1]
        used = _descend(S, time, landed, first, base, shape[3], drag_area_per_mass, nodes)
        if nodes.shape[0] > 0:
            _finish(S, time, first, base, used, nodes)
        for j in range(LANES):
            i = first + j
            summary[i, 7], summary[i, 13] = time[j], landed[j]
            for c in range(3):
                summary[i, 8 + c] = S[c, j]
            if nodes.shape[0] > 0:
                summary[i, 11], summary[i, 12] = _highest(nodes, i)
