"""The kernels for a GPU: in numba's simulator against the CPU kernels, and refused clearly without a GPU."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from synaspis.core.errors import InputError
from synaspis.engine import cuda
from synaspis.engine.booster import Booster, launch_rows
from synaspis.engine.parameters import Missile, Stage

# Two stages, so that every kind of powered segment is flown; nothing here stands for a real missile.
SIMULATED = """
import json
import numpy as np
from synaspis.engine import cuda
from synaspis.engine.booster import Booster, launch_rows
from synaspis.engine.parameters import Missile, Stage
from synaspis.engine.propagate import propagate_free

stages = (Stage(60.0, 12e3, 2e3, 2400.0), Stage(40.0, 3e3, 700.0, 2500.0))
booster = Booster.of(Missile(stages, 1000.0, 1.3, 0.25, 6000.0, 6.0, 3e6, 5e5, "cutoff"))
cases = 5
launch = launch_rows(
    np.array([6378137.0, 0.0, 0.0]), np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.6, 0.8]),
    booster.burn_s * np.linspace(0.4, 1.0, cases), np.radians(np.linspace(25.0, 65.0, cases)),
)
by_cpu, _ = booster.fly(launch, with_nodes=False)
burnout = np.ascontiguousarray(by_cpu[:, 1:7].T)
print(json.dumps({
    "flights": [by_cpu.tolist(), cuda.fly(booster, launch).tolist()],
    "arcs": [propagate_free(burnout, 300.0, 60).tolist(), cuda.propagate_free(burnout, 300.0, 60).tolist()],
}))
"""


@pytest.fixture(scope="module")
def simulated() -> dict[str, list[list[list[float]]]]:
    """CPU and GPU answers; in a process of its own, because numba chooses the simulator when it is loaded."""
    done = subprocess.run(
        [sys.executable, "-c", SIMULATED],
        env={**os.environ, "NUMBA_ENABLE_CUDASIM": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def test_flights_agree_with_the_kernels_for_the_processor(simulated):
    by_cpu, by_gpu = (np.array(part) for part in simulated["flights"])
    assert (by_cpu[:, 13] == 1.0).all()
    assert np.ptp(by_cpu[:, 7]) > 100.0  # s; the flights are not all the same
    np.testing.assert_allclose(by_gpu, by_cpu, rtol=1e-6, atol=1e-6)


def test_free_arcs_agree_with_the_kernels_for_the_processor(simulated):
    by_cpu, by_gpu = (np.array(part) for part in simulated["arcs"])
    assert np.ptp(np.linalg.norm(by_cpu[:3], axis=0)) > 1e5  # m; the arcs are not all the same
    np.testing.assert_allclose(by_gpu, by_cpu, rtol=1e-6, atol=1e-6)


def test_without_a_gpu_the_error_says_what_to_do(monkeypatch):
    from synaspis.engine import _cuda_kernels

    monkeypatch.setattr(_cuda_kernels, "available", lambda: False)
    missile = Missile((Stage(60.0, 12e3, 2e3, 2400.0),), 1000.0, 1.3, 0.25, 6000.0, 6.0, 1e6, 3e5, "cutoff")
    one = np.ones(3)
    launch = launch_rows(one, one, one, np.array([50.0]), np.array([0.5]))
    with pytest.raises(
        InputError, match=r"no NVIDIA GPU that numba can use .*pip install 'synaspis\[cuda\]'"
    ):
        cuda.fly(Booster.of(missile), launch)


def test_without_the_packages_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "synaspis.engine._cuda_kernels", None)
    monkeypatch.delattr("synaspis.engine._cuda_kernels", raising=False)
    with pytest.raises(
        InputError, match=r"packages for a GPU are not installed .*pip install 'synaspis\[cuda\]'"
    ):
        cuda.propagate_free(np.ones((6, 1)), 10.0, 1)


def test_importing_the_engine_loads_nothing_of_cuda():
    code = "import sys, synaspis.engine.targeting, synaspis.engine.propagate; print(*sys.modules, sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=True
    )
    loaded = done.stdout.split()
    assert "synaspis.engine.propagate" in loaded
    # The wheel of numba-cuda has a redirector that every start of Python loads.
    assert not [name for name in loaded if "cuda" in name and not name.startswith("_numba_cuda_redirector")]
