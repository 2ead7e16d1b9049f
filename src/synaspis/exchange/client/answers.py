"""What the centre answers to a message, verified before it is believed: a receipt or a refusal, signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from synaspis.core.errors import Fault
from synaspis.exchange.answers import RECEIPT_SCHEMA, RECEIPT_TYPE, REFUSAL_SCHEMA, REFUSAL_TYPE
from synaspis.exchange.client.errors import Alarm, SignedRefusal
from synaspis.exchange.client.events import record_leaf
from synaspis.exchange.client.keys import KeyRing
from synaspis.exchange.client.kit import CENTRE
from synaspis.messages import Limits, Refused, strict_json

_LIMITS: Final = Limits(size_bytes=4_000_000, characters=4_000_000)
_ACCEPTED: Final = (200, 201)


@dataclass(frozen=True)
class Receipt:
    """The centre's signed word that it has stored a message and will log it.

    message_id: of the message. received_at: by the centre's clock, RFC 3339. policy: version of the
    agreements in force. findings: rules of notification that the message breaks, as the centre found.
    leaf: hash of the leaf that the log owes, hex. signed: the receipt as it was signed. known: whether the
    centre had the same envelope before.
    """

    message_id: str
    received_at: str
    policy: str
    findings: tuple[Mapping[str, Any], ...]
    leaf: str
    signed: bytes
    known: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The receipt as JSON can hold it."""
        return {
            "id": self.message_id,
            "received_at": self.received_at,
            "policy": self.policy,
            "findings": [dict(finding) for finding in self.findings],
            "leaf": self.leaf,
            "known": self.known,
        }


@dataclass(frozen=True)
class Refusal:
    """The centre's signed refusal. leaf: hash of the leaf that logs it, hex; None if it is not logged."""

    error: SignedRefusal
    leaf: str | None


def read_answer(
    status: int | None, raw: bytes, message_id: str, digest: str, partner: str, keys: KeyRing, at_us: int
) -> Receipt | Refusal:
    """Verify an answer of the centre.

    status: of HTTP; None for an answer that was kept. digest: SHA-256 of the envelope that was sent, hex.
    partner: who sent it. keys: the centre's among them. at_us: when the answer came.
    Raises Alarm if it is not signed by the centre, or is about something else than what was sent.
    """
    refused = status is not None and status not in _ACCEPTED
    if status is None:
        refused = REFUSAL_TYPE.encode() in raw[:4_000_000]
    try:
        payload_type = REFUSAL_TYPE if refused else RECEIPT_TYPE
        opened = keys.open(raw, CENTRE, at_us, payload_type, _LIMITS)
        content = strict_json(opened.payload, _LIMITS)
        reader = _refusal if refused else _receipt
        return reader(content, raw, message_id, digest, partner, known=status == 200)
    except Refused as error:
        raise Alarm(f"the answer to message {message_id} cannot be believed: {error.faults[0]}") from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Alarm(f"the answer to message {message_id} does not have its shape ({error!r})") from None


def _receipt(
    content: Mapping[str, Any], raw: bytes, message_id: str, digest: str, partner: str, *, known: bool
) -> Receipt:
    record = strict_json(content["record"].encode(), _LIMITS)
    leaf = record_leaf(content["record"], content["salt"])
    said = {
        "schema": (content["schema"], RECEIPT_SCHEMA),
        "message": (content["id"], message_id),
        "envelope": (content["envelope"], digest),
        "type in the record": (record["type"], "submission"),
        "sender in the record": (record["sender"], partner),
        "envelope in the record": (record["envelope"], digest),
        "time in the record": (record["received_at"], content["received_at"]),
        "policy in the record": (record["policy"], content["policy"]),
        "leaf": (content["leaf"], leaf),
    }
    _hold(said, f"the receipt of message {message_id}")
    findings = content["findings"]
    if not isinstance(findings, list) or not all(isinstance(each, Mapping) for each in findings):
        raise TypeError("findings are a list of objects")
    received_at, policy = content["received_at"], content["policy"]
    if not isinstance(received_at, str) or not isinstance(policy, str):
        raise TypeError("time and policy are text")
    return Receipt(message_id, received_at, policy, tuple(findings), leaf, raw, known)


def _refusal(
    content: Mapping[str, Any], raw: bytes, message_id: str, digest: str, partner: str, *, known: bool
) -> Refusal:
    said = {"schema": (content["schema"], REFUSAL_SCHEMA), "envelope": (content["envelope"], digest)}
    leaf = None
    if "record" in content:
        leaf = record_leaf(content["record"], content["salt"])
        record = strict_json(content["record"].encode(), _LIMITS)
        said["sender in the record"] = (record["sender"], partner)
        said["envelope in the record"] = (record["envelope"], digest)
    _hold(said, f"the refusal of message {message_id}")
    faults = tuple(
        Fault(str(one["what"]), str(one["where"]), str(one["remedy"])) for one in content["faults"]
    )
    return Refusal(SignedRefusal(content["code"], faults, message_id, raw), leaf)


def _hold(said: Mapping[str, tuple[Any, Any]], where: str) -> None:
    wrong = [f"{name} is {given!r}, sent was {own!r}" for name, (given, own) in said.items() if given != own]
    if wrong:
        raise Alarm(f"{where} is about something else: {'; '.join(wrong)}")
