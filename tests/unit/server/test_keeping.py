"""A centre in a process of its own: what it says reaches those who wait, and neither outlives the other."""

import io
import json
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from synaspis.core.clock import ManualClock, SystemClock
from synaspis.core.errors import Fault, InputError
from synaspis.exchange.store.sqlite_store import SqliteStore
from synaspis.exchange.store.storage import AnotherWrites, StorageError
from synaspis.messages import Refused
from synaspis.server.journal import Journal
from synaspis.server.keeper import END
from synaspis.server.keeping import keep_apart, keep_on_thread
from synaspis.server.line import Line, LineClosed, Report, Request
from synaspis.server.service import Service

SERVE = (
    "import sys; from synaspis.server.service import serve\n"
    "serve(sys.argv[1], port=0, on_listening=lambda host, port: print(port, flush=True))"
)


def replies(line: Line, number: int):
    """The reply to a request."""
    until_s = time.monotonic() + 60
    while time.monotonic() < until_s:
        for report in line.receive(1.0):
            assert isinstance(report, Report)
            for reply in report.replies:
                assert reply.number == number
                return reply
    raise AssertionError("no reply")


def children(number: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{number}/task/{number}/children").read_text().split()]


def is_gone(number: int) -> bool:
    until_s = time.monotonic() + 60
    while time.monotonic() < until_s:
        try:
            if Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("apart", [True, False])
def test_a_keeper_does_what_it_is_asked_and_lets_go_of_the_store(demo_centre, apart):
    journal = Journal(SystemClock(), io.StringIO())
    if apart:
        kept = keep_apart(demo_centre, waits=False)
    else:
        kept = keep_on_thread(demo_centre, clock=SystemClock(), journal=journal, waits=False)
    assert len(kept.ready.public_keys["log"]) == 2
    line = Line(kept.end, keeps=False)
    line.send(Request(7, "checkpoint", ()))
    assert replies(line, 7)[1:] == (None, None)
    line.send(Request(8, "consistency", (3, 5)))
    refused = replies(line, 8).error
    assert isinstance(refused, InputError)
    assert refused.faults
    line.send(Request(9, "proof", ()))  # without what it needs
    assert type(replies(line, 9).error).__name__ == "KeeperFailed"
    line.send(Request(0, END, ()))
    kept.wait()
    with suppress(LineClosed):
        while line.receive(60.0):
            pass
    SqliteStore(demo_centre.store).close()


def test_faults_found_by_the_keeper_are_raised_where_it_was_begun(demo_centre):
    demo_centre.book.write_text("schema: agreements/1\n")
    with pytest.raises(InputError, match="agreements") as here:
        keep_on_thread(
            demo_centre, clock=SystemClock(), journal=Journal(SystemClock(), io.StringIO()), waits=False
        )
    with pytest.raises(InputError, match="agreements") as there:
        keep_apart(demo_centre, waits=False)
    assert there.value.faults == here.value.faults
    assert str(there.value) == str(here.value)


def test_a_store_in_use_is_told_across_processes(demo_centre):
    store = SqliteStore(demo_centre.store)
    with pytest.raises(AnotherWrites, match="the store is in use"):
        keep_apart(demo_centre, waits=False)
    store.close()


def test_a_keeper_ends_with_those_who_began_it(demo_centre):
    kept = keep_apart(demo_centre, waits=False)
    kept.end.close()
    kept.wait()
    SqliteStore(demo_centre.store).close()


def test_a_process_of_its_own_goes_by_the_clock_of_the_machine(demo_centre):
    with pytest.raises(ValueError, match="goes by the clock of the machine"):
        Service(demo_centre, clock=ManualClock(0), apart=True)


@pytest.mark.parametrize("killed", ["connections", "centre"])
def test_neither_process_outlives_the_other(demo_centre, killed, tmp_path):
    journal = tmp_path / "journal"
    with journal.open("wb") as said:
        serving = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(demo_centre.path)], stdout=subprocess.PIPE, stderr=said
        )
    assert serving.stdout is not None
    assert int(serving.stdout.readline())
    (keeper,) = children(serving.pid)
    os.kill(serving.pid if killed == "connections" else keeper, signal.SIGKILL)
    assert serving.wait(60) != 0
    assert is_gone(keeper)
    if killed == "centre":
        events = [json.loads(line)["event"] for line in journal.read_text().splitlines() if line[:1] == "{"]
        assert "keeper-lost" in events
        assert "the process that keeps the centre has ended" in journal.read_text()
    SqliteStore(demo_centre.store).close()


@pytest.mark.parametrize(
    "error",
    [
        InputError([Fault("one", "a", "Do.", "f.yaml", 3), Fault("two")]),
        AnotherWrites(Fault("in use")),
        Refused("replay", Fault("again", "id")),
        StorageError("no room", full=True),
    ],
)
def test_an_error_comes_over_the_line_as_it_was_raised(error):
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)


def test_objects_larger_than_the_buffers_of_the_system_arrive_whole_and_in_order():
    here, there = socket.socketpair()
    one, other = Line(here, keeps=False), Line(there, keeps=True)
    sent = [bytes([number]) * 3_000_000 for number in range(3)]

    def send() -> None:
        for each in sent:
            other.send(each)
        other.close()

    sending = threading.Thread(target=send)
    sending.start()
    found: list[bytes] = []
    while len(found) < len(sent):
        found += one.receive(10.0)
    sending.join()
    assert found == sent
    with pytest.raises(LineClosed):
        one.receive(1.0)


@pytest.mark.parametrize("said", [pickle.dumps(print), b"\xc1", b"\x93\x01\xa4name\x91\xcb" + bytes(8)])
def test_a_keeper_hangs_up_on_what_is_no_request(said):
    here, there = socket.socketpair()
    here.sendall(len(said).to_bytes(8, "big") + said)
    with pytest.raises(LineClosed):
        Line(there, keeps=True).receive(1.0)
    here.close()
