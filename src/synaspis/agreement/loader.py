"""From a file to a checked agreement book, all faults of the file together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from synaspis.agreement.book import AgreementBook
from synaspis.agreement.document import BookDocument, References
from synaspis.agreement.marking import LabelTable
from synaspis.agreement.membership import Membership
from synaspis.agreement.region import Borders
from synaspis.core.documents import Document, nearest, parse, read_document
from synaspis.core.errors import Fault, InputError
from synaspis.core.extension import extended, located

_DATA: Final = Path(__file__).resolve().parents[1] / "data"
_SHARED: Final = ("id", "name", "summary", "alliances", "agreements")
"""Keys that a scenario and a book have in common, of one form."""


@cache
def book_ids() -> tuple[str, ...]:
    """Ids of the agreement books that come with the package, in alphabetical order."""
    return tuple(sorted(path.stem for path in (_DATA / "agreements").glob("*.yaml")))


def book_path(name: str | Path, *, beside: Path | None = None) -> Path:
    """File of a book.

    name: id of a packaged book or scenario, or a path (a `Path`, or text with a slash or an ending).
    beside: folder that a relative path is seen from; the current one by default.
    Raises InputError if it is neither.
    """
    path = Path(name) if beside is None else beside / name
    if isinstance(name, str) and "/" not in name and not Path(name).suffix:
        for folder in ("agreements", "scenarios"):
            if (packaged := _DATA / folder / f"{name}.yaml").is_file():
                return packaged
        if not path.is_file():
            remedy = f"{nearest(name, book_ids())} Or give the path of a file.".strip()
            raise InputError(Fault(f"there is no agreement book {name!r}", remedy=remedy))
    return path


def load_book(
    name: str | Path,
    *,
    sources: Collection[str] | None = None,
    borders: Borders | None = None,
) -> AgreementBook:
    """Load and check an agreement book.

    name: id of a packaged book, or the path of a file; a scenario (id or file) is a book as well: its
    partners, alliances and agreements with the default markings, its agreements from another book if it
    names one. sources: ids of the source list; borders: map of countries; what is left out is not checked.
    Raises InputError with every fault of the file, by file and line.
    """
    path = book_path(name)
    document = read_document(path)
    if not _is_scenario(document):
        return check_book(document, sources=sources, borders=borders, files=(path,))
    files: tuple[Path, ...] = (path,)
    base: Document | None = None
    if isinstance(target := document.data.get("extends"), str):
        files = (path, book_path(target, beside=path.parent))
        base = read_document(files[1])
    whole = document if base is None else extended(base, document)
    if (named := named_book(whole, folder_of_book(files, document))) is not None:
        return check_book(read_document(named), sources=sources, borders=borders, files=(*files, named))
    try:
        return check_book(_book_of(whole), sources=sources, borders=borders, files=files)
    except InputError as error:
        if base is None:
            raise
        raise InputError(located(error.faults, base, document)) from None


def named_book(scenario: Document, folder: Path) -> Path | None:
    """File of the book that a scenario names in `agreements`; None if its agreements stand in itself.

    folder: where a relative path begins. Raises InputError for a name that is neither an id nor a path.
    """
    name = scenario.data.get("agreements")
    if not isinstance(name, str):
        return None
    try:
        return book_path(name, beside=folder)
    except InputError as error:
        faults = (scenario.fault(fault.what, "agreements", fault.remedy) for fault in error.faults)
        raise InputError(faults) from None


def folder_of_book(files: tuple[Path, ...], scenario: Document) -> Path:
    """Folder from which the path of a book is seen: that of the file which names it.

    files: of the scenario and of what it extends. scenario: as read, without what it extends.
    """
    return files[0 if "agreements" in scenario.data else -1].parent


def check_book(
    document: Document,
    *,
    sources: Collection[str] | None = None,
    borders: Borders | None = None,
    files: tuple[Path, ...] = (),
) -> AgreementBook:
    """Check a book that is a document already; raises InputError with all its faults."""
    references = References(
        membership=membership_of(document),
        labels=_labels_of(document),
        regions=tuple(_table(document.data, "regions")),
        sources=sources,
        borders=borders,
    )
    return AgreementBook(parse(BookDocument, document, context=references), files, borders)


def membership_of(document: Document) -> Membership:
    """Partners and alliances of a document as read, before it is checked."""
    partners = tuple(_table(document.data, "partners"))
    alliances = {}
    for name, alliance in _table(document.data, "alliances").items():
        members = alliance.get("members") if isinstance(alliance, Mapping) else ()
        listed = members if isinstance(members, tuple | list) else ()
        alliances[name] = tuple(member for member in listed if member in partners)
    return Membership(partners, alliances)


def _labels_of(document: Document) -> LabelTable | None:
    """Markings of a document; None if they are at fault themselves, which is reported in its place."""
    try:
        return LabelTable.model_validate(_table(document.data, "labels"))
    except ValidationError:
        return None


def _table(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    entry = data.get(key)
    return entry if isinstance(entry, Mapping) else {}


def _is_scenario(document: Document) -> bool:
    return str(document.data.get("schema", "")).startswith("scenario/") or "threats" in document.data


def _book_of(document: Document) -> Document:
    """What a scenario says that a book says too; fields keep their paths, and so their lines."""
    kept = {key: document.data[key] for key in _SHARED if key in document.data}
    partners = {
        name: {key: value for key, value in entry.items() if key in ("name", "country")}
        if isinstance(entry, Mapping)
        else entry
        for name, entry in _table(document.data, "partners").items()
    }
    data = {"schema": "agreements/1", **kept, "partners": partners}
    return Document(data, document.source, document.lines, document.faults)
