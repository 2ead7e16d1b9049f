"""Words to a real broker that asks for TLS and a token."""

import asyncio
import io
import json

import pytest

from synaspis.core.clock import SystemClock
from synaspis.exchange.fanout import SUBJECT, connect
from synaspis.exchange.store.storage import FeedEvent
from synaspis.server.journal import Journal
from synaspis.server.word import Announcer, Broker


def news(counter: int) -> dict[str, list[FeedEvent]]:
    return {"alpha": [FeedEvent(counter, "message", bytes(32), b"{}")]}


@pytest.fixture
def guarded(founded, start_nats, monkeypatch) -> str:
    """Address of a broker with a certificate of the test's own authority, and the token hunter2."""
    files = ("--tlscert", founded.key("server.pem"), "--tlskey", founded.key("server.key"))
    url, _process = start_nats(0, "--tls", *files, "--auth", "hunter2")
    monkeypatch.setenv("SSL_CERT_FILE", str(founded.key("ca.pem")))
    return url.replace("nats://127.0.0.1", "tls://localhost")


def test_words_of_before_the_connection_are_told_after_it_over_tls_with_a_token(guarded):
    async def scene() -> list[bytes]:
        heard: asyncio.Queue[bytes] = asyncio.Queue()

        async def hear(word) -> None:
            await heard.put(word.data)

        other = await connect(guarded, "hunter2")
        await other.subscribe(f"{SUBJECT}.*", cb=hear)
        await other.flush()
        announcer = Announcer(Broker(guarded, "hunter2", Journal(SystemClock(), io.StringIO())))
        announcer.put(news(1))
        announcer.put(news(7))
        telling = asyncio.create_task(announcer.run())
        found = [await asyncio.wait_for(heard.get(), 60)]
        announcer.put(news(8))
        found.append(await asyncio.wait_for(heard.get(), 60))
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
        await other.close()
        return found

    assert asyncio.run(scene()) == [b"7", b"8"]


def test_a_wrong_token_is_a_broker_that_is_away_and_is_written_without_the_token(guarded):
    stream = io.StringIO()

    async def scene() -> None:
        announcer = Announcer(Broker(guarded, "hunter3", Journal(SystemClock(), stream)))
        telling = asyncio.create_task(announcer.run())
        async with asyncio.timeout(60):
            while not stream.getvalue():
                announcer.put(news(1))
                await asyncio.sleep(0.05)
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)

    asyncio.run(scene())
    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["broker-away"]
    assert "hunter" not in stream.getvalue()
