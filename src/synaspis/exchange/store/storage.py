"""What a store of the centre keeps, and the few things that are asked of it; knows no database.

The centre numbers everything itself (entries, bodies, ticks, seals, counters): a store only keeps rows and
gives them back, all rows of one call in one transaction. After `commit`, `seal` or `cosign` returned, what
was given survives a crash of the machine; when one of them raises, nothing of it is there, or all of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from synaspis.core.errors import InputError, SynaspisError


class StorageError(SynaspisError):
    """The store could not keep what it was given; nothing may be acknowledged.

    full: there was no room left.
    """

    def __init__(self, text: str, *, full: bool = False) -> None:
        super().__init__(text)
        self.full = full


class AnotherWrites(InputError):
    """Another node holds the right to write; it may be waited for."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the log before it is sealed: canonical record and the 32 bytes of its salt."""

    record: bytes
    salt: bytes


@dataclass(frozen=True, slots=True)
class Submission:
    """One accepted envelope.

    entry: number of its entry. digest: SHA-256 of the envelope, hexadecimal. message_id: as its sender chose
    it, unique for this sender. kind: of the message. envelope, receipt: bytes as received and as answered.
    received_us: instant of receipt. findings: canonical JSON list of the rules that it breaks.
    """

    entry: int
    digest: str
    sender: str
    message_id: str
    kind: str
    envelope: bytes
    received_us: int
    receipt: bytes
    findings: bytes


@dataclass(frozen=True, slots=True)
class Body:
    """One distinct event.

    type: ``message``, ``picture`` or ``notice``. data: the bytes that recipients get. names: by which
    recipients can refer to the message that it shows.
    """

    type: str
    data: bytes
    names: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Release:
    """One event in the feed of one recipient: its counter there, the numbers of its body and its entry."""

    recipient: str
    counter: int
    body: int
    entry: int


@dataclass(frozen=True, slots=True)
class PolicyText:
    """A policy as it came into force: its version, the day it is of, and the text of the book."""

    version: str
    day: str
    book: str


@dataclass(frozen=True, slots=True)
class Marks:
    """The last number of each kind that is stored, 0 for none, and the instant of the last tick."""

    tick: int = 0
    at_us: int = 0
    entry: int = 0
    body: int = 0
    examined: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """All that one tick stores.

    marks: the last numbers once this batch is stored; the entries and bodies of the batch end with them.
    policy: set when another policy came into force. snapshot: state after this tick, when one is due.
    """

    marks: Marks
    entries: Sequence[Entry] = ()
    submissions: Sequence[Submission] = ()
    bodies: Sequence[Body] = ()
    releases: Sequence[Release] = ()
    policy: PolicyText | None = None
    snapshot: bytes | None = None


@dataclass(frozen=True, slots=True)
class StoredTick:
    """One tick as it was stored, for replay: its submissions and the records of its releases, in order."""

    number: int
    at_us: int
    submissions: Sequence[tuple[Submission, Entry]]
    releases: Sequence[bytes]


class FeedEvent(NamedTuple):
    """One event as a recipient gets it: counter, type, salt of its release leaf, bytes of the event."""

    counter: int
    type: str
    salt: bytes
    data: bytes


@dataclass(frozen=True, slots=True)
class Seal:
    """One growth of the log: its number from 1, the size it reached, its last entry, the signed note."""

    number: int
    size: int
    entry: int
    note: bytes


class Store(Protocol):
    """Keeps what the centre commits; one process at a time writes."""

    def identity(self, text: str) -> str:
        """The text of the first call ever made on this store; this call makes it if it is the first."""
        ...

    def probe(self) -> None:
        """Try to store something that nobody reads. Raises StorageError."""
        ...

    def marks(self) -> Marks:
        """The last numbers stored."""
        ...

    def commit(self, batch: Batch) -> None:
        """Keep a tick, whole and durable. Raises StorageError."""
        ...

    def known(self, digests: Sequence[str]) -> dict[str, Submission]:
        """Those of some envelopes that are stored, by digest."""
        ...

    def find(self, sender: str, message_id: str) -> Submission | None:
        """The message of an id that a sender has sent."""
        ...

    def shown(self, recipient: str, name: str) -> bool:
        """Whether an event in a recipient's feed shows the message that has this name there."""
        ...

    def counters(self) -> dict[str, int]:
        """The last counter of each recipient that has one."""
        ...

    def feed(self, recipient: str, after: int, limit: int) -> list[FeedEvent]:
        """Events of a recipient with a counter above `after`, in order, at most `limit`."""
        ...

    def ticks(self, after: int) -> Iterator[StoredTick]:
        """The ticks with a number above `after`, in order."""
        ...

    def submissions(self, after: int, limit: int) -> list[tuple[Submission, Entry]]:
        """Submissions with an entry above `after`, in order, at most `limit`."""
        ...

    def of_kind(self, kind: str, since_us: int, until: int) -> list[tuple[Submission, Entry]]:
        """Submissions of a kind received since an instant, with an entry of at most `until`, in order."""
        ...

    def snapshot(self) -> tuple[int, bytes] | None:
        """The newest snapshot and the number of the tick after which it was taken."""
        ...

    def policies(self) -> list[PolicyText]:
        """The policies that came into force, in order."""
        ...

    def entries(self, after: int, limit: int) -> list[tuple[int, Entry]]:
        """Entries with a number above `after`, in order, at most `limit`."""
        ...

    def seal(self, seal: Seal, leaves: Sequence[tuple[bytes, bytes]]) -> None:
        """Keep a seal and the leaves that it adds, each as its data and its hash. Raises StorageError."""
        ...

    def last_seal(self) -> Seal | None:
        """The seal made last."""
        ...

    def leaves(self, first: int, limit: int) -> list[bytes]:
        """Data of the leaves from an index on, in order, at most `limit`."""
        ...

    def position(self, leaf_hash: bytes) -> int | None:
        """Index of a leaf by its hash; None while it is not sealed."""
        ...

    def cosign(self, size: int, partner: str, lines: bytes) -> None:
        """Keep the cosignature of a partner's witness on the checkpoint of a size. Raises StorageError."""
        ...

    def cosignatures(self, size: int) -> dict[str, bytes]:
        """The cosignatures kept for the checkpoint of a size, by partner."""
        ...

    def close(self) -> None:
        """Let go of the store, so that another process may open it."""
        ...
