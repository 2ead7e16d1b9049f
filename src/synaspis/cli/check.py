"""`synaspis check`: can this launch report be true?"""

from __future__ import annotations

from typing import Any

import click

from synaspis.cli.faults import FAILED
from synaspis.cli.manual import Answer
from synaspis.cli.output import json_option, print_json


@click.command(
    short_help="Say whether a reported ballistic flight is possible, by how much, and why.",
    cls=Answer,
    status="1 if the verdict is impossible, 0 if it is consistent or unusual, 2 for bad input.",
    examples=(
        "synaspis check --apogee-km 6248.5 --range-km 1090 --time-s 4052",
        "synaspis check --range-km 3700 --launch-time 2017-09-14T21:57Z --impact-time 2017-09-14T22:16Z",
    ),
)
@click.option("--apogee-km", metavar="KM", help="Reported highest point.")
@click.option("--range-km", metavar="KM", help="Reported distance along the ground.")
@click.option("--time-s", metavar="S", help="Reported time from launch to impact.")
@click.option("--from", "launch", metavar="LAT,LON", help="Reported launch point.")
@click.option("--to", "impact", metavar="LAT,LON", help="Reported impact point.")
@click.option("--azimuth-deg", metavar="DEG", help="Reported direction at launch, from north over east.")
@click.option("--launch-time", metavar="TIME", help="Reported launch time, such as 2017-09-14T21:57:00Z.")
@click.option("--impact-time", metavar="TIME", help="Reported impact time.")
@click.option(
    "--apogee-rounding-km", metavar="KM", help="How far the true apogee may lie from the reported one."
)
@click.option("--range-rounding-km", metavar="KM", help="The same for the range.")
@click.option("--time-rounding-s", metavar="S", help="The same for the time.")
@json_option
def check(as_json: bool, **given: str | None) -> int:
    """Say whether a reported ballistic flight is possible: `consistent`, `unusual` or `impossible`, the
    margin, and the reasons.

    Give what was reported, at least one of apogee, range, time, both points or both clock times. What is
    not given is derived where it can be. Roundings are those of the last digit given unless you say
    otherwise.
    """
    from synaspis.analyses import check as analysis

    result = analysis.check(_report(given))
    if as_json:
        print_json(result.to_dict())
    else:
        _print(result)
    return FAILED if result.verdict == "impossible" else 0


def _report(given: dict[str, str | None]) -> Any:
    """Return the report as given; every fault of every option is reported together."""
    from synaspis.analyses.check import FlightReport, Place
    from synaspis.cli.values import Options

    options = Options()
    launch, impact = (
        None if point is None else Place(*point)
        for point in (options.place("--from", given["launch"]), options.place("--to", given["impact"]))
    )
    report = FlightReport(
        apogee_m=options.length_m("--apogee-km", given["apogee_km"]),
        range_m=options.length_m("--range-km", given["range_km"]),
        time_s=options.time_s("--time-s", given["time_s"]),
        launch=launch,
        impact=impact,
        azimuth_rad=options.angle_rad("--azimuth-deg", given["azimuth_deg"], -180.0, 360.0),
        launch_time=options.clock("--launch-time", given["launch_time"]),
        impact_time=options.clock("--impact-time", given["impact_time"]),
        apogee_rounding_m=options.rounding("--apogee-rounding-km", given["apogee_rounding_km"], "km", 1e3),
        range_rounding_m=options.rounding("--range-rounding-km", given["range_rounding_km"], "km", 1e3),
        time_rounding_s=options.rounding("--time-rounding-s", given["time_rounding_s"], "s"),
    )
    options.done()
    return report


def _print(result: Any) -> None:
    click.echo(f"Verdict: {result.verdict}")
    for reason in result.reasons:
        click.echo(f"  {reason}")
    if result.minimum_time_s is not None:
        click.echo(f"Shortest drag-free time: {result.minimum_time_s:,.0f} s")
    if result.expected_time_s is not None:
        low, high = result.expected_time_s
        click.echo(f"Expected time:           {low:,.0f} to {high:,.0f} s")
    if result.margin_s is not None:
        click.echo(f"Margin:                  {result.margin_s:+,.0f} s over the shortest")
    if result.range_margin_m is not None:
        click.echo(
            f"Range margin:            {result.range_margin_m / 1e3:+,.0f} km to the longest for the apogee"
        )
