"""Launch and impact of the objects of a picture, renewed at most once a second of data time."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from synaspis.engine.grounding import ground_rows
from synaspis.engine.parameters import Floats
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
    ground_rows(
        due, objects["state"], objects["covariance"], time_us, objects["thrust_us"],
        objects["launch"], objects["impact"],
    )  # fmt: skip


def estimates(rows: Floats) -> list[Estimate | None]:
    """What the columns of launch or impact (row, 8) say; None where they say nothing."""
    return [
        Estimate(row[1], row[2], ((row[3], row[4]), (row[4], row[5])), round(row[6]), row[7])
        if row[0]
        else None
        for row in rows.tolist()
    ]
