"""The store of a centre in one SQLite file.

Write-ahead log with `synchronous=FULL`: a commit returns after the bytes of the transaction were forced to
disk, and what was half written when the machine stopped is dropped at the next start (every frame carries a
checksum). One connection writes, another reads, so that a reader never sees what is not committed. A lock on
a file beside the database keeps a second process out; the system lets go of it when the process ends, however
it ends.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Self

from synaspis.core.errors import Fault, InputError
from synaspis.exchange.store._folder_lock import take_lock
from synaspis.exchange.store._sqlite_tables import APPLICATION_ID, SCHEMA_VERSION, TABLES, write_tick
from synaspis.exchange.store.storage import (
    Batch,
    Entry,
    FeedEvent,
    Marks,
    PolicyText,
    Seal,
    StorageError,
    StoredTick,
    Submission,
)

_SUBMISSION: Final = (
    "s.entry, s.digest, s.sender, s.message_id, s.kind, s.envelope, s.received_us, s.receipt, s.findings"
)
PROBE_BYTES: Final = 65_536
_WAL_PAGES: Final = 20_000  # 80 MB: what a store may gather that is never sealed
_CHUNK: Final = 400  # values of one query, far below SQLite's own limit


class SqliteStore:
    """A `Store` in one file, opened by one process at a time.

    path: the database; it is made when missing, its folder is not. durable: False forgets the newest commits
    when the machine (not the process) stops, for tests and rehearsals.
    Raises InputError if another process has it open, if the folder cannot be written, or if the file is not a
    store of this version.
    """

    def __init__(self, path: Path | str, *, durable: bool = True) -> None:
        self._path = Path(path)
        self._lock: int | None = take_lock(self._path)
        try:
            # SQLite would make it for whom the umask allows; its companions (-wal, -shm) take its mode.
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            self._writer = self._connect(durable)
            self._reader = self._connect(durable)
            self._reader.execute("PRAGMA query_only=1")
        except (sqlite3.Error, OSError) as error:
            self._release_lock()
            raise self._cannot_open(error) from None
        except InputError:
            self._release_lock()
            raise

    @classmethod
    def in_memory(cls) -> Self:
        """A store that lives as long as the object, for rehearsals and tests."""
        store = cls.__new__(cls)
        store._path, store._lock = Path(":memory:"), None
        store._writer = store._reader = store._connect(durable=False)
        return store

    @classmethod
    def to_read(cls, path: Path | str) -> Self:
        """A store that is only read here, while it is written elsewhere. Raises InputError."""
        store = cls.__new__(cls)
        store._path, store._lock = Path(path), None
        try:
            store._writer = store._reader = store._connect(durable=True)
            store._reader.execute("PRAGMA query_only=1")
        except sqlite3.Error as error:
            raise store._cannot_open(error) from None
        return store

    def _release_lock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _connect(self, durable: bool) -> sqlite3.Connection:
        # The server may read from another thread than the one that ticks; SQLite serialises by itself.
        link = sqlite3.connect(
            self._path, isolation_level=None, check_same_thread=False, cached_statements=64
        )
        link.execute("PRAGMA journal_mode=WAL")
        link.execute(f"PRAGMA synchronous={'FULL' if durable else 'OFF'}")
        link.execute("PRAGMA temp_store=MEMORY")
        link.execute(f"PRAGMA wal_autocheckpoint={_WAL_PAGES}")
        version = link.execute("PRAGMA user_version").fetchone()[0]
        tables = link.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if version == 0 and tables == 0:
            link.executescript(
                f"BEGIN IMMEDIATE; {TABLES} PRAGMA application_id={APPLICATION_ID};"
                f"PRAGMA user_version={SCHEMA_VERSION}; COMMIT"
            )
        elif version != SCHEMA_VERSION:
            link.close()
            raise InputError(
                Fault(
                    f"this is a store of version {version}; this program reads version {SCHEMA_VERSION}",
                    source=str(self._path),
                    remedy="Start it with the program that wrote it.",
                )
            )
        return link

    def _cannot_open(self, error: sqlite3.Error | OSError) -> InputError:
        return InputError(
            Fault(
                f"the store cannot be opened: {error}",
                source=str(self._path),
                remedy="Restore it from a backup if it is damaged; free some room if the disk is full.",
            )
        )

    def _transact(self, write: Callable[[sqlite3.Connection], object]) -> None:
        link = self._writer
        try:
            link.execute("BEGIN IMMEDIATE")
            write(link)
            link.execute("COMMIT")
        except sqlite3.Error as error:
            # Where the disk is full SQLite may have rolled back by itself.
            with suppress(sqlite3.Error):
                link.execute("ROLLBACK")
            full = getattr(error, "sqlite_errorname", "") == "SQLITE_FULL" or "is full" in str(error)
            raise StorageError(f"{self._path}: {error}", full=full) from error

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        return self._reader.execute(query, values).fetchall()

    def identity(self, text: str) -> str:
        """The text of the first call ever made on this store; this call makes it if it is the first."""
        rows = self._rows("SELECT text FROM identity")
        if rows:
            return str(rows[0][0])
        self._transact(lambda link: link.execute("INSERT INTO identity VALUES (?)", (text,)))
        return text

    def probe(self) -> None:
        """Try to store something that nobody reads. Raises StorageError."""
        query = "INSERT OR REPLACE INTO probe VALUES (1, randomblob(?))"
        self._transact(lambda link: link.execute(query, (PROBE_BYTES,)))

    def marks(self) -> Marks:
        """The last numbers stored."""
        rows = self._rows(
            "SELECT number, at_us, entry, body, examined FROM tick ORDER BY number DESC LIMIT 1"
        )
        return Marks(*rows[0]) if rows else Marks()

    def commit(self, batch: Batch) -> None:
        """Keep a tick, whole and durable. Raises StorageError."""
        self._transact(lambda link: write_tick(link, batch))

    def known(self, digests: Sequence[str]) -> dict[str, Submission]:
        """Those of some envelopes that are stored, by digest."""
        found: dict[str, Submission] = {}
        for start in range(0, len(digests), _CHUNK):
            chunk = digests[start : start + _CHUNK]
            query = f"SELECT {_SUBMISSION} FROM submission s WHERE digest IN ({_places(chunk)})"
            found.update((row[1], Submission(*row)) for row in self._rows(query, chunk))
        return found

    def find(self, sender: str, message_id: str) -> Submission | None:
        """The message of an id that a sender has sent."""
        query = f"SELECT {_SUBMISSION} FROM submission s WHERE sender=? AND message_id=?"
        rows = self._rows(query, (sender, message_id))
        return Submission(*rows[0]) if rows else None

    def shown(self, recipient: str, name: str) -> bool:
        """Whether an event in a recipient's feed shows the message that has this name there."""
        query = "SELECT 1 FROM shown WHERE recipient=? AND name=?"
        return bool(self._rows(query, (recipient, name)))

    def counters(self) -> dict[str, int]:
        """The last counter of each recipient that has one."""
        return dict(self._rows("SELECT recipient, max(counter) FROM feed GROUP BY recipient"))

    def feed(self, recipient: str, after: int, limit: int) -> list[FeedEvent]:
        """Events of a recipient with a counter above `after`, in order, at most `limit`."""
        query = (
            "SELECT f.counter, b.type, e.salt, b.data FROM feed f JOIN body b ON b.number = f.body "
            "JOIN entry e ON e.number = f.entry WHERE recipient=? AND counter>? ORDER BY counter LIMIT ?"
        )
        return [FeedEvent(*row) for row in self._rows(query, (recipient, after, limit))]

    def ticks(self, after: int) -> Iterator[StoredTick]:
        """The ticks with a number above `after`, in order."""
        rows = self._rows("SELECT entry FROM tick WHERE number=?", (after,))
        since = rows[0][0] if rows else 0
        for number, at_us, until in self._rows(
            "SELECT number, at_us, entry FROM tick WHERE number>? ORDER BY number", (after,)
        ):
            submissions = self._submissions("s.entry>? AND s.entry<=?", (since, until))
            releases = self._rows(
                "SELECT e.record FROM entry e JOIN feed f ON f.entry = e.number "
                "WHERE e.number>? AND e.number<=? ORDER BY e.number",
                (since, until),
            )
            yield StoredTick(number, at_us, submissions, [row[0] for row in releases])
            since = until

    def submissions(self, after: int, limit: int) -> list[tuple[Submission, Entry]]:
        """Submissions with an entry above `after`, in order, at most `limit`."""
        return self._submissions("s.entry>?", (after,), limit)

    def of_kind(self, kind: str, since_us: int, until: int) -> list[tuple[Submission, Entry]]:
        """Submissions of a kind received since an instant, with an entry of at most `until`, in order."""
        return self._submissions("s.kind=? AND s.received_us>=? AND s.entry<=?", (kind, since_us, until))

    def _submissions(
        self, condition: str, values: Sequence[object], limit: int = -1
    ) -> list[tuple[Submission, Entry]]:
        query = (
            f"SELECT {_SUBMISSION}, e.record, e.salt FROM submission s JOIN entry e ON e.number = s.entry "
            f"WHERE {condition} ORDER BY s.entry LIMIT {limit:d}"
        )
        return [(Submission(*row[:-2]), Entry(*row[-2:])) for row in self._rows(query, values)]

    def snapshot(self) -> tuple[int, bytes] | None:
        """The newest snapshot and the number of the tick after which it was taken."""
        rows = self._rows("SELECT tick, state FROM snapshot ORDER BY tick DESC LIMIT 1")
        return rows[0] if rows else None

    def policies(self) -> list[PolicyText]:
        """The policies that came into force, in order."""
        return [
            PolicyText(*row) for row in self._rows("SELECT version, day, book FROM policy ORDER BY number")
        ]

    def entries(self, after: int, limit: int) -> list[tuple[int, Entry]]:
        """Entries with a number above `after`, in order, at most `limit`."""
        query = "SELECT number, record, salt FROM entry WHERE number>? ORDER BY number LIMIT ?"
        return [(number, Entry(record, salt)) for number, record, salt in self._rows(query, (after, limit))]

    def seal(self, seal: Seal, leaves: Sequence[tuple[bytes, bytes]]) -> None:
        """Keep a seal and the leaves that it adds, each as its data and its hash. Raises StorageError."""
        first = seal.size - len(leaves)

        def write(link: sqlite3.Connection) -> None:
            link.execute("INSERT INTO seal VALUES (?,?,?,?)", (seal.number, seal.size, seal.entry, seal.note))
            rows = ((first + index, data, digest) for index, (data, digest) in enumerate(leaves))
            link.executemany("INSERT INTO leaf VALUES (?,?,?)", rows)

        self._transact(write)
        # Not within a tick, where everybody waits for it. What fails is tried again by the next seal.
        with suppress(sqlite3.Error):
            self._writer.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def last_seal(self) -> Seal | None:
        """The seal made last."""
        rows = self._rows("SELECT number, size, entry, note FROM seal ORDER BY number DESC LIMIT 1")
        return Seal(*rows[0]) if rows else None

    def leaves(self, first: int, limit: int) -> list[bytes]:
        """Data of the leaves from an index on, in order, at most `limit`."""
        query = "SELECT data FROM leaf WHERE position>=? ORDER BY position LIMIT ?"
        return [row[0] for row in self._rows(query, (first, limit))]

    def position(self, leaf_hash: bytes) -> int | None:
        """Index of a leaf by its hash; None while it is not sealed."""
        rows = self._rows("SELECT min(position) FROM leaf WHERE hash=?", (leaf_hash,))
        return rows[0][0]  # type: ignore[no-any-return]

    def cosign(self, size: int, partner: str, lines: bytes) -> None:
        """Keep the cosignature of a partner's witness on the checkpoint of a size. Raises StorageError."""
        query = "INSERT OR REPLACE INTO cosignature VALUES (?,?,?)"
        self._transact(lambda link: link.execute(query, (size, partner, lines)))

    def cosignatures(self, size: int) -> dict[str, bytes]:
        """The cosignatures kept for the checkpoint of a size, by partner."""
        return dict(
            self._rows("SELECT partner, lines FROM cosignature WHERE size=? ORDER BY partner", (size,))
        )

    def close(self) -> None:
        """Let go of the store, so that another process may open it."""
        self._reader.close()
        self._writer.close()
        self._release_lock()


def _places(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))
