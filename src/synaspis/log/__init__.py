"""Verifiable log: Merkle tree, signed checkpoints, proofs, witnesses, and a verifier that stands alone."""
