"""What an exercise file says of a nation: who plays it, by which rules, what it sees, what it plans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from synaspis.core.claims import WRITTEN_SHORT
from synaspis.core.documents import FrozenModel, Rejected, nearest
from synaspis.core.errors import Fault
from synaspis.core.quantity import Measure, of_dimension
from synaspis.exercise.inject import Since
from synaspis.exercise.surroundings import Surroundings, reject_unknown
from synaspis.exercise.written import body_faults
from synaspis.messages.bodies import BODIES

Text = Annotated[str, Field(min_length=1)]
Interval = Annotated[Measure, WRITTEN_SHORT, of_dimension("time", at_least=1.0, at_most=60.0)]
Delay = Annotated[Measure, WRITTEN_SHORT, of_dimension("time", at_least=0.0, at_most=600.0)]
Sigma = Annotated[Measure, WRITTEN_SHORT, of_dimension("length", at_least=1.0, at_most=100_000.0)]
Angle = Annotated[Measure, WRITTEN_SHORT, of_dimension("angle", at_least=1e-5, at_most=0.1)]
Shift = Annotated[Measure, WRITTEN_SHORT, of_dimension("length", at_least=-100_000.0, at_most=100_000.0)]
Turn = Annotated[Measure, WRITTEN_SHORT, of_dimension("angle", at_least=-0.1, at_most=0.1)]
Reach = Annotated[Measure, WRITTEN_SHORT, of_dimension("length", above=0.0, at_most=5_000_000.0)]

PLAN: Final = "defence-plan"


def _seconds(value: float) -> Measure:
    return Measure(value=value, unit="s")


class Span(FrozenModel):
    """A span of time since the start of the exercise."""

    begins: Since = Field(alias="from", description="Begin, since the start of the exercise.")
    until: Since = Field(description="End, since the start of the exercise.")

    @field_validator("until")
    @classmethod
    def _in_order(cls, until: Measure, info: ValidationInfo) -> Measure:
        begins = info.data.get("begins")
        if begins is not None and until.si <= begins.si:
            raise Rejected(Fault(f"it ends at {until} and begins at {begins}; the end must be later"))
        return until


class Bias(FrozenModel):
    """What a sensor is wrong by all the time; its covariances know nothing of it."""

    range: Shift = Field(
        default=Measure(value=0.0, unit="m"), description="Of a radar: added to every range."
    )
    azimuth: Turn = Field(
        default=Measure(value=0.0, unit="deg"), description="Of a radar: turned to the east."
    )
    time: Annotated[Measure, WRITTEN_SHORT, of_dimension("time", at_least=-60.0, at_most=60.0)] = Field(
        default=Measure(value=0.0, unit="s"), description="Of a satellite: added to the time of launch."
    )


class Sensor(FrozenModel):
    """How well a sensor of the scenario is simulated to see."""

    range_sigma: Sigma | None = Field(default=None, description="Of a radar: one sigma of a range.")
    angle_sigma: Angle | None = Field(default=None, description="Of a radar: one sigma of each angle.")
    position_sigma: Sigma | None = Field(
        default=None, description="Of a satellite: one sigma of the place of launch, each way."
    )
    interval: Interval = Field(default=_seconds(5.0), description="Between two reports of a track.")
    delay: Delay = Field(default=_seconds(1.0), description="From measurement to sending.")
    bias: Bias = Field(default=Bias(), description="What it is wrong by; none if left out.")
    outages: tuple[Span, ...] = Field(default=(), description="When it sees nothing.")


class Doctrine(FrozenModel):
    """The simple rules by which a scripted cell acts."""

    reaction: Delay = Field(default=_seconds(20.0), description="From what it is given to what it does.")
    warns: bool = Field(default=True, strict=True, description="Whether it warns its own people of impacts.")
    claims_within: Reach | None = Field(
        default=None,
        description="Claims an object whose impact is predicted so near to a battery of its own; never if "
        "left out.",
    )
    intends: Delay | None = Field(
        default=None,
        description="Says first that it means to claim, waits so long, and claims if nobody else has; claims "
        "at once if left out.",
    )
    acknowledges: tuple[Text, ...] = Field(
        default=(), description="Kinds of message of others that it acknowledges."
    )
    invokes: tuple[Text, ...] = Field(
        default=(), description="Pre-planned responses that it sets going once, when a message calls for one."
    )

    @field_validator("acknowledges")
    @classmethod
    def _are_kinds(cls, kinds: tuple[str, ...]) -> tuple[str, ...]:
        reject_unknown(kinds, tuple(BODIES), "no kind of message")
        return kinds

    @field_validator("invokes")
    @classmethod
    def _are_planned(cls, names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        surroundings: Surroundings | None = info.context
        if surroundings is not None and "responses" not in surroundings.problems:
            known = () if surroundings.responses is None else tuple(surroundings.responses.responses)
            reject_unknown(names, known, "no pre-planned response of the exercise")
        return names


class Nation(FrozenModel):
    """A nation that takes part: who plays it, what it sees."""

    cell: Literal["scripted", "human"] = Field(description="Played by rules, or by people.")
    doctrine: Doctrine = Field(default=Doctrine(), description="Rules of a scripted cell.")
    sensors: Mapping[Text, Sensor] = Field(default={}, description="By asset of the scenario.")
    plan: Annotated[Mapping[str, Any], BeforeValidator(lambda given: given)] | None = Field(
        default=None,
        description="Its defence plan, which a scripted cell sends at the start: body of a `defence-plan`.",
    )

    @field_validator("plan")
    @classmethod
    def _is_a_plan(cls, plan: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        faults = [] if plan is None else body_faults(PLAN, plan, ())
        if faults:
            raise Rejected(
                *(Fault(each.what, each.where.removeprefix("body."), each.remedy) for each in faults)
            )
        return plan

    @field_validator("sensors")
    @classmethod
    def _in_scenario(cls, sensors: Mapping[str, Sensor], info: ValidationInfo) -> Mapping[str, Sensor]:
        surroundings: Surroundings | None = info.context
        if surroundings is not None and surroundings.scenario is not None:
            faults = list(_sensor_faults(sensors, surroundings))
            if faults:
                raise Rejected(*faults)
        return sensors


def _sensor_faults(sensors: Mapping[str, Sensor], surroundings: Surroundings) -> Iterator[Fault]:
    known = surroundings.sensor_kinds
    for name, sensor in sensors.items():
        if name not in known:
            what = f"{name!r} is no radar or satellite in service in the scenario's phase"
            yield Fault(what, name, nearest(name, tuple(known)))
            continue
        needed = ("position_sigma",) if known[name] == "satellite" else ("range_sigma", "angle_sigma")
        for field in ("range_sigma", "angle_sigma", "position_sigma"):
            given = getattr(sensor, field) is not None
            if given and field not in needed:
                yield Fault(f"a {known[name]} has no {field}", f"{name}.{field}", "Leave it out.")
            elif not given and field in needed:
                what = f"the key {field!r} is missing; a {known[name]} needs it"
                yield Fault(what, f"{name}.{field}", "Give one standard deviation with its unit.")
