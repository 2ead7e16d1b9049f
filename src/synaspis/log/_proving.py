"""Roots and paths taken from tiles.

A subtree of 2^level leaves lies in a tile at level // 8: its root is that over 2^(level % 8) hashes there.
`content` gives the hashes of a tile by level and number, as many as there are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from synaspis.log.tiles import TILE_WIDTH
from synaspis.log.tree import node_hash, root_hash

Content = Callable[[int, int], Sequence[bytes]]


def node(content: Content, level: int, index: int) -> bytes:
    """Root over the 2^level leaves from index * 2^level on, all of which the tree has."""
    first = index << (level % 8)
    row = content(level // 8, first // TILE_WIDTH)
    at = first % TILE_WIDTH
    return root_hash(row[at : at + (1 << (level % 8))], hashed=True)


def rest(content: Content, start: int, size: int) -> bytes:
    """Root over the leaves from `start`, where a subtree begins, to the right edge of a tree of a size."""
    peaks = []
    while start < size:
        level = (size - start).bit_length() - 1
        peaks.append(node(content, level, start >> level))
        start += 1 << level
    root = peaks.pop()
    while peaks:
        root = node_hash(peaks.pop(), root)
    return root


def path_up(content: Content, level: int, index: int, size: int) -> list[bytes]:
    """Siblings from a subtree up to the root of a tree of a size."""
    path = []
    while 1 << level < size:
        sibling = index ^ 1
        begin, end = sibling << level, (sibling + 1) << level
        if begin < size:
            path.append(node(content, level, sibling) if end <= size else rest(content, begin, size))
        level, index = level + 1, index >> 1
    return path
