"""`synaspis scenario`: begin, check and look at a scenario."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synaspis.cli.manual import Answer
from synaspis.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from synaspis.core.errors import Fault
    from synaspis.scenario import Scenario


@click.group(short_help="Begin, check and look at a scenario: who defends what, with what, against what.")
def scenario() -> None:
    """Begin, check and look at a scenario: partners, agreements, assets with dates, phases, threats,
    territory.
    """


@scenario.command(
    "new",
    short_help="Write a scenario to change, with comments on each block.",
    cls=Answer,
    examples=("synaspis scenario new my-shield.yaml && synaspis scenario validate my-shield.yaml",),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--from", "origin", metavar="ID", help="Copy this packaged scenario instead of the small template."
)
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
@json_option
def new(file: Path, origin: str | None, force: bool, as_json: bool) -> None:
    """Write a small scenario with one of everything to FILE; its id becomes the name of the file."""
    from synaspis.core.documents import nearest
    from synaspis.core.errors import Fault, InputError
    from synaspis.core.files import write_atomically
    from synaspis.scenario import scenario_ids, scenario_path

    identifier = re.sub(r"[^a-z0-9]+", "-", file.stem.lower()).strip("-")
    faults = []
    if file.exists() and not force:
        faults.append(
            Fault("the file is there already", source=str(file), remedy="Name another, or add --force.")
        )
    if not identifier:
        faults.append(Fault("the name gives no id", source=str(file), remedy="Use letters or digits in it."))
    if origin is not None and origin not in scenario_ids():
        what = f"there is no packaged scenario {origin!r}"
        faults.append(Fault(what, source="--from", remedy=nearest(origin, scenario_ids())))
    if faults:
        raise InputError(faults)
    if origin is None:
        text = (files("synaspis") / "data" / "templates" / "scenario.yaml").read_text("utf-8")
    else:
        text = scenario_path(origin).read_text("utf-8")
    write_atomically(file, re.sub(r"(?m)^id: .*$", f"id: {identifier}", text, count=1))
    if as_json:
        print_json({"file": str(file), "id": identifier})
    else:
        click.echo(f"Wrote {file}. Change it, then: synaspis scenario validate {file}")


@scenario.command(
    "validate",
    short_help="List everything that is wrong with scenario files.",
    cls=Answer,
    examples=("synaspis scenario validate my-shield.yaml europe",),
)
@click.argument("scenarios", metavar="SCENARIO...", nargs=-1, required=True)
@json_option
def validate(scenarios: tuple[str, ...], as_json: bool) -> None:
    """Check scenarios: every fault with file, line, field, what is allowed and what to do (exit status 2).

    Notices say what is no fault and yet worth knowing.
    """
    from synaspis.core.errors import InputError
    from synaspis.scenario import load_scenario_document

    faults: list[Fault] = []
    results: list[dict[str, Any]] = []
    for name in scenarios:
        try:
            found = load_scenario_document(name)
        except InputError as error:
            faults += error.faults
        else:
            results.append(
                {"scenario": name, "id": found.id, "valid": True, "notices": list(found.notices())}
            )
    if faults:
        raise InputError(faults)
    if as_json:
        print_json({"valid": True, "scenarios": results})
        return
    for result in results:
        click.echo(f"{result['scenario']}: valid")
        for notice in result["notices"]:
            click.echo(f"  notice: {notice}")


@scenario.command(
    "show",
    short_help="Show phases, threats, assets and agreements of a scenario.",
    cls=Answer,
    examples=("synaspis scenario show europe",),
)
@click.argument("name", metavar="[SCENARIO]", required=False)
@json_option
def show(name: str | None, as_json: bool) -> None:
    """Show a scenario; without one, list those that come with the package.

    With --json: the whole scenario as it stands after `extends` and overrides.
    """
    from synaspis.scenario import load_scenario_document, scenario_ids

    if name is None:
        known = [(each, load_scenario_document(each).document.name) for each in scenario_ids()]
        if as_json:
            print_json([{"id": each, "name": title} for each, title in known])
        else:
            print_table(("id", "name"), known)
        return
    found = load_scenario_document(name)
    if as_json:
        print_json(found.as_dict())
    else:
        _print(found)


def _print(found: Scenario) -> None:
    document = found.document
    click.echo(f"{document.id}: {document.name}\n{click.wrap_text(document.summary, 100)}\n")
    print_table(
        ("phase", "date", "status", "name"),
        [(key, phase.date.isoformat(), phase.status, phase.name) for key, phase in document.phases.items()],
    )
    click.echo()
    print_table(
        ("threat", "missile", "launched from"),
        [(key, threat.missile, found.launch_area(key).name) for key, threat in document.threats.items()],
    )
    click.echo()
    print_table(
        ("asset", "item", "owner", "in service", "out of service"), [_asset_row(a) for a in found.assets]
    )
    click.echo()
    for agreement in document.agreements.values():
        until = f" to {agreement.valid_until.isoformat()}" if agreement.valid_until else ""
        click.echo(f"Agreement: {agreement.name}, from {agreement.valid_from.isoformat()}{until}")
        for key, clause in agreement.clauses.items():
            use = f", {clause.use}" if clause.use else ""
            late = "forbidden" if clause.delay is None else f"after {clause.delay}"
            click.echo(f"  {key}: {clause.product}{use}, {late}")


def _asset_row(asset: Any) -> tuple[str, str, str, str, str]:
    entry = asset.entry
    end = entry.out_of_service.isoformat() if entry.out_of_service else ""
    return asset.id, entry.item, asset.owner, entry.in_service.isoformat(), end
