"""What turns the centre: one thread that owns it, fed and timed from the event loop.

The centre is owned by one worker thread. Envelopes go to it as they come, so that each is stamped with the
time of its receipt; ticks run on the centre's grid of time, seals at their own interval. Answers and events
come back to the loop in one call for each tick, after the tick is stored. The store is read for feeds by a
second thread, on a connection of its own, one read at a time, so that partners who catch up take turns.
"""

from __future__ import annotations

import asyncio
import shutil
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, Final, TypeVar

from synaspis.agreement import AgreementBook
from synaspis.core.clock import SECOND_US, Clock
from synaspis.core.errors import Fault
from synaspis.exchange.answers import Answer
from synaspis.exchange.centre import Centre
from synaspis.exchange.partners import Partner
from synaspis.exchange.store.storage import FeedEvent, StorageError
from synaspis.server.answers import Problem
from synaspis.server.desk import Health
from synaspis.server.feed import Feeds
from synaspis.server.journal import Journal
from synaspis.server.limits import Limits
from synaspis.server.metrics import Metrics

Result = TypeVar("Result")
Pending = tuple[str, bytes, "asyncio.Future[Answer]"]


@dataclass
class Outbox:
    """What the worker has for the loop: events by recipient, and answers to those who wait."""

    news: dict[str, Sequence[FeedEvent]] = field(default_factory=dict)
    answers: list[tuple[asyncio.Future[Answer], Answer]] = field(default_factory=list)
    error: Exception | None = None


BEHIND_US: Final = SECOND_US
"""A tick that begins later than this makes the health of the centre `behind`."""

_DISK_EVERY_S: Final = 5.0
_LAST_TICKS: Final = 10


