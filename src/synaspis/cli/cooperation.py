"""`synaspis cooperation`: what sharing is worth, and to whom."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synaspis.cli.choices import read_step_deg, workers, workers_options
from synaspis.cli.manual import Answer
from synaspis.cli.output import json_option, print_json, print_table, progress_bar

if TYPE_CHECKING:
    from synaspis.analyses.cooperation import Contributions, CooperationResult
    from synaspis.engine.parameters import Floats

KINDS = ("partner", "agreement", "clause", "asset")
_ROWS_MAX = 20


@click.command(
    short_help="Say what each agreement, clause, partner and asset is worth.",
    cls=Answer,
    examples=(
        "synaspis cooperation europe --phase 2018 --by partner",
        "synaspis cooperation europe --by clause --candidates europe-candidates --step-deg 1 --json",
    ),
)
@click.argument("scenario")
@click.option("--phase", metavar="ID", help="Phase. Default: the last that is not cancelled.")
@click.option("--threat", "threats", metavar="ID", multiple=True, help="Only this threat; may be repeated.")
@click.option(
    "--by",
    type=click.Choice(KINDS),
    multiple=True,
    help="Whose worth: of each partner, agreement, clause or asset; may be repeated. Default: all four.",
)
@click.option(
    "--candidates",
    metavar="BOOK",
    help="Agreement book, id or file, whose clauses are tried one by one beside those that do not hold.",
)
@click.option("--leakage", is_flag=True, help="Also of the raid that comes with the scenario; takes longer.")
@click.option("--raid", "raid_file", metavar="FILE", help="Also the leakage of the raid in a file.")
@click.option("--step-deg", metavar="DEG", help="Side of a cell of the map. Default: that of the scenario.")
@workers_options
@json_option
def cooperation(
    scenario: str,
    phase: str | None,
    threats: tuple[str, ...],
    by: tuple[Any, ...],
    candidates: str | None,
    leakage: bool,
    raid_file: str | None,
    step_deg: str | None,
    scheduler: str | None,
    processes: int | None,
    as_json: bool,
) -> None:
    """Compute what is defended and how long people are warned with and without each agreement, clause,
    partner and asset: each left out, each alone, and its Shapley value, the average over all orders of
    joining.

    Also: the pooled defence against the national ones, what each partner gains and gives, and what each
    clause that does not hold would add. Values of more than twelve players come from random orders, with an
    interval.
    """
    from synaspis.agreement import load_book
    from synaspis.analyses.cooperation import BY, cooperation
    from synaspis.analyses.study import load_scenario

    step = read_step_deg(step_deg)
    loaded = load_scenario(scenario).scenario
    book = None if candidates is None else load_book(candidates, sources=loaded.catalogue.sources)
    raid = None
    if leakage or raid_file is not None:
        from synaspis.analyses.raid import load_raid

        raid = load_raid(loaded, None if raid_file is None else Path(raid_file))
    with workers(scheduler, processes) as mapper, progress_bar(f"Cooperation {loaded.id}") as advance:
        result = cooperation(
            loaded,
            phase=phase,
            threats=threats or None,
            by=by or BY,
            step_deg=step,
            candidates=book,
            raid=raid,
            mapper=mapper,
            progress=advance,
        )
    if as_json:
        print_json(result.to_dict())
    else:
        _print(result)


def _print(result: CooperationResult) -> None:
    from synaspis.report.wording import area_text, minutes_text, people_text

    click.echo(f"{result.scenario}, phase {result.phase}")
    forms = (
        ("pooled, by the agreements", result.pooling.pooled),
        ("the same assets, nothing shared", result.pooling.side_by_side),
        ("what partners defend alone, united", result.pooling.union),
        ("everything shared with everybody", result.pooling.everything),
    )
    for number, threat in enumerate(result.threats):
        click.echo()
        rows = [
            (name, area_text(v[number, 0]), people_text(v[number, 1]), minutes_text(v[number, 2]))
            for name, v in forms
        ]
        print_table((f"against {threat}", "area", "people", "mean warning"), rows, right=(1, 2, 3))
    for each in result.contributions.values():
        _print_contributions(each)
    _print_exchanges(result)
    _print_candidates(result)
    _print_leakage(result)


def _print_contributions(found: Contributions) -> None:
    """Print what each player adds, over all threats together, the most first."""
    from synaspis.report.wording import people_text

    def cells(values: Floats) -> str:
        return _signed(float(values.sum()), people_text)

    warning = found.shares("mean_warning_time_s")
    order = sorted(range(len(found.players)), key=lambda at: -float(found.shapley[at, :, 1].sum()))
    rows = []
    for at in order:
        value, low, high = (getattr(found, name)[at, :, 1] for name in ("shapley", "low", "high"))
        between = "" if (low == high).all() else f"{cells(low)} to {cells(high)}"
        share = 100.0 * warning[found.players[at]]
        if not any(abs(part[at]).sum() for part in (found.shapley, found.lost_without, found.adds_alone)):
            continue
        lost = cells(found.lost_without[at, :, 1])
        rows.append((found.players[at], lost, cells(value), between, f"{share:.1f} %"))
    click.echo()
    if not rows:
        click.echo(f"No {found.by} adds anything.")
        return
    headings = (found.by, "people lost without", "Shapley value", "interval", "share of warning")
    print_table(headings, rows[:_ROWS_MAX], right=(1, 2, 3, 4))
    if len(rows) > _ROWS_MAX:
        click.echo(f"... and {len(rows) - _ROWS_MAX} more; --json has all.")
    if len(found.threats) > 1:
        click.echo("People are counted once for each threat against which they are defended.")


def _print_exchanges(result: CooperationResult) -> None:
    """Print who gains and gives anything, the most gained first."""
    from synaspis.report.wording import minutes_text, people_text

    found = []
    for each in result.exchanges:
        gains = each.pooled - each.alone
        people, warning_s = float(gains[:, 1].sum()), float(gains[:, 2].max())
        given = float(each.gives[:, 1].sum())
        if people or given or warning_s:
            words = (each.name, _signed(people, people_text), _signed(given, people_text))
            found.append((-people, (*words, minutes_text(warning_s))))
    rows = [words for _, words in sorted(found, key=lambda entry: entry[0])]
    click.echo()
    headings = ("partner", "people gained", "people given", "most warning gained")
    print_table(headings, rows, right=(1, 2, 3))


def _print_candidates(result: CooperationResult) -> None:
    from synaspis.report.wording import area_text, people_text

    if not result.candidates:
        return
    click.echo()
    rows = [
        (each.clause, _signed(float(each.adds[:, 1].sum()), people_text),
         _signed(float(each.adds[:, 0].sum()), area_text), f"{float(each.adds[:, 2].mean()):+.0f} s")
        for each in result.candidates[:_ROWS_MAX]
    ]  # fmt: skip
    print_table(("clause that does not hold", "people", "area", "warning"), rows, right=(1, 2, 3))
    best = result.best_clause
    click.echo(f"Most is added by {best}." if best else "None of them adds anything by itself.")


def _print_leakage(result: CooperationResult) -> None:
    if result.leakage is None:
        return
    found = result.leakage
    whole = found["leakers_mean"]
    click.echo()
    click.echo(
        f"Of the {found['missiles']} missiles of the raid, {whole['value']:.2f} get through on average "
        f"({whole['low']:.2f} to {whole['high']:.2f}): {found['raid']}."
    )
    for by, entries in found["by"].items():
        rows = []
        for each in sorted(entries, key=lambda entry: -float(entry["more_leakers_without"])):
            more, value = each["more_leakers_without"], each["shapley_stopped"]
            if more or value:
                left = each["leakers_mean_without"]["value"]
                share = "" if value is None else f"{value:.2f}"
                rows.append((each["id"], f"{left:.2f}", f"{more:+.2f}", share))
        if rows:
            click.echo()
            print_table(
                (by, "leakers without", "more", "stopped (Shapley)"), rows[:_ROWS_MAX], right=(1, 2, 3)
            )


def _signed(value: float, text: Any) -> str:
    """Return a number that may be negative in words."""
    return f"−{text(-value)}" if value < 0.0 else str(text(value))
