"""How the machine of an exercise is led, and led the same way again after a crash.

What it says depends on the order of what it is given. Each time that it is given something or steps, a line
says up to which event of each cell it was given, and up to which instant it stepped; between two lines the
order follows from the events. Decisions of the white cell stand between them, in the order in which they
were taken.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from synaspis.core.clock import from_rfc3339
from synaspis.core.errors import InputError
from synaspis.exchange.store.storage import FeedEvent
from synaspis.exercise import Exercise, Said
from synaspis.server.cells.side import CENTRES, CentreName

BECOMES: Final = {"start": "running", "pause": "paused", "resume": "running", "end": "ended"}
"""State of an exercise after each action that changes it."""


@dataclass(frozen=True, eq=False)
class Delivered:
    """An event that a centre delivered to a cell."""

    cell: str
    centre: CentreName
    counter: int
    data: bytes

    @classmethod
    def of(cls, cell: str, centre: CentreName, event: FeedEvent) -> Delivered:
        """An event of a cell's feed."""
        return cls(cell, centre, event.counter, event.data)

    @cached_property
    def content(self) -> dict[str, Any]:
        """What it says."""
        found: dict[str, Any] = json.loads(self.data)
        return found

    @cached_property
    def at_us(self) -> int:
        """Instant at which it was released."""
        return from_rfc3339(self.content["at"])


class Steps:
    """Leads a machine. place: events of each cell that it was given, by centre."""

    def __init__(self, machine: Exercise) -> None:
        self.machine = machine
        self.place: dict[str, list[int]] = {}

    def go(self, taken: Iterable[Delivered], now_us: int) -> tuple[list[Said], dict[str, Any] | None]:
        """Give it events, once each, and step it to an instant.

        Returns what it says, and the line by which this can be done again; None if nothing was done.
        """
        took: dict[str, list[int]] = {}
        for each in sorted(taken, key=lambda each: (each.at_us, each.centre, each.cell, each.counter)):
            place, column = self.place.setdefault(each.cell, [0] * len(CENTRES)), CENTRES.index(each.centre)
            if each.counter <= place[column]:
                continue
            place[column], took[each.cell] = each.counter, place
            self.machine.take(each.cell, each.centre, each.content, min(now_us, each.at_us))
        said: list[Said] = []
        is_stepped = False
        while (due_us := self.machine.next_us()) is not None and due_us <= now_us:
            is_stepped = True
            said += self.machine.step(due_us)
        if not (took or is_stepped):
            return [], None
        return said, {"at_us": now_us, "took": {cell: list(place) for cell, place in took.items()}}


@dataclass
class Found:
    """Where an exercise was.

    said: all of it so far. answered: how much of it was answered for certain. left: events that the machine
    was not given. by: persons who decided.
    """

    at_us: int = 0
    state: str = "waiting"
    speed: float = 1.0
    jump_us: int | None = None
    answered: int = 0
    said: list[Said] = field(default_factory=list)
    left: list[Delivered] = field(default_factory=list)
    by: dict[str, str] = field(default_factory=dict)

    @property
    def unanswered(self) -> list[Said]:
        """What may have been lost."""
        return self.said[self.answered :]


def where(lines: Iterable[Mapping[str, Any]], starts_us: int) -> Found:
    """Where an exercise was, as far as lines alone tell. starts_us: instant at which it begins."""
    found = Found(starts_us)
    for line in lines:
        found.at_us = max(found.at_us, int(line["at_us"]))
        found.answered = int(line.get("said", found.answered))
        action = line.get("action")
        if action is None:
            found.state, found.speed = line.get("state", found.state), line.get("speed", found.speed)
            found.jump_us = line.get("jump_us") if "state" in line else found.jump_us
        elif action == "speed":
            found.speed = float(line["value"])
        elif action == "jump":
            found.jump_us = int(line["value"])
        found.state = BECOMES.get(action or "", found.state)
    return found


def retrace(steps: Steps, lines: Sequence[Mapping[str, Any]], history: Iterable[Delivered]) -> Found:
    """Lead a machine as it was led.

    steps: at the beginning. lines: that were written down. history: every event that the cells were given.
    """
    found = where(lines, steps.machine.loaded.starts_us)
    waiting: dict[tuple[str, CentreName], list[Delivered]] = {}
    for each in sorted(history, key=lambda each: each.counter, reverse=True):
        waiting.setdefault((each.cell, each.centre), []).append(each)
    for line in lines:
        if line.get("action") == "start":
            found.by["start"] = line["by"]
        elif line.get("action") == "inject":
            # What was refused then is refused again.
            with suppress(InputError):
                steps.machine.inject(line["value"], int(line["at_us"]))
                found.by[str(line["value"])] = line["by"]
        elif "took" in line:
            taken = [each for cell in line["took"] for each in _up_to(waiting, cell, line["took"][cell])]
            found.said += steps.go(taken, int(line["at_us"]))[0]
    found.left = [each for queue in waiting.values() for each in reversed(queue)]
    # The centres may have gone on for a moment after the last line; time does not go back for them.
    found.at_us = max([found.at_us, *(each.at_us for each in found.left)])
    return found


def _up_to(
    waiting: Mapping[tuple[str, CentreName], list[Delivered]], cell: str, place: Sequence[int]
) -> Iterator[Delivered]:
    for centre, counter in zip(CENTRES, place, strict=True):
        queue = waiting.get((cell, centre), [])
        while queue and queue[-1].counter <= counter:
            yield queue.pop()
