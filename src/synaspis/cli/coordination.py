"""`synaspis coordination`: what a coordination centre shows each nation, tried out without a network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click

from synaspis.cli.manual import Answer
from synaspis.cli.output import json_option, print_json


@click.group(short_help="Plans, claims, conflicts and hand-overs between nations, as each is shown them.")
def coordination() -> None:
    """Look at coordination between nations. It informs and deconflicts, decides nothing and orders nobody."""


@coordination.command(
    short_help="Play a day on two centres, and show the board of each partner.",
    cls=Answer,
    status="0 done, 2 bad input.",
    examples=(
        "synaspis coordination rehearse two-claims",
        "synaspis coordination rehearse two-claims --until 245 --json",
        "synaspis coordination rehearse my-day.yaml --data demo --coordination my-book.yaml",
    ),
)
@click.argument("script", metavar="SCRIPT")
@click.option(
    "--data",
    metavar="BOOK",
    default="demo",
    show_default=True,
    help="Agreements of the data exchange centre.",
)
@click.option(
    "--coordination",
    "book",
    metavar="BOOK",
    help="Agreements of the coordination centre; by default those that the script names.",
)
@click.option(
    "--responses",
    metavar="FILE",
    default="coordination-demo",
    show_default=True,
    help="Pre-planned responses: id of a packaged document, or a file.",
)
@click.option(
    "--until",
    "until_s",
    metavar="SECONDS",
    type=float,
    help="Show the boards as they stood then; the end if left out.",
)
@json_option
def rehearse(
    script: str, data: str, book: str | None, responses: str, until_s: float | None, as_json: bool
) -> int:
    """Play SCRIPT on two centres in memory and in simulated time: what agreements call coordination goes to
    the second, all else to the first. Shows for each partner what its board shows.
    """
    from synaspis.coordination import Board, rehearse
    from synaspis.core.clock import SECOND_US, from_rfc3339
    from synaspis.exchange.script import load_script

    document, path = load_script(script)
    until_us = None if until_s is None else from_rfc3339(document.starts) + round(until_s * SECOND_US)
    boards: dict[str, dict[str, Any]] = {}

    def look(now_us: int, shown: Mapping[str, Board]) -> None:
        if until_us is not None and now_us <= until_us:
            boards.clear()
            boards.update({name: board.to_dict(now_us) for name, board in shown.items()})

    played = rehearse(
        document,
        path,
        data=data,
        coordination=book,
        responses=responses,
        look=None if until_us is None else look,
    )
    if until_us is None:
        boards = {name: board.to_dict() for name, board in played.boards.items()}
    if as_json:
        print_json({"script": document.id, "agreements": dict(played.books), "boards": boards})
        return 0
    click.echo(f"{document.name}, under {' and '.join(played.books.values())}")
    click.echo(document.summary)
    for name, board in boards.items():
        click.echo(f"\n{name}, {board['now']}")
        for line in _lines(board):
            click.echo(f"  {line}")
    return 0


def _lines(board: Mapping[str, Any]) -> Iterator[str]:
    """A board in words; what is empty is left out."""
    for task in board["plans"]["tasks"]:
        until = f" until {task['until']}" if task.get("until") else ""
        area = task["area"].get("name", "an area")
        yield f"plan: {task['partner']} covers {area} with {task['battery']} from {task['since']}{until}"
    for found in (*board["plans"]["overlaps"], *board["plans"]["gaps"]):
        yield f"plan: {found['text']}, from {found['since']}"
    for each in board["objects"]:
        track = f", our track {each['track']}" if each["track"] else ""
        yield f"object {each['object'][:8]}{track}"
        for entry in each["entries"]:
            held = "" if entry["holder"] == entry["sender"] else f", held by {entry['holder']}"
            over = "" if entry["open"] else ", over"
            battery = entry["battery"] or "battery not shown"
            yield f"  {entry['kind']} of {entry['sender']} ({battery}){held}{over}"
        for found in each["findings"]:
            yield f"  {found['what'].upper()}: {found['text']}"
            yield from (f"    {reason}" for reason in found["reasons"])
        yield from (f"  {doubt}" for doubt in each["doubts"])
    for each in board["hand_overs"]:
        whose, to = each["claim"]["sender"], each["to"] or "somebody"
        yield f"hand-over of {whose} to {to}: {each['text']}{_left(each)}"
    for each in board["acknowledgements"]:
        if each["of"]["kind"] == "response":
            yield f"{each['what']}: {each['text']}{_left(each)}"
    for each in board["consultations"]:
        yield f"question of {each['of']['sender']}: {each['state']}{_left(each)}"
    for each in board["calendar"]:
        yield f"announced by {each['of']['sender']}: {each['state']}"
    for each in board["warnings"]:
        name = (each["area"] or {}).get("name", "area not shown")
        level = each["level"] or "level not shown"
        yield f"warning of {each['of']['sender']}, {level}: {name}, {each['state']}"


def _left(each: Mapping[str, Any]) -> str:
    if each["left_s"] is None:
        return ""
    return f", overdue by {-each['left_s']:,.0f} s" if each["overdue"] else f", {each['left_s']:,.0f} s left"
