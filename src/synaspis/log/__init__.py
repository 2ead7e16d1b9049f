"""Verifiable log: Merkle tree, signed checkpoints, proofs, witnesses, and a verifier that stands alone."""

from synaspis.log.checkpoint import Checkpoint
from synaspis.log.commitment import SALT_BYTES, commitment
from synaspis.log.errors import KeyRefused, LogDamaged, NoteRefused, ProofRefused
from synaspis.log.keys import ALGORITHMS, Signer, Verifier, generate_signer, verifier
from synaspis.log.logtree import LogTree
from synaspis.log.note import OpenedNote, Signature, add_signatures, open_note, sign_note
from synaspis.log.proof import LogProof, Proven, read_proof, verify_proof, write_proof
from synaspis.log.tree import (
    EMPTY_ROOT,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_hash,
    verify_consistency,
    verify_inclusion,
)
from synaspis.log.witness import Fork, Witness, WitnessRefused

__all__ = [
    "ALGORITHMS",
    "EMPTY_ROOT",
    "SALT_BYTES",
    "Checkpoint",
    "Fork",
    "KeyRefused",
    "LogDamaged",
    "LogProof",
    "LogTree",
    "NoteRefused",
    "OpenedNote",
    "ProofRefused",
    "Proven",
    "Signature",
    "Signer",
    "Verifier",
    "Witness",
    "WitnessRefused",
    "add_signatures",
    "commitment",
    "consistency_proof",
    "generate_signer",
    "inclusion_proof",
    "leaf_hash",
    "node_hash",
    "open_note",
    "read_proof",
    "root_hash",
    "sign_note",
    "verifier",
    "verify_consistency",
    "verify_inclusion",
    "verify_proof",
    "write_proof",
]
