"""`synaspis serve`: both centres, the cells and the web globe in one process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from synaspis.cli.manual import Answer
from synaspis.cli.output import json_option, print_json

if TYPE_CHECKING:
    from synaspis.server.cells.house import OnOpen


@click.command(
    short_help="Open the web globe: both centres and a page for each nation's cell.",
    cls=Answer,
    status="0 stopped by SIGTERM or Ctrl-C, 2 bad input.",
    examples=(
        "synaspis serve",
        "synaspis serve --exercise first-exercise --people de,ro --data exercise",
    ),
)
@click.option(
    "--scenario", metavar="SCENARIO", help="What to show; europe, or that of the exercise, by default."
)
@click.option("--exercise", metavar="ID", help="Exercise to be run by the white cell: id, or a file.")
@click.option("--seed", type=click.IntRange(0), help="Seed of the exercise; 1 by default.")
@click.option(
    "--people",
    metavar="ID,ID",
    default="",
    help="Nations of the exercise that nobody but people plays; the others answer by their script.",
)
@click.option(
    "--data",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of both centres, made if it is not there, else gone on with. "
    "Default: synaspis-serve, or synaspis-serve-EXERCISE.",
)
@click.option(
    "--host", metavar="ADDRESS", default="127.0.0.1", show_default=True, help="Address of the page."
)
@click.option(
    "--name",
    "names",
    metavar="NAME",
    multiple=True,
    help="Name under which other machines reach the page; may be repeated.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65_533),
    default=8700,
    show_default=True,
    help="Port of the page; the centres have the two after it. 0 takes free ones.",
)
@click.option(
    "--tls-certificate", metavar="FILE", type=click.Path(path_type=Path), help="Speak TLS 1.3 with this one."
)
@click.option("--tls-key", metavar="FILE", type=click.Path(path_type=Path), help="Private key of it.")
@click.option("--open/--no-open", "opens", default=False, help="Open the first cell in a browser.")
@json_option
def serve(
    scenario: str | None,
    exercise: str | None,
    seed: int | None,
    people: str,
    folder: Path | None,
    host: str,
    names: tuple[str, ...],
    port: int,
    tls_certificate: Path | None,
    tls_key: Path | None,
    opens: bool,
    as_json: bool,
) -> None:
    """Run the data exchange centre and the coordination centre on this machine, with a cell for each partner,
    and print a one-time link for each. A link works once and for an hour; who enters by it stays for eight.

    The folder keeps everything: stopped or killed, the same command goes on where it was, and open pages come
    back by themselves.
    """
    import asyncio
    import gc
    import sys

    from synaspis.core.clock import SystemClock
    from synaspis.server import Journal
    from synaspis.server.cells import House, open_grounds, page_folder
    from synaspis.server.cells.again import keep_open
    from synaspis.server.keeping import COLLECT_AFTER
    from synaspis.server.node import SWITCH_S

    if (tls_certificate is None) != (tls_key is None):
        raise click.UsageError("--tls-certificate and --tls-key belong together: give both or neither.")
    tls = None if tls_certificate is None or tls_key is None else (tls_certificate, tls_key)
    path = folder or Path("synaspis-serve" if exercise is None else f"synaspis-serve-{Path(exercise).stem}")
    clock = SystemClock()
    if not (path / "serve.yaml").is_file():
        click.echo(f"Making {path} ...", err=True)
    played = tuple(people.replace(",", " ").split())
    grounds = open_grounds(
        path, clock, scenario=scenario, exercise=exercise, seed=seed, people=played, port=port
    )
    if page_folder() is None:
        click.echo("The web page is not built: run `make web` in a checkout of the source.", err=True)
    with (path / "journal.jsonl").open("a", encoding="utf-8") as stream:
        journal = Journal(clock, stream)
        journal.take_over_logging()
        # As in a centre of its own: ticks, readers and connections share one interpreter, and what is loaded
        # need not be searched for cycles again and again.
        sys.setswitchinterval(SWITCH_S)
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECT_AFTER)

        def house() -> House:
            return House(grounds, journal, host=host, names=names, tls=tls)

        asyncio.run(keep_open(house, journal, _said(opens, as_json)))


def _said(opens: bool, as_json: bool) -> OnOpen:
    def on_open(url: str, links: dict[str, str]) -> None:
        if as_json:
            print_json({"url": url, "links": links})
        else:
            _say(url, links)
        if opens:
            click.launch(next(iter(links.values())))

    return on_open


def _say(url: str, links: dict[str, str]) -> None:
    click.echo(f"Serving {url}; one-time links, each good for an hour:")
    width = max(map(len, links))
    for name, link in links.items():
        click.echo(f"  {name:<{width}}  {link}")
    click.echo("Stop with Ctrl-C.")
