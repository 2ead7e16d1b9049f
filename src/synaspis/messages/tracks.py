"""A track report: position, velocity and their covariance at one instant."""

from __future__ import annotations

from functools import cached_property
from math import hypot
from typing import Annotated, ClassVar, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator

from synaspis.core.clock import from_rfc3339
from synaspis.core.documents import Rejected
from synaspis.core.errors import Fault
from synaspis.messages.fields import (
    POSITION_VARIANCE_MAX_M2,
    POSITION_VARIANCE_MIN_M2,
    Instant,
    Kind,
    MissileClass,
    Name,
    Number,
    Three,
    WireModel,
)

RADIUS_MIN_M: Final = 6_336_752.0
"""20 km below the pole of WGS 84 (semi-minor axis 6,356,752 m): nothing flies nearer to the centre."""

RADIUS_MAX_M: Final = 50_000_000.0
"""Beyond the geostationary orbit (42,164 km)."""

SPEED_MAX_M_S: Final = 12_000.0
"""Above the speed of escape at the ground (11,186 m/s)."""

EIGENVALUE_MIN: Final = 1e-9
"""Smallest eigenvalue of the matrix of correlations. Below it a report claims to know a combination of
position and velocity without error, and a filter cannot invert it in 64-bit numbers.
"""

VELOCITY_VARIANCE_MIN_M2_S2: Final = 1e-8
"""Square of 0.1 mm/s."""

Triangle = Annotated[tuple[Number, ...], Field(fail_fast=True, min_length=21, max_length=21)]
"""Lower triangle of a 6x6 covariance, row by row."""

_ROWS, _COLUMNS = np.tril_indices(6)
_VARIANCES: Final = (0, 2, 5, 9, 14, 20)


def near_the_earth(position: tuple[float, ...]) -> tuple[float, ...]:
    """Return an Earth-fixed position (m) as given, or reject it if nothing can be there."""
    if not RADIUS_MIN_M <= (radius := hypot(*position)) <= RADIUS_MAX_M:
        what = f"{radius:,.0f} m from the centre of the Earth; {RADIUS_MIN_M:,.0f} to {RADIUS_MAX_M:,.0f} m"
        raise Rejected(Fault(f"{what} can be", remedy="Give Earth-fixed x, y, z in metres."))
    return position


def slower_than_escape(velocity: tuple[float, ...]) -> tuple[float, ...]:
    """Return a velocity (m/s) as given, or reject it if it is beyond `SPEED_MAX_M_S`."""
    if not (speed := hypot(*velocity)) < SPEED_MAX_M_S:
        what = f"{speed:,.0f} m/s; below {SPEED_MAX_M_S:,.0f} m/s can be"
        raise Rejected(Fault(what, remedy="Give Earth-fixed x, y, z in metres a second."))
    return velocity


def definite(covariance: tuple[float, ...] | None) -> tuple[float, ...] | None:
    """Return the lower triangle of a 6x6 covariance as given, or reject it if it cannot be one."""
    problem = "" if covariance is None else _why_no_covariance(covariance)
    if problem:
        raise Rejected(Fault(problem, remedy="Give the lower triangle, row by row, in SI units."))
    return covariance


class TrackReport(WireModel):
    """Where an object is and how it moves, by one source."""

    kind: ClassVar[Kind] = "track-report"

    track: Name = Field(description="The sender's own name of the track; it stays while the track lives.")
    time: Instant = Field(description="Instant for which the state holds, UTC.")
    position_ecef_m: Three = Field(
        description="x, y, z, Earth-fixed WGS 84, metres; 6,336,752 to 50,000,000 from the centre."
    )
    velocity_ecef_m_s: Three = Field(
        description="x, y, z, relative to the rotating Earth, metres a second; below 12,000 in all."
    )
    covariance: Triangle = Field(
        description="Lower triangle of the 6x6 covariance of (x, y, z, vx, vy, vz), row by row: xx, yx, yy, "
        "zx, zy, zz, vx-x ... vz-vz; m2, m2/s, m2/s2; positive definite, variances of position 1e-4 to 1e14 "
        "m2, of velocity 1e-8 to 1.44e8 m2/s2."
    )
    estimate: Literal["track", "tracklet"] = Field(
        description="track: rests on all reports of the source so far, so that two of them share their "
        "errors; tracklet: rests only on what was measured since the one before, so that they do not."
    )
    sensor: Literal["radar", "infrared", "fused", "other"] = Field(description="Kind of source.")
    quality: Annotated[Number, Field(ge=0.0, le=1.0)] = Field(
        description="The sender's own probability that the track is of one real object, 0 to 1."
    )
    missile_class: MissileClass = Field(default="unknown", description="Generic class, where it is known.")

    _near_the_earth = field_validator("position_ecef_m")(near_the_earth)
    _slower_than_escape = field_validator("velocity_ecef_m_s")(slower_than_escape)
    _definite = field_validator("covariance")(definite)

    @cached_property
    def time_us(self) -> int:
        """Instant of the state, microseconds since the Unix epoch."""
        return from_rfc3339(self.time)

    @cached_property
    def covariance_matrix(self) -> NDArray[np.float64]:
        """Covariance, shape (6, 6), symmetric, read-only."""
        matrix = symmetric(self.covariance)
        matrix.flags.writeable = False
        return matrix


def lower_triangle(matrix: NDArray[np.float64]) -> tuple[float, ...]:
    """The 21 numbers of a symmetric 6x6 matrix as `TrackReport.covariance` has them."""
    return tuple(float(number) for number in np.asarray(matrix, float)[_ROWS, _COLUMNS])


def symmetric(triangle: tuple[float, ...]) -> NDArray[np.float64]:
    """The symmetric 6x6 matrix of the 21 numbers of its lower triangle, row by row."""
    matrix = np.empty((6, 6))
    matrix[_ROWS, _COLUMNS] = triangle
    matrix[_COLUMNS, _ROWS] = triangle
    return matrix


def _why_no_covariance(triangle: tuple[float, ...]) -> str:
    """What is wrong with 21 numbers, or nothing."""
    variances = [triangle[at] for at in _VARIANCES]
    for names, found, least, most in (
        ("position", variances[:3], POSITION_VARIANCE_MIN_M2, POSITION_VARIANCE_MAX_M2),
        ("velocity", variances[3:], VELOCITY_VARIANCE_MIN_M2_S2, SPEED_MAX_M_S**2),
    ):
        for variance in found:
            if not least <= variance <= most:
                return f"a variance of {names} is {variance:g}; {least:g} to {most:g} in SI units can be"
    # Correlations have no unit, so that one limit fits metres and metres a second.
    sigmas = np.sqrt(variances)
    correlations = symmetric(triangle) / sigmas / sigmas[:, np.newaxis]
    if not np.abs(correlations).max() <= 1.0 + EIGENVALUE_MIN:
        return "an off-diagonal term is larger than the product of the two sigmas"
    smallest = float(np.linalg.eigvalsh(correlations)[0])
    if smallest < EIGENVALUE_MIN:
        return f"not positive definite: its correlations have the eigenvalue {smallest:.3g}"
    return ""
