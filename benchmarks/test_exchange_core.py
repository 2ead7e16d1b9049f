"""The centre without a network: what is stored durably a second, and what each part of a tick costs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from quiet import Timed

from synaspis.agreement import load_book
from synaspis.core.clock import SECOND_US, from_rfc3339
from synaspis.exchange.intake import payload_of
from synaspis.exchange.rehearsal import Line, Rehearsal
from synaspis.exchange.settings import Limits, Settings
from synaspis.exchange.store.sqlite_store import SqliteStore
from synaspis.exchange.store.storage import Batch, Entry, Marks
from synaspis.messages import Text, open_envelope, read_message

START_US = from_rfc3339("2026-12-01T12:00:00.000000Z")
MESSAGES = 1_000
APPEND_TARGET_S = 10_000.0
"""Durable entries a second that the centre must reach with group commit."""

SETTINGS = Settings(limits=Limits(messages_per_s=100_000.0, burst=1_000_000, pending=1_000_000))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "centre.sqlite")
    yield opened
    opened.close()


@pytest.mark.parametrize("together", [1, 100, 500])
def test_durable_append(timed: Timed, store: SqliteStore, together: int) -> None:
    ticks = count(1)

    def append() -> int:
        number = next(ticks)
        entries = [Entry(b"%0150d" % each, bytes(32)) for each in range(together)]
        store.commit(Batch(Marks(number, number, number * together), entries))
        return number

    last = timed(append)
    assert store.marks().entry == last * together
    rate = together / timed.benchmark.stats.stats.median
    timed.note.update(kind="exchange", what=f"durable append, {together} a commit", entries_a_second=rate)
    assert together < 100 or rate > APPEND_TARGET_S


def test_parts_of_a_tick(timed: Timed, store: SqliteStore, tmp_path: Path) -> None:
    book = load_book("demo")
    rehearsal = Rehearsal(book, START_US, tmp_path / "log", settings=SETTINGS, store=store)
    numbers = count()
    spent: dict[str, float] = {}

    def part(name: str, since_s: float) -> float:
        now_s = time.perf_counter()
        spent[name] = spent.get(name, 0.0) + now_s - since_s
        return now_s

    def once() -> int:
        at_us = rehearsal.clock.now_us()
        raws = [
            rehearsal.envelope(
                Line(
                    "alpha", Text(text="x" * 200), book.default_label(), at_us, at_us, f"{next(numbers):032x}"
                )
            )
            for _ in range(MESSAGES)
        ]
        keys = {"alpha": rehearsal.keys["alpha"].public}
        begun_s = time.perf_counter()
        for raw in raws:
            open_envelope(raw, keys)
        begun_s = part("of it: verify", begun_s)
        for raw in raws:
            read_message(payload_of(raw))
        begun_s = part("of it: read", begun_s)
        tickets = [rehearsal.centre.submit("alpha", raw) for raw in raws]
        begun_s = part("queue", begun_s)
        rehearsal.clock.advance(50_000)
        rehearsal.centre.tick()
        begun_s = part("tick", begun_s)
        rehearsal.centre.seal()
        part("seal", begun_s)
        assert all(ticket.answer is not None and ticket.answer.status == 201 for ticket in tickets)
        return len(tickets)

    rehearsal.play((), START_US + SECOND_US)
    assert timed(once, rounds=5) == MESSAGES
    runs = next(numbers) / MESSAGES
    events = sum(map(len, rehearsal.received.values()))
    cost_us = {name: 1e6 * spent_s / runs / MESSAGES for name, spent_s in spent.items()}
    timed.note.update(
        kind="exchange",
        what="parts of a tick, microseconds a message to three partners",
        microseconds_a_message=cost_us,
        messages_a_second=1e6 / (cost_us["queue"] + cost_us["tick"] + cost_us["seal"]),
        events=events,
    )
    print({name: round(value, 1) for name, value in cost_us.items()})
