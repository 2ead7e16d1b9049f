"""Verifiable log: Merkle tree, signed checkpoints, proofs, witnesses, and a verifier that stands alone."""

from synaspis.log.checkpoint import Checkpoint
from synaspis.log.commitment import SALT_BYTES, commitment
from synaspis.log.errors import KeyRefused, LogDamaged, NoteRefused, ProofRefused
from synaspis.log.keys import ALGORITHMS, Signer, Verifier, generate_signer, verifier
from synaspis.log.logtree import LogTree
from synaspis.log.note import OpenedNote, Signature, add_signatures, open_note, sign_note
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

__all__ = [
    "ALGORITHMS",
    "EMPTY_ROOT",
    "SALT_BYTES",
    "Checkpoint",
    "KeyRefused",
    "LogDamaged",
    "LogTree",
    "NoteRefused",
    "OpenedNote",
    "ProofRefused",
    "Signature",
    "Signer",
    "Verifier",
    "add_signatures",
    "commitment",
    "consistency_proof",
    "generate_signer",
    "inclusion_proof",
    "leaf_hash",
    "node_hash",
    "open_note",
    "root_hash",
    "sign_note",
    "verifier",
    "verify_consistency",
    "verify_inclusion",
]
