"""A server over real TLS on this machine, in a thread of its own, with a desk that only pretends."""

import asyncio
import io
import json
import ssl
import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from synaspis.agreement import load_book
from synaspis.core.clock import SystemClock
from synaspis.core.errors import Fault, InputError
from synaspis.exchange.answers import Answer
from synaspis.exchange.store.storage import FeedEvent
from synaspis.messages import SigningKey, Text, new_id, new_message, seal, write_message
from synaspis.server.application import application
from synaspis.server.desk import Health
from synaspis.server.feed import Feeds
from synaspis.server.folder import DataFolder
from synaspis.server.founding import Founding, init_centre
from synaspis.server.journal import Journal
from synaspis.server.limits import Limits
from synaspis.server.metrics import Metrics
from synaspis.server.parts import Parts
from synaspis.server.protocol import CentreServer, configure, tls_context
from synaspis.server.service import Service
from synaspis.server.sessions import Roster, Sessions

PARTNERS = ("alpha", "bravo")
ENVELOPE = b'{"payload":"e30=","payloadType":"application/vnd.synaspis.receipt+json","signatures":[]}'


def event(counter: int, size: int = 100, kind: str = "message") -> FeedEvent:
    return FeedEvent(
        counter, kind, bytes([counter % 256]) * 32, b'{"n":%d,"x":"%s"}' % (counter, b"x" * size)
    )


@dataclass
class PretendedDesk:
    """Takes what is sent, keeps events that a test puts there, and fails on demand."""

    submitted: list[tuple[str, bytes]] = field(default_factory=list)
    events: dict[str, list[FeedEvent]] = field(default_factory=lambda: defaultdict(list))
    read_store: list[str] = field(default_factory=list)
    cosigned: list[tuple[str, bytes]] = field(default_factory=list)
    note: bytes | None = None
    answer: Answer = field(default_factory=lambda: Answer(201, ENVELOPE))
    state: Health = field(default_factory=lambda: Health("ok", "ticks are on time"))

    async def submit(self, partner: str, raw: bytes) -> Answer:
        if raw == b"fail":
            raise RuntimeError("a secret that stands in the text of an error")
        self.submitted.append((partner, raw))
        return self.answer

    async def feed(self, partner: str, after: int, limit: int) -> list[FeedEvent]:
        self.read_store.append(partner)
        return [each for each in self.events[partner] if each.counter > after][:limit]

    async def checkpoint(self) -> bytes | None:
        return self.note

    async def proof(self, leaf: bytes) -> str | None:
        return "c2sp.org/tlog-proof@v1\n" if leaf == bytes(32) else None

    async def consistency(self, first: int, second: int) -> list[bytes]:
        if second > 64:
            raise InputError(Fault(f"the log has 64 leaves, not {second}", "to"))
        return [bytes(32)]

    async def cosign(self, partner: str, lines: bytes) -> None:
        if not lines.startswith("\u2014 ".encode()):
            raise InputError(Fault("this is not a signature line", "body"))
        self.cosigned.append((partner, lines))

    def log_file(self, path: str) -> bytes | None:
        return bytes(32) if path == "tile/0/000" else None

    def keys(self) -> dict[str, Any]:
        return {"centre": "a2V5", "log": []}

    def health(self) -> Health:
        return self.state


class Running:
    """A server in its own thread."""

    def __init__(self, data: DataFolder, limits: Limits) -> None:
        self.data, self.clock = data, SystemClock()
        self.desk = PretendedDesk()
        self.log = io.StringIO()
        self.sessions = Sessions(Roster(data.partners()), limits)
        self.feeds = Feeds(limits, self.desk.feed)
        journal = Journal(self.clock, self.log)
        self.metrics = Metrics()
        self.metrics.watch(
            {}, {}, {"synaspis_refused": ("Refused.", "reason", lambda: self.sessions.refused)}
        )
        self.parts = Parts(self.desk, self.feeds, self.sessions, self.clock, self.metrics, journal)
        context = tls_context(data.key("server.pem"), data.key("server.key"), data.key("ca.pem"))
        config = configure(
            application(self.parts), context, self.sessions, self.clock, host="127.0.0.1", port=0
        )
        self._ready = threading.Event()
        self.port = 0
        self.server = CentreServer(
            config, limits=limits, on_listening=self._listening, on_stopping=self.feeds.close
        )
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(60)

    def _listening(self, port: int) -> None:
        self.loop = asyncio.get_running_loop()
        self.port = port
        self._ready.set()

    def _run(self) -> None:
        asyncio.run(self.server.serve())

    def call(self, function: Any, *arguments: Any) -> Any:
        """Run a function on the server's loop and return what it returns."""

        async def run() -> Any:
            return function(*arguments)

        return asyncio.run_coroutine_threadsafe(run(), self.loop).result(60)

    def stop(self) -> None:
        self.server.should_exit = True
        self._thread.join(60)
        assert not self._thread.is_alive()

    def context(self, partner: str | None) -> ssl.SSLContext:
        return client_context(self.data.key("ca.pem"), partner and self.data.issued(partner))

    def client(self, partner: str | None = "alpha") -> httpx.Client:
        return httpx.Client(
            base_url=f"https://localhost:{self.port}",
            verify=self.context(partner),
            timeout=60,
            trust_env=False,
        )


