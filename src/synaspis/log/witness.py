"""A witness: sees to it that a log only grows, and says so with its signature. C2SP tlog-witness, 1.0.0.

It keeps one checkpoint for each log, signs the next only if a proof shows that it extends the one kept, and
makes the new one durable before it answers. So no log can get two histories past it, not even across a crash.
Statements about what the log holds are not its business.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from synaspis.core.clock import Clock, SystemClock
from synaspis.core.errors import Fault, InputError
from synaspis.log._files import LogFiles
from synaspis.log._text import decode_base64, decode_decimal, encode_base64
from synaspis.log.checkpoint import Checkpoint
from synaspis.log.errors import LogDamaged, NoteRefused
from synaspis.log.keys import Signer, Verifier
from synaspis.log.note import NOTE_BYTES_MAX, SignatureLine, open_note, split_note
from synaspis.log.proof import PATH_MAX
from synaspis.log.tree import EMPTY_ROOT, HASH_BYTES, verify_consistency

_REQUEST_BYTES_MAX: Final = NOTE_BYTES_MAX + 4096


@dataclass(frozen=True, slots=True)
class Fork:
    """Two checkpoints that one log signed and that do not go together: evidence for everybody.

    first: note that the witness had cosigned. second: note that was offered. proven: they have one size and
    two roots, which no log can explain; otherwise no valid proof joined them, and the log may still show one.
    """

    first: bytes
    second: bytes
    proven: bool


class WitnessRefused(InputError):
    """A witness does not sign.

    code: as the protocol has it: 400 malformed, 403 not signed by a known key, 404 unknown log, 409 the
    proof starts at another size than the witness has, 422 the proof does not hold or the roots differ.
    size: what the witness has of this log. evidence: both checkpoints, where they do not go together.
    """

    def __init__(self, code: int, what: str, *, size: int = 0, evidence: Fork | None = None) -> None:
        self.code = code
        self.size = size
        self.evidence = evidence
        super().__init__(Fault(what, "checkpoint"))


class Witness:
    """Witness of some logs, with its memory in a folder.

    folder: made if it is not there, for this witness alone. signer: one key or several, of a kind that
    carries a time, all with one name. log_verifiers: keys of the logs; the name of a key is the origin of
    its log. clock: tells the time that is signed.
    Raises ValueError for keys that cannot cosign.
    """

    def __init__(
        self,
        folder: Path | str,
        signer: Signer | Sequence[Signer],
        log_verifiers: Iterable[Verifier],
        clock: Clock | None = None,
    ) -> None:
        self._signers = (signer,) if isinstance(signer, Signer) else tuple(signer)
        if len({each.name for each in self._signers}) != 1 or any(
            each.algorithm == "ed25519" for each in self._signers
        ):
            raise ValueError("a witness needs keys of one name that carry a time")
        self._folder = Path(folder)
        self._logs: dict[str, list[Verifier]] = {}
        for key in log_verifiers:
            self._logs.setdefault(key.name, []).append(key)
        self._clock = SystemClock() if clock is None else clock
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    @property
    def vkeys(self) -> tuple[str, ...]:
        """The verifier keys of this witness."""
        return tuple(each.vkey for each in self._signers)

    def latest(self, origin: str) -> bytes | None:
        """The checkpoint last cosigned for a log, with both signatures; None if there is none."""
        try:
            return self._place(origin).read_bytes()
        except FileNotFoundError:
            return None

    def size(self, origin: str) -> int:
        """Size of the checkpoint last cosigned for a log; 0 if there is none."""
        known = self._known(origin)
        return known.size if known else 0

    def update(self, note: bytes, proof: Sequence[bytes] = (), old_size: int | None = None) -> bytes:
        """Take the next checkpoint of a log, and cosign it.

        note: signed by the log. proof: consistency proof from the size that the witness has; empty for the
        first checkpoint of a log and for the one that it has already. old_size: size from which the proof
        starts, where the caller says it.
        Returns the signature lines; the checkpoint is durable by then. The same checkpoint again changes
        nothing and is signed again with the present time.
        Raises WitnessRefused, with nothing changed, and with evidence where the log has forked; LogDamaged
        if its memory was changed, InputError if the new checkpoint cannot be made durable.
        """
        checkpoint = self._opened(note)
        if len(proof) > PATH_MAX or any(len(each) != HASH_BYTES for each in proof):
            raise WitnessRefused(
                400, f"a proof of {len(proof)} hashes; at most {PATH_MAX} of {HASH_BYTES} bytes"
            )
        if old_size is not None and old_size > checkpoint.size:
            raise WitnessRefused(400, f"a proof from size {old_size} to the smaller size {checkpoint.size}")
        with self._alone():
            known = self._known(checkpoint.origin)
            self._check(known, checkpoint, note, proof, old_size)
            lines = self._cosign(checkpoint)
            self._store(checkpoint.origin, _bare(note, self._logs[checkpoint.origin]) + lines)
        return lines

    def add_checkpoint(self, body: bytes) -> bytes:
        """Answer the body of a request `add-checkpoint`, as the protocol has it.

        Returns the body of the answer. Raises WitnessRefused; its `code` is the HTTP status.
        """
        old_size, proof, note = read_request(body)
        return self.update(note, proof, old_size)

    def _opened(self, note: bytes) -> Checkpoint:
        try:
            checkpoint = Checkpoint.parse(split_note(note)[0])
        except NoteRefused as error:
            raise WitnessRefused(400, error.faults[0].what) from None
        if checkpoint.origin not in self._logs:
            raise WitnessRefused(404, f"the log {checkpoint.origin!r} is not known here")
        try:
            open_note(note, self._logs[checkpoint.origin])
        except NoteRefused as error:
            raise WitnessRefused(403, error.faults[0].what) from None
        if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
            raise WitnessRefused(422, "a checkpoint of size 0 has another root than the empty tree")
        return checkpoint

    def _check(
        self,
        known: Checkpoint | None,
        offered: Checkpoint,
        note: bytes,
        proof: Sequence[bytes],
        old_size: int | None,
    ) -> None:
        size = known.size if known else 0
        if known and offered.size == size and offered.root != known.root:
            raise self._forked(offered, note)
        if offered.size < size or (old_size is not None and old_size != size):
            what = f"the proof starts at size {old_size}" if old_size is not None else f"size {offered.size}"
            raise WitnessRefused(409, f"{what}, but size {size} is cosigned already", size=size)
        if known is None or size == 0:
            if proof:
                raise WitnessRefused(422, "a proof from the empty tree has no hashes")
            return
        if not verify_consistency(size, offered.size, known.root, offered.root, proof):
            what = f"the proof does not show that size {offered.size} extends size {size}"
            raise WitnessRefused(422, what, size=size, evidence=self._evidence(offered, note, proven=False))

    def _evidence(self, offered: Checkpoint, note: bytes, *, proven: bool) -> Fork:
        return Fork(self.latest(offered.origin) or b"", note, proven)

    def _forked(self, offered: Checkpoint, note: bytes) -> WitnessRefused:
        fork = self._evidence(offered, note, proven=True)
        # Evidence outlives the process; the name depends on the content, so that nothing is overwritten.
        name = f"forks/{hashlib.sha256(note).hexdigest()[:32]}"
        LogFiles(self._folder).write([(f"{name}.first", fork.first), (f"{name}.second", fork.second)])
        what = f"the log signed two roots for size {offered.size}: it shows different histories"
        return WitnessRefused(422, what, size=offered.size, evidence=fork)

    def _known(self, origin: str) -> Checkpoint | None:
        note = self.latest(origin)
        if note is None:
            return None
        try:
            # Its own signature shows that the memory is what it wrote.
            opened = open_note(note, [each.verifier for each in self._signers])
            known = Checkpoint.parse(opened.text)
        except NoteRefused as error:
            raise LogDamaged(
                f"what this witness remembers of {origin!r} was changed: {error.faults[0].what}. It signs "
                "nothing for this log until its memory is restored"
            ) from None
        if known.origin != origin:
            raise LogDamaged(f"what this witness remembers of {origin!r} is of {known.origin!r}")
        return known

    def _cosign(self, checkpoint: Checkpoint) -> bytes:
        now_us = max(self._clock.now_us(), 1_000_000)  # a time of zero would say "no statement"
        text = checkpoint.text()
        return b"".join(
            SignatureLine(each.name, each.key_id, each.sign(text, now_us)).line() for each in self._signers
        )

    def _store(self, origin: str, note: bytes) -> None:
        LogFiles(self._folder).write([(self._place(origin).name, note)])

    def _place(self, origin: str) -> Path:
        return self._folder / f"{hashlib.sha256(origin.encode()).hexdigest()}.checkpoint"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Between looking and writing nobody else may write: neither another process nor a thread, whose
        descriptor is another one.
        """
        descriptor = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def write_request(old_size: int, proof: Sequence[bytes], note: bytes) -> bytes:
    """Body of a request `add-checkpoint`."""
    lines = [f"old {old_size}", *(encode_base64(each) for each in proof), "", ""]
    return "\n".join(lines).encode() + note


