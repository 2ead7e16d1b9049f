"""The verifier: what is intact, what altered, what incomplete, and where."""

import os
import shutil

import pytest

from synaspis.core.clock import ManualClock
from synaspis.core.errors import InputError
from synaspis.log import (
    FolderPlace,
    LogTree,
    WebPlace,
    Witness,
    commitment,
    generate_signer,
    leaves_in,
    root_hash,
    verify_log,
    verify_records,
    write_vkeys,
)


def look(folder, **more):
    return verify_log(folder, pause=lambda seconds: None, **more)


@pytest.fixture(scope="module")
def original(tmp_path_factory, kit):
    """A log of 300 leaves with partial tiles of earlier trees, cosigned at size 290."""
    folder = tmp_path_factory.mktemp("original")
    keys = [each.verifier for each in kit.LOG_KEYS]
    witness = Witness(folder / "witness", kit.WITNESS_KEYS, keys, ManualClock(kit.NOW_US))
    made = kit.Made.at(folder / "log")
    for size in (10, 270, 290, 300):
        made.grow(size)
        if size == 290:
            made.cosign(witness)
    return made


@pytest.fixture
def log(original, kit, tmp_path):
    """A copy of it to spoil."""
    shutil.copytree(original.folder, tmp_path / "log")
    return kit.Made(tmp_path / "log", LogTree(tmp_path / "log"), dict(original.notes))


def change(path, at, by=1):
    raw = bytearray(path.read_bytes())
    raw[at] ^= by
    path.write_bytes(raw)


def test_an_intact_log_is_called_intact(log, kit):
    report = look(log.folder)
    assert (report.verdict, report.at, report.detail, report.findings) == ("intact", "", "", ())
    assert (report.origin, report.size) == (kit.ORIGIN, 300)
    assert report.root == root_hash(kit.leaves(0, 300)).hex()
    assert report.signed_by == ("centre.example/log (ed25519)", "centre.example/log (ml-dsa-44)")
    assert [(each.witness, each.algorithm, each.size) for each in report.cosigned] == [
        ("partner.example/witness", "ed25519-cosignature", 290),
        ("partner.example/witness", "ml-dsa-44", 290),
    ]


def test_it_says_whether_the_keys_came_from_the_log_itself(log, kit):
    report = look(log.folder)
    assert report.keys == "from the log itself"
    assert not any(each.key_given for each in report.cosigned)
    report = look(log.folder, vkeys=[kit.LOG_KEYS[0].vkey, kit.WITNESS_KEYS[0].vkey])
    assert (report.verdict, report.keys) == ("intact", "given")
    assert [each.key_given for each in report.cosigned] == [True, False]


def test_a_log_that_another_key_signed_is_not_the_one_whose_key_was_given(log, kit):
    mine = generate_signer(kit.ORIGIN, "ed25519")
    report = look(log.folder, vkeys=[mine.vkey])
    assert report.verdict == "altered"
    assert f"log.vkeys at byte 0: the key {kit.ORIGIN}+{mine.key_id.hex()} is not listed" in map(
        str, report.findings
    )
    assert "checkpoint: the ed25519 signature of centre.example/log is missing" in map(str, report.findings)


def test_a_witness_whose_key_was_given_must_have_cosigned(log):
    absent = generate_signer("absent.example/witness", "ml-dsa-44")
    (log.folder / "log.vkeys").write_bytes(
        (log.folder / "log.vkeys").read_bytes() + absent.vkey.encode() + b"\n"
    )
    report = look(log.folder, vkeys=[absent.vkey])
    assert report.verdict == "incomplete"
    assert report.detail.endswith("what absent.example/witness has cosigned is missing")


@pytest.mark.parametrize(
    ("path", "at", "place"),
    [
        ("tile/0/000", 33, "tile/0/000 at leaf 1, byte 32"),
        ("tile/0/001.p/44", 44 * 32 - 1, "tile/0/001.p/44 at leaf 299, byte 1376"),
        ("tile/1/000.p/1", 5, "tile/1/000.p/1 at byte 0"),
        ("tile/entries/000", 34 * 7 + 2, "tile/entries/000 at leaf 7, byte 238"),
        ("tile/entries/001.p/44", 0, "tile/entries/001.p/44 at leaf 256, byte 0"),
        ("tile/0/001.p/14", 40, "tile/0/001.p/14 at byte 32"),
        ("tile/entries/001.p/34", 34 * 3 + 9, "tile/entries/001.p/34 at byte 102"),
    ],
)
def test_an_altered_byte_is_found_and_its_place_named(log, path, at, place):
    change(log.folder / path, at)
    report = look(log.folder)
    assert report.verdict == "altered"
    assert report.at == place
    assert {each.path for each in report.findings} == {path}


