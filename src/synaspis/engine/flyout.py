"""How long an interceptor needs to a place: a fan of elevations, turned into a table of range and altitude.

The boost is a straight line at constant acceleration that ends at the published burnout speed: gravity and
drag losses are inside that number. Then the interceptor coasts under gravity and drag. The table is made
northward from the equator, where the turning Earth moves the flight sideways only; in other directions the
reach differs by up to the carried speed of the ground, some per cent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, isfinite, pi
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synaspis.core.constants import EARTH_EQUATORIAL_RADIUS_M, EARTH_MEAN_RADIUS_M
from synaspis.engine._jit import driver, prange
from synaspis.engine.forces import height_m
from synaspis.engine.parameters import Floats, Interceptor
from synaspis.engine.steps import drag_step

NEVER_S: Final = 1.0e9
_ELEVATIONS: Final = 192
_TIMES: Final = 400
_RANGES: Final = 128
_ALTITUDES: Final = 96
_STEP_MAX_S: Final = 1.0


@driver
def _fan(  # type: ignore[no-untyped-def]
    elevation, start, direction, speed, burn, step, substeps, drag_area_per_mass, angle, height
):
    """Fly every elevation (rad); store geocentric angle (rad, by its chord) and height (m) at each step."""
    for e in prange(elevation.size):
        ux, uz = direction[e, 0], direction[e, 1]
        x, y, z, u, v, w = start, 0.0, 0.0, 0.0, 0.0, 0.0
        for k in range(angle.shape[1]):
            for m in range(substeps):
                t1 = k * step + (m + 1) * step / substeps
                if t1 <= burn:
                    path = 0.5 * speed / burn * t1 * t1
                    x, z = start + ux * path, uz * path
                    u, w = ux * speed / burn * t1, uz * speed / burn * t1
                else:
                    h = step / substeps
                    if t1 - h < burn:  # burnout falls inside this step
                        x, z = start + ux * 0.5 * speed * burn, uz * 0.5 * speed * burn
                        u, w = ux * speed, uz * speed
                        h = t1 - burn
                    x, y, z, u, v, w = drag_step(x, y, z, u, v, w, h, drag_area_per_mass)
            radius = (x * x + y * y + z * z) ** 0.5
            height[e, k] = height_m(radius, z * z / (radius * radius))
            half = 0.5 * (((x / radius - 1.0) ** 2 + (y * y + z * z) / (radius * radius)) ** 0.5)
            angle[e, k] = (
                2.0
                * half
                * (
                    1.0
                    + half * half * (1.0 / 6.0 + half * half * (3.0 / 40.0 + half * half * (15.0 / 336.0)))
                )
            )
            if height[e, k] < -1.0e3:
                for n in range(k, angle.shape[1]):
                    height[e, n], angle[e, n] = -1.0e3, angle[e, k]
                break


@dataclass(frozen=True, eq=False)
class FlyoutTable:
    """Time of flight of one interceptor to ground range and altitude.

    time_s: (altitude, range); beyond the edge it goes on smoothly, so that interpolation next to the edge is
    right.
    edge_m: (altitude,) greatest ground range that is reached; negative where the altitude is never reached.
    altitude_low_m, altitude_step_m, range_step_m: the axes; ranges start at 0.
    """

    time_s: Floats
    edge_m: Floats
    altitude_low_m: float
    altitude_step_m: float
    range_step_m: float

    def at(self, range_m: Floats, altitude_m: Floats) -> Floats:
        """Time of flight (s) by bilinear interpolation; NEVER_S beyond the edge or outside the altitudes."""
        row = np.clip(
            (np.asarray(altitude_m) - self.altitude_low_m) / self.altitude_step_m, 0.0, _ALTITUDES - 1.000001
        )
        column = np.clip(np.asarray(range_m) / self.range_step_m, 0.0, _RANGES - 1.000001)
        i, j = row.astype(int), column.astype(int)
        p, q = row - i, column - j
        edge = (1.0 - p) * self.edge_m[i] + p * self.edge_m[i + 1]
        time = (1.0 - p) * ((1.0 - q) * self.time_s[i, j] + q * self.time_s[i, j + 1]) + p * (
            (1.0 - q) * self.time_s[i + 1, j] + q * self.time_s[i + 1, j + 1]
        )
        top = self.altitude_low_m + self.altitude_step_m * (_ALTITUDES - 1)
        inside = (range_m <= edge) & (altitude_m >= self.altitude_low_m) & (altitude_m <= top)
        return np.where(inside, time, NEVER_S)


@lru_cache(maxsize=64)
def flyout_table(interceptor: Interceptor) -> FlyoutTable:
    """Fly the fan of an interceptor and invert it to the shortest time to each range and altitude."""
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
    # The launch itself is the first column, so that low altitudes have a crossing.
    angle = np.column_stack([np.zeros(_ELEVATIONS), angle])
    height = np.column_stack([np.zeros(_ELEVATIONS), height])
    ranges = angle * EARTH_MEAN_RADIUS_M
    low, high = interceptor.altitude_min_m, min(interceptor.altitude_max_m, float(height.max()))
    high = max(high, low + 1_000.0)
    altitudes = np.linspace(low, high, _ALTITUDES)
    crossings = [_crossings(ranges, height, step, altitude) for altitude in altitudes]
    edge = np.array([_farthest(crossing) for crossing in crossings])
    edge = np.minimum(edge, interceptor.range_max_m)
    axis = np.linspace(0.0, max(float(edge.max()), 1_000.0), _RANGES)
    time = _filled(np.stack([_shortest(crossing, axis) for crossing in crossings]))
    return FlyoutTable(time, edge, low, float(altitudes[1] - altitudes[0]), float(axis[1] - axis[0]))


def _crossings(ranges: Floats, height: Floats, step: float, altitude: float) -> Floats:
    """Chain of (range m, time s) at which elevations pass an altitude: rising (steep first), then falling.

    Between the two, below the arc of the lowest elevation, the chain follows that arc: no straight flight
    passes there, and one that turned lower would be sooner.
    """
    above = height >= altitude
    reached = np.flatnonzero(above.any(axis=1))
    over = np.flatnonzero(above[0])
    below = np.column_stack([ranges[0, over], over * step])
    first = above[reached].argmax(axis=1)
    rising = _between(ranges, height, reached, np.maximum(first - 1, 0), altitude, step)
    rising[first == 0] = 0.0
    last = above.shape[1] - 1 - above[reached, ::-1].argmax(axis=1)
    within = last < above.shape[1] - 1
    falling = np.full((reached.size, 2), np.nan)
    falling[within] = _between(ranges, height, reached[within], last[within], altitude, step)
    # Between two flights whose time ends above and below the altitude.
    ended = np.flatnonzero(~within & (reached > 0))
    ended = ended[~above[reached[ended] - 1, -1]]
    edge = _between(ranges[:, -1][None], height[:, -1][None], 0, reached[ended] - 1, altitude, 1.0)
    falling[ended] = np.column_stack([edge[:, 0], last[ended] * step])
    return np.concatenate([rising[::-1], below, falling])


def _between(
    ranges: Floats,
    height: Floats,
    row: NDArray[np.int64] | int,
    k: NDArray[np.int64],
    altitude: float,
    step: float,
) -> Floats:
    """Range and time, (case, 2), where the height of a row passes an altitude between columns k and k + 1."""
    low, high = height[row, k], height[row, k + 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.clip((altitude - low) / (high - low), 0.0, 1.0)
    near, far = ranges[row, k], ranges[row, k + 1]
    return np.column_stack([near + part * (far - near), (k + part) * step])


def _farthest(crossing: Floats) -> float:
    return float(np.nanmax(crossing[:, 0])) if len(crossing) > 1 else -1.0


def _filled(time: Floats) -> Floats:
    """Rows of NaN take the row below, so that interpolation just under the greatest altitude is right."""
    for row in range(1, len(time)):
        if np.isnan(time[row, 0]):
            time[row] = time[row - 1]
    return np.where(np.isnan(time), NEVER_S, time)


def _shortest(crossing: Floats, axis: Floats) -> Floats:
    """Least time on the chain at each range of the axis, carried on beyond the farthest; NaN without one."""
    if len(crossing) < 2:
        return np.full(axis.size, np.nan)
    begin, end = crossing[:-1], crossing[1:]
    usable = np.isfinite(begin[:, 0]) & np.isfinite(end[:, 0])
    if not usable.any():
        return np.full(axis.size, np.nan)
    begin, end = begin[usable], end[usable]
    width = end[:, 0] - begin[:, 0]
    part = (axis[:, None] - begin[:, 0]) / np.where(width == 0.0, 1.0, width)
    inside = (part >= 0.0) & (part <= 1.0)
    time = np.where(inside, begin[:, 1] + part * (end[:, 1] - begin[:, 1]), np.inf).min(axis=1)
    known = np.flatnonzero(np.isfinite(time))
    if not known.size:
        return np.full(axis.size, np.nan)
    last, before = int(known[-1]), int(known[-2:][0])
    slope = max(0.0, time[last] - time[before]) / max(1, last - before)
    beyond = np.arange(axis.size) > last
    time[beyond] = time[last] + slope * (np.arange(axis.size)[beyond] - last)
    found: Floats = np.interp(axis, axis[np.isfinite(time)], time[np.isfinite(time)])
    return found


def stacked(tables: Sequence[FlyoutTable]) -> tuple[Floats, Floats, Floats]:
    """Several tables as the engagement kernels take them; at least one.

    Returns times (table, altitude, range), edges (table, altitude) and, for each table, its lowest altitude
    in m, one over its steps of altitude and range in 1/m and its widest edge in m, (table, 4).
    """
    axes = [(t.altitude_low_m, 1.0 / t.altitude_step_m, 1.0 / t.range_step_m, t.edge_m.max()) for t in tables]
    return np.stack([t.time_s for t in tables]), np.stack([t.edge_m for t in tables]), np.array(axes)
