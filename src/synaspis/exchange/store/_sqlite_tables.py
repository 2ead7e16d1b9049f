"""The tables of the SQLite store, and how a tick is written into them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import chain
from typing import Final

from synaspis.exchange.store.storage import Batch

SCHEMA_VERSION: Final = 1
APPLICATION_ID: Final = 0x53594E41  # "SYNA": `file` and other programs tell our files by it

TABLES: Final = """
CREATE TABLE probe (number INTEGER PRIMARY KEY, filler BLOB NOT NULL);
CREATE TABLE identity (text TEXT NOT NULL);
CREATE TABLE tick (number INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, entry INTEGER NOT NULL,
  body INTEGER NOT NULL, examined INTEGER NOT NULL);
CREATE TABLE entry (number INTEGER PRIMARY KEY, record BLOB NOT NULL, salt BLOB NOT NULL);
CREATE TABLE submission (entry INTEGER PRIMARY KEY, digest TEXT NOT NULL, sender TEXT NOT NULL,
  message_id TEXT NOT NULL, kind TEXT NOT NULL, envelope BLOB NOT NULL, received_us INTEGER NOT NULL,
  receipt BLOB NOT NULL, findings BLOB NOT NULL);
CREATE UNIQUE INDEX submission_digest ON submission (digest);
CREATE UNIQUE INDEX submission_id ON submission (sender, message_id);
CREATE INDEX submission_kind ON submission (kind, received_us);
CREATE TABLE body (number INTEGER PRIMARY KEY, type TEXT NOT NULL, data BLOB NOT NULL);
CREATE TABLE feed (recipient TEXT NOT NULL, counter INTEGER NOT NULL, body INTEGER NOT NULL,
  entry INTEGER NOT NULL, PRIMARY KEY (recipient, counter)) WITHOUT ROWID;
CREATE TABLE shown (recipient TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (recipient, name))
  WITHOUT ROWID;
CREATE TABLE policy (number INTEGER PRIMARY KEY, version TEXT NOT NULL, day TEXT NOT NULL,
  book TEXT NOT NULL);
CREATE TABLE snapshot (tick INTEGER PRIMARY KEY, state BLOB NOT NULL);
CREATE TABLE seal (number INTEGER PRIMARY KEY, size INTEGER NOT NULL, entry INTEGER NOT NULL,
  note BLOB NOT NULL);
CREATE TABLE leaf (position INTEGER PRIMARY KEY, data BLOB NOT NULL, hash BLOB NOT NULL);
CREATE INDEX leaf_hash ON leaf (hash);
CREATE TABLE cosignature (size INTEGER NOT NULL, partner TEXT NOT NULL, lines BLOB NOT NULL,
  PRIMARY KEY (size, partner));
"""


def write_tick(link: sqlite3.Connection, batch: Batch) -> None:
    """Insert every row of a tick; the caller holds the transaction."""
    marks = batch.marks
    link.execute(
        "INSERT INTO tick VALUES (?,?,?,?,?)",
        (marks.tick, marks.at_us, marks.entry, marks.body, marks.examined),
    )
    first = marks.entry - len(batch.entries) + 1
    insert(
        link,
        "entry",
        [(first + index, entry.record, entry.salt) for index, entry in enumerate(batch.entries)],
    )
    submissions = [
        (s.entry, s.digest, s.sender, s.message_id, s.kind, s.envelope, s.received_us, s.receipt, s.findings)
        for s in batch.submissions
    ]
    insert(link, "submission", submissions)
    bodies = dict(enumerate(batch.bodies, marks.body - len(batch.bodies) + 1))
    insert(link, "body", [(number, body.type, body.data) for number, body in bodies.items()])
    insert(link, "feed", [(r.recipient, r.counter, r.body, r.entry) for r in batch.releases])
    link.executemany(
        "INSERT OR IGNORE INTO shown VALUES (?,?)",
        ((r.recipient, name) for r in batch.releases for name in bodies[r.body].names),
    )
    if batch.policy is not None:
        text = batch.policy
        link.execute(
            "INSERT INTO policy (version, day, book) VALUES (?,?,?)", (text.version, text.day, text.book)
        )
    if batch.snapshot is not None:
        link.execute("INSERT INTO snapshot VALUES (?,?)", (marks.tick, batch.snapshot))
        # The one before is kept, for the case that somebody has to look into a replay that does not agree.
        link.execute(
            "DELETE FROM snapshot WHERE tick NOT IN (SELECT tick FROM snapshot ORDER BY tick DESC LIMIT 2)"
        )


_ROWS_AT_ONCE: Final = 64


def insert(link: sqlite3.Connection, table: str, rows: Sequence[Sequence[object]]) -> None:
    """Insert rows, many with one statement: each statement lets go of the interpreter's lock and has to wait
    for it again, which costs more than a row.
    """
    if not rows:
        return
    row = f"({','.join('?' * len(rows[0]))})"
    whole = len(rows) // _ROWS_AT_ONCE * _ROWS_AT_ONCE
    many = f"INSERT INTO {table} VALUES {','.join([row] * _ROWS_AT_ONCE)}"
    for at in range(0, whole, _ROWS_AT_ONCE):
        link.execute(many, list(chain.from_iterable(rows[at : at + _ROWS_AT_ONCE])))
    link.executemany(f"INSERT INTO {table} VALUES {row}", rows[whole:])
