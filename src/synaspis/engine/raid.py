"""Many runs of a raid against a fixed list of possible shots; chance numbers by place, not by order.

A chance number is a function of key, run, missile and shot (Philox 4x64 with ten rounds), so that the same
run sees the same luck whatever the defence looks like, and it does not matter who computes which run.
J. K. Salmon et al., Parallel random numbers: as easy as 1, 2, 3 (2011),
https://doi.org/10.1145/2063384.2063405.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from synaspis.engine._jit import driver, lane, prange
from synaspis.engine.parameters import Floats

LANES = 64
TIME_BINS = 128
_NEVER_S = 1.0e9
_EQUAL_S = 1.0e-3
"""Two times closer than this are the same: a shot may be launched at the very end of an assessment."""

_MULTIPLY_0, _MULTIPLY_1 = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
_WEYL_0, _WEYL_1 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
_LOW, _HALF, _TO_UNIT = np.uint64(0xFFFFFFFF), np.uint64(32), 1.0 / 9007199254740992.0
_MANTISSA = np.uint64(11)
_OF_KIND, _OF_CLASS, _OF_MISSILE = np.uint64(0), np.uint64(1), np.uint64(2)


class Shots(NamedTuple):
    """All shots that are possible, in the order of their launch, and who may fire them.

    missile, battery: (shot,) indices. launch_s, intercept_s: (shot,). group: (battery,) batteries of one
    group share what they know and have one doctrine between them. kind: (battery,) row of the kill
    probabilities. assess_s: (battery,) from an intercept until its outcome is known. stock: (battery,).
    volleys: (volley,) shots of each. missile_class: (missile,) index.
    last_s: (missile, battery) launch of its last possible shot, below all times if there is none. A volley
    waits for the outcome of the one before if the group can shoot after it, and for the battery of the group
    with most margin while that one can shoot and has interceptors. margin: (battery,).
    prefer: (shot,) that battery, -1 if it is the one that shoots. end_s: latest of all times, above 0.
    """

    missile: NDArray[np.int64]
    battery: NDArray[np.int64]
    launch_s: Floats
    intercept_s: Floats
    group: NDArray[np.int64]
    kind: NDArray[np.int64]
    assess_s: Floats
    stock: NDArray[np.int64]
    volleys: NDArray[np.int64]
    missile_class: NDArray[np.int64]
    last_s: Floats
    margin: Floats
    prefer: NDArray[np.int64]
    end_s: float


class Chances(NamedTuple):
    """Probabilities.

    kill: (kind, quantile) of one shot, equally likely from left to right; one draw a run. track: that a
    missile is tracked, common to all shots at it. class_failure: of a failure common to all shots at all
    missiles of a class. common: False if each shot has a track and a class of its own.
    """

    kill: Floats
    track: float
    class_failure: float
    common: bool


class Counts(NamedTuple):
    """What happened in some runs; whole numbers, so that sums do not depend on their order.

    leakers: (W + 1,) runs by number of leakers. shots: (stock + 1,) runs by number of shots.
    leaked: (missile,) runs in which it got through. fired: (battery,) shots over all runs.
    empty: (battery, TIME_BINS) runs in which its last interceptor left, by time.
    """

    leakers: NDArray[np.int64]
    shots: NDArray[np.int64]
    leaked: NDArray[np.int64]
    fired: NDArray[np.int64]
    empty: NDArray[np.int64]

    def __add__(self, other: object) -> Counts:
        """Counts of both together."""
        assert isinstance(other, Counts)
        return Counts(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


@lane
def _high(a, b):  # type: ignore[no-untyped-def]
    """Upper half of the product of two 64-bit numbers."""
    a0, a1, b0, b1 = a & _LOW, a >> _HALF, b & _LOW, b >> _HALF
    middle = a1 * b0 + ((a0 * b0) >> _HALF)
    return a1 * b1 + (middle >> _HALF) + ((a0 * b1 + (middle & _LOW)) >> _HALF)


@lane
def _philox(k0, k1, c0, c1, c2, c3):  # type: ignore[no-untyped-def]
    """Four 64-bit numbers from a key and a counter."""
    for _ in range(10):
        h0, l0, h1, l1 = _high(_MULTIPLY_0, c0), _MULTIPLY_0 * c0, _high(_MULTIPLY_1, c2), _MULTIPLY_1 * c2
        c0, c1, c2, c3 = h1 ^ c1 ^ k0, l1, h0 ^ c3 ^ k1, l0
        k0, k1 = k0 + _WEYL_0, k1 + _WEYL_1
    return c0, c1, c2, c3


@lane
def _unit(word):  # type: ignore[no-untyped-def]
    """A 64-bit number as one in 0..1, 1 excluded."""
    return float(word >> _MANTISSA) * _TO_UNIT


@lane
def _kill(key, run, i, shot, luck, chance):  # type: ignore[no-untyped-def]
    """Whether the shot-th shot at a missile kills; luck: the four numbers at hand for each missile."""
    place = (shot + 1) & 3
    if place == 0:
        words = _philox(key[0], key[1], run, _OF_MISSILE, np.uint64(i), np.uint64((shot + 1) >> 2))
        for n in range(4):
            luck[i, n] = _unit(words[n])
    return luck[i, place] < chance


@lane
def _draw(key, run, kill, track, failure, common, missile_class, luck, chance, lost, blind):  # type: ignore[no-untyped-def]
    """Fill what a run is dealt: kill probability by kind, classes that are lost to all shots, first luck of
    each missile, whether it is lost to all shots.
    """
    for j in range(kill.shape[0]):
        word = _philox(key[0], key[1], run, _OF_KIND, np.uint64(j), np.uint64(0))[0]
        chance[j] = kill[j, int(_unit(word) * kill.shape[1])]
        if not common:
            chance[j] *= track * (1.0 - failure)
    for j in range(lost.size):
        word = _philox(key[0], key[1], run, _OF_CLASS, np.uint64(j), np.uint64(0))[0]
        lost[j] = common and _unit(word) < failure
    for i in range(missile_class.size):
        words = _philox(key[0], key[1], run, _OF_MISSILE, np.uint64(i), np.uint64(0))
        for n in range(4):
            luck[i, n] = _unit(words[n])
        blind[i] = lost[missile_class[i]] or (common and luck[i, 0] >= track)


@lane
def _yields(b, at, group, last_s, margin, left):  # type: ignore[no-untyped-def]
    """Whether a better battery of the group has interceptors and time for a shot."""
    for other in range(group.size):
        if group[other] == group[b] and left[other] > 0 and margin[other] > margin[b] and last_s[other] >= at:
            return True
    return False


@lane
def _last_of_group(i, g, group, last_s):  # type: ignore[no-untyped-def]
    """Last launch of a group against a missile."""
    last = -_NEVER_S
    for b in range(group.size):
        if group[b] == g:
            last = max(last, last_s[i, b])
    return last


@driver
def _play(  # type: ignore[no-untyped-def]
    key, runs, missile, battery, launch_s, intercept_s, group, kind, assess_s, stock, volleys, missile_class,
    last_s, margin, prefer, end_s, kill, track, failure, common, leakers, shots, leaked, fired, empty,
):  # fmt: skip
    """Play runs 0 to `runs` of a key; the last five arguments have one row a lane and come empty."""
    for lane_number in prange(LANES):
        missiles, batteries = missile_class.size, stock.size
        groups = group.max() + 1
        chance, luck = np.empty(kill.shape[0]), np.empty((missiles, 4))
        lost = np.empty(missile_class.max() + 1, np.bool_)
        blind, killed_s = np.empty(missiles, np.bool_), np.empty(missiles)
        used, wake_s = np.empty((missiles, groups), np.int64), np.empty((missiles, groups))
        last_of = np.empty((missiles, groups))
        for i in range(missiles):
            for g in range(groups):
                last_of[i, g] = _last_of_group(i, g, group, last_s)
        shot_at, left = np.empty(missiles, np.int64), np.empty(batteries, np.int64)
        for number in range(lane_number, runs, LANES):
            run = np.uint64(number)
            _draw(key, run, kill, track, failure, common, missile_class, luck, chance, lost, blind)
            killed_s[:], shot_at[:], left[:] = _NEVER_S, 0, stock
            used[:], wake_s[:] = 0, -_NEVER_S
            total = 0
            for e in range(missile.size):
                b, i, at = battery[e], missile[e], launch_s[e] + _EQUAL_S
                g = group[b]
                if at < wake_s[i, g] or left[b] == 0 or (prefer[e] >= 0 and left[prefer[e]] > 0):
                    continue
                if killed_s[i] + assess_s[b] <= at:
                    wake_s[i, g] = 2.0 * _NEVER_S
                    continue
                if prefer[e] >= 0 and _yields(b, launch_s[e], group, last_s[i], margin, left):
                    continue
                salvo = min(volleys[used[i, g]], left[b])
                used[i, g] += 1
                wake_s[i, g] = intercept_s[e] + assess_s[b]
                if wake_s[i, g] > last_of[i, g] + _EQUAL_S:  # no shot is possible after the outcome
                    wake_s[i, g] = -_NEVER_S
                if used[i, g] == volleys.size:
                    wake_s[i, g] = 2.0 * _NEVER_S
                left[b] -= salvo
                total += salvo
                fired[lane_number, b] += salvo
                if left[b] == 0:
                    empty[lane_number, b, min(int(launch_s[e] / end_s * TIME_BINS), TIME_BINS - 1)] += 1
                for _ in range(salvo):
                    hit = _kill(key, run, i, shot_at[i], luck, chance[kind[b]])
                    shot_at[i] += 1
                    if hit and not blind[i]:
                        killed_s[i] = min(killed_s[i], intercept_s[e])
            through = 0
            for i in range(missiles):
                if killed_s[i] >= _NEVER_S:
                    through += 1
                    leaked[lane_number, i] += 1
            leakers[lane_number, through] += 1
            shots[lane_number, total] += 1


def play(key: NDArray[np.uint64], runs: int, plan: Shots, chances: Chances) -> Counts:
    """Play some runs of a raid.

    key: (2,) of the stream. runs: how many; run n of a key is the same run whatever `runs` is.
    """
    missiles, batteries = plan.missile_class.size, plan.stock.size
    counts = Counts(
        np.zeros((LANES, missiles + 1), np.int64),
        np.zeros((LANES, int(plan.stock.sum()) + 1), np.int64),
        np.zeros((LANES, missiles), np.int64),
        np.zeros((LANES, batteries), np.int64),
        np.zeros((LANES, batteries, TIME_BINS), np.int64),
    )
    _play(key, runs, *plan, *chances, *counts)
    return Counts(*(part.sum(axis=0) for part in counts))


@driver
def _words(key, counters, words):  # type: ignore[no-untyped-def]
    for n in prange(counters.shape[0]):
        found = _philox(key[0], key[1], counters[n, 0], counters[n, 1], counters[n, 2], counters[n, 3])
        for place in range(4):
            words[n, place] = found[place]


def philox(key: NDArray[np.uint64], counters: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The chance numbers themselves, (counter, 4); key: (2,); counters: (counter, 4), all unsigned 64-bit."""
    words = np.empty_like(counters)
    _words(key, counters, words)
    return words
