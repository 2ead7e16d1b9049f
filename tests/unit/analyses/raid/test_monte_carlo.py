"""Runs against closed forms, streams that are not shared, and results that do not depend on who runs them."""

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from synaspis.analyses.raid import KillProbability, leakage_of_mixed, simple_raid
from synaspis.analyses.raid.monte_carlo import BLOCK, leakage_of, play_raid, share_interval, streams
from synaspis.analyses.raid.planned import outcome_of, plan_of
from synaspis.analyses.raid.rules import Doubt, Rules, views
from synaspis.engine.raid import Chances, Shots


def alike(warheads: int, volleys: tuple[int, ...], *, stock: int = 10_000, kinds: int = 1) -> Shots:
    """Missiles of one class, each with a launch for every volley, by a battery of each kind in turn."""
    rows = [
        (i, v % kinds, 100.0 * v + i, 100.0 * v + i + 50.0)
        for v in range(len(volleys))
        for i in range(warheads)
    ]
    rows.sort(key=lambda row: row[2])
    missile, battery = (np.array([row[n] for row in rows]) for n in (0, 1))
    launch_s = np.array([row[2] for row in rows])
    last_s = np.full((warheads, kinds), -1.0e9)
    np.maximum.at(last_s, (missile, battery), launch_s)
    return Shots(
        missile, battery, launch_s, launch_s + 50.0, np.zeros(kinds, np.int64), np.arange(kinds),
        np.full(kinds, 10.0), np.full(kinds, stock), np.array(volleys), np.zeros(warheads, np.int64),
        last_s, np.ones(kinds), np.full(missile.size, -1), 1000.0,
    )  # fmt: skip


def played(shots: Shots, chances: Chances, seed: int, runs: int = 200_000):
    return play_raid(shots, (chances,), np.random.SeedSequence(seed), runs_max=runs, width=None)


@pytest.mark.parametrize(
    ("volleys", "track", "failure"), [((2,), 1.0, 0.0), ((2, 2), 0.9, 0.0), ((1, 1), 0.9, 0.2)]
)
def test_runs_match_the_closed_form_within_their_own_interval(volleys, track, failure):
    shots, known = alike(10, volleys), simple_raid(
        10, 0.8, volleys=volleys, track_probability=track, class_failure_probability=failure
    ).leakage  # fmt: skip
    found = leakage_of(played(shots, Chances(np.array([[0.8]]), track, failure, True), 11), 0)
    for name in ("p_no_leaker", "leakers_mean", "shots_mean"):
        estimate = getattr(found, name)
        assert estimate.low - 1e-9 <= getattr(known, name).value <= estimate.high + 1e-9, name
    spread = np.sqrt(known.pmf * (1.0 - known.pmf) / 200_000)
    assert (np.abs(found.pmf - known.pmf) <= 4.0 * spread + 1.0e-5).all()


def test_intervals_hold_the_truth_as_often_as_they_say():
    """Binomial: 100 seeds at 95 %, fewer than 88 has a probability of 0.2 %."""
    shots, chances = alike(5, (1,)), Chances(np.array([[0.7]]), 0.9, 0.1, True)
    known = simple_raid(
        5, 0.7, 1, track_probability=0.9, class_failure_probability=0.1
    ).leakage.p_no_leaker.value
    found = [leakage_of(played(shots, chances, seed, 2000), 0).p_no_leaker for seed in range(100)]
    assert sum(each.low <= known <= each.high for each in found) >= 88


def test_posteriors_are_drawn_once_a_run_for_all_shots():
    """The mean over the posterior, by quadrature in `simple_raid`; draws for each shot would spread less."""
    kill = KillProbability.from_tests(1, 3)
    known = simple_raid(6, kill, 2).leakage
    found = leakage_of(played(alike(6, (2,)), Chances(kill.quantiles(4096)[None, :], 1.0, 0.0, True), 2), 0)
    assert found.p_no_leaker.low <= known.p_no_leaker.value <= found.p_no_leaker.high
    assert found.pmf == pytest.approx(known.pmf, abs=5e-3)


def test_independent_failures_match_their_closed_form():
    known = simple_raid(10, 0.8, 2, track_probability=0.9, class_failure_probability=0.1).independent
    found = leakage_of(played(alike(10, (2,)), Chances(np.array([[0.8]]), 0.9, 0.1, False), 3), 0)
    assert found.p_no_leaker.low <= known.p_no_leaker.value <= found.p_no_leaker.high


