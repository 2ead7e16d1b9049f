"""What every flight needs to be engaged, kept so that any subset of a defence can be asked for at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from synaspis.analyses._threat_run import Territory
from synaspis.analyses.capability.families import Families, families
from synaspis.analyses.capability.rights import Pooling, named_clauses, with_agreements
from synaspis.core.documents import nearest
from synaspis.core.errors import Fault, InputError
from synaspis.engagement import Batteries
from synaspis.engagement.chains import Chains, Words, chains, fulfilled
from synaspis.engagement.opportunities import Opportunities
from synaspis.engine.parameters import Floats
from synaspis.geography import Grid
from synaspis.scenario import Architecture, Scenario, Sharing, Variant, architecture


class ThreatFlights(NamedTuple):
    """All flights of one threat.

    cell, launch: (case,) index into the territory and of the launch point. impact_s: (case,).
    sensed_s: (case, radars then satellites) first firm track or report; infinite without one.
    known: what batteries can do. first_case: (cell + 1,), case: the flights that end in each cell.
    """

    cell: NDArray[np.int64]
    launch: NDArray[np.int64]
    impact_s: Floats
    sensed_s: Floats
    known: Opportunities
    first_case: NDArray[np.int64]
    case: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Capability:
    """A defence on one day against some threats, ready to be asked about any part of it; made by `compute`.

    scenario: cut to the assets that count, all in service. land: cells of the territory. flights: one a
    threat.
    """

    scenario: Scenario = field(repr=False)
    phase: str
    day: date
    grid: Grid = field(repr=False)
    land: Territory = field(repr=False)
    threat_ids: tuple[str, ...]
    batteries: Batteries = field(repr=False)
    flights: tuple[ThreatFlights, ...] = field(repr=False)
    _chains: dict[bytes, tuple[Chains, ...]] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def radar_ids(self) -> tuple[str, ...]:
        """Radars that count, in the order of the file."""
        return tuple(asset.id for asset in self.scenario.radars)

    @cached_property
    def satellite_ids(self) -> tuple[str, ...]:
        """Satellites that count; they warn and give no right to launch."""
        return tuple(asset.id for asset in self.scenario.satellites)

    @cached_property
    def battery_ids(self) -> tuple[str, ...]:
        """Batteries that count."""
        return tuple(asset.id for asset in self.scenario.batteries)

    @cached_property
    def owners(self) -> dict[str, str]:
        """Partner that decides about each asset."""
        return {asset.id: asset.owner for asset in self.scenario.assets}

    @cached_property
    def area_m2(self) -> Floats:
        """Area of each cell of the territory on the ellipsoid, (cell,)."""
        return self.land.area_m2

    @cached_property
    def population(self) -> NDArray[np.int64]:
        """Inhabitants of cities of 15,000 and more in each cell of the territory, (cell,)."""
        people: NDArray[np.int64] = self.grid.population.ravel()[self.land.index]
        return people

    @cached_property
    def country(self) -> tuple[str, ...]:
        """Country code of each cell of the territory, (cell,)."""
        codes = self.grid.country.ravel()[self.land.index]
        return tuple(self.grid.codes[code] for code in codes)

    @cached_property
    def threatened(self) -> NDArray[np.bool_]:
        """Whether a launch point of the threat reaches the cell, (threat, cell)."""
        return np.array([np.diff(flights.first_case) > 0 for flights in self.flights])

    def under(self, scenario: Scenario) -> Capability:
        """The same assets and flights under the agreements of another form of the scenario."""
        return replace(self, scenario=scenario)

    def rights(self, sharing: Pooling = "agreements") -> Architecture:
        """Who may use what with all assets on, one variant; see `architecture`."""
        if isinstance(sharing, str):
            return architecture(self.scenario, [Variant(self.day, sharing=cast(Sharing, sharing))])
        agreements = named_clauses(self.scenario, sharing, self.day)
        return architecture(with_agreements(self.scenario, agreements), [Variant(self.day)])

    def chains(self, plan: Architecture) -> tuple[Chains, ...]:
        """Formulas of all flights of each threat under rights with all assets on, kept for equal ones."""
        delay_s, guidance = plan.track_delay_s[0], plan.guidance[0]
        key = delay_s.tobytes() + guidance.tobytes()
        if key not in self._chains:
            kind = self.batteries
            required = self.scenario.document.engagement.shots_required
            self._chains[key] = tuple(
                chains(
                    flights.known, delay_s, guidance, kind.commit_s, kind.assess_s, kind.homing_s, required
                )
                for flights in self.flights
            )
        return self._chains[key]

    def defended(
        self,
        radars: Collection[str] | None = None,
        batteries: Collection[str] | None = None,
        sharing: Pooling = "agreements",
    ) -> NDArray[np.bool_]:
        """Cells that a part of the defence defends, (threat, cell).

        radars, batteries: ids of those that are there, all by default. sharing: by the agreements, none,
        all, or by the named agreements and clauses alone. A cell is defended if every launch point that
        reaches it can be engaged; equal to `coverage` of a scenario with these assets.
        Raises InputError for unknown ids.
        """
        radars_here = _present(self.radar_ids, radars, "radar")
        batteries_here = _present(self.battery_ids, batteries, "battery")
        words = self.defended_words(radars_here, batteries_here, self.rights(sharing))
        return (words[:, :, 0] & np.uint64(1)).astype(bool)

    def arrival_s(self, threat: int, plan: Architecture) -> Floats:
        """When the first report of each sensor is where a flight will fall, (case, radars then satellites).

        threat: its index. plan: rights with all assets on. Infinite where no report comes there.
        """
        flights = self.flights[threat]
        partner = self.land.partner[flights.cell]
        delay_s = np.where(partner >= 0, plan.warning_delay_s[0][:, partner], np.inf)
        arrival_s: Floats = flights.sensed_s + delay_s.T
        return arrival_s

    def warning_s(
        self, sensors: Collection[str] | None = None, sharing: Pooling = "agreements"
    ) -> NDArray[np.float64]:
        """Time (s) from the first report at the owner to impact, worst launch point, (threat, cell).

        sensors: ids of radars and satellites that are there, all by default. sharing: as in `defended`.
        0 without warning, NaN where nothing threatens. Raises InputError for unknown ids.
        """
        known = (*self.radar_ids, *self.satellite_ids)
        here = _present(known, sensors, "sensor")[:, 0] > 0
        plan = self.rights(sharing)
        shortest = np.full((len(self.threat_ids), self.area_m2.size), np.nan)
        for threat, flights in enumerate(self.flights):
            first_s = self.arrival_s(threat, plan)[:, here].min(axis=1, initial=np.inf)
            time_s = np.where(first_s < flights.impact_s, flights.impact_s - first_s, 0.0)
            np.fmin.at(shortest[threat], flights.cell, time_s)
        return shortest

    def families(self, sharing: Pooling = "agreements") -> tuple[Families, ...]:
        """Smallest sets of assets that engage each flight, one entry a threat."""
        return tuple(
            families(found, self.radar_ids, self.battery_ids) for found in self.chains(self.rights(sharing))
        )

    def defended_words(self, radars: Words, batteries: Words, plan: Architecture) -> Words:
        """Cells that many parts of the defence defend, (threat, cell, word); bit k of all words is part k.

        radars: (radar, word), batteries: (battery, word). plan: rights with all assets on.
        """
        return np.array(
            [
                fulfilled(found, radars, batteries, flights.first_case, flights.case)
                for flights, found in zip(self.flights, self.chains(plan), strict=True)
            ]
        )


def _present(known: Sequence[str], wanted: Collection[str] | None, what: str) -> Words:
    """Word of each asset, (asset, 1), with its lowest bit set if the asset is wanted."""
    unknown = [] if wanted is None else [name for name in wanted if name not in known]
    if unknown:
        raise InputError(
            Fault(f"the phase has no {what} {name!r}", remedy=nearest(name, known)) for name in unknown
        )
    here = [wanted is None or name in wanted for name in known]
    return np.array(here, dtype=np.uint64).reshape(len(known), 1)
