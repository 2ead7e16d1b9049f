"""`synaspis sweep`: an analysis repeated over values, on this machine or on many."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from synaspis.cli.choices import workers, workers_options
from synaspis.cli.manual import Answer
from synaspis.cli.output import json_option, print_json, print_table, progress_bar

if TYPE_CHECKING:
    from synaspis.analyses.sweep import SweepResult

_STATUS = (
    "0 done, 1 a worker was lost or the disk is full, 2 bad input, 130 ended by Ctrl-C; --resume goes on."
)


@click.command(
    short_help="Repeat an analysis over ranges of values, on this machine or on many.",
    cls=Answer,
    examples=(
        "synaspis sweep europe-radar-and-interceptor",
        "synaspis sweep my-sweep.yaml --processes 2 --out out/mine --resume",
        "synaspis sweep my-sweep.yaml --scheduler tcp://10.0.0.5:8786",
    ),
    status=_STATUS,
)
@click.argument("file")
@workers_options
@click.option(
    "--out", metavar="DIR", type=click.Path(path_type=Path), help="Folder to write. Default: out/ID."
)
@click.option("--resume", is_flag=True, help="Go on with what DIR holds; finished points are kept.")
@json_option
def sweep(
    file: str,
    scheduler: str | None,
    processes: int | None,
    out: Path | None,
    resume: bool,
    as_json: bool,
) -> None:
    """Compute every point of the sweep FILE and write DIR/sweep.zarr, with a dimension for each value varied.

    FILE is the id of a sweep that comes with the package, or a path. It is checked as a whole before anything
    is computed. Each point is stored as soon as it is finished: a run that was stopped, however it was, goes
    on with --resume. The result does not depend on who computed it.
    """
    from synaspis.analyses.sweep import load_sweep, run_sweep

    loaded = load_sweep(file)
    folder = out or Path("out") / loaded.document.id
    with workers(scheduler, processes) as mapper, progress_bar(f"Sweep {loaded.document.id}") as advance:
        result = run_sweep(loaded, folder, resume=resume, mapper=mapper, progress=advance)
    if as_json:
        print_json(result.to_dict())
    else:
        _print(result)


def _print(result: SweepResult) -> None:
    document = result.to_dict()
    dimensions = ", ".join(f"{name} {size}" for name, size in document["dimensions"].items())
    click.echo(f"{document['sweep']}: {document['points']} points ({dimensions})")
    click.echo(f"computed {document['computed']}, found from an earlier run {document['found']}\n")
    rows = [
        (name, entry["units"], _number(entry["low"]), _number(entry["high"]))
        for name, entry in document["outputs"].items()
    ]
    print_table(("result", "unit", "least", "most"), rows, right=(2, 3))
    click.echo(f"\nStore: {document['store']}")


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.6g}"
