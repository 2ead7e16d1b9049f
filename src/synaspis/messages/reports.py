"""What sensors and those who run them report: launches, their own state, danger."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from synaspis.core.clock import from_rfc3339
from synaspis.core.documents import Rejected
from synaspis.core.errors import Fault
from synaspis.messages._checks import not_before
from synaspis.messages.fields import (
    AngleEstimate,
    Area,
    Instant,
    Kind,
    LengthEstimate,
    MessageIdOrDigest,
    MissileClass,
    Name,
    PlaceEstimate,
    Prose,
    TimeEstimate,
    Window,
    WireModel,
)


class LaunchReport(WireModel):
    """A launch that was seen, and what is expected of it."""

    kind: ClassVar[Kind] = "launch-report"

    launch_time: TimeEstimate = Field(description="When it was launched.")
    launch: PlaceEstimate = Field(description="Where it was launched.")
    missile_class: MissileClass = Field(default="unknown", description="Generic class.")
    number: Literal["single", "multiple"] = Field(default="single", description="One launch or several.")
    azimuth: AngleEstimate | None = Field(default=None, description="Direction at launch.")
    impact: PlaceEstimate | None = Field(default=None, description="Where it is expected to come down.")
    impact_time: TimeEstimate | None = Field(default=None, description="When it is expected to come down.")
    apogee: LengthEstimate | None = Field(default=None, description="Greatest height above the ellipsoid.")
    range: LengthEstimate | None = Field(default=None, description="Distance along the ground.")
    sources: Annotated[
        tuple[Literal["infrared", "radar", "other"], ...], Field(fail_fast=True, min_length=1, max_length=8)
    ] = Field(description="Kinds of sensor on which it rests, 1 to 8.")
    remarks: Prose | None = Field(default=None, description="Anything else.")

    @field_validator("impact_time")
    @classmethod
    def _after_launch(cls, impact_time: TimeEstimate | None, info: ValidationInfo) -> TimeEstimate | None:
        launch_time = info.data.get("launch_time")
        if impact_time is not None and launch_time is not None:
            try:
                not_before(impact_time.time, launch_time.time, "launch_time.time")
            except Rejected as rejected:
                raise Rejected(Fault(rejected.faults[0].what, "time")) from None
        return impact_time


class SensorStatus(WireModel):
    """How a sensor is, and for how long."""

    kind: ClassVar[Kind] = "sensor-status"

    sensor: Name = Field(description="The sender's own name of the sensor.")
    sensor_kind: Literal["radar", "infrared", "other"] = Field(description="Kind of sensor.")
    state: Literal["operational", "degraded", "maintenance", "off"] = Field(description="How it is.")
    since: Instant = Field(description="From when on, UTC.")
    until: Instant | None = Field(default=None, description="Until when, where it is known, UTC.")
    coverage: Area | None = Field(default=None, description="Over which area this holds, if not everywhere.")
    remarks: Prose | None = Field(default=None, description="Anything else.")

    @field_validator("until")
    @classmethod
    def _in_order(cls, until: str | None, info: ValidationInfo) -> str | None:
        return not_before(until, info.data.get("since"), "since")

    @property
    def since_us(self) -> int:
        """From when on, microseconds since the Unix epoch."""
        return from_rfc3339(self.since)


class Warning(WireModel):
    """Danger for an area."""

    kind: ClassVar[Kind] = "warning"

    level: Literal["watch", "take-shelter", "all-clear"] = Field(
        description="watch: be ready; take-shelter: impact is expected; all-clear: the danger is over."
    )
    area: Area = Field(description="Where the danger is.")
    impact: Window | None = Field(
        default=None, description="Between which instants impact is expected; left out at the all-clear."
    )
    missile_class: MissileClass = Field(default="unknown", description="Generic class.")
    about: Annotated[tuple[MessageIdOrDigest, ...], Field(fail_fast=True, max_length=16)] = Field(
        default=(), description="What it rests on: ids of messages or SHA-256 of envelopes; at most 16."
    )
    remarks: Prose | None = Field(default=None, description="Anything else.")
