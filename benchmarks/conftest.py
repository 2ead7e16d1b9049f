"""Fixtures, where the results go, and the lines printed at the end. Run with `make bench`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
# JAX has one device for the whole processor unless told so before it is loaded.
os.environ.setdefault("XLA_FLAGS", f"--xla_force_host_platform_device_count={os.cpu_count()}")

import arcs
import roofline
import table
from pytest_benchmark.fixture import BenchmarkFixture
from quiet import Timed, wait_until_quiet

from synaspis.engine.booster import Programme, launch_rows, programme
from synaspis.engine.earth import geodetic_to_ecef, local_axes_ecef
from synaspis.scenario import load_scenario_document, missile_parameters

RESULTS = Path(__file__).parents[1] / "out" / "benchmark.json"


def pytest_configure(config: pytest.Config) -> None:
    """Keep every run as JSON, from which `table.py` makes the table of the documentation."""
    if config.option.benchmark_json is None:
        RESULTS.parent.mkdir(exist_ok=True)
        config.option.benchmark_json = str(RESULTS)


def pytest_benchmark_update_machine_info(config: pytest.Config, machine_info: dict[str, Any]) -> None:
    machine_info["cores"] = os.cpu_count()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    session = getattr(terminalreporter.config, "_benchmarksession", None)
    if session is None or not session.benchmarks:
        return
    rows = [{"extra_info": each.extra_info, "stats": each.stats.as_dict()} for each in session.benchmarks]
    terminalreporter.write_line("")
    terminalreporter.write_line(table.text(rows))


@pytest.fixture
def timed(benchmark: BenchmarkFixture) -> Timed:
    """Time a function when the machine is quiet, and note how quiet it was."""
    return Timed(benchmark)


@pytest.fixture(scope="session")
def exact() -> arcs.Floats:
    return arcs.exact_ends()


@pytest.fixture
def gflop_s() -> float:
    """Measured anew for each kernel; the tables take the best, for other work can only lower the ceiling."""
    wait_until_quiet()
    return roofline.matrix_product_gflop_s()


@pytest.fixture(scope="session")
def steering() -> Programme:
    """The two-stage medium-range class of the European study."""
    return programme(missile_parameters(load_scenario_document("europe").missile("mrbm-2000")))


@pytest.fixture(scope="session")
def launch(steering: Programme) -> arcs.Floats:
    """Launches (14, 32768) in all directions for 600 to 2,000 km, at 35 degrees north."""
    count = 32_768
    rng = np.random.default_rng(4)
    control, azimuth = rng.uniform(0.55, 1.0, count), rng.uniform(0.0, 2.0 * np.pi, count)
    latitude, longitude = np.radians(35.0), 0.0
    east, north, up = local_axes_ecef(latitude, longitude)
    along = np.sin(azimuth)[:, None] * east + np.cos(azimuth)[:, None] * north
    return launch_rows(
        geodetic_to_ecef(latitude, longitude, 0.0), up, along,
        steering.cutoff_s(control), steering.tilt_rad(control),
    )  # fmt: skip


@pytest.fixture(scope="session")
def counts(steering: Programme, launch: arcs.Floats) -> dict[str, Any]:
    return roofline.count_operations(steering.booster, launch, arcs.falling(64))
