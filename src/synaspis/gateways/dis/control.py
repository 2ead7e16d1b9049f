"""What the white cell does to the run of an exercise, as simulation management of DIS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from synaspis.core.clock import from_rfc3339
from synaspis.gateways.carried import Carried, NotCarried
from synaspis.gateways.dis.pdus import Header, StartResume, StopFreeze
from synaspis.gateways.dis.tracks import EVERYBODY, DisIdentity
from synaspis.gateways.told import ToldMessage

_RECESS: Final = 1
_TERMINATION: Final = 2
_STARTS: Final = ("start", "resume", "jump")
_STOPS: Final[Mapping[str, int]] = {"pause": _RECESS, "end": _TERMINATION}


def control_of(told: ToldMessage, identity: DisIdentity) -> Carried[StartResume | StopFreeze | None]:
    """Start/Resume or Stop/Freeze of an `exercise-control`; None for any other message.

    A jump is a resumption at another instant. For the pace and an inject that was done there is no PDU.
    """
    if told.kind != "exercise-control":
        return Carried(None)
    facts = {fact.part: fact.text for fact in told.facts}
    action = facts.get("action", "")
    at_us = from_rfc3339(facts["message.sent_at"]) if "message.sent_at" in facts else told.at_us
    header, sender = Header(identity.number, at_us), identity.entity(0)
    if action in _STOPS:
        return Carried(StopFreeze(header, sender, EVERYBODY, at_us, _STOPS[action]))
    if action not in _STARTS:
        return Carried(None)
    shown = facts.get("to") or facts.get("exercise_time")
    if shown is None:
        why = "what the clock of the exercise shows was not released"
        return Carried(None, (NotCarried("exercise-control", "Start/Resume", why),))
    return Carried(StartResume(header, sender, EVERYBODY, at_us, from_rfc3339(shown)))
