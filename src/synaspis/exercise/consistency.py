"""What is wrong with an exercise although each part of its file is right: parts that do not fit together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import degrees, radians
from typing import Any, Final

from synaspis.core.clock import SECOND_US, from_rfc3339
from synaspis.core.documents import nearest
from synaspis.exercise.document import ExerciseDocument
from synaspis.exercise.inject import Inject, centre_of
from synaspis.exercise.surroundings import Surroundings
from synaspis.exercise.written import timed
from synaspis.geography import geodesic_inverse

LAUNCH_GATE_M: Final = 100_000.0
LAUNCH_GATE_US: Final = 300 * SECOND_US
"""A report or a notification is of a flight whose launch is nearer than this in place and time."""

Found = tuple[str, str, str]
"""What is wrong, where in the file, what to do."""


def inconsistencies(checked: ExerciseDocument, around: Surroundings) -> Iterator[Found]:
    """Everything that only shows when all parts are looked at together."""
    injects = {
        f"events.{event}.incidents.{incident}.injects.{name}": (name, inject)
        for event, incident, name, inject in checked.injects()
    }
    yield from _twice(injects)
    for where, (_, inject) in injects.items():
        yield from _inject_faults(checked, around, inject, where)
    launched = {each.payload.flight for _, each in injects.values()}
    for flight in checked.flights:
        if flight not in launched:
            what = f"no inject launches the flight {flight!r}"
            yield what, f"flights.{flight}", "Add an inject of the channel track-feed."
    for event_id, event in checked.events.items():
        for objective in event.objectives:
            if objective not in checked.objectives:
                what = f"{objective!r} is no objective of the exercise"
                remedy = nearest(objective, tuple(checked.objectives))
                yield what, f"events.{event_id}.objectives", remedy
    yield from _never_trained(checked)
    yield from _outages(checked)


def _twice(injects: Mapping[str, tuple[str, Inject]]) -> Iterator[Found]:
    seen: dict[str, str] = {}
    launched: dict[str, str] = {}
    for where, (name, inject) in injects.items():
        if name in seen:
            yield f"the id {name!r} is used by {seen[name]} too", where, "Give each inject an id of its own."
        seen[name] = where
        flight = inject.payload.flight
        if flight is not None and flight in launched:
            what = f"the flight {flight!r} is launched by {launched[flight]} already"
            yield what, f"{where}.payload.flight", "Give each launch a flight of its own."
        if flight is not None:
            launched[flight] = name


def _inject_faults(
    checked: ExerciseDocument, around: Surroundings, inject: Inject, where: str
) -> Iterator[Found]:
    payload = inject.payload
    if inject.at.si >= checked.lasts.si:
        what = f"planned at {inject.at}, and the exercise lasts {checked.lasts}"
        yield what, f"{where}.at", "Move it forward, or make the exercise longer."
    nation = checked.nations.get(inject.sender)
    if payload.sensor is not None and (nation is None or payload.sensor not in nation.sensors):
        known = () if nation is None else tuple(nation.sensors)
        what = f"{payload.sensor!r} is no sensor of {inject.sender!r} in the exercise"
        yield what, f"{where}.payload.sensor", nearest(payload.sensor, known)
    says = payload.kind is not None or payload.text is not None
    if not says and (inject.to or inject.label.classification is not None):
        name = "to" if inject.to else "label"
        what = f"this inject sends no message, so that {name!r} would change nothing"
        yield what, f"{where}.{name}", "Leave it out."
    if payload.kind == "exercise-control":
        what = "an exercise-control is said by the run itself, when it starts, does an inject or ends"
        yield what, f"{where}.payload.kind", "Leave the inject out, or send a text."
    if says:
        yield from _label_faults(around, inject, where)
    if payload.fault is not None and payload.kind is not None:
        yield from _report_faults(checked, inject, where)


def _label_faults(around: Surroundings, inject: Inject, where: str) -> Iterator[Found]:
    given = inject.label.classification
    book = around.books.get(centre_of(inject.payload.kind or "text", inject.payload.body))
    if given is None or book is None:
        return
    known = tuple(book.document.labels.classifications)
    if given not in known:
        what = f"{given!r} is no classification of the book {book.id!r}"
        yield what, f"{where}.label.classification", nearest(given, known) or f"Allowed: {', '.join(known)}."


def _report_faults(checked: ExerciseDocument, inject: Inject, where: str) -> Iterator[Found]:
    """A fault that is a report has to be the fault that it says it is."""
    payload = inject.payload
    body = timed(payload.body, checked.starts_us)
    if payload.fault == "late-notification":
        yield from _in_time(checked, inject, body, where)
        return
    if payload.kind != "launch-report":
        what = f"the fault {payload.fault} is a launch-report, not a {payload.kind}"
        yield what, f"{where}.payload.kind", "Send it over the channel notification."
        return
    told = from_rfc3339(body["launch_time"]["time"]), body["launch"]
    fits = [
        flight
        for flight, launch_us, place in _launches(checked)
        if abs(told[0] - launch_us) <= LAUNCH_GATE_US and _away_m(told[1], place) <= LAUNCH_GATE_M
    ]
    if payload.fault == "false-report" and fits:
        what = f"it is of the launch of {fits[0]!r}, which takes place; a false report is of none that does"
        yield what, f"{where}.payload.body", "Name the fault contradictory-report, or move time or place."
    if payload.fault == "contradictory-report" and not fits:
        what = "no flight is launched within 300 s and 100 km of what it says, so that it contradicts nothing"
        yield what, f"{where}.payload.body", "Move time or place, or name the fault false-report."


def _in_time(checked: ExerciseDocument, inject: Inject, body: Any, where: str) -> Iterator[Found]:
    kind = inject.payload.kind
    first = {"pre-launch-notification": "window", "post-launch-notification": "launch_time"}.get(str(kind))
    if first is None:
        what = f"the fault late-notification is a notification, not a {kind}"
        yield what, f"{where}.payload.kind", "Send it over the channel notification."
        return
    opens = body["window"]["earliest"] if first == "window" else body["launch_time"]
    sent_us = checked.starts_us + round(inject.at.si * SECOND_US)
    if from_rfc3339(opens) >= sent_us:
        what = f"sent at {inject.at}, before the launch may take place; that is not late"
        yield what, f"{where}.at", "Move it back, or send it over the channel notification."


def _launches(checked: ExerciseDocument) -> Iterator[tuple[str, int, Mapping[str, float]]]:
    """Each flight with its planned instant and its place."""
    for *_, inject in checked.injects():
        flight = checked.flights.get(inject.payload.flight or "")
        if flight is not None:
            at_us = checked.starts_us + round(inject.at.si * SECOND_US)
            place = {
                "latitude_deg": degrees(flight.launch.latitude.si),
                "longitude_deg": degrees(flight.launch.longitude.si),
            }
            yield str(inject.payload.flight), at_us, place


def _away_m(one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    names = ("latitude_deg", "longitude_deg")
    ends = (radians(place[name]) for place in (one, other) for name in names)
    return float(geodesic_inverse(*ends).distance_m)


def _never_trained(checked: ExerciseDocument) -> Iterator[Found]:
    """Objectives that nothing in the list of events serves."""
    trained = {name for event in checked.events.values() for name in event.objectives}
    trained |= {name for *_, inject in checked.injects() for name in inject.objectives}
    for name in checked.objectives:
        if name not in trained:
            what = "no event and no inject serves this objective, so that it is not trained"
            yield what, f"objectives.{name}", "Name it in an event or inject, or leave it out."


def _outages(checked: ExerciseDocument) -> Iterator[Found]:
    for name, nation in checked.nations.items():
        for sensor, entry in nation.sensors.items():
            for number, span in enumerate(entry.outages):
                if span.begins.si >= checked.lasts.si:
                    what = f"it begins at {span.begins}, and the exercise lasts {checked.lasts}"
                    where = f"nations.{name}.sensors.{sensor}.outages.{number}.from"
                    yield what, where, "Move it forward, or leave it out."
