"""`synaspis gateway`: what one partner was delivered, in the formats of other people's programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from synaspis.cli.gateway_options import address_of, setting_of, shared_options, tls_of, tls_options
from synaspis.cli.manual import Answer

if TYPE_CHECKING:
    from synaspis.server.gateways.running import Bench, Gateway, Setting

_STATUS = "0 done, 1 if the centre refused the feed or broke a promise, 2 bad input."


@click.group(short_help="Speak with TAK, DIS and globes for one partner.")
def gateway() -> None:
    """Hand on the pictures that one partner was delivered, in the formats of other programs. Each gateway is
    for one exercise, or for what is meant in earnest, and never for both. What a format cannot carry is said.
    """


@gateway.command(
    short_help="Cursor on Target over TLS, for TAK clients and servers.",
    cls=Answer,
    status=_STATUS,
    examples=(
        "synaspis gateway cot kit --listen 127.0.0.1:8087 --exercise first-exercise",
        "synaspis gateway cot kit --listen 0.0.0.0:8089 --certificate tak.pem --key tak.key "
        "--authority ca.pem",
        "synaspis gateway cot kit --connect tak.example.org:8089 --certificate us.pem --key us.key "
        "--authority ca.pem --notes label.json",
    ),
)
@shared_options
@tls_options
@click.option("--listen", metavar="HOST:PORT", help="Let TAK clients connect here.")
@click.option("--connect", metavar="HOST:PORT", help="Connect to a TAK server, again whenever it is lost.")
@click.option("--server-name", metavar="NAME", help="Name that the server's certificate has to bear.")
def cot(listen: str | None, connect: str | None, server_name: str | None, **given: Any) -> int:
    """Stream the tracks of KIT's partner as CoT XML. With --notes, chats and spots of the other side go to
    the centre as text messages of this partner, under the label in the file or a stricter one of their own.
    """
    from synaspis.core.errors import Fault, InputError
    from synaspis.server.gateways.cot import CotGateway
    from synaspis.server.gateways.running import Gateway

    if (listen is None) == (connect is None):
        raise InputError(Fault("give either --listen or --connect", source="--listen, --connect"))
    setting = setting_of(given)
    option, text = ("--connect", connect) if listen is None else ("--listen", listen)
    host, port = address_of(option, text or "")
    tls = tls_of(given, host, listening=listen is not None)

    async def build(bench: Bench) -> Gateway:
        made = CotGateway(
            clock=bench.clock,
            account=bench.account,
            exercise=setting.exercise,
            notes=bench.notes,
            limits=bench.limits,
        )
        if listen is None:
            return Gateway([made.take], [made.connect(host, port, tls, server_name=server_name)])
        listening = await made.serve(host, port, tls)
        click.echo(f"Listening at {host}:{listening.port}.", err=True)
        return Gateway([made.take])

    return _run(setting, build)


def _run(setting: Setting, build: Callable[[Bench], Any]) -> int:
    """Run a gateway and say at its end what it did."""
    import asyncio

    from synaspis.server.gateways.running import run_gateway

    def say(line: str) -> None:
        click.echo(line, err=True)

    account = asyncio.run(run_gateway(setting, build, say))
    for kind, count in sorted(account.counts.items()):
        click.echo(f"{count:>8}  {kind}")
    return 1 if account.counts["ALARM"] else 0
