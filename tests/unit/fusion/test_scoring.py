"""Scores in cases that have a closed form."""

import sys

import numpy as np
import pytest

from synaspis.core.errors import InputError
from synaspis.engine.ephemeris import Ephemeris
from synaspis.fusion import Picture, update
from synaspis.fusion.scoring import CUTOFF_M, TruePath, score


def path(world, body):
    times = np.arange(0.0, 61.0, 5.0)
    states = np.stack([world.truth(body, time) for time in times])
    return TruePath(world.us(0.0), Ephemeris(times, states[:, :3], states[:, 3:]))


def shown(world, picture, time_s, bodies, offset_m=0.0):
    reports = [
        world.report("a", str(body), body, time_s, offset=[offset_m / 200.0, 0, 0, 0, 0, 0])
        for body in bodies
    ]
    return world.us(time_s), update([(picture, reports)], world.us(time_s))[0]


def test_a_track_beside_its_object_scores_the_distance(world):
    found = score([path(world, 0)], [shown(world, Picture(), 10.0, [0], 300.0)], [world.us(10.0)])
    assert found.gospa_m[0] == pytest.approx(300.0, abs=0.1)
    assert found.localisation_m[0] == found.gospa_m[0]
    assert (found.missed[0], found.false[0]) == (0.0, 0.0)


def test_what_is_missed_and_what_is_false_score_half_the_square_of_the_cutoff_each(world):
    # Two objects, of which one has a track, and a track 150 km from both.
    found = score([path(world, 0), path(world, 1)], [shown(world, Picture(), 10.0, [0, 4])], [world.us(10.0)])
    assert found.gospa_m[0] == pytest.approx(CUTOFF_M, rel=1e-6)
    assert (found.missed[0], found.false[0]) == (pytest.approx(1.0), pytest.approx(1.0))


def test_tracks_are_predicted_to_the_instant_and_ended_ones_are_gone(world):
    picture = Picture()
    history = [shown(world, picture, 10.0, [0]), (world.us(45.0), update([(picture, [])], world.us(45.0))[0])]
    found = score([path(world, 0)], history, [world.us(5.0), world.us(25.0), world.us(50.0)])
    assert found.missed.tolist() == [1.0, 0.0, 1.0]
    assert found.gospa_m[1] < 0.5
    assert found.gospa_m[2] == pytest.approx(CUTOFF_M / np.sqrt(2.0))


def test_before_the_launch_and_after_the_impact_there_is_nothing_to_miss(world):
    found = score([path(world, 0)], [], [world.us(-1.0), world.us(61.0)])
    assert found.gospa_m.tolist() == [0.0, 0.0]


def test_without_stone_soup_it_is_said_what_to_install(world, monkeypatch):
    monkeypatch.setitem(sys.modules, "stonesoup.metricgenerator.ospametric", None)
    with pytest.raises(InputError, match=r"Stone Soup.* is not installed\. Install synaspis\[score\]\."):
        score([path(world, 0)], [], [])
