from __future__ import annotations

import shutil

import pytest

from synaspis.core.errors import InputError
from synaspis.exchange.keys import CentreKeys
from synaspis.exchange.sealing import Sealing
from synaspis.exchange.settings import Settings
from synaspis.exchange.store.sqlite_store import SqliteStore
from synaspis.exchange.store.storage import Batch, Entry, Marks
from synaspis.log import (
    Checkpoint,
    NoteRefused,
    Witness,
    commitment,
    generate_signer,
    leaf_hash,
    open_note,
    read_proof,
    root_hash,
    verify_consistency,
    verify_log,
    verify_proof,
)

ORIGIN = "example.org/centre"
SETTINGS = Settings(origin=ORIGIN, bucket=8)
KEYS = CentreKeys.generate(ORIGIN)
VKEYS = [signer.vkey for signer in KEYS.log]


class Entries:
    """Puts entries into a store, as ticks do."""

    def __init__(self) -> None:
        self.store, self.tick, self.number = SqliteStore.in_memory(), 0, 0

    def add(self, count: int) -> list[bytes]:
        """Add entries; returns the hashes of their leaves."""
        entries = []
        for _ in range(count):
            self.number += 1
            entries.append(Entry(b"record %d" % self.number, self.number.to_bytes(32, "big")))
        self.tick += 1
        self.store.commit(Batch(Marks(self.tick, self.tick, self.number), entries))
        return [leaf_hash(commitment(each.record, each.salt)) for each in entries]


@pytest.fixture
def entries():
    return Entries()


def head(note: bytes) -> Checkpoint:
    return Checkpoint.parse(open_note(note, [signer.verifier for signer in KEYS.log]).text)


def test_what_a_start_that_was_killed_left_beside_the_keys_is_no_damage_to_the_log(entries, tmp_path):
    """Found by the harness that kills at random: the file stood in the public log for good."""
    (tmp_path / ".log.vkeys.t_kh8wsg.part").write_bytes(b"half a k")
    sealing = Sealing(tmp_path, SETTINGS, KEYS, entries.store)
    entries.add(3)
    assert sealing.seal(1) is not None
    report = verify_log(tmp_path, VKEYS)
    assert (report.verdict, report.detail) == ("intact", "")


def test_an_interval_without_entries_makes_no_checkpoint(entries, tmp_path):
    sealing = Sealing(tmp_path, SETTINGS, KEYS, entries.store)
    assert sealing.seal(0) is None
    assert sealing.checkpoint() is None
    entries.add(1)
    assert sealing.seal(0).size == 8
    assert sealing.seal(0) is None


@pytest.mark.parametrize(("count", "size"), [(1, 8), (7, 8), (8, 8), (9, 16), (16, 16)])
def test_the_log_grows_by_whole_buckets(entries, tmp_path, count, size):
    sealing = Sealing(tmp_path, SETTINGS, KEYS, entries.store)
    entries.add(count)
    assert sealing.seal(0).size == size


def test_both_keys_sign_the_root_of_exactly_the_stored_leaves(entries, tmp_path):
    sealing = Sealing(tmp_path, SETTINGS, KEYS, entries.store)
    for count in (3, 12, 5):
        entries.add(count)
        sealing.seal(0)
    checkpoint = head(sealing.checkpoint())
    assert (checkpoint.origin, checkpoint.size) == (ORIGIN, 32)
    assert checkpoint.root == root_hash(entries.store.leaves(0, 100))
    for signer in KEYS.log:
        assert open_note(sealing.checkpoint(), [signer.verifier]).names == (ORIGIN,)


def test_every_entry_is_proved_and_nothing_else(entries, tmp_path):
    sealing = Sealing(tmp_path, SETTINGS, KEYS, entries.store)
    leaves = entries.add(20)
    assert all(sealing.proof(leaf) is None for leaf in leaves)
    sealing.seal(0)
    for number, leaf in enumerate(leaves, 1):
        assert leaf == leaf_hash(commitment(b"record %d" % number, number.to_bytes(32, "big")))
        proof = read_proof(sealing.proof(leaf))
        verify_proof(proof, leaf, [signer.verifier for signer in KEYS.log])
    assert sealing.proof(b"\0" * 32) is None


def test_the_place_of_a_leaf_tells_its_bucket_and_no_more(tmp_path):
    places = []
    for _ in range(400):
        entries = Entries()
        sealing = Sealing(tmp_path, SETTINGS, CentreKeys.generate(ORIGIN), entries.store)
        shutil.rmtree(tmp_path, ignore_errors=True)
        tmp_path.mkdir()
        first = entries.add(3)[0]
        sealing.seal(0)
        places.append(entries.store.position(first))
        shutil.rmtree(tmp_path)
    # Chi-squared with 7 degrees of freedom exceeds 29.9 once in ten thousand (tables of the distribution).
    expected = len(places) / 8
    assert sum((places.count(place) - expected) ** 2 / expected for place in range(8)) < 29.9


def test_dummies_look_like_leaves_and_differ_from_each_other(entries, tmp_path):
    sealing = Sealing(tmp_path, SETTINGS, KEYS, entries.store)
    real = set(entries.add(1))
    sealing.seal(0)
    entries.add(1)
    sealing.seal(0)
    leaves = entries.store.leaves(0, 100)
    assert len(set(leaves)) == len(leaves) == 16
    assert {len(leaf) for leaf in leaves} == {32}
    assert len(real & {leaf_hash(leaf) for leaf in leaves}) == 1


