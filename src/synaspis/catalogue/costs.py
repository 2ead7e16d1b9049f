"""What an item costs: prices with their price year, and what of it is not public."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, ValidationInfo, field_validator

from synaspis.core.documents import FrozenModel, Rejected
from synaspis.core.errors import Fault
from synaspis.core.quantity import Quantity, of_dimension
from synaspis.core.units import UNITS

Share = Annotated[Quantity, of_dimension("ratio", at_least=0.0, at_most=1.0)]

MONEY: Final = tuple(name for name, unit in UNITS.items() if unit.dimension.startswith("money"))
"""Units that an amount of money may have."""

PRICED: Final = ("development", "unit", "operation_per_year", "retirement")
"""What a cost entry says of an item, or says to be not public."""

SHARES_TOLERANCE: Final = 1e-6

Priced = Literal["development", "unit", "operation_per_year", "retirement"]
Part = Literal["radar", "interceptors", "operation"]


class Price(Quantity):
    """An amount of money in the prices of a year."""

    price_year: Annotated[int, Field(strict=True, ge=1950, le=2100)] = Field(
        description="Year whose prices the amount is in."
    )

    @field_validator("value", "low", "high")
    @classmethod
    def _not_negative(cls, amount: float | None) -> float | None:
        if amount is not None and amount < 0.0:
            raise Rejected(Fault(f"{amount:g} is negative; an amount of money is 0 or more"))
        return amount

    @field_validator("unit")
    @classmethod
    def _is_money(cls, unit: str) -> str:
        if unit not in MONEY:
            raise Rejected(Fault(f"{unit!r} is no unit of money", remedy=f"Use one of: {', '.join(MONEY)}."))
        return unit

    @property
    def currency(self) -> str:
        """Code of the currency: USD or EUR."""
        return self.unit.split()[-1]

    def __str__(self) -> str:
        return f"{self.value:.10g} {self.unit} in prices of {self.price_year}"


class DevelopmentShare(FrozenModel):
    """What one country pays of a joint development."""

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = Field(description="ISO 3166-1 alpha-2 code.")
    share: Share = Field(description="Its part of the whole.")


class NotPublic(FrozenModel):
    """A cost that no public source states."""

    what: Priced = Field(description="Which cost.")
    note: str = Field(min_length=1, description="What was looked for, and what stands nearest.")


class Costs(FrozenModel):
    """What one item costs: each of four costs is given, or is said to be not public."""

    development: Price | None = Field(default=None, description="All of the development, once for a type.")
    development_shares: tuple[DevelopmentShare, ...] = Field(
        default=(), description="Who paid which part of a joint development; the shares add up to 1."
    )
    unit: Price | None = Field(
        default=None, description="One more of it: an interceptor, a radar, a ship, the equipment of a site."
    )
    unit_includes: tuple[Part, ...] = Field(
        default=(), description="What the price of one includes besides the thing itself."
    )
    operation_per_year: Price | None = Field(
        default=None, description="Operation and support of one for a year."
    )
    operation_includes: tuple[Literal["radar", "interceptors"], ...] = Field(
        default=(), description="Whose operation and support is part of it."
    )
    retirement: Price | None = Field(default=None, description="To retire and dispose of one.")
    not_public: tuple[NotPublic, ...] = Field(
        default=(), validate_default=True, description="The costs that no public source states."
    )

    @field_validator("development_shares")
    @classmethod
    def _add_up(cls, shares: tuple[DevelopmentShare, ...]) -> tuple[DevelopmentShare, ...]:
        total = sum(part.share.si for part in shares)
        if shares and abs(total - 1.0) > SHARES_TOLERANCE:
            raise Rejected(Fault(f"the shares add up to {total:.6g}, not to 1"))
        return shares

    @field_validator("operation_per_year")
    @classmethod
    def _once(cls, operation: Price | None, info: ValidationInfo) -> Price | None:
        """Refuse to add operation to a price that holds it: the fault that Lewis and Postol found."""
        if operation is not None and "operation" in info.data.get("unit_includes", ()):
            what = "the price of one includes operation, so operation_per_year would count it twice"
            raise Rejected(Fault(what, remedy="Leave out one of the two."))
        return operation

    @field_validator("not_public")
    @classmethod
    def _said(cls, absent: tuple[NotPublic, ...], info: ValidationInfo) -> tuple[NotPublic, ...]:
        said = [entry.what for entry in absent]
        given = [name for name in PRICED if info.data.get(name) is not None]
        if "operation" in info.data.get("unit_includes", ()):
            given.append("operation_per_year")
        both = [
            Fault(f"{name} is given and said to be not public", remedy="Remove one.")
            for name in said
            if name in given
        ]
        silent = [
            Fault(f"{name} is neither given nor said to be not public", remedy="Add it to `not_public`.")
            for name in PRICED
            if name not in said and name not in given and name in info.data
        ]
        if both or silent:
            raise Rejected(*both, *silent)
        return absent

    def not_public_of(self, what: str) -> str | None:
        """Say why a cost is absent; None if it is given."""
        return next((entry.note for entry in self.not_public if entry.what == what), None)
