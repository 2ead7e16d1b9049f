"""What nations tell each other to plan and to keep out of each other's way; each under its own command.

Nothing here orders anything of anybody: a plan, an intention, a claim say what their sender will do itself.
"""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, ClassVar, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field, ValidationInfo, field_validator
from pydantic.config import JsonDict

from synaspis.core.clock import from_rfc3339
from synaspis.core.documents import Rejected
from synaspis.core.errors import Fault
from synaspis.messages._checks import not_before
from synaspis.messages.fields import (
    Area,
    Instant,
    Kind,
    MessageIdOrDigest,
    MissileClass,
    Name,
    Number,
    PartnerId,
    Prose,
    Three,
    Window,
    WireModel,
)
from synaspis.messages.tracks import Triangle, definite, near_the_earth, slower_than_escape, symmetric

WHITE: Final = "white"
"""Partner id of the cell that runs an exercise; it alone sends `exercise-control`."""

About = Annotated[tuple[MessageIdOrDigest, ...], Field(fail_fast=True, max_length=16)]
_ABOUT: Final = (
    "Messages of this centre: names under which they were shown, or ids of own ones; at most 16. Who may not "
    "see these gets nothing of it."
)
_ELSEWHERE: Final = (
    "Messages that another centre delivered, such as a warning of the data exchange centre; at most 16. They "
    "do not limit who gets it."
)
_ROLE: Final = "In which role the person speaks, such as duty officer."


class PlannedTask(WireModel):
    """One battery over one area for one span of time."""

    battery: Name = Field(description="The sender's own name of the battery; its id in a scenario.")
    system: Name | None = Field(default=None, description="What it is, such as the type of its interceptors.")
    radars: Annotated[tuple[Name, ...], Field(fail_fast=True, max_length=16)] = Field(
        default=(), description="Radars on which it rests, by the names of their owners; at most 16."
    )
    area: Area = Field(description="Which area it is to cover.")
    against: Annotated[tuple[MissileClass, ...], Field(fail_fast=True, max_length=8)] = Field(
        default=(), description="Generic classes that it is meant against; all if left out."
    )
    since: Instant = Field(description="From when on, UTC.")
    until: Instant | None = Field(default=None, description="Until when, UTC; left out if open.")

    @field_validator("until")
    @classmethod
    def _in_order(cls, until: str | None, info: ValidationInfo) -> str | None:
        return not_before(until, info.data.get("since"), "since")


class DefendedNeed(WireModel):
    """An area that its owner wants covered, by whomever."""

    area: Area = Field(description="Which area.")
    since: Instant = Field(description="From when on, UTC.")
    until: Instant | None = Field(default=None, description="Until when, UTC; left out if open.")

    @field_validator("until")
    @classmethod
    def _in_order(cls, until: str | None, info: ValidationInfo) -> str | None:
        return not_before(until, info.data.get("since"), "since")


class DefencePlan(WireModel):
    """Which battery of the sender covers which area, from when to when; replaces its former plan."""

    kind: ClassVar[Kind] = "defence-plan"

    plan: Name = Field(description="What the sender calls it.")
    tasks: Annotated[tuple[PlannedTask, ...], Field(fail_fast=True, max_length=64)] = Field(
        description="Who covers what; at most 64. None: the sender plans to cover nothing."
    )
    to_defend: Annotated[tuple[DefendedNeed, ...], Field(fail_fast=True, max_length=64)] = Field(
        default=(), description="What the sender wants covered; gaps are counted against it; at most 64."
    )
    remarks: Prose | None = Field(default=None, description="Anything else.")


class ObjectState(WireModel):
    """Which object is meant, by where it is: numbers of tracks differ from one recipient to the next."""

    time: Instant = Field(description="Instant for which the state holds, UTC.")
    position_ecef_m: Three = Field(
        description="x, y, z, Earth-fixed WGS 84, metres; 6,336,752 to 50,000,000 from the centre."
    )
    velocity_ecef_m_s: Three = Field(
        description="x, y, z, relative to the rotating Earth, metres a second; below 12,000 in all."
    )
    covariance: Triangle | None = Field(
        default=None,
        description="Lower triangle of the 6x6 covariance as in a track report; left out if it is not known.",
    )
    impact_area: Area | None = Field(default=None, description="Where it is predicted to come down.")
    impact_time: Instant | None = Field(default=None, description="When it is predicted to come down, UTC.")
    source_track: Name | None = Field(default=None, description="The sender's own name of the track.")

    _near_the_earth = field_validator("position_ecef_m")(near_the_earth)
    _slower_than_escape = field_validator("velocity_ecef_m_s")(slower_than_escape)
    _definite = field_validator("covariance")(definite)

    @field_validator("impact_time")
    @classmethod
    def _after_state(cls, impact_time: str | None, info: ValidationInfo) -> str | None:
        return not_before(impact_time, info.data.get("time"), "time")

    @cached_property
    def time_us(self) -> int:
        """Instant of the state, microseconds since the Unix epoch."""
        return from_rfc3339(self.time)

    @cached_property
    def covariance_matrix(self) -> NDArray[np.float64] | None:
        """Covariance, shape (6, 6), symmetric, read-only; None if it is not known."""
        if self.covariance is None:
            return None
        matrix = symmetric(self.covariance)
        matrix.flags.writeable = False
        return matrix


