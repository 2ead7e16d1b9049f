"""`synaspis exercise worth`: an exercise under two agreements, over several seeds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from synaspis.cli.manual import Answer
from synaspis.cli.output import json_option, print_json, print_table

SEEDS_MAX = 200


@click.command(
    short_help="Play an exercise under two agreements over several seeds, and say what differs.",
    cls=Answer,
    examples=(
        "synaspis exercise worth first-exercise --under first-exercise-without-tracks --out out/worth",
    ),
)
@click.argument("name", metavar="EXERCISE")
@click.option(
    "--under", "book", metavar="BOOK", required=True, help="The other book of the data exchange centre."
)
@click.option(
    "--seeds", metavar="N", type=click.IntRange(2, SEEDS_MAX), default=10, help="Seeds 1 to N. Default: 10."
)
@click.option("--processes", metavar="P", type=click.IntRange(1, 256), default=1, help="Default: 1.")
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Where worth.json and worth.svg go. Default: out/worth-EXERCISE.",
)
@json_option
def worth(name: str, book: str, seeds: int, processes: int, out: Path | None, as_json: bool) -> int:
    """Play EXERCISE with its cells scripted, with the same seeds under its own agreements and under BOOK, and
    write how many people were warned under each and how long before, with the spread over the seeds. The same
    EXERCISE, BOOK and number of seeds give the same files, on however many processes.
    """
    from synaspis.agreement import load_book
    from synaspis.analyses.running import local_mapper
    from synaspis.core.files import write_atomically
    from synaspis.exercise import load_exercise
    from synaspis.exercise.review import worth as compute
    from synaspis.exercise.review import worth_chart

    loaded, other = load_exercise(name), load_book(book)
    numbers = range(1, seeds + 1)
    if processes == 1:
        found = compute(loaded, other, numbers)
    else:
        with local_mapper(processes) as mapper:
            found = compute(loaded, other, numbers, mapper=mapper)
    target = out or Path("out") / f"worth-{loaded.document.id}"
    target.mkdir(parents=True, exist_ok=True)
    write_atomically(target / "worth.json", json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    write_atomically(target / "worth.svg", worth_chart(found))
    if as_json:
        print_json(found)
        return 0
    _say(found)
    click.echo(f"Written: {target / 'worth.json'}, {target / 'worth.svg'}")
    return 0


def _say(found: dict[str, Any]) -> None:
    one, other = found["agreements"]
    click.echo(f"{found['name']}, {len(found['seeds'])} seeds, under {one} and under {other}")
    rows = [
        (
            f"{row['flight']}, {row['name']}",
            f"{row['people']:,}",
            *(f"{each['mean']:,.0f}" for each in row["warned"]),
            *(_minutes(each) for each in row["minutes"]),
        )
        for row in found["rows"]
    ]
    head = ("Flight, nation", "People", "Warned", "Warned then", "Minutes", "Minutes then")
    print_table(head, rows, right=(1, 2, 3, 4, 5))
    people, minutes = found["warned_difference"], found["person_minutes_difference"]
    low, high = (minutes[name] / 1e6 for name in ("low", "high"))
    click.echo(
        f"Then {people['mean']:+,.0f} people are warned ({people['low']:+,.0f} to {people['high']:+,.0f}), "
        f"and {minutes['mean'] / 1e6:+.2f} million person-minutes of warning ({low:+.2f} to {high:+.2f}); "
        f"{found['share']:.0%} intervals of the mean."
    )


def _minutes(minutes: dict[str, float] | None) -> str:
    if minutes is None:
        return "none"
    return f"{minutes['mean']:.1f} ({minutes['least']:.1f} to {minutes['greatest']:.1f})"
