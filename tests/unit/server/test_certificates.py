"""Certificates against a verifier that we did not write: OpenSSL with its strict checks."""

import base64
import datetime
import shutil
import ssl
import subprocess
from contextlib import suppress

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from synaspis.core.clock import SystemClock
from synaspis.core.errors import InputError
from synaspis.server.certificates import (
    Authority,
    certificate_pem,
    certificate_request,
    fingerprint,
    host_fault,
    load_private_pem,
    private_pem,
    read_request,
)

NOW_US = SystemClock().now_us()
DAY = datetime.timedelta(days=1)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority.found("Test", NOW_US)


def shake_hands(
    authority: Authority, hosts: list[str], name: str, tmp_path, *, swapped: bool = False
) -> None:
    """Mutual TLS in memory with OpenSSL's strict checks on both sides; raises what either side raises."""
    keys = {side: Ed25519PrivateKey.generate() for side in ("server", "client")}
    certificates = {
        "server": authority.server(hosts, keys["server"].public_key(), NOW_US),
        "client": authority.client("alpha", "partner", keys["client"].public_key(), NOW_US),
    }
    contexts = {}
    for side, protocol in (("server", ssl.PROTOCOL_TLS_SERVER), ("client", ssl.PROTOCOL_TLS_CLIENT)):
        shown = {"server": "client", "client": "server"}[side] if swapped else side
        pem = tmp_path / f"{side}.pem"
        pem.write_bytes(private_pem(keys[shown]) + certificate_pem(certificates[shown]))
        contexts[side] = context = ssl.SSLContext(protocol)
        context.load_cert_chain(pem)
        context.load_verify_locations(cadata=certificate_pem(authority.certificate).decode())
        context.verify_mode = ssl.CERT_REQUIRED
        context.verify_flags |= ssl.VERIFY_X509_STRICT
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        contexts["client"].wrap_bio(down, up, server_hostname=name),
        contexts["server"].wrap_bio(up, down, server_side=True),
    ]
    for _ in range(4):
        for end in ends:
            with suppress(ssl.SSLWantReadError):
                end.do_handshake()
    assert ends[1].getpeercert(True) is not None


@pytest.mark.parametrize("name", ["centre.example.org", "192.0.2.7", "localhost", "127.0.0.1", "::1"])
def test_strict_openssl_accepts_the_server_under_each_of_its_names(authority, name: str, tmp_path):
    shake_hands(authority, ["centre.example.org", "192.0.2.7"], name, tmp_path)


def test_strict_openssl_refuses_the_server_under_another_name(authority, tmp_path):
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        shake_hands(authority, ["centre.example.org"], "elsewhere.example.org", tmp_path)


def test_strict_openssl_takes_no_client_certificate_for_that_of_a_server(authority, tmp_path):
    with pytest.raises(ssl.SSLCertVerificationError, match=r"(unsuitable|unsupported) certificate purpose"):
        shake_hands(authority, [], "localhost", tmp_path, swapped=True)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="OpenSSL's program is not here")
def test_openssl_strict_accepts_server_and_client(authority: Authority, tmp_path):
    (tmp_path / "ca.pem").write_bytes(certificate_pem(authority.certificate))
    key = Ed25519PrivateKey.generate().public_key()
    for purpose, certificate in (
        ("sslserver", authority.server(["192.0.2.7"], key, NOW_US)),
        ("sslclient", authority.client("alpha", "partner", key, NOW_US)),
    ):
        (tmp_path / "one.pem").write_bytes(certificate_pem(certificate))
        command = ["openssl", "verify", "-x509_strict", "-purpose", purpose, "-CAfile", "ca.pem", "one.pem"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, "one.pem: OK\n"), done.stderr


def test_client_certificate_names_the_partner_and_serves_nothing_else(authority: Authority):
    key = Ed25519PrivateKey.generate().public_key()
    certificate = authority.client("alpha", "partner", key, NOW_US)
    common = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert [each.value for each in common] == ["alpha"]
    extensions = certificate.extensions
    assert list(extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) == [
        ExtendedKeyUsageOID.CLIENT_AUTH
    ]
    usage = extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert (usage.value.digital_signature, usage.value.key_cert_sign) == (True, False)
    assert extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False
    # RFC 5280, 4.2.1.1: the identifier of the issuer's key is the issuer's own subject key identifier.
    mine = authority.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    issuer = extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    assert issuer.key_identifier == mine.digest


