"""`synaspis serve` and the gateways in processes of their own, as users start them, and what they take."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

TICK = os.sysconf("SC_CLK_TCK")
STARTS_S = 120.0
PROGRAM = Path(sys.executable).with_name("synaspis")


def free_ports() -> int:
    """First of three ports in a row that nothing listens on now."""
    for first in range(21_000 + os.getpid() % 7_000, 60_000, 3):
        try:
            for port in range(first, first + 3):
                with socket.socket() as free:
                    free.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first
    raise RuntimeError("no three ports in a row are free")


class Process:
    """One command, in a group of its own; what it says goes into a file.

    name: of the file. arguments: after `synaspis`.
    """

    def __init__(self, folder: Path, name: str, arguments: Sequence[str]) -> None:
        self.name, self._said = name, folder / f"{name}.out"
        self._errors = folder / f"{name}.err"
        self._streams: list[IO[str]] = [self._said.open("w"), self._errors.open("a")]
        self._process = subprocess.Popen(
            [str(PROGRAM), *arguments],
            stdout=self._streams[0],
            stderr=self._streams[1],
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def said(self) -> str:
        """What it wrote to standard output."""
        return self._said.read_text("utf-8")

    def errors(self) -> str:
        """What it wrote to standard error."""
        return self._errors.read_text("utf-8")

    def wait_for(self, text: str, *, of_errors: bool = False) -> str:
        """Wait until it has said something; returns all it said. Raises RuntimeError."""
        end_s = time.monotonic() + STARTS_S
        while time.monotonic() < end_s:
            found = self.errors() if of_errors else self.said()
            if text in found:
                return found
            if not self.is_running:
                break
            time.sleep(0.05)
        raise RuntimeError(f"{self.name} did not say {text!r}:\n{self.said()}{self.errors()}")

    def cpu_s(self) -> float:
        """Seconds of processor that it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def threads(self) -> dict[str, float]:
        """Seconds of processor that each of its threads has used."""
        found: dict[str, float] = {}
        for task in Path(f"/proc/{self.pid}/task").iterdir():
            try:
                head, _, rest = (task / "stat").read_text().rpartition(")")
            except OSError:
                continue
            fields = rest.split()
            name = f"{head.partition('(')[2]}-{task.name}"
            found[name] = (int(fields[11]) + int(fields[12])) / TICK
        return found

    def memory_mib(self) -> float:
        """Largest memory so far."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1_024

    def end(self, number: int = signal.SIGTERM, wait_s: float = 60.0) -> int:
        """Send a signal to its group and wait; returns its status."""
        if self.is_running:
            os.killpg(self.pid, number)
        try:
            return self._process.wait(wait_s)
        except subprocess.TimeoutExpired:
            os.killpg(self.pid, signal.SIGKILL)
            return self._process.wait()
        finally:
            for stream in self._streams:
                stream.close()


class Serving(Process):
    """`synaspis serve` with an exercise. links: of each cell, by name."""

    def __init__(self, folder: Path, exercise: str, port: int, *more: str) -> None:
        data = str(folder / "data")
        given = ["serve", "--exercise", exercise, "--data", data, "--port", str(port), "--json", *more]
        super().__init__(folder, "serve", given)
        self.data, self.port = folder / "data", port
        self.links: dict[str, str] = json.loads(self.wait_for("}}"))["links"]


def kit(data: Path, centre: str, partner: str, folder: Path) -> Path:
    """A copy of a partner's kit for a gateway: one program at a time may use one."""
    place = folder / f"kit-{centre}-{partner}"
    if not place.exists():
        shutil.copytree(data / centre / "issued" / partner, place)
    return place


def busy_s() -> float:
    """Seconds that all processors together have worked since the machine started."""
    ticks = [int(word) for word in Path("/proc/stat").read_text().split(maxsplit=9)[1:9]]
    return (sum(ticks) - ticks[3] - ticks[4]) / TICK
