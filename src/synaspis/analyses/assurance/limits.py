"""What each guarantee would change in the verdict, and what it would cost in area and people defended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from synaspis.analyses.assurance.asked import Asked
from synaspis.analyses.assurance.band import Verdict, question
from synaspis.analyses.assurance.document import Limit
from synaspis.analyses.assurance.reach import problem
from synaspis.analyses.capability import Capability, compute
from synaspis.scenario import PlacedAsset, Scenario, revalued

_STOCKS: Final = (
    "Stocks do not count in defended area and people: what fewer interceptors cost in a raid is a question "
    "for `synaspis raid`."
)


@dataclass(frozen=True)
class Forgone:
    """What is no longer defended against one threat. area_m2, population: lost. of_area_m2, of_population:
    defended without the limit.
    """

    threat: str
    area_m2: float
    of_area_m2: float
    population: int
    of_population: int

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True)
class LimitCost:
    """A guarantee, the verdict under it, and what it forgoes.

    interceptors: that still stand, of the kinds that are judged; the most that could be stopped.
    note: what the numbers leave out, empty if nothing.
    """

    id: str
    limit: Limit
    verdict: Verdict
    interceptors: int
    forgone: tuple[Forgone, ...]
    note: str

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "id": self.id,
            "name": self.limit.name,
            "kind": self.limit.kind,
            "basis": self.limit.basis,
            "source": self.limit.source,
            "verdict": self.verdict.value,
            "interceptors": self.interceptors,
            "forgone": [each.to_dict() for each in self.forgone],
            "note": self.note,
        }


def limit_costs(asked: Asked, step_deg: float | None = None) -> tuple[LimitCost, ...]:
    """Judge each guarantee of the document.

    The defended area and people are those of `coverage` against the threats of the scenario, in the phase of
    the question. step_deg: side of a cell, that of the scenario by default.
    """
    if not asked.document.limits:
        return ()
    whole = compute(asked.scenario, asked.phase, step_deg=step_deg)
    defended = whole.defended()
    return tuple(
        _cost(asked, limit_id, limit, whole, defended, step_deg)
        for limit_id, limit in asked.document.limits.items()
    )


def _cost(
    asked: Asked,
    limit_id: str,
    limit: Limit,
    whole: Capability,
    defended: NDArray[np.bool_],
    step_deg: float | None,
) -> LimitCost:
    capped = _capped(asked.scenario, limit)
    excluded = frozenset(limit.assets)
    if capped:
        scenario = replace(asked.scenario, catalogue=revalued(asked.scenario.catalogue, capped))
        left = compute(_placed_anew(scenario), asked.phase, step_deg=step_deg).defended()
    else:
        left = whole.defended(
            [name for name in whole.radar_ids if name not in excluded],
            [name for name in whole.battery_ids if name not in excluded],
        )
    standing = [
        battery
        for battery in asked.scenario.batteries
        if battery.item.id in asked.interceptors
        and battery.entry.serves_on(asked.day)
        and battery.id not in excluded
    ]
    return LimitCost(
        limit_id, limit, _verdict(asked, {**capped, **_lower(asked.fixed, capped)}, excluded),
        _number(standing, limit), tuple(_forgone(whole, defended, left)),
        _STOCKS if limit.kind == "numbers" else "",
    )  # fmt: skip


def _verdict(asked: Asked, fixed: Mapping[str, float], excluded: frozenset[str]) -> Verdict:
    verdicts = [Verdict.NO]
    for interceptor in asked.interceptors:
        about = problem(asked.scenario, asked.document, asked.day, interceptor, excluded)
        if about.batteries:
            verdicts.append(question(about, fixed).verdict())
    return max(verdicts, key=lambda verdict: verdict.rank)


def _capped(scenario: Scenario, limit: Limit) -> dict[str, float]:
    """Burnout speeds that a limit on speed brings down, SI by target: also those only thought to be above."""
    if limit.speed is None:
        return {}
    most = limit.speed.si
    items = scenario.catalogue.interceptors
    used = {battery.item.id for battery in scenario.batteries}
    speeds = {f"{name}.burnout_speed": items[name].burnout_speed for name in sorted(used)}
    return {
        name: min(speed.si, most)
        for name, speed in speeds.items()
        if max(speed.values()) * speed.si / speed.value > most
    }


def _lower(fixed: Mapping[str, float], capped: Mapping[str, float]) -> dict[str, float]:
    """Values of a question that a limit does not raise."""
    return {name: min(value, capped.get(name, value)) for name, value in fixed.items()}


def _placed_anew(scenario: Scenario) -> Scenario:
    """The scenario without what it has worked out of its former catalogue."""
    return Scenario(scenario.document, scenario.catalogue, scenario.book, scenario.files)


def _number(standing: Sequence[PlacedAsset], limit: Limit) -> int:
    """Interceptors that stand; those on land at most as many as a limit on numbers allows."""
    on_land = sum(battery.entry.interceptors or 0 for battery in standing if not battery.at_sea)
    at_sea = sum(battery.entry.interceptors or 0 for battery in standing if battery.at_sea)
    return at_sea + (on_land if limit.interceptors is None else min(on_land, limit.interceptors))


def _forgone(whole: Capability, defended: NDArray[np.bool_], left: NDArray[np.bool_]) -> list[Forgone]:
    lost = defended & ~left
    return [
        Forgone(
            threat,
            float(whole.area_m2[lost[k]].sum()),
            float(whole.area_m2[defended[k]].sum()),
            int(whole.population[lost[k]].sum()),
            int(whole.population[defended[k]].sum()),
        )
        for k, threat in enumerate(whole.threat_ids)
    ]
