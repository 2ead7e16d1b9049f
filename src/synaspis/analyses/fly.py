"""One flight: from a launch point to an aim point with a missile class, or lofted to a given apogee and range."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import degrees, pi
from typing import Any

import numpy as np

from synaspis.catalogue import Missile as CatalogueMissile
from synaspis.core.constants import EARTH_MEAN_RADIUS_M
from synaspis.core.errors import Fault, InputError
from synaspis.engine.booster import Booster, launch_rows
from synaspis.engine.earth import ecef_to_geodetic, geodetic_to_ecef, local_axes_ecef
from synaspis.engine.ephemeris import Ephemeris, find_events
from synaspis.engine.flight import APOGEE, BURNOUT, IMPACT, LANDED
from synaspis.engine.kepler import apogee_arc
from synaspis.engine.parameters import Floats, Missile
from synaspis.engine.status import Status
from synaspis.engine.targeting import MISS_ALLOWED_M, Fan, aim
from synaspis.geography import geodesic_direct, geodesic_inverse
from synaspis.scenario import missile_parameters

_CUTOFFS = 41
_TILTS = 61
_NEWTON_TURNS = 12
APOGEE_ALLOWED_M = 200.0


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
        """The flight as JSON can hold it, angles in degrees; ephemeris: with rows of time and state."""
        plain: dict[str, Any] = {"status": self.status.name.lower(), "reason": self.status.sentence}
        if self.ephemeris is None:
            return plain
        assert self.burnout_position_ecef_m is not None and self.burnout_velocity_ecef_m_s is not None
        assert self.impact_latitude_rad is not None and self.impact_longitude_rad is not None
        plain |= {
            "burnout": {
                "time_s": self.burnout_s,
                "altitude_m": self.burnout_height_m,
                "speed_m_s": self.burnout_speed_m_s,
                "position_ecef_m": self.burnout_position_ecef_m.tolist(),
                "velocity_ecef_m_s": self.burnout_velocity_ecef_m_s.tolist(),
            },
            "apogee_m": self.apogee_m,
            "range_m": self.range_m,
            "time_of_flight_s": self.time_of_flight_s,
            "impact": {
                "latitude_deg": degrees(self.impact_latitude_rad),
                "longitude_deg": degrees(self.impact_longitude_rad),
                "time_s": self.time_of_flight_s,
            },
            "miss_m": self.miss_m,
        }
        if ephemeris:
            path = self.ephemeris
            rows = np.column_stack([path.time_s, path.position_ecef_m, path.velocity_ecef_m_s])
            plain["ephemeris"] = rows.tolist()
        return plain


def fly_to(
    missile: CatalogueMissile,
    latitude_rad: float,
    longitude_rad: float,
    to_latitude_rad: float,
    to_longitude_rad: float,
) -> Flight:
    """Fly a missile class from a launch point to an aim point, both on the ellipsoid.

    Returns a flight that ends within 100 m of the aim point, or one that says by its status why there is none.
    """
    _check_finite(latitude_rad, longitude_rad, to_latitude_rad, to_longitude_rad)
    fan = Fan.at(missile_parameters(missile), latitude_rad, longitude_rad)
    flights = aim(fan, np.array([to_latitude_rad]), np.array([to_longitude_rad]))
    status = Status(int(flights.status[0]))
    if status != Status.DONE:
        return Flight(status)
    return _flight(
        latitude_rad, longitude_rad, flights.summary[0], flights.nodes[0], float(flights.miss_m[0])
    )


def fly_lofted(
    booster_item: CatalogueMissile,
    apogee_m: float,
    range_m: float,
    azimuth_rad: float,
    latitude_rad: float,
    longitude_rad: float,
) -> Flight:
    """Fly to a given apogee (height above the ellipsoid) and ground range with a notional boost.

    booster_item: the notional booster; cut-off and tilt are found so that the flight has this apogee and range.
    azimuth_rad: bearing of the impact from the launch point, from north over east.
    Returns a flight whose apogee is within 200 m and whose impact is within 100 m, or one that says why there is none.
    """
    _check_finite(apogee_m, range_m, azimuth_rad, latitude_rad, longitude_rad)
    if apogee_m <= 0.0 or range_m <= 0.0:
        raise InputError(
            Fault(f"apogee {apogee_m / 1e3:g} km and range {range_m / 1e3:g} km must both be above 0 km")
        )
    if range_m >= pi * EARTH_MEAN_RADIUS_M:
        return Flight(Status.BEYOND_REACH)
    booster = _lofting_booster(missile_parameters(booster_item), apogee_m, range_m)
    target = geodesic_direct(latitude_rad, longitude_rad, azimuth_rad, range_m)
    aim_point = geodetic_to_ecef(target.latitude_rad, target.longitude_rad, 0.0)
    solution = _solve(booster, apogee_m, range_m, azimuth_rad, latitude_rad, longitude_rad)
    if solution is None:
        return Flight(Status.BEYOND_REACH)
    summary, nodes = _shots(booster, latitude_rad, longitude_rad, solution[None, :], with_nodes=True)
    miss_m = float(np.linalg.norm(summary[0, IMPACT + 1 : IMPACT + 4] - aim_point))
    if miss_m > MISS_ALLOWED_M or abs(summary[0, APOGEE + 1] - apogee_m) > APOGEE_ALLOWED_M:
        return Flight(Status.NOT_CONVERGED)
    return _flight(latitude_rad, longitude_rad, summary[0], nodes[0], miss_m)


@lru_cache(maxsize=32)
def _booster(missile: Missile) -> Booster:
    return Booster.of(missile)


def _lofting_booster(missile: Missile, apogee_m: float, range_m: float) -> Booster:
    """The notional booster with burning times that fit the energy, and steps enough for a long flight.

    Small missiles burn shorter: the classes of the catalogue about 140 s for 4.6 km/s and 240 s for 7.2 km/s. Unscaled, the
    booster is cut off after 212 s for 4.6 km/s and 282 s for 7 km/s; a share that falls with the speed brings it near these.
    """
    arc = apogee_arc(apogee_m, range_m)
    share = round(min(1.0, max(0.3, 0.7 + 0.3 * (float(arc.speed_m_s) - 4_600.0) / 2_800.0)), 2)
    return _booster(
        missile._replace(
            stages=tuple(stage._replace(burn_s=share * stage.burn_s) for stage in missile.stages),
            # The number of free-flight steps follows from the range of the class: 3,500 m of range stand for a second.
            range_max_m=max(missile.range_max_m, 3_500.0 * 2.0 * float(arc.time_s)),
        )
    )


def _shots(
    booster: Booster, latitude_rad: float, longitude_rad: float, controls: Floats, *, with_nodes: bool
) -> tuple[Floats, Floats]:
    """Fly (case, 3) controls: cut-off s, tilt rad, azimuth rad. Nodes are always flown: the apogee comes from them."""
    east, north, up = local_axes_ecef(latitude_rad, longitude_rad)
    azimuth = controls[:, 2:3]
    launch = launch_rows(
        geodetic_to_ecef(latitude_rad, longitude_rad, 0.0),
        up,
        np.sin(azimuth) * east + np.cos(azimuth) * north,
        controls[:, 0],
        controls[:, 1],
    )
    summary, nodes = booster.fly(launch, with_nodes=True)
    return summary, nodes if with_nodes else nodes[:0]


def _outcome(latitude_rad: float, longitude_rad: float, azimuth_rad: float, summary: Floats) -> Floats:
    """Apogee, range along and across the wanted bearing, (case, 3), m; NaN where the flight did not land."""
    latitude, longitude, _ = ecef_to_geodetic(summary[:, IMPACT + 1 : IMPACT + 4])
    path = geodesic_inverse(latitude_rad, longitude_rad, latitude, longitude)
    off = path.azimuth_start_rad - azimuth_rad
    out = np.column_stack(
        [
            summary[:, APOGEE + 1],
            path.distance_m * np.cos(off),
            EARTH_MEAN_RADIUS_M * np.sin(path.distance_m / EARTH_MEAN_RADIUS_M) * np.sin(off),
        ]
    )
    out[summary[:, LANDED] < 0.5] = np.nan
    return out


def _solve(
    booster: Booster,
    apogee_m: float,
    range_m: float,
    azimuth_rad: float,
    latitude_rad: float,
    longitude_rad: float,
) -> Floats | None:
    """Controls of the flight with an apogee and range: the nearest of a coarse fan, then Newton steps; None without one."""
    cutoff = booster.burn_s * np.linspace(0.15, 1.0, _CUTOFFS)
    tilt = np.radians(np.linspace(0.2, 125.0, _TILTS))
    grid = np.array([(c, t, azimuth_rad) for c in cutoff for t in tilt])
    wanted = np.array([apogee_m, range_m, 0.0])
    scale = np.array([max(apogee_m, 2.0e4), max(range_m, 2.0e4), max(range_m, 2.0e4)])
    summary, _ = _shots(booster, latitude_rad, longitude_rad, grid, with_nodes=False)
    error = (_outcome(latitude_rad, longitude_rad, azimuth_rad, summary) - wanted) / scale
    distance = np.where(np.isfinite(error).all(axis=1), np.abs(error[:, :2]).max(axis=1), np.inf)
    best = grid[int(distance.argmin())].copy()
    if not np.isfinite(distance.min()):
        return None
    nudge = np.array([0.05, 1.0e-3, 1.0e-3])
    reach = np.array([0.05 * booster.burn_s, 0.1, 0.3])
    for _ in range(_NEWTON_TURNS):
        around = np.vstack([best, best + np.diag(nudge), best - np.diag(nudge)])
        summary, _ = _shots(booster, latitude_rad, longitude_rad, around, with_nodes=False)
        outcome = _outcome(latitude_rad, longitude_rad, azimuth_rad, summary)
        if not np.isfinite(outcome).all():
            return None
        error = outcome[0] - wanted
        if np.abs(error).max() < 1.0:
            break
        slope = ((outcome[1:4] - outcome[4:7]) / (2.0 * nudge)[:, None]).T
        step = np.linalg.lstsq(slope / scale[:, None], -error / scale, rcond=None)[0]
        best = best + np.clip(step, -reach, reach)
        best[0] = min(max(best[0], 0.05 * booster.burn_s), booster.burn_s)
    return best


def _flight(
    latitude_rad: float, longitude_rad: float, summary: Floats, nodes: Floats, miss_m: float
) -> Flight:
    keep = np.concatenate([[True], np.diff(nodes[0]) > 1.0e-6])
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


def _check_finite(*numbers: float) -> None:
    if not all(np.isfinite(number) for number in numbers):
        raise InputError(Fault("a coordinate, apogee, range or azimuth is not a finite number"))
