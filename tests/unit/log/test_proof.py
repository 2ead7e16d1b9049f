"""Proofs in one text file: written, read and verified; every refusal with its words."""

import pytest

from synaspis.log import (
    NoteRefused,
    ProofRefused,
    generate_signer,
    inclusion_proof,
    leaf_hash,
    read_proof,
    root_hash,
    verify_proof,
    write_proof,
)
from synaspis.log.proof import EXTRA_BYTES_MAX

# C2SP tlog-proof, example; its checkpoint is cut short there, so that of tlog-checkpoint stands in its place.
EXAMPLE = """\
c2sp.org/tlog-proof@v1
extra YWdlLXYxLjIuMS1kYXJ3aW4tYXJtNjQudGFyLmd6kYXJ3aW4tYXJ
index 73894
gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=
EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=
RoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=
AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhc\
yv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
"""


@pytest.fixture
def everything(kit):
    return kit.leaves(0, 11)


@pytest.fixture
def note(kit, everything):
    return kit.signed(11, root_hash(everything), (*kit.LOG_KEYS, *kit.WITNESS_KEYS))


@pytest.fixture
def raw(everything, note):
    return write_proof(6, inclusion_proof(6, everything), note)


@pytest.fixture
def log_keys(kit):
    return [each.verifier for each in kit.LOG_KEYS]


@pytest.fixture
def witness_keys(kit):
    return [each.verifier for each in kit.WITNESS_KEYS]


def test_the_text_of_the_specification_is_read_and_written():
    proof = read_proof(EXAMPLE.encode())
    assert proof.leaf_index == 73894
    assert [each.hex()[:8] for each in proof.path] == [
        "8122b25e",
        "07de650d",
        "10a373a0",
        "468a2912",
        "0070a2a1",
    ]
    assert proof.extra.startswith(b"age-v1.2.1-darwin-arm64.tar.gz")
    assert write_proof(proof.leaf_index, proof.path, proof.note, proof.extra) == EXAMPLE.encode()


def test_a_proof_says_where_the_leaf_is_and_who_witnessed_it(raw, everything, log_keys, witness_keys):
    proven = verify_proof(raw, leaf_hash(everything[6]), log_keys, witness_keys, quorum=1)
    assert proven.leaf_index == 6
    assert proven.checkpoint.size == 11
    assert proven.checkpoint.root == root_hash(everything)
    # Two keys of one witness are one witness.
    assert proven.witnesses == ("partner.example/witness",)


def test_a_proof_needs_no_witness_if_nobody_asks_for_one(raw, everything, log_keys):
    assert verify_proof(raw, leaf_hash(everything[6]), log_keys).witnesses == ()


def test_too_few_witnesses_are_too_few(raw, everything, log_keys, witness_keys):
    leaf = leaf_hash(everything[6])
    with pytest.raises(
        ProofRefused, match=r"cosigned by partner.example/witness: 1 of the 2 witnesses needed"
    ):
        verify_proof(raw, leaf, log_keys, witness_keys, quorum=2)
    stranger = generate_signer("another.example/witness", "ml-dsa-44").verifier
    with pytest.raises(ProofRefused, match="cosigned by nobody: 0 of the 1 witnesses needed"):
        verify_proof(raw, leaf, log_keys, [stranger], quorum=1)


def test_the_log_is_no_witness_of_itself(raw, everything, log_keys, kit):
    plain = kit.LOG_KEYS[0].verifier
    with pytest.raises(ProofRefused, match="cosigned by nobody"):
        verify_proof(raw, leaf_hash(everything[6]), log_keys, [plain], quorum=1)


def test_another_leaf_is_refused(raw, everything, log_keys):
    with pytest.raises(
        ProofRefused, match=r"the path does not lead from leaf 6 \(.{64}\) to the root .{64} of size"
    ):
        verify_proof(raw, leaf_hash(everything[7]), log_keys)


def test_a_log_without_known_key_is_refused(raw, everything, witness_keys):
    with pytest.raises(ProofRefused, match=r"no key is given for the log 'centre.example/log'"):
        verify_proof(raw, leaf_hash(everything[6]), witness_keys)


def test_every_key_given_for_the_log_must_have_signed(everything, log_keys, kit):
    half = kit.signed(11, root_hash(everything), kit.LOG_KEYS[:1])
    raw = write_proof(6, inclusion_proof(6, everything), half)
    with pytest.raises(
        NoteRefused, match=r"the checkpoint lacks the ml-dsa-44 signature of centre.example/log"
    ):
        verify_proof(raw, leaf_hash(everything[6]), log_keys)
    assert verify_proof(raw, leaf_hash(everything[6]), log_keys[:1]).leaf_index == 6


def test_a_false_cosignature_voids_the_proof(raw, everything, log_keys, kit):
    last = generate_signer(kit.WITNESS_KEYS[0].name, "ed25519-cosignature")
    line = kit.signed(4, bytes(32), (last,)).split(b"\n\n")[1]
    with pytest.raises(NoteRefused, match="does not hold"):
        verify_proof(raw + line, leaf_hash(everything[6]), log_keys, [last.verifier])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "c2sp.org/tlog-proof@v1",
            "c2sp.org/tlog-proof@v2",
            "the text does not begin with 'c2sp.org/tlog-proof@v1'",
        ),
        ("index 73894", "index 073894", "'index 073894' is not an index line"),
        ("index 73894", "73894", "'73894' is not an index line"),
        ("index 73894\n", "", "is not an index line, such as 'index 73894'"),
        ("extra YW", "extra Y", "extra data is not base64 of at most 65,536 bytes"),
        ("gSKyXo", "gSKy", "the path has 5 lines, of which 4 are hashes; at most 63 hashes"),
        ("gSKyXo", "gSKé", "bytes that are not ASCII above the checkpoint"),
        (
            "B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=\n",
            "B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=\n" * 60,
            "64",
        ),
        (EXAMPLE[EXAMPLE.index("\n\n") :], "", "or has no checkpoint"),
    ],
)
def test_a_proof_has_one_exact_form(old, new, message):
    with pytest.raises(ProofRefused, match=message):
        read_proof(EXAMPLE.replace(old, new).encode())


def test_the_checkpoint_in_a_proof_must_be_one():
    with pytest.raises(NoteRefused, match="'x' is not a size"):
        read_proof(EXAMPLE.replace("\n20852163\n", "\nx\n").encode())


def test_what_no_proof_can_hold_is_not_written(note):
    for index, path in ((11, []), (-1, []), (0, [b"short"]), (0, [bytes(32)] * 64)):
        with pytest.raises(
            ProofRefused, match=f"no proof: leaf {index} of 11 with a path of {len(path)} hashes"
        ):
            write_proof(index, path, note)
    with pytest.raises(ProofRefused, match="65,537 bytes of extra data; at most 65,536 are allowed"):
        write_proof(0, [], note, bytes(EXTRA_BYTES_MAX + 1))
