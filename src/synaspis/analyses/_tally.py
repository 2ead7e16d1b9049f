"""What is kept of all flights of a threat: the worst launch point of each cell, for each variant."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from synaspis.engagement import NEVER_S, Engagements, Gate, Tracks
from synaspis.engine.parameters import Floats


@dataclass(eq=False)
class Tally:
    """Running worst case over launch points; owned by the thread that runs one threat.

    bases: variants that are phases (the others leave one asset out and are only asked whether they still
    defend).
    cell_area_m2: (cell,). The arrays are filled by `add`, one call for some cells of one launch point.
    unflown: flights within the range of the class that were not found; 0 unless it cannot reach that far.
    """

    variants: int
    bases: NDArray[np.int64]
    batteries: int
    launches: int
    cell_area_m2: Floats
    unflown: int = 0
    threatened: NDArray[np.bool_] = field(init=False)
    defended: NDArray[np.bool_] = field(init=False)
    without_battery: NDArray[np.bool_] = field(init=False)
    shots: NDArray[np.int16] = field(init=False)
    gate: NDArray[np.int8] = field(init=False)
    warning_s: Floats = field(init=False)
    tracking: NDArray[np.int16] = field(init=False)
    reached_m2: Floats = field(init=False)
    held_m2: Floats = field(init=False)

    def __post_init__(self) -> None:
        cells, bases = self.cell_area_m2.size, self.bases.size
        self.threatened = np.zeros(cells, bool)
        self.defended = np.ones((self.variants, cells), bool)
        self.without_battery = np.ones((bases, self.batteries, cells), bool)
        self.shots = np.full((bases, cells), np.iinfo(np.int16).max, np.int16)
        self.gate = np.full((bases, cells), int(Gate.NOT_THREATENED), np.int8)
        self.warning_s = np.full((bases, cells), np.inf)
        self.tracking = np.full((bases, cells), np.iinfo(np.int16).max, np.int16)
        self.reached_m2 = np.zeros(self.launches)
        self.held_m2 = np.zeros((bases, self.launches))

    def add(
        self,
        launch: int,
        cells: NDArray[np.int64],
        engagements: Engagements,
        tracks: Tracks,
        radar_on: NDArray[np.bool_],
        warning_s: Floats,
    ) -> None:
        """Take in the flights from one launch point to some cells.

        launch: index of the launch point. cells: (case,) index of the cell of each flight.
        radar_on: (variant, radar). warning_s: (base, case) time from the first report to impact; -inf if
        there is none.
        """
        able = engagements.able != 0
        self.threatened[cells] = True
        self.defended[:, cells] &= able
        base_able = engagements.able[self.bases]
        for battery in range(self.batteries):
            self.without_battery[:, battery, cells] &= (base_able & ~np.int64(1 << battery)) != 0
        for whole, part in (
            (self.shots, engagements.shots[self.bases]),
            (self.gate, engagements.gate[self.bases]),
            (self.warning_s, warning_s),
            (self.tracking, self._trackers(tracks, radar_on)),
        ):
            whole[:, cells] = np.minimum(whole[:, cells], part)
        area = self.cell_area_m2[cells]
        self.reached_m2[launch] += area.sum()
        self.held_m2[:, launch] += (able[self.bases] * area).sum(axis=1)

    def _trackers(self, tracks: Tracks, radar_on: NDArray[np.bool_]) -> NDArray[np.int16]:
        """Number of radars with a firm track, (base, case)."""
        firm = (tracks.firm_s < NEVER_S).astype(np.int16)
        count: NDArray[np.int16] = (radar_on[self.bases].astype(np.int16) @ firm.T).astype(np.int16)
        return count
