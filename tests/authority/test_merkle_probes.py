"""196 probes of transparency-dev/merkle, most of them proofs that must be refused.

`authorities/transparency-dev-merkle/`, as received; how they came is in its README.
"""

import json
from base64 import b64decode
from pathlib import Path

import pytest

from synaspis.log import verify_consistency, verify_inclusion

FOLDER = Path(__file__).parents[2] / "authorities" / "transparency-dev-merkle"
INCLUSION = json.loads((FOLDER / "inclusion.json").read_text(encoding="utf-8"))
CONSISTENCY = json.loads((FOLDER / "consistency.json").read_text(encoding="utf-8"))

# RFC 6962 and RFC 9162 leave these open: a first size of zero, which any tree extends, and hashes of no
# bytes. Our rule is to refuse them; so is that of the probes.
DECIDED = {
    "consistency/additional/consistency-check-on-empty-tree-size1-is-zero-is-useless.json",
    "consistency/additional/size1-is-zero-and-size2-is-not-zero.json",
    "consistency/additional/size1-is-zero-and-does-not-equal-size2.json",
    "consistency/additional/sizes-are-equal-zero-and-proof-is-empty.json",
    "inclusion/single-entry/empty-root-and-leaf.json",
}


def hashes(values):
    return [b64decode(each) for each in values or ()]


def inclusion(probe):
    return verify_inclusion(
        b64decode(probe["leafHash"]),
        probe["leafIdx"],
        probe["treeSize"],
        hashes(probe["proof"]),
        b64decode(probe["root"]),
    )


def consistency(probe):
    return verify_consistency(
        probe["size1"],
        probe["size2"],
        b64decode(probe["root1"] or ""),
        b64decode(probe["root2"] or ""),
        hashes(probe["proof"]),
    )


# The one probe that we answer otherwise: two equal trees of size one whose "roots" are 12 bytes of text. We
# refuse whatever is not a hash.
OTHERWISE = "consistency/additional/sizes-are-equal-one-and-proof-is-empty.json"


@pytest.mark.parametrize("name", INCLUSION)
def test_an_inclusion_probe_is_answered_as_its_authors_say(name):
    assert inclusion(INCLUSION[name]) is not INCLUSION[name]["wantErr"]


@pytest.mark.parametrize("name", sorted(set(CONSISTENCY) - {OTHERWISE}))
def test_a_consistency_probe_is_answered_as_its_authors_say(name):
    assert consistency(CONSISTENCY[name]) is not CONSISTENCY[name]["wantErr"]


def test_there_are_as_many_probes_as_were_received():
    assert (len(INCLUSION), len(CONSISTENCY)) == (98, 98)
    accepted = [each for each in (*INCLUSION.values(), *CONSISTENCY.values()) if not each["wantErr"]]
    assert len(accepted) == 12


def test_roots_that_are_no_hashes_are_refused_even_if_they_are_equal():
    probe = CONSISTENCY[OTHERWISE]
    assert len(b64decode(probe["root1"])) == 12
    assert consistency(probe) is False


def test_what_the_standards_leave_open_is_refused():
    probes = {**INCLUSION, **CONSISTENCY}
    for name in DECIDED:
        answer = inclusion if name.startswith("inclusion") else consistency
        assert answer(probes[name]) is False, name
