"""The store of a centre in PostgreSQL, for centres that run on several machines.

One node writes: it holds an advisory lock for as long as its connection lives, and PostgreSQL lets go of it
when the node dies, so that a standby takes over. It writes on that connection alone: who has lost the lock
has lost the means to write. `synchronous_commit` is forced on: a commit returns after the disk of the server
has it (with synchronous replicas, after theirs). Others read what is committed.
Needs the extra `synaspis[postgres]`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

import psycopg

from synaspis.core.errors import Fault, InputError
from synaspis.exchange.store._postgres_link import cannot_open, open_link, take_lock
from synaspis.exchange.store._postgres_tables import SCHEMA_VERSION, TABLES, copy_rows, write_tick
from synaspis.exchange.store.reading import SUBMISSION, StoreReads
from synaspis.exchange.store.storage import (
    Batch,
    Seal,
    StorageError,
    Submission,
)

PROBE_BYTES: Final = 65_536


class PostgresStore(StoreReads):
    """A `Store` in one database, written by one node at a time.

    url: connection string of PostgreSQL; tables are made in `schema` when missing. password: for it; empty
    for none. writes: False opens it for reading alone, beside the node that writes; the right to read the
    tables is enough then.
    Raises AnotherWrites if another node writes, InputError if the server cannot be reached, or if the tables
    are not there to be read or are of another version.
    """

    def __init__(
        self, url: str, *, password: str = "", schema: str = "synaspis", writes: bool = True
    ) -> None:
        self._open = partial(open_link, url, password, schema)
        self._schema, self._reading = schema, threading.Lock()
        self._writer: psycopg.Connection[Any] | None = None
        try:
            self._reader = self._open()
        except psycopg.Error as error:
            raise cannot_open(error) from None
        try:
            if writes:
                self._writer = self._open()
                take_lock(self._writer)
                self._make_tables(self._writer)
            self._check_version()
        except (psycopg.Error, StorageError) as error:
            self.close()
            raise cannot_open(error) from None
        except InputError:
            self.close()
            raise

    def _make_tables(self, writer: psycopg.Connection[Any]) -> None:
        with writer.transaction(), writer.cursor() as cursor:
            cursor.execute(f'CREATE SCHEMA IF NOT EXISTS "{self._schema}"'.encode())
            cursor.execute("SELECT to_regclass('version')")
            if (cursor.fetchone() or (None,))[0] is None:
                cursor.execute(TABLES.encode())
                cursor.execute("INSERT INTO version VALUES (%s)", (SCHEMA_VERSION,))

    def _check_version(self) -> None:
        [(version,)] = self._rows("SELECT number FROM version")
        if version != SCHEMA_VERSION:
            what = f"this is a store of version {version}; this program reads version {SCHEMA_VERSION}"
            raise InputError(Fault(what, remedy="Start it with the program that wrote it."))

    def _transact(self, write: Callable[[psycopg.Cursor[Any]], None]) -> None:
        if self._writer is None:
            raise StorageError("PostgreSQL: this store was opened for reading alone")
        try:
            # On a broken connection the advisory lock is gone with it: somebody else may be writing already.
            # It is not opened again; the process has to be started anew.
            with self._writer.transaction(), self._writer.cursor() as cursor:
                write(cursor)
        except psycopg.Error as error:
            full = isinstance(error, psycopg.errors.DiskFull)
            raise StorageError(f"PostgreSQL: {str(error).strip()}", full=full) from error

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        try:
            with self._reading:
                if self._reader.closed:
                    self._reader = self._open()
                text = query.replace("?", "%s").encode()
                return self._reader.execute(text, values, binary=True).fetchall()
        except psycopg.Error as error:
            raise StorageError(f"PostgreSQL: {str(error).strip()}") from error

    def may_write(self) -> bool:
        """Whether this node still holds the right to write; to be called between two calls that write."""
        try:
            return self._writer is not None and self._writer.execute("SELECT 1").fetchone() is not None
        except psycopg.Error:
            return False

    def identity(self, text: str) -> str:
        """The text of the first call ever made on this store; this call makes it if it is the first."""
        rows = self._rows("SELECT text FROM identity")
        if rows:
            return str(rows[0][0])
        self._transact(lambda cursor: _run(cursor, "INSERT INTO identity VALUES (%s)", (text,)))
        return text

    def probe(self) -> None:
        """Try to store something that nobody reads. Raises StorageError."""
        query = "INSERT INTO probe VALUES (1, %s) ON CONFLICT (number) DO UPDATE SET filler = EXCLUDED.filler"
        self._transact(lambda cursor: _run(cursor, query, (bytes(PROBE_BYTES),)))

    def commit(self, batch: Batch) -> None:
        """Keep a tick, whole and durable. Raises StorageError."""
        self._transact(lambda cursor: write_tick(cursor, batch))

    def known(self, digests: Sequence[str]) -> dict[str, Submission]:
        """Those of some envelopes that are stored, by digest."""
        query = f"SELECT {SUBMISSION} FROM submission s WHERE digest = ANY(?)"
        return {row[1]: Submission(*row) for row in self._rows(query, (list(digests),))}

    def news(self, after: int) -> tuple[int, list[str]]:
        """The last entry stored, and the recipients with an event whose entry is above `after`."""
        query = (
            "WITH last AS (SELECT coalesce(max(number), 0) AS number FROM entry) "
            "SELECT last.number, array(SELECT DISTINCT recipient FROM feed "
            "WHERE entry > ? AND entry <= last.number) FROM last"
        )
        [(entry, recipients)] = self._rows(query, (after,))
        return int(entry), list(recipients)

    def seal(self, seal: Seal, leaves: Sequence[tuple[bytes, bytes]]) -> None:
        """Keep a seal and the leaves that it adds, each as its data and its hash. Raises StorageError."""
        first = seal.size - len(leaves)

        def write(cursor: psycopg.Cursor[Any]) -> None:
            values = (seal.number, seal.size, seal.entry, seal.note)
            cursor.execute("INSERT INTO seal VALUES (%s,%s,%s,%s)", values)
            rows = ((first + index, data, digest) for index, (data, digest) in enumerate(leaves))
            copy_rows(cursor, "leaf", rows)

        self._transact(write)

    def cosign(self, size: int, partner: str, lines: bytes) -> None:
        """Keep the cosignature of a partner's witness on the checkpoint of a size. Raises StorageError."""
        query = (
            "INSERT INTO cosignature VALUES (%s,%s,%s) "
            "ON CONFLICT (size, partner) DO UPDATE SET lines = EXCLUDED.lines"
        )
        self._transact(lambda cursor: _run(cursor, query, (size, partner, lines)))

    def cosigned(self, after: int) -> list[tuple[str, bytes]]:
        """Checkpoints of the seals with a number above `after` that a witness cosigned, oldest first.

        Each is the partner and the signed note with the lines of its witness.
        """
        query = (
            "SELECT c.partner, s.note || c.lines FROM seal s JOIN cosignature c ON c.size = s.size "
            "WHERE s.number > ? ORDER BY s.number, c.partner"
        )
        return list(self._rows(query, (after,)))

    def close(self) -> None:
        """Let go of the store, so that another node may write."""
        if self._writer is not None:
            self._writer.close()
        self._reader.close()


def _run(cursor: psycopg.Cursor[Any], query: str, values: Sequence[object]) -> None:
    cursor.execute(query.encode(), values)
