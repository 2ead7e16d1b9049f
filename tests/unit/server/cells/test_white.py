"""A decision of the white cell waits for an exercise that is being taken up, and not for ever."""

import asyncio
from types import SimpleNamespace

import pytest

from synaspis.core.errors import Fault
from synaspis.server.answers import Problem
from synaspis.server.cells import white
from synaspis.server.cells.access import Pass, Session

DIRECTOR = Session("0" * 16, Pass("white", "white", "Director", ("white",)), 0)


class Waits:
    """A conductor that is ready when somebody says so, and lets nothing be done until then."""

    def __init__(self):
        self.ready = asyncio.Event()

    def check(self, action, value):
        if not self.ready.is_set():
            raise Problem(503, Fault("not yet"))

    def control(self, action, value, by):
        return None


def hall_of(conductor):
    return SimpleNamespace(
        conductor=conductor,
        journal=SimpleNamespace(write=lambda *given, **named: None),
        show_clock=lambda: None,
        clock_shown=lambda: {"state": "running"},
    )


def test_a_decision_that_comes_early_is_done_when_the_exercise_is_there():
    async def scene():
        conductor = Waits()
        asked = asyncio.create_task(white.control(hall_of(conductor), DIRECTOR, {"action": "start"}))
        for _ in range(10):
            await asyncio.sleep(0)
        assert not asked.done()
        conductor.ready.set()
        return await asked

    assert asyncio.run(scene()) == {"clock": {"state": "running"}, "receipt": None}


def test_an_exercise_that_does_not_come_is_told(monkeypatch):
    monkeypatch.setattr(white, "READY_S", 0.05)
    with pytest.raises(Problem) as told:
        asyncio.run(white.control(hall_of(Waits()), DIRECTOR, {"action": "start"}))
    assert told.value.status == 503


def test_a_pause_does_not_bring_back_what_was_ended_meanwhile(monkeypatch):
    """Two persons of the white cell: one pauses, the other ends while the message of the pause is taken."""
    done = []

    class Ends(Waits):
        def check(self, action, value):
            if "end" in done:
                raise Problem(409, Fault("the exercise is ended"))

        def control(self, action, value, by):
            done.append(action)

    async def tell(hall, session, cell, told):
        done.append("end")
        return {}

    async def scene():
        conductor = Ends()
        conductor.ready.set()
        hall = hall_of(conductor)
        hall.clock = SimpleNamespace(now_us=lambda: 0)
        with pytest.raises(Problem):
            await white.control(hall, DIRECTOR, {"action": "pause"})

    monkeypatch.setattr(white, "_tell", tell)
    asyncio.run(scene())
    assert done == ["end"]
