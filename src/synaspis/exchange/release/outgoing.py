"""What leaves: deliveries, and the order in which they leave."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, NamedTuple

EventType = Literal["message", "picture", "notice"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for some recipients.

    recipients: ids, in alphabetical order. type: of the event. body: its JSON, the bytes that are hashed and
    sent. at_us: when it was received or fell due, microseconds since the epoch.
    """

    recipients: tuple[str, ...]
    type: EventType
    body: bytes
    at_us: int


class Rank(IntEnum):
    """What comes first of events with the same instant: what others rest on before what rests on it."""

    NOTICE = 0
    STATEMENT = 1
    REFERRING = 2
    DERIVED = 3
    PICTURE = 4


class Outgoing(NamedTuple):
    """A delivery before it is put in its place.

    Tuples sort by instant, rank and bytes: for two events that one recipient gets, which comes first follows
    from what it sees of these two, whatever went to others between them.
    """

    at_us: int
    rank: Rank
    body: bytes
    type: EventType
    mask: int
