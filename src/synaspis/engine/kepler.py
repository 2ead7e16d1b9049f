"""Free flight in closed form over a spherical Earth: ballistic arcs of least energy, of given apogee, from
burnout.

Range is measured along the surface of the sphere, heights above it. Everything is drag-free and impulsive:
thrust, air and the flattening of the Earth are left out (the last moves a flight time by less than 0.2 %,
`docs/methods/kepler.md`).
All functions take arrays of any shapes that broadcast; a case with no solution gives NaN.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from synaspis.core.constants import EARTH_MEAN_RADIUS_M, EARTH_MU_M3_S2, EARTH_ROTATION_RAD_S
from synaspis.engine.parameters import Floats

# Rotation changes the time by a few percent and that change by a few percent of itself: 12 rounds reach 1e-9
# s.
_ROTATION_ROUNDS: Final = 12


class Arc(NamedTuple):
    """A drag-free ballistic arc, arrays of one shape.

    range_m: along the surface. apogee_m: above the surface. time_s: from start to end.
    speed_m_s, flight_path_angle_rad: inertial, at the start; the angle is above the local horizontal.
    """

    range_m: Floats
    apogee_m: Floats
    time_s: Floats
    speed_m_s: Floats
    flight_path_angle_rad: Floats


def minimum_energy_arc(range_m: ArrayLike, radius_m: float = EARTH_MEAN_RADIUS_M) -> Arc:
    """The surface-to-surface arc that needs the least speed for a range up to half the circumference.

    With phi = range / R: v^2 R / mu = 2 s / (1 + s), s = sin(phi / 2); flight-path angle 45 deg - phi / 4;
    apogee (R / 2) (s + cos(phi / 2) - 1). Source: Bate, Mueller and White, Fundamentals of Astrodynamics
    (1971), chapter 6.
    """
    distance = np.asarray(range_m, dtype=np.float64)
    half = distance / (2.0 * radius_m)
    apogee = 0.5 * radius_m * (np.sin(half) + np.cos(half) - 1.0)
    return apogee_arc(apogee, distance, radius_m)


def apogee_arc(apogee_m: ArrayLike, range_m: ArrayLike, radius_m: float = EARTH_MEAN_RADIUS_M) -> Arc:
    """The one surface-to-surface arc of a given apogee and range, lofted or depressed as these say.

    apogee_m: above 0. range_m: 0 (straight up and down) to once around the Earth.

    With r_a = R + apogee, psi = range / (2 R): e = apogee / (r_a - R cos psi), a = r_a / (1 + e), at the
    surface cos E = e - (R / a) cos psi, and time = 2 sqrt(a^3 / mu) (F + e sin F) with F = pi - E.
    Source: Kepler's equation and the ellipse's geometry, as in Bate, Mueller and White (1971), chapter 6.
    """
    apogee, distance = np.broadcast_arrays(
        np.asarray(apogee_m, dtype=np.float64), np.asarray(range_m, dtype=np.float64)
    )
    # With the versed sine in place of 1 - cos psi, nothing cancels for the shortest and lowest arcs.
    versed = 2.0 * np.sin(distance / (4.0 * radius_m)) ** 2
    top = radius_m + apogee
    rise = apogee + radius_m * versed
    eccentricity = apogee / rise
    lack = radius_m * versed / rise  # 1 - e
    axis = top / (1.0 + eccentricity)
    swing = 2.0 * np.arcsin(np.sqrt(np.minimum((1.0 + eccentricity) * rise / (2.0 * top), 1.0)))
    time = 2.0 * np.sqrt(axis**3 / EARTH_MU_M3_S2) * (swing + eccentricity * np.sin(swing))
    speed = np.sqrt(EARTH_MU_M3_S2 * (2.0 * apogee + radius_m * lack) / (radius_m * top))
    sideways = np.sqrt(EARTH_MU_M3_S2 * top * lack) / radius_m
    return Arc(distance, apogee, time, speed, np.arccos(np.clip(sideways / speed, -1.0, 1.0)))


def rotating_apogee_arc(
    apogee_m: ArrayLike,
    range_m: ArrayLike,
    latitude_rad: ArrayLike,
    azimuth_rad: ArrayLike,
    radius_m: float = EARTH_MEAN_RADIUS_M,
) -> Arc:
    """The arc of a given apogee between two points of a turning Earth.

    range_m, azimuth_rad: of the impact point as seen from the launch point on the ground; azimuth clockwise
    from north.
    latitude_rad: of the launch point.
    Returns the arc in the frame that does not turn: `range_m` is the longer or shorter inertial range, speed
    and angle inertial.

    During the time T of flight the impact point is carried eastward by omega T; the inertial range is the
    angle between the launch point at 0 and the impact point at T, found by fixed-point iteration on T.
    """
    apogee, distance, latitude, azimuth = np.broadcast_arrays(
        *(np.asarray(value, dtype=np.float64) for value in (apogee_m, range_m, latitude_rad, azimuth_rad))
    )
    arc = apogee_arc(apogee, distance, radius_m)
    for _ in range(_ROTATION_ROUNDS):
        angle = _inertial_angle(distance / radius_m, arc.time_s, latitude, azimuth)
        arc = apogee_arc(apogee, angle * radius_m, radius_m)
    return arc


def _inertial_angle(ground_angle: Floats, time_s: Floats, latitude: Floats, azimuth: Floats) -> Floats:
    """Angle (0 to pi) from the launch point at time 0, at longitude 0, to the impact point at time_s."""
    sine, cosine = np.sin(latitude), np.cos(latitude)
    ahead, aside = np.sin(ground_angle) * np.cos(azimuth), np.sin(ground_angle) * np.sin(azimuth)
    along = np.cos(ground_angle) * cosine - ahead * sine
    up = np.cos(ground_angle) * sine + ahead * cosine
    turn = EARTH_ROTATION_RAD_S * time_s
    x = along * np.cos(turn) - aside * np.sin(turn)
    y = along * np.sin(turn) + aside * np.cos(turn)
    # Angle by its tangent: the arc cosine would lose half the digits for the short ranges.
    across = np.hypot(y, x * sine - up * cosine)
    return np.asarray(np.arctan2(across, x * cosine + up * sine), dtype=np.float64)


def burnout_arc(
    height_m: ArrayLike,
    speed_m_s: ArrayLike,
    flight_path_angle_rad: ArrayLike,
    end_height_m: ArrayLike | None = None,
    radius_m: float = EARTH_MEAN_RADIUS_M,
) -> Arc:
    """Free flight from a burnout state down to a height on the far side of the apogee.

    height_m, speed_m_s, flight_path_angle_rad: at burnout, inertial; the angle -pi/2 to pi/2 above the
    horizontal.
    end_height_m: where the arc ends, the burnout height if not given; at most the apogee.
    NaN where the speed reaches escape or the arc does not come down to the end height.

    In the eccentric anomaly E: e cos E = 1 - r / a, e sin E = r v sin(angle) / sqrt(mu a), t = sqrt(a^3 / mu)
    (E - e sin E).
    """
    speed = np.asarray(speed_m_s, dtype=np.float64)
    angle = np.asarray(flight_path_angle_rad, dtype=np.float64)
    start = radius_m + np.asarray(height_m, dtype=np.float64)
    end = start if end_height_m is None else radius_m + np.asarray(end_height_m, dtype=np.float64)
    start, end, speed, angle = np.broadcast_arrays(start, end, speed, angle)
    with np.errstate(invalid="ignore", divide="ignore"):
        inverse_axis = 2.0 / start - speed**2 / EARTH_MU_M3_S2
        axis = np.where(inverse_axis > 0.0, 1.0 / inverse_axis, np.nan)
        along = 1.0 - start / axis
        rising = start * speed * np.sin(angle) / np.sqrt(EARTH_MU_M3_S2 * axis)
        eccentricity = np.hypot(along, rising)
        first = np.arctan2(rising, along)
        last = 2.0 * np.pi - np.arccos((1.0 - end / axis) / eccentricity)
        swing = (last - first) - eccentricity * (np.sin(last) - np.sin(first))
        central = _true_anomaly(last, eccentricity) - _true_anomaly(first, eccentricity)
    time = np.sqrt(axis**3 / EARTH_MU_M3_S2) * swing
    apogee = axis * (1.0 + eccentricity) - radius_m
    return Arc(central * radius_m, apogee, time, speed, angle)


def _true_anomaly(eccentric: Floats, eccentricity: Floats) -> Floats:
    """True anomaly on the same turn (within pi) as the eccentric anomaly."""
    flat = eccentricity / (1.0 + np.sqrt(np.maximum(1.0 - eccentricity**2, 0.0)))
    lead = np.arctan2(flat * np.sin(eccentric), 1.0 - flat * np.cos(eccentric))
    return np.asarray(eccentric + 2.0 * lead, dtype=np.float64)


def longest_range_angle(
    height_m: ArrayLike, speed_m_s: ArrayLike, radius_m: float = EARTH_MEAN_RADIUS_M
) -> tuple[Floats, Floats]:
    """Flight-path angle (rad) of the longest range from burnout to the same height, and that range (rad).

    With Q = v^2 r / mu below 1: sin(Psi / 2) = Q / (2 - Q), angle = (pi - Psi) / 4; NaN from circular speed
    upward.
    Source: Bate, Mueller and White (1971), chapter 6; A. D. Wheelon, ARS Journal 29 (1959) 915.
    """
    radius = radius_m + np.asarray(height_m, dtype=np.float64)
    energy = np.asarray(speed_m_s, dtype=np.float64) ** 2 * radius / EARTH_MU_M3_S2
    with np.errstate(invalid="ignore", divide="ignore"):
        central = 2.0 * np.arcsin(np.where(energy < 1.0, energy / (2.0 - energy), np.nan))
    return np.asarray(0.25 * (np.pi - central), dtype=np.float64), np.asarray(central, dtype=np.float64)
