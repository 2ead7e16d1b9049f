"""A scenario and settings with the values of one point in place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from synaspis.analyses.sweep._levels import UNCHANGED, Level
from synaspis.core.documents import FrozenModel
from synaspis.core.errors import InputError
from synaspis.scenario import Scenario, load_scenario_document, with_holder, with_value


@dataclass(frozen=True, eq=False)
class Base:
    """What all points share: the scenario and where it was read from, and the settings."""

    name: str | Path
    scenario: Scenario
    settings: FrozenModel


def variant(base: Base, point: Iterable[Level]) -> tuple[Scenario, FrozenModel]:
    """Scenario and settings of a point.

    Fields of the scenario are changed first, values of the catalogue last, so that a sweep prevails over the
    scenario's own overrides. Raises InputError for a value that is not allowed.
    """
    levels = tuple(point)
    scenario, settings = base.scenario, base.settings
    fields = tuple(level for level in levels if level.kind == "field")
    if fields:
        scenario = _changed(base.name, fields)
    for level in levels:
        if level.kind == "override":
            scenario = _overridden(scenario, level)
    given = {level.target: level.value for level in levels if level.kind == "setting"}
    if given:
        # Through the model again, which alone knows what is allowed.
        settings = type(settings).model_validate({**settings.model_dump(), **given})
    return scenario, settings


@lru_cache(maxsize=4)
def _changed(name: str | Path, fields: tuple[Level, ...]) -> Scenario:
    """The scenario with some of its fields changed; the points next to each other often share it."""
    change: dict[str, Any] = {}
    for level in fields:
        *above, last = level.target.split(".")
        entries = change
        for key in above:
            entries = entries.setdefault(key, {})
        entries[last] = level.written
    return load_scenario_document(name, change=_frozen(change))


def _frozen(change: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: _frozen(value) if isinstance(value, dict) else value for key, value in change.items()}


def _overridden(scenario: Scenario, level: Level) -> Scenario:
    if level.unit is not None:
        note = "Tried out in a sweep."
        changed = with_value(scenario.catalogue, level.target, float(level.value), level.unit, note)
        return replace(scenario, catalogue=changed)
    try:
        changed = with_holder(scenario.catalogue, level.target, str(level.value))
    except InputError:
        if level.value == UNCHANGED:
            return scenario
        raise
    return replace(scenario, catalogue=changed)
