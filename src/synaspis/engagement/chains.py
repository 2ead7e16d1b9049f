"""Which radars and batteries suffice against each flight, as logic for many subsets at once.

Under given rights a flight is engaged by a subset of the assets if one battery of the subset has a radar of
the subset to launch on in time, and radars of the subset to guide it. That is a monotone formula of yes and
no: an OR over batteries of an OR over radars to launch on of an AND with an OR over sets of guiding radars. A
subset is one bit of a word, so one pass over the formulas answers for 64 subsets in each word.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from synaspis.engagement.engage import _shoot
from synaspis.engagement.observe import NEVER_S
from synaspis.engagement.opportunities import Ints, Opportunities
from synaspis.engine._jit import driver, prange, scalar
from synaspis.engine.parameters import Floats

Words = NDArray[np.uint64]

_SET_ENDS: Final = -1
_LAUNCH: Final = -2
_SETS_MAX: Final = 1024
_GUIDES_MAX: Final = 62
_BLOCK: Final = 64
"""Words that one pass over a formula works on: 4,096 subsets."""


class Chains(NamedTuple):
    """Formulas of all flights, in the order of `Opportunities`.

    first_pair, battery: as there. first_step: (pair + 1,). step: the formula of a pair as a list of steps: a
    number r of 0 or more puts radar r into the set of guides that is being gathered; -1 closes that set and
    adds it to those that suffice (an empty one: no guide is needed); -2 - r launches on radar r with the
    sets so far.
    """

    first_pair: Ints
    battery: NDArray[np.int16]
    first_step: Ints
    step: NDArray[np.int16]


def chains(
    known: Opportunities,
    track_delay_s: Floats,
    guidance: NDArray[np.bool_],
    commit_s: Floats,
    assess_s: Floats,
    homing_s: Floats,
    required: int = 1,
) -> Chains:
    """Formulas of all flights under given rights.

    track_delay_s: (radar, battery), infinite where the battery may not launch on the radar. guidance: (radar,
    battery). commit_s, assess_s, homing_s: (battery,), see `Batteries`. required: shots that one battery must
    fit in, 1 to 10; several shots may each have another guide, so that sets of up to as many radars count.
    Raises ValueError for a flight with more than 62 guides or 1,024 smallest sets of them.
    """
    pairs = known.battery.size
    arguments = (
        known.first_pair, known.battery, known.first_slot, known.time_s, known.launch_by_s,
        known.known_s, known.firm_s, known.lost_s, np.minimum(track_delay_s, NEVER_S), guidance,
        commit_s, np.minimum(assess_s, NEVER_S), homing_s, required,
    )  # fmt: skip
    length = np.zeros(pairs, np.int64)
    _formulas(*arguments, np.zeros(1, np.int64), np.empty(0, np.int16), length)
    if (length < 0).any():
        what = f"a flight has more than {_GUIDES_MAX} guides or {_SETS_MAX} smallest sets of them"
        raise ValueError(f"{what}; ask for fewer shots")
    first_step = np.concatenate([[0], np.cumsum(length)])
    step = np.empty(first_step[-1], np.int16)
    _formulas(*arguments, first_step, step, length)
    return Chains(known.first_pair, known.battery, first_step, step)


@scalar
def _shots(chosen, guides, i, ready, low, high, assess, homing, time_s, launch_by, firm_s, lost_s):  # type: ignore[no-untyped-def]
    """Shots that fit in with a set of guides, a mask of places in `guides`."""
    size = 0
    for place in range(_GUIDES_MAX):
        size += (chosen >> place) & 1
    on, guiding = np.ones((1, max(size, 1)), np.bool_), np.zeros((1, max(size, 1), 1), np.bool_)
    firm, lost = np.zeros((1, max(size, 1))), np.zeros((1, max(size, 1)))
    at = 0
    for place in range(_GUIDES_MAX):
        if (chosen >> place) & 1:
            guiding[0, at, 0], firm[0, at], lost[0, at] = (
                True,
                firm_s[i, guides[place]],
                lost_s[i, guides[place]],
            )
            at += 1
    nodes = time_s[low:high].reshape(1, 1, high - low)
    shots, _, _, _ = _shoot(
        0, 0, 0, 0, ready, assess, homing, nodes, launch_by[low:high], on, guiding, firm, lost
    )
    return shots


@scalar
def _next_choice(places, count, size):  # type: ignore[no-untyped-def]
    """Turn `places` into the next choice of `size` of `count` things; whether there was one."""
    k = size - 1
    while k >= 0 and places[k] == count - size + k:
        k -= 1
    if k < 0:
        return False
    places[k] += 1
    for later in range(k + 1, size):
        places[later] = places[later - 1] + 1
    return True


@scalar
def _launchers(i, b, last, known_s, delay_s, commit, radars, ready):  # type: ignore[no-untyped-def]
    """Fill in what the battery can launch on and from when, the latest first; returns how many."""
    count = 0
    for r in range(known_s.shape[1]):
        if known_s[i, r] >= NEVER_S or delay_s[r, b] >= NEVER_S:
            continue
        moment = known_s[i, r] + delay_s[r, b] + commit
        if moment > last:
            continue
        k = count
        while k > 0 and ready[k - 1] < moment:
            ready[k], radars[k] = ready[k - 1], radars[k - 1]
            k -= 1
        ready[k], radars[k] = moment, r
        count += 1
    return count


@scalar
def _new_set(chosen, sets, count):  # type: ignore[no-untyped-def]
    """Whether a set of guides holds none that suffices already."""
    new = True
    for k in range(count):
        new = new and (chosen & sets[k]) != sets[k]
    return new


@scalar
def _put(step, at, value):  # type: ignore[no-untyped-def]
    """Write a step where there is room; returns the next place."""
    if step.size > 0:
        step[at] = value
    return at + 1


@driver
def _formulas(  # type: ignore[no-untyped-def]
    first_pair, battery, first_slot, time_s, launch_by, known_s, firm_s, lost_s, delay_s, guidance,
    commit, assess, homing, required, first_step, step, length,
):  # fmt: skip
    """Count the steps of each pair and, where `step` has room, write them; a length of -1 is too many."""
    for i in prange(first_pair.size - 1):
        radars, ready = np.empty(known_s.shape[1], np.int64), np.empty(known_s.shape[1])
        guides, places = np.empty(_GUIDES_MAX, np.int64), np.empty(_GUIDES_MAX, np.int64)
        sets = np.empty(_SETS_MAX, np.int64)
        for pair in range(first_pair[i], first_pair[i + 1]):
            length[pair] = _formula(
                i, battery[pair], first_slot[pair], first_slot[pair + 1], time_s, launch_by, known_s, firm_s,
                lost_s, delay_s, guidance, commit, assess, homing, required,
                first_step[min(pair, first_step.size - 1)], step, radars, ready, guides, places, sets,
            )  # fmt: skip


@scalar
def _formula(  # type: ignore[no-untyped-def]
    i, b, low, high, time_s, launch_by, known_s, firm_s, lost_s, delay_s, guidance, commit, assess, homing,
    required, begin, step, radars, ready, guides, places, sets,
):  # fmt: skip
    """Write the formula of one pair; returns its length, -1 if it is too long."""
    last = launch_by[low:high].max()
    count = _launchers(i, b, last, known_s, delay_s, commit[b], radars, ready)
    if count == 0:
        return 0
    with_guide = 0
    for r in range(known_s.shape[1]):
        if not guidance[r, b] or firm_s[i, r] >= NEVER_S:
            continue
        if with_guide == _GUIDES_MAX:
            return -1
        guides[with_guide] = r
        if _shots(
            1 << with_guide, guides, i, ready[count - 1], low, high, assess[b], homing[b],
            time_s, launch_by, firm_s, lost_s,
        ) > 0:  # fmt: skip
            with_guide += 1
    largest = 1 if assess[b] >= NEVER_S else required
    at, found, free = begin, 0, False
    for k in range(count):
        if not free:
            free = _shots(
                0, guides, i, ready[k], low, high, assess[b], homing[b], time_s, launch_by, firm_s, lost_s
            ) >= required  # fmt: skip
            if free:
                at = _put(step, at, _SET_ENDS)
        for size in range(1, 0 if free else min(largest, with_guide) + 1):
            places[:size] = np.arange(size)
            more = True
            while more:
                chosen = 0
                for n in range(size):
                    chosen |= 1 << places[n]
                if _new_set(chosen, sets, found) and _shots(
                    chosen, guides, i, ready[k], low, high, assess[b], homing[b],
                    time_s, launch_by, firm_s, lost_s,
                ) >= required:  # fmt: skip
                    if found == _SETS_MAX:
                        return -1
                    sets[found] = chosen
                    found += 1
                    for n in range(size):
                        at = _put(step, at, guides[places[n]])
                    at = _put(step, at, _SET_ENDS)
                more = _next_choice(places, with_guide, size)
        if free or found > 0:
            at = _put(step, at, _LAUNCH - radars[k])
    return at - begin


def sufficient_radars(steps: NDArray[np.int16]) -> Iterator[frozenset[int]]:
    """Sets of radars that each suffice by a formula: one to launch on and those that guide."""
    guides: list[frozenset[int]] = []
    gathered: set[int] = set()
    for word in steps.tolist():
        if word >= 0:
            gathered.add(word)
        elif word == _SET_ENDS:
            guides.append(frozenset(gathered))
            gathered = set()
        else:
            yield from (each | {_LAUNCH - word} for each in guides)


def fulfilled(found: Chains, radars: Words, batteries: Words, first_case: Ints, case: Ints) -> Words:
    """Which groups of flights are engaged to the last one, for many subsets of assets.

    radars: (radar, word), batteries: (battery, word); bit k of all words is subset k: set where the asset is
    in it. first_case: (group + 1,), case: the flights of each group; a group without flights is not
    fulfilled.
    Returns (group, word).
    """
    answer = np.zeros((first_case.size - 1, radars.shape[1]), np.uint64)
    _fulfil(*found, radars, batteries, first_case, case, answer)
    return answer


@driver
def _fulfil(first_pair, battery, first_step, step, radars, batteries, first_case, case, answer):  # type: ignore[no-untyped-def]
    """Put the subsets through every formula, a block of words at a time."""
    blocks = (answer.shape[1] + _BLOCK - 1) // _BLOCK
    for job in prange((first_case.size - 1) * blocks):
        group, begin = job // blocks, (job % blocks) * _BLOCK
        size = min(_BLOCK, answer.shape[1] - begin)
        every = np.full(size, np.uint64(0xFFFFFFFFFFFFFFFF))
        some, one, guided, chosen = every.copy(), every.copy(), every.copy(), every.copy()
        for entry in range(first_case[group], first_case[group + 1]):
            i = case[entry]
            some[:] = 0
            for pair in range(first_pair[i], first_pair[i + 1]):
                one[:], guided[:], chosen[:] = 0, 0, 0xFFFFFFFFFFFFFFFF
                for at in range(first_step[pair], first_step[pair + 1]):
                    word = step[at]
                    if word >= 0:
                        for w in range(size):
                            chosen[w] &= radars[word, begin + w]
                    elif word == _SET_ENDS:
                        for w in range(size):
                            guided[w] |= chosen[w]
                        chosen[:] = 0xFFFFFFFFFFFFFFFF
                    else:
                        for w in range(size):
                            one[w] |= radars[_LAUNCH - word, begin + w] & guided[w]
                for w in range(size):
                    some[w] |= one[w] & batteries[battery[pair], begin + w]
            for w in range(size):
                every[w] &= some[w]
        if first_case[group] < first_case[group + 1]:
            answer[group, begin : begin + size] = every
