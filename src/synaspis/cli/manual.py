"""Commands that show examples and exit statuses in their help."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

_USUAL_STATUS = "0 done, 2 bad input."


class Answer(click.Command):
    """A command with examples.

    examples: lines to type. status: what its exit statuses mean.
    """

    def __init__(
        self, *args: Any, examples: Sequence[str] = (), status: str = _USUAL_STATUS, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.examples, self.status = tuple(examples), status

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write examples as they are typed, then the exit statuses."""
        write_lines(formatter, "Examples" if len(self.examples) > 1 else "Example", self.examples)
        with formatter.section("Exit status"):
            formatter.write_text(self.status)


def write_lines(formatter: click.HelpFormatter, heading: str, lines: Sequence[str]) -> None:
    """Write lines under a heading as they are, without filling them."""
    if lines:
        with formatter.section(heading):
            for line in lines:
                formatter.write(f"{'':>{formatter.current_indent}}{line}\n")
