"""What `synaspis plan` prints for people."""

from __future__ import annotations

from typing import Any

import click

from synaspis.cli.output import print_table


def print_plan(document: dict[str, Any]) -> None:
    """Print the plan, or why there is none, then the front; document: as `--json` prints it."""
    _print_head(document)
    if document["best"] is None:
        _print_conflict(document["conflict"])
    else:
        _print_best(document)
    if document["front"] is not None:
        _print_front(document)
    for note in document["not_public"]:
        click.echo(f"Not public: {note}.")


def _print_head(document: dict[str, Any]) -> None:
    from synaspis.report.wording import joined, people_text

    today, years = document["today"], document["years"]
    total = document["budget"]["total_usd"]
    limit = "no limit" if total is None else _money(total)
    click.echo(f"{document['scenario']}: {document['name']}, {years[0]}-{years[-1]}")
    click.echo(f"Threats:  {joined(document['threats'])}; a place counts if it is defended against each")
    click.echo(f"Budget:   {limit} in prices of {document['price_year']}")
    reach = people_text(today["people_threatened"])
    click.echo(f"Today:    {people_text(today['people_defended'])} of {reach} people in reach are defended")
    click.echo()


def _print_best(document: dict[str, Any]) -> None:
    best, greedy = document["best"], document["greedy"]
    rows = [
        (
            str(a["year"]),
            a["id"],
            a["owner"],
            str(a["interceptors"] or ""),
            _money(a["spent_usd"]["value"]),
            _range(a["life_cycle_usd"]),
        )
        for a in best["assets"]
    ]
    if rows:
        heads = ("year", "build", "owner", "interceptors", "spent in these years", _life(document))
        print_table(heads, rows, right=(3, 4, 5))
    else:
        click.echo("Nothing that the budget allows helps: build nothing.")
    click.echo()
    click.echo(f"Best plan:   {_outcome(document, best)}")
    proof = "no plan does better" if best["gap"] <= 0.0 else "the solver was stopped before the proof"
    click.echo(f"Gap:         {100.0 * best['gap']:.4g} percent: {proof}")
    click.echo(f"Greedy plan: {_outcome(document, greedy)}")
    click.echo()
    years = [
        (str(y["year"]), _money(y["spent_usd"]), f"{y['people_defended']:,}", _worst(y))
        for y in best["by_year"]
    ]
    print_table(("year", "spent", "people defended", "worst-off partner"), years, right=(1, 2, 3))
    click.echo()


def _print_conflict(conflict: dict[str, Any]) -> None:
    if len(conflict["limits"]) == 1:
        click.echo("No plan is possible. This cannot be met by any of the candidates, at any cost and date:")
    else:
        click.echo("No plan is possible. These limits cannot hold together; without any one, the others can:")
    for entry in conflict["limits"]:
        click.echo(f"  {entry['limit']}: {entry['says']}")
    for limit, people in conflict["reachable_people"].items():
        click.echo(f"Without the other minima, {limit} could reach {people:,.0f} people.")
    least = conflict["least_cost_usd"]
    if least is None:
        click.echo("No total budget would be enough while the other limits hold.")
    else:
        click.echo(f"With the other limits as they are, all minima together cost {_money(least)} at least.")
    click.echo()


def _print_front(document: dict[str, Any]) -> None:
    front = document["front"]
    click.echo("Cost against coverage: no plan is both cheaper and better than any of these")
    before: set[str] = set()
    rows = []
    for point in front["points"]:
        now = set(point["assets"])
        changes = [f"+{name}" for name in sorted(now - before)] + [
            f"-{name}" for name in sorted(before - now)
        ]
        rows.append((_money(point["life_cycle_usd"]), f"{point['people_defended']:,}", " ".join(changes)))
        before = now
    print_table((_life(document), "people defended", "against the line above"), rows, right=(0, 1))
    if not front["complete"]:
        click.echo("There are more points between these; --points asks for more.")
    click.echo()


def _outcome(document: dict[str, Any], part: dict[str, Any]) -> str:
    from synaspis.report.wording import people_text

    people = f"{people_text(part['people_defended'])} people"
    worst = f"worst-off partner {_worst(part)}"
    held = f"{worst}, {people}" if document["objective"] == "worst-off" else people
    spent, life = part["spent_usd"]["value"], part["life_cycle_usd"]["value"]
    return f"{held}; {_money(spent)} spent in these years, {_money(life)} {_life(document)}"


def _life(document: dict[str, Any]) -> str:
    return f"over {document['life_years']} years of service"


def _worst(part: dict[str, Any]) -> str:
    return f"{part['worst_off'] or '–'} {100.0 * part['worst_off_share']:.3g} %"


def _money(usd: float) -> str:
    return f"{usd / 1e9:,.3f} bn USD"


def _range(cost: dict[str, float]) -> str:
    return f"{cost['value'] / 1e9:,.3f} bn USD ({cost['low'] / 1e9:,.3f} to {cost['high'] / 1e9:,.3f})"
