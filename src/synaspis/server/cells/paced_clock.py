"""The clock of an exercise in real time: it stands, runs at a speed, and can be put to another instant."""

from __future__ import annotations

import time
from collections.abc import Callable


class PacedClock:
    """A clock that an exercise sets: it stands still until it is let go.

    at_us: where it stands, microseconds since the epoch. monotonic_ns: of the machine. Read by any thread.
    """

    def __init__(self, at_us: int, monotonic_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self._monotonic_ns = monotonic_ns
        self._state = (at_us, monotonic_ns(), 0.0)

    def now_us(self) -> int:
        """Microseconds since the Unix epoch."""
        at_us, since_ns, speed = self._state
        return at_us + int((self._monotonic_ns() - since_ns) * speed / 1_000)

    def run(self, speed: float, at_us: int | None = None) -> None:
        """Go on at a speed, 0 to stand still; at_us: from another instant."""
        begin_us = self.now_us() if at_us is None else at_us
        self._state = (begin_us, self._monotonic_ns(), speed)
