"""Who runs the parts: order, bounds, errors, and an end of the workers whatever happens.

Tasks are functions of the standard library, which every process can load.
"""

import operator
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from multiprocessing import active_children

import pytest
from distributed import LocalCluster

from synaspis.analyses.running import PooledMapper, dask_mapper, local_mapper
from synaspis.core.errors import InputError, SynaspisError


def threads(in_flight: int) -> PooledMapper:
    return PooledMapper(
        lambda: ThreadPoolExecutor(4),
        in_flight,
        close=lambda executor: executor.shutdown(),
        explain=lambda error: None,
    )


@pytest.fixture(scope="module")
def cluster():
    with LocalCluster(n_workers=1, threads_per_worker=2, processes=True, dashboard_address=":0") as cluster:
        yield cluster


def test_results_come_in_the_order_of_the_items_although_later_ones_are_finished_first():
    last = threading.Event()

    def task(item: int) -> int:
        assert last.wait(60.0) if item == 0 else not last.is_set()
        if item == 2:
            last.set()
        return item

    with threads(4) as mapper:
        assert list(mapper(task, [0, 1, 2])) == [0, 1, 2]


def test_finished_items_come_at_once_with_their_number():
    begin = {item: threading.Event() for item in "abc"}

    def task(item: str) -> str:
        assert begin[item].wait(60.0)
        return item.upper()

    with threads(4) as mapper:
        results = mapper.as_completed(task, "abc")
        for number, item in ((1, "b"), (2, "c"), (0, "a")):
            begin[item].set()
            assert next(results) == (number, item.upper())
        assert list(results) == []


@pytest.mark.parametrize("way", ["in order", "as completed"])
def test_no_more_tasks_are_handed_out_than_may_be_in_flight(way):
    running, most, lock = 0, 0, threading.Lock()
    pulled = count()

    def task(_item: int) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.002)
        with lock:
            running -= 1

    with threads(3) as mapper:
        items = (next(pulled) for _ in range(40))
        results = mapper(task, items) if way == "in order" else mapper.as_completed(task, items)
        next(results)
        assert next(pulled) <= 4  # an endless stream of items would do: it is read as it is needed
        assert sum(1 for _ in results) == 39
    assert 1 < most <= 3


def test_processes_of_this_machine_give_what_the_builtin_gives():
    with local_mapper(2) as mapper:
        assert list(mapper(operator.neg, range(20))) == list(map(operator.neg, range(20)))
        assert dict(mapper.as_completed(operator.neg, range(20))) == {n: -n for n in range(20)}


def test_the_error_of_a_task_comes_through_as_it_was():
    with local_mapper(1) as mapper, pytest.raises(ZeroDivisionError, match="division by zero"):
        list(mapper((1).__truediv__, [1, 0]))


def test_a_lost_process_is_said_in_words():
    with (
        local_mapper(1) as mapper,
        pytest.raises(SynaspisError, match="worker process ended before its part"),
    ):
        list(mapper(os._exit, [3]))


def test_processes_end_with_the_mapper_although_a_task_still_runs():
    mapper = local_mapper(1)
    results = mapper.as_completed(time.sleep, [0.0, 600.0])
    next(results)
    workers = active_children()
    assert workers
    mapper.close()
    for worker in workers:
        worker.join(60.0)
        assert not worker.is_alive()


def test_processes_end_after_the_program_that_started_them_was_killed(tmp_path):
    program = (
        "import time\n"
        "from synaspis.analyses.running import local_mapper\n"
        "if __name__ == '__main__':\n"
        "    tasks = ['__import__(\"os\").getpid()', '__import__(\"time\").sleep(600)']\n"
        "    results = local_mapper(1)(eval, tasks)\n"
        "    print(next(results), flush=True)\n"
        "    time.sleep(600)\n"
    )
    script = tmp_path / "program.py"
    script.write_text(program, "utf-8")
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        os.kill(worker, 0)
        parent.send_signal(signal.SIGKILL)
    for _ in range(600):
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    pytest.fail("the worker outlived its parent by a minute")


@pytest.mark.parametrize("processes", [0, -1, 257])
def test_a_number_of_processes_that_cannot_be_is_refused(processes):
    with pytest.raises(InputError, match=rf"--processes: {processes} processes; 1 to 256 are allowed"):
        local_mapper(processes)


def test_the_workers_of_a_scheduler_give_what_the_builtin_gives(cluster):
    with dask_mapper(cluster.scheduler_address) as mapper:
        assert list(mapper(operator.neg, range(20))) == list(map(operator.neg, range(20)))
        assert dict(mapper.as_completed(operator.neg, range(20))) == {n: -n for n in range(20)}


def test_a_worker_runs_one_part_at_a_time_although_it_has_more_threads(cluster):
    begin = time.monotonic()
    with dask_mapper(cluster.scheduler_address) as mapper:
        list(mapper(time.sleep, [0.3, 0.3]))
    assert time.monotonic() - begin >= 0.6


def test_the_error_of_a_task_on_a_scheduler_comes_through_as_it_was(cluster):
    with (
        dask_mapper(cluster.scheduler_address) as mapper,
        pytest.raises(ZeroDivisionError, match="division by zero"),
    ):
        list(mapper((1).__truediv__, [1, 0]))


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("tcp://127.0.0.1:1", "cannot be reached: Timed out"),
        ("nonsense", "cannot be reached: missing port number"),
        ("ftp://127.0.0.1:1", "cannot be reached: unknown address scheme 'ftp'"),
    ],
)
def test_a_scheduler_that_cannot_be_reached_is_said_in_words(address, reason, monkeypatch):
    monkeypatch.setattr("synaspis.analyses.running._pools.CONNECT_S", 0.5)
    with pytest.raises(
        InputError, match=rf"--scheduler: the scheduler {address} {reason}.*Check the address"
    ):
        dask_mapper(address)


def test_an_unusable_address_leaves_no_client_that_ends_in_a_stack_trace(monkeypatch):
    """A client that never had an address waits 20 s for itself when it is thrown away, and says so."""
    made = []
    monkeypatch.setattr("distributed.Client", lambda *given, **named: made.append(given))
    with pytest.raises(InputError, match="missing port number"):
        dask_mapper("nonsense")
    assert not made


def test_a_scheduler_without_workers_is_said_in_words(monkeypatch):
    monkeypatch.setattr("synaspis.analyses.running._pools.WORKERS_S", 0.5)
    with (
        LocalCluster(n_workers=0, processes=True, dashboard_address=":0") as empty,
        pytest.raises(InputError, match=r"has no worker\. Start one with `dask worker ADDRESS`"),
    ):
        dask_mapper(empty.scheduler_address)


def test_a_worker_with_another_program_is_refused(cluster, monkeypatch):
    monkeypatch.setattr("synaspis.analyses.running._pools.program_digest", os.getpid)
    with pytest.raises(InputError, match=r"has another version of synaspis or of what it rests on"):
        dask_mapper(cluster.scheduler_address)


def test_without_the_packages_a_scheduler_is_refused_with_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(
        InputError, match=r"are not installed\. Install them with `pip install 'synaspis\[scale\]'"
    ):
        dask_mapper("tcp://127.0.0.1:1")
