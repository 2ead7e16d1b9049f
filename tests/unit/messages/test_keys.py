"""Keys. The first vector is test 1 of RFC 8032, section 7.1."""

import copy
import hashlib
import pickle
import stat

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from synaspis.core.errors import InputError
from synaspis.messages import PublicKey, SigningKey
from synaspis.messages.keys import _SMALL_ORDER

SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
SIGNATURE = bytes.fromhex(
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
    "d25bf5f0595bbe24655141438e7a100b"
)


def test_the_vector_of_rfc_8032_holds():
    key = SigningKey(SEED)
    assert key.public.raw == PUBLIC
    assert key.sign(b"") == SIGNATURE
    assert key.public.verifies(SIGNATURE, b"")
    assert not key.public.verifies(SIGNATURE, b"x")


def test_the_key_id_is_the_hash_of_the_raw_public_key():
    assert SigningKey(SEED).key_id == hashlib.sha256(PUBLIC).hexdigest()


def test_two_new_keys_differ():
    assert SigningKey.generate().public != SigningKey.generate().public


def test_a_private_key_survives_its_file_which_only_its_owner_reads(tmp_path):
    key = SigningKey(SEED)
    path = key.save(tmp_path / "keys" / "message.key")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text().startswith("-----BEGIN PRIVATE KEY-----\n")
    assert SigningKey.load(path).public == key.public


def test_a_private_key_is_never_written_over(tmp_path):
    path = SigningKey(SEED).save(tmp_path / "message.key")
    before = path.read_bytes()
    with pytest.raises(InputError, match=r"message\.key: there is a file already\. Move it away first"):
        SigningKey.generate().save(path)
    assert path.read_bytes() == before


def test_a_link_that_leads_elsewhere_is_not_followed_when_a_key_is_written(tmp_path):
    (tmp_path / "message.key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="there is a file already"):
        SigningKey(SEED).save(tmp_path / "message.key")
    assert not (tmp_path / "elsewhere").exists()


def test_a_private_key_that_others_may_read_is_refused(tmp_path):
    path = SigningKey(SEED).save(tmp_path / "message.key")
    path.chmod(0o640)
    with pytest.raises(InputError, match=r"others than its owner .*040 too much.* chmod 600 message\.key"):
        SigningKey.load(path)


def test_a_public_key_survives_its_file(tmp_path):
    key = SigningKey(SEED).public
    path = key.save(tmp_path / "message.pub")
    assert path.read_text().startswith("-----BEGIN PUBLIC KEY-----\n")
    assert PublicKey.load(path) == key
    assert hash(PublicKey.load(path)) == hash(key)


@pytest.mark.parametrize("show", [repr, str, lambda key: f"{key}", lambda key: f"{vars(key)}"])
def test_a_private_key_is_not_shown(show):
    key = SigningKey(SEED)
    shown = show(key)
    assert SEED.hex() not in shown
    assert repr(SEED) not in shown


@pytest.mark.parametrize("duplicate", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_private_key_is_neither_pickled_nor_copied(duplicate):
    with pytest.raises(TypeError, match="not pickled"):
        duplicate(SigningKey(SEED))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", r"not an Ed25519 private key in PEM form\. It begins with -----BEGIN PRIVATE KEY-----"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "not an Ed25519 private key"),
        ("\xff", "not a PEM file"),
    ],
)
def test_a_file_that_is_no_private_key_is_refused_without_its_content(tmp_path, text, says):
    path = tmp_path / "message.key"
    path.write_text(text, "utf-8")
    path.chmod(0o600)
    with pytest.raises(InputError, match=says) as caught:
        SigningKey.load(path)
    assert "AAAA" not in str(caught.value)


def test_a_private_key_is_not_taken_for_a_public_one(tmp_path):
    path = SigningKey(SEED).save(tmp_path / "message.key")
    with pytest.raises(InputError, match="not an Ed25519 public key in PEM form") as caught:
        PublicKey.load(path)
    assert "-----BEGIN PRIVATE" not in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match=r"none\.pub: cannot be read: No such file"):
        PublicKey.load(tmp_path / "none.pub")


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_key_of_another_length_is_refused(length):
    with pytest.raises(InputError, match=f"{length} bytes are not an Ed25519 public key; it has 32"):
        PublicKey(bytes(length))
    with pytest.raises(InputError, match=f"private key has 32 bytes, not {length}"):
        SigningKey(bytes(length))


@pytest.mark.parametrize("sign", [0x00, 0x80])
@pytest.mark.parametrize("raw", sorted(_SMALL_ORDER), ids=bytes.hex)
def test_a_key_that_fits_signatures_nobody_made_is_refused(raw, sign):
    raw = bytes([*raw[:31], raw[31] | sign])
    with pytest.raises(InputError, match=r"fits signatures that nobody has made .* Make a new key"):
        PublicKey(raw)


def test_such_keys_do_harm_indeed():
    """R = 0 and S = 0 verify against a point of small order for about one message in eight, for all eight
    points. Encodings that are not reduced, and x = 0 with a sign, are left out: the library refuses them.
    """
    forged = bytes([1, *bytes(31)]) + bytes(32)
    harmful = 0
    for raw in _SMALL_ORDER:
        try:
            key = Ed25519PublicKey.from_public_bytes(raw)
        except ValueError:
            continue
        for number in range(200):
            try:
                key.verify(forged, str(number).encode())
            except Exception:
                continue
            harmful += 1
            break
    assert harmful >= 5
