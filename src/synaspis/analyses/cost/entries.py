"""From things to lines of the ledger: what is bought, operated and retired in which year, and who pays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from synaspis.analyses.cost.case import CaseDocument
from synaspis.analyses.cost.ledger import COMMON, Ledger, Line
from synaspis.analyses.cost.parts import Category, Sum, priced_items
from synaspis.analyses.cost.tables import Tables
from synaspis.analyses.cost.things import Thing, service_fraction
from synaspis.catalogue import Catalogue, Price
from synaspis.core.quantity import Quantity


@dataclass
class Book:
    """Enters a case into a ledger. countries: partner by country code."""

    case: CaseDocument
    tables: Tables
    catalogue: Catalogue
    countries: Mapping[str, str]
    things: Mapping[str, Thing]
    ledger: Ledger

    def enter_all(self) -> None:
        """Enter everything that the case counts."""
        for thing in self.things.values():
            self._procurement(thing)
            self._operation(thing)
            self._retirement(thing)
        self._development()
        for name, other in self.case.other.items():
            self._sum(f"other.{name}", other, ((other.owner, 1.0),), in_kind=False)
        for name, common in self.case.common.items():
            self._sum(f"common.{name}", common, ((COMMON, 1.0),), in_kind=False)
        for name, given in self.case.in_kind.items():
            self._sum(f"in-kind.{name}", given, ((given.partner, 1.0),), in_kind=True)

    def price(self, name: str, price: Price) -> str:
        """Register a price as a factor in dollars of the base year, and return its id."""
        prices = self.tables.prices
        per_unit = prices.usd(1.0, price.currency, price.price_year)
        return self.ledger.factor(name, price, per_unit * prices.ratio(price.price_year, self.case.base_year))

    def _years(self) -> range:
        return range(self.case.first_year, self.case.last_year + 1)

    def _bought(self, thing: Thing) -> tuple[float, tuple[str, ...]] | None:
        """How many, and the factors of the price of all; nothing where no price of one is public."""
        if thing.costs is None or thing.costs.unit is None:
            return None
        return thing.number, (self.price(f"{thing.item}.costs.unit", thing.costs.unit), *self._scaled(thing))

    def _scaled(self, thing: Thing) -> Iterator[str]:
        for field in ("count", "share"):
            quantity: Quantity | None = getattr(thing, field)
            if quantity is not None and quantity.values() != (1.0,):
                yield self.ledger.factor(f"purchases.{thing.id}.{field}", quantity)

    def _included(self, thing: Thing, what: str) -> bool:
        """Whether the purchase that carries a thing includes its price or its operation."""
        bearer = self.things.get(thing.bearer or "")
        return bearer is not None and bearer.costs is not None and thing.kind in getattr(bearer.costs, what)

    def _covered(self, thing: Thing) -> bool:
        """Whether the purchase that carries a thing pays for its operation.

        It does if it says so, and if its operation is taken as a part of a price that includes the thing.
        """
        bearer = self.things.get(thing.bearer or "")
        if bearer is None or bearer.costs is None:
            return False
        by_price = bearer.costs.operation_per_year is None and self._included(thing, "unit_includes")
        return by_price or self._included(thing, "operation_includes")

    def _procurement(self, thing: Thing) -> None:
        if self._included(thing, "unit_includes"):
            return
        if thing.sunk:
            self.ledger.note(thing.id, "procurement", "Bought before: its price is left out.")
            return
        bought = self._bought(thing)
        if bought is None:
            self.ledger.note(thing.id, "procurement", self._why(thing, "unit"))
            return
        number, factors = bought
        first = thing.start.year - self.case.build_years
        paid = [year for year in range(first, thing.start.year) if year in self._years()]
        if len(paid) < self.case.build_years:
            why = (
                f"{self.case.build_years - len(paid)} of {self.case.build_years} years of payment lie outside"
            )
            self.ledger.note(
                thing.id, "procurement", f"{why} {self.case.first_year} to {self.case.last_year}."
            )
        for year in paid:
            self._enter(thing, "procurement", year, number / self.case.build_years, factors)
            if thing.kind == "interceptors":
                spares = self.ledger.factor("spares", self.case.spares)
                part = number / self.case.build_years
                self._enter(thing, "procurement", year, part, (*factors, spares), term="spares")

    def _operation(self, thing: Thing) -> None:
        if self._covered(thing):
            return
        costs = thing.costs
        if costs is not None and "operation" in costs.unit_includes:
            return
        factors: tuple[str, ...]
        if costs is not None and costs.operation_per_year is not None:
            name = self.price(f"{thing.item}.costs.operation_per_year", costs.operation_per_year)
            factors = (name, *self._scaled(thing))
        else:
            stand_in = self._stand_in(thing, "operation_per_year", self.case.support_share, "support_share")
            if stand_in is None:
                return
            factors = stand_in
        covered = [other.id for other in self.things.values() if other.bearer == thing.id]
        covered = [name for name in covered if self._covered(self.things[name])]
        for year in self._years():
            fraction = service_fraction(thing, year)
            if fraction > 0.0:
                self._enter(thing, "operation", year, thing.number * fraction, factors, covers=covered)

    def _retirement(self, thing: Thing) -> None:
        """What was bought before goes back to where it came from; all else that leaves is retired."""
        if thing.sunk or self._included(thing, "unit_includes"):
            return
        if thing.end is None or thing.end.year not in self._years():
            return
        costs = thing.costs
        if costs is not None and costs.retirement is not None:
            name = self.price(f"{thing.item}.costs.retirement", costs.retirement)
            factors: tuple[str, ...] | None = (name, *self._scaled(thing))
        else:
            factors = self._stand_in(thing, "retirement", self.case.retirement_share, "retirement_share")
        if factors is not None:
            self._enter(thing, "retirement", thing.end.year, thing.number, factors)

    def _stand_in(self, thing: Thing, what: str, share: Quantity | None, name: str) -> tuple[str, ...] | None:
        """Factors of a cost that is not public: a share of the price, if the case assumes one."""
        category = what.removesuffix("_per_year")
        bought = self._bought(thing)
        if bought is None or share is None:
            self.ledger.note(thing.id, category, self._why(thing, what))
            return None
        why = f"{self._why(thing, what)} The {name} of the case, {share} of the price, stands in for it."
        self.ledger.note(thing.id, category, why)
        return (*bought[1], self.ledger.factor(name, share))

    def _why(self, thing: Thing, what: str) -> str:
        if thing.costs is None:
            return f"The catalogue has no public cost of {thing.item}."
        return f"Not public. {thing.costs.not_public_of(what) or ''}".strip()

    def _development(self) -> None:
        for entry in self.case.development:
            costs = priced_items(self.catalogue)[entry.item]
            assert costs.development is not None
            price = self.price(f"{entry.item}.costs.development", costs.development)
            share = self.ledger.factor(f"development.{entry.item}.share", entry.share)
            payers = tuple(
                (self.countries.get(part.country, part.country), part.share.si)
                for part in costs.development_shares
            )
            years = range(entry.first_year, entry.last_year + 1)
            for year in years:
                if year in self._years():
                    owner = payers or ((self._owner_of(entry.item), 1.0),)
                    line = Line(
                        f"development.{entry.item}",
                        "development",
                        year,
                        owner,
                        1.0 / len(years),
                        (price, share),
                    )
                    self.ledger.enter(line)
            self._note_outside(f"development.{entry.item}", "development", years)

    def _note_outside(self, name: str, what: str, years: range) -> None:
        outside = sum(year not in self._years() for year in years)
        if outside:
            horizon = f"{self.case.first_year} to {self.case.last_year}"
            self.ledger.note(name, what, f"{outside} of {len(years)} years lie outside {horizon}.")

    def _owner_of(self, item: str) -> str:
        owners = [thing.owner for thing in self.things.values() if thing.item == item]
        return owners[0] if owners else next(iter(self.countries.values()))

    def _sum(self, name: str, entry: Sum, payers: tuple[tuple[str, float], ...], *, in_kind: bool) -> None:
        amount = self.price(f"{name}.amount", entry.amount)
        years = range(entry.first_year, entry.last_year + 1)
        self._note_outside(name, entry.category, years)
        for year in years:
            if year in self._years():
                line = Line(name, entry.category, year, payers, 1.0 / len(years), (amount,), in_kind=in_kind)
                self.ledger.enter(line)

    def _enter(
        self,
        thing: Thing,
        category: Category,
        year: int,
        coefficient: float,
        factors: tuple[str, ...],
        *,
        covers: list[str] | None = None,
        term: str = "",
    ) -> None:
        line = Line(thing.id, category, year, ((thing.owner, 1.0),), coefficient, factors, term=term)
        self.ledger.enter(line, covers or ())
