"""Closed form for a raid that no stock can decide: each missile has its own fixed plan of volleys."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from synaspis.analyses.raid.closed_form import leakage_of_mixed
from synaspis.analyses.raid.leakage import Leakage, leakage_over
from synaspis.analyses.raid.rules import Rules, between
from synaspis.engine.parameters import Floats
from synaspis.engine.raid import Shots

_EQUAL_S: Final = 1.0e-3
_NODES: Final = {1: 400, 2: 48, 3: 20}
"""Points of quadrature for each posterior, by how many there are."""
_CASES: Final = 41


class Volley(NamedTuple):
    """shots fired by a battery at a missile; outcomes of `known` (indices of earlier volleys) come before."""

    battery: int
    kind: int
    shots: int
    launch_s: float
    intercept_s: float
    known: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Plan:
    """volleys: at each missile, if none kills. demand: (battery,) shots if none kills."""

    volleys: tuple[tuple[Volley, ...], ...]
    demand: NDArray[np.int64]

    def fits(self, stock: NDArray[np.int64]) -> bool:
        """Whether no battery can run out."""
        return bool((self.demand <= stock).all())


def plan_of(shots: Shots) -> Plan:
    """The volleys that are fired at each missile as long as it flies, with stocks that do not end."""
    at: list[list[Volley]] = [[] for _ in range(shots.missile_class.size)]
    demand = np.zeros(shots.stock.size, dtype=np.int64)
    used: dict[tuple[int, int], int] = {}
    clear: dict[tuple[int, int], float] = {}
    rows = zip(
        shots.missile.tolist(), shots.battery.tolist(), shots.launch_s.tolist(), shots.intercept_s.tolist(),
        strict=True,
    )  # fmt: skip
    for missile, battery, launch_s, intercept_s in rows:
        place = (missile, int(shots.group[battery]))
        number = used.get(place, 0)
        now = launch_s + _EQUAL_S
        if number >= shots.volleys.size or not shots.stock[battery]:
            continue
        if _waits(shots, missile, battery, launch_s, clear.get(place, -np.inf)):
            continue
        assess_s = float(shots.assess_s[battery])
        known = tuple(n for n, each in enumerate(at[missile]) if each.intercept_s + assess_s <= now)
        size = int(shots.volleys[number])
        at[missile].append(Volley(battery, int(shots.kind[battery]), size, launch_s, intercept_s, known))
        used[place], clear[place] = number + 1, intercept_s + assess_s
        demand[battery] += size
    return Plan(tuple(map(tuple, at)), demand)


def _waits(shots: Shots, missile: int, battery: int, launch_s: float, clear_s: float) -> bool:
    """Whether a battery holds its fire, as in the kernel, with stocks that do not end."""
    group = (shots.group == shots.group[battery]) & (shots.stock > 0)
    last_s = shots.last_s[missile]
    outcome = (last_s + _EQUAL_S >= clear_s) & (launch_s + _EQUAL_S < clear_s)
    better = (shots.margin > shots.margin[battery]) & (last_s >= launch_s)
    return bool((group & (outcome | better)).any())


@dataclass(frozen=True, eq=False)
class PlannedOutcome:
    """What a plan comes to. leaked: (missile,) probability. fired: (battery,) mean shots."""

    leakage: Leakage
    independent: Leakage
    leaked: Floats
    fired: Floats


def outcome_of(plan: Plan, shots: Shots, rules: Rules) -> PlannedOutcome | None:
    """Leakage and shots of a plan over the doubt, in closed form; None for more than three posteriors.

    The distribution is averaged over the posteriors of the test records by Gauss-Jacobi quadrature; the
    interval is the least and most on the way from every value at its worst to every value at its best.
    """
    kills = list(rules.kills.values())
    posteriors = sum(kill.shape is not None for kill in kills)
    if posteriors > max(_NODES):
        return None
    degree = 2 * _NODES.get(posteriors, 1) - 1
    total = [
        max(sum(v.shots for row in plan.volleys for v in row if v.kind == n), 1) for n in range(len(kills))
    ]
    grids = [kill.nodes(min(degree, total[n])) for n, kill in enumerate(kills)]
    middle = (rules.track.value, rules.failure.value)
    parts: dict[bool, tuple[Floats, Floats, Floats]] = {}
    for common in (True, False):
        pmf, leaked, fired = (
            np.zeros(size) for size in (len(plan.volleys) + 1, len(plan.volleys), shots.stock.size)
        )
        for choice in product(*(range(points.size) for points, _ in grids)):
            weight = float(np.prod([grids[n][1][at] for n, at in enumerate(choice)]))
            kill = np.array([grids[n][0][at] for n, at in enumerate(choice)])
            each = _at(plan, shots, kill, *middle, common=common)
            pmf, leaked, fired = pmf + weight * each[0], leaked + weight * each[1], fired + weight * each[2]
        parts[common] = pmf, leaked, fired
    cases = [between(rules, part) for part in np.linspace(0.0, 1.0, 1 if rules.certain else _CASES)]
    spread = {common: [_at(plan, shots, *case, common=common) for case in cases] for common in (True, False)}
    leakages = [
        leakage_over(
            parts[common][0],
            float(parts[common][2].sum()),
            np.stack([each[0] for each in spread[common]]),
            np.array([each[2].sum() for each in spread[common]]),
        )
        for common in (True, False)
    ]
    return PlannedOutcome(leakages[0], leakages[1], parts[True][1], parts[True][2])


def _at(
    plan: Plan, shots: Shots, kill: Floats, track: float, failure: float, *, common: bool
) -> tuple[Floats, Floats, Floats]:
    """Distribution of leakers, leak probability of each missile and shots of each battery, for one case."""
    single = kill if common else kill * track * (1.0 - failure)
    reach = track if common else 1.0
    leak, fired = np.empty(len(plan.volleys)), np.zeros(shots.stock.size)
    seen = track * (1.0 - failure) if common else 1.0
    for missile, volleys in enumerate(plan.volleys):
        missed = [float((1.0 - single[each.kind]) ** each.shots) for each in volleys]
        leak[missile] = 1.0 - reach * (1.0 - float(np.prod(missed)))
        for each in volleys:
            still = float(np.prod([missed[n] for n in each.known]))
            fired[each.battery] += each.shots * (seen * still + 1.0 - seen)
    pmf = np.ones(1)
    for one in range(int(shots.missile_class.max()) + 1):
        mine = leak[shots.missile_class == one]
        of_class = leakage_of_mixed(mine)
        if common:
            of_class = (1.0 - failure) * of_class
            of_class[-1] += failure
        pmf = np.convolve(pmf, of_class)
    if common:
        leak = failure + (1.0 - failure) * leak
    return pmf, leak, fired
