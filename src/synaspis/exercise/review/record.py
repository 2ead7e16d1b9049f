"""What the stores of a run hold, read once: who sent what, and what each nation was delivered when."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from synaspis.core.clock import from_rfc3339
from synaspis.core.documents import read_document
from synaspis.core.errors import Fault, InputError
from synaspis.exchange.describe import read_book
from synaspis.exchange.intake import payload_of
from synaspis.exchange.store.sqlite_store import SqliteStore
from synaspis.exercise.faults import Faults
from synaspis.exercise.loader import Loaded, exercise_path, load_exercise
from synaspis.exercise.review.intact import check_store
from synaspis.exercise.run import EXERCISE_FILE, RUN_FILE, SEEN_FROM, STORE
from synaspis.exercise.surroundings import CENTRES, WHITE
from synaspis.exercise.truth import TrueFlight, true_flights

SERVED: Final = "serve.yaml"
"""Settings of a folder of `synaspis serve`."""

_PAGE: Final = 5_000
_STARTED: Final = re.compile(
    r"[^;]*; document ([0-9a-f]{64}); seed ([0-9]+)(?:; people ([a-z0-9,-]+))?(?: |$)"
)
"""How the remarks of the start begin; what follows is the name of a person, who may be called anything."""


@dataclass(frozen=True)
class Sent:
    """A message that a centre accepted.

    at_us: when. message: as its sender signed it. digest: SHA-256 of the envelope.
    """

    centre: str
    at_us: int
    sender: str
    kind: str
    message: Mapping[str, Any]
    digest: str = ""

    @property
    def body(self) -> Mapping[str, Any]:
        """What it says."""
        body: Mapping[str, Any] = self.message["body"]
        return body


@dataclass(frozen=True)
class Delivered:
    """An event that a nation was delivered.

    at_us: when its centre released it. known_us: when it reached the nation, later where the link was lost.
    data: the bytes as they stand in the store.
    """

    centre: str
    counter: int
    at_us: int
    known_us: int
    data: bytes

    @cached_property
    def event(self) -> Mapping[str, Any]:
        """The event itself."""
        told: Mapping[str, Any] = json.loads(self.data)
        return told


@dataclass(frozen=True)
class Record:
    """Everything that a review looks at.

    loaded: the exercise with the agreements that were in force. sent: of both centres in the order of time.
    delivered: for each nation in the order in which it came to know. done: instant of each inject.
    launched: instant of each flight that was launched. seed: as the white cell wrote it down. people: nations
    whose cells people played.
    """

    loaded: Loaded
    flights: Mapping[str, TrueFlight]
    sent: tuple[Sent, ...]
    delivered: Mapping[str, tuple[Delivered, ...]]
    done: Mapping[str, int]
    launched: Mapping[str, int]
    seed: int
    people: tuple[str, ...] = ()


def read_record(folder: Path | str) -> Record:
    """Read the folder of a run. Raises InputError if it is none, or if file and stores do not go together."""
    folder = Path(folder)
    file = _exercise_file(folder)
    missing = [path for path in (file, *(folder / each / STORE for each in CENTRES)) if not path.is_file()]
    if missing:
        remedy = "Name the folder that `synaspis exercise run` wrote."
        raise InputError(Fault("there is no such file", source=str(path), remedy=remedy) for path in missing)
    seen_from = _seen_from(folder)
    stores = {centre: SqliteStore.to_read(folder / centre / STORE) for centre in CENTRES}
    try:
        for centre, store in stores.items():
            check_store(store, centre, folder / centre)
        sent = sorted(
            (each for centre, store in stores.items() for each in _sent(centre, store)),
            key=lambda each: each.at_us,
        )
        books = {centre: read_book(store.policies()[0].book) for centre, store in stores.items()}
        loaded = load_exercise(file, beside=seen_from, books=books)
        done = _done(sent)
        faults = _faults(loaded, done)
        delivered = {
            name: tuple(
                sorted(
                    (each for centre in CENTRES for each in _delivered(centre, stores[centre], name, faults)),
                    key=lambda each: (each.known_us, each.centre, each.counter),
                )
            )
            for name in loaded.document.nations
        }
    finally:
        for store in stores.values():
            store.close()
    seed, people = _played(sent, loaded)
    launched = {
        inject.payload.flight: done[inject_id]
        for _, _, inject_id, inject in loaded.document.injects()
        if inject.payload.flight is not None and inject_id in done
    }
    return Record(loaded, true_flights(loaded), tuple(sent), delivered, done, launched, seed, people)


def _exercise_file(folder: Path) -> Path:
    """File of the exercise; a folder of `synaspis serve` names it in its settings."""
    settings = folder / SERVED
    if (folder / EXERCISE_FILE).is_file() or not settings.is_file():
        return folder / EXERCISE_FILE
    return exercise_path(str(read_document(settings).data.get("exercise")))


def _seen_from(folder: Path) -> Path | None:
    """From where paths in the exercise file are seen; None where it is its own folder, or names no path."""
    run, settings = folder / RUN_FILE, folder / SERVED
    if run.is_file():
        try:
            told = json.loads(run.read_bytes())
            seen_from = told.get(SEEN_FROM)
        except (ValueError, AttributeError, RecursionError):
            remedy = "Put it back as the run left it, or leave it out."
            raise InputError(Fault("this is no JSON object", source=str(run), remedy=remedy)) from None
        return None if seen_from is None else folder / str(seen_from)
    if settings.is_file():
        return exercise_path(str(read_document(settings).data.get("exercise"))).parent
    return None


def _sent(centre: str, store: SqliteStore) -> Iterator[Sent]:
    after = 0
    while page := store.submissions(after, _PAGE):
        for row, _entry in page:
            yield Sent(
                centre,
                row.received_us,
                row.sender,
                row.kind,
                json.loads(payload_of(row.envelope)),
                row.digest,
            )
        after = page[-1][0].entry


def _delivered(centre: str, store: SqliteStore, name: str, faults: Faults) -> Iterator[Delivered]:
    after = 0
    while page := store.feed(name, after, _PAGE):
        for event in page:
            at_us = from_rfc3339(json.loads(event.data)["at"])
            back_us = faults.cut_until_us(name, centre, at_us)
            yield Delivered(centre, event.counter, at_us, back_us or at_us, event.data)
        after = page[-1].counter


def _done(sent: list[Sent]) -> dict[str, int]:
    return {
        each.body["inject"]: from_rfc3339(each.body["exercise_time"])
        for each in sent
        if each.kind == "exercise-control" and each.body["action"] == "inject-done"
    }


def _faults(loaded: Loaded, done: Mapping[str, int]) -> Faults:
    faults = Faults(loaded.document)
    for _, _, inject_id, inject in loaded.document.injects():
        if inject.payload.lasts is not None and inject_id in done:
            faults.begin(inject.payload, done[inject_id])
    return faults


def _played(sent: list[Sent], loaded: Loaded) -> tuple[int, tuple[str, ...]]:
    """Seed and people that the white cell wrote down at the start of this very exercise."""
    starts = [each for each in sent if each.kind == "exercise-control" and each.body["action"] == "start"]
    remarks = str(starts[0].body.get("remarks", "")) if starts else ""
    if not starts:
        raise InputError(
            Fault("the exercise was not started", source=str(loaded.path), remedy="Start it first.")
        )
    found = _STARTED.match(remarks)
    if starts[0].sender != WHITE or found is None or found[1] != sha256(loaded.text).hexdigest():
        what = "the exercise file is not the one that was started in the log"
        raise InputError(Fault(what, source=str(loaded.path), remedy="Put the file back as it was."))
    named = set((found[3] or "").split(","))
    return int(found[2]), tuple(name for name in loaded.document.nations if name in named)
