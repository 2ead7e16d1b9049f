"""Whether and when an interceptor can meet stated flights, for each way in which it may be committed.

The latest moment at which it can leave and still meet the flight, against the first at which it may: the
difference is the margin. The way there is a ballistic flyout inside the altitudes, time and range that the
interceptor has; a mean speed along a straight line would mean nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from synaspis.analyses.assurance.document import AssuranceDocument
from synaspis.catalogue import Catalogue, Interceptor, Satellite
from synaspis.core.constants import EARTH_MEAN_RADIUS_M
from synaspis.engagement import NEVER_S, Tracks, observe
from synaspis.engine.earth import ecef_to_geodetic, geodetic_to_ecef
from synaspis.engine.flight import BURNOUT
from synaspis.engine.flyout import flyout_table
from synaspis.engine.parameters import Floats, Missile
from synaspis.engine.status import Status
from synaspis.engine.targeting import Fan, aim
from synaspis.scenario import (
    Architecture,
    PlacedAsset,
    Scenario,
    Variant,
    architecture,
    interceptor_parameters,
    missile_parameters,
    radar_arrays,
    revalued,
    satellite_arrays,
)

_NODE_S: Final = 5.0
"""Spacing to which nodes of a flight are brought; the latest launch is flat at its best to a fraction of it."""


class Commit(StrEnum):
    """On what knowledge the interceptor is launched, from the latest to the earliest."""

    OWN_RADAR = "own radar"
    OWN_NETWORK = "radars of its owner"
    AGREEMENTS = "radars by the agreements"
    ALL_RADARS = "every radar shared"
    SATELLITE = "satellite at burnout"

    @property
    def sentence(self) -> str:
        """The assumption in words."""
        return _SENTENCES[self]


_SENTENCES = {
    Commit.OWN_RADAR: "launch on a firm track of the fire-control radar of the battery alone",
    Commit.OWN_NETWORK: "launch on a firm track of any radar of the owner of the battery",
    Commit.AGREEMENTS: "launch on a firm track of any radar that the agreements of the scenario give",
    Commit.ALL_RADARS: "launch on a firm track of any radar of the scenario, shared at once",
    Commit.SATELLITE: "launch on what warning satellites know at burnout: no sensor knows the way sooner",
}

STATED: Final = Commit.AGREEMENTS
"""What the scenario says; more is never assumed for a `yes`."""


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


class Reach(NamedTuple):
    """What a battery can do about each flight, (flight, battery).

    latest_s: latest launch that meets the flight after burnout, -NEVER_S if none does.
    ready_s: (commit, flight, battery) first moment at which it may be launched, NEVER_S if never.
    guided: some radar that the battery may use holds the flight at the intercept of the latest launch, up to
    homing.
    """

    latest_s: Floats
    ready_s: Floats
    guided: NDArray[np.bool_]

    def margin_s(self) -> Floats:
        """(commit, flight, battery) latest launch less first launch; -inf where there is none of either."""
        none = (self.latest_s <= -NEVER_S) | (self.ready_s >= NEVER_S)
        return np.where(none, -np.inf, self.latest_s - self.ready_s)


@dataclass(frozen=True, eq=False)
class Problem:
    """One interceptor of one phase against the flights of a document; built by `problem`.

    scenario: with the assets of a pair, if one was asked for. batteries: where the interceptor stands.
    rights: of the variants own network, agreements, all, in this order.
    """

    scenario: Scenario
    document: AssuranceDocument
    day: date
    interceptor: str
    batteries: tuple[PlacedAsset, ...]
    rights: Architecture

    def reach(self, values: Mapping[str, float] | None = None) -> Reach:
        """Reach with the values of the catalogue, or with others, SI by target as in `revalued`."""
        catalogue = revalued(self.scenario.catalogue, values or {})
        item, missile = catalogue.interceptors[self.interceptor], catalogue.missiles[self.document.missile]
        flights = launches(self.document, missile_parameters(missile))
        radars = [_seen(radar, catalogue) for radar in self.scenario.radars]
        satellites = [_seen(satellite, catalogue) for satellite in self.scenario.satellites]
        tracks = observe(
            flights.nodes, flights.burnout_s, radar_arrays(radars, missile), satellite_arrays(satellites)
        )
        latest_s, meet_s = _latest(flights, self.batteries, item)
        ready_s = np.stack([self._by_radar(tracks, flights.burnout_s, mode) for mode in range(4)])
        satellite_s = self._by_satellite(tracks, flights.burnout_s, satellites)
        ready_s = np.concatenate([ready_s, satellite_s[None]]) + item.commit_delay.si
        guided = self._guided(tracks, meet_s - item.homing_time.si)
        return Reach(latest_s, np.minimum(ready_s, NEVER_S), guided)

    def _by_radar(self, tracks: Tracks, burnout_s: Floats, mode: int) -> Floats:
        """First firm track after burnout that the battery may launch on, (flight, battery)."""
        variant = max(mode - 1, 0)
        ready = np.full((burnout_s.size, len(self.batteries)), NEVER_S)
        for column, battery in enumerate(self.batteries):
            number = self.rights.battery_ids.index(battery.id)
            for row, radar in enumerate(self.rights.radar_ids):
                delay = self.rights.track_delay_s[variant, row, number]
                own = radar in battery.entry.fire_control
                if not np.isfinite(delay) or (mode == 0 and not own):
                    continue
                firm, lost = tracks.firm_s[:, row], tracks.lost_s[:, row]
                usable = (firm < NEVER_S) & (lost >= burnout_s)
                known = np.where(usable, np.maximum(firm, burnout_s) + delay, NEVER_S)
                ready[:, column] = np.minimum(ready[:, column], known)
        return ready

    def _by_satellite(self, tracks: Tracks, burnout_s: Floats, satellites: list[PlacedAsset]) -> Floats:
        """State at burnout as reported by a satellite whose warning the owner gets, (flight, battery)."""
        ready = np.full((burnout_s.size, len(self.batteries)), NEVER_S)
        first = len(self.rights.radar_ids)
        for column, battery in enumerate(self.batteries):
            partner = self.rights.partner_ids.index(battery.owner)
            for row, satellite in enumerate(satellites):
                delay = self.rights.warning_delay_s[1, first + row, partner]
                if not np.isfinite(delay) or not self.rights.satellite_on[1, row]:
                    continue
                assert isinstance(satellite.item, Satellite)
                seen = tracks.report_s[:, row] < NEVER_S
                known = np.maximum(tracks.report_s[:, row], burnout_s + satellite.item.report_delay.si)
                ready[:, column] = np.minimum(ready[:, column], np.where(seen, known + delay, NEVER_S))
        return ready

    def _guided(self, tracks: Tracks, at_s: Floats) -> NDArray[np.bool_]:
        guided = np.zeros(at_s.shape, dtype=np.bool_)
        for column, battery in enumerate(self.batteries):
            number = self.rights.battery_ids.index(battery.id)
            for row in np.flatnonzero(self.rights.guidance[1, :, number]):
                held = (tracks.firm_s[:, row] <= at_s[:, column]) & (tracks.lost_s[:, row] >= at_s[:, column])
                guided[:, column] |= held
        return guided


def problem(scenario: Scenario, document: AssuranceDocument, day: date, interceptor: str) -> Problem:
    """The question for an interceptor on a day; `batteries` is empty if it does not stand anywhere."""
    batteries = tuple(
        battery
        for battery in scenario.batteries
        if battery.item.id == interceptor and battery.entry.serves_on(day)
    )
    variants = [Variant(day, sharing="none"), Variant(day), Variant(day, sharing="all")]
    rights = architecture(scenario, variants)
    return Problem(scenario, document, day, interceptor, batteries, rights)


def _seen(asset: PlacedAsset, catalogue: Catalogue) -> PlacedAsset:
    """The asset with its item as a catalogue has it."""
    item = catalogue.find(asset.item.id)
    if item is asset.item:
        return asset
    return PlacedAsset(
        asset.id, asset.kind, asset.entry, item, asset.latitude_rad, asset.longitude_rad, asset.height_m,
        asset.boresight_rad, asset.at_sea,
    )  # type: ignore[arg-type]  # fmt: skip


@lru_cache(maxsize=256)
def _field_flights(
    missile: Missile, latitude_rad: float, longitude_rad: float, aims_rad: tuple[tuple[float, float], ...]
) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Status, burnout time and nodes of the flights from one field."""
    latitude, longitude = np.array(aims_rad).T
    flown = aim(Fan.at(missile, latitude_rad, longitude_rad), latitude, longitude)
    return flown.status.astype(np.int64), flown.summary[:, BURNOUT].copy(), flown.nodes


