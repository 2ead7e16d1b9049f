"""The tree of a log in a folder of tiles: appending, proofs, and publication that survives a crash.

Owned by one thread of one process. The folder is public and can be built again from the leaves at any time:
whoever owns the log commits leaves and signed checkpoint elsewhere first, then calls `publish`. After a crash
the folder is at an earlier checkpoint, which still holds, and `LogTree.repair` brings it up again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from synaspis.core.errors import InputError
from synaspis.log._edge import Edge, LeavesFrom, feed, root_of
from synaspis.log._files import LogFiles
from synaspis.log._proving import node, path_up, rest
from synaspis.log._public import CHECKPOINT, VKEYS, cosigned_path, read_vkeys, write_vkeys
from synaspis.log.checkpoint import Checkpoint
from synaspis.log.errors import LogDamaged, NoteRefused
from synaspis.log.keys import Verifier
from synaspis.log.note import open_note, split_note
from synaspis.log.tiles import (
    ENTRIES,
    ENTRY_BYTES_MAX,
    TILE_WIDTH,
    Tile,
    hashes_of,
    read_entries,
    tile_at,
)
from synaspis.log.tree import EMPTY_ROOT, leaf_hash

_SPILL: Final = 512
"""Full tiles and bundles kept in memory before they are written, about 8 MB of commitments."""


class LogTree:
    """A log in a folder. Memory does not grow with the log.

    folder: made if it is not there; otherwise the log goes on where its checkpoint stands. cache_tiles: full
    tiles that are kept in memory for proofs, 8 KiB each. anew: begin with no leaves over what is there, in
    order to write every tile again.
    Raises LogDamaged if the files at the right edge do not give the root of the checkpoint, InputError if the
    folder cannot be used.
    """

    def __init__(self, folder: Path | str, *, cache_tiles: int = 1024, anew: bool = False) -> None:
        self._files = LogFiles(Path(folder))
        self._cache: OrderedDict[Tile, list[bytes]] = OrderedDict()
        self._cache_tiles = cache_tiles
        self._pending: dict[Tile, bytes] = {}
        self._full_since: list[Tile] = []
        self._edge = Edge(self._take)
        self._written: set[Tile] = set()
        try:
            self._published = _read_checkpoint(self._files)
        except LogDamaged:
            if not anew:
                raise
            self._published = None
        if self._published is not None and not anew:
            self._resume(self._published)

    @property
    def size(self) -> int:
        """Number of leaves appended; those after the published checkpoint are not public yet."""
        return self._edge.size

    @property
    def published(self) -> Checkpoint | None:
        """The checkpoint that lies in the folder; None in a new log."""
        return self._published

    def root(self, size: int | None = None) -> bytes:
        """Root of the tree over the first leaves, 32 bytes.

        size: 0 to the size of the tree; all leaves if it is not given. Raises ValueError for another size.
        """
        if size is None or size == self.size:
            return self._edge.root()
        if not 0 <= size < self.size:
            raise ValueError(f"size {size} is not between 0 and the {self.size} leaves of the log")
        return rest(self._content, 0, size) if size else EMPTY_ROOT

    def append(self, leaf_data: Sequence[bytes]) -> int:
        """Append leaves; nothing is public before `publish`.

        leaf_data: up to 65,535 bytes each. Returns the index of the first.
        Raises InputError, having appended nothing, if one is too long.
        """
        for data in leaf_data:
            if len(data) > ENTRY_BYTES_MAX:
                raise InputError(f"an entry of {len(data):,} bytes; a leaf holds at most {ENTRY_BYTES_MAX:,}")
        first = self.size
        self._edge.append(leaf_data)
        return first

    def leaf(self, index: int) -> bytes | None:
        """Data of a leaf; None if the log has no such leaf."""
        if not 0 <= index < self.size:
            return None
        return self._content(ENTRIES, index // TILE_WIDTH)[index % TILE_WIDTH]

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """Inclusion proof of a leaf. RFC 6962, section 2.1.1.

        index: from 0. size: of the tree that it is proved in; the whole tree if it is not given.
        Raises ValueError if there is no such tree or leaf.
        """
        size = self.size if size is None else size
        if not 0 <= index < size <= self.size:
            raise ValueError(f"no proof for leaf {index} at size {size}; the log has {self.size} leaves")
        return path_up(self._content, 0, index, size)

    def consistency(self, first: int, second: int | None = None) -> list[bytes]:
        """Consistency proof between two sizes. RFC 6962, section 2.1.2.

        first: from 1. second: not below first; the whole tree if it is not given.
        Raises ValueError if there are no such trees.
        """
        second = self.size if second is None else second
        if not 0 < first <= second <= self.size:
            raise ValueError(f"no proof from size {first} to {second}; the log has {self.size} leaves")
        if first == second:
            return []
        level = (first & -first).bit_length() - 1
        index = (first >> level) - 1
        start = [node(self._content, level, index)] if index else []
        return start + path_up(self._content, level, index, second)

    def publish(self, note: bytes) -> None:
        """Make all leaves public under a signed checkpoint: tiles first, then the checkpoint, both durable.

        note: the signed checkpoint of exactly this tree; its signatures are the owner's business. The same
        checkpoint may be published again with more signatures.
        Raises LogDamaged, with the folder as it was, if the checkpoint is of another tree or log, and
        InputError if the disk refuses; the former checkpoint then stands, and the call may be repeated.
        """
        checkpoint = Checkpoint.parse(split_note(note)[0])
        if (checkpoint.size, checkpoint.root) != (self.size, self.root()):
            raise LogDamaged(
                f"a checkpoint of size {checkpoint.size} and root {checkpoint.root.hex()} does not belong to "
                f"this tree of size {self.size} and root {self.root().hex()}"
            )
        if self._published is not None and self._published.origin != checkpoint.origin:
            raise LogDamaged(f"the log of {self._published.origin} is not that of {checkpoint.origin}")
        partial = [each for each in self._edge.partial_tiles() if each[0] not in self._written]
        self._write_pending()
        self._files.write((tile.path(), content) for tile, content in partial)
        self._files.write([(CHECKPOINT, note)])
        self._published = checkpoint
        self._written.update(tile for tile, _ in partial)
        # Partial tiles stay for readers of earlier checkpoints until the full tile replaces them all.
        self._files.remove(f"{tile.path()}.p" for tile in self._full_since)
        full = {(tile.level, tile.number) for tile in self._full_since}
        self._written = {tile for tile in self._written if (tile.level, tile.number) not in full}
        self._full_since.clear()

    def add_cosigned(self, note: bytes, witnesses: Iterable[Verifier]) -> str:
        """Keep what a witness has cosigned, as `cosignatures/...` in the folder.

        note: a published checkpoint with the signatures of log and witness. witnesses: keys of one witness,
        all with one name; they are added to `log.vkeys`, so that others can check what lies here. Returns
        the path of the file, which replaces that of an earlier checkpoint.
        Raises NoteRefused if the witness did not sign it, or if it is not a checkpoint of this log.
        """
        opened = open_note(note, witnesses)
        checkpoint, name = Checkpoint.parse(opened.text), opened.names[0]
        mine = self._published
        if mine is None or checkpoint.origin != mine.origin or checkpoint.size > mine.size:
            raise NoteRefused(f"{name} cosigned a checkpoint that this log has not published")
        if checkpoint.root != self.root(checkpoint.size):
            raise NoteRefused(
                f"{name} cosigned root {checkpoint.root.hex()} at size {checkpoint.size}, where this log has "
                f"{self.root(checkpoint.size).hex()}: two histories were signed"
            )
        path = cosigned_path(name)
        former = self._files.read(path)
        # Answers may overtake each other.
        if former and Checkpoint.parse(split_note(former)[0]).size > checkpoint.size:
            return path
        listed = read_vkeys(self._files.read(VKEYS) or b"")
        added = [each.key for each in opened.signatures if each.key not in listed]
        if added:
            self._files.write([(VKEYS, write_vkeys([*listed, *added]))])
        self._files.write([(path, note)])
        return path

    @classmethod
    def repair(
        cls, folder: Path | str, leaves_from: LeavesFrom, size: int, *, whole: bool = False
    ) -> LogTree:
        """Bring the folder of a log up to the leaves of its owner, after a crash or damage.

        leaves_from: gives the leaves. size: how many there are. whole: write every tile anew instead of
        going on from the checkpoint; done by itself if the right edge is damaged. Returns the tree with all
        leaves; its owner then publishes the checkpoint, which is refused where the tiles do not fit it.
        Raises LogDamaged if the checkpoint in the folder was not made from these leaves: what was signed is
        then not what is stored, and no file is touched.
        """
        try:
            tree = None if whole else cls(folder)
        except LogDamaged:
            tree = None
        if tree is None:
            tree = cls(folder, anew=True)
            mine = tree.published
            if mine is not None and (mine.size > size or root_of(leaves_from, mine.size) != mine.root):
                raise _contradiction(mine, size)
        elif tree.published is not None and tree.size > size:
            raise _contradiction(tree.published, size)
        feed(tree.append, leaves_from, tree.size, size)
        return tree

    def _take(self, tile: Tile, content: bytes) -> None:
        self._pending[tile] = content
        self._full_since.append(tile)
        if len(self._pending) >= _SPILL:
            self._write_pending()

    def _write_pending(self) -> None:
        self._files.write((tile.path(), content) for tile, content in self._pending.items())
        self._pending.clear()

    def _resume(self, checkpoint: Checkpoint) -> None:
        """Take up the right edge from the tiles. Raises LogDamaged if it does not give the root."""
        edge, size, level = self._edge, checkpoint.size, 0
        edge.size = size
        while size >> (8 * level):
            if level == len(edge.levels):
                edge.levels.append([])
            edge.levels[level] = self._edge_content(level, size)
            level += 1
        edge.entries = self._edge_content(ENTRIES, size)
        if [leaf_hash(entry) for entry in edge.entries] != edge.levels[0] or edge.root() != checkpoint.root:
            raise LogDamaged(
                f"the tiles at the right edge of the log in {self._files.folder} do not give the root "
                f"{checkpoint.root.hex()} of its checkpoint at size {size}; repair it from the leaves"
            )
        self._written = {tile for tile, _ in edge.partial_tiles()}

    def _edge_content(self, level: int, size: int) -> list[bytes]:
        number = (size >> (8 * max(level, 0))) // TILE_WIDTH
        tile = tile_at(level, number, size)
        return [] if tile is None else self._read(tile)

    def _content(self, level: int, number: int) -> list[bytes]:
        """Hashes or entries of a tile, as many as there are."""
        edge = self._edge
        if number == (edge.size >> (8 * max(level, 0))) // TILE_WIDTH:
            return edge.entries if level == ENTRIES else edge.levels[level]
        tile = Tile(level, number)
        found = self._cache.get(tile)
        if found is None:
            pending = self._pending.get(tile)
            found = self._read(tile) if pending is None else _parts(tile, pending)
            self._cache[tile] = found
            if len(self._cache) > self._cache_tiles:
                self._cache.popitem(last=False)
        else:
            self._cache.move_to_end(tile)
        return found

    def _read(self, tile: Tile) -> list[bytes]:
        """Content of a tile on disk, or of the full tile that has replaced it."""
        for path in dict.fromkeys((tile.path(), Tile(tile.level, tile.number).path())):
            content = self._files.read(path)
            if content is not None:
                parts = _parts(tile, content)
                if len(parts) >= tile.width:
                    return parts[: tile.width]
        raise LogDamaged(f"{tile.path()} of the log is missing or too short; repair it from the leaves")


def _read_checkpoint(files: LogFiles) -> Checkpoint | None:
    note = files.read(CHECKPOINT)
    if note is None:
        return None
    try:
        return Checkpoint.parse(split_note(note)[0])
    except NoteRefused as error:
        raise LogDamaged(f"the checkpoint of the log cannot be read: {error.faults[0]}") from None


def _parts(tile: Tile, content: bytes) -> list[bytes]:
    return read_entries(content)[0] if tile.level == ENTRIES else hashes_of(content)


def _contradiction(checkpoint: Checkpoint, size: int) -> LogDamaged:
    return LogDamaged(
        f"the signed checkpoint of size {checkpoint.size} in the folder of the log was not made from the "
        f"{size} leaves of the store: one of the two was changed"
    )
