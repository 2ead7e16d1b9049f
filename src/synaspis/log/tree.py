"""The Merkle tree of RFC 6962: roots, inclusion proofs and consistency proofs, over a list of leaves.

A leaf hash is SHA-256(0x00 || data), a node hash SHA-256(0x01 || left || right); the tree over n leaves is
split at the largest power of two below n, and no node is ever doubled. Making proofs follows RFC 6962,
section 2.1; checking them follows RFC 9162, sections 2.1.3.2 and 2.1.4.2.

Two rules that the standards leave open, both towards refusal: a consistency check from an empty tree is
refused, because it would hold for any tree and so proves nothing; and a hash that is not 32 bytes long is
refused wherever it stands. The root of no leaves is SHA-256 of nothing, as RFC 6962 has it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
"""Root of the tree without leaves."""

_sha256 = hashlib.sha256


def leaf_hash(data: bytes) -> bytes:
    """Hash of a leaf, 32 bytes: SHA-256(0x00 || data). RFC 6962, section 2.1."""
    return _sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node, 32 bytes: SHA-256(0x01 || left || right). RFC 6962, section 2.1."""
    return _sha256(b"\x01" + left + right).digest()


def root_hash(leaves: Sequence[bytes], *, hashed: bool = False) -> bytes:
    """Root of the tree over leaves, 32 bytes: MTH(D[n]) of RFC 6962, section 2.1.

    leaves: data of the leaves, or their hashes if `hashed` is true. No leaf at all gives SHA-256 of nothing.
    """
    row = _bottom(leaves, hashed=hashed)
    while len(row) > 1:
        row = _row_above(row)
    return row[0] if row else EMPTY_ROOT


def inclusion_proof(leaf_index: int, leaves: Sequence[bytes], *, hashed: bool = False) -> list[bytes]:
    """Hashes from the leaf's sibling up to the root's child: PATH(m, D[n]) of RFC 6962, section 2.1.1.

    leaf_index: from 0. leaves: data, or hashes if `hashed` is true.
    Raises ValueError if the tree has no such leaf.
    """
    if not 0 <= leaf_index < len(leaves):
        raise ValueError(f"leaf {leaf_index} is not in a tree of {len(leaves)} leaves")
    return _path_up(leaf_index, _bottom(leaves, hashed=hashed))


def consistency_proof(first: int, leaves: Sequence[bytes], *, hashed: bool = False) -> list[bytes]:
    """Hashes that lead from the tree over the first leaves to the tree over all: PROOF(m, D[n]) of RFC 6962,
    section 2.1.2.

    first: size of the smaller tree, from 1 to the number of leaves. leaves: data, or hashes if `hashed` is
    true. Equal sizes need no hash.
    Raises ValueError for a size out of range; zero is out of range, see the head of this module.
    """
    if not 0 < first <= len(leaves):
        raise ValueError(f"size {first} is not between 1 and the {len(leaves)} leaves of the tree")
    if first == len(leaves):
        return []
    row = _bottom(leaves, hashed=hashed)
    index = first
    while index % 2 == 0:
        row = _row_above(row)
        index //= 2
    # The last whole subtree of the smaller tree; when that is the smaller tree itself, its root is known.
    start = [] if index == 1 else [row[index - 1]]
    return start + _path_up(index - 1, row)


def verify_inclusion(
    leaf: bytes, leaf_index: int, tree_size: int, path: Sequence[bytes], root: bytes
) -> bool:
    """Say whether a path binds a leaf to a root. RFC 9162, section 2.1.3.2.

    leaf: hash of the leaf, 32 bytes. leaf_index: from 0. tree_size: number of leaves under the root.
    path: as `inclusion_proof` gives it. root: 32 bytes.
    Returns False for whatever does not fit, sizes and lengths included; it never raises for a bad proof.
    """
    if not 0 <= leaf_index < tree_size or not _are_hashes((leaf, root, *path)):
        return False
    index, last = leaf_index, tree_size - 1
    reached = leaf
    for sibling in path:
        if last == 0:
            return False
        if index & 1 or index == last:
            reached = node_hash(sibling, reached)
            while not index & 1 and index:
                index >>= 1
                last >>= 1
        else:
            reached = node_hash(reached, sibling)
        index >>= 1
        last >>= 1
    return last == 0 and reached == root


def verify_consistency(
    first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]
) -> bool:
    """Say whether a path shows that one tree only extends another. RFC 9162, section 2.1.4.2.

    first, second: sizes, 0 < first <= second. first_root, second_root: 32 bytes each. path: as
    `consistency_proof` gives it; empty for equal sizes, whose roots must then be equal.
    Returns False for whatever does not fit; a first size of zero never fits.
    """
    if not 0 < first <= second or not _are_hashes((first_root, second_root, *path)):
        return False
    if first == second:
        return not path and first_root == second_root
    hashes = list(path)
    if first & (first - 1) == 0:
        hashes.insert(0, first_root)
    index, last = first - 1, second - 1
    while index & 1:
        index >>= 1
        last >>= 1
    if not hashes:
        return False
    reached_first = reached_second = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if index & 1 or index == last:
            reached_first = node_hash(sibling, reached_first)
            reached_second = node_hash(sibling, reached_second)
            while not index & 1 and index:
                index >>= 1
                last >>= 1
        else:
            reached_second = node_hash(reached_second, sibling)
        index >>= 1
        last >>= 1
    return last == 0 and reached_first == first_root and reached_second == second_root


def _bottom(leaves: Sequence[bytes], *, hashed: bool) -> list[bytes]:
    return list(leaves) if hashed else [leaf_hash(data) for data in leaves]


def _row_above(row: Sequence[bytes]) -> list[bytes]:
    """The next row of the tree; a last node without a sibling moves up as it is."""
    above = [_sha256(b"\x01" + row[i] + row[i + 1]).digest() for i in range(0, len(row) - 1, 2)]
    if len(row) % 2:
        above.append(row[-1])
    return above


def _path_up(index: int, row: list[bytes]) -> list[bytes]:
    path = []
    while len(row) > 1:
        if index ^ 1 < len(row):
            path.append(row[index ^ 1])
        row = _row_above(row)
        index //= 2
    return path


def _are_hashes(values: Iterable[bytes]) -> bool:
    return all(len(value) == HASH_BYTES for value in values)
