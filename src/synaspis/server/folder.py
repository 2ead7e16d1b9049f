"""The data folder of a centre: what lies where, and the two documents that the server reads from it.

| Path | What it holds | Mode |
|---|---|---|
| `centre.yaml` | settings of the centre: clockwork, log, limits of messages | any |
| `server.yaml` | settings of the server: addresses, limits of connections | any |
| `agreements.yaml` | the book of agreements in force | any |
| `keys/` | private keys, each file 600; certificates and public keys beside them | 700 |
| `partners/ID.yaml` | keys, certificates, role and status of a partner or operator | any |
| `centre.sqlite` | the record, unless `server.yaml` says that it is in PostgreSQL | 600 |
| `log/` | the public log: checkpoint, tiles, cosignatures, verifier keys | any |
| `issued/ID/` | the kit that was made for a partner, to be handed over and deleted here | 700 |
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import yaml
from pydantic import AfterValidator, Field

from synaspis.core.clock import from_rfc3339
from synaspis.core.documents import FrozenModel, Rejected, parse, read_document
from synaspis.core.errors import Fault, InputError
from synaspis.core.files import write_atomically
from synaspis.exchange.client.kit import KeyText, partner_id_fault
from synaspis.exchange.keys import MESSAGE_KEY_FILE
from synaspis.server.backing import SQLITE, BrokerAddress, SecretPlace, StoreAddress
from synaspis.server.limits import Limits

SERVER_SCHEMA: Final = "synaspis.server/1"
PARTNER_SCHEMA: Final = "synaspis.partner/1"

Role = Literal["partner", "operator"]
Status = Literal["active", "retired"]


def _instant(text: str) -> str:
    try:
        from_rfc3339(text)
    except ValueError as error:
        raise Rejected(Fault(str(error))) from None
    return text


def _checked_id(identity: str) -> str:
    if (fault := partner_id_fault(identity)) is not None:
        raise Rejected(fault)
    return identity


Instant = Annotated[str, AfterValidator(_instant)]
"""RFC 3339, such as 2026-11-22T05:00:00.000000Z; quoted in YAML, or it would become a date."""

Identity = Annotated[str, AfterValidator(_checked_id)]


class ServerDocument(FrozenModel):
    """What `server.yaml` says."""

    schema_: Literal["synaspis.server/1"] = Field(default="synaspis.server/1", alias="schema")
    name: str = Field(min_length=1, max_length=64, description="Name of the centre, shown to its partners.")
    url: str = Field(pattern=r"^https://[^\s/]+$", description="Address that partners use.")
    hosts: tuple[str, ...] = Field(default=(), description="Names in the certificate of the server.")
    bind: str = Field(default="127.0.0.1", description="Address that the server listens on.")
    port: int = Field(default=8443, ge=0, le=65_535, description="Port that it listens on; 0: any free one.")
    disk_bytes: int = Field(
        default=256 << 20, ge=0, description="Free space below which the health of the centre is `disk`."
    )
    store: StoreAddress = Field(
        default=SQLITE,
        description="sqlite, the file centre.sqlite; or the address of a PostgreSQL database.",
    )
    store_password: SecretPlace | None = Field(
        default=None, description="Where its password is: file:NAME (mode 600) or env:NAME."
    )
    nats: BrokerAddress | None = Field(
        default=None, description="Address of a NATS server that brings word of new events to mirrors."
    )
    nats_token: SecretPlace | None = Field(
        default=None, description="Where its token is: file:NAME (mode 600) or env:NAME."
    )
    writer: str | None = Field(
        default=None,
        pattern=r"^https://[^\s/]+$",
        description="At a mirror: address of the node that takes messages and cosignatures.",
    )
    limits: Limits = Field(default=Limits(), description="Limits of connections and requests.")


class CertificateEntry(FrozenModel):
    """One certificate of a partner: the server knows it by its fingerprint."""

    fingerprint: str = Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the certificate in DER.")
    valid_until: Instant = Field(description="End of the certificate, or of the overlap after a renewal.")


class FormerKey(FrozenModel):
    """A message key that was replaced; envelopes of its time are verified with it."""

    key: KeyText = Field(description="Ed25519 public key, base64 of 32 bytes.")
    valid_until: Instant = Field(description="Messages signed with it are taken until then.")

    @property
    def raw(self) -> bytes:
        """The key, 32 bytes."""
        return base64.b64decode(self.key)


class PartnerDocument(FrozenModel):
    """What `partners/ID.yaml` says."""

    schema_: Literal["synaspis.partner/1"] = Field(default="synaspis.partner/1", alias="schema")
    id: Identity = Field(description="Id, as in the agreements and the certificate.")
    role: Role = Field(description="partner or operator; an operator sends and receives no messages.")
    status: Status = Field(default="active", description="active or retired; a retired one is refused.")
    message_key: KeyText | None = Field(default=None, description="Public key of its messages, base64.")
    former_keys: tuple[FormerKey, ...] = Field(default=(), description="Message keys replaced since.")
    witness_vkey: str | None = Field(default=None, description="Verifier key of its witness of the log.")
    certificates: tuple[CertificateEntry, ...] = Field(
        default=(), description="Certificates by which the server knows it."
    )
    since: Instant = Field(description="When it was admitted.")
    retired_at: Instant | None = Field(default=None, description="When it was retired.")

    @property
    def public_key(self) -> bytes | None:
        """Message key in force, 32 bytes; None for an operator."""
        return None if self.message_key is None else base64.b64decode(self.message_key)


@dataclass(frozen=True)
class DataFolder:
    """The data folder of a centre. path: its place; nothing is read until it is asked for."""

    path: Path

    def file(self, *parts: str) -> Path:
        """Path of a file or folder below."""
        return self.path.joinpath(*parts)

    def key(self, name: str) -> Path:
        """Path of a file below ``keys``, such as ``server.pem``."""
        return self.path / "keys" / name

    @property
    def store(self) -> Path:
        """The record, an SQLite database."""
        return self.path / "centre.sqlite"

    @property
    def log(self) -> Path:
        """The public log."""
        return self.path / "log"

    @property
    def book(self) -> Path:
        """The book of agreements in force."""
        return self.path / "agreements.yaml"

    def partner(self, identity: str) -> Path:
        """Path of the document of a partner."""
        return self.path / "partners" / f"{identity}.yaml"

    def issued(self, identity: str) -> Path:
        """Folder of the kit made for a partner."""
        return self.path / "issued" / identity

    def require(self) -> DataFolder:
        """Return itself. Raises InputError if this is not the data folder of a centre, or of a mirror."""
        self._refuse_mirror()
        lacking = [name for name in ("centre.yaml", "server.yaml", "keys") if not (self.path / name).exists()]
        if lacking:
            what = f"this is not the data folder of a centre: it lacks {', '.join(lacking)}"
            remedy = "Make one with `synaspis centre init`, or name another."
            raise InputError(Fault(what, source=str(self.path), remedy=remedy))
        return self

    def _refuse_mirror(self) -> None:
        path = self.file("server.yaml")
        writer = self.server().writer if path.is_file() else None
        if writer is not None and not self.key(MESSAGE_KEY_FILE).exists():
            what = f"this is the folder of a mirror of {writer}, which holds neither record nor agreements"
            remedy = "Name the folder of the node that writes; a mirror tells its own state at /v1/health."
            raise InputError(Fault(what, "writer", remedy, str(path)))

    def server(self) -> ServerDocument:
        """Read `server.yaml`. Raises InputError with every fault of it."""
        return parse(ServerDocument, read_document(self.path / "server.yaml"))

    def partners(self) -> dict[str, PartnerDocument]:
        """Read every partner, by id in order. Raises InputError with every fault of every file."""
        found: dict[str, PartnerDocument] = {}
        faults: list[Fault] = []
        for path in sorted((self.path / "partners").glob("*.yaml")):
            try:
                document = parse(PartnerDocument, read_document(path))
            except InputError as error:
                faults += error.faults
                continue
            if document.id != path.stem:
                what = f"the id {document.id!r} is not the name of the file"
                faults.append(Fault(what, "id", f"Call the file {document.id}.yaml.", str(path)))
            found[document.id] = document
        faults += _shared(found.values(), str(self.path / "partners"))
        if faults:
            raise InputError(faults)
        return found

    def write_partner(self, document: PartnerDocument) -> Path:
        """Write the document of a partner, whole or not at all."""
        return write_atomically(self.partner(document.id), _yaml(document))

    def write_server(self, document: ServerDocument) -> Path:
        """Write `server.yaml`, whole or not at all."""
        return write_atomically(self.path / "server.yaml", _yaml(document))


def _shared(documents: Iterable[PartnerDocument], source: str) -> Iterator[Fault]:
    """Faults of keys and certificates that stand with two partners: nobody could tell who of them it was."""
    owners: dict[str, str] = {}
    for document in documents:
        own = {"certificate": {each.fingerprint for each in document.certificates}}
        own["message key"] = {each.key for each in document.former_keys} | {document.message_key or ""}
        own["witness key"] = {document.witness_vkey or ""}
        for what, several in own.items():
            for key in sorted(several - {""}):
                owner = owners.setdefault(key, document.id)
                if owner != document.id:
                    fault = f"{owner} and {document.id} have the same {what}"
                    yield Fault(fault, document.id, "Give each its own.", source)


def known(partners: Iterable[str], identity: str, source: str) -> None:
    """Raise InputError unless a partner is known; source: the option that named it."""
    from synaspis.core.documents import nearest

    names = sorted(partners)
    if identity not in names:
        raise InputError(
            Fault(f"there is no partner {identity[:80]!r}", source=source, remedy=nearest(identity, names))
        )


def _yaml(document: FrozenModel) -> str:
    plain: dict[str, Any] = document.model_dump(mode="json", by_alias=True, exclude_none=True)
    return yaml.safe_dump(plain, sort_keys=False, width=110, allow_unicode=True)
