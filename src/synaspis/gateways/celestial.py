"""From the celestial frames of partners (EME2000, ICRF, GCRF) to the frame that turns with the Earth.

Precession of IAU 2006, the four largest terms of nutation, apparent sidereal time. The small terms of
nutation that are left out move a point at 7,000 km by less than 5 m, polar motion (0.5 arcseconds) by less
than 20 m. UTC stands for UT1 unless the difference is given: 465 m at the equator for each second of it (at
most 0.9 s).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synaspis.engine.earth import eci_to_ecef

Floats = NDArray[np.float64]

NANOSECONDS_PER_DAY: Final = 86_400_000_000_000

_ARCSECOND_RAD: Final = np.pi / 648_000.0
_J2000_DAY: Final = 10_957.5
"""Days from 1 January 1970, 0 h, to noon of 1 January 2000."""
_TT_MINUS_UTC_DAY: Final = 69.184 / 86_400.0
"""Value since 2017; a second more or less moves the precession by 1.6 microarcseconds."""


def celestial_to_ecef(
    position_m: ArrayLike, velocity_m_s: ArrayLike, utc_ns: NDArray[np.int64], ut1_minus_utc_s: float = 0.0
) -> tuple[Floats, Floats]:
    """Turn states given in the mean equator and equinox of J2000 into the turning frame.

    position_m, velocity_m_s: (node, 3) in EME2000, ICRF or GCRF, centre of the Earth.
    utc_ns: (node,) nanoseconds since 1970-01-01 UTC, leap seconds not counted (POSIX).
    ut1_minus_utc_s: -0.9 to 0.9.
    Returns position_ecef_m, velocity_ecef_m_s, both (node, 3).

    r_ecef = R3(GAST) N P r, with P = R3(-z) R2(theta) R3(-zeta), N = R1(-eps - d_eps) R3(-d_psi) R1(eps).
    Sources: precession and sidereal time N. Capitaine et al., Astron. Astrophys. 412 (2003) 567-586,
    doi:10.1051/0004-6361:20031539, equations 40 and 42; nutation J. Meeus, Astronomical Algorithms, 2nd ed.
    (1998), chapter 22.
    """
    day, rest_ns = np.divmod(np.asarray(utc_ns, dtype=np.int64), NANOSECONDS_PER_DAY)
    fraction = rest_ns / NANOSECONDS_PER_DAY + ut1_minus_utc_s / 86_400.0
    since_j2000 = day - _J2000_DAY
    centuries = (since_j2000 + fraction + _TT_MINUS_UTC_DAY) / 36_525.0
    to_date, equation_of_equinoxes = _equator_of_date(centuries)
    # Earth rotation angle, IAU 2000; whole turns are left out before they can eat digits.
    turns = (
        0.7790572732640 + 0.00273781191135448 * (since_j2000 + fraction) + np.mod(since_j2000, 1.0) + fraction
    )
    mean = _polynomial(centuries, 0.014506, 4612.156534, 1.3915817) * _ARCSECOND_RAD
    apparent_rad = 2.0 * np.pi * np.mod(turns, 1.0) + mean + equation_of_equinoxes
    position = np.einsum("...ij,...j->...i", to_date, np.asarray(position_m, dtype=np.float64))
    velocity = np.einsum("...ij,...j->...i", to_date, np.asarray(velocity_m_s, dtype=np.float64))
    return eci_to_ecef(position, velocity, apparent_rad)


def _equator_of_date(centuries: Floats) -> tuple[Floats, Floats]:
    """Matrix (..., 3, 3) from J2000 to the true equator of date, and the equation of the equinoxes (rad)."""
    t = centuries
    zeta = _polynomial(t, 2.650545, 2306.083227, 0.2988499, 0.01801828) * _ARCSECOND_RAD
    z = _polynomial(t, -2.650545, 2306.077181, 1.0927348, 0.01826837) * _ARCSECOND_RAD
    theta = _polynomial(t, 0.0, 2004.191903, -0.4294934, -0.04182264) * _ARCSECOND_RAD
    obliquity = _polynomial(t, 84381.406, -46.836769) * _ARCSECOND_RAD
    node = np.radians(125.04452 - 1934.136261 * t)
    sun = np.radians(280.4665 + 36000.7698 * t)
    moon = np.radians(218.3165 + 481267.8813 * t)
    longitude = _ARCSECOND_RAD * (
        -17.20 * np.sin(node) - 1.32 * np.sin(2 * sun) - 0.23 * np.sin(2 * moon) + 0.21 * np.sin(2 * node)
    )
    tilt = _ARCSECOND_RAD * (
        9.20 * np.cos(node) + 0.57 * np.cos(2 * sun) + 0.10 * np.cos(2 * moon) - 0.09 * np.cos(2 * node)
    )
    precession = _turn(2, -z) @ _turn(1, theta) @ _turn(2, -zeta)
    nutation = _turn(0, -obliquity - tilt) @ _turn(2, -longitude) @ _turn(0, obliquity)
    return nutation @ precession, longitude * np.cos(obliquity)


def _polynomial(t: Floats, *coefficients: float) -> Floats:
    """Sum of coefficients times rising powers of t."""
    value: Floats = np.polynomial.polynomial.polyval(t, np.array(coefficients))
    return value


def _turn(axis: int, angle: Floats) -> Floats:
    """Matrix (..., 3, 3) of a turn of the frame about one of its axes (0 is x)."""
    first, second = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.zeros((*np.shape(angle), 3, 3))
    matrix[..., axis, axis] = 1.0
    matrix[..., first, first] = matrix[..., second, second] = np.cos(angle)
    matrix[..., first, second] = np.sin(angle)
    matrix[..., second, first] = -np.sin(angle)
    return matrix
