"""Delivered messages on globes: placemarks of KML and packets of CZML, with everything that they say."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from math import degrees, pi, radians
from typing import Any, Final

import numpy as np

from synaspis.agreement.label import RELEASABLE_TO, Label
from synaspis.core.clock import to_rfc3339
from synaspis.gateways._cot_xml import EXERCISE
from synaspis.gateways.told import Sign, ToldMessage
from synaspis.geography import geodesic_direct

_CORNERS: Final = 64
_COLOUR: Final = (231, 41, 138)


def titled(text: str, exercise: str | None) -> str:
    """A name that begins with the exercise."""
    return text if exercise is None else f"{EXERCISE} {exercise}: {text}"


def label_line(label: Label) -> str:
    """A label in one line: policy, class and categories."""
    categories = (f"{each.tag}: {' '.join(each.values) or 'nobody'}" for each in label.categories)
    # The tag that everybody reads comes first.
    ordered = sorted(categories, key=lambda text: not text.startswith(RELEASABLE_TO))
    return " / ".join((f"{label.policy} {label.classification}", *ordered))


def told_placemarks(document: ET.Element, told: ToldMessage) -> None:
    """Add a placemark for each area and place of a message; one without geometry if it has none."""
    for number, sign in enumerate(told.signs or (None,)):
        placemark = ET.SubElement(document, "Placemark")
        ET.SubElement(placemark, "name").text = _name(told, sign)
        ET.SubElement(placemark, "description").text = _marking(told)
        span = ET.SubElement(placemark, "TimeSpan")
        ET.SubElement(span, "begin").text = to_rfc3339(told.at_us)
        ET.SubElement(span, "end").text = to_rfc3339(told.until_us)
        ET.SubElement(placemark, "styleUrl").text = "#track"
        extended = ET.SubElement(placemark, "ExtendedData")
        for name, value in _facts(told, number, sign):
            ET.SubElement(ET.SubElement(extended, "Data", name=name), "value").text = value
        if sign is not None:
            _geometry(placemark, sign)


def told_packets(told: ToldMessage) -> Iterator[dict[str, Any]]:
    """A packet for each area and place of a message; one without position if it has none."""
    first = f"synaspis.{told.recipient}.{told.key}"
    for number, sign in enumerate(told.signs or (None,)):
        packet: dict[str, Any] = {
            "id": first if number == 0 else f"{first}.{number}",
            "name": _name(told, sign),
            "description": _marking(told),
            "availability": f"{to_rfc3339(told.at_us)}/{to_rfc3339(told.until_us)}",
            "properties": {"marking": _marking(told), **dict(_facts(told, number, sign))},
        }
        yield packet if sign is None else {**packet, **_drawn(sign)}


def _name(told: ToldMessage, sign: Sign | None) -> str:
    what = "" if sign is None else f": {sign.name or sign.part}"
    return titled(f"{told.title}{what}", told.exercise)


def _marking(told: ToldMessage) -> str:
    first = () if told.exercise is None else (f"{EXERCISE} {told.exercise}",)
    return " // ".join((*first, label_line(told.label)))


def _facts(told: ToldMessage, number: int, sign: Sign | None) -> Iterator[tuple[str, str]]:
    """What the message says, with its first part; the others name it."""
    yield "labels", json.dumps([told.label.to_json()])
    yield "kind", told.kind
    if sign is not None:
        yield "part", sign.part
    if number:
        yield "message", told.key
        return
    for fact in told.facts:
        if not fact.drawn:
            yield fact.part, fact.text


def _geometry(placemark: ET.Element, sign: Sign) -> None:
    if sign.shape == "point":
        point = ET.SubElement(placemark, "Point")
        ((latitude, longitude),) = sign.places_deg
        height = ""
        if sign.height_m is not None:
            ET.SubElement(point, "altitudeMode").text = "absolute"
            height = f",{sign.height_m:.1f}"
        ET.SubElement(point, "coordinates").text = f"{longitude:.7f},{latitude:.7f}{height}"
        return
    polygon = ET.SubElement(placemark, "Polygon")
    ET.SubElement(polygon, "tessellate").text = "1"
    ring = ET.SubElement(ET.SubElement(polygon, "outerBoundaryIs"), "LinearRing")
    corners = _corners(sign)
    text = " ".join(f"{longitude:.7f},{latitude:.7f}" for latitude, longitude in (*corners, corners[0]))
    ET.SubElement(ring, "coordinates").text = text


def _corners(sign: Sign) -> list[tuple[float, float]]:
    """Corners of an area; those of a circle lie on it."""
    if sign.shape == "ring":
        return list(sign.places_deg)
    ((latitude, longitude),) = sign.places_deg
    azimuth = np.linspace(0.0, 2.0 * pi, _CORNERS, endpoint=False)
    there = geodesic_direct(radians(latitude), radians(longitude), azimuth, sign.radius_m)
    pairs = zip(there.latitude_rad.tolist(), there.longitude_rad.tolist(), strict=True)
    return [(degrees(north), degrees(east)) for north, east in pairs]


def _drawn(sign: Sign) -> dict[str, Any]:
    flat = [
        value
        for latitude, longitude in sign.places_deg
        for value in (longitude, latitude, sign.height_m or 0.0)
    ]
    material = {"solidColor": {"color": {"rgba": [*_COLOUR, 60]}}}
    if sign.shape == "ring":
        # Geodesics: corners of messages are joined by great circles.
        positions = {"cartographicDegrees": flat}
        return {"polygon": {"positions": positions, "arcType": "GEODESIC", "material": material}}
    position = {"position": {"cartographicDegrees": flat}}
    if sign.shape == "point":
        return {**position, "point": {"color": {"rgba": [*_COLOUR, 255]}, "pixelSize": 8}}
    axes = {"semiMajorAxis": sign.radius_m, "semiMinorAxis": sign.radius_m, "height": 0.0}
    return {**position, "ellipse": {**axes, "material": material}}
