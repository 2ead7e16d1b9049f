"""How each nation's picture compared with what really flew: GOSPA, SIAP measures, continuity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import sqrt
from typing import Any, Final

import numpy as np
from scipy.optimize import linear_sum_assignment

from synaspis.core.clock import SECOND_US, from_rfc3339
from synaspis.engine.ballistic import advance
from synaspis.engine.earth import ecef_to_geodetic
from synaspis.engine.parameters import Floats
from synaspis.engine.tracking import BALLISTIC_COEFFICIENT_KG_M2
from synaspis.exercise.review.record import Delivered, Record
from synaspis.exercise.review.siap import Instant, Siap, at_instant, siap

CUTOFF_M: Final = 10_000.0
"""A track further than this from every object is false, an object further from every track is missed."""

STEP_US: Final = 10 * SECOND_US
"""Between two instants of the score."""

_NO_COVARIANCE: Final = np.diag([1e6] * 3 + [1e4] * 3)


@dataclass(frozen=True)
class Gospa:
    """GOSPA of order 2 with alpha 2 at one instant, and its parts.

    distance_m: the metric. pairs: indices of object and track that belong together. missed, false: counts.
    """

    distance_m: float
    pairs: tuple[tuple[int, int], ...]
    squared_m2: float
    missed: int
    false: int


def gospa(objects: Floats, tracks: Floats, cutoff_m: float = CUTOFF_M) -> Gospa:
    """Hold tracks against objects, both (n, 3), metres.

    The sum over pairs of the squared distance, plus half the squared cut-off for each object without a track
    and each track without an object, at the assignment that makes it least; the root of it.
    Source: A. S. Rahmathullah, A. F. Garcia-Fernandez, L. Svensson, 20th International Conference on
    Information Fusion (2017), doi:10.23919/ICIF.2017.8009645, proposition 1 with p = 2.
    """
    count, found = len(objects), len(tracks)
    pairs: list[tuple[int, int]] = []
    squared_m2 = 0.0
    if count and found:
        away = np.linalg.norm(objects[:, None, :] - tracks[None, :, :], axis=-1)
        cost = np.minimum(away, cutoff_m) ** 2
        for row, column in zip(*linear_sum_assignment(cost), strict=True):
            if away[row, column] < cutoff_m:
                pairs.append((int(row), int(column)))
                squared_m2 += float(cost[row, column])
    missed, false = count - len(pairs), found - len(pairs)
    total = squared_m2 + 0.5 * cutoff_m**2 * (missed + false)
    return Gospa(sqrt(total), tuple(pairs), squared_m2, missed, false)


@dataclass(frozen=True)
class Score:
    """A nation's picture over the whole exercise.

    gospa_m: mean over the instants at which something flew or was shown; None if there were none.
    localisation_m: root mean square distance of tracks from their objects, as GOSPA assigns them. siap: see
    `Siap`. continuity: of the time that a flight was tracked, the share under its longest-lived track number;
    None where none was.
    """

    gospa_m: float | None
    localisation_m: float | None
    siap: Siap
    continuity: float | None

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "gospa_m": _rounded(self.gospa_m, 1),
            "localisation_m": _rounded(self.localisation_m, 1),
            "completeness": _rounded(self.siap.completeness, 4),
            "ambiguity": _rounded(self.siap.ambiguity, 4),
            "spuriousness": _rounded(self.siap.spuriousness, 4),
            "position_accuracy_m": _rounded(self.siap.position_accuracy_m, 1),
            "velocity_accuracy_m_s": _rounded(self.siap.velocity_accuracy_m_s, 2),
            "continuity": _rounded(self.continuity, 4),
        }


def picture_at(events: Sequence[Delivered], time_us: int) -> dict[int, Mapping[str, Any]]:
    """The picture that a nation had at an instant: its live tracks by number, each as last delivered."""
    live: dict[int, Mapping[str, Any]] = {}
    for delivered in events:
        if delivered.known_us > time_us:
            break
        _show(live, delivered)
    return live


def _show(live: dict[int, Mapping[str, Any]], delivered: Delivered) -> None:
    if delivered.event["type"] != "picture":
        return
    for track in delivered.event["tracks"]:
        live[track["number"]] = track
        if track["status"] == "ended":
            del live[track["number"]]


def score(record: Record, nation: str) -> Score:
    """Hold the picture of a nation against the truth, every ten seconds."""
    events = [each for each in record.delivered[nation] if each.centre == "data"]
    live: dict[int, Mapping[str, Any]] = {}
    following = 0
    rows: list[tuple[Gospa, list[str], list[int]]] = []
    instants: list[Instant] = []
    for time_us in range(record.loaded.starts_us, record.loaded.ends_us + 1, STEP_US):
        while following < len(events) and events[following].known_us <= time_us:
            _show(live, events[following])
            following += 1
        names, objects = _flying(record, time_us)
        numbers, tracks = _shown(live, time_us)
        if names or numbers:
            rows.append((gospa(objects[:, :3], tracks[:, :3]), names, numbers))
            instants.append(at_instant(objects, tracks, CUTOFF_M))
    return _summed(rows, siap(instants))


def _summed(rows: Sequence[tuple[Gospa, list[str], list[int]]], measures: Siap) -> Score:
    held = [(names[row], numbers[column]) for each, names, numbers in rows for row, column in each.pairs]
    squared = sum(each.squared_m2 for each, _, _ in rows)
    longest = 0
    for _, group in groupby(sorted(held), key=lambda pair: pair[0]):
        numbers = [number for _, number in group]
        longest += max(map(numbers.count, set(numbers)))
    return Score(
        _part(sum(each.distance_m for each, _, _ in rows), len(rows)),
        sqrt(squared / len(held)) if held else None,
        measures,
        _part(longest, len(held)),
    )


def _flying(record: Record, time_us: int) -> tuple[list[str], Floats]:
    names, places = [], []
    for name, launch_us in record.launched.items():
        state = np.concatenate(record.flights[name].path.at((time_us - launch_us) / SECOND_US))
        if np.isfinite(state).all():
            names.append(name)
            places.append(state)
    return names, np.array(places).reshape(-1, 6)


def _shown(live: Mapping[int, Mapping[str, Any]], time_us: int) -> tuple[list[int], Floats]:
    """Tracks predicted to an instant by the motion model; what would be below the ground has come down."""
    numbers, places = [], []
    for number, track in live.items():
        state = np.array([*track["position_ecef_m"], *track["velocity_ecef_m_s"]], dtype=np.float64)
        seconds = max((time_us - from_rfc3339(track["time"])) / SECOND_US, 0.0)
        advance(state, _NO_COVARIANCE.copy(), seconds, 1.0 / BALLISTIC_COEFFICIENT_KG_M2, 0.0)
        if np.isfinite(state).all() and float(ecef_to_geodetic(state[:3])[2]) > 0.0:
            numbers.append(number)
            places.append(state)
    return numbers, np.array(places).reshape(-1, 6)


def _part(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _rounded(value: float | None, decimals: int) -> float | None:
    return None if value is None else round(value, decimals)
