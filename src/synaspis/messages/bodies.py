"""Which body belongs to which kind of message, and the one body that holds another: a correction."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Final

from pydantic import (
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
)

from synaspis.core.documents import Document, Rejected, parse
from synaspis.core.errors import Fault, InputError
from synaspis.messages.consultation import AmbiguityAnswer, AmbiguityQuery, Cancellation, Text
from synaspis.messages.coordination import (
    Acknowledgement,
    DefencePlan,
    EngagementClaim,
    EngagementIntent,
    ExerciseControl,
    HandOver,
    Response,
)
from synaspis.messages.fields import Kind, Prose, Reference, WireModel
from synaspis.messages.notifications import PostLaunchNotification, PreLaunchNotification
from synaspis.messages.reports import LaunchReport, SensorStatus, Warning
from synaspis.messages.tracks import TrackReport

Statement = (
    PreLaunchNotification
    | PostLaunchNotification
    | LaunchReport
    | TrackReport
    | SensorStatus
    | Warning
    | Text
    | AmbiguityQuery
    | AmbiguityAnswer
    | DefencePlan
    | EngagementIntent
    | EngagementClaim
    | HandOver
    | Acknowledgement
    | Response
    | ExerciseControl
)
"""A body that stands for itself."""


AS_OBJECT: Final = WithJsonSchema({"type": "object"})
"""Mark of a body whose kind stands elsewhere; the schema that is published says which body it then is."""


def read_body(kind: str, value: Any) -> Body:
    """Check a body against the kind of message that it belongs to.

    value: the body itself, or what JSON says of it. Raises Rejected with all faults.
    """
    model = BODIES[kind]
    try:
        return model.model_validate(value)
    except ValidationError:
        raise Rejected(*faults_in(model, value)) from None


def written(body: WireModel) -> dict[str, Any]:
    """A body as JSON has it; fields that are left out are not there."""
    return body.model_dump(mode="json", exclude_none=True)


def faults_in(model: type[WireModel], value: Any) -> tuple[Fault, ...]:
    """Everything that keeps a value from being of a model, of each list the first item alone; empty if
    nothing does.
    """
    if not isinstance(value, Mapping):
        return (Fault("an object is needed"),)
    try:
        parse(model, Document(_with_tuples(value), "", {}, ()))
    except InputError as error:
        places = [fault.where for fault in error.faults]
        # A list with a bad item is counted without it: the count is not a fault of its own then.
        return tuple(
            fault
            for fault in error.faults
            if " after validation, not " not in fault.what
            or not any(place.startswith(f"{fault.where}[") for place in places)
        )
    return ()


def _with_tuples(value: Any) -> Any:
    # `parse` knows lists by the type that documents have them in.
    if isinstance(value, Mapping):
        return {key: _with_tuples(part) for key, part in value.items()}
    return tuple(map(_with_tuples, value)) if isinstance(value, list) else value


def _replacement(value: Any, info: ValidationInfo) -> Any:
    refers_to: Reference | None = info.data.get("refers_to")
    return value if refers_to is None else read_body(refers_to.kind, value)


class Correction(WireModel):
    """Puts right a message of the same sender: the whole body anew."""

    kind: ClassVar[Kind] = "correction"

    refers_to: Reference = Field(description="The message that is put right.")
    reason: Prose | None = Field(default=None, description="Why; at most 4,000 characters.")
    replacement: Annotated[Statement, PlainValidator(_replacement), PlainSerializer(written), AS_OBJECT] = (
        Field(description="The body that now holds, of the kind that `refers_to` names.")
    )


Body = Statement | Cancellation | Correction
"""What a message says."""

BODIES: Final[Mapping[str, type[Body]]] = MappingProxyType(
    {
        model.kind: model
        for model in (
            PreLaunchNotification,
            PostLaunchNotification,
            LaunchReport,
            TrackReport,
            SensorStatus,
            Warning,
            Text,
            AmbiguityQuery,
            AmbiguityAnswer,
            DefencePlan,
            EngagementIntent,
            EngagementClaim,
            HandOver,
            Acknowledgement,
            Response,
            ExerciseControl,
            Cancellation,
            Correction,
        )
    }
)
"""Body of each kind of message."""
