"""A house in a thread of its own: both centres, three nations of people, a white cell, real sockets."""

import asyncio
import io
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from synaspis.core.clock import SystemClock
from synaspis.server import Journal
from synaspis.server.cells import House, Page, open_grounds

NATIONS = ("de", "pl", "us")
ASKS = {"x-synaspis": "1"}


class Open:
    """A house that is open. folder: kept after it is closed."""

    def __init__(self, folder: Path, page: Path, *, tls: bool = False) -> None:
        clock, self.log = SystemClock(), io.StringIO()
        grounds = open_grounds(folder, clock, exercise="first-exercise", people=NATIONS)
        data = grounds.centres["data"]
        # That of the centre serves programs; a browser wants one that it trusts.
        pair = (data.key("server.pem"), data.key("server.key")) if tls else None
        self.house = House(grounds, Journal(clock, self.log), page=Page(page), tls=pair)
        self.url, self.links, self._ready = "", {}, threading.Event()
        self._clients: list[httpx.Client] = []
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()
        assert self._ready.wait(120)

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        await self.house.run(self._opened)

    def _opened(self, url: str, links: dict[str, str]) -> None:
        self.url, self.links = url, links
        self._ready.set()

    def link(self, name: str) -> str:
        """A fresh link for a cell, or for an observer or operator."""
        hall, done = self.house.hall, threading.Event()
        found: list[str] = []

        def make() -> None:
            found.append(self.house._links()[name])
            done.set()

        self._loop.call_soon_threadsafe(make)
        assert done.wait(60)
        assert hall.base in found[0]
        return found[0]

    def anonymous(self) -> httpx.Client:
        # Kept until the end: one that is forgotten open is told of in whatever test runs then.
        self._clients.append(httpx.Client(base_url=self.url, trust_env=False, timeout=60))
        return self._clients[-1]

    def enter(self, name: str) -> httpx.Client:
        """A browser that has entered by a link."""
        client = self.anonymous()
        answer = client.get(self.link(name))
        assert answer.status_code == 303, answer.text
        return client

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.getvalue().splitlines()]

    def stop(self) -> None:
        for client in self._clients:
            client.close()
        self._loop.call_soon_threadsafe(self.house.stop)
        self._thread.join(60)
        assert not self._thread.is_alive()


def read_stream(
    client: httpx.Client, *, until: Any, last: str | None = None, **params: str
) -> list[tuple[str, str, Any]]:
    """Events of a stream as (id, event, data), until a condition on them holds; then the line is cut."""
    headers = {} if last is None else {"last-event-id": last}
    found: list[tuple[str, str, Any]] = []
    with client.stream("GET", "/api/feed", params=params, headers=headers) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        given: dict[str, str] = {}
        for line in answer.iter_lines():
            if line:
                name, _, value = line.partition(": ")
                given[name] = value
            elif "data" in given:
                found.append((given.get("id", ""), given["event"], json.loads(given["data"])))
                given = {}
                if until(found):
                    return found
            else:
                given = {}
    return found


def texts(events: list[tuple[str, str, Any]]) -> list[str]:
    """What was said in the texts of a stream, in order."""
    return [
        data["event"]["message"]["body"]["text"]
        for _, event, data in events
        if event == "message" and data["event"]["message"]["kind"] == "text"
    ]


@pytest.fixture(scope="session")
def built_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("web") / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>globe</title>")
    (folder / "assets" / "app-0123abcd.js").write_text("export {}")
    (folder.parent / "secret.txt").write_text("secret")
    (folder / "leak.txt").symlink_to(folder.parent / "secret.txt")
    return folder


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory, built_page: Path) -> Iterator[Open]:
    """A house with its exercise begun."""
    found = Open(tmp_path_factory.mktemp("serve") / "data", built_page)
    white = found.enter("white")
    answer = white.post("/api/white", json={"action": "start"}, headers=ASKS)
    assert answer.status_code == 200, answer.text
    yield found
    found.stop()


@pytest.fixture(scope="session")
def open_house() -> Any:
    return Open


@pytest.fixture(scope="session")
def read() -> Any:
    return read_stream


@pytest.fixture(scope="session")
def texts_of() -> Any:
    return texts


@pytest.fixture(scope="session")
def asks() -> dict[str, str]:
    return ASKS
