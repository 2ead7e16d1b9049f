"""Values of a real region against the definition: the mean over all orders of joining, by `coverage`."""

from fractions import Fraction
from functools import cache
from itertools import permutations

import numpy as np
import pytest

from synaspis.analyses.cooperation import cooperation
from synaspis.analyses.coverage import coverage
from synaspis.scenario import load_scenario_document

GULF = load_scenario_document("gulf")
PHASE, THREAT, STEP_DEG = "2020", "iran-srbm-700", 2.0


@cache
def defended(partners: frozenset[str]) -> tuple[float, int]:
    """Area in m2 and people that some partners defend by themselves, asked of `coverage`."""
    if not partners:
        return 0.0, 0
    found = coverage(
        GULF, phases=[PHASE], threats=[THREAT], partners=sorted(partners), sharing="agreements",
        step_deg=STEP_DEG, contributions=False,
    )  # fmt: skip
    return float(found.defended_area[0, 0]), int(found.defended_population[0, 0])


def test_the_value_of_each_partner_of_the_gulf_is_its_mean_over_all_orders_of_joining():
    """As Shapley (1953) defines it: neither his formula over coalitions nor our chains are used."""
    found = cooperation(GULF, phase=PHASE, threats=[THREAT], step_deg=STEP_DEG, by=["partner"])
    mine = found.contributions["partner"]
    players = list(mine.players)
    assert len(players) >= 5
    orders = list(permutations(players))
    area, people = dict.fromkeys(players, 0.0), dict.fromkeys(players, Fraction(0))
    for order in orders:
        before = defended(frozenset())
        for at, name in enumerate(order, start=1):
            after = defended(frozenset(order[:at]))
            area[name] += after[0] - before[0]
            people[name] += after[1] - before[1]
            before = after
    expected = np.array([[area[name], float(people[name])] for name in players]) / len(orders)
    assert mine.shapley[:, 0, :2] == pytest.approx(expected, rel=1e-9, abs=1e-3)
    assert mine.methods[THREAT, "defended_population"].name == "exact"
    # It is a game: several add something, and not all the same.
    assert len(set(np.round(expected[:, 1]))) >= 4
