"""Where submissions wait for their tick, and the limits that each partner meets there for itself."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass

from synaspis.core.clock import SECOND_US
from synaspis.core.errors import Fault
from synaspis.exchange.answers import Ticket
from synaspis.exchange.client.kit import CENTRE
from synaspis.exchange.settings import Limits
from synaspis.exchange.submitted import Submitted
from synaspis.messages import Refused


@dataclass(slots=True)
class _Bucket:
    """Tokens of one partner, in messages; as of an instant."""

    tokens: float
    at_us: int


class Inbox:
    """Submissions of all partners in the order of receipt.

    limits: of each partner apart, so that no answer tells a partner whether others are busy.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._queue: deque[Submitted] = deque()
        self._closed: deque[Submitted] = deque()
        self._waiting: Counter[str] = Counter()
        self._buckets: dict[str, _Bucket] = {}

    def __len__(self) -> int:
        return len(self._queue)

    def add(self, sender: str, raw: bytes, received_us: int, *, limited: bool = True) -> Submitted:
        """Queue an envelope, judged beforehand where its size alone decides.

        limited: False for what the centre itself says, which nobody else can say. Raises Refused,
        `rate-limited`, if the partner has sent too many or too many of it wait; nothing is queued then.
        """
        refused: Refused | None = None
        if limited:
            if sender == CENTRE:
                # What the centre says is taken without a look at its signature.
                raise Refused("wrong-partner", Fault("the centre takes nothing in its own name", "sender"))
            self._spend(sender, received_us)
            most = self._limits.envelope_bytes
            if len(raw) > most:
                what = f"an envelope of {len(raw):,} bytes; at most {most:,} are taken"
                refused = Refused("oversize", Fault(what, remedy="Say it in several messages."))
        given = Submitted(sender, raw, received_us, Ticket(), refused)
        self._queue.append(given)
        self._waiting[sender] += 1
        if limited and refused is None:
            self._closed.append(given)
        return given

    def next_closed(self) -> Submitted | None:
        """The next envelope of a partner that could be opened ahead of its tick; each comes once."""
        return self._closed.popleft() if self._closed else None

    def _spend(self, sender: str, now_us: int) -> None:
        limits = self._limits
        if self._waiting[sender] >= limits.pending:
            what = f"{limits.pending:,} messages of {sender!r} wait already; no more are queued"
            raise Refused("rate-limited", Fault(what, remedy="Wait for the answers, then send again."))
        bucket = self._buckets.setdefault(sender, _Bucket(limits.burst, now_us))
        gained = max(0, now_us - bucket.at_us) / SECOND_US * limits.messages_per_s
        bucket.tokens, bucket.at_us = min(limits.burst, bucket.tokens + gained), now_us
        if bucket.tokens < 1.0:
            wait_s = (1.0 - bucket.tokens) / limits.messages_per_s
            what = f"more than {limits.messages_per_s:g} messages a second, {limits.burst:,} at once"
            raise Refused("rate-limited", Fault(what, remedy=f"Send again in {wait_s:.3f} s."))
        bucket.tokens -= 1.0

    def take(self, at_us: int, now_us: int) -> list[Submitted]:
        """Take out what belongs to a tick: received up to its instant, in the order of receipt.

        now_us: of the clock. What is stamped later than that was received before the clock was put back; it
        is taken as received at the tick.
        """
        taken: list[Submitted] = []
        kept: deque[Submitted] = deque()
        for given in self._queue:
            if given.received_us <= at_us or given.received_us > now_us:
                given.received_us = min(given.received_us, at_us)
                taken.append(given)
            else:
                kept.append(given)
        self._queue = kept
        waiting = set(map(id, kept))
        self._closed = deque(each for each in self._closed if id(each) in waiting)
        self._waiting.subtract(each.sender for each in taken)
        taken.sort(key=lambda each: each.received_us)
        return taken
