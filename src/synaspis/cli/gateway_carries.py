"""`synaspis gateway carries`: what each format carries of each thing, found out by trial."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from synaspis.cli.manual import Answer
from synaspis.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from synaspis.gateways.carriage import Row


@click.command(
    short_help="What each format carries, part by part, and what it does not.",
    cls=Answer,
    examples=(
        "synaspis gateway carries cot warning",
        "synaspis gateway carries dis",
        "synaspis gateway carries",
    ),
)
@click.argument("format", metavar="[FORMAT]", required=False)
@click.argument("thing", metavar="[THING]", required=False)
@json_option
def carries(format: str | None, thing: str | None, as_json: bool) -> None:
    """Say what FORMAT carries of THING: a picture, a kind of message, or what studies and warnings give it.
    Nothing of this is written down beforehand: each value of an example is changed in turn, and what is
    written has to change with it. Without THING, one line for each; without FORMAT, all of them.
    """
    from synaspis.gateways.carriage import FORMATS, items_of, rows_of

    if format is not None and thing is not None:
        rows = rows_of(format, thing)
        if as_json:
            print_json({"format": format, "thing": thing, "parts": list(map(_row, rows))})
        else:
            _print(rows)
        return
    chosen = FORMATS if format is None else (format,)
    found = {each: {item: rows_of(each, item) for item in items_of(each)} for each in chosen}
    if as_json:
        print_json(
            {
                each: {item: list(map(_row, rows)) for item, rows in items.items()}
                for each, items in found.items()
            }
        )
        return
    lines = [
        [each, item, *(str(sum(row.carried == how for row in rows)) for how in ("yes", "in part", "no"))]
        for each, items in found.items()
        for item, rows in items.items()
    ]
    print_table(["Format", "Thing", "Carried", "In part", "Not carried"], lines, right=(2, 3, 4))


def _row(row: Row) -> dict[str, object]:
    return {"part": row.part, "carried": row.carried, "where": list(row.where), "why": row.why}


def _print(rows: tuple[Row, ...]) -> None:
    lines = [[row.part, row.carried, row.why or ", ".join(row.where)] for row in rows]
    print_table(["Part", "Carried", "Where, or why not"], lines)
