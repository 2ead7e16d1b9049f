"""A catalogue item for people and for programs: every value with its source, basis, bounds and rivals."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from synaspis.catalogue.loader import KINDS, Catalogue, parts, quantities, sources_of
from synaspis.catalogue.schema import Item, Source
from synaspis.core.documents import path_text
from synaspis.core.quantity import Quantity, Rival

RELIABILITY = {"found": "read in the source", "memory": "from memory, not re-read"}
"""How `Source.reliability` is said."""

_HEADING = ("id", "name", "summary", "schema_version")


def listing(catalogue: Catalogue, kind: str | None = None) -> list[dict[str, str]]:
    """Id, kind, name and summary of every item, or of the items of one kind; raises InputError for an
    unknown kind.
    """
    return [
        {"id": item.id, "kind": each, "name": item.name, "summary": item.summary}
        for each in (KINDS if kind is None else (kind,))
        for item in catalogue.of_kind(each).values()
    ]


def describe(catalogue: Catalogue, item_id: str) -> dict[str, Any]:
    """Everything that the catalogue says of an item, ready for JSON.

    Returns `facts` (what is not a quantity), `values` (each with field, value, unit, SI value, basis, and
    where given low, high, source, note, rivals) and `sources` (id to title, publisher, address, reliability
    and so on). Raises InputError if there is no such item.
    """
    item = catalogue.find(item_id)
    return {
        "id": item.id,
        "kind": catalogue.kind_of(item_id),
        "name": item.name,
        "summary": item.summary,
        "facts": dict(_facts(item)),
        "values": [
            {"field": path_text(path), **_plain(quantity), "value_si": quantity.si}
            for path, quantity in quantities(item)
        ],
        "sources": {source: _plain(catalogue.sources[source]) for source in sources_of(item)},
    }


def lines(catalogue: Catalogue, item_id: str) -> list[str]:
    """The same as text, one line a value, then its notes and rivals, then the sources in full.

    Raises InputError if there is no such item.
    """
    item = catalogue.find(item_id)
    values = [(path_text(path), quantity) for path, quantity in quantities(item)]
    facts = list(_facts(item))
    width = max((len(name) for name, _ in (*facts, *values)), default=0)
    text = [f"{item.id}: {item.name}", item.summary, ""]
    text += [f"  {name:<{width}}  {value}" for name, value in facts]
    for name, quantity in values:
        text += _value_lines(catalogue, f"  {name:<{width}}  ", quantity)
    text += ["", "Sources"] if sources_of(item) else []
    for source in sources_of(item):
        text += _source_lines(source, catalogue.sources[source])
    return text


def _facts(item: Item) -> Iterator[tuple[str, str]]:
    """Fields that are plain words or dates, such as the band of a radar."""
    for path, part in parts(item):
        if isinstance(part, Quantity | Rival):
            continue
        for name in type(part).model_fields:
            value = getattr(part, name)
            if isinstance(value, datetime.date):
                yield path_text((*path, name)), value.isoformat()
            elif isinstance(value, str) and (path or name not in _HEADING):
                yield path_text((*path, name)), value


def _plain(model: Any) -> dict[str, Any]:
    plain: dict[str, Any] = model.model_dump(mode="json", exclude_none=True)
    return {key: value for key, value in plain.items() if value != []}


def _value_lines(catalogue: Catalogue, head: str, quantity: Quantity) -> Iterator[str]:
    low, high = quantity.low, quantity.high
    bounds = "" if low is None and high is None else f" [{_bound(low)} to {_bound(high)}]"
    yield f"{head}{quantity}{bounds}  ({', '.join([quantity.basis, *_origin(catalogue, quantity.source)])})"
    indent = " " * len(head)
    if quantity.note:
        yield f"{indent}{quantity.note}"
    for rival in quantity.rivals:
        origin = f" ({', '.join(_origin(catalogue, rival.source))})" if rival.source else ""
        note = f": {rival.note}" if rival.note else ""
        yield f"{indent}rival: {rival.value:.10g} {quantity.unit}, held by {rival.held_by}{origin}{note}"


def _origin(catalogue: Catalogue, source: str | None) -> list[str]:
    if source is None:
        return []
    recalled = catalogue.sources[source].reliability == "memory"
    return [source, RELIABILITY["memory"]] if recalled else [source]


def _bound(value: float | None) -> str:
    return "?" if value is None else f"{value:.10g}"


def _source_lines(source_id: str, source: Source) -> Iterator[str]:
    parts = [source.title, source.publisher, source.date, source.page]
    yield f"  {source_id}: {'. '.join(part for part in parts if part)}"
    address = f"https://doi.org/{source.doi}" if source.doi else source.url
    accessed = f", accessed {source.accessed.isoformat()}" if source.accessed else ""
    if address:
        yield f"    {address}{accessed}"
    yield f"    reliability: {RELIABILITY[source.reliability]}"
    if source.note:
        yield f"    {source.note}"
