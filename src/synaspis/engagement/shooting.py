"""Every possible shot at every flight, one by one: when it is launched, when it meets the flight."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from synaspis.engagement.engage import (
    _ENGAGED,
    _NODES_MAX,
    BATTERIES_MAX,
    Batteries,
    Rights,
    _guided,
    _reach,
    _ready,
)
from synaspis.engagement.observe import NEVER_S, Tracks
from synaspis.engine._jit import driver, lane, prange
from synaspis.engine.flyout import stacked
from synaspis.engine.parameters import Floats

SLOTS_MAX = 96


class PossibleShots(NamedTuple):
    """Shots that are possible; times from the launch of each flight.

    launch_s, intercept_s: (case, battery, slot), NEVER_S where there is none; in the order of launch.
    looks: (case, battery) shots that fit in if each waits for the outcome of the one before.
    """

    launch_s: Floats
    intercept_s: Floats
    looks: NDArray[np.int64]


@lane
def _slots(  # type: ignore[no-untyped-def]
    i, first, ready, assess, homing, nodes, launch_by, on, guidance, v, b, firm_s, lost_s, launch_s, hit_s
):
    """Fill the slots of a battery against a flight; returns how many of them can follow each other.

    Between two nodes there are up to two slots: the first launch that fits after the assessment of the last
    of the sequence, and the launch that meets the flight at the node.
    """
    slots, looks, next_launch = 0, 0, ready
    for n in range(first, nodes.shape[2]):
        if launch_by[n] < ready or slots + 2 > SLOTS_MAX:
            continue
        end, before = nodes[i, 0, n], launch_by[n - 1] if n > first else -NEVER_S
        begin = end
        if before > -NEVER_S and launch_by[n] >= next_launch:
            part = max(next_launch - before, 0.0) / max(launch_by[n] - before, 1.0e-9)
            begin = nodes[i, 0, n - 1] + min(part, 1.0) * (end - nodes[i, 0, n - 1])
        early, late = begin, end
        if end - launch_by[n] > homing:
            early, late = _guided(v, b, i, begin - homing, end - homing, on, guidance, firm_s, lost_s)
            early, late = early + homing, late + homing
        if early > late:
            continue
        slope = (launch_by[n] - before) / max(end - nodes[i, 0, n - 1], 1.0e-9) if before > -NEVER_S else 1.0
        if launch_by[n] >= next_launch:
            looks += 1
            launch_s[slots], hit_s[slots] = max(launch_by[n] - slope * (end - early), next_launch), early
            next_launch = early + assess
            slots += 1
            if late - early < 1.0e-3:
                continue
        launch_s[slots], hit_s[slots] = launch_by[n] - slope * (end - late), late
        slots += 1
    return looks


@driver
def _fill(  # type: ignore[no-untyped-def]
    nodes, burnout_s, seen_s, firm_s, lost_s, position, table, times, edges, axes, commit, assess, homing,
    radar_on, battery_on, track_delay_s, guidance, launch_s, intercept_s, looks,
):  # fmt: skip
    for i in prange(nodes.shape[0]):
        launch_by = np.empty(_NODES_MAX)
        first = 0
        while first < nodes.shape[2] - 1 and nodes[i, 0, first] < burnout_s[i]:
            first += 1
        for b in range(position.shape[0]):
            if not battery_on[0, b]:
                continue
            site = (position[b, 0], position[b, 1], position[b, 2])
            if _reach(nodes, i, first, site, table[b], times, edges, axes, launch_by) != _ENGAGED:
                continue
            ready, _ = _ready(0, b, i, burnout_s[i], radar_on, track_delay_s, seen_s, firm_s, lost_s)
            if ready < NEVER_S:
                looks[i, b] = _slots(
                    i, first, ready + commit[b], assess[b], homing[b], nodes, launch_by,
                    radar_on, guidance, 0, b, firm_s, lost_s, launch_s[i, b], intercept_s[i, b],
                )  # fmt: skip


def possible_shots(
    nodes: Floats, burnout_s: Floats, tracks: Tracks, batteries: Batteries, rights: Rights
) -> PossibleShots:
    """Every possible shot of every battery at every flight, in one variant of the defence.

    Arguments as in `engage`; the first variant of rights counts. assess_s of the batteries must be finite.
    Raises ValueError for more than 63 batteries or 512 nodes.
    """
    shape = (nodes.shape[0], batteries.commit_s.size)
    if batteries.commit_s.size > BATTERIES_MAX or nodes.shape[2] > _NODES_MAX:
        raise ValueError(f"{shape[1]} batteries and {nodes.shape[2]} nodes are too many")
    answer = PossibleShots(
        np.full((*shape, SLOTS_MAX), NEVER_S),
        np.full((*shape, SLOTS_MAX), NEVER_S),
        np.zeros(shape, np.int64),
    )
    tables = batteries.tables
    if not tables or not nodes.shape[0]:
        return answer
    _fill(
        nodes, burnout_s, tracks.seen_s, tracks.firm_s, tracks.lost_s, batteries.position_ecef_m,
        batteries.table, *stacked(tables),
        batteries.commit_s, batteries.assess_s, batteries.homing_s, rights.radar_on, rights.battery_on,
        np.minimum(rights.track_delay_s, NEVER_S), rights.guidance, *answer,
    )  # fmt: skip
    return answer
