"""`synaspis centre backup` and `restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from synaspis.cli.manual import Answer
from synaspis.cli.output import json_option, print_json

_data = click.argument("data", metavar="DATA", type=click.Path(path_type=Path, file_okay=False))


@click.command(
    "backup",
    short_help="Copy a centre to a new folder, while it runs.",
    cls=Answer,
    examples=("synaspis centre backup centre backups/2026-11-22",),
)
@_data
@click.argument("target", metavar="TARGET", type=click.Path(path_type=Path))
@click.option("--without-keys", is_flag=True, help="Leave the private keys out, to be kept elsewhere.")
@json_option
def backup(data: Path, target: Path, without_keys: bool, as_json: bool) -> None:
    """Copy one consistent moment of the centre to TARGET and verify the log in it."""
    from synaspis.core.clock import SystemClock
    from synaspis.server import DataFolder, back_up

    held = back_up(DataFolder(data), target, SystemClock(), with_keys=not without_keys)
    plain = {"backup": str(held.folder), "size": held.size, "root": held.root, "with_keys": not without_keys}
    say(as_json, plain, f"Copied to {held.folder}: a log of {held.size} leaves, verified.")


@click.command(
    "restore",
    short_help="Make the folder of a centre from a backup, after verifying it.",
    cls=Answer,
    examples=("synaspis centre restore backups/2026-11-22 centre --newest alpha-checkpoint",),
)
@click.argument("source", metavar="BACKUP", type=click.Path(path_type=Path, file_okay=False))
@_data
@click.option("--keys", type=click.Path(path_type=Path, file_okay=False), help="Folder of the private keys.")
@click.option(
    "--newest",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Checkpoint that a partner holds; a backup that is older than it is refused.",
)
@json_option
def restore(source: Path, data: Path, keys: Path | None, newest: Path | None, as_json: bool) -> None:
    """Make DATA from BACKUP if every file is as it was copied and the log in it is intact. A backup that ends
    before what partners have cosigned must not be served: their witnesses would refuse its log.
    """
    from synaspis.server import restore as bring_back

    held = bring_back(source, data, keys=keys, newest=newest)
    plain = {"data": str(held.folder), "size": held.size, "root": held.root}
    say(as_json, plain, f"Restored {held.folder}: a log of {held.size} leaves, verified.")


def say(as_json: bool, document: dict[str, Any], text: str) -> None:
    """Print an outcome as one JSON document or as a line for people."""
    if as_json:
        print_json(document)
    else:
        click.echo(text)
