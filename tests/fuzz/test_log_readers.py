"""What a log, a witness or a proof consists of, from whoever it comes."""

import shutil
import tempfile
from pathlib import Path

from synaspis.core.clock import ManualClock
from synaspis.core.errors import InputError
from synaspis.log import (
    Checkpoint,
    LogDamaged,
    LogTree,
    Witness,
    add_signatures,
    generate_signer,
    leaf_hash,
    open_note,
    read_proof,
    read_vkeys,
    sign_note,
    verifier,
    verify_log,
    verify_proof,
    write_proof,
    write_vkeys,
)
from synaspis.log.note import read_signatures
from synaspis.log.tiles import Tile, read_entries, write_entries
from synaspis.log.tree import verify_consistency, verify_inclusion
from synaspis.log.witness import read_request, write_request

LEAVES = [b"%032d" % number for number in range(300)]
SIGNERS = [
    generate_signer("example.org/log", algorithm, bytes([number] * 32))
    for number, algorithm in enumerate(("ed25519", "ml-dsa-44"))
]
WITNESS = generate_signer("example.org/witness", "ed25519-cosignature", bytes([7] * 32))
KEYS = [each.verifier for each in SIGNERS]
KEPT = tempfile.TemporaryDirectory(prefix="synaspis-fuzz-log-")  # until the program ends
FOLDER = Path(KEPT.name)


def log() -> Path:
    """A log of 300 leaves on disk, made once."""
    place = FOLDER / "whole"
    if not place.exists():
        tree = LogTree(place)
        for size in (100, 300):
            tree.append(LEAVES[tree.size : size])
            text = Checkpoint("example.org/log", size, tree.root()).text()
            tree.publish(sign_note(text, SIGNERS, 1_700_000_000_000_000))
        (place / "log.vkeys").write_bytes(write_vkeys(KEYS))
    return place


def note() -> bytes:
    return (log() / "checkpoint").read_bytes()


def proof() -> bytes:
    tree = LogTree(log())
    return write_proof(17, tree.inclusion(17, 300), note(), b"extra")


def open_any(data: bytes) -> None:
    opened = open_note(data, KEYS)
    assert opened.names == ("example.org/log",)


def cosignature() -> bytes:
    text = open_note(note(), KEYS).text
    return sign_note(text, [WITNESS], 1_700_000_001_000_000)[len(text) + 1 :]


def read_any_proof(data: bytes) -> None:
    found = read_proof(data)
    assert read_proof(write_proof(found.leaf_index, found.path, found.note, found.extra)) == found
    verify_proof(data, leaf_hash(LEAVES[17]), KEYS, [WITNESS.verifier])


def request() -> list[bytes]:
    tree = LogTree(log())
    return [write_request(0, [], note()), write_request(100, tree.consistency(100, 300), note())]


def ask_witness(data: bytes) -> None:
    read_request(data)
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        Witness(folder, WITNESS, KEYS, ManualClock(1_700_000_000_000_000)).add_checkpoint(data)


def read_bundle(data: bytes) -> None:
    entries, offsets, left = read_entries(data)
    assert len(entries) == len(offsets)
    assert write_entries(entries) == data[: len(data) - left]


def paths() -> list[bytes]:
    return [
        b"tile/0/000", b"tile/entries/x001/234.p/17", b"tile/7/x999/x999/999", b"../../etc/passwd",
        "tile/0/\u0660\u0661\u0662".encode(),
    ]  # fmt: skip


def read_path(data: bytes) -> None:
    tile = Tile.parse(data.decode())
    assert tile.path() == data.decode()
    assert ".." not in tile.path()


def changes() -> list[bytes]:
    """Which file, which byte, what instead: changes to a log on disk."""
    return [b"", bytes([0, 0, 10, 65]), bytes([1, 0, 0, 0, 2, 0, 1, 255]), bytes([3, 255, 0, 0])]


def verify_changed(data: bytes) -> None:
    with tempfile.TemporaryDirectory(dir=FOLDER) as parent:
        place = Path(parent) / "log"
        shutil.copytree(log(), place)
        files = sorted(path for path in place.rglob("*") if path.is_file())
        before = {path: path.read_bytes() for path in files}
        for at in range(0, len(data) - 3, 4):
            path, where, what = files[data[at] % len(files)], data[at + 1] * 256 + data[at + 2], data[at + 3]
            raw = bytearray(path.read_bytes())
            match what % 4:
                case 0:
                    del raw[where:]
                case 1:
                    raw[where:where] = bytes([what]) * (what // 4)
                case _ if raw:
                    raw[where % len(raw)] ^= what
            path.write_bytes(raw)
        report = verify_log(place, [each.vkey for each in KEYS], pause=lambda _: None)
        whole = {path: path.read_bytes() for path in files} == before
        assert (report.verdict == "intact") == whole, report.detail
        # A log that opens its own folder refuses it or is as large as it says.
        assert LogTree(place).size in range(301)


def check_paths(data: bytes) -> None:
    """The two functions that everything rests on, fed with numbers and hashes of any kind."""
    size, index = int.from_bytes(data[:8], "big"), int.from_bytes(data[8:16], "big")
    path = [data[at : at + 32] for at in range(16, len(data), 32)]
    root = leaf_hash(data)
    assert not verify_inclusion(leaf_hash(b"x"), index, size, path, root)
    assert not verify_consistency(index, size, leaf_hash(b"x"), root, path) or index == 0


TARGETS = {
    "note": (open_any, lambda: [note()], (InputError,)),
    "signatures": (lambda data: read_signatures(data), lambda: [cosignature()], (InputError,)),
    "cosignatures": (
        lambda data: add_signatures(note(), data, [WITNESS.verifier]),
        lambda: [cosignature()],
        (InputError,),
    ),
    "checkpoint": (
        lambda data: Checkpoint.parse(data.decode()),
        lambda: [open_note(note(), KEYS).text.encode()],
        (InputError, UnicodeDecodeError),
    ),
    "proof": (read_any_proof, lambda: [proof()], (InputError,)),
    "verifier-key": (
        lambda data: verifier(data.decode()),
        lambda: [key.vkey.encode() for key in (*KEYS, WITNESS.verifier)],
        (InputError, UnicodeDecodeError),
    ),
    "verifier-keys": (read_vkeys, lambda: [write_vkeys(KEYS)], (InputError,)),
    "witness-request": (ask_witness, request, (InputError,)),
    "tile-path": (read_path, paths, (InputError, UnicodeDecodeError)),
    "entry-bundle": (read_bundle, lambda: [write_entries(LEAVES[:3])], (InputError,)),
    "tree-proofs": (check_paths, lambda: [bytes(16), bytes(range(80))], ()),
    "log-folder": (verify_changed, changes, (LogDamaged,)),
}


def test_what_a_log_shows_is_verified_or_refused_whatever_it_is(sound):
    sound(__file__)
