"""An exercise in real time: the state machine by a clock that can run faster, stand still and jump.

The machine is stepped at the very instants at which something falls due, so that what it says, and the ids of
its messages, follow from document, seed, decisions and deliveries alone. After a crash it is stepped again
from the beginning, with the decisions that were written down and the events that the centres hold; what it
says anew is handed in again where it may have been lost, and the centres know the same bytes by their hash.
"""

from __future__ import annotations

import asyncio
import heapq
import json
import time
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from typing import Any, Final

from synaspis.core.clock import SECOND_US, from_rfc3339, to_rfc3339
from synaspis.core.errors import Fault, InputError
from synaspis.exchange.store.storage import FeedEvent
from synaspis.exercise import Exercise, Said
from synaspis.messages import ExerciseControl, new_message, seal, write_message
from synaspis.server.answers import Problem
from synaspis.server.cells.grounds import Grounds
from synaspis.server.cells.hall import Hall
from synaspis.server.cells.paced_clock import PacedClock
from synaspis.server.cells.side import CENTRES, CentreName

LOOK_S: Final = 0.05
KEEP_S: Final = 1.0
AGAIN_US: Final = 120 * SECOND_US
"""How much of what was said before a crash is handed in again; a message waits a tick, not minutes."""

JUMP_SPEED: Final = 600.0
"""Seconds of the exercise in a second while it jumps: what lies between is played, not left out."""

_ALLOWED: Final[Mapping[str, tuple[str, ...]]] = {
    "start": ("waiting",),
    "pause": ("running",),
    "resume": ("paused",),
    "speed": ("running",),
    "jump": ("running",),
    "inject": ("running",),
    "end": ("running", "paused"),
}
_BECOMES: Final = {"start": "running", "pause": "paused", "resume": "running", "end": "ended"}

_FILE: Final = "exercise.jsonl"
_AT_ONCE: Final = 64


