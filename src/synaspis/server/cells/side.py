"""One of the two centres as the cells of this process meet it: they submit, read and look as partners do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from synaspis.agreement import AgreementBook
from synaspis.exchange.answers import Answer
from synaspis.exchange.client.kit import PartnerKit
from synaspis.exchange.store.storage import FeedEvent
from synaspis.messages import SigningKey
from synaspis.server.desk import Desk

CentreName = Literal["data", "coordination"]

CENTRES: Final[tuple[CentreName, ...]] = ("data", "coordination")
"""The data exchange centre, and the planning and operations coordination centre."""


@dataclass(frozen=True)
class Side:
    """One centre.

    name: which of the two. desk: of the centre in service. book: agreements that it was opened with. url:
    where partners with programs of their own reach it. kits, keys: of the cells, by id.
    """

    name: CentreName
    desk: Desk
    book: AgreementBook
    url: str
    kits: Mapping[str, PartnerKit]
    keys: Mapping[str, SigningKey]

    async def submit(self, cell: str, raw: bytes) -> Answer:
        """Hand in an envelope of a cell and wait for the answer. Raises Problem 503 when it is stopping."""
        return await self.desk.submit(cell, raw)

    async def read(self, cell: str, after: int, limit: int) -> Sequence[FeedEvent]:
        """Events of a cell from the store, in order, at most `limit`."""
        return await self.desk.feed(cell, after, limit)


@dataclass(frozen=True)
class DeskLink:
    """The part of a partner's link that its witness needs, without a network between.

    desk: of the centre. partner: whose witness it is.
    """

    desk: Desk
    partner: str

    async def checkpoint(self) -> bytes | None:
        """The newest checkpoint."""
        return await self.desk.checkpoint()

    async def consistency(self, first: int, second: int) -> list[bytes]:
        """Hashes that prove that one size of the log continues another."""
        return await self.desk.consistency(first, second)

    async def proof(self, leaf: str) -> str | None:
        """Inclusion proof of a leaf, by its hash in hex."""
        return await self.desk.proof(bytes.fromhex(leaf))

    async def cosign(self, lines: bytes) -> Any:
        """Hand in a cosignature."""
        await self.desk.cosign(self.partner, lines)
