"""From a document to a checked object: every pydantic error becomes a fault with file, line, field path and
remedy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Final, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, RootModel, ValidationError

from synaspis.core._reading import Document, FieldPath, kind_of, path_text, read_document
from synaspis.core.errors import Fault, InputError

__all__ = [
    "Document",
    "FieldPath",
    "FrozenModel",
    "Rejected",
    "kind_of",
    "nearest",
    "parse",
    "path_text",
    "read_document",
]

Model = TypeVar("Model", bound=BaseModel)

FAULTS_MAX: Final = 200
"""Faults reported of one document; a file with more is wrong as a whole."""

_NEEDED: Final = {
    "string_type": "text",
    "float_type": "a number",
    "float_parsing": "a number",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "date_type": "a date such as 2018-12-31",
    "date_parsing": "a date such as 2018-12-31",
    "date_from_datetime_parsing": "a date such as 2018-12-31",
    "date_from_datetime_inexact": "a date such as 2018-12-31",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "dict_type": "a mapping",
    "mapping_type": "a mapping",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
}


class FrozenModel(BaseModel):
    """Base of everything that is read from a document: cannot be changed, refuses unknown keys and infinite
    numbers.

    Checks across fields belong into a field validator of the last of them that reads `info.data` and raises
    `Rejected`: unlike a model validator it also runs when another field is wrong, so that all faults are
    reported together.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True)


class Rejected(ValueError):
    """Raised by a validator to reject what it was given, with a remedy, or for several reasons at once.

    faults: `where` of each is relative to the validated field.
    """

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        super().__init__("; ".join(map(str, faults)))


def nearest(word: str, allowed: Sequence[str]) -> str:
    """Remedy for an unknown word: the nearest allowed one, and all allowed ones if they are few."""
    if not allowed:
        return ""
    close = get_close_matches(word, allowed, n=1)
    listed = f"Allowed: {', '.join(sorted(allowed))}." if len(allowed) <= 20 or not close else ""
    return " ".join(part for part in (f"Did you mean {close[0]!r}?" if close else "", listed) if part)


def parse(model: type[Model], document: Document, *, context: Any = None) -> Model:
    """Check a document against a model.

    model: a pydantic model class. context: handed to its validators. Returns the instance.
    Raises InputError with all faults of the document, in the order of its lines.
    """
    faults = list(document.faults)
    try:
        instance = model.model_validate(document.data, context=context)
    except ValidationError as error:
        known = {fault.where for fault in faults}
        found = [
            fault for entry in error.errors(include_url=False) for fault in _faults(model, document, entry)
        ]
        # A field that could not be read has been reported already.
        faults += [fault for fault in found if fault.where not in known or not fault.where]
        instance = None
    if instance is not None and not faults:
        return instance
    faults.sort(key=lambda fault: fault.line or 0)
    if len(faults) > FAULTS_MAX:
        more = Fault(f"{len(faults) - FAULTS_MAX} more faults", source=document.source)
        faults = [*faults[:FAULTS_MAX], more]
    raise InputError(faults)


def _faults(model: type[BaseModel], document: Document, entry: Mapping[str, Any]) -> Iterator[Fault]:
    kind, location, value = entry["type"], entry["loc"], entry.get("input")
    context = entry.get("ctx", {})
    path = _path_in(model, document.data, location)
    rejection = context.get("error")
    if isinstance(rejection, Rejected):
        for fault in rejection.faults:
            where = path_text(path) + (f".{fault.where}" if fault.where and path else fault.where)
            yield document.fault(fault.what, where, fault.remedy)
    elif kind == "extra_forbidden":
        allowed = sorted({key for owner in _models_at(model, path[:-1]) for key in _keys(owner)})
        given = _given(document.data, path[:-1])
        missing = [key for key in allowed if key not in given]
        yield document.fault(f"unknown key {path[-1]!r}", path, nearest(str(path[-1]), missing or allowed))
    elif kind == "missing":
        notes = [_note(owner, str(path[-1])) for owner in _models_at(model, path[:-1])]
        yield document.fault(f"the key {path[-1]!r} is missing", path, next(filter(None, notes), ""))
    elif kind == "literal_error":
        allowed = [
            part.strip("'") for part in str(context.get("expected", "")).replace(" or ", ", ").split(", ")
        ]
        yield document.fault(f"{_shown(value)} is not allowed", path, nearest(str(value), allowed))
    elif kind in _NEEDED:
        yield document.fault(f"{_shown(value)} is {kind_of(value)}; {_NEEDED[kind]} is needed", path)
    else:
        message = entry["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
        yield document.fault(f"{_shown(value)}: {message[:1].lower()}{message[1:]}", path)


def _shown(value: object) -> str:
    """A value as it stands in a message, cut short."""
    if isinstance(value, Mapping):
        return "this"
    if isinstance(value, tuple | list):
        return f"a list of {len(value)}"
    if value is None:
        return "nothing"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _path_in(model: type[BaseModel], data: Any, location: Sequence[str | int]) -> FieldPath:
    """The field path of a pydantic location: without the names of union members and of validators."""
    path: list[str | int] = []
    here = data
    for number, part in enumerate(location):
        if part in (
            here if isinstance(here, Mapping) else range(len(here)) if isinstance(here, tuple) else ()
        ):
            here = here[part]
        elif number < len(location) - 1 or not any(
            part in _keys(at) for at in _models_at(model, tuple(path))
        ):
            continue
        path.append(part)
    return tuple(path)


def _given(data: Any, path: FieldPath) -> Mapping[str, Any]:
    for part in path:
        data = data[part]
    return data if isinstance(data, Mapping) else {}


def _keys(model: type[BaseModel]) -> list[str]:
    return [info.alias or name for name, info in model.model_fields.items()]


def _note(model: type[BaseModel], key: str) -> str:
    for name, info in model.model_fields.items():
        if key in (name, info.alias):
            return f"It is: {info.description}" if info.description else ""
    return ""


def _models_at(annotation: Any, path: FieldPath) -> Iterator[type[BaseModel]]:
    """Model classes that may stand at a path below a type."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from _models_at(arguments[0], path)
    elif origin in (Union, UnionType):
        for member in arguments:
            yield from _models_at(member, path)
    elif isinstance(annotation, type) and issubclass(annotation, RootModel):
        yield from _models_at(annotation.model_fields["root"].annotation, path)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if not path:
            yield annotation
        for name, info in annotation.model_fields.items():
            if path and path[0] in (name, info.alias):
                yield from _models_at(info.annotation, path[1:])
    elif path and isinstance(origin, type):
        # The last argument is the item of a list or tuple with "..." and the value of a mapping.
        items = [argument for argument in arguments if argument is not Ellipsis]
        if items:
            yield from _models_at(items[-1], path[1:])
