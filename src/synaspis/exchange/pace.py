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
        """Instant at which something is received now: always after the last tick.

        What a tick has released stays released before what comes after it; and a tick without anything to
        store, of which a replay knows nothing, cannot have changed what becomes of it.
        """
        return max(self._clock.now_us(), self.at_us + 1)

    def ahead_us(self) -> int:
        """How far the time of the centre is ahead of a clock that was put back; 0 when it is not."""
        return max(0, self.at_us - self._clock.now_us())

    def next_us(self) -> int:
        """Instant at which the next tick is due, by the clock as it stands."""
        return (self._clock.now_us() // self._step_us + 1) * self._step_us

    def instant_us(self) -> int | None:
        """Instant of the tick that is asked for now, later than any before; None where there is to be none.

        There is one tick in each cell of the grid. While the clock stands before the last tick, only every
        second one that is asked for takes place, one step later each: time goes on at half its pace until the
        clock has caught up, so that what is due is released and no two instants change places.
        """
        now_us = self._clock.now_us()
        if now_us < self.at_us:
            self._waits = not self._waits
            return None if self._waits else self.at_us + self._step_us
        at_us = now_us // self._step_us * self._step_us
        return at_us if at_us > self.at_us else None
