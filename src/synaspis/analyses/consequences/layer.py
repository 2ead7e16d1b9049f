"""Map layers of the consequences: a Dataset of shares, and areas for the map formats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
import xarray as xr

from synaspis.analyses.consequences.fall import FallArea
from synaspis.analyses.consequences.result import ConsequencesResult, Group
from synaspis.gateways import Area, Marks, Place, to_geojson
from synaspis.geography import Countries
from synaspis.scenario import Scenario

BODIES = ("missile", "interceptor")
_COLOURS = {"missile": "#d95f02", "interceptor": "#7570b3"}


def fall_layer(
    scenario: Scenario,
    areas: Sequence[tuple[Group, Mapping[str, Sequence[FallArea | None]]]],
    step_rad: float,
) -> xr.Dataset:
    """Share of the intercepts whose fall area covers the centre of each cell, (body, latitude, longitude).

    Each group counts with all its flights, also those that were not followed. The map reaches as far as
    anything falls; its longitudes go on beyond 180 where it crosses that meridian.
    """
    step = float(np.degrees(step_rad))
    hulls = [
        (BODIES.index(body), area.shape, group.flights / group.looked_at)
        for group, fallen in areas
        for body, each in fallen.items()
        for area in each
        if area is not None
    ]
    bounds = np.array([shape.bounds for _, shape, _ in hulls]).reshape(-1, 4)
    if not len(bounds):
        bounds = np.zeros((1, 4))
    west, south = np.floor(bounds[:, :2].min(axis=0) / step) * step
    east, north = np.ceil(bounds[:, 2:].max(axis=0) / step) * step
    latitude = south + step * (np.arange(max(round((north - south) / step), 1)) + 0.5)
    longitude = west + step * (np.arange(max(round((east - west) / step), 1)) + 0.5)
    share = np.zeros((len(BODIES), latitude.size, longitude.size))
    for body, shape, weight in hulls:
        low_x, low_y, high_x, high_y = shape.bounds
        rows = np.flatnonzero((latitude >= low_y) & (latitude <= high_y))
        columns = np.flatnonzero((longitude >= low_x) & (longitude <= high_x))
        if rows.size and columns.size:
            inside = shapely.contains_xy(shape, longitude[columns][None, :], latitude[rows][:, None])
            share[body][np.ix_(rows, columns)] += weight * inside
    share /= max(sum(group.flights for group, _ in areas), 1)
    countries = Countries.load()
    country = countries.country_at(np.radians(latitude)[:, None], np.radians(longitude)[None, :])
    dataset = xr.Dataset(
        {
            "fall_share": (
                ("body", "latitude", "longitude"),
                share,
                {"units": "1", "long_name": "share of the intercepts whose fragments may come down here"},
            ),
            "country": (
                ("latitude", "longitude"),
                country,
                {
                    "long_name": "index into the attribute codes; -1 is sea",
                    "codes": " ".join(countries.codes),
                },
            ),
        },
        {
            "body": list(BODIES),
            "latitude": ("latitude", latitude, {"units": "degrees_north"}),
            "longitude": ("longitude", longitude, {"units": "degrees_east"}),
        },
    )
    dataset.attrs["scenario"] = scenario.id
    return dataset


def consequences_geojson(result: ConsequencesResult, provenance: str) -> str:
    """Fall areas and intercepts as GeoJSON, one area for each launch point, battery and kind of body."""
    areas = [
        Area(
            f"Fragments of the {fall.body}: {group.launch}, {group.battery}",
            f"fall-of-{fall.body}",
            _multipolygon(fall.shape),
            result.phase,
            properties=_properties(group, fall.area_m2, fall.people, [g.country for g in fall.countries]),
            colour=_COLOURS[fall.body],
        )
        for group in result.groups
        for fall in group.falls
    ]
    places = [
        Place(
            f"Intercept: {group.launch}, {group.battery}",
            "intercept",
            float(np.radians(latitude)),
            float(np.radians(longitude)),
            phase=result.phase,
        )
        for group in result.groups
        for longitude, latitude in group.places
    ]
    title = f"Consequences: {result.scenario}, {result.phase}, {result.threat}"
    return to_geojson(Marks(title, provenance=provenance), areas, places)


def _properties(group: Group, area_m2: float, people: int, countries: Sequence[str]) -> dict[str, Any]:
    return {
        "launch": group.launch,
        "battery": group.battery,
        "owner": group.owner,
        "flights": group.flights,
        "area_km2": round(area_m2 / 1e6, 1),
        "people": people,
        "countries": " ".join(countries),
    }


def _multipolygon(shape: shapely.Geometry) -> shapely.MultiPolygon:
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, shapely.Polygon)]
    return shapely.MultiPolygon(parts)
