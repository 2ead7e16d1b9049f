"""An exercise in real time: the state machine by a clock that can run faster, stand still and jump.

The machine is stepped at the very instants at which something falls due, and given what was delivered in an
order that is written down before anything is sent (`retracing`): what it says, and the ids of its messages,
follow from document, seed and notebook alone. After a crash it is led the same way again; of what it said,
that which was not answered is handed in once more, and the centres know the same bytes by their hash.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from synaspis.core.clock import to_rfc3339
from synaspis.core.errors import Fault, InputError
from synaspis.exchange.client.client import PASSING
from synaspis.exchange.store.storage import FeedEvent
from synaspis.exercise import Exercise, Said
from synaspis.server.answers import Problem
from synaspis.server.cells.grounds import Grounds
from synaspis.server.cells.hall import Hall
from synaspis.server.cells.notebook import Notebook
from synaspis.server.cells.paced_clock import PacedClock
from synaspis.server.cells.retracing import BECOMES, Delivered, Found, Steps, retrace, where
from synaspis.server.cells.said import centre_of, sealed
from synaspis.server.cells.side import CENTRES, CentreName

LOOK_S: Final = 0.05
SOON_S: Final = 0.002
KEEP_S: Final = 1.0
AGAIN_S: Final = 0.5

LEASH_S: Final = 0.25
"""How far the clock of a faster exercise may run ahead of its machine, in seconds of its pace."""

AHEAD_S: Final = 3.0
"""The same in seconds of the exercise: what is said comes at most so much late, at any speed and in a jump.
Centres give a track up after half a minute without a report, and people train on who was told when."""

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
_FILE: Final = "exercise.jsonl"
_AT_ONCE: Final = 64


class RealTime:
    """Runs the exercise of a folder. Owned by the event loop.

    grounds: the folder. clock: of both centres. hall: whose cells take part.
    """

    def __init__(self, grounds: Grounds, clock: PacedClock, hall: Hall) -> None:
        assert grounds.loaded is not None
        self._loaded, self._clock, self._hall = grounds.loaded, clock, hall
        self._seed, self._notebook = grounds.document.seed, Notebook(grounds.path / _FILE)
        self._steps = Steps(Exercise(grounds.loaded, self._seed, people=grounds.document.people))
        self._machine = self._steps.machine
        self._state, self._speed = "waiting", 1.0
        self._jump_us: int | None = None
        self._by: dict[str, str] = {}
        self._held: list[Delivered] = []
        self._cut: set[tuple[str, CentreName]] = set()
        self._task: asyncio.Task[None] | None = None
        self._kept_s, self._answered = 0.0, 0
        # Until it is led to where it was, everybody sees it standing there.
        self._lines, self.ready = self._notebook.lines(), asyncio.Event()
        self._show(where(self._lines, self._clock.now_us()))

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
        return self._is_cut(nation, centre, self._clock.now_us())

    def _is_cut(self, nation: str, centre: CentreName, now_us: int) -> bool:
        return self._machine.is_cut(nation, centre, now_us) or self._machine.is_dead(centre, now_us)

    def check(self, action: str, value: Any) -> None:
        """Raise Problem 409 where an action cannot be done now, 503 while it is being taken up again."""
        if not self.ready.is_set():
            fault = Fault("the exercise is being taken up where it was", "", "Try again in a second.")
            raise Problem(503, fault, {"retry-after": "1"})
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

        by: the person. Raises Problem 409 for an inject that is none or was done, 507 where the decision
        cannot be written down; it is not done then.
        """
        now_us = self._clock.now_us()
        try:
            self._notebook.write({"at_us": now_us, "action": action, "value": value, "by": by})
        except OSError as error:
            fault = Fault(
                f"the decision cannot be written down: {error.strerror}", "", "Make room on the disk."
            )
            raise Problem(507, fault) from None
        if action == "inject":
            try:
                self._machine.inject(value, now_us)
            except InputError as error:
                raise Problem(409, error.faults) from None
        told: dict[str, Any] = {"action": action, "exercise_time": to_rfc3339(now_us)}
        if action == "speed":
            self._speed = float(value)
            told["speed"] = self._speed
        elif action == "jump":
            self._jump_us, told["to"] = value, to_rfc3339(value)
        elif action in ("start", "inject"):
            self._by[action if action == "start" else str(value)] = by
        self._state = BECOMES.get(action, self._state)
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
        self._notebook.close()

    def delivered(self, nation: str, centre: CentreName, events: list[FeedEvent]) -> None:
        """Take what a centre has just delivered to a nation."""
        self._held += [Delivered.of(nation, centre, event) for event in events]

    def _pace(self) -> None:
        if self._state != "running":
            # After the end the centres go on, so that what is due late is delivered and sealed.
            self._clock.run(1.0 if self._state == "ended" else 0.0)
            return
        speed = self._speed if self._jump_us is None else JUMP_SPEED
        leash_us = None
        if speed > 1.0:
            leash_us = self._clock.now_us() + round(1e6 * min(LEASH_S * speed, AHEAD_S))
            leash_us = min(leash_us, self._loaded.ends_us if self._jump_us is None else self._jump_us)
        self._clock.run(speed, leash_us=leash_us)

    async def _run(self) -> None:
        for cell in self._hall.cells.values():
            await cell.ready.wait()
        with suppress(Problem):  # the centres are being stopped
            await self._restore()
            while True:
                try:
                    await self._advance()
                except Problem:
                    raise
                except Exception as error:
                    self._hall.journal.defect(error, "exercise")
                    await asyncio.sleep(AGAIN_S)
                await asyncio.sleep(self._wait_s())

    def _wait_s(self) -> float:
        """Seconds until something falls due, and no longer than it takes to look for what was delivered."""
        due_us = self._machine.next_us()
        if self._state != "running" or due_us is None:
            return LOOK_S
        speed = self._speed if self._jump_us is None else JUMP_SPEED
        due_s = (due_us - self._clock.now_us()) / (1e6 * speed)
        # Before the clock is at the end of its leash, or it would be held back for nothing.
        return max(SOON_S, min(LOOK_S, due_s, AHEAD_S / (2.0 * speed)))

    async def _advance(self) -> None:
        if self._state != "running":
            return
        now_us = self._clock.now_us()
        is_there = self._jump_us is not None and now_us >= self._jump_us
        if is_there:
            self._jump_us = None
        groups: tuple[list[Delivered], list[Delivered]] = ([], [])
        for each in self._held:
            groups[self._is_cut(each.cell, each.centre, now_us)].append(each)
        taken, self._held = groups
        said, line = self._steps.go(taken, now_us)
        if self._jump_us is not None or self._speed > 1.0 or is_there:
            self._pace()
        if line is not None:
            await self._keep(line, durable=bool(said))
        await self._submit(said)
        await self._follow_links()
        if now_us >= self._loaded.ends_us:
            self._state = "ended"
            self._pace()
            self._mark()
        if time.monotonic() - self._kept_s >= KEEP_S:
            self._mark()

    async def _keep(self, line: Mapping[str, Any], *, durable: bool) -> None:
        """Write down what the machine was given, before anything is sent that rests on it."""
        while True:
            try:
                self._notebook.write({**line, "said": self._answered})
                if durable:
                    await asyncio.to_thread(self._notebook.force)
            except OSError:
                # Nobody has been told anything: it stands still until there is room.
                self._hall.journal.write("not-stored", reason="exercise")
                await asyncio.sleep(AGAIN_S)
            else:
                return

    async def _follow_links(self) -> None:
        """Let cells whose link is back read what they were delivered meanwhile."""
        cut = {(cell, centre) for cell in self._hall.cells for centre in CENTRES if self.is_cut(cell, centre)}
        back, self._cut = self._cut - cut, cut
        for name, centre in sorted(back):
            await self._hall.cells[name].catch_up(centre)

    async def _submit(self, said: list[Said]) -> None:
        """Hand in what is said, until it was taken or refused for good."""
        for start in range(0, len(said), _AT_ONCE):
            left = [(each, self._sealed(each)) for each in said[start : start + _AT_ONCE]]
            while left:
                answers = await asyncio.gather(
                    *(self._hall.submit(centre_of(each), each.sender, raw) for each, raw in left)
                )
                for (each, _), answer in zip(left, answers, strict=True):
                    if answer.code:
                        self._hall.journal.write("not-taken", partner=each.sender, code=answer.code)
                codes = [answer.code for answer in answers]
                left = [each for each, code in zip(left, codes, strict=True) if code in PASSING]
                if left:
                    await asyncio.sleep(AGAIN_S)
            self._answered += len(said[start : start + _AT_ONCE])

    def _sealed(self, said: Said) -> bytes:
        key = self._hall.sides[centre_of(said)].keys[said.sender]
        return sealed(said, self._machine.name, self._seed, self._by, key)

    def _mark(self) -> None:
        """Write down how far it came; where there is no room, it is not known to the second."""
        self._kept_s = time.monotonic()
        jump = {} if self._jump_us is None else {"jump_us": self._jump_us}
        line = {"at_us": self._clock.now_us(), "state": self._state, "speed": self._speed, **jump}
        with suppress(OSError):
            self._notebook.write({**line, "said": self._answered})

    async def _restore(self) -> None:
        """Lead the machine to where it was, and hand in what may have been lost."""
        unanswered: list[Said] = []
        if self._lines:
            history = [
                Delivered.of(cell.id, centre, event)
                for cell in self._hall.cells.values()
                for centre in CENTRES
                for event in await cell.history(centre)
            ]
            found = await asyncio.to_thread(retrace, self._steps, self._lines, history)
            self._by, self._answered, unanswered = found.by, found.answered, found.unanswered
            self._held = [*found.left, *self._held]
            self._show(found)
        self._lines = []
        self.ready.set()
        self._pace()
        await self._submit(unanswered)

    def _show(self, found: Found) -> None:
        self._state, self._speed, self._jump_us = found.state, found.speed, found.jump_us
        self._clock.run(0.0, found.at_us)
