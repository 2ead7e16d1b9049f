"""Word of new events from the node that writes to nodes that deliver, over NATS; never the record.

A word says that the feed of a recipient has reached a counter, and nothing of what stands there: whoever
hears it reads the store. Words that are lost, doubled, late or out of order cost time and never an event,
because each node also looks by itself once in a while. Connecting needs the extra `synaspis[nats]`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from synaspis.core.errors import Fault, InputError
from synaspis.exchange.store.storage import FeedEvent

if TYPE_CHECKING:
    from nats.aio.client import Client

SUBJECT: Final = "synaspis.feed"

COUNTER_MAX: Final = 2**53

CONNECT_S: Final = 3.0

_PENDING_BYTES: Final = 256 * 1024


async def connect(url: str, token: str = "") -> Client:
    """Connect to a NATS server; it is looked for again for as long as the process lives.

    url: such as nats://127.0.0.1:4222, or tls://... where the server shows a certificate. token: that the
    server asks for, if it does. Raises InputError if there is none now.
    """
    from nats.aio.client import Client
    from nats.errors import Error

    link = Client()
    try:
        # Reconnecting without end also holds for the first connection, which is to end.
        await asyncio.wait_for(
            link.connect(
                url,
                token=token or None,
                max_reconnect_attempts=-1,
                reconnect_time_wait=1,
                pending_size=_PENDING_BYTES,
                error_cb=_unheard,
            ),
            CONNECT_S,
        )
    except (OSError, Error, TimeoutError) as error:
        what = f"no NATS server answers: {type(error).__name__}"
        raise InputError(
            Fault(what, source="NATS", remedy="Start it, or leave `nats` out of server.yaml.")
        ) from None
    return link


async def _unheard(_error: Exception) -> None:
    # A broker that is away costs time; nothing rests on it, so nothing has to be done.
    return


class Herald:
    """Tells other nodes what has been stored.

    link: from `connect`.
    """

    def __init__(self, link: Client) -> None:
        self._link = link

    async def tell(self, news: Mapping[str, Sequence[FeedEvent]]) -> None:
        """Send one word to each recipient's subject; what cannot be sent now is not sent later."""
        from nats.errors import Error

        for recipient, events in news.items():
            with suppress(Error, OSError):
                await self._link.publish(f"{SUBJECT}.{recipient}", str(events[-1].counter).encode())


class Listener:
    """Hears of new events and looks into the store; the same events whatever the broker does.

    read: events of a recipient with a counter above one, at most so many, from the store. publish: takes
    news, each event once and in order. counters: reached so far. is_recipient: whether there is such a feed;
    words about others are let go. look_every_s: how long a lost word can hide an event.
    """

    def __init__(
        self,
        read: Callable[[str, int, int], Awaitable[Sequence[FeedEvent]]],
        publish: Callable[[Mapping[str, Sequence[FeedEvent]]], None],
        *,
        counters: Mapping[str, int],
        is_recipient: Callable[[str], bool],
        look_every_s: float = 1.0,
        limit: int = 500,
    ) -> None:
        self._read, self._publish = read, publish
        self._reached = dict(counters)
        self._is_recipient = is_recipient
        self._look_every_s, self._limit = look_every_s, limit
        self._heard: set[str] = set()
        self._word = asyncio.Event()

    async def subscribe(self, link: Client) -> None:
        """Begin to hear words."""
        await link.subscribe(f"{SUBJECT}.*", cb=self.hear)

    async def hear(self, word: Any) -> None:
        """Take one word: a message with `subject` and `data`; anything that is no word is let go."""
        recipient = str(word.subject).removeprefix(f"{SUBJECT}.")
        text = bytes(word.data)[:20]
        is_new = text.isdigit() and self._reached.get(recipient, 0) < int(text) <= COUNTER_MAX
        if is_new and self._is_recipient(recipient):
            self._heard.add(recipient)
            self._word.set()

    async def follow(self, look: Callable[[], Awaitable[Iterable[str]]]) -> None:
        """Publish what is new until cancelled.

        look: whose feeds to read without a word; asked once in `look_every_s`. What it or the reading raises
        goes up, and nothing is forgotten: follow again.
        """
        loop = asyncio.get_running_loop()
        look_s = loop.time()
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._word.wait(), max(0.0, look_s - loop.time()))
            self._word.clear()
            if loop.time() >= look_s:
                look_s = loop.time() + self._look_every_s
                self._heard.update(await look())
            while self._heard:
                recipient = self._heard.pop()
                try:
                    await self._catch_up(recipient)
                except BaseException:
                    self._heard.add(recipient)
                    raise

    async def _catch_up(self, recipient: str) -> None:
        while True:
            reached = self._reached.get(recipient, 0)
            events = await self._read(recipient, reached, self._limit)
            if events:
                self._reached[recipient] = events[-1].counter
                self._publish({recipient: events})
            if len(events) < self._limit:
                return
