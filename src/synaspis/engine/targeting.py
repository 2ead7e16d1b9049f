"""Flights from a launch point to many aim points: one fan, its inverse, and a correction or two.

The fan covers all azimuths and controls once. Bearing and range of its impacts are smooth functions of
azimuth and control, so that cubics through them are inverted for all aim points together; then each aim point
is flown, and the miss shifts the aim (a Newton step with the derivative of the cubics).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from math import pi

import numpy as np
from pyproj import Geod

from synaspis.core.constants import EARTH_EQUATORIAL_RADIUS_M, EARTH_FLATTENING
from synaspis.engine._jit import driver, lane, prange
from synaspis.engine.booster import Programme, launch_rows, programme
from synaspis.engine.earth import ecef_to_geodetic, geodetic_to_ecef, local_axes_ecef
from synaspis.engine.flight import IMPACT, LANDED
from synaspis.engine.parameters import Floats, Missile
from synaspis.engine.status import Status

MISS_ALLOWED_M = 100.0
_AZIMUTHS = 48
_CONTROLS = 33
_CORRECTIONS = 12
_TURNS = 10  # of the inversion; each gains two or three digits
_GEOD = Geod(a=EARTH_EQUATORIAL_RADIUS_M, f=EARTH_FLATTENING)


@lane
def _weights(t):  # type: ignore[no-untyped-def]
    """Lagrange weights of four points at -1, 0, 1, 2 for a place t in 0..1."""
    return (
        -t * (t - 1.0) * (t - 2.0) / 6.0,
        (t + 1.0) * (t - 1.0) * (t - 2.0) / 2.0,
        -(t + 1.0) * t * (t - 2.0) / 2.0,
        (t + 1.0) * t * (t - 1.0) / 6.0,
    )


@lane
def _cubic(grid, azimuth, control):  # type: ignore[no-untyped-def]
    """Value on an (azimuth, control) grid, periodic in azimuth, by the product of two four-point cubics."""
    rows, columns = grid.shape
    p, q = azimuth * (rows / (2.0 * pi)), control * (columns - 1)
    i, j = int(p), min(max(int(q), 1), columns - 3)
    a, b = _weights(p - i), _weights(q - j)
    value = 0.0
    for m in range(4):
        row = (i + m - 1 + rows) % rows
        for n in range(4):
            value += a[m] * b[n] * grid[row, j + n - 1]
    return value


@driver
def _invert(range_grid, turn_grid, bearing, distance, azimuth, control):  # type: ignore[no-untyped-def]
    """Find azimuth and control for each bearing and distance; both hold first the guess, then the answer."""
    for k in prange(bearing.size):
        a, c = azimuth[k], control[k]
        for _ in range(_TURNS):
            a = (bearing[k] - _cubic(turn_grid, a, c) + 4.0 * pi) % (2.0 * pi)
            low, high = max(c - 1.0e-3, 0.0), min(c + 1.0e-3, 1.0)
            slope = (_cubic(range_grid, a, high) - _cubic(range_grid, a, low)) / (high - low)
            step = (distance[k] - _cubic(range_grid, a, c)) / max(slope, 1.0e3)
            c = min(max(c + min(max(step, -0.3), 0.3), 0.0), 1.0)
        azimuth[k], control[k] = a, c


@dataclass(frozen=True, eq=False)
class Fan:
    """All that a missile class can reach from one launch point.

    range_m, turn_rad: (azimuth, control) ground range, and bearing of the impact minus azimuth; azimuths
    evenly from 0 to 2 pi (excluded), controls evenly from 0 to 1.
    """

    missile: Missile
    programme: Programme
    latitude_rad: float
    longitude_rad: float
    range_m: Floats
    turn_rad: Floats

    @classmethod
    def at(cls, missile: Missile, latitude_rad: float, longitude_rad: float) -> Fan:
        """Fly the fan of a class from a launch point on the ellipsoid; points of one latitude share it."""
        return cls(
            missile, programme(missile), latitude_rad, longitude_rad, *_fan_grids(missile, latitude_rad)
        )

    def invert(self, bearing_rad: Floats, range_m: Floats) -> tuple[Floats, Floats]:
        """Azimuth (rad, 0..2 pi) and control (0..1) whose impact lies at a bearing and ground range."""
        azimuth = np.remainder(bearing_rad, 2.0 * pi)
        control = np.interp(
            range_m, np.maximum.accumulate(self.range_m.mean(axis=0)), np.linspace(0.0, 1.0, _CONTROLS)
        )
        _invert(
            self.range_m,
            self.turn_rad,
            np.ascontiguousarray(bearing_rad),
            np.ascontiguousarray(range_m),
            azimuth,
            control,
        )
        return azimuth, control


@lru_cache(maxsize=1024)
def _fan_grids(missile: Missile, latitude_rad: float) -> tuple[Floats, Floats]:
    """Ground range (m) and bearing minus azimuth (rad) of the fan from a latitude, (azimuth, control)."""
    azimuth = 2.0 * pi * np.arange(_AZIMUTHS) / _AZIMUTHS
    control = np.linspace(0.0, 1.0, _CONTROLS)
    azimuths, controls = (grid.ravel() for grid in np.meshgrid(azimuth, control, indexing="ij"))
    summary, _ = _fly(programme(missile), latitude_rad, 0.0, azimuths, controls, with_nodes=False)
    bearing, distance = _polar(latitude_rad, 0.0, summary)
    turn = np.remainder(bearing - azimuths + pi, 2.0 * pi) - pi
    return distance.reshape(_AZIMUTHS, _CONTROLS), turn.reshape(_AZIMUTHS, _CONTROLS)


@dataclass(frozen=True, eq=False)
class Flights:
    """A batch of aimed flights.

    status: (case,) `Status`. miss_m: (case,) distance of the impact from the aim point. azimuth_rad, control:
    (case,).
    summary: (case, 14) as in `engine.flight`. nodes: (case, 7, node): time s, position m, velocity m/s in
    ECEF; zeros where status is not DONE.
    """

    status: np.ndarray
    miss_m: Floats
    azimuth_rad: Floats
    control: Floats
    summary: Floats
    nodes: Floats

    def turned(self, longitude_rad: Floats) -> Flights:
        """The same flights, each carried east by an angle (case,); the model is alike at every longitude."""
        cosine, sine = np.cos(longitude_rad), np.sin(longitude_rad)
        summary, nodes = self.summary.copy(), self.nodes.copy()
        for first in (1, 4, IMPACT + 1):
            x, y = self.summary[:, first], self.summary[:, first + 1]
            summary[:, first], summary[:, first + 1] = cosine * x - sine * y, sine * x + cosine * y
        for first in (1, 4) if nodes.size else ():
            x, y = self.nodes[:, first], self.nodes[:, first + 1]
            nodes[:, first] = cosine[:, None] * x - sine[:, None] * y
            nodes[:, first + 1] = sine[:, None] * x + cosine[:, None] * y
        return replace(self, summary=summary, nodes=nodes)


def aim(fan: Fan, latitude_rad: Floats, longitude_rad: Floats, *, with_nodes: bool = True) -> Flights:
    """Fly from the launch point of the fan to aim points.

    latitude_rad, longitude_rad: (case,), on the ellipsoid. with_nodes: whether to keep the trajectories.
    Returns for each a flight that misses by less than 100 m, or a status that says why there is none.
    """
    latitude, longitude = (
        np.atleast_1d(latitude_rad).astype(float),
        np.atleast_1d(longitude_rad).astype(float),
    )
    finite = np.isfinite(latitude) & np.isfinite(longitude)
    latitude, longitude = np.where(finite, latitude, 0.0), np.where(finite, longitude, 0.0)
    bearing, distance = _inverse(fan.latitude_rad, fan.longitude_rad, latitude, longitude)
    status = np.full(latitude.size, int(Status.NOT_CONVERGED), dtype=np.int8)
    status[distance > fan.missile.range_max_m] = Status.BEYOND_REACH
    status[distance < fan.missile.range_min_m] = Status.BELOW_MINIMUM_RANGE
    status[~finite] = Status.NOT_FINITE
    cases = np.flatnonzero(status == Status.NOT_CONVERGED)
    booster = fan.programme.booster
    flights = Flights(
        status, np.full(latitude.size, np.nan), np.zeros(latitude.size), np.zeros(latitude.size),
        np.zeros((latitude.size, LANDED + 1)),
        np.zeros((latitude.size if with_nodes else 0, 7, booster.node_count)),
    )  # fmt: skip
    target = geodetic_to_ecef(latitude, longitude, 0.0)
    aim_bearing, aim_range = bearing.copy(), distance.copy()
    for turn in range(_CORRECTIONS):
        if not cases.size:
            break
        azimuth, control = fan.invert(aim_bearing[cases], aim_range[cases])
        store = with_nodes and turn > 0  # the first shot is a range-finder
        summary, nodes = _fly(
            fan.programme, fan.latitude_rad, fan.longitude_rad, azimuth, control, with_nodes=store
        )
        miss = np.linalg.norm(summary[:, IMPACT + 1 : IMPACT + 4] - target[cases], axis=1)
        hit = (miss <= MISS_ALLOWED_M) & (summary[:, LANDED] > 0.5) & (store or not with_nodes)
        for whole, part in zip(
            (flights.miss_m, flights.azimuth_rad, flights.control, flights.summary),
            (miss, azimuth, control, summary),
            strict=True,
        ):
            whole[cases] = part
        if store:
            flights.nodes[cases[hit]] = nodes[hit]
        status[cases[hit]] = Status.DONE
        near = miss > 1.0  # below a metre the aim stays, so that the second shot repeats the first
        reached_bearing, reached_range = _polar(fan.latitude_rad, fan.longitude_rad, summary)
        shift = np.remainder(bearing[cases] - reached_bearing + pi, 2.0 * pi) - pi
        aim_bearing[cases] += np.where(near, shift, 0.0)
        aim_range[cases] += np.where(near, distance[cases] - reached_range, 0.0)
        cases = cases[~hit]
    return flights


def _fly(
    flown: Programme,
    latitude_rad: float,
    longitude_rad: float,
    azimuth_rad: Floats,
    control: Floats,
    *,
    with_nodes: bool,
) -> tuple[Floats, Floats]:
    """Fly from one launch point with azimuths and controls (case,)."""
    position = geodetic_to_ecef(latitude_rad, longitude_rad, 0.0)
    east, north, up = local_axes_ecef(latitude_rad, longitude_rad)
    along = np.sin(azimuth_rad)[:, None] * east + np.cos(azimuth_rad)[:, None] * north
    launch = launch_rows(position, up, along, flown.cutoff_s(control), flown.tilt_rad(control))
    return flown.booster.fly(launch, with_nodes=with_nodes)


def _polar(latitude_rad: float, longitude_rad: float, summary: Floats) -> tuple[Floats, Floats]:
    """Bearing (rad) and ground range (m) of the impacts of a summary."""
    latitude, longitude, _ = ecef_to_geodetic(summary[:, IMPACT + 1 : IMPACT + 4])
    return _inverse(latitude_rad, longitude_rad, latitude, longitude)


def _inverse(
    latitude_rad: float, longitude_rad: float, to_latitude_rad: Floats, to_longitude_rad: Floats
) -> tuple[Floats, Floats]:
    """Bearing (rad) and length (m) of the geodesics from one point to many."""
    size = to_latitude_rad.shape
    bearing, _, distance = _GEOD.inv(
        np.full(size, longitude_rad),
        np.full(size, latitude_rad),
        to_longitude_rad,
        to_latitude_rad,
        radians=True,
    )
    return np.asarray(bearing), np.asarray(distance)
