"""Sweeps: an analysis repeated over values of what is disputed or to be chosen, from one file."""

from synaspis.analyses.sweep.document import Axis, SweepDocument
from synaspis.analyses.sweep.loader import Sweep, load_sweep, sweep_ids, sweep_path
from synaspis.analyses.sweep.run import SweepResult, run_sweep

__all__ = [
    "Axis",
    "Sweep",
    "SweepDocument",
    "SweepResult",
    "load_sweep",
    "run_sweep",
    "sweep_ids",
    "sweep_path",
]
