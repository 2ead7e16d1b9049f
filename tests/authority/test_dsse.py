"""Envelopes against the vector of the DSSE protocol 1.0.2 and against securesystemslib (1.6.0), both ways."""

import json

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey

from synaspis.messages import (
    BODIES,
    PAYLOAD_TYPE,
    SigningKey,
    example_message,
    open_envelope,
    pre_authentication_encoding,
    read_message,
    seal,
)

# protocol.md of DSSE 1.0.2, section "Test Vectors".
VECTOR_TYPE, VECTOR_PAYLOAD = "http://example.com/HelloWorld", b"hello world"
VECTOR_ENCODED = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
VECTOR_X = 46950820868899156662930047687818585632848591499744589407958293238635476079160
VECTOR_Y = 5640078356564379163099075877009565129882514886557779369047442380624545832820
VECTOR_R = 0x03726AB101AD56C2763B6C6AAC8E487275E2A79193A09DC5F859D9F8EF3C4A3B
VECTOR_S = 0x51EAB0C06A369B64A7222537D4887A893DC200AE21060074D57825235B624864

SEED = bytes(range(32))
KEY = SigningKey(SEED)


def their_key(key_id: str = KEY.key_id) -> SSlibKey:
    return SSlibKey.from_crypto(Ed25519PublicKey.from_public_bytes(KEY.public.raw), keyid=key_id)


def test_what_is_signed_is_what_the_standard_says():
    assert pre_authentication_encoding(VECTOR_TYPE, VECTOR_PAYLOAD) == VECTOR_ENCODED


def test_the_signature_of_the_standard_fits_what_we_say_is_signed():
    key = ec.EllipticCurvePublicNumbers(VECTOR_X, VECTOR_Y, ec.SECP256R1()).public_key()
    signature = utils.encode_dss_signature(VECTOR_R, VECTOR_S)
    key.verify(signature, pre_authentication_encoding(VECTOR_TYPE, VECTOR_PAYLOAD), ec.ECDSA(SHA256()))
    with pytest.raises(InvalidSignature):
        key.verify(signature, pre_authentication_encoding(VECTOR_TYPE, b"hello worlds"), ec.ECDSA(SHA256()))


@pytest.mark.parametrize("payload_type", ["", "a b", VECTOR_TYPE, "träger/ß"])
@pytest.mark.parametrize("payload", [b"", b" ", b"\x00\xff", VECTOR_PAYLOAD, b"1 2 3", b"x" * 1000])
def test_both_say_that_the_same_bytes_are_signed(payload_type, payload):
    assert pre_authentication_encoding(payload_type, payload) == Envelope(payload, payload_type, {}).pae()


@pytest.mark.parametrize("kind", BODIES)
def test_they_verify_what_we_have_sealed(kind):
    payload = example_message(kind)
    envelope = Envelope.from_dict(json.loads(seal(payload, KEY)))
    assert envelope.verify([their_key()], threshold=1) == {KEY.key_id: their_key()}
    assert (envelope.payload, envelope.payload_type) == (payload, PAYLOAD_TYPE)
    envelope.payload += b" "
    with pytest.raises(VerificationError, match="Found: 0, Expected 1"):
        envelope.verify([their_key()], threshold=1)


@pytest.mark.parametrize("kind", BODIES)
def test_we_open_what_they_have_signed(kind):
    payload = example_message(kind)
    signer = CryptoSigner(Ed25519PrivateKey.from_private_bytes(SEED), their_key())
    envelope = Envelope(payload, PAYLOAD_TYPE, {})
    envelope.sign(signer)
    opened = open_envelope(json.dumps(envelope.to_dict()).encode(), {"northland": KEY.public})
    assert opened.payload == payload
    assert opened.signer == "northland"
    assert read_message(opened.payload).kind == kind


def test_both_write_the_same_envelope():
    """Ed25519 is deterministic, and base64 is of the standard alphabet with padding on both sides."""
    signer = CryptoSigner(Ed25519PrivateKey.from_private_bytes(SEED), their_key())
    envelope = Envelope(VECTOR_PAYLOAD, PAYLOAD_TYPE, {})
    envelope.sign(signer)
    assert json.loads(seal(VECTOR_PAYLOAD, KEY)) == envelope.to_dict()


def test_a_public_key_file_is_one_of_any_program(tmp_path):
    path = KEY.public.save(tmp_path / "message.pub")
    theirs = SSlibKey.from_crypto(load_pem_public_key(path.read_bytes()), keyid=KEY.key_id)
    assert theirs == their_key()
