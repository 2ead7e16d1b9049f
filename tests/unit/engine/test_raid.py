"""The kernel that plays raids: its chance numbers are Philox, and it follows the rules shot by shot."""

from typing import NamedTuple

import numpy as np
import pytest

from synaspis.engine.raid import Chances, Counts, Shots, philox, play

KEY = np.array([0x243F6A8885A308D3, 0x13198A2E03707344], dtype=np.uint64)
CERTAIN = Chances(np.array([[1.0]]), 1.0, 0.0, True)
HOPELESS = Chances(np.array([[0.0]]), 1.0, 0.0, True)


def shots_of(rows, *, stock, volleys=(1,), group=None, assess_s=10.0, classes=None, margin=None) -> Shots:
    """rows: missile, battery, launch, intercept of each shot."""
    rows = sorted(rows, key=lambda row: (row[2], row[0], row[1]))
    missile, battery = (np.array([row[n] for row in rows]) for n in (0, 1))
    launch_s, intercept_s = (np.array([row[n] for row in rows], dtype=float) for n in (2, 3))
    missiles, batteries = missile.max() + 1, len(stock)
    group = np.zeros(batteries, dtype=np.int64) if group is None else np.array(group)
    margin = np.array(stock, dtype=float) if margin is None else np.array(margin, dtype=float)
    last_s = np.full((missiles, batteries), -1.0e9)
    np.maximum.at(last_s, (missile, battery), launch_s)
    prefer = np.full(missile.size, -1)
    for n in range(missile.size):
        able = (group == group[battery[n]]) & (last_s[missile[n]] >= launch_s[n])
        best = int(np.where(able, margin, -1.0).argmax())
        prefer[n] = best if margin[best] > margin[battery[n]] else -1
    return Shots(
        missile, battery, launch_s, intercept_s, group, np.zeros(batteries, dtype=np.int64),
        np.full(batteries, assess_s), np.array(stock), np.array(volleys),
        np.zeros(missiles, dtype=np.int64) if classes is None else np.array(classes),
        last_s, margin, prefer, float(intercept_s.max()) + 1.0,
    )  # fmt: skip


def words(*counter: int) -> list[int]:
    """Four numbers of numpy's generator, which adds one to the counter before it gives the first."""
    before = list(counter)
    before[0] -= 1
    generator = np.random.Philox(counter=np.array(before, dtype=np.uint64), key=KEY)
    return [int(word) for word in generator.random_raw(4)]


def unit(word: int) -> float:
    return (word >> 11) * 2.0**-53


