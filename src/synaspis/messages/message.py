"""A message: who says what, when, how it may be shown; read from and written to JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Annotated, Any, Final

from pydantic import ConfigDict, Field, PlainSerializer, PlainValidator, ValidationError, ValidationInfo

from synaspis.agreement.label import Label
from synaspis.core.clock import SECOND_US, from_rfc3339, to_rfc3339
from synaspis.core.documents import Rejected, nearest
from synaspis.core.errors import Fault, InputError
from synaspis.messages.bodies import AS_OBJECT, BODIES, Body, Correction, faults_in, read_body, written
from synaspis.messages.consultation import Cancellation
from synaspis.messages.coordination import WHITE, ExerciseControl
from synaspis.messages.fields import (
    EARLIEST_US,
    LATEST_US,
    Instant,
    Kind,
    MessageId,
    Name,
    PartnerId,
    WireModel,
)
from synaspis.messages.refusal import Refused
from synaspis.messages.strict import LIMITS, Limits, canonical_json, strict_json
from synaspis.messages.tracks import TrackReport

TRACK_AGE_MAX_US: Final = 3_600 * SECOND_US
"""Oldest state of a track that is taken, before `sent_at`: a ballistic flight is over within the hour."""

TRACK_AHEAD_MAX_US: Final = 5 * SECOND_US
"""By how much a state may lie after `sent_at`: clocks differ, but nobody measures the future."""

FAULTS_MAX: Final = 50
"""Faults of one message that are reported."""

FAULT_CHARACTERS_MAX: Final = 300
"""Characters of each part of a fault of a message."""

SCHEMA: Final = "synaspis.message/1"
"""Format and version; the first member that a reader looks at."""

PRODUCTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "pre-launch-notification": "notification",
        "post-launch-notification": "notification",
        "launch-report": "warning",
        "warning": "warning",
        "track-report": "track",
        "sensor-status": "status",
        "text": "consultation",
        "ambiguity-query": "consultation",
        "ambiguity-answer": "consultation",
        "defence-plan": "coordination",
        "engagement-intent": "coordination",
        "engagement-claim": "coordination",
        "hand-over": "coordination",
        "acknowledgement": "coordination",
        "response": "coordination",
        "exercise-control": "coordination",
    }
)
"""What agreements call each kind; a cancellation or correction is of the kind that it refers to."""


@lru_cache(maxsize=256)
def _label_of(text: str) -> Label:
    # A sender uses a handful of labels, and reading one takes as long as the rest of a track report.
    return Label.from_json(json.loads(text))


def _label(value: Any) -> Label:
    if isinstance(value, Label):
        return value
    try:
        label = _label_of(json.dumps(value))
    except InputError as error:
        raise Rejected(*error.faults) from None
    except (KeyError, TypeError, ValueError):
        # Here a stranger's text meets a reader of several hundred cases: none of them may end the centre.
        raise Rejected(Fault("the label cannot be read", remedy="Keep to its JSON Schema.")) from None
    if label.created_us is not None and not EARLIEST_US <= label.created_us < LATEST_US:
        raise Rejected(Fault("only times of the years 1900 to 2199 are taken", "CreationTime"))
    return label


def _body(value: Any, info: ValidationInfo) -> Any:
    kind, sent_at = info.data.get("kind"), info.data.get("sent_at")
    if kind is None:
        return value  # the kind has been reported
    body = read_body(kind, value)
    said, inside = (body.replacement, "replacement.") if isinstance(body, Correction) else (body, "")
    state = said if isinstance(said, TrackReport) else getattr(said, "object", None)
    if state is not None and sent_at is not None:
        age_us = from_rfc3339(sent_at) - state.time_us
        if not -TRACK_AHEAD_MAX_US <= age_us <= TRACK_AGE_MAX_US:
            side = "before" if age_us > 0 else "after"
            what = f"the time of the state is {abs(age_us) / SECOND_US:,g} s {side} `sent_at`"
            where = f"{inside}time" if state is said else f"{inside}object.time"
            raise Rejected(Fault(what, where, "At most 3,600 s before and 5 s after are taken."))
    if isinstance(body, ExerciseControl):
        _check_control(info.data)
    return body


def _check_control(header: Mapping[str, Any]) -> None:
    """Reject a control of an exercise that is not given by who runs one, or not within one."""
    faults = []
    if (sender := header.get("sender", WHITE)) != WHITE:
        what = f"an exercise is controlled by {WHITE!r} alone, the sender is {sender!r}"
        faults.append(Fault(what, remedy="Ask the white cell."))
    if "exercise" in header and header["exercise"] is None:
        faults.append(Fault("an exercise is controlled, and `exercise` is left out", remedy="Name it."))
    if faults:
        raise Rejected(*faults)


class Message(WireModel):
    """What one partner says to the others."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    kind: Kind = Field(description="What the message is; it decides what stands in `body`.")
    id: MessageId = Field(description="128 random bits, 32 lower-case hex digits; never used twice.")
    sender: PartnerId = Field(description="Partner id of who says it; the partner whose key signs it.")
    sent_at: Instant = Field(description="When it was sent, UTC.")
    label: Annotated[Label, PlainValidator(_label), PlainSerializer(Label.to_json), AS_OBJECT] = Field(
        description="How it may be shown: STANAG 4774 confidentiality label as JSON."
    )
    exercise: Name | None = Field(
        default=None, description="Name of the exercise; left out when it is meant in earnest."
    )
    body: Annotated[Body, PlainValidator(_body), PlainSerializer(written), AS_OBJECT] = Field(
        description="What is said, by kind."
    )

    @cached_property
    def sent_at_us(self) -> int:
        """When it was sent, microseconds since the Unix epoch."""
        return from_rfc3339(self.sent_at)

    @property
    def subject_kind(self) -> str:
        """Its kind, or the kind that a cancellation or correction refers to."""
        body = self.body
        return body.refers_to.kind if isinstance(body, Cancellation | Correction) else self.kind


