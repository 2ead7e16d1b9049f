"""A machine is led the same way again, from what was written down and what the centres hold."""

import json
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from synaspis.core.clock import to_rfc3339
from synaspis.core.errors import InputError
from synaspis.server.cells.retracing import Delivered, Steps, retrace
from synaspis.server.cells.side import CENTRES

SECOND = 1_000_000
CELLS = ("aa", "bb")


class Machine:
    """Remembers all that it was given, in order; says something at each step, a second apart."""

    loaded = SimpleNamespace(starts_us=0)

    def __init__(self) -> None:
        self.calls: list[Any] = []
        self._due_us = SECOND

    def next_us(self) -> int:
        return self._due_us

    def step(self, now_us: int) -> list[Any]:
        self.calls.append(("step", now_us))
        self._due_us = now_us + SECOND
        return [f"said at {now_us} after {len(self.calls)}"]

    def take(self, cell: str, centre: str, content: Any, now_us: int) -> None:
        self.calls.append(("take", cell, centre, content["n"], now_us))

    def inject(self, name: str, now_us: int) -> None:
        if name == "none":
            raise InputError("it is none")
        self.calls.append(("inject", name, now_us))


def event(cell: str, centre: Any, counter: int, at_us: int) -> Delivered:
    data = json.dumps({"at": to_rfc3339(at_us), "n": counter}).encode()
    return Delivered(cell, centre, counter, data)


@pytest.mark.parametrize("seed", range(20))
def test_the_same_is_given_in_the_same_order_and_said_again(seed: int) -> None:
    chance, steps, lines = Random(seed), Steps(Machine()), []  # type: ignore[arg-type]
    history, held, said, now_us = [], [], [], 0
    counters = dict.fromkeys(((cell, centre) for cell in CELLS for centre in CENTRES), 0)
    for _ in range(60):
        now_us += chance.randrange(1, SECOND)
        for key in counters:
            # Some come late: what falls due after them was done before they came.
            if chance.random() < 0.4:
                counters[key] += 1
                history.append(event(*key, counters[key], now_us - chance.randrange(SECOND)))
                held.append(history[-1])
        if chance.random() < 0.1:
            name = chance.choice(("fly", "none"))
            lines.append({"at_us": now_us, "action": "inject", "value": name, "by": "Jane"})
            if name == "fly":
                steps.machine.inject(name, now_us)
        cut = chance.choice((None, *CELLS))
        taken = [each for each in held if each.cell != cut]
        held = [each for each in held if each.cell == cut]
        found, line = steps.go(taken, now_us)
        answered = len(said)
        said += found
        if line is not None:
            lines.append({**line, "said": answered})
    again = Steps(Machine())  # type: ignore[arg-type]
    found_again = retrace(again, lines, history)
    assert again.machine.calls == steps.machine.calls  # type: ignore[attr-defined]
    assert found_again.said == said
    assert found_again.unanswered == said[lines[-1]["said"] :]
    assert sorted((each.cell, each.centre, each.counter) for each in found_again.left) == sorted(
        (each.cell, each.centre, each.counter) for each in held
    )


def test_an_event_that_comes_twice_is_taken_once() -> None:
    steps = Steps(Machine())  # type: ignore[arg-type]
    twice = [event("aa", "data", 1, 5), event("aa", "data", 1, 5), event("aa", "data", 2, 6)]
    steps.go(twice, 10)
    assert steps.go(twice, 20) == ([], None)
    calls = steps.machine.calls  # type: ignore[attr-defined]
    assert [call[3] for call in calls] == [1, 2]


def test_the_state_follows_from_the_decisions_even_where_no_mark_came_after() -> None:
    lines = [
        {"at_us": 1, "action": "start", "value": None, "by": "Jane"},
        {"at_us": 5, "action": "speed", "value": 20, "by": "Jane"},
        {"at_us": 7, "state": "running", "speed": 20.0, "said": 0},
        {"at_us": 9, "action": "jump", "value": 99, "by": "Jane"},
    ]
    found = retrace(Steps(Machine()), lines, [event("aa", "data", 1, 12)])  # type: ignore[arg-type]
    assert (found.state, found.speed, found.jump_us, found.by) == ("running", 20.0, 99, {"start": "Jane"})
    # The centre had gone on to 12 when it was killed.
    assert found.at_us == 12
    lines.append({"at_us": 13, "action": "pause", "value": None, "by": "Jane"})
    assert retrace(Steps(Machine()), lines, []).state == "paused"  # type: ignore[arg-type]
