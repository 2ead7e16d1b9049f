"""Launch area denied: from where a threat no longer reaches any large city of the territory undefended.

The places are a plain grid over the countries in which the user's launch points lie; nothing is searched or ranked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import degrees

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from synaspis import _version
from synaspis.analyses._threat_run import Defence, defence
from synaspis.core.errors import Fault, InputError
from synaspis.engagement import engage, observe
from synaspis.engine.flight import BURNOUT
from synaspis.engine.parameters import Floats
from synaspis.engine.status import Status
from synaspis.engine.targeting import Fan, aim
from synaspis.geography import Countries, Grid, cities
from synaspis.scenario import Scenario, Sharing, Variant, architecture, missile_parameters

CITIES = 40
"""Aim points: the most populous cities of the territory."""

STEP_DEG = 1.0


def launch_area_denied(
    scenario: Scenario,
    *,
    phases: Sequence[str] | None = None,
    threats: Sequence[str] | None = None,
    sharing: Sharing = "agreements",
    step_deg: float = STEP_DEG,
    advance: Callable[[str], None] | None = None,
) -> xr.Dataset:
    """Share of the large cities in reach that is defended, for each place of launch.

    phases, threats: ids, all by default. step_deg: side of a launch cell in degrees. advance: called after each threat.
    Returns a Dataset with `cities_in_reach` (threat, latitude, longitude), `denied` (phase, threat, latitude, longitude;
    1 where at least one city is in reach and all in reach are defended) and the areas in m2 `reaching_area` (threat),
    `denied_area` (phase, threat). Raises InputError for unknown ids.
    """
    phase_ids = tuple(scenario.document.phases) if phases is None else tuple(phases)
    threat_ids = tuple(scenario.document.threats) if threats is None else tuple(threats)
    plan = architecture(
        scenario, [Variant(scenario.phase(phase).date, sharing=sharing) for phase in phase_ids]
    )
    towns = _largest_cities(scenario)
    grid, inside = _launch_grid(scenario, threat_ids, step_deg)
    reach = np.zeros((len(threat_ids), *grid.shape), np.int16)
    held = np.zeros((len(phase_ids), *reach.shape), np.int16)
    for number, threat in enumerate(threat_ids):
        shield = defence(scenario, scenario.missile(threat), plan)
        missile = missile_parameters(scenario.missile(threat))
        for row in np.flatnonzero(inside.any(axis=1)):
            columns = np.flatnonzero(inside[row])
            fan = Fan.at(missile, float(grid.latitude_rad[row]), 0.0)
            count, defended = _against(fan, grid.longitude_rad[columns], shield, *towns)
            reach[number, row, columns], held[:, number, row, columns] = count, defended
        if advance is not None:
            advance(f"launch area, {threat}")
    return _dataset(scenario, grid, phase_ids, threat_ids, reach, held)


def _largest_cities(scenario: Scenario) -> tuple[Floats, Floats]:
    """Latitudes and longitudes (rad) of the most populous cities of the territory."""
    table = cities()
    own = np.flatnonzero(np.isin(table.country, scenario.document.region.countries))
    chosen = own[np.argsort(table.population[own], kind="stable")[::-1][:CITIES]]
    return table.latitude_rad[chosen], table.longitude_rad[chosen]


def _launch_grid(
    scenario: Scenario, threats: Sequence[str], step_deg: float
) -> tuple[Grid, NDArray[np.bool_]]:
    """Grid around the launch points of all threats, and which of its cells are land of their countries."""
    points = [scenario.launch_points(threat) for threat in threats]
    latitude = np.concatenate([point[1] for point in points])
    longitude = np.concatenate([point[2] for point in points])
    countries = Countries.load()
    found = np.unique(countries.country_at(latitude, longitude))
    codes = [countries.codes[index] for index in found if index >= 0]
    if not codes:
        raise InputError(Fault("no launch point lies on land", remedy="Move a launch point onto land."))
    shapes = [countries.shapes[countries.codes.index(code)].bounds for code in codes]
    # One step wider than the countries, and no wider than 30 degrees around the launch points: a large country is cut.
    west = max(min(s[0] for s in shapes), degrees(longitude.min()) - 15.0)
    south = max(min(s[1] for s in shapes), degrees(latitude.min()) - 15.0)
    east = min(max(s[2] for s in shapes), degrees(longitude.max()) + 15.0)
    north = min(max(s[3] for s in shapes), degrees(latitude.max()) + 15.0)
    low = [np.floor(value / step_deg) * step_deg for value in (south, west)]
    high = [np.ceil(value / step_deg) * step_deg for value in (north, east)]
    grid = Grid.over(
        max(low[0], -90.0), min(high[0], 90.0), max(low[1], -180.0), min(high[1], 180.0), step_deg
    )
    return grid, grid.of_countries(codes)


def _against(
    fan: Fan, from_rad: Floats, shield: Defence, latitude_rad: Floats, longitude_rad: Floats
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number of cities in reach from places on one parallel, (place,), and how many are defended, (phase, place).

    fan: from the parallel at longitude 0. from_rad: (place,) longitudes. latitude_rad, longitude_rad: (city,).
    """
    place = np.repeat(np.arange(from_rad.size), latitude_rad.size)
    city = np.tile(np.arange(latitude_rad.size), from_rad.size)
    flights = aim(fan, latitude_rad[city], longitude_rad[city] - from_rad[place])
    done = np.flatnonzero(flights.status == Status.DONE)
    phases = shield.rights.radar_on.shape[0]
    if not done.size:
        return np.zeros(from_rad.size, np.int64), np.zeros((phases, from_rad.size), np.int64)
    flown = flights.turned(from_rad[place])
    nodes, burnout_s = flown.nodes[done], flown.summary[done, BURNOUT].copy()
    tracks = observe(nodes, burnout_s, shield.radars, shield.satellites)
    answer = engage(nodes, burnout_s, tracks, shield.batteries, shield.rights, shield.required)
    held = [np.bincount(place[done], able != 0, from_rad.size).astype(np.int64) for able in answer.able]
    return np.bincount(place[done], minlength=from_rad.size), np.array(held)


