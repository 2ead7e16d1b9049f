"""The log as it was sealed, with its public files: what the node that seals and those that mirror have alike.

The store is the record: the files are built from its leaves and signed checkpoints, and built again where
they lack something.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from synaspis.core.errors import Fault, InputError
from synaspis.exchange.store.storage import Seal, Store
from synaspis.log import Checkpoint, LogDamaged, LogTree, write_proof


class SealedLog:
    """A log of a store and a folder of public files; owned by one thread.

    folder: its files are brought up to the store. Raises InputError if they show a history that the store
    does not have.
    """

    def __init__(self, folder: Path | str, store: Store) -> None:
        self._folder, self._store = Path(folder), store
        self._last = store.last_seal()
        self._tree = self._open()

    def _open(self) -> LogTree:
        """The tree as the store has it; files behind it are brought up."""
        try:
            tree = LogTree(self._folder)
            if tree.size == self.size and (
                self._last is None or tree.published == _checkpoint(self._last.note)
            ):
                return tree
        except LogDamaged:
            pass  # what can be built again is built again below
        try:
            tree = self._repaired()
            if self._last is not None:
                tree.publish(self._last.note)
        except LogDamaged as error:
            raise self._contradicted(error) from None
        return tree

    def _repaired(self) -> LogTree:
        """The tree of all leaves under the newest checkpoint."""
        return LogTree.repair(self._folder, self._leaves, self.size)

    def _contradicted(self, error: LogDamaged) -> InputError:
        return InputError(
            Fault(
                f"the published log is not that of the store: {error}",
                source=str(self._folder),
                remedy="The store was restored from an older backup, or the folder belongs to another "
                "centre. Do not serve: find the newer store; partners hold checkpoints that this one "
                "cannot continue.",
            )
        )

    def _leaves(self, first: int, until: int) -> Sequence[bytes]:
        return self._store.leaves(first, until - first)

    @property
    def size(self) -> int:
        """Leaves under the newest checkpoint."""
        return 0 if self._last is None else self._last.size

    def checkpoint(self) -> bytes | None:
        """The newest checkpoint with the cosignatures that came for it; None before the first."""
        return None if self._last is None else self._cosigned(self._last)

    def _cosigned(self, seal: Seal) -> bytes:
        lines = b"".join(self._store.cosignatures(seal.size).values())
        return seal.note + lines

    def proof(self, leaf: bytes) -> bytes | None:
        """Inclusion proof (C2SP tlog-proof) of a leaf under the newest checkpoint, by the hash of the leaf.

        None if it is not sealed yet, or unknown.
        """
        position = self._store.position(leaf)
        # One that the store has beyond this checkpoint is under one that is not public here yet.
        if position is None or self._last is None or position >= self.size:
            return None
        return write_proof(position, self._tree.inclusion(position, self.size), self._cosigned(self._last))

    def consistency(self, first: int, second: int) -> list[bytes]:
        """Hashes that prove that one size of the log continues another.

        first: from 1. second: not below it, at most the newest checkpoint's. Raises InputError for others.
        """
        if not 1 <= first <= second <= self.size:
            raise InputError(
                Fault(
                    f"no proof from size {first} to {second}; sizes from 1 to {self.size} are allowed, the "
                    "first not above the second"
                )
            )
        return self._tree.consistency(first, second)


def _checkpoint(note: bytes) -> Checkpoint:
    return Checkpoint.parse(note.decode().partition("\n\n")[0] + "\n")
