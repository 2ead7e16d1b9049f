"""A witness: what it signs, what it refuses with which code of C2SP tlog-witness, and what it remembers."""

import os
import threading

import pytest

from synaspis.core.clock import ManualClock
from synaspis.core.errors import InputError
from synaspis.log import (
    EMPTY_ROOT,
    Checkpoint,
    Fork,
    LogDamaged,
    Witness,
    WitnessRefused,
    consistency_proof,
    generate_signer,
    open_note,
    root_hash,
    sign_note,
)
from synaspis.log.witness import read_request, write_request


@pytest.fixture
def at(kit):
    """Signed checkpoints of the log by size."""
    return lambda size: kit.signed(size, root_hash(kit.leaves(0, size)))


@pytest.fixture
def prove(kit):
    """Consistency proofs of the log."""
    return lambda first, second: consistency_proof(first, kit.leaves(0, second))


def test_the_first_checkpoint_is_signed_by_every_key_with_the_time(witness, at, kit):
    lines = witness.update(at(5))
    opened = open_note(
        at(5).split(b"\n\n")[0] + b"\n\n" + lines, [each.verifier for each in kit.WITNESS_KEYS]
    )
    assert [each.key.algorithm for each in opened.signatures] == ["ed25519-cosignature", "ml-dsa-44"]
    assert {each.time_s for each in opened.signatures} == {kit.NOW_US // 1_000_000}
    assert Checkpoint.parse(opened.text).size == 5
    assert witness.size(kit.ORIGIN) == 5


def test_it_keeps_the_checkpoint_with_both_signatures(witness, at, kit):
    stranger = generate_signer("stranger", "ed25519")
    note = at(5)
    lines = witness.update(note + sign_note("x\n", [stranger]).split(b"\n\n")[1])
    kept = witness.latest(kit.ORIGIN)
    assert kept == note + lines
    keys = [each.verifier for each in (*kit.LOG_KEYS, *kit.WITNESS_KEYS)]
    assert len(open_note(kept, keys).signatures) == 4


def test_a_log_that_grows_is_followed_across_restarts(witness, at, prove, kit, tmp_path):
    witness.update(at(5))
    again = Witness(
        tmp_path / "witness",
        kit.WITNESS_KEYS,
        [each.verifier for each in kit.LOG_KEYS],
        ManualClock(kit.NOW_US),
    )
    again.update(at(12), prove(5, 12))
    again.update(at(13), prove(12, 13), old_size=12)
    assert witness.size(kit.ORIGIN) == 13


def test_the_same_checkpoint_again_changes_nothing_but_the_time(witness, at, kit, tmp_path):
    clock = ManualClock(kit.NOW_US)
    witness = Witness(tmp_path / "w", kit.WITNESS_KEYS[0], [kit.LOG_KEYS[0].verifier], clock)
    first = witness.update(at(5))
    assert witness.update(at(5)) == first
    clock.advance(9_000_000)
    assert witness.update(at(5), old_size=5) != first
    assert witness.size(kit.ORIGIN) == 5


def refusal(witness, *arguments, **more):
    with pytest.raises(WitnessRefused) as refused:
        witness.update(*arguments, **more)
    return refused.value


def test_a_smaller_tree_is_a_conflict(witness, at, prove, kit):
    witness.update(at(5))
    error = refusal(witness, at(4))
    assert (error.code, error.size) == (409, 5)
    assert error.faults[0].what == "size 4, but size 5 is cosigned already"
    assert witness.size(kit.ORIGIN) == 5


def test_a_proof_from_another_size_is_a_conflict(witness, at, prove):
    witness.update(at(5))
    error = refusal(witness, at(9), prove(4, 9), old_size=4)
    assert (error.code, error.size) == (409, 5)
    assert error.faults[0].what == "the proof starts at size 4, but size 5 is cosigned already"
    assert refusal(witness, at(9), prove(6, 9), old_size=6).code == 409


def test_a_proof_from_a_larger_tree_makes_no_sense(witness, at):
    error = refusal(witness, at(5), old_size=6)
    assert (error.code, error.faults[0].what) == (400, "a proof from size 6 to the smaller size 5")


@pytest.mark.parametrize(
    "spoil", [lambda p: p[1:], lambda p: [*p, bytes(32)], lambda p: [bytes(32), *p[1:]], lambda p: []]
)
def test_a_proof_that_does_not_hold_is_refused_with_both_checkpoints(witness, at, prove, kit, spoil):
    witness.update(at(5))
    note = at(9)
    error = refusal(witness, note, spoil(prove(5, 9)))
    assert error.code == 422
    assert error.faults[0].what == "the proof does not show that size 9 extends size 5"
    assert error.evidence == Fork(witness.latest(kit.ORIGIN), note, proven=False)


def test_the_first_checkpoint_has_no_proof(witness, at):
    error = refusal(witness, at(5), [bytes(32)])
    assert (error.code, error.faults[0].what) == (422, "a proof from the empty tree has no hashes")


def test_a_fork_is_evidence_for_everybody(witness, at, kit, tmp_path):
    witness.update(at(5))
    note = kit.signed(5, bytes(32))
    error = refusal(witness, note)
    assert error.code == 422
    assert error.faults[0].what == "the log signed two roots for size 5: it shows different histories"
    assert error.evidence == Fork(witness.latest(kit.ORIGIN), note, proven=True)
    keys = [each.verifier for each in kit.LOG_KEYS]
    heads = [
        Checkpoint.parse(open_note(each, keys).text) for each in (error.evidence.first, error.evidence.second)
    ]
    assert heads[0].size == heads[1].size
    assert heads[0].root != heads[1].root
    kept = sorted((tmp_path / "witness" / "forks").iterdir())
    assert [path.read_bytes() for path in kept] == [error.evidence.first, error.evidence.second]
    assert witness.size(kit.ORIGIN) == 5


def test_an_unknown_log_is_not_found(witness):
    stranger = generate_signer("another.example/log", "ed25519")
    error = refusal(witness, sign_note(Checkpoint("another.example/log", 1, bytes(32)).text(), [stranger]))
    assert (error.code, error.faults[0].what) == (404, "the log 'another.example/log' is not known here")


def test_an_unknown_key_is_forbidden(witness, at, kit):
    stranger = generate_signer(kit.ORIGIN, "ed25519")
    error = refusal(witness, kit.signed(5, bytes(32), (stranger,)))
    assert error.code == 403
    assert error.faults[0].what.startswith("no signature by a known key")
    broken = at(5).replace(b"\n5\n", b"\n6\n")
    assert refusal(witness, broken).code == 403
    assert "does not hold" in refusal(witness, broken).faults[0].what


def test_what_is_no_checkpoint_is_malformed(witness, kit):
    assert refusal(witness, b"nonsense").code == 400
    assert refusal(witness, sign_note("a\nb\nc\n", kit.LOG_KEYS[:1])).code == 400
    error = refusal(witness, kit.signed(1, bytes(32)), [bytes(32)] * 64)
    assert (error.code, error.faults[0].what) == (400, "a proof of 64 hashes; at most 63 of 32 bytes")
    assert refusal(witness, kit.signed(1, bytes(32)), [b"short"]).code == 400


def test_an_empty_log_has_the_empty_root_and_may_grow(witness, at, kit):
    error = refusal(witness, kit.signed(0, bytes(32)))
    assert (error.code, error.faults[0].what) == (
        422,
        "a checkpoint of size 0 has another root than the empty tree",
    )
    witness.update(kit.signed(0, EMPTY_ROOT))
    witness.update(kit.signed(0, EMPTY_ROOT))
    witness.update(at(7))
    assert witness.size(kit.ORIGIN) == 7


def test_two_logs_are_kept_apart(tmp_path, kit):
    one, two = (generate_signer(name, "ed25519") for name in ("one", "two"))
    witness = Witness(tmp_path / "w", kit.WITNESS_KEYS, [one.verifier, two.verifier], ManualClock(kit.NOW_US))
    witness.update(sign_note(Checkpoint("one", 3, bytes(32)).text(), [one]))
    assert (witness.size("one"), witness.size("two")) == (3, 0)
    assert witness.latest("two") is None
    crossed = sign_note(Checkpoint("two", 3, bytes(32)).text(), [one])
    assert refusal(witness, crossed).code == 403


def test_nothing_is_signed_that_could_not_be_remembered(witness, at, prove, kit, monkeypatch):
    witness.update(at(5))

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match=r"cannot write below .*: No space left on device"):
        witness.update(at(9), prove(5, 9))
    monkeypatch.undo()
    assert witness.size(kit.ORIGIN) == 5


