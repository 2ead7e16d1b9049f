"""`synaspis fly`: one flight, with a missile class or lofted to a given apogee and range."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from synaspis.cli.faults import FAILED
from synaspis.cli.manual import Answer
from synaspis.cli.output import json_option, print_json

if TYPE_CHECKING:
    from synaspis.analyses.fly import Flight

NOTIONAL_BOOSTER = "notional-loft"
"""Missile class whose boost is scaled for a lofted flight of which no class is named."""


@click.command(
    short_help="Fly a missile class from here to there, or find the flight of an apogee and range.",
    cls=Answer,
    status="1 if there is no such flight (`status` says why), 0 if there is one, 2 for bad input.",
    examples=(
        "synaspis fly --missile mrbm-2000 --from 35.7,51.4 --to 44.4,26.1",
        "synaspis fly --from 40.0,127.6 --apogee-km 4475 --range-km 950 --azimuth-deg 80",
        "synaspis fly --missile srbm-300 --from -33.9,18.4 --to -32.0,19.5 --json --ephemeris > flight.json",
        "synaspis export flight.json --format czml --output flight.czml",
    ),
)
@click.option("--missile", metavar="ID", help="Missile class of the catalogue, such as mrbm-2000.")
@click.option("--from", "launch", metavar="LAT,LON", required=True, help="Launch point.")
@click.option("--to", "aim", metavar="LAT,LON", help="Aim point.")
@click.option("--apogee-km", metavar="KM", help="Highest point of a lofted flight.")
@click.option("--range-km", metavar="KM", help="Ground range of a lofted flight.")
@click.option("--azimuth-deg", metavar="DEG", help="Direction of a lofted flight, from north over east.")
@click.option("--ephemeris", is_flag=True, help="With --json: also the path, rows of t, x, y, z, vx, vy, vz.")
@json_option
def fly(
    missile: str | None,
    launch: str,
    aim: str | None,
    apogee_km: str | None,
    range_km: str | None,
    azimuth_deg: str | None,
    ephemeris: bool,
    as_json: bool,
) -> int:
    """Fly one ballistic missile and print burnout, apogee, range, time and impact.

    Either with a class to an aim point (--missile, --from, --to), or with a notional boost to an apogee and
    range (--from, --apogee-km, --range-km, --azimuth-deg; --missile then chooses whose boost is scaled).
    Lengths are metres, times seconds, positions Earth-fixed; the impact is given in degrees.
    """
    flight = _flight(
        missile, launch, aim, {"--apogee-km": apogee_km, "--range-km": range_km, "--azimuth-deg": azimuth_deg}
    )
    if as_json:
        print_json(flight.to_dict(ephemeris=ephemeris))
    else:
        _print(flight)
    return 0 if flight.ephemeris is not None else FAILED


def _flight(missile: str | None, launch: str, aim: str | None, lofted: dict[str, str | None]) -> Flight:
    from synaspis.catalogue import load_catalogue
    from synaspis.cli.values import Options

    options = Options()
    start, target = options.place("--from", launch), options.place("--to", aim)
    apogee_m = options.length_m("--apogee-km", lofted["--apogee-km"])
    range_m = options.length_m("--range-km", lofted["--range-km"])
    azimuth_rad = options.angle_rad("--azimuth-deg", lofted["--azimuth-deg"], -180.0, 360.0)
    given = [name for name, text in lofted.items() if text is not None]
    missing = [name for name in lofted if name not in given]
    if aim is not None and given:
        options.fault("--to", f"an aim point and {', '.join(given)} are given", "Give one or the other.")
    elif aim is None and missing:
        remedy = "Give --to, or --apogee-km, --range-km and --azimuth-deg."
        options.fault(", ".join(missing), "missing for a flight without an aim point", remedy)
    if aim is not None and missile is None:
        options.fault(
            "--missile", "missing for a flight to an aim point", "`synaspis catalogue list missiles`"
        )
    missiles = load_catalogue().missiles
    if missile is not None and missile not in missiles:
        from synaspis.core.documents import nearest

        options.fault(
            "--missile", f"the catalogue has no missile {missile!r}", nearest(missile, tuple(missiles))
        )
    options.done()
    from synaspis.analyses.fly import fly_lofted, fly_to

    assert start is not None
    if target is not None and missile is not None:
        return fly_to(missiles[missile], *start, *target)
    assert apogee_m is not None
    assert range_m is not None
    assert azimuth_rad is not None
    return fly_lofted(missiles[missile or NOTIONAL_BOOSTER], apogee_m, range_m, azimuth_rad, *start)


def _print(flight: Flight) -> None:
    plain = flight.to_dict()
    if flight.ephemeris is None:
        click.echo(f"No flight ({plain['status']}): {plain['reason']}.")
        return
    burnout, impact = plain["burnout"], plain["impact"]
    click.echo(
        f"Burnout   {burnout['time_s']:8.1f} s   {burnout['altitude_m'] / 1e3:9.1f} km high   "
        f"{burnout['speed_m_s']:8.1f} m/s"
    )
    click.echo(f"Apogee    {'':8}     {plain['apogee_m'] / 1e3:9.1f} km high")
    click.echo(f"Impact    {impact['time_s']:8.1f} s   {plain['range_m'] / 1e3:9.1f} km away")
    click.echo(
        f"          at {impact['latitude_deg']:.4f},{impact['longitude_deg']:.4f}, "
        f"{plain['miss_m']:.0f} m from the aim point"
    )
