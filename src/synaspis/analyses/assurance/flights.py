"""Stated flights of a notional class, near minimum energy, and the latest launch that meets them.

The way to a flight is a ballistic flyout inside the altitudes, time and range that the interceptor has; a
mean speed along a straight line would mean nothing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from synaspis.analyses.assurance.document import AssuranceDocument
from synaspis.core.constants import EARTH_MEAN_RADIUS_M
from synaspis.engagement import NEVER_S
from synaspis.engine.earth import ecef_to_geodetic, geodetic_to_ecef
from synaspis.engine.flight import BURNOUT
from synaspis.engine.flyout import flyout_table
from synaspis.engine.parameters import Floats, Interceptor, Missile
from synaspis.engine.status import Status
from synaspis.engine.targeting import Fan, aim

_NODE_S: Final = 5.0
"""Spacing to which nodes of a flight are brought; at its best the latest launch hardly moves within it."""


class Launches(NamedTuple):
    """Flights of the question, (flight,) each; those that the class cannot fly are left out.

    field, target: index into the fields and targets of the document. city: its name.
    burnout_s: time of burnout. nodes: (flight, 7, node) time and ECEF state.
    """

    field: NDArray[np.int64]
    target: NDArray[np.int64]
    city: tuple[str, ...]
    burnout_s: Floats
    nodes: Floats


class Flown(NamedTuple):
    """Flights of a class from fields to aims, as far as it can fly them, and their way after launch, denser.

    origin, aim: (flight,) index of each. burnout_s: (flight,). nodes: (flight, 7, node). time_s, height_m:
    (flight, dense node). direction_ecef: (flight, 3, dense node) from the centre of the Earth.
    """

    origin: NDArray[np.int64]
    aim: NDArray[np.int64]
    burnout_s: Floats
    nodes: Floats
    time_s: Floats
    height_m: Floats
    direction_ecef: Floats


Points = tuple[tuple[float, ...], ...]
"""Latitude and longitude, rad, and for sites height, m."""


@lru_cache(maxsize=16)
def flown_between(missile: Missile, fields: Points, aims: Points) -> Flown:
    """Fly a class from every field to every aim."""
    latitude, longitude = np.array(aims).T
    parts = [aim(Fan.at(missile, *place), latitude, longitude) for place in fields]
    status = np.concatenate([part.status for part in parts])
    done = np.flatnonzero(status == Status.DONE)
    burnout_s = np.concatenate([part.summary[:, BURNOUT] for part in parts])[done]
    nodes = np.concatenate([part.nodes for part in parts])[done]
    time_s, position = _dense(nodes)
    height_m = ecef_to_geodetic(np.moveaxis(position, 1, -1))[2]
    direction = position / np.linalg.norm(position, axis=1)[:, None]
    return Flown(done // len(aims), done % len(aims), burnout_s, nodes, time_s, height_m, direction)


@lru_cache(maxsize=512)
def latest_launches(
    missile: Missile, fields: Points, aims: Points, sites: Points, interceptor: Interceptor
) -> tuple[Floats, Floats]:
    """Latest launch that meets each flight after burnout, and the time of that meeting, (flight, site)."""
    flights = flown_between(missile, fields, aims)
    table = flyout_table(interceptor)
    after = flights.time_s >= flights.burnout_s[:, None]
    latest = np.full((flights.burnout_s.size, len(sites)), -NEVER_S)
    meet = np.full_like(latest, NEVER_S)
    rows = np.arange(flights.burnout_s.size)
    for column, place in enumerate(sites):
        site = geodetic_to_ecef(*place)
        chord = np.linalg.norm(flights.direction_ecef - (site / np.linalg.norm(site))[:, None], axis=1)
        flight_s = table.at(2.0 * EARTH_MEAN_RADIUS_M * np.arcsin(0.5 * chord), flights.height_m)
        launch = np.where(after & (flight_s < NEVER_S), flights.time_s - flight_s, -NEVER_S)
        best = launch.argmax(axis=1)
        latest[:, column] = launch[rows, best]
        meet[:, column] = np.where(latest[:, column] > -NEVER_S, flights.time_s[rows, best], NEVER_S)
    return latest, meet


def launches(document: AssuranceDocument, missile: Missile) -> Launches:
    """Fly the class from every field to every city within its range, near minimum energy."""
    cities = [(t, city.name) for t, region in enumerate(document.targets.values()) for city in region.cities]
    flights = flown_between(missile, *ends_of(document))
    return Launches(
        flights.origin,
        np.array([t for t, _ in cities])[flights.aim],
        tuple(cities[number][1] for number in flights.aim),
        flights.burnout_s,
        flights.nodes,
    )


def ends_of(document: AssuranceDocument) -> tuple[Points, Points]:
    """Fields and cities of a document."""
    cities = [city for region in document.targets.values() for city in region.cities]
    fields, aims = (
        tuple((place.latitude.si, place.longitude.si) for place in places)
        for places in (document.fields.values(), cities)
    )
    return fields, aims


def _dense(nodes: Floats) -> tuple[Floats, Floats]:
    """Times (flight, node) and positions (flight, 3, node), denser by cubic Hermite interpolation."""
    time, position, velocity = nodes[:, 0], nodes[:, 1:4], nodes[:, 4:7]
    step = np.diff(time, axis=1)
    parts = max(1, int(np.ceil(np.max(step, initial=0.0) / _NODE_S)))
    share = np.arange(parts) / parts
    s = share[None, None, :]
    h = step[:, :, None]
    times = (time[:, :-1, None] + s * h).reshape(time.shape[0], -1)
    a, b = position[:, :, :-1, None], position[:, :, 1:, None]
    u, v = velocity[:, :, :-1, None] * h[:, None], velocity[:, :, 1:, None] * h[:, None]
    s = s[None]
    places = (
        (2 * s**3 - 3 * s**2 + 1) * a
        + (s**3 - 2 * s**2 + s) * u
        + (3 * s**2 - 2 * s**3) * b
        + (s**3 - s**2) * v
    )
    return times, places.reshape(*position.shape[:2], -1)
