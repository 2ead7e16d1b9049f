import sqlite3
import subprocess
import sys

import pytest

from synaspis.core.errors import InputError
from synaspis.exchange.store.sqlite_store import SqliteStore
from synaspis.exchange.store.storage import (
    Batch,
    Body,
    Entry,
    FeedEvent,
    Marks,
    PolicyText,
    Release,
    Seal,
    StorageError,
    Submission,
)


def submission(entry: int, sender: str = "alpha", kind: str = "text") -> Submission:
    return Submission(
        entry, f"{entry:064x}", sender, f"{entry:032x}", kind, b"envelope", 1000 * entry, b"receipt", b"[]"
    )


def batch(number: int) -> Batch:
    """A tick with one submission that goes to two recipients: three entries, one body."""
    first = 3 * number - 2
    return Batch(
        Marks(number, 50_000 * number, 3 * number, number, first),
        [Entry(b"record %d" % each, bytes([each]) * 32) for each in range(first, first + 3)],
        [submission(first)],
        [Body("message", b"event %d" % number, (f"name-{number}",))],
        [Release("bravo", number, number, first + 1), Release("charlie", number, number, first + 2)],
        PolicyText("v1", "2026-12-01", "book") if number == 1 else None,
        b"state %d" % number if number != 2 else None,
    )


@pytest.fixture
def store(tmp_path):
    opened = SqliteStore(tmp_path / "centre.sqlite")
    yield opened
    opened.close()


def test_a_new_store_has_nothing(store):
    assert store.marks() == Marks(0, 0, 0, 0, 0)
    assert store.snapshot() is None
    assert store.last_seal() is None
    assert store.policies() == []
    assert store.counters() == {}
    assert store.feed("bravo", 0, 10) == []


def test_what_was_committed_is_there_after_opening_again(tmp_path):
    store = SqliteStore(tmp_path / "centre.sqlite")
    for number in (1, 2, 3):
        store.commit(batch(number))
    store.close()
    store = SqliteStore(tmp_path / "centre.sqlite")
    assert store.marks() == Marks(3, 150_000, 9, 3, 7)
    assert store.counters() == {"bravo": 3, "charlie": 3}
    assert store.feed("bravo", 1, 10) == [
        FeedEvent(2, "message", bytes([5]) * 32, b"event 2"),
        FeedEvent(3, "message", bytes([8]) * 32, b"event 3"),
    ]
    assert store.feed("bravo", 0, 1) == [FeedEvent(1, "message", bytes([2]) * 32, b"event 1")]
    assert store.snapshot() == (3, b"state 3")
    assert store.policies() == [PolicyText("v1", "2026-12-01", "book")]
    store.close()


def test_submissions_are_found_by_envelope_by_id_and_by_kind(store):
    store.commit(batch(1))
    store.commit(batch(2))
    assert set(store.known([f"{1:064x}", f"{2:064x}", f"{4:064x}"])) == {f"{1:064x}", f"{4:064x}"}
    assert store.find("alpha", f"{4:032x}") == submission(4)
    assert store.find("bravo", f"{4:032x}") is None
    assert [row.entry for row, _ in store.of_kind("text", 4000, 6)] == [4]
    assert [row.entry for row, _ in store.of_kind("text", 0, 3)] == [1]
    assert store.of_kind("track-report", 0, 6) == []
    assert [entry.record for _, entry in store.submissions(1, 10)] == [b"record 4"]


def test_a_look_up_of_many_envelopes_finds_all(store):
    store.commit(batch(1))
    digests = [f"{number:064x}" for number in range(2000, 0, -1)]
    assert list(store.known(digests)) == [f"{1:064x}"]


def test_a_name_is_shown_to_those_who_got_it(store):
    store.commit(batch(1))
    assert store.shown("bravo", "name-1")
    assert not store.shown("alpha", "name-1")
    assert not store.shown("bravo", "name-2")


def test_ticks_come_back_with_their_submissions_and_releases_in_order(store):
    for number in (1, 2, 3):
        store.commit(batch(number))
    ticks = list(store.ticks(1))
    assert [(tick.number, tick.at_us) for tick in ticks] == [(2, 100_000), (3, 150_000)]
    assert [row.entry for row, _ in ticks[0].submissions] == [4]
    assert ticks[1].releases == [b"record 8", b"record 9"]


def test_leaves_and_seals_come_back_by_place_and_by_hash(store):
    store.seal(Seal(1, 2, 3, b"note 1"), [(b"a" * 32, b"A" * 32), (b"b" * 32, b"B" * 32)])
    store.seal(Seal(2, 3, 4, b"note 2"), [(b"c" * 32, b"C" * 32)])
    assert store.last_seal() == Seal(2, 3, 4, b"note 2")
    assert store.leaves(1, 5) == [b"b" * 32, b"c" * 32]
    assert (store.position(b"C" * 32), store.position(b"D" * 32)) == (2, None)


def test_a_cosignature_replaces_the_one_before_of_the_same_partner(store):
    for partner, lines in (("bravo", b"old"), ("alpha", b"one"), ("bravo", b"new")):
        store.cosign(64, partner, lines)
    assert store.cosignatures(64) == {"alpha": b"one", "bravo": b"new"}
    assert store.cosignatures(128) == {}


