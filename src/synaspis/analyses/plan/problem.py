"""The planning problem as sets and numbers, without geography: what may be built, what it would defend.

Everything that a solver, a greedy baseline or a brute-force count needs is here, so that all three answer the
same question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Option:
    """One candidate.

    id: its name. owner: partner that pays. battery: whether it holds interceptors.
    first: index of the first year in which it can be in service.
    price_usd: to build it, with the least number of interceptors. build_years: years over which the price is
    spent in equal parts, the last of them the first year in service.
    yearly_usd: in each year in service.
    least, most, step: interceptors that it can hold; 0, 0, 1 for a radar. interceptor_usd: each one above
    the least.
    needs: all of these must stand in the same year. needs_one_of: at least one of these, if there are any.
    excludes: none of these may be built at all if this one is.
    """

    id: str
    owner: str
    battery: bool = False
    first: int = 0
    price_usd: float = 0.0
    build_years: int = 1
    yearly_usd: float = 0.0
    least: int = 0
    most: int = 0
    step: int = 1
    interceptor_usd: float = 0.0
    needs: tuple[str, ...] = ()
    needs_one_of: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()


class Means(NamedTuple):
    """One way to engage a flight: a battery, with the candidates that have to stand for it.

    battery: id of the battery, standing or candidate; empty where numbers do not matter.
    needs: ids of candidates, the battery itself among them if it is one; empty if it works today.
    """

    battery: str
    needs: frozenset[str]


Requirement = frozenset[int]
"""Means (their numbers) of which one must stand, so that a kind of flight is engaged."""


class Group(NamedTuple):
    """Cells that ask for the same: all requirements must be met.

    people: (partner,) threatened inhabitants of its cells, by the partner whose territory they are.
    """

    requirements: frozenset[Requirement]
    people: tuple[float, ...]


class Minimum(NamedTuple):
    """Something that must be reached.

    key: field path in the input. by: index of the year. share: of the threatened people of `partner` (of all
    if None) who must be defended; or people, their number; or build, the id of what must stand.
    """

    key: str
    by: int
    partner: str | None = None
    share: float | None = None
    people: float | None = None
    build: str | None = None


@dataclass(frozen=True)
class Budget:
    """Limits of what is spent, in USD; None where there is none.

    total_usd: over all years. yearly_usd: by index of the year. partner_usd: total by partner.
    """

    total_usd: float | None = None
    yearly_usd: Mapping[int, float] = field(default_factory=dict)
    partner_usd: Mapping[str, float] = field(default_factory=dict)


class Built(NamedTuple):
    """A candidate in a plan.

    year: index of its first year in service. interceptors: (year,) how many it holds in each year.
    """

    year: int
    interceptors: tuple[int, ...]


Schedule = Mapping[str, Built]
"""What is built, by candidate; what is absent is not built."""


@dataclass(frozen=True, eq=False)
class Problem:
    """What may be built and what it would defend.

    options: candidates, by id. years: calendar years. means, groups: see there. partners: those with
    threatened people, in the order of the people of a group. reach: (partner,) threatened people.
    always: (partner,) of them, those whom the standing defence holds already.
    stock: interceptors of each standing battery. depth: interceptors that must be able to meet each flight.
    counted: partners among whom the worst off is sought. life_years: of operation in a life-cycle cost.
    """

    options: Mapping[str, Option]
    years: tuple[int, ...]
    means: tuple[Means, ...]
    groups: tuple[Group, ...]
    partners: tuple[str, ...]
    reach: tuple[float, ...]
    always: tuple[float, ...]
    budget: Budget = Budget()
    minima: tuple[Minimum, ...] = ()
    stock: Mapping[str, int] = field(default_factory=dict)
    depth: int = 1
    counted: tuple[str, ...] = ()
    life_years: int = 20

    @property
    def deep(self) -> bool:
        """Whether numbers of interceptors matter: some battery may hold fewer than each flight asks for."""
        holds = [o.least for o in self.options.values() if o.battery] + list(self.stock.values())
        return any(number < self.depth for number in holds)


def held(problem: Problem, schedule: Schedule, year: int) -> Floats:
    """People defended in a year by a schedule, (partner,)."""
    standing = frozenset(name for name, built in schedule.items() if built.year <= year)
    stock = dict(problem.stock)
    stock |= {name: built.interceptors[year] for name, built in schedule.items() if built.year <= year}
    able = [means.needs <= standing for means in problem.means]
    met: dict[Requirement, bool] = {}
    people = np.array(problem.always, dtype=np.float64)
    for group in problem.groups:
        for requirement in group.requirements:
            if requirement not in met:
                batteries = {problem.means[k].battery for k in requirement if able[k]}
                met[requirement] = (
                    sum(stock[name] for name in batteries) >= problem.depth
                    if problem.deep
                    else bool(batteries)
                )
        if all(met[requirement] for requirement in group.requirements):
            people += group.people
    return people


def worst_share(problem: Problem, people: Floats) -> float:
    """Smallest share of threatened people defended among the counted partners; 1 if there are none."""
    return worst_off(problem, people)[1]


def worst_off(problem: Problem, people: Floats) -> tuple[str | None, float]:
    """The counted partner with the smallest share defended, the first of equals, and its share."""
    shares = [
        (float(people[n] / problem.reach[n]), n, name)
        for n, name in enumerate(problem.partners)
        if name in problem.counted
    ]
    share, _, name = min(shares, default=(1.0, 0, None))
    return name, share


def life_cycle_usd(problem: Problem, schedule: Schedule) -> float:
    """Cost of building a schedule and of operating it for `life_years`, whenever it was built."""
    total = 0.0
    for name, built in schedule.items():
        option = problem.options[name]
        more = built.interceptors[-1] - option.least
        total += option.price_usd + more * option.interceptor_usd + problem.life_years * option.yearly_usd
    return total


def spending(problem: Problem, schedule: Schedule) -> dict[str, Floats]:
    """What each built candidate costs in each year, (year,) in USD."""
    return {name: spent(problem, name, built) for name, built in schedule.items()}


def spent(problem: Problem, name: str, built: Built) -> Floats:
    """What one candidate costs in each year, (year,) in USD.

    Its price in equal parts over `build_years` up to its first year in service, each interceptor above the
    least in the year in which it comes, and the yearly cost from the first year in service on.
    """
    option = problem.options[name]
    cost = np.zeros(len(problem.years))
    cost[built.year - option.build_years + 1 : built.year + 1] += option.price_usd / option.build_years
    cost[built.year :] += option.yearly_usd
    before = option.least
    for year in range(built.year, len(problem.years)):
        cost[year] += option.interceptor_usd * (built.interceptors[year] - before)
        before = built.interceptors[year]
    return cost
