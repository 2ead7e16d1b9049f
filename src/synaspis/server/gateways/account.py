"""What a gateway did: everything is counted, and said as long as somebody could read along."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from synaspis.core.clock import SECOND_US, Clock
from synaspis.gateways.carried import NotCarried

LINES_PER_MINUTE = 60
"""Lines that are said; what a hostile peer causes beyond is counted, and fills no disk."""

_KNOWN_MAX = 1_000
_TEXT_MAX = 300


class Account:
    """Counts and says.

    clock: by which minutes pass. say: takes a line for the operator.
    counts: how often each kind of thing happened.
    """

    def __init__(self, clock: Clock, say: Callable[[str], None]) -> None:
        self._clock, self._say = clock, say
        self.counts: Counter[str] = Counter()
        self._left_out: set[tuple[str, str]] = set()
        self._minute, self._said = 0, 0

    def note(self, kind: str, text: str) -> None:
        """Count something, and say it if there is room."""
        self.counts[kind] += 1
        minute = self._clock.now_us() // (60 * SECOND_US)
        if minute != self._minute:
            if self._said > LINES_PER_MINUTE:
                self._say(f"{self._said - LINES_PER_MINUTE} further lines were not written")
            self._minute, self._said = minute, 0
        self._said += 1
        if self._said <= LINES_PER_MINUTE:
            printable = "".join(sign if sign.isprintable() else "\ufffd" for sign in text[:_TEXT_MAX])
            self._say(f"{kind}: {printable}")

    def left_out(self, things: Iterable[NotCarried]) -> None:
        """Count what a format could not carry; each sort of thing is said once."""
        for thing in things:
            self.counts["not carried"] += 1
            sort = (thing.what, thing.why)
            if sort not in self._left_out and len(self._left_out) < _KNOWN_MAX:
                self._left_out.add(sort)
                self.note("left out", str(thing))