def test_certificates_last_as_long_as_stated(authority: Authority):
    now = datetime.datetime.fromtimestamp(NOW_US // 1_000_000, datetime.UTC)
    client = authority.client("alpha", "partner", Ed25519PrivateKey.generate().public_key(), NOW_US)
    assert client.not_valid_after_utc - now == 397 * DAY
    assert authority.certificate.not_valid_after_utc - now == 3653 * DAY
    assert now - client.not_valid_before_utc == datetime.timedelta(hours=1)


def test_two_certificates_of_one_partner_have_two_fingerprints(authority: Authority):
    key = Ed25519PrivateKey.generate().public_key()
    first, second = (authority.client("alpha", "partner", key, NOW_US) for _ in range(2))
    assert fingerprint(first) != fingerprint(second)
    assert len(fingerprint(first)) == 64


@pytest.mark.parametrize("host", ["localhost", "centre.example.org", "192.0.2.7", "2001:db8::7", "a-b.c"])
def test_hosts_that_a_certificate_can_name(host: str):
    assert host_fault(host) is None


@pytest.mark.parametrize(
    "host", ["", "Centre.Example", "centre:8443", "-a.b", "a..b", "a b", "*.example.org", "x" * 254]
)
def test_hosts_that_it_cannot_name(host: str):
    fault = host_fault(host)
    assert fault is not None
    assert "is neither a host name nor an address" in fault.what
    assert "without port" in fault.remedy


def test_request_is_read_back_with_the_key_that_signed_it():
    key = Ed25519PrivateKey.generate()
    request = read_request(certificate_request("alpha", key), "request.yaml")
    assert request.public_key() == key.public_key()


def test_request_with_a_broken_signature_is_refused():
    request = x509.load_pem_x509_csr(certificate_request("alpha", Ed25519PrivateKey.generate()))
    raw = bytearray(request.public_bytes(Encoding.DER))
    raw[-1] ^= 1
    broken = x509.load_der_x509_csr(bytes(raw)).public_bytes(Encoding.PEM)
    with pytest.raises(InputError, match="not signed by the key that it names"):
        read_request(broken, "request.yaml")


def test_request_that_is_none_or_of_another_kind_of_key_is_refused():
    with pytest.raises(InputError, match="this is not a certificate request"):
        read_request(b"-----BEGIN CERTIFICATE REQUEST-----\n", "request.yaml")
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    other = builder.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    with pytest.raises(InputError, match="the key of the request is not Ed25519"):
        read_request(other.public_bytes(Encoding.PEM), "request.yaml")


@pytest.mark.parametrize(
    ("was", "put"),
    [
        (b"\x06\x03\x2b\x65\x70", b"\x06\x03\x2b\x55\x70"),  # an algorithm that nobody knows
        (b"\x02\x01\x00", b"\x02\x01\x05"),  # a version that there is not
        (b"alpha", b"\xff\xff\xff\xff\xff"),  # a name that is no text
    ],
)
def test_request_with_parts_that_cannot_be_is_refused_like_any_other(was: bytes, put: bytes):
    request = certificate_request("alpha", Ed25519PrivateKey.generate())
    raw = x509.load_pem_x509_csr(request).public_bytes(Encoding.DER)
    assert was in raw
    changed = base64.encodebytes(raw.replace(was, put))
    begin, end = b"-----BEGIN CERTIFICATE REQUEST-----\n", b"-----END CERTIFICATE REQUEST-----\n"
    with pytest.raises(InputError, match="this is not a certificate request"):
        read_request(begin + changed + end, "request.yaml")


def test_private_key_is_read_back_and_others_are_refused():
    key = Ed25519PrivateKey.generate()
    assert load_private_pem(private_pem(key), "ca.key").public_key() == key.public_key()
    with pytest.raises(InputError, match=r"ca\.key: this is not a private key"):
        load_private_pem(b"secret", "ca.key")
    other = ec.generate_private_key(ec.SECP256R1())
    pem = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(InputError, match="this private key is of another kind"):
        load_private_pem(pem, "ca.key")
