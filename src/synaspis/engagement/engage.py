"""Which flights can be engaged, when, how often, and what stopped the others; for many variants in one pass.

For each flight and battery the latest launch time that still meets the flight at a node is found once. A
variant (a phase, a partner left out, an asset left out) then only compares these times with the moment at
which the battery may launch.
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from synaspis.core.constants import EARTH_MEAN_RADIUS_M
from synaspis.engagement.gates import Gate
from synaspis.engagement.observe import NEVER_S, Tracks
from synaspis.engine._jit import driver, lane, prange
from synaspis.engine.flyout import FlyoutTable, stacked
from synaspis.engine.forces import height_m
from synaspis.engine.parameters import Floats

SHOTS_MAX = 10
SALVO_SPACING_S = 5.0
"""Between launches of one battery when shots do not wait for the outcome of the one before (assumed)."""
BATTERIES_MAX = 63
_NODES_MAX = 512
_R = EARTH_MEAN_RADIUS_M
_NO, _OUT, _HIGH, _LOW, _BOOST = (
    int(g)
    for g in (Gate.NO_INTERCEPTOR, Gate.OUT_OF_REACH, Gate.TOO_HIGH, Gate.TOO_LOW, Gate.BEFORE_BURNOUT_ONLY)
)
_UNSEEN, _UNSHARED, _BRIEF, _LATE, _UNGUIDED, _FEW, _ENGAGED = (
    int(g)
    for g in (
        Gate.NOT_SEEN,
        Gate.NOT_SHARED,
        Gate.NO_FIRM_TRACK,
        Gate.TRACK_TOO_LATE,
        Gate.NO_GUIDANCE,
        Gate.TOO_FEW_SHOTS,
        Gate.ENGAGED,
    )
)


class Batteries(NamedTuple):
    """Interceptor batteries as arrays, one entry a battery.

    position_ecef_m: (battery, 3). table: (battery,) index into `tables`. tables: flyout tables of the
    interceptor types.
    commit_s: from a firm track at the battery to launch. assess_s: from an intercept to the next launch,
    where shots wait for the outcome; infinite where they do not (then a battery launches every 5 s).
    homing_s: before intercept, from when no radar is needed.
    """

    position_ecef_m: Floats
    table: NDArray[np.int64]
    tables: tuple[FlyoutTable, ...]
    commit_s: Floats
    assess_s: Floats
    homing_s: Floats


class Rights(NamedTuple):
    """What is on, and who may use whose track, in each variant.

    radar_on: (variant, radar) bool. battery_on: (variant, battery) bool.
    track_delay_s: (variant, radar, battery) delay of a track that the battery may launch on; infinite where
    it may not.
    guidance: (variant, radar, battery) bool: the radar may support the interceptor up to the intercept.
    """

    radar_on: NDArray[np.bool_]
    battery_on: NDArray[np.bool_]
    track_delay_s: Floats
    guidance: NDArray[np.bool_]


class Engagements(NamedTuple):
    """The answer for each variant and flight, (variant, case).

    shots: shoot-look-shoot opportunities of the battery that has most. battery: its index, -1 if none.
    gate: `Gate`. earliest_s, latest_s: first and last possible intercept by any battery, NEVER_S if none.
    able: bit b is set if battery b fits in as many shots as required.
    """

    shots: NDArray[np.int16]
    battery: NDArray[np.int16]
    gate: NDArray[np.int8]
    earliest_s: Floats
    latest_s: Floats
    able: NDArray[np.int64]


@lane
def _reach(nodes, i, first, site, table, times, edges, axes, launch_by):  # type: ignore[no-untyped-def]
    """Fill the latest launch time for each node, -NEVER_S where there is none.

    Returns how far the flight came into reach: OUT_OF_REACH, TOO_HIGH, TOO_LOW, BEFORE_BURNOUT_ONLY,
    or ENGAGED if some node after burnout is within reach.
    """
    low, per_altitude, per_range, widest = axes[table, 0], axes[table, 1], axes[table, 2], axes[table, 3]
    rows, columns = edges.shape[1], times.shape[2]
    scale = 1.0 / sqrt(site[0] * site[0] + site[1] * site[1] + site[2] * site[2])
    best = _OUT
    for n in range(nodes.shape[2]):
        launch_by[n] = -NEVER_S
        x, y, z = nodes[i, 1, n], nodes[i, 2, n], nodes[i, 3, n]
        squared = x * x + y * y + z * z
        inverse = 1.0 / sqrt(squared)
        dx, dy, dz = (
            x * inverse - site[0] * scale,
            y * inverse - site[1] * scale,
            z * inverse - site[2] * scale,
        )
        quarter = 0.25 * (dx * dx + dy * dy + dz * dz)
        # arc = 2 asin(chord / 2), as a series: 1e-4 short at one radian
        arc = (
            2.0
            * sqrt(quarter)
            * (1.0 + quarter * (1.0 / 6.0 + quarter * (3.0 / 40.0 + quarter * (15.0 / 336.0))))
        )
        distance = _R * arc
        if distance > widest:
            continue
        row = (height_m(squared * inverse, z * z / squared) - low) * per_altitude
        if row < 0.0:
            best = max(best, _LOW)
            continue
        if row > rows - 1:
            best = max(best, _HIGH)
            continue
        j = min(int(row), rows - 2)
        p = row - j
        if distance > (1.0 - p) * edges[table, j] + p * edges[table, j + 1]:
            continue
        if n < first:
            best = max(best, _BOOST)
            continue
        column = distance * per_range
        k = min(int(column), columns - 2)
        q = column - k
        flight = (1.0 - p) * ((1.0 - q) * times[table, j, k] + q * times[table, j, k + 1]) + p * (
            (1.0 - q) * times[table, j + 1, k] + q * times[table, j + 1, k + 1]
        )
        launch_by[n] = nodes[i, 0, n] - flight
        best = _ENGAGED
    return best


@lane
def _ready(v, b, i, burnout, radar_on, track_delay_s, seen_s, firm_s, lost_s):  # type: ignore[no-untyped-def]
    """When the battery has a firm track that it may launch on, and the gate that closed if it has none.

    A track that ends before burnout says nothing of where the flight goes; one that lasts longer, only from
    burnout on.
    """
    ready, gate = NEVER_S, _UNSEEN
    for r in range(radar_on.shape[1]):
        if not radar_on[v, r] or seen_s[i, r] >= NEVER_S:
            continue
        if track_delay_s[v, r, b] >= NEVER_S:
            gate = max(gate, _UNSHARED)
        elif firm_s[i, r] >= NEVER_S or lost_s[i, r] < burnout:
            gate = max(gate, _BRIEF)
        else:
            ready = min(ready, max(firm_s[i, r], burnout) + track_delay_s[v, r, b])
    return ready, gate


@lane
def _guided(v, b, i, begin, end, radar_on, guidance, firm_s, lost_s):  # type: ignore[no-untyped-def]
    """First and last time within begin..end at which some radar that the battery may use holds the flight."""
    first, last = NEVER_S, -NEVER_S
    for r in range(radar_on.shape[1]):
        if radar_on[v, r] and guidance[v, r, b]:
            since, until = max(begin, firm_s[i, r]), min(end, lost_s[i, r])
            if since <= until:
                first, last = min(first, since), max(last, until)
    return first, last


@lane
def _shoot(v, b, i, first, ready, assess, homing, nodes, launch_by, radar_on, guidance, firm_s, lost_s):  # type: ignore[no-untyped-def]
    """Count the shots that fit in; returns (shots, earliest, latest, gate)."""
    shots, earliest, latest, gate = 0, NEVER_S, -NEVER_S, _LATE
    next_launch, last_launch = ready, -NEVER_S
    for n in range(first, nodes.shape[2]):
        if launch_by[n] < ready:
            continue
        # From `begin` on an intercept before this node is in time for the next launch.
        end = nodes[i, 0, n]
        begin, before = end, launch_by[n - 1] if n > first else -NEVER_S
        if before > -NEVER_S and launch_by[n] >= next_launch:
            part = max(next_launch - before, 0.0) / max(launch_by[n] - before, 1.0e-9)
            begin = nodes[i, 0, n - 1] + min(part, 1.0) * (end - nodes[i, 0, n - 1])
        early, late = begin, end
        if end - launch_by[n] > homing:  # otherwise the interceptor homes from its launch on
            early, late = _guided(v, b, i, begin - homing, end - homing, radar_on, guidance, firm_s, lost_s)
            early, late = early + homing, late + homing
        if early > late:
            gate = max(gate, _UNGUIDED)
            continue
        gate = _ENGAGED
        earliest, latest = min(earliest, early), max(latest, late)
        last_launch = max(last_launch, launch_by[n])
        if launch_by[n] >= next_launch and shots < SHOTS_MAX:
            shots += 1
            next_launch = early + assess
    if assess >= NEVER_S and shots > 0:  # without waiting for the outcome
        shots = min(SHOTS_MAX, 1 + int((last_launch - ready) / SALVO_SPACING_S))
    return shots, earliest, latest, gate


@driver
def _engage(  # type: ignore[no-untyped-def]
    nodes, burnout_s, seen_s, firm_s, lost_s, position, table, times, edges, axes, commit, assess, homing,
    radar_on, battery_on, track_delay_s, guidance, required, shots, battery, gate, earliest_s, latest_s, able,
):  # fmt: skip
    """Fill the answer, which comes empty, for every variant and case; see `engage`."""
    for i in prange(nodes.shape[0]):
        launch_by = np.empty(_NODES_MAX)
        first = 0
        while first < nodes.shape[2] - 1 and nodes[i, 0, first] < burnout_s[i]:
            first += 1
        for b in range(position.shape[0]):
            site = (position[b, 0], position[b, 1], position[b, 2])
            reach = _reach(nodes, i, first, site, table[b], times, edges, axes, launch_by)
            for v in range(radar_on.shape[0]):
                if not battery_on[v, b]:
                    continue
                if reach != _ENGAGED:
                    gate[v, i] = max(gate[v, i], reach)
                    continue
                ready, why = _ready(v, b, i, burnout_s[i], radar_on, track_delay_s, seen_s, firm_s, lost_s)
                if ready >= NEVER_S:
                    gate[v, i] = max(gate[v, i], why)
                    continue
                count, early, late, why = _shoot(
                    v, b, i, first, ready + commit[b], assess[b], homing[b],
                    nodes, launch_by, radar_on, guidance, firm_s, lost_s,
                )  # fmt: skip
                if 0 < count < required:
                    why = _FEW
                gate[v, i] = max(gate[v, i], why)
                if count == 0:
                    continue
                if count >= required:
                    able[v, i] |= 1 << b
                if count > shots[v, i]:
                    shots[v, i], battery[v, i] = count, b
                latest_s[v, i] = late if earliest_s[v, i] >= NEVER_S else max(latest_s[v, i], late)
                earliest_s[v, i] = min(earliest_s[v, i], early)


def engage(
    nodes: Floats, burnout_s: Floats, tracks: Tracks, batteries: Batteries, rights: Rights, required: int = 1
) -> Engagements:
    """Engage every flight in every variant.

    nodes: (case, 7, node) time s and ECEF state, finite. burnout_s: (case,). tracks: what the radars get of
    the same cases.
    required: shots that one battery must fit in, 1 to 10.
    Raises ValueError for more than 63 batteries or 512 nodes.
    """
    if batteries.commit_s.size > BATTERIES_MAX or nodes.shape[2] > _NODES_MAX:
        raise ValueError(
            f"{batteries.commit_s.size} batteries and {nodes.shape[2]} nodes are too many: "
            f"at most {BATTERIES_MAX} and {_NODES_MAX}"
        )
    shape = (rights.radar_on.shape[0], nodes.shape[0])
    answer = Engagements(
        np.zeros(shape, np.int16), np.full(shape, -1, np.int16), np.full(shape, _NO, np.int8),
        np.full(shape, NEVER_S), np.full(shape, NEVER_S), np.zeros(shape, np.int64),
    )  # fmt: skip
    tables = batteries.tables
    if not tables:  # nothing to shoot with, and no table to look up
        return answer
    _engage(
        nodes, burnout_s, tracks.seen_s, tracks.firm_s, tracks.lost_s,
        batteries.position_ecef_m, batteries.table, *stacked(tables),
        batteries.commit_s, np.minimum(batteries.assess_s, NEVER_S), batteries.homing_s,
        rights.radar_on, rights.battery_on, np.minimum(rights.track_delay_s, NEVER_S), rights.guidance,
        required, *answer,
    )  # fmt: skip
    return answer
