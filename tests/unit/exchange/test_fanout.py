"""Fan-out over a real NATS server, and over a broker that loses, doubles and reorders on purpose."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synaspis.core.errors import InputError
from synaspis.exchange.fanout import SUBJECT, Herald, Listener, connect
from synaspis.exchange.store.storage import FeedEvent

NAMES = ("alpha", "bravo")


def event(counter: int) -> FeedEvent:
    return FeedEvent(counter, "message", bytes(32), str(counter).encode())


class Shelf:
    """A store with nothing but feeds."""

    def __init__(self) -> None:
        self.events: dict[str, list[FeedEvent]] = {name: [] for name in NAMES}
        self.reads = 0

    def add(self, name: str) -> Mapping[str, Sequence[FeedEvent]]:
        new = event(len(self.events[name]) + 1)
        self.events[name].append(new)
        return {name: [new]}

    async def read(self, name: str, after: int, limit: int) -> Sequence[FeedEvent]:
        self.reads += 1
        return self.events.get(name, [])[after : after + limit]


class Got(dict[str, list[int]]):
    def publish(self, news: Mapping[str, Sequence[FeedEvent]]) -> None:
        for name, events in news.items():
            self.setdefault(name, []).extend(each.counter for each in events)


def listener(shelf: Shelf, got: Got, *, look_every_s: float = 60.0, limit: int = 500) -> Listener:
    return Listener(
        shelf.read,
        got.publish,
        counters={},
        is_recipient=lambda name: name in NAMES,
        look_every_s=look_every_s,
        limit=limit,
    )


async def nobody() -> tuple[str, ...]:
    return ()


async def everybody() -> tuple[str, ...]:
    return NAMES


async def until(done: object, seconds: float = 60.0) -> None:
    async with asyncio.timeout(seconds):
        while not done():  # type: ignore[operator]
            await asyncio.sleep(0.005)


def test_a_word_over_a_real_server_brings_the_event_at_once(nats_server: str):
    async def scene() -> Got:
        shelf, got = Shelf(), Got()
        one, two = await connect(nats_server), await connect(nats_server)
        hearing = listener(shelf, got)
        await hearing.subscribe(two)
        await two.flush()
        following = asyncio.create_task(hearing.follow(nobody))
        for _ in range(3):
            await Herald(one).tell(shelf.add("alpha"))
        await Herald(one).tell(shelf.add("bravo"))
        await until(lambda: sum(map(len, got.values())) == 4)
        following.cancel()
        await one.close()
        await two.close()
        return got

    assert asyncio.run(scene()) == {"alpha": [1, 2, 3], "bravo": [1]}


def test_what_no_word_told_is_found_by_looking():
    async def scene() -> Got:
        shelf, got = Shelf(), Got()
        following = asyncio.create_task(listener(shelf, got, look_every_s=0.05).follow(everybody))
        await asyncio.sleep(0.02)
        shelf.add("alpha")
        await until(lambda: got.get("alpha") == [1])
        following.cancel()
        return got

    assert asyncio.run(scene()) == {"alpha": [1]}


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 30), limit=st.integers(1, 4))
def test_a_broker_that_loses_doubles_and_reorders_changes_no_feed(seed: int, count: int, limit: int):
    """Property 6 of the reference page on exchange: every event once, in order, whatever the broker does."""

    async def scene() -> tuple[Got, Shelf]:
        chance = random.Random(seed)
        shelf, got = Shelf(), Got()
        hearing = listener(shelf, got, look_every_s=0.01, limit=limit)
        following = asyncio.create_task(hearing.follow(everybody))
        words = []
        for _ in range(count):
            name = chance.choice(NAMES)
            news = shelf.add(name)
            words.append(
                SimpleNamespace(subject=f"{SUBJECT}.{name}", data=str(news[name][-1].counter).encode())
            )
        words = [word for word in words for _ in range(chance.choice((0, 1, 2)))]
        chance.shuffle(words)
        for word in words:
            await hearing.hear(word)
        await until(lambda: sum(map(len, got.values())) == count)
        await asyncio.sleep(0.03)
        following.cancel()
        return got, shelf

    got, shelf = asyncio.run(scene())
    for name in NAMES:
        assert got.get(name, []) == [each.counter for each in shelf.events[name]]


@pytest.mark.parametrize("data", [b"", b"-1", b"1e9", b"9" * 40, b"\xff", b"0"])
def test_what_is_no_word_is_let_go(data: bytes):
    async def scene() -> int:
        shelf, got = Shelf(), Got()
        hearing = listener(shelf, got)
        await hearing.hear(SimpleNamespace(subject=f"{SUBJECT}.alpha", data=data))
        following = asyncio.create_task(hearing.follow(nobody))
        await asyncio.sleep(0.02)
        following.cancel()
        return shelf.reads

    assert asyncio.run(scene()) == 0


def test_a_word_about_a_stranger_is_let_go():
    async def scene() -> int:
        shelf, got = Shelf(), Got()
        hearing = listener(shelf, got)
        for number in range(100):
            await hearing.hear(SimpleNamespace(subject=f"{SUBJECT}.stranger{number}", data=b"1"))
        following = asyncio.create_task(hearing.follow(nobody))
        await asyncio.sleep(0.02)
        following.cancel()
        return shelf.reads

    assert asyncio.run(scene()) == 0


def test_what_was_heard_while_the_store_was_away_is_read_when_it_is_back():
    async def scene() -> tuple[Got, int]:
        shelf, got = Shelf(), Got()
        faults = 0

        async def failing(name: str, after: int, limit: int) -> Sequence[FeedEvent]:
            if faults < 2:
                raise ConnectionError
            return await shelf.read(name, after, limit)

        hearing = Listener(
            failing, got.publish, counters={}, is_recipient=lambda _name: True, look_every_s=60.0
        )
        for number in (1, 2):
            shelf.add("alpha")
            await hearing.hear(SimpleNamespace(subject=f"{SUBJECT}.alpha", data=b"%d" % number))
        async with asyncio.timeout(60):
            while not got:
                following = asyncio.create_task(hearing.follow(nobody))
                await asyncio.wait({following}, timeout=0.05)
                if following.done() and following.exception() is not None:
                    faults += 1
                following.cancel()
        return got, faults

    assert asyncio.run(scene()) == ({"alpha": [1, 2]}, 2)


def test_without_a_server_it_is_said_what_to_do():
    with pytest.raises(
        InputError, match=r"no NATS server answers: .*Start it, or leave `nats` out of server.yaml"
    ):
        asyncio.run(connect("nats://127.0.0.1:1"))
