"""What a cost case says: horizon, price year, what is counted and by whom it is carried, what is shared.

The text under a field is its documentation; the reference page is made from it. The validators take a
`Context` and then also check every reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from synaspis.analyses.cost.parts import (
    Context,
    Contribution,
    Development,
    Identifier,
    Joint,
    Number,
    Other,
    Part,
    Payer,
    Period,
    Published,
    Purchase,
    Rate,
    Sum,
    Sunk,
    Text,
    Year,
    known,
)
from synaspis.core.documents import Rejected
from synaspis.core.errors import Fault


class CaseDocument(Period):
    """A cost case as it stands in a file."""

    schema_version: Literal["costs/1"] = Field(alias="schema", description="Always costs/1.")
    id: Identifier = Field(description="Short name, that of the file.")
    name: Text = Field(description="Title.")
    summary: Text = Field(description="What is counted and what is left out.")
    scenarios: tuple[Text, ...] = Field(default=(), description="Scenarios that it holds for; none needed.")
    optional: tuple[Text, ...] = Field(
        default=(), description="Assets that the case names and that some of its scenarios lack."
    )
    partners: Mapping[Identifier, Payer] = Field(
        default={}, description="Who pays, for a case without scenario."
    )
    base_year: Year = Field(description="Year of constant prices.")
    discount_rate: Rate = Field(description="Real rate a year, for present values in the first year.")
    build_years: Annotated[int, Field(strict=True, ge=1, le=30)] = Field(
        description="Years before service over which what is bought is paid, evenly."
    )
    spares: Number = Field(description="Interceptors bought for tests and spares, per interceptor ready.")
    support_share: Part | None = Field(
        default=None,
        description="Operation and support a year as part of the price, where no figure is public.",
    )
    retirement_share: Part | None = Field(
        default=None, description="Retirement as part of the price, where no figure is public."
    )
    size_year: Year = Field(description="Year of the people and products for rules that share by size.")
    common_funding_key: Text | None = Field(default=None, description="Id of the key of common funds.")
    joint_development: Joint | None = Field(
        default=None, description="How developments would be shared under the rule of that name."
    )
    left_out: Mapping[Text, Text] = Field(default={}, description="Assets that are not counted, and why.")
    sunk: tuple[Sunk, ...] = Field(default=(), description="Assets bought before.")
    purchases: Mapping[Identifier, Purchase] = Field(default={}, description="By id.")
    development: tuple[Development, ...] = Field(default=(), description="Developments that count.")
    other: Mapping[Identifier, Other] = Field(default={}, description="What belongs to no item.")
    common: Mapping[Identifier, Sum] = Field(default={}, description="What the alliance funds in common.")
    in_kind: Mapping[Identifier, Contribution] = Field(default={}, description="Contributions in kind.")
    published: tuple[Published, ...] = Field(default=(), description="Published figures to compare with.")

    @field_validator("common_funding_key")
    @classmethod
    def _key_known(cls, key: str | None, info: ValidationInfo) -> str | None:
        context: Context | None = info.context
        fault = None if context is None or key is None else known(key, context.keys, "funding key")
        if fault is not None:
            raise Rejected(fault)
        return key

    @field_validator("left_out")
    @classmethod
    def _left_out_known(cls, left: Mapping[str, str], info: ValidationInfo) -> Mapping[str, str]:
        context: Context | None = info.context
        if context is not None:
            faults = [fault for name in left if (fault := known(name, context.names, "asset"))]
            if faults:
                raise Rejected(*faults)
        return left

    @field_validator("purchases")
    @classmethod
    def _carried_once(cls, purchases: Mapping[str, Purchase]) -> Mapping[str, Purchase]:
        """Refuse what two purchases carry: its operation and support could be counted in both."""
        bearer: dict[str, str] = {}
        faults = []
        for name, purchase in purchases.items():
            for carried in purchase.carries:
                if bearer.setdefault(carried, name) != name:
                    what = f"{carried!r} is carried by {bearer[carried]!r} already; it would be counted twice"
                    faults.append(Fault(what, f"{name}.carries", "Name it once."))
        if faults:
            raise Rejected(*faults)
        return purchases

    @field_validator("common")
    @classmethod
    def _has_key(cls, common: Mapping[str, Sum], info: ValidationInfo) -> Mapping[str, Sum]:
        if common and info.data.get("common_funding_key", "") is None:
            what = "common funds are given and no `common_funding_key`"
            raise Rejected(Fault(what, remedy="Name the key that says who pays them."))
        return common
