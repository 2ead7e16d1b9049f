"""A raid as its user states it: which missiles, when, from where, at what; and what the defence does then."""

from __future__ import annotations

from collections.abc import Mapping
from math import pi
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field, ValidationInfo, field_validator

from synaspis.core.claims import WRITTEN_SHORT
from synaspis.core.documents import Document, FrozenModel, Rejected, nearest, parse, read_document
from synaspis.core.errors import Fault, InputError
from synaspis.core.quantity import Measure, Quantity, of_dimension
from synaspis.scenario import Scenario

MISSILES_MAX: Final = 1000
_PACKAGED: Final = Path(__file__).resolve().parents[2] / "data" / "raids"

Text = Annotated[str, Field(min_length=1)]
Identifier = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
Latitude = Annotated[Measure, WRITTEN_SHORT, of_dimension("angle", at_least=-pi / 2, at_most=pi / 2)]
Longitude = Annotated[Measure, WRITTEN_SHORT, of_dimension("angle", at_least=-pi, at_most=pi)]
Moment = Annotated[Measure, WRITTEN_SHORT, of_dimension("time", at_least=0.0, at_most=86_400.0)]
Probability = Annotated[Quantity, of_dimension("ratio", at_least=0.0, at_most=1.0)]
Coordination = Literal["full", "partner", "none"]
NOUGHT: Final = Measure(value=0.0, unit="s")


class AimPoint(FrozenModel):
    """A place that missiles fly to."""

    name: Text = Field(description="Name of the place.")
    latitude: Latitude = Field(description="Geodetic, north positive.")
    longitude: Longitude = Field(description="East positive.")


class Group(FrozenModel):
    """Missiles of one threat from one launch point to one aim point."""

    threat: Text = Field(description="Threat of the scenario.")
    launch_point: Text = Field(description="Launch point of the threat, by its name.")
    aim: AimPoint = Field(description="Where they fly to.")
    count: int = Field(strict=True, ge=1, le=MISSILES_MAX, description="How many.")
    first_launch: Moment = Field(default=NOUGHT, description="Launch of the first, after the raid begins.")
    spacing: Moment = Field(default=NOUGHT, description="From one launch to the next.")

    @field_validator("threat")
    @classmethod
    def _known_threat(cls, threat: str, info: ValidationInfo) -> str:
        scenario: Scenario | None = info.context
        if scenario is not None and threat not in scenario.document.threats:
            remedy = nearest(threat, tuple(scenario.document.threats))
            raise Rejected(Fault(f"the scenario has no threat {threat!r}", remedy=remedy))
        return threat

    @field_validator("launch_point")
    @classmethod
    def _known_point(cls, name: str, info: ValidationInfo) -> str:
        scenario: Scenario | None = info.context
        threat = info.data.get("threat")
        if scenario is not None and threat is not None:
            points, _, _ = scenario.launch_points(threat)
            if name not in points:
                remedy = nearest(name, points)
                raise Rejected(Fault(f"the threat {threat!r} has no launch point {name!r}", remedy=remedy))
        return name


