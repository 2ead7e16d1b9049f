"""Links and sessions: once, for a time, and of no use to who reads the disk."""

import stat
from pathlib import Path

import pytest

from synaspis.core.clock import SECOND_US, ManualClock
from synaspis.server.cells.access import SESSION_US, TICKET_US, Access, Pass, name_fault

GIVEN = Pass("de", "nation", "Jane Doe", ("de",))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(1_000 * SECOND_US)


@pytest.fixture
def access(tmp_path: Path, clock: ManualClock) -> Access:
    return Access(tmp_path / "access.sqlite", clock)


def test_a_link_works_once(access: Access) -> None:
    ticket, _ = access.issue(GIVEN)
    found = access.redeem(ticket)
    assert found is not None
    assert found[1].given == GIVEN
    assert access.redeem(ticket) is None


def test_a_link_ends_after_an_hour(access: Access, clock: ManualClock) -> None:
    ticket, until_us = access.issue(GIVEN)
    assert until_us == clock.now_us() + 3_600 * SECOND_US
    clock.advance(TICKET_US)
    assert access.redeem(ticket) is None


def test_a_session_ends_after_eight_hours(access: Access, clock: ManualClock) -> None:
    found = access.redeem(access.issue(GIVEN)[0])
    assert found is not None
    secret, session = found
    clock.advance(SESSION_US - 1)
    assert access.find(secret) == session
    clock.advance(1)
    assert access.find(secret) is None
    assert access.sessions() == []


def test_what_opens_a_session_does_not_stand_on_the_disk(tmp_path: Path, clock: ManualClock) -> None:
    path = tmp_path / "access.sqlite"
    access = Access(path, clock)
    ticket, _ = access.issue(GIVEN)
    other, _ = access.issue(GIVEN)
    found = access.redeem(other)
    assert found is not None
    access.close()
    raw = path.read_bytes()
    assert b"Jane Doe" in raw
    for secret in (ticket, found[0]):
        assert secret.encode() not in raw
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_sessions_survive_a_restart(tmp_path: Path, clock: ManualClock) -> None:
    first = Access(tmp_path / "access.sqlite", clock)
    found = first.redeem(first.issue(GIVEN)[0])
    assert found is not None
    first.close()
    assert Access(tmp_path / "access.sqlite", clock).find(found[0]) == found[1]


def test_a_session_can_be_ended_and_named_by_its_id_which_opens_nothing(access: Access) -> None:
    found = access.redeem(access.issue(GIVEN)[0])
    assert found is not None
    secret, session = found
    assert access.find(session.id) is None
    assert access.rename(session, "John Roe").given.name == "John Roe"
    again = access.find(secret)
    assert again is not None
    assert again.given.name == "John Roe"
    assert access.end(session.id)
    assert access.find(secret) is None
    assert not access.end(session.id)


@pytest.mark.parametrize("name", ["", "  ", "a" * 81, "a\nb", "\x1b[31m", 7, None])
def test_what_is_no_name_is_said(name: object) -> None:
    fault = name_fault(name)
    assert fault is not None
    assert fault.what == "this is no name"