class EngagementIntent(WireModel):
    """The sender means to engage an object if nobody else does; it binds nobody."""

    kind: ClassVar[Kind] = "engagement-intent"

    object: ObjectState = Field(description="Which object.")
    battery: Name = Field(description="The sender's own name of the battery.")
    window: Window = Field(description="Between which instants.")
    remarks: Prose | None = Field(default=None, description="Anything else.")


class EngagementClaim(WireModel):
    """The sender engages an object, under its own chain of command."""

    kind: ClassVar[Kind] = "engagement-claim"

    object: ObjectState = Field(description="Which object.")
    battery: Name = Field(description="The sender's own name of the battery.")
    window: Window = Field(description="Between which instants.")
    remarks: Prose | None = Field(default=None, description="Anything else.")


class HandOver(WireModel):
    """The sender offers a claim of its own to another nation, which answers with an acknowledgement."""

    kind: ClassVar[Kind] = "hand-over"

    claim: MessageIdOrDigest = Field(description="Name of the claim: its id, digest or reference.")
    to: PartnerId = Field(description="Partner that is to take it.")
    answer_by: Instant | None = Field(default=None, description="By when an answer is asked for, UTC.")
    remarks: Prose | None = Field(default=None, description="Anything else.")


_SOMETHING: Final[list[JsonDict]] = [
    {"required": [name], "properties": {name: {"type": "array", "minItems": 1}}}
    for name in ("about", "elsewhere")
]


class Acknowledgement(WireModel):
    """A person has seen messages, and says what becomes of them."""

    model_config = ConfigDict(json_schema_extra={"anyOf": list(_SOMETHING)})

    kind: ClassVar[Kind] = "acknowledgement"

    says: Literal["seen", "accepted", "declined", "done"] = Field(
        description="seen: nothing more; accepted, declined: the answer to an offer; done: it is finished."
    )
    role: Name = Field(description=_ROLE)
    about: About = Field(default=(), description=_ABOUT)
    elsewhere: About = Field(
        default=(), validate_default=True, description=f"{_ELSEWHERE} One of the two is needed."
    )
    remarks: Prose | None = Field(default=None, description="Anything else.")

    @field_validator("elsewhere")
    @classmethod
    def _of_something(cls, elsewhere: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if not elsewhere and info.data.get("about") == ():
            raise Rejected(
                Fault("nothing is acknowledged", remedy="Name a message in `about` or `elsewhere`.")
            )
        return elsewhere


class Response(WireModel):
    """A response that was agreed on beforehand is set going."""

    kind: ClassVar[Kind] = "response"

    responses: Name = Field(description="Id of the document of pre-planned responses.")
    response: Name = Field(description="Id of the response in it.")
    role: Name = Field(description=_ROLE)
    about: About = Field(default=(), description=_ABOUT)
    elsewhere: About = Field(default=(), description=_ELSEWHERE)
    remarks: Prose | None = Field(default=None, description="Anything else.")


_NEEDED: Final = {"speed": "speed", "jump": "to", "inject-done": "inject"}
_ONLY_WITH: Final = {member: action for action, member in _NEEDED.items()}


class ExerciseControl(WireModel):
    """What the white cell has done to the run of an exercise."""

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [
                {
                    "if": {"properties": {"action": {"const": action}}, "required": ["action"]},
                    "then": {"required": [member], "properties": {member: {"not": {"type": "null"}}}},
                    "else": {"properties": {member: {"type": "null"}}},
                }
                for action, member in _NEEDED.items()
            ]
        }
    )

    kind: ClassVar[Kind] = "exercise-control"

    action: Literal["start", "pause", "resume", "speed", "jump", "inject-done", "end"] = Field(
        description="What has been done."
    )
    exercise_time: Instant = Field(description="What the clock of the exercise showed then, UTC.")
    speed: Annotated[Number, Field(gt=0.0, le=1_000.0)] | None = Field(
        default=None,
        validate_default=True,
        description="Seconds of the exercise in a second, above 0 to 1,000; with `speed` alone.",
    )
    to: Instant | None = Field(
        default=None,
        validate_default=True,
        description="What the clock of the exercise shows after a `jump`, UTC; with it alone.",
    )
    inject: Name | None = Field(
        default=None,
        validate_default=True,
        description="Id of the inject, in the list of events; with `inject-done` alone.",
    )
    remarks: Prose | None = Field(default=None, description="Anything else.")

    @field_validator("speed", "to", "inject")
    @classmethod
    def _with_its_action(cls, value: float | str | None, info: ValidationInfo) -> float | str | None:
        action, member = info.data.get("action"), str(info.field_name)
        if action is None:
            return value  # it has been reported
        needed = _ONLY_WITH[member] == action
        if needed and value is None:
            raise Rejected(Fault(f"the action {action!r} needs it", remedy=f"Give `{member}`."))
        if not needed and value is not None:
            raise Rejected(Fault(f"the action {action!r} has none", remedy=f"Leave out `{member}`."))
        return value
