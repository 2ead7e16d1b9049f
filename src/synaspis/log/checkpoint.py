"""A checkpoint: which log, how many leaves, which root. C2SP tlog-checkpoint, version 1.0.0.

The text has three lines. Extension lines are refused: an ML-DSA-44 signature would not cover them.
"""

from __future__ import annotations

from dataclasses import dataclass

from synaspis.core.errors import Fault
from synaspis.log._text import decode_base64, decode_decimal, encode_base64, shown
from synaspis.log.errors import NoteRefused
from synaspis.log.tree import HASH_BYTES


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Head of a log.

    origin: name of the log, one line, not empty. size: number of leaves, below 2^64. root: 32 bytes.
    Raises ValueError for values that no checkpoint can hold.
    """

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        if not self.origin or any(sign < " " for sign in self.origin):
            raise ValueError("the origin of a checkpoint is one line that is not empty")
        if not 0 <= self.size < 1 << 64 or len(self.root) != HASH_BYTES:
            raise ValueError(f"size {self.size} with a root of {len(self.root)} bytes is no checkpoint")

    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{encode_base64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read the text of a checkpoint, without signatures.

        Raises NoteRefused with every fault, and where it stands, for anything but its one exact form.
        """
        lines = text.split("\n")
        if len(lines) != 4 or lines[3]:
            raise NoteRefused(
                Fault(
                    "the text of a checkpoint has three lines, each with a newline at its end: origin, size, "
                    f"root; here {text.count(chr(10))} lines end in a newline",
                    "checkpoint",
                )
            )
        faults = []
        if not lines[0] or any(sign < " " for sign in lines[0]):
            faults.append(Fault("the origin is empty or holds a control character", "checkpoint.origin"))
        size = decode_decimal(lines[1])
        if size is None:
            what = f"{shown(lines[1])} is not a size: a whole number below 2^64 without leading zeros"
            faults.append(Fault(what, "checkpoint.size"))
        root = decode_base64(lines[2])
        if root is None or len(root) != HASH_BYTES:
            what = f"{shown(lines[2])} is not a root: base64 of {HASH_BYTES} bytes"
            faults.append(Fault(what, "checkpoint.root"))
        if faults or size is None or root is None:
            raise NoteRefused(faults)
        return cls(lines[0], size, root)
