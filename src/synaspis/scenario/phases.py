"""Whether the phases of a document follow each other and hold something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from synaspis.core.documents import Document
from synaspis.core.errors import Fault
from synaspis.scenario.surroundings import table

_DAY: Final = TypeAdapter(date)


def phase_faults(document: Document) -> Iterator[Fault]:
    """Faults of phases that are not later than the one before, or in which no asset is in service.

    It looks at the document as read, so that a fault in one asset or phase does not hide these.
    """
    before: tuple[str, date] | None = None
    services = [_service(asset) for asset in table(document, "assets").values()]
    for name, phase in table(document, "phases").items():
        day = _day(phase.get("date")) if isinstance(phase, Mapping) else None
        if day is None:
            continue
        path = ("phases", name, "date")
        if before is not None and day <= before[1]:
            what = f"the phase {name!r} of {day} is not later than the phase {before[0]!r} of {before[1]}"
            yield document.fault(what, path, "Put the phases in the order of their dates.")
        before = (name, day)
        if not any(start is None or (start <= day and (end is None or day < end)) for start, end in services):
            remedy = (
                f"{_first(services)}Move the date, or the dates of the assets, or remove the phase.".strip()
            )
            yield document.fault(f"no asset is in service in the phase {name!r} of {day}", path, remedy)


def _service(asset: Any) -> tuple[date | None, date | None]:
    """First day in service and first day out of it; no first day if it cannot be told."""
    if not isinstance(asset, Mapping):
        return None, None
    return _day(asset.get("in_service")), _day(asset.get("out_of_service"))


def _day(given: Any) -> date | None:
    """The day that the schema makes of what was read, which may stand in quotes; None if it makes none."""
    try:
        return _DAY.validate_python(given)
    except ValidationError:
        return None


def _first(services: list[tuple[date | None, date | None]]) -> str:
    starts = [start for start, _ in services if start is not None]
    return f"The first asset comes into service on {min(starts)}. " if starts else ""
