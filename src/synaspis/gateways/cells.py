"""Grid cells as polygons: neighbours merged, cut at the 180th meridian."""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.affinity import translate

Floats: TypeAlias = NDArray[np.float64]

_DECIMALS: Final = 9
"""Digits of degrees that are kept: 0.1 mm, enough to bring 12.249999999999998 back to 12.25."""


def merge_cells(
    wanted: NDArray[np.bool_],
    latitude_rad: Floats,
    longitude_rad: Floats,
    step_rad: float | None = None,
) -> shapely.MultiPolygon:
    """Draw the outline of cells.

    wanted: (row, column) True for the cells to draw. latitude_rad: (row,) and longitude_rad: (column,)
    centres with equal steps, rising; longitudes may exceed pi. step_rad: side of a cell, needed only for a
    grid of one row or column. Returns polygons in degrees, longitude first, -180 to 180, shells
    counterclockwise; empty if no cell is wanted. Edges follow meridians and parallels. Raises ValueError if
    shapes or steps do not fit.
    """
    if wanted.shape != (latitude_rad.size, longitude_rad.size):
        raise ValueError(
            f"wanted has shape {wanted.shape}; it must be ({latitude_rad.size}, {longitude_rad.size})"
        )
    west, east_step = _frame(longitude_rad, step_rad)
    south, north_step = _frame(latitude_rad, step_rad)

    def place(points: Floats) -> Floats:
        x, y = west + east_step * points[:, 0], south + north_step * points[:, 1]
        placed: Floats = np.column_stack([x, y])
        return placed.round(_DECIMALS)

    # The union is made in whole numbers of cells, where it is exact.
    union = shapely.simplify(shapely.union_all(_runs(wanted)), 0.0)
    parts = _polygons(cut_at_meridian(shapely.transform(union, place)))
    return shapely.orient_polygons(shapely.MultiPolygon(parts))


def cut_at_meridian(shape: shapely.Geometry) -> shapely.Geometry:
    """Bring a shape with longitudes from -180 to 540 degrees to -180 to 180, cut at the 180th meridian."""
    west, _, east, _ = shapely.bounds(shape)
    if not (west < -180.0 or east > 180.0):
        return shape
    here = shapely.intersection(shape, shapely.box(-180, -90, 180, 90))
    beyond = shapely.intersection(shape, shapely.box(180, -90, 540, 90))
    return shapely.union(here, translate(beyond, -360.0))


def _runs(wanted: NDArray[np.bool_]) -> NDArray[np.object_]:
    """Boxes (column, row) of the runs of wanted cells in each row."""
    padded = np.pad(wanted.astype(np.int8), ((0, 0), (1, 1)))
    change = np.diff(padded, axis=1)
    row, start = np.nonzero(change == 1)
    stop = np.nonzero(change == -1)[1]
    boxes: NDArray[np.object_] = shapely.box(start, row, stop, row + 1)
    return boxes


def _frame(centres_rad: Floats, step_rad: float | None) -> tuple[float, float]:
    """First edge and step in degrees."""
    if centres_rad.size > 1:
        steps = np.diff(centres_rad)
        if not (steps[0] > 0.0 and np.allclose(steps, steps[0], rtol=1e-6)):
            raise ValueError("centres of cells must rise in equal steps")
        step_rad = float(centres_rad[-1] - centres_rad[0]) / (centres_rad.size - 1)
    elif step_rad is None:
        raise ValueError("a grid of one row or column needs step_rad")
    step_deg = float(np.degrees(step_rad))
    return float(np.degrees(centres_rad[0])) - 0.5 * step_deg, step_deg


def _polygons(shape: shapely.Geometry) -> list[shapely.Polygon]:
    """Only the polygons of a shape, none if it is empty."""
    parts = shapely.get_parts(shape)
    return [part for part in parts if isinstance(part, shapely.Polygon) and not part.is_empty]
