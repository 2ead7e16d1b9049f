"""`synaspis study`: every phase against every threat, with the report."""

from __future__ import annotations

import shlex
import sys
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synaspis.cli.choices import coverage_options, read_step_deg
from synaspis.cli.manual import Answer
from synaspis.cli.output import counted, json_option, print_json, print_table, progress_bar

if TYPE_CHECKING:
    import xarray as xr

    from synaspis.analyses.manifest import Settings
    from synaspis.report import ReportContent
    from synaspis.scenario import Scenario


@click.command(
    short_help="Say what the shield defends in each phase against each threat, and write the report.",
    cls=Answer,
    examples=(
        "synaspis study europe",
        "synaspis study my-shield.yaml --phase 2030 --step-deg 1 --out out/quick",
        "synaspis study europe --sharing none --out out/europe-alone",
    ),
)
@click.argument("scenario")
@click.option(
    "--out", metavar="DIR", type=click.Path(path_type=Path), help="Folder to write. Default: out/ID."
)
@click.option("--phase", "phases", metavar="ID", multiple=True, help="Only this phase; may be repeated.")
@click.option("--threat", "threats", metavar="ID", multiple=True, help="Only this threat; may be repeated.")
@coverage_options
@click.option(
    "--launch-area/--no-launch-area",
    default=True,
    show_default=True,
    help="Whether to say from where the threat can still reach large cities undefended; not with --partner.",
)
@json_option
def study(
    scenario: str,
    out: Path | None,
    phases: tuple[str, ...],
    threats: tuple[str, ...],
    partners: tuple[str, ...],
    sharing: Any,
    step_deg: str | None,
    contributions: bool,
    launch_area: bool,
    as_json: bool,
) -> None:
    """Run a whole study of SCENARIO and write a folder: report.html (one file, opens without a network),
    the dataset (netCDF, Zarr), tables (CSV, JSON), maps (PNG), layers (GeoJSON, KML), sample paths (CZML),
    manifest.json.

    The folder is complete or not there: it is made under another name and renamed at the end. A folder that
    holds anything but an earlier study is not touched.
    """
    from synaspis.analyses.manifest import Settings, build_manifest
    from synaspis.analyses.outputs import refuse_strangers, write_study
    from synaspis.report import content_of, file_count, study_files
    from synaspis.scenario import load_scenario_document

    step = read_step_deg(step_deg)
    loaded = load_scenario_document(scenario)
    folder = out or Path("out") / loaded.id
    refuse_strangers(folder)
    settings = Settings(
        scenario,
        phases or None,
        threats or None,
        partners or None,
        sharing,
        step,
        contributions,
        launch_area and not partners,
    )
    dataset, denied = _run(loaded, settings)
    manifest = build_manifest(settings, loaded, dataset, denied, _command_line(settings, folder))
    content = content_of(loaded, dataset, manifest, denied)
    with progress_bar("Report") as advance:
        files = counted(study_files(content, loaded), file_count(content), advance)
        write_study(folder, loaded, dataset, denied, manifest, files)
    if as_json:
        print_json({"folder": str(folder), "report": str(folder / "report.html"), "cases": _cases(content)})
    else:
        _print(content, folder)


def _run(scenario: Scenario, settings: Settings) -> tuple[xr.Dataset, xr.Dataset | None]:
    from synaspis.analyses.coverage import coverage
    from synaspis.analyses.launch_area import launch_area_denied

    chosen: dict[str, Any] = {
        "phases": settings.phases,
        "threats": settings.threats,
        "partners": settings.partners,
        "sharing": settings.sharing,
    }
    with progress_bar("Coverage") as advance:
        dataset = coverage(
            scenario,
            step_deg=settings.step_deg,
            contributions=settings.contributions,
            progress=advance,
            **chosen,
        )
    if not settings.launch_area:
        return dataset, None
    with progress_bar("Launch area denied") as advance:
        steps = count()
        total = dataset.sizes["threat"]
        return dataset, launch_area_denied(
            scenario, advance=lambda last: advance(next(steps) + 1, total, last), **chosen
        )


def _command_line(settings: Any, folder: Path) -> str:
    words = ["synaspis", "study", settings.scenario]
    for option, values in (
        ("--phase", settings.phases),
        ("--threat", settings.threats),
        ("--partner", settings.partners),
    ):
        for value in values or ():
            words += [option, value]
    if settings.sharing != "agreements":
        words += ["--sharing", settings.sharing]
    if settings.step_deg is not None:
        words += ["--step-deg", f"{settings.step_deg:g}"]
    if not settings.contributions:
        words.append("--no-contributions")
    if not settings.launch_area and not settings.partners:
        words.append("--no-launch-area")
    return shlex.join([*words, "--out", str(folder)])


def _cases(content: ReportContent) -> Any:
    from synaspis.report.table_files import summary

    return summary(content)


def _print(content: ReportContent, folder: Path) -> None:
    from synaspis.report.tables import case_rows
    from synaspis.report.wording import area_text, minutes_text, people_text, percent_text

    names = {phase.id: f"{phase.name} ({phase.year})" for phase in content.phases}
    names |= {threat.id: threat.name for threat in content.threats}
    rows = [
        (
            names[row.phase],
            names[row.threat],
            area_text(row.defended_area_m2),
            percent_text(row.area_share),
            people_text(row.defended_population),
            percent_text(row.population_share),
            minutes_text(row.median_warning_s),
        )
        for row in case_rows(content.dataset)
    ]
    headings = ("phase", "threat", "area defended", "share", "people defended", "share", "median warning")
    print_table(headings, rows, right=(2, 3, 4, 5, 6))
    click.echo(f"\nReport: {folder / 'report.html'}")
    if sys.stdout is not None and sys.stdout.isatty():
        click.echo(f"Compare with its inputs at any time: synaspis verify {shlex.quote(str(folder))}")
