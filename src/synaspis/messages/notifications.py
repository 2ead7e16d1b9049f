"""Notifications of launches: before and after."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from synaspis.core.clock import from_rfc3339
from synaspis.messages._checks import not_before
from synaspis.messages.fields import (
    Area,
    Azimuth,
    Instant,
    Kind,
    Length,
    MessageId,
    MissileClass,
    Name,
    Prose,
    Window,
    WireModel,
)


class PreLaunchNotification(WireModel):
    """A launch that is planned, told beforehand."""

    kind: ClassVar[Kind] = "pre-launch-notification"

    under: Annotated[tuple[Name, ...], Field(fail_fast=True, max_length=8)] = Field(
        default=(), description="Agreements under which it is given, by the ids of the rulebook."
    )
    missile_class: MissileClass = Field(description="Generic class of the missile or launch vehicle.")
    number: Literal["single", "multiple"] = Field(description="One launch or several within the window.")
    window: Window = Field(description="Within which the launch is planned.")
    launch_area: Area = Field(description="Where it starts: a site, a test range, a sea area, a quadrant.")
    azimuth_deg: Azimuth | None = Field(
        default=None,
        description="Planned direction at launch, from north over east, degrees, 0 to below 360.",
    )
    impact_areas: Annotated[tuple[Area, ...], Field(fail_fast=True, max_length=8)] = Field(
        default=(), description="Planned areas of impact, of re-entry vehicles or of stages; at most 8."
    )
    range_m: Length | None = Field(
        default=None, description="Planned range along the ground, metres, above 0 to 50,000,000."
    )
    apogee_m: Length | None = Field(
        default=None, description="Planned greatest height, metres, above 0 to 50,000,000."
    )
    remarks: Prose | None = Field(default=None, description="Anything else, such as numbers of notices.")


class PostLaunchNotification(WireModel):
    """A launch that has taken place, told by who launched."""

    kind: ClassVar[Kind] = "post-launch-notification"

    under: Annotated[tuple[Name, ...], Field(fail_fast=True, max_length=8)] = Field(
        default=(), description="Agreements under which it is given, by the ids of the rulebook."
    )
    notification: MessageId | None = Field(
        default=None, description="The `id` of the pre-launch notification, if there was one."
    )
    missile_class: MissileClass = Field(description="Generic class of the missile or launch vehicle.")
    number: Literal["single", "multiple"] = Field(description="One launch or several.")
    launch_time: Instant = Field(description="When it was launched, the first if several, UTC.")
    launch_area: Area = Field(description="Where it was launched.")
    azimuth_deg: Azimuth | None = Field(
        default=None, description="Direction at launch, from north over east, degrees, 0 to below 360."
    )
    impact_areas: Annotated[tuple[Area, ...], Field(fail_fast=True, max_length=8)] = Field(
        default=(), description="Where it has come or will come down; at most 8."
    )
    impact_time: Instant | None = Field(default=None, description="When it came or comes down, UTC.")
    remarks: Prose | None = Field(default=None, description="Anything else.")

    @field_validator("impact_time")
    @classmethod
    def _after_launch(cls, impact_time: str | None, info: ValidationInfo) -> str | None:
        return not_before(impact_time, info.data.get("launch_time"), "launch_time")

    @property
    def launch_time_us(self) -> int:
        """Launch, microseconds since the Unix epoch."""
        return from_rfc3339(self.launch_time)
