"""The parts of a cost case: purchases, developments, common funds, contributions in kind.

The text under a field is its documentation; the reference page is made from it. The validators take a
`Context` and then also check every reference.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from synaspis.catalogue import Catalogue, Costs, Price
from synaspis.core.claims import Claim
from synaspis.core.documents import FrozenModel, Rejected, nearest
from synaspis.core.errors import Fault
from synaspis.core.quantity import Quantity, of_dimension

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
Text = Annotated[str, Field(min_length=1)]
Year = Annotated[int, Field(strict=True, ge=1950, le=2100)]
Part = Annotated[Quantity, of_dimension("ratio", at_least=0.0, at_most=1.0)]
Number = Annotated[Quantity, of_dimension("ratio", at_least=0.0)]
Rate = Annotated[Quantity, of_dimension("ratio", at_least=0.0, at_most=0.5)]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]

Category = Literal["development", "procurement", "operation", "retirement"]
CATEGORIES: Final[tuple[Category, ...]] = ("development", "procurement", "operation", "retirement")
"""Kinds of cost, in the order of a life."""

YEARS_MAX: Final = 100
SHARES_TOLERANCE: Final = 1e-6
"""How far shares may be from 1 in all."""


@dataclass(frozen=True)
class Context:
    """What the entries of a case may refer to.

    assets: ids of the scenario's assets, with owners; empty without a scenario. partners: ids of payers.
    keys: ids of funding keys. purchases: ids of those of the case. optional: assets that some scenarios lack.
    """

    catalogue: Catalogue
    assets: Mapping[str, str]
    partners: Collection[str]
    keys: Collection[str]
    purchases: Collection[str] = ()
    optional: Collection[str] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Assets that an entry may name: those of the scenario, and those that the case calls optional."""
        return (*self.assets, *self.optional)

    @property
    def sources(self) -> Mapping[str, object]:
        """Sources of the source list by id."""
        return self.catalogue.sources


def known(name: str, allowed: Collection[str], what: str) -> Fault | None:
    """What is wrong with a name that should be one of those allowed; None if nothing is."""
    if name in allowed:
        return None
    return Fault(f"unknown {what} {name!r}", remedy=nearest(name, tuple(allowed)))


def _partner(partner: str, info: ValidationInfo) -> str:
    context: Context | None = info.context
    fault = None if context is None else known(partner, context.partners, "partner")
    if fault is not None:
        raise Rejected(fault)
    return partner


def _item(item: str | None, info: ValidationInfo) -> str | None:
    context: Context | None = info.context
    if context is not None and item is not None:
        items = priced_items(context.catalogue)
        if item not in items:
            raise Rejected(
                Fault(f"{item!r} has no costs in the catalogue", remedy=nearest(item, tuple(items)))
            )
    return item


def priced_items(catalogue: Catalogue) -> dict[str, Costs]:
    """Items of the catalogue that say what they cost, by id."""
    kinds = (catalogue.interceptors, catalogue.radars, catalogue.satellites, catalogue.platforms)
    return {name: item.costs for kind in kinds for name, item in kind.items() if item.costs is not None}


class Period(FrozenModel):
    """Years from the first to the last, both counted."""

    model_config = ConfigDict(validate_default=True)

    first_year: Year = Field(description="First year.")
    last_year: Year = Field(description="Last year.")

    @field_validator("last_year")
    @classmethod
    def _in_order(cls, last: int, info: ValidationInfo) -> int:
        first = info.data.get("first_year")
        if first is not None and last < first:
            raise Rejected(Fault(f"last_year {last} is before first_year {first}"))
        if first is not None and last - first >= YEARS_MAX:
            raise Rejected(Fault(f"{first} to {last} is more than {YEARS_MAX} years"))
        return last


class Payer(FrozenModel):
    """A partner of a case that has no scenario."""

    name: Text = Field(description="Name as people say it.")
    country: CountryCode | None = Field(default=None, description="ISO 3166-1 alpha-2 code.")


