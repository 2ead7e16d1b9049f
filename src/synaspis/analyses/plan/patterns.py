"""From flights to requirements: which candidates have to stand for which cells, equal cells together."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from synaspis.analyses.capability import Capability, Family
from synaspis.analyses.plan.problem import Group, Means

Ways = frozenset[Means]
"""Means of which one has to stand; an empty set cannot be met."""


@dataclass(frozen=True, eq=False)
class Patterns:
    """What cells ask for.

    means, groups: of a `Problem`. partners: with threatened people, and "" for land of no partner.
    reach: (partner,) threatened people. always: (partner,) those who are defended by what stands.
    never: (partner,) those whom no candidate can help. cells: threatened ones; flights: all of them;
    requirements: different ones.
    """

    means: tuple[Means, ...]
    groups: tuple[Group, ...]
    partners: tuple[str, ...]
    reach: tuple[float, ...]
    always: tuple[float, ...]
    never: tuple[float, ...]
    cells: int
    flights: int
    requirements: int


def patterns_of(capability: Capability, candidates: Collection[str], *, stock_counts: bool) -> Patterns:
    """Merge the cells of a capability that ask for the same.

    candidates: ids of assets that may or may not be there; all others stand. stock_counts: whether the
    batteries that can engage matter, or only that there is one.
    """
    free = frozenset(candidates)
    asked: list[set[Ways]] = [set() for _ in range(capability.population.size)]
    flights = 0
    for threat, found in zip(capability.flights, capability.families(), strict=True):
        flights += threat.cell.size
        ways = [_ways(capability, family, free, stock_counts) for family in found.sets]
        for cell, family in zip(threat.cell.tolist(), found.family.tolist(), strict=True):
            asked[cell].add(ways[family])
    return _merged(capability, asked, flights, stock_counts)


def _ways(capability: Capability, family: Family, free: frozenset[str], stock_counts: bool) -> Ways:
    """Sets of assets that suffice, as what has to be built of each for its one battery."""
    batteries = frozenset(capability.battery_ids)
    ways = {Means(battery, assets & free) for assets in family for battery in assets & batteries}
    return smallest(ways, stock_counts)


def smallest(ways: Collection[Means], stock_counts: bool) -> Ways:
    """The means that need no more than another one; with stocks, only those of one battery are compared."""
    kept: list[Means] = []
    for one in sorted(ways, key=lambda w: (len(w.needs), w.battery, sorted(w.needs))):
        if not any(
            other.needs <= one.needs and (other.battery == one.battery or not stock_counts) for other in kept
        ):
            kept.append(one)
    return frozenset(kept if stock_counts else (Means("", way.needs) for way in kept))


def _hardest(asked: Collection[Ways]) -> frozenset[Ways]:
    """The requirements that are not met already when another one is."""

    def implied(weak: Ways, strong: Ways) -> bool:
        return all(any(w.battery == s.battery and w.needs <= s.needs for w in weak) for s in strong)

    kept: list[Ways] = []
    for one in sorted(asked, key=lambda ways: (len(ways), _sorted(ways))):
        if not any(implied(one, other) for other in kept):
            kept = [other for other in kept if not implied(other, one)]
            kept.append(one)
    return frozenset(kept)


def _sorted(ways: Ways) -> list[tuple[str, list[str]]]:
    return sorted((way.battery, sorted(way.needs)) for way in ways)


def _merged(capability: Capability, asked: list[set[Ways]], flights: int, stock_counts: bool) -> Patterns:
    names = capability.scenario.membership.partners
    owner, people = capability.land.partner.tolist(), capability.population.tolist()
    threatened = [cell for cell, ways in enumerate(asked) if ways]
    used = sorted({owner[cell] for cell in threatened if people[cell]})
    place = {number: column for column, number in enumerate(used)}
    reach, always, never = (np.zeros(len(used)) for _ in range(3))
    sums: dict[frozenset[Ways], np.ndarray[tuple[int], np.dtype[np.float64]]] = {}
    harder: dict[frozenset[Ways], frozenset[Ways]] = {}
    for cell in threatened:
        if not people[cell]:
            continue
        column, every = place[owner[cell]], frozenset(asked[cell])
        reach[column] += people[cell]
        if every not in harder:
            harder[every] = _hardest(every)
        hard = harder[every]
        if any(not ways for ways in hard):
            never[column] += people[cell]
        elif not stock_counts and all(any(not w.needs for w in ways) for ways in hard):
            always[column] += people[cell]
        else:
            sums.setdefault(hard, np.zeros(len(used)))[column] += people[cell]
    means = sorted(
        {way for hard in sums for ways in hard for way in ways}, key=lambda w: (w.battery, sorted(w.needs))
    )
    number = {way: k for k, way in enumerate(means)}
    groups = [
        Group(frozenset(frozenset(number[way] for way in ways) for ways in hard), tuple(total.tolist()))
        for hard, total in sums.items()
    ]
    groups.sort(key=lambda g: sorted(map(sorted, g.requirements)))
    return Patterns(
        tuple(means), tuple(groups), tuple("" if n < 0 else names[n] for n in used),
        tuple(reach.tolist()), tuple(always.tolist()), tuple(never.tolist()),
        len(threatened), flights, len({r for g in groups for r in g.requirements}),
    )  # fmt: skip
