"""Do these records open these leaves? For an owner's audit of its store, and a partner's of what it got."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from synaspis.log._tile_audit import BUNDLE_BYTES_MAX
from synaspis.log.commitment import SALT_BYTES, commitment
from synaspis.log.place import Place
from synaspis.log.tiles import ENTRIES, TILE_WIDTH, Tile, read_entries, tile_at

_BUNDLES: Final = 64
"""Bundles kept while records come in any order."""

LeafAt = Callable[[int], bytes | None]
"""Gives the data of a leaf by its index; None if there is none."""


@dataclass(frozen=True, slots=True)
class RecordFault:
    """A record that does not open its leaf. leaf_index: which. what: said in words."""

    leaf_index: int
    what: str


@dataclass(frozen=True, slots=True)
class RecordsReport:
    """opened: how many records open their leaf. faults: the others."""

    opened: int
    faults: tuple[RecordFault, ...]


def verify_records(leaf_at: LeafAt, records: Iterable[tuple[bytes, bytes, int]]) -> RecordsReport:
    """Check that each record with its salt opens its leaf.

    leaf_at: of a log that was verified: `LogTree.leaf`, or `leaves_in` for a place. records: record, salt
    and leaf index each.
    """
    opened, faults = 0, []
    for record, salt, index in records:
        if len(salt) != SALT_BYTES:
            faults.append(RecordFault(index, f"the salt has {len(salt)} bytes; {SALT_BYTES} are needed"))
            continue
        leaf = leaf_at(index)
        if leaf is None:
            faults.append(RecordFault(index, "the log has no such leaf"))
        elif leaf != commitment(record, salt):
            what = f"record and salt give {commitment(record, salt).hex()}, the leaf has {leaf.hex()}"
            faults.append(RecordFault(index, what))
        else:
            opened += 1
    return RecordsReport(opened, tuple(faults))


def leaves_in(place: Place, size: int) -> LeafAt:
    """Leaves by index, read from the entry bundles of a log of a size."""
    bundles: OrderedDict[Tile, list[bytes]] = OrderedDict()

    def leaf_at(index: int) -> bytes | None:
        tile = tile_at(ENTRIES, index // TILE_WIDTH, size) if index >= 0 else None
        if tile is None:
            return None
        if tile not in bundles:
            content = place.read(tile.path(), BUNDLE_BYTES_MAX)
            if content is None:
                content = place.read(Tile(ENTRIES, tile.number).path(), BUNDLE_BYTES_MAX) or b""
            bundles[tile] = read_entries(content)[0][: tile.width]
            if len(bundles) > _BUNDLES:
                bundles.popitem(last=False)
        entries = bundles[tile]
        return entries[index % TILE_WIDTH] if index % TILE_WIDTH < len(entries) else None

    return leaf_at
