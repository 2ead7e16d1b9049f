"""A centre in a process of its own, as an operator starts it, and what it takes of the machine."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from workload import Crowd

from synaspis.core.clock import SystemClock
from synaspis.server import Founding, init_centre

TICK = os.sysconf("SC_CLK_TCK")


def found(folder: Path, crowd: Crowd) -> int:
    """Make the data folder of a centre; returns the port that it will listen on."""
    book = folder.parent / "agreements.yaml"
    book.write_text(json.dumps(crowd.book()), "utf-8")  # JSON is YAML
    port = free_port()
    founding = Founding("Load", "load.example/centre", ("localhost",), book, port=port)
    init_centre(folder, crowd.names, founding, SystemClock())
    return port


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(port: int, seconds: float = 60.0, still: Callable[[], bool] = lambda: True) -> bool:
    """Return whether something listens on a port before time or `still` ends."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and still():
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
        except OSError:
            time.sleep(0.1)
        else:
            return True
    return False


class Process:
    """`synaspis centre serve` on a data folder."""

    def __init__(self, folder: Path, port: int) -> None:
        self._log = (folder.parent / "serve.log").open("w+")
        program = Path(sys.executable).with_name("synaspis")
        self._process = subprocess.Popen(
            [str(program), "centre", "serve", str(folder)],
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        if not wait_for(port, still=lambda: self._process.poll() is None):
            raise RuntimeError(f"the centre did not start:\n{self.said()}")

    def said(self) -> str:
        self._log.flush()
        return Path(self._log.name).read_text("utf-8")

    def threads(self) -> dict[str, float]:
        """Seconds of processor that each thread has used."""
        found: dict[str, float] = {}
        for part, number in self._parts().items():
            for task in Path(f"/proc/{number}/task").iterdir():
                try:
                    fields = (task / "stat").read_text().rpartition(")")[2].split()
                except OSError:
                    continue
                found[f"{part}-{task.name}"] = (int(fields[11]) + int(fields[12])) / TICK
        return found

    def _parts(self) -> dict[str, int]:
        """The process with the connections, and the one with the centre that it has begun."""
        first = self._process.pid
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        return dict(zip(("connections", "centre"), (first, *map(int, children)), strict=True))

    def memory_mib(self) -> dict[str, float]:
        """Largest memory so far of each part."""
        found = {}
        for part, number in self._parts().items():
            lines = Path(f"/proc/{number}/status").read_text().splitlines()
            found[part] = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1_024
        return found

    def stop(self) -> int:
        """End it as an operator does; returns its exit status."""
        self._process.terminate()
        try:
            return self._process.wait(30.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()
        finally:
            self._log.close()


def busy_s() -> float:
    """Seconds that all processors together have worked since the machine started."""
    ticks = [int(word) for word in Path("/proc/stat").read_text().split(maxsplit=9)[1:9]]
    return (sum(ticks) - ticks[3] - ticks[4]) / TICK  # but for idling and waiting
