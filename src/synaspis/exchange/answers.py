"""What the centre writes down and answers: records of the log, signed receipts, signed refusals, tickets."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from synaspis.core.clock import to_rfc3339
from synaspis.core.errors import Fault
from synaspis.exchange.keys import CentreKeys
from synaspis.exchange.store.storage import Entry
from synaspis.log import commitment, leaf_hash
from synaspis.messages import canonical_json, seal

if TYPE_CHECKING:
    from synaspis.messages.rules import Finding


RECEIPT_TYPE: Final = "application/vnd.synaspis.receipt+json"
REFUSAL_TYPE: Final = "application/vnd.synaspis.refusal+json"
RECEIPT_SCHEMA: Final = "synaspis.receipt/1"
REFUSAL_SCHEMA: Final = "synaspis.refusal/1"

STATUS: Final = {
    "bad-signature": 403,
    "unknown-signer": 403,
    "wrong-partner": 403,
    "partner-retired": 403,
    "replay": 409,
    "oversize": 413,
    "wrong-type": 415,
    "bad-envelope": 400,
    "bad-json": 400,
    "duplicate-key": 400,
    "rate-limited": 429,
    "storage-full": 507,
}
"""HTTP status of a refusal by its code; 422 for every other."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a submission comes to.

    status: as HTTP has it: 201 accepted, 200 known already, otherwise refused. body: signed receipt or signed
    refusal, a DSSE envelope. code: of the refusal; empty for a receipt.
    """

    status: int
    body: bytes
    code: str = ""


class Ticket:
    """Waits for the answer to one submission."""

    __slots__ = ("_calls", "answer")

    def __init__(self) -> None:
        self.answer: Answer | None = None
        self._calls: list[Callable[[Answer], object]] = []

    def on_answer(self, call: Callable[[Answer], object]) -> None:
        """Have a function called with the answer: at once if it is there, else when it comes."""
        if self.answer is not None:
            call(self.answer)
        else:
            self._calls.append(call)

    def resolve(self, answer: Answer) -> None:
        """Give the answer, once."""
        self.answer = answer
        calls, self._calls = self._calls, []
        for call in calls:
            call(answer)


class Scribe:
    """Writes entries and signs answers with the keys of the centre.

    Salts are derived from the record that they hide, under a secret key, so that no bytes of a partner depend
    on what others sent before.
    """

    def __init__(self, keys: CentreKeys) -> None:
        self._keys = keys

    def entry(self, record: bytes) -> Entry:
        """Entry of a record, with its salt."""
        return Entry(record, self._keys.derive("salt", record))

    def submission(self, sender: str, digest: str, received_us: int, policy: str) -> Entry:
        """Entry of an accepted envelope."""
        return self.entry(
            canonical_json(
                {
                    "type": "submission",
                    "sender": sender,
                    "envelope": digest,
                    "received_at": to_rfc3339(received_us),
                    "policy": policy,
                }
            )
        )

    def refusal(self, sender: str, digest: str, received_us: int, code: str) -> Entry:
        """Entry of a refused envelope."""
        return self.entry(
            canonical_json(
                {
                    "type": "refusal",
                    "sender": sender,
                    "envelope": digest,
                    "received_at": to_rfc3339(received_us),
                    "code": code,
                }
            )
        )

    def policy(self, version: str, at_us: int, book: str) -> Entry:
        """Entry of a policy that comes into force."""
        return self.entry(
            canonical_json(
                {
                    "type": "policy",
                    "version": version,
                    "at": to_rfc3339(at_us),
                    "book": hashlib.sha256(book.encode()).hexdigest(),
                }
            )
        )

    def release(self, recipient: str, counter: int, event: str) -> Entry:
        """Entry of one event given to one recipient; event: SHA-256 of its bytes, hexadecimal.

        Written by hand because there is one for every event and recipient; equal to canonical JSON as long as
        the id of the recipient holds nothing that JSON escapes, and ids hold letters, digits and hyphens.
        """
        record = f'{{"counter":{counter},"event":"{event}","recipient":"{recipient}","type":"release"}}'
        return self.entry(record.encode())

    def receipt(
        self, message_id: str, digest: str, received_us: int, policy: str, entry: Entry, findings: list[Any]
    ) -> bytes:
        """Signed receipt of an accepted message."""
        return self._signed(
            RECEIPT_TYPE,
            {
                "schema": RECEIPT_SCHEMA,
                "id": message_id,
                "envelope": digest,
                "received_at": to_rfc3339(received_us),
                "policy": policy,
                "findings": findings,
                **_disclosed(entry),
            },
        )

    def refuse(
        self,
        code: str,
        faults: Sequence[Fault],
        sender: str,
        digest: str,
        received_us: int,
        entry: Entry | None = None,
    ) -> Answer:
        """Signed refusal; entry: of the log, for one that is logged."""
        content = {
            "schema": REFUSAL_SCHEMA,
            "code": code,
            "faults": [
                {"what": fault.what, "where": fault.where, "remedy": fault.remedy} for fault in faults
            ],
            "sender": sender,
            "envelope": digest,
            "received_at": to_rfc3339(received_us),
            **({} if entry is None else _disclosed(entry)),
        }
        return Answer(STATUS.get(code, 422), self._signed(REFUSAL_TYPE, content), code)

    def own(self, payload: bytes) -> bytes:
        """Envelope of a message of the centre itself."""
        return seal(payload, self._keys.message)

    def _signed(self, payload_type: str, content: dict[str, Any]) -> bytes:
        return seal(canonical_json(content), self._keys.message, payload_type)


def findings_json(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings as receipts and the store have them."""
    return [
        {"rule": each.rule, "text": each.text, "margin": each.margin, "unit": each.unit} for each in findings
    ]


def _disclosed(entry: Entry) -> dict[str, str]:
    """Record and salt of an entry, and the hash of the leaf that proves it: what its owner may know."""
    leaf = leaf_hash(commitment(entry.record, entry.salt))
    return {"record": entry.record.decode(), "salt": entry.salt.hex(), "leaf": leaf.hex()}
