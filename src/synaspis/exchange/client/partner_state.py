"""What a partner's client remembers: one SQLite file beside the kit (`state.sqlite`).

Every row is durable before the caller goes on (write-ahead log, `synchronous=FULL`), so that after a crash:
a message that was sent has its envelope here, and is sent again byte for byte; an event that user code saw is
here; an event that is here and was not yet handled is handed out again. One process at a time writes it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from synaspis.core.errors import Fault, InputError, SynaspisError

_VERSION: Final = 1
_TABLES: Final = """
CREATE TABLE sent (
    id TEXT PRIMARY KEY, digest TEXT NOT NULL UNIQUE, envelope BLOB NOT NULL, sent_us INTEGER NOT NULL,
    answer BLOB, outcome TEXT, answered_us INTEGER, leaf TEXT, proof TEXT
) STRICT;
CREATE TABLE event (
    counter INTEGER PRIMARY KEY, type TEXT NOT NULL, salt TEXT NOT NULL, data BLOB NOT NULL,
    arrived_us INTEGER NOT NULL, leaf TEXT NOT NULL, proof TEXT
) STRICT;
CREATE TABLE submission (
    leaf TEXT PRIMARY KEY, counter INTEGER NOT NULL, proof TEXT
) STRICT;
CREATE TABLE evidence (
    number INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, what TEXT NOT NULL, first BLOB, second BLOB
) STRICT;
CREATE TABLE key (
    owner TEXT NOT NULL, raw BLOB NOT NULL, last_us INTEGER NOT NULL, PRIMARY KEY (owner, raw)
) STRICT;
CREATE TABLE handled (counter INTEGER NOT NULL) STRICT;
INSERT INTO handled VALUES (0);
"""


@dataclass(frozen=True, slots=True)
class Sent:
    """One message that this partner sent.

    id: of the message. digest: SHA-256 of the envelope, hex. envelope: as sent. sent_us: when it was first
    tried. answer: the centre's signed answer; None as long as none has come. outcome: `receipt` or `refusal`.
    leaf: hash of the leaf that the receipt promises, hex. proof: text of its inclusion proof, once fetched.
    """

    id: str
    digest: str
    envelope: bytes
    sent_us: int
    answer: bytes | None
    outcome: str | None
    answered_us: int | None
    leaf: str | None
    proof: str | None


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """One event of this partner's feed, as it came.

    counter: the partner's own, from 1. salt: 64 hex digits. data: the bytes of the event's JSON.
    arrived_us: by the partner's clock. leaf: hash of its release leaf, hex. proof: once fetched.
    """

    counter: int
    type: str
    salt: str
    data: bytes
    arrived_us: int
    leaf: str
    proof: str | None = None


@dataclass(frozen=True, slots=True)
class Unproven:
    """A leaf that the log owes a proof for.

    table: `sent`, `event` or `submission`. leaf: its hash, hex. since_us: from when on the merge delay runs.
    what: how people know it.
    """

    table: str
    leaf: str
    since_us: int
    what: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something that the centre signed and that contradicts something else that it signed."""

    at_us: int
    what: str
    first: bytes
    second: bytes


