"""Whatever bytes come, every parser of the log gives its value or an InputError, and a value has one text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synaspis.core.errors import InputError
from synaspis.log import (
    ALGORITHMS,
    Checkpoint,
    generate_signer,
    open_note,
    read_proof,
    read_vkeys,
    sign_note,
    verifier,
    verify_proof,
    write_proof,
    write_vkeys,
)
from synaspis.log.note import read_signatures, split_note
from synaspis.log.tiles import Tile
from synaspis.log.witness import read_request, write_request

SIGNERS = [generate_signer("log", algorithm, b"s" * 32) for algorithm in ALGORITHMS]
KEYS = [each.verifier for each in SIGNERS]
TEXT = Checkpoint("log", 3, b"\x03" * 32).text()
NOTE = sign_note(TEXT, SIGNERS, 1_000_000)
PROOF = write_proof(2, [bytes(32), b"\1" * 32], NOTE, b"extra")
REQUEST = write_request(2, [bytes(32), b"\1" * 32], NOTE)


def as_text(parse):
    return lambda raw: parse(raw.decode("utf-8", "surrogateescape"))


PARSERS = {
    "note": (lambda raw: open_note(raw, KEYS), NOTE),
    "split": (split_note, NOTE),
    "signatures": (read_signatures, NOTE.split(b"\n\n")[1]),
    "checkpoint": (as_text(Checkpoint.parse), TEXT.encode()),
    "vkey": (as_text(verifier), SIGNERS[0].vkey.encode()),
    "vkeys": (read_vkeys, write_vkeys(KEYS[:2])),
    "tile": (as_text(Tile.parse), b"tile/0/x001/234.p/17"),
    "proof": (read_proof, PROOF),
    "verified proof": (lambda raw: verify_proof(raw, bytes(32), KEYS), PROOF),
    "request": (read_request, REQUEST),
}


@st.composite
def spoilt(draw, good):
    """Bytes near to a good text: parts cut out, doubled, changed or put in."""
    raw = bytearray(good)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(raw)))
        end = draw(st.integers(at, min(at + 40, len(raw))))
        new = draw(
            st.one_of(st.binary(max_size=6), st.sampled_from([b"\n", b"\n\n", b" ", b"+", b"=", b"\0", b"0"]))
        )
        raw[at:end] = new if draw(st.booleans()) else new + bytes(raw[at:end]) * 2
    return bytes(raw)


@pytest.mark.parametrize("name", PARSERS)
@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_parser_gives_a_value_or_an_input_error(name, data):
    parse, good = PARSERS[name]
    raw = data.draw(st.one_of(st.binary(max_size=300), spoilt(good)))
    try:
        parse(raw)
    except InputError as error:
        assert error.faults  # noqa: PT017


@given(spoilt(NOTE))
@settings(max_examples=200, deadline=None)
def test_a_note_that_is_read_has_the_text_that_would_be_written(raw):
    try:
        text, lines = split_note(raw)
    except InputError:
        return
    assert f"{text}\n".encode() + b"".join(line.line() for line in lines) == raw


@given(spoilt(PROOF))
@settings(max_examples=200, deadline=None)
def test_a_proof_that_is_read_has_the_text_that_would_be_written(raw):
    try:
        proof = read_proof(raw)
        again = write_proof(proof.leaf_index, proof.path, proof.note, proof.extra)
    except InputError:
        return
    assert again == raw


@given(spoilt(write_vkeys(KEYS[:2])))
@settings(max_examples=200, deadline=None)
def test_a_list_of_keys_that_is_read_has_the_text_that_would_be_written(raw):
    try:
        keys = read_vkeys(raw)
    except InputError:
        return
    assert write_vkeys(keys) == raw
