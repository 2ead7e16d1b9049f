"""What a ballistic missile can fly: generous bounds on time, range and apogee, for judging reports.

The numbers here are assumptions of this program, set wide on purpose; `docs/methods/check.md` gives the
reason of each and what happens to the observed flights if it is changed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from synaspis.core.constants import EARTH_MEAN_RADIUS_M, EARTH_MU_M3_S2
from synaspis.engine.atmosphere import density
from synaspis.engine.descent import descend
from synaspis.engine.kepler import apogee_arc, minimum_energy_arc, rotating_apogee_arc
from synaspis.engine.parameters import Floats

HALF_CIRCUMFERENCE_M: Final = 20_003_931.4587
"""Longest geodesic of WGS84, from pole to pole and between any two antipodes (GeographicLib), rounded up: two
reported points are never too far apart."""

CIRCULAR_SPEED_M_S: Final = float(np.sqrt(EARTH_MU_M3_S2 / EARTH_MEAN_RADIUS_M))
"""Orbital speed at the surface, 7.91 km/s; no reported flight has asked for more."""

MODEL_ERROR: Final = 0.002
"""Share of the time by which the sphere may differ from the ellipsoid with J2 (largest found: 0.0016)."""

# Powered flight: mean acceleration along the path, and the share of the burning time by which the missile
# lags behind one that has its burnout speed from the start (a half at constant acceleration, more if it grows
# during the burn).
SLOWEST_ACCELERATION_M_S2: Final = 15.0
SLOWEST_LAG: Final = 0.65
FASTEST_ACCELERATION_M_S2: Final = 60.0
FASTEST_LAG: Final = 0.5
DRAG_DELAY_MAX_S: Final = 60.0
"""Delay by drag of a body of 1000 kg/m2 on descent: 30 s steep, 60 s at 45 degrees."""

LONGEST_EXCESS_S: Final = 900.0
"""No thrust that lasts ten minutes and no drag adds more to the drag-free time."""

BALLISTIC_COEFFICIENT_MAX_KG_M2: Final = 15_000.0
HEATING_MAX_W_M2: Final = 5e6
"""Stagnation heating at burnout under which 2 mm of aluminium melt through in a second."""

_NOSE_RADIUS_M: Final = 0.3
_SUTTON_GRAVES: Final = 1.7415e-4  # kg^0.5/m, for air


class Interval(NamedTuple):
    """Two ends of a quantity, lower first."""

    low: float
    high: float


def time_bounds(
    apogee_m: ArrayLike, range_m: ArrayLike, latitude_rad: float | None, azimuth_rad: float | None
) -> Interval:
    """Shortest and longest drag-free time (s) of an arc on the turning Earth, over all that is not known.

    apogee_m, range_m: values to take together, any shape. latitude_rad, azimuth_rad: of the launch; None
    means any.
    """
    latitudes = np.radians(np.linspace(0.0, 90.0, 31)) if latitude_rad is None else np.array([latitude_rad])
    azimuths = np.radians(np.linspace(0.0, 360.0, 121)) if azimuth_rad is None else np.array([azimuth_rad])
    apogee, distance = np.broadcast_arrays(np.asarray(apogee_m, np.float64), np.asarray(range_m, np.float64))
    arc = rotating_apogee_arc(
        apogee.reshape(-1, 1, 1), distance.reshape(-1, 1, 1), latitudes[:, None], azimuths[None, :]
    )
    return Interval(float(arc.time_s.min()), float(arc.time_s.max()))


def excess_bounds(speed_m_s: ArrayLike) -> tuple[Floats, Floats]:
    """Least and greatest time (s) that powered ascent and drag add to the drag-free arc of a surface speed.

    Lag times burning time, burning time = speed over mean acceleration; at the upper end the delay by drag as
    well.
    """
    speed = np.asarray(speed_m_s, dtype=np.float64)
    least = FASTEST_LAG * speed / FASTEST_ACCELERATION_M_S2
    return least, SLOWEST_LAG * speed / SLOWEST_ACCELERATION_M_S2 + DRAG_DELAY_MAX_S


def apogee_at_angle(flight_path_angle_rad: ArrayLike, range_m: ArrayLike) -> Floats:
    """Apogee (m) of the surface-to-surface arc with this angle above the horizontal at launch and this range.

    With psi = range / (2 R): e = tan / (sin psi + tan cos psi), apogee = e R (1 - cos psi) / (1 - e).
    """
    half = np.asarray(range_m, dtype=np.float64) / (2.0 * EARTH_MEAN_RADIUS_M)
    tangent = np.tan(np.asarray(flight_path_angle_rad, dtype=np.float64))
    eccentricity = tangent / (np.sin(half) + tangent * np.cos(half))
    height = eccentricity * EARTH_MEAN_RADIUS_M * (1.0 - np.cos(half)) / (1.0 - eccentricity)
    return np.asarray(height, dtype=np.float64)


def depressed_apogee(range_m: float) -> float:
    """Apogee (m) under which an arc counts as depressed: launched at half the angle of least energy."""
    return float(apogee_at_angle(0.5 * minimum_energy_arc(range_m).flight_path_angle_rad, range_m))


def longest_range(apogee_m: float) -> float:
    """Longest range (m) that a ballistic missile can fly with this apogee; no limit from 250 km upward."""
    apogees, ranges = _envelope()
    return float(np.exp(np.interp(np.log(apogee_m), np.log(apogees), np.log(ranges))))


def lowest_apogee(range_m: float) -> float:
    """Lowest apogee (m) with which a ballistic missile can fly this range; inverse of `longest_range`."""
    apogees, ranges = _envelope()
    below = int(np.searchsorted(ranges, HALF_CIRCUMFERENCE_M)) + 1
    return float(np.exp(np.interp(np.log(range_m), np.log(ranges[:below]), np.log(apogees[:below]))))


def burnout_heating(apogee_m: ArrayLike, range_m: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Heating (W/m2), height (m) and speed (m/s) where the slowest missile ends its thrust on an arc.

    Thrust has then covered (1 - lag) v^2 / acceleration along the ground, but no more than to the apogee.
    Heating on a nose of 0.3 m radius: 1.7415e-4 sqrt(rho / r) v^3. Source: K. Sutton and R. A. Graves, NASA
    TR R-376 (1971).
    """
    arc = apogee_arc(apogee_m, range_m)
    covered = (1.0 - SLOWEST_LAG) * arc.speed_m_s**2 / SLOWEST_ACCELERATION_M_S2
    half = arc.range_m / (2.0 * EARTH_MEAN_RADIUS_M)
    before_apogee = half - np.minimum(covered / EARTH_MEAN_RADIUS_M, half)
    top = EARTH_MEAN_RADIUS_M + arc.apogee_m
    eccentricity = arc.apogee_m / (top - EARTH_MEAN_RADIUS_M * np.cos(half))
    radius = top * (1.0 - eccentricity) / (1.0 - eccentricity * np.cos(before_apogee))
    speed = np.sqrt(EARTH_MU_M3_S2 * (2.0 / radius - (1.0 + eccentricity) / top))
    height = radius - EARTH_MEAN_RADIUS_M
    heating = _SUTTON_GRAVES * np.sqrt(density(height) / _NOSE_RADIUS_M) * speed**3
    return np.asarray(heating, dtype=np.float64), height, speed


