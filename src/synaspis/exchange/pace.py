"""The time of a centre: a grid of ticks that never goes back, however the clock of the machine jumps."""

from __future__ import annotations

from synaspis.core.clock import Clock


class Pace:
    """When ticks are.

    clock: of the machine; may jump. step_us: of the grid. at_us: instant of the last tick that was stored.
    """

    def __init__(self, clock: Clock, step_us: int, at_us: int) -> None:
        self._clock, self._step_us, self.at_us = clock, step_us, at_us
        self._waits = False

    def now_us(self) -> int:
        """Instant at which something is received now: never before the last tick.

        What a tick has released stays released before what comes after it.
        """
        return max(self._clock.now_us(), self.at_us)

    def ahead_us(self) -> int:
        """How far the time of the centre is ahead of a clock that was put back; 0 when it is not."""
        return max(0, self.at_us - self._clock.now_us())

    def next_us(self) -> int:
        """Instant at which the next tick is due, by the clock as it stands."""
        return (self._clock.now_us() // self._step_us + 1) * self._step_us

    def instant_us(self, *, again: bool = False) -> int | None:
        """Instant of the tick that is asked for now; None in a cell of the grid that has had its tick.

        again: the last tick of this cell failed. While the clock stands before the last tick, time goes on at
        half its pace until the clock has caught up: what is due is released, and no two instants change
        places.
        """
        now_us = self._clock.now_us()
        if now_us < self.at_us:
            self._waits = not self._waits
            return self.at_us if self._waits else self.at_us + self._step_us
        at_us = now_us // self._step_us * self._step_us
        return None if at_us == self.at_us and not again else at_us
