"""SIAP measures by hand and against Stone Soup."""

import datetime

import numpy as np
import pytest

from synaspis.exercise.review.siap import at_instant, siap

CUTOFF_M = 10_000.0


def states(*rows):
    return np.array(rows, dtype=np.float64).reshape(-1, 6)


def test_the_measures_by_hand():
    """Two objects; the first has two tracks, 3 and 4 km away and 5 and 7 m/s off; a third is of nothing.

    Completeness 1 of 2, ambiguity 2 tracks on 1 object, spurious 1 of 3, means 3.5 km and 6 m/s.
    """
    objects = states([0, 0, 0, 100, 0, 0], [1e6, 0, 0, 0, 0, 0])
    tracks = states([3e3, 0, 0, 105, 0, 0], [0, 4e3, 0, 100, 7, 0], [-1e6, 0, 0, 0, 0, 0])
    found = siap([at_instant(objects, tracks, CUTOFF_M)])
    assert (found.completeness, found.ambiguity, found.spuriousness) == (0.5, 2.0, pytest.approx(1 / 3))
    assert (found.position_accuracy_m, found.velocity_accuracy_m_s) == (3_500.0, 6.0)


def test_what_has_nothing_to_divide_by_is_not_told():
    none = states()
    assert siap([at_instant(none, none, CUTOFF_M)]).completeness is None
    missed = siap([at_instant(states([0, 0, 0, 0, 0, 0]), none, CUTOFF_M)])
    assert (missed.completeness, missed.ambiguity, missed.spuriousness) == (0.0, None, None)


def test_the_measures_agree_with_stone_soup():
    """Three objects on straight lines far from each other, each with none, one or two tracks near it."""
    metrics = pytest.importorskip("stonesoup.metricgenerator.tracktotruthmetrics")
    pytest.importorskip("stonesoup.metricgenerator.manager")
    from stonesoup.measures import Euclidean
    from stonesoup.metricgenerator.manager import MultiManager
    from stonesoup.types.association import AssociationSet, TimeRangeAssociation
    from stonesoup.types.groundtruth import GroundTruthPath, GroundTruthState
    from stonesoup.types.state import State
    from stonesoup.types.time import CompoundTimeRange, TimeRange
    from stonesoup.types.track import Track

    chance = np.random.default_rng(4)
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    times = [start + datetime.timedelta(seconds=10 * step) for step in range(12)]
    velocity = chance.normal(0.0, 1e3, (3, 3))
    place = np.array([[0.0, 0, 0], [1e7, 0, 0], [0, 1e7, 0]])
    truth = np.array([np.hstack([place + 10.0 * step * velocity, velocity]) for step in range(12)])
    of, first = [0, 0, 1, None], [0, 4, 2, 0]
    noise = chance.normal(0.0, [1e3, 1e3, 1e3, 5.0, 5.0, 5.0], (12, 4, 6))
    far = np.array([-5e7, 0, 0, 0, 0, 0])
    shown = noise + np.array([[far if o is None else truth[step, o] for o in of] for step in range(12)])
    instants = [
        at_instant(truth[step], np.array([shown[step, t] for t in range(4) if step >= first[t]]), CUTOFF_M)
        for step in range(12)
    ]
    paths = [
        GroundTruthPath([GroundTruthState(truth[s, o], timestamp=times[s]) for s in range(12)])
        for o in range(3)
    ]
    tracks = [Track([State(shown[s, t], timestamp=times[s]) for s in range(first[t], 12)]) for t in range(4)]
    pairs = {
        TimeRangeAssociation(
            {tracks[t], paths[o]}, CompoundTimeRange([TimeRange(times[first[t]], times[-1])])
        )
        for t, o in enumerate(of)
        if o is not None
    }
    manager = MultiManager([])
    manager.states_sets = {"tracks": set(tracks), "truths": set(paths)}
    manager.association_set = AssociationSet(pairs)
    theirs = metrics.SIAPMetrics(
        position_measure=Euclidean((0, 1, 2)),
        velocity_measure=Euclidean((3, 4, 5)),
        generator_name="siap",
        tracks_key="tracks",
        truths_key="truths",
    ).compute_metric(manager)
    value = {each.title: each.value for each in theirs}
    ours = siap(instants)
    assert ours.completeness == pytest.approx(value["SIAP Completeness"])
    assert ours.ambiguity == pytest.approx(value["SIAP Ambiguity"])
    assert ours.spuriousness == pytest.approx(value["SIAP Spuriousness"])
    assert ours.position_accuracy_m == pytest.approx(value["SIAP Position Accuracy"])
    assert ours.velocity_accuracy_m_s == pytest.approx(value["SIAP Velocity Accuracy"])
