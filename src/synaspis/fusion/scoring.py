"""How good a picture was: GOSPA against the truth, by Stone Soup (extra `score`; nothing else needs it)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np

from synaspis.core.errors import Fault, InputError
from synaspis.engine.ballistic import advance
from synaspis.engine.ephemeris import Ephemeris
from synaspis.engine.parameters import Floats
from synaspis.engine.tracking import BALLISTIC_COEFFICIENT_KG_M2
from synaspis.fusion.tracks import FusedTrack

CUTOFF_M = 10_000.0
"""A track further than this from every object is false, an object further from every track is missed."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class TruePath(NamedTuple):
    """What really flew. launch_us: instant of time 0 of its path, microseconds since the epoch."""

    launch_us: int
    path: Ephemeris


class Scores(NamedTuple):
    """GOSPA of a picture over time, arrays of one entry an instant.

    gospa_m: the metric of order 2. localisation_m: root of its part for objects that have a track.
    missed, false: how many objects have no track, how many tracks have no object.
    """

    gospa_m: Floats
    localisation_m: Floats
    missed: Floats
    false: Floats


def score(
    truth: Sequence[TruePath],
    shown: Iterable[tuple[int, Sequence[FusedTrack]]],
    times_us: Sequence[int],
    cutoff_m: float = CUTOFF_M,
) -> Scores:
    """Hold what was shown against what flew.

    shown: instant and what `update` returned, in the order of time. times_us: instants of the score, rising;
    at each, the tracks shown and not ended are predicted to it by the motion model.
    Raises InputError where Stone Soup is not installed.
    Source: A. S. Rahmathullah, A. F. Garcia-Fernandez, L. Svensson, 20th International Conference on
    Information Fusion (2017), doi:10.23919/ICIF.2017.8009645, with alpha = 2 and p = 2.
    """
    metric, state = _stone_soup(cutoff_m)
    rows = []
    live: dict[int, FusedTrack] = {}
    updates = iter(shown)
    following = next(updates, None)
    for time_us in times_us:
        while following is not None and following[0] <= time_us:
            for track in following[1]:
                live[track.number] = track
                if track.status == "ended":
                    del live[track.number]
            following = next(updates, None)
        stamp = _EPOCH + timedelta(microseconds=time_us)
        found = [state(_position(track, time_us), timestamp=stamp) for track in live.values()]
        flown = [state(place, timestamp=stamp) for place in _flown(truth, time_us)]
        rows.append(_one(metric, found, flown, cutoff_m))
    return Scores(*np.array(rows, dtype=np.float64).reshape(-1, 4).T)


def _stone_soup(cutoff_m: float) -> tuple[Any, Any]:
    """The metric and the class of states; imported here, because a centre runs without Stone Soup."""
    try:
        metrics = import_module("stonesoup.metricgenerator.ospametric")
        states = import_module("stonesoup.types.state")
    except ImportError as error:
        remedy = "Install synaspis[score]."
        raise InputError(
            Fault("Stone Soup, which computes scores, is not installed", remedy=remedy)
        ) from error
    return metrics.GOSPAMetric(p=2.0, c=cutoff_m), states.State


def _one(metric: Any, found: list[Any], flown: list[Any], cutoff_m: float) -> tuple[float, ...]:
    if not found and not flown:
        return 0.0, 0.0, 0.0, 0.0
    value = metric.compute_gospa_metric(found, flown)[0].value
    each = 0.5 * cutoff_m**2
    return (
        float(value["distance"]),
        float(np.sqrt(value["localisation"])),
        float(value["missed"]) / each,
        float(value["false"]) / each,
    )


def _flown(truth: Sequence[TruePath], time_us: int) -> list[Floats]:
    """Positions of everything that is in the air at an instant."""
    places = [each.path.at(1.0e-6 * (time_us - each.launch_us))[0] for each in truth]
    return [place for place in places if np.isfinite(place).all()]


def _position(track: FusedTrack, time_us: int) -> Floats:
    """Position of a track at an instant, by the motion model; where it was if the instant is earlier."""
    state = np.array([*track.position_ecef_m, *track.velocity_ecef_m_s])
    seconds = max(1.0e-6 * (time_us - track.time_us), 0.0)
    advance(state, np.array(track.covariance), seconds, 1.0 / BALLISTIC_COEFFICIENT_KG_M2, 0.0)
    return state[:3]