def client_context(authority: Path, kit: Path | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(authority)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    if kit is not None:
        context.load_cert_chain(kit / "client.pem", kit / "client.key")
    return context


def assert_error(response: httpx.Response, status: int, *words: str) -> list[dict[str, str]]:
    """The one shape of errors, and that it says what the test expects."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    document = response.json()
    assert list(document) == ["error"]
    assert list(document["error"]) == ["faults"]
    faults = document["error"]["faults"]
    assert faults
    for fault in faults:
        assert list(fault) == ["what", "where", "remedy"]
        assert all(isinstance(value, str) for value in fault.values())
        assert fault["what"]
    for word in words:
        assert word in response.text
    for tell in ("Traceback", "File \\", ".py", "site-packages", "RuntimeError"):
        assert tell not in response.text
    return faults


def founding(**changes: Any) -> Founding:
    return Founding(**{"name": "Test", "origin": "test.example/log", "hosts": ("localhost",), **changes})


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    return init_centre(tmp_path_factory.mktemp("centre") / "data", PARTNERS, founding(), SystemClock())


@pytest.fixture
def start(founded: DataFolder) -> Iterator[Any]:
    started: list[Running] = []

    def begin(data: DataFolder = founded, **limits: Any) -> Running:
        started.append(Running(data, Limits(**limits)))
        return started[-1]

    yield begin
    for each in started:
        each.stop()


@pytest.fixture(scope="module")
def running(founded: DataFolder) -> Iterator[Running]:
    server = Running(founded, Limits(requests_per_s=1e6, requests_burst=10**6))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def check_error() -> Any:
    return assert_error


@pytest.fixture(scope="session")
def make_event() -> Any:
    return event


@pytest.fixture(scope="session")
def make_founding() -> Any:
    return founding


@pytest.fixture(scope="session")
def make_context() -> Any:
    return client_context


@pytest.fixture
def own_centre(tmp_path: Path) -> DataFolder:
    """A centre that a test may change."""
    return init_centre(tmp_path / "data", PARTNERS, founding(), SystemClock())


class Serving:
    """A real node in service, in a thread of its own; by default one that writes."""

    def __init__(self, data: DataFolder, clock: Any = None, node: Any = Service) -> None:
        self.data, self.log = data, io.StringIO()
        self.clock = SystemClock() if clock is None else clock
        self.service = node(data, clock=self.clock, journal=Journal(self.clock, self.log), port=0)
        self._ready = threading.Event()
        self.port = 0
        self._thread = threading.Thread(target=lambda: asyncio.run(self.service.run(self._listening)))
        self._thread.daemon = True
        self._thread.start()
        # Where nothing was compiled before, that is done first.
        assert self._ready.wait(300)

    def _listening(self, _host: str, port: int) -> None:
        self.loop = asyncio.get_running_loop()
        self.port = port
        self._ready.set()

    def wait(self, coroutine: Any) -> Any:
        """Run a coroutine on the server's loop and return what it returns."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(60)

    def stop(self) -> None:
        if self._thread.is_alive():
            self.loop.call_soon_threadsafe(self.service.stop)
            self._thread.join(60)
        assert not self._thread.is_alive()

    def context(self, partner: str) -> ssl.SSLContext:
        return client_context(self.data.key("ca.pem"), self.data.issued(partner))

    def client(self, partner: str) -> httpx.Client:
        return httpx.Client(
            base_url=f"https://localhost:{self.port}",
            verify=self.context(partner),
            timeout=60,
            trust_env=False,
        )

    def envelope(self, partner: str, text: str, signer: str | None = None) -> bytes:
        """A text of a partner, signed by it or by another."""
        message = new_message(
            Text(text=text),
            sender=partner,
            label=load_book("demo").default_label(),
            sent_at_us=self.clock.now_us(),
            id=new_id(),
        )
        key = SigningKey.load(self.data.issued(signer or partner) / "message.key")
        return seal(write_message(message), key)

    def lines(self) -> list[dict[str, Any]]:
        """The journal."""
        return [json.loads(line) for line in self.log.getvalue().splitlines()]


@pytest.fixture
def demo_centre(tmp_path: Path) -> DataFolder:
    return init_centre(tmp_path / "data", ["alpha", "bravo", "charlie"], founding(book="demo"), SystemClock())


@pytest.fixture
def serve_real() -> Iterator[Any]:
    served: list[Serving] = []

    def begin(data: DataFolder, clock: Any = None, node: Any = Service) -> Serving:
        served.append(Serving(data, clock, node))
        return served[-1]

    yield begin
    for each in served:
        each.stop()
