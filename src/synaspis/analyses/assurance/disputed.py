"""Values of the catalogue that are in doubt: their ends, who holds which, which end helps the defence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from synaspis.catalogue import Catalogue
from synaspis.core.documents import path_text
from synaspis.core.quantity import Quantity, to_si
from synaspis.scenario import Scenario
from synaspis.scenario.overrides import find_quantity

BURN_TIME: Final = "burn_time"
"""All stages of the missile together, from their low to their high ends."""

SPEED_LOW_M_S, SPEED_HIGH_M_S = 2_000.0, 12_000.0
"""Between these a burnout speed is looked for at which a verdict flips, whatever the catalogue holds."""

# What a greater value does for the defence: 1 helps, -1 hinders, 0 may do either and both ends are tried.
_INTERCEPTOR: Final = {
    "burnout_speed": 1,
    "burnout_time": -1,
    "ballistic_coefficient": 1,
    "minimum_altitude": -1,
    "maximum_altitude": 1,
    "maximum_range": 1,
    "maximum_flight_time": 1,
    "minimum_elevation": -1,
    "commit_delay": -1,
}
_RADAR: Final = {
    "reference_range": 1,
    "reference_cross_section": -1,
    "instrumented_range": 1,
    "minimum_elevation": -1,
    "maximum_elevation": 1,
    "azimuth_half_width": 1,
    "firm_track_time": -1,
}
_MISSILE: Final = {"radar_cross_section": 1, "radar_cross_section_low_band": 1}
_SATELLITE: Final = {"report_delay": -1, "observation_time": -1, "cloud_break_altitude": -1}


@dataclass(frozen=True)
class Disputed:
    """One value with the range that is stated for it, SI.

    name: as in `revalued`, or ``<missile>.burn_time``. value: of the catalogue, or as replaced.
    low, high: ends over value, bounds and rivals. helps: 1 if a greater value helps the defence, -1 if it
    hinders, 0 if it may do either. quantity: as the catalogue has it. parts: targets that are set, with their
    low, value and high.
    """

    name: str
    value: float
    low: float
    high: float
    helps: int
    quantity: Quantity
    parts: tuple[tuple[str, float, float, float], ...]

    def set_to(self, value: float) -> dict[str, float]:
        """Values of `revalued` that stand for this value; between the ends, parts go evenly."""
        if len(self.parts) == 1:
            return {self.parts[0][0]: value}
        if value >= self.value:
            share = (value - self.value) / ((self.high - self.value) or 1.0)
            return {target: mid + share * (high - mid) for target, _, mid, high in self.parts}
        share = (self.value - value) / ((self.value - self.low) or 1.0)
        return {target: mid - share * (mid - low) for target, low, mid, _ in self.parts}

    def held(self) -> list[dict[str, Any]]:
        """Who holds which value: the catalogue with its source, and every rival."""
        quantity = self.quantity
        own = {
            "value": self.value,
            "held_by": "catalogue",
            "basis": quantity.basis,
            "source": quantity.source,
        }
        rivals = [
            {
                "value": to_si(rival.value, quantity.unit),
                "held_by": rival.held_by,
                "basis": "stated",
                "source": rival.source,
            }
            for rival in quantity.rivals
        ]
        return [own, *rivals]


def disputed_values(
    scenario: Scenario, missile: str, interceptor: str, radars: Iterable[str], fixed: Mapping[str, float]
) -> tuple[Disputed, ...]:
    """Every value with a range that the margin of an interceptor may depend on.

    radars: ids of the radar items that matter. fixed: values that are given and therefore not disputed.
    """
    catalogue = scenario.catalogue
    found = [_one(catalogue, f"{interceptor}.{field}", helps) for field, helps in _INTERCEPTOR.items()]
    found.append(_burn_time(catalogue, missile))
    found += [_one(catalogue, f"{missile}.{field}", helps) for field, helps in _MISSILE.items()]
    for radar in radars:
        found += [_one(catalogue, f"{radar}.{field}", helps) for field, helps in _RADAR.items()]
    for satellite in dict.fromkeys(asset.item.id for asset in scenario.satellites):
        found += [_one(catalogue, f"{satellite}.{field}", helps) for field, helps in _SATELLITE.items()]
    return tuple(one for one in found if one is not None and one.name not in fixed)


def _one(catalogue: Catalogue, target: str, helps: int) -> Disputed | None:
    item_id, _, field = target.partition(".")
    if getattr(catalogue.find(item_id), field) is None:
        return None
    quantity = find_quantity(catalogue, target)[2]
    ends = [to_si(value, quantity.unit) for value in quantity.values()]
    low, high = min(ends), max(ends)
    if low == high:
        return None
    return Disputed(target, quantity.si, low, high, helps, quantity, ((target, low, quantity.si, high),))


def _burn_time(catalogue: Catalogue, missile: str) -> Disputed | None:
    parts = []
    stages = catalogue.missiles[missile].stages
    for number, stage in enumerate(stages):
        ends = [to_si(value, stage.burn_time.unit) for value in stage.burn_time.values()]
        path = path_text(("stages", number, BURN_TIME))
        parts.append((f"{missile}.{path}", min(ends), stage.burn_time.si, max(ends)))
    low, value, high = (sum(ends) for ends in list(zip(*parts, strict=True))[1:])
    if low == high:
        return None
    whole = stages[0].burn_time
    return Disputed(f"{missile}.{BURN_TIME}", value, low, high, 0, whole, tuple(parts))
