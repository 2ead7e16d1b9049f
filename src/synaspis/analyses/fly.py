"""One flight: with a missile class to an aim point, or lofted to a given apogee and range."""

from __future__ import annotations

from dataclasses import dataclass
from math import degrees, isfinite, pi
from typing import Any

import numpy as np

from synaspis.analyses._loft import Loft, loft
from synaspis.catalogue import Missile
from synaspis.core.errors import Fault, InputError
from synaspis.engine.earth import ecef_to_geodetic
from synaspis.engine.ephemeris import Ephemeris, find_events
from synaspis.engine.flight import APOGEE, BURNOUT, IMPACT
from synaspis.engine.parameters import Floats
from synaspis.engine.status import Status
from synaspis.engine.targeting import MISS_ALLOWED_M, Fan, aim
from synaspis.geography import geodesic_inverse
from synaspis.scenario import missile_parameters

_SAME_TIME_S = 1.0e-6


@dataclass(frozen=True, eq=False)
class Flight:
    """One flight from launch (time 0) to impact; SI units, ECEF.

    status: DONE or why there is no flight; then every other field is None.
    range_m: length of the geodesic from launch to impact. miss_m: distance of the impact from the aim point.
    """

    status: Status
    burnout_s: float | None = None
    burnout_height_m: float | None = None
    burnout_speed_m_s: float | None = None
    burnout_position_ecef_m: Floats | None = None
    burnout_velocity_ecef_m_s: Floats | None = None
    apogee_m: float | None = None
    range_m: float | None = None
    time_of_flight_s: float | None = None
    impact_latitude_rad: float | None = None
    impact_longitude_rad: float | None = None
    miss_m: float | None = None
    ephemeris: Ephemeris | None = None

    def to_dict(self, *, ephemeris: bool = False) -> dict[str, Any]:
        """The flight as JSON can hold it, always with the same keys, angles in degrees.

        ephemeris: with rows of time (s), position (m) and velocity (m/s) in ECEF.
        Without a flight every value but `status` is None, and `reason` says why in words.
        """
        plain: dict[str, Any] = {
            "status": self.status.name.lower(),
            "burnout": self._burnout(),
            "apogee_m": self.apogee_m,
            "range_m": self.range_m,
            "time_of_flight_s": self.time_of_flight_s,
            "impact": self._impact(),
            "miss_m": self.miss_m,
        }
        if ephemeris:
            path = self.ephemeris
            plain["ephemeris"] = (
                None
                if path is None
                else np.column_stack([path.time_s, path.position_ecef_m, path.velocity_ecef_m_s]).tolist()
            )
        if self.status != Status.DONE:
            plain["reason"] = self.status.sentence
        return plain

    def _burnout(self) -> dict[str, Any] | None:
        if self.burnout_position_ecef_m is None or self.burnout_velocity_ecef_m_s is None:
            return None
        return {
            "time_s": self.burnout_s,
            "altitude_m": self.burnout_height_m,
            "speed_m_s": self.burnout_speed_m_s,
            "position_ecef_m": self.burnout_position_ecef_m.tolist(),
            "velocity_ecef_m_s": self.burnout_velocity_ecef_m_s.tolist(),
        }

    def _impact(self) -> dict[str, Any] | None:
        if self.impact_latitude_rad is None or self.impact_longitude_rad is None:
            return None
        return {
            "latitude_deg": degrees(self.impact_latitude_rad),
            "longitude_deg": degrees(self.impact_longitude_rad),
            "time_s": self.time_of_flight_s,
        }


def fly_to(
    missile: Missile,
    latitude_rad: float,
    longitude_rad: float,
    to_latitude_rad: float,
    to_longitude_rad: float,
) -> Flight:
    """Fly a missile class from a launch point to an aim point, both on the ellipsoid.

    missile: of the catalogue. latitude_rad, longitude_rad: of the launch; to_latitude_rad, to_longitude_rad:
    of the aim point; latitudes from -pi/2 to pi/2, longitudes from -2 pi to 2 pi.
    Returns a flight that ends within 100 m of the aim point, or one that says by its status why there is
    none. Raises InputError for what is not a place.
    """
    _check(
        latitude_rad=latitude_rad,
        longitude_rad=longitude_rad,
        to_latitude_rad=to_latitude_rad,
        to_longitude_rad=to_longitude_rad,
    )
    fan = Fan.at(missile_parameters(missile), latitude_rad, longitude_rad)
    flights = aim(fan, np.array([to_latitude_rad]), np.array([to_longitude_rad]))
    status = Status(int(flights.status[0]))
    if status != Status.DONE:
        return Flight(status)
    return _flight(
        latitude_rad, longitude_rad, flights.summary[0], flights.nodes[0], float(flights.miss_m[0])
    )


