"""A centre in service: opened from its data folder, listening, stopped without loss."""

from __future__ import annotations

import asyncio
import base64
import signal
import stat
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Final

from synaspis.agreement import Item, load_book
from synaspis.core.clock import Clock, SystemClock, from_rfc3339
from synaspis.core.errors import Fault, InputError
from synaspis.exchange.accepted import Accepted
from synaspis.exchange.centre import Centre
from synaspis.exchange.examine import examine
from synaspis.exchange.keys import CentreKeys
from synaspis.exchange.partners import Partner
from synaspis.exchange.settings import Settings, load_settings
from synaspis.exchange.sqlite_store import SqliteStore
from synaspis.fusion import prepare
from synaspis.messages import PublicKey, example_message, read_message
from synaspis.messages.rulebook import packaged_rules
from synaspis.messages.rules import notification_findings
from synaspis.server.application import application
from synaspis.server.folder import DataFolder, PartnerDocument
from synaspis.server.journal import Journal
from synaspis.server.metrics import Metrics
from synaspis.server.parts import Parts
from synaspis.server.protocol import CentreServer, configure, tls_context
from synaspis.server.pump import Pump
from synaspis.server.readings import watch_counts
from synaspis.server.sessions import Roster, Sessions

_WATCH_S: Final = 1.0
_SWEEP_S: Final = 10.0

Listening = Callable[[str, int], None]


