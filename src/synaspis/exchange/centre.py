"""The data exchange centre: envelopes, agreements and ticks in, receipts and deliveries out.

A state machine without a clock, thread or socket of its own. `submit` queues. `tick` takes what was queued,
judges it, releases what is due, and stores submissions, releases and counters in one transaction; receipts
and events go out after that and never before. The same inputs at the same times give the same bytes, so that
the memory, lost in a crash, can be made again from what is stored.

Owned by one thread; `feed`, `proof`, `checkpoint` and `consistency` read only what is committed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from synaspis.agreement import AgreementBook
from synaspis.core.clock import Clock
from synaspis.core.errors import Fault, InputError
from synaspis.exchange.answers import Answer, Scribe, Ticket
from synaspis.exchange.describe import describe_checked
from synaspis.exchange.draft import Draft
from synaspis.exchange.inbox import Inbox
from synaspis.exchange.intake import Examine, Intake, Judged
from synaspis.exchange.keys import CentreKeys
from synaspis.exchange.pace import Pace
from synaspis.exchange.partners import Partner
from synaspis.exchange.questions import Questioner, Questions
from synaspis.exchange.sealing import Sealing
from synaspis.exchange.settings import Settings
from synaspis.exchange.state import State, check_identity
from synaspis.exchange.store.storage import FeedEvent, Seal, StorageError, Store
from synaspis.exchange.submitted import Submitted
from synaspis.exchange.tally import Tally
from synaspis.messages import Refused

Announce = Callable[[Mapping[str, Sequence[FeedEvent]]], object]

_LOGGER: Final = logging.getLogger(__name__)


class Centre:
    """A centre on a store.

    settings: clockwork and limits. book: agreements to be in force; None goes on with those stored. keys: its
    secrets. store: opened. clock: tells the time. log_folder: public files of the log. partners: who may
    submit, by id. rules: finds the rules that a notification breaks. questioner: finds what is asked about
    reports. announce: called after each commit with the new events of each recipient.
    Raises InputError if the store belongs to other keys, if the published log is not that of the store, or if
    a replay of what is stored does not give what was released.
    """

    def __init__(
        self,
        settings: Settings,
        book: AgreementBook | None,
        keys: CentreKeys,
        store: Store,
        clock: Clock,
        *,
        log_folder: Path | str,
        partners: Mapping[str, Partner],
        rules: Examine | None = None,
        questioner: Questioner | None = None,
        announce: Announce | None = None,
    ) -> None:
        check_identity(store, keys, settings)
        self.settings, self.announce, self.tally = settings, announce, Tally()
        self._keys, self._store = keys, store
        self._scribe = Scribe(keys)
        self._intake = Intake(settings, store, self._scribe, partners, rules)
        self._sealing = Sealing(log_folder, settings, keys, store)
        self._inbox = Inbox(settings.limits)
        self._state = State(settings, keys, store, book)
        self._pace = Pace(clock, settings.tick_us, self._state.marks.at_us)
        self._must_restore = False
        self._questions = Questions(questioner, keys, store, self._state)

    @property
    def partners(self) -> Mapping[str, Partner]:
        """Who may submit, by id; assign to admit, rotate or retire."""
        return self._intake.partners

    @partners.setter
    def partners(self, partners: Mapping[str, Partner]) -> None:
        self._intake.partners = partners

    @property
    def is_storing(self) -> bool:
        """Whether the last attempt to store succeeded."""
        return not self._must_restore

    @property
    def is_public(self) -> bool:
        """Whether the newest checkpoint is in the public files."""
        return self._sealing.is_public

    @property
    def pending(self) -> int:
        """Submissions that wait for their tick."""
        return len(self._inbox)

    @property
    def ahead_us(self) -> int:
        """How far the time of the centre is ahead of a clock that was put back; 0 when it is not."""
        return self._pace.ahead_us()

    def next_tick_us(self) -> int:
        """Instant at which the next tick is due, by the clock as it stands."""
        return self._pace.next_us()

    def submit(self, sender: str, raw: bytes) -> Ticket:
        """Queue an envelope for the next tick.

        sender: partner that the connection belongs to. raw: bytes as received. Returns a ticket; it is
        answered at once where rate or queue forbid more, else after the commit of its tick.
        """
        try:
            return self._inbox.add(sender, raw, self._pace.now_us()).ticket
        except Refused as refused:
            given = Submitted(sender, raw, self._pace.now_us(), Ticket())
            self._refuse(given, refused)
            return given.ticket

    def open_next(self) -> bool:
        """Verify and read one envelope that waits, ahead of its tick; returns whether there was one."""
        given = self._inbox.next_closed()
        if given is not None:
            self._intake.open(given)
        return given is not None

    def adopt(self, book: AgreementBook) -> None:
        """Have a book of agreements in force from the next tick on."""
        self._state.next_book = book

    def examine_pending(self) -> int:
        """Examine the launch reports stored since the last call; returns how many questions were asked.

        Call it between ticks. The questions are submitted like messages and stored by a later tick.
        """
        return self._questions.ask(self._state.book, self._scribe, self._inbox, self._pace.now_us())

    def tick(self) -> bool:
        """Do all that is due; returns whether anything was stored. Only the first call within a cell counts.

        A failure to store answers every submission of the tick with a refusal, and leaves memory as stored.
        Any other error is a fault of the program: memory is made again from the store, the submissions are
        refused, and the error goes up.
        """
        at_us = self._pace.instant_us()
        if at_us is None:
            return False
        inputs = self._inbox.take(at_us, self._pace.now_us())
        try:
            if self._must_restore:
                self._restore()
            draft, answers = self._work(inputs, at_us)
            if not draft.entries:
                self._pace.at_us = at_us
                self._resolve(answers)
                return False
            self._commit(draft, at_us)
        except StorageError as error:
            self._fail(inputs, error)
            return False
        except Exception:
            self._fail(inputs, None)
            raise
        self._pace.at_us = at_us
        self._resolve(answers)
        self._announce(draft.events)
        return True

    def _announce(self, events: Mapping[str, Sequence[FeedEvent]]) -> None:
        if self.announce is not None and events:
            self.announce(events)

    def _work(self, inputs: list[Submitted], at_us: int) -> tuple[Draft, list[tuple[Submitted, Answer]]]:
        state = self._state
        draft = Draft(self._scribe, state.marks, state.counters)
        if state.policy is None:
            state.enter(at_us, draft)
        self._intake.begin(inputs)
        answers = [(given, self._judge(given, draft)) for given in inputs]
        state.enter(at_us, draft)
        draft.deliver(state.advance(at_us))
        if state.next_book is not None and draft.policy is None:
            # A tick stores one policy, because a snapshot may need each that was in force.
            state.adopt(state.next_book, at_us, draft)
        return draft, answers

    def _judge(self, given: Submitted, draft: Draft) -> Answer:
        state = self._state
        policy = state.enter(given.received_us, draft)
        try:
            judged = self._intake.judge(
                given, lambda message: describe_checked(message, state.book), policy.version
            )
        except Refused as refused:
            entry = self._scribe.refusal(given.sender, given.digest, given.received_us, refused.code)
            draft.add(entry)
            return self._scribe.refuse(
                refused.code, refused.faults, given.sender, given.digest, given.received_us, entry
            )
        if not isinstance(judged, Judged):
            return judged
        draft.submissions.append(judged.row(draft.add(judged.entry)))
        assert state.releaser is not None
        state.releaser.accept(judged.accepted)
        self._questions.note(judged.accepted, draft.submissions[-1].entry)
        return Answer(201, judged.receipt)

    def _commit(self, draft: Draft, at_us: int) -> None:
        state = self._state
        due = state.since_snapshot + 1 >= self.settings.snapshot_ticks
        assert state.releaser is not None
        snapshot = state.releaser.to_bytes() if due or draft.policy is not None else None
        batch = draft.batch(at_us, self._questions.settled(), snapshot)
        self._store.commit(batch)
        state.marks = batch.marks
        state.counters.update({name: events[-1].counter for name, events in draft.events.items()})
        state.since_snapshot = 0 if snapshot is not None else state.since_snapshot + 1
        if state.next_book is state.book:
            state.next_book = None
        self.tally.ticks += 1
        self.tally.released += len(draft.releases)

    def _restore(self) -> None:
        """Make memory again from the store; what was to be adopted stays to be adopted.

        Raises StorageError while nothing can be stored.
        """
        self._store.probe()
        book = self._state.next_book or self._state.book
        former = self._state.counters
        self._state = State(self.settings, self._keys, self._store, book)
        self._questions.restore(self._state)
        self._must_restore = False
        # A commit that failed may have been stored all the same; nobody was told of its events.
        self._announce(self._state.news(former))

    def _fail(self, inputs: list[Submitted], error: StorageError | None) -> None:
        self._must_restore = True
        self.tally.failures += 1
        _LOGGER.error("tick not stored: %s", "fault of the program" if error is None else error)
        remedy = "Send the same envelope again later; if it was stored, you get its receipt."
        fault = Fault("the centre cannot say that the message is stored", "", remedy)
        for given in inputs:
            if given.ticket.answer is None:
                self._refuse(given, Refused("storage-full", fault))

    def _refuse(self, given: Submitted, refused: Refused) -> None:
        """Answer with a signed refusal that is not logged."""
        answer = self._scribe.refuse(
            refused.code, refused.faults, given.sender, given.digest, given.received_us
        )
        self._resolve([(given, answer)])

    def _resolve(self, answers: list[tuple[Submitted, Answer]]) -> None:
        for given, answer in answers:
            self.tally.submitted[answer.code or ("known" if answer.status == 200 else "accepted")] += 1
            given.ticket.resolve(answer)

    def seal(self) -> Seal | None:
        """Seal what was stored since the last seal; returns the seal, None if there was nothing.

        Raises StorageError if it cannot be stored: nothing is public then, and the next call tries again.
        """
        seal = self._sealing.seal(self._pace.now_us())
        self.tally.seals += seal is not None
        return seal

    def feed(self, recipient: str, after: int, limit: int) -> list[FeedEvent]:
        """Events of a recipient with a counter above `after`, in order, at most `limit`."""
        return self._store.feed(recipient, after, limit)

    def checkpoint(self) -> bytes | None:
        """The newest checkpoint with its cosignatures, a signed note; None before the first seal."""
        return self._sealing.checkpoint()

    def proof(self, leaf: bytes) -> bytes | None:
        """Inclusion proof (C2SP tlog-proof) of a leaf by its hash; None while it is not sealed."""
        return self._sealing.proof(leaf)

    def consistency(self, first: int, second: int) -> list[bytes]:
        """Hashes that prove that one size of the log continues another. Raises InputError for other sizes."""
        return self._sealing.consistency(first, second)

    def add_cosignature(self, partner: str, lines: bytes) -> int:
        """Keep the cosignature of a partner's witness; returns the size of the checkpoint that it is on.

        lines: signature lines of a signed note. Raises InputError if the partner has no witness, or if they
        hold for none of the newest checkpoints; StorageError if they cannot be stored.
        """
        known = self.partners.get(partner)
        if known is None or not known.active or known.witness_vkey is None:
            what = f"{partner!r} has no witness here"
            raise InputError(Fault(what, remedy="Have the operator enter its verifier key."))
        return self._sealing.add_cosignature(partner, known.witness_vkey, lines)
