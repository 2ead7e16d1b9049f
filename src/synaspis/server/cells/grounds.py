"""The folder of `synaspis serve`: two centres, their kits, and what is to be remembered of the cells.

| Path | What it holds |
|---|---|
| `serve.yaml` | scenario, exercise and port that the folder was made for |
| `exercise.yaml` | the exercise, as it was read when the folder was made |
| `data/`, `coordination/` | the both centres, ordinary data folders, with the kits of all partners |
| `access.sqlite` | one-time links and sessions, as hashes |
| `persons.sqlite` | certificates that were issued to persons |
| `exercise.jsonl` | what the white cell decided, what the run was given, how far the clock came |
| `scene/` | what is defended, computed once |
| `journal.jsonl` | the operator's log of all three servers |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field

from synaspis.agreement import AgreementBook
from synaspis.core.clock import Clock
from synaspis.core.documents import FrozenModel, nearest, parse, read_document
from synaspis.core.errors import Fault, InputError
from synaspis.core.files import write_atomically
from synaspis.exchange.describe import book_text
from synaspis.exercise import Loaded, load_exercise
from synaspis.exercise.loader import exercise_path
from synaspis.exercise.run import EXERCISE_FILE
from synaspis.scenario import Scenario
from synaspis.server.cells.scene import load_shown
from synaspis.server.cells.side import CENTRES, CentreName
from synaspis.server.folder import DataFolder
from synaspis.server.founding import Founding, init_centre

SETTINGS = "serve.yaml"

_NAMES: Mapping[CentreName, str] = {
    "data": "Data exchange centre",
    "coordination": "Planning and operations coordination centre",
}


class GroundsDocument(FrozenModel):
    """What `serve.yaml` says."""

    schema_: Literal["synaspis.serve/1"] = Field(default="synaspis.serve/1", alias="schema")
    scenario: str = Field(description="Id of a packaged scenario, or a file.")
    exercise: str | None = Field(default=None, description="Id of a packaged exercise, or a file.")
    seed: int = Field(default=1, ge=0, description="Seed of the exercise.")
    people: tuple[str, ...] = Field(
        default=(), description="Nations of the exercise that nobody but people plays."
    )
    port: int = Field(ge=0, le=65_533, description="Port of the page; the centres have the two after it.")


@dataclass(frozen=True)
class Grounds:
    """A folder that is ready to be served.

    path: of it. document: what it was made for. scenario: to be shown. loaded: the exercise, if any. centres:
    folders of both centres.
    """

    path: Path
    document: GroundsDocument
    scenario: Scenario
    loaded: Loaded | None
    centres: Mapping[CentreName, DataFolder]

    def port_of(self, centre: CentreName) -> int:
        """Port of a centre; 0, any free one, if the page has none of its own."""
        port = self.document.port
        return port and port + 1 + CENTRES.index(centre)


def open_grounds(
    path: Path,
    clock: Clock,
    *,
    scenario: str | None = None,
    exercise: str | None = None,
    seed: int | None = None,
    people: tuple[str, ...] = (),
    port: int = 0,
) -> Grounds:
    """Make a folder, or open the one that is there.

    path: of the folder. scenario: id or file; that of the exercise, or `europe`, if left out. exercise: id or
    file. seed: of the exercise, 1 by default. people:
    nations of the exercise that nobody but people plays. port: of the page. Raises InputError with every
    fault, also where the folder was made for something else.
    """
    place = path / SETTINGS
    known = parse(GroundsDocument, read_document(place)) if place.is_file() else None
    if known is not None:
        scenario, exercise, seed = _as_before(known, place, scenario, exercise, seed)
        people = people or known.people
    loaded = None if exercise is None else _exercise(path, exercise)
    _check_people(loaded, people)
    if loaded is not None and scenario is None:
        scenario = str(loaded.scenario.files[0])
    shown = loaded.scenario if loaded is not None else load_shown(scenario or "europe")
    document = GroundsDocument(
        scenario=scenario or "europe",
        exercise=exercise,
        seed=1 if seed is None else seed,
        people=people,
        port=port,
    )
    centres: dict[CentreName, DataFolder] = {}
    grounds = Grounds(path, document, shown, loaded, centres)
    for centre in CENTRES:
        book = shown.book if loaded is None else loaded.books[centre]
        centres[centre] = _centre(grounds, centre, book, clock)
    if loaded is not None:
        write_atomically(path / EXERCISE_FILE, loaded.text)
    # Last, for a folder with this file in it counts as made.
    write_atomically(place, yaml.safe_dump(document.model_dump(mode="json", by_alias=True), sort_keys=False))
    return grounds


def _exercise(path: Path, name: str) -> Loaded:
    """Load an exercise. Raises InputError where it is not the one that the folder was made for."""
    kept, source = path / EXERCISE_FILE, exercise_path(name)
    if kept.is_file() and kept.read_bytes() != source.read_bytes():
        what = "the exercise has been changed since the folder was made for it"
        remedy = "Put it back as it was, or name another folder with --data."
        raise InputError(Fault(what, source=str(source), remedy=remedy))
    return load_exercise(name)


def _check_people(loaded: Loaded | None, people: tuple[str, ...]) -> None:
    """Raise InputError for people who play no nation of the exercise."""
    nations = () if loaded is None else tuple(loaded.document.nations)
    faults = [
        Fault(f"{name!r} is no nation of the exercise", "--people", nearest(name, nations))
        for name in people
        if name not in nations
    ]
    if faults:
        raise InputError(faults)


def _as_before(
    known: GroundsDocument, place: Path, scenario: str | None, exercise: str | None, seed: int | None
) -> tuple[str, str | None, int]:
    """What a folder was made for. Raises InputError where something else is asked for now."""
    faults = [
        Fault(f"the folder was made for {what} {was}, and {asked} is asked for", source=str(place),
              remedy="Name another folder with --data, or leave the option out.")
        for what, was, asked in (
            ("the scenario", known.scenario, scenario),
            ("the exercise", known.exercise, exercise),
            ("the seed", known.seed, seed),
        )
        if asked is not None and asked != was
    ]  # fmt: skip
    if faults:
        raise InputError(faults)
    return known.scenario, known.exercise, known.seed


def _centre(grounds: Grounds, centre: CentreName, book: AgreementBook, clock: Clock) -> DataFolder:
    folder = grounds.path / centre
    if (folder / "centre.yaml").is_file():
        return DataFolder(folder).require()
    place = grounds.path / f"agreements-{centre}.yaml"
    write_atomically(place, book_text(book) + "\n")
    port = grounds.port_of(centre)
    name = None if grounds.loaded is None else grounds.loaded.document.name
    founding = Founding(
        _NAMES[centre], f"synaspis.local/{centre}", ("localhost",), place, port=port or 8443, exercise=name
    )
    try:
        return init_centre(folder, tuple(book.membership.partners), founding, clock)
    finally:
        place.unlink()
