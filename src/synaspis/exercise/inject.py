"""One inject: who is told what, when, over which channel, and what it is meant to make somebody do.

After the minimum record of an inject in the NATO directive on exercises (Bi-SC 075-003): id and parent are
the keys under which it stands in the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import pi
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from synaspis.core.claims import WRITTEN_SHORT
from synaspis.core.documents import FrozenModel, Rejected
from synaspis.core.errors import Fault
from synaspis.core.quantity import Measure, of_dimension
from synaspis.exercise.surroundings import CENTRES, WHITE, Surroundings, reject_unknown
from synaspis.exercise.written import body_faults
from synaspis.messages import PRODUCTS
from synaspis.messages.bodies import BODIES

Text = Annotated[str, Field(min_length=1)]
Since = Annotated[Measure, WRITTEN_SHORT, of_dimension("time", at_least=0.0, at_most=86400.0)]
Lasts = Annotated[Measure, WRITTEN_SHORT, of_dimension("time", at_least=1.0, at_most=43200.0)]
Channel = Literal["track-feed", "notification", "free-text", "fault"]
FaultKind = Literal[
    "lost-link", "dead-centre", "sensor-outage", "false-report", "contradictory-report", "late-notification"
]

_NEEDS: Final[Mapping[str, frozenset[str]]] = {
    "track-feed": frozenset({"flight"}),
    "notification": frozenset({"kind", "body"}),
    "free-text": frozenset({"text"}),
    "lost-link": frozenset({"fault", "nation", "lasts"}),
    "dead-centre": frozenset({"fault", "centre", "lasts"}),
    "sensor-outage": frozenset({"fault", "sensor", "lasts"}),
    "false-report": frozenset({"fault", "kind", "body"}),
    "contradictory-report": frozenset({"fault", "kind", "body"}),
    "late-notification": frozenset({"fault", "kind", "body"}),
}
_MAY: Final[Mapping[str, frozenset[str]]] = {"lost-link": frozenset({"centre"})}


class InjectPlace(FrozenModel):
    """A place on the ellipsoid."""

    name: Text | None = Field(default=None, description="What people call it.")
    latitude: Annotated[Measure, WRITTEN_SHORT, of_dimension("angle", at_least=-pi / 2, at_most=pi / 2)] = (
        Field(description="Geodetic, north positive.")
    )
    longitude: Annotated[Measure, WRITTEN_SHORT, of_dimension("angle", at_least=-pi, at_most=pi)] = Field(
        description="East positive."
    )


class Payload(FrozenModel):
    """What an inject brings; which keys there are follows from its channel, and of a fault from its kind."""

    flight: Text | None = Field(default=None, description="Flight that is launched then.")
    kind: Text | None = Field(default=None, description="Kind of message.")
    body: Annotated[Mapping[str, Any], BeforeValidator(lambda given: given)] | None = Field(
        default=None,
        description="What it says; an instant may be written `start + 5 min`, an earlier message "
        "`latest launch-report of tr`.",
    )
    text: Text | None = Field(default=None, description="Free text.")
    fault: FaultKind | None = Field(default=None, description="What goes wrong.")
    nation: Text | None = Field(default=None, description="Whose link is lost.")
    centre: Literal["data", "coordination"] | None = Field(
        default=None, description="Which centre is dead, or cut off; both if left out for a lost link."
    )
    sensor: Text | None = Field(default=None, description="Which sensor of the sender sees nothing.")
    lasts: Lasts | None = Field(default=None, description="For how long.")

    @field_validator("flight", "nation")
    @classmethod
    def _named_in_file(cls, name: str | None, info: ValidationInfo) -> str | None:
        surroundings: Surroundings | None = info.context
        if surroundings is not None and name is not None:
            flight = info.field_name == "flight"
            known = surroundings.flights if flight else surroundings.nations
            reject_unknown((name,), known, "no flight of the exercise" if flight else "no nation of it")
        return name


class Marking(FrozenModel):
    """How what is sent is marked; the lowest there is if left out."""

    classification: Text | None = Field(default=None, description="One of the book's.")


class Expected(FrozenModel):
    """What an inject is meant to make somebody do."""

    by: tuple[Text, ...] = Field(min_length=1, description="Nations of which each should do it.")
    action: Text = Field(description="Kind of message that shows it was done.")
    within: Lasts = Field(description="From the inject on.")

    @field_validator("by")
    @classmethod
    def _take_part(cls, names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        surroundings: Surroundings | None = info.context
        if surroundings is not None:
            reject_unknown(names, surroundings.nations, "no nation of the exercise")
        return names

    @field_validator("action")
    @classmethod
    def _is_a_kind(cls, kind: str) -> str:
        reject_unknown((kind,), tuple(BODIES), "no kind of message")
        return kind


class Inject(FrozenModel):
    """One inject of the list."""

    at: Since = Field(description="Planned, since the start of the exercise.")
    sender: Text = Field(description="In whose name it comes: a nation, or white.")
    to: tuple[Text, ...] = Field(
        default=(), description="Who may have it; all that the agreements give it to if left out."
    )
    label: Marking = Field(default=Marking(), description="How it is marked.")
    channel: Channel = Field(description="Over what it comes.")
    payload: Payload = Field(description="What it brings.")
    objectives: tuple[Text, ...] = Field(default=(), description="Those of its event if left out.")
    expected: tuple[Expected, ...] = Field(default=(), description="What it is meant to make somebody do.")
    observer: Text | None = Field(default=None, description="Who watches whether it is done.")

    @field_validator("sender", "to")
    @classmethod
    def _take_part(cls, given: Any, info: ValidationInfo) -> Any:
        surroundings: Surroundings | None = info.context
        if surroundings is not None:
            names = (given,) if isinstance(given, str) else given
            reject_unknown(names, (*surroundings.nations, WHITE), "no nation of the exercise")
        return given

    @field_validator("objectives")
    @classmethod
    def _are_objectives(cls, names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        surroundings: Surroundings | None = info.context
        if surroundings is not None:
            reject_unknown(names, surroundings.objectives, "no objective of the exercise")
        return names

    @field_validator("payload")
    @classmethod
    def _fits_channel(cls, payload: Payload, info: ValidationInfo) -> Payload:
        channel = info.data.get("channel")
        if channel is None:
            return payload
        what = payload.fault if channel == "fault" else channel
        if what is None:
            raise Rejected(Fault("the key 'fault' is missing", "fault", "Say what goes wrong."))
        given = {name for name in Payload.model_fields if getattr(payload, name) is not None}
        needed, may = _NEEDS[what], _MAY.get(what, frozenset())
        faults = [
            Fault(f"the key {name!r} is missing; {what} needs it", name) for name in sorted(needed - given)
        ]
        faults += [
            Fault(f"{what} has no {name}", name, "Leave it out.") for name in sorted(given - needed - may)
        ]
        if not faults and payload.kind is not None:
            surroundings: Surroundings | None = info.context
            senders = None if surroundings is None else (*surroundings.nations, WHITE)
            faults += body_faults(payload.kind, payload.body, senders)
        if faults:
            raise Rejected(*faults)
        return payload


def centre_of(kind: str, body: Mapping[str, Any] | None = None) -> str:
    """Centre that a kind of message goes to: what agreements call coordination to the second.

    body: as written; a correction or cancellation goes where what it refers to went.
    """
    refers_to = (body or {}).get("refers_to")
    referred = refers_to.get("kind") if isinstance(refers_to, Mapping) else None
    return CENTRES[PRODUCTS.get(str(referred or kind)) == "coordination"]
