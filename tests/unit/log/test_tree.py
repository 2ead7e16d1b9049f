"""Hashes, roots and proofs of the eight classic leaves, as certificate-transparency test data have them; the
roots agree with pymerkle 7.0.0 too.
"""

import pytest

from synaspis.log import (
    EMPTY_ROOT,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_hash,
    verify_consistency,
    verify_inclusion,
)

LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
LEAF_HASHES = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7",
    "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7",
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "4271a26be0d8a84f0bd54c8c302e7cb3a3b5d1fa6780a40bcce2873477dab658",
    "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
    "46f6ffadd3d06a09ff3c5860d2755c8b9819db7df44251788c7d8e3180de8eb1",
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
    (6, 7): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (4, 8): ["6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"],
}


def raw(hashes):
    return [bytes.fromhex(each) for each in hashes]


def test_hashes_of_leaf_and_node_are_those_of_rfc_6962():
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert leaf_hash(b"L123456").hex() == "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
    node = node_hash(b"N123", b"N456")
    assert node.hex() == "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"


def test_leaf_hashes_and_roots_of_the_classic_leaves():
    assert [leaf_hash(data).hex() for data in LEAVES] == LEAF_HASHES
    assert [root_hash(LEAVES[:size]).hex() for size in range(9)] == ROOTS


def test_the_root_of_nothing_is_the_hash_of_nothing():
    assert root_hash([]) == EMPTY_ROOT == bytes.fromhex(ROOTS[0])


def test_hashed_leaves_give_the_same_root():
    assert root_hash(raw(LEAF_HASHES), hashed=True).hex() == ROOTS[8]


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_inclusion_proofs_of_the_classic_leaves(index, size):
    path = raw(INCLUSION[index, size])
    assert inclusion_proof(index, LEAVES[:size]) == path
    assert inclusion_proof(index, raw(LEAF_HASHES[:size]), hashed=True) == path
    assert verify_inclusion(raw(LEAF_HASHES)[index], index, size, path, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("first", "second"), CONSISTENCY)
def test_consistency_proofs_of_the_classic_leaves(first, second):
    path, roots = raw(CONSISTENCY[first, second]), raw(ROOTS)
    assert consistency_proof(first, LEAVES[:second]) == path
    assert verify_consistency(first, second, roots[first], roots[second], path)


def test_sizes_that_do_not_fit_are_refused():
    leaf, roots = leaf_hash(LEAVES[0]), raw(ROOTS)
    path = inclusion_proof(0, LEAVES)
    assert not verify_inclusion(leaf, 8, 8, path, roots[8])
    assert not verify_inclusion(leaf, -1, 8, path, roots[8])
    assert not verify_inclusion(leaf, 0, 0, [], roots[0])
    assert not verify_consistency(8, 4, roots[8], roots[4], [])


def test_nothing_is_consistent_with_the_empty_tree():
    roots = raw(ROOTS)
    for second in (0, 1, 8):
        assert not verify_consistency(0, second, roots[0], roots[second], [])
    assert not verify_consistency(0, 8, roots[0], roots[8], consistency_proof(1, LEAVES))


def test_equal_sizes_need_equal_roots_and_no_hashes():
    roots = raw(ROOTS)
    assert verify_consistency(8, 8, roots[8], roots[8], [])
    assert not verify_consistency(8, 8, roots[8], roots[7], [])
    assert not verify_consistency(8, 8, roots[8], roots[8], [roots[8]])


def test_a_hash_of_another_length_is_refused():
    roots = raw(ROOTS)
    path = inclusion_proof(0, LEAVES)
    assert not verify_inclusion(b"", 0, 1, [], b"")
    assert not verify_inclusion(leaf_hash(b""), 0, 8, [*path[:-1], path[-1] + b"\0"], roots[8])
    assert not verify_consistency(1, 1, b"", b"", [])


def test_a_proof_of_what_is_not_there_cannot_be_made():
    with pytest.raises(ValueError, match="leaf 8 is not in a tree of 8 leaves"):
        inclusion_proof(8, LEAVES)
    for first in (0, 9):
        with pytest.raises(ValueError, match=f"size {first} is not between 1 and the 8 leaves of the tree"):
            consistency_proof(first, LEAVES)
