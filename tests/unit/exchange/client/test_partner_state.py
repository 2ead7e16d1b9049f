from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest

from synaspis.core.errors import InputError, SynaspisError
from synaspis.exchange.client.partner_state import PartnerState, StoredEvent


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.sqlite"


def event(counter: int) -> StoredEvent:
    return StoredEvent(counter, "notice", "00" * 32, b"{}", 7, f"leaf {counter}")


def test_the_file_is_for_its_owner_alone(path: Path):
    PartnerState(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_kept_is_there_after_a_new_start(path: Path):
    state = PartnerState(path)
    state.remember_sending("id", "digest", b"envelope", 1)
    state.remember_events([(event(1), "submission 1"), (event(2), None)])
    state.mark_handled(1)
    state.remember_evidence(5, "two roots", b"a", b"b")
    # No `close`: as after a crash of the process.
    again = PartnerState(path)
    assert [each.id for each in again.unanswered()] == ["id"]
    assert [each.counter for each in again.events()] == [1, 2]
    assert (again.last_counter(), again.handled()) == (2, 1)
    assert [each.what for each in again.evidence()] == ["two roots"]
    assert {each.leaf for each in again.unproven()} == {"leaf 1", "leaf 2", "submission 1"}


def test_events_are_kept_all_or_none(path: Path):
    state = PartnerState(path)
    broken = StoredEvent(2, "notice", None, b"{}", 7, "leaf")  # type: ignore[arg-type]

    def events():
        yield event(1), None
        yield broken, None
        raise RuntimeError("the machine went down")

    with pytest.raises((sqlite3.IntegrityError, RuntimeError)):
        state.remember_events(events())
    assert state.last_counter() == 0
    state.remember_events([(event(1), None)])
    assert state.last_counter() == 1


def test_a_full_disk_is_said_and_leaves_what_was_there(path: Path):
    """A limit on the pages of the file stands for the end of the disk."""
    state = PartnerState(path)
    state.remember_events([(event(1), None)])
    (pages,) = state._base.execute("PRAGMA page_count").fetchone()
    state._base.execute(f"PRAGMA max_page_count = {pages}")
    big = StoredEvent(3, "notice", "00" * 32, bytes(100_000), 7, "leaf 3")
    with pytest.raises(SynaspisError, match=r"database or disk is full. Make room and call again"):
        state.remember_events([(event(2), None), (big, None)])
    assert state.last_counter() == 1
    state._base.execute("PRAGMA max_page_count = 100000")
    state.remember_events([(event(2), None), (big, None)])
    assert state.last_counter() == 3


def test_the_first_answer_counts(path: Path):
    state = PartnerState(path)
    state.remember_sending("id", "digest", b"envelope", 1)
    state.remember_answer("digest", b"first", "receipt", 2, "leaf")
    state.remember_answer("digest", b"second", "refusal", 3, None)
    (sent,) = state.sent()
    assert (sent.answer, sent.outcome, sent.leaf) == (b"first", "receipt", "leaf")


def test_what_was_handled_never_goes_back(path: Path):
    state = PartnerState(path)
    state.mark_handled(5)
    state.mark_handled(3)
    assert state.handled() == 5


def test_a_proof_settles_what_is_owed(path: Path):
    state = PartnerState(path)
    state.remember_events([(event(1), "submission")])
    state.remember_proofs((owed, f"proof of {owed.leaf}") for owed in state.unproven())
    assert state.unproven() == []
    assert sorted(state.proofs()) == [
        ("leaf 1", "proof of leaf 1", "release of event 1"),
        ("submission", "proof of submission", "submission behind event 1"),
    ]


def test_two_processes_with_one_kit_do_not_disturb_each_other(path: Path):
    one, two = PartnerState(path), PartnerState(path)
    one.remember_events([(event(1), None)])
    two.remember_events([(event(1), None), (event(2), None)])
    one.remember_keys({"bb": bytes(32)}, 5)
    two.remember_keys({"bb": bytes(32)}, 4)
    assert [each.counter for each in one.events()] == [1, 2]
    assert one.known_keys() == [("bb", bytes(32), 5)]


def test_a_file_of_another_kind_or_version_is_refused(path: Path):
    path.write_bytes(b"this is no database, but long enough to be looked at as one" * 40)
    with pytest.raises(InputError, match=r"not a partner's state: .* Move it away: the client fetches"):
        PartnerState(path)
    path.unlink()
    PartnerState(path).close()
    with sqlite3.connect(path) as base:
        base.execute("PRAGMA user_version = 9")
    base.close()
    with pytest.raises(InputError, match="version 9, this program knows 1"):
        PartnerState(path)
