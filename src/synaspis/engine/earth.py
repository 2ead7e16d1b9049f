"""The Earth as a turning ellipsoid: places, local axes, frames, gravity of the standard (WGS84).

Frames
  ecef: turns with the Earth; x through latitude 0 longitude 0, z through the north pole, origin at the centre
  of mass.
  eci: does not turn; the same z axis, x axis at the Earth rotation angle (counted eastward) behind the x axis
  of ecef.
Precession, nutation and polar motion are left out: over the hour of a flight they move a point by less than 1
m.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from synaspis.core.constants import (
    EARTH_ECCENTRICITY_SQUARED,
    EARTH_EQUATORIAL_RADIUS_M,
    EARTH_FLATTENING,
    EARTH_POLAR_RADIUS_M,
    EARTH_ROTATION_RAD_S,
)
from synaspis.engine.parameters import Floats

# Four rounds take Bowring's start from 1e-8 rad to rounding for every height between -5,000 km and
# geostationary orbit.
_BOWRING_ROUNDS: Final = 4

# NIMA TR8350.2 (2000), tables 3.1 and 3.6: normal gravity and the ratio of centrifugal to gravity
# acceleration.
_GRAVITY_EQUATOR_M_S2: Final = 9.7803253359
_SOMIGLIANA_K: Final = 0.00193185265241
_GRAVITY_RATIO_M: Final = 0.00344978650684


def geodetic_to_ecef(latitude_rad: ArrayLike, longitude_rad: ArrayLike, height_m: ArrayLike) -> Floats:
    """Position of places on or above the ellipsoid.

    latitude_rad, longitude_rad: geodetic, any shapes that broadcast, latitude -pi/2 to pi/2.
    height_m: above the ellipsoid, along its normal.
    Returns position_ecef_m, the broadcast shape with one more axis of 3.

    With N = a / sqrt(1 - e^2 sin^2 latitude): x, y = (N + h) cos latitude (cos, sin) longitude; z = (N (1 -
    e^2) + h) sin latitude.
    Source: NIMA TR8350.2 (2000), equation 4-14.
    """
    latitude = np.asarray(latitude_rad, dtype=np.float64)
    longitude = np.asarray(longitude_rad, dtype=np.float64)
    height = np.asarray(height_m, dtype=np.float64)
    sine, cosine = np.sin(latitude), np.cos(latitude)
    normal_m = EARTH_EQUATORIAL_RADIUS_M / np.sqrt(1.0 - EARTH_ECCENTRICITY_SQUARED * sine**2)
    across_m = (normal_m + height) * cosine
    along_m = (normal_m * (1.0 - EARTH_ECCENTRICITY_SQUARED) + height) * sine
    x, y, z = np.broadcast_arrays(across_m * np.cos(longitude), across_m * np.sin(longitude), along_m)
    return np.stack([x, y, z], axis=-1)


def ecef_to_geodetic(position_ecef_m: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Latitude, longitude (rad, longitude -pi to pi) and height (m) of positions.

    position_ecef_m: (..., 3); valid from 5,000 km below the surface to far beyond geostationary orbit.
    Returns three arrays of shape (...). The round trip with `geodetic_to_ecef` closes to a few units of
    rounding (1e-9 m).

    Bowring's iteration in the reduced latitude beta (tan beta = (1 - f) tan latitude):
    tan latitude = (z + e'^2 b sin^3 beta) / (p - e^2 a cos^3 beta), p = sqrt(x^2 + y^2); then
    h = p cos latitude + z sin latitude - a sqrt(1 - e^2 sin^2 latitude), which does not lose digits near the
    poles.
    Source: B. R. Bowring, Survey Review 23 (1976) 323-327, doi:10.1179/sre.1976.23.181.323.
    """
    position = np.asarray(position_ecef_m, dtype=np.float64)
    x, y, z = position[..., 0], position[..., 1], position[..., 2]
    across_m = np.hypot(x, y)
    second_eccentricity_squared = EARTH_ECCENTRICITY_SQUARED / (1.0 - EARTH_ECCENTRICITY_SQUARED)
    # Sine and cosine are carried instead of the tangent, so that the poles are ordinary points.
    sine, cosine = _unit(z * EARTH_EQUATORIAL_RADIUS_M, across_m * EARTH_POLAR_RADIUS_M)
    for _ in range(_BOWRING_ROUNDS):
        north = z + second_eccentricity_squared * EARTH_POLAR_RADIUS_M * sine**3
        out = across_m - EARTH_ECCENTRICITY_SQUARED * EARTH_EQUATORIAL_RADIUS_M * cosine**3
        sine, cosine = _unit((1.0 - EARTH_FLATTENING) * north, out)
    sine, cosine = _unit(sine, (1.0 - EARTH_FLATTENING) * cosine)
    surface_m = EARTH_EQUATORIAL_RADIUS_M * np.sqrt(1.0 - EARTH_ECCENTRICITY_SQUARED * sine**2)
    height = across_m * cosine + z * sine - surface_m
    return np.arctan2(sine, cosine), np.arctan2(y, x), height


