"""The tables of the PostgreSQL store, and how a tick is written into them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from synaspis.exchange.store.storage import Batch

if TYPE_CHECKING:
    import psycopg

SCHEMA_VERSION: Final = 1

TABLES: Final = """
CREATE TABLE version (number INTEGER NOT NULL);
CREATE TABLE probe (number INTEGER PRIMARY KEY, filler BYTEA NOT NULL);
CREATE TABLE identity (text TEXT NOT NULL);
CREATE TABLE tick (number BIGINT PRIMARY KEY, at_us BIGINT NOT NULL, entry BIGINT NOT NULL,
  body BIGINT NOT NULL, examined BIGINT NOT NULL);
CREATE TABLE entry (number BIGINT PRIMARY KEY, record BYTEA NOT NULL, salt BYTEA NOT NULL);
CREATE TABLE submission (entry BIGINT PRIMARY KEY, digest TEXT NOT NULL UNIQUE, sender TEXT NOT NULL,
  message_id TEXT NOT NULL, kind TEXT NOT NULL, envelope BYTEA NOT NULL, received_us BIGINT NOT NULL,
  receipt BYTEA NOT NULL, findings BYTEA NOT NULL, UNIQUE (sender, message_id));
CREATE INDEX submission_kind ON submission (kind, received_us);
CREATE TABLE body (number BIGINT PRIMARY KEY, type TEXT NOT NULL, data BYTEA NOT NULL);
CREATE TABLE feed (recipient TEXT NOT NULL, counter BIGINT NOT NULL, body BIGINT NOT NULL,
  entry BIGINT NOT NULL, PRIMARY KEY (recipient, counter));
CREATE INDEX feed_entry ON feed (entry);
CREATE TABLE shown (recipient TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (recipient, name));
CREATE TABLE policy (number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, version TEXT NOT NULL,
  day TEXT NOT NULL, book TEXT NOT NULL);
CREATE TABLE snapshot (tick BIGINT PRIMARY KEY, state BYTEA NOT NULL);
CREATE TABLE seal (number BIGINT PRIMARY KEY, size BIGINT NOT NULL, entry BIGINT NOT NULL,
  note BYTEA NOT NULL);
CREATE TABLE leaf (position BIGINT PRIMARY KEY, data BYTEA NOT NULL, hash BYTEA NOT NULL);
CREATE INDEX leaf_hash ON leaf (hash);
CREATE TABLE cosignature (size BIGINT NOT NULL, partner TEXT NOT NULL, lines BYTEA NOT NULL,
  PRIMARY KEY (size, partner));
"""


def write_tick(cursor: psycopg.Cursor[Any], batch: Batch) -> None:
    """Insert every row of a tick; the caller holds the transaction."""
    marks = batch.marks
    cursor.execute(
        "INSERT INTO tick VALUES (%s,%s,%s,%s,%s)",
        (marks.tick, marks.at_us, marks.entry, marks.body, marks.examined),
    )
    first = marks.entry - len(batch.entries) + 1
    entries = ((first + index, entry.record, entry.salt) for index, entry in enumerate(batch.entries))
    copy_rows(cursor, "entry", entries)
    submissions = (
        (s.entry, s.digest, s.sender, s.message_id, s.kind, s.envelope, s.received_us, s.receipt, s.findings)
        for s in batch.submissions
    )
    copy_rows(cursor, "submission", submissions)
    bodies = dict(enumerate(batch.bodies, marks.body - len(batch.bodies) + 1))
    copy_rows(cursor, "body", ((number, body.type, body.data) for number, body in bodies.items()))
    copy_rows(cursor, "feed", ((r.recipient, r.counter, r.body, r.entry) for r in batch.releases))
    names = {(r.recipient, name) for r in batch.releases for name in bodies[r.body].names}
    if names:
        cursor.executemany("INSERT INTO shown VALUES (%s,%s) ON CONFLICT DO NOTHING", sorted(names))
    if batch.policy is not None:
        text = batch.policy
        cursor.execute(
            "INSERT INTO policy (version, day, book) VALUES (%s,%s,%s)", (text.version, text.day, text.book)
        )
    if batch.snapshot is not None:
        cursor.execute("INSERT INTO snapshot VALUES (%s,%s)", (marks.tick, batch.snapshot))
        # The one before is kept, for the case that somebody has to look into a replay that does not agree.
        cursor.execute(
            "DELETE FROM snapshot WHERE tick NOT IN (SELECT tick FROM snapshot ORDER BY tick DESC LIMIT 2)"
        )


def copy_rows(cursor: psycopg.Cursor[Any], table: str, rows: Iterable[Sequence[object]]) -> None:
    """Write rows by COPY, which takes one exchange with the server however many there are."""
    with cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)".encode()) as copy:
        copy.set_types(_TYPES[table])
        for row in rows:
            copy.write_row(row)


_TYPES: Final = {
    "entry": ("int8", "bytea", "bytea"),
    "submission": ("int8", "text", "text", "text", "text", "bytea", "int8", "bytea", "bytea"),
    "body": ("int8", "text", "bytea"),
    "feed": ("text", "int8", "int8", "int8"),
    "leaf": ("int8", "bytea", "bytea"),
}
"""Types of the columns of what is copied, which the binary form needs."""
