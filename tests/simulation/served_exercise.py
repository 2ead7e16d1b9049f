"""An exercise served by a process that can be killed, and somebody at a page of it; for tests.

Run as a program it is a hatchery: everything is loaded once, and each line `open` on standard input makes a
new process that opens the house in a folder as `synaspis serve` does, without the seconds that loading takes.
"""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

WAIT_S = 60.0


def free_ports() -> int:
    """First of three ports in a row that nothing listens on now."""
    for first in range(21_000 + 3 * (os.getpid() % 2_000), 60_000, 3):
        with suppress(OSError):
            for port in range(first, first + 3):
                with socket.socket() as free:
                    free.bind(("127.0.0.1", port))
            return first
    raise RuntimeError("no three ports in a row are free")


class Hatchery:
    """Makes processes that serve one folder. url, links: of the newest that is open.

    ill: centre that a signal to the process harms: SIGUSR1 makes its keeper fail, SIGUSR2 its next tick.
    """

    def __init__(self, folder: Path, exercise: str, port: int, ill: str = "coordination") -> None:
        self.port, self.pid, self.links, self.url = port, 0, {}, ""
        self.said = folder.parent / "hatchery.err"
        self._errors = self.said.open("w")
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(folder), exercise, str(port), ill],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            bufsize=1,
        )
        assert self._line() == "warm\n", self.said.read_text()

    def _line(self, wait_s: float = WAIT_S) -> str:
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], wait_s)
        return self._process.stdout.readline() if ready else ""

    def begin(self) -> None:
        """Make a process; it may be killed before it is open."""
        assert self._process.stdin is not None
        self._process.stdin.write("open\n")
        self.pid = json.loads(self._line())["pid"]

    def wait(self) -> None:
        """Wait until it is open."""
        line = self._line()
        assert line.startswith("{"), self.said.read_text()[-3_000:]
        told = json.loads(line)
        self.url, self.links = told["url"], told["links"]

    def end(self, number: int) -> int:
        """Send a signal to the process and wait for its end; returns its status."""
        os.killpg(self.pid, number)
        assert self._process.stdin is not None
        self._process.stdin.write("wait\n")
        while line := self._line():
            if "status" in line:
                self.pid = 0
                return int(json.loads(line)["status"])
        raise AssertionError(f"it does not end:\n{self.said.read_text()[-3_000:]}")

    def close(self) -> None:
        """Kill what is left."""
        if self.pid:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        self._errors.close()


