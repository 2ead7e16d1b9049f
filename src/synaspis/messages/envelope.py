"""The signed envelope: DSSE v1 (secure-systems-lab/dsse 1.0.2), with everything that it leaves open closed.

The signature covers the payload as it is, byte for byte, so nothing has to be brought into a standard form
first; and the payload is not looked into before the signature has been verified.

Our profile is narrower than the standard: exactly the three members, exactly one signature with a key id,
standard base64 with padding and without spare bits. So every byte counts, and no two texts that differ in
the spelling of base64 or in unread members pass for one message.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from synaspis.core.errors import Fault
from synaspis.messages.keys import PublicKey, SigningKey
from synaspis.messages.refusal import Refused
from synaspis.messages.strict import LIMITS, Limits, canonical_json, strict_json

PAYLOAD_TYPE: Final = "application/vnd.synaspis.message+json"
"""What a partner sends."""

SIGNATURE_BYTES: Final = 64

_MEMBERS: Final = ("payload", "payloadType", "signatures")
_SIGNATURE_MEMBERS: Final = ("keyid", "sig")


@dataclass(frozen=True, slots=True)
class Opened:
    """What was in an envelope whose signature holds.

    payload: the bytes that were signed. key_id: of the key that verified them. signer: the partner whose
    key it is.
    """

    payload: bytes
    key_id: str
    signer: str


def pre_authentication_encoding(payload_type: str, payload: bytes) -> bytes:
    """The bytes that are signed: `DSSEv1 SP LEN(type) SP type SP LEN(body) SP body`, lengths in bytes as
    decimal ASCII (DSSE protocol 1.0.2, PAE).
    """
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def seal(payload: bytes, key: SigningKey, payload_type: str = PAYLOAD_TYPE) -> bytes:
    """Sign a payload and put it into an envelope.

    Returns the envelope as one line of JSON; the same payload and key give the same bytes.
    """
    signature = key.sign(pre_authentication_encoding(payload_type, payload))
    return canonical_json(
        {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": payload_type,
            "signatures": [{"keyid": key.key_id, "sig": base64.b64encode(signature).decode()}],
        }
    )


def open_envelope(
    raw: bytes,
    keys: Mapping[str, PublicKey],
    *,
    payload_type: str = PAYLOAD_TYPE,
    limits: Limits = LIMITS,
) -> Opened:
    """Verify an envelope and return what it holds; the payload itself is not read.

    raw: the envelope as received. keys: partner id to public key; no key may belong to two partners.
    payload_type: the only one that is taken. limits: of the envelope.
    The key id only says which key to try; who signed is decided by the signature alone.
    Raises Refused: `oversize`, `bad-json`, `duplicate-key`, `bad-envelope`, `wrong-type`, `unknown-signer`
    or `bad-signature`; never anything else, whatever the bytes.
    """
    envelope = _members(strict_json(raw, limits), _MEMBERS, "")
    signatures = envelope["signatures"]
    if not isinstance(signatures, list) or len(signatures) != 1:
        found = f"{len(signatures)} signatures" if isinstance(signatures, list) else "no list"
        raise _bad(f"{found}; a list of exactly one signature is needed", "signatures")
    signature = _members(signatures[0], _SIGNATURE_MEMBERS, "signatures[0]")
    given = _text(envelope["payloadType"], "payloadType")
    if given != payload_type:
        what = f"{given[:80]!a} is not the payload type that belongs here"
        raise Refused("wrong-type", Fault(what, "payloadType", f"Send {payload_type!r}."))
    key_id = _text(signature["keyid"], "signatures[0].keyid")
    signed = _decoded(signature["sig"], "signatures[0].sig")
    payload = _decoded(envelope["payload"], "payload")
    if len(signed) != SIGNATURE_BYTES:
        raise _bad(f"{len(signed)} bytes; an Ed25519 signature has {SIGNATURE_BYTES}", "signatures[0].sig")
    signer = next((partner for partner, key in keys.items() if key.key_id == key_id), None)
    if signer is None:
        what = f"no partner here has the key {key_id[:64]!a}"
        remedy = "Sign with the key that was given to the centre; a key id is the SHA-256 of the public key."
        raise Refused("unknown-signer", Fault(what, "signatures[0].keyid", remedy))
    if not keys[signer].verifies(signed, pre_authentication_encoding(given, payload)):
        what = "the signature does not fit the payload, its type and the key"
        raise Refused("bad-signature", Fault(what, "signatures[0].sig"))
    return Opened(payload, key_id, signer)


def _bad(what: str, where: str) -> Refused:
    return Refused("bad-envelope", Fault(what, where))


def _members(value: Any, names: tuple[str, ...], where: str) -> dict[str, Any]:
    if not isinstance(value, dict) or set(value) != set(names):
        raise _bad(f"an object with exactly the members {', '.join(names)} is needed", where)
    return value


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise _bad("text is needed", where)
    return value


def _decoded(value: Any, where: str) -> bytes:
    text = _text(value, where)
    try:
        decoded = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        raise _bad("not standard base64 with padding (RFC 4648, section 4)", where) from None
    # Bits that do not count must be zero (section 3.5), or one message would have several envelopes.
    if base64.b64encode(decoded).decode() != text:
        raise _bad("base64 with spare bits that are not zero", where)
    return decoded
