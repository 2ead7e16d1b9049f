"""Reports into source tracks: what is seen already, too late, too early or too much is left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from synaspis.engine.tracking import LATE, absorb
from synaspis.fusion._association import place
from synaspis.fusion.picture import DIGESTS_KEPT, Picture
from synaspis.fusion.report import Report

AHEAD_US: Final = 10_000_000
"""A report whose state is so far in the future is ignored: it would drag everything with it."""
TRACKS_OF_ONE_SOURCE: Final = 1_000
"""A source with so many live tracks cannot open another in a picture."""


class Batch:
    """The numbers of all reports of one update as arrays, written once however many pictures take them."""

    def __init__(self, reports: Iterable[Report]) -> None:
        distinct = list({id(report): report for report in reports}.values())
        self.row = {id(report): row for row, report in enumerate(distinct)}
        count = len(distinct)
        self.states, self.spreads = np.empty((count, 6)), np.empty((count, 6, 6))
        for row, report in enumerate(distinct):
            self.states[row], self.spreads[row] = report.state, report.spread
        self.times_us = np.array([report.time_us for report in distinct], dtype=np.int64)
        self.tracklets = np.array([report.estimate == "tracklet" for report in distinct], dtype=np.bool_)


def take_in(picture: Picture, reports: Sequence[Report], batch: Batch, at_us: int) -> set[int]:
    """Absorb reports into their source tracks, place new ones; returns the objects that changed."""
    rows, digests, latest_us = picture._rows, picture._digests, at_us + AHEAD_US
    slots: list[int] = []
    picked: list[int] = []
    fresh: list[int] = []
    for report in reports:
        if report.digest in digests or report.time_us > latest_us:
            continue
        row = rows.get(report.key)
        if row is None:
            row = _open_track(picture, report)
            if row is None:
                continue
            fresh.append(row)
        digests[report.digest] = None
        slots.append(row)
        picked.append(batch.row[id(report)])
    if not slots:
        return set()
    while len(digests) > DIGESTS_KEPT:
        digests.popitem(last=False)
    tracks = picture._tracks
    index = np.array(slots, dtype=np.int64)
    outcome = np.empty(index.size, dtype=np.int64)
    absorb(
        index, np.array(picked, dtype=np.int64),
        batch.states, batch.spreads, batch.times_us, batch.tracklets,
        tracks["state"], tracks["covariance"], tracks["time_us"], tracks["thrust_us"],
        tracks["old_state"], tracks["old_covariance"], tracks["old_us"], outcome,
    )  # fmt: skip
    used = index[outcome != LATE]
    tracks["arrival_us"][used] = at_us
    for row in fresh:
        place(picture, row)
    return set(tracks["object"][used].tolist())


def _open_track(picture: Picture, report: Report) -> int | None:
    """Row of a new source track; None where its source has too many."""
    if sum(source == report.source for source, _ in picture._keys) >= TRACKS_OF_ONE_SOURCE:
        return None
    row = picture._tracks.add(time_us=-1, object=-1, checked_us=-1, old_us=-1)
    picture._rows[report.key] = row
    picture._keys.append(report.key)
    return row
