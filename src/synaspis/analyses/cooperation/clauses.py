"""Clauses of a book as players: their worth together, contradictions, and those that do not hold today."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from synaspis.agreement import Agreement, AgreementBook, Clause, Membership
from synaspis.agreement.schema import SIMULATED, swallows
from synaspis.analyses.capability import Capability, with_agreements
from synaspis.analyses.cooperation.games import Members
from synaspis.core.errors import Fault, InputError
from synaspis.engine.parameters import Floats


def clause_ids(agreements: Mapping[str, Agreement]) -> list[str]:
    """Clauses that a simulation shares by, as `agreement/clause`, in the order of the file."""
    return [
        f"{name}/{clause_id}"
        for name, agreement in agreements.items()
        for clause_id, clause in agreement.clauses.items()
        if clause.product in SIMULATED and clause.conditions.met_in_simulation
    ]


def contradictions(
    agreements: Mapping[str, Agreement], membership: Membership, lowest: str
) -> Iterator[Fault]:
    """Pairs of clauses of different agreements of which one permits what the other forbids wholly.

    membership: partners and alliances. lowest: lowest classification of their book.

    Within one agreement such a pair is refused when the book is read.
    """
    for name, agreement in agreements.items():
        for clause_id, permit in agreement.clauses.items():
            for other, against in agreements.items():
                for other_id, forbid in against.clauses.items():
                    if other != name and swallows(forbid, permit, membership.expand, lowest):
                        yield Fault(
                            f"the clauses '{name}/{clause_id}' and '{other}/{other_id}' contradict each "
                            "other: all that the first permits the second forbids",
                            where=f"agreements.{name}.clauses.{clause_id}",
                            remedy="Remove one, narrow the forbid, or let one end before the other begins.",
                        )


def refuse_contradictions(book: AgreementBook, agreements: Mapping[str, Agreement]) -> None:
    """Raise InputError that names both clauses of every pair that cannot stand together."""
    if faults := list(contradictions(agreements, book.membership, book.labels.classifications[0])):
        raise InputError(faults)


@dataclass(frozen=True, eq=False)
class ClauseGame:
    """Worth of a group of clauses, all assets being there, against every threat.

    players: clauses that each player brings. product: what is asked, track (area in m2 and people defended,
    for each threat in turn) or warning (mean warning in s, for each threat). spans: (measure,).
    """

    capability: Capability
    players: tuple[tuple[str, ...], ...]
    product: str
    spans: Floats
    _known: dict[frozenset[str], Floats] = field(default_factory=dict, init=False, repr=False)

    @property
    def size(self) -> int:
        """Players."""
        return len(self.players)

    def narrowed(self, players: NDArray[np.int64]) -> ClauseGame:
        """The game of some of its players, with what is known already."""
        small = replace(self, players=tuple(self.players[at] for at in players))
        small._known.update(self._known)
        return small

    def worths(self, members: Members) -> Floats:
        """Worth of coalitions: members (coalition, player) to (coalition, measure)."""
        sets = [frozenset(name for at in np.flatnonzero(row) for name in self.players[at]) for row in members]
        for names in sets:
            if names not in self._known:
                self._known[names] = defended_measures(self.capability, names, self.product)
        return np.array([self._known[names] for names in sets])


def defended_measures(capability: Capability, names: Collection[str], product: str) -> Floats:
    """What the assets are worth under some clauses, (measure,) as in `ClauseGame`."""
    people = capability.population * capability.threatened
    if product == "warning":
        warning_s = np.nan_to_num(capability.warning_s(sharing=names))
        found: Floats = (warning_s * people).sum(axis=1) / np.maximum(people.sum(axis=1), 1)
        return found
    held = capability.defended(sharing=names)
    weights = np.stack([capability.area_m2, capability.population.astype(np.float64)], axis=1)
    return (held.astype(np.float64) @ weights).ravel()


def clause_game(capability: Capability, players: Sequence[Sequence[str]], product: str) -> ClauseGame:
    """The game of some players that each bring clauses; those of another product are left aside."""
    book = capability.scenario.book.agreements
    kept = tuple(tuple(name for name in names if _clause(book, name).product == product) for names in players)
    people = capability.population * capability.threatened
    if product == "warning":
        longest = [flights.impact_s.max(initial=0.0) for flights in capability.flights]
        limit = np.array(longest)
    else:
        area = (capability.area_m2 * capability.threatened).sum(axis=1)
        limit = np.stack([area, people.sum(axis=1).astype(np.float64)], axis=1).ravel()
    # A clause may also do harm (a wider use at a longer delay), so that a step has either sign.
    spans = 2.0 * (limit - defended_measures(capability, (), product))
    return ClauseGame(capability, kept, product, spans)


def _clause(agreements: Mapping[str, Agreement], name: str) -> Clause:
    agreement_id, clause_id = name.split("/", 1)
    return agreements[agreement_id].clauses[clause_id]


def idle_clauses(book: AgreementBook, day: date) -> list[str]:
    """Clauses of a book that do not hold on a day, as `agreement/clause`."""
    held = book.in_force(day)
    return clause_ids({name: each for name, each in book.agreements.items() if name not in held})


def with_candidates(capability: Capability, other: AgreementBook) -> tuple[Capability, list[str]]:
    """A capability whose book also has the clauses of another book, and the names of these.

    An agreement whose id is taken gets the id of its book after it. Givers and recipients whom the scenario
    does not have are left out; a clause without both is left out whole.
    """
    mine = dict(capability.scenario.book.agreements)
    partners = frozenset(capability.scenario.membership.partners)
    added: dict[str, Agreement] = {}
    for name, agreement in other.agreements.items():
        clauses = {}
        for clause_id, clause in agreement.clauses.items():
            givers = sorted(other.membership.expand(clause.givers) & partners)
            recipients = sorted(other.membership.expand(clause.recipients) & partners)
            if givers and recipients and len({*givers, *recipients}) > 1:
                update = {"givers": tuple(givers), "recipients": tuple(recipients)}
                clauses[clause_id] = clause.model_copy(update=update)
        if clauses:
            own = f"{name}@{other.id}" if name in mine else name
            added[own] = agreement.model_copy(update={"clauses": clauses})
    scenario = with_agreements(capability.scenario, {**mine, **added})
    return capability.under(scenario), clause_ids(added)
