"""Where flights are met first, by which battery, and how both bodies move there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from synaspis.analyses._threat_run import CHUNK, Defence, Territory
from synaspis.analyses.timeline import _one_battery_each
from synaspis.engagement import NEVER_S, engage, observe
from synaspis.engine.earth import ecef_to_geodetic, geodetic_to_ecef, local_axes_ecef
from synaspis.engine.flight import BURNOUT
from synaspis.engine.flyout_path import FlyoutPath, flyout_path
from synaspis.engine.parameters import Floats, Interceptor, Missile
from synaspis.engine.status import Status
from synaspis.engine.targeting import Fan, aim
from synaspis.geography import geodesic_direct, geodesic_inverse
from synaspis.scenario import PlacedAsset


class Meetings(NamedTuple):
    """Flights from one launch point that one battery meets first, each at its earliest intercept.

    time_s: (case,) after the launch of the missile. missile_state: (case, 6) position m and velocity m/s in
    ECEF. nodes: (case, 7, node) the whole flight of the missile. position: (case, 3) latitude rad, longitude
    rad, height m.
    """

    time_s: Floats
    missile_state: Floats
    nodes: Floats
    position: Floats

    def thinned(self, most: int) -> Meetings:
        """At most so many of the flights, evenly through them."""
        size = self.time_s.size
        keep = np.unique(np.linspace(0, size - 1, min(most, size)).round().astype(int))
        return Meetings(*(values[keep] for values in self))


def meetings_from(
    missile: Missile,
    launch: tuple[float, float],
    land: Territory,
    shield: Defence,
) -> tuple[dict[int, Meetings], int]:
    """Fly from one launch point (latitude, longitude, rad) to every cell.

    Returns the meetings by battery index and the number of flights. A flight counts for the battery whose
    first intercept is earliest among those that fit in the shots required.
    """
    fan = Fan.at(missile, *launch)
    distance_m = geodesic_inverse(*launch, land.latitude_rad, land.longitude_rad).distance_m
    near = np.flatnonzero((distance_m <= missile.range_max_m) & (distance_m >= missile.range_min_m))
    found: dict[int, list[Meetings]] = {}
    flown = 0
    for begin in range(0, near.size, CHUNK):
        cells = near[begin : begin + CHUNK]
        flights = aim(fan, land.latitude_rad[cells], land.longitude_rad[cells])
        done = np.flatnonzero(flights.status == Status.DONE)
        for battery, met in _met(flights.nodes[done], flights.summary[done, BURNOUT].copy(), shield):
            found.setdefault(battery, []).append(met)
        flown += done.size
    return {
        battery: Meetings(*(np.concatenate(part) for part in zip(*parts, strict=True)))
        for battery, parts in sorted(found.items())
    }, flown


def _met(nodes: Floats, burnout_s: Floats, shield: Defence) -> Iterator[tuple[int, Meetings]]:
    if not len(nodes) or not shield.batteries.commit_s.size:
        return
    tracks = observe(nodes, burnout_s, shield.radars, shield.satellites)
    answer = engage(nodes, burnout_s, tracks, shield.batteries, _one_battery_each(shield), shield.required)
    earliest_s = np.where(answer.able != 0, answer.earliest_s, NEVER_S)
    first = earliest_s.argmin(axis=0)
    for battery in np.unique(first):
        cases = np.flatnonzero((first == battery) & (earliest_s.min(axis=0) < NEVER_S))
        if cases.size:
            time_s = earliest_s[battery, cases]
            state = state_at(nodes[cases], time_s)
            yield (
                int(battery),
                Meetings(time_s, state, nodes[cases], np.stack(ecef_to_geodetic(state[:, :3]), axis=1)),
            )


def state_at(nodes: Floats, time_s: Floats) -> Floats:
    """State (case, 6) of each flight at a time, by cubic Hermite interpolation between its nodes.

    nodes: (case, 7, node). time_s: (case,) within the flight.
    """
    after = np.clip((nodes[:, 0] <= time_s[:, None]).sum(axis=1), 1, nodes.shape[2] - 1)
    row = np.arange(len(nodes))
    t0, t1 = nodes[row, 0, after - 1], nodes[row, 0, after]
    p0, p1 = nodes[row, 1:4, after - 1], nodes[row, 1:4, after]
    v0, v1 = nodes[row, 4:7, after - 1], nodes[row, 4:7, after]
    h = (t1 - t0)[:, None]
    s = ((time_s - t0) / (t1 - t0))[:, None]
    position = (
        (1.0 + 2.0 * s) * (1.0 - s) ** 2 * p0
        + s * (1.0 - s) ** 2 * h * v0
        + s * s * (3.0 - 2.0 * s) * p1
        + s * s * (s - 1.0) * h * v1
    )
    # The velocity straight between its nodes: the derivative of the cubic would double its own error.
    return np.concatenate([position, (1.0 - s) * v0 + s * v1], axis=1)


class Approach(NamedTuple):
    """An interceptor on its way to one meeting: its ground track with heights, and its state there."""

    latitude_rad: Floats
    longitude_rad: Floats
    altitude_m: Floats
    state: Floats


def approach(
    interceptor: Interceptor, battery: PlacedAsset, position: NDArray[np.float64]
) -> Approach | None:
    """How an interceptor gets from its battery to a place; None if its fan does not reach it.

    position: (3,) latitude rad, longitude rad, height m. The path lies in the vertical plane of the geodesic.
    """
    latitude, longitude, height = (float(value) for value in position)
    line = geodesic_inverse(battery.latitude_rad, battery.longitude_rad, latitude, longitude)
    path: FlyoutPath | None = flyout_path(interceptor, float(line.distance_m), height)
    if path is None:
        return None
    track = geodesic_direct(
        battery.latitude_rad, battery.longitude_rad, float(line.azimuth_start_rad), path.range_m
    )
    east, north, up = local_axes_ecef(latitude, longitude)
    azimuth = float(line.azimuth_end_rad)
    ahead = np.sin(azimuth) * east + np.cos(azimuth) * north
    velocity = path.speed_level_m_s * ahead + path.speed_up_m_s * up
    state = np.concatenate([geodetic_to_ecef(latitude, longitude, height), velocity])
    return Approach(track.latitude_rad, track.longitude_rad, path.altitude_m, state)
