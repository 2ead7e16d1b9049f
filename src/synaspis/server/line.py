"""The line between connections and centre: whole objects over a pair of sockets, both ends of one program.

Connections ask in MessagePack, which can hold nothing but numbers, texts and bytes: who breaks into their
process can ask the keeper, and no more. What the keeper reports is pickled, because connections have to
believe it anyway.
"""

from __future__ import annotations

import asyncio
import math
import pickle
import select
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from struct import Struct
from typing import Any, Final, NamedTuple

import msgspec

from synaspis.exchange.answers import Answer
from synaspis.exchange.store.storage import FeedEvent
from synaspis.exchange.tally import Tally

_HEAD: Final = Struct("!Q")
_PIECE: Final = 1 << 20


class LineClosed(Exception):
    """The other end is gone."""


class Request(NamedTuple):
    """What is asked of the keeper.

    number: of the caller's choice; it stands in the answer. arguments: whole numbers, texts and bytes.
    """

    number: int
    name: str
    arguments: tuple[Any, ...]


class Reply(NamedTuple):
    """What came of a request. error: raised by it, then there is no value."""

    number: int
    value: Any
    error: Exception | None


@dataclass(frozen=True, slots=True)
class Pulse:
    """How the centre was when the keeper last looked.

    tick_us: instant of the keeper's last tick, by its clock. late_us: how late it began. ahead_us: as
    `Centre.ahead_us`. defects: errors that nobody foresaw, since the start.
    """

    tick_us: int
    late_us: int = 0
    ahead_us: int = 0
    pending: int = 0
    is_storing: bool = True
    is_public: bool = True
    defects: int = 0
    tally: Tally = field(default_factory=Tally)


@dataclass(slots=True)
class Report:
    """What the keeper has to say after a tick, a seal or a request.

    news: events by recipient, to be published before the answers are given. answers: by number of the
    submission. tick_s: what a tick that stored something took.
    """

    pulse: Pulse
    news: Mapping[str, Sequence[FeedEvent]] = field(default_factory=dict)
    answers: Sequence[tuple[int, Answer]] = ()
    replies: Sequence[Reply] = ()
    tick_s: float | None = None


_REQUESTS: Final = msgspec.msgpack.Decoder(Request)


def _request(body: bytes) -> Request:
    try:
        request = _REQUESTS.decode(body)
    except msgspec.DecodeError:
        raise LineClosed from None
    if not all(isinstance(each, int | str | bytes) for each in request.arguments):
        # Connections that say what they cannot say are no longer ours.
        raise LineClosed
    return request


def packed(what: object) -> bytes:
    """A request or anything that a keeper says, as it goes over the line: its length, then itself."""
    if isinstance(what, Request):
        body = msgspec.msgpack.encode(what)
    else:
        body = pickle.dumps(what, pickle.HIGHEST_PROTOCOL)
    return _HEAD.pack(len(body)) + body


class Line:
    """The end of one who waits for nothing else: it blocks.

    end: one of a pair of connected sockets; it is closed with the line. keeps: whether this is the end of the
    keeper, which takes requests and nothing else.
    """

    def __init__(self, end: socket.socket, *, keeps: bool) -> None:
        self._read: Callable[[bytes], Any] = _request if keeps else pickle.loads
        end.setblocking(True)
        self._end, self._held = end, bytearray()
        self._poll = select.poll()
        self._poll.register(end, select.POLLIN)

    def send(self, what: object) -> None:
        """Send an object. Raises LineClosed."""
        try:
            self._end.sendall(packed(what))
        except OSError:
            raise LineClosed from None

    def receive(self, wait_s: float) -> list[Any]:
        """Everything that has come; if nothing has, wait for something at most so long. Raises LineClosed."""
        found = self._whole()
        while not found and self._poll.poll(max(0, math.ceil(1e3 * wait_s))):
            try:
                piece = self._end.recv(_PIECE)
            except OSError:
                piece = b""
            if not piece:
                raise LineClosed
            self._held += piece
            found = self._whole()
        return found

    def _whole(self) -> list[Any]:
        found, at, held = [], 0, self._held
        while len(held) - at >= _HEAD.size:
            start = at + _HEAD.size
            (size,) = _HEAD.unpack_from(held, at)
            if len(held) - start < size:
                break
            at = start + size
            found.append(self._read(bytes(memoryview(held)[start:at])))
        if at:
            del held[:at]
        return found

    def close(self) -> None:
        """Close the socket."""
        self._end.close()


class LoopLine:
    """The end on an event loop. Made with `open`, on its loop."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, end: socket.socket) -> LoopLine:
        """Take over one of a pair of connected sockets."""
        return cls(*await asyncio.open_connection(sock=end, limit=4 * _PIECE))

    def send(self, what: object) -> None:
        """Send an object soon; what is sent when the other end is gone is lost."""
        if not self._writer.is_closing():
            self._writer.write(packed(what))

    async def receive(self) -> Any:
        """The next object. Raises LineClosed."""
        try:
            (size,) = _HEAD.unpack(await self._reader.readexactly(_HEAD.size))
            return pickle.loads(await self._reader.readexactly(size))
        except (asyncio.IncompleteReadError, OSError):
            raise LineClosed from None

    def close(self) -> None:
        """Close the socket."""
        self._writer.close()
