"""From a file to a checked cost case, all faults of the file together."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from synaspis.analyses.cost.case import CaseDocument
from synaspis.analyses.cost.parts import Context
from synaspis.analyses.cost.tables import FOLDER, load_tables
from synaspis.catalogue import Catalogue, load_catalogue
from synaspis.core.documents import Document, nearest, parse, read_document
from synaspis.core.errors import Fault, InputError
from synaspis.scenario import Scenario


@cache
def case_ids() -> tuple[str, ...]:
    """Ids of the cost cases that come with the package, in alphabetical order."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def case_path(scenario: Scenario) -> Path:
    """File of the packaged case of a scenario: the one that lists it; raises InputError if none does."""
    for name in case_ids():
        path = FOLDER / f"{name}.yaml"
        if scenario.id in read_document(path).data.get("scenarios", ()):
            return path
    what = f"no cost case comes with the scenario {scenario.id!r}"
    raise InputError(
        Fault(what, remedy=f"Give a file with `--costs FILE`; packaged: {', '.join(case_ids())}.")
    )


def packaged_case(name: str) -> Path:
    """File of a packaged case; raises InputError for an unknown id."""
    if name not in case_ids():
        raise InputError(Fault(f"there is no cost case {name!r}", remedy=nearest(name, case_ids())))
    return FOLDER / f"{name}.yaml"


def load_case(path: Path, scenario: Scenario | None) -> CaseDocument:
    """Read and check a cost case against the scenario that it is for; raises InputError with every fault."""
    return check_case(read_document(path), scenario)


def check_case(document: Document, scenario: Scenario | None) -> CaseDocument:
    """Check a cost case that is a document already.

    scenario: None for a case that names its own partners. Raises InputError with every fault.
    """
    catalogue = catalogue_of(scenario)
    partners = _table(document, "partners") if scenario is None else scenario.document.partners
    context = Context(
        catalogue,
        {} if scenario is None else {asset.id: asset.owner for asset in scenario.assets},
        tuple(partners),
        tuple(load_tables().keys.keys),
        tuple(_table(document, "purchases")),
        optional if isinstance(optional := document.data.get("optional"), tuple) else (),
    )
    faults: list[Fault] = []
    if scenario is None and not partners:
        faults.append(document.fault("nobody pays: there are no partners", "partners", "Name at least one."))
    if scenario is not None and _table(document, "partners"):
        what = f"partners are given, and the scenario {scenario.id!r} has its own"
        faults.append(document.fault(what, "partners", "Remove them."))
    try:
        case = parse(CaseDocument, document, context=context)
    except InputError as error:
        raise InputError(sorted((*faults, *error.faults), key=lambda fault: fault.line or 0)) from None
    faults += _price_faults(case, document)
    if faults:
        raise InputError(faults)
    return case


def catalogue_of(scenario: Scenario | None) -> Catalogue:
    """The catalogue with the overrides of the scenario, or the packaged one."""
    return load_catalogue() if scenario is None else scenario.catalogue


def _table(document: Document, key: str) -> Mapping[str, Any]:
    found = document.data.get(key)
    return found if isinstance(found, Mapping) else {}


def _price_faults(case: CaseDocument, document: Document) -> list[Fault]:
    """Prices of years that the table of prices does not reach."""
    prices = load_tables().prices
    faults = []
    if case.base_year < prices.first_year:
        what = f"the table of prices has no year {case.base_year}; it begins in {prices.first_year}"
        faults.append(document.fault(what, "base_year"))
    for group, entries in (("other", case.other), ("common", case.common), ("in_kind", case.in_kind)):
        for name, entry in entries.items():
            try:
                prices.usd(1.0, entry.amount.currency, entry.amount.price_year)
                prices.level(entry.amount.price_year)
            except InputError as error:
                faults.append(document.fault(error.faults[0].what, (group, name, "amount", "price_year")))
    return faults
