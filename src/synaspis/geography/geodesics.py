"""Shortest lines on the WGS84 ellipsoid, through PROJ.

Method: Karney, Algorithms for geodesics, J. Geodesy 87 (2013), doi:10.1007/s00190-012-0578-z; accurate to 15
nm.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import Geod

from synaspis.core.constants import EARTH_EQUATORIAL_RADIUS_M, EARTH_FLATTENING

_GEOD = Geod(a=EARTH_EQUATORIAL_RADIUS_M, f=EARTH_FLATTENING)


class Inverse(NamedTuple):
    """Geodesic between two places; each member has the broadcast shape of the arguments.

    distance_m: length.
    azimuth_start_rad, azimuth_end_rad: direction of travel at both ends, clockwise from north, -pi to pi.
    """

    distance_m: NDArray[np.float64]
    azimuth_start_rad: NDArray[np.float64]
    azimuth_end_rad: NDArray[np.float64]


class Direct(NamedTuple):
    """End of a geodesic; each member has the broadcast shape of the arguments.

    latitude_rad, longitude_rad: the end, longitude -pi to pi.
    azimuth_rad: direction of travel there, clockwise from north, -pi to pi.
    """

    latitude_rad: NDArray[np.float64]
    longitude_rad: NDArray[np.float64]
    azimuth_rad: NDArray[np.float64]


def geodesic_inverse(
    latitude_start_rad: ArrayLike,
    longitude_start_rad: ArrayLike,
    latitude_end_rad: ArrayLike,
    longitude_end_rad: ArrayLike,
) -> Inverse:
    """Find distance and directions between places; arguments in radians, broadcast against each other."""
    lat1, lon1, lat2, lon2 = _broadcast(
        latitude_start_rad, longitude_start_rad, latitude_end_rad, longitude_end_rad
    )
    start, back, distance = _GEOD.inv(
        lon1.ravel(), lat1.ravel(), lon2.ravel(), lat2.ravel(), radians=True, return_back_azimuth=False
    )
    shape = lat1.shape
    return Inverse(np.reshape(distance, shape), np.reshape(start, shape), np.reshape(back, shape))


def geodesic_direct(
    latitude_rad: ArrayLike, longitude_rad: ArrayLike, azimuth_rad: ArrayLike, distance_m: ArrayLike
) -> Direct:
    """Go a distance in a direction; angles in radians, arguments broadcast against each other."""
    latitude, longitude, azimuth, distance = _broadcast(latitude_rad, longitude_rad, azimuth_rad, distance_m)
    lon2, lat2, end = _GEOD.fwd(
        longitude.ravel(),
        latitude.ravel(),
        azimuth.ravel(),
        distance.ravel(),
        radians=True,
        return_back_azimuth=False,
    )
    shape = latitude.shape
    return Direct(np.reshape(lat2, shape), np.reshape(lon2, shape), np.reshape(end, shape))


def _broadcast(*arguments: ArrayLike) -> list[NDArray[np.float64]]:
    """Contiguous float copies of one shape: PROJ writes into the arrays that it gets."""
    return [np.array(each, dtype=np.float64) for each in np.broadcast_arrays(*arguments)]
