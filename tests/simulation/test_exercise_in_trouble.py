"""What else can happen to a served exercise: a disk that takes nothing, a centre that fails, a plain command
that is killed beside a gateway.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from served_exercise import WAIT_S, Hatchery, Page, free_ports, until

from synaspis.log import verify_log

EXERCISE, SPEED = "first-exercise", 60
CENTRES = ("data", "coordination")
PROGRAM = "import sys; from synaspis.cli import main; sys.exit(main())"


def stored(data: Path, centre: str, cell: str) -> list[tuple[int, str, bytes]]:
    """Counter, kind and bytes of what a centre delivered to a cell."""
    (path,) = (data / centre).glob("*.sqlite")
    base = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    what = "SELECT counter, type, data FROM feed JOIN body ON body = number WHERE recipient = ?"
    try:
        return base.execute(what + " ORDER BY counter", (cell,)).fetchall()
    finally:
        base.close()


def events_of_journal(data: Path) -> list[str]:
    """What the operator's log says, in one word each."""
    lines = (data / "journal.jsonl").read_text().splitlines()
    return [json.loads(line)["event"] for line in lines if line.startswith("{") and line.endswith("}")]


async def begin(white: Page) -> None:
    """Have the white cell start the exercise, fast."""
    await white.until_done("/api/white", {"action": "start"})
    await white.until_done("/api/white", {"action": "speed", "speed": SPEED})


def says(page: Page, text: str) -> bool:
    """Whether a text was delivered to a page."""
    return any(text in each.get("body", {}).get("text", "") for each in page.messages("data"))


