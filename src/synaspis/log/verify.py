"""Is this log whole, unaltered and signed? The stand-alone verifier: files and public keys, nothing else.

Every byte of every public file is covered: signatures of all keys of the log, cosignatures of witnesses,
every entry, every hash at every level, partial tiles of earlier trees, and no file beside these.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

from synaspis.core.errors import Fault, InputError
from synaspis.log._findings import Finding, Findings
from synaspis.log._note_audit import (
    AuditedNote,
    audit_cosignatures,
    audit_keys,
    audit_note,
    compare_roots,
    is_cosignature,
)
from synaspis.log._public import CHECKPOINT, VKEYS
from synaspis.log._tile_audit import TileAudit
from synaspis.log.keys import Verifier, verifier
from synaspis.log.note import NOTE_BYTES_MAX
from synaspis.log.place import FolderPlace, Place, WebPlace
from synaspis.log.tiles import Tile, tile_at

_LOOKS: Final = 3
_PAUSE_S: Final = 0.4
"""A log that is being written to is seen half-published for some milliseconds; then it is looked at again."""

Verdict = Literal["intact", "altered", "incomplete"]


@dataclass(frozen=True)
class LogReport:
    """What a verification found.

    verdict: `intact`; `altered` if anything is not as signed; `incomplete` if something is only missing.
    place: what was verified. origin, size, root (hex): as the checkpoint says, empty and 0 if it cannot be
    read. at: where the first finding lies, ``FILE at byte N``, empty if intact. detail: the first finding in
    words. findings: all of them. keys: `given`, or `from the log itself`, which proves no more than that the
    log agrees with itself. signed_by: name and algorithm of each key whose signature on the checkpoint
    holds. cosigned: what each witness has cosigned. files: how many were read.
    """

    verdict: Verdict
    place: str
    origin: str
    size: int
    root: str
    at: str
    detail: str
    findings: tuple[Finding, ...]
    keys: Literal["given", "from the log itself"]
    signed_by: tuple[str, ...]
    cosigned: tuple[Cosigned, ...]
    files: int

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it; null for origin, root, at and detail where there is none."""
        plain = asdict(self)
        return plain | {name: plain[name] or None for name in ("origin", "root", "at", "detail")}


@dataclass(frozen=True)
class Cosigned:
    """What a witness has cosigned last.

    witness: its name. algorithm: of its key. size: of the tree. key_given: whether its key was given; else it
    comes from the log itself, which could have invented the witness.
    """

    witness: str
    algorithm: str
    size: int
    key_given: bool


def verify_log(
    place: Place | Path | str,
    vkeys: Iterable[str] | None = None,
    *,
    pause: Callable[[float], None] = time.sleep,
) -> LogReport:
    """Verify a log.

    place: folder of a log or of a centre, or an address that begins with http:// or https://. vkeys: verifier
    keys that were obtained elsewhere; those named like the origin are of the log, others of witnesses.
    pause: waits, s, before another look at a log that is being written to.
    Raises InputError if the place or a key cannot be read at all.
    """
    faults: list[Fault] = []
    given: list[Verifier] = []
    for text in vkeys or ():
        try:
            given.append(verifier(text))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    if isinstance(place, str) and place.startswith(("http://", "https://")):
        with WebPlace(place) as opened:
            return _verify(opened, given, pause)
    return _verify(FolderPlace(place) if isinstance(place, str | Path) else place, given, pause)


def _verify(place: Place, given: Sequence[Verifier], pause: Callable[[float], None]) -> LogReport:
    for _ in range(_LOOKS - 1):
        report, settled = _look(place, given)
        if settled:
            return report
        pause(_PAUSE_S)
    return _look(place, given)[0]


def _look(place: Place, given: Sequence[Verifier]) -> tuple[LogReport, bool]:
    """One verification, and whether another look would find the same."""
    findings = Findings()
    files = place.files()
    keys = audit_keys(place.read, given, whole=files is not None, findings=findings)
    note = place.read(CHECKPOINT, NOTE_BYTES_MAX)
    head = None
    if note is None:
        findings.missing(CHECKPOINT)
    else:
        head = audit_note(CHECKPOINT, note, keys, findings)
    checkpoint = head.checkpoint if head else None
    listed = None if files is None else [path for path in files if is_cosignature(path)]
    cosigned = audit_cosignatures(place.read, listed, keys, head, findings)
    older, strays = _sorted_out(files or (), checkpoint.size if checkpoint else None)
    count = 0
    if head is not None and checkpoint is not None:
        sizes = [each.checkpoint.size for each in cosigned.values()]
        audit = TileAudit(place.read, checkpoint.size, sizes, older, findings)
        audit.run(checkpoint.root if head.holds else None)
        compare_roots(cosigned, audit.roots, findings)
        count = audit.files
    for path, what in strays:
        findings.altered(path, "", what)
    count += len(cosigned) + (note is not None) + bool(keys)
    moved = bool(findings.items) and place.read(CHECKPOINT, NOTE_BYTES_MAX) != note
    return _report(place.name, given, findings, head, cosigned, count), not (moved or strays)


def _sorted_out(
    files: Iterable[str], size: int | None
) -> tuple[dict[tuple[int, int], list[int]], list[tuple[str, str]]]:
    """Widths of partial tiles of earlier trees, and files that have no place in a log of this size."""
    older: dict[tuple[int, int], list[int]] = {}
    strays = []
    for path in files:
        if path in (CHECKPOINT, VKEYS) or is_cosignature(path):
            continue
        try:
            tile = Tile.parse(path)
        except InputError:
            strays.append((path, "this file has no place in a log"))
            continue
        if size is None:
            continue
        now = tile_at(tile.level, tile.number, size)
        if now is None or tile.width > now.width:
            strays.append((path, f"the signed tree of {size} leaves does not reach this file"))
        elif tile.width < now.width:
            older.setdefault((tile.level, tile.number), []).append(tile.width)
    return older, strays


def _report(
    name: str,
    given: Sequence[Verifier],
    findings: Findings,
    head: AuditedNote | None,
    cosigned: dict[str, AuditedNote],
    files: int,
) -> LogReport:
    found = tuple(findings.items)
    # What was altered weighs more than what is missing, and is told first.
    first = next((each for each in found if each.kind == "altered"), found[0] if found else None)
    verdict: Verdict = "intact"
    if first is not None:
        verdict = "altered" if first.kind == "altered" else "incomplete"
    at = ""
    if first is not None:
        at = f"{first.path} at {first.at}" if first.at else first.path
    notes = [*cosigned.values(), *([] if head is None else [head])]
    origin, size, root = "", 0, ""
    if head is not None:
        origin, size, root = head.checkpoint.origin, head.checkpoint.size, head.checkpoint.root.hex()
    return LogReport(
        verdict=verdict,
        place=name,
        origin=origin,
        size=size,
        root=root,
        at=at,
        detail="" if first is None else str(first),
        findings=found,
        keys="given" if any(key.name == origin for key in given) else "from the log itself",
        signed_by=()
        if head is None
        else tuple(f"{key.name} ({key.algorithm})" for key in head.signed_by if key.name == origin),
        # A centre shows the newest cosignatures with its checkpoint as well: the same, told once.
        cosigned=tuple(
            dict.fromkeys(
                Cosigned(key.name, key.algorithm, note.checkpoint.size, key in given)
                for note in notes
                for key in note.signed_by
                if key.name != origin
            )
        ),
        files=files,
    )
