"""The list of events as the white cell reads it: what comes when, in whose name, to bring about what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from synaspis.core.clock import to_rfc3339
from synaspis.exercise import Loaded
from synaspis.exercise.document import Flight
from synaspis.exercise.inject import Inject


def programme_of(loaded: Loaded) -> dict[str, Any]:
    """The list of events in words.

    loaded: the exercise. Returns id, name, summary, first and last instant, objectives, and the injects in
    the order of their planned instants, each as in the interface of the cell server.
    """
    document = loaded.document
    injects = [
        {
            "id": name,
            "event": document.events[event].name,
            "incident": document.events[event].incidents[incident].name,
            "at": to_rfc3339(loaded.starts_us + round(inject.at.si * 1e6)),
            "sender": inject.sender,
            "brings": _brings(inject, loaded.document.flights),
            "expected": [
                {"by": list(each.by), "action": each.action, "within_s": each.within.si}
                for each in inject.expected
            ],
        }
        for event, incident, name, inject in document.injects()
    ]
    return {
        "id": document.id,
        "name": document.name,
        "summary": document.summary,
        "starts": to_rfc3339(loaded.starts_us),
        "ends": to_rfc3339(loaded.ends_us),
        "objectives": [{"id": name, "text": each.text} for name, each in document.objectives.items()],
        "injects": sorted(injects, key=lambda inject: str(inject["at"])),
    }


def _brings(inject: Inject, flights: Mapping[str, Flight]) -> str:
    """What an inject brings, in a few words."""
    payload = inject.payload
    if payload.flight is not None:
        flight = flights[payload.flight]
        aim = "" if flight.aim is None else f" to {flight.aim.name}"
        return f"a flight from {flight.launch.name}{aim}"
    if payload.text is not None:
        return payload.text
    if payload.kind is not None:
        return payload.kind.replace("-", " ")
    parts = [str(payload.fault).replace("-", " ")]
    parts += [part for part in (payload.sensor, payload.nation, payload.centre) if part is not None]
    return ", ".join(parts)