def read_request(body: bytes) -> tuple[int, list[bytes], bytes]:
    """Old size, proof and note in the body of a request `add-checkpoint`.

    Raises WitnessRefused with code 400 for anything but its one exact form.
    """
    if len(body) > _REQUEST_BYTES_MAX:
        raise WitnessRefused(400, f"a request of {len(body):,} bytes; at most {_REQUEST_BYTES_MAX:,}")
    head, blank, note = body.partition(b"\n\n")
    lines = head.decode("ascii", "replace").split("\n")
    old_size = decode_decimal(lines[0].removeprefix("old ")) if lines[0].startswith("old ") else None
    path = [decode_base64(line) for line in lines[1:]]
    hashes = [each for each in path if each is not None and len(each) == HASH_BYTES]
    if not blank or old_size is None or len(hashes) != len(path):
        raise WitnessRefused(400, "a request is a line 'old SIZE', hashes, a blank line and a checkpoint")
    if len(hashes) > PATH_MAX:
        raise WitnessRefused(400, f"{len(hashes)} hashes in a proof; at most {PATH_MAX}")
    return old_size, hashes, note


def _bare(note: bytes, keys: Sequence[Verifier]) -> bytes:
    """The note with the signatures of the log alone: what strangers added is not kept."""
    text, lines = split_note(note)
    known = {(key.name, key.key_id) for key in keys}
    kept = (line.line() for line in lines if (line.name, line.key_id) in known)
    return f"{text}\n".encode() + b"".join(kept)
