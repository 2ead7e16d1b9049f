"""From folders of YAML files to one checked catalogue; everything wrong in any of the files is reported
together.

A folder holds `missiles/`, `interceptors/`, `radars/`, `satellites/`, `platforms/`, `sites/` and `flights/`
with one file an item, and `sources/` with files that list sources. Sources may be named across folders.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, cast

from synaspis.catalogue.schema import (
    Flight,
    Interceptor,
    Item,
    Missile,
    Platform,
    Radar,
    Satellite,
    Site,
    Source,
    SourceList,
)
from synaspis.core.documents import Document, FieldPath, FrozenModel, nearest, parse, read_document
from synaspis.core.errors import Fault, InputError
from synaspis.core.quantity import Quantity, Rival

KINDS: Final[Mapping[str, type[Item]]] = {
    "missiles": Missile,
    "interceptors": Interceptor,
    "radars": Radar,
    "satellites": Satellite,
    "platforms": Platform,
    "sites": Site,
    "flights": Flight,
}
"""Folder of each kind of item, and its model."""

_DATA: Final = Path(__file__).resolve().parents[1] / "data"
_PACKAGED: Final = (_DATA / "catalogue", _DATA / "sources")
_SOURCES: Final = "sources"


@dataclass(frozen=True)
class Catalogue:
    """All items and sources by id. An id names one item only, whatever its kind.

    files: the file of each item, by id.
    """

    missiles: Mapping[str, Missile]
    interceptors: Mapping[str, Interceptor]
    radars: Mapping[str, Radar]
    satellites: Mapping[str, Satellite]
    platforms: Mapping[str, Platform]
    sites: Mapping[str, Site]
    flights: Mapping[str, Flight]
    sources: Mapping[str, Source]
    files: Mapping[str, Path] = field(repr=False)

    def of_kind(self, kind: str) -> Mapping[str, Item]:
        """Items of a kind, which is one of the keys of `KINDS`; raises InputError for another."""
        if kind not in KINDS:
            raise InputError(Fault(f"there is no kind {kind!r} of item", remedy=nearest(kind, tuple(KINDS))))
        return cast("Mapping[str, Item]", getattr(self, kind))

    def kind_of(self, item_id: str) -> str:
        """The kind of an item; raises InputError if the catalogue has no such item."""
        for kind in KINDS:
            if item_id in self.of_kind(kind):
                return kind
        known = [known_id for kind in KINDS for known_id in self.of_kind(kind)]
        raise InputError(Fault(f"the catalogue has no item {item_id!r}", remedy=nearest(item_id, known)))

    def find(self, item_id: str) -> Item:
        """An item of any kind; raises InputError if the catalogue has no such item."""
        return self.of_kind(self.kind_of(item_id))[item_id]


def load_catalogue(extra_dirs: Iterable[Path | str] = ()) -> Catalogue:
    """The catalogue of the package, and the items of further folders.

    extra_dirs: folders of the layout that the module describes; their ids must be new.
    Raises InputError with every fault of every file: what the schema refuses, a file name that is not the id,
    an id given twice, a source that is not listed, a folder or ending that would not be read.
    """
    folders = tuple(Path(folder) for folder in extra_dirs)
    return _load(folders) if folders else _packaged()


@cache
def _packaged() -> Catalogue:
    return _load(())


def quantities(model: FrozenModel) -> Iterator[tuple[FieldPath, Quantity]]:
    """Every quantity of an item with its field path, in the order of the schema."""
    for path, part in parts(model):
        if isinstance(part, Quantity):
            yield path, part


def sources_of(model: FrozenModel) -> tuple[str, ...]:
    """Ids of the sources that an item names, each once, in the order of the schema."""
    return tuple(dict.fromkeys(_named_sources(model)))


def parts(value: object, path: FieldPath = ()) -> Iterator[tuple[FieldPath, FrozenModel]]:
    """An item and everything inside it that has fields, with field paths, in the order of the schema."""
    if isinstance(value, tuple):
        for index, part in enumerate(value):
            yield from parts(part, (*path, index))
    elif isinstance(value, FrozenModel):
        yield path, value
        for name in type(value).model_fields:
            yield from parts(getattr(value, name), (*path, name))


def _named_sources(model: FrozenModel) -> Iterator[str]:
    for _, part in parts(model):
        if isinstance(part, Quantity | Rival) and part.source is not None:
            yield part.source
        elif isinstance(part, Item):
            yield from part.sources


def _sources_in(data: object, path: FieldPath = ()) -> Iterator[tuple[FieldPath, str]]:
    """Sources that a document names, found in the raw data so that they are checked in a faulty document
    too.
    """
    if isinstance(data, tuple):
        for index, part in enumerate(data):
            yield from _sources_in(part, (*path, index))
    elif isinstance(data, Mapping):
        for key, value in data.items():
            if key == "source" and isinstance(value, str):
                yield (*path, key), value
            elif key == "sources" and isinstance(value, tuple):
                yield from (((*path, key, n), name) for n, name in enumerate(value) if isinstance(name, str))
            else:
                yield from _sources_in(value, (*path, key))


class _Reading:
    """Collects items, sources and faults over all folders."""

    def __init__(self) -> None:
        self.items: dict[str, dict[str, Item]] = {kind: {} for kind in KINDS}
        self.files: dict[str, Path] = {}
        self.sources: dict[str, Source] = {}
        self.faults: list[Fault] = []
        self._documents: list[Document] = []
        self._source_files: dict[str, Path] = {}
        self._sources_are_whole = True

    def read_item(self, kind: str, path: Path) -> None:
        try:
            document = read_document(path)
        except InputError as error:
            self.faults += error.faults
            return
        self._documents.append(document)
        item_id = document.data.get("id")
        if isinstance(item_id, str) and item_id != path.stem:
            what = f"the id {item_id!r} is not the name of the file"
            self.faults.append(document.fault(what, "id", f"Write {path.stem!r}, or rename the file."))
        if item_id in self.files:
            what = f"the id {item_id!r} is taken by {self.files[item_id]}"
            self.faults.append(document.fault(what, "id", "Give the item an id of its own."))
        try:
            item = parse(KINDS[kind], document)
        except InputError as error:
            self.faults += error.faults
        else:
            self.items[kind][item.id] = item
            self.files[item.id] = path

    def read_sources(self, path: Path) -> None:
        try:
            document = read_document(path)
            listed = parse(SourceList, document)
        except InputError as error:
            self.faults += error.faults
            self._sources_are_whole = False
            return
        for source_id, source in listed.root.items():
            if source_id in self.sources:
                what = f"the source {source_id!r} is listed in {self._source_files[source_id]} too"
                self.faults.append(document.fault(what, (source_id,), "Remove one."))
            self.sources[source_id] = source
            self._source_files[source_id] = path

    def check_sources(self) -> None:
        """Refuse what names an unlisted source; not if a list of sources could not be read, which would be
        noise.
        """
        for document in self._documents if self._sources_are_whole else ():
            for path, source in _sources_in(document.data):
                if source not in self.sources:
                    remedy = nearest(source, tuple(self.sources)) or "List it in a file under sources/."
                    self.faults.append(document.fault(f"the source {source!r} is not listed", path, remedy))


def _load(folders: Sequence[Path]) -> Catalogue:
    reading = _Reading()
    for kind in KINDS:
        for path in sorted((_PACKAGED[0] / kind).glob("*.yaml")):
            reading.read_item(kind, path)
    for path in sorted(_PACKAGED[1].glob("*.yaml")):
        reading.read_sources(path)
    for folder in folders:
        _read_folder(reading, folder)
    reading.check_sources()
    if reading.faults:
        raise InputError(reading.faults)
    kinds: dict[str, Any] = {kind: MappingProxyType(items) for kind, items in reading.items.items()}
    return Catalogue(
        **kinds, sources=MappingProxyType(reading.sources), files=MappingProxyType(reading.files)
    )


def _read_folder(reading: _Reading, folder: Path) -> None:
    if not folder.is_dir():
        reading.faults.append(Fault("there is no such folder", remedy="Check the path.", source=str(folder)))
        return
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith("."):
            continue
        if entry.is_dir() and entry.name in (*KINDS, _SOURCES):
            _read_kind(reading, entry)
        elif entry.is_dir() or entry.suffix in (".yaml", ".yml"):
            remedy = nearest(entry.name, (*KINDS, _SOURCES))
            reading.faults.append(Fault("would not be read: not a kind of item", "", remedy, str(entry)))


def _read_kind(reading: _Reading, folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        if path.suffix == ".yaml" and folder.name == _SOURCES:
            reading.read_sources(path)
        elif path.suffix == ".yaml":
            reading.read_item(folder.name, path)
        elif not path.name.startswith("."):
            reading.faults.append(
                Fault("would not be read", remedy="Give it the ending .yaml.", source=str(path))
            )
