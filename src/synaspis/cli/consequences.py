"""`synaspis consequences`: who is flown over, and where fragments come down."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synaspis.cli.choices import SHARING, read_step_deg
from synaspis.cli.manual import Answer
from synaspis.cli.output import json_option, print_json, print_table, progress_bar

if TYPE_CHECKING:
    from synaspis.analyses.consequences import ConsequencesResult


@click.command(
    short_help="Say whom intercepts touch: countries flown over, and where fragments come down.",
    cls=Answer,
    examples=(
        "synaspis consequences europe --phase 2018 --threat mrbm-2000",
        "synaspis consequences europe --phase 2015 --threat mrbm-1300 --geojson fragments.geojson --json",
    ),
)
@click.argument("scenario")
@click.option("--phase", metavar="ID", help="Phase; the last one by default.")
@click.option("--threat", metavar="ID", help="Threat; the first one by default.")
@click.option(
    "--sharing", type=click.Choice(SHARING), default="agreements", show_default=True, help="What is shared."
)
@click.option("--step-deg", metavar="DEG", help="Side of a cell of the map. Default: that of the scenario.")
@click.option(
    "--debris",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="What is assumed of fragments. Default: the file of the package.",
)
@click.option(
    "--geojson", metavar="FILE", type=click.Path(path_type=Path), help="Write the areas as a map layer."
)
@json_option
def consequences(
    scenario: str,
    phase: str | None,
    threat: str | None,
    sharing: Any,
    step_deg: str | None,
    debris: Path | None,
    geojson: Path | None,
    as_json: bool,
) -> None:
    """For each launch point and battery of SCENARIO: the countries that the missile and the interceptor pass
    over, and those on which fragments of either may come down, with their share of the area and the people
    who live in it.

    Places alone: no effect of what falls is computed. Whether a state has to agree is for its lawyers; this
    says whom to ask.
    """
    from synaspis._version import VERSION
    from synaspis.analyses.consequences import consequences as compute
    from synaspis.analyses.consequences import consequences_geojson, load_debris
    from synaspis.core.files import write_atomically
    from synaspis.scenario import load_scenario_document

    step = read_step_deg(step_deg)
    loaded = load_scenario_document(scenario)
    assumed = load_debris(loaded, debris)
    with progress_bar(f"Consequences {loaded.id}") as advance:
        result = compute(
            loaded,
            phase or list(loaded.document.phases)[-1],
            threat or next(iter(loaded.document.threats)),
            sharing=sharing,
            step_deg=step,
            debris=assumed,
            progress=advance,
        )
    if geojson is not None:
        write_atomically(geojson, consequences_geojson(result, f"synaspis {VERSION}, {loaded.id}"))
    if as_json:
        print_json(result.to_dict())
    else:
        _print(result)


_WORDS = {
    "launching": "launching state",
    "owner": "owns the battery",
    "host": "hosts the battery",
    "partner": "partner",
    "third": "third country",
}


def _print(result: ConsequencesResult) -> None:
    from synaspis.report.wording import people_text, percent_text

    click.echo(f"{result.scenario}, phase {result.phase}, threat {result.threat}")
    click.echo(f"{result.engaged} of {result.flown} flights can be engaged.\n")
    if not result.groups:
        click.echo("Nothing is intercepted, so nobody is touched.")
        return
    rows = [
        (
            row["country"],
            _WORDS[row["standing"]],
            _height(row["missile_lowest_altitude_m"]),
            _height(row["interceptor_lowest_altitude_m"]),
            percent_text(row["missile_fragments_share_most"]),
            people_text(row["missile_fragments_people_most"]),
            percent_text(row["interceptor_fragments_share_most"]),
            people_text(row["interceptor_fragments_people_most"]),
        )
        for row in result.countries()
    ]
    headings = (
        *("country", "standing", "missile over", "interceptor over"),
        *("missile falls", "people", "interceptor falls", "people"),
    )
    print_table(headings, rows, right=(2, 3, 4, 5, 6, 7))
    click.echo(
        "\nOver: lowest altitude before the intercept. Falls: largest share of the fall area of one launch "
        "point and battery,\nand the city inhabitants within that part; a single intercept covers a small "
        "part of it."
    )


def _height(altitude_m: float | None) -> str:
    return "–" if altitude_m is None else f"{altitude_m / 1e3:,.0f} km"
