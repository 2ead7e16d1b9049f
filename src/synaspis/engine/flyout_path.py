"""The path of one interceptor to a place, from the same fan of elevations as the flyout table."""

from __future__ import annotations

from functools import lru_cache
from math import ceil, isfinite, pi
from typing import NamedTuple

import numpy as np

from synaspis.core.constants import EARTH_EQUATORIAL_RADIUS_M, EARTH_MEAN_RADIUS_M
from synaspis.engine.flyout import _ELEVATIONS, _STEP_MAX_S, _TIMES, _fan
from synaspis.engine.parameters import Floats, Interceptor


class FlyoutPath(NamedTuple):
    """An interceptor on its way, in the vertical plane through its launcher.

    time_s: (node,) from launch, 0 first, the arrival last. range_m: (node,) along the ground. altitude_m:
    (node,). speed_level_m_s, speed_up_m_s: at the arrival, seen from the turning Earth.
    """

    time_s: Floats
    range_m: Floats
    altitude_m: Floats
    speed_level_m_s: float
    speed_up_m_s: float


def flyout_path(interceptor: Interceptor, range_m: float, altitude_m: float) -> FlyoutPath | None:
    """Quickest path of an interceptor to a ground range and an altitude; None if the fan does not get there.

    range_m: from the launcher along the ground. altitude_m: above the ellipsoid. Two neighbouring elevations
    of the fan pass the altitude on either side of the range; the path lies between theirs in proportion.
    Below the arc of the lowest elevation the path is that arc pressed down, as the table takes its time.
    """
    step, ranges, heights = _arcs(interceptor)
    best: tuple[float, int, float] | None = None
    for rising in (True, False):
        reach, time = _passes(ranges, heights, step, altitude_m, rising=rising)
        width = reach[1:] - reach[:-1]
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.where(np.abs(width) > 0.0, (range_m - reach[:-1]) / width, np.nan)
            inside = (share >= 0.0) & (share <= 1.0)
        for k in np.flatnonzero(inside):
            arrival = float(time[k] + share[k] * (time[k + 1] - time[k]))
            if best is None or arrival < best[0]:
                best = (arrival, int(k), float(share[k]))
    if best is not None:
        return _between(ranges, heights, step, *best)
    return _below(ranges[0], heights[0], step, range_m, altitude_m)


@lru_cache(maxsize=64)
def _arcs(interceptor: Interceptor) -> tuple[float, Floats, Floats]:
    """Step s, and ground range and height m of every elevation (elevation, time), the launch first."""
    step = interceptor.flight_s_max / _TIMES
    substeps = max(1, ceil(step / _STEP_MAX_S))
    elevation = np.linspace(interceptor.elevation_min_rad, 0.5 * pi, _ELEVATIONS)
    direction = np.column_stack([np.sin(elevation), np.cos(elevation)])
    angle, height = np.zeros((_ELEVATIONS, _TIMES)), np.zeros((_ELEVATIONS, _TIMES))
    beta = interceptor.ballistic_coefficient_kg_m2
    _fan(
        elevation, EARTH_EQUATORIAL_RADIUS_M, direction,
        interceptor.burnout_speed_m_s, interceptor.burnout_s,
        step, substeps, 1.0 / beta if isfinite(beta) else 0.0, angle, height,
    )  # fmt: skip
    launch = np.zeros((_ELEVATIONS, 1))
    return step, EARTH_MEAN_RADIUS_M * np.hstack([launch, angle]), np.hstack([launch, height])


def _passes(
    ranges: Floats, heights: Floats, step: float, altitude: float, *, rising: bool
) -> tuple[Floats, Floats]:
    """Ground range and time at which each elevation passes an altitude, NaN where it does not."""
    above = heights >= altitude
    crosses = (above[:, 1:] & ~above[:, :-1]) if rising else (~above[:, 1:] & above[:, :-1])
    row = np.arange(len(ranges))
    k = crosses.argmax(axis=1)
    low, high = heights[row, k], heights[row, k + 1]
    with np.errstate(invalid="ignore", divide="ignore"):
        part = np.where(crosses.any(axis=1), (altitude - low) / (high - low), np.nan)
    reach = ranges[row, k] + part * (ranges[row, k + 1] - ranges[row, k])
    return reach, (k + part) * step


def _between(
    ranges: Floats, heights: Floats, step: float, arrival: float, k: int, share: float
) -> FlyoutPath:
    """The path a share of the way from elevation k to the next, up to its arrival."""
    own_range = (1.0 - share) * ranges[k] + share * ranges[k + 1]
    own_height = (1.0 - share) * heights[k] + share * heights[k + 1]
    grid = step * np.arange(own_range.size)
    time = np.append(grid[grid < arrival], arrival)
    half = 0.5 * step
    ahead, behind = min(arrival + half, float(grid[-1])), max(arrival - half, 0.0)
    level, up = (
        float(np.interp(ahead, grid, values) - np.interp(behind, grid, values)) / (ahead - behind)
        for values in (own_range, own_height)
    )
    return FlyoutPath(time, np.interp(time, grid, own_range), np.interp(time, grid, own_height), level, up)


def _below(
    ranges: Floats, heights: Floats, step: float, range_m: float, altitude_m: float
) -> FlyoutPath | None:
    """The path under the arc of the lowest elevation; None if the place is not under it."""
    farthest = int(ranges.argmax())
    if not 0.0 < range_m <= ranges[farthest]:
        return None
    k = int(np.searchsorted(ranges[: farthest + 1], range_m))
    part = (range_m - ranges[k - 1]) / (ranges[k] - ranges[k - 1])
    passing = float(heights[k - 1] + part * (heights[k] - heights[k - 1]))
    if not 0.0 <= altitude_m <= passing:
        return None
    arc = _between(np.stack([ranges] * 2), np.stack([heights] * 2), step, (k - 1 + part) * step, 0, 0.0)
    pressed = altitude_m / passing
    return arc._replace(altitude_m=pressed * arc.altitude_m, speed_up_m_s=pressed * arc.speed_up_m_s)