def test_a_batch_that_fails_in_the_middle_leaves_nothing(store):
    store.commit(batch(1))
    twice = batch(2)
    with pytest.raises(StorageError, match=r"centre.sqlite: UNIQUE constraint failed: feed.recipient"):
        store.commit(
            Batch(twice.marks, twice.entries, (), twice.bodies, [*twice.releases, twice.releases[0]])
        )
    assert store.marks().tick == 1
    assert len(store.entries(0, 10)) == 3
    store.commit(twice)
    assert store.marks().tick == 2


def test_only_the_two_newest_snapshots_are_kept(tmp_path):
    store = SqliteStore(tmp_path / "centre.sqlite")
    for number in (1, 3, 4, 5):
        store.commit(batch(number))
    store.close()
    rows = sqlite3.connect(tmp_path / "centre.sqlite").execute("SELECT tick FROM snapshot ORDER BY tick")
    assert rows.fetchall() == [(4,), (5,)]


def test_a_second_opener_is_refused_in_this_process_and_in_another(tmp_path, store):
    said = "the store is in use by another process; one centre writes at a time. Stop the centre"
    with pytest.raises(InputError, match=said):
        SqliteStore(tmp_path / "centre.sqlite")
    program = (
        "import sys; from synaspis.exchange.store.sqlite_store import SqliteStore; SqliteStore(sys.argv[1])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "centre.sqlite")],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode != 0
    assert said in done.stderr


def test_a_store_in_a_folder_that_is_not_there_says_that_it_cannot_be_written(tmp_path):
    with pytest.raises(InputError, match=r"the store cannot be written: No such file or directory. Give the"):
        SqliteStore(tmp_path / "missing" / "centre.sqlite")


def test_a_file_that_is_no_database_is_refused_and_can_be_opened_after_it_was_mended(tmp_path):
    place = tmp_path / "centre.sqlite"
    place.write_bytes(b"no database" * 1000)
    with pytest.raises(
        InputError, match=r"cannot be opened: file is not a database. Restore it from a backup"
    ):
        SqliteStore(place)
    place.unlink()
    SqliteStore(place).close()


def test_a_store_of_another_version_is_refused(tmp_path):
    place = tmp_path / "centre.sqlite"
    SqliteStore(place).close()
    link = sqlite3.connect(place)
    link.execute("PRAGMA user_version=2")
    link.close()
    with pytest.raises(
        InputError, match=r"a store of version 2; this program reads version 1. Start it with"
    ):
        SqliteStore(place)


def test_every_commit_is_forced_to_disk_before_it_counts(store):
    # 2 is FULL in SQLite's documentation of `PRAGMA synchronous`.
    assert store._writer.execute("PRAGMA synchronous").fetchone() == (2,)
    assert store._writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize("cut", [1, 23, 24, 4000, 4120])
def test_a_write_that_the_machine_did_not_finish_is_dropped_and_the_rest_kept(tmp_path, cut):
    store = SqliteStore(tmp_path / "centre.sqlite")
    store.commit(batch(1))
    wal = tmp_path / "centre.sqlite-wal"
    whole, database = wal.read_bytes(), (tmp_path / "centre.sqlite").read_bytes()
    store.commit(batch(2))
    longer = wal.read_bytes()
    store.close()
    assert longer.startswith(whole)
    # As after a loss of power: the second commit reached the disk in part.
    (tmp_path / "copy.sqlite").write_bytes(database)
    (tmp_path / "copy.sqlite-wal").write_bytes(longer[: len(whole) + cut])
    torn = SqliteStore(tmp_path / "copy.sqlite")
    assert torn.marks() == batch(1).marks
    assert len(torn.entries(0, 10)) == 3
    torn.commit(batch(2))
    assert torn.marks() == batch(2).marks
    torn.close()


def test_a_byte_that_was_altered_in_a_torn_commit_drops_that_commit_whole(tmp_path):
    store = SqliteStore(tmp_path / "centre.sqlite")
    store.commit(batch(1))
    wal = tmp_path / "centre.sqlite-wal"
    kept, database = len(wal.read_bytes()), (tmp_path / "centre.sqlite").read_bytes()
    store.commit(batch(2))
    altered = bytearray(wal.read_bytes())
    store.close()
    altered[kept + 500] ^= 1
    (tmp_path / "copy.sqlite").write_bytes(database)
    (tmp_path / "copy.sqlite-wal").write_bytes(altered)
    torn = SqliteStore(tmp_path / "copy.sqlite")
    assert torn.marks() == batch(1).marks
    torn.close()


def test_a_reader_never_sees_what_is_not_committed(store):
    store.commit(batch(1))
    store._writer.execute("BEGIN IMMEDIATE")
    store._writer.execute("INSERT INTO feed VALUES ('bravo', 2, 1, 1)")
    assert len(store.feed("bravo", 0, 10)) == 1
    store._writer.execute("ROLLBACK")


def test_identity_is_what_the_first_one_said(store):
    assert store.identity("log-a key-1") == "log-a key-1"
    assert store.identity("log-b key-2") == "log-a key-1"
