"""What a cost analysis answers, frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from synaspis.analyses.assumptions import Assumption, assumption
from synaspis.analyses.cost.ledger import Ledger
from synaspis.analyses.cost.parts import CATEGORIES
from synaspis.analyses.cost.rules import MEANING, Rule
from synaspis.catalogue import Price
from synaspis.core.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Amount:
    """Dollars with their doubt.

    value: with every quantity at its value. low, high: 5 and 95 percent quantiles of the draws.
    least, most: with every quantity at its low and at its high end.
    """

    value: float
    low: float
    high: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class YearCost:
    """Cost of one year, dollars. discounted_usd: its present value in the first year."""

    year: int
    by_category_usd: Mapping[str, float]
    total_usd: float
    low_usd: float
    high_usd: float
    discounted_usd: float


@dataclass(frozen=True, slots=True)
class Payment:
    """What one nation pays under a rule.

    share: of all that the partners pay. by_year_usd: in the order of the years. in_kind_usd: of what it
    bears, given in kind. transfer_usd: to be paid to the others over what it bears itself; they add up to 0.
    """

    name: str
    share: float
    total_usd: float
    low_usd: float
    high_usd: float
    by_year_usd: tuple[float, ...]
    in_kind_usd: float
    transfer_usd: float


@dataclass(frozen=True, slots=True)
class RuleCost:
    """Who pays under one rule; missing: why it does not apply, and then nobody is listed."""

    rule: Rule
    basis: str
    payments: Mapping[str, Payment]
    missing: str = ""


@dataclass(frozen=True, slots=True)
class ThingCost:
    """Cost of one thing over the horizon, dollars."""

    id: str
    name: str
    item: str
    owner: str
    by_category_usd: Mapping[str, float]
    total_usd: float


@dataclass(frozen=True, slots=True)
class NotCounted:
    """A cost that is left out, or that an assumption stands in for."""

    thing: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class PerPerson:
    """Cost by defended person. population: people, as given with its origin in `what`."""

    what: str
    population: float
    present_value_usd: float
    per_year_usd: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """A published figure beside this one, both in dollars of the published price year.

    overlaps: whether the ranges share a value. ratio: this value over the middle of the published range.
    """

    what: str
    source: str
    price_year: int
    published_low_usd: float
    published_high_usd: float
    found_usd: float
    found_low_usd: float
    found_high_usd: float
    overlaps: bool
    ratio: float
    difference: str


@dataclass(frozen=True)
class CostResult:
    """Life-cycle cost of a case by year, nation and rule.

    prices: constant (dollars of `base_year`) or then-year (dollars of each year). rule: the one that was
    asked for, or None for all. outside_usd: paid by countries that are no partners, not in any total.
    """

    case: str
    scenario: str | None
    name: str
    summary: str
    prices: str
    base_year: int
    years: tuple[int, ...]
    discount_rate: float
    rule: Rule | None
    total: Amount
    present_value: Amount
    equivalent_annual_usd: float
    by_year: tuple[YearCost, ...]
    by_category_usd: Mapping[str, float]
    rules: Mapping[Rule, RuleCost]
    things: tuple[ThingCost, ...]
    outside_usd: Mapping[str, float]
    not_counted: tuple[NotCounted, ...]
    per_person: PerPerson | None
    comparisons: tuple[Comparison, ...]
    assumptions: tuple[Assumption, ...]
    runs: int
    seed: int

    def to_dict(self) -> dict[str, Any]:
        """The result as plain mappings, lists, numbers and text: what ``--json`` prints."""
        shown = self.rules if self.rule is None else {self.rule: self.rules[self.rule]}
        return {
            "case": self.case,
            "scenario": self.scenario,
            "name": self.name,
            "currency": "USD",
            "prices": self.prices,
            "base_year": self.base_year,
            "first_year": self.years[0],
            "last_year": self.years[-1],
            "discount_rate": self.discount_rate,
            "total_usd": asdict(self.total),
            "present_value_usd": asdict(self.present_value),
            "equivalent_annual_usd": self.equivalent_annual_usd,
            "by_category_usd": dict(self.by_category_usd),
            "by_year": [_year(each) for each in self.by_year],
            "by_rule": {name: _rule(each) for name, each in shown.items()},
            "by_thing": [asdict(each) for each in self.things],
            "paid_outside_usd": dict(self.outside_usd),
            "not_counted": [asdict(each) for each in self.not_counted],
            "per_defended_person": None if self.per_person is None else asdict(self.per_person),
            "published": [asdict(each) for each in self.comparisons],
            "assumptions": [asdict(each) for each in self.assumptions],
            "runs": self.runs,
            "seed": self.seed,
        }


def assumptions_of(ledger: Ledger, runs_on: Mapping[str, Quantity]) -> tuple[Assumption, ...]:
    """The values that a ledger rests on, in order of their names.

    runs_on: further quantities of the case, by name.
    """
    named = {**ledger.quantities, **runs_on}
    return tuple(_assumption(name, named[name]) for name in sorted(named))


def _assumption(name: str, quantity: Quantity) -> Assumption:
    item, _, what = name.partition(".")
    shown = what.replace("costs.", "").replace("_", " ") or item.replace("_", " ")
    found = assumption(f"Cost: {item}", shown, quantity)
    return (
        replace(found, unit=f"{found.unit} of {quantity.price_year}")
        if isinstance(quantity, Price)
        else found
    )


def _year(each: YearCost) -> dict[str, Any]:
    return {
        "year": each.year,
        **{f"{category}_usd": each.by_category_usd[category] for category in CATEGORIES},
        "total_usd": each.total_usd,
        "low_usd": each.low_usd,
        "high_usd": each.high_usd,
        "discounted_usd": each.discounted_usd,
    }


def _rule(each: RuleCost) -> dict[str, Any]:
    return {
        "meaning": MEANING[each.rule],
        "applies": not each.missing,
        "why_not": each.missing,
        "basis": each.basis,
        "by_nation": {
            name: {**asdict(payment), "by_year_usd": list(payment.by_year_usd)}
            for name, payment in each.payments.items()
        },
    }
