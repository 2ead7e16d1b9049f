"""Keys, checkpoint and cosignatures of a log, byte for byte.

Stricter than reading a note: here no signature may stand that a listed key did not make, because nobody could
tell whether it was altered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from synaspis.log._findings import Findings
from synaspis.log._public import COSIGNATURES, VKEYS, VKEYS_BYTES_MAX, cosigned_path, read_vkeys
from synaspis.log._tile_audit import Read
from synaspis.log.checkpoint import Checkpoint
from synaspis.log.errors import KeyRefused, NoteRefused
from synaspis.log.keys import Verifier
from synaspis.log.note import NOTE_BYTES_MAX, split_note


@dataclass(frozen=True, slots=True)
class AuditedNote:
    """A checkpoint file as it was found.

    checkpoint: what it says. holds: whether every signature holds and those of the log are all there.
    signed_by: keys whose signature holds.
    """

    checkpoint: Checkpoint
    holds: bool
    signed_by: tuple[Verifier, ...]


def audit_keys(read: Read, given: Sequence[Verifier], *, whole: bool, findings: Findings) -> list[Verifier]:
    """The keys to check with: those given, then those that the log lists.

    whole: a folder, which must have the list; a server may keep its keys elsewhere.
    """
    raw = read(VKEYS, VKEYS_BYTES_MAX)
    listed: list[Verifier] = []
    if not raw:
        if whole:
            findings.missing(VKEYS, "the file is missing" if raw is None else "the file lists no key")
    else:
        try:
            listed = read_vkeys(raw)
        except KeyRefused as error:
            findings.altered(VKEYS, error.faults[0].where, error.faults[0].what)
        else:
            for key in given:
                if key not in listed:
                    findings.altered(VKEYS, "byte 0", f"the key {key.name}+{key.key_id.hex()} is not listed")
    return list(dict.fromkeys([*given, *listed]))


def audit_note(path: str, note: bytes, keys: Sequence[Verifier], findings: Findings) -> AuditedNote | None:
    """Check every byte of a signed checkpoint; None if it cannot even be read."""
    try:
        text, lines = split_note(note)
        checkpoint = Checkpoint.parse(text)
    except NoteRefused as error:
        fault = error.faults[0]
        at = f"byte {fault.where.rpartition(' ')[2]}" if "byte" in fault.where else "byte 0"
        findings.altered(path, at, fault.what)
        return None
    known = {(key.name, key.key_id): key for key in keys}
    signed: dict[Verifier, bool] = {}
    holds = True
    for line in lines:
        at, key = f"byte {line.offset}", known.get((line.name, line.key_id))
        if key is None or key in signed:
            why = "no key for this signature is known" if key is None else "this key signed twice"
            findings.altered(path, at, f"{line.name}+{line.key_id.hex()}: {why}")
            holds = False
        else:
            signed[key] = key.verify(text, line.signature) is not None
    wrong = [key for key, good in signed.items() if not good]
    offsets = {
        known[line.name, line.key_id]: line.offset for line in lines if (line.name, line.key_id) in known
    }
    if wrong and len(wrong) == len(signed):
        findings.altered(path, "byte 0", "no signature holds: the signed text was altered")
    else:
        for key in wrong:
            what = f"the {key.algorithm} signature of {key.name} does not hold"
            findings.altered(path, f"byte {offsets[key]}", what)
    for key in keys:
        if key.name == checkpoint.origin and key not in signed:
            findings.missing(path, f"the {key.algorithm} signature of {key.name} is missing")
            holds = False
    if not any(key.name == checkpoint.origin for key in keys):
        findings.altered(path, "byte 0", f"no key is known for the log {checkpoint.origin!r}")
        holds = False
    return AuditedNote(checkpoint, holds and not wrong, tuple(key for key, good in signed.items() if good))


def audit_cosignatures(
    read: Read,
    paths: Iterable[str] | None,
    keys: Sequence[Verifier],
    head: AuditedNote | None,
    findings: Findings,
) -> dict[str, AuditedNote]:
    """Check what witnesses cosigned, but for the roots, which come later. Returns the notes by path.

    paths: the files there; None where they cannot be listed and are asked for by the names of the keys.
    head: the checkpoint of the log, if it has a legible one.
    """
    expected = {cosigned_path(key.name): key.name for key in keys}
    found: dict[str, AuditedNote] = {}
    if paths is not None and head is not None:
        # A witness is listed from its first cosignature on.
        paths = list(paths)
        signed = {head.checkpoint.origin, *(key.name for key in head.signed_by)}
        for path, name in expected.items():
            if name not in signed and path not in paths:
                findings.missing(path, f"what {name} has cosigned is missing")
    for path in sorted(expected) if paths is None else paths:
        note = read(path, NOTE_BYTES_MAX)
        if note is None:
            if paths is not None:
                findings.altered(path, "", "this is not a file")
            continue
        audited = audit_note(path, note, keys, findings)
        if audited is None:
            continue
        names = {key.name for key in audited.signed_by if key.name != audited.checkpoint.origin}
        if expected.get(path) not in names:
            findings.altered(path, "", "the witness for whom this file is named did not sign what is in it")
        elif head is not None and audited.checkpoint.origin != head.checkpoint.origin:
            findings.altered(path, "byte 0", f"a checkpoint of another log, {audited.checkpoint.origin!r}")
        elif head is not None and audited.checkpoint.size > head.checkpoint.size:
            size = audited.checkpoint.size
            findings.altered(
                "checkpoint", "byte 0", f"the log had size {size} when it was cosigned in {path}"
            )
        else:
            found[path] = audited
    return found


def compare_roots(
    cosigned: Mapping[str, AuditedNote], roots: Mapping[int, bytes], findings: Findings
) -> None:
    """Hold the cosigned roots against the tree as it is now."""
    for path, audited in cosigned.items():
        root, wanted = roots.get(audited.checkpoint.size), audited.checkpoint.root
        if root is not None and root != wanted:
            size = audited.checkpoint.size
            what = f"root {wanted.hex()} was cosigned at size {size}; the tree has {root.hex()}"
            findings.altered(path, "byte 0", what)


def is_cosignature(path: str) -> bool:
    """Whether a path is that of a cosigned checkpoint."""
    folder, _, name = path.rpartition("/")
    return folder == COSIGNATURES and len(name) == 32 and set(name) <= set("0123456789abcdef")
