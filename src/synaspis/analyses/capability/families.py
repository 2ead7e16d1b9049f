"""Formulas read back as words: the smallest sets of assets that engage each flight."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from synaspis.engagement.chains import Chains, sufficient_radars

Family = frozenset[frozenset[str]]


class Families(NamedTuple):
    """What suffices against each flight of one threat.

    sets: each a family: sets of ids of one battery and the radars that it needs, of which any one suffices
    and none can be spared a member; empty if nothing engages the flight. family: (case,) index into `sets`.
    """

    sets: tuple[Family, ...]
    family: NDArray[np.int64]


def families(found: Chains, radar_ids: tuple[str, ...], battery_ids: tuple[str, ...]) -> Families:
    """Read the formulas of one threat."""
    of_pair: dict[bytes, Family] = {}
    of_flight: dict[frozenset[bytes], int] = {}
    sets: list[Family] = []
    family = np.zeros(found.first_pair.size - 1, np.int64)
    for case in range(family.size):
        keys = []
        for pair in range(found.first_pair[case], found.first_pair[case + 1]):
            steps = found.step[found.first_step[pair] : found.first_step[pair + 1]]
            battery = int(found.battery[pair])
            key = battery.to_bytes(2) + steps.tobytes()
            if key not in of_pair:
                of_pair[key] = _smallest(
                    frozenset((battery_ids[battery], *(radar_ids[radar] for radar in radars)))
                    for radars in sufficient_radars(steps)
                )
            keys.append(key)
        whole = frozenset(keys)
        if whole not in of_flight:
            of_flight[whole] = len(sets)
            sets.append(_smallest(each for key in whole for each in of_pair[key]))
        family[case] = of_flight[whole]
    return Families(tuple(sets), family)


def _smallest(sets: Iterable[frozenset[str]]) -> Family:
    """The sets that hold no other one."""
    every = set(sets)
    return frozenset(each for each in every if not any(other < each for other in every))