class Slow(NamedTuple):
    """A raid played in plain Python with numpy's Philox."""

    plan: Shots
    chances: Chances

    def run(self, number: int) -> tuple[int, int, list[bool]]:
        plan, chances = self.plan, self.chances
        draw = words_of_run(number)
        kill = [row[int(unit(draw(0, kind, 0)[0]) * row.size)] for kind, row in enumerate(chances.kill)]
        left, total = list(plan.stock), 0
        killed: dict[int, float] = {}
        fired: dict[int, int] = {}
        used: dict[tuple[int, int], int] = {}
        clear: dict[tuple[int, int], float] = {}
        for e in range(plan.missile.size):
            i, b = int(plan.missile[e]), int(plan.battery[e])
            at, place = plan.launch_s[e] + 1e-3, (i, int(plan.group[b]))
            mates = [n for n in range(len(left)) if plan.group[n] == plan.group[b]]
            can = [n for n in mates if plan.last_s[i, n] >= plan.launch_s[e]]
            if left[b] == 0 or used.get(place, 0) == plan.volleys.size:
                continue
            if any(left[n] > 0 and plan.margin[n] > plan.margin[b] for n in can):
                continue
            if i in killed and killed[i] + plan.assess_s[b] <= at:
                continue
            outcome = clear.get(place, -1e9)
            if at < outcome <= max(plan.last_s[i, n] for n in mates) + 1e-3:
                continue
            salvo = min(int(plan.volleys[used.get(place, 0)]), left[b])
            used[place] = used.get(place, 0) + 1
            clear[place] = plan.intercept_s[e] + plan.assess_s[b]
            left[b] -= salvo
            total += salvo
            lost = unit(draw(1, int(plan.missile_class[i]), 0)[0]) < chances.class_failure
            track = unit(draw(2, i, 0)[0])
            for _ in range(salvo):
                shot = fired.get(i, 0) + 1
                fired[i] = shot
                luck = unit(draw(2, i, shot // 4)[shot % 4])
                if chances.common:
                    hit = luck < kill[plan.kind[b]] and not lost and track < chances.track
                else:
                    hit = luck < kill[plan.kind[b]] * chances.track * (1.0 - chances.class_failure)
                if hit:
                    killed[i] = min(killed.get(i, 1e9), plan.intercept_s[e])
        leaked = [i not in killed for i in range(plan.missile_class.size)]
        return sum(leaked), total, leaked


def words_of_run(number: int):
    def draw(stream: int, index: int, call: int) -> list[int]:
        return [int(word) for word in philox(KEY, np.array([[number, stream, index, call]], np.uint64))[0]]

    return draw


def random_raid(seed: int, common: bool) -> Slow:
    rng = np.random.default_rng(seed)
    rows = [
        (i, b, start := rng.uniform(0, 300), start + rng.uniform(20, 120))
        for i in range(6)
        for b in range(4)
        for _ in range(rng.integers(0, 5))
    ] + [(5, 3, 400.0, 450.0)]
    plan = shots_of(
        rows, stock=rng.integers(1, 8, 4), volleys=rng.integers(1, 4, rng.integers(1, 4)),
        group=rng.integers(0, 2, 4), classes=[0, 0, 0, 1, 1, 1], assess_s=15.0,
    )  # fmt: skip
    kill = np.sort(rng.uniform(0.2, 0.9, (1, 16)))
    return Slow(plan, Chances(kill, 0.8, 0.2, common))


def test_the_chance_numbers_are_those_of_numpys_philox():
    counters = [(1, 0, 0, 0), (7, 1, 2, 3), (2**63, 2**40, 5, 9)]
    assert philox(KEY, np.array(counters, dtype=np.uint64)).tolist() == [words(*each) for each in counters]


@pytest.mark.parametrize("common", [True, False])
@pytest.mark.parametrize("seed", range(8))
def test_every_run_goes_as_a_slow_look_at_the_rules_says(seed: int, common: bool):
    slow = random_raid(seed, common)
    runs = [slow.run(number) for number in range(60)]
    counts = play(KEY, 60, slow.plan, slow.chances)
    assert counts.leakers.tolist() == np.bincount([run[0] for run in runs], minlength=7).tolist()
    assert (
        counts.shots.tolist()
        == np.bincount([run[1] for run in runs], minlength=int(slow.plan.stock.sum()) + 1).tolist()
    )
    assert counts.leaked.tolist() == np.sum([run[2] for run in runs], axis=0).tolist()


def test_runs_are_the_same_however_many_are_asked_for():
    slow = random_raid(3, True)
    few, many = play(KEY, 100, slow.plan, slow.chances), play(KEY, 101, slow.plan, slow.chances)
    last = slow.run(100)
    assert (many.leakers - few.leakers).tolist() == [int(n == last[0]) for n in range(7)]


def test_counts_of_two_parts_add_up():
    one = play(KEY, 50, *random_raid(1, True))
    both = one + one
    assert isinstance(both, Counts)
    assert (both.leakers == 2 * one.leakers).all()
    assert (both.empty == 2 * one.empty).all()


def test_a_volley_waits_for_the_outcome_while_there_is_time_for_another():
    """Intercept at 50, known at 60: the launch at 20 waits, the one at 60 comes just in time."""
    plan = shots_of([(0, 0, 0, 50), (0, 0, 20, 55), (0, 0, 60, 80)], stock=[9], volleys=(2, 3))
    assert play(KEY, 10, plan, CERTAIN).fired.tolist() == [20]
    assert play(KEY, 10, plan, HOPELESS).fired.tolist() == [50]


def test_a_volley_does_not_wait_when_no_shot_would_be_left_after_it():
    plan = shots_of([(0, 0, 0, 50), (0, 0, 20, 55), (0, 0, 59, 80)], stock=[9], volleys=(2, 3))
    assert play(KEY, 10, plan, CERTAIN).fired.tolist() == [50]


def test_batteries_that_do_not_know_of_each_other_shoot_twice():
    rows = [(0, 0, 0, 50), (0, 1, 20, 55)]
    apart = shots_of(rows, stock=[5, 5], group=[0, 1])
    together = shots_of(rows, stock=[5, 5], group=[0, 0])
    assert play(KEY, 10, apart, CERTAIN).fired.tolist() == [10, 10]
    assert play(KEY, 10, together, CERTAIN).fired.tolist() == [10, 0]


def test_a_missile_is_left_to_the_battery_with_most_margin_while_that_one_has_interceptors():
    rows = [(0, 0, 0, 50), (0, 1, 20, 55), (1, 0, 100, 150), (1, 1, 120, 155)]
    plan = shots_of(rows, stock=[5, 1], margin=[1, 2], group=[0, 0])
    counts = play(KEY, 10, plan, CERTAIN)
    assert counts.fired.tolist() == [10, 10]
    assert counts.leaked.tolist() == [0, 0]


def test_stocks_end_and_the_time_is_kept():
    rows = [(i, 0, 10.0 * i, 10.0 * i + 5.0) for i in range(6)]
    counts = play(KEY, 7, shots_of(rows, stock=[4]), CERTAIN)
    assert counts.leaked.tolist() == [0, 0, 0, 0, 7, 7]
    assert counts.empty.sum() == 7
    assert np.flatnonzero(counts.empty[0]).tolist() == [int(30.0 / 56.0 * 128)]


def test_a_class_failure_lets_all_of_one_class_through_and_no_other():
    rows = [(i, 0, float(i), 100.0 + i) for i in range(4)]
    plan = shots_of(rows, stock=[9], classes=[0, 0, 1, 1])
    counts = play(KEY, 4000, plan, Chances(np.array([[1.0]]), 1.0, 0.5, True))
    assert counts.leakers[1] == counts.leakers[3] == 0
    # Both classes hold: a quarter; binomial standard deviation 27.
    assert abs(counts.leakers[0] - 1000) < 120
    assert abs(counts.leakers[2] - 2000) < 140


def test_the_same_luck_meets_every_architecture():
    """What another battery does at another missile changes nothing for this one, run by run."""
    alone = shots_of([(0, 0, 0, 50), (1, 0, 5, 55)], stock=[9], volleys=(2,))
    beside = shots_of(
        [(0, 0, 0, 50), (1, 0, 5, 55), (1, 1, 3, 40), (1, 1, 100, 140)],
        stock=[9, 9],
        volleys=(2,),
        group=[0, 1],
    )
    chances = Chances(np.array([[0.4]]), 0.9, 0.1, True)
    for number in range(0, 300, 50):
        one, two = play(KEY, number + 1, alone, chances), play(KEY, number + 1, beside, chances)
        assert one.leaked[0] == two.leaked[0]
        assert one.leaked[1] >= two.leaked[1]
