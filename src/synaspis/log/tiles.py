"""Where the hashes of a log lie: files of up to 256 hashes, by level and number. C2SP tlog-tiles, draft 0.1.

Level 0 holds the hashes of the leaves; a hash at level l + 1 is the root over one full tile at level l.
The entries themselves lie in bundles of up to 256, each with its length before it as two bytes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from synaspis.core.errors import InputError
from synaspis.log._text import shown
from synaspis.log.tree import HASH_BYTES

TILE_WIDTH: Final = 256
ENTRY_BYTES_MAX: Final = 65_535
ENTRIES: Final = -1
"""Stands for the level of entry bundles."""

_PATH: Final = re.compile(
    r"tile/(entries|[0-7])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII
)


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """Name of one file of hashes or entries.

    level: 0 to 7, or `ENTRIES` for a bundle. number: from 0, within its level. width: 1 to 256; below 256 the
    tile is partial.
    """

    level: int
    number: int
    width: int = TILE_WIDTH

    def path(self) -> str:
        """Path below the root of the log, with slashes: ``tile/0/x001/x234/067.p/112``."""
        number, parts = self.number, []
        while True:
            number, low = divmod(number, 1000)
            parts.append(f"{low:03d}")
            if not number:
                break
        place = "/".join([*(f"x{part}" for part in reversed(parts[1:])), parts[0]])
        level = "entries" if self.level == ENTRIES else str(self.level)
        return f"tile/{level}/{place}" + ("" if self.width == TILE_WIDTH else f".p/{self.width}")

    @classmethod
    def parse(cls, path: str) -> Tile:
        """Read a path. Raises InputError for anything but its one exact form."""
        found = _PATH.fullmatch(path) if len(path) <= 64 else None
        if found is not None:
            number = int(found[2].replace("x", "").replace("/", ""))
            width = int(found[3]) if found[3] else TILE_WIDTH
            tile = cls(ENTRIES if found[1] == "entries" else int(found[1]), number, width)
            if tile.path() == path:
                return tile
        raise InputError(f"{shown(path)} is not the path of a tile, such as tile/0/x001/234.p/17")


def tile_at(level: int, number: int, size: int) -> Tile | None:
    """The tile as a tree of a size has it; None if the tree does not reach it."""
    width = min((size >> (8 * max(level, 0))) - number * TILE_WIDTH, TILE_WIDTH)
    return Tile(level, number, width) if width > 0 else None


def write_entries(entries: Sequence[bytes]) -> bytes:
    """Content of a bundle. Raises InputError for an entry over 65,535 bytes."""
    for entry in entries:
        if len(entry) > ENTRY_BYTES_MAX:
            raise InputError(f"an entry of {len(entry):,} bytes; a leaf holds at most {ENTRY_BYTES_MAX:,}")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def read_entries(bundle: bytes) -> tuple[list[bytes], list[int], int]:
    """Take a bundle apart as far as it goes.

    Returns the entries, the offset of each in the bundle (of its length), and how many bytes at the end make
    no whole entry.
    """
    entries, offsets, at = [], [], 0
    while at + 2 <= len(bundle):
        end = at + 2 + int.from_bytes(bundle[at : at + 2], "big")
        if end > len(bundle):
            break
        entries.append(bundle[at + 2 : end])
        offsets.append(at)
        at = end
    return entries, offsets, len(bundle) - at


def hashes_of(tile: bytes) -> list[bytes]:
    """The hashes in a tile; bytes at the end that make no whole hash are left out."""
    return [tile[at : at + HASH_BYTES] for at in range(0, len(tile) - HASH_BYTES + 1, HASH_BYTES)]
