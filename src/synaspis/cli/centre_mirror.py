"""`synaspis centre mirror`: deliver what another node has stored."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from synaspis.cli.manual import Answer
from synaspis.cli.output import json_option, print_json


@click.command(
    "mirror",
    short_help="Deliver feeds and log from the store that another node writes.",
    cls=Answer,
    status="0 stopped by SIGTERM or SIGINT, 2 bad input, or a store that contradicts the published log.",
    examples=("synaspis centre mirror mirror",),
)
@click.argument("data", metavar="DATA", type=click.Path(path_type=Path, file_okay=False))
@click.option("--host", metavar="ADDRESS", help="Listen on this address instead of that in server.yaml.")
@click.option("--port", type=click.IntRange(0, 65_535), help="Listen on this port; 0 takes a free one.")
@json_option
def mirror(data: Path, host: str | None, port: int | None, as_json: bool) -> None:
    """Serve feeds, checkpoints, tiles and proofs of a centre whose store is in PostgreSQL. DATA is a folder
    of the mirror's own, with copies of public files and of the server's TLS key, and no other private key.
    What partners hand in is answered with the address of the node that writes.
    """
    from synaspis.server import serve_mirror

    serve_mirror(data, host=host, port=port, on_listening=listening(as_json))


def listening(as_json: bool) -> Callable[[str, int], None]:
    """Return what says on standard output where a node listens."""

    def say(at: str, on: int) -> None:
        place = f"https://{f'[{at}]' if ':' in at else at}:{on}"
        if as_json:
            print_json({"listening": place, "port": on})
        else:
            click.echo(f"Listening on {place}")

    return say
