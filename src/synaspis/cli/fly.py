"""`synaspis fly`: one flight, with a missile class, lofted to an apogee and range, or handed over as an
ephemeris.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synaspis.cli.faults import FAILED
from synaspis.cli.manual import Answer
from synaspis.cli.output import json_option, print_json

if TYPE_CHECKING:
    from synaspis.analyses.fly import Flight
    from synaspis.analyses.timeline import Timeline
    from synaspis.engine.ephemeris import Ephemeris

NOTIONAL_BOOSTER = "notional-loft"
"""Missile whose boost is scaled for a lofted flight of which no class is named."""

_LOFTED = ("--apogee-km", "--range-km", "--azimuth-deg")


@click.command(
    short_help="Fly a missile class from here to there, or find the flight of an apogee and range.",
    cls=Answer,
    status="1 if there is no such flight (`status` says why), 0 if there is one, 2 for bad input.",
    examples=(
        "synaspis fly --missile mrbm-2000 --from 38.1,46.3 --to 44.4,26.1",
        "synaspis fly --from 40.0,127.6 --apogee-km 4475 --range-km 950 --azimuth-deg 80",
        "synaspis fly --missile mrbm-2000 --from 38.1,46.3 --to 44.4,26.1 --against europe --phase 2018",
        "synaspis fly --missile srbm-300 --from -33.9,18.4 --to -32.0,19.5 --json --ephemeris > flight.json",
        "synaspis export flight.json --format czml --output flight.czml",
    ),
)
@click.option("--missile", metavar="ID", help="Missile class of the catalogue, such as mrbm-2000.")
@click.option("--from", "launch", metavar="LAT,LON", help="Launch point.")
@click.option("--to", "aim", metavar="LAT,LON", help="Aim point.")
@click.option("--apogee-km", metavar="KM", help="Highest point of a lofted flight.")
@click.option("--range-km", metavar="KM", help="Ground range of a lofted flight.")
@click.option("--azimuth-deg", metavar="DEG", help="Direction of a lofted flight, from north over east.")
@click.option(
    "--oem",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Take the path from a CCSDS ephemeris (or from the JSON of this command) instead; for --against.",
)
@click.option("--against", metavar="SCENARIO", help="Also say who sees the flight and who can engage it.")
@click.option("--phase", metavar="ID", help="Phase of the scenario; for --against.")
@click.option("--ephemeris", is_flag=True, help="With --json: also the path, rows of t, x, y, z, vx, vy, vz.")
@json_option
def fly(ephemeris: bool, as_json: bool, **given: Any) -> int:
    """Fly one ballistic missile and print burnout, apogee, range, time and impact.

    Either with a class to an aim point (--missile, --from, --to), or with a notional boost to an apogee and
    range (--from, --apogee-km, --range-km, --azimuth-deg; --missile then chooses whose boost is scaled).
    Lengths are metres, times seconds, positions Earth-fixed; the impact is given in degrees.

    With --against and --phase the flight meets the defence of a scenario: what each sensor and battery gets,
    and which gate stopped it. A partner's ephemeris (--oem) does that without showing the model behind it;
    --missile then gives the radar cross-section.
    """
    flight, path = _flight(given)
    document: dict[str, Any] = {} if flight is None else flight.to_dict(ephemeris=ephemeris)
    if not as_json and flight is not None:
        _print(flight)
    if path is not None and given["against"] is not None:
        result = _against(path, given)
        document["timeline"] = result.to_dict()
        if not as_json:
            from synaspis.cli.against import print_timeline

            print_timeline(result)
    if as_json:
        print_json(document)
    return 0 if path is not None else FAILED


def _flight(given: dict[str, Any]) -> tuple[Flight | None, Ephemeris | None]:
    """Return the flight and its path; no flight for a path that was handed over, no path where none was
    found.
    """
    from synaspis.catalogue import load_catalogue
    from synaspis.cli.values import Options

    options = Options()
    start, target = options.place("--from", given["launch"]), options.place("--to", given["aim"])
    apogee_m = options.length_m("--apogee-km", given["apogee_km"])
    range_m = options.length_m("--range-km", given["range_km"])
    azimuth_rad = options.angle_rad("--azimuth-deg", given["azimuth_deg"], -180.0, 360.0)
    _check_form(options, given)
    missiles = load_catalogue().missiles
    name = given["missile"]
    if name is not None and name not in missiles:
        from synaspis.core.documents import nearest

        remedy = nearest(name, tuple(missiles))
        options.fault("--missile", f"the catalogue has no missile {name!r}", remedy)
    options.done()
    if given["oem"] is not None:
        from synaspis.cli.flights import read_flights

        return None, read_flights(given["oem"], None).segments[0].ephemeris
    from synaspis.analyses.fly import fly_lofted, fly_to

    assert start is not None
    if target is not None:
        flight = fly_to(missiles[name], *start, *target)
    else:
        assert apogee_m is not None
        assert range_m is not None
        assert azimuth_rad is not None
        flight = fly_lofted(missiles[name or NOTIONAL_BOOSTER], apogee_m, range_m, azimuth_rad, *start)
    return flight, flight.ephemeris


def _check_form(options: Any, given: dict[str, Any]) -> None:
    """Note what is missing or too much: exactly one of an aim point, a lofted flight and an ephemeris."""
    lofted = [each for each in _LOFTED if given[each[2:].replace("-", "_")] is not None]
    missing = [each for each in _LOFTED if each not in lofted]
    if given["oem"] is not None:
        extra = [f"--{key}" for key, name in (("from", "launch"), ("to", "aim")) if given[name] is not None]
        if extra + lofted:
            options.fault(
                "--oem", f"given together with {', '.join(extra + lofted)}", "Give one or the other."
            )
        if given["against"] is None:
            options.fault("--oem", "a path alone asks nothing", "Add --against SCENARIO --phase ID.")
    else:
        if given["launch"] is None:
            options.fault("--from", "missing", "Give the launch point as LAT,LON.")
        if given["aim"] is not None and lofted:
            options.fault("--to", f"given together with {', '.join(lofted)}", "Give one or the other.")
        elif given["aim"] is None and missing:
            remedy = "Give --to, or all three of --apogee-km, --range-km and --azimuth-deg."
            options.fault(", ".join(missing), "missing for a flight without an aim point", remedy)
        if given["aim"] is not None and given["missile"] is None:
            options.fault("--missile", "missing", "`synaspis catalogue list missiles` shows the classes.")
    if (given["against"] is None) != (given["phase"] is None):
        lacking = "--phase" if given["phase"] is None else "--against"
        options.fault(lacking, "missing", "Give --against SCENARIO and --phase ID together.")
    elif given["against"] is not None and given["missile"] is None:
        remedy = "The missile gives the radar cross-section; `synaspis catalogue list missiles`."
        if given["oem"] is not None or given["aim"] is None:
            options.fault("--missile", "missing for --against", remedy)


def _against(path: Ephemeris, given: dict[str, Any]) -> Timeline:
    from synaspis.analyses.timeline import timeline
    from synaspis.scenario import load_scenario_document

    scenario = load_scenario_document(given["against"])
    return timeline(scenario, given["phase"], path, scenario.catalogue.missiles[given["missile"]])


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
