"""`synaspis study`: every phase against every threat, with the report."""

from __future__ import annotations

import shlex
import sys
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synaspis.cli.choices import coverage_options, question_mapper, read_step_deg
from synaspis.cli.manual import Answer
from synaspis.cli.output import counted, json_option, print_json, print_table, progress_bar

if TYPE_CHECKING:
    import xarray as xr

    from synaspis.analyses.manifest import Settings
    from synaspis.analyses.questions import Answer as Answered
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
@click.option(
    "--questions",
    metavar="NAMES",
    help="Only these, separated by commas: coverage, raid, cooperation, cost, assurance, plan, consequences. "
    "Default: all for which data come with the scenario; `coverage` is always there.",
)
@click.option(
    "--input",
    "inputs",
    metavar="QUESTION=FILE",
    multiple=True,
    help="Your own file for a question, such as raid=my-raid.yaml; may be repeated.",
)
@click.option(
    "--processes",
    type=int,
    metavar="N",
    help="How many questions are worked on at once. Default: one for each core.",
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
    questions: str | None,
    inputs: tuple[str, ...],
    processes: int | None,
    as_json: bool,
) -> None:
    """Run a whole study of SCENARIO and write a folder: report.html (one file, opens without a network),
    the dataset (netCDF, Zarr), tables (CSV, JSON), maps (PNG), layers (GeoJSON, KML), sample paths (CZML),
    the answers to the questions (JSON), manifest.json.

    Beside the coverage it asks how many of a stated raid get through, what sharing is worth, what it costs,
    whether it affects a third party's deterrent, what should come next and whom intercepts touch, as far as
    data come with the scenario. With --partner, or --sharing other than the agreements, it asks none unless
    --questions names them: they are about the scenario as it stands.

    The folder is complete or not there: it is made under another name and renamed at the end. A folder that
    holds anything but an earlier study is not touched.
    """
    from synaspis.analyses.manifest import Settings, build_manifest, files_of
    from synaspis.analyses.outputs import refuse_strangers, write_study
    from synaspis.report import content_of, file_count, study_files
    from synaspis.scenario import load_scenario_document

    step = read_step_deg(step_deg)
    given = _given(inputs)
    loaded = load_scenario_document(scenario)
    asked = _asked(loaded, questions, given, whole=not partners and sharing == "agreements")
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
        asked,
        {name: str(path) for name, path in given.items()},
    )
    dataset, denied = _run(loaded, settings)
    answers = _ask(loaded, settings, given, processes)
    command = _command_line(settings, folder, questions)
    manifest = build_manifest(settings, loaded, dataset, denied, command, answers)
    content = content_of(loaded, dataset, manifest, denied, answers)
    with progress_bar("Report") as advance:
        files = counted(study_files(content, loaded), file_count(content), advance)
        write_study(folder, loaded, dataset, denied, manifest, files, files_of(answers))
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


def _given(inputs: tuple[str, ...]) -> dict[str, Path]:
    """Files of the user by question; raises InputError with every one that cannot be read so."""
    from synaspis.cli.values import Options

    options = Options()
    found: dict[str, Path] = {}
    for text in inputs:
        question, sign, name = text.partition("=")
        if not sign or not question or not name:
            options.fault("--input", f"{text!r} is not QUESTION=FILE", "Write it such as raid=my-raid.yaml.")
        elif question in found:
            options.fault("--input", f"{question!r} is given twice", "Give it once.")
        elif not Path(name).is_file():
            options.fault("--input", f"{name!r} is no file")
        else:
            found[question] = Path(name)
    options.done()
    return found


def _asked(
    scenario: Scenario, questions: str | None, given: dict[str, Path], *, whole: bool
) -> tuple[str, ...]:
    """The questions to ask beside the coverage, in their order."""
    from synaspis.analyses.questions import choose_questions

    if questions is None:
        return choose_questions(scenario, None if whole else tuple(given), given)
    names = [name.strip() for name in questions.split(",")]
    return choose_questions(scenario, [name for name in names if name not in ("", "coverage")], given)


def _ask(
    scenario: Scenario, settings: Settings, given: dict[str, Path], processes: int | None
) -> tuple[Answered, ...]:
    from synaspis.analyses.questions import ask_all

    if not settings.questions:
        return ()
    with progress_bar("Questions") as advance, question_mapper(processes) as mapper:
        return ask_all(scenario, settings, given=given, mapper=mapper, progress=advance)


def _command_line(settings: Settings, folder: Path, questions: str | None) -> str:
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
    if questions is not None:
        words += ["--questions", questions]
    for question, name in settings.files.items():
        words += ["--input", f"{question}={name}"]
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
