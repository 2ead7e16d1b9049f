"""What a sharing agreement says: who is bound, from when to when, and which product goes to whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Final

from pydantic import Field, ValidationInfo, field_validator

from synaspis.agreement.clause import Clause, Names, Text, known_names
from synaspis.agreement.marking import LabelTable
from synaspis.agreement.membership import Membership
from synaspis.agreement.quality import QUALITIES
from synaspis.core.claims import Claim
from synaspis.core.documents import Rejected
from synaspis.core.errors import Fault

SIMULATED: Final = ("track", "warning")
"""Products that the simulation shares."""


class Agreement(Claim):
    """Who shares what with whom, and for how long."""

    name: Text = Field(description="Name as people say it.")
    parties: Names = Field(description="Partners or alliances that are bound by it.")
    valid_from: date = Field(description="First day on which it holds.")
    valid_until: date | None = Field(
        default=None, description="Last day on which it holds; left out if open."
    )
    clauses: Mapping[Text, Clause] = Field(min_length=1, description="Clauses by id.")

    _parties_known = field_validator("parties")(known_names)

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
    def _consistent(cls, clauses: Mapping[str, Clause], info: ValidationInfo) -> Mapping[str, Clause]:
        membership: Membership | None = getattr(info.context, "membership", None)
        faults = list(_contradictions(clauses, info))
        if membership is not None and "parties" in info.data:
            bound = membership.expand(info.data["parties"])
            faults += [
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


def _contradictions(clauses: Mapping[str, Clause], info: ValidationInfo) -> Iterator[Fault]:
    membership: Membership | None = getattr(info.context, "membership", None)
    expand = frozenset if membership is None else membership.expand
    table: LabelTable | None = getattr(info.context, "labels", None)
    lowest = None if table is None else table.classifications[0]
    for name, permit in clauses.items():
        for other, forbid in clauses.items():
            if swallows(forbid, permit, expand, lowest):
                yield Fault(
                    f"the clauses {name!r} and {other!r} contradict each other: all that the first permits "
                    "the second forbids",
                    where=name,
                    remedy="Remove one, or narrow the forbid.",
                )


def swallows(
    forbid: Clause, permit: Clause, expand: Callable[[Iterable[str]], frozenset[str]], lowest: str | None
) -> bool:
    """Whether a forbid leaves nothing of a permit.

    expand: partners meant by ids of partners and alliances. lowest: lowest classification, if it is known.
    """
    return (
        (forbid.effect, permit.effect) == ("forbid", "permit")
        and forbid.product == permit.product
        and forbid.level == QUALITIES[0]
        and forbid.label in (None, lowest)
        and (not forbid.conditions or forbid.conditions == permit.conditions)
        and expand(permit.givers) <= expand(forbid.givers)
        and expand(permit.recipients) <= expand(forbid.recipients)
    )


def unapplied(agreements: Mapping[str, Agreement], table: LabelTable) -> Iterator[tuple[str, str]]:
    """Clauses that the simulation leaves out: (field path, why).

    A simulated flight is no exercise, its products carry the lowest classification and no categories, and its
    class and place are not judged.
    """
    for agreement_id, agreement in agreements.items():
        for clause_id, clause in agreement.clauses.items():
            path = f"agreements.{agreement_id}.clauses.{clause_id}"
            if clause.product not in SIMULATED:
                continue
            if not clause.conditions.met_in_simulation:
                yield f"{path}.conditions", "it applies to some messages only"
            elif clause.effect == "forbid" and clause.label not in (None, table.classifications[0]):
                yield f"{path}.label", "it forbids higher classifications only"
