"""Where fragments come down: the body's own arc, and arcs of what flies off it, through the air."""

from __future__ import annotations

from functools import cache
from math import pi, sqrt
from typing import NamedTuple

import numpy as np
import shapely

from synaspis.engine.earth import ecef_to_geodetic
from synaspis.engine.parameters import Floats
from synaspis.engine.propagate import descend

DIRECTIONS = 50
"""Directions in which fragments fly off; an even number, so that their sum is zero."""


class Spread(NamedTuple):
    """What fragments may do: velocity change up to so much (m/s), ballistic coefficient within (kg/m2)."""

    velocity_change_m_s: float
    lightest_kg_m2: float
    heaviest_kg_m2: float


class FallArea(NamedTuple):
    """Where the fragments of one body come down.

    centre: longitude and latitude in degrees of the body itself. shape: hull of all fragments, degrees,
    longitude first; longitudes go on beyond 180 rather than jump.
    """

    centre: tuple[float, float]
    shape: shapely.Polygon


@cache
def directions() -> Floats:
    """Unit vectors (direction, 3) evenly over the sphere, each with its opposite, so that momentum is kept.

    A Fibonacci lattice on the upper half and its mirror image.
    """
    half = DIRECTIONS // 2
    number = np.arange(half)
    z = (number + 0.5) / half
    angle = number * pi * (3.0 - sqrt(5.0))
    level = np.sqrt(1.0 - z * z)
    upper = np.column_stack([level * np.cos(angle), level * np.sin(angle), z])
    return np.concatenate([upper, -upper])


def fragments(state: Floats, velocity_change_m_s: float) -> Floats:
    """States (case, direction, 6) of what flies off bodies (case, 6) at one velocity change."""
    flown = np.repeat(state[:, None, :], DIRECTIONS, axis=1)
    flown[..., 3:] += velocity_change_m_s * directions()
    return flown


def landing_deg(state: Floats, ballistic_coefficient_kg_m2: float) -> Floats:
    """Longitude and latitude in degrees (..., 2) at which states (..., 6) come down; NaN if they do not."""
    flat = state.reshape(-1, 6)
    _, place, landed = descend(np.ascontiguousarray(flat.T), ballistic_coefficient_kg_m2)
    latitude, longitude, _ = ecef_to_geodetic(np.where(landed, place, 1.0).T)
    out = np.degrees(np.stack([longitude, latitude], axis=-1))
    out[~landed] = np.nan
    return out.reshape(*state.shape[:-1], 2)


def fall_areas(state: Floats, own_kg_m2: float, spread: Spread) -> list[FallArea | None]:
    """Fall area of each body.

    state: (case, 6) position m and velocity m/s in ECEF at the breakup. own_kg_m2: ballistic coefficient of
    the body itself, which gives the centre. Returns None for a body of which something does not come down.
    """
    centre = landing_deg(state, own_kg_m2)
    thrown = fragments(state, spread.velocity_change_m_s)
    coefficients = (spread.lightest_kg_m2, sqrt(spread.lightest_kg_m2 * spread.heaviest_kg_m2))
    points = np.concatenate(
        [landing_deg(thrown, beta) for beta in (*coefficients, spread.heaviest_kg_m2)]
        + [landing_deg(state[:, None, :], beta) for beta in (spread.lightest_kg_m2, own_kg_m2)],
        axis=1,
    )
    return [_hull(middle, around) for middle, around in zip(centre, points, strict=True)]


def _hull(centre: Floats, points: Floats) -> FallArea | None:
    if not np.isfinite(points).all() or not np.isfinite(centre).all():
        return None
    offset = np.remainder(points[:, 0] - centre[0] + 180.0, 360.0) - 180.0
    # Level degrees, so that a hull far north is as narrow as it is on the ground.
    scale = max(float(np.cos(np.radians(centre[1]))), 0.01)
    points_level = np.column_stack([offset * scale, points[:, 1]])
    hull = shapely.MultiPoint(points_level).convex_hull
    # Where all comes down in one line or point: some metres around it.
    level = hull if isinstance(hull, shapely.Polygon) else shapely.Polygon(hull.buffer(1e-4))
    shape = shapely.transform(level, lambda at: np.column_stack([centre[0] + at[:, 0] / scale, at[:, 1]]))
    return FallArea((float(centre[0]), float(centre[1])), shape)
