"""One cell: its place in both feeds, the newest events, and what is shown of it beside them.

Owned by the event loop. Whatever a cell shows rests on the events that both centres delivered to it: they are
folded in the order of their counters, each once, first those of the store, then those that come.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from synaspis.coordination import Board
from synaspis.exchange.store.storage import FeedEvent
from synaspis.server.cells.looks import LogLook
from synaspis.server.cells.side import CENTRES, CentreName, Side
from synaspis.server.feed import Window

RECENT_EVENTS: Final = 512
RECENT_BYTES: Final = 4 << 20
READ_AT_ONCE: Final = 256


class Wakeable(Protocol):
    """A reader of a cell's stream."""

    def wake(self) -> None:
        """Let it look again."""
        ...


class Cell:
    """A cell.

    id: the partner's. name: for people. sides: both centres. board: empty. looks: of the
    log, by centre.
    """

    def __init__(
        self,
        id: str,
        name: str,
        sides: Mapping[CentreName, Side],
        board: Board,
        looks: Mapping[CentreName, LogLook],
    ) -> None:
        self.id, self.name, self.sides, self.looks = id, name, sides, looks
        self.board = board
        self.place: dict[CentreName, int] = dict.fromkeys(CENTRES, 0)
        self.readers: set[Wakeable] = set()
        self.states: dict[str, tuple[int, str, bytes]] = {}
        self.ready = asyncio.Event()
        self._takes_news = False
        self._windows = {centre: Window(RECENT_EVENTS, RECENT_BYTES) for centre in CENTRES}
        self._is_stale = True

    async def load(self) -> None:
        """Fold what the stores hold; news may come meanwhile."""
        held = {centre: await self._stored(centre) for centre in CENTRES}
        # By time, as they came; the order of one centre's own events never changes.
        while any(held.values()):
            centre = min((c for c in CENTRES if held[c]), key=lambda c: str(held[c][0][1].get("at", "")))
            event, content = held[centre].pop(0)
            self._fold(centre, event, content)
        # From here on news that is next is folded at once; what comes too early is read below.
        self._takes_news = True
        for centre in CENTRES:
            await self.catch_up(centre)
        self.ready.set()

    async def catch_up(self, centre: CentreName) -> None:
        """Fold what a store holds beyond the place that was reached."""
        while events := await self.sides[centre].read(self.id, self.place[centre], READ_AT_ONCE):
            self.take(centre, events)
        self.wake()

    async def history(self, centre: CentreName) -> list[FeedEvent]:
        """Every event that a centre delivered to this cell, in order."""
        found: list[FeedEvent] = []
        while events := await self.sides[centre].read(
            self.id, found[-1].counter if found else 0, READ_AT_ONCE
        ):
            found += events
        return found

    async def _stored(self, centre: CentreName) -> list[tuple[FeedEvent, Mapping[str, Any]]]:
        return [(event, json.loads(event.data)) for event in await self.history(centre)]

    def news(self, centre: CentreName, events: Sequence[FeedEvent]) -> None:
        """Take what a centre has just stored for this cell; `load` fetches what comes before it has ended."""
        if self._takes_news:
            self.take(centre, events)
            self.wake()

    def take(self, centre: CentreName, events: Sequence[FeedEvent]) -> None:
        """Fold the events that are next; those that were folded already are let go."""
        for event in events:
            if event.counter == self.place[centre] + 1:
                self._fold(centre, event, json.loads(event.data))

    def _fold(self, centre: CentreName, event: FeedEvent, content: Mapping[str, Any]) -> None:
        self.place[centre] = event.counter
        self._windows[centre].append([event])
        self.looks[centre].delivered(event)
        self.board.take(centre, content)
        self._is_stale = True

    async def after(self, centre: CentreName, counter: int, size: int) -> Sequence[FeedEvent]:
        """Events after a counter, at least one if there is one; `size`: bytes that they may have in all."""
        if counter >= self.place[centre]:
            return ()
        window = self._windows[centre]
        if window.holds(counter):
            return window.after(counter, size)
        return await self.sides[centre].read(self.id, counter, READ_AT_ONCE)

    def show(self, key: str, event: str, content: Mapping[str, Any]) -> None:
        """Put a state beside the events, in place of that of the same key."""
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        version, _, former = self.states.get(key, (0, "", b""))
        if text != former:
            self.states[key] = (version + 1, event, text)
            self.wake()

    def show_board(self, now_us: int, *, anyway: bool) -> None:
        """Put the board beside the events, if it may have changed.

        now_us: of the centres' clock, from which deadlines count. anyway: because time has passed.
        """
        if self._is_stale or anyway:
            self._is_stale = False
            self.show("board", "board", {"as": self.id, "board": self.board.to_dict(now_us)})

    def wake(self) -> None:
        """Let every reader look again."""
        for reader in tuple(self.readers):
            reader.wake()
