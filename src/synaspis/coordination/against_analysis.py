"""A defence plan held against the analysis: of what it says is covered, how much can be defended?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely import contains_xy, prepare

from synaspis.analyses.capability import Capability
from synaspis.coordination.shapes import Plane, area_name
from synaspis.messages import DefencePlan


@dataclass(frozen=True)
class Held:
    """One task of a plan against one threat.

    battery, area, threat: names. known: whether the analysis knows battery and radars; `missing` names those
    that it does not. cells: cells of the analysis in the area; threatened_m2: area of those that the threat
    reaches; defended_m2: of these, what the battery defends with its radars alone.
    """

    battery: str
    area: str
    threat: str
    missing: tuple[str, ...]
    cells: int
    threatened_m2: float
    defended_m2: float

    @property
    def share(self) -> float | None:
        """Defended part of the threatened area, 0 to 1; None where nothing is threatened or known."""
        return (
            self.defended_m2 / self.threatened_m2 if self.threatened_m2 > 0.0 and not self.missing else None
        )

    @property
    def text(self) -> str:
        """The result in a sentence."""
        if self.missing:
            return f"{self.battery} over {self.area}: the analysis does not know {', '.join(self.missing)}"
        if self.share is None:
            return f"{self.battery} over {self.area}: {self.threat} reaches nothing of it"
        return (
            f"{self.battery} over {self.area}: {100.0 * self.share:.0f} % of what {self.threat} "
            "reaches is defended by the analysis"
        )

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "battery": self.battery,
            "area": self.area,
            "threat": self.threat,
            "missing": list(self.missing),
            "cells": self.cells,
            "threatened_m2": round(self.threatened_m2),
            "defended_m2": round(self.defended_m2),
            "share": None if self.share is None else round(self.share, 4),
            "text": self.text,
        }


def compare(plan: DefencePlan, capability: Capability) -> list[Held]:
    """Hold each task of a plan against a computed defence, for each of its threats.

    Batteries and radars are looked up by id. A task that names no radar is given all of the analysis, under
    its agreements. A cell counts where its middle lies in the area. Same day and threats as the capability.
    """
    found = []
    for task in plan.tasks:
        missing = tuple(
            sorted({task.battery} - {*capability.battery_ids})
            + sorted({*task.radars} - {*capability.radar_ids})
        )
        inside = _inside(task.area.model_dump(mode="json", exclude_none=True), capability)
        defended = None
        if not missing:
            defended = capability.defended(task.radars or None, (task.battery,))
        for index, threat in enumerate(capability.threat_ids):
            reached = inside & capability.threatened[index]
            held = np.zeros_like(reached) if defended is None else reached & defended[index]
            found.append(
                Held(
                    task.battery,
                    area_name(task.area.model_dump(mode="json", exclude_none=True)),
                    threat,
                    missing,
                    int(inside.sum()),
                    _sum(capability.area_m2, reached),
                    _sum(capability.area_m2, held),
                )
            )
    return found


def _inside(area: dict[str, Any], capability: Capability) -> NDArray[np.bool_]:
    plane = Plane([area])
    shape = plane.shape(area)
    prepare(shape)
    latitude, longitude = capability.land.latitude_rad, capability.land.longitude_rad
    flat = plane.flat(np.column_stack([latitude, longitude]))
    inside: NDArray[np.bool_] = contains_xy(shape, flat[:, 0], flat[:, 1])
    return inside


def _sum(area_m2: NDArray[np.float64], cells: NDArray[np.bool_]) -> float:
    return float(area_m2[cells].sum())


def sentences(found: Sequence[Held]) -> list[str]:
    """All results in words."""
    return [each.text for each in found]
