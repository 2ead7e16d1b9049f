"""A log in a folder equals the plain tree over its leaves, over random batches, restarts and repairs."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from synaspis.log import (
    Checkpoint,
    LogTree,
    consistency_proof,
    generate_signer,
    inclusion_proof,
    leaf_hash,
    root_hash,
    sign_note,
    verify_consistency,
    verify_inclusion,
    verify_log,
    write_vkeys,
)

KEY = generate_signer("log", "ed25519", b"k" * 32)
STEPS = st.lists(
    st.tuples(
        st.sampled_from((1, 2, 63, 64, 100, 255, 256, 257, 300)),
        st.sampled_from(("go on", "restart", "crash", "repair", "repair whole")),
    ),
    min_size=1,
    max_size=7,
)


def store_of(leaves):
    return lambda first, end: leaves[first:end]


@given(STEPS, st.integers(0, 40), st.data())
@settings(max_examples=25, deadline=None)
def test_a_log_in_a_folder_equals_the_plain_tree(steps, width, data):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "log"
        tree, store, published = LogTree(folder, cache_tiles=2), [], 0
        (folder / "log.vkeys").write_bytes(write_vkeys([KEY.verifier]))
        for count, event in steps:
            batch = [b"%d %d" % (width, len(store) + number) * (width % 3) for number in range(count)]
            store += batch
            tree.append(batch)
            if event == "crash":
                # Leaves are in the store; nothing was published.
                tree = LogTree.repair(folder, store_of(store), len(store))
            assert tree.size == len(store)
            assert tree.root() == root_hash(store)
            tree.publish(sign_note(Checkpoint("log", tree.size, tree.root()).text(), [KEY]))
            if published:
                proof = tree.consistency(published)
                assert verify_consistency(
                    published, tree.size, root_hash(store[:published]), tree.root(), proof
                )
            published = tree.size
            if event == "restart":
                tree = LogTree(folder)
            elif event.startswith("repair"):
                tree = LogTree.repair(folder, store_of(store), len(store), whole=event == "repair whole")
        size = data.draw(st.integers(1, len(store)))
        index, first = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
        assert tree.root(size) == root_hash(store[:size])
        assert tree.inclusion(index, size) == inclusion_proof(index, store[:size])
        assert tree.consistency(first, size) == consistency_proof(first, store[:size])
        leaf = leaf_hash(tree.leaf(index))
        assert verify_inclusion(leaf, index, size, tree.inclusion(index, size), tree.root(size))
        assert verify_log(folder, pause=lambda seconds: None).verdict == "intact"
