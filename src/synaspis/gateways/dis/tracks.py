"""Tracks of a delivered picture as Entity State, each behind a Comment with what DIS has no field for.

DIS is a protocol of simulations: it has a number for the exercise and none for "in earnest". So nothing that
is meant in earnest is written.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import asin, atan2, hypot
from typing import Any, Final

from synaspis.agreement.label import Label
from synaspis.core.clock import to_rfc3339
from synaspis.core.errors import Fault, InputError
from synaspis.gateways.carried import Carried, NotCarried
from synaspis.gateways.dis.pdus import (
    DATUM_MAX_BYTES,
    Comment,
    Datum,
    EntityId,
    EntityState,
    EntityType,
    Header,
    Pdu,
    Vector,
)
from synaspis.gateways.picture import GroundPoint, ShownTrack
from synaspis.messages.refusal import Refused
from synaspis.messages.strict import Limits, strict_json

MARKING: Final = "EXERCISE"
SCHEMA: Final = "synaspis-dis/1"
"""First member of the JSON in a Comment that belongs to an entity."""

TEXT_DATUM: Final = 0
"""Number of the datum that holds words; the standard leaves it to the exercise."""

EVERYBODY: Final = EntityId(0xFFFF, 0xFFFF, 0xFFFF)
NOBODY: Final = EntityId(0, 0, 0)

MISSILE: Final = EntityType(kind=2)
"""A munition; whose it is and of which class is for states to say."""

CONSTRUCTIVE: Final = 3 << 1
"""PDU status: entities of a constructive simulation (IEEE 1278.1-2012, 6.2.67, LVC indicator)."""

_DEACTIVATED: Final = 1 << 23
"""Appearance: the entity is no longer part of the exercise."""

_ENTITY_MAX: Final = 65_533
TEXT_MAX: Final = 1_200
"""Bytes of what stands in a Comment, so that it fits into one frame."""

_LIMITS: Final = Limits(size_bytes=DATUM_MAX_BYTES, depth=8, items=1_000, characters=DATUM_MAX_BYTES)


@dataclass(frozen=True, slots=True)
class DisIdentity:
    """As whom a gateway speaks.

    number: exercise identifier, 1 to 255. exercise: the name that goes with it; nothing else is written.
    site, application: of this gateway, 1 to 65534.
    """

    number: int
    exercise: str
    site: int = 1
    application: int = 1

    def __post_init__(self) -> None:
        faults = [
            Fault(f"{name} is {value}; allowed is 1 to {most}", name)
            for name, value, most in (
                ("number", self.number, 255),
                ("site", self.site, 65_534),
                ("application", self.application, 65_534),
            )
            if not 1 <= value <= most
        ]
        if not self.exercise:
            remedy = "DIS is for exercises; name the one that this number stands for."
            faults.append(Fault("no exercise is named", "exercise", remedy))
        if faults:
            raise InputError(faults)

    def entity(self, number: int) -> EntityId:
        """The name of one of its entities."""
        return EntityId(self.site, self.application, number)


def dis_of_track(track: ShownTrack, identity: DisIdentity) -> Carried[tuple[Pdu, ...]]:
    """A Comment with the label and what else DIS has no field for, then the Entity State.

    Returns no PDU, and says why, for a track of another exercise or in earnest, one whose label cannot be
    carried whole, and one whose number is above 65533.
    """
    of = f"track {track.number}"
    if track.exercise != identity.exercise:
        meant = f"the exercise {track.exercise}" if track.exercise else "in earnest"
        why = f"it is meant {meant}" if not track.exercise else f"it belongs to {meant}"
        return Carried((), (NotCarried(of, "the track", f"{why}, this gateway to {identity.exercise}"),))
    if track.number > _ENTITY_MAX:
        return Carried((), (NotCarried(of, "the track", f"entities are numbered up to {_ENTITY_MAX}"),))
    entity = identity.entity(track.number)
    header = Header(identity.number, track.time_us, CONSTRUCTIVE)
    beside, lost = _beside(track, entity)
    if beside is None:
        return Carried((), (NotCarried(of, "the track", "its label does not fit beside it"),))
    numbered = f"{MARKING}{track.number}"
    if len(numbered) > 11:
        numbered = MARKING
        lost.append(NotCarried(of, "the number in the marking", "11 characters; the entity's id has it"))
    state = EntityState(
        header=header,
        entity=entity,
        type=MISSILE,
        position_ecef_m=track.position_ecef_m,
        velocity_ecef_m_s=track.velocity_ecef_m_s,
        orientation_rad=_along(track.velocity_ecef_m_s),
        appearance=_DEACTIVATED if track.status == "ended" else 0,
        marking=numbered,
    )
    words = Comment(header, entity, EVERYBODY, (Datum(TEXT_DATUM, beside),))
    return Carried((words, state), tuple(lost))


def sign_of_life(identity: DisIdentity, *, time_us: int) -> Comment:
    """A Comment that names the exercise, for those who see only its number."""
    text = f"{MARKING} {identity.exercise}".encode()[:DATUM_MAX_BYTES]
    header = Header(identity.number, time_us, CONSTRUCTIVE)
    return Comment(header, identity.entity(0), EVERYBODY, (Datum(TEXT_DATUM, text),))


def text_of(comment: Comment) -> str | None:
    """Words of a Comment; None where it belongs to an entity, as ours do.

    Raises InputError for a text that is no UTF-8, is empty or cannot be shown.
    """
    texts = []
    for datum in comment.datums:
        try:
            texts.append(datum.value.rstrip(b"\0").decode())
        except UnicodeDecodeError:
            raise InputError(Fault("the text is not UTF-8", "Comment", "Write ASCII or UTF-8.")) from None
    text = "\n".join(texts).strip()
    if not text:
        raise InputError(Fault("there are no words in it", "Comment"))
    if not all(sign.isprintable() or sign == "\n" for sign in text):
        raise InputError(Fault("the text holds characters that cannot be shown", "Comment", "Remove them."))
    return None if text.startswith('{"schema":"' + SCHEMA) else text


def label_in(comment: Comment) -> tuple[EntityId, str, tuple[Label, ...]] | None:
    """Entity, exercise and labels in a Comment of ours; None if it is none.

    Raises InputError for one that begins as ours and cannot be read.
    """
    for datum in comment.datums:
        if datum.value.startswith(b'{"schema":"' + SCHEMA.encode() + b'"'):
            try:
                found: Any = strict_json(datum.value, _LIMITS)
                site, application, entity = found["entity"]
                labels = tuple(Label.from_json(each) for each in found["labels"])
                return EntityId(site, application, entity), str(found["exercise"]), labels
            except (Refused, KeyError, TypeError, ValueError) as error:
                raise InputError(Fault(f"this cannot be read ({error})", "Comment")) from None
    return None


def _beside(track: ShownTrack, entity: EntityId) -> tuple[bytes | None, list[NotCarried]]:
    """JSON of what has no field: label, quality, sources, impact; None if the label alone is too long."""
    of = f"track {track.number}"
    needed: dict[str, Any] = {
        "schema": SCHEMA,
        "entity": [entity.site, entity.application, entity.entity],
        "exercise": track.exercise,
        "labels": [label.to_json() for label in track.labels],
    }
    rest = {
        "picture": track.picture,
        "status": track.status,
        "quality": track.quality,
        "time": to_rfc3339(track.time_us),
        "sources": list(track.sources),
        "impact": _point(track.impact),
        "launch": _point(track.launch),
    }
    lost = []
    if track.covariance is not None:
        lost.append(
            NotCarried(
                of, "covariance", "DIS has no field for errors; the quality is in the Comment", "covariance"
            )
        )
    for name, value in rest.items():
        if value and len(_json({**needed, name: value})) <= TEXT_MAX:
            needed[name] = value
        elif value:
            why = f"the Comment would be longer than {TEXT_MAX} bytes"
            lost.append(NotCarried(of, name, why, name))
    written = _json(needed)
    return (written if len(written) <= TEXT_MAX else None), lost


def _point(point: GroundPoint | None) -> dict[str, Any] | None:
    if point is None:
        return None
    known = {"covariance_m2": point.covariance_m2, "sigma_s": point.sigma_s}
    return {
        "latitude_deg": point.latitude_deg,
        "longitude_deg": point.longitude_deg,
        "time": to_rfc3339(point.time_us),
        **{name: value for name, value in known.items() if value is not None},
    }


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode()


def _along(velocity: Vector) -> Vector:
    """Euler angles psi, theta, phi of a body whose x axis lies along a velocity, in world coordinates."""
    x, y, z = velocity
    speed = hypot(x, y, z)
    return (atan2(y, x), -asin(z / speed), 0.0) if speed else (0.0, 0.0, 0.0)