class PartnerState:
    """The state of one partner's client.

    path: the SQLite file; it is made (mode 600) where there is none.
    Raises InputError where the file is of another kind or version.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)
        fresh = not self._path.exists()
        if fresh:
            self._path.touch(mode=0o600)
        self._base = sqlite3.connect(self._path, isolation_level=None)
        try:
            self._open()
        except sqlite3.DatabaseError as error:
            self._base.close()
            remedy = "Move it away: the client fetches the feed again from the start."
            raise InputError(
                Fault(f"not a partner's state: {error}", source=str(path), remedy=remedy)
            ) from None

    def _open(self) -> None:
        self._base.execute("PRAGMA journal_mode=WAL")
        self._base.execute("PRAGMA synchronous=FULL")
        self._base.execute("PRAGMA busy_timeout=5000")
        (version,) = self._base.execute("PRAGMA user_version").fetchone()
        if version == 0:
            self._base.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version={_VERSION}; COMMIT;")
        elif version != _VERSION:
            raise sqlite3.DatabaseError(f"version {version}, this program knows {_VERSION}")

    def close(self) -> None:
        """Close the file; everything in it is durable already."""
        self._base.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it is durable at the end, or nothing of it was written."""
        try:
            self._base.execute("BEGIN IMMEDIATE")
            yield self._base
            self._base.execute("COMMIT")
        except sqlite3.OperationalError as error:
            what = f"{self._path} cannot be written: {error}. Make room and call again: nothing is lost"
            raise SynaspisError(what) from None
        finally:
            # SQLite itself ends a transaction for which the disk is full.
            if self._base.in_transaction:
                self._base.execute("ROLLBACK")

    # Messages sent.

    def remember_sending(self, id: str, digest: str, envelope: bytes, sent_us: int) -> None:
        """Keep an envelope before its first byte leaves."""
        with self._writing() as base:
            base.execute(
                "INSERT INTO sent (id, digest, envelope, sent_us) VALUES (?, ?, ?, ?)",
                (id, digest, envelope, sent_us),
            )

    def remember_answer(
        self, digest: str, answer: bytes, outcome: str, answered_us: int, leaf: str | None
    ) -> None:
        """Keep the centre's signed answer, the first one for good."""
        with self._writing() as base:
            base.execute(
                "UPDATE sent SET answer=?, outcome=?, answered_us=?, leaf=?"
                " WHERE digest=? AND answer IS NULL",
                (answer, outcome, answered_us, leaf, digest),
            )

    def sent(self) -> Iterator[Sent]:
        """All messages sent, in the order of sending."""
        for row in self._base.execute("SELECT * FROM sent ORDER BY sent_us, rowid"):
            yield Sent(*row)

    def unanswered(self) -> list[Sent]:
        """Messages of which it is not known whether they arrived."""
        rows = self._base.execute("SELECT * FROM sent WHERE answer IS NULL ORDER BY sent_us, rowid")
        return [Sent(*row) for row in rows]

    # Events received.

    def remember_events(self, events: Iterable[tuple[StoredEvent, str | None]]) -> None:
        """Keep events, all or none, each with the leaf of the submission that came with it, if any.

        One that is there already stays as it is: another process with this kit may have kept it.
        """
        with self._writing() as base:
            for event, submission in events:
                base.execute(
                    "INSERT OR IGNORE INTO event (counter, type, salt, data, arrived_us, leaf)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    (event.counter, event.type, event.salt, event.data, event.arrived_us, event.leaf),
                )
                if submission is not None:
                    base.execute(
                        "INSERT OR IGNORE INTO submission (leaf, counter) VALUES (?, ?)",
                        (submission, event.counter),
                    )

    def last_counter(self) -> int:
        """Counter of the newest event that is kept; 0 if there is none."""
        return int(self._base.execute("SELECT coalesce(max(counter), 0) FROM event").fetchone()[0])

    def events(self, after: int = 0, limit: int = -1) -> list[StoredEvent]:
        """Events with a counter above `after`, in their order; limit: at most so many, -1 for all."""
        rows = self._base.execute(
            "SELECT * FROM event WHERE counter > ? ORDER BY counter LIMIT ?", (after, limit)
        )
        return [StoredEvent(*row) for row in rows]

    def event(self, counter: int) -> StoredEvent | None:
        """One event; None where it is not kept."""
        row = self._base.execute("SELECT * FROM event WHERE counter = ?", (counter,)).fetchone()
        return None if row is None else StoredEvent(*row)

    def handled(self) -> int:
        """Counter up to which user code has handled events."""
        return int(self._base.execute("SELECT counter FROM handled").fetchone()[0])

    def mark_handled(self, counter: int) -> None:
        """Note that user code is done with the events up to a counter; it never goes back."""
        with self._writing() as base:
            base.execute("UPDATE handled SET counter = max(counter, ?)", (counter,))

    # Proofs.

    def unproven(self) -> list[Unproven]:
        """Every leaf for which no proof is kept: of receipts, of events, of the submissions behind them."""
        rows = self._base.execute(
            "SELECT 'sent', leaf, answered_us, 'receipt of message ' || id FROM sent"
            " WHERE leaf IS NOT NULL AND proof IS NULL"
            " UNION ALL SELECT 'event', leaf, arrived_us, 'release of event ' || counter FROM event"
            " WHERE proof IS NULL"
            " UNION ALL SELECT 'submission', s.leaf, e.arrived_us, 'submission behind event ' || e.counter"
            " FROM submission s JOIN event e USING (counter) WHERE s.proof IS NULL"
        )
        return [Unproven(*row) for row in rows]

    def remember_proofs(self, proofs: Iterable[tuple[Unproven, str]]) -> None:
        """Keep proofs that have been verified, all at once."""
        with self._writing() as base:
            for unproven, text in proofs:
                # The table is one of three names of this module.
                base.execute(f"UPDATE {unproven.table} SET proof = ? WHERE leaf = ?", (text, unproven.leaf))

    def proofs(self) -> Iterator[tuple[str, str, str]]:
        """Every proof that is kept: leaf hash, proof text, what it proves."""
        yield from self._base.execute(
            "SELECT leaf, proof, 'receipt of message ' || id FROM sent WHERE proof IS NOT NULL"
            " UNION ALL SELECT leaf, proof, 'release of event ' || counter FROM event WHERE proof IS NOT NULL"
            " UNION ALL SELECT leaf, proof, 'submission behind event ' || counter FROM submission"
            " WHERE proof IS NOT NULL"
        )

    def promised(self, leaf: str | None) -> bool:
        """Whether a proof is kept or still asked for of the leaf of a submission, given in hex."""
        return self._base.execute("SELECT 1 FROM submission WHERE leaf = ?", (leaf,)).fetchone() is not None

    # Keys.

    def remember_keys(self, keys: Mapping[str, bytes], now_us: int) -> None:
        """Keep public message keys by owner, with the time at which they are known to be in force."""
        with self._writing() as base:
            base.executemany(
                "INSERT INTO key VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET last_us = max(last_us, ?3)",
                [(owner, raw, now_us) for owner, raw in keys.items()],
            )

    def known_keys(self) -> list[tuple[str, bytes, int]]:
        """Every key that is kept: owner, 32 bytes, when it was last in force."""
        return list(self._base.execute("SELECT owner, raw, last_us FROM key ORDER BY owner, last_us"))

    # Evidence.

    def remember_evidence(self, at_us: int, what: str, first: bytes, second: bytes) -> None:
        """Keep two things that contradict each other, once."""
        with self._writing() as base:
            base.execute(
                "INSERT INTO evidence (at_us, what, first, second) SELECT ?, ?, ?, ? WHERE NOT EXISTS"
                " (SELECT 1 FROM evidence WHERE first = ? AND second = ?)",
                (at_us, what, first, second, first, second),
            )

    def evidence(self) -> list[Evidence]:
        """All evidence, oldest first."""
        rows = self._base.execute("SELECT at_us, what, first, second FROM evidence ORDER BY number")
        return [Evidence(*row) for row in rows]
