"""Take reports into pictures and say what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synaspis.engine.tracking import LONGEST_GAP_US, fuse
from synaspis.fusion import _association as association
from synaspis.fusion._ground import places, refresh
from synaspis.fusion._intake import Batch, take_in
from synaspis.fusion.picture import Picture
from synaspis.fusion.report import KINDS, Report
from synaspis.fusion.tracks import FusedTrack

SILENCE_US: Final = LONGEST_GAP_US
"""A source track from which nothing has come for so long is dropped; an object without any is ended."""


def update(
    pictures_and_reports: Sequence[tuple[Picture, Sequence[Report]]], at_us: int
) -> list[list[FusedTrack]]:
    """Take reports into pictures, in place, and return for each picture the tracks that changed.

    pictures_and_reports: each picture once, with the reports that it may see, in the order in which they
    arrived. at_us: the instant of arrival, microseconds since the epoch; for a picture not before its last.
    Returns a list for each picture, ordered by track number. Each picture is worked off alone: its result is
    the same to the last bit whatever the other pictures are.
    """
    batch = Batch(report for _, reports in pictures_and_reports for report in reports)
    return [_update(picture, reports, batch, at_us) for picture, reports in pictures_and_reports]


def prepare() -> None:
    """Load the compiled kernels, or compile them where they are new (half a minute), before time counts.

    Plays two sources of one notional object into a picture that is thrown away.
    """
    picture, start = Picture(), np.array([6.8e6, 0.0, 0.0, 0.0, 3000.0, 2000.0])
    for second in range(2):
        state = start + second * np.array([0.0, 3000.0, 2000.0, 0.0, 0.0, 0.0])
        reports = [
            Report(kind, kind, second * 1_000_000, state[:3], state[3:], None, kind, f"{kind} {second}")
            for kind in KINDS
        ]
        update([(picture, reports)], second * 1_000_000)


def _update(picture: Picture, reports: Sequence[Report], batch: Batch, at_us: int) -> list[FusedTrack]:
    shown = _expire(picture, at_us)
    changed = take_in(picture, reports, batch, at_us)
    if changed:
        _fuse(picture, changed)
        moved = association.leave_where_missed(picture, sorted(changed))
        _fuse(picture, moved)
        changed |= moved
        merged = association.merge_alike(picture, sorted(changed))
        older = {row for row, _ in merged.values()}
        _fuse(picture, older)
        live = sorted((changed | older) - set(merged))
        refresh(picture, live)
        shown += _show(picture, live)
        if merged:
            shown += _end(picture, {row: tracks for row, (_, tracks) in merged.items()})
    return sorted(shown, key=lambda track: track.number)


def _expire(picture: Picture, at_us: int) -> list[FusedTrack]:
    """Drop source tracks that fell silent and end the objects that have none left."""
    tracks = picture._tracks
    silent = tracks["arrival_us"][: tracks.count] <= at_us - SILENCE_US
    if not silent.any():
        return []
    gone = set(np.flatnonzero(silent).tolist())
    last = {row: members for row, members in enumerate(picture._members) if gone.issuperset(members)}
    return _end(picture, last, np.flatnonzero(~silent))


def _end(
    picture: Picture, last: Mapping[int, list[int]], kept: NDArray[np.int64] | None = None
) -> list[FusedTrack]:
    """End objects; last: their rows with their last source tracks. kept: source tracks that stay, if not all.

    Returns what is said of them; nothing of those that were never shown.
    """
    was_shown = picture._objects["shown"]
    rows = [row for row in last if was_shown[row]]
    shown = _tracks(picture, rows, [last[row] for row in rows], "ended")
    for number in picture._objects["number"][list(last)].tolist():
        picture._places.pop(number, None)
    left = np.delete(np.arange(picture._objects.count), list(last))
    picture._drop(np.arange(picture._tracks.count) if kept is None else kept, left)
    return shown


def _fuse(picture: Picture, changed: set[int]) -> None:
    """Fuse the members of objects anew."""
    if not changed:
        return
    rows = sorted(changed)
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
    members = picture._members
    shown = _tracks(picture, first, [members[row] for row in first], "new")
    shown += _tracks(picture, again, [members[row] for row in again], "updated")
    was_shown[rows] = 1
    return shown


def _tracks(picture: Picture, rows: list[int], members: list[list[int]], status: str) -> list[FusedTrack]:
    """What is said of objects, `members` being the source tracks of each."""
    if not rows:
        return []
    objects, fused, keys = picture._objects, picture._tracks["fused"], picture._keys
    states, covariances = objects["state"][rows].tolist(), objects["covariance"][rows].tolist()
    numbers, times_us = objects["number"][rows].tolist(), objects["time_us"][rows].tolist()
    return [
        FusedTrack(
            numbers[n],
            status,
            times_us[n],
            tuple(states[n][:3]),
            tuple(states[n][3:]),
            tuple(map(tuple, covariances[n])),
            tuple(sorted({keys[track][0] for track in group if fused[track]})),
            *places(picture, rows[n], numbers[n]),
        )
        for n, group in enumerate(members)
    ]