def test_a_disk_that_takes_nothing_stops_the_exercise_and_loses_nothing(tmp_path: Path) -> None:
    data, port = tmp_path / "data", free_ports()
    hatchery = Hatchery(data, EXERCISE, port)
    white, de = Page(port), Page(port)

    async def play() -> None:
        for page, name in ((white, "white"), (de, "de")):
            await page.enter(hatchery.links[name])
        tasks = [asyncio.create_task(page.follow()) for page in (white, de)]
        await begin(white)
        await de.until_done("/api/act", {"kind": "text", "body": {"text": "Before."}})
        # From here on no file of the process can grow; SQLite meets an error at its next write.
        resource.prlimit(hatchery.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
        status, _, answer = await de.ask("POST", "/api/act", {"kind": "text", "body": {"text": "Full."}})
        assert status == 507, answer
        assert json.loads(answer)["refusal"]["code"] == "storage-full"
        status, _, answer = await white.ask("POST", "/api/white", {"action": "pause"})
        assert status == 507, answer
        resource.prlimit(hatchery.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
        await de.until_done("/api/act", {"kind": "text", "body": {"text": "After."}})
        await until(lambda: says(de, "After."), "what is sent afterwards does not come")
        done = len(white.messages("coordination"))
        await until(lambda: len(white.messages("coordination")) > done, "the exercise does not go on")
        await white.until_done("/api/white", {"action": "end"})
        for name, page in (("white", white), ("de", de)):
            for centre in CENTRES:
                await until(
                    lambda c=centre, n=name, p=page: p.events(c) == stored(data, c, n),  # type: ignore[misc]
                    f"{name} lacks events of {centre}",
                )
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    try:
        hatchery.begin()
        hatchery.wait()
        asyncio.run(play())
        assert hatchery.end(signal.SIGTERM) == 0, hatchery.said.read_text()
        assert says(de, "Before.")
        assert not says(de, "Full.")
        for centre in CENTRES:
            log = data / centre / "log"
            assert verify_log(log, (log / "log.vkeys").read_text().split()).verdict == "intact"
    finally:
        hatchery.close()


class Command:
    """`synaspis` in a process group of its own."""

    def __init__(self, folder: Path, name: str, *arguments: str) -> None:
        self.out, self.errors = folder / f"{name}.out", folder / f"{name}.err"
        with self.out.open("w") as out, self.errors.open("w") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, *arguments],
                stdout=out,
                stderr=errors,
                start_new_session=True,
            )

    async def says(self, text: str) -> str:
        """Wait until it has said something."""

        def said() -> str:
            return self.out.read_text() + self.errors.read_text()

        await until(lambda: text in said() or self.process.poll() is not None, f"no {text!r}: {said()}")
        assert self.process.poll() is None, said()
        return self.out.read_text()

    def kill(self) -> None:
        """Kill it and all that it began."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(WAIT_S)


async def spots(port: int, got: list[bytes]) -> None:
    """A TAK client: keeps all that comes, and never connects again."""
    reader, _ = await asyncio.open_connection("127.0.0.1", port)
    while data := await reader.read(1 << 16):
        got.append(data)


def test_the_command_killed_and_given_again_goes_on_and_a_gateway_with_it(tmp_path: Path) -> None:
    data, port = tmp_path / "data", free_ports()
    command = ["serve", "--exercise", EXERCISE, "--data", str(data), "--port", str(port), "--json"]
    running: list[Command] = []
    got: list[bytes] = []

    async def open_again(name: str) -> dict[str, Any]:
        running.append(Command(tmp_path, name, *command))
        return dict(json.loads(await running[-1].says("}}")))

    async def play() -> None:
        links = (await open_again("first"))["links"]
        serving, gate = running[-1], free_ports()
        kit = tmp_path / "kit"
        shutil.copytree(data / "data" / "issued" / "de", kit)
        name = "FIRST EXERCISE"
        given = ["gateway", "cot", str(kit), "--exercise", name, "--listen", f"127.0.0.1:{gate}"]
        running.append(Command(tmp_path, "cot", *given))
        await running[-1].says("Listening")
        white, de = Page(port), Page(port)
        await white.enter(links["white"])
        await de.enter(links["de"])
        tasks = [asyncio.create_task(job) for job in (de.follow(), white.follow(), spots(gate, got))]
        await begin(white)
        await de.until_done("/api/act", {"kind": "text", "body": {"text": "Before."}})
        serving.kill()
        await open_again("second")
        # Nobody enters again: the sessions are still good, and the exercise runs.
        await de.until_done("/api/act", {"kind": "text", "body": {"text": "After."}})
        await until(lambda: says(de, "After."), "the stream does not come back")
        await until(lambda: b"synaspis.de." in b"".join(got), "no track comes through the gateway")
        assert not tasks[-1].done(), "the gateway hung up on its client"
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        counters = [counter for counter, _, _ in de.events("data")]
        assert counters == list(range(1, len(counters) + 1))

    try:
        asyncio.run(play())
    finally:
        for each in running:
            each.kill()


def test_a_centre_that_fails_is_opened_again_by_its_server_and_the_cells_go_on(tmp_path: Path) -> None:
    data, port = tmp_path / "data", free_ports()
    hatchery = Hatchery(data, EXERCISE, port)
    white, de = Page(port), Page(port)

    async def play() -> None:
        for page, name in ((white, "white"), (de, "de")):
            await page.enter(hatchery.links[name])
        tasks = [asyncio.create_task(page.follow()) for page in (white, de)]
        await begin(white)
        await de.until_done("/api/act", {"kind": "text", "body": {"text": "Before."}})
        # A defect that nobody foresaw, in the thread that keeps the coordination centre.
        os.kill(hatchery.pid, signal.SIGUSR1)
        await until(lambda: "opened-again" in events_of_journal(data), "it is not opened again")
        await de.until_done("/api/act", {"kind": "text", "body": {"text": "After."}})
        await until(lambda: says(de, "Before.") and says(de, "After."), "the stream does not come back")
        done = len(white.messages("coordination"))
        await until(lambda: len(white.messages("coordination")) > done, "the exercise does not go on")
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for centre in CENTRES:
            counters = [counter for counter, _, _ in de.events(centre)]
            assert counters == list(range(1, len(counters) + 1))

    try:
        hatchery.begin()
        hatchery.wait()
        asyncio.run(play())
        assert hatchery.end(signal.SIGTERM) == 0, hatchery.said.read_text()
        told = events_of_journal(data)
        assert told.index("keeper-lost") < told.index("opened-again")
    finally:
        hatchery.close()


@pytest.mark.parametrize("centre", CENTRES)
def test_a_defect_in_a_tick_is_written_down_and_the_exercise_goes_on(tmp_path: Path, centre: str) -> None:
    data, port = tmp_path / "data", free_ports()
    hatchery = Hatchery(data, EXERCISE, port, centre)
    white, de = Page(port), Page(port)

    async def play() -> None:
        for page, name in ((white, "white"), (de, "de")):
            await page.enter(hatchery.links[name])
        tasks = [asyncio.create_task(page.follow()) for page in (white, de)]
        await begin(white)
        os.kill(hatchery.pid, signal.SIGUSR2)
        await until(lambda: "defect" in events_of_journal(data), "the defect is not written down")
        await de.until_done("/api/act", {"kind": "text", "body": {"text": "After."}})
        await until(lambda: says(de, "After."), "the stream does not go on")
        done = len(white.messages("coordination"))
        await until(lambda: len(white.messages("coordination")) > done, "the exercise does not go on")
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    try:
        hatchery.begin()
        hatchery.wait()
        asyncio.run(play())
        assert hatchery.end(signal.SIGTERM) == 0, hatchery.said.read_text()
    finally:
        hatchery.close()
