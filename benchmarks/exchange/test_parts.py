"""The parts of a centre alone: append, judge, decide, release, seal; SQLite beside PostgreSQL."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from core import Core
from fusing import a_cell
from postgres import running_server
from quiet import Timed

from synaspis.agreement import load_book
from synaspis.exchange.answers import Scribe
from synaspis.exchange.store.postgres_store import PostgresStore
from synaspis.exchange.store.sqlite_store import SqliteStore
from synaspis.exchange.store.storage import Batch, Body, Entry, Marks, Release, Store
from synaspis.log import LogTree
from synaspis.messages import open_envelope, read_message

RECIPIENTS = 200


def note(timed: Timed, what: str, count: int) -> None:
    timed.note.update(kind="exchange", what=what, count=count)


def ticks(releases: int) -> Iterator[Batch]:
    """Ticks of as many releases, each with an entry of its own, of one event in hundred."""
    marks = Marks()
    for turn in itertools.count(1):
        first = marks.entry + 1
        bodies = max(1, releases // 100)
        marks = Marks(turn, turn, marks.entry + releases, marks.body + bodies, 0)
        entries = [Entry(b"r" * 130, bytes(32)) for _ in range(releases)]
        made = [
            Release(
                f"p{n % RECIPIENTS:03d}",
                (first + n) // RECIPIENTS + 1,
                marks.body - n % bodies,
                first + n,
            )
            for n in range(releases)
        ]
        yield Batch(marks, entries, bodies=[Body("picture", b"x" * 20_000)] * bodies, releases=made)


def append(timed: Timed, store: Store, what: str, size: int) -> None:
    made = ticks(size)
    timed(lambda: store.commit(next(made)), rounds=50)
    note(timed, f"{what}, entries with their release, {size:,} a commit", size)
    assert store.marks().entry >= 50 * size
    store.close()


@pytest.mark.parametrize("size", [200, 1_000])
def test_appending_to_sqlite(timed: Timed, tmp_path: Path, size: int) -> None:
    append(timed, SqliteStore(tmp_path / "store.sqlite"), "SQLite", size)


@pytest.mark.parametrize("size", [200, 1_000])
def test_appending_to_postgresql(timed: Timed, size: int) -> None:
    with running_server() as url:
        append(timed, PostgresStore(url), "PostgreSQL", size)


def test_verifying_and_parsing(timed: Timed, core: Core) -> None:
    raws = [raw for _, _, raw in itertools.islice(core.envelopes(1.0), 200)]
    keys = {name: each.key for name, each in core.centre.partners.items()}

    def opened() -> int:
        return sum(read_message(open_envelope(raw, keys).payload).kind == "track-report" for raw in raws)

    assert timed(opened) == len(raws)
    note(timed, "envelope verified, message parsed and checked", len(raws))


def test_signing_a_receipt(timed: Timed, core: Core) -> None:
    scribe = Scribe(core.keys)
    entry = scribe.submission("p000", "0" * 64, 0, "policy")

    def signed() -> list[bytes]:
        return [scribe.receipt("0" * 32, "0" * 64, 0, "policy", entry, []) for _ in range(200)]

    assert len(timed(signed)) == 200
    note(timed, "receipt made and signed", 200)


def test_deciding_from_the_cache(timed: Timed, core: Core) -> None:
    policy = load_book(core.book).policy_on(core.day)
    item = core.items(1)[0]
    recipients = [name for name, _ in policy.recipients(item)]
    decide = policy.decide

    def decided() -> int:
        for _ in range(100):
            for name in recipients:
                decide(name, item)
        return len(recipients)

    found = timed(decided)
    assert found > 100
    note(timed, "decision, cached", 100 * found)


def test_sealing_ten_thousand_leaves(timed: Timed, tmp_path: Path) -> None:
    tree, numbers = LogTree(tmp_path / "log"), itertools.count()

    def sealed() -> bytes:
        tree.append([next(numbers).to_bytes(32, "big") for _ in range(10_000)])
        return tree.root()

    assert len(timed(sealed, rounds=10)) == 32
    note(timed, "leaf appended to the tree and its root made, 10,000 at once", 10_000)


def test_a_second_of_load(timed: Timed, core: Core) -> None:
    seconds = iter(core.seconds(12))

    def second() -> int:
        return core.run(*next(seconds)).messages

    assert timed(second, rounds=10) == 500
    note(timed, "message taken, released to all, sealed; 500 a second to 200 partners, no network", 500)


def test_fusing_what_a_tick_brings(timed: Timed, core: Core) -> None:
    pictures, reports = a_cell(core)

    def fused() -> int:
        return pictures(next(reports))

    assert timed(fused, rounds=30) > 0
    note(timed, "report fused into one picture of 25 objects from 20 sources", 25)
