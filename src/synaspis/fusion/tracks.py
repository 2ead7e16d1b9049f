"""What a picture shows: fused tracks, with the places where they meet the ground."""

from __future__ import annotations

from typing import NamedTuple


class Estimate(NamedTuple):
    """A place on the ellipsoid with its uncertainty.

    latitude_rad, longitude_rad: geodetic. covariance_m2: 2x2, local metres east then north. time_us: instant,
    microseconds since the epoch. time_sigma_s: its standard deviation.
    """

    latitude_rad: float
    longitude_rad: float
    covariance_m2: tuple[tuple[float, float], tuple[float, float]]
    time_us: int
    time_sigma_s: float


class FusedTrack(NamedTuple):
    """One object of a picture, as of the latest report on it.

    number: 1, 2, ... in the order of first appearance in this picture. status: new (first time shown),
    updated, or ended (silent, or found to be the same object as one with a lower number; as last shown).
    time_us: of the state. position_ecef_m, velocity_ecef_m_s: 3 numbers each. covariance: 6x6, position
    before velocity, m2, m2/s and m2/s2. sources: names whose tracks were fused, sorted.
    launch, impact: None while thrust is seen or where free flight does not meet the ground.
    """

    number: int
    status: str
    time_us: int
    position_ecef_m: tuple[float, ...]
    velocity_ecef_m_s: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    sources: tuple[str, ...]
    launch: Estimate | None
    impact: Estimate | None
