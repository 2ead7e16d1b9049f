"""A document that changes another one: `extends` of a scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from synaspis.core.documents import Document, path_text
from synaspis.core.errors import Fault


def extended(base: Document, change: Document) -> Document:
    """The base document with what the change says.

    Mappings are merged key by key, at every depth; everything else, lists too, is replaced as a whole; an
    empty value (``kurecik:`` or ``kurecik: null``) takes a key away. Lines are those of the change.
    """
    data = _merged(base.data, change.data)
    return Document(data, change.source, change.lines, (*base.faults, *change.faults))


def located(faults: Iterable[Fault], base: Document, change: Document) -> list[Fault]:
    """Faults of an extended document with the file and line that they come from, base or change."""
    of_base = {path_text(path): line for path, line in base.lines.items()}
    of_change = {path_text(path) for path in change.lines}
    return [
        replace(fault, source=base.source, line=of_base[fault.where])
        if fault.where in of_base and fault.where not in of_change
        else fault
        for fault in faults
    ]


def _merged(base: Any, change: Any) -> Any:
    if not (isinstance(base, Mapping) and isinstance(change, Mapping)):
        return change
    # The order of the base is kept, so that assets and phases stay where they were; what is new comes after.
    kept = {key: _merged(value, change[key]) if key in change else value for key, value in base.items()}
    new = {key: value for key, value in change.items() if key not in base}
    return MappingProxyType({key: value for key, value in {**kept, **new}.items() if value is not None})
