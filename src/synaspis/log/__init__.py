"""Verifiable log: Merkle tree, signed checkpoints, proofs, witnesses, and a verifier that stands alone."""

from synaspis.log._findings import Finding
from synaspis.log._public import read_vkeys, write_vkeys
from synaspis.log.checkpoint import Checkpoint
from synaspis.log.commitment import SALT_BYTES, commitment
from synaspis.log.errors import KeyRefused, LogDamaged, NoteRefused, ProofRefused
from synaspis.log.keys import ALGORITHMS, Signer, Verifier, generate_signer, verifier
from synaspis.log.logtree import LogTree
from synaspis.log.note import OpenedNote, Signature, add_signatures, open_note, sign_note
from synaspis.log.place import FolderPlace, Place, WebPlace
from synaspis.log.proof import LogProof, Proven, read_proof, verify_proof, write_proof
from synaspis.log.records import RecordFault, RecordsReport, leaves_in, verify_records
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
from synaspis.log.verify import Cosigned, LogReport, verify_log
from synaspis.log.witness import Fork, Witness, WitnessRefused

__all__ = [
    "ALGORITHMS",
    "EMPTY_ROOT",
    "SALT_BYTES",
    "Checkpoint",
    "Cosigned",
    "Finding",
    "FolderPlace",
    "Fork",
    "KeyRefused",
    "LogDamaged",
    "LogProof",
    "LogReport",
    "LogTree",
    "NoteRefused",
    "OpenedNote",
    "Place",
    "ProofRefused",
    "Proven",
    "RecordFault",
    "RecordsReport",
    "Signature",
    "Signer",
    "Verifier",
    "WebPlace",
    "Witness",
    "WitnessRefused",
    "add_signatures",
    "commitment",
    "consistency_proof",
    "generate_signer",
    "inclusion_proof",
    "leaf_hash",
    "leaves_in",
    "node_hash",
    "open_note",
    "read_proof",
    "read_vkeys",
    "root_hash",
    "sign_note",
    "verifier",
    "verify_consistency",
    "verify_inclusion",
    "verify_log",
    "verify_proof",
    "verify_records",
    "write_proof",
    "write_vkeys",
]
