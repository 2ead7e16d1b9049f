"""From a file to an exercise that may start: everything that it refers to is loaded, every fault is told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

from synaspis.agreement import AgreementBook
from synaspis.coordination import Responses
from synaspis.core.documents import Document, nearest, parse, read_document
from synaspis.core.errors import Fault, InputError
from synaspis.exercise.consistency import inconsistencies
from synaspis.exercise.document import ExerciseDocument
from synaspis.exercise.surroundings import Surroundings, surroundings_of
from synaspis.exercise.written import plain
from synaspis.scenario import Scenario

_DATA: Final = Path(__file__).resolve().parents[1] / "data" / "exercises"


@dataclass(frozen=True)
class Loaded:
    """An exercise that passed every check.

    text: the file as read. books: agreements by centre. path: where the file lies. responses: pre-planned
    ones that every cell knows, if any.
    """

    document: ExerciseDocument
    scenario: Scenario
    books: Mapping[str, AgreementBook]
    path: Path
    text: bytes
    responses: Responses | None = None

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


def load_exercise(
    name: str | Path, *, beside: Path | None = None, books: Mapping[str, AgreementBook] | None = None
) -> Loaded:
    """Load and check an exercise.

    name: id of a packaged one, or a path. beside: folder from which the paths in the file are seen; that of
    the file if left out. books: agreements by centre, in place of those that the file names. Raises
    InputError with every fault of the file, each with its line.
    """
    path = exercise_path(name)
    return check_exercise(read_document(path), path, path.read_bytes(), beside=beside, books=books)


def check_exercise(
    document: Document,
    path: Path,
    text: bytes,
    *,
    beside: Path | None = None,
    books: Mapping[str, AgreementBook] | None = None,
) -> Loaded:
    """Check an exercise that has been read; see `load_exercise`. Raises InputError with all its faults."""
    around = surroundings_of(document, path.parent if beside is None else beside, books)
    try:
        checked = parse(ExerciseDocument, document, context=around)
    except InputError as error:
        raise InputError([*error.faults, *_further_faults(document, error.faults, around)]) from None
    faults = [document.fault(*each) for each in inconsistencies(checked, around)]
    if faults:
        raise InputError(faults)
    assert around.scenario is not None
    return Loaded(checked, around.scenario, around.books, path, text, around.responses)


def _further_faults(document: Document, faults: Sequence[Fault], around: Surroundings) -> Iterator[Fault]:
    """What is inconsistent in a file that has other faults, as far as these lie in single injects.

    The injects with faults are looked away from; what would be said only because they are missing is not.
    """
    events = plain(document.data.get("events", {}))
    for fault in faults:
        found = _INJECT.match(fault.where)
        if found is None:
            return
        event, incident, inject = found.groups()
        injects = events[event]["incidents"][incident]["injects"]
        injects.pop(inject, None)
        if not injects:
            return
    try:
        rest = parse(
            ExerciseDocument, replace(document, data={**document.data, "events": events}), context=around
        )
    except InputError:
        return
    for what, where, remedy in inconsistencies(rest, around):
        if where.startswith("events."):
            yield document.fault(what, where, remedy)


_INJECT: Final = re.compile(r"events\.([^.]+)\.incidents\.([^.]+)\.injects\.([^.]+)(?:\.|$)")
