"""Runs in parts: on one machine or many, stopped and resumed, with the same results; sweeps over values."""

from synaspis.analyses.running._mapper import Mapper, PooledMapper
from synaspis.analyses.running._parts import PartStore, Progress, part_key, run_parts
from synaspis.analyses.running._pools import dask_mapper, local_mapper

__all__ = [
    "Mapper",
    "PartStore",
    "PooledMapper",
    "Progress",
    "dask_mapper",
    "local_mapper",
    "part_key",
    "run_parts",
]
