"""Options that `study` and `coverage` share: who takes part, what is shared, how fine the map is."""

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
