"""All flights of one threat against all variants of a defence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synaspis.analyses._tally import Tally
from synaspis.catalogue import Missile
from synaspis.engagement import NEVER_S, Batteries, Rights, Tracks, engage, observe
from synaspis.engine.flight import BURNOUT, IMPACT
from synaspis.engine.flyout import flyout_table
from synaspis.engine.parameters import Floats, Radars, Satellites
from synaspis.engine.status import Status
from synaspis.engine.targeting import Fan, aim
from synaspis.geography import Grid, geodesic_inverse
from synaspis.scenario import (
    Architecture,
    Scenario,
    launcher_arrays,
    missile_parameters,
    radar_arrays,
    satellite_arrays,
)

CHUNK = 8192
"""Flights held in memory at once: 50 MB of nodes."""


@dataclass(frozen=True, eq=False)
class Defence:
    """A defence as the kernels take it, against one missile class; built by `defence`."""

    radars: Radars
    satellites: Satellites
    batteries: Batteries
    rights: Rights
    warning_delay_s: Floats
    required: int


@dataclass(frozen=True, eq=False)
class Territory:
    """Cells to be defended.

    index: (cell,) flat index into the grid. latitude_rad, longitude_rad, area_m2: (cell,).
    partner: (cell,) index of the partner that is warned, -1 where no partner owns the cell.
    """

    index: NDArray[np.int64]
    latitude_rad: Floats
    longitude_rad: Floats
    area_m2: Floats
    partner: NDArray[np.int64]


def territory(scenario: Scenario, grid: Grid) -> Territory:
    """The land cells of the countries that a scenario defends."""
    document = scenario.document
    index = np.flatnonzero(grid.of_countries(list(document.region.countries)))
    row, column = np.unravel_index(index, grid.shape)
    owner = {partner.country: number for number, partner in enumerate(document.partners.values())}
    by_country = np.array([owner.get(code, -1) for code in grid.codes], dtype=np.int64)
    return Territory(
        index,
        grid.latitude_rad[row],
        grid.longitude_rad[column],
        grid.cell_area_m2[row, column],
        by_country[grid.country[row, column]],
    )


def defence(scenario: Scenario, missile: Missile, plan: Architecture) -> Defence:
    """The sensors, batteries and rights of a scenario against a missile class of the catalogue."""
    launchers = launcher_arrays(scenario.batteries)
    waits = scenario.document.engagement.assessment
    batteries = Batteries(
        launchers.position_ecef_m,
        launchers.kind,
        tuple(flyout_table(kind) for kind in launchers.kinds),
        launchers.commit_s,
        launchers.assess_s if waits else np.full(launchers.assess_s.shape, np.inf),
        launchers.homing_s,
    )
    return Defence(
        radar_arrays(scenario.radars, missile),
        satellite_arrays(scenario.satellites),
        batteries,
        Rights(plan.sensor_on, plan.battery_on, plan.track_delay_s, plan.guidance),
        plan.warning_delay_s,
        scenario.document.engagement.shots_required,
    )


def run_threat(
    scenario: Scenario,
    threat_id: str,
    shield: Defence,
    bases: NDArray[np.int64],
    land: Territory,
    advance: Callable[[str], None],
) -> Tally:
    """Fly one threat from every launch point to every cell and keep the worst of each cell.

    bases: variants for which more than the yes or no is kept. advance: called after each launch point with
    its name.
    """
    missile = missile_parameters(scenario.missile(threat_id))
    names, latitudes, longitudes = scenario.launch_points(threat_id)
    tally = Tally(
        shield.rights.radar_on.shape[0], bases, shield.batteries.commit_s.size, len(names), land.area_m2
    )
    for launch, name in enumerate(names):
        latitude, longitude = float(latitudes[launch]), float(longitudes[launch])
        fan = Fan.at(missile, latitude, longitude)
        distance_m = geodesic_inverse(latitude, longitude, land.latitude_rad, land.longitude_rad).distance_m
        near = np.flatnonzero((distance_m <= missile.range_max_m) & (distance_m >= missile.range_min_m))
        for begin in range(0, near.size, CHUNK):
            _add_flights(tally, shield, fan, launch, near[begin : begin + CHUNK], land)
        advance(f"{threat_id} from {name}")
    return tally


def _add_flights(
    tally: Tally, shield: Defence, fan: Fan, launch: int, cells: NDArray[np.int64], land: Territory
) -> None:
    flights = aim(fan, land.latitude_rad[cells], land.longitude_rad[cells])
    done = np.flatnonzero(flights.status == Status.DONE)
    tally.unflown += cells.size - done.size
    if not done.size:
        return
    nodes, cells = flights.nodes[done], cells[done]
    burnout_s, impact_s = flights.summary[done, BURNOUT].copy(), flights.summary[done, IMPACT].copy()
    tracks = observe(nodes, burnout_s, shield.radars, shield.satellites)
    answer = engage(nodes, burnout_s, tracks, shield.batteries, shield.rights, shield.required)
    warning_s = _warning(tracks, shield.warning_delay_s[tally.bases], land.partner[cells], impact_s)
    tally.add(launch, cells, answer, tracks, shield.rights.radar_on, warning_s)


def _warning(tracks: Tracks, delay_s: Floats, partner: NDArray[np.int64], impact_s: Floats) -> Floats:
    """Time (s) from the first report that reaches the owner of a cell to impact, (base, case); -inf without.

    delay_s: (base, radars then satellites, partner).
    """
    known_s = np.concatenate([tracks.firm_s, tracks.report_s], axis=1)
    known_s = np.where(known_s < NEVER_S, known_s, np.inf)
    first_s = np.full((delay_s.shape[0], impact_s.size), np.inf)
    for owner in np.unique(partner[partner >= 0]):
        cases = np.flatnonzero(partner == owner)
        for base in range(delay_s.shape[0]):
            first_s[base, cases] = (known_s[cases] + delay_s[base, :, owner]).min(axis=1, initial=np.inf)
    return np.where(first_s < impact_s, impact_s - first_s, -np.inf)
