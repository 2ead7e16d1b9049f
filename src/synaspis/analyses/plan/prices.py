"""What a candidate costs, from its own prices or from the catalogue, in dollars of one year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from synaspis.analyses.assumptions import Assumption, assumption
from synaspis.analyses.cost.tables import PriceTable, load_tables
from synaspis.analyses.plan.candidate import Candidate
from synaspis.catalogue import Catalogue, Costs, Interceptor, Price, Radar
from synaspis.core.errors import Fault, InputError
from synaspis.core.units import to_si


class Amount(NamedTuple):
    """An amount in USD of the price year, with the range of what is plausible."""

    value: float = 0.0
    low: float = 0.0
    high: float = 0.0

    def times(self, factor: float) -> Amount:
        """Multiply all three."""
        return Amount(self.value * factor, self.low * factor, self.high * factor)

    def plus(self, other: Amount) -> Amount:
        """Add low to low and high to high: the ranges are taken to go together."""
        return Amount(self.value + other.value, self.low + other.low, self.high + other.high)


class Used(NamedTuple):
    """A price that costs rest on. item: whose; what: which."""

    item: str
    what: str
    price: Price


@dataclass(frozen=True)
class CandidateCosts:
    """What a candidate costs.

    price: to build it with the least number of interceptors. yearly: in each year of service. interceptor:
    each one more. used: prices that it rests on. absent: costs that are not public and count as 0, in words.
    """

    price: Amount
    yearly: Amount
    interceptor: Amount
    used: tuple[Used, ...]
    absent: tuple[str, ...]


class _Reader:
    """Turns prices into amounts of one year and remembers them, and the faults."""

    def __init__(self, name: str, price_year: int) -> None:
        self.name, self.price_year = name, price_year
        self.table: PriceTable = load_tables().prices
        self.used: list[Used] = []
        self.absent: list[str] = []
        self.faults: list[Fault] = []

    def amount(self, item: str, what: str, price: Price) -> Amount:
        self.used.append(Used(item, what, price))
        try:
            ratio = self.table.ratio(price.price_year, self.price_year)
            scale = self.table.usd(ratio, price.currency, price.price_year)
        except InputError as error:
            remedy = "Give the price in dollars of another year."
            self.faults += [Fault(f.what, f"candidates.{self.name}.{what}", remedy) for f in error.faults]
            return Amount()
        ends = (price.value, *(price.value if end is None else end for end in (price.low, price.high)))
        return Amount(*(scale * to_si(end, price.unit) for end in ends))


def costs_of(
    name: str, candidate: Candidate, catalogue: Catalogue, price_year: int
) -> tuple[CandidateCosts, list[Fault]]:
    """Costs of a candidate in USD of a year, and what is wrong.

    Its own `price`, `operation_per_year` and `interceptor_price` come first. Else the price of its platform
    and that of its item, once a radar and as often as it has interceptors a battery, unless the price of the
    platform includes them. A price that is neither given nor public is a fault; operation that is not public
    is 0 and said to be. Amounts of other years and other money are brought to USD of `price_year` by the
    tables of `synaspis.analyses.cost`.
    """
    item = catalogue.find(candidate.item)
    assert isinstance(item, Interceptor | Radar)
    battery = isinstance(item, Interceptor)
    reader = _Reader(name, price_year)
    platform = None if candidate.platform is None else catalogue.platforms[candidate.platform].costs
    part = "interceptors" if battery else "radar"
    count = float(candidate.interceptors or 1) if battery else 1.0
    if candidate.price is not None:
        price = reader.amount(name, "price", candidate.price)
    else:
        price = _sum(_prices(reader, candidate, platform, item.costs, part, count))
    if candidate.operation_per_year is not None:
        yearly = reader.amount(name, "operation_per_year", candidate.operation_per_year)
    else:
        yearly = _sum(_operation(reader, candidate, platform, item.costs, part, count))
    more = (candidate.interceptors_most or 0) > (candidate.interceptors or 0)
    interceptor = Amount()
    if candidate.interceptor_price is not None:
        interceptor = reader.amount(name, "interceptor_price", candidate.interceptor_price)
    elif more and item.costs is not None and item.costs.unit is not None:
        interceptor = reader.amount(candidate.item, "unit", item.costs.unit)
    elif more:
        reader.faults.append(_not_public(name, candidate.item, "interceptor_price"))
    used = tuple(dict.fromkeys(reader.used))
    return CandidateCosts(price, yearly, interceptor, used, tuple(reader.absent)), reader.faults


def _prices(
    reader: _Reader, candidate: Candidate, platform: Costs | None, item: Costs | None, part: str, count: float
) -> Iterator[Amount]:
    if platform is not None and platform.unit is not None:
        yield reader.amount(candidate.platform or "", "unit", platform.unit).times(candidate.platforms)
    elif platform is not None:
        reader.faults.append(_not_public(reader.name, candidate.platform or "", "price"))
    if platform is None or part not in platform.unit_includes:
        if item is not None and item.unit is not None:
            yield reader.amount(candidate.item, "unit", item.unit).times(count)
        else:
            reader.faults.append(_not_public(reader.name, candidate.item, "price"))


def _operation(
    reader: _Reader, candidate: Candidate, platform: Costs | None, item: Costs | None, part: str, count: float
) -> Iterator[Amount]:
    if platform is not None and platform.operation_per_year is not None:
        amount = reader.amount(candidate.platform or "", "operation_per_year", platform.operation_per_year)
        yield amount.times(candidate.platforms)
    elif platform is not None and "operation" not in platform.unit_includes:
        reader.absent.append(f"operation of {candidate.platform}: no public figure; it counts as 0")
    if platform is None or part not in platform.operation_includes:
        if item is not None and item.operation_per_year is not None:
            yield reader.amount(candidate.item, "operation_per_year", item.operation_per_year).times(count)
        elif item is None or "operation" not in item.unit_includes:
            reader.absent.append(f"operation of {candidate.item}: no public figure; it counts as 0")


def _sum(amounts: Iterator[Amount]) -> Amount:
    total = Amount()
    for amount in amounts:
        total = total.plus(amount)
    return total


def _not_public(name: str, item: str, field: str) -> Fault:
    what = f"the price of {item} is not public, and none is given"
    return Fault(
        what, f"candidates.{name}.{field}", f"Give `{field}`, with basis `assumed` and a note if it is yours."
    )


def assumption_of(used: Used) -> Assumption:
    """A price as a value that the plan rests on."""
    return assumption(used.item, f"{used.what}, prices of {used.price.price_year}", used.price)
