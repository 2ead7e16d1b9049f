"""A script played on two centres in one process: what each partner's board shows at every instant."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from synaspis.agreement import AgreementBook, book_path, load_book
from synaspis.coordination.board import Board
from synaspis.coordination.heard import CENTRES, COORDINATION, DATA
from synaspis.coordination.responses import Responses, load_responses
from synaspis.core.clock import SECOND_US, from_rfc3339
from synaspis.core.errors import InputError
from synaspis.exchange.examine import examine
from synaspis.exchange.rehearsal import Line, Rehearsal
from synaspis.exchange.script import Script, Step, script_lines
from synaspis.exchange.settings import Settings
from synaspis.messages import PRODUCTS
from synaspis.messages.rulebook import packaged_rules
from synaspis.messages.rules import notification_findings

AFTER_S: Final = 60
"""Played on after the last message, for what is released with a delay."""

Look = Callable[[int, Mapping[str, Board]], None]
"""Called after every tick with its instant, microseconds since the epoch, and the board of each partner."""


@dataclass(frozen=True)
class Rehearsed:
    """A script that was played on two centres.

    boards: by partner, as they stand at the end. delivered: by partner, centre and event in the order of
    delivery; a board made of them is equal to the one here.
    """

    script: Script
    books: Mapping[str, str]
    boards: Mapping[str, Board]
    delivered: Mapping[str, tuple[tuple[str, dict[str, Any]], ...]]


def rehearse(
    script: Script,
    path: Path,
    *,
    data: str | Path = "demo",
    coordination: str | Path | None = None,
    responses: str | Path | None = None,
    look: Look | None = None,
) -> Rehearsed:
    """Play a script: what agreements call coordination goes to the second centre, all else to the first.

    path: of the script. data, coordination: books of agreements, id or path; the second is by default the
    book that the script names. responses: document of pre-planned responses, known to every board.
    Same script and books, same boards. Raises InputError for what is wrong with books, script or responses.
    """
    own = book_path(script.agreements, beside=None if "/" not in script.agreements else path.parent)
    books = {DATA: load_book(data), COORDINATION: load_book(own if coordination is None else coordination)}
    known = None if responses is None else load_responses(responses)
    waiting = {centre: _lines(script, book, path, centre) for centre, book in books.items()}
    with TemporaryDirectory() as folder:
        centres = {
            centre: _rehearsal(book, from_rfc3339(script.starts), Path(folder) / centre)
            for centre, book in books.items()
        }
        partners = sorted({name for book in books.values() for name in book.membership.partners})
        play = _Play(centres, waiting, partners, known)
        for now_us in play.ticks():
            if look is not None:
                look(now_us, play.boards)
    names = {centre: book.id for centre, book in books.items()}
    delivered = {name: tuple(events) for name, events in play.delivered.items()}
    return Rehearsed(script, names, play.boards, delivered)


def _lines(script: Script, book: AgreementBook, path: Path, centre: str) -> list[Line]:
    return list(script_lines(script, book, str(path), wanted=lambda step: centre_of(step) == centre))


def centre_of(step: Step) -> str:
    """Centre that a step goes to, by what agreements call its kind, or the kind that it refers to."""
    referred = step.body.get("refers_to") or {}
    return COORDINATION if PRODUCTS.get(referred.get("kind", step.kind)) == COORDINATION else DATA


def _rehearsal(book: AgreementBook, start_us: int, folder: Path) -> Rehearsal:
    folder.mkdir()
    rules = packaged_rules()
    return Rehearsal(
        book,
        start_us - SECOND_US,
        folder,
        settings=Settings(tick_us=SECOND_US),
        rules=lambda message, received_us: notification_findings(message, received_us, rules),
        questioner=examine,
    )


class _Play:
    """Both centres, tick by tick; each partner's board takes what its feeds bring."""

    def __init__(
        self,
        centres: Mapping[str, Rehearsal],
        waiting: Mapping[str, list[Line]],
        partners: list[str],
        responses: Responses | None,
    ) -> None:
        self._centres, self._waiting = centres, waiting
        self.boards = {name: Board(name, responses) for name in partners}
        self.delivered: dict[str, list[tuple[str, dict[str, Any]]]] = {name: [] for name in partners}
        self._taken = {(centre, name): 0 for centre in CENTRES for name in partners}

    def ticks(self) -> Iterator[int]:
        """Play all of it; yields the instant of each tick."""
        last_us = max((line.arrives_us for lines in self._waiting.values() for line in lines), default=0)
        while (now_us := self._centres[DATA].centre.next_tick_us()) <= last_us + AFTER_S * SECOND_US:
            for centre, rehearsal in self._centres.items():
                self._tick(rehearsal, self._waiting[centre], now_us)
            for centre, rehearsal in self._centres.items():
                for name in self.boards:
                    self._deliver(centre, name, rehearsal)
            yield now_us

    def _tick(self, rehearsal: Rehearsal, waiting: list[Line], now_us: int) -> None:
        sent = []
        while waiting and waiting[0].arrives_us <= now_us:
            line = waiting.pop(0)
            rehearsal.clock.set(max(rehearsal.clock.now_us(), line.arrives_us))
            sent.append((line, rehearsal.submit(line)))
        rehearsal.clock.set(now_us)
        rehearsal.centre.tick()
        rehearsal.centre.examine_pending()
        for line, ticket in sent:
            if ticket.answer is not None and ticket.answer.code:
                what = f"the centre refused the {line.body.kind} of {line.sender} ({ticket.answer.code})"
                raise InputError(what)

    def _deliver(self, centre: str, name: str, rehearsal: Rehearsal) -> None:
        events = rehearsal.received.get(name, [])
        for event in events[self._taken[centre, name] :]:
            told: dict[str, Any] = json.loads(event.data)
            self.delivered[name].append((centre, told))
            self.boards[name].take(centre, told)
        self._taken[centre, name] = len(events)