def test_a_changed_memory_is_noticed_and_nothing_is_signed(witness, at, prove, tmp_path):
    witness.update(at(5))
    (kept,) = (tmp_path / "witness").glob("*.checkpoint")
    kept.write_bytes(kept.read_bytes().replace(b"\n5\n", b"\n4\n"))
    with pytest.raises(LogDamaged, match=r"what this witness remembers of 'centre.example/log' was changed"):
        witness.update(at(9), prove(5, 9))


def test_the_memory_of_another_log_is_noticed(tmp_path, kit):
    one, two = (generate_signer(name, "ed25519") for name in ("one", "two"))
    witness = Witness(tmp_path / "w", kit.WITNESS_KEYS, [one.verifier, two.verifier], ManualClock(kit.NOW_US))
    witness.update(sign_note(Checkpoint("one", 3, bytes(32)).text(), [one]))
    (of_one,) = (tmp_path / "w").glob("*.checkpoint")
    of_one.rename(witness._place("two"))
    with pytest.raises(LogDamaged, match="what this witness remembers of 'two' is of 'one'"):
        witness.size("two")


def test_of_two_at_once_neither_rolls_the_other_back(witness, at, prove, kit):
    witness.update(at(5))
    refused = []

    def offer(size):
        try:
            witness.update(at(size), prove(5, size))
        except WitnessRefused as error:
            refused.append((size, error.code))

    threads = [threading.Thread(target=offer, args=(size,)) for size in range(6, 14)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sizes = {size for size, _ in refused}
    assert len(refused) == 7
    assert witness.size(kit.ORIGIN) == next(size for size in range(6, 14) if size not in sizes)


@pytest.mark.parametrize("keys", [(), ("ed25519",), ("ml-dsa-44", "other name")])
def test_keys_that_cannot_cosign_make_no_witness(tmp_path, keys):
    signers = [
        generate_signer("w" if name != "other name" else "v", name if name != "other name" else "ml-dsa-44")
        for name in keys
    ]
    with pytest.raises(ValueError, match="a witness needs keys of one name that carry a time"):
        Witness(tmp_path, signers, [])


def test_requests_are_written_and_read_as_the_protocol_says(witness, at, prove, kit):
    assert witness.add_checkpoint(write_request(0, [], at(5)))
    body = write_request(5, prove(5, 9), at(9))
    assert body.startswith(b"old 5\n")
    assert read_request(body)[:2] == (5, prove(5, 9))
    assert witness.add_checkpoint(body)
    assert witness.size(kit.ORIGIN) == 9


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 5\n",
        b"5\n\nnote",
        b"old 05\n\nnote",
        b"old -1\n\nnote",
        b"old 5\nAAAA\n\nnote",
        b"old 5\r\n\r\nnote",
        b"\xff\n\nnote",
    ],
)
def test_a_malformed_request_is_refused(witness, body):
    with pytest.raises(
        WitnessRefused, match="a request is a line 'old SIZE', hashes, a blank line and a che"
    ) as it:
        witness.add_checkpoint(body)
    assert it.value.code == 400


def test_a_request_with_too_much_is_refused(witness, at):
    with pytest.raises(WitnessRefused, match="64 hashes in a proof; at most 63"):
        witness.add_checkpoint(write_request(5, [bytes(32)] * 64, at(9)))
    with pytest.raises(WitnessRefused, match="a request of 300,000 bytes; at most"):
        witness.add_checkpoint(bytes(300_000))
