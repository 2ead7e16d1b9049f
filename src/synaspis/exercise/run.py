"""A run of an exercise on two centres in this process, as fast as possible or by the clock.

What is written: the exercise as it was read, the run's description, the store and the public log of each
centre, and a journal of who sent what. The stores hold all that was said, shown and to whom; the journal is
for people who look on.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from synaspis.agreement import AgreementBook
from synaspis.core.clock import SECOND_US, to_rfc3339
from synaspis.core.errors import Fault, InputError
from synaspis.core.files import write_atomically
from synaspis.exchange.answers import Ticket
from synaspis.exchange.examine import examine
from synaspis.exchange.rehearsal import Line, Rehearsal
from synaspis.exchange.settings import Settings
from synaspis.exchange.store.sqlite_store import SqliteStore
from synaspis.exercise.loader import Loaded
from synaspis.exercise.machine import Exercise, Said
from synaspis.exercise.surroundings import CENTRES, WHITE, is_path
from synaspis.messages.rulebook import packaged_rules
from synaspis.messages.rules import notification_findings

TICK_US: Final = SECOND_US
"""Grid of time of the centres of an exercise in one process: what is sent falls on a whole second."""

SEAL_US: Final = 10 * SECOND_US
AFTER_US: Final = 60 * SECOND_US
"""Played on after the end, for what is released late."""

STORE: Final = "centre.sqlite"
EXERCISE_FILE: Final = "exercise.yaml"
RUN_FILE: Final = "run.json"
JOURNAL: Final = "journal.jsonl"
SEEN_FROM: Final = "seen_from"
"""Member of the run's description: from where the paths in the exercise file are seen."""

Wait = Callable[[int], object]
"""Called with each instant before it is played; a run by the clock waits there."""


@dataclass(frozen=True)
class Run:
    """A run that is over.

    submitted: messages handed in, by centre. refused: those that a centre did not take.
    """

    exercise: str
    name: str
    seed: int
    folder: Path
    simulated_s: float
    submitted: Mapping[str, int]
    delivered: Mapping[str, int]
    refused: int

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "exercise": self.exercise,
            "name": self.name,
            "seed": self.seed,
            "folder": str(self.folder),
            "simulated_s": self.simulated_s,
            "submitted": dict(self.submitted),
            "delivered": dict(self.delivered),
            "refused": self.refused,
        }


def with_book(loaded: Loaded, book: AgreementBook) -> Loaded:
    """The same exercise with another book in the data exchange centre.

    Raises InputError if a nation or the white cell is no partner of it.
    """
    partners = tuple(book.membership.partners)
    missing = [name for name in (*loaded.document.nations, WHITE) if name not in partners]
    if missing:
        remedy = "Add them to its partners, or choose another book."
        raise InputError(
            Fault(f"{name!r} is no partner of the book {book.id!r}", "agreements", remedy) for name in missing
        )
    return replace(loaded, books={**loaded.books, "data": book})


def run_exercise(loaded: Loaded, folder: Path | str, *, seed: int = 1, wait: Wait | None = None) -> Run:
    """Play an exercise to its end and leave everything in a folder.

    folder: is made; it must hold no exercise yet. seed: of keys, noise and ids, 0 or more. wait: called
    before each second is played. Raises InputError if the folder is in use or a flight cannot be flown.
    """
    folder = Path(folder)
    if folder.exists() and any(folder.iterdir()):
        what = "the folder is not empty"
        raise InputError(Fault(what, source=str(folder), remedy="Name a new folder with --out."))
    exercise = Exercise(loaded, seed)
    for centre in CENTRES:
        (folder / centre).mkdir(parents=True)
    write_atomically(folder / EXERCISE_FILE, loaded.text)
    play = _Play(exercise, folder)
    try:
        play.through(wait)
    finally:
        play.close()
    run = Run(
        loaded.document.id,
        loaded.document.name,
        seed,
        folder,
        (loaded.ends_us - loaded.starts_us) / SECOND_US,
        play.submitted,
        play.delivered,
        sum(line["status"] >= 400 for line in play.journal()),
    )
    _describe(loaded, run, exercise)
    write_atomically(folder / JOURNAL, "".join(json.dumps(line) + "\n" for line in play.journal()).encode())
    return run


def _describe(loaded: Loaded, run: Run, exercise: Exercise) -> None:
    told = {
        "schema": "synaspis.exercise-run/1",
        "exercise": run.exercise,
        "name": run.name,
        "document_sha256": exercise.digest,
        "seed": run.seed,
        "agreements": {centre: loaded.books[centre].id for centre in CENTRES},
    }
    if any(map(is_path, filter(None, (loaded.document.scenario, loaded.document.responses)))):
        # The review needs what the exercise file refers to; agreements stand in the stores.
        told[SEEN_FROM] = os.path.relpath(loaded.path.parent.resolve(), run.folder.resolve())
    write_atomically(run.folder / RUN_FILE, (json.dumps(told, indent=2) + "\n").encode())


