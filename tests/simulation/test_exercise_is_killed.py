"""A served exercise is killed at random instants; everything goes on by itself, nothing is lost or doubled.

All of the process dies at once: both centres, the cells, the run of the exercise. People at their pages, a
partner with a program of its own and a gateway come back by themselves. `SYNASPIS_EXERCISE_KILLS=100` does it
with a hundred seeds.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sqlite3
from collections import Counter
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from served_exercise import Hatchery, Page, free_ports, until

from synaspis.core.clock import from_rfc3339
from synaspis.exchange import Client
from synaspis.exercise import load_exercise
from synaspis.log import root_hash, verify_log

EXERCISE = "first-exercise"
SPEED, CYCLES = 60, 4
SEEDS = int(os.environ.get("SYNASPIS_EXERCISE_KILLS", "2"))
CENTRES = ("data", "coordination")
CELLS = ("white", "de", "pl", "us")


class Run:
    """A served exercise with a page at each cell, a person who writes, a program and its events."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.data, self.chance, port = folder / "data", Random(seed), free_ports()
        self.hatchery = Hatchery(self.data, EXERCISE, port)
        self.pages = {name: Page(port) for name in CELLS}
        self.receipts: list[dict[str, Any]] = []
        self.program: list[tuple[int, Any]] = []
        self.alarms: list[str] = []

    async def begin(self) -> None:
        """Open it, enter, and have the white cell start."""
        self.hatchery.begin()
        self.hatchery.wait()
        for name, page in self.pages.items():
            await page.enter(self.hatchery.links[name])
        shutil.copytree(self.data / "data" / "issued" / "de", self.data.parent / "kit")
        followers = [page.follow() for page in self.pages.values()]
        jobs = (*followers, self.write(), self.watch())
        self.tasks = [asyncio.create_task(job) for job in jobs]
        self.writer = self.tasks[len(followers)]
        await self.pages["white"].until_done("/api/white", {"action": "start"})
        await self.pages["white"].until_done("/api/white", {"action": "speed", "speed": SPEED})

    async def write(self) -> None:
        """Somebody of de writes all the time, and keeps the receipts."""
        for number in range(10_000):
            body = {"kind": "text", "body": {"text": f"Line {number}."}}
            with suppress(OSError):
                status, _, answer = await self.pages["de"].ask("POST", "/api/act", body)
                if status == 201:
                    self.receipts.append(json.loads(answer)["receipt"])
            await asyncio.sleep(0.03)

    async def watch(self) -> None:
        """A program of de follows the feed of the data exchange centre over the network."""
        async with Client(self.data.parent / "kit", on_alarm=self.alarms.append) as client:
            async for event in client.watch():
                self.program.append((event.counter, event.content))

    def injects(self) -> int:
        """Injects of which the white cell was told that they are done."""
        told = self.pages["white"].messages("coordination")
        return sum(each["body"].get("action") == "inject-done" for each in told)

    async def kill(self) -> None:
        """Let it live for some time, kill it, and open it again; one time in three while it opens."""
        for _ in range(3):
            await asyncio.sleep(self.chance.uniform(0.1, 0.8))
            assert self.hatchery.end(signal.SIGKILL) == -signal.SIGKILL
            self.hatchery.begin()
            if self.chance.random() < 0.67:
                break
        await asyncio.to_thread(self.hatchery.wait)
        cuts = {name: len(page.clocks) for name, page in self.pages.items()}
        await until(
            lambda: all(len(page.clocks) > cuts[name] for name, page in self.pages.items()),
            "the pages do not come back",
        )

    async def end(self) -> None:
        """The white cell ends the exercise; everybody has everything until then; the server stops."""
        self.writer.cancel()
        await self.pages["white"].until_done("/api/white", {"action": "end"})
        for name, page in self.pages.items():
            await until(lambda p=page: "end" in actions(p), f"{name} was not told of the end")  # type: ignore[misc]
            await until(lambda n=name, p=page: self.has_all(n, p), f"{name} lacks events")  # type: ignore[misc]
        stored = len(self.stored("data", "de"))
        await until(lambda: len(self.program) >= stored, "the program lacks events")
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        assert self.hatchery.end(signal.SIGTERM) == 0, self.hatchery.said.read_text()

    def has_all(self, name: str, page: Page) -> bool:
        """Whether a page has what is stored for its cell now."""
        return all(len(page.events(centre)) >= len(self.stored(centre, name)) for centre in CENTRES)

    def query(self, centre: str, text: str, *given: Any) -> list[Any]:
        """Rows of the store of a centre."""
        (path,) = (self.data / centre).glob("*.sqlite")
        base = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            return base.execute(text, given).fetchall()
        finally:
            base.close()

    def stored(self, centre: str, cell: str) -> list[tuple[int, str, bytes]]:
        """Counter, kind and bytes of what a centre delivered to a cell."""
        what = "SELECT counter, type, data FROM feed JOIN body ON body = number WHERE recipient = ?"
        return self.query(centre, what + " ORDER BY counter", cell)


