"""When radars hold a firm track of a flight, and when satellites report its launch."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np

from synaspis.engine._jit import driver, lane, prange
from synaspis.engine.forces import height_m
from synaspis.engine.parameters import Floats, Radars, Satellites

NEVER_S = 1.0e9
_NODES_MAX = 512


class Tracks(NamedTuple):
    """What the sensors get of each flight; NEVER_S where they get nothing.

    seen_s: (case, radar) first time in view. firm_s: (case, radar) time from which the track is firm.
    lost_s: (case, radar) time at which that track ends. report_s: (case, satellite) time of the launch
    report.
    """

    seen_s: Floats
    firm_s: Floats
    lost_s: Floats
    report_s: Floats


@lane
def _margin(nodes, i, n, position, up, boresight, reach, sine_low, sine_high, cosine_half):  # type: ignore[no-untyped-def]
    """Smallest of the four limits of a radar at one node, each a pure number; seen where it is positive."""
    dx, dy, dz = nodes[i, 1, n] - position[0], nodes[i, 2, n] - position[1], nodes[i, 3, n] - position[2]
    distance = sqrt(dx * dx + dy * dy + dz * dz) + 1.0e-3
    sine = (dx * up[0] + dy * up[1] + dz * up[2]) / distance
    ahead = (dx * boresight[0] + dy * boresight[1] + dz * boresight[2]) / distance
    flat = sqrt(max(1.0 - sine * sine, 0.0))
    sector = ahead - cosine_half * flat if cosine_half > -0.999999 else 1.0
    return min(min(1.0 - distance / reach, sine - sine_low), min(sine_high - sine, sector))


@driver
def _watch(  # type: ignore[no-untyped-def]
    nodes, position, up, boresight, reach, sine_low, sine_high, cosine_half, firm, seen_s, firm_s, lost_s
):
    """Find, for every case and radar, the first stay in view that is long enough for a firm track."""
    last = nodes.shape[2] - 1
    for i in prange(nodes.shape[0]):
        margin = np.empty(_NODES_MAX)
        for r in range(position.shape[0]):
            for n in range(last + 1):
                margin[n] = _margin(
                    nodes, i, n,
                    (position[r, 0], position[r, 1], position[r, 2]), (up[r, 0], up[r, 1], up[r, 2]),
                    (boresight[r, 0], boresight[r, 1], boresight[r, 2]),
                    reach[r], sine_low[r], sine_high[r], cosine_half[r],
                )  # fmt: skip
            seen_s[i, r], firm_s[i, r], lost_s[i, r] = NEVER_S, NEVER_S, NEVER_S
            begin, inside = 0.0, margin[0] > 0.0
            for n in range(1, last + 1):
                t0, t1 = nodes[i, 0, n - 1], nodes[i, 0, n]
                now = margin[n] > 0.0
                if now != inside:
                    edge = t0 + (t1 - t0) * margin[n - 1] / (margin[n - 1] - margin[n])
                    if now:
                        begin = edge
                inside_ends = inside and (not now or n == last)
                if inside_ends:
                    end = t1 if now else edge
                    if seen_s[i, r] >= NEVER_S:
                        seen_s[i, r] = begin
                    if end - begin >= firm[r]:
                        firm_s[i, r], lost_s[i, r] = begin + firm[r], end
                        break
                inside = now


@driver
def _watch_boost(nodes, burnout_s, position, cloud, observation, delay, report_s):  # type: ignore[no-untyped-def]
    """Find when each satellite reports: clear of cloud and in sight for long enough before burnout."""
    for i in prange(nodes.shape[0]):
        for k in range(position.shape[0]):
            report_s[i, k] = NEVER_S
            below = 0.0
            for n in range(nodes.shape[2]):
                x, y, z = nodes[i, 1, n], nodes[i, 2, n], nodes[i, 3, n]
                squared = x * x + y * y + z * z
                radius = sqrt(squared)
                height = height_m(radius, z * z / squared)
                if height > cloud[k]:
                    rise = (
                        x * (position[k, 0] - x) + y * (position[k, 1] - y) + z * (position[k, 2] - z)
                    ) / radius
                    clear = nodes[i, 0, n]
                    if n > 0:
                        part = (cloud[k] - below) / (height - below)
                        clear = nodes[i, 0, n - 1] + part * (nodes[i, 0, n] - nodes[i, 0, n - 1])
                    if rise > 0.0 and clear + observation[k] <= burnout_s[i]:
                        report_s[i, k] = clear + observation[k] + delay[k]
                    break
                below = height


def observe(nodes: Floats, burnout_s: Floats, radars: Radars, satellites: Satellites) -> Tracks:
    """What every radar and satellite gets of every flight.

    nodes: (case, 7, node) time s and ECEF state. burnout_s: (case,). All finite; at most 512 nodes.
    """
    cases = nodes.shape[0]
    if nodes.shape[2] > _NODES_MAX:
        raise ValueError(f"{nodes.shape[2]} nodes a flight are too many; the kernel holds {_NODES_MAX}")
    shape = (cases, radars.range_m.size)
    tracks = Tracks(
        np.empty(shape), np.empty(shape), np.empty(shape), np.empty((cases, satellites.cloud_break_m.size))
    )
    _watch(
        nodes, radars.position_ecef_m, radars.up_ecef, radars.boresight_ecef, radars.range_m,
        radars.sine_elevation_min, radars.sine_elevation_max, radars.cosine_half_width, radars.firm_track_s,
        tracks.seen_s, tracks.firm_s, tracks.lost_s,
    )  # fmt: skip
    _watch_boost(
        nodes, burnout_s, satellites.position_ecef_m, satellites.cloud_break_m, satellites.observation_s,
        satellites.report_delay_s, tracks.report_s,
    )  # fmt: skip
    return tracks
