"""From a scenario file to a checked scenario, all faults of the file together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from synaspis.agreement import AgreementBook, check_book
from synaspis.agreement.document import BookAlliance, BookDocument, BookPartner
from synaspis.agreement.loader import folder_of_book, named_book
from synaspis.catalogue import Catalogue, load_catalogue
from synaspis.core.documents import Document, nearest, parse, read_document
from synaspis.core.errors import Fault, InputError
from synaspis.core.extension import extended, located
from synaspis.geography import Countries
from synaspis.scenario.overrides import apply_overrides
from synaspis.scenario.phases import phase_faults
from synaspis.scenario.placed import Scenario
from synaspis.scenario.region import region_faults
from synaspis.scenario.schema import ScenarioDocument
from synaspis.scenario.surroundings import surroundings_of, table
from synaspis.scenario.territory import territory_faults

_PACKAGED: Final = Path(__file__).resolve().parents[1] / "data" / "scenarios"


@cache
def scenario_ids() -> tuple[str, ...]:
    """Ids of the scenarios that come with the package, in alphabetical order."""
    return tuple(sorted(path.stem for path in _PACKAGED.glob("*.yaml")))


def scenario_path(name: str | Path, *, beside: Path | None = None) -> Path:
    """File of a scenario.

    name: id of a packaged scenario, or a path (a `Path`, or text with a slash or an ending).
    beside: folder that a relative path is seen from; the current one by default.
    Raises InputError if it is neither.
    """
    if isinstance(name, str) and name in scenario_ids():
        return _PACKAGED / f"{name}.yaml"
    path = Path(name) if beside is None else beside / name
    if isinstance(name, str) and "/" not in name and not path.suffix and not _is_file(path):
        remedy = f"{nearest(name, scenario_ids())} Or give the path of a file.".strip()
        raise InputError(Fault(f"there is no scenario {name!r}", remedy=remedy))
    return path


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long
        return False


def load_scenario_document(
    name: str | Path, *, catalogue: Catalogue | None = None, change: Mapping[str, Any] | None = None
) -> Scenario:
    """Load and check a scenario.

    name: id of a packaged scenario, or the path of a file. catalogue: the packaged one by default.
    change: what is to hold instead of what the file says, merged with it as the file of a scenario is with
    the one that it extends.
    Raises InputError with every fault of the file, by file and line.
    """
    path = scenario_path(name)
    document = read_document(path)
    files: tuple[Path, ...] = (path,)
    base: Document | None = None
    if isinstance(target := document.data.get("extends"), str):
        base, base_path = _base(document, target, path.parent)
        files = (*files, base_path)
    whole = document if base is None else extended(base, document)
    if change is not None:
        whole = extended(whole, Document(change, whole.source, whole.lines))
    named = named_book(whole, folder_of_book(files, document))
    try:
        return _checked(whole, catalogue, files, named)
    except InputError as error:
        if base is None:
            raise
        raise InputError(located(error.faults, base, document)) from None


def check_scenario(document: Document, *, catalogue: Catalogue | None = None) -> Scenario:
    """Check a scenario that is a document already; raises InputError with all its faults."""
    return _checked(document, catalogue, (), named_book(document, Path()))


def _base(document: Document, target: str, folder: Path) -> tuple[Document, Path]:
    """The document that another one extends, and its file."""
    try:
        path = scenario_path(target, beside=folder)
        base = read_document(path)
    except InputError as error:
        faults = (document.fault(fault.what, ("extends",), fault.remedy) for fault in error.faults)
        raise InputError(faults) from None
    if "extends" in base.data:
        what = f"{target!r} extends a scenario itself; one level is allowed"
        raise InputError(document.fault(what, ("extends",), f"Extend {base.data['extends']!r} instead."))
    return base, path


def _checked(
    document: Document, catalogue: Catalogue | None, files: tuple[Path, ...], named: Path | None
) -> Scenario:
    catalogue, faults = apply_overrides(load_catalogue() if catalogue is None else catalogue, document)
    countries = Countries.load()
    book: AgreementBook | None = None
    if named is not None:
        book, found = _book(document, named, catalogue, countries)
        faults += found
        document = replace(document, data=MappingProxyType({**document.data, "agreements": {}}))
    surroundings = surroundings_of(document, catalogue, countries.codes)
    checked: ScenarioDocument | None = None
    try:
        checked = parse(ScenarioDocument, document, context=surroundings)
    except InputError as error:
        faults += error.faults
    faults += region_faults(document)
    faults += phase_faults(document)
    faults += territory_faults(document, surroundings, countries)
    if checked is None or faults:
        raise InputError(sorted(faults, key=lambda fault: fault.line or 0))
    if book is None:
        return Scenario(checked, catalogue, _own_book(checked, files), files)
    checked = checked.model_copy(update={"agreements": book.agreements})
    return Scenario(checked, catalogue, book, (*files, *book.files))


def _book(
    document: Document, path: Path, catalogue: Catalogue, countries: Countries
) -> tuple[AgreementBook | None, list[Fault]]:
    """The book that a scenario names, and what is wrong with it or between the two."""
    try:
        book = check_book(read_document(path), sources=catalogue.sources, borders=countries, files=(path,))
    except InputError as error:
        return None, list(error.faults)
    partners = tuple(table(document, "partners"))
    faults = [
        document.fault(
            f"the book {book.id!r} has the partner {name!r}, which the scenario has not",
            "agreements",
            nearest(name, partners),
        )
        for name in book.membership.partners
        if name not in partners
    ]
    return book, faults


def _own_book(checked: ScenarioDocument, files: tuple[Path, ...]) -> AgreementBook:
    """The agreements that stand in a scenario itself, as a book with the markings by default."""
    # Everything in it has been checked as part of the scenario.
    partners = {
        name: BookPartner(name=each.name, country=each.country) for name, each in checked.partners.items()
    }
    alliances = {
        name: BookAlliance(name=each.name, members=each.members) for name, each in checked.alliances.items()
    }
    document = BookDocument.model_construct(
        schema_version="agreements/1",
        id=checked.id,
        name=checked.name,
        summary=checked.summary,
        partners=partners,
        alliances=alliances,
        agreements=checked.agreements,
    )
    return AgreementBook(document, files)
