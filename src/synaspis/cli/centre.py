"""`synaspis centre`: found a data exchange centre, run it, look after it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from synaspis.cli.centre_backup import backup, restore, say
from synaspis.cli.centre_demo import demo
from synaspis.cli.centre_mirror import listening, mirror
from synaspis.cli.centre_rehearse import rehearse
from synaspis.cli.manual import Answer
from synaspis.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from synaspis.server import DataFolder

_data = click.argument("data", metavar="DATA", type=click.Path(path_type=Path, file_okay=False))
_overlap = click.option(
    "--overlap-days",
    metavar="DAYS",
    type=int,
    default=14,
    show_default=True,
    help="How long what is replaced is still taken.",
)


@click.group(short_help="Run a data exchange centre: found it, serve, admit and retire partners, back it up.")
def centre() -> None:
    """Run a data exchange centre. DATA is the folder of a centre: settings, keys, partners, record, log."""


@centre.command(
    "init",
    short_help="Make the folder of a new centre: keys, certificates, a kit for each partner.",
    cls=Answer,
    examples=(
        "synaspis centre init centre --partners alpha,bravo,charlie --agreements demo",
        "synaspis centre init centre --partners a,b --host centre.example.org --port 443 --bind 0.0.0.0",
    ),
)
@click.argument("data", metavar="[DATA]", type=click.Path(path_type=Path), default=Path("centre"))
@click.option(
    "--partners", metavar="ID,ID", required=True, multiple=True, help="Ids of the partners; may be repeated."
)
@click.option(
    "--agreements",
    metavar="BOOK",
    help="Book of agreements in force: id of a packaged one, or a file. Without it nobody gets anything.",
)
@click.option("--name", default="Exchange centre", show_default=True, help="Name shown to partners.")
@click.option("--origin", metavar="NAME", help="Name of the log; by default made from the first host.")
@click.option(
    "--host",
    "hosts",
    metavar="NAME",
    multiple=True,
    help="Name or address under which partners reach the centre; may be repeated. Default: localhost.",
)
@click.option(
    "--bind", metavar="ADDRESS", default="127.0.0.1", show_default=True, help="Address to listen on."
)
@click.option(
    "--port", type=click.IntRange(1, 65_535), default=8443, show_default=True, help="Port to listen on."
)
@json_option
def init(
    data: Path,
    partners: tuple[str, ...],
    agreements: str | None,
    name: str,
    origin: str | None,
    hosts: tuple[str, ...],
    bind: str,
    port: int,
    as_json: bool,
) -> None:
    """Make DATA with new keys, a certificate authority of its own, certificates, and a kit for each partner
    in DATA/issued. Nothing is ever written over. Hand each kit over by a safe way and delete it here.
    """
    from synaspis.core.clock import SystemClock
    from synaspis.server import Founding, init_centre
    from synaspis.server.standing import unnamed

    listed = [each for text in partners for each in text.replace(",", " ").split()]
    hosts = hosts or ("localhost",)
    founding = Founding(
        name, origin or f"{hosts[0].replace(':', '-')}/synaspis", hosts, agreements, bind, port
    )
    made = init_centre(data, listed, founding, SystemClock())
    kits = {each: str(made.issued(each)) for each in listed}
    warnings = unnamed(made)
    if as_json:
        plain = {"data": str(data), "url": founding.url, "origin": founding.origin, "kits": kits}
        print_json(plain | {"warnings": warnings})
        return
    click.echo(f"Made {data}. Kits, to be handed over by a safe way and deleted here:")
    for folder in kits.values():
        click.echo(f"  {folder}")
    if agreements is None:
        click.echo(f"No agreement is in force: nobody receives anything; see {data}/agreements.yaml.")
    for warning in warnings:
        click.echo(warning)
    click.echo(f"Then: synaspis centre serve {data}")


@centre.command(
    "serve",
    short_help="Serve a centre until it is stopped.",
    cls=Answer,
    status="0 stopped by SIGTERM or SIGINT, 2 bad input, or the right to write was lost.",
    examples=("synaspis centre serve centre", "synaspis centre serve centre --wait"),
)
@_data
@click.option("--host", metavar="ADDRESS", help="Listen on this address instead of that in server.yaml.")
@click.option("--port", type=click.IntRange(0, 65_535), help="Listen on this port; 0 takes a free one.")
@click.option("--wait", "waits", is_flag=True, help="Stand by while another process writes to the store.")
@json_option
def serve(data: Path, host: str | None, port: int | None, waits: bool, as_json: bool) -> None:
    """Serve the centre in DATA over HTTPS with mutual TLS. Standard output says where it listens, standard
    error gets one JSON object for each thing that happens. SIGHUP reads the agreements again.
    """
    from synaspis.server import serve as run

    run(data, host=host, port=port, waits=waits, on_listening=listening(as_json))


@centre.command(
    "admit",
    short_help="Admit a partner that made its own keys.",
    cls=Answer,
    examples=("synaspis centre admit centre --request request.yaml",),
)
@_data
@click.option(
    "--request",
    "file",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="What `synaspis partner request` wrote. Compare its digest with the partner first.",
)
@json_option
def admit(data: Path, file: Path, as_json: bool) -> None:
    """Admit the partner of a request. Its private keys stay where they are: it gets a certificate and
    partner.yaml, in DATA/issued. A running centre knows it within seconds.
    """
    from synaspis.core.clock import SystemClock
    from synaspis.server import admit as take

    folder = _folder(data)
    document = take(folder, file, SystemClock())
    issued = folder.issued(document.id)
    if as_json:
        print_json({"partner": document.id, "issued": str(issued)})
    else:
        click.echo(f"Admitted {document.id}. Give it all that is in {issued}; none of it is secret.")
        click.echo("The others learn its public keys from their new partner.yaml in the folders beside it.")


@centre.command(
    "rotate",
    short_help="Renew certificates and keys.",
    cls=Answer,
    examples=(
        "synaspis centre rotate centre --server",
        "synaspis centre rotate centre --partner alpha --message-key --overlap-days 7",
    ),
)
@_data
@click.option("--server", "of_server", is_flag=True, help="Key and certificate of the server.")
@click.option("--partner", "identity", metavar="ID", help="Key and certificate of this partner or operator.")
@click.option("--message-key", is_flag=True, help="Of the partner, the message key instead.")
@click.option("--witness-key", is_flag=True, help="Of the partner, the witness key instead; no overlap.")
@_overlap
@json_option
def rotate(
    data: Path,
    of_server: bool,
    identity: str | None,
    message_key: bool,
    witness_key: bool,
    overlap_days: int,
    as_json: bool,
) -> None:
    """Renew a key and certificate. New private keys of a partner lie in DATA/issued, to be handed over; the
    former ones are taken for the overlap. Former message keys stay written down, for what they signed.
    """
    from synaspis import server
    from synaspis.core.clock import SystemClock
    from synaspis.core.errors import InputError

    folder, clock = _folder(data), SystemClock()
    if of_server == (identity is not None) or (message_key and witness_key):
        raise InputError("give --server, or --partner with at most one of --message-key and --witness-key")
    if identity is None:
        until = server.rotate_server(folder, clock)
        say(as_json, {"server": True, "valid_until": until}, f"Valid until {until}; restart the server.")
        return
    if message_key:
        server.rotate_message_key(folder, identity, clock, overlap_days)
    elif witness_key:
        server.rotate_witness_key(folder, identity)
    else:
        server.rotate_certificate(folder, identity, clock, overlap_days)
    issued = folder.issued(identity)
    said = f"The new key lies in {issued}: hand it over by a safe way and delete it here."
    say(as_json, {"partner": identity, "issued": str(issued), "overlap_days": overlap_days}, said)


@centre.command(
    "retire",
    short_help="Retire a partner: its connections end, and nothing of it is taken any more.",
    cls=Answer,
    examples=("synaspis centre retire centre bravo",),
)
@_data
@click.argument("identity", metavar="ID")
@json_option
def retire(data: Path, identity: str, as_json: bool) -> None:
    """Retire partner ID. A running centre ends its connections within seconds. What it sent stays in the
    log; its id is not given again.
    """
    from synaspis.core.clock import SystemClock
    from synaspis.server import retire as end

    document = end(_folder(data), identity, SystemClock())
    plain = {"partner": document.id, "retired_at": document.retired_at}
    say(as_json, plain, f"Retired {document.id} at {document.retired_at}.")


@centre.command(
    "status",
    short_help="Show partners, ends of certificates, the log, and what needs attention.",
    cls=Answer,
    examples=("synaspis centre status centre",),
)
@_data
@json_option
def status(data: Path, as_json: bool) -> None:
    """Show how the centre in DATA stands, running or not."""
    from synaspis.core.clock import SystemClock
    from synaspis.server.standing import standing

    found = standing(_folder(data), SystemClock())
    if as_json:
        print_json(found.to_dict())
        return
    click.echo(f"{found.name}, {found.url}")
    click.echo(f"Log: {found.size:,} leaves, root {found.root or 'none yet'}")
    click.echo(f"Store: {found.store_bytes:,} bytes")
    click.echo(f"Certificates: server {found.server_days} days, authority {found.authority_days} days\n")
    rows = [
        (each.id, each.role, each.status, f"{each.certificate_days}", "yes" if each.witness else "no")
        for each in found.partners
    ]
    print_table(("id", "role", "status", "days", "witness"), rows, right=(3,))
    for warning in found.warnings:
        click.echo(f"\n{warning}")


def _folder(data: Path) -> DataFolder:
    from synaspis.server import DataFolder

    return DataFolder(data).require()


for _command in (mirror, backup, restore, demo, rehearse):
    centre.add_command(_command)
