"""Any one altered byte, any missing file and any file cut short in the public folder of a log is found."""

import shutil
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synaspis.core.clock import ManualClock
from synaspis.log import (
    Checkpoint,
    LogTree,
    Witness,
    add_signatures,
    generate_signer,
    sign_note,
    verify_log,
    write_vkeys,
)

ORIGIN, NOW_US = "log", 1_800_000_000_000_000


def build(folder, sizes, log_keys, witness_keys):
    """A log that was published at some sizes and cosigned before the last."""
    tree = LogTree(folder / "log")
    (folder / "log" / "log.vkeys").write_bytes(write_vkeys(each.verifier for each in log_keys))
    witness = Witness(
        folder / "witness", witness_keys, [each.verifier for each in log_keys], ManualClock(NOW_US)
    )
    for size in sizes:
        tree.append([sha256(b"%d" % number).digest() for number in range(tree.size, size)])
        note = sign_note(Checkpoint(ORIGIN, size, tree.root()).text(), log_keys, NOW_US)
        tree.publish(note)
        if size != sizes[-1]:
            known = witness.size(ORIGIN)
            lines = witness.update(note, tree.consistency(known) if known else [])
            keys = [each.verifier for each in witness_keys]
            tree.add_cosigned(add_signatures(note, lines, keys), keys)
    return folder / "log"


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Six leaves, published at three sizes; one key each, so that every byte can be tried."""
    keys = (
        [generate_signer(ORIGIN, "ed25519", b"1" * 32)],
        [generate_signer("w", "ed25519-cosignature", b"2" * 32)],
    )
    return build(tmp_path_factory.mktemp("small"), (2, 5, 6), *keys)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """600 leaves on three levels, both algorithms everywhere."""
    log_keys = [generate_signer(ORIGIN, kind, b"1" * 32) for kind in ("ed25519", "ml-dsa-44")]
    witness_keys = [generate_signer("w", kind, b"2" * 32) for kind in ("ed25519-cosignature", "ml-dsa-44")]
    return build(tmp_path_factory.mktemp("large"), (200, 520, 600), log_keys, witness_keys)


def look(folder):
    return verify_log(folder, pause=lambda seconds: None)


def files(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def assert_found(folder, path, at, raw, report):
    name = path.relative_to(folder).as_posix()
    assert report.verdict in ("altered", "incomplete"), (name, at)
    named = {each.path for each in report.findings}
    assert name in named, (name, at, report.findings)
    if name.startswith("tile/"):
        assert named == {name}
        place = report.at.removeprefix(f"{name} at ")
        if "byte" in place:
            byte = int(place.rpartition("byte ")[2])
            width = 34 if "entries" in name else 32
            assert byte <= at < byte + width or byte == len(raw), (name, at, report.at)


def test_every_altered_byte_of_a_small_log_is_found(small):
    assert look(small).verdict == "intact"
    tried = 0
    for path in files(small):
        raw = path.read_bytes()
        for at in range(len(raw)):
            spoilt = bytearray(raw)
            spoilt[at] ^= 1 << at % 8
            path.write_bytes(spoilt)
            assert_found(small, path, at, raw, look(small))
            tried += 1
        path.write_bytes(raw)
    assert look(small).verdict == "intact"
    assert tried > 1000


def test_every_file_cut_short_anywhere_is_found(small):
    for path in files(small):
        raw = path.read_bytes()
        for at in range(0, len(raw), 7):
            path.write_bytes(raw[:at])
            report = look(small)
            assert report.verdict in ("altered", "incomplete"), (path, at)
            named = {each.path for each in report.findings}
            # A list of keys that lacks whole lines is in order; the signatures of those keys are not.
            assert path.relative_to(small).as_posix() in named or raw[:at].endswith(b"\n")
        path.write_bytes(raw)


def test_every_missing_file_is_found(small):
    current = {"checkpoint", "log.vkeys", "tile/0/000.p/6", "tile/entries/000.p/6"}
    for path in files(small):
        name, raw = path.relative_to(small).as_posix(), path.read_bytes()
        path.unlink()
        report = look(small)
        if name in current or name.startswith("cosignatures/"):
            assert report.verdict != "intact", name
            assert name in {each.path for each in report.findings}
        else:
            # Partial tiles of earlier trees may go; nothing signed says which of them there were.
            assert report.verdict == "intact", name
        path.write_bytes(raw)


@given(st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_altered_byte_of_a_large_log_is_found(large, data):
    path = data.draw(st.sampled_from(files(large)))
    raw = path.read_bytes()
    at, bits = data.draw(st.integers(0, len(raw) - 1)), data.draw(st.integers(1, 255))
    spoilt = bytearray(raw)
    spoilt[at] ^= bits
    path.write_bytes(spoilt)
    try:
        report = look(large)
        assert_found(large, path, at, raw, report)
    finally:
        path.write_bytes(raw)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_entries_exchanged_between_places_are_found(large, data):
    path = large / "tile/entries/000"
    raw = path.read_bytes()
    one, two = sorted(data.draw(st.lists(st.integers(0, 255), min_size=2, max_size=2, unique=True)))
    entries = [raw[at : at + 34] for at in range(0, len(raw), 34)]
    entries[one], entries[two] = entries[two], entries[one]
    path.write_bytes(b"".join(entries))
    try:
        assert look(large).at == f"tile/entries/000 at leaf {one}, byte {34 * one}"
    finally:
        path.write_bytes(raw)


def test_the_logs_under_test_were_left_as_they_were(small, large, tmp_path):
    for folder in (small, large):
        assert look(folder).verdict == "intact"
    shutil.copytree(large, tmp_path / "copy")
    assert look(tmp_path / "copy").verdict == "intact"
