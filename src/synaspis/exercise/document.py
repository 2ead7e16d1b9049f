"""What an exercise file says: nations with their cells and sensors, flights, and the list of events."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import Field, ValidationInfo, field_validator

from synaspis.agreement.document import Identifier
from synaspis.core.claims import WRITTEN_SHORT
from synaspis.core.clock import from_rfc3339
from synaspis.core.documents import FrozenModel, Rejected
from synaspis.core.errors import Fault
from synaspis.core.quantity import Measure, of_dimension
from synaspis.exercise.inject import Inject, InjectPlace, Since
from synaspis.exercise.nations import Nation
from synaspis.exercise.surroundings import Surroundings, reject_unknown

SCHEMA: Final = "synaspis.exercise/1"
LASTS_MAX_S: Final = 12 * 3600.0

Text = Annotated[str, Field(min_length=1)]
Bearing = Annotated[Measure, WRITTEN_SHORT, of_dimension("angle", at_least=0.0, at_most=6.2832)]

_EXERCISE_NAME: Final = re.compile(r"[A-Z0-9][A-Z0-9 -]{2,59}")


class Flight(FrozenModel):
    """A flight that really takes place in the exercise, as its author states it."""

    missile: Text | None = Field(default=None, description="Missile class of the catalogue; or `published`.")
    published: Text | None = Field(default=None, description="Published flight of the catalogue.")
    launch: InjectPlace = Field(description="Where it is launched.")
    aim: InjectPlace | None = Field(default=None, description="Where it comes down; of a missile class.")
    azimuth: Bearing | None = Field(
        default=None, validate_default=True, description="Its direction; of a published flight."
    )

    @field_validator("azimuth")
    @classmethod
    def _one_kind(cls, azimuth: Measure | None, info: ValidationInfo) -> Measure | None:
        given = {name for name in ("missile", "published", "aim") if info.data.get(name) is not None}
        given |= {"azimuth"} if azimuth is not None else set()
        if given not in ({"missile", "aim"}, {"published", "azimuth"}):
            what = f"given is {' and '.join(sorted(given)) or 'nothing'}"
            remedy = "Give `missile` and `aim`, or `published` and `azimuth`."
            raise Rejected(Fault(f"{what}; a flight is flown in one of two ways", remedy=remedy))
        return azimuth

    @field_validator("missile", "published")
    @classmethod
    def _in_catalogue(cls, name: str | None, info: ValidationInfo) -> str | None:
        surroundings: Surroundings | None = info.context
        if surroundings is not None and name is not None:
            missiles = info.field_name == "missile"
            known = surroundings.missiles if missiles else surroundings.published
            reject_unknown((name,), known, "no missile class" if missiles else "no published flight")
        return name


class Objective(FrozenModel):
    """What is to be trained."""

    text: Text = Field(description="In a sentence.")


class Incident(FrozenModel):
    """One occurrence within an event; it holds the injects that force decisions."""

    name: Text = Field(description="Title.")
    injects: Mapping[Identifier, Inject] = Field(min_length=1, description="By id, unique in the file.")


class Event(FrozenModel):
    """A main event of the list."""

    name: Text = Field(description="Title.")
    objectives: tuple[Text, ...] = Field(min_length=1, description="Ids of the objectives that it serves.")
    incidents: Mapping[Identifier, Incident] = Field(min_length=1, description="By id, unique in the file.")


class Books(FrozenModel):
    """Agreements of the two centres, each an id or a path seen from the file."""

    data: Text = Field(description="Of the data exchange centre.")
    coordination: Text = Field(description="Of the coordination centre.")


class ExerciseDocument(FrozenModel):
    """An exercise as it stands in its file."""

    schema_version: Literal["synaspis.exercise/1"] = Field(alias="schema", description=f"Always {SCHEMA}.")
    id: Identifier = Field(description="Name of the file without its ending.")
    name: Text = Field(description="Marks every message: 3 to 60 capital letters, digits, spaces, hyphens.")
    summary: Text = Field(description="What happens, in a sentence or two.")
    scenario: Text = Field(description="Scenario whose assets take part: id or path.")
    phase: Text = Field(description="Phase of the scenario on whose day the assets serve.")
    agreements: Books = Field(description="Books of the two centres.")
    responses: Text | None = Field(
        default=None, description="Pre-planned responses that every cell knows: id or path."
    )
    starts: Text = Field(description="First instant, such as 2026-11-30T09:00:00Z.")
    lasts: Since = Field(description="How long it lasts; at most 12 h.")
    objectives: Mapping[Identifier, Objective] = Field(min_length=1, description="Training objectives by id.")
    nations: Mapping[Text, Nation] = Field(min_length=1, description="Who takes part, by partner.")
    flights: Mapping[Identifier, Flight] = Field(default={}, description="What really flies, by id.")
    events: Mapping[Identifier, Event] = Field(min_length=1, description="Main events by id.")

    @field_validator("name")
    @classmethod
    def _marks(cls, name: str) -> str:
        if _EXERCISE_NAME.fullmatch(name) is None:
            what = f"{name[:80]!r} cannot mark an exercise"
            raise Rejected(Fault(what, remedy="Use 3 to 60 capital letters, digits, spaces and hyphens."))
        return name

    @field_validator("scenario", "phase", "agreements", "responses", mode="before")
    @classmethod
    def _found(cls, given: Any, info: ValidationInfo) -> Any:
        surroundings: Surroundings | None = info.context
        if surroundings is not None and (faults := surroundings.problems.get(str(info.field_name))):
            raise Rejected(*faults)
        return given

    @field_validator("starts")
    @classmethod
    def _is_an_instant(cls, starts: str) -> str:
        try:
            from_rfc3339(starts)
        except ValueError as error:
            what = str(error) if starts in str(error) else f"{starts!r} is no instant: {error}"
            raise Rejected(Fault(what)) from None
        return starts

    @field_validator("lasts")
    @classmethod
    def _is_a_while(cls, lasts: Measure) -> Measure:
        if not 60.0 <= lasts.si <= LASTS_MAX_S:
            raise Rejected(Fault(f"it lasts {lasts}; 1 min to 12 h are allowed"))
        return lasts

    @field_validator("nations")
    @classmethod
    def _take_part(cls, nations: Mapping[str, Nation], info: ValidationInfo) -> Mapping[str, Nation]:
        surroundings: Surroundings | None = info.context
        if surroundings is not None:
            faults = [*surroundings.partner_faults(nations), *surroundings.owner_faults(nations)]
            if faults:
                raise Rejected(*faults)
        return nations

    @property
    def starts_us(self) -> int:
        """First instant, microseconds since the epoch."""
        return from_rfc3339(self.starts)

    def injects(self) -> Iterator[tuple[str, str, str, Inject]]:
        """Event, incident, id and content of each inject, in the order of the file."""
        for event_id, event in self.events.items():
            for incident_id, incident in event.incidents.items():
                for inject_id, inject in incident.injects.items():
                    yield event_id, incident_id, inject_id, inject
