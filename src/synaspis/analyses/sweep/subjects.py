"""The analyses that can be swept: their settings, what is wrong with them, their results."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import xarray as xr
from pydantic import Field

from synaspis.analyses._selection import chosen
from synaspis.analyses.coverage import coverage
from synaspis.analyses.raid import load_raid, raid
from synaspis.analyses.raid.document import Coordination
from synaspis.analyses.raid.raid import SEED
from synaspis.core.documents import FrozenModel
from synaspis.core.errors import Fault, InputError
from synaspis.geography import Grid
from synaspis.scenario import Scenario, Sharing
from synaspis.scenario.region import BOUNDS, in_degrees


class Subject(NamedTuple):
    """An analysis as a sweep sees it.

    settings: what may be set. together: settings that are dimensions of the result already, so that they
    cannot be varied. outputs: each with what it is. on_map: outputs that are maps; they need the same cells
    at all points. faults: what is wrong with settings for a scenario. compute: the outputs that are asked
    for.
    """

    settings: type[FrozenModel]
    together: tuple[str, ...]
    outputs: Mapping[str, str]
    on_map: tuple[str, ...]
    faults: Callable[[Scenario, Any], Iterator[Fault]]
    compute: Callable[[Scenario, Any, Sequence[str]], xr.Dataset]


class CoverageSettings(FrozenModel):
    """Settings of the analysis `coverage`."""

    phases: tuple[str, ...] | None = Field(default=None, description="Ids of phases; all by default.")
    threats: tuple[str, ...] | None = Field(default=None, description="Ids of threats; all by default.")
    partners: tuple[str, ...] | None = Field(
        default=None, description="Ids of those who take part; all by default."
    )
    sharing: Sharing = Field(
        default="agreements", description="What is shared: `agreements`, `none` or `all`."
    )
    step_deg: float | None = Field(
        default=None,
        ge=0.01,
        le=10.0,
        description="Side of a cell in degrees; that of the scenario by default.",
    )


def _coverage_faults(scenario: Scenario, settings: CoverageSettings) -> Iterator[Fault]:
    document = scenario.document
    for what, wanted, known in (
        ("phase", settings.phases, tuple(document.phases)),
        ("threat", settings.threats, tuple(document.threats)),
        ("partner", settings.partners, scenario.membership.partners),
    ):
        try:
            chosen(what, wanted, known)
        except InputError as error:
            yield from error.faults
    if settings.step_deg is not None:
        south, north, west, east = (in_degrees(getattr(document.region, name)) for name in BOUNDS[:4])
        try:
            Grid.shape_over(south, north, west, east, settings.step_deg)
        except InputError as error:
            yield from error.faults


_CONTRIBUTIONS: Final = ("contribution_area", "contribution_population")


def _coverage(scenario: Scenario, settings: CoverageSettings, outputs: Sequence[str]) -> xr.Dataset:
    dataset = coverage(
        scenario,
        phases=settings.phases,
        threats=settings.threats,
        partners=settings.partners,
        sharing=settings.sharing,
        step_deg=settings.step_deg,
        contributions=any(name in _CONTRIBUTIONS for name in outputs),
    )
    return xr.Dataset({name: dataset[name] for name in outputs})


class RaidSettings(FrozenModel):
    """Settings of the analysis `raid`; the raid is that which comes with the scenario."""

    phase: str | None = Field(default=None, description="Id of a phase; that of the raid by default.")
    sharing: Sharing = Field(
        default="agreements", description="What is shared: `agreements`, `none` or `all`."
    )
    kill_probability: float | None = Field(
        default=None, ge=0.0, le=1.0, description="Of every interceptor, instead of the test records."
    )
    track_probability: float | None = Field(
        default=None, ge=0.0, le=1.0, description="Instead of that of the raid."
    )
    class_failure_probability: float | None = Field(
        default=None, ge=0.0, le=1.0, description="Instead of that of the raid."
    )
    coordination: Coordination | None = Field(default=None, description="Instead of that of the raid.")
    runs: int | None = Field(
        default=None, ge=1, description="Monte Carlo runs; as many as the interval needs by default."
    )
    seed: int = Field(
        default=SEED, ge=0, description="The same at all points, so that what differs is not chance."
    )


def _raid_faults(scenario: Scenario, settings: RaidSettings) -> Iterator[Fault]:
    try:
        load_raid(scenario)
    except InputError as error:
        yield from error.faults
    if settings.phase is not None:
        try:
            scenario.phase(settings.phase)
        except InputError as error:
            yield from error.faults


def _raid(scenario: Scenario, settings: RaidSettings, outputs: Sequence[str]) -> xr.Dataset:
    leakage = raid(scenario, **settings.model_dump()).leakage
    ends = ("value", "low", "high")
    return xr.Dataset(
        {
            name: ("estimate", [getattr(getattr(leakage, name), end) for end in ends], {"units": "1"})
            for name in outputs
        },
        {"estimate": list(ends)},
    )


SUBJECTS: Final[Mapping[str, Subject]] = {
    "coverage": Subject(
        CoverageSettings,
        ("phases", "threats", "partners"),
        {
            "threatened_area": "territory that the threat reaches, m2",
            "defended_area": "territory that the threat reaches and that is defended, m2",
            "threatened_population": "city inhabitants in reach of the threat",
            "defended_population": "city inhabitants in reach of the threat and defended",
            "median_warning_time": "half of the threatened population is warned longer, s",
            "contribution_area": "defended area lost without each asset, m2",
            "contribution_population": "defended city inhabitants lost without each asset",
            "defended_fraction": "share of the territory in reach of each launch point that is defended",
            "defended": "map: every launch point that reaches the cell can be engaged",
            "shots": "map: shots that fit in, worst launch point",
            "warning_time": "map: first report to impact, worst launch point, s",
        },
        ("defended", "shots", "warning_time"),
        _coverage_faults,
        _coverage,
    ),
    "raid": Subject(
        RaidSettings,
        (),
        {
            "p_no_leaker": "probability that none gets through: value, low and high",
            "leakers_mean": "mean number that get through: value, low and high",
            "shots_mean": "mean number of interceptors fired: value, low and high",
        },
        (),
        _raid_faults,
        _raid,
    ),
}
"""Analyses by the name that a sweep file gives."""
