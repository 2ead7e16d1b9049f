"""Areas of messages as shapes on one plane that keeps areas, so that they can be cut and measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import cos, pi, radians, sqrt
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from synaspis.core.constants import EARTH_FLATTENING
from synaspis.geography import geodesic_direct

RADIUS_M: Final = 6_371_007.2
"""Radius of the sphere with the area of the WGS 84 ellipsoid."""

_E2: Final = EARTH_FLATTENING * (2.0 - EARTH_FLATTENING)
_CIRCLE_CORNERS: Final = 128
_EDGE_POINTS: Final = 16


class Plane:
    """Lambert's azimuthal equal-area projection about the middle of some areas, by authalic latitudes.

    areas: as messages have them, at least one. Areas are those on the ellipsoid; great circles between
    corners are drawn through 16 points. J. P. Snyder, Map Projections: A Working Manual, USGS Professional
    Paper 1395 (1987), equations 3-11, 3-12 and 24-2 to 24-4, https://doi.org/10.3133/pp1395.
    """

    def __init__(self, areas: Iterable[Mapping[str, Any]]) -> None:
        corners = np.radians(np.array([corner for area in areas for corner in _corners(area)]))
        unit = _unit(_authalic(corners[:, 0]), corners[:, 1]).mean(axis=0)
        self._latitude = float(np.arctan2(unit[2], np.hypot(unit[0], unit[1])))
        self._longitude = float(np.arctan2(unit[1], unit[0]))

    def shape(self, area: Mapping[str, Any]) -> BaseGeometry:
        """An area as a polygon, metres."""
        if area.get("centre"):
            return Polygon(self.flat(_circle(area))).buffer(0.0)
        return Polygon(self.flat(_along(np.radians(np.array(_corners(area)))))).buffer(0.0)

    def flat(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Places (n, 2), latitude and longitude in radians, as east and north on the plane, metres."""
        latitude, away = _authalic(places[:, 0]), places[:, 1] - self._longitude
        sine, cosine = np.sin(self._latitude), np.cos(self._latitude)
        along = sine * np.sin(latitude) + cosine * np.cos(latitude) * np.cos(away)
        # Opposite the middle the projection has no value; no message speaks of both sides of the Earth.
        scale = RADIUS_M * np.sqrt(2.0 / np.maximum(1.0 + along, 1e-9))
        east = scale * np.cos(latitude) * np.sin(away)
        north = scale * (cosine * np.sin(latitude) - sine * np.cos(latitude) * np.cos(away))
        return np.column_stack([east, north])


def _authalic(latitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """Latitude on the sphere of equal area, radians; 0.13 degrees less than the geodetic one at most."""
    return np.arcsin(_part(np.sin(latitude)) / _part(np.array(1.0)))


def _part(sine: NDArray[np.float64]) -> NDArray[np.float64]:
    e = sqrt(_E2)
    part: NDArray[np.float64] = (1.0 - _E2) * (sine / (1.0 - _E2 * sine**2) + np.arctanh(e * sine) / e)
    return part


def _along(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Corners with points between them on great circles, the last joined to the first."""
    unit = _unit(corners[:, 0], corners[:, 1])
    share = np.linspace(0.0, 1.0, _EDGE_POINTS, endpoint=False)[:, np.newaxis]
    points = [
        (1.0 - share) * one + share * other
        for one, other in zip(unit, np.roll(unit, -1, axis=0), strict=True)
    ]
    x, y, z = np.concatenate(points).T
    return np.column_stack([np.arctan2(z, np.hypot(x, y)), np.arctan2(y, x)])


def _unit(latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> NDArray[np.float64]:
    flat = np.cos(latitude)
    return np.column_stack([flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)])


def _corners(area: Mapping[str, Any]) -> list[tuple[float, float]]:
    given = area.get("boundary") or [area["centre"]]
    return [(float(corner["latitude_deg"]), float(corner["longitude_deg"])) for corner in given]


def _circle(area: Mapping[str, Any]) -> NDArray[np.float64]:
    ((latitude_deg, longitude_deg),) = _corners(area)
    azimuth = np.linspace(0.0, 2.0 * pi, _CIRCLE_CORNERS, endpoint=False)
    # A polygon within a circle is smaller than it; corners a little further out give it the same area.
    half = pi / _CIRCLE_CORNERS
    radius_m = float(area["radius_m"]) * (half / (cos(half) * np.sin(half))) ** 0.5
    there = geodesic_direct(radians(latitude_deg), radians(longitude_deg), azimuth, radius_m)
    return np.column_stack([there.latitude_rad, there.longitude_rad])


def area_name(area: Mapping[str, Any]) -> str:
    """What people call an area, or where it is."""
    if area.get("name"):
        return str(area["name"])
    latitude_deg, longitude_deg = _corners(area)[0]
    return f"area at {latitude_deg:.2f}, {longitude_deg:.2f}"
