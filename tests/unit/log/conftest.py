"""A small log with two keys and a witness with two keys, at a fixed time."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from synaspis.core.clock import ManualClock
from synaspis.log import (
    Checkpoint,
    LogTree,
    Signer,
    Witness,
    add_signatures,
    generate_signer,
    sign_note,
    write_vkeys,
)

NOW_US = 1_800_000_000_000_000
ORIGIN = "centre.example/log"
LOG_KEYS = tuple(
    generate_signer(ORIGIN, algorithm, bytes([number]) * 32)
    for number, algorithm in enumerate(("ed25519", "ml-dsa-44"))
)
WITNESS_KEYS = tuple(
    generate_signer("partner.example/witness", algorithm, bytes([9, number]) * 16)
    for number, algorithm in enumerate(("ed25519-cosignature", "ml-dsa-44"))
)


def leaves(first: int, end: int) -> list[bytes]:
    """Data of leaves as a centre makes them: 32 bytes that look like chance."""
    return [sha256(b"leaf %d" % number).digest() for number in range(first, end)]


@dataclass
class Made:
    """A log on disk. folder: public one. tree: over it. notes: published, by size."""

    folder: Path
    tree: LogTree
    notes: dict[int, bytes]

    @classmethod
    def at(cls, folder: Path) -> Made:
        """A log without leaves yet, its list of keys in place."""
        tree = LogTree(folder)
        (folder / "log.vkeys").write_bytes(write_vkeys(each.verifier for each in LOG_KEYS))
        return cls(folder, tree, {})

    def grow(self, size: int) -> bytes:
        """Append leaves up to a size and publish."""
        self.tree.append(leaves(self.tree.size, size))
        note = signed(self.tree.size, self.tree.root())
        self.tree.publish(note)
        self.notes[size] = note
        return note

    def cosign(self, witness: Witness) -> bytes:
        """Have the present checkpoint cosigned and keep it."""
        old = witness.size(ORIGIN)
        note = self.notes[self.tree.size]
        lines = witness.update(note, self.tree.consistency(old) if old else [])
        keys = [each.verifier for each in WITNESS_KEYS]
        self.tree.add_cosigned(add_signatures(note, lines, keys), keys)
        return lines


def signed(size: int, root: bytes, signers: tuple[Signer, ...] = LOG_KEYS) -> bytes:
    """A checkpoint of the log."""
    return sign_note(Checkpoint(ORIGIN, size, root).text(), signers, NOW_US)


@pytest.fixture
def made(tmp_path) -> Made:
    """A log without leaves yet, its list of keys in place."""
    return Made.at(tmp_path / "log")


@pytest.fixture
def witness(tmp_path) -> Witness:
    """A witness of that log."""
    keys = [each.verifier for each in LOG_KEYS]
    return Witness(tmp_path / "witness", WITNESS_KEYS, keys, ManualClock(NOW_US))


@pytest.fixture(scope="session")
def kit():
    """What tests build logs by hand with."""
    return Kit


class Kit:
    """The names above, for tests, which cannot import this file."""

    Made = Made
    NOW_US = NOW_US
    ORIGIN = ORIGIN
    LOG_KEYS = LOG_KEYS
    WITNESS_KEYS = WITNESS_KEYS
    leaves = staticmethod(leaves)
    signed = staticmethod(signed)
