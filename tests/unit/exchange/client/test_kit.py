from __future__ import annotations

import base64
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from synaspis.core.errors import InputError
from synaspis.exchange.client.kit import PRIVATE_FILES, PartnerKit, partner_id_fault, write_kit, write_private
from synaspis.log import generate_signer

CENTRE_KEY = bytes(range(32))
LOG_VKEYS = tuple(generate_signer("log", each, bytes(32)).vkey for each in ("ed25519", "ml-dsa-44"))


def private_pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def certificate(key: Ed25519PrivateKey, name: str) -> bytes:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=3650))
        .sign(key, None)
    )
    return built.public_bytes(Encoding.PEM)


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    key = Ed25519PrivateKey.generate()
    own = certificate(key, "aa")
    return write_kit(
        tmp_path / "aa",
        partner="aa",
        centre_url="https://127.0.0.1:8443",
        centre_key=CENTRE_KEY,
        log_vkeys=LOG_VKEYS,
        partner_keys={"bb": bytes(32)},
        files={
            "ca.pem": own,
            "client.pem": own,
            "client.key": private_pem(key),
            "message.key": b"m",
            "witness.key": b"w",
        },
    )


def faults_of(folder: Path) -> str:
    with pytest.raises(InputError, match="in the input") as caught:
        PartnerKit.load(folder)
    return str(caught.value)


def test_a_kit_that_was_written_is_read_back(kit: Path):
    read = PartnerKit.load(kit)
    assert (read.partner, read.centre_url, read.centre_key) == ("aa", "https://127.0.0.1:8443", CENTRE_KEY)
    assert read.log_vkeys == LOG_VKEYS
    assert read.partner_keys == {"bb": bytes(32)}
    assert read.path("ca.pem").is_file()


def test_private_files_are_for_their_owner_alone(kit: Path):
    for name in PRIVATE_FILES:
        assert stat.S_IMODE((kit / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(kit.stat().st_mode) == 0o700


def test_a_folder_that_is_not_there_is_said(tmp_path: Path):
    assert "there is no such folder. Name the folder that the operator" in faults_of(tmp_path / "none")


def test_everything_that_is_missing_is_said_at_once(kit: Path):
    (kit / "ca.pem").unlink()
    (kit / "witness.key").unlink()
    text = faults_of(kit)
    assert text.startswith("2 faults in the input:")
    assert "the file ca.pem of the kit is missing" in text
    assert "the file witness.key of the kit is missing. Ask the operator of the centre" in text


def test_a_private_key_that_others_may_read_is_refused(kit: Path):
    (kit / "message.key").chmod(0o644)
    assert "the private key has mode 644; others may read it, only 600 or 400 is allowed. Do: chmod 600" in (
        faults_of(kit)
    )


def test_a_certificate_of_another_partner_is_refused(kit: Path):
    other = Ed25519PrivateKey.generate()
    (kit / "client.pem").write_bytes(certificate(other, "bb"))
    text = faults_of(kit)
    assert "the certificate is for bb, the kit for aa" in text
    assert "the certificate belongs to another private key" in text


def test_what_is_no_certificate_or_no_key_is_said(kit: Path):
    (kit / "client.key").write_bytes(b"nothing")
    assert "this is not a private key in PEM" in faults_of(kit)
    (kit / "client.pem").write_bytes(b"nothing")
    assert "this is not a certificate in PEM" in faults_of(kit)


def test_a_certificate_of_an_unknown_kind_of_key_is_none(kit: Path):
    known = x509.load_pem_x509_certificate((kit / "client.pem").read_bytes()).public_bytes(Encoding.DER)
    # Object identifier of Ed25519 (RFC 8410, section 3), and one that nobody has.
    strange = known.replace(b"\x06\x03\x2b\x65\x70", b"\x06\x03\x2b\x55\x70")
    assert strange != known
    text = base64.encodebytes(strange).decode()
    (kit / "client.pem").write_text(f"-----BEGIN CERTIFICATE-----\n{text}-----END CERTIFICATE-----\n")
    assert "this is not a certificate in PEM" in faults_of(kit)


@pytest.mark.parametrize("name", ["centre", "", "Aa", "1a", "a_b", "a" * 64, "aa\n", "../aa"])
def test_ids_that_are_none_are_refused(name: str):
    fault = partner_id_fault(name)
    assert fault is not None
    assert "is no partner id: small letters, digits and hyphens" in fault.what


@pytest.mark.parametrize("name", ["a", "aa", "nation-3", "a" * 63])
def test_ids_are_short_words(name: str):
    assert partner_id_fault(name) is None


def test_a_kit_with_bad_settings_is_not_written(tmp_path: Path):
    with pytest.raises(InputError, match="in the input") as caught:
        write_kit(
            tmp_path / "x",
            partner="centre",
            centre_url="http://plain",
            centre_key=b"short",
            log_vkeys=(),
            files={},
        )
    text = str(caught.value)
    assert "'centre' is no partner id" in text
    assert "is not an Ed25519 public key: 32 bytes in base64 are needed" in text
    assert "log_vkeys" in text
    assert "centre: 'http://plain'" in text
    assert not (tmp_path / "x").exists()
    with pytest.raises(ValueError, match="is not of a kit"):
        write_kit(
            tmp_path / "x",
            partner="aa",
            centre_url="https://x",
            centre_key=CENTRE_KEY,
            log_vkeys=("v",),
            files={"../escape": b""},
        )


def test_an_unknown_key_in_the_settings_is_a_fault(kit: Path):
    path = kit / "partner.yaml"
    path.write_text(path.read_text() + "secret: 1\n")
    assert "unknown key 'secret'" in faults_of(kit)


def test_a_private_file_that_cannot_be_written_is_told_with_its_path(tmp_path: Path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(InputError, match=r"cannot write .*/file/client.key: Not a directory"):
        write_private(tmp_path / "file" / "client.key", b"key")
    (tmp_path / "client.key").mkdir()
    with pytest.raises(InputError, match=r"cannot write .*/client.key: "):
        write_private(tmp_path / "client.key", b"key")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["client.key", "file"]


def test_verifier_keys_that_were_changed_are_faults_with_their_place(kit: Path):
    path = kit / "partner.yaml"
    path.write_text(path.read_text().replace("log+", "other+") + "witness_vkeys: {bb: bb/witness}\n")
    path.write_text(path.read_text().replace("witness_vkeys: {}\n", ""))
    told = faults_of(kit)
    assert "log_vkeys[0]: the verifier key of other was changed: its key id is" in told
    assert "log_vkeys[1]: the verifier key of other was changed: its key id is" in told
    assert "witness_vkeys.bb: 'bb/witness' is not a verifier key: NAME+8 HEX DIGITS+BASE64 is needed" in told


def test_public_keys_stand_as_base64(kit: Path):
    assert f"centre_key: {base64.b64encode(CENTRE_KEY).decode()}" in (kit / "partner.yaml").read_text()
