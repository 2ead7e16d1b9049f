"""Everything that a partner ever sent and received, checked again from the bytes that it kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from synaspis.exchange.client.answers import Receipt, read_answer
from synaspis.exchange.client.errors import Alarm
from synaspis.exchange.client.events import knows_sender, read_event, release_leaf, submission_leaf
from synaspis.exchange.client.keys import KeyRing
from synaspis.exchange.client.kit import PartnerKit
from synaspis.exchange.client.partner_state import PartnerState, Sent
from synaspis.exchange.client.verification import Verification
from synaspis.exchange.client.verify import LogReader
from synaspis.log import NoteRefused, ProofRefused, verify_proof
from synaspis.messages import Refused


@dataclass
class Audit:
    """What an audit came to.

    sent: messages. receipts, refusals: answers that hold. unanswered: messages of which it is not known
    whether they arrived. events: of the feed. envelopes: signatures of senders that hold. unknown_senders:
    envelopes whose sender has no key in the kit. proofs: inclusion proofs that hold. pending: leaves still
    without a proof. cosigners: how many witnesses, by name, cosigned the checkpoints of these proofs.
    look: what the log itself came to; None where the centre could not be asked. findings: in sentences.
    """

    sent: int = 0
    receipts: int = 0
    refusals: int = 0
    unanswered: int = 0
    events: int = 0
    envelopes: int = 0
    unknown_senders: int = 0
    proofs: int = 0
    pending: int = 0
    cosigners: tuple[str, ...] = ()
    look: Verification | None = None
    findings: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing was found broken."""
        return not self.findings

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON can hold it."""
        counts = ("sent", "receipts", "refusals", "unanswered", "events", "envelopes", "unknown_senders")
        return {
            "holds": self.holds,
            **{name: getattr(self, name) for name in (*counts, "proofs", "pending")},
            "cosigners": list(self.cosigners),
            "log": None if self.look is None else self.look.to_dict(),
            "findings": list(self.findings),
        }


def audit(
    kit: PartnerKit,
    state: PartnerState,
    keys: KeyRing,
    log: LogReader,
    look: Verification | None,
) -> Audit:
    """Check all that is kept: answers, counters, events, envelopes, proofs, evidence.

    keys: public message keys. look: what the log came to just now; None if it could not be asked.
    """
    result = Audit(look=look)
    if look is not None:
        result.findings += look.findings
    result.findings += [
        f"evidence is kept: {each.what}" for each in state.evidence() if each.what not in result.findings
    ]
    for sent in state.sent():
        result.findings += _sent_findings(sent, kit, keys, result)
    result.findings += _event_findings(kit, state, keys, result)
    result.findings += _proof_findings(state, log, result)
    result.pending = len(state.unproven())
    return result


def _sent_findings(sent: Sent, kit: PartnerKit, keys: KeyRing, result: Audit) -> Iterator[str]:
    result.sent += 1
    try:
        keys.open(sent.envelope, kit.partner, sent.sent_us)
    except Refused as error:
        yield f"the envelope of message {sent.id} is not as it was signed: {error.faults[0]}"
    if hashlib.sha256(sent.envelope).hexdigest() != sent.digest:
        yield f"the envelope of message {sent.id} is not the one that was sent"
    if sent.answer is None:
        result.unanswered += 1
        return
    try:
        at_us = sent.answered_us or sent.sent_us
        answer = read_answer(None, sent.answer, sent.id, sent.digest, kit.partner, keys, at_us)
    except Alarm as alarm:
        yield str(alarm)
        return
    if answer.leaf != sent.leaf:
        yield f"the leaf of message {sent.id} is not the one of its answer"
    if isinstance(answer, Receipt):
        result.receipts += 1
    else:
        result.refusals += 1


def _event_findings(kit: PartnerKit, state: PartnerState, keys: KeyRing, result: Audit) -> Iterator[str]:
    last = 0
    for stored in state.events():
        result.events += 1
        if stored.counter != last + 1:
            yield f"event {stored.counter} follows event {last}: some are missing"
        last = stored.counter
        if release_leaf(kit.partner, stored.counter, stored.salt, stored.data) != stored.leaf:
            yield f"event {stored.counter} is not as it came: its bytes do not give its leaf"
        event = read_event(stored, keys)
        yield from event.alarms
        if event.content.get("envelope") is None:
            continue
        if not knows_sender(event, keys):
            result.unknown_senders += 1
        elif not event.alarms:
            result.envelopes += 1
        if not state.promised(submission_leaf(event)):
            yield f"event {stored.counter} brings a submission whose leaf is not kept"


def _proof_findings(state: PartnerState, log: LogReader, result: Audit) -> Iterator[str]:
    names: set[str] = set()
    for leaf, text, what in state.proofs():
        try:
            proven = verify_proof(text.encode(), bytes.fromhex(leaf), log.log_keys, log.witness_keys)
        except (NoteRefused, ProofRefused) as error:
            yield f"the proof kept for the {what} does not hold: {error.faults[0].what}"
            continue
        result.proofs += 1
        names.update(proven.witnesses)
    result.cosigners = tuple(sorted(names))
