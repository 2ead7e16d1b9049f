from __future__ import annotations

import pytest

from synaspis.core.clock import SECOND_US
from synaspis.exchange.client.errors import Unreachable
from synaspis.exchange.client.verify import MERGE_DELAY_US
from synaspis.log import Checkpoint, open_note, root_hash, verifier
from synaspis.messages import canonical_json, seal

TEXT = {"text": "Radio check."}


def deliver(bench, text: str) -> None:
    message = bench.message(text)
    bench.centre.deliver(
        seal(canonical_json({"schema": "synaspis.message/1", **message}), bench.other), message
    )


def test_a_log_that_keeps_its_word_is_cosigned_and_everything_is_proven(bench, run, label):
    async def scene():
        async with bench.client() as client:
            await client.send("text", TEXT, label=label)
            deliver(bench, "Hello.")
            await client.catch_up()
            first = await client.verify()
            deliver(bench, "Again.")
            await client.catch_up()
            second = await client.verify()
            return first, second, await client.verify(), await client.audit()

    first, second, third, audit = run(scene())
    assert first.holds
    assert second.holds
    # One receipt; one release with the submission behind it, twice.
    assert (first.proven, second.proven, third.proven) == (3, 2, 0)
    assert (first.cosigned, second.cosigned, third.cosigned) == (True, True, False)
    assert second.checkpoint.size == len(bench.centre.leaves)
    assert second.checkpoint.root == root_hash(bench.centre.leaves)
    assert len(second.signed_by) == 2
    assert audit.holds
    assert (audit.receipts, audit.events, audit.envelopes, audit.proofs, audit.pending) == (1, 2, 2, 5, 0)


def test_the_cosignature_handed_in_is_of_the_partners_witness(bench, run, label):
    from synaspis.log import Signer

    async def scene():
        async with bench.client() as client:
            await client.send("text", TEXT, label=label)
            return await client.verify()

    checkpoint = run(scene()).checkpoint
    (lines,) = bench.centre.cosignatures
    key = verifier(Signer.load(bench.folder / "witness.key").vkey)
    opened = open_note(checkpoint.text().encode() + b"\n" + lines, [key])
    assert opened.signatures[0].time_s == bench.clock.now_us() // SECOND_US


def test_a_renewed_witness_key_goes_on_from_what_the_former_one_saw(bench, run, label):
    from synaspis.log import generate_signer

    async def scene():
        async with bench.client() as client:
            await client.send("text", TEXT, label=label)
            return await client.verify()

    first = run(scene())
    (bench.folder / "witness.key").unlink()
    generate_signer("aa/witness", "ed25519-cosignature").save(bench.folder / "witness.key")
    second = run(scene())
    assert first.holds
    assert second.holds
    assert second.cosigned
    forge(bench)
    (bench.folder / "witness.key").unlink()
    generate_signer("aa/witness", "ed25519-cosignature").save(bench.folder / "witness.key")
    assert any("contradicts" in finding for finding in run(scene()).findings)


def forge(bench) -> bytes:
    """Rewrite the first leaf: a log of the same keys with another past."""
    bench.centre.leaves[0] = bytes(32)
    bench.centre.notes[-1] = bench.centre.note(bench.centre.leaves)
    return bench.centre.notes[-1]


def test_a_rewritten_history_is_found_and_both_checkpoints_named(bench, run, label):
    async def scene():
        async with bench.client() as client:
            await client.send("text", TEXT, label=label)
            before = (await client.verify()).checkpoint
            bench.centre.put(b'{"type":"dummy"}')
            bench.centre.seal()
            note = forge(bench)
            found = await client.verify()
            return before, note, found, await client.audit(), client.alarms

    before, note, found, audit, alarms = run(scene())
    after = Checkpoint.parse(open_note(note, [key.verifier for key in bench.centre.keys.log]).text)
    assert (before.size, after.size) == (1, 2)
    (finding,) = [each for each in found.findings if "contradicts" in each]
    assert f"the checkpoint of size 1 with root {before.root.hex()}" in finding
    assert f"the checkpoint of size 2 with root {after.root.hex()}" in finding
    assert not found.holds
    assert finding in alarms
    assert any(finding in each for each in audit.findings)

    async def later():
        async with bench.client() as client:
            (evidence,) = client.state.evidence()
            return evidence, await client.audit()

    evidence, audit = run(later())
    assert evidence.second == note
    assert not audit.holds


def test_two_roots_for_one_size_are_found(bench, run, label):
    async def scene():
        async with bench.client() as client:
            await client.send("text", TEXT, label=label)
            await client.verify()
            forge(bench)
            return await client.verify()

    (finding, *_) = run(scene()).findings
    assert "the log signed two roots for size 1: it shows different histories" in finding


def test_a_log_that_shrinks_is_found(bench, run, label):
    async def scene():
        async with bench.client() as client:
            await client.send("text", TEXT, label=label)
            await client.send("text", TEXT, label=label)
            await client.verify()
            bench.centre.notes.pop()
            return await client.verify()

    (finding, *_) = run(scene()).findings
    assert "the centre shows the checkpoint of size 1" in finding
    assert "after it had shown the checkpoint of size 2" in finding


def test_a_log_that_is_gone_is_found(bench, run, label):
    async def scene():
        async with bench.client() as client:
            await client.send("text", TEXT, label=label)
            await client.verify()
            bench.centre.notes.clear()
            return await client.verify()

    assert run(scene()).findings[0].startswith("the centre has no checkpoint any more; it had shown")


