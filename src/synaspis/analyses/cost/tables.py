"""Public tables that a cost case rests on: prices by year, exchange rates, economies, funding keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal, TypeVar

from pydantic import Field, field_validator

from synaspis.catalogue import load_catalogue
from synaspis.core.claims import Claim
from synaspis.core.documents import FrozenModel, Rejected, parse, read_document
from synaspis.core.errors import Fault, InputError
from synaspis.core.quantity import Quantity, of_dimension

FOLDER: Final = Path(__file__).resolve().parents[2] / "data" / "costs"
KEY_TOLERANCE: Final = 1e-4
"""How far the shares of a published key may be from 1 in all, for its rounding."""

Text = Annotated[str, Field(min_length=1)]
Year = Annotated[int, Field(ge=1950, le=2100)]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Model = TypeVar("Model", bound=FrozenModel)


class Deflator(FrozenModel):
    """How prices rose."""

    source: Text = Field(description="Id of the source.")
    inflation_percent: Mapping[Year, float] = Field(
        min_length=1, description="By year: percent over the year before."
    )

    @field_validator("inflation_percent")
    @classmethod
    def _no_gaps(cls, rates: Mapping[int, float]) -> Mapping[int, float]:
        missing = [year for year in range(min(rates), max(rates)) if year not in rates]
        if missing:
            raise Rejected(Fault(f"the year {missing[0]} is missing", remedy="Give every year of the table."))
        return rates


class Exchange(FrozenModel):
    """What a dollar costs in another money."""

    source: Text = Field(description="Id of the source.")
    per_usd: Mapping[Year, Annotated[float, Field(gt=0.0)]] = Field(
        description="By year: units of the money for one dollar, average of the year."
    )


class PriceTable(FrozenModel):
    """Levels of prices and exchange rates by year."""

    schema_version: Literal["prices/1"] = Field(alias="schema")
    id: Text = Field(description="Short name.")
    summary: Text = Field(description="What it holds.")
    deflator: Deflator = Field(description="Rise of prices in the United States.")
    later_inflation: Annotated[Quantity, of_dimension("ratio", above=-0.5, at_most=1.0)] = Field(
        description="Rise a year after the table ends."
    )
    exchange: Mapping[Text, Exchange] = Field(description="By code of the money.")

    @property
    def first_year(self) -> int:
        """First year whose prices can be compared: the one before the first rate of the table."""
        return min(self.deflator.inflation_percent) - 1

    def level(self, year: int) -> float:
        """Level of prices of a year, 1 in `first_year`; `first_year` or later."""
        if year < self.first_year:
            first = self.first_year
            raise InputError(f"the table of prices has no year {year}; it begins in {first}")
        rates = self.deflator.inflation_percent
        product = 1.0
        for each in range(self.first_year + 1, year + 1):
            rate = rates[each] / 100.0 if each in rates else self.later_inflation.si
            product *= 1.0 + rate
        return product

    def ratio(self, from_year: int, to_year: int) -> float:
        """What one unit of money of a year is worth in the prices of another; exactly 1 for the same year."""
        if from_year == to_year:
            return 1.0
        return self.level(to_year) / self.level(from_year)

    def usd(self, amount: float, currency: str, year: int) -> float:
        """An amount in dollars at the average rate of a year; exact for dollars.

        Raises InputError for a money or year that the table lacks.
        """
        if currency == "USD":
            return amount
        rates = self.exchange[currency].per_usd if currency in self.exchange else {}
        if year not in rates:
            known = f"{min(rates)} to {max(rates)}" if rates else "no year"
            raise InputError(f"the table has no rate of {currency} for {year}; it has {known}")
        return amount / rates[year]


class Economy(FrozenModel):
    """One country through the years of the table; nothing where there is no value."""

    population: tuple[Annotated[float, Field(gt=0.0)] | None, ...] = Field(description="People.")
    product: tuple[Annotated[float, Field(gt=0.0)] | None, ...] = Field(
        description="Gross domestic product, million dollars of the year."
    )


class EconomyTable(FrozenModel):
    """Size of countries by year."""

    schema_version: Literal["economies/1"] = Field(alias="schema")
    id: Text = Field(description="Short name.")
    summary: Text = Field(description="What it holds.")
    population_source: Text = Field(description="Id of the source of the people.")
    product_source: Text = Field(description="Id of the source of the products.")
    years: tuple[Year, ...] = Field(min_length=1, description="Years of the columns.")
    countries: Mapping[CountryCode, Economy] = Field(description="By ISO 3166-1 alpha-2 code.")

    def value(self, what: Literal["population", "product"], country: str | None, year: int) -> float | None:
        """People or product of a country in a year; None where the table has none."""
        if country is None or country not in self.countries or year not in self.years:
            return None
        column: tuple[float | None, ...] = getattr(self.countries[country], what)
        return column[self.years.index(year)]


class FundingKey(Claim):
    """Who pays which part of common funds."""

    name: Text = Field(description="Name as people say it.")
    percent: Mapping[CountryCode, Annotated[float, Field(ge=0.0)]] = Field(
        min_length=1, description="By ISO 3166-1 alpha-2 code; they add up to 100."
    )

    @field_validator("percent")
    @classmethod
    def _add_up(cls, percent: Mapping[str, float]) -> Mapping[str, float]:
        total = sum(percent.values())
        if abs(total - 100.0) > 100.0 * KEY_TOLERANCE:
            raise Rejected(Fault(f"the shares add up to {total:.6g} percent, not to 100"))
        return percent


class FundingKeyTable(FrozenModel):
    """Keys of common funds."""

    schema_version: Literal["funding-keys/1"] = Field(alias="schema")
    id: Text = Field(description="Short name.")
    summary: Text = Field(description="What it holds.")
    keys: Mapping[Text, FundingKey] = Field(min_length=1, description="By id.")


@dataclass(frozen=True)
class Tables:
    """All tables, and the files that they were read from."""

    prices: PriceTable
    economies: EconomyTable
    keys: FundingKeyTable
    files: tuple[Path, ...]


@cache
def load_tables() -> Tables:
    """Read the tables that come with the package; later calls return the same object."""
    names = ("prices", "economies", "funding-keys")
    files = tuple(FOLDER / "tables" / f"{name}.yaml" for name in names)
    return Tables(
        _read(PriceTable, files[0]), _read(EconomyTable, files[1]), _read(FundingKeyTable, files[2]), files
    )


def _read(model: type[Model], path: Path) -> Model:
    return parse(model, read_document(path), context=load_catalogue())
