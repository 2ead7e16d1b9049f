"""Signed notes: what is signed by whom, and one exact form."""

import pytest

from synaspis.log import (
    ALGORITHMS,
    Checkpoint,
    NoteRefused,
    add_signatures,
    generate_signer,
    open_note,
    sign_note,
    verifier,
)
from synaspis.log.note import NOTE_BYTES_MAX, SIGNATURES_MAX, split_note

# C2SP signed-note, example.
C2SP_KEY = verifier("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
C2SP_NOTE = (
    "This is an example message.\n\n— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
).encode()
LOG, OTHER = generate_signer("log", "ed25519"), generate_signer("other", "ed25519")
TEXT = Checkpoint("log", 3, b"\x03" * 32).text()


def test_the_example_of_the_specification_opens():
    opened = open_note(C2SP_NOTE, [C2SP_KEY])
    assert opened.text == "This is an example message.\n"
    assert opened.names == ("example.com/foo",)


def test_every_kind_of_key_may_sign_one_checkpoint():
    signers = [generate_signer("log", algorithm) for algorithm in ALGORITHMS]
    opened = open_note(sign_note(TEXT, signers, 5_000_000), [each.verifier for each in signers])
    assert [(each.key, each.time_s) for each in opened.signatures] == [
        (signers[0].verifier, 0),
        (signers[1].verifier, 5),
        (signers[2].verifier, 5),
    ]
    assert opened.names == ("log",)


def test_signatures_of_unknown_keys_are_ignored():
    opened = open_note(sign_note(TEXT, [OTHER, LOG]), [LOG.verifier])
    assert opened.names == ("log",)


def test_a_note_that_no_known_key_signed_is_refused():
    with pytest.raises(NoteRefused, match=r"no signature by a known key; signed by other. Known keys: log\+"):
        open_note(sign_note(TEXT, [OTHER]), [LOG.verifier])
    with pytest.raises(NoteRefused, match="Known keys: none"):
        open_note(sign_note(TEXT, [OTHER]), [])


def test_one_false_signature_of_a_known_key_voids_the_note():
    # The signature over another text stands below this one.
    broken = sign_note(TEXT, [OTHER]) + sign_note("another text\n", [LOG]).split(b"\n\n")[1]
    with pytest.raises(NoteRefused, match=r"the signature of log \(ed25519\) does not hold"):
        open_note(broken, [OTHER.verifier, LOG.verifier])


def test_the_key_of_another_name_is_not_the_key():
    twin = generate_signer("twin", "ed25519", LOG.seed)
    with pytest.raises(NoteRefused, match="no signature by a known key"):
        open_note(sign_note(TEXT, [twin]), [LOG.verifier])


GOOD = sign_note(TEXT, [LOG])
LINE = GOOD.split(b"\n\n")[1]


@pytest.mark.parametrize(
    ("note", "message"),
    [
        (b"", "no blank line between text and signatures"),
        (TEXT.encode(), "no blank line between text and signatures"),
        (TEXT.encode() + b"\n", "the last signature line does not end in a newline"),
        (GOOD[:-1], "the last signature line does not end in a newline"),
        (GOOD + b"\n", "the last signature line does not end in a newline"),
        (GOOD + b"x\n", "'x' is not a signature line"),
        (GOOD.replace("—".encode(), b"-"), "is not a signature line: an em dash, a name and base64"),
        (GOOD.replace(b" log ", b" "), "is not a signature line"),
        (GOOD.replace(b" log ", b" l+g "), "is not a signature line"),
        (GOOD.replace(b" log ", b" log  "), "is not a signature line"),
        (GOOD.replace(b"\n\n", b"\r\n\n"), "holds a control character"),
        (b"\xff" + GOOD, "the note is not UTF-8"),
        (GOOD + b"\xff\n", "the note is not UTF-8"),
        (TEXT.encode() + "\n— log AAAA\n".encode(), "is not a signature line"),
        (GOOD + LINE * SIGNATURES_MAX, f"{SIGNATURES_MAX + 1} signatures; at most {SIGNATURES_MAX} are read"),
        (b"x" * (NOTE_BYTES_MAX + 1), "at most 262,144 are read"),
    ],
)
def test_a_note_has_one_exact_form(note, message):
    with pytest.raises(NoteRefused, match=message):
        open_note(note, [LOG.verifier])


def test_the_fault_names_the_place_of_a_signature():
    with pytest.raises(NoteRefused) as refused:
        split_note(GOOD + b"x\n")
    assert refused.value.faults[0].where == f"signatures at byte {len(GOOD)}"


def test_sixteen_post_quantum_signatures_fit():
    signers = [generate_signer(f"witness-{number}", "ml-dsa-44") for number in range(16)]
    note = sign_note(TEXT, signers, 1_000_000)
    assert len(open_note(note, [each.verifier for each in signers]).names) == 16


@pytest.mark.parametrize("text", ["", "no newline", "tab\t\n", "lone \ud800\n"])
def test_a_text_that_no_note_can_hold_is_not_signed(text):
    with pytest.raises(
        NoteRefused, match=r"the text of a note (ends in a newline|holds a control character)"
    ):
        sign_note(text, [LOG])
    with pytest.raises(NoteRefused, match="a note needs at least one signature"):
        sign_note(TEXT, [])


def test_cosignatures_are_added_once_and_replace_older_ones():
    witness = generate_signer("w", "ed25519-cosignature")
    first = sign_note(TEXT, [witness], 1_000_000).split(b"\n\n")[1]
    later = sign_note(TEXT, [witness, OTHER], 9_000_000).split(b"\n\n")[1]
    once = add_signatures(GOOD, first, [witness.verifier])
    assert once == GOOD + first
    twice = add_signatures(once, later, [witness.verifier])
    times = [each.time_s for each in open_note(twice, [LOG.verifier, witness.verifier]).signatures]
    assert times == [0, 9]
    assert b"other" not in twice
    with pytest.raises(NoteRefused, match="no signature by a known key"):
        add_signatures(GOOD, sign_note(TEXT, [OTHER]).split(b"\n\n")[1], [witness.verifier])
    with pytest.raises(NoteRefused, match=r"the signature of w \(ed25519-cosignature\) does not hold"):
        add_signatures(sign_note("other text\n", [LOG]), first, [witness.verifier])
