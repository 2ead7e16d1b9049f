"""Exact Shapley values of twelve partners on the grid of half a degree, against running coverage anew."""

from __future__ import annotations

from time import perf_counter

import numpy as np
from quiet import Timed

from synaspis.analyses.capability import compute
from synaspis.analyses.cooperation.games import defence_game, every_coalition
from synaspis.analyses.cooperation.shapley import shapley_of_table
from synaspis.analyses.coverage import coverage
from synaspis.engine.parameters import Floats
from synaspis.scenario import Scenario, load_scenario_document

PHASE, PARTNERS = "2018", 12


def dealt_out(scenario: Scenario) -> tuple[Scenario, list[list[str]]]:
    """Sites of the European study dealt out among twelve players, so that each has something to bring."""
    sites: dict[object, list[str]] = {}
    for asset in scenario.in_service(scenario.phase(PHASE).date):
        sites.setdefault(asset.entry.site or asset.id, []).append(asset.id)
    players: list[list[str]] = [[] for _ in range(PARTNERS)]
    for number, assets in enumerate(sites.values()):
        players[number % PARTNERS] += assets
    return scenario, players


def test_shapley_of_twelve_partners(timed: Timed) -> None:
    scenario, players = dealt_out(load_scenario_document("europe"))

    def run() -> list[Floats]:
        capability = compute(scenario, PHASE, step_deg=0.5)
        games = [defence_game(capability, threat, players) for threat in range(len(capability.threat_ids))]
        return [shapley_of_table(game.worths(every_coalition(PARTNERS))) for game in games]

    values = timed(run, rounds=3)
    begin = perf_counter()
    covered = coverage(scenario, phases=[PHASE], step_deg=0.5, contributions=False)
    naive_s = 2**PARTNERS * (perf_counter() - begin)
    for number, value in enumerate(values):
        whole = float(covered["defended_population"].values[0, number])
        assert np.isclose(value[:, 1].sum(), whole)
        assert (value >= -1e-6).all()
    timed.note.update(
        kind="coverage", target_s=60.0, naive_s=naive_s,
        what="exact Shapley of 12 partners, Europe at 0.5 deg, three threats, 2018, the flights included",
    )  # fmt: skip
