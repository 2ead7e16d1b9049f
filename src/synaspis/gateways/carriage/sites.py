"""What was written, taken apart by where it stands: fields of XML, JSON, PDUs, lines of a message."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from typing import Any
from xml.etree import ElementTree

from synaspis.gateways.dis.pdus import Comment, Pdu


def sites_of_xml(documents: Iterable[str | bytes]) -> dict[str, list[str]]:
    """Attributes and texts of XML by their place, without namespaces; `Data` by its name."""
    found: dict[str, list[str]] = {}
    for document in documents:
        _xml(ElementTree.fromstring(document), "", found)
    return found


def _xml(element: ElementTree.Element, above: str, found: dict[str, list[str]]) -> None:
    tag = str(element.tag).rpartition("}")[2]
    named = f"[{element.get('name')}]" if tag == "Data" else ""
    place = f"{above}/{tag}{named}" if above else tag
    for name, value in element.attrib.items():
        found.setdefault(f"{place}/@{name}", []).append(value)
    if text := (element.text or "").strip():
        found.setdefault(place, []).append(text)
    for child in element:
        _xml(child, place, found)


def sites_of_json(value: Any, above: str = "") -> dict[str, list[Any]]:
    """Values of JSON by their place; those of one list are one place."""
    found: dict[str, list[Any]] = {}
    if isinstance(value, dict):
        for name, each in value.items():
            for place, values in sites_of_json(each, f"{above}.{name}" if above else str(name)).items():
                found.setdefault(place, []).extend(values)
    elif isinstance(value, list):
        for each in value:
            for place, values in sites_of_json(each, above).items():
                found.setdefault(place, []).extend(values)
    else:
        found[above] = [value]
    return found


def sites_of_pdus(pdus: Iterable[Pdu]) -> dict[str, list[Any]]:
    """Fields of PDUs by kind and name; a Comment's words apart from the JSON with the label."""
    found: dict[str, list[Any]] = {}
    for pdu in pdus:
        kind = type(pdu).__name__
        if isinstance(pdu, Comment):
            for datum in pdu.datums:
                text = datum.value.decode()
                inside: dict[str, list[Any]] = (
                    sites_of_json(json.loads(text)) if text.startswith("{") else {"words": [text]}
                )
                for place, values in inside.items():
                    found.setdefault(f"{kind}/{place}", []).extend(values)
        for place, value in _fields(pdu, kind):
            if place != f"{kind}.datums":
                found.setdefault(place, []).append(value)
    return found


def _fields(value: Any, place: str) -> Iterable[tuple[str, Any]]:
    for each in fields(value):
        inner = getattr(value, each.name)
        if is_dataclass(inner):
            yield from _fields(inner, f"{place}.{each.name}")
        else:
            yield f"{place}.{each.name}", inner


def sites_of_oem(text: str) -> dict[str, list[str]]:
    """Lines of an ephemeris message by their keyword; states and covariances by their column."""
    found: dict[str, list[str]] = {}
    in_covariance = False
    for line in text.splitlines():
        keyword = re.match(r"(COMMENT \w+|[A-Z_]+)", line)
        if keyword is not None and not line[:1].isdigit():
            in_covariance = {"COVARIANCE_START": True, "COVARIANCE_STOP": False}.get(line, in_covariance)
            found.setdefault(keyword[0], []).append(line)
        elif line:
            kind = "covariance" if in_covariance else "state"
            found.setdefault(kind, []).append(line)
    return found
