"""Which source tracks are one object: joining, leaving, and two objects found to be one."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synaspis.engine.tracking import nearest
from synaspis.fusion._table import Table
from synaspis.fusion.picture import Picture

MISSES_ALLOWED: Final = 3
"""So many disagreements in a row and a source track leaves its object."""
ALIKE_NEEDED: Final = 3
"""So many agreements in a row, a second apart, and two objects are one."""
COMPARE_US: Final = 1_000_000


def place(picture: Picture, track: int) -> int:
    """Give a source track without an object to the nearest one in the gate, or to a new one; returns its row.

    An object in which another track of the same source is fused is not taken: a source that tells two tracks
    apart means two objects.
    """
    closed = _closed_to(picture, _taken(picture), {picture._keys[track][0]})
    row = _nearest(picture, picture._tracks, track, closed)
    if row < 0:
        row = picture._open_object(track)
    picture._join(track, row)
    return row


def leave_where_missed(picture: Picture, rows: list[int]) -> set[int]:
    """Let source tracks that disagreed too often leave the objects `rows`; returns the changed objects."""
    misses = picture._tracks["misses"]
    changed = set()
    for row in rows:
        for track in [member for member in picture._members[row] if misses[member] >= MISSES_ALLOWED]:
            picture._members[row].remove(track)
            picture._tracks["object"][track] = -1
            changed |= {row, place(picture, track)}
    return changed


def merge_alike(picture: Picture, rows: list[int]) -> dict[int, tuple[int, list[int]]]:
    """Merge objects of `rows` that have long agreed with an older one.

    Compared at most once a second of data time. No object is both the younger and the older of two pairs.
    Returns younger row to older row and the source tracks that moved.
    """
    objects = picture._objects
    time_us, compared_us, number = objects["time_us"], objects["compared_us"], objects["number"]
    merged: dict[int, tuple[int, list[int]]] = {}
    receiving: set[int] = set()
    taken: dict[str, list[int]] | None = None
    for row in sorted(rows, key=lambda row: int(number[row])):
        if objects.count < 2 or time_us[row] < compared_us[row] + COMPARE_US:
            continue
        compared_us[row] = time_us[row]
        taken = taken or _taken(picture)
        closed = _closed_to(picture, taken, {picture._keys[track][0] for track in picture._members[row]})
        closed |= number[: objects.count] >= number[row]
        closed[list(merged)] = True
        older = _nearest(picture, objects, row, closed)
        found = 0 if older < 0 else int(number[older])
        objects["alike"][row] = objects["alike"][row] + 1 if found and found == objects["twin"][row] else 1
        objects["twin"][row] = found
        if found and objects["alike"][row] >= ALIKE_NEEDED and row not in receiving:
            merged[row] = older, picture._members[row]
            receiving.add(older)
            picture._members[row] = []
            for track in merged[row][1]:
                picture._join(track, older)
            taken = None
    return merged


def _taken(picture: Picture) -> dict[str, list[int]]:
    """Which objects hold an agreeing track of each source."""
    tracks, taken = picture._tracks, defaultdict(list)
    rows, misses = tracks["object"][: tracks.count].tolist(), tracks["misses"][: tracks.count].tolist()
    for (source, _), row, missed in zip(picture._keys, rows, misses, strict=True):
        if row >= 0 and not missed:
            taken[source].append(row)
    return taken


def _closed_to(picture: Picture, taken: dict[str, list[int]], sources: set[str]) -> NDArray[np.bool_]:
    """Which objects are not open to tracks of these sources."""
    closed = np.zeros(picture._objects.count, dtype=np.bool_)
    for source in sources & taken.keys():
        closed[taken[source]] = True
    return closed


def _nearest(picture: Picture, table: Table, row: int, closed: NDArray[np.bool_]) -> int:
    objects = picture._objects
    return int(
        nearest(
            table["state"][row], table["covariance"][row], table["time_us"][row], table["thrust_us"][row],
            objects.count, objects["state"], objects["covariance"], objects["time_us"], objects["thrust_us"],
            closed,
        )
    )  # fmt: skip
