"""`synaspis export`: results and paths for other programs."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import click

from synaspis.cli.manual import Answer
from synaspis.cli.output import json_option, print_json

CASE_FORMATS = ("geojson", "kml", "czml")
STUDY_FORMATS = ("csv", "netcdf", "zarr")
FLIGHT_FORMATS = ("oem", "czml", "kml", "csv")
FORMATS = ("geojson", "kml", "czml", "oem", "csv", "netcdf", "zarr")


@click.command(
    short_help="Write results or paths as GeoJSON, KML, CZML, OEM, CSV, netCDF or Zarr.",
    cls=Answer,
    examples=(
        "synaspis export out/europe --format geojson --phase 2018 --threat mrbm-2000 --output shield.geojson",
        "synaspis export flight.json --format oem --epoch 2026-05-01T12:00:00Z --output flight.oem",
        "synaspis export partner.oem --format czml --output partner.czml",
    ),
)
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--format", "wanted", type=click.Choice(FORMATS), required=True, help="Format to write.")
@click.option(
    "--output", metavar="FILE", type=click.Path(path_type=Path), required=True, help="File to write."
)
@click.option("--phase", metavar="ID", help="Phase, for a map of a study.")
@click.option("--threat", metavar="ID", help="Threat, for a map of a study.")
@click.option("--epoch", metavar="TIME", help="Launch time of a flight. Default: 2000-01-01T00:00:00Z.")
@json_option
def export(
    source: Path,
    wanted: str,
    output: Path,
    phase: str | None,
    threat: str | None,
    epoch: str | None,
    as_json: bool,
) -> None:
    """Write SOURCE in another format.

    SOURCE is the folder of a study, the JSON of `synaspis fly --json --ephemeris`, or a CCSDS OEM
    ephemeris. A study gives geojson, kml and czml of one case (--phase, --threat) and csv, netcdf and zarr
    of all; a flight gives oem, czml, kml and csv. The file is written whole or not at all.
    """
    _check_use(source, output, phase, threat, epoch)
    if source.is_dir():
        _export_study(source, wanted, output, phase, threat)
    else:
        from synaspis.cli.flights import export_flight

        export_flight(source, wanted, output, epoch)
    if as_json:
        print_json({"file": str(output), "format": wanted})
    else:
        click.echo(f"Wrote {output}", err=True)


def _check_use(source: Path, output: Path, phase: str | None, threat: str | None, epoch: str | None) -> None:
    """Raise InputError for options that say nothing about this source, and for writing over it."""
    from synaspis.cli.values import Options

    options = Options()
    study = source.is_dir()
    kind, given = (
        ("study", {"--epoch": epoch}) if study else ("flight", {"--phase": phase, "--threat": threat})
    )
    for option, value in given.items():
        if value is not None:
            options.fault(option, f"says nothing about a {kind}", "Leave it out.")
    if source.exists() and source.resolve() == output.resolve():
        options.fault("--output", f"{output} is what is to be exported", "Name another file.")
    options.done()


def _export_study(folder: Path, wanted: str, output: Path, phase: str | None, threat: str | None) -> None:
    from synaspis.analyses.outputs import (
        DATASET,
        read_dataset,
        read_launch_area,
        write_netcdf,
        write_zarr,
    )
    from synaspis.analyses.stored import read_manifest, scenario_of
    from synaspis.cli.flights import say_left_out
    from synaspis.core.files import replace_directory, write_atomically
    from synaspis.report import content_of
    from synaspis.report.layers import Layers
    from synaspis.report.table_files import table_files

    manifest = read_manifest(folder)
    dataset = read_dataset(folder / DATASET)
    _check_case(dataset, wanted, phase, threat)
    if wanted in CASE_FORMATS and phase is not None and threat is not None:
        scenario = scenario_of(folder, manifest)
        layers = Layers(content_of(scenario, dataset, manifest), scenario)
        makers: dict[str, Callable[[str, str], str]] = {
            "geojson": layers.geojson,
            "kml": layers.kml,
            "czml": layers.czml,
        }
        write_atomically(output, makers[wanted](phase, threat))
        say_left_out(layers.left_out(wanted, phase, threat))
        return
    chosen: dict[str, Any] = {k: v for k, v in (("phase", phase), ("threat", threat)) if v is not None}
    narrowed = dataset.sel(chosen)
    if wanted == "netcdf":
        write_atomically(output, _as_bytes(lambda path: write_netcdf(narrowed, path)))
    elif wanted == "zarr":
        _check_store(output)
        with replace_directory(output) as store:
            write_zarr(narrowed, store)
    else:
        content = content_of(scenario_of(folder, manifest), dataset, manifest, read_launch_area(folder))
        tables = dict(table_files(content))
        write_atomically(output, _rows_of(str(tables["summary.csv"]), chosen))


def _check_store(output: Path) -> None:
    """Raise InputError for a folder that is no Zarr store: it would be replaced with all that is in it."""
    from synaspis.core.errors import Fault, InputError

    if output.is_dir() and any(output.iterdir()) and not (output / "zarr.json").is_file():
        remedy = "Name a folder that does not exist, or an earlier Zarr store."
        raise InputError(
            Fault("the folder holds other things than a Zarr store", source=str(output), remedy=remedy)
        )


def _rows_of(table: str, chosen: Mapping[str, str]) -> str:
    """Return the lines of a CSV table that hold the chosen values, and its heading."""
    heading, *lines = csv.reader(table.splitlines())
    kept = [line for line in lines if all(line[heading.index(key)] == value for key, value in chosen.items())]
    text = StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([heading, *kept])
    return text.getvalue()


def _check_case(dataset: Any, wanted: str, phase: str | None, threat: str | None) -> None:
    """Raise InputError for a format that a study does not give, and for an unknown or missing phase or
    threat.
    """
    from synaspis.cli.values import Options
    from synaspis.core.documents import nearest

    options = Options()
    if wanted not in (*CASE_FORMATS, *STUDY_FORMATS):
        allowed = ", ".join((*CASE_FORMATS, *STUDY_FORMATS))
        options.fault("--format", f"a study cannot be written as {wanted}", f"Allowed: {allowed}.")
    for name, given in (("phase", phase), ("threat", threat)):
        known = tuple(str(each) for each in dataset[name].values)
        if given is None and wanted in CASE_FORMATS:
            options.fault(
                f"--{name}", f"{wanted} shows one case and needs a {name}", f"One of {', '.join(known)}."
            )
        elif given is not None and given not in known:
            options.fault(f"--{name}", f"the study has no {name} {given!r}", nearest(given, known))
    options.done()


def _as_bytes(write: Callable[[Path], None]) -> bytes:
    """Return what a function writes to a path, for libraries that cannot write to memory."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        path = Path(folder) / "content"
        write(path)
        return path.read_bytes()