def new_id(entropy: Callable[[int], bytes] = os.urandom) -> str:
    """A new id of a message, 32 hex digits; entropy: gives that many random bytes."""
    return entropy(16).hex()


def new_message(
    body: Body, *, sender: str, label: Label, sent_at_us: int, id: str, exercise: str | None = None
) -> Message:
    """Make a message of the kind that its body belongs to.

    sent_at_us: microseconds since the Unix epoch. id: 32 hex digits from `new_id`.
    Raises pydantic's ValidationError.
    """
    return Message(
        kind=body.kind,
        id=id,
        sender=sender,
        sent_at=to_rfc3339(sent_at_us),
        label=label,
        exercise=exercise,
        body=body,
    )


def read_message(payload: bytes, limits: Limits = LIMITS) -> Message:
    """Read a message, strictly.

    payload: what a verified envelope holds.
    Raises Refused: `oversize`, `bad-json`, `duplicate-key`, `unknown-schema`, `unknown-kind`, `bad-label` if
    nothing but the label is wrong, or `bad-message` with all faults; never anything else, whatever the bytes.
    """
    members = strict_json(payload, limits)
    if not isinstance(members, dict):
        raise Refused("bad-message", "a message is a JSON object")
    if (schema := members.pop("schema", None)) != SCHEMA:
        what = f"{_shown(schema)} is not read here" if schema is not None else "the key 'schema' is missing"
        raise Refused("unknown-schema", Fault(what, "schema", f"Write {SCHEMA!r}."))
    kind = members.get("kind")
    if isinstance(kind, str) and kind not in BODIES:
        raise Refused("unknown-kind", Fault(f"{_shown(kind)} is no kind", "kind", nearest(kind, [*BODIES])))
    try:
        return Message.model_validate(members)
    except ValidationError:
        pass
    faults = tuple(map(_short, faults_in(Message, members)[:FAULTS_MAX]))
    is_label = all(fault.where == "label" or fault.where.startswith("label.") for fault in faults)
    raise Refused("bad-label" if is_label else "bad-message", faults)


def write_message(message: Message) -> bytes:
    """Write a message as canonical JSON; fields that are left out are not written."""
    return canonical_json({"schema": SCHEMA, **message.model_dump(mode="json", exclude_none=True)})


def product_of(message: Message) -> str:
    """What agreements call it: notification, warning, track, status, consultation or coordination."""
    return PRODUCTS[message.subject_kind]


def missile_class_of(message: Message) -> str | None:
    """Generic class of what the message is about; None where it is not known or the message says nothing of
    it.
    """
    body = message.body.replacement if isinstance(message.body, Correction) else message.body
    named = getattr(body, "missile_class", "unknown")
    return None if named == "unknown" else named


def _short(fault: Fault) -> Fault:
    # What is wrong is said with the value, and the value is hostile: an answer must not grow with it.
    return replace(fault, what=_cut(fault.what), where=_cut(fault.where), remedy=_cut(fault.remedy))


def _cut(text: str) -> str:
    return text if len(text) <= FAULT_CHARACTERS_MAX else f"{text[: FAULT_CHARACTERS_MAX - 3]}..."


def _shown(value: object) -> str:
    text = ascii(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
