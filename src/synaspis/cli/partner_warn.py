"""`synaspis partner warn`: alerts for our own areas, from what the centre released to us."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synaspis.cli.manual import Answer
from synaspis.cli.output import print_json

if TYPE_CHECKING:
    from synaspis.exchange import Client, Event
    from synaspis.exchange.client.public_warning import WarningDesk
    from synaspis.gateways.cap import Alert


@click.command(
    short_help="Write alerts (CAP 1.2) for our areas while an impact is expected there.",
    cls=Answer,
    status="0 done, 1 if the centre cannot be reached, 2 bad input.",
    examples=(
        "synaspis partner warn kit --country RO --out alerts",
        "synaspis partner warn kit --area Capital=44.43,26.10,40 --area Port=44.17,28.65,20 --follow",
    ),
)
@click.argument("kit", metavar="KIT", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--country", "countries", metavar="XX", multiple=True, help="Warn in a country; may be repeated."
)
@click.option(
    "--area",
    "areas",
    metavar="NAME=LAT,LON,KM",
    multiple=True,
    help="Warn within a circle: its name, middle in degrees and radius; may be repeated.",
)
@click.option(
    "--out", metavar="DIR", type=click.Path(path_type=Path, file_okay=False), help="Write each alert there."
)
@click.option("--follow", is_flag=True, help="Stay and warn as events come.")
@click.option("--json", "as_json", is_flag=True, help="Print each alert as one line of JSON.")
def warn(
    kit: Path,
    countries: tuple[str, ...],
    areas: tuple[str, ...],
    out: Path | None,
    follow: bool,
    as_json: bool,
) -> int:
    """Fetch what is new, and turn the whole feed into alerts, updates and all clears for our areas. The same
    feed gives the same alerts, so a second call repeats the first and adds what came since. Your own
    authority decides what becomes of them: nothing is sent to the public from here. An alert bears no label,
    for it is meant for everybody: whether what it rests on may be told is for you to decide.
    """
    from synaspis.cli.partner import with_client
    from synaspis.exchange.client.kit import PartnerKit
    from synaspis.exchange.client.public_warning import WarningDesk

    desk = WarningDesk(PartnerKit.load(kit).partner, _areas(countries, areas))

    async def scene(client: Client) -> None:
        await client.catch_up()
        for event in client.events():
            _give(desk, event, out, as_json)
        if follow:
            reached = max((event.counter for event in client.events()), default=0)
            async with aclosing(client.watch(reached)) as events:
                async for event in events:
                    _give(desk, event, out, as_json)

    with_client(kit, scene)
    return 0


def _areas(countries: Iterable[str], circles: Iterable[str]) -> Mapping[str, Any]:
    """Return each area by its name; every fault of every option is reported together."""
    from synaspis.cli.values import Options
    from synaspis.core.errors import InputError
    from synaspis.exchange.client.public_warning import circle
    from synaspis.geography import Countries

    options = Options()
    found: dict[str, Any] = {}
    for code in countries:
        try:
            found[code] = Countries.load().polygons(code)
        except InputError as error:
            options.fault("--country", error.faults[0].what, error.faults[0].remedy)
    for text in circles:
        name, _, rest = text.partition("=")
        place, _, radius = rest.rpartition(",")
        middle = options.place("--area", place or None)
        radius_m = options.length_m("--area", radius or None)
        if middle is not None and radius_m is not None and name:
            found[name] = circle(middle.latitude_rad, middle.longitude_rad, radius_m)
        elif not (name and place and radius):
            options.fault(
                "--area", f"{text!r} is not NAME=LAT,LON,KM", "Write for example Capital=44.43,26.10,40."
            )
    if not (countries or circles):
        options.fault("--area", "no area is given", "Give --country or --area at least once.")
    options.done()
    return found


def _give(desk: WarningDesk, event: Event, out: Path | None, as_json: bool) -> None:
    from synaspis.core.files import write_atomically
    from synaspis.gateways.cap import write_cap

    for alert in desk.take(event.content):
        content = write_cap(alert)
        if out is not None:
            write_atomically(out / f"{alert.name.identifier}.xml", content)
        if as_json:
            print_json(_summary(alert))
        else:
            click.echo(_line(alert))


def _summary(alert: Alert) -> dict[str, Any]:
    from synaspis.core.clock import to_rfc3339

    return {
        "identifier": alert.name.identifier,
        "kind": alert.kind,
        "area": alert.area,
        "sent": to_rfc3339(alert.name.sent_us),
        "impact": to_rfc3339(alert.impact_us),
        "impact_sigma_s": alert.impact_sigma_s,
        "replaces": [name.identifier for name in alert.earlier],
        "exercise": alert.exercise,
    }


def _line(alert: Alert) -> str:
    from synaspis.core.clock import SECOND_US, to_rfc3339

    sent = to_rfc3339(alert.name.sent_us)[:19].replace("T", " ")
    marked = f"EXERCISE {alert.exercise}: " if alert.exercise else ""
    if alert.kind == "Cancel":
        return f"{sent}  {alert.name.identifier}  {marked}all clear for {alert.area}"
    left_s = max(alert.impact_us - alert.name.sent_us, 0) / SECOND_US
    word = "alert" if alert.kind == "Alert" else "update"
    return f"{sent}  {alert.name.identifier}  {marked}{word} for {alert.area}: impact in {left_s:.0f} s"
