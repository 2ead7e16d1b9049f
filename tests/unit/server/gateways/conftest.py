"""Certificates of a real authority, pictures, and a client that only remembers what it was to send."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from synaspis.core.clock import SystemClock, to_rfc3339
from synaspis.gateways import ShownPicture, picture_of
from synaspis.server.folder import DataFolder
from synaspis.server.founding import Founding, init_centre
from synaspis.server.gateways import Account, client_context, server_context

LABEL = {
    "Xmlns": "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0",
    "ConfidentialityInformation": {
        "PolicyIdentifier": "EXERCISE",
        "Classification": "RESTRICTED",
        "Category": [{"TagName": "Releasable to", "Type": "PERMISSIVE", "GenericValues": ["alpha", "bravo"]}],
    },
}


@dataclass
class Certificates:
    """Of one authority: a server for localhost, and clients alpha and bravo."""

    data: DataFolder

    @property
    def authority(self) -> Path:
        return self.data.key("ca.pem")

    def kit(self, name: str) -> tuple[Path, Path]:
        folder = self.data.issued(name)
        return folder / "client.pem", folder / "client.key"

    def server(self) -> ssl.SSLContext:
        return server_context(self.data.key("server.pem"), self.data.key("server.key"), self.authority)

    def client(self, name: str) -> ssl.SSLContext:
        return client_context(*self.kit(name), self.authority)


@dataclass
class Receipt:
    message_id: str = "01ABC"


@dataclass
class PretendedClient:
    """Remembers what it was to send, and fails on demand."""

    sent: list[tuple[str, Any, Any, Any]] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    resent: int = 0

    async def send(self, kind: str, body: Any, *, label: Any, exercise: Any) -> Receipt:
        await asyncio.sleep(0)
        self.sent.append((kind, body, label, exercise))
        if self.errors:
            raise self.errors.pop(0)
        return Receipt()

    async def resend(self) -> list[Receipt]:
        self.resent += 1
        if self.errors:
            raise self.errors.pop(0)
        return [Receipt()]


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    founding = Founding(name="Test", origin="test.example/log", hosts=("localhost", "127.0.0.1"))
    folder = tmp_path_factory.mktemp("gateways") / "data"
    return Certificates(init_centre(folder, ("alpha", "bravo"), founding, SystemClock()))


@pytest.fixture
def client() -> PretendedClient:
    return PretendedClient()


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def account(said: list[str]) -> Account:
    return Account(SystemClock(), said.append)


@pytest.fixture(scope="session")
def make_picture() -> Callable[..., ShownPicture]:
    def make(
        *numbers: int, now_us: int | None = None, exercise: str | None = "WINTER", status: str = "updated"
    ) -> ShownPicture:
        at = to_rfc3339(SystemClock().now_us() if now_us is None else now_us)
        tracks = [
            {
                "number": number,
                "status": status,
                "time": at,
                "position_ecef_m": [4.0e6, 3.0e6, 5.0e6],
                "velocity_ecef_m_s": [1000.0, -2000.0, 3000.0],
                "label": LABEL,
                "sources": ["eastmark"],
            }
            for number in numbers
        ]
        event = {"type": "picture", "at": at, "tracks": tracks}
        return picture_of(event if exercise is None else {**event, "exercise": exercise}, recipient="alpha")

    return make
