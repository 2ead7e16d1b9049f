"""Options that `study` and `coverage` share: who takes part, what is shared, how fine the map is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

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


def read_step_deg(text: str | None) -> float | None:
    """Return the step of the map, or raise InputError."""
    from synaspis.cli.values import Options

    options = Options()
    step = options.step_deg("--step-deg", text)
    options.done()
    return step