class Pump:
    """The desk of a real centre.

    centre: opened; its announcements are taken over. store_feed: reads events of a partner from the store.
    log_folder: public files. public_keys: what ``/v1/keys`` says. disk_bytes: free space below which the
    health is `disk`. Everything but the methods named `_in_worker...` runs on the event loop.
    """

    def __init__(
        self,
        centre: Centre,
        *,
        clock: Clock,
        limits: Limits,
        journal: Journal,
        metrics: Metrics,
        store_feed: Callable[[str, int, int], Sequence[FeedEvent]],
        log_folder: Path,
        public_keys: Mapping[str, Any],
        disk_bytes: int,
    ) -> None:
        self.centre, self._clock = centre, clock
        self._journal, self._metrics = journal, metrics
        self._store_feed, self._log_folder = store_feed, log_folder
        self._public_keys, self._disk_bytes = dict(public_keys), disk_bytes
        self.feeds = Feeds(limits, self.feed)
        self._worker = ThreadPoolExecutor(1, "centre")
        self._reader = ThreadPoolExecutor(1, "reader")
        self._inbox: deque[Pending] = deque()
        self._is_draining = False
        self._outbox = Outbox()
        self._last_tick_us = clock.now_us()
        self._late_us = 0
        self.free_bytes = _free_bytes(log_folder)
        self._stopping = False
        self._ended = False
        self._turning: asyncio.Task[None] | None = None
        self._reading = asyncio.Semaphore(1)
        centre.announce = self._in_worker_announce

    async def submit(self, partner: str, raw: bytes) -> Answer:
        """Hand in one envelope of a partner and wait for the tick that takes it."""
        if self._stopping:
            fault = Fault("the centre is being stopped", "", "Send again when it is back.")
            raise Problem(503, fault, {"retry-after": "5"})
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        future: asyncio.Future[Answer] = loop.create_future()
        self._inbox.append((partner, raw, future))
        if not self._is_draining:
            self._is_draining = True
            loop.run_in_executor(self._worker, self._in_worker_drain, loop)
        answer = await future
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
        return await self.ask(self.centre.checkpoint)

    async def proof(self, leaf: bytes) -> str | None:
        """Inclusion proof of a leaf hash; None while it is not sealed."""
        found = await self.ask(lambda: self.centre.proof(leaf))
        return None if found is None else found.decode()

    async def consistency(self, first: int, second: int) -> list[bytes]:
        """Consistency proof between two sizes. Raises InputError for sizes that the log has not."""
        return await self.ask(lambda: self.centre.consistency(first, second))

    async def cosign(self, partner: str, lines: bytes) -> None:
        """Keep the cosignature of a partner's witness. Raises InputError if it does not hold."""
        try:
            await self.ask(lambda: self.centre.add_cosignature(partner, lines))
        except StorageError:
            fault = Fault("the centre cannot store anything now", "", "Send it again later.")
            raise Problem(503, fault, {"retry-after": "5"}) from None

    def log_file(self, path: str) -> bytes | None:
        """A file of the public log, such as ``tile/0/000``; None if there is none. path: was checked."""
        with suppress(OSError):
            return (self._log_folder / path).read_bytes()
        return None

    def keys(self) -> dict[str, Any]:
        """Public keys of the centre and its log."""
        return self._public_keys

    def health(self) -> Health:
        """How the centre is now."""
        if self._stopping:
            return Health("stopping", "the centre is being stopped")
        if not self.centre.is_storing:
            return Health("disk", "the store takes nothing; no message is taken until it does")
        if self.free_bytes < self._disk_bytes:
            return Health("disk", "the disk is nearly full")
        since_us = self._clock.now_us() - self._last_tick_us
        if max(self._late_us, since_us - self.centre.settings.tick_us) > BEHIND_US:
            return Health("behind", "ticks come late; messages are taken and delivered with delay")
        if not self.centre.is_public:
            return Health("disk", "the public files of the log cannot be written")
        return Health("ok", "ticks are on time")

    def start(self) -> None:
        """Begin to tick and seal; end with `close`."""
        self._turning = asyncio.create_task(self._run(), name="centre")

    async def _run(self) -> None:
        settings = self.centre.settings
        seal_due_us = self._clock.now_us() + settings.seal_us
        look_s = 0.0
        loop = asyncio.get_running_loop()
        while not self._ended:
            due_us = self.centre.next_tick_us()
            await asyncio.sleep(max(0, due_us - self._clock.now_us()) / SECOND_US)
            self._late_us = max(0, self._clock.now_us() - due_us)
            self._metrics.late_seconds.set(self._late_us / SECOND_US)
            await self._turn(self._in_worker_tick)
            self._last_tick_us = now_us = self._clock.now_us()
            # The second comparison is for a clock that was put back.
            if now_us >= seal_due_us or seal_due_us - now_us > settings.seal_us:
                seal_due_us = now_us + settings.seal_us
                await self._turn(self._in_worker_seal)
            if loop.time() - look_s > _DISK_EVERY_S:
                look_s = loop.time()
                self.free_bytes = _free_bytes(self._log_folder)

    def stopping(self) -> None:
        """Take nothing new and end the feeds; what was taken is still ticked and answered."""
        self._stopping = True
        self.feeds.close()

    async def close(self) -> None:
        """Tick until everything taken is answered, seal, and let go of the threads."""
        self.stopping()
        self._ended = True
        if self._turning is not None:
            await self._turning
        step_s = self.centre.settings.tick_us / SECOND_US
        for _ in range(_LAST_TICKS):
            await self._turn(self._in_worker_take)
            if not await self.ask(lambda: self.centre.pending):
                break
            await asyncio.sleep(step_s)
            await self._turn(self._in_worker_tick)
        await self._turn(self._in_worker_seal)
        self._worker.shutdown()
        self._reader.shutdown()

    async def adopt(self, book: AgreementBook) -> None:
        """Have a book of agreements in force from the next tick on."""
        await self.ask(lambda: self.centre.adopt(book))

    async def set_partners(self, partners: Mapping[str, Partner]) -> None:
        """Put other partners in force, from the next tick on."""

        def put() -> None:
            self.centre.partners = partners

        await self.ask(put)

    async def ask(self, work: Callable[[], Result]) -> Result:
        """Do something on the thread that owns the centre, between ticks, and return what it returns."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, work)

    async def _turn(self, work: Callable[[], object]) -> None:
        """Run a tick or a seal; a failure is written down and does not stop the clockwork."""
        outbox = await self.ask(lambda: self._in_worker(work))
        if isinstance(outbox.error, StorageError):
            self._journal.write("not-stored", reason="full" if outbox.error.full else "error")
        elif outbox.error is not None:
            self._metrics.defects.inc()
            self._journal.defect(outbox.error)
        self._hand_over(outbox)

    def _hand_over(self, outbox: Outbox) -> None:
        """Give events to the feeds and answers to those who wait; on the loop."""
        if outbox.news:
            self.feeds.publish(outbox.news)
        for future, answer in outbox.answers:
            if not future.done():
                future.set_result(answer)

    def _in_worker(self, work: Callable[[], object]) -> Outbox:
        """Run something that may answer and announce; return what there is to hand over, whole."""
        error: Exception | None = None
        try:
            work()
        except Exception as raised:
            error = raised
        outbox, self._outbox = self._outbox, Outbox()
        outbox.error = error
        return outbox

    def _in_worker_drain(self, loop: asyncio.AbstractEventLoop) -> None:
        self._is_draining = False
        outbox = self._in_worker(self._in_worker_take)
        if outbox.answers or outbox.error is not None:
            loop.call_soon_threadsafe(self._hand_over, outbox)

    def _in_worker_take(self) -> None:
        while self._inbox:
            partner, raw, future = self._inbox.popleft()
            ticket = self.centre.submit(partner, raw)
            ticket.on_answer(partial(self._in_worker_answered, future))

    def _in_worker_answered(self, future: asyncio.Future[Answer], answer: Answer) -> None:
        self._outbox.answers.append((future, answer))

    def _in_worker_announce(self, events: Mapping[str, Sequence[FeedEvent]]) -> None:
        # A tick after a failed one may announce twice: first what that one has stored all the same.
        for partner, news in events.items():
            self._outbox.news[partner] = [*self._outbox.news.get(partner, ()), *news]

    def _in_worker_tick(self) -> None:
        began_s = perf_counter()
        failures = self.centre.tally.failures
        stored = self.centre.tick()
        if stored:
            self._metrics.tick_seconds.observe(perf_counter() - began_s)
        # Between ticks, as the centre asks: about a millisecond for each launch report. After every tick:
        # what waits since a restart must not wait until somebody sends.
        self.centre.examine_pending()
        if self.centre.tally.failures > failures:
            self._metrics.ticks_failed.inc()
            self._journal.write("not-stored", reason="tick")

    def _in_worker_seal(self) -> None:
        seal = self.centre.seal()
        if seal is not None:
            self._metrics.seals.inc()
            self._journal.write("sealed", size=seal.size)


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free
