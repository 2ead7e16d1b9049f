"""Forces on a body in the rotating frame (ECEF), as scalar functions that a compiler can run in vector lanes.

No function of the C library is called here except the square root: one such call stops vectorisation and
costs a factor of six.
"""

from __future__ import annotations

from math import sqrt
from typing import Final

import numpy as np
from scipy.integrate import simpson

from synaspis.core.constants import (
    EARTH_ECCENTRICITY_SQUARED,
    EARTH_EQUATORIAL_RADIUS_M,
    EARTH_J2,
    EARTH_MU_M3_S2,
    EARTH_ROTATION_RAD_S,
)
from synaspis.engine._jit import lane
from synaspis.engine.atmosphere import density as standard_density

_MU: Final = EARTH_MU_M3_S2
_OMEGA: Final = EARTH_ROTATION_RAD_S
_J2_TERM: Final = 1.5 * EARTH_J2 * EARTH_EQUATORIAL_RADIUS_M**2
_A: Final = EARTH_EQUATORIAL_RADIUS_M
# Radius of the ellipsoid at geocentric latitude t: a / sqrt(1 + e'^2 sin^2 t), as a series in sin^2 t. The
# next term is below 1 cm.
_SECOND: Final = EARTH_ECCENTRICITY_SQUARED / (1.0 - EARTH_ECCENTRICITY_SQUARED)
_R1: Final = -_SECOND / 2.0
_R2: Final = 3.0 * _SECOND**2 / 8.0
_R3: Final = -5.0 * _SECOND**3 / 16.0

TABLE_STEP_M: Final = 1000.0
TABLE_ROWS: Final = 150


def _density_table() -> tuple[np.ndarray, ...]:
    """Cubic coefficients of the US 1976 density on each kilometre from 0 to 150 km; zero density above.

    The cubics meet the density at every kilometre, with its slope. Where the slope of the standard itself
    jumps (at 11.019 km, 86 km and the other edges of its layers), the slopes of the cubic give way so that
    the mass of air in each kilometre is right.
    """
    knots_m = np.arange(TABLE_ROWS + 1) * TABLE_STEP_M
    offset_m = 0.1
    low_m = np.maximum(knots_m - offset_m, 0.0)
    value = standard_density(knots_m)
    slope = (standard_density(knots_m + offset_m) - standard_density(low_m)) / (knots_m + offset_m - low_m)
    value[-1] = slope[-1] = 0.0
    left, right = slope[:-1] * TABLE_STEP_M, slope[1:] * TABLE_STEP_M
    rows = knots_m[:-1, None] + np.linspace(0.0, TABLE_STEP_M, 201)
    mean = simpson(standard_density(rows), dx=1.0 / 200.0, axis=1)
    lack = mean - 0.5 * (value[:-1] + value[1:]) - (left - right) / 12.0
    lack[-1] = 0.0  # the last kilometre fades to nothing
    left, right, rise = left + 6.0 * lack, right - 6.0 * lack, np.diff(value)
    columns = (value[:-1], left, 3.0 * rise - 2.0 * left - right, left + right - 2.0 * rise)
    return tuple(np.append(column, 0.0) for column in columns)


_D0, _D1, _D2, _D3 = _density_table()
_LAST: Final = float(TABLE_ROWS) + 0.5
_LAST_ROW: Final = np.uint32(TABLE_ROWS)


@lane
def density_kg_m3(height_m):  # type: ignore[no-untyped-def]
    """Density (kg/m3) at a height above the ellipsoid: US 1976 to 150 km, nothing above.

    A table of cubics, one a kilometre. Below the ellipsoid the value at sea level holds. At 150 km a body of
    5,000 kg/m2 at 7 km/s is slowed by 1e-5 m/s2.
    """
    position = min(max(height_m * (1.0 / TABLE_STEP_M), 0.0), _LAST)
    whole = np.int32(position)
    part = position - whole
    # Unsigned: a signed index would be tested for wrap-around in every lane. The limit is for a height that
    # is no number any more: converted, it would be an index far outside of the table.
    row = min(np.uint32(whole), _LAST_ROW)
    return _D0[row] + part * (_D1[row] + part * (_D2[row] + part * _D3[row]))


@lane
def height_m(radius_m, sine_squared):  # type: ignore[no-untyped-def]
    """Height above the WGS84 ellipsoid from the radius and the squared sine of the geocentric latitude.

    Measured along the radius instead of the normal: too large by at most 6e-6 of the height (0.6 m at 100
    km).
    """
    return radius_m - _A * (1.0 + sine_squared * (_R1 + sine_squared * (_R2 + sine_squared * _R3)))


@lane
def free_acceleration(x, y, z, u, v, w):  # type: ignore[no-untyped-def]
    """Gravity with J2, centrifugal and Coriolis acceleration in ECEF, m/s2; x..z in m, u..w in m/s.

    a = -mu r / r^3 [1 + 1.5 J2 (a_e / r)^2 (1 - 5 s^2)] (and 3 - 5 s^2 on the polar axis), s = z / r;
    Vallado, Fundamentals of Astrodynamics and Applications (2013), section 8.7.1, from memory; checked
    against heyoka in the tests.
    """
    inverse_squared = 1.0 / (x * x + y * y + z * z)
    pull = -_MU * inverse_squared * sqrt(inverse_squared)
    oblate = _J2_TERM * inverse_squared
    slope = 5.0 * z * z * inverse_squared
    equatorial = pull * (1.0 + oblate * (1.0 - slope)) + _OMEGA * _OMEGA
    return (
        equatorial * x + 2.0 * _OMEGA * v,
        equatorial * y - 2.0 * _OMEGA * u,
        pull * (1.0 + oblate * (3.0 - slope)) * z,
    )


@lane
def drag_acceleration(x, y, z, u, v, w, drag_area_per_mass):  # type: ignore[no-untyped-def]
    """Gravity terms plus drag in air that turns with the Earth; drag_area_per_mass = Cd A / m in m2/kg."""
    # The compiler merges the terms that both functions compute; written out twice it is not faster.
    ax, ay, az = free_acceleration(x, y, z, u, v, w)
    squared = x * x + y * y + z * z
    inverse_squared = 1.0 / squared
    height = height_m(squared * sqrt(inverse_squared), z * z * inverse_squared)
    brake = -0.5 * drag_area_per_mass * density_kg_m3(height) * sqrt(u * u + v * v + w * w)
    return ax + brake * u, ay + brake * v, az + brake * w