def _unit(opposite: Floats, adjacent: Floats) -> tuple[Floats, Floats]:
    length = np.hypot(opposite, adjacent)
    return opposite / length, adjacent / length


def local_axes_ecef(latitude_rad: ArrayLike, longitude_rad: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """East, north and up unit vectors (..., 3) at places, up along the normal of the ellipsoid."""
    latitude, longitude = np.broadcast_arrays(
        np.asarray(latitude_rad, dtype=np.float64), np.asarray(longitude_rad, dtype=np.float64)
    )
    sine, cosine = np.sin(latitude), np.cos(latitude)
    sine_longitude, cosine_longitude = np.sin(longitude), np.cos(longitude)
    east = np.stack([-sine_longitude, cosine_longitude, np.zeros_like(sine)], axis=-1)
    north = np.stack([-sine * cosine_longitude, -sine * sine_longitude, cosine], axis=-1)
    up = np.stack([cosine * cosine_longitude, cosine * sine_longitude, sine], axis=-1)
    return east, north, up


def ecef_to_eci(
    position_ecef_m: ArrayLike, velocity_ecef_m_s: ArrayLike, earth_rotation_angle_rad: ArrayLike
) -> tuple[Floats, Floats]:
    """The same state seen from the frame that does not turn.

    position_ecef_m, velocity_ecef_m_s: (..., 3). earth_rotation_angle_rad: (...), from x of eci eastward to x
    of ecef.
    Returns position_eci_m and velocity_eci_m_s, (..., 3): r' = R3(-angle) r, v' = R3(-angle) (v + omega x r).
    """
    position = np.asarray(position_ecef_m, dtype=np.float64)
    velocity = np.asarray(velocity_ecef_m_s, dtype=np.float64)
    angle = np.asarray(earth_rotation_angle_rad, dtype=np.float64)
    return _turn(position, angle), _turn(velocity + _carried(position), angle)


def eci_to_ecef(
    position_eci_m: ArrayLike, velocity_eci_m_s: ArrayLike, earth_rotation_angle_rad: ArrayLike
) -> tuple[Floats, Floats]:
    """Inverse of `ecef_to_eci`; the same shapes and units."""
    angle = np.asarray(earth_rotation_angle_rad, dtype=np.float64)
    position = _turn(np.asarray(position_eci_m, dtype=np.float64), -angle)
    velocity = _turn(np.asarray(velocity_eci_m_s, dtype=np.float64), -angle)
    return position, velocity - _carried(position)


def _turn(vector: Floats, angle: Floats) -> Floats:
    sine, cosine = np.sin(angle), np.cos(angle)
    x, y = vector[..., 0], vector[..., 1]
    parts = np.broadcast_arrays(cosine * x - sine * y, sine * x + cosine * y, vector[..., 2])
    return np.stack(parts, axis=-1)


def _carried(position: Floats) -> Floats:
    """Velocity (m/s) of a point that turns with the Earth, omega x r; 465 m/s at the equator."""
    x, y = position[..., 0], position[..., 1]
    return np.stack([-EARTH_ROTATION_RAD_S * y, EARTH_ROTATION_RAD_S * x, np.zeros_like(x)], axis=-1)


def normal_gravity(latitude_rad: ArrayLike, height_m: ArrayLike = 0.0) -> Floats:
    """Gravity of the rotating reference ellipsoid (m/s2, downward, centrifugal part included).

    latitude_rad: geodetic. height_m: above the ellipsoid; the series in height is good to 1e-6 m/s2 below 10
    km.

    Somigliana on the ellipsoid, gamma = gamma_e (1 + k sin^2) / sqrt(1 - e^2 sin^2), times
    1 - (2 / a) (1 + f + m - 2 f sin^2) h + (3 / a^2) h^2. Source: NIMA TR8350.2 (2000), equations 4-1 and
    4-3.
    """
    sine_squared = np.sin(np.asarray(latitude_rad, dtype=np.float64)) ** 2
    height = np.asarray(height_m, dtype=np.float64) / EARTH_EQUATORIAL_RADIUS_M
    surface = _GRAVITY_EQUATOR_M_S2 * (1.0 + _SOMIGLIANA_K * sine_squared)
    surface = surface / np.sqrt(1.0 - EARTH_ECCENTRICITY_SQUARED * sine_squared)
    slope = 2.0 * (1.0 + EARTH_FLATTENING + _GRAVITY_RATIO_M - 2.0 * EARTH_FLATTENING * sine_squared)
    return np.asarray(surface * (1.0 - slope * height + 3.0 * height**2), dtype=np.float64)
