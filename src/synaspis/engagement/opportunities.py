"""What batteries can do against each flight whoever sees it: launch times by node, kept for many questions.

Finding the latest launch that meets a flight at a node takes nearly all the time of an engagement, and it
does not depend on which radars and batteries are there or on who shares what. It is kept here, so that a
subset of radars and batteries, or another set of rights, only has to be compared with it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from synaspis.engagement.engage import _ENGAGED, _NODES_MAX, Batteries, _reach
from synaspis.engagement.observe import NEVER_S, Tracks
from synaspis.engine._jit import driver, prange
from synaspis.engine.flyout import stacked
from synaspis.engine.parameters import Floats

Ints = NDArray[np.int64]


class Opportunities(NamedTuple):
    """Pairs of a flight and a battery that reaches it, sorted by flight.

    first_pair: (case + 1,) pairs `first_pair[i]` to `first_pair[i + 1]` belong to flight i.
    battery: (pair,) index. first_slot: (pair + 1,) likewise for the slots of a pair.
    time_s, launch_by_s: (slot,) time of a node of the flight and the latest launch that meets it there,
    -NEVER_S where there is none.
    known_s: (case, radar) from when the track may be launched on, without any delay; NEVER_S if never.
    firm_s, lost_s: (case, radar) the time for which the radar can guide.
    """

    first_pair: Ints
    battery: NDArray[np.int16]
    first_slot: Ints
    time_s: Floats
    launch_by_s: Floats
    known_s: Floats
    firm_s: Floats
    lost_s: Floats


def opportunities(nodes: Floats, burnout_s: Floats, tracks: Tracks, batteries: Batteries) -> Opportunities:
    """What each battery could do against each flight if it had every track at once.

    nodes: (case, 7, node) time s and ECEF state, finite. burnout_s: (case,). tracks: of the same cases.
    A pair is left out if no radar at all has a track early enough for a launch; nodes before the first
    launch that any radar allows are left out too, but for the one before it, from which times between nodes
    are interpolated.
    """
    usable = (tracks.firm_s < NEVER_S) & (tracks.lost_s >= burnout_s[:, None])
    known_s = np.where(usable, np.maximum(tracks.firm_s, burnout_s[:, None]), NEVER_S)
    best_s = known_s.min(axis=1, initial=NEVER_S)
    count = batteries.commit_s.size
    begin = np.zeros((nodes.shape[0], count), np.int16)
    end = np.zeros((nodes.shape[0], count), np.int16)
    if not batteries.tables:
        empty = np.empty(0)
        none = np.zeros(nodes.shape[0] + 1, np.int64)
        return Opportunities(
            none,
            np.empty(0, np.int16),
            np.zeros(1, np.int64),
            empty,
            empty,
            known_s,
            tracks.firm_s,
            tracks.lost_s,
        )
    tables = (
        batteries.position_ecef_m, batteries.table, *stacked(batteries.tables), batteries.commit_s
    )  # fmt: skip
    _windows(nodes, burnout_s, best_s, *tables, begin, end)
    case, battery = np.nonzero(end > begin)
    length = (end - begin)[case, battery].astype(np.int64)
    first_slot = np.concatenate([[0], np.cumsum(length)])
    first_pair = np.searchsorted(case, np.arange(nodes.shape[0] + 1)).astype(np.int64)
    time_s, launch_by_s = np.empty(first_slot[-1]), np.empty(first_slot[-1])
    _fill(
        nodes,
        burnout_s,
        *tables[:-1],
        begin,
        battery.astype(np.int16),
        first_pair,
        first_slot,
        time_s,
        launch_by_s,
    )
    return Opportunities(
        first_pair,
        battery.astype(np.int16),
        first_slot,
        time_s,
        launch_by_s,
        known_s,
        tracks.firm_s,
        tracks.lost_s,
    )


@driver
def _windows(nodes, burnout_s, best_s, position, table, times, edges, axes, commit, begin, end):  # type: ignore[no-untyped-def]
    """Fill in for each flight and battery the nodes that some radar could allow, from `begin` to `end`."""
    for i in prange(nodes.shape[0]):
        launch_by = np.empty(_NODES_MAX)
        first = 0
        while first < nodes.shape[2] - 1 and nodes[i, 0, first] < burnout_s[i]:
            first += 1
        for b in range(position.shape[0] if best_s[i] < NEVER_S else 0):
            site = (position[b, 0], position[b, 1], position[b, 2])
            if _reach(nodes, i, first, site, table[b], times, edges, axes, launch_by) != _ENGAGED:
                continue
            low, high = -1, -1
            for n in range(first, nodes.shape[2]):
                # A second is far more than the rounding of the sum, by which this only saves room.
                if launch_by[n] >= best_s[i] + commit[b] - 1.0:
                    low, high = (n if low < 0 else low), n
            if low >= 0:
                begin[i, b], end[i, b] = max(low - 1, first), high + 1


@driver
def _fill(  # type: ignore[no-untyped-def]
    nodes, burnout_s, position, table, times, edges, axes, begin, battery, first_pair, first_slot, time_s,
    launch_by_s,
):  # fmt: skip
    """Copy the nodes in the window of each pair."""
    for i in prange(nodes.shape[0]):
        launch_by = np.empty(_NODES_MAX)
        first = 0
        while first < nodes.shape[2] - 1 and nodes[i, 0, first] < burnout_s[i]:
            first += 1
        for pair in range(first_pair[i], first_pair[i + 1]):
            b = battery[pair]
            site = (position[b, 0], position[b, 1], position[b, 2])
            _reach(nodes, i, first, site, table[b], times, edges, axes, launch_by)
            for slot in range(first_slot[pair], first_slot[pair + 1]):
                n = begin[i, b] + slot - first_slot[pair]
                time_s[slot], launch_by_s[slot] = nodes[i, 0, n], launch_by[n]


def joined(parts: list[Opportunities]) -> Opportunities:
    """Opportunities of several lots of flights as one, in their order."""

    def starts(name: str) -> Ints:
        lots: list[Ints] = [getattr(part, name) for part in parts]
        ends = np.cumsum([0, *(lot[-1] for lot in lots)])
        moved = [lot[:-1] + end for lot, end in zip(lots, ends, strict=False)]
        return np.concatenate([*moved, ends[-1:]]).astype(np.int64)

    return Opportunities(
        first_pair=starts("first_pair"),
        first_slot=starts("first_slot"),
        **{
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in ("battery", "time_s", "launch_by_s", "known_s", "firm_s", "lost_s")
        },
    )
