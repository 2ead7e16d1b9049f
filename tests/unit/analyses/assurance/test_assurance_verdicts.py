"""What makes a verdict, on margins made up; which values count; where a condition flips."""

import numpy as np
import pytest

from synaspis.analyses.assurance.band import Band, Verdict, against, halved, is_public, question
from synaspis.analyses.assurance.disputed import disputed_values
from synaspis.analyses.assurance.document import load_assurance_document
from synaspis.analyses.assurance.reach import problem
from synaspis.analyses.assurance.result import Bound
from synaspis.analyses.assurance.sensitivity import needed_speeds, speed_flip
from synaspis.scenario import load_scenario_document

EUROPE = load_scenario_document("europe")
ABOUT = load_assurance_document(EUROPE)
RADARS = ("fylingdales-uewr",)


def band(least, stated, greatest) -> Band:
    rows = [np.array(row, dtype=float) for row in (stated, least, greatest)]
    return Band(*rows, np.zeros((5, len(stated))), None)


@pytest.mark.parametrize(
    ("least", "greatest", "verdict"),
    [
        ([-9.0], [-1.0], Verdict.NO),
        ([-9.0], [1.0], Verdict.CONTESTED),
        ([0.0], [9.0], Verdict.YES),
        ([-np.inf], [-np.inf], Verdict.NO),
        ([-9.0, -8.0], [-1.0, 3.0], Verdict.CONTESTED),
        ([-9.0, 2.0], [-1.0, 3.0], Verdict.YES),
    ],
)
def test_the_verdict_is_that_of_the_flight_that_is_worst_for_the_third_party(least, greatest, verdict):
    assert band(least, least, greatest).verdict() is verdict


def test_no_flight_at_all_is_no():
    assert band([1.0], [1.0], [1.0]).verdict(np.array([], dtype=np.int64)) is Verdict.NO


def test_a_yes_is_not_put_together_from_two_flights():
    """One flight survives one dispute, another the other: neither survives both."""
    first, second = np.array([5.0, -5.0]), np.array([-5.0, 5.0])
    least = np.minimum(first, second)
    assert band(least, [5.0, 5.0], [9.0, 9.0]).verdict() is Verdict.CONTESTED


def test_disputed_values_carry_their_range_over_bounds_and_rivals_and_who_holds_them():
    values = {one.name: one for one in disputed_values(EUROPE, ABOUT.missile, "gbi-two-stage", RADARS, {})}
    speed = values["gbi-two-stage.burnout_speed"]
    assert (speed.low, speed.value, speed.high) == (6300.0, 6300.0, 9000.0)
    assert [held["held_by"] for held in speed.held()] == ["catalogue", "Postol"]
    assert speed.held()[1]["value"] == 9000.0
    assert speed.held()[1]["source"] == "afp-postol-2007"


def test_the_burning_time_is_that_of_all_stages_together():
    """180 to 310 s: the sums of the ends of the three stages of the catalogue, 100, 80 and 60 s."""
    values = {one.name: one for one in disputed_values(EUROPE, ABOUT.missile, "sm-3-iib", RADARS, {})}
    burn = values["icbm-10000.burn_time"]
    assert (burn.low, burn.value, burn.high) == (180.0, 240.0, 310.0)
    assert sum(burn.set_to(310.0).values()) == pytest.approx(310.0)
    assert sum(burn.set_to(200.0).values()) == pytest.approx(200.0)


def test_a_value_that_is_given_is_not_disputed():
    given = {"sm-3-iib.burnout_speed": 6300.0}
    names = {one.name for one in disputed_values(EUROPE, ABOUT.missile, "sm-3-iib", RADARS, given)}
    assert "sm-3-iib.burnout_speed" not in names
    assert "sm-3-iib.burnout_time" in names


def test_ranges_that_only_we_assumed_do_not_take_a_yes_away_but_the_commit_time_does():
    values = {one.name: one for one in disputed_values(EUROPE, ABOUT.missile, "sm-3-iib", RADARS, {})}
    assert not is_public(values["sm-3-iib.minimum_elevation"])
    assert is_public(values["sm-3-iib.commit_delay"])
    assert is_public(values["fylingdales-uewr.reference_range"])


def test_the_end_against_the_defence_is_the_slow_the_late_or_either():
    values = {one.name: one for one in disputed_values(EUROPE, ABOUT.missile, "sm-3-iib", RADARS, {})}
    assert against(values["sm-3-iib.burnout_speed"]) == (5000.0,)
    assert against(values["sm-3-iib.commit_delay"]) == (60.0,)
    assert against(values["icbm-10000.burn_time"]) == (180.0, 310.0)


def test_halving_finds_a_threshold_from_either_side():
    assert halved(lambda x: x >= 3.0, 0.0, 10.0) == pytest.approx(3.0, abs=10.0 / 500)
    assert halved(lambda x: x <= 3.0, 10.0, 0.0) == pytest.approx(3.0, abs=10.0 / 500)


def test_the_speed_at_which_a_flight_is_first_reached_lies_between_one_that_misses_and_one_that_hits():
    asked = question(problem(EUROPE, ABOUT, EUROPE.phase("2022").date, "sm-3-iib"), {})
    speed = speed_flip(asked)
    assert asked.at_speed(speed + 20.0).stated_s().max() > 0.0
    assert asked.at_speed(speed - 40.0).stated_s().max() < 0.0
    assert needed_speeds(asked)[asked.stated_row].min() == pytest.approx(speed, abs=60.0)


def test_shares_of_the_counted_warheads_are_plain_division():
    bound = Bound(100, 48, 10, 20, (1000, 2000))
    assert bound.share(10) == (0.005, 0.01)
    assert Bound(1, 1, 0, 0, None).share(1) is None