class Purchase(Claim):
    """Something that the scenario does not hold but that costs: a ship, a site, a battery's equipment."""

    name: Text = Field(description="Name as people say it.")
    item: Text | None = Field(default=None, description="Item of the catalogue that has costs; or `costs`.")
    costs: Costs | None = Field(default=None, description="What one costs; or give `item`.")
    owner: Text = Field(description="Partner that pays where costs lie where they fall.")
    count: Number = Field(
        default=Quantity(value=1.0, unit="1", basis="assumed", note="One."), description="How many."
    )
    share: Part = Field(
        default=Quantity(value=1.0, unit="1", basis="assumed", note="All of it."),
        description="Part of its cost that counts, where it does other things as well.",
    )
    first_year: Year | None = Field(
        default=None, description="First year of service; that of the assets it carries by default."
    )
    last_year: Year | None = Field(default=None, description="Last year of service; the horizon by default.")
    sunk: bool = Field(
        default=False, strict=True, description="Whether it was bought before, so that its price is left out."
    )
    carries: tuple[Text, ...] = Field(
        default=(), description="Assets and purchases whose cost may be part of its own: see its `includes`."
    )

    _owner = field_validator("owner")(_partner)
    _priced = field_validator("item")(_item)

    @field_validator("costs")
    @classmethod
    def _one_of_both(cls, costs: Costs | None, info: ValidationInfo) -> Costs | None:
        if "item" in info.data and (costs is None) == (info.data["item"] is None):
            what = (
                "neither `item` nor `costs` is given"
                if costs is None
                else "`item` and `costs` are both given"
            )
            raise Rejected(Fault(what, remedy="Give one of the two."))
        return costs

    @field_validator("carries")
    @classmethod
    def _are_known(cls, carries: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        context: Context | None = info.context
        if context is not None:
            allowed = (*context.names, *context.purchases)
            faults = [fault for name in carries if (fault := known(name, allowed, "asset or purchase"))]
            owner = info.data.get("owner")
            faults += [
                Fault(f"{name!r} belongs to {context.assets[name]!r}, this to {owner!r}")
                for name in carries
                if owner is not None and context.assets.get(name, owner) != owner
            ]
            if faults:
                raise Rejected(*faults)
        return carries


class Development(Period, Claim):
    """When the development of an item was paid, and how much of it counts."""

    item: Text = Field(description="Item of the catalogue with a development cost.")
    share: Part = Field(description="Part of the development that this case bears.")

    @field_validator("item")
    @classmethod
    def _has_development(cls, item: str, info: ValidationInfo) -> str:
        context: Context | None = info.context
        if context is not None:
            _item(item, info)
            costs = priced_items(context.catalogue)[item]
            if costs.development is None:
                why = costs.not_public_of("development") or ""
                raise Rejected(Fault(f"the development of {item!r} is not public. {why}".strip()))
        return item


class Joint(FrozenModel):
    """How the partners would share developments: fixed parts, and how the rest is divided."""

    shares: Mapping[Text, Part] = Field(min_length=1, description="By partner.")
    rest: Literal["common-funding", "equal", "population", "product"] | None = Field(
        default=None, validate_default=True, description="Rule for the rest among the other partners."
    )
    note: Text = Field(description="Where the shares come from.")

    @field_validator("shares")
    @classmethod
    def _are_partners(cls, shares: Mapping[str, Quantity], info: ValidationInfo) -> Mapping[str, Quantity]:
        for partner in shares:
            _partner(partner, info)
        if sum(part.si for part in shares.values()) > 1.0 + SHARES_TOLERANCE:
            total = sum(part.si for part in shares.values())
            raise Rejected(Fault(f"the shares add up to {total:.6g}, more than 1"))
        return shares

    @field_validator("rest")
    @classmethod
    def _whole(cls, rest: str | None, info: ValidationInfo) -> str | None:
        total = sum(part.si for part in info.data.get("shares", {}).values())
        if "shares" in info.data and rest is None and abs(total - 1.0) > SHARES_TOLERANCE:
            remedy = "Let them add up to 1, or say in `rest` how the others share what is left."
            raise Rejected(Fault(f"the shares add up to {total:.6g}, not to 1", remedy=remedy))
        return rest


class Sum(Period, Claim):
    """An amount spread evenly over years."""

    name: Text = Field(description="Name as people say it.")
    amount: Price = Field(description="The whole amount.")
    category: Category = Field(description="Kind of cost.")


class Other(Sum):
    """An amount that one partner pays and that belongs to no item."""

    owner: Text = Field(description="Partner that pays where costs lie where they fall.")

    _owner = field_validator("owner")(_partner)


class Contribution(Sum):
    """Something that a partner gives in kind, at the value that is stated for it."""

    partner: Text = Field(description="Who gives it.")

    _partner = field_validator("partner")(_partner)


class Sunk(FrozenModel):
    """Assets that were bought before, so that their price is left out."""

    assets: tuple[Text, ...] = Field(min_length=1, description="Ids of assets.")
    note: Text = Field(description="Why.")

    @field_validator("assets")
    @classmethod
    def _are_known(cls, assets: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        context: Context | None = info.context
        if context is not None:
            faults = [fault for name in assets if (fault := known(name, context.names, "asset"))]
            if faults:
                raise Rejected(*faults)
        return assets


class Published(FrozenModel):
    """What somebody published for the same thing."""

    what: Text = Field(description="What was costed.")
    amount: Price = Field(description="The published amount with its range.")
    difference: Text = Field(description="Why this case comes to another figure.")
    period: Literal["horizon", "investment", "year"] = Field(
        default="horizon",
        description="What it compares with: all, development and procurement, or operation in the last year.",
    )
