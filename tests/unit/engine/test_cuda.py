"""The kernels for a GPU: in numba's simulator against the CPU kernels, and refused clearly without a GPU."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from synaspis.core.errors import InputError
from synaspis.engine import _cuda_kernels, cuda
from synaspis.engine.booster import Booster, launch_rows
from synaspis.engine.parameters import Floats, Missile, Stage
from synaspis.engine.propagate import propagate_free

# Two stages, so that every kind of powered segment is flown; nothing here stands for a real missile.
STAGES = (Stage(60.0, 12e3, 2e3, 2400.0), Stage(40.0, 3e3, 700.0, 2500.0))
MISSILE = Missile(STAGES, 1000.0, 1.3, 0.25, 6000.0, 6.0, 3e6, 5e5, "cutoff")

SIMULATED = """
import sys
import numpy as np
from synaspis.engine import cuda
from synaspis.engine.booster import Booster
from synaspis.engine.parameters import Missile, Stage

stages = (Stage(60.0, 12e3, 2e3, 2400.0), Stage(40.0, 3e3, 700.0, 2500.0))
booster = Booster.of(Missile(stages, 1000.0, 1.3, 0.25, 6000.0, 6.0, 3e6, 5e5, "cutoff"))
given = np.load(sys.argv[1])
arcs = cuda.propagate_free(given["burnout"], 300.0, 60)
np.savez(sys.argv[2], flights=cuda.fly(booster, given["launch"]), arcs=arcs)
"""


def launches() -> Floats:
    return launch_rows(
        np.array([6378137.0, 0.0, 0.0]),
        np.array([1.0, 0.0, 0.0]),
        np.array([0.0, 0.6, 0.8]),
        100.0 * np.linspace(0.4, 1.0, 5),
        np.radians(np.linspace(25.0, 65.0, 5)),
    )


@pytest.fixture(scope="module")
def by_cpu() -> dict[str, Floats]:
    flights, _ = Booster.of(MISSILE).fly(launches(), with_nodes=False)
    burnout = np.ascontiguousarray(flights[:, 1:7].T)
    return {"flights": flights, "burnout": burnout, "arcs": propagate_free(burnout, 300.0, 60)}


@pytest.fixture(scope="module")
def by_gpu(by_cpu: dict[str, Floats], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Floats]:
    """Answers of the simulator; in a process of its own, because numba chooses it when it is loaded."""
    folder: Path = tmp_path_factory.mktemp("cuda")
    np.savez(folder / "given.npz", launch=launches(), burnout=by_cpu["burnout"])
    done = subprocess.run(
        [sys.executable, "-c", SIMULATED, str(folder / "given.npz"), str(folder / "found.npz")],
        # Without compilation the scalar functions run as Python, which is quicker for so few flights.
        env={**os.environ, "NUMBA_ENABLE_CUDASIM": "1", "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(np.load(folder / "found.npz"))


def test_flights_agree_with_the_kernels_for_the_processor(by_cpu, by_gpu):
    assert (by_cpu["flights"][:, 13] == 1.0).all()
    assert np.ptp(by_cpu["flights"][:, 7]) > 100.0  # s; the flights are not all the same
    np.testing.assert_allclose(by_gpu["flights"], by_cpu["flights"], rtol=1e-6, atol=1e-6)


def test_free_arcs_agree_with_the_kernels_for_the_processor(by_cpu, by_gpu):
    assert np.ptp(np.linalg.norm(by_cpu["arcs"][:3], axis=0)) > 1e5  # m; the arcs are not all the same
    np.testing.assert_allclose(by_gpu["arcs"], by_cpu["arcs"], rtol=1e-6, atol=1e-6)


def test_without_a_gpu_the_error_says_what_to_do(monkeypatch):
    monkeypatch.setattr(_cuda_kernels, "available", lambda: False)
    with pytest.raises(
        InputError, match=r"no NVIDIA GPU that numba can use .*pip install 'synaspis\[cuda\]'"
    ):
        cuda.fly(Booster.of(MISSILE), launches())


def test_without_the_packages_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "synaspis.engine._cuda_kernels", None)
    monkeypatch.delattr("synaspis.engine._cuda_kernels")
    with pytest.raises(InputError, match=r"packages for a GPU are not installed .*'synaspis\[cuda\]'"):
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
