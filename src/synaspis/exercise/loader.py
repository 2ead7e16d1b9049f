"""From a file to an exercise that may start: everything that it refers to is loaded, every fault is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from synaspis.agreement import AgreementBook
from synaspis.core.documents import Document, nearest, parse, read_document
from synaspis.core.errors import Fault, InputError
from synaspis.exercise.document import ExerciseDocument
from synaspis.exercise.surroundings import surroundings_of
from synaspis.scenario import Scenario

_DATA: Final = Path(__file__).resolve().parents[1] / "data" / "exercises"


@dataclass(frozen=True)
class Loaded:
    """An exercise that passed every check.

    text: the file as read. books: agreements by centre. path: where the file lies.
    """

    document: ExerciseDocument
    scenario: Scenario
    books: Mapping[str, AgreementBook]
    path: Path
    text: bytes

    @property
    def starts_us(self) -> int:
        """First instant, microseconds since the epoch."""
        return self.document.starts_us

    @property
    def ends_us(self) -> int:
        """Last instant, microseconds since the epoch."""
        return self.starts_us + round(self.document.lasts.si * 1e6)


@cache
def exercise_ids() -> tuple[str, ...]:
    """Ids of the exercises that come with the package, in alphabetical order."""
    return tuple(sorted(path.stem for path in _DATA.glob("*.yaml")))


def exercise_path(name: str | Path) -> Path:
    """File of an exercise; name: id of a packaged one, or a path. Raises InputError if there is none."""
    if isinstance(name, str) and name in exercise_ids():
        return _DATA / f"{name}.yaml"
    path = Path(name)
    if not path.is_file():
        remedy = f"{nearest(str(name), exercise_ids())} Or give the path of a file.".strip()
        raise InputError(Fault(f"there is no exercise {str(name)!r}", remedy=remedy))
    return path


def load_exercise(name: str | Path, *, beside: Path | None = None) -> Loaded:
    """Load and check an exercise.

    name: id of a packaged one, or a path. beside: folder from which the paths in the file are seen; that of
    the file if left out. Raises InputError with every fault of the file, each with its line.
    """
    path = exercise_path(name)
    return check_exercise(read_document(path), path, path.read_bytes(), beside=beside)


def check_exercise(document: Document, path: Path, text: bytes, *, beside: Path | None = None) -> Loaded:
    """Check an exercise that has been read; raises InputError with all its faults."""
    around = surroundings_of(document, path.parent if beside is None else beside)
    try:
        checked = parse(ExerciseDocument, document, context=around)
    except InputError as error:
        raise InputError([*error.faults, *_more_faults(document, None)]) from None
    faults = list(_more_faults(document, checked))
    if faults:
        raise InputError(faults)
    assert around.scenario is not None
    return Loaded(checked, around.scenario, around.books, path, text)


def _more_faults(document: Document, checked: ExerciseDocument | None) -> Iterator[Fault]:
    """What only shows when all parts are looked at together."""
    if checked is None:
        return
    seen: dict[str, str] = {}
    launched: dict[str, str] = {}
    for event_id, incident_id, inject_id, inject in checked.injects():
        where = f"events.{event_id}.incidents.{incident_id}.injects.{inject_id}"
        if inject_id in seen:
            yield document.fault(f"the id {inject_id!r} is used by {seen[inject_id]} too", where, _OWN_ID)
        seen[inject_id] = where
        if inject.at.si >= checked.lasts.si:
            what = f"planned at {inject.at}, and the exercise lasts {checked.lasts}"
            yield document.fault(what, f"{where}.at", "Move it forward, or make the exercise longer.")
        flight = inject.payload.flight
        if flight is not None and flight in launched:
            what = f"the flight {flight!r} is launched by {launched[flight]} already"
            yield document.fault(what, f"{where}.payload.flight", "Give each launch a flight of its own.")
        if flight is not None:
            launched[flight] = inject_id
        sensor = inject.payload.sensor
        nation = checked.nations.get(inject.sender)
        if sensor is not None and (nation is None or sensor not in nation.sensors):
            known = () if nation is None else tuple(nation.sensors)
            what = f"{sensor!r} is no sensor of {inject.sender!r} in the exercise"
            yield document.fault(what, f"{where}.payload.sensor", nearest(sensor, known))
    for flight in checked.flights:
        if flight not in launched:
            what = f"no inject launches the flight {flight!r}"
            yield document.fault(what, f"flights.{flight}", "Add an inject of the channel track-feed.")
    for event_id, event in checked.events.items():
        for objective in event.objectives:
            if objective not in checked.objectives:
                what = f"{objective!r} is no objective of the exercise"
                remedy = nearest(objective, tuple(checked.objectives))
                yield document.fault(what, f"events.{event_id}.objectives", remedy)


_OWN_ID: Final = "Give each inject an id of its own."
