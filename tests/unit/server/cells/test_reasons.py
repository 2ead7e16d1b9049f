"""Why an event was given is told of what was given, and of nothing that waits."""

import asyncio
from types import SimpleNamespace

import pytest

from synaspis.exchange.store.storage import FeedEvent
from synaspis.server.answers import Problem
from synaspis.server.cells.reasons import why

EVENTS = [
    FeedEvent(1, "notice", b"", b'{"type":"notice","at":"2026-11-30T09:00:00.000000Z"}'),
    FeedEvent(2, "notice", b"", b'{"type":"notice","at":"2026-11-30T09:00:01.000000Z"}'),
]


async def read(recipient, after, limit):
    return EVENTS[after : after + limit]


def cell_at(counter):
    """A cell that was given so many events, while the store holds two for it."""
    return SimpleNamespace(id="de", sides={"data": SimpleNamespace(read=read)}, place={"data": counter})


def test_what_waits_behind_a_lost_link_is_not_told():
    assert asyncio.run(why(cell_at(2), "data", 2))["counter"] == 2
    with pytest.raises(Problem) as waiting:
        asyncio.run(why(cell_at(1), "data", 2))
    with pytest.raises(Problem) as nothing:
        asyncio.run(why(cell_at(2), "data", 3))
    assert [each.value.status for each in (waiting, nothing)] == [404, 404]
