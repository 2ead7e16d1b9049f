"""What a plan file says of one candidate: an asset with its earliest day, costs and relations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from synaspis.catalogue import Interceptor, Price
from synaspis.core.documents import Rejected, nearest
from synaspis.core.errors import Fault
from synaspis.scenario import Asset
from synaspis.scenario.surroundings import Surroundings

Text = Annotated[str, Field(min_length=1)]


@dataclass(frozen=True)
class PlanSurroundings(Surroundings):
    """Context of the validators: the scenario with the candidates beside its assets.

    phases, threats: ids of the scenario. standing: assets in service on the day of the phase. candidates: ids
    as written.
    """

    phases: tuple[str, ...] = ()
    threats: tuple[str, ...] = ()
    standing: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()


class Candidate(Asset):
    """What may be built: an asset of a scenario, with `in_service` the earliest day, and what it costs."""

    platform: Text | None = Field(
        default=None, description="Platform of the catalogue whose price and operation it bears."
    )
    platforms: int = Field(default=1, strict=True, ge=1, le=100, description="How many of them.")
    price: Price | None = Field(
        default=None,
        description="To build it, with the least interceptors; by default that of its platform and item.",
    )
    operation_per_year: Price | None = Field(
        default=None, description="In each year of service; by default that of its platform and item."
    )
    interceptor_price: Price | None = Field(
        default=None, description="Of one interceptor more; by default that of its item."
    )
    build_years: int = Field(
        default=1, strict=True, ge=1, le=15,
        description="Years over which the price is spent in equal parts; the last is its first in service.",
    )  # fmt: skip
    interceptors_most: int | None = Field(
        default=None, strict=True, ge=1, le=10_000,
        description="Of a battery: as many as it can hold; as many as `interceptors` by default.",
    )  # fmt: skip
    interceptors_step: int = Field(
        default=1, strict=True, ge=1, le=1000, description="They come in lots of so many."
    )
    needs: tuple[Text, ...] = Field(
        default=(), description="Candidates or standing assets, all of which it needs."
    )
    needs_one_of: tuple[Text, ...] = Field(default=(), description="Of these it needs at least one.")
    excludes: tuple[Text, ...] = Field(default=(), description="Candidates that it cannot stand beside.")

    @field_validator("platform")
    @classmethod
    def _platform_known(cls, platform: str | None, info: ValidationInfo) -> str | None:
        surroundings: PlanSurroundings | None = info.context
        if surroundings is not None and platform is not None:
            known = surroundings.catalogue.platforms
            if platform not in known:
                raise Rejected(
                    Fault(f"unknown platform {platform!r}", remedy=nearest(platform, tuple(known)))
                )
        return platform

    @field_validator("interceptors_most")
    @classmethod
    def _not_fewer(cls, most: int | None, info: ValidationInfo) -> int | None:
        least, surroundings = info.data.get("interceptors"), info.context
        item = None if surroundings is None else surroundings.item(info.data.get("item"))
        if most is not None and item is not None and not isinstance(item, Interceptor):
            raise Rejected(Fault("only a battery has this", remedy="Remove it."))
        if most is not None and least is not None and most < least:
            what = f"interceptors_most {most} is below interceptors {least}"
            raise Rejected(Fault(what, remedy="`interceptors` is the least, `interceptors_most` the most."))
        return most

    @field_validator("needs", "needs_one_of", "excludes")
    @classmethod
    def _known(cls, names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        surroundings: PlanSurroundings | None = info.context
        if surroundings is None:
            return names
        known = surroundings.candidates
        if info.field_name != "excludes":
            known = (*known, *surroundings.standing)
        faults = [
            Fault(f"unknown candidate {name!r}", remedy=nearest(name, known))
            for name in names
            if name not in known
        ]
        if faults:
            raise Rejected(*faults)
        return names


def first_year_of(candidate: Candidate, first_year: int) -> int:
    """First year for the whole of which it can be in service, if building begins in the first year."""
    start = candidate.in_service
    earliest = start.year if (start.month, start.day) == (1, 1) else start.year + 1
    return max(earliest, first_year + candidate.build_years - 1)
