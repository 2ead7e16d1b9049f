"""The limits of a problem: their names, what they say in words, and which of them a schedule breaks."""

from __future__ import annotations

from math import ceil

from synaspis.analyses.plan.problem import Built, Minimum, Option, Problem, Schedule, held, spending

EQUAL_USD = 1.0e3
"""Costs that differ by less count as equal."""


def limit_keys(problem: Problem) -> tuple[str, ...]:
    """Names of all limits that can stand against each other, as field paths of the input.

    First the dates and relations of candidates, then budgets, then minima: a search for what conflicts drops
    the first ones first, so that it ends with budgets and minima wherever these alone explain it.
    """
    keys: list[str] = []
    for name, option in sorted(problem.options.items()):
        place = f"candidates.{name}"
        keys += [
            f"{place}.{field}" for field in ("excludes", "needs_one_of", "needs") if getattr(option, field)
        ]
        keys += [f"{place}.in_service"] if option.first > 0 else []
    budget = problem.budget
    keys += [f"budget.yearly.{problem.years[year]}" for year in sorted(budget.yearly_usd)]
    keys += [f"budget.partners.{partner}" for partner in sorted(budget.partner_usd)]
    keys += ["budget.total"] if budget.total_usd is not None else []
    return (*keys, *(minimum.key for minimum in problem.minima))


def in_words(problem: Problem, key: str) -> str:
    """What a limit says, as a sentence without its full stop."""
    kind, _, rest = key.partition(".")
    budget = problem.budget
    if key == "budget.total":
        assert budget.total_usd is not None
        return f"no more than {money(budget.total_usd)} may be spent in all years together"
    if key.startswith("budget.yearly."):
        year = rest.split(".")[1]
        return (
            f"no more than {money(budget.yearly_usd[problem.years.index(int(year))])} may be spent in {year}"
        )
    if key.startswith("budget.partners."):
        partner = rest.split(".", 1)[1]
        return f"the partner {partner!r} spends no more than {money(budget.partner_usd[partner])}"
    if kind == "candidates":
        name, field = rest.rsplit(".", 1)
        return _of_option(problem, problem.options[name], field)
    return _of_minimum(problem, next(m for m in problem.minima if m.key == key))


def money(usd: float) -> str:
    """An amount as people read it."""
    return f"{usd / 1e9:.4g} bn USD" if usd >= 1e9 else f"{usd / 1e6:.4g} million USD"


def _of_option(problem: Problem, option: Option, field: str) -> str:
    if field == "in_service":
        return f"{option.id!r} cannot be in service before {problem.years[option.first]}"
    if field == "needs":
        return f"{option.id!r} needs {_listed(option.needs)}"
    if field == "needs_one_of":
        return f"{option.id!r} needs one of {_listed(option.needs_one_of)}"
    return f"{option.id!r} cannot stand beside {_listed(option.excludes)}"


def _of_minimum(problem: Problem, minimum: Minimum) -> str:
    year = problem.years[minimum.by]
    if minimum.build is not None:
        return f"{minimum.build!r} must be in service in {year}"
    whose = (
        "the threatened people" if minimum.partner is None else f"the people of {minimum.partner!r} in reach"
    )
    if minimum.share is not None:
        return f"at least {100.0 * minimum.share:.4g} percent of {whose} must be defended in {year}"
    return f"at least {minimum.people or 0.0:,.0f} of {whose} must be defended in {year}"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(repr(name) for name in names)


def broken(problem: Problem, schedule: Schedule) -> list[str]:
    """Names of the limits that a schedule breaks, in the order of `limit_keys`."""
    costs = spending(problem, schedule)
    bad = {
        f"candidates.{name}.{field}"
        for name, built in schedule.items()
        for field in _broken_relations(problem.options[name], built, schedule)
    }
    budget = problem.budget
    if budget.total_usd is not None and sum(c.sum() for c in costs.values()) > budget.total_usd + EQUAL_USD:
        bad.add("budget.total")
    for year, limit in budget.yearly_usd.items():
        if sum(cost[year] for cost in costs.values()) > limit + EQUAL_USD:
            bad.add(f"budget.yearly.{problem.years[year]}")
    for partner, limit in budget.partner_usd.items():
        own = (cost.sum() for name, cost in costs.items() if problem.options[name].owner == partner)
        if sum(own) > limit + EQUAL_USD:
            bad.add(f"budget.partners.{partner}")
    bad |= {minimum.key for minimum in problem.minima if not _reached(problem, minimum, schedule)}
    return [key for key in limit_keys(problem) if key in bad]


def _broken_relations(option: Option, built: Built, schedule: Schedule) -> list[str]:
    def stands(name: str) -> bool:
        return name in schedule and schedule[name].year <= built.year

    bad = ["in_service"] if built.year < option.first else []
    bad += ["needs"] if not all(map(stands, option.needs)) else []
    bad += ["needs_one_of"] if option.needs_one_of and not any(map(stands, option.needs_one_of)) else []
    return bad + (["excludes"] if any(name in schedule for name in option.excludes) else [])


def _reached(problem: Problem, minimum: Minimum, schedule: Schedule) -> bool:
    if minimum.build is not None:
        return minimum.build in schedule and schedule[minimum.build].year <= minimum.by
    people = held(problem, schedule, minimum.by)
    return bool(float(people[_of(problem, minimum)].sum()) >= wanted_people(problem, minimum))


def wanted_people(problem: Problem, minimum: Minimum) -> int:
    """People that a minimum asks for: the next whole number."""
    if minimum.people is not None:
        return ceil(minimum.people - 1.0e-6)
    return ceil((minimum.share or 0.0) * sum(problem.reach[_of(problem, minimum)]) - 1.0e-6)


def _of(problem: Problem, minimum: Minimum) -> slice:
    """The partners that a minimum counts, as a slice."""
    if minimum.partner is None:
        return slice(None)
    number = problem.partners.index(minimum.partner)
    return slice(number, number + 1)
