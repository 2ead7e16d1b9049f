"""From a missile class to what the flight kernel takes: powered segments, and a control that sets range.

The control runs from 0 (shortest) to 1 (longest). With cut-off steering it sets the burning time, and the
tilt of the thrust is the one that gives most range for it; with loft steering all propellant burns and the
tilt shrinks from the best one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, radians

import numpy as np
from scipy.interpolate import PchipInterpolator

from synaspis.core.constants import EARTH_EQUATORIAL_RADIUS_M
from synaspis.engine.flight import IMPACT, LANDED, LANES, RISE_NODES, SUMMARY_COLUMNS, fly_lanes
from synaspis.engine.parameters import Floats, Missile

BOOST_STEP_S = 1.0
COAST_STEP_S = 25.0
BOOST_NODES = 17
COAST_NODES = 48
DESCENT_NODES = 40
_TILTS_RAD = np.radians(np.linspace(2.0, 118.0, 59))
_LEAST_BURN = 0.35  # shortest cut-off as a share of the whole burn
_LEAST_TILT_RAD = radians(1.0)


@dataclass(frozen=True, eq=False)
class Booster:
    """Powered flight of one missile class, ready for the kernel.

    segments, steps, nodes_at, shape: as `fly_lanes` takes them. drag_area_m2: Cd A in boost.
    drag_area_per_mass_m2_kg: of what re-enters. burn_s: all stages together.
    """

    segments: Floats
    steps: np.ndarray
    nodes_at: np.ndarray
    shape: np.ndarray
    drag_area_m2: float
    drag_area_per_mass_m2_kg: float
    burn_s: float

    @classmethod
    def of(cls, missile: Missile) -> Booster:
        """Split the powered flight of a class at the end of the vertical rise and at each burnout."""
        mass = missile.payload_kg + sum(stage.propellant_kg + stage.dry_kg for stage in missile.stages)
        begin = 0.0
        rows: list[tuple[float, ...]] = []
        for stage in missile.stages:
            flow, end = stage.propellant_kg / stage.burn_s, begin + stage.burn_s
            if not rows:
                rise = min(missile.vertical_rise_s, 0.5 * stage.burn_s)
                rows.append((0.0, rise, mass, flow, stage.exhaust_m_s))
                rows.append((rise, end, mass - flow * rise, flow, stage.exhaust_m_s))
            else:
                rows.append((begin, end, mass, flow, stage.exhaust_m_s))
            mass -= stage.propellant_kg + stage.dry_kg
            begin = end
        segments = np.array(rows)
        steps = np.array([max(1, ceil((row[1] - row[0]) / BOOST_STEP_S)) for row in rows])
        nodes_at = np.full(steps.sum() + 1, -1)
        chosen = np.unique(np.round(np.linspace(0, steps.sum(), BOOST_NODES)).astype(int))
        nodes_at[chosen] = np.arange(chosen.size)
        nodes_at[0] = -1  # the launch itself is stored before the first step
        substeps = 1 + int(_longest_coast_s(missile) / (COAST_NODES * COAST_STEP_S))
        shape = np.array([chosen.size, COAST_NODES, substeps, DESCENT_NODES])
        return cls(
            segments, steps, nodes_at, shape, missile.drag_coefficient * missile.body_area_m2,
            1.0 / missile.ballistic_coefficient_kg_m2, begin,
        )  # fmt: skip

    @property
    def node_count(self) -> int:
        """Number of nodes of each trajectory."""
        return int(self.shape[0] + RISE_NODES + self.shape[1] + self.shape[3]) + 1

    def fly(self, launch: Floats, *, with_nodes: bool = True) -> tuple[Floats, Floats]:
        """Fly all cases of `launch`, (14, case), see `fly_lanes`.

        Returns summary (case, 14) and nodes (case, 7, node), or no nodes.
        """
        cases = launch.shape[1]
        padded = np.concatenate([launch, np.repeat(launch[:, -1:], -cases % LANES, axis=1)], axis=1)
        summary = np.zeros((padded.shape[1], SUMMARY_COLUMNS))
        nodes = np.zeros((padded.shape[1] if with_nodes else 0, 7, self.node_count))
        fly_lanes(
            np.ascontiguousarray(padded), self.segments, self.steps, self.nodes_at, self.shape,
            self.drag_area_m2, self.drag_area_per_mass_m2_kg, nodes, summary,
        )  # fmt: skip
        return summary[:cases], nodes[:cases]


def _longest_coast_s(missile: Missile) -> float:
    """A generous guess of the free-flight time, for the number of steps: that of a lofted arc."""
    return 300.0 + missile.range_max_m / 3_500.0


@dataclass(frozen=True, eq=False)
class Programme:
    """How one control sets cut-off and tilt of a missile class.

    cutoff_s(control), tilt_rad(control): callables on arrays of controls in 0..1.
    still_range_m: range over an Earth at rest and at the reference latitude, by control; for information
    only.
    """

    booster: Booster
    cutoff_s: PchipInterpolator
    tilt_rad: PchipInterpolator


def launch_rows(
    position_ecef_m: Floats, up_ecef: Floats, along_ecef: Floats, cutoff_s: Floats, tilt_rad: Floats
) -> Floats:
    """Launches at rest as the flight kernel takes them, (14, case).

    Vectors (3,) or (case, 3), the others (case,).
    """
    rows = np.zeros((14, np.size(cutoff_s)))
    rows[0:3] = np.broadcast_to(position_ecef_m, (rows.shape[1], 3)).T
    rows[6], rows[7] = cutoff_s, tilt_rad
    rows[8:11] = np.broadcast_to(up_ecef, (rows.shape[1], 3)).T
    rows[11:14] = np.broadcast_to(along_ecef, (rows.shape[1], 3)).T
    return rows


@lru_cache(maxsize=64)
def programme(missile: Missile) -> Programme:
    """Find the steering of a class: of a fan of tilts, the one of most range for each of 25 controls."""
    booster = Booster.of(missile)
    control = np.linspace(0.0, 1.0, 25)
    if missile.steering == "loft":
        best = _best_tilts(booster, np.array([booster.burn_s]))[0]
        # Range falls with the square of the distance from the best tilt: the root makes it fall evenly with
        # the control.
        tilt = best - (best - _LEAST_TILT_RAD) * np.sqrt(1.0 - control)
        cutoff = np.full(control.size, booster.burn_s)
    else:
        cutoff = booster.burn_s * (_LEAST_BURN + (1.0 - _LEAST_BURN) * control)
        found = _best_tilts(booster, cutoff)
        tilt = np.polynomial.Polynomial.fit(control, found, 5)(
            control
        )  # smooth, so that impact is smooth in the control
    return Programme(booster, PchipInterpolator(control, cutoff), PchipInterpolator(control, tilt))


def _best_tilts(booster: Booster, cutoff_s: Floats) -> Floats:
    """Tilt at cut-off (rad) that gives most range, for each cut-off.

    Launched northward from the equator, where the turning Earth neither helps nor hinders.
    """
    position = np.array([EARTH_EQUATORIAL_RADIUS_M, 0.0, 0.0])
    cutoffs, tilts = (grid.ravel() for grid in np.meshgrid(cutoff_s, _TILTS_RAD, indexing="ij"))
    launch = launch_rows(position, np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.0]), cutoffs, tilts)
    summary, _ = booster.fly(launch, with_nodes=False)
    impact = summary[:, IMPACT + 1 : IMPACT + 4]
    angle = np.arctan2(np.hypot(impact[:, 1], impact[:, 2]), impact[:, 0])
    angle = np.where(summary[:, LANDED] > 0.5, angle, 0.0).reshape(cutoff_s.size, _TILTS_RAD.size)
    peak = np.clip(angle.argmax(axis=1), 1, _TILTS_RAD.size - 2)
    row = np.arange(cutoff_s.size)
    left, top, right = angle[row, peak - 1], angle[row, peak], angle[row, peak + 1]
    curvature = left - 2.0 * top + right
    shift = np.where(curvature < 0.0, 0.5 * (left - right) / np.where(curvature < 0.0, curvature, -1.0), 0.0)
    best: Floats = _TILTS_RAD[peak] + np.clip(shift, -1.0, 1.0) * (_TILTS_RAD[1] - _TILTS_RAD[0])
    return best