def longest_fall(apogee_m: ArrayLike) -> Floats:
    """Ground distance (m) of a fall through the air from orbital speed; infinite for what stays in orbit."""
    apogee = np.asarray(apogee_m, dtype=np.float64)
    orbital = np.sqrt(EARTH_MU_M3_S2 / (EARTH_MEAN_RADIUS_M + apogee))
    fall = descend(apogee, orbital, 0.0, BALLISTIC_COEFFICIENT_MAX_KG_M2).range_m
    return np.where(np.isnan(fall), np.inf, fall)


@lru_cache(maxsize=1)
def _envelope() -> tuple[Floats, Floats]:
    """Apogees (m) and longest ranges (m): the lesser of what drag on descent and heating at burnout allow."""
    apogees = np.geomspace(1.0, 250e3, 120)
    ranges = np.geomspace(100.0, HALF_CIRCUMFERENCE_M, 1500)
    heating, _, _ = burnout_heating(apogees[:, None], ranges[None, :])
    hot = heating > HEATING_MAX_W_M2
    by_heat = np.where(hot.any(axis=1), ranges[np.argmax(hot, axis=1)], HALF_CIRCUMFERENCE_M)
    low = apogees < 95e3
    by_drag = np.full(apogees.shape, np.inf)
    by_drag[low] = 2.0 * longest_fall(apogees[low])
    return apogees, np.minimum(np.minimum(by_heat, by_drag), HALF_CIRCUMFERENCE_M)
