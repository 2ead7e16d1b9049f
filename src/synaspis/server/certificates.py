"""The centre's private certificate authority: Ed25519 certificates for the server, partners and operators,
P-256 for persons at browsers.

Every certificate carries what strict verifiers ask for (RFC 5280, sections 4.2.1.1 to 4.2.1.12): key
identifiers of subject and issuer, key usage, extended key usage, and for the server the names under which it
is reached. The common name of a client is the id of the partner; who the partner is, is decided by the
fingerprint of the certificate, never by the name alone.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from synaspis.core.errors import Fault, InputError

AUTHORITY_DAYS: Final = 3653
"""Ten years: a new authority means new certificates for everybody."""

CERTIFICATE_DAYS: Final = 397
"""Server, partners and operators: a year and a month to renew in."""

ALWAYS_SERVED: Final = ("localhost", "127.0.0.1", "::1")
"""Names of the server beside those that the operator gives."""

PublicKey = Ed25519PublicKey | EllipticCurvePublicKey

# A partner whose clock is slow must not find a new certificate to lie in the future.
_BACKDATED: Final = timedelta(hours=1)
_HOST_CHARACTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-.")


def private_pem(key: Ed25519PrivateKey) -> bytes:
    """PKCS #8 in PEM, unencrypted: what protects it is the mode of its file."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def load_private_pem(content: bytes, source: str) -> Ed25519PrivateKey:
    """Read an Ed25519 private key. source: file name for the message. Raises InputError for anything else."""
    remedy = "An unencrypted Ed25519 private key in PEM is needed."
    try:
        key = load_pem_private_key(content, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise InputError(Fault("this is not a private key", source=source, remedy=remedy)) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise InputError(Fault("this private key is of another kind", source=source, remedy=remedy))
    return key


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate in DER: 64 hex digits."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def certificate_pem(certificate: x509.Certificate) -> bytes:
    """Return the certificate in PEM."""
    return certificate.public_bytes(Encoding.PEM)


def read_request(content: bytes, source: str) -> x509.CertificateSigningRequest:
    """Read a certificate request (PKCS #10) that is signed by the Ed25519 key it names.

    source: file name for the message. Raises InputError for anything else.
    """
    remedy = "Make the request again with `synaspis partner request`."
    try:
        request = x509.load_pem_x509_csr(content)
        # Parts are read when they are asked for: each of them may be one that cannot be.
        key, _, valid = request.public_key(), request.subject, request.is_signature_valid
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm, x509.InvalidVersion):
        raise InputError(Fault("this is not a certificate request", source=source, remedy=remedy)) from None
    if not isinstance(key, Ed25519PublicKey):
        raise InputError(Fault("the key of the request is not Ed25519", source=source, remedy=remedy))
    if not valid:
        what = "the request is not signed by the key that it names"
        raise InputError(Fault(what, source=source, remedy=remedy))
    return request


def certificate_request(partner: str, key: Ed25519PrivateKey) -> bytes:
    """Return a certificate request in PEM for a partner's own key, which never leaves the partner."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(_name(partner, "partner"))
    return builder.sign(key, None).public_bytes(Encoding.PEM)


def host_fault(host: str) -> Fault | None:
    """What is wrong with a host name or address for the server's certificate; None if nothing is."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        labels = host.split(".")
        if (
            set(host) <= _HOST_CHARACTERS
            and len(host) <= 253
            and all(0 < len(label) <= 63 and label.strip("-") == label for label in labels)
        ):
            return None
        what = f"{host[:80]!r} is neither a host name nor an address"
        return Fault(what, remedy="Write it in small letters, without port: centre.example.org or 192.0.2.7.")
    return None


@dataclass(frozen=True)
class Authority:
    """The certificate authority of one centre.

    certificate: self-signed, may sign certificates and nothing below it may. key: its private key.
    """

    certificate: x509.Certificate
    key: Ed25519PrivateKey

    @classmethod
    def found(cls, name: str, now_us: int, days: int = AUTHORITY_DAYS) -> Authority:
        """Make a new authority. name: of the centre. now_us: since the epoch. days: how long it is valid."""
        key = Ed25519PrivateKey.generate()
        subject = _name(name, "authority")
        builder = _builder(subject, subject, key.public_key(), key.public_key(), now_us, days)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        builder = builder.add_extension(_usage(signs_certificates=True), critical=True)
        return cls(builder.sign(key, None), key)

    def server(
        self, hosts: Sequence[str], key: Ed25519PublicKey, now_us: int, days: int = CERTIFICATE_DAYS
    ) -> x509.Certificate:
        """Certificate of the server under the names given and those of this machine."""
        names = list(dict.fromkeys([*hosts, *ALWAYS_SERVED]))
        builder = self._end_entity(_name(names[0], "server"), key, now_us, days, client=False)
        return builder.add_extension(
            x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False
        ).sign(self.key, None)

    def client(
        self, identity: str, role: str, key: Ed25519PublicKey, now_us: int, days: int = CERTIFICATE_DAYS
    ) -> x509.Certificate:
        """Certificate of a partner or operator. identity: its id, the common name. role: shown beside it."""
        return self._end_entity(_name(identity, role), key, now_us, days, client=True).sign(self.key, None)

    def person(
        self, name: str, unit: str, key: EllipticCurvePublicKey, now_us: int, days: int
    ) -> x509.Certificate:
        """Certificate of a person at a browser. name: the common name. unit: role and cell, shown beside it.
        key: on the curve P-256, which browsers take.
        """
        return self._end_entity(_name(name, unit), key, now_us, days, client=True).sign(self.key, None)

    def _end_entity(
        self, subject: x509.Name, key: PublicKey, now_us: int, days: int, *, client: bool
    ) -> x509.CertificateBuilder:
        purpose = ExtendedKeyUsageOID.CLIENT_AUTH if client else ExtendedKeyUsageOID.SERVER_AUTH
        builder = _builder(subject, self.certificate.subject, key, self.key.public_key(), now_us, days)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(_usage(signs_certificates=False), critical=True)
        return builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)


def _name(common: str, unit: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Synaspis"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
            x509.NameAttribute(NameOID.COMMON_NAME, common[:64]),
        ]
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: PublicKey,
    issuer_key: Ed25519PublicKey,
    now_us: int,
    days: int,
) -> x509.CertificateBuilder:
    start = datetime.fromtimestamp(now_us // 1_000_000, UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start - _BACKDATED)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
