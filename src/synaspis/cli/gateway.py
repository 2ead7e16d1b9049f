"""`synaspis gateway`: what one partner was delivered, in the formats of other people's programs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synaspis.cli.faults import FAILED
from synaspis.cli.gateway_carries import carries
from synaspis.cli.gateway_options import (
    address_of,
    notes_option,
    setting_of,
    shared_options,
    tls_of,
    tls_options,
)
from synaspis.cli.manual import Answer
from synaspis.cli.output import json_option, print_json

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
@notes_option
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
            return Gateway(
                [made.take], [made.connect(host, port, tls, server_name=server_name)], [made.take_message]
            )
        listening = await made.serve(host, port, tls)
        click.echo(f"Listening at {host}:{listening.port}.", err=True)
        return Gateway([made.take], message_takers=[made.take_message])

    return _run(setting, build, given["as_json"])


@gateway.command(
    short_help="DIS 7 over UDP, for simulations.",
    cls=Answer,
    status=_STATUS,
    examples=(
        "synaspis gateway dis kit --exercise first-exercise --number 7 --send 192.0.2.255:3000",
        "synaspis gateway dis kit --exercise first-exercise --number 7 --send 127.0.0.1:3000 "
        "--bind 127.0.0.1:3001 --from 127.0.0.1 --notes label.json",
    ),
)
@shared_options
@notes_option
@click.option("--number", type=click.IntRange(1, 255), required=True, help="Exercise identifier of DIS.")
@click.option("--send", "targets", metavar="HOST:PORT", multiple=True, help="Send here; may be repeated.")
@click.option("--bind", metavar="HOST:PORT", default="0.0.0.0:0", help="Our own address.")
@click.option("--from", "sources", metavar="IP", multiple=True, help="Listen to this address alone.")
@click.option("--site", type=click.IntRange(1, 65_534), default=1, show_default=True, help="Our site.")
@click.option("--application", type=click.IntRange(1, 65_534), default=1, show_default=True, help="Ours.")
def dis(
    number: int,
    targets: tuple[str, ...],
    bind: str,
    sources: tuple[str, ...],
    site: int,
    application: int,
    **given: Any,
) -> int:
    """Send the tracks of KIT's partner as Entity State, each behind a Comment with its label; with the kit of
    the coordination centre, start and stop of the exercise too. With --notes, Comments of the hosts that
    --from names go to the centre as text messages. UDP is not protected: use a network that you trust.
    """
    from synaspis.gateways.dis import DisIdentity
    from synaspis.server.gateways.dis import DisGateway
    from synaspis.server.gateways.running import Gateway

    setting = setting_of(given)
    identity = DisIdentity(number, setting.exercise or "", site, application)
    addresses = [address_of("--send", text) for text in targets]
    host, port = address_of("--bind", bind)

    async def build(bench: Bench) -> Gateway:
        made = DisGateway(
            identity,
            clock=bench.clock,
            account=bench.account,
            targets=addresses,
            sources=sources,
            notes=bench.notes,
            limits=bench.limits,
        )
        click.echo(f"Bound to {host}:{await made.open(host, port)}.", err=True)
        return Gateway([made.take], [made.run()], [made.take_message])

    return _run(setting, build, given["as_json"])


@gateway.command(
    short_help="KML and CZML over HTTP, for globes.",
    cls=Answer,
    status=_STATUS,
    examples=("synaspis gateway globe kit --listen 127.0.0.1:8090 --exercise first-exercise",),
)
@shared_options
@tls_options
@click.option("--listen", metavar="HOST:PORT", default="127.0.0.1:8090", show_default=True, help="Where.")
def globe(listen: str, **given: Any) -> int:
    """Serve the tracks of KIT's partner: live.kml for a globe such as Google Earth, which fetches the rest by
    itself, tracks.kml, tracks.czml, and stream.czml for CesiumJS. The addresses that are printed hold a
    secret word; who has them sees what this partner sees. Nothing comes in.
    """
    import secrets

    from synaspis.exchange.client.kit import PartnerKit
    from synaspis.server.gateways.globe import GlobeGateway
    from synaspis.server.gateways.running import Gateway

    setting = setting_of(given)
    host, port = address_of("--listen", listen)
    tls = tls_of(given, host, listening=True, strangers=True)
    title, word = f"Tracks of {PartnerKit.load(setting.kit).partner}", secrets.token_urlsafe(18)

    async def build(bench: Bench) -> Gateway:
        made = GlobeGateway(
            word=word, title=title, account=bench.account, exercise=setting.exercise, limits=bench.limits
        )
        listening = await made.serve(host, port, tls)
        scheme = "http" if tls is None else "https"
        for name in ("live.kml", "tracks.kml", "tracks.czml", "stream.czml"):
            click.echo(f"{scheme}://{host}:{listening.port}/{word}/{name}", err=given["as_json"])
        return Gateway([made.take], message_takers=[made.take_message])

    return _run(setting, build, given["as_json"])


@gateway.command(
    short_help="A track that was delivered, as a CCSDS Orbit Ephemeris Message.",
    cls=Answer,
    examples=("synaspis gateway oem kit --exercise first-exercise --track 3 --out track-3.oem",),
)
@click.argument("kit", metavar="KIT", type=click.Path(path_type=Path, file_okay=False))
@click.option("--exercise", metavar="NAME", help="Of this exercise alone; without it, of none: in earnest.")
@click.option(
    "--track", metavar="N", type=click.IntRange(1), required=True, help="Its number in the picture."
)
@click.option(
    "--out", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Write it there."
)
@json_option
def oem(kit: Path, exercise: str | None, track: int, out: Path | None, as_json: bool) -> None:
    """Write every state of a track in KIT's pictures, with covariances where they were released. It reads
    what the kit keeps; the centre is not asked.
    """
    from synaspis.core.clock import SystemClock
    from synaspis.core.files import write_atomically
    from synaspis.exchange.client.events import read_event
    from synaspis.exchange.client.kit import PartnerKit
    from synaspis.exchange.client.partner_state import PartnerState
    from synaspis.gateways import oem_of_track, picture_of

    who = PartnerKit.load(kit)
    state = PartnerState(who.path("state.sqlite"))
    try:
        events = [read_event(stored, None) for stored in state.events(0, -1)]
    finally:
        state.close()
    pictures = [picture_of(each.content, recipient=who.partner) for each in events if each.type == "picture"]
    states = [
        each
        for picture in pictures
        if picture.exercise == exercise
        for each in picture.tracks
        if each.number == track
    ]
    written = oem_of_track(states, originator=who.partner, created_us=SystemClock().now_us())
    if out is not None:
        write_atomically(out, written.product.encode())
    if as_json:
        lost = [{"of": each.of, "what": each.what, "why": each.why} for each in written.not_carried]
        print_json({"states": len(states), "oem": written.product, "not_carried": lost})
        return
    if out is None:
        click.echo(written.product, nl=False)
    for thing in written.not_carried:
        click.echo(str(thing), err=True)


gateway.add_command(carries)


def _run(setting: Setting, build: Callable[[Bench], Any], as_json: bool) -> int:
    """Run a gateway and say at its end what it did."""
    import asyncio

    from synaspis.server.gateways.running import run_gateway

    def say(line: str) -> None:
        click.echo(line, err=True)

    account = asyncio.run(run_gateway(setting, build, say))
    counts = dict(sorted(account.counts.items()))
    if as_json:
        print_json({"exercise": setting.exercise, "counts": counts})
    else:
        for kind, count in counts.items():
            click.echo(f"{count:>8}  {kind}")
    return FAILED if counts.get("ALARM") else 0
