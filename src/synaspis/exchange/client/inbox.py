"""Keeping what the feed brings: in order, without a gap, and durable before anybody sees it."""

from __future__ import annotations

from collections.abc import Callable

from synaspis.core.clock import Clock
from synaspis.exchange.client.errors import Alarm
from synaspis.exchange.client.events import read_event, release_leaf, submission_leaf
from synaspis.exchange.client.feed import RawEvent
from synaspis.exchange.client.partner_state import PartnerState, StoredEvent


class Inbox:
    """Takes events for one partner.

    partner: its id. state: where they are kept. clock: tells when they came. alarm: called with a promise
    that was broken where the feed can go on all the same.
    """

    def __init__(self, partner: str, state: PartnerState, clock: Clock, alarm: Callable[[str], None]) -> None:
        self._partner, self._state, self._clock, self._alarm = partner, state, clock, alarm

    def keep(self, group: list[RawEvent]) -> None:
        """Keep the events of a group that are new, all in one transaction.

        Raises Alarm for a counter that was left out, after keeping those before it.
        """
        last = self._state.last_counter()
        rows: list[tuple[StoredEvent, str | None]] = []
        try:
            for raw in group:
                event = self._event(raw)
                if event.counter <= last:
                    self._compare(event)
                    continue
                if event.counter != last + 1:
                    raise Alarm(f"event {event.counter} follows event {last}: the centre left some out")
                last = event.counter
                rows.append((event, submission_leaf(read_event(event, None))))
        finally:
            if rows:
                self._state.remember_events(rows)

    def _event(self, raw: RawEvent) -> StoredEvent:
        try:
            counter = int(raw.id)
            salt, data = raw.data[0].decode("ascii"), raw.data[1]
            leaf = release_leaf(self._partner, counter, salt, data)
        except (ValueError, IndexError):
            raise Alarm(f"an event without counter, salt or content came: {raw.id[:40]!r}") from None
        return StoredEvent(counter, raw.event, salt, data, self._clock.now_us(), leaf)

    def _compare(self, again: StoredEvent) -> None:
        known = self._state.event(again.counter)
        if known is not None and (known.salt, known.data) != (again.salt, again.data):
            what = f"event {again.counter} came twice, with different content"
            self._state.remember_evidence(self._clock.now_us(), what, known.data, again.data)
            self._alarm(what)
