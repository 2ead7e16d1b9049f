"""Options that several commands share: who takes part, what is shared, how fine the map is, who computes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from synaspis.analyses.running import Mapper

Command = TypeVar("Command", bound=Callable[..., Any])

SHARING = ("agreements", "none", "all")


def coverage_options(command: Command) -> Command:
    """Add the shared options to a command."""
    for option in reversed(
        (
            click.option(
                "--partner",
                "partners",
                metavar="ID",
                multiple=True,
                help="Only these partners take part; may be repeated. Default: all.",
            ),
            click.option(
                "--sharing",
                type=click.Choice(SHARING),
                default="agreements",
                show_default=True,
                help="What is shared: what the agreements say, nothing, or everything without delay.",
            ),
            click.option(
                "--step-deg", metavar="DEG", help="Side of a cell of the map. Default: that of the scenario."
            ),
            click.option(
                "--contributions/--no-contributions",
                default=True,
                show_default=True,
                help="Whether to leave out each asset in turn, to say what it adds.",
            ),
        )
    ):
        command = option(command)
    return command


@contextmanager
def question_mapper(processes: int | None = None) -> Iterator[Mapper]:
    """Yield who works on the questions of a study: as many processes, one for each core by default.

    Raises InputError for a number of processes that is not allowed.
    """
    from synaspis.analyses.running import local_mapper

    number = processes if processes is not None else len(os.sched_getaffinity(0))
    with local_mapper(number) as mapper:
        yield map if number == 1 else mapper


def read_step_deg(text: str | None) -> float | None:
    """Return the step of the map, or raise InputError."""
    from synaspis.cli.values import Options

    options = Options()
    step = options.step_deg("--step-deg", text)
    options.done()
    return step


def workers_options(command: Command) -> Command:
    """Add the options that say who computes."""
    for option in (
        click.option(
            "--processes",
            metavar="N",
            type=int,
            help="Processes of this machine. Default: none but this one.",
        ),
        click.option("--scheduler", metavar="ADDRESS", help="Compute on the workers of this Dask scheduler."),
    ):
        command = option(command)
    return command


@contextmanager
def workers(scheduler: str | None, processes: int | None) -> Iterator[Mapper]:
    """Yield who computes; the result does not depend on it.

    Raises InputError where both are given, a number of processes is not allowed, or the scheduler cannot be
    used.
    """
    from synaspis.analyses.running import dask_mapper, local_mapper
    from synaspis.core.errors import Fault, InputError

    if scheduler is not None and processes is not None:
        what = "--scheduler and --processes are both given"
        raise InputError(Fault(what, remedy="Leave one out.", source="--scheduler"))
    if scheduler is None and processes is None:
        yield map
        return
    with dask_mapper(scheduler) if scheduler is not None else local_mapper(processes or 0) as pool:
        yield pool
