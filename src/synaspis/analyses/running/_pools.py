"""Pools of workers: processes of this machine, and the workers of a Dask scheduler.

A worker computes one part at a time. Kernels run on several threads within it and give the same bits on any
number of threads, so the results do not depend on the number of workers either.
"""

from __future__ import annotations

import copyreg
import os
import signal
import threading
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from types import MappingProxyType
from typing import Any, Final

from synaspis import _version
from synaspis.analyses.running._mapper import PooledMapper
from synaspis.analyses.running._parts import program_digest
from synaspis.core.errors import Fault, InputError, SynaspisError

PROCESSES_MAX: Final = 256
CONNECT_S: Final = 10.0
WORKERS_S: Final = 10.0
"""How long a scheduler may take to answer, and its first worker to come."""

_one_at_a_time = threading.Lock()


def _proxy(content: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(content)


# Checked documents hold read-only mappings, which Python cannot pickle by itself.
copyreg.pickle(MappingProxyType, lambda proxy: (_proxy, (dict(proxy),)))


def local_mapper(processes: int) -> PooledMapper[_Processes]:
    """Mapper on processes of this machine, started when they are first needed.

    processes: 1 to 256. The cores are divided among them. The processes end with the mapper, or with the
    program that started them, however that ended.
    Raises InputError for another number. A worker that dies raises SynaspisError where its result is asked
    for.
    """
    if not 1 <= processes <= PROCESSES_MAX:
        raise InputError(
            Fault(
                f"{processes} processes; 1 to {PROCESSES_MAX} are allowed",
                remedy="One for each core is usual.",
                source="--processes",
            )
        )
    return PooledMapper(
        lambda: _Processes(processes), 2 * processes, close=_Processes.end, explain=_explain_process
    )


class _Processes(ProcessPoolExecutor):
    """Processes that end when their end of a pipe says so: at `end`, or when this process is no more."""

    def __init__(self, processes: int) -> None:
        context = get_context("spawn")  # a fork of a process with threads may hang
        self._heard, self._held = context.Pipe(duplex=False)
        threads = max(1, (os.cpu_count() or 1) // processes)
        super().__init__(processes, context, initializer=_begin, initargs=(threads, self._heard))

    def end(self) -> None:
        """End the processes at once, whatever they do."""
        self._held.close()
        self.shutdown(wait=False, cancel_futures=True)
        self._heard.close()


def _begin(threads: int, heard: Connection) -> None:
    """Prepare a worker process: its share of the cores, no part in Ctrl-C, an end with its parent's."""
    os.environ["NUMBA_NUM_THREADS"] = str(threads)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_watch, args=(heard,), daemon=True).start()


def _watch(heard: Connection) -> None:
    # Nothing is ever sent: the pipe becomes readable when its other end is closed.
    wait([heard])
    os._exit(0)


def _explain_process(error: BaseException) -> Exception | None:
    if isinstance(error, BrokenExecutor):
        return SynaspisError(
            "a worker process ended before its part was done, for want of memory perhaps; what was finished "
            "is kept: run it again with --resume, with fewer --processes"
        )
    return None


def dask_mapper(address: str) -> PooledMapper[_Serial]:
    """Mapper on the workers of a Dask scheduler.

    address: such as ``tcp://10.0.0.5:8786`` or ``tls://...``. The scheduler hands a part to another worker if
    one is lost. Raises InputError if Dask is not installed, the scheduler does not answer within 10 s or has
    no worker, or a worker has another version of this program.
    """
    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        raise InputError(
            Fault(
                "a scheduler needs the packages dask and distributed, which are not installed",
                remedy="Install them with `pip install 'synaspis[scale]'`, or leave --scheduler out.",
                source="--scheduler",
            )
        ) from None
    try:
        # Before there is a client: one with an unusable address would end in a stack trace of its own.
        import_module("distributed.comm").get_address_host_port(address)
        client: Any = distributed.Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        reason = str(error).split("\n", 1)[0]
        raise _unusable(
            address, f"cannot be reached: {reason}", "Check the address and that it runs."
        ) from None
    try:
        cores = _cores(client, address)
    except BaseException:
        client.close()
        raise

    def close(executor: _Serial) -> None:
        executor.shutdown(wait=False)
        client.close()

    return PooledMapper(
        lambda: _Serial(client.get_executor(pure=False)), 2 * cores, close=close, explain=_explain_dask
    )


def _cores(client: Any, address: str) -> int:
    """Number of workers, after it is known that each can do the work."""
    try:
        client.wait_for_workers(1, timeout=WORKERS_S)
    except TimeoutError:
        raise _unusable(address, "has no worker", "Start one with `dask worker ADDRESS`.") from None
    programs = client.run(program_digest, on_error="return")
    for worker, found in programs.items():
        if found != program_digest():
            what = f"the worker {worker} has another version of synaspis or of what it rests on"
            if isinstance(found, BaseException):
                what = f"the worker {worker} cannot load synaspis: {found}"
            remedy = f"Install {_version.VERSION} there, with the same packages."
            raise InputError(Fault(what, remedy=remedy, source="--scheduler"))
    return len(programs)


def _unusable(address: str, what: str, remedy: str) -> InputError:
    return InputError(Fault(f"the scheduler {address} {what}", remedy=remedy, source="--scheduler"))


class _Serial(Executor):
    """An executor whose tasks run one at a time in each worker process: kernels use all its threads."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def submit(self, function: Any, /, *arguments: Any, **named: Any) -> Any:
        """Hand a task to the scheduler."""
        return self._inner.submit(_alone, function, *arguments, **named)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Give up what has not been done."""
        self._inner.shutdown(wait=wait)


def _alone(function: Any, *arguments: Any, **named: Any) -> Any:
    with _one_at_a_time:
        return function(*arguments, **named)


def _explain_dask(error: BaseException) -> Exception | None:
    """An error of the scheduler or its workers in words; errors of a task are told apart by their module."""
    if type(error).__module__.split(".")[0] in {"distributed", "dask", "tornado"} or isinstance(
        error, OSError
    ):
        return SynaspisError(
            f"the scheduler lost a part: {error}; what was finished is kept: run it again with --resume"
        )
    return None
