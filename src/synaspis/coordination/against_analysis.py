"""A defence plan held against the analysis: of what it says is covered, how much can be defended?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError
from shapely import contains_xy, prepare

from synaspis.analyses.capability import Capability, compute
from synaspis.coordination.shapes import Plane, area_name
from synaspis.core.errors import InputError
from synaspis.messages import DefencePlan, PlannedTask, canonical_json
from synaspis.scenario import Scenario

STEPS_DEG: Final = (0.5, 1.0)
"""Sides of the cells of an analysis for a board that are tried before that of the scenario."""


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
        if not self.cells:
            return f"{self.battery} over {self.area}: no cell of the analysis lies in it"
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
    """Hold each task of a plan against a computed defence, for each threat that it is meant against.

    Batteries and radars are looked up by id. A task that names no radar is given all of the analysis, under
    its agreements; one that names classes of missile is held against threats of these alone. A cell counts
    where its middle lies in the area. Same day and threats as the capability.
    """
    return [held for task in plan.tasks for held in _held(task, capability)]


def _held(task: PlannedTask, capability: Capability) -> list[Held]:
    missing = tuple(
        sorted({task.battery} - {*capability.battery_ids}) + sorted({*task.radars} - {*capability.radar_ids})
    )
    area = task.area.model_dump(mode="json", exclude_none=True)
    inside = _inside(area, capability)
    defended = None if missing else capability.defended(task.radars or None, (task.battery,))
    found = []
    for index, threat in enumerate(capability.threat_ids):
        # The id of a missile class begins with its generic class, such as irbm-3500.
        if task.against and threat.partition("-")[0] not in task.against:
            continue
        reached = inside & capability.threatened[index]
        held = np.zeros_like(reached) if defended is None else reached & defended[index]
        found.append(
            Held(
                task.battery,
                area_name(area),
                threat,
                missing,
                int(inside.sum()),
                _sum(capability.area_m2, reached),
                _sum(capability.area_m2, held),
            )
        )
    return found


class Analysis:
    """A computed defence that boards hold plans against; each task is worked out once for all of them.

    capability: of the scenario and phase in which the plans are made.
    """

    def __init__(self, capability: Capability) -> None:
        self._capability = capability
        self._known: dict[bytes, list[dict[str, Any]]] = {}

    @classmethod
    def of(cls, scenario: Scenario, phase: str) -> Analysis:
        """Compute the defence of a scenario in a phase, on the finest of `STEPS_DEG` that fits its region."""
        for step_deg in STEPS_DEG:
            with suppress(InputError):
                scenario.grid(step_deg)
                return cls(compute(scenario, phase, step_deg=step_deg))
        return cls(compute(scenario, phase))

    def rows(self, task: Mapping[str, Any]) -> list[dict[str, Any]]:
        """What `Held.to_dict` gives for each threat of a task, as messages have it; empty if not whole."""
        key = canonical_json({name: task.get(name) for name in ("battery", "radars", "area", "against")})
        if key not in self._known:
            try:
                asked = PlannedTask.model_validate(dict(task))
            except ValidationError:
                return []
            self._known[key] = [held.to_dict() for held in _held(asked, self._capability)]
        return self._known[key]


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
