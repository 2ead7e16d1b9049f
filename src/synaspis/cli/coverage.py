"""`synaspis coverage`: one phase against one threat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from synaspis.cli.choices import coverage_options, read_step_deg
from synaspis.cli.manual import Answer
from synaspis.cli.output import json_option, print_json, print_table, progress_bar

if TYPE_CHECKING:
    import xarray as xr


@click.command(
    short_help="Say what the shield defends in one phase against one threat.",
    cls=Answer,
    examples=(
        "synaspis coverage europe --phase 2015 --threat mrbm-2000",
        "synaspis coverage europe --phase 2018 --threat irbm-3500 --sharing none --step-deg 1 --json",
    ),
)
@click.argument("scenario")
@click.option("--phase", metavar="ID", required=True, help="Phase; `scenario show` lists them.")
@click.option("--threat", metavar="ID", required=True, help="Threat; `scenario show` lists them.")
@coverage_options
@json_option
def coverage(
    scenario: str,
    phase: str,
    threat: str,
    partners: tuple[str, ...],
    sharing: Any,
    step_deg: str | None,
    contributions: bool,
    as_json: bool,
) -> None:
    """Compute area and people defended, warning time, why the rest is not defended, and what each asset adds.

    With --json also `cells`: for each cell of the territory within reach its place (degrees), country,
    whether it is defended, shots, gate and warning time. Nothing is written to disk.
    """
    from synaspis.analyses.study import load_scenario

    step = read_step_deg(step_deg)
    loaded = load_scenario(scenario)
    with progress_bar(f"Coverage {loaded.scenario.id}") as advance:
        dataset = loaded.coverage(
            phase,
            threat,
            partners=partners or None,
            sharing=sharing,
            step_deg=step,
            contributions=contributions,
            progress=advance,
        )
    document = _document(dataset)
    if as_json:
        print_json({**document, "cells": _cells(dataset)})
    else:
        _print(document)


def _document(case: xr.Dataset) -> dict[str, Any]:
    from synaspis.engagement.gates import Gate

    open_cells = (case["threatened"].values > 0) & (case["defended"].values == 0)
    gate, area = case["gate"].values, case["cell_area"].values
    closed = {
        name.name.lower(): float(area[open_cells & (gate == name)].sum() / 1e6)
        for name in Gate
        if (open_cells & (gate == name)).any()
    }
    lost = {}
    if "contribution_area" in case:
        for asset in case["asset"].values:
            area_m2 = float(case["contribution_area"].sel(asset=asset))
            if area_m2 == area_m2:  # NaN: not in service
                people = float(case["contribution_population"].sel(asset=asset))
                lost[str(asset)] = {"area_km2": area_m2 / 1e6, "population": people}
    return {
        "scenario": case.attrs["scenario"],
        "phase": str(case["phase"].values),
        "threat": str(case["threat"].values),
        "sharing": case.attrs["sharing"],
        "threatened_area_km2": float(case["threatened_area"]) / 1e6,
        "defended_area_km2": float(case["defended_area"]) / 1e6,
        "threatened_population": int(case["threatened_population"]),
        "defended_population": int(case["defended_population"]),
        "median_warning_time_s": float(case["median_warning_time"]),
        "not_defended_km2": closed,
        "contributions": lost,
    }


def _cells(case: xr.Dataset) -> list[dict[str, Any]]:
    import numpy as np

    from synaspis.engagement.gates import Gate

    codes = case["country"].attrs["codes"].split()
    latitude, longitude = case["latitude"].values, case["longitude"].values
    rows, columns = np.nonzero(case["threatened"].values > 0)
    values = {name: case[name].values for name in ("country", "defended", "shots", "gate", "warning_time")}
    return [
        {
            "latitude_deg": round(float(latitude[r]), 6),
            "longitude_deg": round(float(longitude[c]), 6),
            "country": codes[values["country"][r, c]],
            "defended": bool(values["defended"][r, c]),
            "shots": int(values["shots"][r, c]),
            "gate": Gate(int(values["gate"][r, c])).name.lower(),
            "warning_time_s": round(float(values["warning_time"][r, c]), 1),
        }
        for r, c in zip(rows, columns, strict=True)
    ]


def _print(document: dict[str, Any]) -> None:
    from synaspis.report.wording import area_text, minutes_text, people_text, percent_text

    area, of_area = (1e6 * document[f"{what}_area_km2"] for what in ("defended", "threatened"))
    people, of_people = (document[f"{what}_population"] for what in ("defended", "threatened"))
    click.echo(f"{document['scenario']}, phase {document['phase']}, threat {document['threat']}")
    if not of_area:
        click.echo("Nothing of the territory is within reach of this threat.")
        return
    click.echo(
        f"Area defended:   {area_text(area)} of {area_text(of_area)} in reach, {percent_text(area / of_area)}"
    )
    share = percent_text(people / of_people) if of_people else "–"
    click.echo(f"People defended: {people_text(people)} of {people_text(of_people)} in reach, {share}")
    click.echo(f"Median warning:  {minutes_text(document['median_warning_time_s'] or float('nan'))}")
    gates = sorted(document["not_defended_km2"].items(), key=lambda item: -item[1])
    if gates:
        click.echo()
        rows = [
            (name.replace("_", " "), area_text(1e6 * km2), percent_text(1e6 * km2 / of_area))
            for name, km2 in gates
        ]
        print_table(("why not", "area", "of that in reach"), rows, right=(1, 2))
    added = sorted(document["contributions"].items(), key=lambda item: -item[1]["population"])
    rows = [
        (n, area_text(1e6 * c["area_km2"]), people_text(c["population"]))
        for n, c in added
        if c["area_km2"] > 0
    ]
    if rows:
        click.echo()
        print_table(("lost without", "area", "people"), rows, right=(1, 2))
