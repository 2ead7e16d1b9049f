"""The powered flight of a notional booster that leads to a given apogee and aim point."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synaspis.engine.booster import Booster, launch_rows
from synaspis.engine.earth import ecef_to_geodetic, geodetic_to_ecef, local_axes_ecef
from synaspis.engine.flight import APOGEE, IMPACT, LANDED, LONGEST_COAST_S
from synaspis.engine.kepler import apogee_arc
from synaspis.engine.parameters import Floats, Missile
from synaspis.engine.status import Status
from synaspis.engine.targeting import MISS_ALLOWED_M
from synaspis.geography import geodesic_direct, geodesic_inverse

APOGEE_ALLOWED_M: Final = 200.0
_CUTOFFS, _TILTS = 41, 61  # of the coarse fan
_STARTS = 4  # places of the fan from which a solution is looked for
_APART = 4  # cells of the fan between two starts
_TURNS = 24
_CLOSE_M = 1.0  # error of apogee and of impact at which the search ends
_NUDGE: Final = np.array([0.05, 1.0e-3, 1.0e-3])
_SHORTER: Final = 0.5 ** np.arange(8)  # shares of a Newton step that are tried together: 56 of 64 lanes


@dataclass(frozen=True, eq=False)
class Loft:
    """What is wanted: an apogee (m above the ellipsoid) and an aim point at a bearing and range."""

    latitude_rad: float
    longitude_rad: float
    apogee_m: float
    range_m: float
    azimuth_rad: float

    @property
    def aim_rad(self) -> tuple[float, float]:
        """Latitude and longitude of the aim point."""
        end = geodesic_direct(self.latitude_rad, self.longitude_rad, self.azimuth_rad, self.range_m)
        return float(end.latitude_rad), float(end.longitude_rad)


@dataclass(frozen=True, eq=False)
class Shot:
    """The flight found; status: DONE, or why there is none, and then the rest is None."""

    status: Status
    summary: Floats | None = None
    nodes: Floats | None = None
    miss_m: float = float("nan")


def loft(missile: Missile, goal: Loft) -> Shot:
    """Find cut-off and tilt of a notional booster so that its flight has an apogee and an aim point.

    missile: the booster; its burning times are scaled to the energy of the flight. goal: all numbers finite.
    Returns a flight within 200 m of the apogee and 100 m of the aim point, or a status: NO_IMPACT if the
    fall would take more than 20,000 s, BEYOND_REACH if all propellant is too little, NO_SUCH_FLIGHT if no
    powered flight of this kind leads there.
    """
    if not float(apogee_arc(goal.apogee_m, goal.range_m).time_s) < LONGEST_COAST_S:
        return Shot(Status.NO_IMPACT)
    booster = _lofting_booster(missile, goal)
    at_limit = False
    for start in _starts(booster, goal):
        controls, error = _newton(booster, goal, start)
        if np.abs(error[0]) <= APOGEE_ALLOWED_M and np.hypot(error[1], error[2]) <= 0.99 * MISS_ALLOWED_M:
            summary, nodes = _fly(booster, goal, controls[None, :])
            aim_point = geodetic_to_ecef(*goal.aim_rad, 0.0)
            miss_m = float(np.linalg.norm(summary[0, IMPACT + 1 : IMPACT + 4] - aim_point))
            return Shot(Status.DONE, summary[0], nodes[0], miss_m)
        at_limit |= bool(controls[0] >= 0.99 * booster.burn_s)
    return Shot(Status.BEYOND_REACH if at_limit else Status.NO_SUCH_FLIGHT)


@lru_cache(maxsize=32)
def _booster(missile: Missile) -> Booster:
    return Booster.of(missile)


def _lofting_booster(missile: Missile, goal: Loft) -> Booster:
    """The notional booster with burning times that fit the energy, and steps enough for a long flight.

    Small missiles burn shorter: the classes of the catalogue about 140 s for 4.6 km/s and 240 s for
    7.2 km/s. Unscaled, the booster is cut off after 212 s for 4.6 km/s and 282 s for 7 km/s; a share that
    falls with the speed brings it near these.
    """
    arc = apogee_arc(goal.apogee_m, goal.range_m)
    share = round(min(1.0, max(0.3, 0.7 + 0.3 * (float(arc.speed_m_s) - 4_600.0) / 2_800.0)), 2)
    return _booster(
        missile._replace(
            stages=tuple(stage._replace(burn_s=share * stage.burn_s) for stage in missile.stages),
            # The number of free-flight steps follows from the range of the class: 3,500 m stand for a second.
            # Rounded, so that like flights share a booster.
            range_max_m=max(missile.range_max_m, 3_500.0 * 2.0 * round(float(arc.time_s), -3)),
        )
    )


def _fly(booster: Booster, goal: Loft, controls: Floats) -> tuple[Floats, Floats]:
    """Fly (case, 3) controls: cut-off s, tilt along and across the bearing, rad; summary and nodes.

    The two parts of the tilt make one angle and its direction; other than these they are smooth where the
    thrust stays vertical, as it nearly does for the steepest flights.
    """
    east, north, up = local_axes_ecef(goal.latitude_rad, goal.longitude_rad)
    azimuth = goal.azimuth_rad + np.arctan2(controls[:, 2:3], controls[:, 1:2])
    launch = launch_rows(
        geodetic_to_ecef(goal.latitude_rad, goal.longitude_rad, 0.0),
        up,
        np.sin(azimuth) * east + np.cos(azimuth) * north,
        controls[:, 0],
        np.hypot(controls[:, 1], controls[:, 2]),
    )
    return booster.fly(launch)


def _errors(booster: Booster, goal: Loft, controls: Floats) -> Floats:
    """Apogee too high, impact too far along and across at the aim point, (case, 3) m.

    NaN where the flight does not land.
    """
    summary, _ = _fly(booster, goal, controls)
    latitude, longitude, _ = ecef_to_geodetic(summary[:, IMPACT + 1 : IMPACT + 4])
    off = geodesic_inverse(*goal.aim_rad, latitude, longitude)
    turn = off.azimuth_start_rad - goal.azimuth_rad
    apogee = summary[:, APOGEE + 1] - goal.apogee_m
    out = np.column_stack([apogee, off.distance_m * np.cos(turn), off.distance_m * np.sin(turn)])
    out[summary[:, LANDED] < 0.5] = np.nan
    return out


def _merit(goal: Loft, errors: Floats) -> Floats:
    """One number for how far a flight is from what is wanted, (...,); infinite where it did not land."""
    reach = max(goal.range_m, 0.1 * goal.apogee_m, 2.0e4)
    scaled = errors / np.array([max(goal.apogee_m, 2.0e4), reach, reach])
    size: Floats = np.sqrt((scaled**2).sum(axis=-1))
    return np.where(np.isfinite(size), size, np.inf)


def _starts(booster: Booster, goal: Loft) -> list[Floats]:
    """The nearest flights of a coarse fan over cut-off and tilt, well apart from each other; best first."""
    cutoff = booster.burn_s * np.linspace(0.15, 1.0, _CUTOFFS)
    tilt = np.radians(np.linspace(0.2, 125.0, _TILTS))
    cutoffs, tilts = (grid.ravel() for grid in np.meshgrid(cutoff, tilt, indexing="ij"))
    fan = np.column_stack([cutoffs, tilts, np.zeros(cutoffs.size)])
    merit = _merit(goal, _errors(booster, goal, fan))
    place = np.stack(np.unravel_index(np.arange(merit.size), (_CUTOFFS, _TILTS)))
    chosen: list[int] = []
    for case in merit.argsort(kind="stable")[: np.isfinite(merit).sum()]:
        if all(np.abs(place[:, case] - place[:, other]).max() >= _APART for other in chosen):
            chosen.append(int(case))
        if len(chosen) == _STARTS:
            break
    return [fan[case] for case in chosen]


def _newton(booster: Booster, goal: Loft, start: Floats) -> tuple[Floats, NDArray[np.float64]]:
    """Controls and their errors after Newton steps, each shortened until it gains."""
    best, best_errors = _around(booster, goal, start[None, :])
    for _ in range(_TURNS):
        if not np.isfinite(best_errors).all() or np.abs(best_errors[0]).max() < _CLOSE_M:
            break
        slope = ((best_errors[1:4] - best_errors[4:7]) / (2.0 * _NUDGE)[:, None]).T
        step = np.linalg.lstsq(slope, -best_errors[0], rcond=None)[0]
        step *= min(1.0, 1.0 / np.abs(step / np.array([0.1 * booster.burn_s, 0.2, 0.2])).max())
        tried = best + _SHORTER[:, None] * step
        tried[:, 0] = np.clip(tried[:, 0], 0.05 * booster.burn_s, booster.burn_s - _NUDGE[0])
        found, errors = _around(booster, goal, tried)
        if not _merit(goal, errors[0]) < _merit(goal, best_errors[0]):
            break
        best, best_errors = found, errors
    return best, best_errors[0]


def _around(booster: Booster, goal: Loft, tried: Floats) -> tuple[Floats, Floats]:
    """The best of some controls, and the errors there and at a nudge up and down in each, (7, 3)."""
    nudges = np.vstack([np.zeros(3), np.diag(_NUDGE), -np.diag(_NUDGE)])
    errors = _errors(booster, goal, (tried[:, None, :] + nudges).reshape(-1, 3)).reshape(-1, 7, 3)
    number = int(_merit(goal, errors[:, 0]).argmin())
    return tried[number], errors[number]
