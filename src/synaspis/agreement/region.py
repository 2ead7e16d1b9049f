"""Regions of an agreement book, and which of them a launch or impact area touches.

Everything is projected about the middle of the area asked about, so that distances from there are true
(azimuthal equidistant, on a sphere of the mean radius of the Earth): no pole and no date line is in the way.
Against the ellipsoid a distance is off by up to 0.6 %. Sides of a boundary are great circles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from math import pi
from typing import Annotated, Any, Final, Protocol

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, ValidationInfo, field_validator

from synaspis.core.claims import WRITTEN_SHORT
from synaspis.core.documents import FrozenModel, Rejected, nearest
from synaspis.core.errors import Fault
from synaspis.core.quantity import Measure, of_dimension

Latitude = Annotated[Measure, WRITTEN_SHORT, of_dimension("angle", at_least=-pi / 2, at_most=pi / 2)]
Longitude = Annotated[Measure, WRITTEN_SHORT, of_dimension("angle", at_least=-pi, at_most=2 * pi)]
RadiusOfRegion = Annotated[Measure, WRITTEN_SHORT, of_dimension("length", above=0.0, at_most=5e6)]
Points = NDArray[np.float64]

_ORIGIN: Final = shapely.Point(0.0, 0.0)

EARTH_RADIUS_M: Final = 6_371_008.8
"""Mean radius R1 of the GRS 80 ellipsoid (Moritz 2000, doi:10.1007/s001900050278)."""

STEP_RAD: Final = 0.005
"""Longest side, 32 km, after a boundary is divided; a straight side of the projection then leaves the great
circle by less than 0.1 km within 5,000 km."""


REACH_RAD: Final = pi / 4
"""How far, 5,000 km, corners of a region or area may lie from their middle. A region that is larger is a
fault; an area that is larger cannot be judged."""


class Borders(Protocol):
    """A map that knows the land of countries, such as `geography.Countries`."""

    @property
    def codes(self) -> tuple[str, ...]:
        """ISO 3166-1 alpha-2 codes that have land."""
        ...

    def polygons(self, code: str) -> shapely.MultiPolygon:
        """Land of a country, longitude and latitude in degrees."""
        ...


class Place(FrozenModel):
    """A point on the ground."""

    latitude: Latitude = Field(description="Geodetic, north positive.")
    longitude: Longitude = Field(description="East positive.")


class Region(FrozenModel):
    """Part of the Earth that a condition names: one of boundary, centre with radius, countries."""

    name: str = Field(min_length=1, description="Name as people say it.")
    boundary: tuple[Place, ...] | None = Field(
        default=None,
        min_length=3,
        max_length=1000,
        description="Corners in order, joined by great circles, at most 5,000 km from their middle.",
    )
    centre: Place | None = Field(default=None, description="Middle of a circle.")
    radius: RadiusOfRegion | None = Field(default=None, description="Radius of the circle, along the ground.")
    countries: tuple[Annotated[str, Field(pattern=r"^[A-Z]{2}$")], ...] | None = Field(
        default=None, min_length=1, description="Land of countries: ISO 3166-1 alpha-2 codes."
    )

    @field_validator("countries")
    @classmethod
    def _on_map(cls, codes: tuple[str, ...] | None, info: ValidationInfo) -> tuple[str, ...] | None:
        borders: Borders | None = getattr(info.context, "borders", None)
        if codes is not None and borders is not None:
            faults = [
                Fault(f"country code {code!r} has no land on the map", remedy=nearest(code, borders.codes))
                for code in codes
                if code not in borders.codes
            ]
            if faults:
                raise Rejected(*faults)
        return codes


def region_faults(regions: Mapping[str, Region]) -> list[Fault]:
    """Faults of regions that say where they are in no way, in two, or by half."""
    remedy = "Give `boundary`, or `centre` and `radius`, or `countries`."
    faults = []
    for name, region in regions.items():
        given = [key for key in ("boundary", "centre", "countries") if getattr(region, key) is not None]
        if len(given) != 1:
            said = " and ".join(given) if given else "nothing"
            faults.append(Fault(f"a region needs one way to say where it is, given is {said}", name, remedy))
        if (region.centre is None) != (region.radius is None):
            lacking = "radius" if region.radius is None else "centre"
            faults.append(Fault(f"the key {lacking!r} is missing", f"{name}.{lacking}", remedy))
        if region.boundary is not None and _middle(_vectors_of(region.boundary)) is None:
            what = "a corner is more than 5,000 km from the middle of the region"
            faults.append(Fault(what, f"{name}.boundary", "Divide the region in two."))
    return faults


def touched(
    regions: Mapping[str, Region],
    latitude_rad: ArrayLike,
    longitude_rad: ArrayLike,
    radius_m: float = 0.0,
    borders: Borders | None = None,
) -> tuple[str, ...] | None:
    """Regions that an area touches, its edge included, in alphabetical order.

    latitude_rad, longitude_rad: one point, the two ends of a line, or the corners of an area in order;
    longitude any value. radius_m: 0 or more; what is within this distance belongs to the area.
    borders: needed if a region is given by countries; ValueError without. Returns None, which is "not known",
    for an area that reaches more than 5,000 km from its middle or has numbers that are not finite.
    """
    corners = _unit_vectors(np.atleast_1d(latitude_rad), np.atleast_1d(longitude_rad))
    middle = _middle(corners)
    if middle is None or not 0.0 <= radius_m <= REACH_RAD * EARTH_RADIUS_M:
        return None
    plane = _Plane(middle)
    area = plane.shape(corners)
    found = []
    for name, region in regions.items():
        if region.centre is not None and region.radius is not None:
            # A distance is true only from the middle of a projection: put the circle there.
            around = _Plane(_vectors_of((region.centre,))[0])
            near = around.shape(corners).distance(_ORIGIN) <= radius_m + region.radius.si
        else:
            near = any(shape.distance(area) <= radius_m for shape in _shapes(plane, region, borders))
        if near:
            found.append(name)
    return tuple(sorted(found))


def _shapes(plane: _Plane, region: Region, borders: Borders | None) -> Iterator[Any]:
    if region.boundary is not None:
        yield plane.shape(_vectors_of(region.boundary))
    for code in region.countries or ():
        if borders is None:
            raise ValueError(f"no map of countries was given, and {region.name!r} is made of countries")
        for part in borders.polygons(code).geoms:
            # Holes are left out: a lake or an enclave counts as part of the country around it.
            longitude, latitude = np.radians(shapely.get_coordinates(part.exterior)).T
            yield plane.area(_unit_vectors(latitude, longitude))


def _middle(corners: Points) -> Points | None:
    """Unit vector in the middle of others; None if one of them is more than `REACH_RAD` away from it."""
    mean = corners.mean(axis=0)
    length = float(np.linalg.norm(mean))
    if not length > 0.0 or not np.min(corners @ mean) >= length * np.cos(REACH_RAD):
        return None
    middle: Points = mean / length
    return middle


class _Plane:
    """Azimuthal equidistant projection about a unit vector; metres from the middle."""

    def __init__(self, middle: Points) -> None:
        helper = np.eye(3)[np.argmin(np.abs(middle))]
        east = np.cross(helper, middle)
        self._middle, self._east = middle, east / np.linalg.norm(east)
        self._north = np.cross(middle, self._east)

    def project(self, vectors: Points) -> Points:
        """(n, 3) unit vectors to (n, 2) metres."""
        x, y, cosine = vectors @ self._east, vectors @ self._north, vectors @ self._middle
        sine = np.hypot(x, y)
        # At the middle sine is 0 and angle / sine is 1. The point opposite is on no one side: put it east.
        x = np.where((sine < 1e-12) & (cosine < 0.0), 1e-12, x)
        sine = np.hypot(x, y)
        scale = EARTH_RADIUS_M * np.where(
            sine >= 1e-12, np.arctan2(sine, cosine) / np.maximum(sine, 1e-12), 1.0
        )
        return np.column_stack([x * scale, y * scale])

    def shape(self, corners: Points) -> Any:
        """Point, line or area of (n, 3) unit vectors, its sides along great circles."""
        if len(corners) == 1:
            return shapely.Point(self.project(corners)[0])
        if len(corners) == 2:
            return shapely.LineString(self.project(_divided(corners)))
        return self.area(_divided(np.vstack([corners, corners[:1]])))

    def area(self, ring: Points) -> Any:
        """Area inside a ring of (n, 3) unit vectors; one that crosses itself is all that its sides enclose.

        Of an area on the other half of the globe only the edge: it may hold the point opposite, where the
        projection turns it inside out, and it cannot hold the middle.
        """
        edge = self.project(ring)
        if ring.mean(axis=0) @ self._middle < 0.0:
            return shapely.LineString(edge)
        return shapely.make_valid(shapely.Polygon(edge))


def _vectors_of(places: tuple[Place, ...]) -> Points:
    return _unit_vectors(
        np.array([place.latitude.si for place in places]), np.array([place.longitude.si for place in places])
    )


def _unit_vectors(latitude_rad: ArrayLike, longitude_rad: ArrayLike) -> Points:
    latitude, longitude = np.asarray(latitude_rad, dtype=float), np.asarray(longitude_rad, dtype=float)
    flat = np.cos(latitude)
    return np.column_stack([flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)])


def _divided(corners: Points) -> Points:
    """Points along the great circles from corner to corner, at most `STEP_RAD` apart."""
    parts = []
    for start, end in pairwise(corners):
        angle = float(np.arctan2(np.linalg.norm(np.cross(start, end)), start @ end))
        count = max(1, int(np.ceil(angle / STEP_RAD)))
        share = np.arange(count)[:, None] / count
        along = (1.0 - share) * start + share * end
        parts.append(along / np.linalg.norm(along, axis=1, keepdims=True))
    return np.vstack([*parts, corners[-1:]])
