"""What the server grants a partner and no more: one table, part of `server.yaml`, and the buckets that count.

What a message may be (its size, how many a second, its clock) is the centre's own matter: it answers with a
signed refusal. These limits stand before it and guard the machine. Each is a partner's own. None of them is
shared between partners, so that none can tell a partner whether others are busy; the total of connections is
the one exception, and its default leaves room for every partner's own limit.
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field

from synaspis.core.documents import FrozenModel


class Limits(FrozenModel):
    """Limits of the server; each may be set in `server.yaml` under `limits`."""

    body_bytes: int = Field(
        1 << 20, ge=1 << 10, le=1 << 26, description="Longest body of a request, bytes (413 above)."
    )
    header_bytes: int = Field(
        1 << 14,
        ge=1 << 10,
        le=1 << 18,
        description="Longest address and headers together, bytes (431 above).",
    )
    batch_lines: int = Field(100, ge=1, le=10_000, description="Most envelopes in one ndjson body.")
    requests_per_s: float = Field(
        200.0, gt=0, le=1e6, description="Requests a second of one partner, on average (429 above)."
    )
    requests_burst: int = Field(400, ge=1, le=10**6, description="Requests that may come at once.")
    connections_per_partner: int = Field(
        16, ge=1, le=10_000, description="Open connections of one partner (429 above, then closed)."
    )
    connections_total: int = Field(
        4_096, ge=1, le=10**6, description="Open connections of all partners together (503 above)."
    )
    feeds_per_partner: int = Field(4, ge=1, le=1_000, description="Feeds of one partner at once (429 above).")
    handshakes: int = Field(
        512,
        ge=1,
        le=65_536,
        description="TLS handshakes under way at once, of strangers too; each holds 256 KiB. Others wait.",
    )
    handshake_s: float = Field(
        5.0, gt=0, le=60, description="Seconds until a TLS handshake has to be complete, or it is cut off."
    )
    request_s: float = Field(
        20.0, gt=0, le=600, description="Seconds until a request has to be complete, or it is cut off."
    )
    keep_alive_s: int = Field(
        75, ge=1, le=3_600, description="Seconds that an idle connection is kept between requests."
    )
    heartbeat_s: float = Field(
        10.0, gt=0, le=60, description="Seconds of silence after which a feed gets a comment line."
    )
    stalled_s: float = Field(
        60.0, gt=0, le=3_600, description="Seconds that a feed's reader may take nothing, or it is cut off."
    )
    recent_events: int = Field(
        512,
        ge=1,
        le=10**6,
        description="Events kept in memory for a partner; one that is further behind reads from the store.",
    )
    recent_bytes: int = Field(
        4 << 20, ge=1 << 10, le=1 << 30, description="The same in bytes; whichever is reached first."
    )
    write_bytes: int = Field(
        1 << 18, ge=1 << 10, le=1 << 26, description="Most bytes of events in one write to a feed."
    )
    catch_up_events: int = Field(
        256, ge=1, le=10_000, description="Events read from the store at once for a partner that is behind."
    )
    feed_batch: int = Field(
        1_000, ge=1, le=100_000, description="Most events in one answer of /v1/feed/batch."
    )


@dataclass
class Bucket:
    """A token bucket: so many a second on average, so many at once.

    rate_per_s, burst: as said. level: tokens left. at_s: instant of the level, of a clock that never goes
    back.
    """

    rate_per_s: float
    burst: float
    level: float
    at_s: float

    @classmethod
    def full(cls, rate_per_s: float, burst: float, now_s: float) -> Bucket:
        """Return a bucket that is full now."""
        return cls(rate_per_s, burst, burst, now_s)

    def take(self, count: float, now_s: float) -> float:
        """Take tokens, all or none.

        count: more than `burst` is never granted. Returns 0 if they were taken, otherwise the seconds until
        they will be there.
        """
        self.level = min(self.burst, self.level + (now_s - self.at_s) * self.rate_per_s)
        self.at_s = now_s
        if count <= self.level:
            self.level -= count
            return 0.0
        return (min(count, self.burst) - self.level) / self.rate_per_s or 1.0 / self.rate_per_s
