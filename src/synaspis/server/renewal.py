"""Renewing certificates and keys, and retiring a partner; a running server takes the change within seconds.

What is replaced stays valid for a stated overlap, so that nobody is cut off while new keys travel. Former
message keys stay written down for good: what was signed with them can be verified later. The keys of the log
are not renewed: every verifier holds a log to all of its keys, so that other keys are another log.
"""

from __future__ import annotations

import base64
from typing import Final

from synaspis.core.clock import SECOND_US, Clock, from_rfc3339, to_rfc3339
from synaspis.core.errors import Fault, InputError
from synaspis.exchange.keys import CentreKeys
from synaspis.log import generate_signer
from synaspis.messages import SigningKey
from synaspis.server.folder import CertificateEntry, DataFolder, FormerKey, PartnerDocument, known
from synaspis.server.founding import (
    WITNESS_ALGORITHM,
    issue_client,
    issue_server,
    load_authority,
    private_folder,
    replace_signer,
    witness_name,
    write_kits,
)

OVERLAP_DAYS: Final = 14
"""How long a replaced certificate or message key is still taken, unless the operator says otherwise."""

OVERLAP_DAYS_MAX: Final = 90


def rotate_server(data: DataFolder, clock: Clock) -> str:
    """Give the server a new key and certificate, in force at its next start; return the certificate's end."""
    return issue_server(data, load_authority(data), data.server().hosts, clock.now_us())


def rotate_certificate(
    data: DataFolder, identity: str, clock: Clock, overlap_days: int = OVERLAP_DAYS
) -> PartnerDocument:
    """Make a new client key and certificate in ``issued/ID``; the former ones last for the overlap.

    Raises InputError for an id that is unknown or retired, and for an overlap that is too long.
    """
    document, now_us = _active(data, identity), clock.now_us()
    until_us = _overlap_until_us(now_us, overlap_days)
    entry = issue_client(data, load_authority(data), identity, document.role, now_us)
    kept = [
        each.model_copy(update={"valid_until": _earlier(each, until_us)})
        for each in document.certificates
        if from_rfc3339(each.valid_until) > now_us
    ]
    return _replace(data, document.model_copy(update={"certificates": (*kept, entry)}))


def rotate_message_key(
    data: DataFolder, identity: str, clock: Clock, overlap_days: int = OVERLAP_DAYS
) -> PartnerDocument:
    """Make a new message key in ``issued/ID``; messages signed with the former are taken for the overlap.

    Raises InputError for an id that is unknown, retired or an operator's, or an overlap that is too long.
    """
    document, now_us = _active(data, identity), clock.now_us()
    if document.message_key is None:
        raise InputError(Fault(f"{identity} has no message key: it is an operator"))
    former = FormerKey(
        key=document.message_key, valid_until=to_rfc3339(_overlap_until_us(now_us, overlap_days))
    )
    key = SigningKey.generate()
    replace_signer(private_folder(data.issued(identity)) / "message.key", key)
    changed = document.model_copy(
        update={
            "message_key": base64.b64encode(key.public.raw).decode(),
            "former_keys": (*document.former_keys, former),
        }
    )
    return _replace(data, changed)


def rotate_witness_key(data: DataFolder, identity: str) -> PartnerDocument:
    """Make a new witness key in ``issued/ID``, in force at once: cosignatures by the former are refused.

    Raises InputError for an id that is unknown, retired or an operator's.
    """
    document = _active(data, identity)
    if document.role != "partner":
        raise InputError(Fault(f"{identity} has no witness: it is an operator"))
    signer = generate_signer(witness_name(identity), WITNESS_ALGORITHM)
    replace_signer(private_folder(data.issued(identity)) / "witness.key", signer)
    return _replace(data, document.model_copy(update={"witness_vkey": signer.vkey}))


def retire(data: DataFolder, identity: str, clock: Clock) -> PartnerDocument:
    """Retire a partner: its connections end, its certificate and messages are refused from then on.

    What it sent stays in the log; its keys stay written down. Its id is not given again.
    Raises InputError for an id that is unknown, retired already, or the last operator's.
    """
    document = _active(data, identity)
    if document.role == "operator":
        others = [
            each
            for each in data.partners().values()
            if each.role == "operator" and each.status == "active" and each.id != identity
        ]
        if not others:
            what = f"{identity} is the only operator"
            raise InputError(Fault(what, remedy="A centre without one cannot be looked after."))
    changes = {"status": "retired", "retired_at": to_rfc3339(clock.now_us())}
    return _replace(data, document.model_copy(update=changes))


def _replace(data: DataFolder, document: PartnerDocument) -> PartnerDocument:
    data.write_partner(document)
    write_kits(data, CentreKeys.load(data.file("keys")), data.partners())
    return document


def _active(data: DataFolder, identity: str) -> PartnerDocument:
    partners = data.partners()
    known(partners, identity, "ID")
    document = partners[identity]
    if document.status != "active":
        what = f"{identity} was retired at {document.retired_at}"
        raise InputError(Fault(what, remedy="A retired id is not given again; admit under another."))
    return document


def _overlap_until_us(now_us: int, overlap_days: int) -> int:
    if not 0 <= overlap_days <= OVERLAP_DAYS_MAX:
        what = f"an overlap of {overlap_days} days; 0 to {OVERLAP_DAYS_MAX} are allowed"
        raise InputError(Fault(what, "--overlap-days"))
    return now_us + overlap_days * 86_400 * SECOND_US


def _earlier(entry: CertificateEntry, until_us: int) -> str:
    return to_rfc3339(min(from_rfc3339(entry.valid_until), until_us))
