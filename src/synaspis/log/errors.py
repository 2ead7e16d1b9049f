"""What the log refuses, each with its own class, so that a caller can answer it."""

from __future__ import annotations

from synaspis.core.errors import InputError, SynaspisError


class KeyRefused(InputError):
    """A verifier key, a private key or its file is not in order."""


class NoteRefused(InputError):
    """A signed note or checkpoint is malformed, or not signed by a key that counts."""


class ProofRefused(InputError):
    """A proof is malformed or does not prove what it should."""


class LogDamaged(SynaspisError):
    """The files of a log contradict each other or what is asked of them; nothing was changed."""
