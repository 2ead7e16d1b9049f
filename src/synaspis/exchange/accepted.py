"""A message that the centre has accepted: what intake hands to release, fusion and examination."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from synaspis.agreement import Item
    from synaspis.messages import Message
    from synaspis.messages.rules import Finding


@dataclass(frozen=True, slots=True)
class Accepted:
    """One submission, signed, parsed and judged, with what commits the log to it.

    message: what was said. item: what the agreements look at. envelope: the DSSE envelope, bytes as received.
    digest: SHA-256 of the envelope, 64 hexadecimal digits. received_us: instant of receipt, microseconds
    since the epoch. record, salt: submission record (canonical JSON) and the 32 bytes that its leaf in the
    log was salted with; who has both can verify the leaf. findings: rules of notification that it breaks.
    """

    message: Message
    item: Item
    envelope: bytes
    digest: str
    received_us: int
    record: bytes
    salt: bytes
    findings: tuple[Finding, ...] = ()
