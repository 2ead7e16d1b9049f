"""Rival values: a scenario may hold another's view of a catalogue value, and a number may be tried out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from synaspis.catalogue import KINDS, Catalogue, Item, quantities
from synaspis.core.documents import Document, FieldPath, FrozenModel, nearest, parse, path_text
from synaspis.core.errors import Fault, InputError
from synaspis.core.quantity import Quantity, Rival
from synaspis.core.units import from_si

_PARTS: Final = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


def apply_overrides(catalogue: Catalogue, document: Document) -> tuple[Catalogue, list[Fault]]:
    """Catalogue in which the `overrides` of a document hold, and what is wrong with them.

    An override names a quantity, ``an-tpy-2-forward.reference_range`` or ``mrbm-2000.stages[0].burn_time``,
    and the `held_by` of one of its rival values. That value takes the place of the catalogue's, which becomes
    a rival.
    """
    given = document.data.get("overrides")
    faults: list[Fault] = []
    for target, held_by in given.items() if isinstance(given, Mapping) else ():
        if not isinstance(held_by, str):
            continue  # the schema says so
        try:
            catalogue = with_holder(catalogue, target, held_by)
        except InputError as error:
            faults += [
                document.fault(fault.what, ("overrides", target), fault.remedy) for fault in error.faults
            ]
    return catalogue, faults


def revalued(catalogue: Catalogue, values: Mapping[str, float]) -> Catalogue:
    """Catalogue in which some quantities have other values, for a look at what depends on them.

    values: SI value of each target, written as in `overrides`, such as ``sm-3-iib.burnout_speed``. Basis,
    bounds and rivals stay those of the catalogue; only the value is another. Raises InputError for a target
    that the catalogue has not.
    """
    for target, value in values.items():
        item, path, quantity = find_quantity(catalogue, target)
        changed: Any = _with(item, path, quantity.model_copy(update={"value": from_si(value, quantity.unit)}))
        catalogue = _replaced(catalogue, changed)
    return catalogue


def find_quantity(catalogue: Catalogue, target: str) -> tuple[Item, FieldPath, Quantity]:
    """The item, the field path and the quantity that a target names; raises InputError if there is none."""
    item_id, _, field = target.partition(".")
    path: FieldPath = tuple(int(index) if index else key for index, key in _PARTS.findall(field))
    item = catalogue.find(item_id)
    known = dict(quantities(item))
    if path not in known:
        what = (
            f"{item_id!r} has no value {field!r}" if field else f"{target!r} names an item and no value of it"
        )
        raise InputError(Fault(what, remedy=nearest(field, [path_text(known_path) for known_path in known])))
    return item, path, known[path]


def with_holder(catalogue: Catalogue, target: str, held_by: str) -> Catalogue:
    """Catalogue in which a value is the one that somebody else holds; the former becomes a rival.

    target: the path of a quantity, such as ``an-tpy-2-forward.reference_range``. held_by: of a rival value.
    Raises InputError for an unknown path or holder.
    """
    item, path, quantity = find_quantity(catalogue, target)
    rival = next((rival for rival in quantity.rivals if rival.held_by == held_by), None)
    if rival is None:
        holders = [rival.held_by for rival in quantity.rivals]
        what = f"nobody named {held_by!r} holds another value of {target}"
        remedy = nearest(held_by, holders) or "The catalogue has no rival value for it."
        raise InputError(Fault(what, remedy=remedy))
    changed: Any = _with(item, path, _held(quantity, rival))
    return _replaced(catalogue, changed)


def with_value(catalogue: Catalogue, target: str, value: float, unit: str, note: str) -> Catalogue:
    """Catalogue in which a value is a number that somebody wants to try; its basis is then `assumed`.

    target: as in `with_holder`. value, unit: of the dimension and within the bounds of the catalogue's
    schema. note: why this number.
    Raises InputError for an unknown path, or with what is wrong with the number.
    """
    item, path, quantity = find_quantity(catalogue, target)
    update = {"value": float(value), "unit": unit, "basis": "assumed", "note": note, "source": None}
    tried = quantity.model_copy(update={**update, "low": None, "high": None, "rivals": ()})
    changed: Any = _with(item, path, tried)
    document = Document(changed.model_dump(by_alias=True), source=target)
    try:
        return _replaced(catalogue, parse(type(item), document))
    except InputError as error:
        raise InputError(Fault(fault.what, remedy=fault.remedy) for fault in error.faults) from None


def _held(quantity: Quantity, rival: Rival) -> Quantity:
    """The quantity as the holder of the rival value sees it."""
    former = Rival(
        value=quantity.value,
        held_by="catalogue",
        source=quantity.source,
        note=quantity.note or "The value of the catalogue.",
    )
    others = tuple(other for other in quantity.rivals if other is not rival)
    return quantity.model_copy(
        update={
            "value": rival.value,
            "basis": "assumed" if rival.source is None else "stated",
            "low": None,
            "high": None,
            "source": rival.source,
            "note": f"As held by {rival.held_by}. {rival.note or ''}".strip(),
            "rivals": (*others, former),
        }
    )


def _with(part: Any, path: FieldPath, quantity: Quantity) -> Any:
    """A copy of an item, or of a part of it, with one quantity exchanged."""
    if not path:
        return quantity
    step, rest = path[0], path[1:]
    if isinstance(part, FrozenModel):
        return part.model_copy(update={str(step): _with(getattr(part, str(step)), rest, quantity)})
    return tuple(
        _with(entry, rest, quantity) if number == step else entry for number, entry in enumerate(part)
    )


def _replaced(catalogue: Catalogue, item: Item) -> Catalogue:
    kind = catalogue.kind_of(item.id)
    items = MappingProxyType({**catalogue.of_kind(kind), item.id: item})
    assert kind in KINDS
    changes: dict[str, Any] = {kind: items}
    return replace(catalogue, **changes)
