"""What is published about messages: their JSON Schema, and one example of each kind."""

from __future__ import annotations

from importlib.resources import files
from typing import Any, Final

from pydantic.json_schema import models_json_schema

from synaspis.agreement.label import NAMESPACE, TEXT_MAX_CHARACTERS
from synaspis.core.documents import nearest
from synaspis.core.errors import Fault, InputError
from synaspis.messages.bodies import BODIES
from synaspis.messages.coordination import WHITE, ExerciseControl
from synaspis.messages.message import PRODUCTS, SCHEMA, Message

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_REFERENCE: Final = "#/$defs/{model}"
_LABEL_TEXT: Final = {"type": "string", "minLength": 1, "maxLength": TEXT_MAX_CHARACTERS}
_CATEGORY: Final = {
    "type": "object",
    "properties": {
        "TagName": _LABEL_TEXT,
        "Type": {"enum": ["PERMISSIVE", "RESTRICTIVE", "INFORMATIVE"]},
        "GenericValues": {"type": "array", "items": _LABEL_TEXT, "maxItems": 256},
    },
    "required": ["TagName", "Type", "GenericValues"],
    "additionalProperties": False,
}
_LABEL: Final = {
    "description": "Confidentiality label: the data model of STANAG 4774 as a JSON object.",
    "type": "object",
    "properties": {
        "Xmlns": {"const": NAMESPACE},
        "CreationTime": {
            "type": "string",
            "format": "date-time",
            "pattern": r"^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
            r"([Zz]|[+-][0-9]{2}:[0-9]{2})$",
        },
        "ConfidentialityInformation": {
            "type": "object",
            "properties": {
                "PolicyIdentifier": _LABEL_TEXT,
                "Classification": _LABEL_TEXT,
                "Category": {"anyOf": [_CATEGORY, {"type": "array", "items": _CATEGORY, "maxItems": 256}]},
            },
            "required": ["PolicyIdentifier", "Classification"],
            "additionalProperties": False,
        },
    },
    "required": ["ConfidentialityInformation"],
    "additionalProperties": False,
}

_CONTROL: Final = {
    "if": {"properties": {"kind": {"const": ExerciseControl.kind}}, "required": ["kind"]},
    "then": {
        "properties": {"sender": {"const": WHITE}, "exercise": {"type": "string"}},
        "required": ["exercise"],
    },
}


def message_schema(kind: str | None = None) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a message.

    kind: only this kind; None for all. A message that the schema refuses is refused. What a schema cannot
    say (that a day exists, an order of times, that a covariance is positive definite, that a position is
    near the Earth, limits of size) is checked beyond it.
    Raises InputError for a kind that does not exist.
    """
    if kind is not None:
        _check_kind(kind)
    kinds = list(BODIES) if kind is None else [kind]
    _, generated = models_json_schema(
        [(model, "validation") for model in (Message, *BODIES.values())], ref_template=_REFERENCE
    )
    definitions = generated["$defs"]
    header = definitions.pop("Message")
    definitions["Label"] = _LABEL
    definitions["Correction"]["allOf"] = [
        _whenever({"refers_to": {"properties": {"kind": {"const": each}}}}, "replacement", each)
        for each in BODIES
        if each in PRODUCTS
    ]
    properties = {
        "schema": {"const": SCHEMA, "description": "Format and version of the message."},
        **header["properties"],
        "label": {"$ref": _REFERENCE.format(model="Label")},
    }
    properties["kind"] = {"enum": kinds, "description": header["properties"]["kind"]["description"]}
    whole = {
        "$schema": DIALECT,
        "$id": f"urn:synaspis:message:1{':' + kind if kind else ''}",
        "title": "Message",
        "description": "What one partner says to the others; payload of a signed envelope.",
        "type": "object",
        "properties": properties,
        "required": ["schema", *header["required"]],
        "additionalProperties": False,
        "allOf": [
            *(_whenever({"kind": {"const": each}}, "body", each) for each in kinds),
            *([_CONTROL] if ExerciseControl.kind in kinds else []),
        ],
        "$defs": definitions,
    }
    whole["$defs"] = {name: definitions[name] for name in sorted(_reached(whole, definitions))}
    return whole


def example_message(kind: str) -> bytes:
    """An example of a message of a kind, as JSON text with line breaks.

    Raises InputError for a kind that does not exist.
    """
    _check_kind(kind)
    return (files("synaspis") / "data" / "messages" / f"{kind}.json").read_bytes()


def _check_kind(kind: str) -> None:
    if kind not in BODIES:
        raise InputError(Fault(f"{kind!r} is no kind of message", remedy=nearest(kind, [*BODIES])))


def _whenever(condition: dict[str, Any], member: str, kind: str) -> dict[str, Any]:
    """If the condition holds, a member is the body of a kind."""
    body = {"$ref": _REFERENCE.format(model=BODIES[kind].__name__)}
    return {
        "if": {"properties": condition, "required": list(condition)},
        "then": {"properties": {member: body}},
    }


def _reached(schema: dict[str, Any], definitions: dict[str, Any]) -> set[str]:
    """Names of the definitions that a schema without its own uses, directly or through others."""
    found: set[str] = set()
    waiting: list[Any] = [{key: part for key, part in schema.items() if key != "$defs"}]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            name = str(part.get("$ref", "")).rpartition("/")[2]
            if name and name not in found:
                found.add(name)
                waiting.append(definitions[name])
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
    return found