def test_an_altered_length_of_the_last_entry_is_found(log):
    change(log.folder / "tile/entries/001.p/44", 34 * 43 + 1)
    report = look(log.folder)
    assert report.verdict == "altered" or report.verdict == "incomplete"
    assert report.at.startswith("tile/entries/001.p/44")


def test_an_altered_head_is_found(log):
    change(log.folder / "checkpoint", 0)
    report = look(log.folder)
    assert report.verdict == "altered"
    assert report.detail.startswith("checkpoint at byte 0: no signature holds: the signed text was altered")


def test_one_altered_signature_is_told_from_an_altered_text(log, kit):
    raw = (log.folder / "checkpoint").read_bytes()
    last = raw.rindex("— ".encode())
    swapped = bytearray(raw)
    swapped[last + 100] = ord("A") if swapped[last + 100] != ord("A") else ord("B")
    (log.folder / "checkpoint").write_bytes(swapped)
    report = look(log.folder)
    assert (
        report.detail == f"checkpoint at byte {last}: the ml-dsa-44 signature of {kit.ORIGIN} does not hold"
    )
    assert report.signed_by == ("centre.example/log (ed25519)",)


def test_a_signature_that_nobody_can_check_is_found(log, kit):
    stranger = generate_signer("stranger", "ed25519")
    raw = (log.folder / "checkpoint").read_bytes()
    note = kit.signed(300, log.tree.root(), (stranger,))
    (log.folder / "checkpoint").write_bytes(raw + note.split(b"\n\n")[1])
    report = look(log.folder)
    assert report.detail == (
        f"checkpoint at byte {len(raw)}: stranger+{stranger.key_id.hex()}: no key for this signature is known"
    )
    (log.folder / "checkpoint").write_bytes(raw + raw[raw.index("— ".encode()) :])
    assert "this key signed twice" in look(log.folder).detail


def test_a_missing_signature_makes_it_incomplete(log, kit):
    (log.folder / "checkpoint").write_bytes(kit.signed(300, log.tree.root(), kit.LOG_KEYS[:1]))
    report = look(log.folder)
    assert report.verdict == "incomplete"
    assert report.detail == "checkpoint: the ml-dsa-44 signature of centre.example/log is missing"


@pytest.mark.parametrize(
    "path", ["checkpoint", "log.vkeys", "tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000"]
)
def test_a_missing_file_makes_it_incomplete(log, path):
    (log.folder / path).unlink()
    report = look(log.folder)
    assert report.verdict == ("altered" if path == "log.vkeys" else "incomplete")
    assert f"{path}: the file is missing" in map(str, report.findings)


def test_a_missing_cosignature_makes_it_incomplete(log):
    shutil.rmtree(log.folder / "cosignatures")
    report = look(log.folder)
    assert report.verdict == "incomplete"
    assert report.detail.endswith("what partner.example/witness has cosigned is missing")


def test_tile_and_entries_missing_together_end_the_comparison(log):
    change(log.folder / "tile/entries/000", 5)
    (log.folder / "tile/entries/001.p/44").unlink()
    (log.folder / "tile/0/001.p/44").unlink()
    found = list(map(str, look(log.folder).findings))
    assert "tile/0/001.p/44: the file is missing" in found
    assert "tile/entries/001.p/44: the file is missing" in found
    # Without a root nobody can say which of the two was altered; that they differ is told.
    assert "tile/entries/000 at leaf 0, byte 0: this entry and its hash in tile/0/000 do not agree" in found


@pytest.mark.parametrize("path", ["tile/0/000", "tile/entries/001.p/44", "tile/1/000.p/1", "tile/0/001.p/44"])
@pytest.mark.parametrize("size", [0, 1, 31, 33])
def test_a_file_cut_short_makes_it_incomplete(log, path, size):
    raw = (log.folder / path).read_bytes()
    (log.folder / path).write_bytes(raw[: min(size, len(raw) - 1)])
    report = look(log.folder)
    assert report.verdict == "incomplete"
    assert report.at == path


