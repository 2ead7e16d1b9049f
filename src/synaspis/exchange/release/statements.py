"""Messages on their way out, all but track reports: on whose rights they rest, what each recipient is shown.

A message of a partner goes by its own label. Some rest on others as well, and go only to those who may see
these: a cancellation or correction on what it takes back or puts right, a question on what it asks about, an
answer on the question, a hand-over on the claim, an acknowledgement or response on what it is about; and what
the centre says, on nothing but that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from synaspis.agreement import Item
from synaspis.core.clock import SECOND_US
from synaspis.exchange.accepted import Accepted
from synaspis.exchange.release.correlation import Announced, correlations
from synaspis.exchange.release.events import References, message_event
from synaspis.exchange.release.memory import Memory, Remembered
from synaspis.exchange.release.outgoing import Outgoing, Rank
from synaspis.exchange.release.rights import FULL, Basis, Grant, Rights, Rulings
from synaspis.exchange.release.roster import Roster
from synaspis.messages import (
    Acknowledgement,
    AmbiguityAnswer,
    AmbiguityQuery,
    Cancellation,
    Correction,
    HandOver,
    LaunchReport,
    PreLaunchNotification,
    Response,
)

CENTRE: Final = "centre"
"""Sender of what the centre says itself."""

_FORGET_EVERY_US: Final = 600 * SECOND_US

ANNOUNCED_MAX: Final = 500
"""Announced launches of one sender with which launch reports are compared; of more, the newest."""

BASIS_MAX: Final = 256
"""What rests on more items than this goes to its sender alone: questions about questions about questions."""

_REFERRING: Final = (
    Cancellation,
    Correction,
    AmbiguityQuery,
    AmbiguityAnswer,
    HandOver,
    Acknowledgement,
    Response,
)


@dataclass(slots=True, eq=False)
class Held:
    """One message with recipients that get it at the same instant, at the same level, for the same reasons.

    version: policy that decided so. concerns: references of the messages that it rests on.
    """

    accepted: Accepted
    basis: Basis
    concerns: tuple[str, ...]
    grant: Grant
    version: str


class Statements:
    """What is remembered of messages, and how they become events."""

    def __init__(self, rights: Rights, roster: Roster, references: References) -> None:
        self._rights, self._roster, self._references = rights, roster, references
        self.memory = Memory(references)
        self.announced: dict[str, Announced] = {}
        self._forget_us = 0

    def reference(self, accepted: Accepted) -> str:
        """Name of a message in events."""
        return self._references.message(accepted.message.sender, accepted.message.id)

    def take(self, accepted: Accepted, policy: Rulings) -> list[Held]:
        """Decide on a new message, and remember it."""
        basis, on = self._rests_on(accepted, policy)
        self.memory.remember(
            Remembered(
                accepted.digest,
                accepted.message.sender,
                accepted.message.id,
                accepted.message.kind,
                accepted.item,
                basis,
                accepted.received_us,
            )
        )
        concerns = tuple(sorted({self._references.message(each.sender, each.id) for each in on}))
        held = [
            Held(accepted, basis, concerns, grant, policy.version)
            for grant in self._to_others(accepted, basis, policy)
        ]
        for grant in self._to_sender(accepted, policy):
            seen = tuple(
                self._references.message(each.sender, each.id)
                for each in on
                if each.sender == accepted.message.sender or self._has(each, grant, policy)
            )
            held.append(Held(accepted, (), tuple(sorted(set(seen))), grant, policy.version))
        return held

    def again(self, held: Held, policy: Rulings) -> list[Held]:
        """Decide anew on what is due, for the same recipients: rights are those at release.

        Those who may have it only later are in the result with their later instant.
        """
        grants = (
            self._to_sender(held.accepted, policy)
            if held.grant.mask == self._sender_mask(held.accepted)
            else self._to_others(held.accepted, held.basis, policy)
        )
        return [
            Held(
                held.accepted,
                held.basis,
                held.concerns,
                grant._replace(mask=mask, due_us=max(grant.due_us, held.grant.due_us)),
                policy.version,
            )
            for grant in grants
            if (mask := grant.mask & held.grant.mask)
        ]

    def forget_before(self, instant_us: int) -> None:
        """Drop what nobody can refer to any more, and announcements whose window is long over."""
        if instant_us < self._forget_us:
            return
        self._forget_us = instant_us + _FORGET_EVERY_US
        self.memory.forget_before(instant_us)
        for reference in [key for key, each in self.announced.items() if each.until_us < instant_us]:
            del self.announced[reference]

    def release(self, due: Sequence[Held]) -> list[Outgoing]:
        """Events of what fell due in one cell of the grid, in any order."""
        # What a report is matched with must not depend on which of two with one instant comes first.
        for held in due:
            self._announce(held)
        outgoing: list[Outgoing] = []
        for held in due:
            outgoing += self._events(held)
        return outgoing

    def _sender_mask(self, accepted: Accepted) -> int:
        sender = accepted.message.sender
        return 0 if sender == CENTRE else self._roster.bit(sender)

    def _to_others(self, accepted: Accepted, basis: Basis, policy: Rulings) -> Iterator[Grant]:
        own = self._sender_mask(accepted)
        for grant in self._rights.grants(basis, accepted.received_us, policy):
            if mask := grant.mask & ~own:
                yield grant._replace(mask=mask)

    def _to_sender(self, accepted: Accepted, policy: Rulings) -> Iterator[Grant]:
        own = self._sender_mask(accepted)
        basis = ((accepted.item, accepted.received_us),)
        for grant in self._rights.grants(basis, accepted.received_us, policy):
            if mask := grant.mask & own:
                yield grant._replace(mask=mask)

    def _has(self, entry: Remembered, grant: Grant, policy: Rulings) -> bool:
        """Whether a message has been given to the recipient of another one that refers to it."""
        return any(
            found.mask & grant.mask and found.due_us <= grant.due_us
            for found in self._rights.grants(entry.basis, entry.received_us, policy)
        )

    def _rests_on(self, accepted: Accepted, policy: Rulings) -> tuple[Basis, tuple[Remembered, ...]]:
        """On what the release of a message rests, and which messages it refers to."""
        message, body = accepted.message, accepted.message.body
        own: Basis = () if message.sender == CENTRE else ((accepted.item, accepted.received_us),)
        if isinstance(body, Cancellation | Correction):
            return self._follows(accepted, body)
        if isinstance(body, AmbiguityAnswer):
            names: tuple[str, ...] = (body.query,)
        elif isinstance(body, HandOver):
            names = (body.claim,)
        elif isinstance(body, AmbiguityQuery | Acknowledgement | Response) or message.sender == CENTRE:
            names = getattr(body, "about", ())
        else:
            return own, ()
        if not names:
            return ((accepted.item, accepted.received_us),), ()
        at_us, given = (
            accepted.received_us,
            Grant(FULL, accepted.received_us, (), self._sender_mask(accepted)),
        )
        found = [
            self.memory.find(name, at_us, message.sender, lambda entry: self._has(entry, given, policy))
            for name in names
        ]
        known = tuple(entry for entry in found if entry is not None)
        if len(known) < len(found) or not all(entry.basis for entry in known):
            return (), known
        basis = tuple(dict.fromkeys((*own, *(item for entry in known for item in entry.basis))))
        return (basis if len(basis) <= BASIS_MAX else ()), known

    def _follows(
        self, accepted: Accepted, body: Cancellation | Correction
    ) -> tuple[Basis, tuple[Remembered, ...]]:
        """What takes back or puts right goes where that went, from its own receipt on, by its own label."""
        message = accepted.message
        entry = self.memory.own(message.sender, body.refers_to.id, accepted.received_us)
        if (
            entry is None
            or entry.subject != body.refers_to.kind
            or entry.item.exercise != (message.exercise is not None)
            or not entry.basis
        ):
            return (), ()
        items = [item for item, _ in entry.basis]
        if entry.sender != CENTRE:
            # A cancellation names no place and no class: those of what it cancels count.
            subject = accepted.item if isinstance(body, Correction) else entry.item
            items.append(
                Item(
                    subject.sender,
                    subject.product,
                    accepted.message.label,
                    subject.missile_class,
                    subject.regions,
                    subject.exercise,
                )
            )
        return tuple((item, accepted.received_us) for item in dict.fromkeys(items)), (entry,)

    def _announce(self, held: Held) -> None:
        message, grant = held.accepted.message, held.grant
        body, exercise = message.body, message.exercise or ""
        shows = grant.quality in ("position", FULL)
        if isinstance(body, PreLaunchNotification) and shows:
            reference = self.reference(held.accepted)
            known = self._announced(reference, grant.due_us)
            if known is None:
                self._make_room(message.sender, grant.due_us)
                known = self.announced[reference] = Announced(reference, message.sender, exercise, 0)
            known.tell(grant.due_us, grant.mask, body)
        elif isinstance(body, Cancellation | Correction):
            reference = self._references.message(message.sender, body.refers_to.id)
            known = self._announced(reference, grant.due_us)
            new = body.replacement if isinstance(body, Correction) else None
            if known is not None and known.exercise == exercise and (new is None or shows):
                assert new is None or isinstance(new, PreLaunchNotification)
                known.tell(grant.due_us, grant.mask, new)

    def _announced(self, reference: str, instant_us: int) -> Announced | None:
        """An announcement that still matters; when one that does not is dropped depends on others too."""
        known = self.announced.get(reference)
        if known is not None and known.until_us < instant_us:
            del self.announced[reference]
            return None
        return known

    def _make_room(self, sender: str, instant_us: int) -> None:
        """Forget the oldest announcement of a sender that has made too many; what is over does not count."""
        own = [each.reference for each in self.announced.values() if each.sender == sender]
        if len(own) >= ANNOUNCED_MAX:
            own = [reference for reference in own if self._announced(reference, instant_us) is not None]
        if len(own) >= ANNOUNCED_MAX:
            del self.announced[own[0]]

    def _events(self, held: Held) -> Iterable[Outgoing]:
        message, grant = held.accepted.message, held.grant
        rank = Rank.REFERRING if isinstance(message.body, _REFERRING) else Rank.STATEMENT
        for mask, correlation in self._correlated(held):
            body = message_event(
                held.accepted,
                at_us=grant.due_us,
                policy=held.version,
                quality=grant.quality,
                why=grant.why,
                reference=self.reference(held.accepted),
                concerns=held.concerns,
                correlation=correlation,
            )
            yield Outgoing(grant.due_us, rank, body, "message", mask)

    def _correlated(self, held: Held) -> list[tuple[int, Any]]:
        """Recipients by what a launch report is matched with; below `position` nothing is said of it."""
        message, grant = held.accepted.message, held.grant
        report = message.body.replacement if isinstance(message.body, Correction) else message.body
        if not isinstance(report, LaunchReport) or grant.quality not in ("position", FULL):
            return [(grant.mask, None)]
        return correlations(
            report,
            [each for each in self.announced.values() if each.exercise == (message.exercise or "")],
            mask=grant.mask,
            at_us=grant.due_us,
            with_covariance=grant.quality == FULL,
        )
