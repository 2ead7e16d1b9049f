"""What the kernels take: plain numbers in SI units and radians, grouped by the thing that they describe."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Stage(NamedTuple):
    """One booster stage at constant thrust.

    burn_s: burning time, above 0. propellant_kg, dry_kg: masses, above 0. exhaust_m_s: effective exhaust
    speed in vacuum.
    """

    burn_s: float
    propellant_kg: float
    dry_kg: float
    exhaust_m_s: float


class Missile(NamedTuple):
    """A notional ballistic missile class.

    stages: one to three, first to last. payload_kg: all that flies on after the last burnout.
    body_area_m2, drag_coefficient: for drag in powered flight.
    ballistic_coefficient_kg_m2: mass over drag area of what re-enters.
    vertical_rise_s: time of vertical ascent before pitching over.
    range_max_m: ground range that defines the class; range_min_m: shortest ground range that is flown.
    steering: "cutoff" (thrust ends early for short ranges) or "loft" (full burn, steeper for short ranges).
    """

    stages: tuple[Stage, ...]
    payload_kg: float
    body_area_m2: float
    drag_coefficient: float
    ballistic_coefficient_kg_m2: float
    vertical_rise_s: float
    range_max_m: float
    range_min_m: float
    steering: str


class Interceptor(NamedTuple):
    """A kinematic envelope.

    burnout_speed_m_s, burnout_s: speed gained along the launch direction and the time to gain it at constant
    acceleration.
    ballistic_coefficient_kg_m2: of the coasting interceptor; infinite means no drag.
    altitude_min_m, altitude_max_m: of intercept. range_max_m: ground range of intercept, infinite if only
    kinematics limit it.
    flight_s_max: longest flight. elevation_min_rad: lowest launch elevation.
    """

    burnout_speed_m_s: float
    burnout_s: float
    ballistic_coefficient_kg_m2: float
    altitude_min_m: float
    altitude_max_m: float
    range_max_m: float
    flight_s_max: float
    elevation_min_rad: float


class Radars(NamedTuple):
    """Radars as arrays, one entry a radar, for one target cross-section.

    position_ecef_m, east_ecef, north_ecef, up_ecef, boresight_ecef: (radar, 3); the boresight is horizontal,
    in the local plane.
    range_m: range at which the target is tracked, instrument limit applied.
    sine_elevation_min, sine_elevation_max: of geometric (unrefracted) elevation.
    cosine_half_width: of the azimuth sector around the boresight; -1 sees all round.
    firm_track_s: time in view until the track is firm enough to commit.
    """

    position_ecef_m: Floats
    east_ecef: Floats
    north_ecef: Floats
    up_ecef: Floats
    boresight_ecef: Floats
    range_m: Floats
    sine_elevation_min: Floats
    sine_elevation_max: Floats
    cosine_half_width: Floats
    firm_track_s: Floats


class Satellites(NamedTuple):
    """Infrared satellites as arrays, one entry a satellite.

    position_ecef_m: (satellite, 3). cloud_break_m: altitude above which a burning booster is seen.
    observation_s: time of burning in view that a report needs. report_delay_s: from then to the report.
    """

    position_ecef_m: Floats
    cloud_break_m: Floats
    observation_s: Floats
    report_delay_s: Floats
