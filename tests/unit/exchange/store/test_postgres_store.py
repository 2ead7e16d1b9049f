"""The store in PostgreSQL against the one in SQLite, on a real server; left out where there is none."""

from pathlib import Path

import psycopg
import pytest

from synaspis.agreement import load_book
from synaspis.core.clock import SECOND_US, from_rfc3339
from synaspis.core.errors import InputError
from synaspis.exchange.rehearsal import Line, Rehearsal, answers
from synaspis.exchange.store.postgres_store import PostgresStore
from synaspis.exchange.store.sqlite_store import SqliteStore
from synaspis.exchange.store.storage import (
    AnotherWrites,
    Batch,
    Body,
    Entry,
    Marks,
    Release,
    Seal,
    StorageError,
    Store,
)
from synaspis.messages.consultation import Text

START_US = from_rfc3339("2026-11-22T06:00:00Z")
BOOK = load_book("demo")


@pytest.fixture
def schema(postgres: str, request: pytest.FixtureRequest) -> str:
    name = f"s{abs(hash(request.node.nodeid)) % 10**9}"
    with psycopg.connect(postgres, autocommit=True) as link:
        link.execute(f'DROP SCHEMA IF EXISTS "{name}" CASCADE'.encode())
    return name


def script() -> list[Line]:
    label = BOOK.default_label()
    return [
        Line(sender, Text(text=f"{number} from {sender}"), label, at_us, at_us)
        for number in range(12)
        for sender in ("alpha", "bravo", "charlie")
        for at_us in [START_US + number * SECOND_US // 3]
    ]


def played(store: Store, folder: Path, *, restart: bool = False) -> Rehearsal:
    rehearsal = Rehearsal(BOOK, START_US, folder, store=store)
    tickets = rehearsal.play(script(), START_US + 3 * SECOND_US)
    if restart:
        rehearsal.centre.seal()
        rehearsal.restart()
    rehearsal.play([], START_US + 8 * SECOND_US)
    assert {answer.status for answer in answers(tickets)} == {201}
    rehearsal.centre.seal()
    return rehearsal


@pytest.mark.parametrize("restart", [False, True])
def test_a_centre_gives_the_same_bytes_on_both_stores(
    postgres: str, schema: str, tmp_path: Path, restart: bool
):
    store, sqlite = PostgresStore(postgres, schema=schema), SqliteStore.in_memory()
    try:
        one = played(store, tmp_path / "one", restart=restart)
        two = played(sqlite, tmp_path / "two", restart=restart)
        for name in BOOK.membership.partners:
            assert one.centre.feed(name, 0, 1000) == two.centre.feed(name, 0, 1000) != []
        assert list(store.entries(0, 10_000)) == list(sqlite.entries(0, 10_000))
        assert store.last_seal() is not None
        size = store.last_seal().size  # type: ignore[union-attr]
        assert store.leaves(0, size) == sqlite.leaves(0, size)
        assert list(store.ticks(0)) == list(sqlite.ticks(0))
        assert store.counters() == sqlite.counters()
        assert store.policies() == sqlite.policies()
        assert [s for s, _ in store.submissions(0, 100)] == [s for s, _ in sqlite.submissions(0, 100)]
    finally:
        store.close()


def test_a_second_node_may_read_and_not_write(postgres: str, schema: str):
    first = PostgresStore(postgres, schema=schema)
    try:
        with pytest.raises(AnotherWrites, match=r"another centre writes to this database.*--wait"):
            PostgresStore(postgres, schema=schema)
        reader = PostgresStore(postgres, schema=schema, writes=False)
        first.commit(Batch(Marks(1, 5, 1, 0), entries=[Entry(b"record", b"s" * 32)]))
        assert reader.marks() == Marks(1, 5, 1, 0)
        assert reader.entries(0, 10) == [(1, Entry(b"record", b"s" * 32))]
        assert (first.may_write(), reader.may_write()) == (True, False)
        with pytest.raises(StorageError, match="opened for reading alone"):
            reader.commit(Batch(Marks(2, 6, 1, 0)))
        reader.close()
    finally:
        first.close()
    standby = PostgresStore(postgres, schema=schema)  # the lock went with the first
    assert standby.marks() == Marks(1, 5, 1, 0)
    standby.close()


def test_a_tick_that_cannot_be_kept_whole_is_not_kept_at_all(postgres: str, schema: str):
    store = PostgresStore(postgres, schema=schema)
    try:
        batch = Batch(Marks(1, 5, 2, 0), entries=[Entry(b"a", b"s"), Entry(b"b", b"s")])
        store.commit(batch)
        with pytest.raises(StorageError, match="duplicate key"):
            store.commit(Batch(Marks(2, 6, 2, 0), entries=[Entry(b"c", b"s")]))
        assert store.marks() == Marks(1, 5, 2, 0)
        assert store.entries(0, 10) == [(1, Entry(b"a", b"s")), (2, Entry(b"b", b"s"))]
        store.probe()
    finally:
        store.close()


def test_a_lost_connection_fails_the_tick_and_reading_comes_back(postgres: str, schema: str):
    store = PostgresStore(postgres, schema=schema)
    store.commit(Batch(Marks(1, 5, 1, 0), entries=[Entry(b"record", b"s")]))
    with psycopg.connect(postgres, autocommit=True) as link:
        link.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    with pytest.raises(StorageError, match="PostgreSQL: "):
        store.commit(Batch(Marks(2, 6, 2, 0), entries=[Entry(b"b", b"s")]))
    assert not store.may_write()  # and never again: somebody else may have the lock by now
    with pytest.raises(StorageError, match="PostgreSQL: "):
        store.marks()  # this connection was cut as well and says so once
    assert store.marks() == Marks(1, 5, 1, 0)
    store.close()


def test_a_server_that_cannot_be_reached_is_said_without_the_address():
    with pytest.raises(InputError, match="the store cannot be opened") as caught:
        PostgresStore("host=127.0.0.1 port=1 user=u password=secret dbname=d")
    assert "secret" not in str(caught.value)


def test_who_may_only_read_the_tables_can_mirror(postgres: str, schema: str):
    first = PostgresStore(postgres, schema=schema)
    reading = postgres.replace("user=synaspis", "user=mirror")
    try:
        with psycopg.connect(postgres, autocommit=True) as link:
            link.execute("DROP ROLE IF EXISTS mirror")
            link.execute("CREATE ROLE mirror LOGIN")
            link.execute(f'GRANT USAGE ON SCHEMA "{schema}" TO mirror'.encode())
            link.execute(f'GRANT SELECT ON ALL TABLES IN SCHEMA "{schema}" TO mirror'.encode())
        first.commit(Batch(Marks(1, 5, 1, 0), entries=[Entry(b"record", b"s")]))
        reader = PostgresStore(reading, schema=schema, writes=False)
        assert reader.marks() == Marks(1, 5, 1, 0)
        reader.close()
    finally:
        first.close()
        with psycopg.connect(postgres, autocommit=True) as link:
            link.execute("DROP OWNED BY mirror; DROP ROLE mirror")


def test_a_mirror_finds_nothing_where_no_centre_has_written(postgres: str, schema: str):
    with pytest.raises(InputError, match='the store cannot be opened: PostgreSQL: relation "version"'):
        PostgresStore(postgres, schema=schema, writes=False)


def test_news_names_recipients_of_later_entries_and_cosigned_joins_note_and_lines(postgres: str, schema: str):
    store = PostgresStore(postgres, schema=schema)
    try:
        assert store.news(0) == (0, [])
        for number, name in ((1, "alpha"), (2, "bravo"), (3, "alpha")):
            store.commit(
                Batch(
                    Marks(number, number, number, number),
                    entries=[Entry(b"%d" % number, b"s")],
                    bodies=[Body("message", b"{}")],
                    releases=[Release(name, number, number, number)],
                )
            )
        assert [store.news(after) for after in (1, 2, 3)] == [
            (3, ["alpha", "bravo"]),
            (3, ["alpha"]),
            (3, []),
        ]
        for number in (1, 2):
            store.seal(Seal(number, number, number, b"note %d\n" % number), [(b"leaf", b"hash")])
            store.cosign(number, "alpha", b"line %d\n" % number)
        assert store.cosigned(0) == [("alpha", b"note 1\nline 1\n"), ("alpha", b"note 2\nline 2\n")]
        assert store.cosigned(1) == [("alpha", b"note 2\nline 2\n")]
    finally:
        store.close()


def test_every_commit_waits_for_the_disk(postgres: str, schema: str):
    store = PostgresStore(postgres, schema=schema)
    assert store._rows("SHOW synchronous_commit") == [("on",)]
    store.close()
