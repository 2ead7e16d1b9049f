"""Margins: against the engagement kernel, against arithmetic, and in the order that physics demands."""

from itertools import pairwise

import numpy as np
import pytest

from synaspis.analyses.assurance.band import question
from synaspis.analyses.assurance.document import load_assurance_document
from synaspis.analyses.assurance.flights import ends_of, flown_between, latest_launches, launches
from synaspis.analyses.assurance.reach import Commit, problem
from synaspis.engagement import NEVER_S, Batteries, Rights, engage, observe
from synaspis.engine.flyout import flyout_table
from synaspis.scenario import (
    interceptor_parameters,
    launcher_arrays,
    load_scenario_document,
    missile_parameters,
    radar_arrays,
    satellite_arrays,
)

EUROPE = load_scenario_document("europe")
ABOUT = load_assurance_document(EUROPE)
DAY = EUROPE.phase("2022").date
IIB = problem(EUROPE, ABOUT, DAY, "sm-3-iib")
MISSILE = EUROPE.catalogue.missiles[ABOUT.missile]
STATED = list(Commit).index(Commit.AGREEMENTS)


def margins(**values):
    targets = {name.replace("__", "."): value for name, value in values.items()}
    return IIB.reach({f"sm-3-iib.{name}": value for name, value in targets.items()}).margin_s()


@pytest.mark.parametrize("speed_m_s", [5500.0, 6300.0, 7000.0, 9000.0])
def test_what_is_reached_as_stated_is_what_the_engagement_kernel_engages(speed_m_s):
    """Another program: the compiled kernel of `coverage`, with an interceptor that needs no guidance."""
    flights = launches(ABOUT, missile_parameters(MISSILE))
    tracks = observe(
        flights.nodes,
        flights.burnout_s,
        radar_arrays(EUROPE.radars, MISSILE),
        satellite_arrays(EUROPE.satellites),
    )
    number = [asset.id for asset in EUROPE.batteries].index("redzikowo-sm-3-iib")
    launcher = launcher_arrays(EUROPE.batteries)
    item = EUROPE.catalogue.interceptors["sm-3-iib"]
    table = flyout_table(interceptor_parameters(item)._replace(burnout_speed_m_s=speed_m_s))
    batteries = Batteries(
        launcher.position_ecef_m[number : number + 1], np.zeros(1, np.int64), (table,),
        launcher.commit_s[number : number + 1], launcher.assess_s[number : number + 1], np.array([1e6]),
    )  # fmt: skip
    plan = IIB.rights
    rights = Rights(
        plan.sensor_on[1:2], plan.battery_on[1:2, number : number + 1],
        plan.track_delay_s[1:2, :, number : number + 1], plan.guidance[1:2, :, number : number + 1],
    )  # fmt: skip
    engaged = engage(flights.nodes, flights.burnout_s, tracks, batteries, rights).shots[0] > 0
    margin_s = margins(burnout_speed=speed_m_s)[STATED, :, 0]
    # Ours looks between nodes as well, so that a margin of a few seconds may differ.
    clear = np.abs(margin_s) > 10.0
    assert (engaged == (margin_s >= 0.0))[clear].all()
    assert clear.sum() > 40


def test_a_second_more_of_commit_delay_is_a_second_less_of_margin():
    base, later = margins(commit_delay=30.0), margins(commit_delay=41.0)
    both = np.isfinite(base)
    assert both.any()
    np.testing.assert_allclose(base[both] - later[both], 11.0, atol=1e-9)


def test_no_launch_is_before_burnout_and_the_report_of_it():
    """Satellite: burnout, then the report delay of 15 s, the delay of the owner's network of 2 s, 30 s."""
    flights = launches(ABOUT, missile_parameters(MISSILE))
    ready_s = IIB.reach().ready_s[-1, :, 0]
    np.testing.assert_allclose(ready_s - flights.burnout_s, 15.0 + 2.0 + 30.0, atol=1e-9)


def test_more_sharing_and_earlier_knowledge_never_take_margin_away():
    found = margins(burnout_speed=7000.0)
    for later, earlier in pairwise(found):  # in the order of `Commit`
        assert (earlier >= later).all()


def test_a_faster_interceptor_never_has_less_margin():
    speeds = [margins(burnout_speed=speed)[-1] for speed in (4500.0, 5500.0, 6300.0, 9000.0)]
    for slower, faster in pairwise(speeds):
        assert (faster >= slower - 0.5).all()


def test_nothing_is_met_before_burnout_or_below_the_least_altitude():
    """The trap of a mean speed along a straight line, whose least always lies at the impact point."""
    item = EUROPE.catalogue.interceptors["sm-3-iib"]
    missile = missile_parameters(MISSILE)
    battery = IIB.batteries[0]
    site = ((battery.latitude_rad, battery.longitude_rad, battery.height_m),)
    fields, aims = ends_of(ABOUT)
    interceptor = interceptor_parameters(item)._replace(burnout_speed_m_s=9000.0)
    latest, meet = latest_launches(missile, fields, aims, site, interceptor)
    flights = flown_between(missile, fields, aims)
    met = latest[:, 0] > -NEVER_S
    assert met.any()
    at = np.abs(flights.time_s - meet).argmin(axis=1)
    height = flights.height_m[np.arange(at.size), at]
    assert (height[met] >= item.minimum_altitude.si - 1.0).all()
    assert (meet[met, 0] >= flights.burnout_s[met]).all()
    assert (meet[met, 0] < flights.nodes[met, 0, -1]).all()


def test_the_band_holds_what_is_stated():
    band = question(IIB, {"sm-3-iib.burnout_speed": 6300.0}).band()
    assert (band.least_s <= band.stated_s).all()
    assert (band.greatest_s >= band.by_commit_s.max(axis=0)).all()


def test_a_flight_beyond_the_range_of_the_class_is_left_out():
    flights = launches(ABOUT, missile_parameters(MISSILE))
    pairs = set(zip(flights.field.tolist(), flights.city, strict=True))
    tatishchevo = list(ABOUT.fields).index("tatishchevo")
    assert (tatishchevo, "Boston") in pairs
    assert (tatishchevo, "Los Angeles") not in pairs
