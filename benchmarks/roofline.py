"""What the machine can do, and what share of it a kernel uses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from synaspis.engine.booster import Booster
from synaspis.engine.flight import LANES


def matrix_product_gflop_s() -> float:
    """The best of ten products of 2,048 by 2,048 matrices in float64 on all cores, in GFLOP/s."""
    size = 2048
    rng = np.random.default_rng(3)
    a, b = rng.random((size, size)), rng.random((size, size))
    best = np.inf
    for _ in range(10):
        begin = time.perf_counter()
        product = a @ b
        best = min(best, time.perf_counter() - begin)
    assert abs(product[7, 9] - a[7] @ b[:, 9]) < 1e-9 * size
    return float(2.0 * size**3 / best / 1e9)


def count_operations(booster: Booster, launch: np.ndarray, falling: np.ndarray) -> dict[str, Any]:
    """Operations of each kind of step, and steps that the first 64 falls and flights take."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "given.npz"
        np.savez(
            path, launch=launch[:, :LANES], falling=falling[:, :LANES],
            segments=booster.segments, steps=booster.steps, nodes_at=booster.nodes_at, shape=booster.shape,
            drag_area=booster.drag_area_m2, drag_area_per_mass=booster.drag_area_per_mass_m2_kg,
        )  # fmt: skip
        script = Path(__file__).with_name("operations.py")
        done = subprocess.run(
            [sys.executable, str(script), str(path)],
            env={**os.environ, "NUMBA_DISABLE_JIT": "1"}, capture_output=True, text=True, check=True,
        )  # fmt: skip
    return dict(json.loads(done.stdout))


def operations_of(count: dict[str, Any], taken: dict[str, int], lanes: int) -> dict[str, float]:
    """Operations of one arc, simple and slow, from the steps that a block of lanes takes."""
    each = count["operations"]
    return {
        kind: sum(number * each[step][kind] for step, number in taken.items()) / lanes
        for kind in ("simple", "slow")
    }
