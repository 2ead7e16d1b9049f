"""Five programs for one task, free flight with J2, each in the arrangement that was found fastest for it.

Synaspis works in the turning frame, as its flights need it; the others get the frame that does not turn, in
which the equations are shorter. Settings are such that the worst end is off by about the level asked for.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import sqrt

import jax
import jax.numpy as jnp
import numpy as np
from arcs import ARC_S, SAMPLE, Floats, inertial, rising, turned_back
from scipy.integrate import solve_ivp
from series import J2_TERM, on_all_cores

from synaspis.core.constants import EARTH_MU_M3_S2
from synaspis.engine.propagate import propagate_free

jax.config.update("jax_enable_x64", True)

CORES = os.cpu_count() or 1
LEVELS_M = (1.0, 1e-3, 1e-6)
Run = Callable[[], Floats]
Rates = tuple[float, ...]


@dataclass(frozen=True)
class Program:
    """One competitor.

    settings: for each level the number of steps or the tolerance. prepare: from setting and arcs to a
    function that flies them and returns inertial positions (3 or 6, case), in ECEF if `turning`.
    count: arcs to fly. cores: that it uses.
    """

    name: str
    arrangement: str
    settings: dict[float, float]
    prepare: Callable[[float, Floats], Run]
    count: int
    cores: int
    turning: bool = False

    def setting(self, level_m: float) -> str:
        """The setting in words."""
        chosen = self.settings[level_m]
        return f"{chosen:.0f} steps" if chosen > 1.0 else f"tolerance {chosen:g}"

    def start(self) -> Floats:
        """The arcs as this program takes them, (6, count)."""
        state = rising(self.count)
        return state if self.turning else inertial(state)

    def truth(self, exact: Floats) -> Floats:
        """The exact ends in the frame of this program."""
        return turned_back(exact, ARC_S) if self.turning else exact


def rate(x, y, z, u, v, w, root):  # type: ignore[no-untyped-def]
    """Inertial equations of motion with J2, for anything that multiplies; `root` is its square root."""
    inverse = 1.0 / (x * x + y * y + z * z)
    pull = -EARTH_MU_M3_S2 * inverse * root(inverse)
    oblate, slope = J2_TERM * inverse, 5.0 * z * z * inverse
    level = pull * (1.0 + oblate * (1.0 - slope))
    return u, v, w, level * x, level * y, pull * (1.0 + oblate * (3.0 - slope)) * z


def classical_step(s, h, root):  # type: ignore[no-untyped-def]
    """One step of the rule that Synaspis uses, on a tuple of six."""

    def moved(k, part):  # type: ignore[no-untyped-def]
        return tuple(a + part * b for a, b in zip(s, k, strict=True))

    a = rate(*s, root)
    b = rate(*moved(a, 0.5 * h), root)
    c = rate(*moved(b, 0.5 * h), root)
    d = rate(*moved(c, h), root)
    return tuple(p + h / 6.0 * (i + 2.0 * (j + k) + m) for p, i, j, k, m in zip(s, a, b, c, d, strict=True))


def with_synaspis(steps: float, start: Floats) -> Run:
    return lambda: propagate_free(start, ARC_S, int(steps))


def with_heyoka(tolerance: float, start: Floats) -> Run:
    """Taylor series in batches of 16 lanes, one process a core."""
    return on_all_cores(tolerance, start, CORES)


def with_numpy(steps: float, start: Floats) -> Run:
    """Vectorised over blocks of 2,048 arcs, which stay in the cache."""
    block, h = 2048, ARC_S / int(steps)

    def run() -> Floats:
        ends = np.empty_like(start)
        for first in range(0, start.shape[1], block):
            s = tuple(start[:, first : first + block])
            for _ in range(int(steps)):
                s = classical_step(s, h, np.sqrt)
            ends[:, first : first + block] = s
        return ends

    return run


def with_jax_vmap(steps: float, start: Floats) -> Run:
    """`vmap` over arcs of a `fori_loop` over steps, compiled once."""
    step = partial(classical_step, h=ARC_S / int(steps), root=jnp.sqrt)

    @jax.jit
    def fly(arcs: jax.Array) -> jax.Array:
        def one(arc: jax.Array) -> jax.Array:
            return jnp.stack(jax.lax.fori_loop(0, int(steps), lambda _, s: step(s), tuple(arc)))

        return jax.vmap(one, in_axes=1, out_axes=1)(arcs)

    given = jax.device_put(start)
    return lambda: np.asarray(fly(given))


def with_jax_blocks(steps: float, start: Floats) -> Run:
    """Blocks of 2,048 arcs in six arrays, four steps a turn, spread over one host device a core."""
    step, block = partial(classical_step, h=ARC_S / int(steps), root=jnp.sqrt), 2048

    def one(part: jax.Array) -> jax.Array:
        return jnp.stack(jax.lax.fori_loop(0, int(steps), lambda _, s: step(s), tuple(part), unroll=4))

    @jax.pmap
    def fly(arcs: jax.Array) -> jax.Array:
        return jax.lax.map(one, arcs)

    blocks = np.ascontiguousarray(start.reshape(6, CORES, -1, block).transpose(1, 2, 0, 3))
    given = jnp.asarray(blocks)
    return lambda: np.asarray(fly(given)).transpose(2, 0, 1, 3).reshape(6, -1)


def with_scipy(tolerance: float, start: Floats) -> Run:
    """`solve_ivp` with DOP853, one arc at a time, the equations in plain floats."""

    def plain(_: float, s: Floats) -> Rates:
        return rate(*s.tolist(), sqrt)

    def run() -> Floats:
        allowed = tolerance * np.repeat([1e6, 1e3], 3)
        ends = [
            solve_ivp(plain, (0.0, ARC_S), arc, "DOP853", rtol=tolerance, atol=allowed).y[:, -1]
            for arc in start.T
        ]
        return np.array(ends).T

    return run


def with_scipy_stacked(tolerance: float, start: Floats) -> Run:
    """`solve_ivp` with DOP853 and all arcs as one system, whose steps suit the mean of them."""
    allowed = tolerance * np.repeat([1e6, 1e3], 3 * start.shape[1])

    def whole(_: float, s: Floats) -> Floats:
        return np.concatenate(rate(*s.reshape(start.shape), np.sqrt))

    def run() -> Floats:
        found = solve_ivp(whole, (0.0, ARC_S), start.ravel(), "DOP853", rtol=tolerance, atol=allowed)
        return found.y[:, -1].reshape(start.shape)

    return run


CLASSICAL_STEPS = {1.0: 23.0, 1e-3: 125.0, 1e-6: 720.0}

SERIES_TOLERANCES = {1.0: 1e-6, 1e-3: 1e-9, 1e-6: 1e-12}
STACKED_TOLERANCES = {1.0: 1e-4, 1e-3: 3e-9, 1e-6: 1e-12}
SINGLE_TOLERANCES = {1.0: 1e-4, 1e-3: 2e-9, 1e-6: 1.5e-12}
MANY = 64 * SAMPLE

PROGRAMS = (
    Program("Synaspis", "RK4, 64 lanes", CLASSICAL_STEPS, with_synaspis, MANY, CORES, turning=True),
    Program(
        "heyoka",
        "Taylor series, batches of 16, a process a core",
        SERIES_TOLERANCES,
        with_heyoka,
        MANY,
        CORES,
    ),
    Program("JAX", "RK4, blocks of 2,048", CLASSICAL_STEPS, with_jax_blocks, MANY, CORES),
    Program("JAX", "RK4, vmap", CLASSICAL_STEPS, with_jax_vmap, MANY, CORES),
    Program("numpy", "RK4, blocks of 2,048", CLASSICAL_STEPS, with_numpy, 8 * SAMPLE, 1),
    Program("scipy", "DOP853, all arcs as one system", STACKED_TOLERANCES, with_scipy_stacked, SAMPLE, 1),
    Program("scipy", "DOP853, one arc at a time", SINGLE_TOLERANCES, with_scipy, 64, 1),
)
