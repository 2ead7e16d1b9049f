"""A raid of fifty missiles a million times, beside the same rules in numpy."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from quiet import Timed

from synaspis.engine.raid import Chances, Counts, Shots, play

MISSILES, BATTERIES, SLOTS = 50, 6, 8
KEY = np.array([1, 2], dtype=np.uint64)
CHANCES = Chances(np.array([[0.7]]), 0.95, 0.05, True)


def raid() -> Shots:
    """Fifty missiles in ten minutes, eight possible shots of six batteries at each; two, a look, two more."""
    rng = np.random.default_rng(7)
    missile, battery, _ = (part.ravel() for part in np.indices((MISSILES, BATTERIES, SLOTS)))
    launch_s = 12.0 * missile + rng.uniform(100.0, 500.0, missile.size)
    order = np.argsort(launch_s)
    missile, battery, launch_s = missile[order], battery[order], launch_s[order]
    last_s = np.full((MISSILES, BATTERIES), -1.0e9)
    np.maximum.at(last_s, (missile, battery), launch_s)
    stock = np.array([40, 40, 30, 30, 24, 24])
    return Shots(
        missile, battery, launch_s, launch_s + rng.uniform(60.0, 200.0, launch_s.size),
        np.zeros(BATTERIES, np.int64), np.zeros(BATTERIES, np.int64), np.full(BATTERIES, 15.0), stock,
        np.array([2, 2]), np.zeros(MISSILES, np.int64), last_s, np.zeros(BATTERIES),
        np.full(missile.size, -1), 1500.0,
    )  # fmt: skip


def play_with_numpy(runs: int, plan: Shots, chances: Chances) -> NDArray[np.int64]:
    """Leakers in each of some runs: all runs at once, one possible shot after the other."""
    rng = np.random.default_rng(1)
    lost = rng.random((runs, 1)) < chances.class_failure
    blind = lost | (rng.random((runs, MISSILES)) >= chances.track)
    killed_s = np.full((runs, MISSILES), 1.0e9)
    used = np.zeros((runs, MISSILES), np.int64)
    clear_s = np.full((runs, MISSILES), -1.0e9)
    left = np.tile(plan.stock, (runs, 1))
    last_s = plan.last_s.max(axis=1)
    for missile, battery, launch_s, hit_s in zip(
        plan.missile, plan.battery, plan.launch_s, plan.intercept_s, strict=True
    ):
        known_s = clear_s[:, missile]
        waits = (known_s > launch_s) & (known_s <= last_s[missile])
        ready = (left[:, battery] > 0) & (used[:, missile] < plan.volleys.size) & ~waits
        ready &= killed_s[:, missile] + plan.assess_s[battery] > launch_s
        salvo = np.minimum(plan.volleys[np.minimum(used[:, missile], 1)], left[:, battery]) * ready
        used[:, missile] += ready
        left[:, battery] -= salvo
        clear_s[ready, missile] = hit_s + plan.assess_s[battery]
        hit = rng.random(runs) < 1.0 - (1.0 - chances.kill[0, 0]) ** salvo
        hit &= ~blind[:, missile]
        killed_s[hit, missile] = np.minimum(killed_s[hit, missile], hit_s)
    return (killed_s >= 1.0e9).sum(axis=1)


@pytest.mark.parametrize("program", ["Synaspis", "numpy"])
def test_raid(timed: Timed, program: str) -> None:
    plan = raid()
    runs = 1_000_000 if program == "Synaspis" else 20_000

    def run() -> Counts | NDArray[np.int64]:
        return (
            play(KEY, runs, plan, CHANCES) if program == "Synaspis" else play_with_numpy(runs, plan, CHANCES)
        )

    found = timed(run, rounds=3)
    beside = play_with_numpy(20_000, plan, CHANCES)
    leakers = found.leakers @ np.arange(MISSILES + 1) / runs if isinstance(found, Counts) else found.mean()
    # Both play the same raid: a mean of 20,000 runs is known to its standard deviation over 141.
    assert abs(leakers - beside.mean()) < 5.0 * beside.std() / np.sqrt(20_000)
    timed.note.update(
        kind="raid", target_s=60.0, runs=runs, missiles=MISSILES, shots=int(plan.missile.size),
        what=f"{runs:,} runs of a raid of {MISSILES} missiles, {program}",
    )  # fmt: skip