def fly_lofted(
    booster: Missile,
    apogee_m: float,
    range_m: float,
    azimuth_rad: float,
    latitude_rad: float,
    longitude_rad: float,
) -> Flight:
    """Fly to a given apogee (height above the ellipsoid) and ground range with a notional boost.

    booster: of the catalogue, such as notional-loft; its burning times are scaled to the energy needed, and
    cut-off and tilt are found so that the flight has this apogee and range.
    apogee_m, range_m: above 0. azimuth_rad: bearing of the impact from the launch point, from north over
    east. latitude_rad, longitude_rad: of the launch.
    Returns a flight whose apogee is within 200 m and whose impact is within 100 m, or one that says by its
    status why there is none. Raises InputError for what is not a place, apogee, range or bearing.
    """
    _check(
        apogee_m=apogee_m,
        range_m=range_m,
        azimuth_rad=azimuth_rad,
        latitude_rad=latitude_rad,
        longitude_rad=longitude_rad,
    )
    goal = Loft(latitude_rad, longitude_rad, apogee_m, range_m, azimuth_rad)
    # Nearly half around the Earth another way is shorter; east or west that is so from 19,970 km on.
    if (
        float(geodesic_inverse(latitude_rad, longitude_rad, *goal.aim_rad).distance_m)
        < range_m - MISS_ALLOWED_M
    ):
        return Flight(Status.BEYOND_REACH)
    shot = loft(missile_parameters(booster), goal)
    if shot.summary is None or shot.nodes is None:
        return Flight(shot.status)
    return _flight(latitude_rad, longitude_rad, shot.summary, shot.nodes, shot.miss_m)


def _flight(
    latitude_rad: float, longitude_rad: float, summary: Floats, nodes: Floats, miss_m: float
) -> Flight:
    """Gather a flight that was flown; summary (14,) and nodes (7, node) as in `engine.flight`."""
    # Of nodes that share a time the last one stays, so that the path ends with the impact.
    keep = np.concatenate([np.diff(nodes[0]) > _SAME_TIME_S, [True]])
    path = Ephemeris(nodes[0, keep], nodes[1:4, keep].T, nodes[4:7, keep].T)
    impact_s = float(summary[IMPACT])
    events = {"burnout": float(summary[BURNOUT]), **find_events(path), "impact": impact_s}
    path = Ephemeris(path.time_s, path.position_ecef_m, path.velocity_ecef_m_s, events)
    position, velocity = summary[1:4].copy(), summary[4:7].copy()
    latitude, longitude, _ = ecef_to_geodetic(summary[IMPACT + 1 : IMPACT + 4])
    return Flight(
        Status.DONE,
        burnout_s=float(summary[BURNOUT]),
        burnout_height_m=float(ecef_to_geodetic(position)[2]),
        burnout_speed_m_s=float(np.linalg.norm(velocity)),
        burnout_position_ecef_m=position,
        burnout_velocity_ecef_m_s=velocity,
        apogee_m=float(summary[APOGEE + 1]),
        range_m=float(geodesic_inverse(latitude_rad, longitude_rad, latitude, longitude).distance_m),
        time_of_flight_s=impact_s,
        impact_latitude_rad=float(latitude),
        impact_longitude_rad=float(longitude),
        miss_m=miss_m,
        ephemeris=path,
    )


def _check(**numbers: float) -> None:
    """Raise InputError with every number that is out of bounds, by its name."""
    faults = []
    for name, value in numbers.items():
        what, unit = name.rsplit("_", 1)
        if not isfinite(value):
            faults.append(Fault(f"{value} {unit} is not a finite number", where=name))
        elif unit == "m" and value <= 0.0:
            faults.append(Fault(f"{value / 1e3:g} km; it must be above 0 km", where=name))
        elif unit == "rad" and abs(value) > (limit := 0.5 * pi if what.endswith("latitude") else 2.0 * pi):
            remedy = f"{value:g} degrees are {value * pi / 180.0:g} rad."
            faults.append(Fault(f"{value:g} rad is beyond {limit:.4f} rad", where=name, remedy=remedy))
    if faults:
        raise InputError(faults)
