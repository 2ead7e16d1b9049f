"""Word of news over a broker, beside the ticks: nothing waits for it, and nothing rests on it.

Of each recipient only the newest counter waits to be told, so that a broker which is away fills no memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from synaspis.core.errors import Fault, InputError
from synaspis.exchange.fanout import Herald, Listener, connect
from synaspis.exchange.store.storage import FeedEvent
from synaspis.server.backing import read_secret
from synaspis.server.journal import Journal

if TYPE_CHECKING:
    from nats.aio.client import Client

    from synaspis.server.folder import DataFolder, ServerDocument

_AGAIN_S: Final = 1.0
_FAREWELL_S: Final = 1.0


@dataclass(frozen=True)
class Broker:
    """Where the broker is. url: as in `server.yaml`. token: that it asks for, or empty. journal: is told."""

    url: str
    token: str = field(repr=False)
    journal: Journal

    async def link(self) -> Client:
        """Connect, again and again until it succeeds; one that is away is written down once."""
        is_told = False
        while True:
            try:
                link = await connect(self.url, self.token)
            except InputError:
                if not is_told:
                    self.journal.write("broker-away")
                is_told = True
                await asyncio.sleep(_AGAIN_S)
            else:
                self.journal.write("broker-found")
                return link


def broker_of(data: DataFolder, document: ServerDocument, journal: Journal) -> Broker | None:
    """The broker that `server.yaml` names; None if it names none.

    Raises InputError if its token cannot be read, or if what it needs is not installed.
    """
    if document.nats is None:
        return None
    token = read_secret(document.nats_token, data.path, "nats_token")
    if find_spec("nats") is None:
        what = "a broker is named, and the client of NATS is not installed"
        raise InputError(Fault(what, "nats", "Run: pip install 'synaspis[nats]'"))
    return Broker(document.nats, token, journal)


class Announcer:
    """Tells other nodes what the node that writes has stored."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._news: dict[str, Sequence[FeedEvent]] = {}
        self._wake = asyncio.Event()

    def put(self, news: Mapping[str, Sequence[FeedEvent]]) -> None:
        """Take news to be told soon; returns at once."""
        self._news.update((name, events[-1:]) for name, events in news.items())
        self._wake.set()

    async def run(self) -> None:
        """Tell until cancelled."""
        while True:
            link = await self._broker.link()
            try:
                while not link.is_closed:
                    await self._wake.wait()
                    self._wake.clear()
                    news, self._news = self._news, {}
                    await Herald(link).tell(news)
            finally:
                await _close(link)


async def hear(broker: Broker, listener: Listener) -> None:
    """Have a listener hear words until cancelled."""
    while True:
        link = await broker.link()
        try:
            await listener.subscribe(link)
            while not link.is_closed:
                await asyncio.sleep(_AGAIN_S)
        finally:
            await _close(link)


async def _close(link: Client) -> None:
    # It may be busy with finding its server again.
    with suppress(Exception):
        await asyncio.wait_for(link.close(), _FAREWELL_S)
