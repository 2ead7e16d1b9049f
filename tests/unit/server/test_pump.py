"""What turns the centre: nothing is lost between a tick and the feeds, nothing waits for others."""

from __future__ import annotations

import asyncio
import io
import socket
import threading

import pytest

from synaspis.agreement import load_book
from synaspis.core.clock import SystemClock
from synaspis.exchange.rehearsal import Line, Rehearsal
from synaspis.exchange.store.sqlite_store import SqliteStore
from synaspis.exchange.store.storage import Batch, StorageError
from synaspis.messages import AmbiguityQuery, Text, example_message, read_message
from synaspis.server.journal import Journal
from synaspis.server.keeper import Keeper
from synaspis.server.keeping import Kept, Ready
from synaspis.server.limits import Limits
from synaspis.server.line import Line as Wire
from synaspis.server.metrics import Metrics
from synaspis.server.pump import Pump

BOOK = load_book("demo")
LABEL = BOOK.default_label()


class Torn:
    """A store that has stored a tick with submissions when its word of it is lost, once."""

    def __init__(self) -> None:
        self.store, self.tears = SqliteStore.in_memory(), True

    def __getattr__(self, name: str) -> object:
        return getattr(self.store, name)

    def commit(self, batch: Batch) -> None:
        self.store.commit(batch)
        if self.tears and batch.submissions:
            self.tears = False
            raise StorageError("the connection was lost")


def rehearsed(folder, store=None, questioner=None) -> Rehearsal:
    """A rehearsal by the clock of the machine."""
    rehearsal = Rehearsal(BOOK, 0, folder, store=store, questioner=questioner)
    rehearsal.clock = SystemClock()
    rehearsal.centre = rehearsal._start(BOOK)
    return rehearsal


def pumped(rehearsal: Rehearsal, folder) -> tuple[Pump, list[tuple[str, int]]]:
    """The pump of its centre, and what goes to the feeds: partner and counter."""
    here, there = socket.socketpair()
    journal, clock = Journal(rehearsal.clock, io.StringIO()), rehearsal.clock
    keeper = Keeper(rehearsal.centre, Wire(there, keeps=True), clock=clock, journal=journal, requests={})
    thread = threading.Thread(target=keeper.run, daemon=True)
    ready = Ready(rehearsal.centre.settings, {}, keeper.pulse())
    pump = Pump(
        Kept(here, ready, lambda: thread.join(60)),
        clock=clock,
        limits=Limits(),
        journal=journal,
        metrics=Metrics(),
        store_feed=rehearsal.store.feed,
        log_folder=folder,
        disk_bytes=0,
        on_lost=lambda: published.append(("lost", 0)),
    )
    thread.start()
    published: list[tuple[str, int]] = []
    publish = pump.feeds.publish

    def noted(news):
        published.extend((partner, each.counter) for partner, events in news.items() for each in events)
        publish(news)

    pump.feeds.publish = noted
    return pump, published


def line(rehearsal: Rehearsal, body) -> bytes:
    now_us = rehearsal.clock.now_us()
    return rehearsal.envelope(Line("alpha", body, LABEL, now_us, now_us))


def test_events_of_a_tick_whose_word_was_lost_come_before_those_of_the_next(tmp_path):
    rehearsal = rehearsed(tmp_path, Torn())
    pump, published = pumped(rehearsal, tmp_path)

    async def play() -> list[int]:
        await pump.start()
        first = await pump.submit("alpha", line(rehearsal, Text(text="First.")))
        second = await pump.submit("alpha", line(rehearsal, Text(text="Second.")))
        await pump.close()
        return [first.status, second.status]

    assert asyncio.run(play()) == [507, 201]
    stored = [each.counter for each in rehearsal.store.feed("bravo", 0, 100)]
    assert len(stored) >= 2
    assert [counter for partner, counter in published if partner == "bravo"] == stored


@pytest.mark.parametrize("examines", [True, False])
def test_what_waits_for_examination_since_a_restart_waits_for_nobody(tmp_path, examines):
    def ask(accepted, _earlier):
        return [AmbiguityQuery(about=(accepted.digest,), question="Is it so?")] if examines else []

    rehearsal = rehearsed(tmp_path, questioner=ask)
    report = read_message(example_message("launch-report")).body
    rehearsal.centre.submit("alpha", line(rehearsal, report))
    while not rehearsal.centre.tally.submitted:
        rehearsal.centre.tick()
    rehearsal.restart()  # before it was examined
    pump, published = pumped(rehearsal, tmp_path)

    async def play() -> None:
        await pump.start()
        async with asyncio.timeout(60):
            while examines and not published:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.3)  # where nothing is to come, there is nothing to wait for
        await pump.close()

    asyncio.run(play())
    assert bool(published) == examines
