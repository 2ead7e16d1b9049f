"""What a centre reads from its store, in the SQL that SQLite and PostgreSQL share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, Final

from synaspis.exchange.store.storage import (
    Entry,
    FeedEvent,
    Marks,
    PolicyText,
    Seal,
    StoredTick,
    Submission,
)

SUBMISSION: Final = (
    "s.entry, s.digest, s.sender, s.message_id, s.kind, s.envelope, s.received_us, s.receipt, s.findings"
)


class StoreReads(ABC):
    """The reading half of a `Store` in tables."""

    @abstractmethod
    def _rows(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        """All rows of a query in which `?` stands for each value."""

    def marks(self) -> Marks:
        """The last numbers stored."""
        rows = self._rows(
            "SELECT number, at_us, entry, body, examined FROM tick ORDER BY number DESC LIMIT 1"
        )
        return Marks(*rows[0]) if rows else Marks()

    def find(self, sender: str, message_id: str) -> Submission | None:
        """The message of an id that a sender has sent."""
        query = f"SELECT {SUBMISSION} FROM submission s WHERE sender=? AND message_id=?"
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
        self, condition: str, values: Sequence[object], limit: int | None = None
    ) -> list[tuple[Submission, Entry]]:
        query = (
            f"SELECT {SUBMISSION}, e.record, e.salt FROM submission s JOIN entry e ON e.number = s.entry "
            f"WHERE {condition} ORDER BY s.entry{'' if limit is None else f' LIMIT {limit:d}'}"
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
        rows = self._rows("SELECT position FROM leaf WHERE hash=? ORDER BY position LIMIT 1", (leaf_hash,))
        return int(rows[0][0]) if rows else None

    def cosignatures(self, size: int) -> dict[str, bytes]:
        """The cosignatures kept for the checkpoint of a size, by partner."""
        return dict(
            self._rows("SELECT partner, lines FROM cosignature WHERE size=? ORDER BY partner", (size,))
        )
