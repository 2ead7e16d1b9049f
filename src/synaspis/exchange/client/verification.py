"""What a partner's look at the log came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from synaspis.log import Checkpoint


@dataclass(frozen=True)
class Verification:
    """What one look at the log came to.

    checkpoint: the head that was seen; None before there is one. signed_by: names and algorithms of the
    log's keys that signed it. cosigners: witnesses of other partners that had cosigned it, by name.
    cosigned: whether our witness signed this one now. proven: proofs fetched and verified now. pending:
    leaves that the log does not owe yet. findings: promises that were broken, in sentences.
    """

    checkpoint: Checkpoint | None
    signed_by: tuple[str, ...]
    cosigners: tuple[str, ...]
    cosigned: bool
    proven: int
    pending: int
    findings: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether no promise was found broken."""
        return not self.findings

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON can hold it."""
        head = self.checkpoint
        return {
            "holds": self.holds,
            "size": None if head is None else head.size,
            "root": None if head is None else head.root.hex(),
            "signed_by": list(self.signed_by),
            "cosigners": list(self.cosigners),
            "cosigned": self.cosigned,
            "proven": self.proven,
            "pending": self.pending,
            "findings": list(self.findings),
        }
