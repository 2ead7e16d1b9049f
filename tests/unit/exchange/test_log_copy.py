"""The copy of the public log at a mirror: it follows the store, and contradicts whoever changes it."""

from pathlib import Path

import psycopg
import pytest

from synaspis.agreement import load_book
from synaspis.core.clock import SECOND_US, from_rfc3339
from synaspis.core.errors import InputError
from synaspis.exchange.log_copy import Contradiction, LogCopy
from synaspis.exchange.rehearsal import Line, Rehearsal
from synaspis.exchange.store.postgres_store import PostgresStore
from synaspis.log import generate_signer, sign_note, verify_log
from synaspis.messages import Text

START_US = from_rfc3339("2026-11-22T06:00:00Z")
BOOK = load_book("demo")


class Pair:
    """A centre on a database, and a copy of its log."""

    def __init__(self, database: str, folder: Path) -> None:
        self.database, self.folder = database, folder
        self.store = PostgresStore(database)
        self.centre = Rehearsal(BOOK, START_US, folder / "centre", store=self.store)
        self.reader = PostgresStore(database, writes=False)
        self.at_us = START_US

    def grow(self) -> None:
        self.at_us += SECOND_US
        label = BOOK.default_label()
        self.centre.play(
            [Line("alpha", Text(text="x"), label, self.at_us, self.at_us)], self.at_us + SECOND_US
        )
        self.at_us += SECOND_US
        assert self.centre.centre.seal() is not None

    @property
    def keys(self):
        return [signer.verifier for signer in self.centre.centre_keys.log]

    def copy(self) -> LogCopy:
        return LogCopy(self.folder / "copy", self.reader, self.keys)

    def change(self, query: str) -> None:
        with psycopg.connect(self.database, autocommit=True) as link:
            link.execute(f"SET search_path = synaspis; {query}".encode())

    def close(self) -> None:
        self.store.close()
        self.reader.close()


@pytest.fixture
def pair(database, tmp_path):
    made = Pair(database, tmp_path)
    yield made
    made.close()


def test_copy_follows_seal_by_seal_and_verifies(pair):
    copy = pair.copy()
    assert (copy.size, copy.checkpoint(), copy.follow()) == (0, None, False)
    for number in (1, 2, 3):
        pair.grow()
        assert copy.size == 64 * (number - 1)
        assert copy.follow()
        assert not copy.follow()
        assert (copy.size, copy.checkpoint()) == (64 * number, pair.centre.centre.checkpoint())
    for first in (1, 64, 100):
        assert copy.consistency(first, 192) == pair.centre.centre.consistency(first, 192)
    vkeys = [key.vkey for key in pair.keys]
    assert verify_log(pair.folder / "copy", vkeys).verdict == "intact"
    again = pair.copy()  # a restart goes on with the files
    pair.grow()
    assert again.follow()
    assert verify_log(pair.folder / "copy", vkeys).size == 256


def test_leaf_that_is_sealed_beyond_the_copy_has_no_proof_here_yet(pair):
    pair.grow()
    copy = pair.copy()
    pair.grow()
    leaf = pair.store._rows("SELECT hash FROM leaf WHERE position = 100")[0][0]
    assert copy.proof(leaf) is None
    copy.follow()
    assert copy.proof(leaf) == pair.centre.centre.proof(leaf) is not None


def test_checkpoint_that_is_not_signed_by_every_key_of_the_log_is_not_shown(pair):
    pair.grow()
    copy = pair.copy()
    pair.grow()
    seal = pair.store.last_seal()
    text = seal.note.decode().partition("\n\n")[0] + "\n"
    own = pair.centre.centre_keys.log
    stranger = generate_signer(own[0].name, "ed25519")
    for signers, missing in ((own[:1], "ml-dsa-44"), (own[1:], "ed25519"), ([stranger], "ed25519")):
        note = sign_note(text, signers).hex()
        pair.change(f"UPDATE seal SET note = '\\x{note}' WHERE number = 2")
        with pytest.raises(
            Contradiction, match=rf"size 128 in the store is not signed with .* {missing} key"
        ):
            copy.follow()
        with pytest.raises(Contradiction, match="not signed with the log's"):
            pair.copy()
    assert copy.size == 64


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("DELETE FROM seal WHERE number = 2", "it ends at 64 leaves, the log at 128"),
        ("DELETE FROM seal", "another checkpoint in the place of the last one"),
        (
            "UPDATE seal SET note = note || 'x' WHERE number = 2",
            "another checkpoint in the place of the last",
        ),
    ],
)
def test_store_that_was_set_back_contradicts_what_was_published(pair, change: str, message: str):
    pair.grow()
    pair.grow()
    copy = pair.copy()
    assert copy.size == 128
    pair.change(change)
    with pytest.raises(Contradiction, match=rf"the published log is not that of the store: .*{message}"):
        copy.follow()


def test_leaves_that_were_changed_contradict_the_signed_checkpoint(pair):
    copy = pair.copy()
    pair.grow()
    pair.change("UPDATE leaf SET data = sha256('other') WHERE position = 7")
    with pytest.raises(Contradiction, match="does not belong to this tree of size 64"):
        copy.follow()
    with pytest.raises(InputError, match="the published log is not that of the store"):
        pair.copy()


def test_disk_that_refuses_leaves_the_former_checkpoint_and_is_tried_again(pair, monkeypatch):
    pair.grow()
    copy = pair.copy()
    former = copy.checkpoint()
    pair.grow()

    def refuse(_note):
        raise InputError("no room")

    with monkeypatch.context() as patched:
        patched.setattr(copy._tree, "publish", refuse)
        with pytest.raises(InputError, match="no room"):
            copy.follow()
        assert (copy.size, copy.checkpoint()) == (64, former)
    assert copy.follow()
    assert copy.checkpoint() == pair.centre.centre.checkpoint()
