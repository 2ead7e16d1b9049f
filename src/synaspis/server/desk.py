"""What the web application asks of the centre, and no more: the border between sockets and decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from synaspis.exchange.answers import Answer
from synaspis.exchange.store.storage import FeedEvent

State = Literal["ok", "behind", "disk", "store", "stopping"]


@dataclass(frozen=True, slots=True)
class Health:
    """How the centre is.

    status: ``ok``; ``behind`` if ticks come late; ``disk`` if there is no room, or the store takes nothing;
    ``store`` if a mirror cannot read the store; ``stopping``. detail: a sentence without numbers of others.
    """

    status: State
    detail: str


class Desk(Protocol):
    """The centre behind the application; every method returns once what it says is durable."""

    async def submit(self, partner: str, raw: bytes) -> Answer:
        """Hand in one envelope of a partner and wait for the tick that takes it."""
        ...

    async def feed(self, partner: str, after: int, limit: int) -> Sequence[FeedEvent]:
        """Events of a partner with a counter above `after`, in order, at most `limit`."""
        ...

    async def checkpoint(self) -> bytes | None:
        """The newest checkpoint, a signed note; None before there is one."""
        ...

    async def proof(self, leaf: bytes) -> str | None:
        """Inclusion proof of a leaf hash (C2SP tlog-proof); None while it is not sealed."""
        ...

    async def consistency(self, first: int, second: int) -> list[bytes]:
        """Consistency proof between two sizes (RFC 6962, 2.1.2). Raises InputError for sizes it has not."""
        ...

    async def cosign(self, partner: str, lines: bytes) -> None:
        """Keep the cosignature of a partner's witness on the newest checkpoint. Raises InputError."""
        ...

    def log_file(self, path: str) -> bytes | None:
        """A file of the public log, such as ``tile/0/000``; None if there is none. path: was checked."""
        ...

    def keys(self) -> dict[str, Any]:
        """Public keys of the centre and its log."""
        ...

    def health(self) -> Health:
        """How the centre is now."""
        ...