@pytest.mark.parametrize("path", ["tile/0/000", "tile/entries/001.p/44", "tile/1/000.p/1"])
@pytest.mark.parametrize("more", [b"\0", bytes(32), bytes(34)])
def test_a_file_that_grew_is_altered(log, path, more):
    size = (log.folder / path).stat().st_size
    with (log.folder / path).open("ab") as stream:
        stream.write(more)
    report = look(log.folder)
    assert (report.verdict, report.at) == ("altered", f"{path} at byte {size}")


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("notes.txt", "this file has no place in a log"),
        ("cosignatures/x", "this file has no place in a log"),
        ("tile/0/0000", "this file has no place in a log"),
        ("tile/0/001.p/45", "the signed tree of 300 leaves does not reach this file"),
        ("tile/0/001", "the signed tree of 300 leaves does not reach this file"),
        ("tile/2/000.p/1", "the signed tree of 300 leaves does not reach this file"),
        ("tile/entries/002", "the signed tree of 300 leaves does not reach this file"),
    ],
)
def test_a_file_too_many_is_found(log, path, what):
    (log.folder / path).parent.mkdir(parents=True, exist_ok=True)
    (log.folder / path).write_bytes(b"")
    report = look(log.folder)
    assert (report.verdict, report.detail) == ("altered", f"{path}: {what}")


def test_a_name_that_is_no_text_is_shown(log):
    (log.folder / os.fsdecode(b"\xff")).write_bytes(b"")
    assert look(log.folder).detail == r"\xff: this file has no place in a log"


def test_what_is_no_plain_file_is_not_waited_for(log):
    os.mkfifo(log.folder / "pipe")
    (log.folder / "tile/1/000.p/1").unlink()
    os.mkfifo(log.folder / "tile/1/000.p/1")
    report = look(log.folder)
    assert {str(each) for each in report.findings} == {
        "pipe: this file has no place in a log",
        "tile/1/000.p/1: the file is missing",
    }


def test_a_log_rolled_back_behind_its_witness_is_found(log, kit, tmp_path):
    former = LogTree(tmp_path / "former")
    former.append(kit.leaves(0, 270))
    former.publish(log.notes[270])
    for name in ("log.vkeys", "cosignatures"):
        source = log.folder / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / "former" / name)
    report = look(tmp_path / "former")
    assert report.verdict == "altered"
    assert report.detail.startswith("checkpoint at byte 0: the log had size 290 when it was cosigned in ")


def test_a_history_written_anew_does_not_fit_the_cosigned_one(log, kit, tmp_path):
    other = LogTree(tmp_path / "other")
    other.append([bytes(32), *kit.leaves(1, 300)])
    other.publish(kit.signed(300, other.root()))
    for name in ("log.vkeys", "cosignatures"):
        source = log.folder / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / "other" / name)
    report = look(tmp_path / "other")
    assert report.verdict == "altered"
    assert f"was cosigned at size 290; the tree has {other.root(290).hex()}" in report.detail


def test_a_cosignature_in_the_place_of_another_witness_is_found(log, kit):
    (kept,) = (log.folder / "cosignatures").iterdir()
    kept.rename(kept.with_name("0" * 32))
    report = look(log.folder)
    assert report.verdict == "altered"
    assert "the witness for whom this file is named did not sign what is in it" in report.detail
    (log.folder / "cosignatures" / ("0" * 32)).rename(kept)
    kept.write_bytes(log.notes[270])
    assert "the witness for whom this file is named did not sign" in look(log.folder).detail


def test_tiles_of_another_tree_under_a_true_checkpoint_are_found(log, kit, tmp_path):
    other = LogTree(tmp_path / "other")
    other.append(kit.leaves(1, 301))
    other.publish(kit.signed(300, other.root()))
    (tmp_path / "other" / "checkpoint").write_bytes(log.notes[300])
    (tmp_path / "other" / "log.vkeys").write_bytes(write_vkeys(each.verifier for each in kit.LOG_KEYS))
    report = look(tmp_path / "other")
    assert report.verdict == "altered"
    wrong = root_hash(kit.leaves(1, 301)).hex()
    assert report.detail == (
        f"checkpoint at byte 0: the root signed for size 300 is {log.tree.root().hex()}, the entries give "
        f"{wrong}, the tiles {wrong}"
    )


def test_an_empty_log_is_intact(made, kit):
    made.grow(0)
    report = look(made.folder)
    assert (report.verdict, report.size) == ("intact", 0)


def test_a_log_before_its_first_checkpoint_is_incomplete(made):
    report = look(made.folder)
    assert (report.verdict, report.detail) == ("incomplete", "checkpoint: the file is missing")


def test_the_folder_of_a_centre_is_entered_at_its_log(log):
    (log.folder.parent / "centre.sqlite").write_bytes(b"")
    assert look(log.folder.parent).verdict == "intact"


def test_a_place_that_is_none_is_bad_input(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"there is no such folder. Name the folder of a log or of a centre"):
        verify_log(tmp_path / "nothing")
    with pytest.raises(InputError, match="this is a file"):
        verify_log(tmp_path / "file")
    with pytest.raises(InputError, match=r"an address begins with http:// or https://"):
        WebPlace("ftp://example.com")
    with pytest.raises(InputError, match="the certificates cannot be used: "):
        WebPlace("https://example.com", authority=tmp_path / "file")


