"""Areas of messages as shapes on one plane that keeps areas, so that they can be cut and measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import cos, pi, radians
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from synaspis.geography import geodesic_direct

RADIUS_M: Final = 6_371_007.2
"""Radius of the sphere with the area of the WGS 84 ellipsoid."""

_CIRCLE_CORNERS: Final = 128


class Plane:
    """Lambert's azimuthal equal-area projection about the middle of some areas, on the authalic sphere.

    areas: as messages have them, at least one. Good to 0.5 % of an area within 3,000 km of the middle: the
    sphere stands for the ellipsoid, and corners are joined by straight lines.
    """

    def __init__(self, areas: Iterable[Mapping[str, Any]]) -> None:
        corners = np.radians(np.array([corner for area in areas for corner in _corners(area)]))
        unit = _unit(corners[:, 0], corners[:, 1]).mean(axis=0)
        self._latitude = float(np.arctan2(unit[2], np.hypot(unit[0], unit[1])))
        self._longitude = float(np.arctan2(unit[1], unit[0]))

    def shape(self, area: Mapping[str, Any]) -> BaseGeometry:
        """An area as a polygon, metres."""
        if area.get("centre"):
            return Polygon(self.flat(_circle(area))).buffer(0.0)
        return Polygon(self.flat(np.radians(np.array(_corners(area))))).buffer(0.0)

    def flat(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Places (n, 2), latitude and longitude in radians, as east and north on the plane, metres."""
        latitude, away = places[:, 0], places[:, 1] - self._longitude
        sine, cosine = np.sin(self._latitude), np.cos(self._latitude)
        along = sine * np.sin(latitude) + cosine * np.cos(latitude) * np.cos(away)
        # Opposite the middle the projection has no value; no message speaks of both sides of the Earth.
        scale = RADIUS_M * np.sqrt(2.0 / np.maximum(1.0 + along, 1e-9))
        east = scale * np.cos(latitude) * np.sin(away)
        north = scale * (cosine * np.sin(latitude) - sine * np.cos(latitude) * np.cos(away))
        return np.column_stack([east, north])


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
