"""What a third party asks about: its launch fields, the targets, its counted warheads, guarantees proposed.

One file for a scenario, `data/assurance/<scenario-id>.yaml`, or a file of the user. Fields and targets are
those that somebody states; nothing here or elsewhere looks for others.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from math import pi
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field, ValidationInfo, field_validator

from synaspis.core.claims import WRITTEN_SHORT, Claim
from synaspis.core.documents import FrozenModel, Rejected, nearest, parse, read_document
from synaspis.core.errors import Fault, InputError
from synaspis.core.quantity import Measure, of_dimension
from synaspis.scenario import Scenario

_PACKAGED: Final = Path(__file__).resolve().parents[2] / "data" / "assurance"

Text = Annotated[str, Field(min_length=1)]
Identifier = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
Latitude = Annotated[Measure, WRITTEN_SHORT, of_dimension("angle", at_least=-pi / 2, at_most=pi / 2)]
Longitude = Annotated[Measure, WRITTEN_SHORT, of_dimension("angle", at_least=-pi, at_most=pi)]
Speed = Annotated[Measure, WRITTEN_SHORT, of_dimension("speed", above=0.0)]


@dataclass(frozen=True)
class Surroundings:
    """Context of the validators: the scenario that the file is about."""

    scenario: Scenario

    @property
    def sources(self) -> Mapping[str, object]:
        """Sources of the source list by id."""
        return self.scenario.catalogue.sources


def _scenario(info: ValidationInfo) -> Scenario:
    about: Surroundings | None = info.context
    assert about is not None
    return about.scenario


class LaunchField(Claim):
    """A field from which the third party launches, as well as it is public: the town that it is named by."""

    name: Text = Field(description="Name as people say it.")
    latitude: Latitude = Field(description="Geodetic, north positive.")
    longitude: Longitude = Field(description="East positive.")


class City(FrozenModel):
    """A place that stands for a region."""

    name: Text = Field(description="Name of the city.")
    latitude: Latitude = Field(description="Geodetic, north positive.")
    longitude: Longitude = Field(description="East positive.")


class TargetRegion(Claim):
    """A coarse region, by a few cities; what reaches the way to one of them reaches the way to the region."""

    name: Text = Field(description="Name as people say it.")
    cities: tuple[City, ...] = Field(min_length=1, description="Cities that stand for it.")


class Count(Claim):
    """Deployed warheads of the third party as counted on a day."""

    date: datetime.date = Field(description="Day of the count.")
    warheads: Annotated[int, Field(gt=0)] = Field(description="Warheads counted as deployed.")
    launchers: Annotated[int, Field(gt=0)] | None = Field(default=None, description="Deployed launchers.")


class Pair(Claim):
    """An interceptor at a place that the scenario has not, to be looked at as if it stood there."""

    name: Text = Field(description="Name as people say it.")
    assets: dict[Identifier, dict[str, Any]] = Field(
        min_length=1, description="Assets as in a scenario, put beside those of the phase."
    )


class Limit(Claim):
    """A guarantee that was proposed or may be, as a constraint on the defence."""

    name: Text = Field(description="The guarantee in words.")
    kind: Literal["speed", "sites", "numbers", "data"] = Field(description="What it limits.")
    speed: Speed | None = Field(default=None, description="Greatest burnout speed, for kind speed.")
    assets: tuple[str, ...] = Field(default=(), description="Assets left out, for kinds sites and data.")
    interceptors: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="Most interceptors on land, for kind numbers."
    )

    @field_validator("interceptors")
    @classmethod
    def _complete(cls, interceptors: int | None, info: ValidationInfo) -> int | None:
        kind = info.data.get("kind")
        lacking = {
            "speed": ("speed", info.data.get("speed", "") is None),
            "sites": ("assets", info.data.get("assets", ("",)) == ()),
            "data": ("assets", info.data.get("assets", ("",)) == ()),
            "numbers": ("interceptors", interceptors is None),
        }
        if kind in lacking and lacking[kind][1]:
            raise Rejected(Fault(f"a limit of the kind {kind!r} has no `{lacking[kind][0]}`"))
        return interceptors


class AssuranceDocument(FrozenModel):
    """A file of schema assurance/1."""

    schema_version: Literal["assurance/1"] = Field(alias="schema", description="Always assurance/1.")
    scenario: Text = Field(description="Scenario that it is about.")
    third_party: Text = Field(description="Whose deterrent it is.")
    phase: str = Field(description="Phase that is looked at unless another is asked for.")
    missile: str = Field(description="Notional class of the catalogue that stands for its missiles.")
    fields: dict[Identifier, LaunchField] = Field(min_length=1, description="Launch fields by id.")
    targets: dict[Identifier, TargetRegion] = Field(min_length=1, description="Target regions by id.")
    counts: tuple[Count, ...] = Field(default=(), description="Counted warheads, oldest first.")
    pairs: dict[Identifier, Pair] = Field(default={}, description="Interceptors that the scenario has not.")
    limits: dict[Identifier, Limit] = Field(default={}, description="Guarantees by id.")

    @field_validator("scenario")
    @classmethod
    def _this_scenario(cls, scenario: str, info: ValidationInfo) -> str:
        about = _scenario(info)
        if scenario != about.id:
            raise Rejected(Fault(f"it is about the scenario {scenario!r}, not {about.id!r}"))
        return scenario

    @field_validator("phase")
    @classmethod
    def _known_phase(cls, phase: str, info: ValidationInfo) -> str:
        phases = tuple(_scenario(info).document.phases)
        if phase not in phases:
            raise Rejected(Fault(f"the scenario has no phase {phase!r}", remedy=nearest(phase, phases)))
        return phase

    @field_validator("missile")
    @classmethod
    def _known_missile(cls, missile: str, info: ValidationInfo) -> str:
        known = tuple(_scenario(info).catalogue.missiles)
        if missile not in known:
            raise Rejected(Fault(f"unknown missile class {missile!r}", remedy=nearest(missile, known)))
        return missile

    @field_validator("limits")
    @classmethod
    def _known_assets(cls, limits: dict[str, Limit], info: ValidationInfo) -> dict[str, Limit]:
        known = tuple(_scenario(info).document.assets)
        faults = [
            Fault(f"the scenario has no asset {name!r}", f"{limit_id}.assets", nearest(name, known))
            for limit_id, limit in limits.items()
            for name in limit.assets
            if name not in known
        ]
        if faults:
            raise Rejected(*faults)
        return limits


def assurance_path(scenario: Scenario) -> Path:
    """File that comes with the package for a scenario, there or not."""
    return _PACKAGED / f"{scenario.id}.yaml"


def load_assurance_document(scenario: Scenario, path: Path | None = None) -> AssuranceDocument:
    """Read what is asked about a scenario.

    path: a file of the user; by default the one that comes with the package.
    Raises InputError with every fault of the file, or if there is none for this scenario.
    """
    if path is None:
        path = assurance_path(scenario)
        if not path.is_file():
            remedy = "Give a file of schema assurance/1 with --about."
            what = f"no launch fields and targets come with the package for {scenario.id!r}"
            raise InputError(Fault(what, remedy=remedy))
    return parse(AssuranceDocument, read_document(path), context=Surroundings(scenario))
