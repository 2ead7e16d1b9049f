"""What the white cell does to the run of an exercise, as simulation management of DIS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from synaspis.core.clock import from_rfc3339
from synaspis.gateways.carried import Carried, NotCarried
from synaspis.gateways.dis.pdus import Header, StartResume, StopFreeze
from synaspis.gateways.dis.tracks import EVERYBODY, DisIdentity

_RECESS: Final = 1
_TERMINATION: Final = 2
_STARTS: Final = ("start", "resume", "jump")
_STOPS: Final[Mapping[str, int]] = {"pause": _RECESS, "end": _TERMINATION}


def control_of(event: Mapping[str, Any], identity: DisIdentity) -> Carried[StartResume | StopFreeze | None]:
    """Start/Resume or Stop/Freeze of a delivered `exercise-control`; None for any other event of the feed.

    event: as decoded. A jump is a resumption at another instant. What DIS has no PDU for (the pace, an
    inject that was done) and an event that does not have its parts are listed as not carried.
    """
    message = event.get("message")
    if not isinstance(message, Mapping) or message.get("kind") != "exercise-control":
        return Carried(None)
    body = message.get("body")
    of = "exercise-control"
    if message.get("exercise") != identity.exercise or not isinstance(body, Mapping):
        why = "it is of another exercise, or its body was not released"
        return Carried(None, (NotCarried(of, "the message", why),))
    action = str(body.get("action"))[:40]
    try:
        at_us = from_rfc3339(str(message.get("sent_at", event.get("at"))))
        shown_us = from_rfc3339(str(body.get("to") or body.get("exercise_time")))
    except ValueError as error:
        return Carried(None, (NotCarried(of, "the message", str(error)),))
    header, sender = Header(identity.number, at_us), identity.entity(0)
    lost = tuple(NotCarried(of, name, "DIS has no field for it") for name in ("remarks",) if body.get(name))
    if action in _STARTS:
        return Carried(StartResume(header, sender, EVERYBODY, at_us, shown_us), lost)
    if action in _STOPS:
        return Carried(StopFreeze(header, sender, EVERYBODY, at_us, _STOPS[action]), lost)
    return Carried(None, (NotCarried(of, f"the action {action}", "DIS has no PDU for it"),))
