"""Whether two nations mean the same object: where each says it is, predicted to one instant and compared.

Equations and limits stand in `docs/methods/coordination.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from math import sqrt
from typing import Any, Final, Literal, NamedTuple

import numpy as np

from synaspis.core.clock import SECOND_US, from_rfc3339
from synaspis.engine.ballistic import advance, height_of
from synaspis.engine.gaussian import cholesky, distance_squared
from synaspis.engine.tracking import BALLISTIC_COEFFICIENT_KG_M2
from synaspis.messages.tracks import symmetric

GATE: Final = 16.27
"""Squared distance of two predicted positions of one object; beyond it by chance once in a thousand
(chi-square with 3 degrees of freedom, 99.9 %).
"""

LONGEST_GAP_US: Final = 1_800 * SECOND_US
"""Two states further apart in time are not compared."""

VAGUE_M: Final = 50_000.0
"""A standard deviation of the difference above this tells nothing: whatever is near may be the same."""

ASSUMED_POSITION_M: Final = 1_000.0
ASSUMED_VELOCITY_M_S: Final = 100.0
"""Standard deviations on each axis of a state without covariance, those that pictures take for one."""

_DRAG: Final = 1.0 / BALLISTIC_COEFFICIENT_KG_M2

Verdict = Literal["same", "cannot tell", "different"]


class State(NamedTuple):
    """Where an object is said to be.

    time_us: microseconds since the epoch. position_ecef_m, velocity_ecef_m_s: three numbers each.
    covariance: lower triangle, 21 numbers, SI; empty if it is not known.
    """

    time_us: int
    position_ecef_m: tuple[float, ...]
    velocity_ecef_m_s: tuple[float, ...]
    covariance: tuple[float, ...] = ()


class Comparison(NamedTuple):
    """Two states at the later of their instants.

    verdict: what follows. squared: distance in units of the covariance, squared; None where it was not
    computed. apart_m, sigma_m: distance and largest standard deviation of the difference.
    reason: a sentence.
    """

    verdict: Verdict
    squared: float | None
    apart_m: float | None
    sigma_m: float | None
    reason: str


def state_of(said: Mapping[str, Any] | None) -> State | None:
    """State in the `object` of an intention or claim, or in a track of a picture; None if none is shown."""
    if not said or "position_ecef_m" not in said or "velocity_ecef_m_s" not in said:
        return None
    return State(
        from_rfc3339(said["time"]),
        tuple(map(float, said["position_ecef_m"])),
        tuple(map(float, said["velocity_ecef_m_s"])),
        tuple(map(float, said.get("covariance") or ())),
    )


def compare(a: State, b: State) -> Comparison:
    """Compare two states; the order of the two does not matter."""
    return _compare(*sorted((a, b)))


@lru_cache(maxsize=16_384)
def _compare(earlier: State, later: State) -> Comparison:
    gap_s = (later.time_us - earlier.time_us) / SECOND_US
    if later.time_us - earlier.time_us > LONGEST_GAP_US:
        reason = (
            f"the states are {gap_s:,.0f} s apart; at most {LONGEST_GAP_US / SECOND_US:,.0f} s are compared"
        )
        return Comparison("different", None, None, None, reason)
    x, p = _predicted(earlier, gap_s)
    y, q = _predicted(later, 0.0)
    if height_of(x) < 0.0 <= height_of(y):
        return Comparison("different", None, None, None, "the earlier one has come down before")
    spread = p[:3, :3] + q[:3, :3]
    difference, lower = x[:3] - y[:3], np.empty((3, 3))
    if not (np.isfinite(difference).all() and np.isfinite(spread).all() and cholesky(spread, lower)):
        return Comparison("different", None, None, None, "one of them cannot be predicted")
    squared = float(distance_squared(difference, lower))
    apart_m, sigma_m = float(np.linalg.norm(difference)), sqrt(float(np.linalg.eigvalsh(spread)[-1]))
    found = (
        f"predicted {apart_m / 1e3:,.1f} km apart, squared distance {squared:,.1f}, "
        f"at most {GATE:g} is one object"
    )
    if not (earlier.covariance and later.covariance):
        found += "; a covariance that is not shown was taken as 1 km and 100 m/s"
    if squared > GATE:
        return Comparison("different", squared, apart_m, sigma_m, found)
    if sigma_m > VAGUE_M:
        vague = f"; the error of {sigma_m / 1e3:,.0f} km is too large to tell"
        return Comparison("cannot tell", squared, apart_m, sigma_m, found + vague)
    return Comparison("same", squared, apart_m, sigma_m, found)


def _predicted(state: State, ahead_s: float) -> tuple[Any, Any]:
    """State (6,) and covariance (6, 6) so many seconds later, free flight with nominal drag."""
    x = np.array([*state.position_ecef_m, *state.velocity_ecef_m_s])
    if state.covariance:
        p = symmetric(state.covariance)
    else:
        p = np.diag([ASSUMED_POSITION_M**2] * 3 + [ASSUMED_VELOCITY_M_S**2] * 3)
    if ahead_s > 0.0:
        advance(x, p, ahead_s, _DRAG, 0.0)
    return x, p
