"""The partner's own look at the log: is it signed, does it only grow, does it hold what was promised?

The partner's witness keeps the checkpoint that it saw last. A newer one must be proven to continue it; then
it is kept, cosigned and the cosignature handed to the centre. Every leaf that a receipt or an event promises
must have an inclusion proof two seconds later, under a checkpoint of the same history.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from synaspis.core.clock import SECOND_US, Clock
from synaspis.core.errors import InputError
from synaspis.exchange.client.errors import Alarm, ServerFault
from synaspis.exchange.client.kit import PartnerKit
from synaspis.exchange.client.link import Link
from synaspis.exchange.client.partner_state import PartnerState, Unproven
from synaspis.exchange.client.verification import Verification
from synaspis.log import (
    Checkpoint,
    LogDamaged,
    NoteRefused,
    ProofRefused,
    Signer,
    Verifier,
    Witness,
    WitnessRefused,
    open_note,
    read_proof,
    verifier,
    verify_consistency,
    verify_proof,
)
from synaspis.log.proof import cosigners

MERGE_DELAY_US: Final = 2 * SECOND_US
"""By when the log must hold what was promised."""

PROOFS_AT_ONCE: Final = 8
"""Proofs asked for side by side."""

_TIED_MAX: Final = 10_000


class LogReader:
    """Reads the log for one partner and keeps its witness.

    kit: with the keys of log and witnesses. state: where proofs and evidence go. link: to the centre.
    """

    def __init__(self, kit: PartnerKit, state: PartnerState, link: Link, clock: Clock) -> None:
        self._state, self._link, self._clock = state, link, clock
        self.log_keys: tuple[Verifier, ...] = tuple(verifier(text) for text in kit.log_vkeys)
        origins = sorted({key.name for key in self.log_keys})
        if len(origins) != 1:
            raise InputError(
                f"the kit names keys of {len(origins)} logs ({', '.join(origins)}); one is needed"
            )
        self.origin = origins[0]
        signer = Signer.load(kit.path("witness.key"))
        self.witness_keys: tuple[Verifier, ...] = (
            signer.verifier,
            *(verifier(text) for text in kit.witness_vkeys.values()),
        )
        self._witness = self._open_witness(kit.folder / "witness", signer)
        self._own_name, self._partner = signer.name, kit.partner
        self._delivered: Checkpoint | None = None
        self._untaken = ""
        self._tied: set[tuple[int, bytes]] = set()
        self._lock = asyncio.Lock()

    def _open_witness(self, folder: Path, signer: Signer) -> Witness:
        """The witness of a key; one with a new key goes on from what the former one saw last."""
        witness = Witness(folder / signer.key_id.hex(), signer, self.log_keys, self._clock)
        if witness.latest(self.origin) is None:
            former = [file.read_bytes() for file in sorted(folder.glob("*/*.checkpoint"))]
            if former:
                witness.update(max(former, key=lambda note: self._head(note).size))
        return witness

    async def look(self, most: int | None = None) -> Verification:
        """Take the newest checkpoint and fetch proofs that are owed; most: at most so many, oldest first.

        Raises Unreachable or ServerFault where the centre cannot be asked.
        """
        async with self._lock:
            findings: list[str] = []
            note, cosigned = await self._newest(findings)
            proven = pending = 0
            if note is not None:
                proven, pending = await self._prove(findings, most)
            findings += filter(None, [self._untaken])
        if note is None:
            return Verification(None, (), (), cosigned, proven, pending, tuple(findings))
        signatures = open_note(note, self.log_keys).signatures
        others = tuple(name for name in self._cosigners(note) if name != self._own_name)
        return Verification(
            self._head(note),
            tuple(f"{each.key.name} ({each.key.algorithm})" for each in signatures),
            others,
            cosigned,
            proven,
            pending,
            tuple(findings),
        )

    def latest(self) -> Checkpoint | None:
        """The checkpoint that our witness cosigned last."""
        note = self._witness.latest(self.origin)
        return None if note is None else self._head(note)

    async def _newest(self, findings: list[str]) -> tuple[bytes | None, bool]:
        """Take the newest checkpoint as far as it holds; returns it and whether it was cosigned now."""
        try:
            # Read before asking: another process with this kit may move the witness on in between.
            seen = self.latest()
        except NoteRefused as error:
            findings.append(f"what our witness remembers was changed on our disk: {error.faults[0].what}")
            return None, False
        note = await self._link.checkpoint()
        if note is None:
            if seen is not None:
                findings.append(f"the centre has no checkpoint any more; it had shown {_named(seen)}")
            return None, False
        try:
            return note, await self._follow(note, seen)
        except LogDamaged as error:
            findings.append(str(error))
        except (NoteRefused, ProofRefused) as error:
            findings.append(f"the checkpoint is not signed as the kit says: {error.faults[0].what}")
        except Alarm as alarm:
            findings += alarm.findings
        return None, False

    async def _follow(self, note: bytes, seen: Checkpoint | None) -> bool:
        """Let the witness take a checkpoint; returns whether its cosignature was handed in.

        seen: what the witness had when the checkpoint was asked for.
        Raises Alarm where the checkpoint does not continue the one that the witness has.
        """
        head = self._head(note)
        known_note = self._witness.latest(self.origin) or b""
        known = self._head(known_note) if known_note else None
        if seen is not None and head.size < seen.size:
            what = f"the centre shows {_named(head)} after it had shown {_named(seen)}"
            raise self._contradiction(what, known_note, note)
        if known is not None and (head.size < known.size or head == known == self._delivered):
            return False
        proof: list[bytes] = []
        if known is not None and 0 < known.size < head.size:
            try:
                proof = await self._link.consistency(known.size, head.size)
            except Alarm as alarm:
                what = f"{_named(head)} is not shown to continue {_named(known)}: {alarm}"
                raise self._contradiction(what, known_note, note) from None
        try:
            lines = self._witness.update(note, proof)
        except WitnessRefused as error:
            if known is None or error.size != known.size:
                return False  # another process moved our witness on: the next look starts from there
            what = f"{_named(head)} contradicts {_named(known)}: {error.faults[0].what}"
            raise self._contradiction(what, known_note, note) from None
        return await self._deliver(head, lines)

    async def _deliver(self, head: Checkpoint, lines: bytes) -> bool:
        try:
            await self._link.cosign(lines)
        except ServerFault as fault:
            # Either a newer checkpoint has replaced it meanwhile, and the next look cosigns that, or ours is
            # taken for none: 400. A mirror refuses every cosignature in another way.
            newest = await self._link.checkpoint() if fault.status == 400 else None
            if newest is not None and self._head(newest) == head:
                self._untaken = (
                    f"the centre does not take the cosignatures of our witness ({fault}): the witness.key of "
                    f"the kit, {self._own_name}, is not the one that the centre has of {self._partner}"
                )
            return False
        self._delivered, self._untaken = head, ""
        return True

    def _head(self, note: bytes) -> Checkpoint:
        """Open a checkpoint that every key of the log must have signed."""
        opened = open_note(note, self.log_keys)
        signed = {each.key for each in opened.signatures}
        for key in self.log_keys:
            if key not in signed:
                raise NoteRefused(f"the checkpoint lacks the {key.algorithm} signature of {key.name}")
        checkpoint = Checkpoint.parse(opened.text)
        if checkpoint.origin != self.origin:
            raise NoteRefused(f"the checkpoint is of the log {checkpoint.origin}, not of {self.origin}")
        return checkpoint

    def _cosigners(self, note: bytes) -> tuple[str, ...]:
        try:
            return cosigners(note, self.witness_keys)
        except NoteRefused:
            return ()  # a cosignature that does not hold counts for nothing; the head itself is verified

    def _contradiction(self, what: str, first: bytes, second: bytes) -> Alarm:
        self._state.remember_evidence(self._clock.now_us(), what, first, second)
        return Alarm(what)

    async def _prove(self, findings: list[str], most: int | None) -> tuple[int, int]:
        owed = sorted(self._state.unproven(), key=lambda each: each.since_us)[:most]
        proven = pending = 0
        for start in range(0, len(owed), PROOFS_AT_ONCE):
            group = owed[start : start + PROOFS_AT_ONCE]
            texts = await asyncio.gather(*(self._link.proof(each.leaf) for each in group))
            held: list[tuple[Unproven, str]] = []
            for each, text in zip(group, texts, strict=True):
                if text is None:
                    if self._clock.now_us() - each.since_us > MERGE_DELAY_US:
                        findings.append(f"the log does not hold the {each.what} after {_merge_delay()}")
                    else:
                        pending += 1
                elif (fault := await self._proof_fault(each, text)) is not None:
                    findings.append(fault)
                else:
                    held.append((each, text))
            self._state.remember_proofs(held)
            proven += len(held)
        return proven, pending

    async def _proof_fault(self, owed: Unproven, text: str) -> str | None:
        """What is wrong with a proof; None if it holds, under a checkpoint of the history that we follow."""
        raw = text.encode()
        try:
            checkpoint = verify_proof(raw, bytes.fromhex(owed.leaf), self.log_keys).checkpoint
            await self._tie(checkpoint, read_proof(raw).note)
        except (NoteRefused, ProofRefused) as error:
            return f"the proof for the {owed.what} does not hold: {error.faults[0].what}"
        except Alarm as alarm:
            return f"the proof for the {owed.what} is of another history: {alarm}"
        return None

    async def _tie(self, checkpoint: Checkpoint, note: bytes) -> None:
        """See that the checkpoint of a proof belongs to the history that the witness follows.

        A proof under a checkpoint that nobody else was shown would prove nothing.
        """
        place = (checkpoint.size, checkpoint.root)
        if place in self._tied:
            return
        latest = self.latest()
        if latest is None or checkpoint.size > latest.size:
            await self._follow(note, latest)
        elif checkpoint != latest:
            path = (
                await self._link.consistency(checkpoint.size, latest.size)
                if checkpoint.size < latest.size
                else []
            )
            if not verify_consistency(checkpoint.size, latest.size, checkpoint.root, latest.root, path):
                what = f"{_named(checkpoint)} is no part of {_named(latest)}"
                raise self._contradiction(what, note, self._witness.latest(self.origin) or b"")
        if len(self._tied) >= _TIED_MAX:
            self._tied.clear()
        self._tied.add(place)


def _named(checkpoint: Checkpoint) -> str:
    return f"the checkpoint of size {checkpoint.size} with root {checkpoint.root.hex()}"


def _merge_delay() -> str:
    return f"{MERGE_DELAY_US / SECOND_US:g} s"
