"""Feeds: events to partners as server-sent events (WHATWG HTML, section 9.2), each at the partner's own pace.

Of each partner the newest events stand in memory, bounded in number and bytes, and all its connections write
from there: there is no queue per connection that could grow. A reader that takes less than it is sent falls
out of that window; it is told so (`event: behind`, without an id) and reads on from the store until it has
caught up (`event: current`). The bytes of an event are shared by all who get it; a connection makes one write
for all that is new since its last one. Owned by the event loop, but for the reading of the store.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from synaspis.exchange.store.storage import FeedEvent
from synaspis.server.limits import Limits
from synaspis.server.sessions import Peer

Send = Callable[[Any], Awaitable[None]]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
ReadStore = Callable[[str, int, int], Awaitable[Sequence[FeedEvent]]]

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


def frame(event: FeedEvent) -> bytes:
    """Return an event as it goes over the wire: id, type, salt, and the bytes that are hashed."""
    salt = event.salt.hex().encode()
    head = f"id: {event.counter}\nevent: {event.type}\ndata: ".encode()
    return b"".join((head, salt, b"\ndata: ", event.data, b"\n\n"))


class Window:
    """The newest events of one partner, in order and without a gap.

    events, size: limits in number and bytes; one event always stays.
    """

    def __init__(self, events: int, size: int) -> None:
        self._events_max, self._size_max = events, size
        self._events: deque[FeedEvent] = deque()
        self._size = 0

    def append(self, events: Iterable[FeedEvent]) -> None:
        """Add the next events; the oldest make room."""
        for event in events:
            self._events.append(event)
            self._size += len(event.data)
        while len(self._events) > 1 and (len(self._events) > self._events_max or self._size > self._size_max):
            self._size -= len(self._events.popleft().data)

    def holds(self, after: int) -> bool:
        """Whether everything after a counter that there is stands here, or nothing has come yet."""
        return not self._events or self._events[0].counter <= after + 1

    def after(self, counter: int, size: int) -> list[FeedEvent]:
        """Events with a higher counter, as many as fit into `size` bytes, at least one if there is one."""
        if not self._events:
            return []
        taken: list[FeedEvent] = []
        total = 0
        # Of a reader who keeps up only the last few are new, and a deque is slow to walk to its end.
        new = min(len(self._events), self._events[-1].counter - counter)
        for event in reversed(list(islice(reversed(self._events), max(0, new)))):
            total += len(event.data)
            if taken and total > size:
                break
            taken.append(event)
        return taken


@dataclass(eq=False)
class Subscription:
    """One connection that follows a feed.

    sent: last counter written. idle_since_s, writing_since_s: of the loop's clock; None while not writing.
    """

    partner: str
    peer: Peer
    sent: int
    idle_since_s: float
    writing_since_s: float | None = None
    behind: bool = False
    gone: bool = False
    beat: bool = False
    waiter: asyncio.Future[None] | None = None

    def wake(self) -> None:
        """Let it look again."""
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_result(None)


@dataclass
class Feeds:
    """All feeds.

    limits: of the server. read: events of a partner after a counter, at most so many, from the store.
    on_news: told of all that is published. sent_events, sent_bytes, fell_behind, stalled: counts since the
    start, for the metrics.
    """

    limits: Limits
    read: ReadStore
    on_news: Callable[[Mapping[str, Sequence[FeedEvent]]], None] | None = None
    sent_events: int = 0
    sent_bytes: int = 0
    fell_behind: int = 0
    stalled: int = 0
    _windows: dict[str, Window] = field(default_factory=dict)
    _open: dict[str, set[Subscription]] = field(default_factory=dict)
    _closing: bool = False

    def publish(self, events: Mapping[str, Sequence[FeedEvent]]) -> None:
        """Take what a tick has stored, by recipient, and wake whoever follows.

        Only to be called after the store has it: an event that is not durable is shown to nobody.
        """
        for partner, news in events.items():
            window = self._windows.get(partner)
            if window is None:
                window = Window(self.limits.recent_events, self.limits.recent_bytes)
                self._windows[partner] = window
            window.append(news)
            for subscription in self._open.get(partner, ()):
                subscription.wake()
        if self.on_news is not None:
            self.on_news(events)

    def open_count(self, partner: str | None = None) -> int:
        """Feeds of a partner that are open; without one, of all."""
        if partner is not None:
            return len(self._open.get(partner, ()))
        return sum(map(len, self._open.values()))

    def behind_count(self) -> int:
        """Feeds whose reader is behind."""
        return sum(each.behind for group in self._open.values() for each in group)

    async def serve(self, partner: str, peer: Peer, after: int, receive: Receive, send: Send) -> None:
        """Answer a request for the feed from a counter on, until the connection or the server ends."""
        now_s = asyncio.get_running_loop().time()
        subscription = Subscription(partner, peer, after, now_s)
        self._open.setdefault(partner, set()).add(subscription)
        watcher = asyncio.create_task(_watch(subscription, receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            await self._write(subscription, send, [b": feed\n\n"])
            await self._follow(subscription, send)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            watcher.cancel()
            self._open[partner].discard(subscription)

    async def _follow(self, subscription: Subscription, send: Send) -> None:
        # What was stored before this process began stands in no window: look into the store once.
        stored = True
        while not (subscription.gone or self._closing):
            window = self._windows.get(subscription.partner)
            if stored or (window is not None and not window.holds(subscription.sent)):
                if not stored and not subscription.behind:
                    subscription.behind = True
                    self.fell_behind += 1
                    await self._write(subscription, send, [_notice("behind", subscription.sent)])
                limit = self.limits.catch_up_events
                events = await self.read(subscription.partner, subscription.sent, limit)
                stored = len(events) == limit
            else:
                events = [] if window is None else window.after(subscription.sent, self.limits.write_bytes)
            if events:
                await self._send_events(subscription, send, events)
            elif subscription.behind:
                subscription.behind = False
                await self._write(subscription, send, [_notice("current", subscription.sent)])
            elif subscription.beat:
                subscription.beat = False
                await self._write(subscription, send, [b":\n\n"])
            elif not stored:
                await _wait(subscription)

    async def _send_events(self, subscription: Subscription, send: Send, events: Sequence[FeedEvent]) -> None:
        frames, size = [], 0
        for event in events:
            frames.append(frame(event))
            size += len(frames[-1])
            subscription.sent = event.counter
            if size >= self.limits.write_bytes:
                await self._write(subscription, send, frames)
                frames, size = [], 0
        if frames:
            await self._write(subscription, send, frames)
        self.sent_events += len(events)

    async def _write(self, subscription: Subscription, send: Send, frames: list[bytes]) -> None:
        loop = asyncio.get_running_loop()
        body = frames[0] if len(frames) == 1 else b"".join(frames)
        subscription.writing_since_s = loop.time()
        await send({"type": "http.response.body", "body": body, "more_body": True})
        subscription.writing_since_s, subscription.idle_since_s = None, loop.time()
        self.sent_bytes += len(body)

    def watch(self, now_s: float) -> None:
        """Once a second or so: a sign of life to the silent, an end to those who take nothing.

        now_s: of the loop's clock.
        """
        for group in list(self._open.values()):
            for each in list(group):
                if each.writing_since_s is not None:
                    if now_s - each.writing_since_s > self.limits.stalled_s:
                        self.stalled += 1
                        each.peer.connection.abort()
                elif now_s - each.idle_since_s > self.limits.heartbeat_s:
                    each.beat = True
                    each.wake()

    def close(self) -> None:
        """End every feed after what it is writing."""
        self._closing = True
        for group in self._open.values():
            for subscription in group:
                subscription.wake()


def _notice(event: str, sent: int) -> bytes:
    # Without an id, so that the reader's place in the feed stays where it is.
    return f'event: {event}\ndata: {{"after":{sent}}}\n\n'.encode()


async def _wait(subscription: Subscription) -> None:
    subscription.waiter = asyncio.get_running_loop().create_future()
    try:
        # What came between the last look and this line has found no waiter.
        if not (subscription.gone or subscription.beat):
            await subscription.waiter
    finally:
        subscription.waiter = None


async def _watch(subscription: Subscription, receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    subscription.gone = True
    subscription.wake()
