"""What every command prints: one JSON document or lines for people; progress on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import isfinite
from typing import Any, TypeVar

import click

Item = TypeVar("Item")

json_option = click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print one JSON document on standard output, all else on standard error.",
)
"""Every command takes it."""


def print_json(document: Mapping[str, Any] | Sequence[Any]) -> None:
    """Print one JSON document; a number that is not finite becomes null, which JSON has."""
    click.echo(json.dumps(_plain(document), ensure_ascii=False, allow_nan=False))


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> None:
    """Print columns that are as wide as they need; right: numbers of columns that stand to the right."""
    widths = [max(len(row[at]) for row in (headings, *rows)) for at in range(len(headings))]

    def line(cells: Sequence[str]) -> str:
        padded = [
            cell.rjust(width) if at in right else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        return "  ".join(padded).rstrip()

    click.echo(line(headings))
    click.echo("  ".join("-" * width for width in widths))
    for row in rows:
        click.echo(line(row))


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int, str], None]]:
    """Yield a function to call with steps done, steps in all and what was done last.

    On a terminal it moves a bar on standard error, with the time that is past and the time that is left;
    elsewhere it says once what is done, so that logs stay short.
    """
    if sys.stderr is None or not sys.stderr.isatty():
        click.echo(f"{what} ...", err=True)
        yield lambda done, total, last: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=40),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total, last: bar.update(
            task, completed=done, total=total, description=f"{what}: {last}"
        )


def counted(
    files: Iterable[tuple[str, Item]], total: int, advance: Callable[[int, int, str], None]
) -> Iterator[tuple[str, Item]]:
    """Yield named things as they come and move a progress bar after each."""
    for number, (name, content) in enumerate(files, start=1):
        advance(number, total, name)
        yield name, content


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it: numpy numbers and arrays as plain ones, NaN and infinity as
    None.
    """
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, float) and not isfinite(value):
        return None
    return value
