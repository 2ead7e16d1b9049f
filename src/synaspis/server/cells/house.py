"""Everything in one process: both centres with their keepers, the cells, the page; begun and ended in order.

The centres are ordinary ones, each on a port of its own for partners with programs of their own. The cells
meet them without a network between. Begun: centres, cells, page. Ended: page, cells, centres, so that what
was taken is answered and sealed.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import uvicorn
from litestar import Litestar, Request

from synaspis.agreement import load_book
from synaspis.coordination import Board
from synaspis.core.clock import Clock, SystemClock
from synaspis.core.errors import Fault, InputError
from synaspis.exchange.client.kit import PartnerKit
from synaspis.messages import SigningKey
from synaspis.server.answers import exception_handlers
from synaspis.server.cells.access import Access, Pass
from synaspis.server.cells.cell import Cell
from synaspis.server.cells.conductor import RealTime
from synaspis.server.cells.entrance import Entrance
from synaspis.server.cells.gate import BODY_BYTES, HEADER_BYTES, gate
from synaspis.server.cells.grounds import Grounds
from synaspis.server.cells.hall import Hall
from synaspis.server.cells.looks import LogLook
from synaspis.server.cells.paced_clock import PacedClock
from synaspis.server.cells.page import Page, page_folder
from synaspis.server.cells.page_server import PageServer, page_context
from synaspis.server.cells.persons import FILE, Persons
from synaspis.server.cells.planning import hold_plans, prepare_boards
from synaspis.server.cells.routes import ROUTES
from synaspis.server.cells.scene import Scenes
from synaspis.server.cells.side import CENTRES, CentreName, Side
from synaspis.server.journal import Journal
from synaspis.server.limits import Limits
from synaspis.server.protocol import CentreProtocol
from synaspis.server.service import Service
from synaspis.server.sessions import Roster, Sessions

CONNECTIONS_MAX: Final = 512

Links = dict[str, str]
OnOpen = Callable[[str, Links], None]


class House:
    """What `synaspis serve` runs.

    grounds: the folder. journal: the operator's log. host: address that the page listens on. names: under
    which browsers reach it, the first one in links; this machine's own if left out. page: its files; those
    that were built if left out. tls: certificate and key of the page's server, PEM; without, no TLS.
    Raises InputError with every fault of the folder.
    """

    def __init__(
        self,
        grounds: Grounds,
        journal: Journal,
        *,
        host: str = "127.0.0.1",
        names: tuple[str, ...] = (),
        page: Page | None = None,
        tls: tuple[Path, Path] | None = None,
    ) -> None:
        self._tls = None if tls is None else page_context(*tls, grounds.centres["data"].key("ca.pem"))
        self.grounds, self.journal, self._host = grounds, journal, host
        self._names = tuple(name.lower() for name in names) or (host.lower(),)
        self._page = Page(page_folder()) if page is None else page
        self.wall = SystemClock()
        self.clock: Clock = self.wall
        paced = None
        if grounds.loaded is not None:
            self.clock = paced = PacedClock(grounds.loaded.starts_us)
        self._stop = asyncio.Event()
        self._services: dict[CentreName, Service] = {}
        try:
            for centre in CENTRES:
                self._services[centre] = Service(
                    grounds.centres[centre], clock=self.clock, journal=journal, port=grounds.port_of(centre)
                )
            prepare_boards()
            self.hall = self._hall()
            if paced is not None and grounds.loaded is not None:
                self.hall.conductor = RealTime(grounds, paced, self.hall)
        except BaseException:
            for service in self._services.values():
                service.close()
            raise

    def _hall(self) -> Hall:
        sides = {centre: self._side(centre, service) for centre, service in self._services.items()}
        names = {name: each.name for name, each in self.grounds.scenario.document.partners.items()}
        responses = None if self.grounds.loaded is None else self.grounds.loaded.responses
        partners, listed = sides["data"].book.membership.partners, sides["data"].book.document.partners
        cells = {
            name: Cell(
                name,
                names.get(name) or listed[name].name or name,
                sides,
                Board(name, responses),
                {centre: LogLook(side, name, self.clock) for centre, side in sides.items()},
            )
            for name in partners
        }
        hall = Hall(
            cells,
            sides,
            Access(self.grounds.path / "access.sqlite", self.wall),
            self.clock,
            self.wall,
            self.journal,
            Scenes(self.grounds.scenario, self.grounds.path / "scene", self.journal, self.grounds.loaded),
            frozenset({"127.0.0.1", "localhost", "::1", *self._names}),
        )
        if self._tls is not None:
            sessions = self._services["data"].sessions
            persons = Persons(self.grounds.path / FILE)
            hall.secure, hall.entrance = True, Entrance(lambda: sessions.roster, persons, self.wall)
        for centre, service in self._services.items():
            service.feeds.on_news = partial(hall.publish, centre)
        return hall

    def _side(self, centre: CentreName, service: Service) -> Side:
        data = self.grounds.centres[centre]
        book = load_book(data.book)
        kits = {name: PartnerKit.load(data.issued(name)) for name in book.membership.partners}
        keys = {name: SigningKey.load(kit.path("message.key")) for name, kit in kits.items()}
        return Side(centre, service.desk, book, service.document.url, kits, keys)

    def stop(self) -> None:
        """End the service; on its loop."""
        self._stop.set()

    async def run(self, on_open: OnOpen) -> None:
        """Serve until `stop` is called or a signal to end comes.

        on_open: called once with the address of the page and a one-time link for each cell. Raises InputError
        where an address cannot be listened on, or where a centre must not go on.
        """
        loop = asyncio.get_running_loop()
        listening = self._listen()
        opened: list[asyncio.Future[int]] = [loop.create_future() for _ in CENTRES]
        centres = [
            asyncio.create_task(service.run(partial(_open, future)), name=f"centre-{centre}")
            for (centre, service), future in zip(self._services.items(), opened, strict=True)
        ]
        try:
            waited: list[asyncio.Future[Any]] = [*centres, asyncio.gather(*opened)]
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            if not waited[-1].done():
                waited[-1].cancel()
                raise _failed(centres)
            self._take_signals(loop)
            await self._serve(listening, centres, on_open)
        finally:
            listening.close()
            for service in self._services.values():
                service.stop()
            found = await asyncio.gather(*centres, return_exceptions=True)
        for each in found:
            if isinstance(each, BaseException):
                raise each

    async def _serve(
        self, listening: socket.socket, centres: list[asyncio.Task[None]], on_open: OnOpen
    ) -> None:
        hall, port = self.hall, listening.getsockname()[1]
        hall.cookie, hall.base = f"synaspis-{port}", self._address(port)
        server = PageServer(self._config(port), hall.end_streams)
        stopped = asyncio.create_task(self._stop.wait())
        serving = asyncio.create_task(server.serve([listening]), name="page")
        self.journal.write("listening", port=port)
        planning = asyncio.create_task(hold_plans(hall, self.grounds.loaded), name="planning")
        on_open(hall.base, self._links())
        try:
            await asyncio.wait([stopped, serving, *centres], return_when=asyncio.FIRST_COMPLETED)
        finally:
            server.should_exit = True
            for task in (stopped, planning):
                task.cancel()
            await asyncio.gather(serving, stopped, planning, return_exceptions=True)

    def _links(self) -> Links:
        """A one-time link for each cell, the operator and an observer."""
        hall = self.hall
        found = {}
        for cell in hall.cells.values():
            is_white = cell.id == hall.white
            role = "white" if is_white else "nation"
            given = Pass(cell.id, role, f"Cell of {cell.name}", hall.views(role, cell.id))  # type: ignore[arg-type]
            found[cell.id] = hall.link(given)[0]
        found["observer"] = hall.link(Pass(None, "observer", "Observer", hall.views("observer", None)))[0]
        found["operator"] = hall.link(Pass(None, "operator", "Operator", ()))[0]
        return found

    def _listen(self) -> socket.socket:
        try:
            family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
            return socket.create_server((self._host, self.grounds.document.port), family=family, backlog=256)
        except OSError as error:
            what = f"cannot listen on {self._host}, port {self.grounds.document.port}: {error.strerror}"
            remedy = "Choose another port with --port, or end what uses it."
            raise InputError(Fault(what, "--port", remedy)) from None

    def _config(self, port: int) -> uvicorn.Config:
        limits = Limits(
            connections_per_partner=CONNECTIONS_MAX,
            connections_total=CONNECTIONS_MAX,
            header_bytes=HEADER_BYTES,
        )
        sessions = Sessions(Roster({}), limits)
        config = uvicorn.Config(
            gate(self._application(), self.hall, self._page),
            host=self._host,
            port=port,
            http=partial(CentreProtocol, sessions=sessions, clock=self.wall),  # type: ignore[arg-type]
            ws="none",
            lifespan="on",
            loop="asyncio",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=limits.keep_alive_s,
            timeout_graceful_shutdown=5,
            h11_max_incomplete_event_size=2 * HEADER_BYTES,
        )
        config.load()
        config.ssl = self._tls
        return config

    def _address(self, port: int) -> str:
        return f"http{'' if self._tls is None else 's'}://{_shown(self._names[0])}:{port}"

    def _application(self) -> Any:
        def failed(request: Request[Any, Any, Any], error: BaseException) -> None:
            self.journal.defect(error, request.scope.get("path_template", ""))

        return Litestar(
            route_handlers=ROUTES,
            exception_handlers=exception_handlers(failed),
            openapi_config=None,
            request_max_body_size=BODY_BYTES,
            lifespan=[self._life],
            logging_config=None,
            debug=False,
        )

    @asynccontextmanager
    async def _life(self, _app: Litestar) -> AsyncIterator[None]:
        self.hall.start()
        self.hall.scenes.start()
        if self.hall.conductor is not None:
            self.hall.conductor.begin()
        try:
            yield
        finally:
            if self.hall.conductor is not None:
                await self.hall.conductor.close()
            await self.hall.scenes.close()
            await self.hall.close()

    def _take_signals(self, loop: asyncio.AbstractEventLoop) -> None:
        # After the centres have taken theirs: they are not to end first.
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, self.stop)


def _open(future: asyncio.Future[int], _host: str, port: int) -> None:
    future.set_result(port)


def _failed(centres: list[asyncio.Task[None]]) -> BaseException:
    for task in centres:
        if task.done() and (error := task.exception()) is not None:
            if isinstance(error, OSError):
                what = f"a centre cannot listen: {error.strerror}"
                return InputError(
                    Fault(what, "--port", "The two ports after that of the page are needed too.")
                )
            return error
    return InputError(Fault("a centre ended while it started", remedy="The journal says more."))


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
