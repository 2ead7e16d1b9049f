"""What lies below: countries under a track or an area, with their share of it, and who lives there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely

from synaspis.engine.parameters import Floats
from synaspis.gateways.cells import cut_at_meridian
from synaspis.geography import Countries, cities
from synaspis.geography.grid import area_from_equator_m2


@dataclass(frozen=True)
class Ground:
    """A country's part of an area. share: of the whole area, sea counted. people: in cities of 15,000."""

    country: str
    area_m2: float
    share: float
    people: int


@dataclass(frozen=True)
class Overflight:
    """A country below a track, and how low the lowest body passes over it."""

    country: str
    lowest_altitude_m: float


@lru_cache(maxsize=1)
def _tree() -> shapely.STRtree:
    return shapely.STRtree(Countries.load().shapes)


def area_m2(shape: shapely.Geometry) -> float:
    """Area on the ellipsoid of a shape in degrees, longitude first, by Lambert's equal-area cylinder."""

    def flat(at: Floats) -> Floats:
        return np.column_stack([np.radians(at[:, 0]), area_from_equator_m2(np.radians(at[:, 1]))])

    return float(shapely.area(shapely.transform(shape, flat)))


def beneath(shape: shapely.Geometry) -> tuple[Ground, ...]:
    """Countries that an area touches, the largest part first.

    shape: degrees, longitude first; longitudes may go on beyond 180.
    """
    whole = cut_at_meridian(shape)
    total = area_m2(whole)
    countries = Countries.load()
    found = []
    for index in _tree().query(whole, predicate="intersects"):
        part = shapely.intersection(whole, countries.shapes[index])
        if (area := area_m2(part)) > 0.0:
            code = countries.codes[index]
            found.append(Ground(code, area, area / total, people_in(whole, code)))
    return tuple(sorted(found, key=lambda ground: (-ground.area_m2, ground.country)))


def people_in(shape: shapely.Geometry, country: str | None = None) -> int:
    """Inhabitants of the cities inside an area (degrees, -180 to 180), of one country or of all."""
    table = cities()
    longitude, latitude = np.degrees(table.longitude_rad), np.degrees(table.latitude_rad)
    west, south, east, north = shapely.bounds(shape)
    near = (longitude >= west) & (longitude <= east) & (latitude >= south) & (latitude <= north)
    if country is not None:
        near &= table.country == country
    at = np.flatnonzero(near)
    shapely.prepare(shape)
    inside = at[shapely.contains_xy(shape, longitude[at], latitude[at])]
    return int(table.population[inside].sum())


def overflown(latitude_rad: Floats, longitude_rad: Floats, altitude_m: Floats) -> tuple[Overflight, ...]:
    """Countries below points of tracks, each with the lowest altitude over it, in alphabetical order."""
    countries = Countries.load()
    index = countries.country_at(latitude_rad, longitude_rad).ravel()
    heights = np.asarray(altitude_m).ravel()
    return tuple(
        Overflight(countries.codes[code], float(max(heights[index == code].min(), 0.0)))
        for code in np.unique(index[index >= 0])
    )
