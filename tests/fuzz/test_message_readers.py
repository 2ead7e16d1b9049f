"""What a partner sends, up to a message: JSON, envelope, message, label, and the key files of messages."""

import base64
import json
from pathlib import Path

from synaspis.agreement import Label
from synaspis.core.errors import InputError
from synaspis.messages import PublicKey, Refused, SigningKey, open_envelope, read_message, seal, write_message
from synaspis.messages.strict import LIMITS, canonical_json, strict_json

EXAMPLES = Path(__file__).parents[2] / "src" / "synaspis" / "data" / "messages"
KEY = SigningKey(bytes(range(32)))
KEYS = {"northland": SigningKey(bytes(32)).public, "southland": KEY.public}


def messages() -> list[bytes]:
    return [path.read_bytes() for path in sorted(EXAMPLES.glob("*.json"))]


def envelopes() -> list[bytes]:
    return [seal(text, KEY) for text in messages()]


def labels() -> list[bytes]:
    return [json.dumps(json.loads(text)["label"]).encode() for text in messages()]


def check_faults(error: InputError, characters: int) -> None:
    """An answer does not grow with what was sent."""
    assert 1 <= len(error.faults) <= 50
    assert sum(len(str(fault)) for fault in error.faults) < characters


def read_json(data: bytes) -> None:
    value = strict_json(data)
    # One reading or none: what was read is read again as the same.
    assert (
        strict_json(canonical_json(value), LIMITS) == value or len(canonical_json(value)) > LIMITS.size_bytes
    )


def read_payload(data: bytes) -> None:
    try:
        message = read_message(data)
    except Refused as refused:
        check_faults(refused, 100_000)
        raise
    written = write_message(message)
    assert write_message(read_message(written)) == written


def read_signed(data: bytes) -> None:
    """What a partner has signed itself: the signature holds and the reader behind it is reached."""
    read_payload(open_envelope(seal(data, KEY), KEYS).payload)


def read_label(data: bytes) -> None:
    try:
        label = Label.from_json(json.loads(data))
    except InputError as error:
        check_faults(error, 200_000)
        raise
    assert Label.from_json(label.to_json()) == label


def read_public_key(data: bytes) -> None:
    PublicKey(base64.b64decode(data, validate=True))


TARGETS = {
    "strict-json": (read_json, messages, (Refused,)),
    "envelope": (lambda data: open_envelope(data, KEYS), envelopes, (Refused,)),
    "message": (read_payload, messages, (Refused,)),
    "signed-message": (read_signed, messages, (Refused,)),
    "label": (read_label, labels, (InputError, ValueError, RecursionError)),
    "public-key": (read_public_key, lambda: [base64.b64encode(KEY.public.raw)], (InputError, ValueError)),
}


def test_what_a_partner_sends_is_read_or_refused_whatever_it_is(sound):
    sound(__file__)
