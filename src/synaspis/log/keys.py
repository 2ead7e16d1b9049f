"""Keys of logs and witnesses: three kinds of signature of C2SP signed-note and tlog-cosignature.

| algorithm | type byte | signs |
|---|---|---|
| `ed25519` | 0x01 | the text of any note |
| `ed25519-cosignature` | 0x04 | a checkpoint with the time at which it was seen |
| `ml-dsa-44` | 0x06 | origin, size, root of a checkpoint, name of the signer, time; quantum-safe |

A signer is a name and a 32-byte seed; its public side is one line, the verifier key ("vkey").
Ed25519 gives the same signature for the same text; ML-DSA-44 draws fresh randomness inside its library, so
that two signatures over one text differ and both hold.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from synaspis.core.errors import Fault
from synaspis.log._text import decode_base64, encode_base64, is_key_name, shown
from synaspis.log.checkpoint import Checkpoint
from synaspis.log.errors import KeyRefused, NoteRefused

ALGORITHMS: Final = {"ed25519": 0x01, "ed25519-cosignature": 0x04, "ml-dsa-44": 0x06}
"""Type byte by algorithm, as signed-note assigns them."""

SEED_BYTES: Final = 32
KEY_ID_BYTES: Final = 4
TIME_BYTES: Final = 8

_NAMES: Final = {byte: name for name, byte in ALGORITHMS.items()}
_PUBLIC_BYTES: Final = {0x01: 32, 0x04: 32, 0x06: 1312}
_SIGNATURE_BYTES: Final = {0x01: 64, 0x04: TIME_BYTES + 64, 0x06: TIME_BYTES + 2420}
_PRIVATE: Final = "PRIVATE+KEY+"
_LINE_MAX: Final = 4096
_TIME_MAX_S: Final = (1 << 63) - 1


@dataclass(frozen=True)
class Verifier:
    """Public side of a key: checks signatures.

    name: of the key. type_byte: see `ALGORITHMS`. public: key material.
    """

    name: str
    type_byte: int
    public: bytes
    key_id: bytes = field(init=False)

    def __post_init__(self) -> None:
        if not is_key_name(self.name) or _PUBLIC_BYTES.get(self.type_byte) != len(self.public):
            raise ValueError(f"no key: name {self.name!r}, type {self.type_byte}, {len(self.public)} bytes")
        hashed = hashlib.sha256(self.name.encode() + b"\n" + bytes([self.type_byte]) + self.public).digest()
        object.__setattr__(self, "key_id", hashed[:KEY_ID_BYTES])

    @property
    def algorithm(self) -> str:
        """One of `ALGORITHMS`."""
        return _NAMES[self.type_byte]

    @property
    def vkey(self) -> str:
        """The verifier key as one line of text, without newline."""
        return _key_line(self.name, self.key_id, self.type_byte, self.public)

    def verify(self, text: str, signature: bytes) -> int | None:
        """Check a signature over the text of a note.

        signature: what follows the key id in a signature line. Returns the time that it carries, s since
        the epoch, 0 where it carries none; None if it does not hold.
        """
        if len(signature) != _SIGNATURE_BYTES[self.type_byte]:
            return None
        time_s, raw = 0, signature
        if self.type_byte != 0x01:
            time_s, raw = int.from_bytes(signature[:TIME_BYTES], "big"), signature[TIME_BYTES:]
        if time_s > _TIME_MAX_S:
            return None
        message = _message(self.type_byte, self.name, text, time_s)
        if message is None:
            return None
        try:
            if self.type_byte == 0x06:
                MLDSA44PublicKey.from_public_bytes(self.public).verify(raw, message)
            else:
                Ed25519PublicKey.from_public_bytes(self.public).verify(raw, message)
        except (InvalidSignature, ValueError):
            return None
        return time_s


@dataclass(frozen=True)
class Signer:
    """Private side of a key: makes signatures. Shows its seed nowhere but in `save`.

    name: of the key, without spaces and plus signs. algorithm: one of `ALGORITHMS`. seed: 32 secret bytes.
    """

    name: str
    algorithm: str
    seed: bytes = field(repr=False)
    verifier: Verifier = field(init=False, repr=False)
    _private: Ed25519PrivateKey | MLDSA44PrivateKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.algorithm not in ALGORITHMS or len(self.seed) != SEED_BYTES:
            raise ValueError(f"no key: algorithm {self.algorithm!r}, seed of {len(self.seed)} bytes")
        private: Ed25519PrivateKey | MLDSA44PrivateKey
        if self.algorithm == "ml-dsa-44":
            private = MLDSA44PrivateKey.from_seed_bytes(self.seed)
        else:
            private = Ed25519PrivateKey.from_private_bytes(self.seed)
        public = private.public_key().public_bytes_raw()
        object.__setattr__(self, "_private", private)
        object.__setattr__(self, "verifier", Verifier(self.name, ALGORITHMS[self.algorithm], public))

    @property
    def vkey(self) -> str:
        """The verifier key as one line of text, without newline."""
        return self.verifier.vkey

    @property
    def key_id(self) -> bytes:
        """Four bytes that name the key in a signature line."""
        return self.verifier.key_id

    def sign(self, text: str, at_us: int = 0) -> bytes:
        """Sign the text of a note; returns what follows the key id in a signature line.

        at_us: time of signing, us since the epoch; signed as whole seconds by the two kinds that carry a
        time, where 0 means "no statement about time". Raises NoteRefused if this kind of key signs
        checkpoints alone and the text is none.
        """
        time_s = at_us // 1_000_000
        type_byte = self.verifier.type_byte
        message = _message(type_byte, self.name, text, time_s)
        if message is None or not 0 <= time_s <= _TIME_MAX_S:
            raise NoteRefused(Fault(f"a key of the kind {self.algorithm} signs checkpoints alone", self.name))
        raw = self._private.sign(message)
        return raw if type_byte == 0x01 else time_s.to_bytes(TIME_BYTES, "big") + raw

    def save(self, path: Path | str) -> None:
        """Write the private key to a new file that its owner alone can read (mode 0600).

        Raises KeyRefused if there is a file already or the place cannot be written.
        """
        raw = bytes([self.verifier.type_byte]) + self.seed
        line = f"{_PRIVATE}{self.name}+{self.key_id.hex()}+{encode_base64(raw)}\n"
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(line.encode())
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            fault = Fault(
                f"the key cannot be written: {error.strerror}", remedy="A key never replaces a file."
            )
            raise KeyRefused(_placed(fault, path)) from None

    @classmethod
    def load(cls, path: Path | str) -> Signer:
        """Read a private key from its file.

        Raises KeyRefused if it cannot be read, if others than its owner can read it, or if it is no key.
        """
        path = Path(path)
        try:
            mode = path.stat().st_mode & 0o777
            raw = path.read_bytes()[: _LINE_MAX + 1]
        except OSError as error:
            raise KeyRefused(_placed(Fault(f"the key cannot be read: {error.strerror}"), path)) from None
        if mode & 0o077:
            fault = Fault(f"others can read this private key (mode {mode:04o})", remedy=f"chmod 600 {path}")
            raise KeyRefused(_placed(fault, path))
        # The content is secret: no message shows any of it.
        refused = KeyRefused(_placed(Fault("this is not a private key of a log or witness"), path))
        line = raw.decode("utf-8", "replace").removesuffix("\n")
        parts = _parts(line.removeprefix(_PRIVATE)) if line.startswith(_PRIVATE) else None
        if parts is None or len(parts[2]) != 1 + SEED_BYTES or parts[2][0] not in _NAMES:
            raise refused
        signer = cls(parts[0], _NAMES[parts[2][0]], parts[2][1:])
        if signer.key_id != parts[1]:
            raise refused
        return signer


def generate_signer(name: str, algorithm: str, seed: bytes | None = None) -> Signer:
    """Make a key.

    name: without spaces and plus signs; a log's is its origin. algorithm: one of `ALGORITHMS`.
    seed: 32 bytes for a repeatable key in tests; drawn from the machine otherwise.
    Raises KeyRefused for a name or an algorithm that cannot be.
    """
    if not is_key_name(name):
        raise KeyRefused(f"{shown(name)} cannot name a key: it needs text without spaces and plus signs")
    if algorithm not in ALGORITHMS:
        raise KeyRefused(f"{shown(algorithm)} is no kind of key; allowed: {', '.join(ALGORITHMS)}")
    return Signer(name, algorithm, os.urandom(SEED_BYTES) if seed is None else seed)


def verifier(vkey: str) -> Verifier:
    """Read a verifier key: NAME+KEYID+BASE64, as C2SP signed-note has it.

    Raises KeyRefused for anything but the one exact form of a key of a kind in `ALGORITHMS`.
    """
    parts = _parts(vkey)
    if parts is None:
        raise KeyRefused(f"{shown(vkey)} is not a verifier key: NAME+8 HEX DIGITS+BASE64 is needed")
    name, key_id, raw = parts
    if _PUBLIC_BYTES.get(raw[0]) != len(raw) - 1:
        kinds = ", ".join(f"{each} (0x{byte:02x})" for each, byte in ALGORITHMS.items())
        what = f"the verifier key of {name} has type 0x{raw[0]:02x} and {len(raw) - 1} bytes; known: {kinds}"
        raise KeyRefused(what)
    found = Verifier(name, raw[0], raw[1:])
    if found.key_id != key_id:
        raise KeyRefused(
            f"the verifier key of {name} was changed: its key id is {key_id.hex()}, "
            f"its content gives {found.key_id.hex()}"
        )
    return found


def _parts(line: str) -> tuple[str, bytes, bytes] | None:
    """Name, key id and key material of a line NAME+KEYID+BASE64; None for any other line."""
    parts = line.split("+", 2) if len(line) <= _LINE_MAX else []
    if len(parts) != 3 or not is_key_name(parts[0]) or len(parts[1]) != 2 * KEY_ID_BYTES:
        return None
    raw = decode_base64(parts[2])
    if not raw or not set(parts[1]) <= set("0123456789abcdef"):
        return None
    return parts[0], bytes.fromhex(parts[1]), raw


def _key_line(name: str, key_id: bytes, type_byte: int, material: bytes) -> str:
    return f"{name}+{key_id.hex()}+{encode_base64(bytes([type_byte]) + material)}"


def _message(type_byte: int, name: str, text: str, time_s: int) -> bytes | None:
    """What a signature covers; None if the text is no checkpoint and the kind signs nothing else."""
    if type_byte == 0x01:
        return text.encode()
    try:
        checkpoint = Checkpoint.parse(text)
    except NoteRefused:
        return None
    if type_byte == 0x04:
        return f"cosignature/v1\ntime {time_s}\n{text}".encode()
    signer, origin = name.encode(), checkpoint.origin.encode()
    if len(signer) > 255 or len(origin) > 255:
        return None
    # `cosigned_message` of tlog-cosignature, for the subtree from leaf 0 to the size of the tree.
    return b"".join(
        (
            b"subtree/v1\n\x00",
            bytes([len(signer)]) + signer,
            time_s.to_bytes(8, "big"),
            bytes([len(origin)]) + origin,
            (0).to_bytes(8, "big"),
            checkpoint.size.to_bytes(8, "big"),
            checkpoint.root,
        )
    )


def _placed(fault: Fault, path: Path | str) -> Fault:
    return Fault(fault.what, fault.where, fault.remedy, str(path))
