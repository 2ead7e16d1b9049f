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
        self._state: tuple[int, int, float, int | None] = (at_us, monotonic_ns(), 0.0, None)

    def now_us(self) -> int:
        """Microseconds since the Unix epoch."""
        return self._at(self._monotonic_ns())

    def _at(self, machine_ns: int) -> int:
        at_us, since_ns, speed, leash_us = self._state
        passed_us = (machine_ns - since_ns) / 1_000
        now_us = at_us + int(passed_us * speed)
        if leash_us is None or now_us <= leash_us or speed <= 1.0:
            return now_us
        return leash_us + int(passed_us - (leash_us - at_us) / speed)

    def run(self, speed: float, at_us: int | None = None, *, leash_us: int | None = None) -> None:
        """Go on at a speed, 0 to stand still.

        at_us: from another instant. leash_us: beyond this instant no faster than the clock of the machine, so
        that it does not run away from a machine that cannot keep up; it never stands still of itself, because
        nothing is answered by centres whose clock stands.
        """
        # The machine is asked once: what passes between two questions would be lost to the exercise.
        machine_ns = self._monotonic_ns()
        begin_us = self._at(machine_ns) if at_us is None else at_us
        self._state = (begin_us, machine_ns, speed, leash_us)
