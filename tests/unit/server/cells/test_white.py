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
