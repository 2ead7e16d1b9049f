"""Timing on a machine that others use too: wait for a quiet moment, and note what others did meanwhile.

The variable BENCH_PATIENCE_S says how long each benchmark may wait for other work below 5 %; 0 by default.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pytest_benchmark.fixture import BenchmarkFixture

Answer = TypeVar("Answer")
CORES = os.cpu_count() or 1
STATISTICS = Path("/proc/stat")
QUIET = 0.05


class Clocks(NamedTuple):
    """Seconds since some moment: of the day, of this process and its children, of all that all cores did."""

    wall: float
    own: float
    all_cores: float

    @classmethod
    def now(cls) -> Clocks:
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        own = sum(each.ru_utime + each.ru_stime for each in used)
        tick = os.sysconf("SC_CLK_TCK")
        for child in multiprocessing.active_children():  # not counted above while they live
            fields = Path(f"/proc/{child.pid}/stat").read_text().rsplit(")", 1)[1].split()
            own += (int(fields[11]) + int(fields[12])) / tick
        # user nice system idle iowait irq softirq steal: waiting is no work; what the host takes away is.
        ticks = [int(word) for word in STATISTICS.read_text().split(maxsplit=9)[1:9]]
        return cls(time.monotonic(), own, (sum(ticks) - ticks[3] - ticks[4]) / tick)

    def other_work(self, since: Clocks) -> float:
        """Share of all cores that went to other work since then."""
        spare = (self.all_cores - since.all_cores) - (self.own - since.own)
        return max(0.0, spare / (self.wall - since.wall) / CORES)


def wait_until_quiet() -> None:
    """Return after one second with little other work, or when patience ends."""
    end = time.monotonic() + float(os.environ.get("BENCH_PATIENCE_S", "0"))
    while time.monotonic() < end:
        begun = Clocks.now()
        time.sleep(1.0)
        if Clocks.now().other_work(begun) < QUIET:
            return


class Timed:
    """A benchmark of one function; `note` holds what the tables need."""

    def __init__(self, benchmark: BenchmarkFixture) -> None:
        self.benchmark = benchmark
        self.note: dict[str, Any] = benchmark.extra_info

    def __call__(self, function: Callable[..., Answer], *arguments: Any, rounds: int | None = None) -> Answer:
        """Run once, then in rounds (for about two seconds if not given); returns the last answer."""
        begin = time.perf_counter()
        function(*arguments)
        if rounds is None:
            rounds = min(200, max(9, int(2.0 / (time.perf_counter() - begin))))
        if not STATISTICS.exists():
            return self.benchmark.pedantic(function, arguments, rounds=rounds)
        wait_until_quiet()
        begun = Clocks.now()
        answer = self.benchmark.pedantic(function, arguments, rounds=rounds)
        self.note["other_work"] = Clocks.now().other_work(begun)
        return answer
