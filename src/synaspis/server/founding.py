"""Founding a centre: its folder, keys, certificates and a kit for each partner, all or nothing."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import yaml
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from synaspis.agreement import load_book
from synaspis.core.clock import Clock, to_rfc3339
from synaspis.core.errors import Fault, InputError
from synaspis.core.files import replace_directory, write_atomically
from synaspis.exchange.client.kit import partner_id_fault, write_kit, write_private
from synaspis.exchange.describe import book_text
from synaspis.exchange.keys import CentreKeys
from synaspis.log import Signer, generate_signer
from synaspis.messages import SigningKey
from synaspis.server.certificates import (
    Authority,
    certificate_pem,
    fingerprint,
    host_fault,
    load_private_pem,
    private_pem,
)
from synaspis.server.folder import CertificateEntry, DataFolder, PartnerDocument, Role, ServerDocument

OPERATOR: Final = "operator"
"""Id of the operator's certificate: reads metrics, sends and receives no messages."""

WITNESS_ALGORITHM: Final = "ed25519-cosignature"
"""Kind of key with which the witness of a partner cosigns checkpoints."""

LOG_VKEYS: Final = "log.vkeys"
"""Name of the public file with the verifier keys of the log, one in a line."""


@dataclass(frozen=True)
class Founding:
    """What a new centre is to be.

    name: shown to its partners. origin: name of its log. hosts: names and addresses under which partners
    reach the server, the first one in their kits. book: agreements to be in force, id of a packaged book or
    scenario, or a file; None: a book without agreements, under which nobody receives anything. bind, port:
    where it listens. exercise: name of the one that it serves, and takes nothing else; None: in earnest.
    """

    name: str
    origin: str
    hosts: tuple[str, ...]
    book: Path | str | None = None
    bind: str = "127.0.0.1"
    port: int = 8443
    exercise: str | None = None

    @property
    def url(self) -> str:
        """Address that stands in the kits."""
        host = self.hosts[0] if self.hosts else "localhost"
        return f"https://{f'[{host}]' if ':' in host else host}:{self.port}"


def init_centre(folder: Path | str, partners: Sequence[str], founding: Founding, clock: Clock) -> DataFolder:
    """Make the data folder of a new centre.

    folder: must not be there, or be empty. partners: ids. clock: gives the day of the certificates.
    Returns the folder: keys with mode 600 in folders with mode 700, and in ``issued/ID`` the kit of each
    partner with the private keys made for it; hand it over by a safe way and delete it here.
    Raises InputError with every fault: a folder that holds something, an id or a host that cannot be.
    """
    folder = Path(folder)
    faults = [*_folder_faults(folder), *_partner_faults(partners), *_founding_faults(founding)]
    if faults:
        raise InputError(faults)
    now_us, book = clock.now_us(), _book_text(founding, partners)
    with replace_directory(folder) as temporary:
        temporary.chmod(0o700)
        data = DataFolder(temporary)
        _settings(data, founding, book)
        keys = CentreKeys.generate(founding.origin)
        keys.save(data.file("keys"))
        data.log.mkdir()
        vkeys = tuple(signer.vkey for signer in keys.log)
        write_atomically(data.log / LOG_VKEYS, "".join(f"{vkey}\n" for vkey in vkeys))
        authority = Authority.found(founding.name, now_us)
        write_private(data.key("ca.key"), private_pem(authority.key))
        write_atomically(data.key("ca.pem"), certificate_pem(authority.certificate))
        issue_server(data, authority, founding.hosts, now_us)
        for name in ("partners", "issued"):
            data.file(name).mkdir(mode=0o700)
        made = {name: _new_partner(data, authority, name, now_us) for name in partners}
        _operator(data, authority, now_us)
        write_kits(data, keys, made)
    folder.chmod(0o700)
    return DataFolder(folder)


def load_authority(data: DataFolder) -> Authority:
    """Read the certificate authority of a centre. Raises InputError, also where its key was taken away."""
    path = data.key("ca.key")
    if not path.is_file():
        remedy = "It may be kept elsewhere: bring it back for this command, with mode 600."
        raise InputError(Fault("the key of the certificate authority is not here", "", remedy, str(path)))
    certificate = x509.load_pem_x509_certificate(data.key("ca.pem").read_bytes())
    return Authority(certificate, load_private_pem(path.read_bytes(), str(path)))


def issue_server(data: DataFolder, authority: Authority, hosts: Sequence[str], now_us: int) -> str:
    """Make a key and a certificate for the server, replacing those that are there; return its end."""
    key = Ed25519PrivateKey.generate()
    certificate = authority.server(hosts, key.public_key(), now_us)
    write_private(data.key("server.key"), private_pem(key))
    write_atomically(data.key("server.pem"), certificate_pem(certificate))
    return end_of(certificate)


def issue_client(
    data: DataFolder, authority: Authority, identity: str, role: Role, now_us: int
) -> CertificateEntry:
    """Make a key and a certificate for a partner or operator, into its folder under ``issued``."""
    key = Ed25519PrivateKey.generate()
    certificate = authority.client(identity, role, key.public_key(), now_us)
    folder = private_folder(data.issued(identity))
    write_private(folder / "client.key", private_pem(key))
    write_atomically(folder / "client.pem", certificate_pem(certificate))
    write_atomically(folder / "ca.pem", certificate_pem(authority.certificate))
    return entry_of(certificate)


