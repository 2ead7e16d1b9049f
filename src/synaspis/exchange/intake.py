"""Intake: which submission is accepted, which is refused and why, which has been answered before.

Whether something is accepted depends on the sender's own messages and on what was shown to the sender, never
on what others sent: a refusal must not tell what the sender may not see.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from synaspis.agreement import Item
from synaspis.core.clock import to_rfc3339
from synaspis.core.errors import Fault
from synaspis.exchange.accepted import Accepted
from synaspis.exchange.answers import Answer, Scribe, findings_json
from synaspis.exchange.client.kit import CENTRE
from synaspis.exchange.partners import Partner
from synaspis.exchange.settings import Settings
from synaspis.exchange.store.storage import Entry, Store, Submission
from synaspis.exchange.submitted import Opened, Submitted
from synaspis.messages import (
    LIMITS,
    Message,
    PublicKey,
    Refused,
    open_envelope,
    read_message,
)

if TYPE_CHECKING:
    from synaspis.messages.rules import Finding

RULED: Final = frozenset({"pre-launch-notification", "post-launch-notification", "launch-report"})
"""Kinds of message that rules of notification speak of."""

Describe = Callable[[Message], Item]
"""Gives what the agreements look at."""

Examine = Callable[[Message, int], "tuple[Finding, ...]"]
"""Gives the rules that a message breaks, from the message and the instant of its receipt."""


@dataclass(frozen=True, slots=True)
class Judged:
    """An accepted envelope with its entry and its signed receipt."""

    accepted: Accepted
    entry: Entry
    receipt: bytes

    def row(self, number: int) -> Submission:
        """The row of the store; number: of its entry."""
        accepted = self.accepted
        return Submission(
            number,
            accepted.digest,
            accepted.message.sender,
            accepted.message.id,
            accepted.message.kind,
            accepted.envelope,
            accepted.received_us,
            self.receipt,
            json.dumps(findings_json(accepted.findings), separators=(",", ":")).encode(),
        )


class _Sent(NamedTuple):
    """What is asked of a message that another refers to. exercise: None if it was meant in earnest."""

    kind: str
    exercise: str | None


class Intake:
    """Judges the submissions of one tick after the other.

    partners: those who may submit, by id; may be replaced between two ticks.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        scribe: Scribe,
        partners: Mapping[str, Partner],
        examine: Examine | None,
    ) -> None:
        self.partners = partners
        self._settings, self._store, self._scribe, self._examine = settings, store, scribe, examine
        most_bytes = settings.limits.envelope_bytes
        self._limits = replace(LIMITS, size_bytes=most_bytes, characters=most_bytes)
        self._known: dict[str, Submission] = {}
        self._new: dict[tuple[str, str], _Sent] = {}
        self._answered: dict[str, tuple[str, bytes]] = {}

    def begin(self, inputs: Sequence[Submitted]) -> None:
        """Start a tick: forget the last one, and look up which envelopes are stored."""
        self._new.clear()
        self._answered.clear()
        digests = list({each.digest for each in inputs})
        self._known = self._store.known(digests) if digests else {}

    def open(self, given: Submitted) -> None:
        """Verify and read an envelope of a partner ahead of its tick."""
        try:
            given.opened = self._opened(given)
        except Exception:
            # The tick meets the same fault of the program, and says so.
            given.opened = None

    def _opened(self, given: Submitted) -> Opened:
        partner = self.partners.get(given.sender)
        try:
            message = read_message(self._payload(given, partner), self._limits)
        except Refused as refused:
            return Opened(partner, given.received_us, None, refused)
        return Opened(partner, given.received_us, message, None)

    def _message(self, given: Submitted) -> Message:
        """What a partner says, by its keys of now. Raises Refused."""
        opened = given.opened
        if (
            opened is None
            or opened.partner is not self.partners.get(given.sender)
            or opened.received_us != given.received_us
        ):
            opened = self._opened(given)
        if opened.refused is not None:
            raise opened.refused
        assert opened.message is not None
        return opened.message

    def judge(self, given: Submitted, describe: Describe, policy: str) -> Judged | Answer:
        """Judge one submission of the tick that has begun.

        describe, policy: of the agreements in force at its receipt. Returns what is to be stored, or the
        answer to an envelope that was accepted before. Raises Refused.
        """
        if given.refused is not None:
            raise given.refused
        if (former := self._former(given)) is not None:
            return former
        if given.sender == CENTRE:
            message = read_message(payload_of(given.raw), self._limits)
        else:
            message = self._message(given)
            self._check(message, given)
        key = (message.sender, message.id)
        if key in self._new or self._store.find(*key) is not None:
            what = f"a message with the id {message.id} has been received before, in another envelope"
            raise Refused("replay", Fault(what, "id", "Draw a new id for each message."))
        self._check_references(message)
        item = describe(message)
        findings: tuple[Finding, ...] = ()
        if self._examine is not None and message.kind in RULED:
            findings = self._examine(message, given.received_us)
        judged = self._accept(given, message, item, findings, policy)
        self._new[key] = _Sent(message.kind, message.exercise)
        self._answered[given.digest] = (given.sender, judged.receipt)
        return judged

    def _accept(
        self,
        given: Submitted,
        message: Message,
        item: Item,
        findings: tuple[Finding, ...],
        policy: str,
    ) -> Judged:
        entry = self._scribe.submission(given.sender, given.digest, given.received_us, policy)
        receipt = self._scribe.receipt(
            message.id, given.digest, given.received_us, policy, entry, findings_json(findings)
        )
        accepted = Accepted(
            message, item, given.raw, given.digest, given.received_us, entry.record, entry.salt, findings
        )
        return Judged(accepted, entry, receipt)

    def _former(self, given: Submitted) -> Answer | None:
        """The receipt of an envelope that was accepted before from this sender."""
        found = self._answered.get(given.digest)
        if found is None and (stored := self._known.get(given.digest)) is not None:
            found = (stored.sender, stored.receipt)
        if found is None or found[0] != given.sender:
            return None
        return Answer(200, found[1])

    def _payload(self, given: Submitted, partner: Partner | None) -> bytes:
        """What a partner has signed, verified. Raises Refused."""
        if partner is None or not partner.active:
            what = f"{given.sender!r} takes no part in this exchange"
            raise Refused("partner-retired", Fault(what, "sender", "Ask the operator of the centre."))
        keys = {
            f"{given.sender}#{number}": key for number, key in enumerate(partner.keys_at(given.received_us))
        }
        try:
            return open_envelope(given.raw, keys, limits=self._limits).payload
        except Refused as error:
            if error.code == "unknown-signer" and self._signed_by_another(given):
                what = f"the envelope is signed by another partner than {given.sender!r}, who sends it"
                raise Refused("wrong-partner", Fault(what, "signatures[0].keyid", _OWN_KEY)) from None
            raise

    def _signed_by_another(self, given: Submitted) -> bool:
        others: dict[str, PublicKey] = {name: partner.key for name, partner in self.partners.items()}
        try:
            open_envelope(given.raw, others, limits=self._limits)
        except Refused:
            return False
        return True

    def _check(self, message: Message, given: Submitted) -> None:
        if message.sender != given.sender:
            what = f"the message says that {message.sender!r} sends it; it comes from {given.sender!r}"
            raise Refused("wrong-partner", Fault(what, "sender", _OWN_KEY))
        serves = self._settings.exercise
        if serves is not None and message.exercise != serves:
            what = f"sent {_how(message.exercise)}; this centre takes what is sent {_how(serves)} alone"
            raise Refused("wrong-exercise", Fault(what, "exercise", f"Write {serves!r} in `exercise`."))
        skew_us = message.sent_at_us - given.received_us
        if not -self._settings.skew_past_us <= skew_us <= self._settings.skew_future_us:
            what = (
                f"sent {abs(skew_us) / 1e6:.3f} s {'after' if skew_us > 0 else 'before'} "
                f"{to_rfc3339(given.received_us)}, the centre's time; from "
                f"{self._settings.skew_past_us / 1e6:g} s before to "
                f"{self._settings.skew_future_us / 1e6:g} s after it is taken"
            )
            raise Refused("clock-skew", Fault(what, "sent_at", "Set the clock; sign the message anew."))

    def _check_references(self, message: Message) -> None:
        """Refuse references to what the sender has not sent and was not shown; both look the same to it."""
        body: Any = message.body
        reference = getattr(body, "refers_to", None)
        if reference is not None:
            own = self._own(message.sender, reference.id)
            if own is None or own.kind != reference.kind:
                what = f"{message.sender} has sent no {reference.kind} with the id {reference.id}"
                raise Refused("refers-to-unknown", Fault(what, "body.refers_to", _REFERENCE))
            if own.exercise != message.exercise:
                what = f"what it refers to was sent {_how(own.exercise)}, this {_how(message.exercise)}"
                raise Refused("refers-to-unknown", Fault(what, "exercise", "Send it as that was sent."))
        if message.sender == CENTRE:
            return
        named = list(getattr(body, "about", ()))
        named += [
            name for field in ("query", "notification", "claim") if (name := getattr(body, field, None))
        ]
        for name in named:
            if not self._may_name(message.sender, name):
                what = f"{name} names no message that {message.sender} has sent or was shown"
                raise Refused("refers-to-unknown", Fault(what, "body", _REFERENCE))

    def _own(self, sender: str, message_id: str) -> _Sent | None:
        """What a sender has sent under an id."""
        if (new := self._new.get((sender, message_id))) is not None:
            return new
        stored = self._store.find(sender, message_id)
        if stored is None:
            return None
        return _Sent(stored.kind, json.loads(payload_of(stored.envelope)).get("exercise"))

    def _may_name(self, sender: str, name: str) -> bool:
        if self._store.shown(sender, name):
            return True
        if len(name) == 32:
            return self._own(sender, name) is not None
        stored = self._store.known([name]).get(name)
        answered = self._answered.get(name)
        return (stored is not None and stored.sender == sender) or (
            answered is not None and answered[0] == sender
        )


_OWN_KEY: Final = "A partner sends its own messages, signed with its own key, over its own connection."
_REFERENCE: Final = "Name an own message by its id, another by the name under which it was shown."


def _how(exercise: str | None) -> str:
    return "in earnest" if exercise is None else f"in the exercise {exercise!r}"


def payload_of(envelope: bytes) -> bytes:
    """Payload of an envelope that has been verified before, or that the centre made."""
    return b64decode(json.loads(envelope)["payload"])
