"""Checkpoints: three lines, one exact form. Cases of section "Note text" of C2SP tlog-checkpoint."""

import pytest

from synaspis.log import Checkpoint, NoteRefused

# C2SP tlog-checkpoint, example.
TEXT = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"


def test_the_example_of_the_specification_is_read_and_written():
    checkpoint = Checkpoint.parse(TEXT)
    assert checkpoint.origin == "example.com/behind-the-sofa"
    assert checkpoint.size == 20852163
    assert checkpoint.root.hex() == "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62"
    assert checkpoint.text() == TEXT


@pytest.mark.parametrize("size", [0, 1, (1 << 64) - 1])
def test_sizes_up_to_64_bits_come_back(size):
    checkpoint = Checkpoint("log", size, bytes(32))
    assert Checkpoint.parse(checkpoint.text()) == checkpoint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "three lines"),
        ("log\n1\n", "here 2 lines end in a newline"),
        (TEXT[:-1], "here 2 lines end in a newline"),
        (TEXT + "extension\n", "here 4 lines end in a newline"),
        (TEXT.replace("example.com/behind-the-sofa", ""), "the origin is empty"),
        (TEXT.replace("sofa", "so\tfa"), "holds a control character"),
        (TEXT.replace("20852163", "-34"), "'-34' is not a size"),
        (TEXT.replace("20852163", "bananas"), "'bananas' is not a size"),
        (TEXT.replace("20852163", "18446744073709551616"), "is not a size: a whole number below 2"),
        (TEXT.replace("20852163", "9" * 5000), "is not a size"),
        (TEXT.replace("20852163", "020852163"), "without leading zeros"),
        (TEXT.replace("20852163", "+1"), "is not a size"),
        (TEXT.replace("20852163", "٣"), "is not a size"),
        (TEXT.replace("20852163", ""), "is not a size"),
        (TEXT.replace("CsUY", "????"), "is not a root: base64 of 32 bytes"),
        (TEXT.replace("CsUY", ""), "is not a root"),
        (TEXT.replace("q2I=", "q2J="), "is not a root"),  # unused bits of the last character are set
        (TEXT.replace("q2I=", "q2I"), "is not a root"),
    ],
)
def test_anything_else_is_refused(text, message):
    with pytest.raises(NoteRefused, match=message):
        Checkpoint.parse(text)


def test_all_faults_are_told_at_once():
    with pytest.raises(NoteRefused) as refused:
        Checkpoint.parse("\nx\ny\n")
    places = [fault.where for fault in refused.value.faults]
    assert places == ["checkpoint.origin", "checkpoint.size", "checkpoint.root"]


@pytest.mark.parametrize(
    "values", [("", 0, bytes(32)), ("a\nb", 0, bytes(32)), ("a", -1, bytes(32)), ("a", 0, b"")]
)
def test_values_that_no_checkpoint_holds_make_none(values):
    with pytest.raises(ValueError, match="checkpoint"):
        Checkpoint(*values)
