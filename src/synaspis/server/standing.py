"""How a centre stands, read from its folder alone, whether it runs or not."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

from cryptography import x509

from synaspis.agreement import load_book
from synaspis.core.clock import SECOND_US, Clock, from_rfc3339
from synaspis.log import Checkpoint, open_note, read_vkeys
from synaspis.server.folder import DataFolder, PartnerDocument
from synaspis.server.founding import LOG_VKEYS, OPERATOR, end_of

DAY_US: Final = 86_400 * SECOND_US


@dataclass(frozen=True)
class PartnerStanding:
    """One partner or operator. certificate_days: until its last certificate ends, negative after it did."""

    id: str
    role: str
    status: str
    certificate_days: int
    witness: bool
    kit_here: bool


@dataclass(frozen=True)
class Standing:
    """A centre. server_days, authority_days: until the certificate ends. size, root: of the published log.

    warnings: what the operator should see to, in sentences.
    """

    name: str
    url: str
    size: int
    root: str
    store_bytes: int
    server_days: int
    authority_days: int
    authority_key_here: bool
    partners: tuple[PartnerStanding, ...]
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


SOON_DAYS: Final = 30
"""Days before the end of a certificate from which it is a warning."""


def standing(data: DataFolder, clock: Clock) -> Standing:
    """Read how a centre stands. Raises InputError with every fault of its folder."""
    data = data.require()
    now_us, document = clock.now_us(), data.server()
    partners = tuple(_partner(data, each, now_us) for each in data.partners().values())
    server_days, authority_days = (
        _days(end_of(x509.load_pem_x509_certificate(data.key(name).read_bytes())), now_us)
        for name in ("server.pem", "ca.pem")
    )
    note = data.log / "checkpoint"
    size, root = 0, ""
    if note.is_file():
        keys = read_vkeys((data.log / LOG_VKEYS).read_bytes())
        head = Checkpoint.parse(open_note(note.read_bytes(), keys).text)
        size, root = head.size, head.root.hex()
    return Standing(
        name=document.name,
        url=document.url,
        size=size,
        root=root,
        store_bytes=sum(file.stat().st_size for file in data.path.glob(f"{data.store.name}*")),
        server_days=server_days,
        authority_days=authority_days,
        authority_key_here=data.key("ca.key").is_file(),
        partners=partners,
        warnings=(*_warnings(partners, server_days, authority_days), *unnamed(data)),
    )


def unnamed(data: DataFolder) -> tuple[str, ...]:
    """A sentence for each active partner that the agreements in force do not name.

    Raises InputError for a book with faults.
    """
    named = load_book(data.book).document.partners
    return tuple(
        f"The agreements do not name {each.id}: it gets nothing, and nobody gets what it sends."
        for each in data.partners().values()
        if each.role == "partner" and each.status == "active" and each.id not in named
    )


def _partner(data: DataFolder, document: PartnerDocument, now_us: int) -> PartnerStanding:
    ends = [_days(each.valid_until, now_us) for each in document.certificates]
    secrets = ("client.key", "message.key", "witness.key")
    here = any((data.issued(document.id) / name).is_file() for name in secrets)
    return PartnerStanding(
        id=document.id,
        role=document.role,
        status=document.status,
        certificate_days=max(ends, default=-1),
        witness=document.witness_vkey is not None,
        kit_here=here,
    )


def _warnings(
    partners: tuple[PartnerStanding, ...], server_days: int, authority_days: int
) -> tuple[str, ...]:
    found = []
    for what, days in (("the server", server_days), ("the authority", authority_days)):
        if days < SOON_DAYS:
            found.append(f"The certificate of {what} ends in {days} days.")
    for each in partners:
        if each.status == "active" and each.certificate_days < SOON_DAYS:
            found.append(f"The certificate of {each.id} ends in {each.certificate_days} days.")
        if each.kit_here and each.id != OPERATOR:
            found.append(f"Private keys of {each.id} lie in issued/{each.id}: hand over, then delete.")
    return tuple(found)


def _days(end: str, now_us: int) -> int:
    return (from_rfc3339(end) - now_us) // DAY_US
