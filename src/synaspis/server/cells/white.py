"""What the white cell asks of the run of an exercise; each decision becomes a message of that cell."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from math import isfinite
from typing import Any, Final

from synaspis.core.clock import from_rfc3339, to_rfc3339
from synaspis.core.errors import Fault
from synaspis.server.answers import Problem
from synaspis.server.cells.access import Session
from synaspis.server.cells.acts import acting_cell, say
from synaspis.server.cells.hall import Hall

ACTIONS: Final[Mapping[str, str | None]] = {
    "start": None,
    "pause": None,
    "resume": None,
    "end": None,
    "speed": "speed",
    "jump": "to",
    "inject": "inject",
}
"""Actions, each with the member that goes with it."""

SPEED_MIN: Final = 0.1
"""At much less a centre would answer after minutes or never, for its ticks go by this clock."""
SPEED_MAX: Final = 1_000.0
READY_S: Final = 20.0
"""How long a decision waits for an exercise that is being taken up."""


async def control(hall: Hall, session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    """Do what the white cell asks and say so in a message; returns the clock and the receipt.

    Raises Problem: 403 for another role, 400 for a request that is none, 409 where it cannot be done now, 503
    while the exercise is still being taken up.
    """
    if session.given.role != "white":
        fault = Fault("only the white cell runs an exercise", "", "Use a link of the role white.")
        raise Problem(403, fault)
    cell = acting_cell(session)
    if hall.conductor is None:
        fault = Fault("no exercise is being run here", "", "Start the server with --exercise.")
        raise Problem(409, fault)
    action, value = _asked(given)
    hall.journal.write("white", source=session.id, code=action)
    conductor, by = hall.conductor, session.given.name
    with suppress(TimeoutError):
        await asyncio.wait_for(conductor.ready.wait(), READY_S)
    conductor.check(action, value)
    receipt: dict[str, Any] | None = None
    if action == "pause":
        # A clock that stands still stamps nothing: the message comes first.
        told = {"action": action, "exercise_time": to_rfc3339(hall.clock.now_us())}
        receipt = await _tell(hall, session, cell, told)
        # Meanwhile another person of the white cell may have ended it.
        conductor.check(action, value)
        conductor.control(action, value, by)
    else:
        receipt = await _tell(hall, session, cell, conductor.control(action, value, by))
    hall.show_clock()
    return {"clock": hall.clock_shown(), "receipt": receipt}


async def _tell(
    hall: Hall, session: Session, cell: str, told: dict[str, Any] | None
) -> dict[str, Any] | None:
    if told is None:
        return None
    status, answer = await say(hall, session, cell, "coordination", "exercise-control", told, "")
    if "receipt" not in answer:
        faults = [Fault(each["what"], each["where"], each["remedy"]) for each in answer["error"]["faults"]]
        raise Problem(status, faults)
    return dict(answer["receipt"])


def _asked(given: Mapping[str, Any]) -> tuple[str, Any]:
    """Action and value of a request. Raises Problem 400 with every fault."""
    action = given.get("action")
    if not isinstance(action, str) or action not in ACTIONS:
        fault = Fault(f"{str(action)[:40]!r} is no action", "action", f"Allowed: {', '.join(ACTIONS)}.")
        raise Problem(400, fault)
    member = ACTIONS[action]
    faults = [
        Fault(f"unknown key {str(key)[:40]!r}", str(key)[:40]) for key in set(given) - {"action", member}
    ]
    value = None if member is None else given.get(member)
    if action == "speed" and not _is_speed(value):
        what = f"the speed is {str(value)[:40]}; allowed is {SPEED_MIN:g} to {SPEED_MAX:,.0f}"
        faults.append(Fault(what, "speed", "To stand still, pause."))
    if action == "jump":
        try:
            value = from_rfc3339(str(value))
        except ValueError as error:
            faults.append(Fault(str(error)[:200], "to"))
    if action == "inject" and not (isinstance(value, str) and 0 < len(value) <= 100):
        faults.append(Fault("an inject is named by its id", "inject"))
    if faults:
        raise Problem(400, faults)
    return action, value


def _is_speed(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and isfinite(value) and SPEED_MIN <= value <= SPEED_MAX
