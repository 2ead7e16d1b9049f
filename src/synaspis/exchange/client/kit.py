"""The kit of a partner: one folder with all that it needs to connect: addresses, public keys, its own keys.

| File | What it holds | Mode |
|---|---|---|
| `partner.yaml` | id, address of the centre, public keys of the centre, its log and the others | any |
| `ca.pem` | the certificate that the centre's server is checked against | any |
| `client.pem` | the partner's certificate, its common name the partner's id | any |
| `client.key` | private key of that certificate | 600 |
| `message.key` | Ed25519 key that signs the partner's messages | 600 |
| `witness.key` | Ed25519 key by which the partner's witness cosigns checkpoints | 600 |

The client keeps its own state (`state.sqlite`, `witness/`) beside them.
"""

from __future__ import annotations

import base64
import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final, Literal

import yaml
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from cryptography.x509.oid import NameOID
from pydantic import AfterValidator, Field

from synaspis.core.documents import Document, FrozenModel, Rejected, parse, read_document
from synaspis.core.errors import Fault, InputError
from synaspis.core.files import write_atomically
from synaspis.log import verifier

SCHEMA: Final = "partner-kit/1"

SETTINGS: Final = "partner.yaml"
PUBLIC_FILES: Final = ("ca.pem", "client.pem")
PRIVATE_FILES: Final = ("client.key", "message.key", "witness.key")

CENTRE: Final = "centre"
"""The name under which the centre itself signs; no partner may have it."""

_ID: Final = re.compile(r"[a-z][a-z0-9-]{0,62}\Z")
_KEY_BYTES: Final = 32


def partner_id_fault(partner: str) -> Fault | None:
    """What is wrong with the id of a partner; None if nothing is."""
    if _ID.match(partner) and partner != CENTRE:
        return None
    what = f"{partner!r} is no partner id: small letters, digits and hyphens, first a letter, at most 63"
    return Fault(what, remedy="'centre' is the centre itself." if partner == CENTRE else "")


def _checked_id(partner: str) -> str:
    if (fault := partner_id_fault(partner)) is not None:
        raise Rejected(fault)
    return partner


def _public_key(text: str) -> str:
    with suppress(ValueError):
        if len(base64.b64decode(text, validate=True)) == _KEY_BYTES:
            return text
    raise Rejected(Fault(f"{text[:60]!r} is not an Ed25519 public key: 32 bytes in base64 are needed"))


def _vkey(text: str) -> str:
    try:
        verifier(text)
    except InputError as error:
        raise Rejected(error.faults[0]) from None
    return text


PartnerId = Annotated[str, AfterValidator(_checked_id)]
KeyText = Annotated[str, AfterValidator(_public_key)]
VerifierText = Annotated[str, AfterValidator(_vkey)]


class KitDocument(FrozenModel):
    """What `partner.yaml` says."""

    schema_: Literal["partner-kit/1"] = Field(alias="schema", description="partner-kit/1.")
    partner: PartnerId = Field(description="The partner's id, as in the agreements and the certificate.")
    centre: str = Field(pattern=r"^https://[^\s/]+$", description="Address, such as https://centre:8443.")
    centre_key: KeyText = Field(description="Public message key of the centre: base64 of 32 bytes.")
    log_vkeys: tuple[VerifierText, ...] = Field(
        min_length=1, description="Verifier keys of the log's checkpoints (signed-note vkeys)."
    )
    partner_keys: Mapping[PartnerId, KeyText] = Field(
        default_factory=dict, description="Public message keys of the other partners, where known."
    )
    witness_vkeys: Mapping[PartnerId, VerifierText] = Field(
        default_factory=dict, description="Verifier keys of the other partners' witnesses, where known."
    )


@dataclass(frozen=True)
class PartnerKit:
    """A kit that has been read and found whole.

    folder: where it lies. partner: id. centre_url: without a path. centre_key: 32 bytes.
    log_vkeys: verifier keys of the log. partner_keys: 32 bytes by partner id. witness_vkeys: by partner id.
    """

    folder: Path
    partner: str
    centre_url: str
    centre_key: bytes
    log_vkeys: tuple[str, ...]
    partner_keys: Mapping[str, bytes] = field(default_factory=dict)
    witness_vkeys: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path | str) -> PartnerKit:
        """Read a kit and check that it is whole, private and of one partner.

        Raises InputError with every fault: a missing file, a private key that others may read, a certificate
        of another partner or of another key, keys that are none.
        """
        folder = Path(folder)
        if not folder.is_dir():
            remedy = "Name the folder that the operator of the centre issued to you."
            raise InputError(Fault("there is no such folder", source=str(folder), remedy=remedy))
        faults = list(_missing(folder))
        document: KitDocument | None = None
        if (folder / SETTINGS).is_file():
            try:
                document = parse(KitDocument, read_document(folder / SETTINGS))
            except InputError as error:
                faults += error.faults
        faults += _loose(folder)
        if document is not None:
            faults += _foreign(folder, document.partner)
        if faults or document is None:
            raise InputError(faults)
        return cls(
            folder=folder,
            partner=document.partner,
            centre_url=document.centre,
            centre_key=base64.b64decode(document.centre_key),
            log_vkeys=document.log_vkeys,
            partner_keys={name: base64.b64decode(key) for name, key in document.partner_keys.items()},
            witness_vkeys=dict(document.witness_vkeys),
        )

    def path(self, name: str) -> Path:
        """Path of a file of the kit, such as ``client.pem``."""
        return self.folder / name


