"""Physical constants, each with the document its number comes from.

WGS84 values: NIMA TR8350.2, third edition (2000), tables 3.1 to 3.3; the same
numbers are listed by EPSG (ellipsoid 7030).
"""

from __future__ import annotations

from math import sqrt
from typing import Final

EARTH_EQUATORIAL_RADIUS_M: Final = 6_378_137.0
EARTH_FLATTENING: Final = 1.0 / 298.257223563
EARTH_POLAR_RADIUS_M: Final = EARTH_EQUATORIAL_RADIUS_M * (1.0 - EARTH_FLATTENING)
EARTH_ECCENTRICITY_SQUARED: Final = EARTH_FLATTENING * (2.0 - EARTH_FLATTENING)

EARTH_MU_M3_S2: Final = 3.986004418e14
"""Geocentric gravitational constant, atmosphere included (value in force since 1994)."""

EARTH_ROTATION_RAD_S: Final = 7.292115e-5

EARTH_J2: Final = sqrt(5.0) * 484.16685e-6
"""Second zonal harmonic from the normalised C20 of WGS84, -484.16685e-6."""

EARTH_MEAN_RADIUS_M: Final = 6_371_000.0
"""Radius of the sphere that published minimum-energy tables use."""

STANDARD_GRAVITY_M_S2: Final = 9.80665
"""Conventional value, also g0 of the US Standard Atmosphere 1976."""
