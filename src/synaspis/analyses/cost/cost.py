"""Life-cycle cost by year, nation and rule."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Final

from synaspis.analyses.cost.case import CaseDocument
from synaspis.analyses.cost.entries import Book
from synaspis.analyses.cost.finance import discount_factors
from synaspis.analyses.cost.ledger import Ledger, Line
from synaspis.analyses.cost.loader import case_path, catalogue_of, load_case
from synaspis.analyses.cost.parts import CATEGORIES
from synaspis.analyses.cost.payments import rule_costs
from synaspis.analyses.cost.published import comparisons
from synaspis.analyses.cost.result import (
    Amount,
    CostResult,
    NotCounted,
    PerPerson,
    ThingCost,
    YearCost,
    assumptions_of,
)
from synaspis.analyses.cost.rules import (
    Rule,
    Shares,
    checked_rule,
    equal_shares,
    joint_shares,
    key_shares,
    share_faults,
    size_shares,
)
from synaspis.analyses.cost.summing import Prices, Summing, Weigh
from synaspis.analyses.cost.tables import Tables, load_tables
from synaspis.analyses.cost.things import Thing, things_of
from synaspis.analyses.cost.uncertainty import Draws
from synaspis.core.errors import Fault, InputError
from synaspis.scenario import Scenario

RUNS: Final = 10_000
RUNS_MAX: Final = 1_000_000
RATE_MAX: Final = 0.5


@dataclass(frozen=True)
class Defended:
    """How many people are defended, and what the number is: phase, threat, or where it was said."""

    people: float
    what: str


def cost(
    scenario: Scenario | None,
    *,
    costs: Path | None = None,
    rule: str | None = None,
    prices: Prices = "constant",
    discount_rate: float | None = None,
    benefit: Mapping[str, float] | None = None,
    given: Mapping[str, float] | None = None,
    defended: Defended | None = None,
    runs: int = RUNS,
    seed: int = 0,
) -> CostResult:
    """Cost of a scenario, or of a case that needs none.

    scenario: None for a case with partners of its own. costs: file of the case; by default the packaged one
    of the scenario. rule: one of `RULES` to show alone; all by default. prices: of the case's base year, or
    of each year. discount_rate: real, a year, 0 to 0.5; that of the case by default. benefit, given: shares
    by partner for the rules of these names, adding up to 1. defended: for the cost by person. runs, seed: of
    the draws.
    Raises InputError with all that is wrong with the case or the arguments.
    """
    tables = load_tables()
    if costs is None:
        if scenario is None:
            raise InputError(Fault("there is neither a scenario nor a cost case", remedy="Give one of them."))
        costs = case_path(scenario)
    case = load_case(costs, scenario)
    partners, names = _partners(case, scenario)
    rate = case.discount_rate.si if discount_rate is None else discount_rate
    asked = _check(rule, rate, benefit, given, defended, tuple(partners), runs, seed)
    ledger, things = _entered(case, scenario, tables, partners)
    draws = Draws.of(ledger, runs, seed)
    years = tuple(range(case.first_year, case.last_year + 1))
    shares = _shares(case, partners, tables, benefit, given)
    summing = Summing.of(
        ledger, draws, tuple(partners), shares["common-funding"].by_partner, years,
        tables.prices, prices, case.base_year, rate,
    )  # fmt: skip
    total = _amount(summing, lambda line: {"all": summing.counted(line) * summing.ratio[line.year]})
    present = _amount(summing, lambda line: {"all": summing.counted(line) * summing.discount[line.year]})
    annual = present.value / float(discount_factors(years, rate, years[0]).sum())
    return CostResult(
        case=case.id,
        scenario=None if scenario is None else scenario.id,
        name=case.name,
        summary=case.summary,
        prices=prices,
        base_year=case.base_year,
        years=years,
        discount_rate=rate,
        rule=asked,
        total=total,
        present_value=present,
        equivalent_annual_usd=annual,
        by_year=_by_year(summing),
        by_category_usd=_by_category(summing),
        rules=rule_costs(summing, shares, names),
        things=_by_thing(summing, things, case),
        outside_usd=_outside(summing),
        not_counted=tuple(NotCounted(*note) for note in ledger.notes),
        per_person=_per_person(defended, present.value, annual),
        comparisons=comparisons(case, summing, tables),
        assumptions=assumptions_of(
            ledger, {"discount_rate": case.discount_rate, "later_inflation": tables.prices.later_inflation}
        ),
        runs=runs,
        seed=seed,
    )


def _partners(case: CaseDocument, scenario: Scenario | None) -> tuple[dict[str, str | None], dict[str, str]]:
    """Country and name of each partner."""
    listed = case.partners if scenario is None else scenario.document.partners
    return {key: each.country for key, each in listed.items()}, {
        key: each.name for key, each in listed.items()
    }


def _check(
    rule: str | None,
    rate: float,
    benefit: Mapping[str, float] | None,
    given: Mapping[str, float] | None,
    defended: Defended | None,
    partners: tuple[str, ...],
    runs: int,
    seed: int,
) -> Rule | None:
    faults: list[Fault] = []
    asked: Rule | None = None
    try:
        asked = None if rule is None else checked_rule(rule)
    except InputError as error:
        faults += error.faults
    if not 0.0 <= rate <= RATE_MAX:
        faults.append(Fault(f"the discount rate {rate:g} is out of bounds; 0 to {RATE_MAX:g} is allowed"))
    for name, shares in (("benefit", benefit), ("given", given)):
        if shares is not None:
            faults += share_faults(shares, partners, f"shares of the rule {name!r}")
        elif asked == name:
            faults.append(Fault(f"the rule {name!r} needs shares", remedy="Give them, by partner."))
    if defended is not None and not (defended.people > 0.0 and isfinite(defended.people)):
        faults.append(Fault(f"{defended.people:g} people are defended; a number above 0 is needed"))
    if not 1 <= runs <= RUNS_MAX:
        faults.append(Fault(f"{runs} runs are out of bounds; 1 to {RUNS_MAX} are allowed"))
    if seed < 0:
        faults.append(Fault(f"the seed {seed} is negative; 0 or more is allowed"))
    if faults:
        raise InputError(faults)
    return asked


def _entered(
    case: CaseDocument, scenario: Scenario | None, tables: Tables, partners: Mapping[str, str | None]
) -> tuple[Ledger, dict[str, Thing]]:
    catalogue = catalogue_of(scenario)
    things = things_of(case, scenario, catalogue)
    countries = {country: name for name, country in partners.items() if country is not None}
    ledger = Ledger()
    Book(case, tables, catalogue, countries, things, ledger).enter_all()
    for name, why in case.left_out.items():
        if scenario is None or name not in scenario.document.assets:
            continue
        ledger.note(name, "all", why)
    return ledger, things


def _shares(
    case: CaseDocument,
    partners: Mapping[str, str | None],
    tables: Tables,
    benefit: Mapping[str, float] | None,
    given: Mapping[str, float] | None,
) -> dict[Rule, Shares]:
    shares: dict[Rule, Shares] = {
        "common-funding": key_shares(partners, tables, case.common_funding_key),
        "equal": equal_shares(partners),
        "population": size_shares("population", partners, tables, case.size_year),
        "product": size_shares("product", partners, tables, case.size_year),
        "benefit": Shares({}, "", "No shares of benefit were given."),
        "given": Shares({}, "", "No shares were given."),
    }
    if benefit is not None:
        shares["benefit"] = Shares(benefit, "shares of benefit as given")
    if given is not None:
        shares["given"] = Shares(given, "shares as given")
    shares["joint-development"] = joint_shares(case.joint_development, partners, shares)
    return shares


def _amount(summing: Summing, weigh: Weigh) -> Amount:
    ends, (low, high) = summing.spread(weigh)
    return Amount(ends.value, low, high, ends.low, ends.high)


def _by_year(summing: Summing) -> tuple[YearCost, ...]:
    values = summing.values(
        lambda line: {(line.year, line.category): summing.counted(line) * summing.ratio[line.year]}
    )
    found = []
    for year in summing.years:

        def in_year(line: Line, year: int = year) -> Mapping[Hashable, float]:
            return {"all": summing.counted(line) * summing.ratio[year]} if line.year == year else {}

        _, (low, high) = summing.spread(in_year)
        parts: dict[str, float] = {each: values.get((year, each), 0.0) for each in CATEGORIES}
        total = sum(parts.values())
        discounted = total / summing.ratio[year] * summing.discount[year]
        found.append(YearCost(year, parts, total, low, high, discounted))
    return tuple(found)


def _by_category(summing: Summing) -> dict[str, float]:
    values = summing.values(lambda line: {line.category: summing.counted(line) * summing.ratio[line.year]})
    return {category: values.get(category, 0.0) for category in CATEGORIES}


def _by_thing(summing: Summing, things: Mapping[str, Thing], case: CaseDocument) -> tuple[ThingCost, ...]:
    values = summing.values(
        lambda line: {(line.thing, line.category): summing.counted(line) * summing.ratio[line.year]}
    )
    names = {f"other.{key}": each.name for key, each in case.other.items()}
    names |= {f"common.{key}": each.name for key, each in case.common.items()}
    names |= {f"in-kind.{key}": each.name for key, each in case.in_kind.items()}
    found = []
    for thing in dict.fromkeys((*things, *(str(key[0]) for key in values if isinstance(key, tuple)))):
        parts: dict[str, float] = {each: values.get((thing, each), 0.0) for each in CATEGORIES}
        known = things.get(thing)
        owner, item = ("", "") if known is None else (known.owner, known.item)
        name = names.get(thing, thing) if known is None else known.name
        found.append(ThingCost(thing, name, item, owner, parts, sum(parts.values())))
    return tuple(found)


def _outside(summing: Summing) -> dict[str, float]:
    values = summing.values(
        lambda line: {
            payer: part * summing.ratio[line.year]
            for payer, part in summing.payers(line).items()
            if payer not in summing.partners
        }
    )
    return {str(payer): value for payer, value in values.items()}


def _per_person(defended: Defended | None, present: float, annual: float) -> PerPerson | None:
    if defended is None:
        return None
    people = defended.people
    return PerPerson(defended.what, people, present / people, annual / people)
