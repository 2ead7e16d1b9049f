"""Server-sent events, read as bytes.

Lines end with LF, CR or both and with nothing else: reading text by lines would also break at U+2028 or
U+0085, which JSON may hold inside a string. Source: WHATWG HTML, section 9.2 (server-sent events).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from synaspis.exchange.client.errors import Alarm

EVENT_MAX_BYTES: Final = 16_000_000
"""More than this without an end is no event of a centre."""


@dataclass(frozen=True, slots=True)
class RawEvent:
    """One event as it came over the wire.

    id: text of its `id:` line, empty if it has none. event: its name, `message` by default.
    data: its `data:` lines.
    """

    id: str
    event: str
    data: tuple[bytes, ...]


class FeedParser:
    """Turns pieces of a stream into events; a piece may end anywhere."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._id, self._event, self._data = "", "", list[bytes]()
        self._size = 0

    def feed(self, piece: bytes) -> list[RawEvent]:
        """Take the next piece; return the events that it completes, in order.

        Raises Alarm for an event beyond `EVENT_MAX_BYTES`.
        """
        self._rest += piece
        found: list[RawEvent] = []
        while (line := self._line()) is not None:
            self._size += len(line)
            if line:
                self._field(line)
            elif (event := self._dispatch()) is not None:
                found.append(event)
        if self._size + len(self._rest) > EVENT_MAX_BYTES:
            raise Alarm(f"an event of the feed has more than {EVENT_MAX_BYTES} bytes")
        return found

    def _line(self) -> bytes | None:
        ends = [at for at in (self._rest.find(b"\n"), self._rest.find(b"\r")) if at >= 0]
        if not ends:
            return None
        end = min(ends)
        if self._rest[end] == 0x0D and end + 1 == len(self._rest):
            return None  # an LF may follow in the next piece
        line = bytes(self._rest[:end])
        width = 2 if self._rest[end : end + 2] == b"\r\n" else 1
        del self._rest[: end + width]
        return line

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value)
        elif name == b"id":
            self._id = value.decode("utf-8", "replace")
        elif name == b"event":
            self._event = value.decode("utf-8", "replace")
        # Comments (heartbeats), `retry` and unknown fields tell us nothing.

    def _dispatch(self) -> RawEvent | None:
        event = RawEvent(self._id, self._event or "message", tuple(self._data))
        named = bool(self._event)
        self._id, self._event, self._data, self._size = "", "", [], 0
        return event if event.data or named else None
