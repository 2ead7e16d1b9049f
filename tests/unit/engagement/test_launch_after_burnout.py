"""No launch on a track of a missile that still burns: where it will fly is not known before burnout."""

import numpy as np
import pytest

from synaspis.catalogue import load_catalogue
from synaspis.engagement import NEVER_S, Batteries, Gate, Rights, Tracks, engage
from synaspis.engine.earth import geodetic_to_ecef
from synaspis.engine.flight import BURNOUT
from synaspis.engine.flyout import flyout_table
from synaspis.engine.targeting import Fan, aim
from synaspis.scenario import interceptor_parameters, missile_parameters

COMMIT_S = 10.0


@pytest.fixture(scope="module")
def flight():
    """From Tabriz to the lower Danube, 1,800 km."""
    catalogue = load_catalogue()
    fan = Fan.at(missile_parameters(catalogue.missiles["mrbm-2000"]), *np.radians([38.08, 46.29]))
    flown = aim(fan, *np.radians([[44.4], [26.1]]))
    return flown.nodes, flown.summary[:, BURNOUT].copy()


@pytest.fixture(scope="module")
def battery():
    """A fast interceptor below the middle of the flight, so that the first launch decides the first shot."""
    table = flyout_table(interceptor_parameters(load_catalogue().interceptors["sm-3-iia"]))
    return Batteries(
        geodetic_to_ecef(*np.radians([[42.0], [36.0]]), 0.0), np.array([0]), (table,),
        np.array([COMMIT_S]), np.array([30.0]), np.array([10.0]),
    )  # fmt: skip


def decide(flight, battery, *windows):
    """Engage with one radar a window of (seen, firm, lost), all of which may guide."""
    seen, firm, lost = (np.array([times]) for times in np.array(windows).T)
    count = len(windows)
    rights = Rights(
        np.ones((1, count), bool),
        np.ones((1, 1), bool),
        np.zeros((1, count, 1)),
        np.ones((1, count, 1), bool),
    )
    return engage(*flight, Tracks(seen, firm, lost, np.zeros((1, 0))), battery, rights)


def test_a_track_from_before_burnout_counts_from_burnout_on(flight, battery):
    burnout_s = float(flight[1][0])
    early, prompt, late = (
        decide(flight, battery, (20.0, firm_s, 700.0)) for firm_s in (30.0, burnout_s, burnout_s + 30.0)
    )
    assert burnout_s > 60.0
    assert early.gate[0, 0] == prompt.gate[0, 0] == Gate.ENGAGED
    assert early.earliest_s[0, 0] == prompt.earliest_s[0, 0] < late.earliest_s[0, 0]
    assert early.shots[0, 0] == prompt.shots[0, 0]


def test_a_track_that_ends_before_burnout_is_none(flight, battery):
    before = (20.0, 30.0, float(flight[1][0]) - 1.0)
    found = decide(flight, battery, before)
    assert (found.gate[0, 0], found.shots[0, 0]) == (Gate.NO_FIRM_TRACK, 0)
    assert found.earliest_s[0, 0] == NEVER_S
    later = (300.0, 320.0, 700.0)
    assert decide(flight, battery, before, later).earliest_s == decide(flight, battery, later).earliest_s
