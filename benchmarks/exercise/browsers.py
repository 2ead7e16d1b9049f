"""Sessions that read and act as the pages of browsers do, and the programs at the other end of the gateways.

One process, one loop, told what to do by `fifteen.py`: reads one line of JSON, prints `begin` and `end`
around the time that counts and then one line of JSON with what came, each with its instant. Nothing is read
of what comes but where it ends: what it says is looked at afterwards.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

WHY_S = 10.0
READ = 1 << 18


def now_us() -> int:
    return time.time_ns() // 1_000


class Web:
    """One keep-alive connection of a session."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self._port, self.cookie, self._turn = port, cookie, asyncio.Lock()
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, body: Any = None) -> tuple[int, dict[str, str], bytes]:
        """One request and its answer: status, headers, body. Comes back once if the server hung up."""
        async with self._turn:
            try:
                return await self._asked(method, path, body)
            except (ConnectionError, asyncio.IncompleteReadError):
                self._streams = None
                return await self._asked(method, path, body)

    async def _asked(self, method: str, path: str, body: Any) -> tuple[int, dict[str, str], bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port, limit=1 << 24)
        reader, writer = self._streams
        writer.write(self.request(method, path, body))
        head = await reader.readuntil(b"\r\n\r\n")
        status, headers = parsed(head)
        content = await reader.readexactly(int(headers.get("content-length", 0)))
        if headers.get("connection") == "close":
            self._streams = None
        return status, headers, content

    def request(self, method: str, path: str, body: Any = None, more: str = "") -> bytes:
        """A request as it goes over the wire."""
        content = b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} {path} HTTP/1.1", f"host: 127.0.0.1:{self._port}"]
        if self.cookie:
            lines.append(f"cookie: {self.cookie}")
        if method == "POST":
            lines += ["x-synaspis: 1", "content-type: application/json", f"content-length: {len(content)}"]
        return ("\r\n".join(lines) + f"\r\n{more}\r\n").encode() + content


async def redeem(web: Web, link: str) -> None:
    """Enter by a one-time link."""
    status, headers, _ = await web.ask("GET", "/enter?" + link.partition("?")[2])
    assert status == 303, (link, status)
    web.cookie = headers["set-cookie"].partition(";")[0]


def parsed(head: bytes) -> tuple[int, dict[str, str]]:
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(": ") for line in lines if line)
    return int(first.split()[1]), {name.lower(): value for name, _, value in pairs}


class Session:
    """Somebody at a page: enters, loads the scene, follows the feed, asks why, says something.

    plan: name, link, cell to look at, whether it acts. got: instant, id, name and data of each event.
    """

    def __init__(self, plan: dict[str, Any], port: int, seed: int) -> None:
        self.name, self._port, self._plan = plan["name"], port, plan
        self.web, self.got = Web(port), list[tuple[int, bytes, bytes, bytes]]()
        self._random = Random(seed)
        self.asked: list[tuple[str, int, float]] = []
        self.acts: list[tuple[int, int, str]] = []
        self.cut = 0
        self._last, self.time = b"", ""

    async def enter(self, operator: Web) -> None:
        """Redeem the link, made by the operator if there is none yet, and load what a page loads first."""
        link = self._plan["link"]
        if isinstance(link, dict):
            status, _, answer = await operator.ask("POST", "/api/links", link)
            assert status == 201, answer
            link = json.loads(answer)["link"]
        await redeem(self.web, link)
        for path in ("/api/session", "/api/scene"):
            await self._timed(path)

    async def _timed(self, path: str) -> tuple[int, bytes]:
        began_s = time.perf_counter()
        status, _, body = await self.web.ask("GET", path)
        self.asked.append((path.partition("?")[0], status, time.perf_counter() - began_s))
        return status, body

    async def follow(self) -> None:
        """Follow the feed until cancelled, and go on after the last event if it is cut."""
        while True:
            try:
                await self._follow()
            except (ConnectionError, asyncio.IncompleteReadError, OSError):
                self.cut += 1
                await asyncio.sleep(0.5)

    async def _follow(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port, limit=1 << 24)
        try:
            more = f"last-event-id: {self._last.decode()}\r\n" if self._last else ""
            view = self._plan.get("view")
            path = "/api/feed" + (f"?as={view}" if view else "")
            writer.write(self.web.request("GET", path, more=more))
            status, _ = parsed(await reader.readuntil(b"\r\n\r\n"))
            if status != 200:
                raise ConnectionError(status)
            rest = b""
            while size := int(await reader.readuntil(b"\r\n"), 16):
                piece = await reader.readexactly(size + 2)
                at_us = now_us()
                *frames, rest = (rest + piece[:-2]).split(b"\n\n")
                self._keep(at_us, frames)
            raise ConnectionError("the stream was ended")
        finally:
            writer.close()

    def _keep(self, at_us: int, frames: list[bytes]) -> None:
        for frame in frames:
            if frame.startswith(b"id: "):
                head, kind, data = frame.split(b"\n", 2)
                self._last = head[4:]
                self.got.append((at_us, self._last, kind[7:], data[6:]))
            elif frame.startswith(b"event: "):
                kind, data = frame.split(b"\n", 1)
                self.got.append((at_us, b"", kind[7:], data[6:]))
                if kind == b"event: clock":
                    self.time = str(json.loads(data[6:])["exercise_time"])

    async def live(self) -> None:
        """Ask why and say something now and then, until cancelled."""
        jobs = [self._wonder()]
        if self._plan.get("acts"):
            jobs.append(self._speak())
        await asyncio.gather(*jobs)

    async def _wonder(self) -> None:
        while True:
            await asyncio.sleep(self._random.uniform(0.5, 1.5) * WHY_S)
            data, coordination = (self._last or b"0.0").split(b".")
            centre, count = self._random.choice((("data", data), ("coordination", coordination)))
            if int(count):
                counter, view = self._random.randint(1, int(count)), self._plan.get("view")
                more = f"&as={view}" if view else ""
                await self._timed(f"/api/why?centre={centre}&counter={counter}{more}")

    async def _speak(self) -> None:
        while True:
            await asyncio.sleep(self._random.uniform(0.5, 1.5) * self._plan["acts"])
            body = {"kind": "text", "body": {"text": f"Remark {len(self.acts) + 1}."}}
            sent_us = now_us()
            status, _, answer = await self.web.ask("POST", "/api/act", body)
            receipt = json.loads(answer).get("receipt") or {}
            self.acts.append((sent_us, status, str(receipt.get("received_at", ""))))