def test_three_layers_leak_their_product():
    """Section 5.6 of the test cases: 0.8, 0.7 and 0.6 leave 0.024."""
    kills = dict(zip("abc", map(KillProbability.point, (0.8, 0.7, 0.6)), strict=True))
    rules = Rules((1, 1, 1), "full", kills, Doubt(1.0, 1.0, 1.0), Doubt(0.0, 0.0, 0.0))
    shots = alike(4, (1, 1, 1), kinds=3)
    planned = outcome_of(plan_of(shots), shots, rules)
    assert planned is not None
    assert planned.leaked == pytest.approx([0.024] * 4)
    assert planned.leakage.pmf == pytest.approx(leakage_of_mixed([0.024] * 4))
    # One shot each, a second at the fifth, a third at the 0.2 * 0.3 that are left.
    assert planned.fired == pytest.approx([4.0, 0.8, 0.24])
    runs = play_raid(shots, views(rules)[:1], np.random.SeedSequence(4), runs_max=200_000, width=None)
    assert runs.counts[0].fired / runs.runs == pytest.approx(planned.fired, abs=0.01)


def test_a_plan_that_a_stock_could_decide_is_no_closed_form():
    assert plan_of(alike(10, (2,), stock=20)).fits(np.array([20]))
    assert not plan_of(alike(10, (2,), stock=20)).fits(np.array([19]))


def test_two_base_seeds_share_no_stream():
    """Neighbouring seeds, on which seed arithmetic would collide at once."""
    keys = []
    for seed in (0, 1, 2, 3, 2**32, 2**64 + 1):
        stream = streams(np.random.SeedSequence(seed))
        keys += [next(stream) for _ in range(1000)]
    assert len(set(keys)) == 6000


def test_a_seed_gives_the_same_bytes_and_another_seed_others():
    shots, chances = alike(5, (2,)), Chances(np.array([[0.6]]), 0.9, 0.1, True)
    one, two, other = (played(shots, chances, seed, 30_000) for seed in (5, 5, 6))
    assert all((a == b).all() for a, b in zip(one.counts[0], two.counts[0], strict=True))
    assert (one.counts[0].leakers != other.counts[0].leakers).any()


def test_it_does_not_matter_who_runs_the_blocks():
    shots, chances = alike(5, (2,)), Chances(np.array([[0.6]]), 0.9, 0.1, True)

    def backwards(function, items):
        return iter([function(item) for item in reversed(list(items))][::-1])

    def elsewhere(function, items):
        with ThreadPoolExecutor(1) as pool:
            return iter(list(pool.map(function, list(items))))

    found = [
        play_raid(shots, (chances,), np.random.SeedSequence(8), runs_max=100_000, width=None, mapper=mapper)
        for mapper in (map, backwards, elsewhere)
    ]
    for each in found[1:]:
        assert all((a == b).all() for a, b in zip(each.counts[0], found[0].counts[0], strict=True))


def test_it_stops_when_the_interval_is_narrow_enough():
    shots, chances = alike(5, (2,)), Chances(np.array([[0.6]]), 0.9, 0.1, True)
    for width in (0.02, 0.004):
        found = play_raid(shots, (chances,), np.random.SeedSequence(1), runs_max=10**6, width=width)
        none = leakage_of(found, 0).p_no_leaker
        assert none.high - none.low <= width
        assert found.runs % BLOCK == 0
        assert found.runs < 10**6
    full = play_raid(shots, (chances,), np.random.SeedSequence(1), runs_max=70_001, width=1e-6)
    assert full.runs == 70_001
    assert full.counts[0].leakers.sum() == 70_001


def test_intervals_of_many_counts_are_those_of_each():
    """The definition of Clopper and Pearson, by the binomial sum at both ends."""
    low, high = share_interval(np.array([0, 3, 10]), 10)
    assert (low[0], high[2]) == (0.0, 1.0)
    at_least = sum(math.comb(10, n) * low[1] ** n * (1 - low[1]) ** (10 - n) for n in range(3, 11))
    at_most = sum(math.comb(10, n) * high[1] ** n * (1 - high[1]) ** (10 - n) for n in range(4))
    assert (at_least, at_most) == pytest.approx((0.025, 0.025), abs=1e-12)


def test_runs_that_are_all_alike_do_not_claim_to_be_certain():
    """Exact interval of no hit in n runs, 1 - 0.025^(1/n): of another number, up to either end."""
    chances = Chances(np.array([[0.5]]), 1.0, 0.0, True)
    one = leakage_of(played(alike(8, (1,)), chances, 3, 1), 0).leakers_mean
    unseen = 1.0 - 0.025
    assert 0.0 < one.value < 8.0
    assert one.low == pytest.approx(one.value * (1.0 - unseen))
    assert one.high == pytest.approx(one.value + (8.0 - one.value) * unseen)
    assert one.low <= 4.0 <= one.high  # the true mean


def test_the_mean_of_a_few_runs_holds_the_truth_as_often_as_it_says():
    """Binomial: of 200 intervals of 95 % of three runs each, fewer than 178 has a probability below 0.1 %."""
    shots, chances = alike(40, (1,)), Chances(np.array([[0.5]]), 1.0, 0.0, True)
    found = [leakage_of(played(shots, chances, seed, 3), 0).leakers_mean for seed in range(200)]
    assert sum(each.low <= 20.0 <= each.high for each in found) >= 178
