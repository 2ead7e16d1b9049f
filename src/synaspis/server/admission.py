"""Admitting a partner who made its own keys: a request goes to the centre, no private key leaves the partner.

The request (YAML) holds a certificate request for the TLS key, the public message key and the verifier key of
the witness. It is signed by the message key; the certificate request is signed by the TLS key. So who asks
has both. That the request is the partner's own, the operator must know by another way: compare its digest by
telephone.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.x509.oid import NameOID
from pydantic import Field

from synaspis.core.clock import Clock, to_rfc3339
from synaspis.core.documents import FrozenModel, parse, read_document
from synaspis.core.errors import Fault, InputError
from synaspis.core.files import write_atomically
from synaspis.exchange.client.kit import KeyText, partner_id_fault, write_private
from synaspis.exchange.keys import CentreKeys
from synaspis.log import generate_signer, verifier
from synaspis.messages import PublicKey, SigningKey
from synaspis.server.certificates import certificate_request, private_pem, read_request
from synaspis.server.folder import DataFolder, Identity, PartnerDocument
from synaspis.server.founding import (
    OPERATOR,
    WITNESS_ALGORITHM,
    certify,
    load_authority,
    private_folder,
    witness_name,
    write_kits,
)

REQUEST_FILE: Final = "request.yaml"
_PURPOSE: Final = b"synaspis partner request v1\n"
_COSIGNING: Final = frozenset({WITNESS_ALGORITHM, "ml-dsa-44"})


class RequestDocument(FrozenModel):
    """What a partner's request says."""

    schema_: Literal["synaspis.request/1"] = Field(default="synaspis.request/1", alias="schema")
    partner: Identity = Field(description="Id that the partner is to have.")
    certificate_request: str = Field(max_length=8_192, description="PKCS #10 in PEM, Ed25519.")
    message_key: KeyText = Field(description="Public key of its messages, base64.")
    witness_vkey: str = Field(max_length=4_096, description="Verifier key of its witness.")
    proof: str = Field(max_length=100, description="Signature of the message key over all the above, base64.")

    def signed_bytes(self) -> bytes:
        """What the proof is a signature over."""
        parts = self.model_dump(mode="json", by_alias=True, exclude={"proof"})
        return _PURPOSE + json.dumps(parts, sort_keys=True, separators=(",", ":")).encode()

    @property
    def digest(self) -> str:
        """SHA-256 of what was signed, hex: what partner and operator compare."""
        return hashlib.sha256(self.signed_bytes()).hexdigest()


def make_request(folder: Path | str, partner: str) -> RequestDocument:
    """Make a partner's keys and its request, on the partner's machine.

    folder: must not hold keys. partner: its id. Returns the request, which stands in ``request.yaml``; give
    that file alone to the operator. Raises InputError for a bad id or where there are keys already.
    """
    folder = Path(folder)
    faults = [fault for fault in [partner_id_fault(partner)] if fault is not None]
    names = ("client.key", "message.key", "witness.key")
    faults += [
        Fault("there is a key already", "", "Name another folder.", str(folder / name))
        for name in names
        if (folder / name).exists()
    ]
    if faults:
        raise InputError(faults)
    private_folder(folder)
    client, message = Ed25519PrivateKey.generate(), SigningKey.generate()
    witness = generate_signer(witness_name(partner), WITNESS_ALGORITHM)
    write_private(folder / "client.key", private_pem(client))
    message.save(folder / "message.key")
    witness.save(folder / "witness.key")
    unsigned = RequestDocument(
        partner=partner,
        certificate_request=certificate_request(partner, client).decode(),
        message_key=base64.b64encode(message.public.raw).decode(),
        witness_vkey=witness.vkey,
        proof="",
    )
    proof = base64.b64encode(message.sign(unsigned.signed_bytes())).decode()
    request = unsigned.model_copy(update={"proof": proof})
    plain = request.model_dump(mode="json", by_alias=True)
    write_atomically(folder / REQUEST_FILE, yaml.safe_dump(plain, sort_keys=False, width=4_096))
    return request


def admit(data: DataFolder, file: Path | str, clock: Clock) -> PartnerDocument:
    """Admit the partner of a request.

    data: of the centre. file: the request. Writes its certificate and `partner.yaml` to ``issued/ID``, and a
    new `partner.yaml` for every other partner, who learns its public keys by it.
    Raises InputError with every fault: bad signatures, another name in the certificate request, an id or a
    key that is in use.
    """
    request = parse(RequestDocument, read_document(Path(file)))
    partners = data.partners()
    faults = list(_faults(request, partners, str(file)))
    if faults:
        raise InputError(faults)
    authority, keys, now_us = load_authority(data), CentreKeys.load(data.file("keys")), clock.now_us()
    key = read_request(request.certificate_request.encode(), str(file)).public_key()
    assert isinstance(key, Ed25519PublicKey)
    document = PartnerDocument(
        id=request.partner,
        role="partner",
        message_key=request.message_key,
        witness_vkey=request.witness_vkey,
        certificates=(certify(data, authority, request.partner, key, now_us),),
        since=to_rfc3339(now_us),
    )
    data.write_partner(document)
    write_kits(data, keys, {**partners, document.id: document})
    return document


def _faults(request: RequestDocument, partners: dict[str, PartnerDocument], source: str) -> Iterator[Fault]:
    if request.partner in partners or request.partner == OPERATOR:
        remedy = "To renew its keys, use `synaspis centre rotate`; a retired id is not given again."
        yield Fault(f"the id {request.partner!r} is in use", "partner", remedy, source)
    taken = {each.message_key for each in partners.values()}
    taken |= {former.key for each in partners.values() for former in each.former_keys}
    if request.message_key in taken:
        yield Fault("the message key is another partner's", "message_key", "Make new keys.", source)
    if not _proven(request):
        what = "the request is not signed by the message key that it names"
        yield Fault(what, "proof", "Make the request again with `synaspis partner request`.", source)
    try:
        found = read_request(request.certificate_request.encode(), source)
    except InputError as error:
        yield from error.faults
    else:
        names = [str(each.value) for each in found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
        if names != [request.partner]:
            what = f"the certificate request is for {', '.join(names) or 'nobody'}, not {request.partner}"
            yield Fault(what, "certificate_request", "Make the request again.", source)
    try:
        witness = verifier(request.witness_vkey)
    except InputError as error:
        yield Fault(error.faults[0].what, "witness_vkey", error.faults[0].remedy, source)
    else:
        if witness.algorithm not in _COSIGNING:
            what = f"a key of the kind {witness.algorithm} cosigns nothing"
            yield Fault(what, "witness_vkey", f"Allowed: {', '.join(sorted(_COSIGNING))}.", source)
        named = witness_name(request.partner)
        if witness.name != named:
            # By its name others count whose witness has cosigned.
            what = f"the witness key is named {witness.name!r}, not {named!r}"
            yield Fault(what, "witness_vkey", "Make the request again.", source)


def _proven(request: RequestDocument) -> bool:
    try:
        signature = base64.b64decode(request.proof, validate=True)
    except ValueError:
        return False
    return PublicKey(base64.b64decode(request.message_key)).verifies(signature, request.signed_bytes())