class Service:
    """One centre in service.

    data: its folder. clock: passed to everything. journal: the operator's log. host, port: in place of those
    of `server.yaml`. Opening it takes the store, so that no second process can serve the same folder.
    Raises InputError with every fault of the folder.
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
        self.data = data.require()
        self.clock = SystemClock() if clock is None else clock
        self.journal = Journal(self.clock) if journal is None else journal
        self.document = data.server()
        self._host = self.document.bind if host is None else host
        self._port = self.document.port if port is None else port
        self._stamp = _stamp(data)
        documents = data.partners()
        _check_modes(data)
        _warm_up()
        settings, keys = load_settings(data.file("centre.yaml")), CentreKeys.load(data.file("keys"))
        self.store = SqliteStore(data.store)
        try:
            self.centre = _centre(data, settings, keys, self.store, self.clock, documents)
        except BaseException:
            self.store.close()
            raise
        self.sessions = Sessions(Roster(documents), self.document.limits)
        self.metrics = Metrics()
        self.pump = Pump(
            self.centre,
            clock=self.clock,
            limits=self.document.limits,
            journal=self.journal,
            metrics=self.metrics,
            store_feed=self.store.feed,
            log_folder=data.log,
            public_keys=_public_keys(keys),
            disk_bytes=self.document.disk_bytes,
        )
        watch_counts(self.metrics, self.centre, self.pump, self.sessions, data.store)
        self._server: CentreServer | None = None

    async def run(self, on_listening: Listening | None = None) -> None:
        """Serve until `stop` is called or a signal to end comes.

        on_listening: called with host and port once connections are taken. SIGTERM and SIGINT end the service
        after the current tick; SIGHUP reads the book of agreements again.
        """
        parts = Parts(self.pump, self.pump.feeds, self.sessions, self.clock, self.metrics, self.journal)
        context = tls_context(
            self.data.key("server.pem"), self.data.key("server.key"), self.data.key("ca.pem")
        )
        config = configure(
            application(parts, self._life),
            context,
            self.sessions,
            self.clock,
            host=self._host,
            port=self._port,
        )

        def listening(port: int) -> None:
            self.journal.write("listening", port=port)
            if on_listening is not None:
                on_listening(self._host, port)

        self._server = CentreServer(
            config,
            handshake_s=self.document.limits.handshake_s,
            on_listening=listening,
            on_stopping=self.pump.stopping,
        )
        asyncio.get_running_loop().set_exception_handler(self.journal.loop_failed)
        self._take_signals()
        try:
            await self._server.serve()
        finally:
            self.store.close()
            self.journal.write("stopped")

    def stop(self) -> None:
        """End the service; to be called on its event loop."""
        if self._server is not None:
            self._server.should_exit = True

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

    def _take_signals(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        loop.add_signal_handler(signal.SIGHUP, self._hang_up)

    def _hang_up(self) -> None:
        self._reading_book = asyncio.ensure_future(self.read_book())

    @asynccontextmanager
    async def _life(self) -> AsyncIterator[None]:
        self.pump.start()
        watching = asyncio.create_task(self._watch(), name="watch")
        try:
            yield
        finally:
            watching.cancel()
            await self.pump.close()

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        swept_s = loop.time()
        while True:
            await asyncio.sleep(_WATCH_S)
            self.pump.feeds.watch(loop.time())
            stamp = await asyncio.to_thread(_stamp, self.data)
            if stamp != self._stamp:
                self._stamp = stamp
                await self._read_partners()
            elif loop.time() - swept_s > _SWEEP_S:
                # A certificate may have ended while its connection stood.
                swept_s = loop.time()
                self._put_roster(self.sessions.roster)

    async def _read_partners(self) -> None:
        try:
            documents = await asyncio.to_thread(self.data.partners)
        except InputError as error:
            self.journal.write("partners-refused", count=len(error.faults))
            return
        await self.pump.set_partners(partners_of(documents))
        self.journal.write("partners-read", count=len(documents))
        self._put_roster(Roster(documents))

    def _put_roster(self, roster: Roster) -> None:
        for partner in self.sessions.replace_roster(roster, self.clock.now_us()):
            self.journal.write("session-ended", partner=partner)


def serve(
    folder: Path | str,
    *,
    host: str | None = None,
    port: int | None = None,
    clock: Clock | None = None,
    on_listening: Listening | None = None,
) -> None:
    """Serve a centre from its data folder until a signal to end.

    folder: made by `init_centre`. host, port: in place of those of `server.yaml`. on_listening: called with
    both once connections are taken. Raises InputError with every fault of the folder, or where the address
    cannot be listened on.
    """
    service = Service(DataFolder(Path(folder)), clock=clock, host=host, port=port)
    service.journal.take_over_logging()
    try:
        asyncio.run(service.run(on_listening))
    except OSError as error:
        what = f"cannot listen on {host or service.document.bind}: {error.strerror}"
        remedy = "Choose another address or port, or end what uses it."
        raise InputError(Fault(what, "", remedy)) from None


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


def _centre(
    data: DataFolder,
    settings: Settings,
    keys: CentreKeys,
    store: SqliteStore,
    clock: Clock,
    documents: Mapping[str, PartnerDocument],
) -> Centre:
    return Centre(
        settings,
        load_book(data.book),
        keys,
        store,
        clock,
        log_folder=data.log,
        partners=partners_of(documents),
        rules=partial(notification_findings, rulebook=packaged_rules()),
        questioner=examine,
    )


def _warm_up() -> None:
    """Examine a report and fuse some now. Kernels are loaded in a second, which no tick has to spare; after an
    installation they are compiled in half a minute, in which partners would give up.
    """
    prepare()
    message = read_message(example_message("launch-report"))
    examine(Accepted(message, Item("", "warning", message.label), b"", "", 0, b"", b""), ())


def _public_keys(keys: CentreKeys) -> dict[str, object]:
    return {
        "centre": base64.b64encode(keys.message.public.raw).decode(),
        "log": [signer.vkey for signer in keys.log],
    }


def _check_modes(data: DataFolder) -> None:
    faults = []
    for path in sorted(data.file("keys").glob("*.key")):
        loose = stat.S_IMODE(path.stat().st_mode) & 0o077
        if loose:
            what = f"others than its owner may use this key (mode {loose:03o} too much)"
            faults.append(Fault(what, "", f"Run: chmod 600 {path.name}", str(path)))
    if faults:
        raise InputError(faults)


def _stamp(data: DataFolder) -> tuple[tuple[str, int, int], ...]:
    """What changes when the document of any partner is written."""
    found = []
    for path in sorted(data.file("partners").glob("*.yaml")):
        try:
            status = path.stat()
        except OSError:
            continue
        found.append((path.name, status.st_mtime_ns, status.st_ino))
    return tuple(found)
