"""Keys: one exact text for a verifier key, private keys that nobody else reads and nothing shows."""

import os

import pytest

from synaspis.log import ALGORITHMS, Checkpoint, KeyRefused, NoteRefused, Signer, generate_signer, verifier

# C2SP signed-note, section "Verifier keys".
C2SP = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
TEXT = Checkpoint("example.com/log", 7, b"\x07" * 32).text()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_key_verifies_what_it_signed_and_nothing_else(algorithm):
    signer = generate_signer("example.com/log", algorithm)
    public = verifier(signer.vkey)
    assert public == signer.verifier
    assert public.algorithm == algorithm
    signature = signer.sign(TEXT, 1_700_000_000_999_999)
    assert public.verify(TEXT, signature) == (0 if algorithm == "ed25519" else 1_700_000_000)
    assert public.verify(TEXT.replace("7", "8", 1), signature) is None
    assert public.verify(TEXT, signature[:-1]) is None
    assert public.verify(TEXT, bytes([signature[0] ^ 1]) + signature[1:]) is None
    other = generate_signer("example.com/log", algorithm)
    assert other.verifier.verify(TEXT, signature) is None


def test_the_key_id_is_the_one_of_the_specification():
    key = verifier(C2SP)
    assert key.key_id.hex() == "530d903a"
    assert key.vkey == C2SP
    assert key.public.hex() == "e932791ae6e7a840a46164c904786426d5e7821dd8b29a00d61cae72afdd4da4"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not a verifier key"),
        ("example.com/foo", "is not a verifier key"),
        (C2SP.replace("example.com/foo", ""), "is not a verifier key"),
        (C2SP.replace("foo", "f oo"), "is not a verifier key"),
        (C2SP.replace("530d903a", "530D903A"), "is not a verifier key"),
        (C2SP + "\n", "is not a verifier key"),
        (C2SP[:-1] + "-", "is not a verifier key"),
        (C2SP + "=" * 5000, "is not a verifier key"),
        (C2SP.replace("foo", "fop"), "was changed: its key id is 530d903a, its content gives"),
        (C2SP.replace("530d903a", "530d903b"), "was changed: its key id is 530d903b"),
        ("a+00000000+Av8=", r"has type 0x02 and 1 bytes; known: ed25519 \(0x01\)"),
        ("a+00000000+Aek=", "has type 0x01 and 1 bytes"),
    ],
)
def test_a_verifier_key_has_one_exact_text(text, message):
    with pytest.raises(KeyRefused, match=message):
        verifier(text)


def test_a_key_needs_a_name_and_a_kind_that_exist():
    with pytest.raises(
        KeyRefused, match="'a b' cannot name a key: it needs text without spaces and plus signs"
    ):
        generate_signer("a b", "ed25519")
    with pytest.raises(
        KeyRefused, match="'rsa' is no kind of key; allowed: ed25519, ed25519-cosignature, ml-"
    ):
        generate_signer("a", "rsa")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_saved_key_comes_back(tmp_path, algorithm):
    signer = generate_signer("example.com/log", algorithm)
    signer.save(tmp_path / "key")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert Signer.load(tmp_path / "key") == signer
    assert Signer.load(tmp_path / "key").vkey == signer.vkey


def test_the_mask_of_the_process_does_not_open_a_key(tmp_path):
    before = os.umask(0)
    try:
        generate_signer("a", "ed25519").save(tmp_path / "key")
    finally:
        os.umask(before)
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_a_key_never_replaces_a_file(tmp_path):
    signer = generate_signer("a", "ed25519")
    signer.save(tmp_path / "key")
    with pytest.raises(
        KeyRefused, match=r"the key cannot be written: File exists. A key never replaces a file"
    ):
        generate_signer("b", "ed25519").save(tmp_path / "key")
    assert Signer.load(tmp_path / "key") == signer


def test_a_key_that_others_can_read_is_refused(tmp_path):
    generate_signer("a", "ed25519").save(tmp_path / "key")
    (tmp_path / "key").chmod(0o640)
    with pytest.raises(KeyRefused, match=r"others can read this private key \(mode 0640\). chmod 600 "):
        Signer.load(tmp_path / "key")


def test_a_file_that_is_no_key_is_refused_without_showing_it(tmp_path):
    signer = generate_signer("a", "ed25519", b"\x11" * 32)
    signer.save(tmp_path / "key")
    good = (tmp_path / "key").read_text()
    with pytest.raises(KeyRefused, match="the key cannot be read: No such file"):
        Signer.load(tmp_path / "none")
    for wrong in ("", good.replace("+a+", "+b+"), good[:-6], "PRIVATE+KEY+x", signer.vkey, "\0" * 9000):
        (tmp_path / "key").write_text(wrong)
        with pytest.raises(KeyRefused, match="this is not a private key of a log or witness") as refused:
            Signer.load(tmp_path / "key")
        assert "EREREREREREREREREREREREREREREREREREREREREREREQ" not in str(refused.value)


def test_a_key_shows_no_secret():
    signer = generate_signer("a", "ed25519", b"\x11" * 32)
    assert "11" * 4 not in repr(signer)
    assert r"\x11" not in repr(signer)


def test_kinds_that_sign_checkpoints_sign_nothing_else():
    for algorithm in ("ed25519-cosignature", "ml-dsa-44"):
        signer = generate_signer("a", algorithm)
        with pytest.raises(NoteRefused, match=f"a key of the kind {algorithm} signs checkpoints alone"):
            signer.sign("just a text\n")
        assert signer.verifier.verify("just a text\n", bytes(72 if "ed" in algorithm else 2428)) is None
