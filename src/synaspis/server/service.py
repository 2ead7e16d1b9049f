"""A centre in service: kept from its data folder, listening, stopped without loss."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from synaspis.core.clock import Clock
from synaspis.core.errors import Fault, InputError
from synaspis.server.backing import SQLITE, open_to_read
from synaspis.server.folder import DataFolder, PartnerDocument
from synaspis.server.journal import Journal
from synaspis.server.keeping import keep_apart, keep_on_thread
from synaspis.server.node import Listening, Node, run_node
from synaspis.server.pump import Pump
from synaspis.server.readings import watch_centre, watch_feeds
from synaspis.server.sessions import Roster
from synaspis.server.word import Announcer, broker_of


class KeeperLost(InputError):
    """What keeps the centre has ended without having been asked to."""


class Service(Node):
    """One centre in service.

    data: its folder. clock: passed to everything. journal: the operator's log. host, port: in place of those
    of `server.yaml`. waits: while another process writes to the store, until it does no more. apart: keep the
    centre in a process of its own, by the clock of the machine. Opening it takes the store, so that no second
    process can serve the same centre.
    Raises InputError with every fault of the folder, AnotherWrites if the store is taken.
    """

    def __init__(
        self,
        data: DataFolder,
        *,
        clock: Clock | None = None,
        journal: Journal | None = None,
        host: str | None = None,
        port: int | None = None,
        waits: bool = False,
        apart: bool = False,
    ) -> None:
        if apart and clock is not None:
            raise ValueError("a centre in a process of its own goes by the clock of the machine")
        super().__init__(data.require(), clock=clock, journal=journal, host=host, port=port)
        broker = broker_of(data, self.document, self.journal)
        if apart:
            kept = keep_apart(data, waits=waits)
        else:
            kept = keep_on_thread(data, clock=self.clock, journal=self.journal, waits=waits)
        try:
            # Read now, not before the wait.
            self.sessions.roster = Roster(data.partners())
            self.store = open_to_read(data, self.document)
        except BaseException:
            kept.end.close()
            raise
        self.pump = self.desk = Pump(
            kept,
            clock=self.clock,
            limits=self.document.limits,
            journal=self.journal,
            metrics=self.metrics,
            store_feed=self.store.feed,
            log_folder=data.log,
            disk_bytes=self.document.disk_bytes,
            on_lost=self._keeper_lost,
        )
        self.feeds = self.pump.feeds
        self._announcer = None if broker is None else Announcer(broker)
        watch_feeds(self.metrics, self.feeds, self.sessions)
        watch_centre(self.metrics, self.pump, data.store)

    async def begin(self) -> None:
        """Begin to take messages, and to tell of what was stored."""
        if self._announcer is not None:
            self.feeds.on_news = self._announcer.put
            self._announcing = asyncio.create_task(self._announcer.run(), name="announcer")
        await self.pump.start()

    def stopping(self) -> None:
        """Take nothing new and end the feeds; what was taken is still ticked and answered."""
        self.pump.stopping()

    async def end(self) -> None:
        """Answer everything that was taken, and seal."""
        await self.pump.close()
        if self._announcer is not None:
            self._announcing.cancel()
            await asyncio.gather(self._announcing, return_exceptions=True)

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()

    async def partners_read(self, documents: Mapping[str, PartnerDocument]) -> None:
        """Have other partners in force from the next tick on."""
        await self.pump.ask("read_partners")

    async def look_after(self) -> None:
        """End the service where another node may be writing by now: this one can store nothing any more."""
        self.pump.look_at_disk()
        if self.document.store == SQLITE or self._failure is not None:
            return
        if not await self.pump.ask("may_write"):
            self.journal.write("store-lost")
            what = "the connection to the store was lost, and with it the right to write"
            remedy = "Nothing that was acknowledged is lost. Start it again: `synaspis centre serve --wait`."
            self.fail(InputError(Fault(what, "store", remedy)))

    def _keeper_lost(self) -> None:
        self.journal.write("keeper-lost")
        what = "the process that keeps the centre has ended"
        remedy = "Nothing that was acknowledged is lost. Start it again; what it has said stands above."
        self.fail(KeeperLost(Fault(what, remedy=remedy)))

    async def hang_up(self) -> None:
        """Read the book of agreements again."""
        await self.read_book()

    async def read_book(self) -> bool:
        """Read `agreements.yaml` again and put it in force; a book with faults is left, and written down."""
        try:
            await self.pump.ask("read_book")
        except InputError as error:
            self.journal.write("book-refused", count=len(error.faults))
            return False
        self.journal.write("book-read")
        return True


def serve(
    folder: Path | str,
    *,
    host: str | None = None,
    port: int | None = None,
    waits: bool = False,
    apart: bool = True,
    on_listening: Listening | None = None,
) -> None:
    """Serve a centre from its data folder until a signal to end.

    folder: made by `init_centre`. host, port: in place of those of `server.yaml`. waits: while another
    process writes. apart: keep the centre in a process of its own. on_listening: called with host and port
    once connections are taken. Raises InputError with every fault of the folder, where the address cannot be
    listened on, where the right to write was lost, or where the keeper was.
    """
    data = DataFolder(Path(folder))
    run_node(Service(data, host=host, port=port, waits=waits, apart=apart), on_listening)