class Datagrams(asyncio.DatagramProtocol):
    """What a simulation receives."""

    def __init__(self) -> None:
        self.got: list[tuple[int, bytes]] = []

    def datagram_received(self, data: bytes, _address: object) -> None:
        self.got.append((now_us(), data))


async def take(port: int, request: bytes, got: list[tuple[int, bytes]]) -> None:
    """Read a TCP stream, and connect again when it ends; request: sent first."""
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request)
            while data := await reader.read(READ):
                got.append((now_us(), data))
            writer.close()
        except OSError:
            pass
        await asyncio.sleep(0.2)


async def consume(
    plan: dict[str, Any], tasks: list[asyncio.Task[None]]
) -> dict[str, list[tuple[int, bytes]]]:
    """Meet each gateway as the program does that it is for; returns what will come, by gateway."""
    streams: dict[str, list[tuple[int, bytes]]] = {"cot": [], "globe": []}
    if plan.get("cot"):
        tasks.append(asyncio.create_task(take(plan["cot"], b"", streams["cot"])))
    if plan.get("globe"):
        port, path = plan["globe"]
        request = f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n\r\n".encode()
        tasks.append(asyncio.create_task(take(port, request, streams["globe"])))
    simulation = Datagrams()
    if plan.get("dis"):
        await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: simulation, local_addr=("127.0.0.1", plan["dis"])
        )
    return streams | {"dis": simulation.got}


async def run(white: Session, actions: list[dict[str, Any]], pause_s: float) -> None:
    """Have the white cell bring the exercise to where it is measured."""
    for action in actions:
        status, _, body = await white.web.ask("POST", "/api/white", action)
        assert status == 200, (action, body)
        while action["action"] == "jump" and white.time < action["to"]:
            await asyncio.sleep(0.1)
        await asyncio.sleep(pause_s)


async def main() -> None:
    plan = json.loads(sys.stdin.readline())
    sessions = [Session(each, plan["port"], number) for number, each in enumerate(plan["sessions"])]
    operator = Web(plan["port"])
    await redeem(operator, plan["operator"])
    for session in sessions:
        await session.enter(operator)
    tasks = [asyncio.create_task(each.follow()) for each in sessions]
    streams = await consume(plan, tasks)
    white = next(each for each in sessions if each.name == "white")
    await run(white, plan["actions"], plan["pause_s"])
    tasks += [asyncio.create_task(each.live()) for each in sessions]
    used = []
    for mark, seconds in (("begin", plan["seconds"]), ("end", 0.0)):
        print(mark, flush=True)
        used.append((now_us(), time.process_time()))
        await asyncio.sleep(seconds)
    # While the exercise stands still nothing is released: what came is what is stored.
    await run(white, [{"action": "pause"}], plan["drain_s"])
    for task in tasks:
        task.cancel()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    seen = {
        "begin_us": used[0][0],
        "end_us": used[1][0],
        "generator_cpu": (used[1][1] - used[0][1]) / plan["seconds"],
        "failed": [repr(each) for each in found if isinstance(each, Exception)],
        "sessions": {each.name: list(_told(each)) for each in sessions},
        "cut": {each.name: each.cut for each in sessions},
        "asked": [asked for each in sessions for asked in each.asked],
        "acts": [act for each in sessions for act in each.acts],
        "streams": {
            name: [[at, data.decode("latin-1")] for at, data in got] for name, got in streams.items()
        },
    }
    Path(plan["out"]).write_text(json.dumps(seen))


def _told(session: Session) -> Iterator[list[Any]]:
    for at_us, place, kind, data in session.got:
        yield [at_us, place.decode(), kind.decode(), data.decode()]


if __name__ == "__main__":
    asyncio.run(main())
