"""Whatever arrives is taken or refused with a code: never a crash, and no changed byte passes."""

import base64
import json
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synaspis.messages import (
    BODIES,
    PAYLOAD_TYPE,
    REFUSAL_CODES,
    Refused,
    SigningKey,
    example_message,
    open_envelope,
    read_message,
    seal,
    strict_json,
    write_message,
)

KEY = SigningKey(bytes(range(32)))
KEYS = {"eastmark": SigningKey(bytes(32)).public, "northland": KEY.public}

ENVELOPE = seal(example_message("track-report"), KEY)


def refusal(read, raw: bytes) -> Refused | None:
    """How a reader refuses a text, and that an answer with it stays small; None if it takes it."""
    refused = None
    try:
        read(raw)
    except Refused as error:
        refused = error
    if refused is not None:
        assert refused.code in REFUSAL_CODES
        assert 0 < len(str(refused)) < 60_000
    return refused


def refusal_of(raw: bytes) -> Refused | None:
    """How an envelope is refused, from its first byte to the last field of its message; None if it is not."""
    return refusal(lambda raw: read_message(open_envelope(raw, KEYS).payload), raw)


def test_the_envelope_as_it_is_is_taken():
    assert refusal_of(ENVELOPE) is None


@pytest.mark.parametrize("change", [1, 0x20, 0x80])
def test_one_changed_bit_of_any_byte_is_refused(change):
    """Every byte in turn: the lowest bit, the bit between small and capital letters, the highest."""
    for at in range(len(ENVELOPE)):
        raw = bytearray(ENVELOPE)
        raw[at] ^= change
        assert refusal_of(bytes(raw)) is not None, at


@settings(max_examples=1500, deadline=None, derandomize=True)
@given(at=st.integers(0, len(ENVELOPE) - 1), byte=st.integers(0, 255))
def test_any_other_byte_anywhere_is_refused(at, byte):
    raw = bytearray(ENVELOPE)
    if raw[at] != byte:
        raw[at] = byte
        assert refusal_of(bytes(raw)) is not None


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    at=st.integers(0, len(ENVELOPE)), cut=st.integers(0, 40), piece=st.binary(max_size=8).filter(bytes.strip)
)
def test_a_piece_cut_out_and_another_put_in_is_refused(at, cut, piece):
    raw = ENVELOPE[:at] + piece + ENVELOPE[at + cut :]
    if raw != ENVELOPE:
        assert refusal_of(raw) is not None


@settings(max_examples=500, deadline=None, derandomize=True)
@given(st.binary(max_size=200))
def test_bytes_of_any_kind_are_refused(raw):
    assert refusal_of(raw) is not None


hostile = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(
        [*BODIES, "synaspis.message/1", "0" * 32, "2026-11-25T06:27:31Z", PAYLOAD_TYPE, "\ud800"]
    ),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["schema", "kind", "id", "sender", "sent_at", "label", "body", "payload", "signatures", "a"]
            )
            | st.text(max_size=3),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(hostile)
def test_hostile_json_is_refused_and_raises_nothing_else(value):
    raw = json.dumps(value).encode()
    for read in (strict_json, read_message, lambda raw: open_envelope(raw, KEYS)):
        refusal(read, raw)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(data=st.data(), value=hostile)
def test_a_hostile_value_in_any_field_is_refused_and_raises_nothing_else(data, value):
    document = json.loads(example_message(data.draw(st.sampled_from(sorted(BODIES)))))
    here = document
    while True:
        key = data.draw(st.sampled_from(sorted(here) if isinstance(here, dict) else range(len(here))))
        if not (isinstance(here[key], dict | list) and here[key]) or data.draw(st.booleans()):
            here[key] = value
            break
        here = here[key]
    raw = json.dumps(document).encode()
    refused = refusal_of(seal(raw, KEY))
    if refused is None:
        assert read_message(write_message(read_message(raw))) == read_message(raw)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(string.ascii_letters + string.digits + '{}[]":,.-+eE\\u \n\t', max_size=60))
def test_what_looks_like_json_is_read_as_python_reads_it_or_refused(text):
    try:
        value = strict_json(text.encode())
    except Refused:
        return
    assert json.loads(text) == value


def test_base64_has_one_spelling():
    payload = base64.b64encode(b"x" * 31).decode()
    assert payload.endswith("=")
    spellings = [payload.rstrip("="), payload + "=", payload + "\n", payload.replace("e", "e ", 1)]
    for spelling in spellings:
        document = json.loads(seal(b"x" * 31, KEY))
        document["payload"] = spelling
        with pytest.raises(Refused):
            open_envelope(json.dumps(document).encode(), KEYS)
