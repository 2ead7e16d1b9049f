"""Which source tracks are one object: joining, leaving, and two objects found to be one."""

from __future__ import annotations

from typing import Final

import numpy as np

from synaspis.engine.tracking import nearest
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
    closed = _closed_to(picture, {picture._keys[track][0]})
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
    for row in sorted(rows, key=lambda row: int(number[row])):
        if objects.count < 2 or time_us[row] < compared_us[row] + COMPARE_US:
            continue
        compared_us[row] = time_us[row]
        closed = _closed_to(picture, _sources(picture, row))
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
    return merged


def _sources(picture: Picture, row: int) -> set[str]:
    return {picture._keys[track][0] for track in picture._members[row]}


def _closed_to(picture: Picture, sources: set[str]) -> np.ndarray:
    """Which objects hold an agreeing track of one of the sources."""
    closed = np.zeros(picture._objects.count, dtype=np.bool_)
    misses, rows = picture._tracks["misses"], picture._tracks["object"]
    for track, (source, _) in enumerate(picture._keys):
        if source in sources and rows[track] >= 0 and misses[track] == 0:
            closed[rows[track]] = True
    return closed


def _nearest(picture: Picture, table: object, row: int, closed: np.ndarray) -> int:
    objects = picture._objects
    return int(
        nearest(
            table["state"][row], table["covariance"][row], table["time_us"][row], table["thrust_us"][row],  # type: ignore[index]
            objects.count, objects["state"], objects["covariance"], objects["time_us"], objects["thrust_us"],
            closed,
        )
    )  # fmt: skip
