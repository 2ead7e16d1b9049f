"""Whether the map of a document can be drawn."""

from __future__ import annotations

from collections.abc import Iterator
from math import degrees
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from synaspis.core.documents import Document
from synaspis.core.errors import Fault, InputError
from synaspis.core.quantity import Measure
from synaspis.geography import Grid
from synaspis.scenario.asset import Latitude
from synaspis.scenario.schema import Edge, Step
from synaspis.scenario.surroundings import table

BOUNDS: Final = ("south", "north", "west", "east", "step")

_ADAPTERS: Final[dict[str, TypeAdapter[Any]]] = {
    "south": TypeAdapter(Latitude),
    "north": TypeAdapter(Latitude),
    "west": TypeAdapter(Edge),
    "east": TypeAdapter(Edge),
    "step": TypeAdapter(Step),
}


def in_degrees(angle: Measure) -> float:
    """Value of an angle in degrees, exact where it was given in degrees."""
    return angle.value if angle.unit == "deg" else degrees(angle.si)


def region_faults(document: Document) -> Iterator[Fault]:
    """Faults of the five numbers of a region together: order, whole steps, number of cells.

    Numbers that are faulty themselves are reported by the schema; then there is nothing to add here.
    """
    region = table(document, "region")
    bounds = []
    for name in BOUNDS:
        try:
            bounds.append(in_degrees(_ADAPTERS[name].validate_python(region.get(name))))
        except ValidationError:
            return
    try:
        Grid.shape_over(*bounds)
    except InputError as error:
        for fault in error.faults:
            yield document.fault(fault.what, ("region", fault.where), fault.remedy)
