"""Small random planning problems, and the answer to them by trying everything; the count is written anew here
and shares no code with the program under test.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from synaspis.analyses.plan import Budget, Built, Group, Means, Option, Problem

YEARS = (2020, 2021)


def instance(seed: int, *, depth: int = 1, relations: bool = False) -> Problem:
    """Six candidates, two years, ten kinds of cells of two partners."""
    chance = Random(seed)
    names = [f"c{number}" for number in range(6)]
    batteries = names[::2]
    options = {}

    def some(name: str, count: int) -> tuple[str, ...]:
        if not relations or chance.random() >= 0.3:
            return ()
        return tuple(chance.sample([other for other in names if other != name], count))

    for name in names:
        holds = name in batteries
        building = chance.choice([1, 1, 2])
        options[name] = Option(
            id=name,
            owner=chance.choice("pq"),
            battery=holds,
            first=max(chance.choice([0, 0, 1]), building - 1),
            price_usd=chance.randint(1, 9) * 1e8,
            build_years=building,
            yearly_usd=chance.choice([0.0, 1e7, 3e7]),
            least=2 if holds else 0,
            most=4 if holds else 0,
            step=2 if holds else 1,
            interceptor_usd=1e7 if holds else 0.0,
            needs=some(name, 1),
            needs_one_of=some(name, 2),
            excludes=some(name, 1),
        )  # fmt: skip
    radars = [name for name in names if name not in batteries]
    means = {
        Means(battery, frozenset(chance.sample(radars, chance.choice([0, 1, 1, 2]))) | ({battery} - {"old"}))
        for battery in (*batteries, "old")
        for _ in range(3)
    }
    ordered = sorted((m for m in means if m.needs), key=lambda m: (m.battery, sorted(m.needs)))
    groups = []
    for _ in range(10):
        requirements = frozenset(
            frozenset(chance.sample(range(len(ordered)), chance.choice([1, 2, 3])))
            for _ in range(chance.choice([1, 2]))
        )
        people = [0.0, 0.0]
        people[chance.randrange(2)] = float(chance.randint(1, 1_000_000))
        groups.append(Group(requirements, tuple(people)))
    always = (500.0, 300.0)
    reach = tuple(sum(g.people[n] for g in groups) + always[n] + 1000.0 for n in range(2))
    budget = Budget(
        total_usd=chance.randint(5, 25) * 1e8,
        yearly_usd={1: 8e8} if chance.random() < 0.5 else {},
        partner_usd={"p": 9e8} if chance.random() < 0.5 else {},
    )
    return Problem(
        options=options,
        years=YEARS,
        means=tuple(ordered),
        groups=tuple(groups),
        partners=("p", "q"),
        reach=reach,
        always=always,
        budget=budget,
        stock={"old": 3},
        depth=depth,
        counted=("p", "q"),
        life_years=10,
    )  # fmt: skip


def states(option: Option, deep: bool) -> Iterator[Built | None]:
    """Everything that can become of a candidate in two years."""
    yield None
    sizes = (option.least, option.most) if deep and option.battery else (option.least,)
    for year in range(option.first, 2):
        for first, second in product(sizes, repeat=2):
            if year == 0 and first <= second:
                yield Built(0, (first, second))
            elif year == 1 and first == sizes[0]:
                yield Built(1, (0, second))


def people(problem: Problem, plan: Mapping[str, Built], year: int) -> list[float]:
    """People defended by partner, group by group."""
    total = list(problem.always)
    for requirements, inhabitants in problem.groups:
        good = True
        for requirement in requirements:
            holding = {"old": problem.stock["old"]} | {n: b.interceptors[year] for n, b in plan.items()}
            there = {n for n, b in plan.items() if b.year <= year}
            able = {problem.means[k][0] for k in requirement if problem.means[k][1].issubset(there)}
            if sum(holding[name] for name in able) < problem.depth:
                good = False
        if good:
            total = [a + b for a, b in zip(total, inhabitants, strict=True)]
    return total


def costs(problem: Problem, name: str, built: Built) -> list[float]:
    """Money of one candidate by year."""
    o, out = problem.options[name], [0.0, 0.0]
    for back in range(o.build_years):
        out[built.year - back] += o.price_usd / o.build_years
    for year in range(built.year, 2):
        out[year] += o.yearly_usd
    extra = [max(0, n - o.least) * o.interceptor_usd for n in built.interceptors]
    out[0] += extra[0]
    out[1] += extra[1] - extra[0]
    return out


def allowed(problem: Problem, plan: Mapping[str, Built]) -> bool:
    """Whether budgets and relations hold."""
    for name, built in plan.items():
        o = problem.options[name]
        before = {n for n, b in plan.items() if b.year <= built.year}
        if not set(o.needs) <= before or set(o.excludes) & set(plan):
            return False
        if o.needs_one_of and not set(o.needs_one_of) & before:
            return False
    money = {name: costs(problem, name, built) for name, built in plan.items()}
    b = problem.budget
    yearly = [sum(m[y] for m in money.values()) for y in (0, 1)]
    if b.total_usd is not None and sum(yearly) > b.total_usd + 1:
        return False
    if any(yearly[y] > limit + 1 for y, limit in b.yearly_usd.items()):
        return False
    return all(
        sum(sum(m) for n, m in money.items() if problem.options[n].owner == who) <= limit + 1
        for who, limit in b.partner_usd.items()
    )


def life(problem: Problem, plan: Mapping[str, Built]) -> float:
    """Life-cycle cost, USD."""
    total = 0.0
    for name, built in plan.items():
        o = problem.options[name]
        total += o.price_usd + problem.life_years * o.yearly_usd
        total += (built.interceptors[1] - o.least) * o.interceptor_usd
    return total


def everything(problem: Problem) -> Iterator[dict[str, Built]]:
    """Every plan within the limits."""
    deep = problem.depth > 2
    names = sorted(problem.options)
    for chosen in product(*(tuple(states(problem.options[name], deep)) for name in names)):
        plan = {n: b for n, b in zip(names, chosen, strict=True) if b is not None}
        if allowed(problem, plan):
            yield plan


def rank(problem: Problem, plan: Mapping[str, Built], objective: str) -> tuple[float, ...]:
    """What a plan is worth, most important first."""
    first, last = people(problem, plan, 0), people(problem, plan, 1)
    share = min(a / b for a, b in zip(last, problem.reach, strict=True))
    money = sum(sum(costs(problem, name, built)) for name, built in plan.items())
    head = (round(share, 12),) if objective == "worst-off" else ()
    return (*head, sum(last), -round(life(problem, plan)), sum(first) + sum(last), -round(money))


@pytest.fixture(scope="session")
def small() -> Callable[..., Problem]:
    return instance


@pytest.fixture(scope="session")
def counted() -> Any:
    return SimpleNamespace(
        everything=everything, rank=rank, people=people, costs=costs, life=life, allowed=allowed
    )  # fmt: skip
