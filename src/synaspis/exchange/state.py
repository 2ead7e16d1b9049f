"""What the centre holds in memory, and how it is made again from the store after a stop of any kind.

All of it follows from what is stored: the newest snapshot, and the submissions stored since, replayed at the
ticks at which they were taken. The replay makes every release again and compares it with the one stored; a
state that does not give the same bytes is not used, because a partner would see two histories.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from synaspis.agreement import AgreementBook
from synaspis.core.clock import SECOND_US
from synaspis.core.errors import Fault, InputError
from synaspis.exchange.accepted import Accepted
from synaspis.exchange.answers import Scribe
from synaspis.exchange.describe import InForce, book_text, describe, read_book
from synaspis.exchange.draft import Delivery, Draft
from synaspis.exchange.intake import payload_of
from synaspis.exchange.keys import CentreKeys
from synaspis.exchange.release import Releaser
from synaspis.exchange.settings import Settings
from synaspis.exchange.store.storage import Entry, FeedEvent, PolicyText, Store, StoredTick, Submission
from synaspis.messages import Limits, read_message

if TYPE_CHECKING:
    from synaspis.messages.rules import Finding

DAY_US: Final = 86_400 * SECOND_US

_STORED: Final = Limits(1 << 24, 64, 1 << 20, 1 << 24)  # what is stored has passed the limits of its day


def day_of(instant_us: int) -> date:
    """The day in UTC of an instant."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant_us)).date()


