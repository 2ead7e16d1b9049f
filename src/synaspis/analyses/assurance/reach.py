"""Whether and when an interceptor can meet stated flights, for each way in which it may be committed.

The latest moment at which it can leave and still meet the flight, against the first at which it may: the
difference is the margin.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from synaspis.analyses.assurance.document import AssuranceDocument
from synaspis.analyses.assurance.flights import ends_of, latest_launches, launches
from synaspis.catalogue import Catalogue, Interceptor, Radar, Satellite
from synaspis.engagement import NEVER_S, Tracks, observe
from synaspis.engine.parameters import Floats
from synaspis.scenario import (
    Architecture,
    PlacedAsset,
    Scenario,
    Sharing,
    Variant,
    architecture,
    interceptor_parameters,
    missile_parameters,
    radar_arrays,
    revalued,
    satellite_arrays,
)


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
        sites = tuple((b.latitude_rad, b.longitude_rad, b.height_m) for b in self.batteries)
        radars = [_seen(radar, catalogue) for radar in self.scenario.radars]
        satellites = [_seen(satellite, catalogue) for satellite in self.scenario.satellites]
        tracks = observe(
            flights.nodes, flights.burnout_s, radar_arrays(radars, missile), satellite_arrays(satellites)
        )
        latest_s, meet_s = latest_launches(
            missile_parameters(missile), *ends_of(self.document), sites, interceptor_parameters(item)
        )
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


def problem(
    scenario: Scenario,
    document: AssuranceDocument,
    day: date,
    interceptor: str,
    excluded: frozenset[str] = frozenset(),
) -> Problem:
    """The question for an interceptor on a day; `batteries` is empty if it does not stand anywhere.

    excluded: ids of assets that are left out.
    """
    batteries = tuple(
        battery
        for battery in scenario.batteries
        if battery.item.id == interceptor and battery.entry.serves_on(day) and battery.id not in excluded
    )
    ways: tuple[Sharing, ...] = ("none", "agreements", "all")
    variants = [Variant(day, excluded, sharing=way) for way in ways]
    rights = architecture(scenario, variants)
    return Problem(scenario, document, day, interceptor, batteries, rights)


def _seen(asset: PlacedAsset, catalogue: Catalogue) -> PlacedAsset:
    """The asset with its item as a catalogue has it."""
    return replace(asset, item=cast("Radar | Interceptor | Satellite", catalogue.find(asset.item.id)))
