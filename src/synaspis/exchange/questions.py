"""Questions that the centre asks about launch reports: what is still to be examined, and what was.

An examination takes longer than a tick may, so it runs between ticks, and its questions come back as messages
of the centre: logged as inputs, so that a replay needs no examination. How far examination has come is stored
with the ticks; after a crash it goes on from there, and a question that was asked already is known by its
bytes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from synaspis.agreement import AgreementBook
from synaspis.core.clock import SECOND_US
from synaspis.core.errors import InputError
from synaspis.exchange.accepted import Accepted
from synaspis.exchange.answers import Scribe, Ticket
from synaspis.exchange.client.kit import CENTRE
from synaspis.exchange.inbox import Inbox
from synaspis.exchange.keys import CentreKeys
from synaspis.exchange.state import State
from synaspis.exchange.store.storage import Store
from synaspis.messages import AmbiguityQuery, canonical_json, new_message, write_message

Questioner = Callable[[Accepted, Sequence[Accepted]], "list[AmbiguityQuery]"]
"""Gives the questions that a launch report raises, from it and the reports that came before it."""

EXAMINED_KIND: Final = "launch-report"
REMEMBERED_US: Final = 24 * 3600 * SECOND_US
"""For how long a later report is compared with one."""

REMEMBERED_OF_EACH: Final = 100
"""Newest reports of each sender that are compared; of each apart, so that none can crowd out another's."""


class Questions:
    """What is to be examined and what was.

    questioner: None examines nothing.
    """

    def __init__(self, questioner: Questioner | None, keys: CentreKeys, store: Store, state: State) -> None:
        self._questioner, self._keys, self._store = questioner, keys, store
        self.restore(state)

    def restore(self, state: State) -> None:
        """Begin anew from what is stored."""
        self._settled = state.marks.examined
        self._asked: deque[tuple[int, list[Ticket]]] = deque()
        self._pending: deque[tuple[Accepted, int]] = deque()
        self._earlier: dict[str, deque[Accepted]] = {}
        if self._questioner is None:
            return
        since_us = state.marks.at_us - REMEMBERED_US
        for submission, entry in self._store.of_kind(EXAMINED_KIND, since_us, state.marks.entry):
            accepted = state.accepted(submission, entry)
            if submission.entry > self._settled:
                self._pending.append((accepted, submission.entry))
            else:
                self._remember(accepted)

    def note(self, accepted: Accepted, entry: int) -> None:
        """Take what was accepted, with the number of its entry, for examination if it is of the kind."""
        if self._questioner is not None and accepted.message.kind == EXAMINED_KIND:
            self._pending.append((accepted, entry))

    def settled(self) -> int:
        """Entry up to which everything was examined and every question is stored."""
        while self._asked and all(ticket.answer is not None for ticket in self._asked[0][1]):
            self._settled = self._asked.popleft()[0]
        return self._settled

    def ask(self, book: AgreementBook, scribe: Scribe, inbox: Inbox, now_us: int) -> int:
        """Examine all that waits and queue what is asked; returns the number of questions."""
        asked = 0
        for payload, received_us, tickets in self._examine(book):
            given = inbox.add(CENTRE, scribe.own(payload), max(now_us, received_us), limited=False)
            tickets.append(given.ticket)
            asked += 1
        return asked

    def _examine(self, book: AgreementBook) -> Iterable[tuple[bytes, int, list[Ticket]]]:
        """Examine all that waits; gives the payload of each question, the instant from which it is, and the
        list to which the ticket of its submission is to be added.
        """
        while self._pending:
            accepted, entry = self._pending.popleft()
            tickets: list[Ticket] = []
            for question in self._ask(accepted):
                payload = self._payload(question, accepted, book)
                if payload is not None:
                    yield payload, accepted.received_us, tickets
            self._asked.append((entry, tickets))
            self._remember(accepted)

    def _ask(self, accepted: Accepted) -> list[AmbiguityQuery]:
        oldest_us = accepted.received_us - REMEMBERED_US
        earlier = [each for own in self._earlier.values() for each in own if each.received_us >= oldest_us]
        earlier.sort(key=lambda each: (each.received_us, each.digest))
        return [] if self._questioner is None else self._questioner(accepted, earlier)

    def _payload(self, question: AmbiguityQuery, accepted: Accepted, book: AgreementBook) -> bytes | None:
        known = {each.digest: each for own in self._earlier.values() for each in own}
        known[accepted.digest] = accepted
        try:
            label = book.combine(known[digest].message.label for digest in question.about)
        except InputError:
            return None  # markings of two kinds that nobody can be shown together
        body = canonical_json(question.model_dump(mode="json", exclude_none=True))
        return write_message(
            new_message(
                question,
                sender=CENTRE,
                label=label,
                # All from the reports, so that the same examination gives the same bytes again.
                sent_at_us=accepted.received_us,
                id=self._keys.derive("question", body)[:16].hex(),
                exercise=accepted.message.exercise,
            )
        )

    def _remember(self, accepted: Accepted) -> None:
        own = self._earlier.setdefault(accepted.message.sender, deque(maxlen=REMEMBERED_OF_EACH))
        own.append(accepted)
