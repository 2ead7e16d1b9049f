"""An envelope in the queue, and what is known of it before its tick."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import NamedTuple

from synaspis.exchange.answers import Ticket
from synaspis.exchange.partners import Partner
from synaspis.messages import Message, Refused


class Opened(NamedTuple):
    """What stands in an envelope, or why it is not taken; by the keys of a partner at an instant."""

    partner: Partner | None
    received_us: int
    message: Message | None
    refused: Refused | None


@dataclass(slots=True)
class Submitted:
    """One envelope in the queue. refused, opened: what is known of it already, before the tick."""

    sender: str
    raw: bytes
    received_us: int
    ticket: Ticket
    refused: Refused | None = None
    opened: Opened | None = None
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        self.digest = hashlib.sha256(self.raw).hexdigest()
