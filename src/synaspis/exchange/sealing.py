"""How the log grows: by whole buckets in an order that a key decides, signed, stored, then made public.

A checkpoint tells everybody how many buckets of entries there were since the last one, and nothing else: the
entries of an interval are padded with dummy leaves, which look like any other, and put into an order that
only the commitment key can tell from chance. An interval without entries makes no checkpoint.
"""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Final

from synaspis.core.errors import Fault, InputError
from synaspis.core.files import remove_left_over, write_atomically
from synaspis.exchange.keys import CentreKeys
from synaspis.exchange.sealed_log import SealedLog
from synaspis.exchange.settings import Settings
from synaspis.exchange.store.storage import Seal, StorageError, Store
from synaspis.log import (
    Checkpoint,
    NoteRefused,
    add_signatures,
    commitment,
    leaf_hash,
    read_vkeys,
    sign_note,
    verifier,
    write_vkeys,
)

COSIGNABLE: Final = 64
"""Newest checkpoints that a witness may still cosign: its answer can arrive when the log has grown again."""

VKEYS: Final = "log.vkeys"

_CHUNK: Final = 10_000


class Sealing(SealedLog):
    """The log of a centre: owned by the thread that ticks.

    folder: the public files; they are built again from the store where they lack something.
    Raises InputError if they show a history that the store does not have.
    """

    def __init__(self, folder: Path | str, settings: Settings, keys: CentreKeys, store: Store) -> None:
        super().__init__(folder, store)
        self._settings, self._keys = settings, keys
        self._recent: deque[Seal] = deque([self._last] if self._last else [], maxlen=COSIGNABLE)
        self._is_public = True
        self._list_keys()

    def _list_keys(self) -> None:
        """Have the verifier keys of the log lie beside it."""
        place = self._folder / VKEYS
        remove_left_over(place)  # a start that was killed here would make the public log look altered
        listed = read_vkeys(place.read_bytes()) if place.exists() else ()
        own = [signer.verifier for signer in self._keys.log]
        if any(key not in listed for key in own):
            write_atomically(place, write_vkeys([*own, *(key for key in listed if key not in own)]))

    @property
    def is_public(self) -> bool:
        """Whether the newest checkpoint is in the public files; False while they cannot be written."""
        return self._is_public

    def seal(self, at_us: int) -> Seal | None:
        """Seal every entry that is not sealed yet.

        at_us: instant, for the signature that carries one. Returns the seal, None if there was no entry.
        Raises StorageError if it cannot be stored; nothing is public then, and the next call tries again. If
        only the public files cannot be written, `is_public` is False until a later call has written them.
        """
        entry = 0 if self._last is None else self._last.entry
        data: list[bytes] = []
        while chunk := self._store.entries(entry, _CHUNK):
            data += [commitment(each.record, each.salt) for _, each in chunk]
            entry = chunk[-1][0]
        if not data:
            if not self._is_public and self._last is not None:
                self._publish(self._last.note)
            return None
        number = 1 if self._last is None else self._last.number + 1
        leaves = self._in_secret_order(number, data)
        self._tree.append(leaves)
        origin = self._settings.origin
        text = Checkpoint(origin, self._tree.size, self._tree.root()).text()
        seal = Seal(number, self._tree.size, entry, sign_note(text, self._keys.log, at_us))
        try:
            self._store.seal(seal, [(leaf, leaf_hash(leaf)) for leaf in leaves])
        except StorageError:
            self._tree = self._repaired()
            raise
        self._last = seal
        self._recent.append(seal)
        self._publish(seal.note)
        return seal

    def _in_secret_order(self, number: int, data: list[bytes]) -> list[bytes]:
        """Leaves of a seal with its dummies, sorted by a keyed hash: a permutation that the key decides."""
        name = number.to_bytes(8, "big")
        dummies = -len(data) % self._settings.bucket
        padded = data + [
            self._keys.derive("dummy", name, index.to_bytes(8, "big")) for index in range(dummies)
        ]
        return sorted(padded, key=lambda leaf: self._keys.derive("order", name, leaf))

    def _publish(self, note: bytes) -> None:
        try:
            self._tree.publish(note)
        except (OSError, InputError):
            self._is_public = False
        else:
            self._is_public = True

    def add_cosignature(self, partner: str, vkey: str, lines: bytes) -> int:
        """Keep the cosignature of a partner's witness and make it public beside the checkpoint.

        vkey: verifier key of that witness. lines: signature lines of a signed note, as a witness answers
        them. Returns the size of the checkpoint that it is on. Raises InputError if they are not signature
        lines, or hold for none of the newest checkpoints; StorageError if they cannot be stored.
        """
        witness = verifier(vkey)
        refusal: InputError = InputError(Fault("there is no checkpoint yet to cosign"))
        for seal in reversed(self._recent):
            try:
                cosigned = add_signatures(seal.note, lines, [witness])
            except NoteRefused as error:
                refusal = error
                continue
            self._store.cosign(seal.size, partner, cosigned[len(seal.note) :])
            self._tree.add_cosigned(cosigned, [witness])
            return seal.size
        raise refusal
