"""An assurance as a statement that several parties sign: everything that it takes to run it again.

A DSSE envelope (secure-systems-lab/dsse 1.0.2) with one or more Ed25519 signatures over the same bytes. Who
adds a signature does so beside the others; taking one away or adding one changes no other.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from synaspis import _version
from synaspis.analyses.assurance.document import assurance_path, load_assurance_document
from synaspis.analyses.assurance.result import AssuranceResult
from synaspis.analyses.manifest import INPUTS, PACKAGE, file_hash, input_files
from synaspis.core.errors import Fault, InputError
from synaspis.core.files import write_atomically
from synaspis.messages import (
    Limits,
    PublicKey,
    SigningKey,
    canonical_json,
    pre_authentication_encoding,
    strict_json,
)
from synaspis.scenario import Scenario

SCHEMA: Final = "assurance-statement/1"
PAYLOAD_TYPE: Final = "application/vnd.synaspis.assurance+json"
ABOUT: Final = "about"
"""Folder, in names of inputs, of a file of schema assurance/1 that did not come with the package."""

SIGNATURES_MAX: Final = 16
LIMITS: Final = Limits(size_bytes=20_000_000, depth=24, items=100_000, characters=20_000_000)

_MEMBERS: Final = {
    "schema": str,
    "version": str,
    "scenario": str,
    "scenario_file": str,
    "about_file": str,
    "inputs": list,
    "result": dict,
}


@dataclass(frozen=True)
class Signature:
    """A signature as it stands in an envelope. key_id: SHA-256 of the public key that it claims."""

    key_id: str
    signature: bytes

    def fits(self, key: PublicKey, payload: bytes) -> bool:
        """Whether this key has signed these bytes as a statement."""
        return key.verifies(self.signature, pre_authentication_encoding(PAYLOAD_TYPE, payload))


@dataclass(frozen=True)
class Statement:
    """An envelope that has been read; nothing in it is believed yet.

    payload: the bytes that are signed. content: what they say.
    """

    payload: bytes
    content: Mapping[str, Any]
    signatures: tuple[Signature, ...]

    @property
    def scenario_id(self) -> str:
        """Scenario that it is about."""
        return str(self.content["scenario"])


def state(result: AssuranceResult, scenario: Scenario, about: Path | None = None) -> bytes:
    """What is to be signed: the result, the settings, and every input with its hash.

    about: file of schema assurance/1 that was asked by, None for the one that comes with the package.
    Inputs that did not come with the package go in whole, so that the other side needs no file of ours.
    """
    about_path = assurance_path(scenario) if about is None else about
    inputs = [_input(name, path) for name, path in _inputs(scenario, about, result)]
    content = {
        "schema": SCHEMA,
        "version": _version.VERSION,
        "scenario": scenario.id,
        "scenario_file": inputs[0]["name"] if scenario.files else "",
        "about_file": _about_name(about_path),
        "inputs": inputs,
        "result": result.to_dict(),
    }
    return canonical_json(content)


def write_statement(path: Path, payload: bytes, key: SigningKey) -> Path:
    """Sign a statement and write its envelope, whole or not at all."""
    return write_envelope(path, envelope(payload, (_signed(payload, key),)))


def write_envelope(path: Path, raw: bytes) -> Path:
    """Write an envelope as a file of one line."""
    return write_atomically(path, raw + b"\n")


def envelope(payload: bytes, signatures: tuple[Signature, ...]) -> bytes:
    """The envelope of a payload with its signatures, in their order."""
    return canonical_json(
        {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [
                {"keyid": each.key_id, "sig": base64.b64encode(each.signature).decode()}
                for each in signatures
            ],
        }
    )


def countersign(statement: Statement, key: SigningKey) -> bytes:
    """The envelope with one more signature; one by the same key takes the place of the former.

    Whoever signs says that the numbers came out again: run `verify_statement` first. Raises InputError if
    there are 16 signatures already.
    """
    others = tuple(each for each in statement.signatures if each.key_id != key.key_id)
    if len(others) >= SIGNATURES_MAX:
        raise InputError(f"the statement has {len(others)} signatures; at most {SIGNATURES_MAX} are taken")
    return envelope(statement.payload, (*others, _signed(statement.payload, key)))


def read_statement(path: Path) -> Statement:
    """Read an envelope; no signature is checked yet.

    Raises InputError if it is not one: not JSON, another type, no or more than 16 signatures, two of the
    same key, or content that is no statement.
    """
    try:
        with path.open("rb") as stream:
            raw = stream.read(LIMITS.size_bytes + 1)
    except OSError as error:
        raise InputError(Fault(f"cannot be read: {error.strerror}", source=str(path))) from None
    try:
        return _read(raw)
    except InputError as error:
        faults = (Fault(f.what, f.where, f.remedy, str(path)) for f in error.faults)
        raise InputError(faults) from None


def _read(raw: bytes) -> Statement:
    members = strict_json(raw.strip(), LIMITS)
    if not isinstance(members, dict) or set(members) != {"payload", "payloadType", "signatures"}:
        raise InputError(
            Fault("it is no envelope of a statement", remedy="Name a file that `assurance --out` wrote.")
        )
    if members["payloadType"] != PAYLOAD_TYPE:
        what = f"{str(members['payloadType'])[:80]!r} is not the type of an assurance; it is {PAYLOAD_TYPE!r}"
        raise InputError(Fault(what, "payloadType"))
    payload = _decoded(members["payload"], "payload")
    given = members["signatures"]
    if not isinstance(given, list) or not 1 <= len(given) <= SIGNATURES_MAX:
        raise InputError(Fault(f"a list of 1 to {SIGNATURES_MAX} signatures is needed", "signatures"))
    signatures = tuple(_signature(each, f"signatures[{number}]") for number, each in enumerate(given))
    if len({each.key_id for each in signatures}) < len(signatures):
        raise InputError(Fault("two signatures name the same key", "signatures"))
    content = strict_json(payload, LIMITS)
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        raise InputError(Fault(f"the payload is no statement: `schema` must be {SCHEMA!r}", "payload"))
    wrong = [name for name, kind in _MEMBERS.items() if not isinstance(content.get(name), kind)]
    if not wrong and not all(_is_input(entry) for entry in content["inputs"]):
        wrong = ["inputs"]
    if not wrong and not isinstance(content["result"].get("settings"), dict):
        wrong = ["result.settings"]
    if wrong:
        raise InputError(Fault("is missing or of the wrong kind", f"payload.{name}") for name in wrong)
    return Statement(payload, content, signatures)


def _signature(given: Any, where: str) -> Signature:
    if not isinstance(given, dict) or set(given) != {"keyid", "sig"} or not isinstance(given["keyid"], str):
        raise InputError(Fault("an object with exactly the members keyid and sig is needed", where))
    return Signature(given["keyid"], _decoded(given["sig"], f"{where}.sig"))


def _decoded(given: Any, where: str) -> bytes:
    try:
        return base64.b64decode(given.encode("ascii"), validate=True)
    except (AttributeError, binascii.Error, ValueError):
        raise InputError(Fault("is not standard base64 with padding", where)) from None


def _is_input(entry: Any) -> bool:
    """Whether an entry names a file, with a path that stays where it is put."""
    if not isinstance(entry, dict) or not {"name", "sha256"} <= set(entry) <= {"name", "sha256", "text"}:
        return False
    if not all(isinstance(value, str) for value in entry.values()):
        return False
    path = Path(entry["name"])
    return not path.is_absolute() and ".." not in path.parts and "\0" not in entry["name"]


def _signed(payload: bytes, key: SigningKey) -> Signature:
    return Signature(key.key_id, key.sign(pre_authentication_encoding(PAYLOAD_TYPE, payload)))


def _about_name(path: Path) -> str:
    whole = path.resolve()
    return whole.relative_to(PACKAGE).as_posix() if whole.is_relative_to(PACKAGE) else f"{ABOUT}/{path.name}"


def _inputs(scenario: Scenario, about: Path | None, result: AssuranceResult) -> list[tuple[str, Path]]:
    """Name and path of every file that the numbers rest on, the scenario's own first."""
    document = load_assurance_document(scenario, about)
    path = assurance_path(scenario) if about is None else about
    files = scenario.catalogue.files
    items = (document.missile, *(each.interceptor for each in result.judgements))
    more = [(files[item].resolve().relative_to(PACKAGE).as_posix(), files[item]) for item in items]
    return list(dict([*input_files(scenario), (_about_name(path), path), *more]).items())


def _input(name: str, path: Path) -> dict[str, str]:
    entry = {"name": name, "sha256": file_hash(path)}
    if name.split("/")[0] in (INPUTS, ABOUT):
        entry["text"] = path.read_text("utf-8")
    return entry