class _Play:
    """Both centres and the exercise between them."""

    def __init__(self, exercise: Exercise, folder: Path) -> None:
        self._exercise, loaded = exercise, exercise.loaded
        rules = packaged_rules()
        self._rehearsals = {
            centre: Rehearsal(
                loaded.books[centre],
                loaded.starts_us - TICK_US,
                folder / centre / "log",
                settings=settings_of(loaded, centre),
                partners=(*loaded.document.nations, WHITE),
                store=SqliteStore(folder / centre / STORE, durable=False),
                rules=lambda message, received_us: notification_findings(message, received_us, rules),
                questioner=examine if centre == "data" else None,
                seed=exercise.seed,
                log_algorithms=("ed25519",),
            )
            for centre in CENTRES
        }
        self._taken = dict.fromkeys(
            ((centre, name) for centre in CENTRES for name in loaded.document.nations), 0
        )
        self._dead: set[str] = set()
        self._tickets: list[tuple[Said, Ticket]] = []
        self.submitted = dict.fromkeys(CENTRES, 0)

    @property
    def delivered(self) -> dict[str, int]:
        """Events that each nation was delivered by both centres."""
        nations = self._exercise.loaded.document.nations
        return {
            name: sum(len(self._rehearsals[centre].received[name]) for centre in CENTRES) for name in nations
        }

    def through(self, wait: Wait | None) -> None:
        """Play from the first to the last second."""
        loaded = self._exercise.loaded
        for now_us in range(loaded.starts_us, loaded.ends_us + AFTER_US + 1, TICK_US):
            if wait is not None:
                wait(now_us)
            for said in self._exercise.step(now_us):
                self._hand_in(said, now_us)
            for centre in CENTRES:
                self._tick(centre, now_us)
                self._deliver(centre, now_us)

    def _hand_in(self, said: Said, now_us: int) -> None:
        rehearsal = self._rehearsals[said.centre]
        rehearsal.clock.set(now_us)
        line = Line(
            said.sender,
            said.body,
            said.label,
            said.at_us,
            now_us,
            exercise=self._exercise.loaded.document.name,
        )
        self._tickets.append((said, rehearsal.submit(line)))
        self.submitted[said.centre] += 1

    def _hand_in_again(self, centre: str, now_us: int) -> None:
        """Send anew what a centre had not answered when it died, as every client does."""
        waiting = [(said, ticket) for said, ticket in self._tickets if said.centre == centre]
        for said, ticket in waiting:
            if ticket.answer is None:
                self._tickets.remove((said, ticket))
                self.submitted[centre] -= 1
                self._hand_in(replace(said, at_us=now_us), now_us)

    def _tick(self, centre: str, now_us: int) -> None:
        rehearsal = self._rehearsals[centre]
        if self._exercise.is_dead(centre, now_us):
            self._dead.add(centre)
            return
        rehearsal.clock.set(now_us)
        if centre in self._dead:
            self._dead.discard(centre)
            rehearsal.restart()
            self._hand_in_again(centre, now_us)
        rehearsal.centre.tick()
        rehearsal.centre.examine_pending()
        if (now_us - self._exercise.loaded.starts_us) % SEAL_US == 0:
            rehearsal.centre.seal()

    def _deliver(self, centre: str, now_us: int) -> None:
        if centre in self._dead:
            return
        for name in self._exercise.loaded.document.nations:
            if self._exercise.is_cut(name, centre, now_us):
                continue
            received = self._rehearsals[centre].received[name]
            for event in received[self._taken[centre, name] :]:
                self._exercise.take(name, centre, json.loads(event.data), now_us)
            self._taken[centre, name] = len(received)

    def journal(self) -> list[dict[str, Any]]:
        """Every message that was handed in, with what became of it."""
        lines = []
        for said, ticket in self._tickets:
            answer = ticket.answer
            line = {
                "at": to_rfc3339(said.at_us),
                "centre": said.centre,
                "sender": said.sender,
                "kind": said.body.kind,
                "status": 0 if answer is None else answer.status,
            }
            if answer is not None and answer.code:
                line |= {"code": answer.code}
            lines.append(line)
        return lines

    def close(self) -> None:
        """Seal what is left, and let go of the stores."""
        for rehearsal in self._rehearsals.values():
            rehearsal.centre.seal()
            rehearsal.store.close()


def settings_of(loaded: Loaded, centre: str) -> Settings:
    """Settings of a centre of an exercise: its log bears the exercise in its name."""
    return Settings(
        origin=f"exercise.invalid/{loaded.document.id}/{centre}",
        tick_us=TICK_US,
        seal_us=SEAL_US,
        exercise=loaded.document.name,
    )
