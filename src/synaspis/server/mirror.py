"""A node that only delivers: feeds and the public log, read from the store that another node writes.

It decides nothing, signs nothing, and holds no private key but that of its TLS. What it shows are the bytes
in the store; words of a broker tell it when to look, and it looks by itself as well.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from pydantic import Field

from synaspis.core.clock import Clock
from synaspis.core.documents import FrozenModel, parse, read_document
from synaspis.core.errors import Fault, InputError
from synaspis.exchange.client.kit import KeyText
from synaspis.exchange.fanout import Listener
from synaspis.exchange.keys import COMMITMENT_KEY_FILE, LOG_KEY_FILES, MESSAGE_KEY_FILE
from synaspis.exchange.log_copy import Contradiction, LogCopy
from synaspis.exchange.store.storage import StorageError
from synaspis.log import verifier
from synaspis.server.backing import SQLITE, open_postgres
from synaspis.server.feed import Feeds
from synaspis.server.folder import DataFolder, PartnerDocument
from synaspis.server.journal import Journal
from synaspis.server.mirror_desk import MirrorDesk
from synaspis.server.node import PUBLIC_KEYS, Listening, Node, run_node
from synaspis.server.readings import watch_feeds
from synaspis.server.word import broker_of, hear

LOOK_S: Final = 0.25
"""How often it looks by itself: the longest that a lost word delays an event, but for the reading."""

_AGAIN_S: Final = 0.5
_NEEDED: Final = ("server.yaml", "partners", "keys/ca.pem", "keys/server.pem", "keys/server.key")
_FOREIGN: Final = (MESSAGE_KEY_FILE, *LOG_KEY_FILES.values(), COMMITMENT_KEY_FILE, "ca.key")


class PublicKeys(FrozenModel):
    """What `keys/public.json` says, as ``/v1/keys`` does."""

    centre: KeyText
    log: tuple[str, ...] = Field(min_length=1)


class Mirror(Node):
    """One mirror in service.

    data: its own folder, with copies of what it needs from that of the centre; its `log` is made there. The
    other arguments are those of every node. Raises InputError with every fault of the folder, where private
    keys of the centre lie in it, if the store cannot be read, or if its log is not that of the public keys.
    """

    def __init__(
        self,
        data: DataFolder,
        *,
        clock: Clock | None = None,
        journal: Journal | None = None,
        host: str | None = None,
        port: int | None = None,
    ) -> None:
        _check(data)
        super().__init__(data, clock=clock, journal=journal, host=host, port=port)
        document = self.document
        if document.store == SQLITE or document.writer is None:
            what = "a mirror needs the address of a PostgreSQL store and that of the node that writes"
            remedy = "Give both in server.yaml, as `store` and `writer`."
            raise InputError(Fault(what, "", remedy, str(data.file("server.yaml"))))
        public = parse(PublicKeys, read_document(data.key(PUBLIC_KEYS)))
        self._broker = broker_of(data, document, self.journal)
        self.store = open_postgres(data, document, writes=False)
        try:
            self._entry = self.store.marks().entry
            self._counters = self.store.counters()
            log = LogCopy(data.log, self.store, [verifier(vkey) for vkey in public.log])
        except BaseException:
            self.store.close()
            raise
        self.mirror = self.desk = MirrorDesk(self.store, log, data.log, public.model_dump(), document.writer)
        self.feeds = Feeds(document.limits, self.mirror.feed)
        watch_feeds(self.metrics, self.feeds, self.sessions)
        self._tasks: list[asyncio.Task[None]] = []
        self._is_away = False

    async def begin(self) -> None:
        """Begin to follow the store."""
        listener = Listener(
            self.mirror.feed,
            self.feeds.publish,
            counters=self._counters,
            is_recipient=lambda name: name in self.sessions.roster.partners,
            look_every_s=LOOK_S,
        )
        work: list[Callable[[], Awaitable[None]]] = [partial(listener.follow, self._look), self._follow_log]
        if self._broker is not None:
            work.append(partial(hear, self._broker, listener))
        self._tasks = [asyncio.create_task(self._kept_up(each)) for each in work]

    def stopping(self) -> None:
        """End the feeds."""
        self.mirror.is_stopping = True
        self.feeds.close()

    async def end(self) -> None:
        """Follow no longer."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.mirror.close()

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()

    async def partners_read(self, documents: Mapping[str, PartnerDocument]) -> None:
        """Nothing but the roster depends on partners here."""

    async def look_after(self) -> None:
        """Nothing beside what the tasks do."""

    async def hang_up(self) -> None:
        """There is nothing to read again."""

    async def _look(self) -> list[str]:
        """Whose feeds have grown since the last look."""
        entry, names = await self.mirror.read(lambda: self.store.news(self._entry))
        self._entry, self._is_away = entry, False
        return [name for name in names if name in self.sessions.roster.partners]

    async def _follow_log(self) -> None:
        while True:
            try:
                size = await self.mirror.follow_log(self._witnesses())
            except Contradiction as failure:
                self.journal.write("log-contradicted")
                self.fail(failure)
                return
            if size:
                self.journal.write("published", size=size)
            await asyncio.sleep(LOOK_S)

    async def _kept_up(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do something until cancelled, and go on with it when the store was away."""
        while True:
            try:
                return await work()
            except StorageError:
                if not self._is_away:
                    self.journal.write("store-away")
                self._is_away = True
            except Exception as error:
                self.metrics.defects.inc()
                self.journal.defect(error)
            await asyncio.sleep(_AGAIN_S)

    def _witnesses(self) -> dict[str, str]:
        documents = self.sessions.roster.partners.values()
        return {each.id: each.witness_vkey for each in documents if each.witness_vkey is not None}


def serve_mirror(
    folder: Path | str,
    *,
    host: str | None = None,
    port: int | None = None,
    clock: Clock | None = None,
    on_listening: Listening | None = None,
) -> None:
    """Serve a mirror from its folder until a signal to end. Raises InputError as `Mirror` and `serve` do."""
    run_node(Mirror(DataFolder(Path(folder)), clock=clock, host=host, port=port), on_listening)


def _check(data: DataFolder) -> None:
    """Raise InputError unless a folder has what a mirror needs, and nothing that it must not have."""
    needed = (*_NEEDED, f"keys/{PUBLIC_KEYS}")
    lacking = [name for name in needed if not data.file(*name.split("/")).exists()]
    faults = []
    if lacking:
        what = f"this is not the folder of a mirror: it lacks {', '.join(lacking)}"
        remedy = "Copy them from the folder of the node that writes; it makes public.json when it starts."
        faults.append(Fault(what, "", remedy, str(data.path)))
    if foreign := [name for name in _FOREIGN if data.key(name).exists()]:
        what = f"private keys of the centre lie here: {', '.join(foreign)}"
        remedy = "A mirror needs none of them: take them away, or name a folder of its own."
        faults.append(Fault(what, "", remedy, str(data.file("keys"))))
    if faults:
        raise InputError(faults)
