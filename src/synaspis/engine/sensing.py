"""What a radar can see: range from the radar equation or scaled from a reference, horizon, refraction.

Ratios are linear; decibels are turned into them at the border (`core.quantity`). Angles in rad, lengths in m.
All functions take arrays of any shapes that broadcast.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from synaspis.core.constants import EARTH_MEAN_RADIUS_M
from synaspis.engine.parameters import Floats

BOLTZMANN_J_K: Final = 1.380649e-23
"""Exact by the definition of the kelvin (SI brochure, ninth edition, 2019)."""

STANDARD_REFRACTION: Final = 4.0 / 3.0
"""Effective radius of the Earth over the true one for radio waves in the standard atmosphere (ITU-R
P.834)."""

_REFRACTION_HEIGHT_MAX_M: Final = 3_000.0
_REFRACTION_ELEVATION_MAX_DEG: Final = 10.0


def pulse_range(
    peak_power_w: ArrayLike,
    pulse_s: ArrayLike,
    gain: ArrayLike,
    wavelength_m: ArrayLike,
    cross_section_m2: ArrayLike,
    noise_temperature_k: ArrayLike,
    losses: ArrayLike,
    signal_to_noise: ArrayLike,
) -> Floats:
    """Range (m) at which one pulse gives the wanted signal-to-noise ratio; one antenna sends and receives.

    R^4 = P tau G^2 lambda^2 sigma / ((4 pi)^3 k T L (S/N)). All arguments above 0; gain, losses (1 or more)
    and signal_to_noise are linear ratios. Source: M. I. Skolnik, Introduction to Radar Systems, third edition
    (2001), chapter 2.
    """
    antenna = _product(gain, gain, wavelength_m, wavelength_m)
    received = _product(peak_power_w, pulse_s, antenna, cross_section_m2)
    needed = _product((4.0 * np.pi) ** 3 * BOLTZMANN_J_K, noise_temperature_k, losses, signal_to_noise)
    return np.asarray((received / needed) ** 0.25, dtype=np.float64)


def tracking_range(
    average_power_w: ArrayLike,
    gain: ArrayLike,
    aperture_m2: ArrayLike,
    aperture_efficiency: ArrayLike,
    dwell_s: ArrayLike,
    cross_section_m2: ArrayLike,
    noise_temperature_k: ArrayLike,
    losses: ArrayLike,
    signal_to_noise: ArrayLike,
) -> Floats:
    """Range (m) at which a dwell of coherently added pulses gives the wanted signal-to-noise ratio.

    R^4 = P_av G A rho sigma t / ((4 pi)^2 k T L (S/N)). All arguments above 0, ratios linear, efficiency at
    most 1.
    Source: G. Lewis and T. Postol, Radar range calculations for the AN/TPY-2 X-band and NAS proposed GBX
    radars (21 September 2012).
    """
    antenna = _product(gain, aperture_m2, aperture_efficiency)
    received = _product(average_power_w, antenna, dwell_s, cross_section_m2)
    needed = _product((4.0 * np.pi) ** 2 * BOLTZMANN_J_K, noise_temperature_k, losses, signal_to_noise)
    return np.asarray((received / needed) ** 0.25, dtype=np.float64)


def _product(*factors: ArrayLike) -> Floats:
    result = np.ones((), dtype=np.float64)
    for factor in factors:
        result = np.asarray(result * np.asarray(factor, dtype=np.float64))
    return result


def scaled_range(
    reference_range_m: ArrayLike,
    reference_cross_section_m2: ArrayLike,
    cross_section_m2: ArrayLike,
    instrumented_range_m: ArrayLike = np.inf,
) -> Floats:
    """Range (m) against another target than the reference one, at most the instrumented range.

    R = R0 (sigma / sigma0)^(1/4), by the radar equation with all else equal.
    """
    ratio = _product(cross_section_m2) / _product(reference_cross_section_m2)
    scaled = _product(reference_range_m, ratio**0.25)
    return np.asarray(np.minimum(scaled, _product(instrumented_range_m)), dtype=np.float64)


def horizon_range(
    radar_height_m: ArrayLike,
    target_height_m: ArrayLike,
    refraction: float = 1.0,
    radius_m: float = EARTH_MEAN_RADIUS_M,
) -> Floats:
    """Slant range (m) at which a target stands on the radar's horizon, over a smooth Earth.

    refraction: effective over true radius of the Earth, k; 1 is a straight ray, `STANDARD_REFRACTION` holds
    below about 10 km and overstates the reach to targets in space. Heights 0 or more.
    Sum of sqrt(2 k R h + h^2) for the two heights.
    """
    effective = refraction * radius_m
    heights = (np.asarray(radar_height_m, dtype=np.float64), np.asarray(target_height_m, dtype=np.float64))
    radar, target = (np.sqrt(h * (2.0 * effective + h)) for h in heights)
    return np.asarray(radar + target, dtype=np.float64)


def horizon_ground_distance(
    radar_height_m: ArrayLike,
    target_height_m: ArrayLike,
    refraction: float = 1.0,
    radius_m: float = EARTH_MEAN_RADIUS_M,
) -> Floats:
    """Distance along the ground (m) at which a target stands on the radar's horizon; arguments as in
    `horizon_range`.

    k R (arccos(k R / (k R + h1)) + arccos(k R / (k R + h2))).
    """
    effective = refraction * radius_m
    heights = (np.asarray(radar_height_m, dtype=np.float64), np.asarray(target_height_m, dtype=np.float64))
    # arctan of the tangent length keeps the digits that the arc cosine of nearly 1 loses.
    radar, target = (np.arctan2(np.sqrt(h * (2.0 * effective + h)), effective) for h in heights)
    return np.asarray(effective * (radar + target), dtype=np.float64)


def slant_range(
    target_height_m: ArrayLike,
    elevation_rad: ArrayLike,
    radar_height_m: ArrayLike = 0.0,
    radius_m: float = EARTH_MEAN_RADIUS_M,
) -> tuple[Floats, Floats]:
    """Slant range (m) and central angle (rad) of a target above the radar, seen at a geometric elevation.

    target_height_m: above the radar's height. elevation_rad: 0 to pi/2 (below 0 as long as the ray clears the
    radar's horizon).
    With r1 = R + h1, r2 = R + h2: R_s = sqrt(r2^2 - r1^2 cos^2 e) - r1 sin e; angle = arctan2(R_s cos e, r1 +
    R_s sin e).
    """
    near = radius_m + np.asarray(radar_height_m, dtype=np.float64)
    far = radius_m + np.asarray(target_height_m, dtype=np.float64)
    sine, cosine = np.sin(np.asarray(elevation_rad)), np.cos(np.asarray(elevation_rad))
    rise = far - near
    # r2^2 - r1^2 cos^2 e, written so that nothing large cancels.
    reach = np.sqrt(rise * (far + near) + (near * sine) ** 2)
    slant = np.asarray(reach - near * sine, dtype=np.float64)
    return slant, np.asarray(np.arctan2(slant * cosine, near + slant * sine), dtype=np.float64)


def apparent_to_geometric_elevation(
    apparent_elevation_rad: ArrayLike, radar_height_m: ArrayLike = 0.0
) -> Floats:
    """Elevation (rad) of the straight line to a target beyond the air whose ray arrives at an apparent
    elevation.

    apparent_elevation_rad: -1 to 90 deg. radar_height_m: above sea level; above 3 km taken as 3 km, the limit
    of the formula.

    Bending in deg, with theta in deg and h in km: 1 / (1.314 + 0.6437 theta + 0.02869 theta^2 + h (0.2305 +
    0.09428 theta + 0.01096 theta^2) + 0.008583 h^2), for theta to 10 deg; above, the bending of 10 deg times
    cot(theta) / cot(10 deg), as in a flat layered medium (within 0.01 deg of the ray traced through the same
    air). 0.76 deg at the horizon, 0.28 deg at 3 deg, 0.09 deg at 10 deg. The whole bending is taken off: for
    a target at a finite distance a little too much (by less than a tenth at 1,000 km and 3 deg).
    Source: ITU-R P.834-9 (2017), equation 9.
    """
    apparent = np.asarray(apparent_elevation_rad, dtype=np.float64)
    height = np.clip(np.asarray(radar_height_m, dtype=np.float64), 0.0, _REFRACTION_HEIGHT_MAX_M) / 1e3
    degrees = np.degrees(apparent)
    low = np.clip(degrees, -1.0, _REFRACTION_ELEVATION_MAX_DEG)
    flat = 1.314 + 0.6437 * low + 0.02869 * low**2
    raised = height * (0.2305 + 0.09428 * low + 0.01096 * low**2) + 0.008583 * height**2
    steeper = np.maximum(degrees, _REFRACTION_ELEVATION_MAX_DEG)
    fading = np.tan(np.radians(_REFRACTION_ELEVATION_MAX_DEG)) / np.tan(np.radians(steeper))
    return np.asarray(apparent - np.radians(fading / (flat + raised)), dtype=np.float64)
