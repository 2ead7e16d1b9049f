"""Names and contents of tiles. Examples of C2SP tlog-tiles, section "Merkle Tree"."""

import pytest

from synaspis.core.errors import InputError
from synaspis.log.tiles import ENTRIES, Tile, hashes_of, read_entries, tile_at, write_entries


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(0, 0), "tile/0/000"),
        (Tile(1, 999, 17), "tile/1/999.p/17"),
        (Tile(2, 1000, 1), "tile/2/x001/000.p/1"),
        (Tile(ENTRIES, 273, 112), "tile/entries/273.p/112"),
        (Tile(7, 0, 255), "tile/7/000.p/255"),
    ],
)
def test_a_path_is_that_of_the_specification_and_back(tile, path):
    assert tile.path() == path
    assert Tile.parse(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "checkpoint",
        "tile/0/0",
        "tile/0/0000",
        "tile/00/000",
        "tile/8/000",
        "tile/0/x000/001",  # a leading group of zeros
        "tile/0/001/002",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/007",
        "tile/0/000.p",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/../../000",
        "tile/0/٠٠٠",
        "tile/0/000\n",
        "tile/0/" + "x001/" * 50 + "000",
    ],
)
def test_any_other_path_is_refused(path):
    with pytest.raises(InputError, match=r"is not the path of a tile, such as tile/0/x001/234.p/17"):
        Tile.parse(path)


def test_the_tiles_of_70_000_leaves_are_those_of_the_specification():
    # 273 full tiles and one of 112 at level 0, one full and one of 17 at level 1, one of 1 at level 2.
    for level, edge in ((ENTRIES, Tile(ENTRIES, 273, 112)), (0, Tile(0, 273, 112)), (1, Tile(1, 1, 17))):
        assert tile_at(level, edge.number - 1, 70_000) == Tile(level, edge.number - 1)
        assert tile_at(level, edge.number, 70_000) == edge
        assert tile_at(level, edge.number + 1, 70_000) is None
    assert tile_at(2, 0, 70_000) == Tile(2, 0, 1)
    assert tile_at(3, 0, 70_000) is None


def test_256_leaves_have_a_full_tile_and_one_hash_above():
    assert tile_at(0, 0, 256) == Tile(0, 0)
    assert tile_at(1, 0, 256) == Tile(1, 0, 1)
    assert tile_at(0, 1, 256) is None


def test_entries_have_their_length_before_them():
    bundle = write_entries([b"", b"ab", b"c" * 65_535])
    assert bundle[:6] == b"\0\0\0\2ab"
    assert bundle[6:8] == b"\xff\xff"
    assert read_entries(bundle) == ([b"", b"ab", b"c" * 65_535], [0, 2, 6], 0)
    assert read_entries(bundle[:-1]) == ([b"", b"ab"], [0, 2], 65_536)
    assert read_entries(b"\0") == ([], [], 1)


def test_an_entry_that_does_not_fit_is_refused():
    with pytest.raises(InputError, match="an entry of 65,536 bytes; a leaf holds at most 65,535"):
        write_entries([bytes(65_536)])


def test_half_a_hash_is_none():
    assert hashes_of(bytes(32) + b"\1" * 32 + b"half") == [bytes(32), b"\1" * 32]
