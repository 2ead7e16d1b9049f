"""An agreement book: one object for the simulation and for the exchange centre."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from numpy.typing import ArrayLike

from synaspis.agreement.document import BookDocument
from synaspis.agreement.label import RELEASABLE_TO, Category, Label, combine
from synaspis.agreement.marking import LabelTable
from synaspis.agreement.membership import Membership
from synaspis.agreement.policy import Policy
from synaspis.agreement.quality import PLACED_PRODUCTS, Product
from synaspis.agreement.region import Borders, touched
from synaspis.agreement.schema import Agreement, swallows, unapplied
from synaspis.agreement.sharing import Share, share_matrix


@dataclass(frozen=True)
class AgreementBook:
    """A book that has passed every check.

    document: what the file says. files: the files that it was read from; empty if it was no file.
    borders: map of countries, for regions that are made of them.
    """

    document: BookDocument
    files: tuple[Path, ...] = ()
    borders: Borders | None = field(default=None, repr=False, compare=False)
    _policies: dict[date, Policy] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def id(self) -> str:
        """Short name."""
        return self.document.id

    @property
    def labels(self) -> LabelTable:
        """Markings that have a meaning."""
        return self.document.labels

    @property
    def agreements(self) -> Mapping[str, Agreement]:
        """Agreements by id, whether they hold or not."""
        return self.document.agreements

    @property
    def membership(self) -> Membership:
        """Partners and alliances."""
        return self.document.membership

    def policy_on(self, day: date) -> Policy:
        """What is in force on a day, ready to decide; the same object each time for the same day."""
        if day not in self._policies:
            self._policies[day] = Policy(self.document, day)
        return self._policies[day]

    def in_force(self, day: date) -> dict[str, Agreement]:
        """Agreements that hold on a day, by id."""
        return self.document.in_force(day)

    def share_matrix(self, product: Product, day: date) -> dict[tuple[str, str], Share]:
        """What the simulation takes to be shared: (giver, recipient) to the best right on a day."""
        return share_matrix(self.agreements, self.membership, product, day, labels=self.labels)

    def default_label(self) -> Label:
        """Label of the lowest classification, without categories."""
        return self.labels.default_label()

    def combine(self, labels: Iterable[Label]) -> Label:
        """Label of something made from several; alliances in `Releasable to` stand for their members.

        Raises InputError if they cannot be combined; see `synaspis.agreement.combine`.
        """
        return combine(map(self._spelt_out, labels), self.labels.classifications)

    def regions_of(
        self,
        latitude_rad: ArrayLike,
        longitude_rad: ArrayLike,
        radius_m: float = 0.0,
        *,
        borders: Borders | None = None,
    ) -> tuple[str, ...] | None:
        """Ids of the regions that a launch or impact area touches, in alphabetical order.

        latitude_rad, longitude_rad: one point, the two ends of a line, or the corners of an area in order.
        radius_m: 0 or more; what is within this distance belongs to the area. borders: map of countries, that
        of the book if left out; ValueError if a region needs one and there is none. Returns None, which is
        "not known", for an area that reaches more than 5,000 km from its middle.
        """
        chosen = self.borders if borders is None else borders
        return touched(self.document.regions, latitude_rad, longitude_rad, radius_m, chosen)

    def notices(self) -> tuple[str, ...]:
        """What a user should know although it is no fault."""
        return (
            *self._idle_clauses(),
            *self._forbidden_clauses(),
            *self._placeless_clauses(),
            *self.simulation_notices(),
        )

    def simulation_notices(self) -> tuple[str, ...]:
        """Clauses that the simulation leaves out, and why."""
        return tuple(
            f"{path} is left out by the simulation: {why}"
            for path, why in unapplied(self.agreements, self.labels)
        )

    def _spelt_out(self, label: Label) -> Label:
        categories = tuple(
            Category(each.tag, each.type, tuple(self.membership.expand(each.values)))
            if each.tag == RELEASABLE_TO
            else each
            for each in label.categories
        )
        return Label(label.policy, label.classification, categories, label.created_us)

    def _idle_clauses(self) -> Iterator[str]:
        for agreement_id, agreement in self.agreements.items():
            for clause_id, clause in agreement.clauses.items():
                givers, recipients = map(self.membership.expand, (clause.givers, clause.recipients))
                if len(givers | recipients) < 2:
                    path = f"agreements.{agreement_id}.clauses.{clause_id}"
                    yield f"{path} never applies: nobody gives to another"

    def _placeless_clauses(self) -> Iterator[str]:
        for agreement_id, agreement in self.agreements.items():
            for clause_id, clause in agreement.clauses.items():
                if clause.conditions.regions is not None and clause.product not in PLACED_PRODUCTS:
                    path = f"agreements.{agreement_id}.clauses.{clause_id}.conditions.regions"
                    effect = "never permits" if clause.effect == "permit" else "always forbids"
                    yield f"{path} {effect}: no message of product {clause.product} names a place"

    def _forbidden_clauses(self) -> Iterator[str]:
        expand, lowest = self.membership.expand, self.labels.classifications[0]
        for agreement_id, agreement in self.agreements.items():
            for clause_id, permit in agreement.clauses.items():
                for other_id, other in self.agreements.items():
                    if other_id == agreement_id or not _holds_throughout(other, agreement):
                        continue
                    for forbid_id, forbid in other.clauses.items():
                        if swallows(forbid, permit, expand, lowest):
                            path = f"agreements.{agreement_id}.clauses.{clause_id}"
                            yield f"{path} never applies: {other_id}/{forbid_id} forbids all of it"


def _holds_throughout(outer: Agreement, inner: Agreement) -> bool:
    return outer.valid_from <= inner.valid_from and (
        outer.valid_until is None
        or (inner.valid_until is not None and inner.valid_until <= outer.valid_until)
    )
