"""The cases that are timed, and where they truly end."""

from __future__ import annotations

import heyoka
import numpy as np
from numpy.typing import NDArray

from synaspis.core.constants import EARTH_EQUATORIAL_RADIUS_M, EARTH_J2, EARTH_MU_M3_S2, EARTH_ROTATION_RAD_S

Floats = NDArray[np.float64]

ARC_S = 900.0
SAMPLE = 512
"""Different arcs; larger numbers repeat them, so that every single end can be checked."""

_EDGE_M = 6_498_000.0


def rising(count: int, seed: int = 1) -> Floats:
    """States (6, count) in ECEF at 120 km all over the Earth, 5 to 7 km/s at 35 to 50 degrees upwards."""
    rng = np.random.default_rng(seed)
    up = rng.normal(size=(3, SAMPLE))
    up /= np.linalg.norm(up, axis=0)
    level = np.cross(up, rng.normal(size=(3, SAMPLE)), axis=0)
    level /= np.linalg.norm(level, axis=0)
    climb, speed = np.radians(rng.uniform(35.0, 50.0, SAMPLE)), rng.uniform(5000.0, 7000.0, SAMPLE)
    state = np.concatenate([_EDGE_M * up, speed * (np.sin(climb) * up + np.cos(climb) * level)])
    return np.ascontiguousarray(np.tile(state, -(-count // SAMPLE))[:, :count])


def falling(count: int) -> Floats:
    """The same bodies on their way down."""
    state = rising(count, seed=2)
    up = state[:3] / np.linalg.norm(state[:3], axis=0)
    state[3:] -= 2.0 * (state[3:] * up).sum(axis=0) * up
    return state


def inertial(state: Floats) -> Floats:
    """ECEF states at time 0 in the frame that does not turn and coincides then."""
    moved = state.copy()
    moved[3] -= EARTH_ROTATION_RAD_S * state[1]
    moved[4] += EARTH_ROTATION_RAD_S * state[0]
    return moved


def turned_back(position: Floats, time_s: float) -> Floats:
    """Inertial positions (3, case) at a time in ECEF."""
    cosine, sine = np.cos(EARTH_ROTATION_RAD_S * time_s), np.sin(EARTH_ROTATION_RAD_S * time_s)
    x, y, z = position[:3]
    return np.array([cosine * x + sine * y, cosine * y - sine * x, z])


def exact_ends() -> Floats:
    """Inertial positions (3, SAMPLE) after ARC_S by heyoka at its tightest, from the potential with J2."""
    x, y, z, u, v, w = heyoka.make_vars("x", "y", "z", "u", "v", "w")
    squared = x * x + y * y + z * z
    oblate = EARTH_J2 * EARTH_EQUATORIAL_RADIUS_M**2 * (3.0 * z * z / squared - 1.0) / (2.0 * squared)
    potential = EARTH_MU_M3_S2 / squared**0.5 * (1.0 - oblate)
    pull = [heyoka.diff(potential, axis) for axis in (x, y, z)]
    start = inertial(rising(SAMPLE))
    integrator = heyoka.taylor_adaptive(
        [(x, u), (y, v), (z, w), *zip((u, v, w), pull, strict=True)], start[:, 0].copy(), tol=1e-18
    )
    ends = np.empty((3, SAMPLE))
    for case in range(SAMPLE):
        integrator.time = 0.0
        integrator.state[:] = start[:, case]
        integrator.propagate_until(ARC_S)
        ends[:, case] = integrator.state[:3]
    return ends


def worst_error_m(ends: Floats, exact: Floats) -> float:
    """Largest distance of positions (3, count) from the exact ends (3, SAMPLE), which repeat."""
    count = ends.shape[1]
    truth = np.tile(exact, -(-count // exact.shape[1]))[:, :count]
    return float(np.linalg.norm(ends[:3] - truth, axis=0).max())
