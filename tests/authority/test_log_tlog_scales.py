"""Logs, notes, cosignatures and proofs read by `tlog-scales`, an independent program, and its read by ours.

tlog-scales 0.0.3 (Apache-2.0), pinned by the lock of the tests. What it makes and checks rests on its own
code for tiles, proofs and cosigned messages.
"""

from hashlib import sha256

import pytest
from cryptography.exceptions import InvalidSignature
from tlog_scales import signing
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.tlog import Checkpoint as TheirCheckpoint
from tlog_scales.tlog import ConsistencyProof, InclusionProof
from tlog_scales.writer import TilesWriter

from synaspis.log import (
    Checkpoint,
    LogTree,
    generate_signer,
    leaf_hash,
    open_note,
    sign_note,
    verifier,
    verify_consistency,
    verify_inclusion,
    verify_log,
    write_vkeys,
)

ORIGIN, NOW_US = "log.example/one", 1_800_000_000_000_000
PLAIN = generate_signer(ORIGIN, "ed25519", b"1" * 32)
QUANTUM = generate_signer(ORIGIN, "ml-dsa-44", b"2" * 32)
WITNESS = generate_signer("witness.example/w", "ed25519-cosignature", b"3" * 32)
SIZES = (1, 5, 64, 255, 256, 300, 777)
PAIRS = [(1, 5), (5, 64), (64, 255), (255, 256), (256, 777), (300, 777), (1, 777)]


def leaves(first, end):
    return [sha256(b"%d" % number).digest() for number in range(first, end)]


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    """A log that we wrote, published at several sizes."""
    folder = tmp_path_factory.mktemp("ours") / "log"
    tree = LogTree(folder)
    (folder / "log.vkeys").write_bytes(write_vkeys([PLAIN.verifier, QUANTUM.verifier]))
    for size in SIZES:
        tree.append(leaves(tree.size, size))
        tree.publish(sign_note(Checkpoint(ORIGIN, size, tree.root()).text(), [PLAIN, QUANTUM], NOW_US))
    return folder, tree


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    """The same log written by tlog-scales."""
    folder = tmp_path_factory.mktemp("theirs") / "log"
    writer = TilesWriter.create(folder, ORIGIN)
    signers = [
        signing.PlainEd25519Signer(ORIGIN, PLAIN.seed),
        signing.MLDSA44CosignatureSigner(ORIGIN, QUANTUM.seed),
    ]
    for size in SIZES:
        for leaf in leaves(writer.size, size):
            writer.add_leaf(leaf)
        writer.commit(signers)
    (folder / "log.vkeys").write_bytes(write_vkeys([PLAIN.verifier, QUANTUM.verifier]))
    return folder


def reader(folder, size):
    made = TilesReader(LocalBackend(folder))
    made.set_size(size)
    return made


@pytest.mark.parametrize("signer", [PLAIN, QUANTUM, WITNESS], ids=lambda each: each.algorithm)
def test_it_accepts_our_signatures(signer):
    note = sign_note(Checkpoint(ORIGIN, 7, b"\x07" * 32).text(), [signer], NOW_US)
    theirs = TheirCheckpoint.from_text(note.decode())
    assert (theirs.origin, theirs.size, theirs.root_hash) == (ORIGIN, 7, b"\x07" * 32)
    theirs.verify(signing.Vkey.from_string(signer.vkey))
    changed = TheirCheckpoint(ORIGIN, 8, theirs.root_hash, theirs.signatures)
    with pytest.raises(InvalidSignature):
        changed.verify(signing.Vkey.from_string(signer.vkey))


def test_we_accept_its_signatures():
    signers = [
        signing.PlainEd25519Signer(ORIGIN, PLAIN.seed),
        signing.MLDSA44CosignatureSigner(ORIGIN, QUANTUM.seed),
    ]
    made = TheirCheckpoint.make_signed(ORIGIN, 9, b"\x09" * 32, signers)
    keys = [verifier(each.vkey.serialize()) for each in signers]
    opened = open_note(made.serialize().encode(), keys)
    assert Checkpoint.parse(opened.text) == Checkpoint(ORIGIN, 9, b"\x09" * 32)
    assert [each.key.algorithm for each in opened.signatures] == ["ed25519", "ml-dsa-44"]
    assert opened.signatures[1].time_s > 1_700_000_000


def test_both_give_the_same_verifier_keys():
    for signer, theirs in (
        (PLAIN, signing.PlainEd25519Signer(ORIGIN, PLAIN.seed)),
        (QUANTUM, signing.MLDSA44CosignatureSigner(ORIGIN, QUANTUM.seed)),
    ):
        assert theirs.vkey.serialize() == signer.vkey


def test_both_write_the_same_tiles_and_bundles(ours, theirs):
    def files(folder):
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in (folder / "tile").rglob("*")
            if path.is_file()
        }

    assert files(ours[0]) == files(theirs)


def test_our_verifier_finds_its_log_intact(theirs):
    report = verify_log(theirs, [PLAIN.vkey, QUANTUM.vkey])
    assert (report.verdict, report.size, report.keys) == ("intact", 777, "given")


def test_we_go_on_with_a_log_that_it_wrote(theirs):
    tree = LogTree(theirs)
    assert (tree.size, tree.root()) == (777, reader(theirs, 777).calculate_root_hash())
    assert [tree.leaf(index) for index in (0, 300, 776)] == [leaves(at, at + 1)[0] for at in (0, 300, 776)]


def test_it_reads_our_entries_and_roots(ours):
    folder, tree = ours
    for size in SIZES:
        assert reader(folder, 777).mth(0, size) == tree.root(size)
    assert [reader(folder, 777).get_entry(index) for index in range(0, 777, 50)] == [
        tree.leaf(index) for index in range(0, 777, 50)
    ]


@pytest.mark.parametrize("size", SIZES)
def test_inclusion_proofs_are_equal_and_each_accepts_the_other(ours, size):
    folder, tree = ours
    for index in {0, size // 2, size - 1}:
        their_proof = reader(folder, 777).get_inclusion_proof(index, size)
        path, leaf, root = tree.inclusion(index, size), leaf_hash(tree.leaf(index)), tree.root(size)
        assert their_proof.node_hashes == path
        InclusionProof(index, size, path).check(leaf, root)
        assert verify_inclusion(leaf, index, size, their_proof.node_hashes, root)


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_consistency_proofs_are_equal_and_each_accepts_the_other(ours, first, second):
    folder, tree = ours
    their_proof = reader(folder, 777).get_consistency_proof(first, second)
    path = tree.consistency(first, second)
    assert their_proof.node_hashes == path
    ConsistencyProof(first, second, path).check(tree.root(first), tree.root(second))
    assert verify_consistency(first, second, tree.root(first), tree.root(second), their_proof.node_hashes)
