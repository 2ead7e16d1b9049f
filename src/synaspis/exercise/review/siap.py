"""Measures of a single integrated air picture (SIAP): what is tracked, how often at once, how exactly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from synaspis.engine.parameters import Floats


@dataclass(frozen=True)
class Instant:
    """Counts at one instant, or their sums over many.

    objects: J. tracked: J_T, those with a track at least. tracks: N. assigned: N_A, those of an object.
    position_m, velocity_m_s: sums over the assigned tracks of their distance from their object.
    """

    objects: int = 0
    tracked: int = 0
    tracks: int = 0
    assigned: int = 0
    position_m: float = 0.0
    velocity_m_s: float = 0.0


@dataclass(frozen=True)
class Siap:
    """The measures over a time; each is None where there was nothing to divide by.

    completeness: J_T / J. ambiguity: N_A / J_T, 1 where no object has two tracks. spuriousness:
    (N - N_A) / N. position_accuracy_m, velocity_accuracy_m_s: means over assigned tracks.
    Source: P. Votruba, R. Nisley, R. Rothrock, B. Zombro: Single Integrated Air Picture (SIAP) Metrics
    Implementation, SIAP SE TF Technical Report 2001-003 (2001), sections on completeness, ambiguity,
    spuriousness and kinematic accuracy.
    """

    completeness: float | None
    ambiguity: float | None
    spuriousness: float | None
    position_accuracy_m: float | None
    velocity_accuracy_m_s: float | None


def at_instant(objects: Floats, tracks: Floats, cutoff_m: float) -> Instant:
    """Count at one instant; objects, tracks: (n, 6) position and velocity in one frame, m and m/s.

    A track is of the nearest object, if that is nearer than the cut-off; several tracks may be of one.
    """
    if not len(objects) or not len(tracks):
        return Instant(len(objects), 0, len(tracks))
    away_m = np.linalg.norm(objects[:, None, :3] - tracks[None, :, :3], axis=-1)
    nearest = away_m.argmin(axis=0)
    own = np.flatnonzero(away_m[nearest, np.arange(len(tracks))] < cutoff_m)
    of = nearest[own]
    apart = np.linalg.norm(objects[of, 3:] - tracks[own, 3:], axis=-1)
    return Instant(
        len(objects),
        len(set(of.tolist())),
        len(tracks),
        own.size,
        float(away_m[of, own].sum()),
        float(apart.sum()),
    )


def siap(instants: Iterable[Instant]) -> Siap:
    """The measures over all instants."""
    found = list(instants)
    objects, tracked, tracks, assigned = (
        sum(getattr(each, name) for each in found) for name in ("objects", "tracked", "tracks", "assigned")
    )
    return Siap(
        _part(tracked, objects),
        _part(assigned, tracked),
        _part(tracks - assigned, tracks),
        _part(sum(each.position_m for each in found), assigned),
        _part(sum(each.velocity_m_s for each in found), assigned),
    )


def _part(part: float, whole: float) -> float | None:
    return part / whole if whole else None
