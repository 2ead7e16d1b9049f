"""Keys that sign messages: Ed25519 (RFC 8032), stored as PEM."""

from __future__ import annotations

import hashlib
import os
import stat
from functools import cached_property
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from synaspis.core.errors import Fault, InputError
from synaspis.core.files import write_atomically

PEM_CHARACTERS_MAX: Final = 10_000

_PRIME: Final = 2**255 - 19

# Encodings of points whose order divides 8, without the bit of the sign (RFC 8032, section 5.1: y = 0, 1, -1,
# the two y of order 8, and 0 and 1 written as p and p + 1). Whoever has such a key can deny every signature.
_SMALL_ORDER: Final = {
    *(y.to_bytes(32, "little") for y in (0, 1, _PRIME - 1, _PRIME, _PRIME + 1)),
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
}

PRIVATE_MODE = 0o600
"""Only the owner reads or writes the file of a private key."""


class PublicKey:
    """The public half: verifies what the other half has signed.

    raw: 32 bytes, RFC 8032 section 5.1.5.
    Raises InputError if it is not a key.
    """

    def __init__(self, raw: bytes) -> None:
        try:
            self._key = Ed25519PublicKey.from_public_bytes(raw)
        except ValueError:
            raise InputError(f"{len(raw)} bytes are not an Ed25519 public key; it has 32") from None
        if bytes([*raw[:31], raw[31] & 0x7F]) in _SMALL_ORDER:
            what = "this public key fits signatures that nobody has made (a point of small order)"
            raise InputError(Fault(what, remedy="Make a new key."))
        self.raw = raw

    @cached_property
    def key_id(self) -> str:
        """SHA-256 of the raw key, 64 hex digits."""
        return hashlib.sha256(self.raw).hexdigest()

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Whether this key's other half has signed these very bytes."""
        try:
            self._key.verify(signature, data)
        except InvalidSignature:
            return False
        return True

    @property
    def pem(self) -> str:
        """SubjectPublicKeyInfo as PEM text (RFC 8410)."""
        return self._key.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        ).decode()

    @classmethod
    def from_pem(cls, text: str, source: str = "") -> PublicKey:
        """Read the PEM text; source: file name, for messages. Raises InputError."""
        try:
            key = serialization.load_pem_public_key(text.encode())
        except (ValueError, UnsupportedAlgorithm, UnicodeEncodeError):
            key = None
        if not isinstance(key, Ed25519PublicKey):
            raise InputError(_not_a_key("public", source))
        return cls(key.public_bytes_raw())

    def save(self, path: Path | str) -> Path:
        """Write the PEM file, whole or not at all; returns its path."""
        return write_atomically(path, self.pem)

    @classmethod
    def load(cls, path: Path | str) -> PublicKey:
        """Read a PEM file. Raises InputError."""
        return cls.from_pem(_read(Path(path))[0], str(path))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PublicKey) and self.raw == other.raw

    def __hash__(self) -> int:
        return hash(self.raw)

    def __repr__(self) -> str:
        return f"PublicKey({self.raw.hex()})"


class SigningKey:
    """The private half. It is shown nowhere: neither printed, pickled nor written into an error.

    seed: 32 secret bytes, RFC 8032 section 5.1.5; `generate` draws them.
    """

    def __init__(self, seed: bytes) -> None:
        if len(seed) != 32:
            raise InputError(f"an Ed25519 private key has 32 bytes, not {len(seed)}")
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    @classmethod
    def generate(cls) -> SigningKey:
        """A new key from the operating system's random numbers."""
        return cls(os.urandom(32))

    @cached_property
    def public(self) -> PublicKey:
        """The half that may be shown."""
        return PublicKey(self._key.public_key().public_bytes_raw())

    @property
    def key_id(self) -> str:
        """SHA-256 of the raw public key, 64 hex digits."""
        return self.public.key_id

    def sign(self, data: bytes) -> bytes:
        """Signature of 64 bytes; the same data give the same signature."""
        return self._key.sign(data)

    def save(self, path: Path | str) -> Path:
        """Write an unencrypted PKCS #8 PEM file that only its owner can read; returns its path.

        Raises InputError if there is a file already: a key is never written over.
        """
        path = Path(path)
        pem = self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Created with its mode, so that there is no moment at which others can open it.
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_MODE)
        except FileExistsError:
            remedy = "Move it away first; a key that is lost cannot be made again."
            raise InputError(Fault("there is a file already", source=str(path), remedy=remedy)) from None
        except OSError as error:
            raise InputError(Fault(f"cannot be written: {error.strerror}", source=str(path))) from None
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(pem)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            path.unlink(missing_ok=True)
            raise InputError(Fault(f"cannot be written: {error.strerror}", source=str(path))) from None
        return path

    @classmethod
    def load(cls, path: Path | str) -> SigningKey:
        """Read a PEM file.

        Raises InputError if it is not a key, or if others than its owner may read it.
        """
        path = Path(path)
        text, mode = _read(path)
        open_to = stat.S_IMODE(mode) & 0o077
        if open_to:
            raise InputError(
                Fault(
                    f"others than its owner may use this private key (mode {open_to:03o} too much)",
                    source=str(path),
                    remedy=f"Run: chmod 600 {path.name}; if others have read it, make a new key.",
                )
            )
        try:
            key = serialization.load_pem_private_key(text.encode(), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm, UnicodeEncodeError):
            key = None
        if not isinstance(key, Ed25519PrivateKey):
            raise InputError(_not_a_key("private", str(path)))
        return cls(key.private_bytes_raw())

    def __reduce__(self) -> str:
        raise TypeError("a private key is not pickled; save it to its own file")

    def __repr__(self) -> str:
        return f"SigningKey(key_id={self.key_id[:16]}...)"


def _read(path: Path) -> tuple[str, int]:
    """Text and mode of one and the same file."""
    try:
        with path.open(encoding="ascii") as stream:
            return stream.read(PEM_CHARACTERS_MAX), os.fstat(stream.fileno()).st_mode
    except OSError as error:
        raise InputError(Fault(f"cannot be read: {error.strerror}", source=str(path))) from None
    except UnicodeDecodeError:
        raise InputError(Fault("not a PEM file", source=str(path))) from None


def _not_a_key(half: str, source: str) -> Fault:
    return Fault(
        f"not an Ed25519 {half} key in PEM form",
        source=source,
        remedy=f"It begins with -----BEGIN {half.upper()} KEY-----.",
    )
