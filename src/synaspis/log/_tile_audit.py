"""Every tile and every entry of a log, held against each other and against the signed root.

The tree is computed twice in one pass, in the memory of its right edge: once from the entries, once from
the hashes at level 0. Where both agree nothing is computed twice. Where they differ, the signed root says
which of the two was altered; tiles at higher levels are held against the one that it confirms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from synaspis.log._edge import root_of_levels
from synaspis.log._findings import FINDINGS_MAX, Findings
from synaspis.log.tiles import (
    ENTRIES,
    ENTRY_BYTES_MAX,
    TILE_WIDTH,
    Tile,
    hashes_of,
    read_entries,
)
from synaspis.log.tree import HASH_BYTES, leaf_hash, root_hash

TILE_BYTES_MAX = TILE_WIDTH * HASH_BYTES
BUNDLE_BYTES_MAX = TILE_WIDTH * (ENTRY_BYTES_MAX + 2)

Read = Callable[[str, int], bytes | None]


@dataclass(frozen=True, slots=True)
class _Difference:
    """A hash in a tile that is not the one computed; which of the computed ones is right is not known yet."""

    tile: Tile
    index: int
    stored: bytes
    from_entries: bytes
    from_tiles: bytes
    entry_at: int = 0


@dataclass
class _Row:
    """The last, unfinished tile of one level, computed in both ways."""

    from_entries: list[bytes] = field(default_factory=list)
    from_tiles: list[bytes] = field(default_factory=list)

    def add(self, from_entries: bytes, from_tiles: bytes) -> None:
        self.from_entries.append(from_entries)
        self.from_tiles.append(from_tiles)

    def roots(self) -> tuple[bytes, bytes]:
        root = root_hash(self.from_entries, hashed=True)
        same = self.from_tiles == self.from_entries
        return root, root if same else root_hash(self.from_tiles, hashed=True)


class TileAudit:
    """Checks all tiles and bundles of a tree.

    read: gives a file by path and limit. size: of the tree. sizes: whose roots are wanted as well. older:
    widths of partial tiles of earlier trees that lie there too, by level and number.
    """

    def __init__(
        self,
        read: Read,
        size: int,
        sizes: Iterable[int],
        older: Mapping[tuple[int, int], Sequence[int]],
        findings: Findings,
    ) -> None:
        self._read, self._size, self._older, self._findings = read, size, older, findings
        self._rows: list[_Row] = []
        self._differences: list[_Difference] = []
        self._wanted = sorted({*sizes, size})
        self.roots: dict[int, bytes] = {}
        """Roots computed, by size: from the entries, or from the tiles if the signed root confirms those."""
        self.files = 0

    def run(self, signed_root: bytes | None) -> None:
        """Check everything. signed_root: None if the checkpoint itself is not to be trusted."""
        both: dict[int, tuple[bytes, bytes]] = {}
        for number in range(-(-self._size // TILE_WIDTH)):
            row = self._bottom(number)
            if row is None:
                self._explain(None, b"", b"")
                return
            for size in self._wanted:
                if size // TILE_WIDTH == number:
                    both[size] = self._roots_with(row, size % TILE_WIDTH)
            self._push(0, number, row)
        self._finish_partial_levels()
        for size in self._wanted:
            if size not in both:
                both[size] = self._roots_with(_Row(), 0)
        from_entries, from_tiles = both[self._size]
        trust_tiles = signed_root not in (None, from_entries) and signed_root == from_tiles
        self.roots = {size: pair[trust_tiles] for size, pair in both.items()}
        self._explain(signed_root, from_entries, from_tiles)

    def _roots_with(self, row: _Row, width: int) -> tuple[bytes, bytes]:
        above = self._rows[1:]
        return (
            root_of_levels([row.from_entries[:width], *(each.from_entries for each in above)]),
            root_of_levels([row.from_tiles[:width], *(each.from_tiles for each in above)]),
        )

    def _bottom(self, number: int) -> _Row | None:
        """Hashes of up to 256 leaves, from bundle and tile; None if both are missing."""
        width = min(self._size - number * TILE_WIDTH, TILE_WIDTH)
        tile, bundle = Tile(0, number, width), Tile(ENTRIES, number, width)
        stored = self._tile(tile)
        entries, offsets = self._entries(bundle)
        computed = None if entries is None else [leaf_hash(entry) for entry in entries]
        if stored is None and computed is None:
            return None
        # What one side lacks has been reported; the other takes its place, so that the rest can be checked.
        mine = _filled(computed, stored, tile.width)
        theirs = _filled(stored, computed, tile.width)
        if mine is None or theirs is None:
            return None
        for index, (one, other) in enumerate(zip(mine, theirs, strict=True)):
            if one != other:
                at = offsets[index] if index < len(offsets) else 0
                self._differ(_Difference(tile, index, other, one, other, at))
                break  # after one changed length all that follows is shifted
        for level in (ENTRIES, 0):
            self._check_older(level, number, mine, theirs)
        return _Row(mine, theirs)

    def _push(self, level: int, number: int, row: _Row) -> None:
        """Take a computed row of level `level`; if it is a full tile, its root goes one level up."""
        while len(self._rows) <= level + 1:
            self._rows.append(_Row())
        if len(row.from_entries) < TILE_WIDTH:
            self._rows[level] = row
            return
        above = self._rows[level + 1]
        above.add(*row.roots())
        if len(above.from_entries) == TILE_WIDTH:
            upper = number // TILE_WIDTH
            self._check_upper(level + 1, upper, above)
            self._rows[level + 1] = _Row()
            self._push(level + 1, upper, above)

    def _finish_partial_levels(self) -> None:
        for level, row in enumerate(self._rows):
            if level and row.from_entries:
                self._check_upper(level, self._size >> (8 * (level + 1)), row)

    def _check_upper(self, level: int, number: int, row: _Row) -> None:
        tile = Tile(level, number, len(row.from_entries))
        stored = self._tile(tile) or []
        for index, (found, one, other) in enumerate(
            zip(stored, row.from_entries, row.from_tiles, strict=False)
        ):
            if found != one or found != other:
                self._differ(_Difference(tile, index, found, one, other))
        self._check_older(level, number, row.from_entries, row.from_tiles)

    def _differ(self, difference: _Difference) -> None:
        if len(self._differences) < FINDINGS_MAX:
            self._differences.append(difference)

    def _explain(self, signed_root: bytes | None, from_entries: bytes, from_tiles: bytes) -> None:
        """Say of each difference what was altered, as the signed root tells."""
        entries_hold = signed_root == from_entries
        tiles_hold = signed_root == from_tiles
        for each in self._differences:
            right = each.from_entries if entries_hold else each.from_tiles
            path, leaf = each.tile.path(), each.tile.number * TILE_WIDTH + each.index
            byte = f"byte {each.index * HASH_BYTES}"
            if each.tile.level:
                if (entries_hold or tiles_hold) and each.stored != right:
                    self._findings.altered(path, byte, "this hash is not the root of the tile below it")
                elif not entries_hold and not tiles_hold:
                    self._findings.altered(path, byte, "this hash does not fit the tile below it")
                continue
            bundle = Tile(ENTRIES, each.tile.number, each.tile.width).path()
            place = f"leaf {leaf}, byte {each.entry_at}"
            if entries_hold:
                self._findings.altered(path, f"leaf {leaf}, {byte}", "this hash is not that of the entry")
            elif tiles_hold:
                self._findings.altered(bundle, place, "this entry is not the one that was signed")
            else:
                self._findings.altered(bundle, place, f"this entry and its hash in {path} do not agree")
        if signed_root is not None and not entries_hold and not tiles_hold:
            self._findings.altered(
                "checkpoint",
                "byte 0",
                f"the root signed for size {self._size} is {signed_root.hex()}, the entries give "
                f"{from_entries.hex()}, the tiles {from_tiles.hex()}",
            )

    def _check_older(self, level: int, number: int, *rows: list[bytes]) -> None:
        """Hold partial tiles of earlier trees against the beginning of the present one."""
        for width in self._older.get((level, number), ()):
            path = Tile(level, number, width).path()
            content = self._read(path, BUNDLE_BYTES_MAX if level == ENTRIES else TILE_BYTES_MAX)
            if content is None:  # the full tile has come since
                continue
            self.files += 1
            if level == ENTRIES:
                entries, starts, rest = read_entries(content)
                hashes = [leaf_hash(entry) for entry in entries]
            else:
                hashes, rest = hashes_of(content), len(content) % HASH_BYTES
                starts = [index * HASH_BYTES for index in range(len(hashes))]
            if rest == 0 and any(hashes == row[:width] for row in rows):
                continue
            equal = (one == two for one, two in zip(hashes, rows[0][:width], strict=False))
            index = next((at for at, same in enumerate(equal) if not same), min(len(hashes), width))
            byte = starts[index] if index < len(starts) else len(content) - rest
            what = "this partial tile of an earlier tree is not the beginning of the present one"
            self._findings.altered(path, f"byte {byte}", what)

    def _tile(self, tile: Tile) -> list[bytes] | None:
        content, path, full = self._content(tile, TILE_BYTES_MAX)
        if content is None:
            return None
        wanted = tile.width * HASH_BYTES
        if len(content) < wanted:
            self._findings.missing(path, f"the file ends at byte {len(content)}; it has {wanted}")
        elif len(content) > wanted and not full:
            self._findings.altered(path, f"byte {wanted}", f"more than the {wanted} bytes of this tile")
        return hashes_of(content)[: tile.width]

    def _entries(self, bundle: Tile) -> tuple[list[bytes] | None, list[int]]:
        content, path, full = self._content(bundle, BUNDLE_BYTES_MAX)
        if content is None:
            return None, []
        entries, offsets, rest = read_entries(content)
        if len(entries) < bundle.width:
            at = len(content) - rest
            what = f"leaf {bundle.number * TILE_WIDTH + len(entries)} is missing or cut off at byte {at}"
            self._findings.missing(path, what)
        elif not full and (len(entries) > bundle.width or rest):
            end = offsets[bundle.width] if len(entries) > bundle.width else len(content) - rest
            self._findings.altered(
                path, f"byte {end}", f"more than the {bundle.width} entries of this bundle"
            )
        return entries[: bundle.width], offsets

    def _content(self, tile: Tile, limit: int) -> tuple[bytes | None, str, bool]:
        """Content of a tile, its path, and whether it is the full tile in place of a partial one."""
        path = tile.path()
        content = self._read(path, limit)
        if content is None and tile.width < TILE_WIDTH:
            # The log may have grown since its checkpoint was read, and the full tile replaced this one.
            path = Tile(tile.level, tile.number).path()
            content = self._read(path, limit)
            if content is not None:
                self.files += 1
                return content, path, True
        if content is None:
            self._findings.missing(tile.path())
        else:
            self.files += 1
        return content, tile.path(), False


def _filled(hashes: Sequence[bytes] | None, others: Sequence[bytes] | None, width: int) -> list[bytes] | None:
    """Hashes, with those of the other side where this one has none; None if both together are too few."""
    mine = list(hashes or [])
    mine += (others or [])[len(mine) :]
    return mine if len(mine) == width else None
