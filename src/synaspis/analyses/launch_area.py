"""Launch area denied: from where a threat no longer reaches any large city of the territory undefended.

The places are a plain grid over the countries in which the user's launch points lie; nothing is searched or
ranked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import degrees

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from synaspis import _version
from synaspis.analyses._selection import chosen
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
STEP_MIN_DEG, STEP_MAX_DEG = 0.1, 10.0
_AROUND_DEG = 15.0
"""How far from the launch points the grid goes: a large country is cut."""


def launch_area_denied(
    scenario: Scenario,
    *,
    phases: Sequence[str] | None = None,
    threats: Sequence[str] | None = None,
    partners: Sequence[str] | None = None,
    sharing: Sharing = "agreements",
    step_deg: float = STEP_DEG,
    advance: Callable[[str], None] | None = None,
) -> xr.Dataset:
    """Which large cities are in reach from each place of launch, and whether all of them are defended.

    phases, threats: ids, all by default. partners: ids of those who take part, all by default; the cities
    stay the same. sharing: by the agreements, none, or all. step_deg: side of a launch cell in degrees, 0.1
    to 10. advance: called after each threat.
    Returns a Dataset with `launch_area` (threat, latitude, longitude; 1 for a place of launch), the counts
    `cities_in_reach` (the same) and `cities_defended` (phase, threat, latitude, longitude), `denied` (the
    same; 1 where at least one city is in reach and all in reach are defended) and the areas in m2
    `reaching_area` (threat) and `denied_area` (phase, threat).
    Raises InputError for unknown ids and steps out of bounds.
    """
    phase_ids = chosen("phase", phases, tuple(scenario.document.phases))
    threat_ids = chosen("threat", threats, tuple(scenario.document.threats))
    allowed = (
        None if partners is None else frozenset(chosen("partner", partners, scenario.membership.partners))
    )
    days = [scenario.phase(phase).date for phase in phase_ids]
    plan = architecture(scenario, [Variant(day, partners=allowed, sharing=sharing) for day in days])
    towns = _largest_cities(scenario)
    grid, inside = _launch_grid(scenario, threat_ids, step_deg)
    reach = np.zeros(inside.shape, np.int16)
    held = np.zeros((len(phase_ids), *inside.shape), np.int16)
    for number, threat in enumerate(threat_ids):
        item = scenario.missile(threat)
        shield, missile = defence(scenario, item, plan), missile_parameters(item)
        for row in np.flatnonzero(inside[number].any(axis=1)):
            columns = np.flatnonzero(inside[number, row])
            fan = Fan.at(missile, float(grid.latitude_rad[row]), 0.0)
            count, defended = _against(fan, grid.longitude_rad[columns], shield, *towns)
            reach[number, row, columns], held[:, number, row, columns] = count, defended
        if advance is not None:
            advance(f"launch area, {threat}")
    return _dataset(scenario, grid, phase_ids, threat_ids, inside, reach, held)


def _largest_cities(scenario: Scenario) -> tuple[Floats, Floats]:
    """Latitudes and longitudes (rad) of the most populous cities of the territory."""
    table = cities()
    own = np.flatnonzero(np.isin(table.country, scenario.document.region.countries))
    largest = own[np.argsort(table.population[own], kind="stable")[::-1][:CITIES]]
    return table.latitude_rad[largest], table.longitude_rad[largest]


def _launch_grid(
    scenario: Scenario, threats: Sequence[str], step_deg: float
) -> tuple[Grid, NDArray[np.bool_]]:
    """Grid around the launch points of all threats, and the cells of each, (threat, row, column).

    A threat has the land of the countries in which its own launch points lie.
    """
    if not STEP_MIN_DEG <= step_deg <= STEP_MAX_DEG:
        what = f"step is {step_deg} deg; allowed is {STEP_MIN_DEG:g} to {STEP_MAX_DEG:g} deg"
        raise InputError(Fault(what, where="step_deg"))
    found = [_countries_around(scenario, threat) for threat in threats]
    boxes = np.array([box for _, box in found])
    low = np.floor(boxes.min(axis=0)[:2] / step_deg) * step_deg
    high = np.ceil(boxes.max(axis=0)[2:] / step_deg) * step_deg
    grid = Grid.over(float(low[0]), float(high[0]), float(low[1]), float(high[1]), step_deg)
    latitude, longitude = np.degrees(grid.latitude_rad)[:, None], np.degrees(grid.longitude_rad)
    inside = [
        grid.of_countries(codes)
        & (latitude > south)
        & (latitude < north)
        & (longitude > west)
        & (longitude < east)
        for codes, (south, west, north, east) in found
    ]
    return grid, np.array(inside)


def _countries_around(scenario: Scenario, threat: str) -> tuple[list[str], tuple[float, ...]]:
    """Countries of the launch points of a threat, and south, west, north, east around them in degrees."""
    _, latitude, longitude = scenario.launch_points(threat)
    countries = Countries.load()
    index = np.unique(countries.country_at(latitude, longitude))
    shapes = np.array([countries.shapes[number].bounds for number in index if number >= 0])
    if not shapes.size:
        what = f"no launch point of {threat!r} lies on land"
        raise InputError(Fault(what, remedy="Move a launch point onto land."))
    south, north = degrees(latitude.min()) - _AROUND_DEG, degrees(latitude.max()) + _AROUND_DEG
    west, east = degrees(longitude.min()) - _AROUND_DEG, degrees(longitude.max()) + _AROUND_DEG
    box = (
        max(float(shapes[:, 1].min()), south, -90.0),
        max(float(shapes[:, 0].min()), west, -180.0),
        min(float(shapes[:, 3].max()), north, 90.0),
        min(float(shapes[:, 2].max()), east, 180.0),
    )
    return [countries.codes[number] for number in index if number >= 0], box


def _against(
    fan: Fan, from_rad: Floats, shield: Defence, latitude_rad: Floats, longitude_rad: Floats
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cities in reach from places on one parallel, (place,), and how many are defended, (phase, place).

    fan: from the parallel at longitude 0. from_rad: (place,) longitudes. latitude_rad, longitude_rad:
    (city,).
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
    inside: NDArray[np.bool_],
    reach: NDArray[np.int16],
    held: NDArray[np.int16],
) -> xr.Dataset:
    denied = ((reach > 0) & (held == reach)).astype(np.int8)
    plane = ("latitude", "longitude")
    area = grid.cell_area_m2
    dataset = xr.Dataset(
        {
            "launch_area": (("threat", *plane), inside.astype(np.int8)),
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
        ("launch_area", "1", "a place of launch: land of the countries of the launch points"),
        ("cities_in_reach", "1", "large cities of the territory that the threat reaches from here"),
        ("cities_defended", "1", "of these, cities that are defended"),
        ("denied", "1", "at least one city in reach, and all in reach defended"),
        ("reaching_area", "m2", "launch area from which at least one city is in reach"),
        ("denied_area", "m2", "launch area from which all cities in reach are defended"),
    ):
        dataset[name].attrs.update(units=units, long_name=meaning)
    return dataset
