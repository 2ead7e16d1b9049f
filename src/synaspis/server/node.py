"""A server on a data folder: listening, knowing its partners, stopped in order; whatever desk it serves."""

from __future__ import annotations

import asyncio
import gc
import signal
import stat
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final

from synaspis.core.clock import Clock, SystemClock
from synaspis.core.errors import Fault, InputError
from synaspis.server.application import application
from synaspis.server.desk import Desk
from synaspis.server.feed import Feeds
from synaspis.server.folder import DataFolder, PartnerDocument
from synaspis.server.journal import Journal
from synaspis.server.metrics import Metrics
from synaspis.server.parts import Parts
from synaspis.server.protocol import CentreServer, configure, tls_context
from synaspis.server.sessions import Roster, Sessions

PUBLIC_KEYS: Final = "public.json"
"""File in `keys` with what ``/v1/keys`` says: the public keys of centre and log."""

_WATCH_S: Final = 1.0
_SWEEP_S: Final = 10.0

Listening = Callable[[str, int], None]

SWITCH_S: Final = 0.000_5
"""How long one thread of a node computes before another gets its turn."""


class Node(ABC):
    """What a node that writes and one that only delivers have alike.

    data: its folder. clock: passed to everything. journal: the operator's log. host, port: in place of those
    of `server.yaml`. Raises InputError with every fault of the folder.
    """

    desk: Desk
    feeds: Feeds

    def __init__(
        self,
        data: DataFolder,
        *,
        clock: Clock | None = None,
        journal: Journal | None = None,
        host: str | None = None,
        port: int | None = None,
    ) -> None:
        self.data = data
        self.clock = SystemClock() if clock is None else clock
        self.journal = Journal(self.clock) if journal is None else journal
        self.document = data.server()
        self._host = self.document.bind if host is None else host
        self._port = self.document.port if port is None else port
        self._stamp = _stamp(data)
        self.sessions = Sessions(Roster(data.partners()), self.document.limits)
        self.metrics = Metrics()
        check_modes(data)
        self._server: CentreServer | None = None
        self._failure: InputError | None = None

    @property
    def bind(self) -> str:
        """Address that it listens on."""
        return self._host

    async def run(self, on_listening: Listening | None = None) -> None:
        """Serve until `stop` is called or a signal to end comes.

        on_listening: called with host and port once connections are taken. SIGTERM and SIGINT end the service
        in order; SIGHUP calls `hang_up`. Raises the fault that `fail` was called with.
        """
        parts = Parts(self.desk, self.feeds, self.sessions, self.clock, self.metrics, self.journal)
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
            limits=self.document.limits,
            on_listening=listening,
            on_stopping=self.stopping,
        )
        asyncio.get_running_loop().set_exception_handler(self.journal.loop_failed)
        self._take_signals()
        try:
            await self._server.serve()
        finally:
            self.close()
            self.journal.write("stopped")
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """End the service; to be called on its event loop."""
        if self._server is not None:
            self._server.should_exit = True

    def fail(self, failure: InputError) -> None:
        """End the service because it must not go on."""
        self._failure = failure
        self.stop()

    @abstractmethod
    async def begin(self) -> None:
        """Begin to work, on the loop, before connections are taken."""

    @abstractmethod
    def stopping(self) -> None:
        """Take nothing new and end the feeds."""

    @abstractmethod
    async def end(self) -> None:
        """End the work, after the last connection."""

    @abstractmethod
    def close(self) -> None:
        """Let go of what was opened."""

    @abstractmethod
    async def partners_read(self, documents: Mapping[str, PartnerDocument]) -> None:
        """Take other partners, before connections of those that are none any more are ended."""

    @abstractmethod
    async def look_after(self) -> None:
        """Do what is to be done once a second."""

    @abstractmethod
    async def hang_up(self) -> None:
        """Read again what SIGHUP is to read again."""

    def _take_signals(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        loop.add_signal_handler(signal.SIGHUP, self._hang_up)

    def _hang_up(self) -> None:
        self._hanging_up = asyncio.ensure_future(self.hang_up())

    @asynccontextmanager
    async def _life(self) -> AsyncIterator[None]:
        await self.begin()
        watching = asyncio.create_task(self._watch(), name="watch")
        try:
            yield
        finally:
            watching.cancel()
            await self.end()

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        swept_s = loop.time()
        while True:
            await asyncio.sleep(_WATCH_S)
            self.feeds.watch(loop.time())
            await self.look_after()
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
        await self.partners_read(documents)
        self.journal.write("partners-read", count=len(documents))
        self._put_roster(Roster(documents))

    def _put_roster(self, roster: Roster) -> None:
        for partner in self.sessions.replace_roster(roster, self.clock.now_us()):
            self.journal.write("session-ended", partner=partner)


def run_node(node: Node, on_listening: Listening | None = None) -> None:
    """Serve a node until a signal to end.

    Raises InputError where the address cannot be listened on, or where the node must not go on.
    """
    node.journal.take_over_logging()
    # A thread that reads the store computes for milliseconds. At the default of 5 ms the loop would wait as
    # long at each of the hundreds of writes that it makes meanwhile, because each of them lets go of the
    # interpreter.
    sys.setswitchinterval(SWITCH_S)
    # What the program itself consists of need not be searched for cycles again.
    gc.collect()
    gc.freeze()
    try:
        asyncio.run(node.run(on_listening))
    except OSError as error:
        what = f"cannot listen on {node.bind}: {error.strerror}"
        remedy = "Choose another address or port, or end what uses it."
        raise InputError(Fault(what, "", remedy)) from None


def check_modes(data: DataFolder) -> None:
    """Raise InputError for every private key that others than its owner may use."""
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