def test_a_checkpoint_that_lacks_one_of_two_signatures_is_found(bench, run, label):
    bench.centre.note = lambda leaves: __import__("synaspis.log", fromlist=["sign_note"]).sign_note(
        Checkpoint("fake.example/centre", len(leaves), root_hash(leaves)).text(), bench.centre.keys.log[:1]
    )

    async def scene():
        async with bench.client() as client:
            await client.send("text", TEXT, label=label)
            return await client.verify()

    found = run(scene())
    assert found.findings == (
        "the checkpoint is not signed as the kit says: the checkpoint lacks the ml-dsa-44 signature of "
        "fake.example/centre",
    )
    assert bench.centre.cosignatures == []


def test_what_the_log_owes_is_overdue_after_two_seconds(bench, run, label):
    bench.centre.seals_at_once = False
    bench.centre.seal()

    async def scene():
        async with bench.client() as client:
            receipt = await client.send("text", TEXT, label=label)
            early = await client.verify()
            bench.clock.advance(MERGE_DELAY_US)
            just = await client.verify()
            bench.clock.advance(1)
            return receipt, early, just, await client.verify()

    receipt, early, just, late = run(scene())
    assert (early.pending, early.holds, just.pending, just.holds) == (1, True, 1, True)
    assert late.findings == (f"the log does not hold the receipt of message {receipt.message_id} after 2 s",)


def test_a_witness_whose_memory_was_changed_says_so_and_signs_nothing(bench, run, label):
    async def scene():
        async with bench.client() as client:
            await client.send("text", TEXT, label=label)
            return await client.verify()

    run(scene())
    (memory,) = bench.folder.glob("witness/*/*.checkpoint")
    was = memory.read_bytes()
    memory.write_bytes(was.replace(b"\n1\n", b"\n2\n", 1))
    signed = len(bench.centre.cosignatures)
    (finding,) = run(scene()).findings
    assert finding.startswith("what our witness remembers was changed on our disk: ")
    # The log's signatures hold and its own does not: somebody who has the log's notes wrote there.
    memory.write_bytes(bench.centre.notes[-1])
    (finding,) = run(scene()).findings
    assert "what this witness remembers of 'fake.example/centre' was changed" in finding
    assert len(bench.centre.cosignatures) == signed


def test_a_proof_under_another_history_proves_nothing(bench, run, label):
    """The log shows us one tree and proves the receipt in another that it also signed."""
    from synaspis.log import inclusion_proof, leaf_hash, write_proof

    def elsewhere(leaf):
        other = [bytes(32), *bench.centre.waiting]
        index = [leaf_hash(each) for each in other].index(leaf)
        import httpx

        return httpx.Response(
            200, content=write_proof(index, inclusion_proof(index, other), bench.centre.note(other))
        )

    bench.centre.seals_at_once = False
    bench.centre.put(b'{"type":"dummy"}')
    bench.centre.put(b'{"type":"dummy 2"}')
    bench.centre.seal()
    bench.centre._proof = elsewhere

    async def scene():
        async with bench.client() as client:
            await client.verify()
            await client.send("text", TEXT, label=label)
            return await client.verify(), client.state.unproven()

    found, left = run(scene())
    (finding,) = found.findings
    assert "is of another history: " in finding
    assert len(left) == 1


def test_a_proof_for_another_leaf_proves_nothing(bench, run, label):
    async def scene():
        async with bench.client() as client:
            await client.send("text", TEXT, label=label)
            await client.send("text", TEXT, label=label)
            prove = bench.centre._proof
            from synaspis.log import leaf_hash

            bench.centre._proof = lambda leaf: prove(leaf_hash(bench.centre.leaves[0]))
            return await client.verify()

    found = run(scene())
    assert found.proven == 1
    assert "the path does not lead from leaf 0" in found.findings[0]


def test_an_audit_without_the_centre_checks_what_is_kept_and_says_so(bench, run, label):
    async def scene():
        async with bench.client() as client:
            await client.send("text", TEXT, label=label)
            await client.verify()
        bench.centre.handle_async_request = unreachable
        async with bench.client() as client:
            with pytest.raises(Unreachable, match="no answer"):
                await client.verify()
            return await client.audit()

    audit = run(scene())
    assert audit.look is None
    assert audit.holds
    assert (audit.receipts, audit.proofs) == (1, 1)
    assert audit.to_dict()["log"] is None


async def unreachable(request):
    import httpx

    raise httpx.ConnectError("connection refused")


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "UPDATE event SET data = CAST(replace(data, 'Hello', 'Hullo') AS BLOB)",
            "event 1 is not as it came",
        ),
        ("DELETE FROM event WHERE counter = 1", "event 2 follows event 0: some are missing"),
        ("UPDATE sent SET leaf = '00'", "is not the one of its answer"),
        (
            "UPDATE sent SET proof = replace(proof, 'index 0', 'index 1')",
            "the proof kept for the receipt of message",
        ),
        ("DELETE FROM submission", "brings a submission whose leaf is not kept"),
    ],
)
def test_what_was_changed_on_the_partners_own_disk_is_found(bench, run, label, statement, told):
    import sqlite3

    async def before():
        async with bench.client() as client:
            await client.send("text", TEXT, label=label)
            deliver(bench, "Hello.")
            deliver(bench, "Hello again.")
            await client.catch_up()
            assert (await client.audit()).holds

    async def after():
        async with bench.client() as client:
            return await client.audit()

    run(before())
    with sqlite3.connect(bench.folder / "state.sqlite") as base:
        base.execute(statement)
    base.close()
    assert any(told in finding for finding in run(after()).findings)
