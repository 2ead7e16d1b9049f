"""A centre in service: opened from its data folder, listening, stopped without loss."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from synaspis.agreement import Item, load_book
from synaspis.core.clock import Clock, from_rfc3339
from synaspis.core.errors import Fault, InputError
from synaspis.core.files import write_atomically
from synaspis.exchange.accepted import Accepted
from synaspis.exchange.centre import Centre
from synaspis.exchange.examine import examine
from synaspis.exchange.keys import CentreKeys
from synaspis.exchange.partners import Partner
from synaspis.exchange.settings import load_settings
from synaspis.exchange.store.sqlite_store import SqliteStore
from synaspis.fusion import prepare
from synaspis.messages import PublicKey, example_message, read_message
from synaspis.messages.rulebook import packaged_rules
from synaspis.messages.rules import notification_findings
from synaspis.server.backing import open_store
from synaspis.server.folder import DataFolder, PartnerDocument
from synaspis.server.journal import Journal
from synaspis.server.node import PUBLIC_KEYS, Listening, Node, run_node
from synaspis.server.pump import Pump
from synaspis.server.readings import watch_centre, watch_feeds
from synaspis.server.sessions import Roster
from synaspis.server.word import Announcer, broker_of


class Service(Node):
    """One centre in service.

    data: its folder. clock: passed to everything. journal: the operator's log. host, port: in place of those
    of `server.yaml`. waits: while another process writes to the store, until it does no more. Opening it
    takes the store, so that no second process can serve the same centre.
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
    ) -> None:
        super().__init__(data.require(), clock=clock, journal=journal, host=host, port=port)
        _warm_up()
        load_book(data.book)
        settings, keys = load_settings(data.file("centre.yaml")), CentreKeys.load(data.file("keys"))
        broker = broker_of(data, self.document, self.journal)
        self.store = open_store(data, self.document, self.journal, waits=waits)
        try:
            # Read now, not before the wait.
            documents, book = data.partners(), load_book(data.book)
            self.sessions.roster = Roster(documents)
            self.centre = Centre(
                settings,
                book,
                keys,
                self.store,
                self.clock,
                log_folder=data.log,
                partners=partners_of(documents),
                rules=partial(notification_findings, rulebook=packaged_rules()),
                questioner=examine,
            )
            public = _public_keys(data, keys)
        except BaseException:
            self.store.close()
            raise
        self.pump = self.desk = Pump(
            self.centre,
            clock=self.clock,
            limits=self.document.limits,
            journal=self.journal,
            metrics=self.metrics,
            store_feed=self.store.feed,
            log_folder=data.log,
            public_keys=public,
            disk_bytes=self.document.disk_bytes,
        )
        self.feeds = self.pump.feeds
        self._announcer = None if broker is None else Announcer(broker)
        watch_feeds(self.metrics, self.feeds, self.sessions)
        watch_centre(self.metrics, self.centre, self.pump, data.store)

    async def begin(self) -> None:
        """Begin to tick and seal, and to tell of it."""
        if self._announcer is not None:
            self.feeds.on_news = self._announcer.put
            self._announcing = asyncio.create_task(self._announcer.run(), name="announcer")
        self.pump.start()

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
        await self.pump.set_partners(partners_of(documents))

    async def look_after(self) -> None:
        """End the service where another node may be writing by now: this one can store nothing any more."""
        if isinstance(self.store, SqliteStore) or self._failure is not None:
            return
        if not await self.pump.ask(self.store.may_write):
            self.journal.write("store-lost")
            what = "the connection to the store was lost, and with it the right to write"
            remedy = "Nothing that was acknowledged is lost. Start it again: `synaspis centre serve --wait`."
            self.fail(InputError(Fault(what, "store", remedy)))

    async def hang_up(self) -> None:
        """Read the book of agreements again."""
        await self.read_book()

    async def read_book(self) -> bool:
        """Read `agreements.yaml` again and put it in force; a book with faults is left, and written down."""
        try:
            book = await asyncio.to_thread(load_book, self.data.book)
        except InputError as error:
            self.journal.write("book-refused", count=len(error.faults))
            return False
        await self.pump.adopt(book)
        self.journal.write("book-read")
        return True


def serve(
    folder: Path | str,
    *,
    host: str | None = None,
    port: int | None = None,
    clock: Clock | None = None,
    waits: bool = False,
    on_listening: Listening | None = None,
) -> None:
    """Serve a centre from its data folder until a signal to end.

    folder: made by `init_centre`. host, port: in place of those of `server.yaml`. waits: while another
    process writes. on_listening: called with both once connections are taken. Raises InputError with every
    fault of the folder, where the address cannot be listened on, or where the right to write was lost.
    """
    data = DataFolder(Path(folder))
    run_node(Service(data, clock=clock, host=host, port=port, waits=waits), on_listening)


def partners_of(documents: Mapping[str, PartnerDocument]) -> dict[str, Partner]:
    """Partners as the centre knows them; operators are none of its matter."""
    found = {}
    for name, document in documents.items():
        key = document.public_key
        if key is not None:
            former = tuple(
                (PublicKey(each.raw), from_rfc3339(each.valid_until)) for each in document.former_keys
            )
            active = document.status == "active"
            found[name] = Partner(PublicKey(key), former, document.witness_vkey, active)
    return found


def _warm_up() -> None:
    """Examine a report and fuse some now. Kernels are loaded in a second, which no tick has to spare; after
    an installation they are compiled in half a minute, in which partners would give up.
    """
    prepare()
    message = read_message(example_message("launch-report"))
    examine(Accepted(message, Item("", "warning", message.label), b"", "", 0, b"", b""), ())


def _public_keys(data: DataFolder, keys: CentreKeys) -> dict[str, object]:
    """What ``/v1/keys`` says; it also lies in a file, for nodes that have no private keys."""
    public: dict[str, object] = {
        "centre": base64.b64encode(keys.message.public.raw).decode(),
        "log": [signer.vkey for signer in keys.log],
    }
    place, text = data.key(PUBLIC_KEYS), json.dumps(public, indent=1) + "\n"
    if not place.is_file() or place.read_text("utf-8") != text:
        write_atomically(place, text)
    return public
