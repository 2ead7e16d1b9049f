"""Launch and impact of the objects of a picture, renewed at most once a second of data time."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from synaspis.engine.grounding import ground_rows
from synaspis.fusion.picture import Picture
from synaspis.fusion.tracks import Estimate

RENEW_US: Final = 1_000_000


def refresh(picture: Picture, rows: list[int]) -> None:
    """Compute launch and impact anew for those objects whose last computation is a second old."""
    objects = picture._objects
    index: NDArray[np.int64] = np.array(rows, dtype=np.int64)
    ground_us, time_us = objects["ground_us"], objects["time_us"]
    due = index[(ground_us[index] < 0) | (time_us[index] >= ground_us[index] + RENEW_US)]
    if not due.size:
        return
    ground_us[due] = time_us[due]
    for number in objects["number"][due].tolist():
        picture._places.pop(number, None)
    ground_rows(
        due, objects["state"], objects["covariance"], time_us, objects["thrust_us"],
        objects["launch"], objects["impact"],
    )  # fmt: skip


def places(picture: Picture, row: int, number: int) -> tuple[Estimate | None, Estimate | None]:
    """Launch and impact of an object, made once for each computation."""
    found = picture._places.get(number)
    if found is None:
        objects = picture._objects
        found = _estimate(objects["launch"][row].tolist()), _estimate(objects["impact"][row].tolist())
        picture._places[number] = found
    return found


def _estimate(row: list[float]) -> Estimate | None:
    """What the columns of launch or impact (8,) say; None where they say nothing."""
    if not row[0]:
        return None
    return Estimate(row[1], row[2], ((row[3], row[4]), (row[4], row[5])), round(row[6]), row[7])
