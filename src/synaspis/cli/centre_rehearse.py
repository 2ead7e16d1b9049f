"""`synaspis centre rehearse`: play a day that is written down, under agreements of one's choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from synaspis.cli.manual import Answer
from synaspis.cli.output import json_option, print_json

if TYPE_CHECKING:
    from synaspis.exchange.script import Played


@click.command(
    short_help="Play a day that is written down, and show who knew what, when, why and why not.",
    cls=Answer,
    status="0 done, 2 bad input.",
    examples=(
        "synaspis centre rehearse chechnya-1999",
        "synaspis centre rehearse chechnya-1999 --agreements strategic-stability-1999-all-launches",
        "synaspis centre rehearse disputed-launch-2022 --json",
    ),
)
@click.argument("script", metavar="SCRIPT")
@click.option("--agreements", metavar="BOOK", help="Play it under another book of agreements: id or path.")
@json_option
def rehearse(script: str, agreements: str | None, as_json: bool) -> int:
    """Play SCRIPT on a centre in memory and in simulated time. SCRIPT is the id of one that comes with the
    package, such as chechnya-1999 or disputed-launch-2022, or the path of a file. Under two books of
    agreements it shows what a clause is worth in knowledge.
    """
    from synaspis.exchange.script import load_script, play

    document, path = load_script(script)
    played = play(document, path, agreements=agreements)
    if as_json:
        print_json(played.to_dict())
    else:
        _print(played)
    return 0


def _print(played: Played) -> None:
    from synaspis.exchange.client.events import Event
    from synaspis.exchange.client.wording import lines_of

    click.echo(f"{played.script.name}, under {played.book}")
    click.echo(played.script.summary)
    for saw in played.saw:
        click.echo(f"\n{saw.partner}")
        if not saw.received:
            click.echo("  received nothing")
        for counter, content in enumerate(saw.received, start=1):
            for line in lines_of(Event(counter, str(content["type"]), content)):
                click.echo(line)
        for withheld in saw.withheld:
            click.echo(f"  not: {withheld['kind']} of {withheld['sender']}, {withheld['sent_at']}")
            for reason in withheld["why_not"]:
                click.echo(f"       {reason}")
