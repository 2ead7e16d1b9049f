"""What an agreement book says: partners, markings, regions and agreements in one file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Annotated, Final, Literal

from pydantic import Field, ValidationInfo, field_validator

from synaspis.agreement.item import BASE
from synaspis.agreement.label import RELEASABLE_TO
from synaspis.agreement.marking import LabelTable, Word, Words, classification_fault
from synaspis.agreement.membership import Membership
from synaspis.agreement.region import Borders, Region, region_faults
from synaspis.agreement.schema import Agreement
from synaspis.core.documents import FrozenModel, Rejected, nearest
from synaspis.core.errors import Fault

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
CENTRE: Final = "centre"
"""Sender of what the exchange centre writes itself; never a partner."""

Text = Annotated[str, Field(min_length=1)]


@dataclass(frozen=True)
class References:
    """What entries of a book may refer to: context of its validators.

    regions: ids. sources: ids of the source list, None if they are not checked. borders: map of countries.
    """

    membership: Membership
    labels: LabelTable | None
    regions: tuple[str, ...]
    sources: Collection[str] | None = None
    borders: Borders | None = None


class BookPartner(FrozenModel):
    """Who takes part, and what it is cleared to."""

    name: Text = Field(description="Name as people say it.")
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = Field(
        default=None, description="ISO 3166-1 alpha-2 code; left out for an organisation."
    )
    cleared_to: Word | None = Field(
        default=None, description="Highest classification that it may see; the lowest of all if left out."
    )
    categories: Mapping[Word, Words] = Field(
        default={}, description="Values that it holds of permissive and restrictive categories, by tag."
    )

    @field_validator("cleared_to")
    @classmethod
    def _classified(cls, cleared_to: str | None, info: ValidationInfo) -> str | None:
        table: LabelTable | None = getattr(info.context, "labels", None)
        fault = None if table is None or cleared_to is None else classification_fault(cleared_to, table)
        if fault is not None:
            raise Rejected(fault)
        return cleared_to

    @field_validator("categories")
    @classmethod
    def _held(
        cls, categories: Mapping[str, tuple[str, ...]], info: ValidationInfo
    ) -> Mapping[str, tuple[str, ...]]:
        table: LabelTable | None = getattr(info.context, "labels", None)
        faults = [] if table is None else list(_held_faults(categories, table))
        if faults:
            raise Rejected(*faults)
        return categories


def _held_faults(categories: Mapping[str, tuple[str, ...]], table: LabelTable) -> Iterator[Fault]:
    for tag, values in categories.items():
        if tag == RELEASABLE_TO:
            what = f"{tag!r} is not held: it follows from the partner and its alliances"
            yield Fault(what, where=tag, remedy="Remove it.")
        elif tag not in table.categories:
            yield Fault(f"unknown category {tag!r}", where=tag, remedy=nearest(tag, tuple(table.categories)))
        else:
            for value in values:
                if value not in table.categories[tag].values:
                    what = f"{value!r} is no value of the category {tag!r}"
                    yield Fault(what, where=tag, remedy=nearest(value, table.categories[tag].values))


class BookAlliance(FrozenModel):
    """Partners that agreements and labels can name together."""

    name: Text = Field(description="Name as people say it.")
    members: tuple[Text, ...] = Field(min_length=1, description="Ids of partners.")

    @field_validator("members")
    @classmethod
    def _are_partners(cls, members: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        membership: Membership | None = getattr(info.context, "membership", None)
        if membership is not None:
            partners = membership.partners
            unknown = [member for member in members if member not in partners]
            if unknown:
                raise Rejected(
                    *(Fault(f"unknown partner {name!r}", remedy=nearest(name, partners)) for name in unknown)
                )
        return members


class BookDocument(FrozenModel):
    """An agreement book as it stands in a file."""

    schema_version: Literal["agreements/1"] = Field(alias="schema", description="Always agreements/1.")
    id: Identifier = Field(description="Short name.")
    name: Text = Field(description="Title.")
    summary: Text | None = Field(default=None, description="What the book is about and what it leaves out.")
    labels: LabelTable = Field(default=LabelTable(), description="Markings that have a meaning.")
    partners: Mapping[Identifier, BookPartner] = Field(min_length=1, description="Partners by id.")
    alliances: Mapping[Identifier, BookAlliance] = Field(default={}, description="Alliances by id.")
    regions: Mapping[Identifier, Region] = Field(default={}, description="Regions by id.")
    agreements: Mapping[Identifier, Agreement] = Field(
        default={}, description="Agreements by id; what none of them permits is released to nobody."
    )

    @field_validator("partners")
    @classmethod
    def _not_the_centre(cls, partners: Mapping[str, BookPartner]) -> Mapping[str, BookPartner]:
        if CENTRE in partners:
            what = f"{CENTRE!r} stands for the exchange centre itself"
            raise Rejected(Fault(what, where=CENTRE, remedy="Give the partner another id."))
        return partners

    @field_validator("alliances")
    @classmethod
    def _names_of_their_own(
        cls, alliances: Mapping[str, BookAlliance], info: ValidationInfo
    ) -> Mapping[str, BookAlliance]:
        clashes = [
            Fault(f"{name!r} is a partner as well", where=name, remedy="Give the alliance another id.")
            for name in alliances
            if name in info.data.get("partners", {})
        ]
        if clashes:
            raise Rejected(*clashes)
        return alliances

    @field_validator("regions")
    @classmethod
    def _placed(cls, regions: Mapping[str, Region]) -> Mapping[str, Region]:
        if faults := region_faults(regions):
            raise Rejected(*faults)
        return regions

    @field_validator("agreements")
    @classmethod
    def _not_base(cls, agreements: Mapping[str, Agreement]) -> Mapping[str, Agreement]:
        if BASE in agreements:
            what = f"{BASE!r} stands for the rules that hold without any agreement"
            raise Rejected(Fault(what, where=BASE, remedy="Give the agreement another id."))
        return agreements

    @cached_property
    def membership(self) -> Membership:
        """Partners and alliances."""
        alliances = {name: alliance.members for name, alliance in self.alliances.items()}
        return Membership(tuple(self.partners), alliances)

    def in_force(self, day: date) -> dict[str, Agreement]:
        """Agreements that hold on a day, by id."""
        return {name: each for name, each in self.agreements.items() if each.holds_on(day)}
