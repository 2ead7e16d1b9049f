"""Land borders between two countries, and how far a place is from one."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from synaspis.core.errors import InputError
from synaspis.geography.countries import Countries
from synaspis.geography.geodesics import geodesic_inverse

SPACING_DEG: Final = 0.02
"""Longest step between two points of a border, about 2 km: small beside the 5 km to which the map is good."""


class Border(NamedTuple):
    """Points along a land border, shape (n,), at most about 2 km apart; radians."""

    latitude_rad: NDArray[np.float64]
    longitude_rad: NDArray[np.float64]


@lru_cache(maxsize=64)
def border_between(code_a: str, code_b: str) -> Border:
    """Land border of two countries, ISO 3166-1 alpha-2 codes in either order.

    Drawn from a map at 1:50 million, which shows the line of actual control where a border is disputed.
    Raises InputError for an unknown code, and where the two have no common land border.
    """
    countries = Countries.load()
    shared = shapely.intersection(countries.polygons(code_a).boundary, countries.polygons(code_b).boundary)
    lines = [
        part for part in shapely.get_parts(shared) if part.geom_type == "LineString" and not part.is_empty
    ]
    if code_a == code_b or not lines:
        raise InputError(f"{code_a} and {code_b} have no common land border on the map")
    points = shapely.get_coordinates(shapely.segmentize(np.array(lines), SPACING_DEG))
    longitude, latitude = np.radians(points.T)
    return Border(latitude, longitude)


def distance_to_border_m(
    latitude_rad: ArrayLike, longitude_rad: ArrayLike, border: Border
) -> NDArray[np.float64]:
    """Shortest distance of each place from a border, metres along the ellipsoid.

    latitude_rad, longitude_rad: any shape, broadcast against each other. Returns their shape. Good to about
    5 km, the accuracy of the map; the spacing of the border's points adds less than 1 km beyond 2 km.
    """
    latitude, longitude = np.broadcast_arrays(latitude_rad, longitude_rad)
    apart = geodesic_inverse(
        latitude.reshape(-1, 1), longitude.reshape(-1, 1), border.latitude_rad, border.longitude_rad
    )
    return np.asarray(np.min(apart.distance_m, axis=1).reshape(latitude.shape))
