"""Closed forms against the published tables, and against counting every case one by one."""

from itertools import product

import numpy as np
import pytest

from synaspis.analyses.raid import (
    leakage_of_mixed,
    leakage_pmf,
    random_allocation_pmf,
    required_shots,
    required_track_probability,
    required_warhead_kill_probability,
    salvo_kill_probability,
    volley_shots_mean,
)

SALVO = {
    0.3: (0.3000, 0.5100, 0.6570, 0.7599, 0.8319),
    0.5: (0.5000, 0.7500, 0.8750, 0.9375, 0.9688),
    0.8: (0.8000, 0.9600, 0.9920, 0.9984, 0.9997),
    0.9: (0.9000, 0.9900, 0.9990, 0.9999, 1.0000),
}
REQUIRED_KILL = {
    0.80: (0.8000, 0.8944, 0.9564, 0.9779, 0.9889, 0.9956, 0.9978),
    0.90: (0.9000, 0.9487, 0.9792, 0.9895, 0.9948, 0.9979, 0.9990),
    0.95: (0.9500, 0.9747, 0.9898, 0.9949, 0.9974, 0.9990, 0.9995),
}
REQUIRED_SHOTS = {1: (5, 4, 3, 2, 2, 1, 1), 5: (9, 7, 5, 4, 3, 2, 2), 10: (11, 8, 6, 5, 4, 3, 2)}


@pytest.mark.parametrize("kill", SALVO)
def test_salvo_kill_probabilities_are_those_of_the_table(kill):
    """Section 2.2 of the published numbers, to its four digits."""
    found = [float(salvo_kill_probability(kill, shots)) for shots in range(1, 6)]
    assert found == pytest.approx(SALVO[kill], abs=5.1e-5)


@pytest.mark.parametrize("wanted", REQUIRED_KILL)
def test_required_kill_probabilities_are_those_of_the_table(wanted):
    """Section 2.2 of the published numbers, whose last digit is rounded now up, now to the nearest."""
    counts = (1, 2, 5, 10, 20, 50, 100)
    found = [required_warhead_kill_probability(wanted, warheads) for warheads in counts]
    assert found == pytest.approx(REQUIRED_KILL[wanted], abs=1.0e-4)
    assert [share**warheads for share, warheads in zip(found, counts, strict=True)] == pytest.approx(
        [wanted] * 7
    )


@pytest.mark.parametrize("warheads", REQUIRED_SHOTS)
def test_required_shots_are_those_of_the_table(warheads):
    """Section 2.2 of the published numbers."""
    found = tuple(required_shots(0.8, warheads, k) for k in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9))
    assert found == REQUIRED_SHOTS[warheads]


@pytest.mark.parametrize(("kill", "shots"), [(0.8, (1, 2, 3, 3, 4)), (0.5, (3, 5, 6, 7, 8))])
def test_required_shots_of_the_test_cases(kill, shots):
    """Section 5.6 of the test cases."""
    assert tuple(required_shots(0.8, warheads, kill) for warheads in (1, 4, 10, 20, 50)) == shots


@pytest.mark.parametrize(("warheads", "kill", "track"), [(1, 0.3, 1.0), (7, 0.55, 0.99), (40, 0.9, 0.999)])
def test_required_shots_are_the_least_that_are_enough(warheads, kill, track):
    shots = required_shots(0.8, warheads, kill, track)
    assert shots is not None
    reached = [float(salvo_kill_probability(kill, n, track)) ** warheads for n in (shots - 1, shots)]
    assert reached[0] < 0.8 <= reached[1]


def test_no_number_of_shots_is_enough_at_or_below_the_floor_of_the_track_probability():
    floor = 0.8 ** (1 / 10)
    assert required_shots(0.8, 10, 0.8, floor) is None
    assert required_shots(0.8, 10, 0.8, floor - 1e-3) is None
    assert required_shots(0.8, 10, 0.8, floor + 1e-3) is not None
    assert required_shots(0.8, 10, 0.0) is None
    assert required_shots(0.8, 10, 1.0, floor + 1e-9) == 1


