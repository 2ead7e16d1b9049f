"""Take reports into pictures and say what changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from synaspis.engine.tracking import LATE, LONGEST_GAP_US, absorb, fuse
from synaspis.fusion import _association as association
from synaspis.fusion._ground import estimates, refresh
from synaspis.fusion.picture import DIGESTS_KEPT, Picture
from synaspis.fusion.report import Report
from synaspis.fusion.tracks import FusedTrack

SILENCE_US: Final = LONGEST_GAP_US
"""A source track from which nothing has come for so long is dropped; an object without any is ended."""
AHEAD_US: Final = 10_000_000
"""A report whose state is so far in the future is ignored: it would drag everything with it."""
TRACKS_OF_ONE_SOURCE: Final = 1_000
"""A source with so many live tracks cannot open another in a picture."""


def update(
    pictures_and_reports: Sequence[tuple[Picture, Sequence[Report]]], at_us: int
) -> list[list[FusedTrack]]:
    """Take reports into pictures, in place, and return for each picture the tracks that changed.

    pictures_and_reports: each picture once, with the reports that it may see, in the order in which they
    arrived. at_us: the instant of arrival, microseconds since the epoch; for a picture not before its last.
    Returns a list for each picture, ordered by track number. Each picture is worked off alone: its result is
    the same to the last bit whatever the other pictures are.
    """
    return [_update(picture, reports, at_us) for picture, reports in pictures_and_reports]


def _update(picture: Picture, reports: Sequence[Report], at_us: int) -> list[FusedTrack]:
    shown = _expire(picture, at_us)
    changed = _take_in(picture, reports, at_us) if reports else set()
    if changed:
        _fuse(picture, sorted(changed))
        moved = association.leave_where_missed(picture, sorted(changed))
        if moved:
            _fuse(picture, sorted(moved))
            changed |= moved
        merged = association.merge_alike(picture, sorted(changed))
        if merged:
            changed |= set(merged.values())
            _fuse(picture, sorted(merged.values()))
        empty = [row for row in changed if not picture._members[row]]
        live = sorted(changed - set(empty))
        refresh(picture, live)
        shown += _show(picture, live) + _end(picture, empty)
    return sorted(shown, key=lambda track: track.number)


def _expire(picture: Picture, at_us: int) -> list[FusedTrack]:
    """Drop source tracks that fell silent and end the objects that have none left."""
    tracks = picture._tracks
    silent = tracks["arrival_us"][: tracks.count] <= at_us - SILENCE_US
    if not silent.any():
        return []
    gone = set(np.flatnonzero(silent).tolist())
    for row, members in enumerate(picture._members):
        picture._members[row] = [track for track in members if track not in gone]
    ended = [row for row, members in enumerate(picture._members) if not members]
    shown = _ended(picture, ended)
    picture._drop(np.flatnonzero(~silent), _without(picture._objects.count, ended))
    return shown


def _end(picture: Picture, rows: list[int]) -> list[FusedTrack]:
    """End objects whose members all left for others."""
    if not rows:
        return []
    shown = _ended(picture, rows)
    picture._drop(np.arange(picture._tracks.count), _without(picture._objects.count, rows))
    return shown


def _ended(picture: Picture, rows: list[int]) -> list[FusedTrack]:
    """What is said of objects that end; nothing of those that were never shown."""
    was_shown = picture._objects["shown"]
    return _tracks(picture, [row for row in rows if was_shown[row]], "ended")


def _without(count: int, rows: list[int]) -> np.ndarray:
    return np.delete(np.arange(count), rows)


def _take_in(picture: Picture, reports: Sequence[Report], at_us: int) -> set[int]:
    """Absorb reports into their source tracks, place new ones; returns the objects that changed."""
    tracks, rows, digests = picture._tracks, picture._rows, picture._digests
    taken: list[Report] = []
    slots: list[int] = []
    fresh: list[int] = []
    for report in reports:
        if report.digest in digests or report.time_us > at_us + AHEAD_US:
            continue
        key = (report.source, report.track)
        row = rows.get(key)
        if row is None:
            if sum(source == report.source for source, _ in picture._keys) >= TRACKS_OF_ONE_SOURCE:
                continue
            row = tracks.add(time_us=-1, object=-1, checked_us=-1)
            rows[key] = row
            picture._keys.append(key)
            fresh.append(row)
        digests[report.digest] = None
        taken.append(report)
        slots.append(row)
    if not taken:
        return set()
    while len(digests) > DIGESTS_KEPT:
        del digests[next(iter(digests))]
    index = np.array(slots, dtype=np.int64)
    outcome = np.empty(index.size, dtype=np.int64)
    absorb(
        index,
        np.stack([report.state for report in taken]),
        np.stack([report.spread for report in taken]),
        np.array([report.time_us for report in taken], dtype=np.int64),
        np.array([report.estimate == "tracklet" for report in taken], dtype=np.bool_),
        tracks["state"], tracks["covariance"], tracks["time_us"], tracks["thrust_us"], outcome,
    )  # fmt: skip
    used = index[outcome != LATE]
    tracks["arrival_us"][used] = at_us
    for row in fresh:
        association.place(picture, row)
    return set(tracks["object"][used].tolist())


def _fuse(picture: Picture, rows: list[int]) -> None:
    """Fuse the members of objects anew."""
    rows = [row for row in rows if picture._members[row]]
    if not rows:
        return
    tracks, objects = picture._tracks, picture._objects
    members = [picture._members[row] for row in rows]
    flat = np.array([track for group in members for track in group], dtype=np.int64)
    starts = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum([len(group) for group in members], out=starts[1:])
    weights = np.empty(flat.size, dtype=np.int64)
    fuse(
        np.array(rows, dtype=np.int64), starts, flat,
        tracks["state"], tracks["covariance"], tracks["time_us"], tracks["thrust_us"],
        tracks["checked_us"], tracks["misses"], weights,
        objects["state"], objects["covariance"], objects["time_us"], objects["thrust_us"],
    )  # fmt: skip
    tracks["fused"][flat] = weights


def _show(picture: Picture, rows: list[int]) -> list[FusedTrack]:
    """What changed objects look like, those shown for the first time as new."""
    was_shown = picture._objects["shown"]
    first = [row for row in rows if not was_shown[row]]
    again = [row for row in rows if was_shown[row]]
    shown = _tracks(picture, first, "new") + _tracks(picture, again, "updated")
    was_shown[rows] = 1
    return shown


def _tracks(picture: Picture, rows: list[int], status: str) -> list[FusedTrack]:
    if not rows:
        return []
    objects, fused, keys = picture._objects, picture._tracks["fused"], picture._keys
    states, covariances = objects["state"][rows].tolist(), objects["covariance"][rows].tolist()
    numbers, times_us = objects["number"][rows].tolist(), objects["time_us"][rows].tolist()
    launches, impacts = estimates(objects["launch"][rows]), estimates(objects["impact"][rows])
    return [
        FusedTrack(
            numbers[n],
            status,
            times_us[n],
            tuple(states[n][:3]),
            tuple(states[n][3:]),
            tuple(map(tuple, covariances[n])),
            tuple(sorted({keys[track][0] for track in picture._members[row] if fused[track]})),
            launches[n],
            impacts[n],
        )
        for n, row in enumerate(rows)
    ]