@pytest.mark.parametrize("seed", range(1, SEEDS + 1))
def test_everything_goes_on_where_it_was(tmp_path: Path, seed: int) -> None:
    run = Run(tmp_path, seed)

    async def play() -> None:
        await run.begin()
        for _ in range(CYCLES):
            await run.kill()
        await until(lambda: run.injects() >= 2, "no inject was done")
        await run.end()

    try:
        asyncio.run(play())
        check_streams(run)
        check_acknowledged(run)
        check_exercise(run)
        check_logs(run)
        check_clock(run)
    finally:
        run.hatchery.close()


def actions(page: Page) -> list[str]:
    """What the white cell did, as a page was told."""
    told = [each["body"] for each in page.messages("coordination") if "body" in each]
    return [body["action"] for body in told if body.get("action")]


def check_streams(run: Run) -> None:
    """Every stream and the program have what the stores have, each event once and in order."""
    for name, page in run.pages.items():
        assert page.cuts >= CYCLES
        for centre in CENTRES:
            # A delay of an agreement may have ended after the page was closed.
            found = page.events(centre)
            assert found == run.stored(centre, name)[: len(found)], (name, centre)
    stored = [(counter, json.loads(data)) for counter, _, data in run.stored("data", "de")]
    assert [(counter, {**content}) for counter, content in run.program] == stored[: len(run.program)]
    assert run.alarms == []


def check_acknowledged(run: Run) -> None:
    """What was acknowledged is stored and was delivered; nothing was delivered twice."""
    assert len(run.receipts) > CYCLES
    kept = {row[0] for row in run.query("data", "SELECT message_id FROM submission")}
    delivered = Counter(each["id"] for each in run.pages["pl"].messages("data") if "id" in each)
    for receipt in run.receipts:
        assert receipt["id"] in kept
        assert delivered[receipt["id"]] == 1
    assert max(delivered.values()) == 1


def check_exercise(run: Run) -> None:
    """The exercise began once, each inject that was due was done once, no sensor measured twice."""
    told = [each["body"] for each in run.pages["white"].messages("coordination") if "body" in each]
    assert actions(run.pages["white"]).count("start") == 1
    done = Counter(body["inject"] for body in told if body.get("action") == "inject-done")
    assert set(done.values()) == {1}
    loaded = load_exercise(EXERCISE)
    ended_us = from_rfc3339(run.pages["white"].clocks[-1]["exercise_time"])
    order = sorted((inject.at.si, name) for _, _, name, inject in loaded.document.injects())
    assert set(done) == {name for _, name in order[: len(done)]}, ended_us
    sent = Counter(run.query("data", "SELECT sender, kind, envelope FROM submission"))
    assert max(sent.values()) == 1


def check_logs(run: Run) -> None:
    """Both logs are intact and continue every checkpoint that a page was shown; each witness agrees."""
    for centre in CENTRES:
        log = run.data / centre / "log"
        report = verify_log(log, (log / "log.vkeys").read_text().split())
        assert report.verdict == "intact", report.detail
        leaves = [row[0] for row in run.query(centre, "SELECT data FROM leaf ORDER BY position")]
        shown = {
            (told["size"], told["root"])
            for page in run.pages.values()
            for told in page.logs
            if told["centre"] == centre and told["size"] is not None
        }
        assert shown
        for size, root in shown:
            assert root_hash(leaves[:size]).hex() == root
    assert [told["findings"] for page in run.pages.values() for told in page.logs if told["findings"]] == []


def check_clock(run: Run) -> None:
    """The clock of the exercise never goes back by more than was not yet shown, and keeps its speed."""
    for page in run.pages.values():
        times = [from_rfc3339(told["exercise_time"]) for told in page.clocks]
        # What it came to is written down once a second, and whenever something was said.
        least = min(after - before for before, after in pairwise(times))
        assert least > -1.5e6 * SPEED
        assert {told["state"] for told in page.clocks[2:-2]} <= {"running", "ended"}
