"""The European study of coverage from the command line: first start with nothing compiled, then again."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from quiet import Timed


def study(folder: Path, store: Path) -> tuple[float, float]:
    """Seconds and largest memory (MiB) of one run; `store` keeps what numba and Python compile."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"NUMBA_CACHE_DIR": str(store / "kernels"), "PYTHONPYCACHEPREFIX": str(store / "bytecode")}
    begin = time.perf_counter()
    with (folder.parent / "log.txt").open("w") as log:
        process = subprocess.Popen(
            [
                str(Path(sys.executable).with_name("synaspis")), "study", "europe", "--questions", "coverage",
                "--out", str(folder),
            ],
            env=environment, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, (folder.parent / "log.txt").read_text()[-3000:]
    return time.perf_counter() - begin, usage.ru_maxrss / 1024.0


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="needs a system that tells the memory of a process")
def test_study(timed: Timed, tmp_path: Path) -> None:
    runs: list[tuple[float, float]] = []

    def run() -> Path:
        folder = tmp_path / f"run-{len(runs)}"
        runs.append(study(folder, tmp_path / "compiled"))
        return folder

    folder = timed(run, rounds=3)
    assert (folder / "report.html").stat().st_size > 100_000
    assert (folder / "coverage.nc").exists()
    timed.note.update(
        kind="study", what="European study of coverage, second run", target_s=30.0,
        first_s=runs[0][0], first_target_s=180.0,
        memory_mib=max(mib for _, mib in runs), memory_target_mib=2048.0,
    )  # fmt: skip
