"""What the machine of an exercise says, as an envelope: the same again gives the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from synaspis.exercise import Said
from synaspis.messages import ExerciseControl, SigningKey, new_message, seal, write_message
from synaspis.server.cells.side import CentreName


def centre_of(said: Said) -> CentreName:
    """Centre that it is said to."""
    return "coordination" if said.centre == "coordination" else "data"


def sealed(said: Said, exercise: str, seed: int, by: Mapping[str, str], key: SigningKey) -> bytes:
    """Sign it.

    exercise: its name. seed: of the exercise. by: person who decided, for ``start`` and by inject. key: of
    the sender.
    """
    body = said.body
    if isinstance(body, ExerciseControl):
        person = by.get(body.action if body.action == "start" else str(body.inject), "")
        remarks = " ".join(part for part in (body.remarks or "", f"({person})" if person else "") if part)
        body = body.model_copy(update={"remarks": remarks or None})
    drawn = f"{seed} {said.sender} {said.centre} {said.at_us} {body.model_dump_json()}"
    message = new_message(
        body,
        sender=said.sender,
        label=said.label,
        sent_at_us=said.at_us,
        id=sha256(drawn.encode()).hexdigest()[:32],
        exercise=exercise,
    )
    return seal(write_message(message), key)
