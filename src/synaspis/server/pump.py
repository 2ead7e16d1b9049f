"""The desk of a real centre: what is asked goes to its keeper, what the keeper reports goes to who waits.

The centre is kept on a thread or in a process of its own (`server.keeping`); this end of the line belongs to
the event loop. The store is read for feeds here, by a thread on a connection of its own, one read at a time,
so that partners who catch up take turns and never hold up a tick.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any, Final

from synaspis.core.clock import SECOND_US, Clock
from synaspis.core.errors import Fault
from synaspis.exchange.answers import Answer
from synaspis.exchange.settings import Settings
from synaspis.exchange.store.storage import FeedEvent, StorageError
from synaspis.server.answers import Problem
from synaspis.server.desk import Health
from synaspis.server.feed import Feeds
from synaspis.server.journal import Journal
from synaspis.server.keeper import END, SUBMIT
from synaspis.server.keeping import Kept
from synaspis.server.limits import Limits
from synaspis.server.line import LineClosed, LoopLine, Report, Request
from synaspis.server.metrics import Metrics

BEHIND_US: Final = SECOND_US
"""A tick that begins later than this makes the health of the centre `behind`."""

_AGAIN: Final = {"retry-after": "5"}


class Pump:
    """The desk of a centre that is kept.

    kept: the centre. store_feed: reads events of a partner from the store. log_folder: public files.
    disk_bytes: free space below which the health is `disk`. on_lost: called when the keeper is gone without
    having been asked to end. Everything runs on the event loop.
    """

    def __init__(
        self,
        kept: Kept,
        *,
        clock: Clock,
        limits: Limits,
        journal: Journal,
        metrics: Metrics,
        store_feed: Callable[[str, int, int], Sequence[FeedEvent]],
        log_folder: Path,
        disk_bytes: int,
        on_lost: Callable[[], object],
    ) -> None:
        self._kept, self._clock, self._on_lost = kept, clock, on_lost
        self._journal, self._metrics = journal, metrics
        self._store_feed, self._log_folder, self._disk_bytes = store_feed, log_folder, disk_bytes
        self.feeds = Feeds(limits, self.feed)
        self.pulse = kept.ready.pulse
        self.free_bytes = _free_bytes(log_folder)
        self._reader = ThreadPoolExecutor(1, "reader")
        self._reading = asyncio.Semaphore(1)
        self._numbers = count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._line: LoopLine | None = None
        self._listening: asyncio.Task[None] | None = None
        self._is_stopping = self._is_lost = False

    @property
    def settings(self) -> Settings:
        """Clockwork and limits of the centre."""
        return self._kept.ready.settings

    async def start(self) -> None:
        """Begin to listen to the keeper; end with `close`."""
        self._line = await LoopLine.open(self._kept.end)
        self._listening = asyncio.create_task(self._listen(self._line), name="centre")

    async def submit(self, partner: str, raw: bytes) -> Answer:
        """Hand in one envelope of a partner and wait for the tick that takes it."""
        if self._is_stopping:
            fault = Fault("the centre is being stopped", "", "Send again when it is back.")
            raise Problem(503, fault, _AGAIN)
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        answer: Answer = await self.ask(SUBMIT, partner, raw)
        self._metrics.submissions.labels(answer.status).inc()
        self._metrics.wait_seconds.observe(loop.time() - began_s)
        if answer.code:
            self._journal.write("refusal", partner=partner, code=answer.code, bytes=len(raw))
        return answer

    async def feed(self, partner: str, after: int, limit: int) -> Sequence[FeedEvent]:
        """Events of a partner with a counter above `after`, in order, at most `limit`."""
        async with self._reading:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._reader, self._store_feed, partner, after, limit)

    async def checkpoint(self) -> bytes | None:
        """The newest checkpoint with its cosignatures; None before there is one."""
        found: bytes | None = await self.ask("checkpoint")
        return found

    async def proof(self, leaf: bytes) -> str | None:
        """Inclusion proof of a leaf hash; None while it is not sealed."""
        found: bytes | None = await self.ask("proof", leaf)
        return None if found is None else found.decode()

    async def consistency(self, first: int, second: int) -> list[bytes]:
        """Consistency proof between two sizes. Raises InputError for sizes that the log has not."""
        found: list[bytes] = await self.ask("consistency", first, second)
        return found

    async def cosign(self, partner: str, lines: bytes) -> None:
        """Keep the cosignature of a partner's witness. Raises InputError if it does not hold."""
        try:
            await self.ask("cosign", partner, lines)
        except StorageError:
            fault = Fault("the centre cannot store anything now", "", "Send it again later.")
            raise Problem(503, fault, _AGAIN) from None

    def log_file(self, path: str) -> bytes | None:
        """A file of the public log, such as ``tile/0/000``; None if there is none. path: was checked."""
        with suppress(OSError):
            return (self._log_folder / path).read_bytes()
        return None

    def keys(self) -> dict[str, Any]:
        """Public keys of the centre and its log."""
        return self._kept.ready.public_keys

    def health(self) -> Health:
        """How the centre is now."""
        if self._is_stopping:
            return Health("stopping", "the centre is being stopped")
        if not self.pulse.is_storing:
            return Health("disk", "the store takes nothing; no message is taken until it does")
        if self.free_bytes < self._disk_bytes:
            return Health("disk", "the disk is nearly full")
        since_us = self._clock.now_us() - self.pulse.tick_us
        if max(self.pulse.late_us, since_us - self.settings.tick_us) > BEHIND_US:
            return Health("behind", "ticks come late; messages are taken and delivered with delay")
        if not self.pulse.is_public:
            return Health("disk", "the public files of the log cannot be written")
        return Health("ok", "ticks are on time")

    def look_at_disk(self) -> None:
        """Find out how much space there is."""
        self.free_bytes = _free_bytes(self._log_folder)

    def stopping(self) -> None:
        """Take nothing new and end the feeds; what was taken is still ticked and answered."""
        self._is_stopping = True
        self.feeds.close()

    async def close(self) -> None:
        """Have everything taken answered and sealed, and the centre let go of."""
        self.stopping()
        if self._line is not None and self._listening is not None:
            self._line.send(Request(0, END, ()))
            await self._listening
            self._line.close()
        else:
            self._kept.end.close()
        await asyncio.to_thread(self._kept.wait)
        self._reader.shutdown()

    async def ask(self, name: str, *arguments: int | str | bytes) -> Any:
        """Have the keeper do something and return what it returns, or raise what it raises.

        name: of a request, see `keeper` and `keeping`. Raises Problem 503 if there is no keeper any more.
        """
        if self._line is None or self._is_lost:
            raise _lost()
        number = next(self._numbers)
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        self._line.send(Request(number, name, arguments))
        return await future

    async def _listen(self, line: LoopLine) -> None:
        with suppress(LineClosed):
            while True:
                self._hand_over(await line.receive())
        self._is_lost = True
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(_lost())
        self._waiting.clear()
        if not self._is_stopping:
            self._on_lost()

    def _hand_over(self, report: Report) -> None:
        """Give events to the feeds and answers to those who wait."""
        if report.tick_s is not None:
            self._metrics.tick_seconds.observe(report.tick_s)
        self._metrics.defects.inc(report.pulse.defects - self.pulse.defects)
        self.pulse = report.pulse
        if report.news:
            self.feeds.publish(report.news)
        for number, answer in report.answers:
            future = self._waiting.pop(number)
            if not future.done():
                future.set_result(answer)
        for reply in report.replies:
            future = self._waiting.pop(reply.number)
            if future.done():
                continue
            if reply.error is None:
                future.set_result(reply.value)
            else:
                future.set_exception(reply.error)


def _lost() -> Problem:
    fault = Fault("the centre has stopped", "", "Send again when it is back.")
    return Problem(503, fault, _AGAIN)


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free
