"""What a sharing agreement says: who is bound, from when to when, and which product goes to whom.

Release control (labels, conditions, refusals) comes with the exchange of messages. Its keys are accepted now,
so that a file need not change then; `reserved_in_use` names those that are not yet applied.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from synaspis.agreement.membership import Membership
from synaspis.core.claims import WRITTEN_SHORT, Claim
from synaspis.core.documents import FrozenModel, Rejected, nearest
from synaspis.core.errors import Fault
from synaspis.core.quantity import Measure, of_dimension

Product = Literal["track", "warning"]
Use = Literal["cue", "launch-on-remote", "engage-on-remote"]
Text = Annotated[str, Field(min_length=1)]

USES: Final[tuple[Use, ...]] = ("cue", "launch-on-remote", "engage-on-remote")
"""Uses of a track in rising order: each includes those before it."""

DELAY_MAX_S: Final = 3600.0

SharingDelay = Annotated[Measure, WRITTEN_SHORT, of_dimension("time", at_least=0.0, at_most=DELAY_MAX_S)]


def _as_list(given: Any) -> Any:
    return (given,) if isinstance(given, str) else given


Names = Annotated[tuple[Text, ...], BeforeValidator(_as_list), Field(min_length=1)]


def _known(names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
    membership: Membership | None = getattr(info.context, "membership", None)
    if membership is not None:
        unknown = [name for name in names if name not in membership.names]
        if unknown:
            raise Rejected(
                *(
                    Fault(
                        f"{name!r} is neither a partner nor an alliance",
                        remedy=nearest(name, membership.names),
                    )
                    for name in unknown
                )
            )
    return names


class Clause(FrozenModel):
    """One product that goes from some parties to others."""

    model_config = ConfigDict(validate_default=True)

    product: Product = Field(
        description="track: measurements of a flight; warning: that and where there was a launch."
    )
    givers: Names = Field(alias="from", description="Partners or alliances that give it.")
    recipients: Names = Field(alias="to", description="Partners or alliances that get it.")
    use: Use | None = Field(
        default=None,
        description="What a recipient may do with a track: cue its own radar, launch on it, or also "
        "engage on it (guide the interceptor by it). Each includes those before it. Left out for a warning.",
    )
    delay: SharingDelay = Field(
        description="From the giver's sensor to the recipient's user, all relays included."
    )
    effect: Literal["permit"] = Field(
        default="permit", description="Reserved: `forbid` comes with release control."
    )
    quality: Text | None = Field(default=None, description="Reserved for release control: level of detail.")
    label: Text | None = Field(
        default=None, description="Reserved for release control: marking of the product."
    )
    conditions: tuple[Text, ...] = Field(
        default=(), description="Reserved for release control: when it applies."
    )

    _names_known = field_validator("givers", "recipients")(_known)

    @field_validator("use")
    @classmethod
    def _fits_product(cls, use: Use | None, info: ValidationInfo) -> Use | None:
        product = info.data.get("product")
        if product == "track" and use is None:
            raise Rejected(Fault("a track clause says no use", remedy=f"Give `use`: {', '.join(USES)}."))
        if product == "warning" and use is not None:
            raise Rejected(Fault(f"a warning has no use, given is {use!r}", remedy="Remove `use`."))
        return use


class Agreement(Claim):
    """Who shares what with whom, and for how long."""

    name: Text = Field(description="Name as people say it.")
    parties: Names = Field(description="Partners or alliances that are bound by it.")
    valid_from: date = Field(description="First day on which it holds.")
    valid_until: date | None = Field(
        default=None, description="Last day on which it holds; left out if open."
    )
    clauses: Mapping[Text, Clause] = Field(min_length=1, description="Clauses by id.")

    _parties_known = field_validator("parties")(_known)

    @field_validator("valid_until")
    @classmethod
    def _in_order(cls, valid_until: date | None, info: ValidationInfo) -> date | None:
        valid_from = info.data.get("valid_from")
        if valid_until is not None and valid_from is not None and valid_until < valid_from:
            remedy = "Give a last day that is not before the first."
            raise Rejected(
                Fault(f"valid_until {valid_until} is before valid_from {valid_from}", remedy=remedy)
            )
        return valid_until

    @field_validator("clauses")
    @classmethod
    def _among_parties(cls, clauses: Mapping[str, Clause], info: ValidationInfo) -> Mapping[str, Clause]:
        membership: Membership | None = getattr(info.context, "membership", None)
        if membership is None or "parties" not in info.data:
            return clauses
        bound = membership.expand(info.data["parties"])
        faults = [
            Fault(
                f"{sorted(outside)[0]!r} is named in the clause and is no party of the agreement",
                where=f"{name}.{key}",
                remedy="Add it to `parties`, or take it out of the clause.",
            )
            for name, clause in clauses.items()
            for key, given in (("from", clause.givers), ("to", clause.recipients))
            if (outside := membership.expand(given) - bound)
        ]
        if faults:
            raise Rejected(*faults)
        return clauses

    def holds_on(self, day: date) -> bool:
        """Whether it holds on a day; its first and last day count."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


def reserved_in_use(agreements: Mapping[str, Agreement]) -> Iterator[str]:
    """Field paths of keys that are accepted and not yet applied."""
    for agreement_id, agreement in agreements.items():
        for clause_id, clause in agreement.clauses.items():
            for key in ("quality", "label", "conditions"):
                if getattr(clause, key):
                    yield f"agreements.{agreement_id}.clauses.{clause_id}.{key}"
