"""Notes and keys of the Go checksum database's package `note`, and of C2SP signed-note, by `cryptography`.

The example keys and signatures stand in the documentation of golang.org/x/mod/sumdb/note and in the
specification; here they are verified twice, by our code and by the library alone.
"""

from base64 import b64decode
from hashlib import sha256

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from synaspis.log import generate_signer, open_note, sign_note, verifier

GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SEED = "810a1402d5146c8d84f2443330f54080ebf98ee17d9c74f6252fc5d5c7283173"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
GO_SIGNATURE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
C2SP_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
C2SP_TEXT = "This is an example message.\n"
C2SP_SIGNATURE = (
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
)
EXAMPLES = [(GO_VKEY, GO_TEXT, GO_SIGNATURE), (C2SP_VKEY, C2SP_TEXT, C2SP_SIGNATURE)]


@pytest.mark.parametrize(("vkey", "text", "signature"), EXAMPLES)
def test_our_code_opens_the_published_note(vkey, text, signature):
    key = verifier(vkey)
    note = f"{text}\n— {key.name} {signature}\n".encode()
    assert open_note(note, [key]).text == text


@pytest.mark.parametrize(("vkey", "text", "signature"), EXAMPLES)
def test_the_library_alone_says_the_same(vkey, text, signature):
    name, key_id, material = vkey.split("+", 2)
    raw, public = b64decode(signature), b64decode(material)[1:]
    assert raw[:4].hex() == key_id == sha256(f"{name}\n\x01".encode() + public).hexdigest()[:8]
    Ed25519PublicKey.from_public_bytes(public).verify(raw[4:], text.encode())
    with pytest.raises(InvalidSignature):
        Ed25519PublicKey.from_public_bytes(public).verify(raw[4:], text.encode() + b"\n")


def test_signing_with_the_seed_gives_the_published_bytes():
    signer = generate_signer("PeterNeumann", "ed25519", bytes.fromhex(GO_SEED))
    assert signer.vkey == GO_VKEY
    assert sign_note(GO_TEXT, [signer]) == f"{GO_TEXT}\n— PeterNeumann {GO_SIGNATURE}\n".encode()
    alone = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(GO_SEED)).sign(GO_TEXT.encode())
    assert b64decode(GO_SIGNATURE)[4:] == alone
