"""One report of one source track, as the fusion takes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from synaspis.core.errors import Fault, InputError
from synaspis.engine.parameters import Floats

NOMINAL_POSITION_M: Final = 1_000.0
"""Standard deviation on each axis of a position whose covariance the recipient may not see (assumed)."""
NOMINAL_VELOCITY_M_S: Final = 100.0
"""The same for a velocity."""
RADIUS_M: Final = (6_300_000.0, 100_000_000.0)
"""Distances from the centre of the Earth at which a report is taken."""
SPEED_MAX_M_S: Final = 15_000.0
SIGMA_POSITION_M: Final = (0.1, 10_000_000.0)
"""Standard deviations on an axis: what is below is raised to the first, what is above is refused."""
SIGMA_VELOCITY_M_S: Final = (0.001, 12_000.0)

Kind = Literal["track", "tracklet"]
KINDS: Final[tuple[Kind, ...]] = ("track", "tracklet")

_NOMINAL: Final = np.diag([NOMINAL_POSITION_M**2] * 3 + [NOMINAL_VELOCITY_M_S**2] * 3)
_CEILING: Final = np.array([SIGMA_POSITION_M[1]] * 3 + [SIGMA_VELOCITY_M_S[1]] * 3)
_FLOOR: Final = np.diag([SIGMA_POSITION_M[0] ** 2] * 3 + [SIGMA_VELOCITY_M_S[0] ** 2] * 3)


@dataclass(frozen=True, eq=False)
class Report:
    """State of one object as a source gives it at one time.

    source: who reports. track: the source's own name of the track. time_us: of the state, microseconds since
    the epoch. position_ecef_m, velocity_ecef_m_s: 3 numbers each.
    covariance: 6x6, position before velocity, m2, m2/s, m2/s2; None where the recipient may not see it: then
    a published constant stands in its place (1 km and 100 m/s on each axis).
    estimate: "tracklet" (from measurements used in no other report of this source) or "track" (the source's
    filtered estimate, which replaces its earlier one).
    digest: names the content; a report whose digest the picture has seen is ignored.
    Raises InputError with every fault of a state that is no flight: not finite, below the ground, beyond
    100,000 km, faster than 15 km/s, covariance not symmetric, negative or out of bounds.
    """

    source: str
    track: str
    time_us: int
    position_ecef_m: Sequence[float] | Floats
    velocity_ecef_m_s: Sequence[float] | Floats
    covariance: ArrayLike | None
    estimate: Kind
    digest: str
    state: Floats = field(init=False, repr=False)
    spread: Floats = field(init=False, repr=False)
    key: tuple[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        faults: list[Fault] = []
        position = np.asarray(self.position_ecef_m, dtype=np.float64)
        velocity = np.asarray(self.velocity_ecef_m_s, dtype=np.float64)
        faults += _vector_faults("position_ecef_m", position, *RADIUS_M, "m")
        faults += _vector_faults("velocity_ecef_m_s", velocity, 0.0, SPEED_MAX_M_S, "m/s")
        if self.estimate not in KINDS:
            what = f"{self.estimate!r} is no kind of estimate"
            faults.append(Fault(what, where="estimate", remedy="Give track or tracklet."))
        if self.time_us < 0:
            faults.append(Fault(f"{self.time_us} us is before 1970", where="time_us"))
        spread = _NOMINAL
        if self.covariance is not None:
            spread = np.asarray(self.covariance, dtype=np.float64)
            faults += _covariance_faults(spread)
        if faults:
            raise InputError(faults)
        spread = 0.5 * (spread + spread.T) + _FLOOR if self.covariance is not None else spread
        object.__setattr__(self, "state", np.concatenate([position, velocity]))
        object.__setattr__(self, "spread", spread)
        object.__setattr__(self, "key", (self.source, self.track))


def _vector_faults(name: str, vector: Floats, low: float, high: float, unit: str) -> list[Fault]:
    if vector.shape != (3,) or not np.isfinite(vector).all():
        return [Fault(f"{name} is {vector.tolist()}; it must be 3 finite numbers in {unit}", where=name)]
    length = float(np.linalg.norm(vector))
    if not low <= length <= high:
        return [
            Fault(f"{name} has the length {length:g} {unit}; allowed are {low:g} to {high:g}", where=name)
        ]
    return []


def _covariance_faults(covariance: Floats) -> list[Fault]:
    where = "covariance"
    if covariance.shape != (6, 6) or not np.isfinite(covariance).all():
        return [Fault("covariance must be 6 rows of 6 finite numbers", where=where)]
    sigma = np.sqrt(np.maximum(covariance.diagonal(), 0.0))
    if (np.abs(covariance - covariance.T) > 1.0e-6 * np.outer(sigma, sigma) + 1.0e-9).any():
        return [Fault("covariance is not symmetric", where=where, remedy="Give the same above and below.")]
    if (sigma > _CEILING).any():
        worst = f"{float(sigma[:3].max()):g} m and {float(sigma[3:].max()):g} m/s"
        remedy = f"Stay below {SIGMA_POSITION_M[1]:g} m and {SIGMA_VELOCITY_M_S[1]:g} m/s."
        return [Fault(f"standard deviations of the covariance reach {worst}", where=where, remedy=remedy)]
    try:
        np.linalg.cholesky(covariance + _FLOOR)
    except np.linalg.LinAlgError:
        return [Fault("covariance has a negative variance in some direction", where=where)]
    return []
