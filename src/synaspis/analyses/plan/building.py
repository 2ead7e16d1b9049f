"""The planning problem of a checked plan: candidates as options, flights as requirements."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from synaspis.analyses.capability import Capability, compute
from synaspis.analyses.plan.candidate import first_year_of
from synaspis.analyses.plan.document import PlanDocument
from synaspis.analyses.plan.patterns import Patterns, patterns_of
from synaspis.analyses.plan.prices import Amount
from synaspis.analyses.plan.problem import Budget, Minimum, Option, Problem
from synaspis.analyses.plan.reading import PlanInput
from synaspis.core.errors import Fault, InputError

CostLevel = Literal["low", "value", "high"]
Progress = Callable[[int, int, str], None]


def capability_of(
    given: PlanInput,
    *,
    threats: Sequence[str] | None = None,
    step_deg: float | None = None,
    mapper: Any = map,
    progress: Progress | None = None,
) -> Capability:
    """Fly every threat once against all that stands or may stand.

    threats: those of the plan by default. step_deg, mapper, progress: as in `capability.compute`.
    """
    wanted = threats if threats is not None else given.document.threats or None
    return compute(
        given.scenario,
        given.document.phase,
        threats=wanted,
        step_deg=step_deg,
        assets=list(given.scenario.document.assets),
        mapper=mapper,
        progress=progress,
    )


def build_problem(
    given: PlanInput,
    capability: Capability,
    *,
    budget_usd: float | None = None,
    level: CostLevel = "value",
) -> tuple[Problem, Patterns]:
    """Put a plan and what its assets can do together.

    budget_usd: total that takes the place of that of the file. level: which end of each cost range counts.
    Raises InputError for a minimum of a partner that has no threatened people.
    """
    plan = given.document
    options = options_of(given, level)
    stock = {
        asset.id: int(asset.entry.interceptors or 0)
        for asset in given.scenario.batteries
        if asset.id in given.standing
    }
    least = [option.least for option in options.values() if option.battery] + list(stock.values())
    patterns = patterns_of(capability, list(options), stock_counts=any(n < plan.depth for n in least))
    years = tuple(range(plan.first_year, plan.last_year + 1))
    problem = Problem(
        options=options,
        years=years,
        means=patterns.means,
        groups=patterns.groups,
        partners=patterns.partners,
        reach=patterns.reach,
        always=patterns.always,
        budget=_budget(plan, years, budget_usd),
        minima=_minima(plan, patterns),
        stock=stock,
        depth=plan.depth,
        life_years=plan.life_years,
    )
    return replace(problem, counted=_counted(problem, patterns)), patterns


def options_of(given: PlanInput, level: CostLevel) -> dict[str, Option]:
    """Candidates as options, in the order of their ids."""
    plan, batteries = given.document, {asset.id for asset in given.scenario.batteries}
    options = {}
    for name, candidate in sorted(plan.candidates.items()):
        costs, battery = given.costs[name], name in batteries
        least = int(candidate.interceptors or 0)
        stands = set(given.standing)
        one_of = () if stands.intersection(candidate.needs_one_of) else candidate.needs_one_of
        options[name] = Option(
            id=name,
            owner=candidate.owner,
            battery=battery,
            first=max(first_year_of(candidate, plan.first_year) - plan.first_year, 0),
            price_usd=_end(costs.price, level),
            build_years=candidate.build_years,
            yearly_usd=_end(costs.yearly, level),
            least=least if battery else 0,
            most=int(candidate.interceptors_most or least) if battery else 0,
            step=candidate.interceptors_step,
            interceptor_usd=_end(costs.interceptor, level),
            needs=tuple(other for other in candidate.needs if other not in stands),
            needs_one_of=one_of,
            excludes=candidate.excludes,
        )
    return options


def _end(amount: Amount, level: CostLevel) -> float:
    value: float = getattr(amount, level)
    return value


def _budget(plan: PlanDocument, years: Sequence[int], total_usd: float | None) -> Budget:
    entry = plan.budget
    if total_usd is None and entry.total is not None:
        total_usd = entry.total.si
    yearly: dict[int, float] = {}
    if isinstance(entry.yearly, Mapping):
        yearly = {years.index(year): money.si for year, money in entry.yearly.items()}
    elif entry.yearly is not None:
        yearly = dict.fromkeys(range(len(years)), entry.yearly.si)
    return Budget(total_usd, yearly, {name: money.si for name, money in entry.partners.items()})


def _minima(plan: PlanDocument, patterns: Patterns) -> tuple[Minimum, ...]:
    strangers = [
        Fault(
            f"the partner {entry.partner!r} has no threatened people",
            f"minima.{name}.partner",
            "Leave the minimum out, or look at a threat that reaches it.",
        )
        for name, entry in plan.minima.items()
        if entry.partner is not None and entry.partner not in patterns.partners
    ]
    if strangers:
        raise InputError(strangers)
    return tuple(
        Minimum(
            key=f"minima.{name}",
            by=entry.by - plan.first_year,
            partner=entry.partner,
            share=None if entry.share is None else entry.share.si,
            people=entry.people,
            build=entry.build,
        )
        for name, entry in plan.minima.items()
    )


def _counted(problem: Problem, patterns: Patterns) -> tuple[str, ...]:
    """Partners of whom somebody is or can be defended; a share that stays 0 would hide all others."""
    able = [
        always + sum(group.people[n] for group in problem.groups) > 0.0
        for n, always in enumerate(patterns.always)
    ]
    return tuple(name for name, can in zip(problem.partners, able, strict=True) if can and name)
