"""What a plan file says: candidates, years, budgets and minima beside a scenario.

The text under a field is its documentation. The validators take a `PlanSurroundings` as context and then also
check every reference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date as Day
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from synaspis.analyses.plan.candidate import Candidate, PlanSurroundings, first_year_of
from synaspis.core.claims import WRITTEN_SHORT
from synaspis.core.documents import FrozenModel, Rejected, nearest
from synaspis.core.errors import Fault
from synaspis.core.quantity import Measure, of_dimension

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
Text = Annotated[str, Field(min_length=1)]
Money = Annotated[Measure, WRITTEN_SHORT, of_dimension("money", at_least=0.0)]
Share = Annotated[Measure, WRITTEN_SHORT, of_dimension("ratio", at_least=0.0, at_most=1.0)]
Year = Annotated[int, Field(strict=True, ge=1950, le=2100)]

YEARS_MAX = 30


class BudgetEntry(FrozenModel):
    """What may be spent, in the prices of `price_year`; what is left out has no limit."""

    total: Money | None = Field(default=None, description="In all years together.")
    yearly: Money | Mapping[int, Money] | None = Field(default=None, description="In each year, or by year.")
    partners: Mapping[Text, Money] = Field(default={}, description="By each of these partners in all years.")

    @field_validator("partners")
    @classmethod
    def _are_partners(cls, partners: Mapping[str, Measure], info: ValidationInfo) -> Mapping[str, Measure]:
        surroundings: PlanSurroundings | None = info.context
        if surroundings is not None:
            known = surroundings.membership.partners
            faults = [
                Fault(f"unknown partner {name!r}", where=name, remedy=nearest(name, known))
                for name in partners
                if name not in known
            ]
            if faults:
                raise Rejected(*faults)
        return partners


class MinimumEntry(FrozenModel):
    """Something that the plan must reach: give one of `share`, `people` and `build`."""

    by: Year = Field(description="Year in which it must hold.")
    partner: Text | None = Field(default=None, description="Whose people; those of all partners by default.")
    share: Share | None = Field(
        default=None, description="Share of the threatened people who must be defended, such as `80 percent`."
    )
    people: int | None = Field(
        default=None, strict=True, ge=0, description="Number of threatened people who must be defended."
    )
    build: Text | None = Field(
        default=None, validate_default=True, description="Candidate that must be in service."
    )

    @field_validator("partner")
    @classmethod
    def _is_partner(cls, partner: str | None, info: ValidationInfo) -> str | None:
        surroundings: PlanSurroundings | None = info.context
        if surroundings is not None and partner is not None:
            known = surroundings.membership.partners
            if partner not in known:
                raise Rejected(Fault(f"unknown partner {partner!r}", remedy=nearest(partner, known)))
        return partner

    @field_validator("build")
    @classmethod
    def _one_of_three(cls, build: str | None, info: ValidationInfo) -> str | None:
        surroundings: PlanSurroundings | None = info.context
        given = [name for name in ("share", "people") if info.data.get(name) is not None]
        given += ["build"] if build is not None else []
        if len(given) != 1 and {"share", "people"} <= set(info.data):
            what = (
                "none of `share`, `people` and `build` is given" if not given else f"{_and(given)} are given"
            )
            raise Rejected(Fault(what, remedy="Give one of them."))
        if build is not None and info.data.get("partner") is not None:
            raise Rejected(Fault("`build` and `partner` are given", remedy="Leave out `partner`."))
        if surroundings is not None and build is not None and build not in surroundings.candidates:
            raise Rejected(
                Fault(f"unknown candidate {build!r}", remedy=nearest(build, surroundings.candidates))
            )
        return build


class PlanDocument(FrozenModel):
    """A plan file."""

    schema_version: Literal["plan/1"] = Field(alias="schema", description="Always plan/1.")
    id: Identifier = Field(description="Short name.")
    name: Text = Field(description="Title.")
    summary: Text = Field(description="What may be built, and what is left out.")
    phase: Text = Field(description="Phase of the scenario whose assets stand already, and stay.")
    agreements_on: Day | None = Field(
        default=None, description="Day whose agreements hold in all years; that of the phase by default."
    )
    threats: tuple[Text, ...] = Field(
        default=(),
        description="Threats of the scenario, all by default; a place must be defended against each.",
    )
    first_year: Year = Field(description="First year of the plan.")
    last_year: Year = Field(description="Last year; what is defended in it counts first.")
    price_year: Year = Field(description="Year in whose prices budgets are given and costs are added.")
    objective: Literal["population", "worst-off"] = Field(
        default="population",
        description="What is made greatest: people, or the share of the worst-off partner.",
    )
    depth: int = Field(
        default=1, strict=True, ge=1, le=10_000,
        description="Interceptors, in all batteries, that must be able to meet a missile.",
    )  # fmt: skip
    life_years: int = Field(
        default=20, strict=True, ge=0, le=60,
        description="Years of operation in the life-cycle cost by which plans are compared.",
    )  # fmt: skip
    budget: BudgetEntry = Field(default=BudgetEntry(), description="What may be spent.")
    minima: Mapping[Identifier, MinimumEntry] = Field(default={}, description="What must be reached.")
    candidates: Mapping[Identifier, Candidate] = Field(min_length=1, description="What may be built, by id.")

    @field_validator("phase", "threats")
    @classmethod
    def _of_scenario(cls, given: str | tuple[str, ...], info: ValidationInfo) -> str | tuple[str, ...]:
        surroundings: PlanSurroundings | None = info.context
        if surroundings is None:
            return given
        what = "phase" if info.field_name == "phase" else "threat"
        known = surroundings.phases if what == "phase" else surroundings.threats
        names = (given,) if isinstance(given, str) else given
        faults = [
            Fault(f"the scenario has no {what} {name!r}", remedy=nearest(name, known))
            for name in names
            if name not in known
        ]
        if faults:
            raise Rejected(*faults)
        return given

    @field_validator("last_year")
    @classmethod
    def _in_order(cls, last: int, info: ValidationInfo) -> int:
        first = info.data.get("first_year")
        if first is not None and not first <= last < first + YEARS_MAX:
            what = f"last_year {last} does not follow first_year {first} within {YEARS_MAX} years"
            raise Rejected(Fault(what, remedy=f"Give a year from {first} to {first + YEARS_MAX - 1}."))
        return last

    @field_validator("budget")
    @classmethod
    def _years_of_plan(cls, budget: BudgetEntry, info: ValidationInfo) -> BudgetEntry:
        if isinstance(budget.yearly, Mapping):
            faults = [
                Fault(f"{year} is no year of the plan", f"yearly.{year}", _allowed(info))
                for year in budget.yearly
                if not _within(year, info)
            ]
            if faults:
                raise Rejected(*faults)
        return budget

    @field_validator("minima")
    @classmethod
    def _by_year_of_plan(
        cls, minima: Mapping[str, MinimumEntry], info: ValidationInfo
    ) -> Mapping[str, MinimumEntry]:
        faults = [
            Fault(f"{minimum.by} is no year of the plan", f"{name}.by", _allowed(info))
            for name, minimum in minima.items()
            if not _within(minimum.by, info)
        ]
        if faults:
            raise Rejected(*faults)
        return minima

    @field_validator("candidates")
    @classmethod
    def _can_be_built(
        cls, candidates: Mapping[str, Candidate], info: ValidationInfo
    ) -> Mapping[str, Candidate]:
        faults = [fault for name, each in candidates.items() for fault in _faults(name, each, info)]
        if faults:
            raise Rejected(*faults)
        return candidates


def _faults(name: str, candidate: Candidate, info: ValidationInfo) -> Iterator[Fault]:
    surroundings: PlanSurroundings | None = info.context
    first, last = info.data.get("first_year"), info.data.get("last_year")
    if first is not None and last is not None and first_year_of(candidate, first) > last:
        what = f"it can be in service from {first_year_of(candidate, first)} on, after the last year {last}"
        yield Fault(what, name, "Remove it, or let the plan last longer.")
    if candidate.out_of_service is not None:
        yield Fault("a candidate stays once it is built", f"{name}.out_of_service", "Remove it.")
    if candidate.longitude is not None:
        yield Fault("a satellite cannot be a candidate: it defends nothing by itself", name, "Remove it.")
    if surroundings is not None and name in surroundings.standing:
        yield Fault(f"{name!r} stands already in this phase", name, "Give it another id, or remove it.")


def _within(year: int, info: ValidationInfo) -> bool:
    first, last = info.data.get("first_year"), info.data.get("last_year")
    return first is None or last is None or first <= year <= last


def _allowed(info: ValidationInfo) -> str:
    return f"Give a year from {info.data['first_year']} to {info.data['last_year']}."


def _and(names: list[str]) -> str:
    return " and ".join(f"`{name}`" for name in names)