class RaidDocument(FrozenModel):
    """A raid, and the rules under which a defence meets it."""

    schema_version: Literal["raid/1"] = Field(alias="schema", description="Always raid/1.")
    scenario: Text = Field(description="Scenario that it is stated for, or one that this scenario extends.")
    name: Text = Field(description="Title.")
    summary: Text = Field(description="Who stated it, what it shows and what it leaves out.")
    phase: str | None = Field(default=None, description="Phase of the scenario; the last one by default.")
    missiles: Mapping[Identifier, Group] = Field(min_length=1, description="Groups of missiles by id.")
    volleys: tuple[Annotated[int, Field(strict=True, ge=1, le=20)], ...] = Field(
        min_length=1,
        max_length=10,
        description="Shots of each volley at a missile; the outcome of one is seen before the next.",
    )
    coordination: Coordination = Field(
        default="full",
        description="Who shares one doctrine and what is known: all batteries, those of a partner, or none.",
    )
    track_probability: Probability = Field(
        description="That a missile is detected, tracked and classified; common to all shots at it."
    )
    class_failure_probability: Probability = Field(
        description="Of a failure common to all shots at all missiles of a class."
    )
    kill_probabilities: Mapping[Identifier, Probability] = Field(
        default={},
        validate_default=True,
        description="Of one shot, by interceptor; needed for those without a public test record.",
    )

    @field_validator("scenario")
    @classmethod
    def _stated_for_it(cls, name: str, info: ValidationInfo) -> str:
        scenario: Scenario | None = info.context
        if scenario is not None and name not in (scenario.id, scenario.document.extends):
            what = f"the raid is stated for the scenario {name!r}, not for {scenario.id!r}"
            raise Rejected(Fault(what, remedy="Name the scenario that it is to be flown against."))
        return name

    @field_validator("phase")
    @classmethod
    def _known_phase(cls, phase: str | None, info: ValidationInfo) -> str | None:
        scenario: Scenario | None = info.context
        if scenario is not None and phase is not None and phase not in scenario.document.phases:
            remedy = nearest(phase, tuple(scenario.document.phases))
            raise Rejected(Fault(f"the scenario has no phase {phase!r}", remedy=remedy))
        return phase

    @field_validator("missiles")
    @classmethod
    def _not_too_many(cls, groups: Mapping[str, Group]) -> Mapping[str, Group]:
        count = sum(group.count for group in groups.values())
        if count > MISSILES_MAX:
            raise Rejected(Fault(f"there are {count} missiles; at most {MISSILES_MAX} are allowed"))
        return groups

    @field_validator("kill_probabilities")
    @classmethod
    def _known_interceptors(
        cls, given: Mapping[str, Quantity], info: ValidationInfo
    ) -> Mapping[str, Quantity]:
        scenario: Scenario | None = info.context
        known = () if scenario is None else tuple(scenario.catalogue.interceptors)
        unknown = [name for name in given if scenario is not None and name not in known]
        if unknown:
            raise Rejected(
                *(
                    Fault(f"unknown interceptor {name!r}", where=name, remedy=nearest(name, known))
                    for name in unknown
                )
            )
        return given

    def named_quantities(self) -> dict[str, Quantity]:
        """Every value with an origin, by its field path."""
        return {
            "track_probability": self.track_probability,
            "class_failure_probability": self.class_failure_probability,
            **{f"kill_probabilities.{name}": value for name, value in self.kill_probabilities.items()},
        }


def raid_path(scenario: Scenario) -> Path:
    """The raid that comes with a scenario of the package, or with the one that it extends.

    Raises InputError if there is none.
    """
    names = [name for name in (scenario.id, scenario.document.extends) if name is not None]
    for name in names:
        path = _PACKAGED / f"{name}.yaml"
        if "/" not in name and path.is_file():
            return path
    what = f"no raid comes with the scenario {scenario.id!r}"
    raise InputError(Fault(what, remedy="State one in a file of its own and give it with --raid FILE."))


def load_raid(scenario: Scenario, path: Path | None = None) -> RaidDocument:
    """Read and check a raid; path: the one that comes with the scenario by default.

    Raises InputError with every fault of the file.
    """
    return check_raid(scenario, read_document(raid_path(scenario) if path is None else path))


def check_raid(scenario: Scenario, document: Document) -> RaidDocument:
    """Check a raid that is a document already; raises InputError with all its faults."""
    raid = parse(RaidDocument, document, context=scenario)
    known: Any = scenario.catalogue.sources
    faults = [
        document.fault(f"the source {quantity.source!r} is not listed", where)
        for where, quantity in raid.named_quantities().items()
        if quantity.source is not None and quantity.source not in known
    ]
    if faults:
        raise InputError(faults)
    return raid