def launches(document: AssuranceDocument, missile: Missile) -> Launches:
    """Fly the class from every field to every city within its range, near minimum energy."""
    cities = [(t, city) for t, target in enumerate(document.targets.values()) for city in target.cities]
    aims = tuple((city.latitude.si, city.longitude.si) for _, city in cities)
    parts = [
        _field_flights(missile, place.latitude.si, place.longitude.si, aims)
        for place in document.fields.values()
    ]
    status, burnout_s, nodes = (np.concatenate([part[k] for part in parts]) for k in range(3))
    flown = np.flatnonzero(status == Status.DONE)
    return Launches(
        flown // len(cities),
        np.array([t for t, _ in cities])[flown % len(cities)],
        tuple(cities[number % len(cities)][1].name for number in flown),
        burnout_s[flown],
        nodes[flown],
    )


def _latest(
    flights: Launches, batteries: tuple[PlacedAsset, ...], item: Interceptor
) -> tuple[Floats, Floats]:
    """Latest launch that meets each flight after burnout, and the time of that meeting, (flight, battery)."""
    table = flyout_table(interceptor_parameters(item))
    times, positions = _dense(flights.nodes)
    _, _, height = ecef_to_geodetic(np.moveaxis(positions, 1, -1))
    after = times >= flights.burnout_s[:, None]
    direction = positions / np.linalg.norm(positions, axis=1)[:, None]
    latest = np.full((times.shape[0], len(batteries)), -NEVER_S)
    meet = np.full_like(latest, NEVER_S)
    rows = np.arange(times.shape[0])
    for column, battery in enumerate(batteries):
        site = geodetic_to_ecef(battery.latitude_rad, battery.longitude_rad, battery.height_m)
        chord = np.linalg.norm(direction - (site / np.linalg.norm(site))[:, None], axis=1)
        flight_s = table.at(2.0 * EARTH_MEAN_RADIUS_M * np.arcsin(0.5 * chord), height)
        launch = np.where(after & (flight_s < NEVER_S), times - flight_s, -NEVER_S)
        best = launch.argmax(axis=1)
        latest[:, column] = launch[rows, best]
        meet[:, column] = np.where(latest[:, column] > -NEVER_S, times[rows, best], NEVER_S)
    return latest, meet


def _dense(nodes: Floats) -> tuple[Floats, Floats]:
    """Times (flight, node) and positions (flight, 3, node) with extra nodes by cubic Hermite interpolation."""
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
