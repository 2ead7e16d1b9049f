"""The right edge of a tiled tree: what has to be remembered in order to go on appending, and no more.

At most 255 hashes at each of eight levels and 255 entries, whatever the size of the tree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Final

from synaspis.log.errors import LogDamaged
from synaspis.log.tiles import ENTRIES, TILE_WIDTH, Tile, write_entries
from synaspis.log.tree import EMPTY_ROOT, node_hash, root_hash

LeavesFrom = Callable[[int, int], Sequence[bytes]]
"""Gives the data of the leaves from one index up to but not including another."""

_FED: Final = 4096
"""Leaves asked for at a time."""


class Edge:
    """Grows a tree leaf by leaf and hands out each tile when it is full.

    take: called with each full tile and bundle and its content, lower levels first.
    """

    def __init__(self, take: Callable[[Tile, bytes], None]) -> None:
        self.size = 0
        self.levels: list[list[bytes]] = [[]]
        self.entries: list[bytes] = []
        self._take = take

    def append(self, leaf_data: Sequence[bytes]) -> None:
        """Append leaves. leaf_data: entries of at most 65,535 bytes."""
        at, bottom, sha256 = 0, self.levels[0], hashlib.sha256
        while at < len(leaf_data):
            part = leaf_data[at : at + TILE_WIDTH - len(bottom)]
            at += len(part)
            self.size += len(part)
            self.entries.extend(part)
            bottom.extend([sha256(b"\x00" + data).digest() for data in part])
            if len(bottom) == TILE_WIDTH:
                self._take(Tile(ENTRIES, self.size // TILE_WIDTH - 1), write_entries(self.entries))
                self.entries.clear()
                self._close(0)

    def root(self) -> bytes:
        """Root over all leaves appended, 32 bytes."""
        return root_of_levels(self.levels)

    def partial_tiles(self) -> list[tuple[Tile, bytes]]:
        """The partial tiles and the partial bundle, with their content."""
        found = []
        if self.entries:
            number = self.size // TILE_WIDTH
            found.append((Tile(ENTRIES, number, len(self.entries)), write_entries(self.entries)))
        for level, row in enumerate(self.levels):
            if row:
                found.append((Tile(level, self.size >> (8 * (level + 1)), len(row)), b"".join(row)))
        return found

    def _close(self, level: int) -> None:
        row = self.levels[level]
        self._take(Tile(level, (self.size >> (8 * (level + 1))) - 1), b"".join(row))
        above = root_hash(row, hashed=True)
        row.clear()
        if level + 1 == len(self.levels):
            self.levels.append([])
        self.levels[level + 1].append(above)
        if len(self.levels[level + 1]) == TILE_WIDTH:
            self._close(level + 1)


def root_of_levels(levels: Sequence[Sequence[bytes]]) -> bytes:
    """Root of a tree, 32 bytes, from the rows at its right edge, lowest level first."""
    right: bytes | None = None
    for row in levels:
        # What lies right of the whole subtrees of this level hangs beside them as one more node.
        right = _ragged_root(row, right)
    return EMPTY_ROOT if right is None else right


def _ragged_root(row: Sequence[bytes], right: bytes | None) -> bytes | None:
    """Root over subtrees of one size and a smaller rest at their right; None if there is neither.

    The subtrees are joined in groups of powers of two, as the tree splits them, the groups from the right.
    """
    groups, at = [], 0
    while at < len(row):
        width = 1 << ((len(row) - at).bit_length() - 1)
        groups.append(root_hash(row[at : at + width], hashed=True))
        at += width
    while groups:
        left = groups.pop()
        right = left if right is None else node_hash(left, right)
    return right


def feed(append: Callable[[Sequence[bytes]], object], leaves_from: LeavesFrom, start: int, end: int) -> None:
    """Append the leaves from an index up to but not including another.

    Raises LogDamaged if another number of leaves comes than was asked for.
    """
    for first in range(start, end, _FED):
        last = min(first + _FED, end)
        leaves = leaves_from(first, last)
        if len(leaves) != last - first:
            raise LogDamaged(f"{len(leaves)} leaves came for the indices {first} to {last - 1}")
        append(leaves)


def root_of(leaves_from: LeavesFrom, size: int) -> bytes:
    """Root over the first leaves, 32 bytes, in the memory of an edge."""
    edge = Edge(lambda tile, content: None)
    feed(edge.append, leaves_from, 0, size)
    return edge.root()
