"""The JSON of events: what stands in it at which level, and names by which messages refer to each other."""

from __future__ import annotations

import hmac
import json
from base64 import b64decode
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final

from synaspis.core.clock import to_rfc3339
from synaspis.exchange.accepted import Accepted
from synaspis.exchange.release.extracts import extract
from synaspis.exchange.release.rights import FULL, Why, why_json
from synaspis.messages import Correction, canonical_json

_FINDINGS_BELOW_FULL: Final = frozenset(
    {("position", "pre-launch-notification"), ("position", "post-launch-notification")}
)
"""Where an extract shows every number that the rules look at: notifications have no covariance."""


class References:
    """Names for messages and tracks that tell nothing about what they name.

    An id or a digest of a whole message in an extract would let its reader try out guesses of what the
    extract leaves out. A reference is a keyed hash of sender and id instead (HMAC, RFC 2104, with SHA-256),
    the same for every reader and level, so that a cancellation finds what it cancels.

    key: secret of the centre, at least 16 bytes.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) < 16:
            raise ValueError("the key of references needs at least 16 bytes")
        self._keyed = hmac.new(key, b"synaspis reference v1\n", sha256)

    def _name(self, *parts: str) -> str:
        keyed = self._keyed.copy()
        # Ids hold no line feed and names of tracks no control character, so that parts cannot run together.
        keyed.update("\n".join(parts).encode())
        return keyed.hexdigest()[:32]

    def message(self, sender: str, id: str) -> str:
        """Name of a message, 32 hex digits."""
        return self._name("message", sender, id)

    def track(self, sender: str, exercise: str, track: str) -> str:
        """Name of a source's own track, 32 hex digits."""
        return self._name("track", sender, exercise, track)


def message_event(
    accepted: Accepted,
    *,
    at_us: int,
    policy: str,
    quality: str,
    why: Why,
    reference: str,
    concerns: Sequence[str],
    correlation: Any = None,
) -> bytes:
    """Bytes of the event that brings a message, or an extract of it.

    at_us: when it fell due. policy: version that decided. concerns: references of the messages that it refers
    to. correlation: how a launch report agrees with notifications, None where that is not told.
    """
    message = accepted.message
    event: dict[str, Any] = {
        "type": "message",
        "at": to_rfc3339(at_us),
        "policy": policy,
        "quality": quality,
        "why": why_json(why),
        "reference": reference,
    }
    if concerns:
        event["concerns"] = sorted(concerns)
    if correlation is not None:
        event["correlation"] = correlation
    if quality == FULL:
        event["message"] = _as_signed(accepted.envelope)
        event["envelope"] = accepted.envelope.decode()
        event["submission"] = {"record": accepted.record.decode(), "salt": accepted.salt.hex()}
    else:
        event["message"] = {"kind": message.kind, "sender": message.sender, "label": message.label.to_json()}
        if message.exercise is not None:
            event["message"]["exercise"] = message.exercise
        if isinstance(message.body, Correction):
            event["corrects"] = message.body.refers_to.kind
        event["extract"] = extract(message, quality)
    # Rules look at numbers, so who may not see these may not see what was found either.
    if accepted.findings and (quality == FULL or (quality, message.subject_kind) in _FINDINGS_BELOW_FULL):
        event["findings"] = [
            {"rule": found.rule, "text": found.text, "margin": found.margin, "unit": found.unit}
            for found in accepted.findings
        ]
    return canonical_json(event)


def _as_signed(envelope: bytes) -> dict[str, Any]:
    signed: dict[str, Any] = json.loads(b64decode(json.loads(envelope)["payload"]))
    signed.pop("schema", None)
    return signed


def source_track_event(
    *,
    at_us: int,
    policy: str,
    quality: str,
    why: Why,
    sender: str,
    exercise: str,
    label: dict[str, Any],
    track: str,
    shown: dict[str, Any],
) -> bytes:
    """Bytes of the event that tells of one source's track below `position`.

    track: its reference. shown: the extract.
    """
    message: dict[str, Any] = {"kind": "track-report", "sender": sender, "label": label}
    if exercise:
        message["exercise"] = exercise
    return canonical_json(
        {
            "type": "message",
            "at": to_rfc3339(at_us),
            "policy": policy,
            "quality": quality,
            "why": why_json(why),
            "track": track,
            "message": message,
            "extract": shown,
        }
    )


def notice_event(*, at_us: int, policy: str, code: str, text: str) -> bytes:
    """Bytes of the event that says something about the centre itself."""
    return canonical_json(
        {"type": "notice", "at": to_rfc3339(at_us), "policy": policy, "code": code, "text": text}
    )