class Page:
    """Somebody at a page: follows the stream of a cell and comes back by itself, wherever it was cut.

    got: place, kind and data of each event with an id. states: newest of each other kind.
    """

    def __init__(self, port: int) -> None:
        self._port, self.cookie = port, ""
        self.got: list[tuple[str, str, bytes]] = []
        self.states: dict[str, Any] = {}
        self.logs: list[dict[str, Any]] = []
        self.clocks: list[dict[str, Any]] = []
        self.cuts = 0

    async def ask(self, method: str, path: str, body: Any = None) -> tuple[int, dict[str, str], bytes]:
        """One request on a connection of its own. Raises OSError where nobody answers."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(self._request(method, path, body))
            status, headers = _parsed(await reader.readuntil(b"\r\n\r\n"))
            return status, headers, await reader.readexactly(int(headers.get("content-length", 0)))
        except asyncio.IncompleteReadError as error:
            raise ConnectionResetError from error
        finally:
            writer.close()

    def _request(self, method: str, path: str, body: Any = None, more: str = "") -> bytes:
        content = b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} {path} HTTP/1.1", f"host: 127.0.0.1:{self._port}", f"cookie: {self.cookie}"]
        if method == "POST":
            lines += ["x-synaspis: 1", "content-type: application/json", f"content-length: {len(content)}"]
        return ("\r\n".join(lines) + f"\r\n{more}\r\n").encode() + content

    async def enter(self, link: str) -> None:
        """Redeem a one-time link."""
        status, headers, body = await self.ask("GET", "/enter?" + link.partition("?")[2])
        assert status == 303, body
        self.cookie = headers["set-cookie"].partition(";")[0]

    async def until_done(self, path: str, body: Any) -> dict[str, Any]:
        """Post until it is taken; somebody who gets no answer tries again."""
        end_s = time.monotonic() + WAIT_S
        while time.monotonic() < end_s:
            with suppress(OSError):
                status, _, answer = await self.ask("POST", path, body)
                if status < 300:
                    return dict(json.loads(answer))
            await asyncio.sleep(0.05)
        raise AssertionError(f"{body} is not taken: {status} {answer!r}")

    async def follow(self) -> None:
        """Follow the stream until cancelled."""
        while True:
            with suppress(OSError, asyncio.IncompleteReadError, ValueError):
                await self._follow()
            self.cuts += 1
            await asyncio.sleep(0.05)

    async def _follow(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port, limit=1 << 24)
        try:
            more = f"last-event-id: {self.got[-1][0]}\r\n" if self.got else ""
            writer.write(self._request("GET", "/api/feed", more=more))
            status, headers = _parsed(await reader.readuntil(b"\r\n\r\n"))
            if status != 200:
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                # A place that the server does not know would be an event that it has lost.
                assert status != 409, body
                return
            rest = b""
            while size := int(await reader.readuntil(b"\r\n"), 16):
                *frames, rest = (rest + (await reader.readexactly(size + 2))[:-2]).split(b"\n\n")
                for frame in frames:
                    self._take(dict(line.split(b": ", 1) for line in frame.split(b"\n") if b": " in line))
        finally:
            writer.close()

    def _take(self, frame: dict[bytes, bytes]) -> None:
        kind = frame.get(b"event", b"").decode()
        if b"id" in frame:
            self.got.append((frame[b"id"].decode(), kind, frame[b"data"]))
        elif kind in ("clock", "log"):
            told = json.loads(frame[b"data"])
            (self.clocks if kind == "clock" else self.logs).append(told)
        elif kind:
            self.states[kind] = frame[b"data"]

    def events(self, centre: str) -> list[tuple[int, str, bytes]]:
        """Counter, kind and bytes of what a centre gave, as it came."""
        found = []
        for _, kind, data in self.got:
            head, _, rest = data.partition(b',"event":')
            told = json.loads(head + b"}")
            if told["centre"] == centre:
                found.append((told["counter"], kind, rest[:-1]))
        return found

    def messages(self, centre: str) -> list[dict[str, Any]]:
        """Messages among them."""
        return [json.loads(data)["message"] for _, kind, data in self.events(centre) if kind == "message"]


def _parsed(head: bytes) -> tuple[int, dict[str, str]]:
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(": ") for line in lines if line)
    return int(first.split()[1]), {name.lower(): value for name, _, value in pairs}


async def until(holds: Callable[[], bool], what: str, wait_s: float = WAIT_S) -> None:
    """Wait for a condition, and say what did not come."""
    end_s = time.monotonic() + wait_s
    while not holds():
        assert time.monotonic() < end_s, what
        await asyncio.sleep(0.02)


def fall_ill(centre: str) -> None:
    """Let signals harm a centre of this process, as a defect of the program would."""
    from synaspis.exchange.centre import Centre
    from synaspis.server.keeper import Keeper

    due: set[int] = set()

    def harmed(method: Any, number: int) -> Any:
        def harm(self: Any, *given: Any) -> Any:
            origin = getattr(self, "_centre", self).settings.origin
            if number in due and origin.endswith(centre):
                due.discard(number)
                raise RuntimeError("made by a test")
            return method(self, *given)

        return harm

    Keeper._take_until = harmed(Keeper._take_until, signal.SIGUSR1)  # type: ignore[method-assign]
    Centre._commit = harmed(Centre._commit, signal.SIGUSR2)  # type: ignore[method-assign]
    for number in (signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, lambda given, _: due.add(given))


def main() -> None:
    """The hatchery."""
    from synaspis.core.clock import SystemClock
    from synaspis.server import Journal
    from synaspis.server.cells import House, again, open_grounds, planning
    from synaspis.server.cells import page as pages
    from synaspis.server.cells.scene import digest_of
    from synaspis.server.keeping import _warm_up

    folder, exercise, port = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    clock = SystemClock()
    grounds = open_grounds(folder, clock, exercise=exercise, port=port)
    _warm_up()
    planning.prepare_boards()
    # Seconds of computing with which every process would begin: what globe and boards show of the ground.
    scenes = folder / "scene"
    scenes.mkdir(exist_ok=True)
    (scenes / f"defended-{digest_of(grounds.scenario)}.json").write_text("[]")
    planning.analysis_of = lambda _: None  # type: ignore[assignment, return-value]
    child = 0

    def say(**told: Any) -> None:
        os.write(1, json.dumps(told).encode() + b"\n")

    def serve() -> None:
        os.setsid()
        fall_ill(sys.argv[4])
        with (folder / "journal.jsonl").open("a", encoding="utf-8") as stream:
            grounds = open_grounds(folder, clock, exercise=exercise, port=port)
            journal = Journal(clock, stream)
            again.LEAST_S = 0.0  # type: ignore[misc]
            asyncio.run(
                again.keep_open(
                    lambda: House(grounds, journal, page=pages.Page(None)),
                    journal,
                    lambda url, links: say(url=url, links=links),
                )
            )

    os.write(1, b"warm\n")
    while line := sys.stdin.readline():
        if line == "wait\n":
            say(status=os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
            continue
        child = os.fork()
        if child:
            say(pid=child)
            continue
        status = 1
        try:
            serve()
            status = 0
        finally:
            sys.stderr.flush()
            if status:
                sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
            os._exit(status)


if __name__ == "__main__":
    main()
