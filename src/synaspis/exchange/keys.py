"""The secrets of a centre: what it signs messages and checkpoints with, and what it derives salts from."""

from __future__ import annotations

import hmac
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from synaspis.core.errors import Fault, InputError
from synaspis.log import Signer, generate_signer
from synaspis.messages import SigningKey

COMMITMENT_KEY_BYTES: Final = 32
MESSAGE_KEY_FILE: Final = "centre.key"
LOG_KEY_FILES: Final = {"ed25519": "log-ed25519.key", "ml-dsa-44": "log-ml-dsa-44.key"}
COMMITMENT_KEY_FILE: Final = "commitment.key"


@dataclass(frozen=True)
class CentreKeys:
    """All that a centre keeps secret, apart from its TLS keys.

    message: signs receipts, refusals and the centre's own messages. log: sign checkpoints, Ed25519 first and
    ML-DSA-44 second; their name is the origin of the log. commitment: 32 bytes; salts and the order of leaves
    are derived from it, so it must never change nor leave the centre: who has it can test guesses about every
    leaf.
    """

    message: SigningKey
    log: tuple[Signer, ...]
    commitment: bytes = field(repr=False)

    @classmethod
    def generate(cls, origin: str) -> Self:
        """New keys from the machine's random numbers; origin: name of the log."""
        signers = tuple(generate_signer(origin, algorithm) for algorithm in LOG_KEY_FILES)
        return cls(SigningKey.generate(), signers, os.urandom(COMMITMENT_KEY_BYTES))

    def save(self, folder: Path | str) -> None:
        """Write every key to its own new file, mode 600, in a folder of mode 700.

        Raises InputError if a file is there already or cannot be written.
        """
        folder = Path(folder)
        try:
            folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        except OSError as error:
            raise InputError(Fault(f"cannot be made: {error.strerror}", source=str(folder))) from None
        self.message.save(folder / MESSAGE_KEY_FILE)
        for signer in self.log:
            signer.save(folder / LOG_KEY_FILES[signer.algorithm])
        _write_secret(folder / COMMITMENT_KEY_FILE, f"{self.commitment.hex()}\n".encode())

    @classmethod
    def load(cls, folder: Path | str) -> Self:
        """Read every key of a folder.

        Raises InputError with every fault: a file is missing, is no such key, or others than its owner may
        read it; and if the log keys bear different names.
        """
        folder = Path(folder)
        faults: list[Fault] = []
        found: list[SigningKey] = []
        signers: list[Signer] = []
        secret = b""
        try:
            found.append(SigningKey.load(folder / MESSAGE_KEY_FILE))
        except InputError as error:
            faults += error.faults
        for name in LOG_KEY_FILES.values():
            try:
                signers.append(Signer.load(folder / name))
            except InputError as error:
                faults += error.faults
        try:
            secret = _read_secret(folder / COMMITMENT_KEY_FILE)
        except InputError as error:
            faults += error.faults
        if not faults and len({signer.name for signer in signers}) > 1:
            names = " and ".join(signer.name for signer in signers)
            faults.append(Fault(f"the two keys of the log bear different names: {names}", source=str(folder)))
        if faults:
            raise InputError(faults)
        return cls(found[0], tuple(signers), secret)

    @property
    def fingerprint(self) -> str:
        """64 hexadecimal digits that tell this commitment key from another; of no use against it."""
        return self.derive("fingerprint").hex()

    def derive(self, purpose: str, *parts: bytes) -> bytes:
        """Secret 32 bytes for one purpose: HMAC-SHA-256 (RFC 2104) over its name and parts.

        Every part but the last must have a fixed length for its purpose, or be preceded by its length.
        """
        head = purpose.encode() + b"\0"
        return hmac.digest(self.commitment, head + b"".join(parts), "sha256")


def _write_secret(path: Path, content: bytes) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    except FileExistsError:
        remedy = "Move it away first; without it no leaf of the log can be opened again."
        raise InputError(Fault("there is a file already", source=str(path), remedy=remedy)) from None
    except OSError as error:
        raise InputError(Fault(f"cannot be written: {error.strerror}", source=str(path))) from None


def _read_secret(path: Path) -> bytes:
    try:
        loose = stat.S_IMODE(path.stat().st_mode) & 0o077
        text = path.read_bytes()[:1024]
    except OSError as error:
        raise InputError(Fault(f"cannot be read: {error.strerror}", source=str(path))) from None
    if loose:
        raise InputError(
            Fault(
                f"others than its owner may use this key (mode {loose:03o} too much)",
                source=str(path),
                remedy=f"Run: chmod 600 {path.name}; if others have read it, the leaves can be guessed at.",
            )
        )
    try:
        secret = bytes.fromhex(text.decode("ascii").strip())
    except (ValueError, UnicodeDecodeError):
        secret = b""
    if len(secret) != COMMITMENT_KEY_BYTES:
        raise InputError(Fault("not a commitment key: 64 hexadecimal digits", source=str(path)))
    return secret
