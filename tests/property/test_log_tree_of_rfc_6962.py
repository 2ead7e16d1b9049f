"""Roots and proofs against the recursive definitions of RFC 6962, section 2.1, written down as they stand
there, and mutated proofs, all of which must be refused.
"""

from hashlib import sha256

from hypothesis import given, settings
from hypothesis import strategies as st

from synaspis.log import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_hash,
    verify_consistency,
    verify_inclusion,
)

LEAVES = st.lists(st.binary(max_size=40), min_size=1, max_size=70)


def split(n):
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def mth(d):
    if not d:
        return sha256(b"").digest()
    if len(d) == 1:
        return sha256(b"\x00" + d[0]).digest()
    k = split(len(d))
    return sha256(b"\x01" + mth(d[:k]) + mth(d[k:])).digest()


def path(m, d):
    if len(d) == 1:
        return []
    k = split(len(d))
    if m < k:
        return [*path(m, d[:k]), mth(d[k:])]
    return [*path(m - k, d[k:]), mth(d[:k])]


def subproof(m, d, whole):
    n = len(d)
    if m == n:
        return [] if whole else [mth(d)]
    k = split(n)
    if m <= k:
        return [*subproof(m, d[:k], whole), mth(d[k:])]
    return [*subproof(m - k, d[k:], False), mth(d[:k])]


def mutations(hashes, draw):
    """Proofs that differ from a right one: a flipped bit, a hash less, a hash more, two exchanged."""
    if hashes:
        at = draw(st.integers(0, len(hashes) - 1))
        flipped = bytearray(hashes[at])
        flipped[draw(st.integers(0, 31))] ^= 1 << draw(st.integers(0, 7))
        yield [*hashes[:at], bytes(flipped), *hashes[at + 1 :]]
        yield [*hashes[:at], *hashes[at + 1 :]]
    at = draw(st.integers(0, len(hashes)))
    yield [*hashes[:at], draw(st.binary(min_size=32, max_size=32)), *hashes[at:]]
    if len(hashes) > 1 and hashes[0] != hashes[-1]:
        yield [hashes[-1], *hashes[1:-1], hashes[0]]


@given(LEAVES)
@settings(max_examples=100, deadline=None)
def test_the_root_is_that_of_the_definition(leaves):
    assert root_hash(leaves) == mth(leaves)


@given(LEAVES, st.data())
@settings(max_examples=150, deadline=None)
def test_an_inclusion_proof_is_that_of_the_definition_and_no_other_holds(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof, leaf, root = inclusion_proof(index, leaves), leaf_hash(leaves[index]), mth(leaves)
    assert proof == path(index, leaves)
    assert verify_inclusion(leaf, index, len(leaves), proof, root)
    for wrong in mutations(proof, data.draw):
        assert not verify_inclusion(leaf, index, len(leaves), wrong, root)
    other = data.draw(st.integers(0, 2 * len(leaves)))
    if other >= len(leaves) or leaves[other] != leaves[index]:
        assert not verify_inclusion(leaf, other, len(leaves), proof, root)
    assert not verify_inclusion(leaf_hash(leaves[index] + b"!"), index, len(leaves), proof, root)


@given(LEAVES, st.data())
@settings(max_examples=150, deadline=None)
def test_a_consistency_proof_is_that_of_the_definition_and_no_other_holds(leaves, data):
    first, second = data.draw(st.integers(1, len(leaves))), len(leaves)
    proof, roots = consistency_proof(first, leaves), (mth(leaves[:first]), mth(leaves))
    assert proof == subproof(first, leaves, True)
    assert verify_consistency(first, second, *roots, proof)
    for wrong in mutations(proof, data.draw):
        assert not verify_consistency(first, second, *roots, wrong)
    changed = [*leaves]
    changed[data.draw(st.integers(0, first - 1))] += b"!"
    assert not verify_consistency(first, second, roots[0], mth(changed), proof)
    assert not verify_consistency(first, second, roots[0], mth(changed), consistency_proof(first, changed))
    if first < second:
        assert not verify_consistency(second, first, *roots, proof)


@given(
    st.integers(-2, 1 << 65),
    st.integers(-2, 1 << 65),
    st.lists(st.binary(max_size=33), max_size=70),
    st.binary(max_size=33),
    st.binary(max_size=33),
)
@settings(max_examples=200, deadline=None)
def test_nonsense_is_refused_without_an_error(one, other, hashes, first_root, second_root):
    assert not verify_inclusion(first_root, one, other, hashes, second_root) or first_root == second_root
    equal = one == other and first_root == second_root and not hashes
    assert not verify_consistency(one, other, first_root, second_root, hashes) or equal
