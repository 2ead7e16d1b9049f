"""A proof in one text file: leaf index, inclusion path, checkpoint with signatures. C2SP tlog-proof.

Who has the data of the leaf and the public keys can check it years later, without the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from synaspis.core.errors import Fault
from synaspis.log._text import decode_base64, decode_decimal, encode_base64, shown
from synaspis.log.checkpoint import Checkpoint
from synaspis.log.errors import NoteRefused, ProofRefused
from synaspis.log.keys import Verifier
from synaspis.log.note import NOTE_BYTES_MAX, open_note, split_note
from synaspis.log.tree import HASH_BYTES, verify_inclusion

PATH_MAX: Final = 63
"""Hashes in a path: a tree with more levels would have more leaves than a size can say."""

EXTRA_BYTES_MAX: Final = 65_536

_HEAD: Final = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class LogProof:
    """A proof as it was read, not verified.

    leaf_index: from 0. path: hashes from the leaf's sibling up. note: the signed checkpoint.
    extra: data that nothing authenticates; None if there is none.
    """

    leaf_index: int
    path: tuple[bytes, ...]
    note: bytes
    extra: bytes | None = None


@dataclass(frozen=True, slots=True)
class Proven:
    """What a verified proof says.

    leaf_index: where the leaf is. checkpoint: under which head. witnesses: names of the witnesses that
    cosigned this head, each once.
    """

    leaf_index: int
    checkpoint: Checkpoint
    witnesses: tuple[str, ...]


def write_proof(leaf_index: int, path: Sequence[bytes], note: bytes, extra: bytes | None = None) -> bytes:
    """The text of a proof.

    leaf_index: from 0. path: as `inclusion_proof` gives it for the size in the checkpoint. note: the signed
    checkpoint. extra: data for the reader's use, not authenticated, at most 64 KiB.
    Raises ProofRefused or NoteRefused for parts that no proof can hold.
    """
    size = Checkpoint.parse(split_note(note)[0]).size
    if not 0 <= leaf_index < size or any(len(each) != HASH_BYTES for each in path) or len(path) > PATH_MAX:
        raise ProofRefused(f"no proof: leaf {leaf_index} of {size} with a path of {len(path)} hashes")
    if extra is not None and len(extra) > EXTRA_BYTES_MAX:
        raise ProofRefused(f"{len(extra):,} bytes of extra data; at most {EXTRA_BYTES_MAX:,} are allowed")
    lines = [_HEAD]
    if extra is not None:
        lines.append(f"extra {encode_base64(extra)}")
    lines.append(f"index {leaf_index}")
    lines += [encode_base64(each) for each in path]
    return "\n".join([*lines, "", ""]).encode() + note


def read_proof(raw: bytes) -> LogProof:
    """Read the text of a proof, without verifying it.

    Raises ProofRefused, or NoteRefused for its checkpoint, for anything but its one exact form.
    """
    head, blank, note = raw[: NOTE_BYTES_MAX + 2 * EXTRA_BYTES_MAX + 1].partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise ProofRefused(Fault("bytes that are not ASCII above the checkpoint", "proof")) from None
    if not blank or lines[0] != _HEAD:
        raise ProofRefused(Fault(f"the text does not begin with {_HEAD!r}, or has no checkpoint", "proof"))
    at, extra = 1, None
    if at < len(lines) and lines[at].startswith("extra "):
        extra = decode_base64(lines[at].removeprefix("extra "))
        if extra is None or len(extra) > EXTRA_BYTES_MAX:
            raise ProofRefused(
                Fault(f"extra data is not base64 of at most {EXTRA_BYTES_MAX:,} bytes", "proof")
            )
        at += 1
    text = lines[at] if at < len(lines) else ""
    index = decode_decimal(text.removeprefix("index ")) if text.startswith("index ") else None
    if index is None:
        raise ProofRefused(Fault(f"{shown(text)} is not an index line, such as 'index 73894'", "proof"))
    path = [decode_base64(line) for line in lines[at + 1 :]]
    hashes = tuple(each for each in path if each is not None and len(each) == HASH_BYTES)
    if len(hashes) != len(path) or len(path) > PATH_MAX:
        what = f"the path has {len(path)} lines, of which {len(hashes)} are hashes; at most {PATH_MAX} hashes"
        raise ProofRefused(Fault(what, "proof"))
    Checkpoint.parse(split_note(note)[0])
    return LogProof(index, hashes, note, extra)


def verify_proof(
    proof: LogProof | bytes,
    leaf: bytes,
    log_keys: Iterable[Verifier],
    witness_keys: Iterable[Verifier] = (),
    quorum: int = 0,
) -> Proven:
    """Verify that a leaf is in a log, under a checkpoint that log and witnesses signed.

    leaf: hash of the leaf (`leaf_hash(commitment(record, salt))` for a record of the centre). log_keys: of
    the log, named like its origin; each of them must have signed, so that a second algorithm is no
    ornament. witness_keys: of witnesses. quorum: how many witnesses, counted by name, must have cosigned.
    Returns what was proven. Raises ProofRefused, or NoteRefused for a checkpoint that does not hold.
    """
    if isinstance(proof, bytes):
        proof = read_proof(proof)
    checkpoint = Checkpoint.parse(split_note(proof.note)[0])
    mine = [key for key in log_keys if key.name == checkpoint.origin]
    if not mine:
        raise ProofRefused(f"no key is given for the log {shown(checkpoint.origin)}")
    signed = {each.key for each in open_note(proof.note, mine).signatures}
    for key in mine:
        if key not in signed:
            raise NoteRefused(f"the checkpoint lacks the {key.algorithm} signature of {key.name}")
    witnesses = cosigners(proof.note, witness_keys)
    if len(witnesses) < quorum:
        names = ", ".join(witnesses) or "nobody"
        raise ProofRefused(f"cosigned by {names}: {len(witnesses)} of the {quorum} witnesses needed")
    if not verify_inclusion(leaf, proof.leaf_index, checkpoint.size, proof.path, checkpoint.root):
        raise ProofRefused(
            f"the path does not lead from leaf {proof.leaf_index} ({leaf.hex()}) to the root "
            f"{checkpoint.root.hex()} of size {checkpoint.size}"
        )
    return Proven(proof.leaf_index, checkpoint, witnesses)


def cosigners(note: bytes, witness_keys: Iterable[Verifier]) -> tuple[str, ...]:
    """Names of the witnesses that cosigned a note, each once; a key that signs without a time is no witness.

    Raises NoteRefused if a signature of a known witness does not hold.
    """
    keys = [key for key in witness_keys if key.algorithm != "ed25519"]
    known = {(key.name, key.key_id) for key in keys}
    if not any((line.name, line.key_id) in known for line in split_note(note)[1]):
        return ()
    return open_note(note, keys).names