def _dataset(
    scenario: Scenario,
    grid: Grid,
    phases: Sequence[str],
    threats: Sequence[str],
    reach: NDArray[np.int16],
    held: NDArray[np.int16],
) -> xr.Dataset:
    denied = ((reach > 0) & (held == reach)).astype(np.int8)
    plane = ("latitude", "longitude")
    area = grid.cell_area_m2
    dataset = xr.Dataset(
        {
            "cities_in_reach": (("threat", *plane), reach),
            "cities_defended": (("phase", "threat", *plane), held),
            "denied": (("phase", "threat", *plane), denied),
            "reaching_area": ("threat", ((reach > 0) * area).sum(axis=(1, 2))),
            "denied_area": (("phase", "threat"), (denied * area).sum(axis=(2, 3))),
        },
        {
            "phase": list(phases),
            "threat": list(threats),
            "latitude": ("latitude", np.degrees(grid.latitude_rad), {"units": "degrees_north"}),
            "longitude": ("longitude", np.degrees(grid.longitude_rad), {"units": "degrees_east"}),
        },
        {
            "title": f"Launch area denied: {scenario.document.name}",
            "scenario": scenario.id,
            "synaspis_version": _version.VERSION,
            "cities": CITIES,
        },
    )
    for name, units, meaning in (
        ("cities_in_reach", "1", "large cities of the territory that the threat reaches from here"),
        ("cities_defended", "1", "of these, cities that are defended"),
        ("denied", "1", "at least one city in reach, and all in reach defended"),
        ("reaching_area", "m2", "launch area from which at least one city is in reach"),
        ("denied_area", "m2", "launch area from which all cities in reach are defended"),
    ):
        dataset[name].attrs.update(units=units, long_name=meaning)
    return dataset
