"""The public log at a node that only delivers: built from the store, never signed here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from synaspis.core.errors import Fault, InputError
from synaspis.core.files import remove_left_over, write_atomically
from synaspis.exchange.sealed_log import SealedLog
from synaspis.exchange.sealing import COSIGNABLE, VKEYS
from synaspis.exchange.store.storage import Seal
from synaspis.log import LogDamaged, NoteRefused, Verifier, open_note, verifier, write_vkeys

if TYPE_CHECKING:
    from synaspis.exchange.store.postgres_store import PostgresStore

_CHUNK: Final = 10_000


class Contradiction(InputError):
    """The store holds what the log has not signed, or does not continue what was published here."""


class LogCopy(SealedLog):
    """A copy of the public log that follows a store; owned by one thread.

    folder: for its files alone. store: read only. keys: of the log; every one of them has to have signed what
    is shown here. Raises Contradiction if the newest checkpoint is not signed by all of them, InputError if
    the folder shows a history that the store does not have.
    """

    def __init__(self, folder: Path | str, store: PostgresStore, keys: Sequence[Verifier]) -> None:
        self._keys, self._source = tuple(keys), store
        self._kept: dict[str, bytes] = {}
        seal = store.last_seal()
        if seal is not None:
            self._check(seal)
        place = Path(folder) / VKEYS
        remove_left_over(place)
        if not place.exists():
            write_atomically(place, write_vkeys(self._keys))
        super().__init__(folder, store)

    def _check(self, seal: Seal) -> None:
        """Raise Contradiction unless every key of the log has signed."""
        try:
            signed = {each.key for each in open_note(seal.note, self._keys).signatures}
        except NoteRefused:
            signed = set()
        for key in self._keys:
            if key not in signed:
                what = f"the checkpoint of size {seal.size} in the store is not signed with the log's"
                remedy = "Do not serve it: somebody else wrote to this store, or keys/public.json is not its."
                raise Contradiction(Fault(f"{what} {key.algorithm} key", remedy=remedy))

    def follow(self) -> bool:
        """Take over what the node that writes has sealed since; returns whether there was anything.

        Raises StorageError if the store cannot be read and OSError or InputError if the files cannot be
        written; the former checkpoint then stands, and the next call goes on. Raises Contradiction where the
        store does not continue what was published here.
        """
        seal = self._store.last_seal()
        if seal is None or (self._last is not None and seal.number == self._last.number):
            if seal != self._last:
                raise self._contradiction("it has another checkpoint in the place of the last one")
            return False
        if seal.size < self._tree.size:
            raise self._contradiction(f"it ends at {seal.size} leaves, the log at {self._tree.size}")
        self._check(seal)
        while chunk := self._leaves(self._tree.size, min(seal.size, self._tree.size + _CHUNK)):
            self._tree.append(chunk)
        try:
            self._tree.publish(seal.note)
        except LogDamaged as error:
            raise self._contradiction(str(error)) from None
        self._last = seal
        return True

    def keep_cosignatures(self, witnesses: Mapping[str, str]) -> None:
        """Put what witnesses have cosigned since beside the checkpoint.

        witnesses: verifier key of each partner's witness. Raises as `follow` does.
        """
        if self._last is None:
            return
        newest = dict(self._source.cosigned(self._last.number - COSIGNABLE))
        for partner, note in newest.items():
            if partner in witnesses and self._kept.get(partner) != note:
                try:
                    self._tree.add_cosigned(note, [verifier(witnesses[partner])])
                except NoteRefused:
                    continue  # by a key that was replaced since, or on a checkpoint that is not here yet
                self._kept[partner] = note

    def _contradiction(self, detail: str) -> Contradiction:
        return Contradiction(self._contradicted(LogDamaged(detail)).faults)