def test_each_checkpoint_continues_the_one_before(entries, tmp_path):
    sealing = Sealing(tmp_path, SETTINGS, KEYS, entries.store)
    heads = []
    for count in (3, 30, 1):
        entries.add(count)
        sealing.seal(0)
        heads.append(head(sealing.checkpoint()))
    for first in heads:
        for second in heads:
            if first.size <= second.size:
                path = sealing.consistency(first.size, second.size)
                assert verify_consistency(first.size, second.size, first.root, second.root, path)
    for wrong in ((0, 8), (16, 8), (8, 56)):
        with pytest.raises(InputError, match=r"sizes from 1 to 48 are allowed, the first not above"):
            sealing.consistency(*wrong)


def test_public_files_that_are_lost_or_behind_are_made_again_from_the_store(entries, tmp_path):
    sealing = Sealing(tmp_path / "log", SETTINGS, KEYS, entries.store)
    entries.add(300)
    sealing.seal(0)
    shutil.copytree(tmp_path / "log", tmp_path / "before")
    entries.add(300)
    sealing.seal(0)
    newest = sealing.checkpoint()
    for state in ("behind", "gone", "without a checkpoint", "without keys"):
        if state == "behind":
            shutil.rmtree(tmp_path / "log")
            (tmp_path / "before").rename(tmp_path / "log")
        elif state == "gone":
            shutil.rmtree(tmp_path / "log")
        elif state == "without a checkpoint":
            (tmp_path / "log" / "checkpoint").unlink()
        else:
            (tmp_path / "log" / "log.vkeys").unlink()
        again = Sealing(tmp_path / "log", SETTINGS, KEYS, entries.store)
        assert again.checkpoint() == newest
        report = verify_log(tmp_path / "log", VKEYS)
        assert (report.verdict, report.size) == ("intact", 608), (state, report.detail)


def test_a_store_older_than_what_was_published_is_not_served(entries, tmp_path):
    sealing = Sealing(tmp_path, SETTINGS, KEYS, entries.store)
    entries.add(1)
    sealing.seal(0)
    with pytest.raises(InputError, match=r"the published log is not that of the store: .* Do not serve"):
        Sealing(tmp_path, SETTINGS, KEYS, Entries().store)


def test_public_files_that_cannot_be_written_do_not_stop_the_centre(entries, tmp_path, monkeypatch):
    sealing = Sealing(tmp_path, SETTINGS, KEYS, entries.store)
    entries.add(1)
    with monkeypatch.context() as patched:

        def refuse(note):
            raise InputError("no room for public files")

        patched.setattr(sealing._tree, "publish", refuse)
        assert sealing.seal(0).size == 8
        assert not sealing.is_public
        entries.add(1)
        assert sealing.seal(0).size == 16
    assert not (tmp_path / "checkpoint").exists()
    assert sealing.seal(0) is None
    assert sealing.is_public
    assert verify_log(tmp_path, VKEYS).verdict == "intact"


@pytest.fixture
def witness(tmp_path):
    signer = generate_signer("bravo-witness", "ed25519-cosignature")
    return Witness(tmp_path / "witness", signer, [each.verifier for each in KEYS.log]), signer.vkey


def test_a_cosignature_is_verified_kept_and_public_beside_the_checkpoint(entries, tmp_path, witness):
    sealing = Sealing(tmp_path / "log", SETTINGS, KEYS, entries.store)
    entries.add(1)
    first = sealing.seal(0)
    lines = witness[0].update(first.note)
    assert sealing.add_cosignature("bravo", witness[1], lines) == 8
    assert sealing.checkpoint() == first.note + lines
    report = verify_log(tmp_path / "log", VKEYS)
    assert (report.verdict, [each.size for each in report.cosigned]) == ("intact", [8])


def test_an_answer_of_a_witness_counts_when_the_log_has_grown_meanwhile(entries, tmp_path, witness):
    sealing = Sealing(tmp_path / "log", SETTINGS, KEYS, entries.store)
    entries.add(1)
    lines = witness[0].update(sealing.seal(0).note)
    entries.add(1)
    sealing.seal(0)
    assert sealing.add_cosignature("bravo", witness[1], lines) == 8
    assert entries.store.cosignatures(8) == {"bravo": lines}


def test_a_cosignature_that_does_not_hold_is_refused(entries, tmp_path, witness):
    sealing = Sealing(tmp_path / "log", SETTINGS, KEYS, entries.store)
    with pytest.raises(InputError, match="there is no checkpoint yet to cosign"):
        sealing.add_cosignature("bravo", witness[1], b"")
    entries.add(1)
    lines = witness[0].update(sealing.seal(0).note)
    stranger = generate_signer("bravo-witness", "ed25519-cosignature").vkey
    with pytest.raises(NoteRefused, match="no signature by a known key"):
        sealing.add_cosignature("bravo", stranger, lines)
    altered = lines[:-10] + (b"A" if lines[-10:-9] != b"A" else b"B") + lines[-9:]
    with pytest.raises(NoteRefused, match="the signature of bravo-witness"):
        sealing.add_cosignature("bravo", witness[1], altered)
    assert entries.store.cosignatures(8) == {}


def test_a_checkpoint_has_three_lines_and_two_signatures(entries, tmp_path):
    sealing = Sealing(tmp_path, SETTINGS, KEYS, entries.store)
    entries.add(1)
    lines = sealing.seal(0).note.decode().splitlines()
    assert lines[:2] == [ORIGIN, "8"]
    assert lines[3] == ""
    assert [line.split()[1] for line in lines[4:]] == [ORIGIN, ORIGIN]
