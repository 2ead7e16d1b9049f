"""`synaspis exercise`: list, check, play and review exercises."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synaspis.cli.exercise_pace import pace
from synaspis.cli.exercise_worth import worth
from synaspis.cli.manual import Answer
from synaspis.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from synaspis.exercise import Loaded


@click.group(short_help="Play exercises on both centres and review what happened.")
def exercise() -> None:
    """Exercises: a list of events with simulated sensors, played on a data exchange centre and a coordination
    centre, and reviewed from their logs. EXERCISE is the id of one that comes with the package, such as
    first-exercise, or the path of a file of yours. Every message is marked with the exercise's name.
    """


@exercise.command(
    name="list",
    short_help="List the exercises that come with the package.",
    cls=Answer,
    examples=("synaspis exercise list",),
)
@json_option
def list_exercises(as_json: bool) -> int:
    """List the exercises that come with the package, with what happens in each."""
    from synaspis.exercise import exercise_ids, load_exercise

    rows = [_row(load_exercise(name)) for name in exercise_ids()]
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            click.echo(
                f"{row['id']}: {row['minutes']:g} min, {len(row['nations'])} nations, "
                f"{row['flights']} flights, {row['injects']} injects"
            )
            click.echo(f"  {row['summary']}")
    return 0


@exercise.command(
    short_help="Check an exercise file; every fault is told at once.",
    cls=Answer,
    examples=("synaspis exercise check my-exercise.yaml",),
    status="0 it may start, 2 it has faults.",
)
@click.argument("name", metavar="EXERCISE")
@json_option
def check(name: str, as_json: bool) -> int:
    """Check EXERCISE as a whole: the file, what it refers to, and whether each flight can be flown."""
    from synaspis.exercise import load_exercise
    from synaspis.exercise.truth import true_flights

    loaded = load_exercise(name)
    flights = true_flights(loaded)
    row = _row(loaded)
    if as_json:
        print_json(row)
    else:
        click.echo(f"{row['name']} may start: {row['injects']} injects in {row['minutes']:g} min.")
        for flight in flights.values():
            click.echo(
                f"  {flight.id}: {flight.missile_class}, {flight.impact_s:.0f} s from launch to impact"
            )
    return 0


@exercise.command(
    short_help="Play an exercise on two centres in this process.",
    cls=Answer,
    examples=(
        "synaspis exercise run first-exercise --as-fast-as-possible --seed 1 --out out/first",
        "synaspis exercise run first-exercise --speed 60 --out out/minute",
        "synaspis exercise run first-exercise --step 60 --out out/stepped",
        "synaspis exercise run first-exercise --as-fast-as-possible --agreements my-book.yaml --out out/mine",
    ),
)
@click.argument("name", metavar="EXERCISE")
@click.option("--as-fast-as-possible", "fast", is_flag=True, help="Do not wait for the clock.")
@click.option("--speed", metavar="X", type=float, help="Seconds of the exercise in a second. Default: 1.")
@click.option(
    "--step", metavar="S", type=int, help="Stand still after each S seconds of the exercise until Enter."
)
@click.option("--seed", metavar="N", type=click.IntRange(min=0), default=1, help="Of all chance. Default: 1.")
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="New folder to write. Default: out/EXERCISE.",
)
@click.option("--agreements", metavar="BOOK", help="Another book for the data exchange centre: id or path.")
@json_option
def run(
    name: str,
    fast: bool,
    speed: float | None,
    step: int | None,
    seed: int,
    out: Path | None,
    agreements: str | None,
    as_json: bool,
) -> int:
    """Play EXERCISE with every cell scripted and write DIR: the exercise, the store and public log of each
    centre, a journal. The same EXERCISE, seed and agreements give the same files, at whatever speed.
    """
    from synaspis.agreement import load_book
    from synaspis.exercise import load_exercise, run_exercise
    from synaspis.exercise.run import with_book

    wait = pace(fast, speed, step)
    loaded = load_exercise(name)
    if agreements is not None:
        loaded = with_book(loaded, load_book(agreements))
    folder = out or Path("out") / loaded.document.id
    begun_s = time.monotonic()
    played = run_exercise(loaded, folder, seed=seed, wait=wait(loaded.starts_us) if wait else None)
    took_s = time.monotonic() - begun_s
    if as_json:
        print_json(played.to_dict())
    else:
        click.echo(
            f"{played.name}: {played.simulated_s / 60:g} min played in {took_s:.1f} s "
            f"({played.simulated_s / took_s:.0f} times real time)"
        )
        for centre, count in played.submitted.items():
            click.echo(f"  {centre} centre: {count:,} messages")
        for nation, count in played.delivered.items():
            click.echo(f"  {nation}: {count:,} events delivered")
        if played.refused:
            click.echo(f"  {played.refused:,} messages were refused; see {played.folder / 'journal.jsonl'}")
        click.echo(f"Review it: synaspis exercise review {played.folder}")
    return 0


@exercise.command(
    short_help="Make the after-action review of a run from its logs.",
    cls=Answer,
    examples=(
        "synaspis exercise review out/first",
        "synaspis exercise review out/first --under first-exercise-without-tracks",
    ),
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--out",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="Where review.html and review.json go. Default: DIR.",
)
@click.option("--under", "book", metavar="BOOK", help="Play the same script under BOOK too, and compare.")
@json_option
def review(folder: Path, out: Path | None, book: str | None, as_json: bool) -> int:
    """Who knew what, when, under which clause; what was claimed, warned, covered or missed; the objectives;
    each picture against the truth. A pure function of DIR: made twice, it is the same to the byte.
    """
    from synaspis.agreement import load_book
    from synaspis.core.files import write_atomically
    from synaspis.exercise.review import compare, render
    from synaspis.exercise.review import review as make
    from synaspis.exercise.review.page import answer, compared_answer

    made = make(folder)
    compared: dict[str, Any] | None = None
    if book is not None:
        compared = compare(folder, load_book(book))
        made = {**made, "compared": compared}
    target = out or folder
    target.mkdir(parents=True, exist_ok=True)
    write_atomically(target / "review.json", json.dumps(made, indent=2, ensure_ascii=False) + "\n")
    write_atomically(target / "review.html", render(made, compared))
    if as_json:
        print_json(made)
        return 0
    click.echo(answer(made))
    if compared is not None:
        click.echo(compared_answer(compared))
    rows = [
        (row["text"], "-" if not row["expected"] else f"{row['seen']} of {row['expected']}")
        for row in made["objectives"]
    ]
    print_table(("Objective", "Seen in time"), rows, right=(1,))
    click.echo(f"Written: {target / 'review.html'}, {target / 'review.json'}")
    return 0


exercise.add_command(worth)


def _row(loaded: Loaded) -> dict[str, Any]:
    document = loaded.document
    return {
        "id": document.id,
        "name": document.name,
        "summary": document.summary,
        "minutes": document.lasts.si / 60.0,
        "scenario": document.scenario,
        "phase": document.phase,
        "nations": list(document.nations),
        "flights": len(document.flights),
        "injects": sum(1 for _ in document.injects()),
    }
