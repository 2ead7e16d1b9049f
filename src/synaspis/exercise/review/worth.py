"""What another agreement would have changed, over several seeds: people, minutes, with their spread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

import numpy as np
from scipy import stats

from synaspis.agreement import AgreementBook
from synaspis.exercise.loader import Loaded
from synaspis.exercise.review.people import warned
from synaspis.exercise.review.record import read_record
from synaspis.exercise.run import run_exercise, with_book

SCHEMA: Final = "synaspis.exercise-worth/1"
SEEDS_MAX: Final = 200

SHARE: Final = 0.95
"""Of the intervals."""


class Job(NamedTuple):
    """One run: what a worker is handed."""

    loaded: Loaded
    seed: int


Mapper = Callable[[Callable[[Job], list[dict[str, Any]]], Iterable[Job]], Iterator[list[dict[str, Any]]]]


def worth(
    loaded: Loaded, book: AgreementBook, seeds: Sequence[int], *, mapper: Mapper = map
) -> dict[str, Any]:
    """Play an exercise under its own agreements and under another book, with the same seeds in pairs.

    book: for the data exchange centre. seeds: two at least, each once. mapper: runs the jobs; the result is
    the same whoever does. Raises InputError if a nation is no partner of the book.

    A seed gives the same noise under both, so that the difference of a pair is the agreement's. Intervals
    are Student's, of the mean of a seed, with the share `SHARE`.
    """
    other = with_book(loaded, book)
    jobs = [Job(each, seed) for seed in seeds for each in (loaded, other)]
    rows = list(mapper(played, jobs))
    pairs = list(zip(rows[::2], rows[1::2], strict=True))
    totals = [tuple(_total(each) for each in pair) for pair in pairs]
    return {
        "schema": SCHEMA,
        "exercise": loaded.document.id,
        "name": loaded.document.name,
        "agreements": [each.books["data"].id for each in (loaded, other)],
        "seeds": list(seeds),
        "share": SHARE,
        "people": totals[0][0]["people"],
        "warned": [_mean([pair[side]["warned"] for pair in totals]) for side in (0, 1)],
        "person_minutes": [_mean([pair[side]["person_minutes"] for pair in totals]) for side in (0, 1)],
        "warned_difference": _mean([pair[1]["warned"] - pair[0]["warned"] for pair in totals]),
        "person_minutes_difference": _mean(
            [pair[1]["person_minutes"] - pair[0]["person_minutes"] for pair in totals]
        ),
        "rows": list(_rows(pairs, loaded)),
    }


def played(job: Job) -> list[dict[str, Any]]:
    """Play one job and return what each nation had of each flight; see `Warned`."""
    with TemporaryDirectory() as place:
        folder = Path(place) / "run"
        run_exercise(job.loaded, folder, seed=job.seed)
        return [row.to_dict() for row in warned(read_record(folder))[0]]


def _total(rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    return {name: sum(row[name] for row in rows) for name in ("people", "warned", "person_minutes")}


def _rows(
    pairs: Sequence[tuple[list[dict[str, Any]], list[dict[str, Any]]]], loaded: Loaded
) -> Iterator[dict[str, Any]]:
    """For each flight and nation people, those warned, and minutes from the first warning to the impact."""
    names = loaded.scenario.document.partners
    for index, first in enumerate(pairs[0][0]):
        sides = [[pair[side][index] for pair in pairs] for side in (0, 1)]
        yield {
            "flight": first["flight"],
            "nation": first["nation"],
            "name": names[first["nation"]].name,
            "people": first["people"],
            "warned": [_mean([row["warned"] for row in side]) for side in sides],
            "minutes": [_minutes(side) for side in sides],
        }


def _minutes(rows: Sequence[Mapping[str, Any]]) -> dict[str, float] | None:
    """Over the seeds with a warning; None if there was none with any."""
    given = [row["first_warning_before_impact_s"] for row in rows]
    found = [seconds / 60.0 for seconds in given if seconds is not None]
    return {**_mean(found), "seeds": len(found)} if found else None


def _mean(values: Sequence[float]) -> dict[str, float]:
    """Mean with its interval, and the least and the greatest value."""
    array = np.asarray(values, dtype=np.float64)
    mean, count = float(array.mean()), array.size
    half = 0.0
    if count > 1 and array.std() > 0.0:
        quantile = float(stats.t.ppf(0.5 + SHARE / 2.0, count - 1))
        half = quantile * float(array.std(ddof=1)) / count**0.5
    return {
        "mean": round(mean, 3),
        "low": round(mean - half, 3),
        "high": round(mean + half, 3),
        "least": round(float(array.min()), 3),
        "greatest": round(float(array.max()), 3),
    }
