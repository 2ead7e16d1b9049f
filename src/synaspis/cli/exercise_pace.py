"""The clock of `synaspis exercise run`: real, scaled, step by step, or none."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import click

SPEED_MIN, SPEED_MAX = 0.1, 1_000.0
STEP_MAX_S = 43_200

Wait = Callable[[int], None]
"""Waits until an instant of the exercise may be played."""


def pace(fast: bool, speed: float | None, step_s: int | None) -> Callable[[int], Wait] | None:
    """What waits for the clock, given the first instant; None for as fast as possible.

    speed: seconds of the exercise in a second. step_s: seconds after which it stands still until Enter.
    Raises InputError for more than one of them, and for what is no speed or step.
    """
    from synaspis.core.errors import Fault, InputError

    given = {"--as-fast-as-possible": fast, "--speed": speed is not None, "--step": step_s is not None}
    named = [name for name, is_given in given.items() if is_given]
    if len(named) > 1:
        what = f"{' and '.join(named)} are both given" if len(named) == 2 else f"{', '.join(named)} are given"
        raise InputError(Fault(what, source=named[-1], remedy="Give one of them."))
    if speed is not None and not SPEED_MIN <= speed <= SPEED_MAX:
        what = f"{speed:g} is no speed; {SPEED_MIN:g} to {SPEED_MAX:g} is allowed"
        raise InputError(Fault(what, source="--speed", remedy="For more, use --as-fast-as-possible."))
    if step_s is not None and not 1 <= step_s <= STEP_MAX_S:
        what = f"{step_s} s is no step; 1 to {STEP_MAX_S:,} s are allowed"
        raise InputError(Fault(what, source="--step"))
    if fast:
        return None
    if step_s is not None:
        return lambda starts_us: _stepped(starts_us, step_s)
    return lambda starts_us: _timed(starts_us, speed or 1.0)


def _timed(starts_us: int, speed: float) -> Wait:
    begun_s = time.monotonic()

    def wait(instant_us: int) -> None:
        due_s = begun_s + (instant_us - starts_us) / 1e6 / speed
        time.sleep(max(due_s - time.monotonic(), 0.0))

    return wait


def _stepped(starts_us: int, step_s: int) -> Wait:
    from synaspis.core.clock import to_rfc3339

    at_end = False

    def wait(instant_us: int) -> None:
        nonlocal at_end
        if at_end or (instant_us - starts_us) % (step_s * 1_000_000):
            return
        click.echo(f"{to_rfc3339(instant_us)[11:19]}  Enter goes on by {step_s} s. ", nl=False, err=True)
        # Where input ends, nobody can press Enter: the rest is played without standing still.
        at_end = not sys.stdin.readline()

    return wait
