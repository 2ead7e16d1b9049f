"""Flights and free arcs on an NVIDIA GPU, behind the extra `synaspis[cuda]`; nothing else imports this."""

from __future__ import annotations

from types import ModuleType

import numpy as np
from numpy.typing import ArrayLike

from synaspis.core.errors import Fault, InputError
from synaspis.engine.booster import Booster
from synaspis.engine.flight import SUMMARY_COLUMNS
from synaspis.engine.parameters import Floats

_THREADS = 128
"""Threads of a block; a flight takes 124 registers a thread, so that four blocks fit on a multiprocessor."""


def fly(booster: Booster, launch: Floats) -> Floats:
    """Fly all cases from launch to impact on the GPU, in float64.

    launch: (14, case), finite, as `flight.fly_lanes` takes it. Returns the summary (case, 14) that
    `Booster.fly` returns without nodes. Raises InputError if there is no GPU that numba can use.
    """
    kernels = _kernels()
    summary = kernels.to_device(np.zeros((launch.shape[1], SUMMARY_COLUMNS)))
    kernels.flights[_blocks(launch.shape[1]), _THREADS](
        kernels.to_device(np.ascontiguousarray(launch)),
        kernels.to_device(booster.segments),
        kernels.to_device(booster.steps),
        int(booster.shape[1] * booster.shape[2]),
        booster.drag_area_m2,
        booster.drag_area_per_mass_m2_kg,
        summary,
    )
    return np.asarray(summary.copy_to_host())


def propagate_free(state: Floats, duration_s: ArrayLike, steps: int) -> Floats:
    """State after free flight, as `propagate.propagate_free`, on the GPU.

    state: (6, case), finite. duration_s: (case,) or one for all, finite. Returns (6, case).
    Raises InputError if there is no GPU that numba can use.
    """
    kernels = _kernels()
    step = np.ascontiguousarray(
        np.broadcast_to(np.asarray(duration_s, dtype=np.float64) / steps, state.shape[1:])
    )
    after = kernels.to_device(np.ascontiguousarray(state))
    kernels.free_arcs[_blocks(state.shape[1]), _THREADS](after, kernels.to_device(step), steps)
    return np.asarray(after.copy_to_host())


def _blocks(cases: int) -> int:
    return max(1, -(-cases // _THREADS))


def _kernels() -> ModuleType:
    """The module of the kernels, imported on first use: it needs packages that only the extra brings."""
    try:
        from synaspis.engine import _cuda_kernels
    except ImportError as missing:
        raise InputError(
            Fault(
                f"the packages for a GPU are not installed ({missing})",
                remedy="Install them with: pip install 'synaspis[cuda]'; or run on the CPU.",
            )
        ) from missing
    if not _cuda_kernels.available():
        raise InputError(
            Fault(
                "no NVIDIA GPU that numba can use was found",
                remedy="Install its driver and pip install 'synaspis[cuda]'; `numba -s` shows what is found. "
                "Or run on the CPU.",
            )
        )
    return _cuda_kernels
