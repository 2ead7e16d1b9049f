"""The whole European study from the command line: first start with nothing compiled, then again."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture


def study(folder: Path, store: Path) -> tuple[float, float]:
    """Seconds and largest memory (MiB) of one run; `store` keeps what numba compiles."""
    begin = time.perf_counter()
    with (folder.parent / "log.txt").open("w") as log:
        process = subprocess.Popen(
            [str(Path(sys.executable).with_name("synaspis")), "study", "europe", "--out", str(folder)],
            env={**os.environ, "NUMBA_CACHE_DIR": str(store)}, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, (folder.parent / "log.txt").read_text()[-3000:]
    return time.perf_counter() - begin, usage.ru_maxrss / 1024.0


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="needs a system that tells the memory of a process")
def test_study(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    store = tmp_path / "compiled"
    first_s, first_mib = study(tmp_path / "first", store)
    again: list[tuple[float, float]] = []

    def run() -> None:
        again.append(study(tmp_path / f"again-{len(again)}", store))

    benchmark.pedantic(run, rounds=3)
    report = tmp_path / "again-0" / "report.html"
    assert report.stat().st_size > 100_000
    assert (tmp_path / "again-0" / "coverage.nc").exists()
    benchmark.extra_info.update(
        kind="study", what="whole European study, second run", target_s=30.0,
        first_s=first_s, first_target_s=180.0,
        memory_mib=max(first_mib, *(mib for _, mib in again)), memory_target_mib=2048.0,
    )  # fmt: skip
