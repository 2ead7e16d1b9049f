"""The map frame: Lambert azimuthal equal-area, so that areas on the map compare as the numbers do.

Projection: J. P. Snyder, Map Projections: A Working Manual, USGS Professional Paper 1395 (1987), chapter 24,
as PROJ computes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from shapely import MultiPolygon, Polygon, box, make_valid, simplify
from shapely.geometry.base import BaseGeometry

Floats = NDArray[np.float64]

VIEW_WIDTH = 1000.0
"""Width of a map in view units; maps are drawn in these and scaled by the browser."""

_WIDEST_AZIMUTHAL_DEG = 130.0
_SMALLEST_M = 1.2e6
"""Sides of the smallest map: less shows no country that a reader would know."""


@dataclass(frozen=True)
class MapFrame:
    """A rectangle on a projected plane.

    definition: PROJ string of the projection. left_m, bottom_m, right_m, top_m: the rectangle, metres on the
    plane.
    """

    definition: str
    left_m: float
    bottom_m: float
    right_m: float
    top_m: float

    @classmethod
    def around(
        cls, latitude_deg: Floats, longitude_deg: Floats, points: Iterable[tuple[float, float]] = ()
    ) -> MapFrame:
        """Return the frame that holds a range of places and those points that do not widen it by more than a
        third.

        latitude_deg, longitude_deg: any places, of which the extremes count. points: (latitude, longitude) in
        degrees.
        """
        south, north = float(latitude_deg.min()), float(latitude_deg.max())
        west, east = float(longitude_deg.min()), float(longitude_deg.max())
        if east - west > _WIDEST_AZIMUTHAL_DEG:
            # An azimuthal map of more than a hemisphere folds over its rim; a plain grid map does not.
            definition = (
                f"+proj=eqc +lat_ts={(south + north) / 2:.4f} +lon_0={(west + east) / 2:.4f} +datum=WGS84"
            )
        else:
            definition = (
                f"+proj=laea +lat_0={(south + north) / 2:.4f} +lon_0={(west + east) / 2:.4f} +datum=WGS84"
            )
        edge = _rectangle_edge(south, north, west, east)
        frame = cls(definition, 0.0, 0.0, 1.0, 1.0)
        x, y = frame.project(edge[:, 0], edge[:, 1])
        bounds = [x.min(), y.min(), x.max(), y.max()]
        for low, high in ((0, 2), (1, 3)):
            lack = max(0.0, _SMALLEST_M - (bounds[high] - bounds[low]))
            bounds[low], bounds[high] = bounds[low] - lack / 2, bounds[high] + lack / 2
        width, height = bounds[2] - bounds[0], bounds[3] - bounds[1]
        limit = [bounds[0] - width / 3, bounds[1] - height / 3, bounds[2] + width / 3, bounds[3] + height / 3]
        for latitude, longitude in points:
            px, py = (float(v) for v in frame.project(np.array(latitude), np.array(longitude)))
            if limit[0] <= px <= limit[2] and limit[1] <= py <= limit[3]:
                bounds = [min(bounds[0], px), min(bounds[1], py), max(bounds[2], px), max(bounds[3], py)]
        margin = 0.03 * max(bounds[2] - bounds[0], bounds[3] - bounds[1])
        return cls(definition, bounds[0] - margin, bounds[1] - margin, bounds[2] + margin, bounds[3] + margin)

    @cached_property
    def _transformer(self) -> Transformer:
        return Transformer.from_crs(CRS.from_epsg(4326), CRS.from_proj4(self.definition), always_xy=True)

    def project(self, latitude_deg: Floats, longitude_deg: Floats) -> tuple[Floats, Floats]:
        """Return x and y on the plane in metres, of the shape given."""
        x, y = self._transformer.transform(longitude_deg, latitude_deg)
        return np.asarray(x), np.asarray(y)

    @property
    def view_height(self) -> float:
        """Height of the map in view units."""
        return VIEW_WIDTH * (self.top_m - self.bottom_m) / (self.right_m - self.left_m)

    @property
    def metres_per_unit(self) -> float:
        """Metres on the plane for one view unit."""
        return (self.right_m - self.left_m) / VIEW_WIDTH

    def view(self, latitude_deg: Floats, longitude_deg: Floats) -> tuple[Floats, Floats]:
        """Return places in view units: x to the right, y downwards, origin at the top left."""
        x, y = self.project(latitude_deg, longitude_deg)
        return (x - self.left_m) / self.metres_per_unit, (self.top_m - y) / self.metres_per_unit

    def holds(self, latitude_deg: float, longitude_deg: float) -> bool:
        """Return whether a place lies inside the frame."""
        x, y = self.view(np.array(latitude_deg), np.array(longitude_deg))
        return bool(0.0 <= x <= VIEW_WIDTH and 0.0 <= y <= self.view_height)

    def pixel_cells(self, latitude_deg: Floats, longitude_deg: Floats, columns: int) -> NDArray[np.intp]:
        """Return for each pixel of a raster that fills the frame the flat index of the cell that holds it, or
        -1.

        latitude_deg, longitude_deg: cell centres, evenly spaced, either direction. columns: pixels across;
        pixels are square.
        """
        rows = max(1, round(columns * self.view_height / VIEW_WIDTH))
        x = self.left_m + (np.arange(columns) + 0.5) * (self.right_m - self.left_m) / columns
        y = self.top_m - (np.arange(rows) + 0.5) * (self.top_m - self.bottom_m) / rows
        longitude, latitude = self._transformer.transform(*np.meshgrid(x, y), direction="INVERSE")
        middle = 0.5 * (longitude_deg[0] + longitude_deg[-1])
        longitude = middle + (longitude - middle + 180.0) % 360.0 - 180.0  # a grid may cross the date line
        row, row_count = _nearest(latitude, latitude_deg), latitude_deg.size
        column, column_count = _nearest(longitude, longitude_deg), longitude_deg.size
        inside = (row >= 0) & (row < row_count) & (column >= 0) & (column < column_count)
        return np.where(inside, row * column_count + column, -1)

    def outline_paths(self, outlines: Sequence[Floats]) -> list[Floats]:
        """Return outlines clipped to the frame and thinned to what a screen can show, each (vertex, 2) in
        view units.

        outlines: each (vertex, 2) latitude and longitude in degrees, closed or not.
        """
        frame = box(-5.0, -5.0, VIEW_WIDTH + 5.0, self.view_height + 5.0)
        paths: list[Floats] = []
        for outline in outlines:
            x, y = self.view(outline[:, 0], outline[:, 1])
            if not (np.isfinite(x).all() and np.isfinite(y).all()) or len(x) < 4:
                continue  # an outline through the antipode has no picture
            if x.max() < 0 or y.max() < 0 or x.min() > VIEW_WIDTH or y.min() > self.view_height:
                continue
            shape = simplify(make_valid(Polygon(np.column_stack([x, y]))), 0.45).intersection(frame)
            paths.extend(_rings(shape))
        return paths

    def graticule(self, step_deg: float = 10.0) -> list[Floats]:
        """Return meridians and parallels every step_deg, each (vertex, 2) in view units."""
        inverse = self._transformer.transform(
            *np.meshgrid(
                np.linspace(self.left_m, self.right_m, 40), np.linspace(self.bottom_m, self.top_m, 40)
            ),
            direction="INVERSE",
        )
        west, east = (step_deg * f(inverse[0] / step_deg) for f in (_floor_min, _ceil_max))
        south, north = (step_deg * f(inverse[1] / step_deg) for f in (_floor_min, _ceil_max))
        south, north = max(south, -90.0 + step_deg), min(north, 90.0 - step_deg)
        lines = []
        for meridian in np.arange(west, east + 0.5 * step_deg, step_deg):
            along = np.linspace(south, north, 60)
            lines.append(np.column_stack(self.view(along, np.full_like(along, meridian))))
        for parallel in np.arange(south, north + 0.5 * step_deg, step_deg):
            along = np.linspace(west, east, 120)
            lines.append(np.column_stack(self.view(np.full_like(along, parallel), along)))
        return lines


def _floor_min(values: Floats) -> float:
    return float(np.floor(values.min()))


def _ceil_max(values: Floats) -> float:
    return float(np.ceil(values.max()))


def _rectangle_edge(south: float, north: float, west: float, east: float) -> Floats:
    """Return points along the edge of a rectangle of latitude and longitude, (point, 2)."""
    t = np.linspace(0.0, 1.0, 50)
    up, along = south + (north - south) * t, west + (east - west) * t
    sides = [
        (np.full(50, south), along),
        (np.full(50, north), along),
        (up, np.full(50, west)),
        (up, np.full(50, east)),
    ]
    return np.concatenate([np.column_stack(side) for side in sides])


def _nearest(values: Floats, centres: Floats) -> NDArray[np.intp]:
    """Return the index of the evenly spaced centre nearest to each value; outside the range where it is not
    in a cell.
    """
    if centres.size == 1:
        return np.zeros(values.shape, dtype=np.intp)
    step = (centres[-1] - centres[0]) / (centres.size - 1)
    position = (np.nan_to_num(values, posinf=1e9, neginf=-1e9) - centres[0]) / step
    index: NDArray[np.intp] = np.floor(position + 0.5).astype(np.intp)
    return index


def _rings(shape: BaseGeometry) -> list[Floats]:
    """Return the outer rings of a shape's polygons."""
    if isinstance(shape, Polygon):
        return [] if shape.is_empty else [np.asarray(shape.exterior.coords)]
    if isinstance(shape, MultiPolygon) or hasattr(shape, "geoms"):
        return [ring for part in shape.geoms for ring in _rings(part)]
    return []