def certify(
    data: DataFolder, authority: Authority, identity: str, key: Ed25519PublicKey, now_us: int
) -> CertificateEntry:
    """Make a certificate for a key that the partner made itself, into its folder under ``issued``."""
    certificate = authority.client(identity, "partner", key, now_us)
    folder = private_folder(data.issued(identity))
    write_atomically(folder / "client.pem", certificate_pem(certificate))
    write_atomically(folder / "ca.pem", certificate_pem(authority.certificate))
    return entry_of(certificate)


def write_kits(data: DataFolder, keys: CentreKeys, partners: Mapping[str, PartnerDocument]) -> None:
    """Write `partner.yaml` of every active partner's kit: addresses, public keys of centre, log and partners.

    keys: of the centre. partners: by id.
    """
    centre = data.server()
    peers = {name: each for name, each in partners.items() if each.role == "partner"}
    for name, document in peers.items():
        if document.status != "active":
            continue
        others = {other: each for other, each in peers.items() if other != name}
        write_kit(
            private_folder(data.issued(name)),
            partner=name,
            centre_url=centre.url,
            centre_key=keys.message.public.raw,
            log_vkeys=tuple(signer.vkey for signer in keys.log),
            partner_keys={n: key for n, each in others.items() if (key := each.public_key) is not None},
            witness_vkeys={n: each.witness_vkey for n, each in others.items() if each.witness_vkey},
            files={},
        )


def witness_name(identity: str) -> str:
    """Name of the key with which a partner's witness signs."""
    return f"{identity}/witness"


def private_folder(path: Path) -> Path:
    """Make a folder that its owner alone can enter, if it is not there."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.chmod(0o700)
    return path


def entry_of(certificate: x509.Certificate) -> CertificateEntry:
    """What a partner's document keeps of a certificate."""
    return CertificateEntry(fingerprint=fingerprint(certificate), valid_until=end_of(certificate))


def end_of(certificate: x509.Certificate) -> str:
    """End of a certificate as RFC 3339."""
    return to_rfc3339(int(certificate.not_valid_after_utc.timestamp()) * 1_000_000)


def replace_signer(path: Path, signer: Signer | SigningKey) -> None:
    """Write a key over a former one, without a moment at which neither is there."""
    temporary = path.with_name(f".{path.name}.part")
    temporary.unlink(missing_ok=True)
    signer.save(temporary)
    temporary.replace(path)


def _settings(data: DataFolder, founding: Founding, book: str) -> None:
    write_atomically(
        data.file("centre.yaml"),
        f"schema: synaspis.centre/1\norigin: {founding.origin}\n"
        + ("" if founding.exercise is None else yaml.safe_dump({"exercise": founding.exercise})),
    )
    data.write_server(
        ServerDocument(
            name=founding.name,
            url=founding.url,
            hosts=founding.hosts,
            bind=founding.bind,
            port=founding.port,
        )
    )
    write_atomically(data.book, book)


def _book_text(founding: Founding, partners: Sequence[str]) -> str:
    """Text of the book that is to be in force. Raises InputError with every fault of it."""
    if founding.book is None:
        listed = {name: {"name": name, "cleared_to": "UNCLASSIFIED"} for name in partners}
        empty = {
            "schema": "agreements/1",
            "id": "none",
            "name": "No agreement yet",
            "summary": "Nobody receives anything. Write agreements, then have the centre read them.",
            "partners": listed,
        }
        return yaml.safe_dump(empty, sort_keys=False, width=110)
    book = load_book(founding.book)
    if len(book.files) == 1:
        return book.files[0].read_text("utf-8")
    return book_text(book) + "\n"  # one that rests on several files, as one


def _new_partner(data: DataFolder, authority: Authority, identity: str, now_us: int) -> PartnerDocument:
    entry = issue_client(data, authority, identity, "partner", now_us)
    message = SigningKey.generate()
    message.save(data.issued(identity) / "message.key")
    witness = generate_signer(witness_name(identity), WITNESS_ALGORITHM)
    witness.save(data.issued(identity) / "witness.key")
    document = PartnerDocument(
        id=identity,
        role="partner",
        message_key=base64.b64encode(message.public.raw).decode(),
        witness_vkey=witness.vkey,
        certificates=(entry,),
        since=to_rfc3339(now_us),
    )
    data.write_partner(document)
    return document


def _operator(data: DataFolder, authority: Authority, now_us: int) -> None:
    entry = issue_client(data, authority, OPERATOR, "operator", now_us)
    data.write_partner(
        PartnerDocument(id=OPERATOR, role="operator", certificates=(entry,), since=to_rfc3339(now_us))
    )


def _folder_faults(folder: Path) -> list[Fault]:
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return []
    what = "there is something already; a centre is never written over"
    return [Fault(what, "", "Name a folder that is not there or is empty.", str(folder))]


def _partner_faults(partners: Sequence[str]) -> list[Fault]:
    faults = [fault for name in partners if (fault := partner_id_fault(name)) is not None]
    faults += [
        Fault(f"the partner {name!r} is named twice", remedy="Name each partner once.")
        for name in sorted(set(partners))
        if list(partners).count(name) > 1
    ]
    if OPERATOR in partners:
        faults.append(Fault("'operator' is the operator's own id", remedy="Give the partner another id."))
    if not partners:
        faults.append(Fault("no partner is named", remedy="Name at least one: --partners a,b."))
    return faults


def _founding_faults(founding: Founding) -> list[Fault]:
    faults = [fault for host in founding.hosts if (fault := host_fault(host)) is not None]
    if (fault := host_fault(founding.bind)) is not None:
        faults.append(replace(fault, where="--bind"))
    if not founding.name or len(founding.name) > 64 or not founding.name.isprintable():
        faults.append(Fault(f"{founding.name[:80]!r} is no name: 1 to 64 printable characters"))
    return faults
