"""What turns the centre: it ticks and seals on its grid of time, and takes requests off a line between.

One keeper owns a centre and does one thing after the other. Envelopes are stamped as they come and opened
while nothing else is due; answers and events go back in one report for each tick, after the tick is stored.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import Any, Final

from synaspis.core.clock import SECOND_US, Clock
from synaspis.core.errors import InputError
from synaspis.exchange.answers import Answer
from synaspis.exchange.centre import Centre
from synaspis.exchange.store.storage import FeedEvent, StorageError
from synaspis.server.journal import Journal
from synaspis.server.line import Line, LineClosed, Pulse, Reply, Report, Request

SUBMIT: Final = "submit"
END: Final = "end"
"""Requests that every keeper knows: hand in an envelope; answer everything that was taken, seal, and end."""

_PULSE_US: Final = SECOND_US // 4
_LAST_TICKS: Final = 10


class KeeperFailed(Exception):
    """A request met an error that nobody foresaw; the keeper has written it down."""


class Keeper:
    """Keeps a centre.

    centre: its announcements are taken over. line: to whom it answers. requests: what it can be asked beside
    `SUBMIT` and `END`, by name.
    """

    def __init__(
        self,
        centre: Centre,
        line: Line,
        *,
        clock: Clock,
        journal: Journal,
        requests: Mapping[str, Callable[..., Any]],
    ) -> None:
        self._centre, self._line, self._clock, self._journal = centre, line, clock, journal
        self._requests = requests
        self._news: dict[str, Sequence[FeedEvent]] = {}
        self._answers: list[tuple[int, Answer]] = []
        self._replies: list[Reply] = []
        self._tick_s: float | None = None
        self._tick_us = self._told_us = clock.now_us()
        self._late_us = self._defects = 0
        self._seal_due_us = self._tick_us + centre.settings.seal_us
        self._is_ending = False
        centre.announce = self._announced

    def run(self) -> None:
        """Keep it until `END` is asked, or until the other end of the line is gone."""
        try:
            while not self._is_ending:
                due_us = self._centre.next_tick_us()
                self._take_until(due_us)
                self._late_us = max(0, self._clock.now_us() - due_us)
                self._tick()
                self._seal_if_due()
            self._finish()
        except LineClosed:
            # Whoever waited for an answer is gone as well; what was acknowledged is stored.
            return
        finally:
            self._line.close()

    def pulse(self) -> Pulse:
        """How the centre is now."""
        centre = self._centre
        return Pulse(
            self._tick_us,
            self._late_us,
            centre.ahead_us,
            centre.pending,
            centre.is_storing,
            centre.is_public,
            self._defects,
            replace(centre.tally, submitted=centre.tally.submitted.copy()),
        )

    def _take_until(self, due_us: int) -> None:
        """Take requests until an instant; look at least once."""
        left_us = due_us - self._clock.now_us()
        while True:
            is_opening = left_us > 0 and self._centre.open_next()
            for request in self._line.receive(0.0 if is_opening else max(0, left_us) / SECOND_US):
                self._take(request)
            self._tell()
            left_us = due_us - self._clock.now_us()
            if left_us <= 0 or self._is_ending:
                return

    def _take(self, request: Request) -> None:
        if request.name == END:
            self._is_ending = True
            return
        if request.name == SUBMIT:
            partner, raw = request.arguments
            if not (isinstance(partner, str) and isinstance(raw, bytes)):
                raise LineClosed
            ticket = self._centre.submit(partner, raw)
            ticket.on_answer(partial(self._answered, request.number))
            return
        value: Any = None
        error: Exception | None = None
        try:
            value = self._requests[request.name](*request.arguments)
        except (InputError, StorageError) as raised:
            error = raised
        except Exception as raised:
            self._defect(raised)
            error = KeeperFailed(request.name)
        self._replies.append(Reply(request.number, value, error))

    def _answered(self, number: int, answer: Answer) -> None:
        self._answers.append((number, answer))

    def _announced(self, events: Mapping[str, Sequence[FeedEvent]]) -> None:
        # A tick after a failed one may announce twice: first what that one has stored all the same.
        for partner, news in events.items():
            self._news[partner] = [*self._news.get(partner, ()), *news]

    def _tick(self) -> None:
        centre, began_s, failures = self._centre, perf_counter(), self._centre.tally.failures
        try:
            if centre.tick():
                self._tick_s = perf_counter() - began_s
            self._tick_us = self._clock.now_us()
            self._tell()
            # Between ticks, as the centre asks: about a millisecond for each launch report. After every tick:
            # what waits since a restart must not wait until somebody sends.
            centre.examine_pending()
        except StorageError as error:
            self._not_stored(error)
        except Exception as error:
            self._defect(error)
        if centre.tally.failures > failures:
            self._journal.write("not-stored", reason="tick")

    def _seal_if_due(self) -> None:
        now_us, seal_us = self._clock.now_us(), self._centre.settings.seal_us
        # The second comparison is for a clock that was put back.
        if now_us >= self._seal_due_us or self._seal_due_us - now_us > seal_us:
            self._seal_due_us = now_us + seal_us
            self._seal()

    def _seal(self) -> None:
        try:
            seal = self._centre.seal()
        except StorageError as error:
            self._not_stored(error)
        except Exception as error:
            self._defect(error)
        else:
            if seal is not None:
                self._journal.write("sealed", size=seal.size)

    def _finish(self) -> None:
        """Tick until everything taken is answered, and seal."""
        for _ in range(_LAST_TICKS):
            for request in self._line.receive(0.0):
                self._take(request)
            if not self._centre.pending:
                break
            time.sleep(self._centre.settings.tick_us / SECOND_US)
            self._tick()
        self._seal()
        self._told_us = -_PULSE_US
        self._tell()

    def _tell(self) -> None:
        """Send what there is to say, and a sign of life once in a while."""
        now_us = self._clock.now_us()
        is_due = abs(now_us - self._told_us) >= _PULSE_US
        if not (is_due or self._news or self._answers or self._replies):
            return
        self._told_us = now_us
        report = Report(self.pulse(), self._news, self._answers, self._replies, self._tick_s)
        self._news, self._answers, self._replies, self._tick_s = {}, [], [], None
        self._line.send(report)

    def _not_stored(self, error: StorageError) -> None:
        self._journal.write("not-stored", reason="full" if error.full else "error")

    def _defect(self, error: Exception) -> None:
        self._defects += 1
        self._journal.defect(error)