class RealTime:
    """Runs the exercise of a folder. Owned by the event loop.

    grounds: the folder. clock: of both centres. hall: whose cells take part.
    """

    def __init__(self, grounds: Grounds, clock: PacedClock, hall: Hall) -> None:
        assert grounds.loaded is not None
        self._loaded, self._clock, self._hall = grounds.loaded, clock, hall
        self._seed, self._path = grounds.document.seed, grounds.path / _FILE
        self._machine = Exercise(grounds.loaded, self._seed, people=grounds.document.people)
        self._state, self._speed = "waiting", 1.0
        self._jump_us: int | None = None
        self._by: dict[str, str] = {}
        self._held: list[tuple[str, CentreName, FeedEvent]] = []
        self._cut: set[tuple[str, CentreName]] = set()
        self._task: asyncio.Task[None] | None = None
        self._kept_s = 0.0

    @property
    def exercise(self) -> str:
        """Name that every message carries."""
        return self._machine.name

    def clock(self) -> dict[str, Any]:
        """What the clock is now."""
        at_us = self._clock.now_us()
        return {"exercise_time": to_rfc3339(at_us), "speed": self._speed, "state": self._state}

    def is_cut(self, nation: str, centre: CentreName) -> bool:
        """Whether an inject keeps a cell from a centre now."""
        now_us = self._clock.now_us()
        return self._machine.is_cut(nation, centre, now_us) or self._machine.is_dead(centre, now_us)

    def check(self, action: str, value: Any) -> None:
        """Raise Problem 409 where an action cannot be done now."""
        if self._state not in _ALLOWED[action]:
            what = f"{action!r} cannot be done while the exercise is {self._state}"
            raise Problem(409, Fault(what, "action", f"It can while it is {' or '.join(_ALLOWED[action])}."))
        if self._jump_us is not None and action in ("speed", "jump", "pause"):
            raise Problem(409, Fault("the exercise is jumping", "action", "Wait until it has arrived."))
        if action == "jump" and not self._clock.now_us() < value <= self._loaded.ends_us:
            now, end = to_rfc3339(self._clock.now_us()), to_rfc3339(self._loaded.ends_us)
            what = f"a jump to {to_rfc3339(value)}; it goes forward only, from {now} to {end} at most"
            raise Problem(409, Fault(what, "to"))

    def control(self, action: str, value: Any, by: str) -> dict[str, Any] | None:
        """Do what the white cell asks; returns what is still to be said of it, None where the machine does.

        by: the person. Raises Problem 409 for an inject that is none or was done.
        """
        now_us = self._clock.now_us()
        if action == "inject":
            try:
                self._machine.inject(value, now_us)
            except InputError as error:
                raise Problem(409, error.faults) from None
        self._write({"at_us": now_us, "action": action, "value": value, "by": by})
        told: dict[str, Any] = {"action": action, "exercise_time": to_rfc3339(now_us)}
        if action == "speed":
            self._speed = float(value)
            told["speed"] = self._speed
        elif action == "jump":
            self._jump_us, told["to"] = value, to_rfc3339(value)
        elif action in ("start", "inject"):
            self._by[action if action == "start" else str(value)] = by
        self._state = _BECOMES.get(action, self._state)
        self._pace()
        self._mark()
        return None if action in ("start", "inject") else told

    def begin(self) -> None:
        """Go on where it was, or wait for the start; on the loop."""
        self._task = asyncio.create_task(self._run(), name="exercise")

    async def close(self) -> None:
        """Stop where it is."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._state != "waiting":
            self._mark()

    def delivered(self, nation: str, centre: CentreName, events: list[FeedEvent]) -> None:
        """Take what a centre has just delivered to a nation."""
        self._held += [(nation, centre, event) for event in events]

    def _pace(self) -> None:
        if self._state == "running":
            self._clock.run(self._speed if self._jump_us is None else JUMP_SPEED)
        else:
            # After the end the centres go on, so that what is due late is delivered and sealed.
            self._clock.run(1.0 if self._state == "ended" else 0.0)

    async def _run(self) -> None:
        for cell in self._hall.cells.values():
            await cell.ready.wait()
        await self._restore()
        while True:
            try:
                await self._advance()
            except Problem:
                return  # the centres are being stopped
            except Exception as error:
                self._hall.journal.defect(error, "exercise")
            await asyncio.sleep(LOOK_S)

    async def _advance(self) -> None:
        if self._state != "running":
            return
        now_us = self._clock.now_us()
        if self._jump_us is not None and now_us >= self._jump_us:
            self._jump_us = None
            self._pace()
        self._take_held(now_us)
        said: list[Said] = []
        while (due_us := self._machine.next_us()) is not None and due_us <= now_us:
            said += self._machine.step(due_us)
        await self._submit(said)
        await self._follow_links()
        if now_us >= self._loaded.ends_us:
            self._state = "ended"
            self._pace()
        if time.monotonic() - self._kept_s >= KEEP_S:
            self._mark()

    def _take_held(self, now_us: int) -> None:
        held, self._held = self._held, []
        for nation, centre, event in held:
            if self._machine.is_cut(nation, centre, now_us) or self._machine.is_dead(centre, now_us):
                self._held.append((nation, centre, event))
                continue
            content = json.loads(event.data)
            self._machine.take(nation, centre, content, min(now_us, from_rfc3339(content["at"])))

    async def _follow_links(self) -> None:
        """Let cells whose link is back read what they were delivered meanwhile."""
        cut = {(cell, centre) for cell in self._hall.cells for centre in CENTRES if self.is_cut(cell, centre)}
        back, self._cut = self._cut - cut, cut
        for name, centre in sorted(back):
            await self._hall.cells[name].catch_up(centre)

    async def _submit(self, said: list[Said]) -> None:
        for start in range(0, len(said), _AT_ONCE):
            group = said[start : start + _AT_ONCE]
            answers = await asyncio.gather(
                *(self._hall.submit(_centre(each), each.sender, self._sealed(each)) for each in group)
            )
            for each, answer in zip(group, answers, strict=True):
                if answer.code:
                    self._hall.journal.write("not-taken", partner=each.sender, code=answer.code)

    def _sealed(self, said: Said) -> bytes:
        """The envelope of what is said; the same again gives the same bytes."""
        body = said.body
        if isinstance(body, ExerciseControl):
            by = self._by.get(body.action if body.action == "start" else str(body.inject), "")
            remarks = " ".join(part for part in (body.remarks or "", f"({by})" if by else "") if part)
            body = body.model_copy(update={"remarks": remarks or None})
        drawn = f"{self._seed} {said.sender} {said.centre} {said.at_us} {body.model_dump_json()}"
        message = new_message(
            body,
            sender=said.sender,
            label=said.label,
            sent_at_us=said.at_us,
            id=sha256(drawn.encode()).hexdigest()[:32],
            exercise=self._machine.name,
        )
        return seal(write_message(message), self._hall.sides[_centre(said)].keys[said.sender])

    def _mark(self) -> None:
        self._kept_s = time.monotonic()
        jump = {} if self._jump_us is None else {"jump_us": self._jump_us}
        self._write({"at_us": self._clock.now_us(), "state": self._state, "speed": self._speed, **jump})

    def _write(self, line: Mapping[str, Any]) -> None:
        with self._path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(line) + "\n")

    def _lines(self) -> Iterator[dict[str, Any]]:
        """What was written down; a last line that a crash cut short says nothing."""
        if not self._path.is_file():
            return
        for line in self._path.read_text("utf-8").splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                continue

    async def _restore(self) -> None:
        lines = list(self._lines())
        marks = [line for line in lines if "state" in line]
        if not marks:
            return
        last = marks[-1]
        at_us = int(last["at_us"])
        said = await self._replayed(at_us, [line for line in lines if "action" in line])
        self._speed, self._jump_us = float(last["speed"]), last.get("jump_us")
        self._clock.run(0.0, at_us)
        self._state = str(last["state"])
        self._pace()
        if self._state == "running":
            await self._submit([each for each in said if each.at_us >= at_us - AGAIN_US])

    async def _replayed(self, until_us: int, decisions: list[dict[str, Any]]) -> list[Said]:
        """Step the machine to where it was, by decisions and deliveries in the order of their times."""
        queue: list[tuple[int, int, Callable[[], object]]] = []
        for line in decisions:
            if line["action"] in ("start", "inject"):
                self._by["start" if line["action"] == "start" else str(line["value"])] = line["by"]
            if line["action"] == "inject":
                inject, at_us = line["value"], line["at_us"]
                queue.append((at_us, len(queue), lambda i=inject, a=at_us: self._machine.inject(i, a)))  # type: ignore[misc]
        for nation in self._loaded.document.nations:
            for centre in CENTRES:
                for content in await self._hall.cells[nation].history(centre):
                    at_us = from_rfc3339(content["at"])
                    queue.append(
                        (
                            at_us,
                            len(queue),
                            lambda n=nation, c=centre, e=content, a=at_us: self._machine.take(n, c, e, a),  # type: ignore[misc]
                        )
                    )
        heapq.heapify(queue)
        said: list[Said] = []
        while True:
            due_us = self._machine.next_us()
            if queue and (due_us is None or queue[0][0] < due_us):
                heapq.heappop(queue)[2]()
            elif due_us is not None and due_us <= until_us:
                said += self._machine.step(due_us)
            else:
                return said


def _centre(said: Said) -> CentreName:
    return "coordination" if said.centre == "coordination" else "data"