class State:
    """Memory of the centre between two ticks.

    marks, counters: as stored. book, policy: in force; no policy before the first tick. releaser: what is
    still to be released, and the pictures. next_book: to be adopted at the next tick. since_snapshot: ticks
    stored since the last one. Raises InputError if the replay does not give what is stored.
    """

    def __init__(
        self, settings: Settings, keys: CentreKeys, store: Store, book: AgreementBook | None
    ) -> None:
        self._settings, self._store = settings, store
        self._secret = keys.derive("references")
        self._scribe = Scribe(keys)
        self.marks = store.marks()
        self.counters = store.counters()
        self.since_snapshot = 0
        self.next_book: AgreementBook | None = None
        self.policy: InForce | None = None
        self.releaser: Releaser | None = None
        policies, snapshot = store.policies(), store.snapshot()
        if not policies or snapshot is None:
            if book is None:
                raise InputError("a store without agreements needs a book to start with")
            self.book = book
            return
        known = _Policies(policies)
        self.policy = known[policies[-1].version]
        self.book = self.policy.book
        if book is not None and book_text(book) != policies[-1].book:
            self.next_book = book
        tick, state = snapshot
        try:
            self.releaser = Releaser.from_bytes(state, known, settings, self._secret)
        except ValueError as error:
            remedy = "Put `tick_us` in centre.yaml back if it was changed; otherwise restore a backup."
            raise InputError(Fault(f"the stored state cannot be read: {error}", remedy=remedy)) from None
        self._replay(tick)

    def _replay(self, after: int) -> None:
        counters = dict(self.counters)
        ticks = list(self._store.ticks(after))
        for tick in ticks:
            for record in tick.releases:
                recipient = json.loads(record)["recipient"]
                counters[recipient] -= 1
        for tick in ticks:
            self._replay_tick(tick, counters)
        self.since_snapshot = len(ticks)

    def _replay_tick(self, tick: StoredTick, counters: dict[str, int]) -> None:
        assert self.releaser is not None
        for submission, entry in tick.submissions:
            self.releaser.accept(self.accepted(submission, entry))
        made: list[bytes] = []
        for delivery in self.releaser.advance(tick.at_us):
            event = hashlib.sha256(delivery.body).hexdigest()
            for recipient in delivery.recipients:
                counters[recipient] = counters.get(recipient, 0) + 1
                made.append(self._scribe.release(recipient, counters[recipient], event).record)
        if made != list(tick.releases):
            first = next(
                (
                    index
                    for index, pair in enumerate(zip(made, tick.releases, strict=False))
                    if pair[0] != pair[1]
                ),
                min(len(made), len(tick.releases)),
            )
            raise InputError(
                Fault(
                    f"the replay of tick {tick.number} makes {len(made)} releases, stored are "
                    f"{len(tick.releases)}; they differ from number {first + 1} on",
                    remedy="Start the store with the program that wrote it, or restore a backup; a centre "
                    "that went on would show partners a second history.",
                )
            )

    def accepted(self, submission: Submission, entry: Entry) -> Accepted:
        """A stored submission as intake has handed it on."""
        message = read_message(payload_of(submission.envelope), _STORED)
        return Accepted(
            message,
            describe(message, self.book),
            submission.envelope,
            submission.digest,
            submission.received_us,
            entry.record,
            entry.salt,
            _findings(submission.findings),
        )

    def enter(self, instant_us: int, draft: Draft) -> InForce:
        """Have the agreements of the day of an instant in force; returns them.

        A policy that differs from the day before is logged; it holds from midnight on, also for what is still
        to be released.
        """
        if self.policy is None:
            self._put_in_force(InForce.on(self.book, day_of(instant_us)), instant_us, draft)
            assert self.policy is not None
        elif day_of(instant_us) > self.policy.day:
            policy = InForce.on(self.book, day_of(instant_us))
            if policy.version != self.policy.version:
                self._put_in_force(policy, instant_us // DAY_US * DAY_US, draft)
            self.policy = policy
        return self.policy

    def adopt(self, book: AgreementBook, at_us: int, draft: Draft) -> None:
        """Put another book in force from an instant on."""
        self.book = book
        self._put_in_force(InForce.on(book, day_of(at_us)), at_us, draft)

    def _put_in_force(self, policy: InForce, at_us: int, draft: Draft) -> None:
        former, self.policy = self.policy, policy
        if self.releaser is None:
            self.releaser = Releaser(policy, self._settings, self._secret)
        elif former is None or former.version != policy.version:
            self.releaser.adopt(policy, at_us)
        text = book_text(self.book)
        draft.policy = PolicyText(policy.version, policy.day.isoformat(), text)
        draft.add(draft.scribe.policy(policy.version, at_us, text))

    def news(self, counters: Mapping[str, int]) -> dict[str, list[FeedEvent]]:
        """Stored events after some counters, by recipient."""
        return {
            name: self._store.feed(name, counters.get(name, 0), last - counters.get(name, 0))
            for name, last in self.counters.items()
            if last > counters.get(name, 0)
        }

    def advance(self, at_us: int) -> Sequence[Delivery]:
        """What is due up to an instant."""
        return [] if self.releaser is None else self.releaser.advance(at_us)


class _Policies(Mapping[str, InForce]):
    """Policies by version, each made from its stored text when it is asked for."""

    def __init__(self, texts: Sequence[PolicyText]) -> None:
        self._texts = {text.version: text for text in texts}
        self._made: dict[str, InForce] = {}
        self._books: dict[str, AgreementBook] = {}

    def book(self, text: str) -> AgreementBook:
        """The book of a stored text."""
        if text not in self._books:
            self._books[text] = read_book(text)
        return self._books[text]

    def __getitem__(self, version: str) -> InForce:
        if version not in self._made:
            text = self._texts[version]
            policy = InForce.on(self.book(text.book), date.fromisoformat(text.day))
            if policy.version != version:
                raise InputError(
                    Fault(
                        f"the stored agreements of {text.day} give policy {policy.version}, stored is "
                        f"{version}",
                        remedy="Start the store with the program that wrote it.",
                    )
                )
            self._made[version] = policy
        return self._made[version]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


def _findings(text: bytes) -> tuple[Finding, ...]:
    rows = json.loads(text)
    if not rows:
        return ()
    # The rules bring the map of the world with them; a message that breaks none does without.
    from synaspis.messages.rules import Finding

    return tuple(Finding(**row) for row in rows)


def check_identity(store: Store, keys: CentreKeys, settings: Settings) -> None:
    """Raise InputError for a store that was made with another commitment key or for another log."""
    own = f"{settings.origin} {keys.fingerprint}"
    found = store.identity(own)
    if found != own:
        raise InputError(
            Fault(
                f"the store belongs to the log {found.partition(' ')[0]} or to another commitment key",
                remedy="Start it with its own centre.yaml and keys/commitment.key.",
            )
        )
