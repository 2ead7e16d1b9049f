"""A house is opened again where a centre of it failed, and not where that would be in vain."""

import asyncio
import io
import json
from typing import Any

import pytest

from synaspis.core.clock import SystemClock
from synaspis.core.errors import Fault, InputError
from synaspis.server import Journal
from synaspis.server.cells import again
from synaspis.server.service import KeeperLost

LOST = KeeperLost(Fault("the process that keeps the centre has ended"))


class House:
    """Opens and ends as it is told."""

    def __init__(self, ends: list[Exception | None]) -> None:
        self._ends = ends

    async def run(self, on_open: Any) -> None:
        on_open("http://127.0.0.1:1", {"de": "link"})
        if (end := self._ends.pop(0)) is not None:
            raise end


def opened(*ends: Exception | None) -> tuple[int, list[str]]:
    """How often the links were told, and what the journal says."""
    left, told, log = list(ends), [], io.StringIO()
    journal = Journal(SystemClock(), log)

    def make() -> Any:
        return House(left)

    asyncio.run(again.keep_open(make, journal, lambda url, _: told.append(url)))
    assert left == []
    return len(told), [json.loads(line)["event"] for line in log.getvalue().splitlines()]


def test_a_house_that_was_stopped_stays_closed() -> None:
    assert opened(None) == (1, [])


def test_a_failed_centre_is_opened_again_and_the_links_are_told_once(monkeypatch: Any) -> None:
    monkeypatch.setattr(again, "LEAST_S", 0.0)
    assert opened(LOST, LOST, None) == (1, ["opened-again", "opened-again"])


def test_a_house_that_fails_at_once_is_not_opened_again() -> None:
    with pytest.raises(KeeperLost, match="the process that keeps the centre has ended"):
        opened(LOST, None)


def test_another_fault_ends_it() -> None:
    with pytest.raises(InputError, match="cannot listen"):
        opened(InputError(Fault("cannot listen on 127.0.0.1")), None)
