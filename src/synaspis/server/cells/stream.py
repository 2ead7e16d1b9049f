"""The stream of a cell to a browser: events of both centres, each once, and the newest state beside them.

An id is the place in both feeds, so that a stream goes on after a cut, or after the server was killed, where
it was: nothing needs to be remembered of a reader. A reader that takes little is written to at its own pace
and reads on from the store; there is no queue that could grow.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from typing import Final

from synaspis.core.errors import Fault
from synaspis.exchange.store.storage import FeedEvent
from synaspis.server.answers import Problem
from synaspis.server.cells.access import Session
from synaspis.server.cells.cell import Cell
from synaspis.server.cells.side import CENTRES, CentreName
from synaspis.server.feed import Receive, Send
from synaspis.server.sessions import Peer

HEARTBEAT_S: Final = 10.0
STALLED_S: Final = 60.0
WRITE_BYTES: Final = 1 << 18

_PLACE: Final = re.compile(r"(\d{1,15})\.(\d{1,15})", re.ASCII)
_HEADERS: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


def place_of(text: str | None, cell: Cell) -> dict[CentreName, int]:
    """Read a place in the stream of a cell; None is its beginning.

    Raises Problem 400 for a text that is no place, 409 for one that this stream never gave.
    """
    if not text:
        return dict.fromkeys(CENTRES, 0)
    found = _PLACE.fullmatch(text)
    if found is None:
        fault = Fault(
            f"{text[:40]!r} is no place in a stream", "last-event-id", "Send the id that came last."
        )
        raise Problem(400, fault)
    place = {centre: int(count) for centre, count in zip(CENTRES, found.groups(), strict=True)}
    if any(place[centre] > cell.place[centre] for centre in CENTRES):
        remedy = "If you received it, a centre was set back to an earlier state: tell its operator."
        raise Problem(409, Fault(f"the stream of {cell.id} has no place {text}", "last-event-id", remedy))
    return place


class Reader:
    """One connection that follows the stream of a cell.

    cell: whose. session: who reads. peer: the connection. place: after which it begins. `is_stalled` tells
    that it was cut off because it took nothing.
    """

    def __init__(self, cell: Cell, session: Session, peer: Peer, place: dict[CentreName, int]) -> None:
        self.cell, self.session, self._peer = cell, session, peer
        self._place = place
        self._shown: dict[str, int] = {}
        self._awake = asyncio.Event()
        self._gone = self.is_stalled = False

    def wake(self) -> None:
        """Let it look again."""
        self._awake.set()

    def end(self) -> None:
        """End the stream after what is being written."""
        self._gone = True
        self.wake()

    async def serve(self, receive: Receive, send: Send) -> None:
        """Write until the connection, the session or the server ends."""
        watcher = asyncio.create_task(self._watch(receive))
        self.cell.readers.add(self)
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            await self._write(send, b": stream\n\n")
            while not self._gone:
                self._awake.clear()
                if body := b"".join([*await self._events(), *self._states()]):
                    await self._write(send, body)
                    continue
                try:
                    await asyncio.wait_for(self._awake.wait(), HEARTBEAT_S)
                except TimeoutError:
                    await self._write(send, b":\n\n")
            with suppress(OSError):
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            watcher.cancel()
            self.cell.readers.discard(self)

    async def _events(self) -> list[bytes]:
        frames = []
        for centre in CENTRES:
            for event in await self.cell.after(centre, self._place[centre], WRITE_BYTES):
                self._place[centre] = event.counter
                frames.append(self._frame(centre, event))
        return frames

    def _frame(self, centre: CentreName, event: FeedEvent) -> bytes:
        place = ".".join(str(self._place[each]) for each in CENTRES)
        head = (
            f"id: {place}\nevent: {event.type}\n"
            f'data: {{"centre":"{centre}","counter":{event.counter},"event":'
        )
        return b"".join((head.encode(), event.data, b"}\n\n"))

    def _states(self) -> list[bytes]:
        frames = []
        for key, (version, event, text) in self.cell.states.items():
            if self._shown.get(key) != version:
                self._shown[key] = version
                frames.append(b"event: %s\ndata: %s\n\n" % (event.encode(), text))
        return frames

    async def _write(self, send: Send, body: bytes) -> None:
        try:
            async with asyncio.timeout(STALLED_S):
                await send({"type": "http.response.body", "body": body, "more_body": True})
        except TimeoutError:
            self._gone = self.is_stalled = True
            self._peer.connection.abort()

    async def _watch(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.end()