def test_all_bad_keys_are_told_at_once(log):
    with pytest.raises(InputError, match="2 faults in the input:") as refused:
        look(log.folder, vkeys=["one", "two"])
    assert "'two' is not a verifier key" in str(refused.value)


def test_a_bad_list_of_keys_is_told_with_its_place(log):
    raw = (log.folder / "log.vkeys").read_bytes()
    first = raw.index(b"\n") + 1
    for spoilt, at, words in (
        (raw[:first] + b"x\n" + raw[first:], first, "'x' is not a verifier key"),
        (raw + raw[:first], len(raw), "the verifier key of centre.example/log stands twice"),
        (raw[:-1], 0, "its last line has no newline"),
        (raw[:first] + b"\xff\n", first, "a verifier key that is not UTF-8"),
    ):
        (log.folder / "log.vkeys").write_bytes(spoilt)
        report = look(log.folder)
        assert report.at == f"log.vkeys at byte {at}"
        assert words in report.detail


class Moving(FolderPlace):
    """A log that publishes once, before a given one of the reads."""

    def __init__(self, folder, before, publish):
        super().__init__(folder)
        self.left, self.publish = before, publish

    def count(self):
        self.left -= 1
        if self.left == 0:
            self.publish()

    def read(self, path, limit):
        self.count()
        return super().read(path, limit)

    def files(self):
        self.count()
        return super().files()


@pytest.mark.parametrize("size", [301, 520])
def test_a_publication_between_any_two_reads_does_no_harm(log, kit, tmp_path, size):
    for before in range(1, 100):
        folder = tmp_path / str(before)
        shutil.copytree(log.folder, folder)
        moving = kit.Made(folder, LogTree(folder), dict(log.notes))
        keys = [each.verifier for each in kit.LOG_KEYS]
        watcher = Witness(tmp_path / f"witness-{before}", kit.WITNESS_KEYS, keys, ManualClock(kit.NOW_US))

        def publish(moving=moving, watcher=watcher):
            moving.grow(size)
            moving.cosign(watcher)

        place = Moving(folder, before, publish)
        report = look(place)
        assert report.verdict == "intact", report.detail
        if place.left > 0:
            break
    assert before > 10


def test_another_look_is_taken_when_the_log_was_seen_half_published(made, kit):
    made.grow(5)
    made.tree.append(kit.leaves(5, 9))
    stray = made.folder / "tile/0/000.p/9"
    stray.write_bytes(b"".join(made.tree._edge.levels[0]))
    pauses = []

    def publish(seconds):
        pauses.append(seconds)
        made.grow(9)

    report = verify_log(made.folder, pause=publish)
    assert (report.verdict, report.size, len(pauses)) == ("intact", 9, 1)


def test_records_open_their_leaves(made, kit):
    records = [(b"record %d" % number, bytes([number]) * 32, number) for number in range(9)]
    made.tree.append([commitment(record, salt) for record, salt, _ in records])
    made.tree.publish(kit.signed(9, made.tree.root()))
    for leaf_at in (made.tree.leaf, leaves_in(FolderPlace(made.folder), 9)):
        assert verify_records(leaf_at, records).opened == 9
        assert verify_records(leaf_at, reversed(records)).faults == ()


def test_a_record_that_does_not_open_its_leaf_is_named(made, kit):
    made.tree.append([commitment(b"record", bytes(32))])
    made.tree.publish(kit.signed(1, made.tree.root()))
    leaf_at = leaves_in(FolderPlace(made.folder), 1)
    report = verify_records(
        leaf_at,
        [
            (b"record", bytes(32), 0),
            (b"other", bytes(32), 0),
            (b"record", bytes(32), 1),
            (b"", b"", 0),
            (b"", bytes(32), -1),
        ],
    )
    assert report.opened == 1
    assert [(each.leaf_index, each.what.split(",")[0][:30]) for each in report.faults] == [
        (0, f"record and salt give {commitment(b'other', bytes(32)).hex()}"[:30]),
        (1, "the log has no such leaf"),
        (0, "the salt has 0 bytes; 32 are n"),
        (-1, "the log has no such leaf"),
    ]


def test_what_is_being_written_is_no_part_of_the_log(made):
    made.grow(5)
    staging = made.folder / ".staging"
    staging.mkdir(exist_ok=True)
    (staging / "17").write_bytes(b"half a tile")
    assert verify_log(made.folder).verdict == "intact"
    (made.folder / "tile" / ".staging").mkdir()
    (made.folder / "tile" / ".staging" / "17").write_bytes(b"not at its place")
    assert verify_log(made.folder).verdict == "altered"
