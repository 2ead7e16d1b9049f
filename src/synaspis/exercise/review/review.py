"""The review of a run as one plain document: made from its folder alone, twice the same."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from synaspis.agreement import AgreementBook
from synaspis.core.clock import to_rfc3339
from synaspis.exercise.review import outcome
from synaspis.exercise.review.coordination import coordination
from synaspis.exercise.review.failures import failures
from synaspis.exercise.review.knowledge import WHATS, Told, knowledge
from synaspis.exercise.review.people import ENDANGERED_RADIUS_M, Warned, warned
from synaspis.exercise.review.record import Record, read_record
from synaspis.exercise.review.scoring import CUTOFF_M, score
from synaspis.exercise.run import run_exercise, with_book
from synaspis.exercise.truth import instant_us

SCHEMA: Final = "synaspis.exercise-review/1"

Review = dict[str, Any]
"""Plain JSON values; see docs/methods/review.md for what each member means."""


def review(folder: Path | str) -> Review:
    """Review a run. folder: what `run_exercise` wrote. Raises InputError if it is none.

    A pure function of the exercise file and the two stores: no clock, no chance, no other input.
    """
    return review_of(read_record(folder))


def review_of(record: Record) -> Review:
    """Review what was read."""
    document = record.loaded.document
    known = knowledge(record)
    people, others = warned(record)
    rows = list(outcome.actions(record))
    return {
        "schema": SCHEMA,
        "exercise": document.id,
        "name": document.name,
        "summary": document.summary,
        "starts": to_rfc3339(record.loaded.starts_us),
        "ends": to_rfc3339(record.loaded.ends_us),
        "seed": record.seed,
        "people": list(record.people),
        "agreements": {centre: book.id for centre, book in sorted(record.loaded.books.items())},
        "endangered_radius_m": ENDANGERED_RADIUS_M,
        "cutoff_m": CUTOFF_M,
        "nations": {
            name: {
                "name": record.loaded.scenario.document.partners[name].name,
                "delivered": len(record.delivered[name]),
                "sent": sum(sent.sender == name for sent in record.sent),
                "score": score(record, name).to_dict(),
            }
            for name in document.nations
        },
        "flights": [_flight(record, name, known, people, others) for name in sorted_by_launch(record)],
        "warnings_in_vain": outcome.warnings_in_vain(record),
        "coordination": coordination(record),
        "faults": failures(record),
        "objectives": outcome.objectives(record, rows),
        "actions": rows,
        "totals": totals(people),
    }


def sorted_by_launch(record: Record) -> list[str]:
    """Ids of the flights that were launched, in the order of launch."""
    return sorted(record.launched, key=lambda name: (record.launched[name], name))


def totals(people: list[Warned]) -> dict[str, Any]:
    """Sums over all flights and nations."""
    warned_people = sum(row.warned for row in people)
    minutes = sum(row.person_minutes for row in people)
    return {
        "people": sum(row.people for row in people),
        "warned": warned_people,
        "person_minutes": round(minutes, 1),
        "mean_minutes": round(minutes / warned_people, 2) if warned_people else None,
    }


def _flight(
    record: Record,
    flight_id: str,
    known: Mapping[tuple[str, str], Mapping[str, Told]],
    people: list[Warned],
    others: Mapping[str, int],
) -> dict[str, Any]:
    flight, launch_us = record.flights[flight_id], record.launched[flight_id]
    impact_us = instant_us(launch_us, flight.impact_s)
    return {
        "id": flight_id,
        "missile_class": flight.missile_class,
        "launched": to_rfc3339(launch_us),
        "launch_deg": [round(number, 4) for number in flight.launch_deg],
        "impact": to_rfc3339(impact_us),
        "impact_deg": [round(number, 4) for number in flight.impact_deg],
        "known": {
            nation: [
                steps[what].to_dict(launch_us, impact_us)
                for steps in (known.get((nation, flight_id), {}),)
                for what in WHATS
                if what in steps
            ]
            for nation in record.loaded.document.nations
        },
        "claims": (claims := outcome.claims(record, flight_id)),
        "claimed_by": sorted({row["nation"] for row in claims if row["kind"] == "engagement-claim"}),
        "covered": outcome.covered(record, flight_id),
        "people": [row.to_dict() for row in people if row.flight == flight_id],
        "people_of_others": others.get(flight_id, 0),
    }


def under(folder: Path | str, book: AgreementBook) -> Review:
    """What the same script and seed would have given under another book in the data exchange centre.

    Raises InputError if a nation is no partner of the book.
    """
    return _again(read_record(folder), book)


def _again(record: Record, book: AgreementBook) -> Review:
    with TemporaryDirectory() as place:
        again = Path(place) / "run"
        run_exercise(with_book(record.loaded, book), again, seed=record.seed)
        return review(again)


def compare(folder: Path | str, book: AgreementBook) -> dict[str, Any]:
    """What another book in the data exchange centre would have changed, of a run that is over.

    The script is played again from its file: flights, noise and injects are the same, and each cell does by
    its rules what it is given. What people did is not repeated. So if people played, both sides of the
    comparison are played by rules, under the book of the run and under the other; else the run itself is the
    first side. Raises InputError if a nation is no partner of the book.
    """
    return compare_of(read_record(folder), book)


def compare_of(record: Record, book: AgreementBook) -> dict[str, Any]:
    """Compare what was read; see `compare`."""
    first = _again(record, record.loaded.books["data"]) if record.people else review_of(record)
    compared = difference(first, _again(record, book))
    held = [
        "flights",
        f"noise of the sensors (seed {record.seed})",
        "the list of events at its planned times",
    ]
    return {**compared, "held": held, "by_rules": list(record.people)}


def difference(one: Review, other: Review) -> dict[str, Any]:
    """What changed from one agreement to the other: people, minutes, first knowledge."""
    rows = [
        {
            "flight": before["id"],
            "nation": nation,
            "first_known_s": [_first(each, nation, None) for each in (before, after)],
            "impact_known_s": [_first(each, nation, "impact") for each in (before, after)],
            "warned": [_people(each, nation)["warned"] for each in (before, after)],
            "person_minutes": [_people(each, nation)["person_minutes"] for each in (before, after)],
        }
        for before, after in zip(one["flights"], other["flights"], strict=True)
        for nation in one["nations"]
    ]
    totals_of = (one["totals"], other["totals"])
    return {
        "agreements": [one["agreements"]["data"], other["agreements"]["data"]],
        "totals": list(totals_of),
        "warned_difference": totals_of[1]["warned"] - totals_of[0]["warned"],
        "person_minutes_difference": round(
            totals_of[1]["person_minutes"] - totals_of[0]["person_minutes"], 1
        ),
        "rows": rows,
    }


def _first(flight: Mapping[str, Any], nation: str, what: str | None) -> float | None:
    told = [
        each["after_launch_s"]
        for each in flight["known"][nation]
        if (what is None and each["what"] != "notification") or each["what"] == what
    ]
    return min(told, default=None)


def _people(flight: Mapping[str, Any], nation: str) -> Mapping[str, Any]:
    none = {"warned": 0, "person_minutes": 0.0}
    return next((row for row in flight["people"] if row["nation"] == nation), none)
