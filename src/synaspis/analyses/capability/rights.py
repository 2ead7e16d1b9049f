"""A scenario cut to some assets and some clauses, so that its rights can be asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

from synaspis.agreement import Agreement
from synaspis.core.documents import nearest
from synaspis.core.errors import Fault, InputError
from synaspis.scenario import Scenario, Sharing

Pooling = Sharing | Collection[str]
"""What is shared: `agreements`, `none`, `all`; or ids of agreements, and of clauses as `agreement/clause`,
which alone hold, whether they are valid on the day or not."""


def only(scenario: Scenario, assets: Collection[str], day: date) -> Scenario:
    """The scenario with these assets alone, in the order of its file, all of them in service on a day.

    Raises InputError for unknown ids.
    """
    known = scenario.document.assets
    unknown = [name for name in assets if name not in known]
    if unknown:
        raise InputError(
            Fault(f"the scenario has no asset {name!r}", remedy=nearest(name, tuple(known)))
            for name in unknown
        )
    kept = {
        name: entry.model_copy(update={"in_service": day, "out_of_service": None})
        for name, entry in known.items()
        if name in assets
    }
    return replace(scenario, document=scenario.document.model_copy(update={"assets": kept}))


def with_agreements(scenario: Scenario, agreements: Mapping[str, Agreement]) -> Scenario:
    """The scenario with other agreements in its book."""
    book = replace(
        scenario.book, document=scenario.book.document.model_copy(update={"agreements": agreements})
    )
    document = scenario.document.model_copy(update={"agreements": agreements})
    return replace(scenario, document=document, book=book)


def named_clauses(scenario: Scenario, names: Collection[str], day: date) -> dict[str, Agreement]:
    """The agreements cut to the named clauses, all of them valid on a day.

    names: ids of agreements, and of clauses as `agreement/clause`. Raises InputError for unknown ones.
    """
    every = scenario.book.agreements
    known = list(every)
    known += [f"{name}/{clause}" for name, agreement in every.items() for clause in agreement.clauses]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise InputError(
            Fault(f"the scenario has no agreement or clause {name!r}", remedy=nearest(name, known))
            for name in unknown
        )
    kept: dict[str, Agreement] = {}
    for name, agreement in every.items():
        clauses = {
            clause_id: clause
            for clause_id, clause in agreement.clauses.items()
            if name in names or f"{name}/{clause_id}" in names
        }
        if clauses:
            update = {"clauses": clauses, "valid_from": day, "valid_until": None}
            kept[name] = agreement.model_copy(update=update)
    return kept
