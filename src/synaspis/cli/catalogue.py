"""`synaspis catalogue`: what is known of an item, from which source, and who says otherwise."""

from __future__ import annotations

import click

from synaspis.cli.manual import Answer
from synaspis.cli.output import json_option, print_json, print_table

_folder = click.option(
    "--folder",
    "folders",
    metavar="DIR",
    multiple=True,
    help="Also read the items of this folder; may be repeated.",
)


@click.group(short_help="Look up missiles, interceptors, radars, satellites, sites and observed flights.")
def catalogue() -> None:
    """Look up public items: every value with unit, source, basis, plausible range and rival values."""


@catalogue.command(
    "list",
    short_help="List the items, or those of one kind.",
    cls=Answer,
    examples=(
        "synaspis catalogue list",
        "synaspis catalogue list radars --json",
    ),
)
@click.argument("kind", required=False)
@_folder
@json_option
def list_items(kind: str | None, folders: tuple[str, ...], as_json: bool) -> None:
    """List id, kind and name of all items.

    KIND is missiles, interceptors, radars, satellites, sites, flights or sources.
    """
    from synaspis.catalogue import listing, load_catalogue

    found = load_catalogue(folders)
    if kind == "sources":
        rows = [
            {"id": source_id, "kind": "sources", "name": source.title, "summary": source.publisher}
            for source_id, source in found.sources.items()
        ]
    else:
        rows = listing(found, kind)
    if as_json:
        print_json(rows)
    else:
        print_table(("id", "kind", "name"), [(row["id"], row["kind"], row["name"]) for row in rows])


@catalogue.command(
    "show",
    short_help="Show every value of an item with its source.",
    cls=Answer,
    examples=("synaspis catalogue show sm-3-iia",),
)
@click.argument("item")
@_folder
@json_option
def show_item(item: str, folders: tuple[str, ...], as_json: bool) -> None:
    """Show an item: values with [low to high], basis and source, then notes, rival values and the sources
    in full.
    """
    from synaspis.catalogue import describe, lines, load_catalogue

    found = load_catalogue(folders)
    if as_json:
        print_json(describe(found, item))
    else:
        click.echo("\n".join(lines(found, item)))
