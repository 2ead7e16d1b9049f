"""All that the cell server holds: cells, both centres, who has entered, and what is the time.

Owned by one event loop. It decides nothing: what a cell is given the centres decide, what a session may do
its pass says.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from synaspis.core.clock import Clock, to_rfc3339
from synaspis.core.errors import Fault
from synaspis.exchange.answers import Answer
from synaspis.exchange.store.storage import FeedEvent, StorageError
from synaspis.messages import WHITE
from synaspis.server.answers import Problem
from synaspis.server.cells.access import Access, Pass, Session
from synaspis.server.cells.cell import Cell
from synaspis.server.cells.entrance import Entrance
from synaspis.server.cells.scene import Scenes
from synaspis.server.cells.side import CENTRES, CentreName, Side
from synaspis.server.cells.stream import Reader
from synaspis.server.journal import Journal
from synaspis.server.limits import Bucket

REQUESTS_PER_S: Final = 20.0
REQUESTS_BURST: Final = 100
FEEDS_MAX: Final = 8
"""What one session may ask: requests a second, at once, and streams that are open."""

BOARD_S: Final = 1.0
CLOCK_S: Final = 5.0
LOOK_S: Final = 3.0


class Conductor(Protocol):
    """What runs an exercise, as far as cells have to do with it. ready: set once it is where it was."""

    ready: asyncio.Event

    @property
    def exercise(self) -> str:
        """Name that every message carries."""
        ...

    def clock(self) -> dict[str, Any]:
        """``{"exercise_time","speed","state"}`` now."""
        ...

    def is_cut(self, nation: str, centre: CentreName) -> bool:
        """Whether an inject keeps a cell from a centre now."""
        ...

    def check(self, action: str, value: Any) -> None:
        """Raise Problem 409 where an action cannot be done now."""
        ...

    def control(self, action: str, value: Any, by: str) -> dict[str, Any] | None:
        """Do what the white cell asks; returns the `exercise-control` body to be sent, if any."""
        ...

    def delivered(self, nation: str, centre: CentreName, events: list[FeedEvent]) -> None:
        """Take what a centre has just delivered to a nation."""
        ...

    def begin(self) -> None:
        """Begin, on the loop."""
        ...

    async def close(self) -> None:
        """Stop where it is."""
        ...


@dataclass
class Hall:
    """Everything that a request needs.

    cells: by id. sides: both centres. clock: of the centres, which an exercise may run faster or stop. wall:
    of the machine. scene: of the scenario. hosts: names under which it is reached, in small letters, without
    port. cookie: its name. conductor: of the exercise, None without one. secure: whether TLS is spoken.
    entrance: of those who come with a certificate.
    """

    cells: Mapping[str, Cell]
    sides: Mapping[CentreName, Side]
    access: Access
    clock: Clock
    wall: Clock
    journal: Journal
    scenes: Scenes
    hosts: frozenset[str]
    cookie: str = "synaspis"
    base: str = ""
    conductor: Conductor | None = None
    secure: bool = False
    entrance: Entrance | None = None
    _buckets: dict[str, Bucket] = field(default_factory=dict)
    _readers: dict[str, set[Reader]] = field(default_factory=dict)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _is_closing: bool = False

    @property
    def white(self) -> str:
        """Id of the cell that runs an exercise; empty without one."""
        return WHITE if self.conductor is not None else ""

    def views(self, role: object, cell: object) -> tuple[str, ...]:
        """Cells that somebody of a role, acting for a cell, may look at."""
        nations = tuple(name for name in self.cells if name != self.white)
        if role == "white":
            return (self.white, *nations)
        if role == "observer":
            return nations
        return (str(cell),) if role == "nation" and cell in nations else ()

    def session_of_certificate(self, fingerprint: str) -> Session | None:
        """The session that a client's certificate opens, None without TLS or for one that opens none."""
        return None if self.entrance is None else self.entrance.session(fingerprint, self.white, self.views)

    def link(self, given: Pass) -> tuple[str, int]:
        """Make a one-time link; returns it and the instant of its end."""
        ticket, until_us = self.access.issue(given)
        return f"{self.base}/enter?ticket={ticket}", until_us

    def publish(self, centre: CentreName, news: Mapping[str, Sequence[FeedEvent]]) -> None:
        """Take what a centre has just stored, by recipient."""
        for name, events in news.items():
            if (cell := self.cells.get(name)) is None:
                continue
            if self.conductor is not None:
                self.conductor.delivered(name, centre, list(events))
                if self.conductor.is_cut(name, centre):
                    continue  # it catches up when the link is back
            cell.news(centre, events)

    def start(self) -> None:
        """Begin to load the cells and to look after them; on the loop."""
        self._tasks = [
            asyncio.create_task(self._load(), name="load"),
            asyncio.create_task(self._show(), name="show"),
            asyncio.create_task(self._look(), name="look"),
        ]

    def end_streams(self) -> None:
        """End every stream, and open none any more."""
        self._is_closing = True
        for group in self._readers.values():
            for reader in tuple(group):
                reader.end()

    async def close(self) -> None:
        """End the tasks and let go of the file of sessions."""
        self.end_streams()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.access.close()
        if self.entrance is not None:
            self.entrance.close()

    def wait_s(self, session: Session) -> float:
        """Take one request out of a session's bucket; returns seconds to wait if it is empty, else 0."""
        now_s = asyncio.get_running_loop().time()
        bucket = self._buckets.get(session.id)
        if bucket is None:
            bucket = self._buckets[session.id] = Bucket.full(REQUESTS_PER_S, REQUESTS_BURST, now_s)
        return bucket.take(1.0, now_s)

    def viewed(self, session: Session, name: str | None) -> Cell:
        """The cell that a session looks at. Raises Problem 403 for one that it may not see."""
        allowed = session.given.view_as
        chosen = name or next(iter(allowed), "")
        if chosen not in allowed or chosen not in self.cells:
            what = (
                f"this session may not see the cell {chosen[:80]!r}" if chosen else "this role sees no cell"
            )
            raise Problem(403, Fault(what, "as", f"It may see: {', '.join(allowed) or 'none'}."))
        return self.cells[chosen]

    async def follow(self, reader: Reader, receive: Any, send: Any) -> None:
        """Serve a stream and count it."""
        group = self._readers.setdefault(reader.session.id, set())
        group.add(reader)
        try:
            await reader.serve(receive, send)
        finally:
            group.discard(reader)
            if not group:
                self._readers.pop(reader.session.id, None)
            if reader.is_stalled:
                self.journal.write("stalled", partner=reader.cell.id, source=reader.session.id)

    def check_streams(self, session: Session) -> None:
        """Raise Problem where a session may open no further stream."""
        if self._is_closing:
            raise Problem(503, Fault("the server is being stopped", "", "Come again when it is back."))
        if len(self._readers.get(session.id, ())) >= FEEDS_MAX:
            what = f"{FEEDS_MAX} feeds of this session are open already"
            raise Problem(429, Fault(what, "", "Close one and come again."), {"retry-after": "5"})

    def streams(self) -> Counter[str]:
        """Open streams by cell."""
        return Counter(reader.cell.id for group in self._readers.values() for reader in group)

    def end_session(self, session: str) -> None:
        """End the streams of a session that has ended."""
        for reader in tuple(self._readers.get(session, ())):
            reader.end()

    def clock_shown(self) -> dict[str, Any]:
        """What the clock is now, as the stream has it."""
        if self.conductor is not None:
            return self.conductor.clock()
        return {"exercise_time": to_rfc3339(self.clock.now_us()), "speed": 1.0, "state": "live"}

    def show_clock(self) -> None:
        """Tell every cell what the clock is."""
        shown = self.clock_shown()
        for cell in self.cells.values():
            cell.show("clock", "clock", shown)

    async def submit(self, centre: CentreName, cell: str, raw: bytes) -> Answer:
        """Hand in an envelope of a cell."""
        return await self.sides[centre].submit(cell, raw)

    def check_link(self, centre: CentreName, cell: str) -> None:
        """Raise Problem 503 while an inject of the exercise keeps a cell from a centre."""
        if self.conductor is not None and self.conductor.is_cut(cell, centre):
            what = f"{cell} has no link to the {centre} centre: an inject of the exercise cut it"
            raise Problem(503, Fault(what, "", "Use other means, or wait."), {"retry-after": "10"})

    async def _load(self) -> None:
        for cell in self.cells.values():
            while not cell.ready.is_set():
                try:
                    await cell.load()
                except StorageError:
                    await asyncio.sleep(1.0)

    async def _show(self) -> None:
        loop = asyncio.get_running_loop()
        due_s, former = 0.0, ""
        while True:
            state = str({k: v for k, v in self.clock_shown().items() if k != "exercise_time"})
            is_due = loop.time() >= due_s
            if is_due or state != former:
                due_s, former = loop.time() + CLOCK_S, state
                self.show_clock()
                self._end_expired()
            for cell in self.cells.values():
                # A board takes milliseconds: what is due meanwhile goes between two of them.
                await asyncio.sleep(0)
                if cell.readers:
                    self.show_board(cell, anyway=is_due)
            await asyncio.sleep(BOARD_S)

    def show_board(self, cell: Cell, *, anyway: bool = False) -> None:
        """Put the board of a cell beside its events."""
        try:
            cell.show_board(self.clock.now_us(), anyway=anyway)
        except Exception as error:
            self.journal.defect(error, "board")

    def _end_expired(self) -> None:
        now_us = self.wall.now_us()
        for group in tuple(self._readers.values()):
            for reader in tuple(group):
                if reader.session.until_us <= now_us or self._is_taken_back(reader.session):
                    reader.end()

    def _is_taken_back(self, session: Session) -> bool:
        return bool(session.fingerprint) and self.session_of_certificate(session.fingerprint) is None

    async def _look(self) -> None:
        while True:
            for cell in self.cells.values():
                for centre in CENTRES:
                    await self._look_once(cell, centre)
            await asyncio.sleep(LOOK_S)

    async def _look_once(self, cell: Cell, centre: CentreName) -> None:
        try:
            await cell.looks[centre].look()
        except Problem:
            return
        except Exception as error:
            self.journal.defect(error, "look")
        cell.show(f"log-{centre}", "log", cell.looks[centre].shown)
