"""heyoka on all cores: one process a core, because threads wait for each other between batches.

With two threads it is hardly faster than with one: the Python between batches takes as long as a batch.
"""

from __future__ import annotations

import multiprocessing
import weakref
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory

import heyoka
import numpy as np
from arcs import ARC_S, Floats

from synaspis.core.constants import EARTH_EQUATORIAL_RADIUS_M, EARTH_J2, EARTH_MU_M3_S2

BATCH = 16
J2_TERM = 1.5 * EARTH_J2 * EARTH_EQUATORIAL_RADIUS_M**2


def integrator(tolerance: float, state: Floats) -> heyoka.taylor_adaptive_batch:
    """Inertial motion with J2 for a batch of states (6, BATCH)."""
    x, y, z, u, v, w = heyoka.make_vars("x", "y", "z", "u", "v", "w")
    squared = heyoka.sum([x**2, y**2, z**2])
    inverse = squared**-1.0
    pull, oblate, slope = -EARTH_MU_M3_S2 * squared**-1.5, J2_TERM * inverse, 5.0 * z**2 * inverse
    level = pull * (1.0 + oblate * (1.0 - slope))
    force = [level * x, level * y, pull * (1.0 + oblate * (3.0 - slope)) * z]
    system = list(zip((x, y, z, u, v, w), [u, v, w, *force], strict=True))
    return heyoka.taylor_adaptive_batch(
        system, state.copy(), tol=tolerance, fast_math=True, force_avx512=True
    )


def work(link: Connection, memory: str, count: int, first: int, last: int, tolerance: float) -> None:
    """Fly the arcs from first to last whenever told to; ends when the other side closes the link."""
    shared = SharedMemory(memory)
    start, ends = np.ndarray((2, 6, count), buffer=shared.buf)
    taylor = integrator(tolerance, start[:, first : first + BATCH])
    state = taylor.state
    link.send(True)
    try:
        while link.recv():
            for case in range(first, last, BATCH):
                taylor.set_time(0.0)
                state[:] = start[:, case : case + BATCH]
                taylor.propagate_until(ARC_S)
                ends[:, case : case + BATCH] = state
            link.send(True)
    except EOFError:
        del start, ends
        shared.close()


def stop(links: list[Connection], shared: SharedMemory) -> None:
    for link in links:
        link.close()
    shared.unlink()


def on_all_cores(tolerance: float, start: Floats, cores: int) -> Callable[[], Floats]:
    """A function that flies all arcs (6, count), a multiple of 16 times cores, and returns their ends."""
    count = start.shape[1]
    shared = SharedMemory(create=True, size=2 * start.nbytes)
    given, ends = np.ndarray((2, 6, count), buffer=shared.buf)
    given[:] = start
    context = multiprocessing.get_context("spawn")
    links = []
    for core in range(cores):
        ours, theirs = context.Pipe()
        part = (core * count // cores, (core + 1) * count // cores)
        context.Process(target=work, args=(theirs, shared.name, count, *part, tolerance), daemon=True).start()
        theirs.close()
        ours.recv()
        links.append(ours)

    def run() -> Floats:
        for link in links:
            link.send(True)
        for link in links:
            link.recv()
        return ends

    weakref.finalize(run, stop, links, shared)
    return run
