"""The list of possible shots against what `engage` counts for the same flights."""

import numpy as np
import pytest

from synaspis.analyses._threat_run import defence
from synaspis.engagement import NEVER_S, engage, observe
from synaspis.engagement.shooting import possible_shots
from synaspis.engine.flight import BURNOUT
from synaspis.engine.targeting import Fan, aim
from synaspis.scenario import (
    Variant,
    architecture,
    launcher_arrays,
    load_scenario_document,
    missile_parameters,
)


@pytest.fixture(scope="module", params=["none", "agreements", "all"])
def case(request):
    """Flights from Tabriz to 60 places of Europe, the defence of 2018, and every possible shot."""
    scenario = load_scenario_document("europe")
    missile = scenario.missile("irbm-3500")
    plan = architecture(scenario, [Variant(scenario.phase("2018").date, sharing=request.param)])
    shield = defence(scenario, missile, plan)
    rng = np.random.default_rng(1)
    fan = Fan.at(missile_parameters(missile), np.radians(38.08), np.radians(46.29))
    flights = aim(fan, np.radians(rng.uniform(38, 55, 60)), np.radians(rng.uniform(5, 35, 60)))
    nodes = flights.nodes[flights.status == 0]
    burnout_s = flights.summary[flights.status == 0, BURNOUT].copy()
    tracks = observe(nodes, burnout_s, shield.radars, shield.satellites)
    batteries = shield.batteries._replace(assess_s=launcher_arrays(scenario.batteries).assess_s)
    return nodes, burnout_s, tracks, batteries, shield.rights, possible_shots(
        nodes, burnout_s, tracks, batteries, shield.rights
    )  # fmt: skip


def test_shots_in_turn_are_those_that_engage_counts_battery_by_battery(case):
    nodes, burnout_s, tracks, batteries, rights, shots = case
    count = batteries.commit_s.size
    alone = rights._replace(
        radar_on=np.repeat(rights.radar_on, count, axis=0),
        battery_on=rights.battery_on & np.eye(count, dtype=bool),
        track_delay_s=np.repeat(rights.track_delay_s, count, axis=0),
        guidance=np.repeat(rights.guidance, count, axis=0),
    )
    answer = engage(nodes, burnout_s, tracks, batteries, alone)
    assert np.minimum(shots.looks.T, 10).tolist() == answer.shots.tolist()
    assert shots.looks.max() >= 2
    first = shots.intercept_s.min(axis=2).T
    assert np.where(first < NEVER_S, first, 0) == pytest.approx(
        np.where(answer.earliest_s < NEVER_S, answer.earliest_s, 0), abs=1e-6
    )


def test_every_shot_is_launched_when_ready_and_meets_the_flight_later(case):
    nodes, burnout_s, _, batteries, _, shots = case
    there = shots.launch_s < NEVER_S
    assert there.any()
    assert (there == (shots.intercept_s < NEVER_S)).all()
    assert (shots.launch_s[there] < shots.intercept_s[there]).all()
    case_of, battery_of, _ = np.nonzero(there)
    assert (shots.launch_s[there] >= (burnout_s[case_of] + batteries.commit_s[battery_of]) - 1e-6).all()
    assert (shots.intercept_s[there] <= nodes[case_of, 0, -1] + 1e-6).all()


def test_too_many_nodes_are_refused(case):
    nodes, burnout_s, tracks, batteries, rights, _ = case
    with pytest.raises(ValueError, match="600 nodes are too many"):
        possible_shots(np.zeros((nodes.shape[0], 7, 600)), burnout_s, tracks, batteries, rights)