def write_kit(
    folder: Path | str,
    *,
    partner: str,
    centre_url: str,
    centre_key: bytes,
    log_vkeys: tuple[str, ...],
    partner_keys: Mapping[str, bytes] | None = None,
    witness_vkeys: Mapping[str, str] | None = None,
    files: Mapping[str, bytes],
) -> Path:
    """Write a kit, or the public part of one for a partner who made its own keys.

    centre_key, partner_keys: Ed25519 public keys, 32 bytes each. log_vkeys: of the log's checkpoints.
    files: content by name, of `PUBLIC_FILES` and `PRIVATE_FILES`; private ones get mode 600 before a byte is
    in them. Returns the folder. Raises InputError for a bad id, a bad address or a place that cannot be
    written, ValueError for a file that is not of a kit.
    """
    unknown = sorted(set(files) - {*PUBLIC_FILES, *PRIVATE_FILES})
    if unknown:
        raise ValueError(f"{unknown} is not of a kit")
    folder = Path(folder)
    plain = {
        "schema": SCHEMA,
        "partner": partner,
        "centre": centre_url,
        "centre_key": base64.b64encode(centre_key).decode(),
        "log_vkeys": list(log_vkeys),
        "partner_keys": {k: base64.b64encode(v).decode() for k, v in sorted((partner_keys or {}).items())},
        "witness_vkeys": dict(sorted((witness_vkeys or {}).items())),
    }
    parse(KitDocument, Document(plain, source=str(folder / SETTINGS)))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    for name, content in files.items():
        if name in PRIVATE_FILES:
            write_private(folder / name, content)
        else:
            write_atomically(folder / name, content)
    # Last, for a folder with this file in it counts as a kit.
    write_atomically(folder / SETTINGS, yaml.safe_dump(plain, sort_keys=False, width=200))
    return folder


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read (mode 600 from the first byte), replacing what was there.

    Raises InputError if the place cannot be written; nothing of it is left then.
    """
    temporary = path.with_name(f".{path.name}.part")
    try:
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}") from None
    finally:
        with suppress(OSError):
            temporary.unlink()


def _missing(folder: Path) -> Iterator[Fault]:
    remedy = (
        "Ask the operator of the centre for the kit again; keys that you made yourself lie where you did."
    )
    for name in (SETTINGS, *PUBLIC_FILES, *PRIVATE_FILES):
        if not (folder / name).is_file():
            yield Fault(f"the file {name} of the kit is missing", source=str(folder), remedy=remedy)


def _loose(folder: Path) -> Iterator[Fault]:
    for name in PRIVATE_FILES:
        path = folder / name
        if not path.is_file():
            continue
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            what = f"the private key has mode {mode:03o}; others may read it, only 600 or 400 is allowed"
            yield Fault(what, source=str(path), remedy=f"Do: chmod 600 {path}")


def _foreign(folder: Path, partner: str) -> Iterator[Fault]:
    """Faults of the certificate: no certificate, of another partner, of another key."""
    path, key_path = folder / "client.pem", folder / "client.key"
    if not (path.is_file() and key_path.is_file()):
        return
    shape = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        # Parts are read when they are asked for: each of them may be one that cannot be.
        certified = certificate.public_key().public_bytes(*shape)
        names = [str(part.value) for part in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion):
        yield Fault("this is not a certificate in PEM", source=str(path), remedy="Ask for the kit again.")
        return
    if names != [partner]:
        what = f"the certificate is for {', '.join(names) or 'nobody'}, the kit for {partner}"
        yield Fault(what, source=str(path), remedy="Put the certificate of this partner there.")
    try:
        key = load_pem_private_key(key_path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        remedy = "It must be an unencrypted private key; ask for the kit again."
        yield Fault("this is not a private key in PEM", source=str(key_path), remedy=remedy)
        return
    if key.public_key().public_bytes(*shape) != certified:
        what = "the certificate belongs to another private key"
        yield Fault(what, source=str(path), remedy="Put client.pem and client.key of one issue there.")
