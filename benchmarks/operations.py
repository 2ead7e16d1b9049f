"""Count the floating-point operations of the kernels, and how often each step is taken.

Run by `roofline.count_operations` in a process of its own with numba's compiler switched off: the same
functions then run as plain Python on numbers that count. An operation whose operands were seen before in the
same step counts once, as the compiler merges it. Sums, differences and products are one each ("simple");
divisions and square roots too ("slow"), though they cost far more.

    python operations.py GIVEN.npz
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from synaspis.engine import flight, forces, steps

seen: set[tuple[str, float, float]] = set()
tally: Counter[str] = Counter()


def counted(kind: str, name: str) -> Callable[[Any, Any], Any]:
    plain = getattr(float, name)

    def operation(self: Counted, other: float) -> Counted:
        if (name, float(self), float(other)) not in seen:
            seen.add((name, float(self), float(other)))
            tally[kind] += 1
        return Counted(plain(float(self), float(other)))

    return operation


class Counted(float):
    """A number that counts what is done with it."""

    __add__ = __radd__ = counted("simple", "__add__")
    __sub__, __rsub__ = counted("simple", "__sub__"), counted("simple", "__rsub__")
    __mul__ = __rmul__ = counted("simple", "__mul__")
    __truediv__, __rtruediv__ = counted("slow", "__truediv__"), counted("slow", "__rtruediv__")

    def __neg__(self) -> Counted:
        return Counted(-float(self))

    def __abs__(self) -> Counted:
        return Counted(abs(float(self)))


def root(value: float) -> Counted:
    if ("sqrt", float(value), 0.0) not in seen:
        seen.add(("sqrt", float(value), 0.0))
        tally["slow"] += 1
    return Counted(math.sqrt(value))


def operations(function: Callable[..., Any], *arguments: Any) -> dict[str, int]:
    """Operations of one call with counting numbers."""
    seen.clear()
    tally.clear()
    function(*arguments)
    return {"simple": tally["simple"], "slow": tally["slow"]}


def numbers(*values: float) -> tuple[Counted, ...]:
    return tuple(Counted(value) for value in values)


def pace(*state: float) -> tuple[float, float]:
    """What the descent works out besides its step: its size, and the height afterwards."""
    x, y, z, u, v, w = state
    h = flight._CLIMB_PER_STEP_M / max(abs(flight._climb(x, y, z, u, v, w)), 1.0)
    return h, flight._height(x, y, z)


def each_step() -> dict[str, dict[str, int]]:
    """Operations of one step of each kind."""
    forces.sqrt = flight.sqrt = root  # type: ignore[attr-defined]
    for name in ("_D0", "_D1", "_D2", "_D3"):  # lists, because numbers of numpy do not ask the other operand
        setattr(forces, name, [float(value) for value in getattr(forces, name)])
    state = numbers(4.1e6, 3.3e6, 3.9e6, -1100.0, 2300.0, -2700.0)
    up, along = numbers(0.64, 0.52, 0.56), numbers(-0.6, 0.8, 0.001)
    found = {
        "free": operations(steps.free_step, *state, Counted(5.1)),
        "drag": operations(steps.drag_step, *state, Counted(0.9), Counted(2e-4)),
        "boost": operations(
            steps.boost_step, *state, *numbers(0.97, 0.3, 0.011, 140.0, 2500.0, 9000.0, 0.21), up, along
        ),
        "pace": operations(pace, *state),
    }
    forces.sqrt = flight.sqrt = math.sqrt  # type: ignore[attr-defined]
    return found


def steps_taken(fly: Callable[[], object]) -> dict[str, int]:
    """How many steps of each kind the lanes of one block take."""
    taken: Counter[str] = Counter()

    def counting(name: str, step: Callable[..., object]) -> Callable[..., object]:
        def wrapped(*arguments: object) -> object:
            taken[name] += 1
            return step(*arguments)

        return wrapped

    plain = {
        "free": flight.free_step,
        "drag": flight.drag_step,
        "boost": flight.boost_step,
        "pace": flight._height,
    }
    names = {"free": "free_step", "drag": "drag_step", "boost": "boost_step", "pace": "_height"}
    for kind, step in plain.items():
        setattr(flight, names[kind], counting(kind, step))
    fly()
    for kind, step in plain.items():
        setattr(flight, names[kind], step)
    return dict(taken)


def descend(falling: np.ndarray, drag_area_per_mass: float) -> Callable[[], object]:
    state, time, landed = falling.copy(), np.zeros(flight.LANES), np.zeros(flight.LANES)
    return lambda: flight._descend(state, time, landed, 0, 0, 0, drag_area_per_mass, np.empty((0, 7, 0)))


def main(path: str) -> None:
    given = np.load(path)
    summary = np.zeros((flight.LANES, flight.SUMMARY_COLUMNS))
    print(
        json.dumps(
            {
                "lanes": flight.LANES,
                "operations": each_step(),
                "descent": steps_taken(descend(given["falling"], float(given["drag_area_per_mass"]))),
                "flight": steps_taken(
                    lambda: flight.fly_lanes(
                        given["launch"], given["segments"], given["steps"], given["nodes_at"], given["shape"],
                        float(given["drag_area"]), float(given["drag_area_per_mass"]),
                        np.empty((0, 7, 0)), summary,
                    )
                ),
            }
        )
    )  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1])
