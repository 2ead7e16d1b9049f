"""What a gateway grants the other side and no more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GatewayLimits:
    """Limits of a gateway; all of one connection or source, but the first.

    connections: at once, of all peers. connections_per_host: of one address. handshake_s: until TLS has to
    be complete. event_s: until an event, or a request, that has begun has to be whole. stalled_s: until a
    reader has to take something of what waits for it. events_per_s, events_burst: read so fast, then slower.
    notes_per_s, notes_burst: notes that are taken in; more are refused. refused: events that may be refused
    before the connection is closed. queue: notes that wait for the centre, of all peers.
    buffer_bytes: that wait for one reader, beyond what the system holds.
    """

    connections: int = 64
    connections_per_host: int = 32
    handshake_s: float = 5.0
    event_s: float = 20.0
    stalled_s: float = 30.0
    events_per_s: float = 100.0
    events_burst: int = 500
    notes_per_s: float = 0.5
    notes_burst: int = 20
    refused: int = 20
    queue: int = 100
    buffer_bytes: int = 1 << 18


class Bucket:
    """Counts how often something may happen: `burst` times at once, `per_s` a second after that."""

    def __init__(self, per_s: float, burst: int, now_s: Callable[[], float]) -> None:
        self._per_s, self._burst, self._now_s = per_s, float(burst), now_s
        self._left, self._at = float(burst), now_s()

    def take(self) -> float:
        """Take one. Returns 0, or the seconds after which there is one again; then nothing was taken."""
        now = self._now_s()
        self._left = min(self._burst, self._left + (now - self._at) * self._per_s)
        self._at = now
        if self._left < 1.0:
            return (1.0 - self._left) / self._per_s
        self._left -= 1.0
        return 0.0
