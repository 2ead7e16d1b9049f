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
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Self

from synaspis.core.errors import Fault, InputError
from synaspis.exchange.store._folder_lock import take_lock
from synaspis.exchange.store._sqlite_tables import APPLICATION_ID, SCHEMA_VERSION, TABLES, write_tick
from synaspis.exchange.store.reading import SUBMISSION, StoreReads
from synaspis.exchange.store.storage import (
    Batch,
    Seal,
    StorageError,
    Submission,
)

PROBE_BYTES: Final = 65_536
_WAL_PAGES: Final = 20_000  # 80 MB: what a store may gather that is never sealed
_CHUNK: Final = 400  # values of one query, far below SQLite's own limit


class SqliteStore(StoreReads):
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

    def commit(self, batch: Batch) -> None:
        """Keep a tick, whole and durable. Raises StorageError."""
        self._transact(lambda link: write_tick(link, batch))

    def known(self, digests: Sequence[str]) -> dict[str, Submission]:
        """Those of some envelopes that are stored, by digest."""
        found: dict[str, Submission] = {}
        for start in range(0, len(digests), _CHUNK):
            chunk = digests[start : start + _CHUNK]
            query = f"SELECT {SUBMISSION} FROM submission s WHERE digest IN ({_places(chunk)})"
            found.update((row[1], Submission(*row)) for row in self._rows(query, chunk))
        return found

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

    def cosign(self, size: int, partner: str, lines: bytes) -> None:
        """Keep the cosignature of a partner's witness on the checkpoint of a size. Raises StorageError."""
        query = "INSERT OR REPLACE INTO cosignature VALUES (?,?,?)"
        self._transact(lambda link: link.execute(query, (size, partner, lines)))

    def close(self) -> None:
        """Let go of the store, so that another process may open it."""
        self._reader.close()
        self._writer.close()
        self._release_lock()


def _places(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))