def test_a_common_failure_can_forbid_every_number():
    assert required_warhead_kill_probability(0.8, 3, 0.3) is None
    assert required_shots(0.8, 3, 0.9, 1.0, 0.3) is None
    assert required_warhead_kill_probability(0.8, 3, 0.2) == pytest.approx(1.0)


def test_required_track_probability_gives_back_the_benchmark():
    track = required_track_probability(0.8, 10, 0.8, 3)
    assert track is not None
    assert float(salvo_kill_probability(0.8, 3, track)) ** 10 == pytest.approx(0.8, rel=1e-12)
    assert required_track_probability(0.8, 10, 0.8, 1) is None


def test_leakage_is_binomial():
    """Section 5.6 of the test cases: four warheads, leak probability 0.04."""
    known = (0.84934656, 0.14155776, 0.00884736, 0.00024576, 2.56e-6)
    assert leakage_pmf(4, 0.96) == pytest.approx(known, rel=1e-12)


def test_leakage_with_a_common_failure_is_the_binomial_or_everything():
    found = leakage_pmf(4, 0.96, 0.1)
    assert found[:4] == pytest.approx([0.9 * p for p in (0.84934656, 0.14155776, 0.00884736, 0.00024576)])
    assert found[4] == pytest.approx(0.1 + 0.9 * 2.56e-6)


def test_leakage_of_mixed_missiles_counts_every_case():
    leak = [0.1, 0.35, 0.5, 0.9, 0.024]
    counted = np.zeros(6)
    for case in product((0, 1), repeat=5):
        counted[sum(case)] += np.prod([p if hit else 1 - p for p, hit in zip(leak, case, strict=True)])
    assert leakage_of_mixed(leak) == pytest.approx(counted, rel=1e-12)
    assert leakage_of_mixed([0.04] * 4) == pytest.approx(leakage_pmf(4, 0.96), rel=1e-12)


@pytest.mark.parametrize(
    ("volleys", "leakers", "shots"), [((1, 1), 0.4, 12.0), ((2, 1), 0.08, 20.4), ((2, 2), 0.016, 20.8)]
)
def test_shoot_look_shoot_of_the_test_cases(volleys, leakers, shots):
    """Section 5.6 of the test cases: ten warheads, k = 0.8."""
    assert 10 * (1 - float(salvo_kill_probability(0.8, sum(volleys)))) == pytest.approx(leakers, rel=1e-12)
    assert 10 * float(volley_shots_mean(0.8, volleys)) == pytest.approx(shots, rel=1e-12)


def test_shots_in_vain_are_all_fired():
    assert float(volley_shots_mean(0.8, (2, 2), 1.0)) == 4.0
    assert float(volley_shots_mean(0.8, (2, 2), 0.25)) == pytest.approx(0.75 * 2.08 + 0.25 * 4)


def test_interceptors_that_pick_at_random_leave_more():
    """Section 5.6 of the test cases: 1.886933291628 leakers instead of 0.4."""
    assert random_allocation_pmf(10, 20, 0.8) @ np.arange(11) == pytest.approx(1.886933291628, abs=1e-12)


@pytest.mark.parametrize(("track", "failure"), [(1.0, 0.0), (0.7, 0.0), (0.7, 0.2)])
def test_random_picks_count_every_case(track, failure):
    """Three warheads and three interceptors: every pick, every hit, every track, one by one."""
    kill, counted = 0.6, np.zeros(4)
    for tracked in product((0, 1), repeat=3):
        for picks in product(range(3), repeat=3):
            for hits in product((0, 1), repeat=3):
                killed = {w for w, hit in zip(picks, hits, strict=True) if hit and tracked[w]}
                weight = np.prod([track if t else 1 - track for t in tracked]) / 27
                counted[3 - len(killed)] += weight * np.prod([kill if h else 1 - kill for h in hits])
    counted *= 1 - failure
    counted[3] += failure
    assert random_allocation_pmf(3, 3, kill, track, failure) == pytest.approx(counted, rel=1e-12)


def test_independent_shots_are_the_optimistic_bound():
    for shots in (1, 2, 5):
        common = float(salvo_kill_probability(0.8, shots, 0.9))
        own = float(salvo_kill_probability(0.8, shots, 0.9, common=False))
        assert own >= common
        assert (own == pytest.approx(common)) == (shots == 1)
