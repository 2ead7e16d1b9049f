"""The gateway for globes over real sockets: what it serves, and clients that mean harm."""

import asyncio
import json
import resource
import ssl
import time
from contextlib import asynccontextmanager, suppress

import httpx
import pytest
from czml3 import Document
from fastkml import KML, Placemark
from fastkml.utils import find_all

from synaspis.gateways import told_of
from synaspis.gateways.carriage.table import example_event
from synaspis.server.gateways import GatewayLimits, GlobeGateway

WORD = "secret-word"
FAST = GatewayLimits(handshake_s=0.5, event_s=0.5, stalled_s=1.0, buffer_bytes=4_096, connections=16)


def told(kind, **more):
    event = {**example_event(kind), **more}
    event["message"]["exercise"] = "WINTER"
    return told_of(event, recipient="alpha")


class Scene:
    def __init__(self, account, limits):
        self.account = account
        self.gateway = GlobeGateway(
            word=WORD, title="Tracks of alpha", account=account, exercise="WINTER", limits=limits
        )

    async def open(self):
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def until(self, ready, seconds=30.0):
        end = time.monotonic() + seconds
        while not ready():
            assert time.monotonic() < end, self.account.counts
            await asyncio.sleep(0.01)

    async def get(self, name, word=WORD, method="GET"):
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            return await client.request(method, f"http://127.0.0.1:{self.port}/{word}/{name}")


@asynccontextmanager
async def serving(account, limits=None):
    scene = Scene(account, limits)
    listening = await scene.gateway.serve("127.0.0.1", 0, None)
    scene.port = listening.port
    try:
        yield scene
    finally:
        listening.close()


def test_tracks_and_messages_are_served_and_read_by_programs_that_are_not_ours(account, make_picture):
    async def play():
        async with serving(account) as scene:
            scene.gateway.take(make_picture(3))
            scene.gateway.take_message(told("warning"))
            return [await scene.get(name) for name in ("live.kml", "tracks.kml", "tracks.czml")]

    link, kml, czml = asyncio.run(play())
    assert f"/{WORD}/tracks.kml" in link.text
    names = [each.name for each in find_all(KML.from_string(kml.content), of_type=Placemark)]
    assert names == ["EXERCISE WINTER: T3", "EXERCISE WINTER: warning by southland: expected impact"]
    packets = Document(packets=json.loads(czml.text)).packets
    assert [each.id for each in packets] == ["document", "synaspis.alpha.3", f"synaspis.alpha.{'ab' * 16}"]


async def packets_of(scene, count, act):
    """The first packets of a stream, with what is done while it is read."""
    found = []
    async with (
        httpx.AsyncClient(trust_env=False, timeout=30) as client,
        client.stream("GET", f"http://127.0.0.1:{scene.port}/{WORD}/stream.czml") as answer,
    ):
        async for line in answer.aiter_lines():
            if line.startswith("data: "):
                found.append(json.loads(line.removeprefix("data: ")))
                act(len(found))
                if len(found) == count:
                    return found
    return found


def test_what_is_taken_back_is_deleted_from_a_globe(account):
    name = "ab" * 16

    async def play():
        async with serving(account) as scene:

            def act(number):
                if number == 1:
                    scene.gateway.take_message(told("warning"))
                if number == 2:
                    cancelled = told("cancellation", reference="cd" * 16, concerns=[name])
                    scene.gateway.take_message(cancelled)

            found = await packets_of(scene, 4, act)
            return found, (await scene.get("tracks.czml")).json()

    found, whole = asyncio.run(play())
    assert [each["id"] for each in found] == [
        "document",
        f"synaspis.alpha.{name}",
        f"synaspis.alpha.{name}",
        f"synaspis.alpha.{'cd' * 16}",
    ]
    assert found[2] == {"id": f"synaspis.alpha.{name}", "delete": True}
    assert [each["id"] for each in whole] == ["document", f"synaspis.alpha.{'cd' * 16}"]


def test_who_does_not_know_the_word_learns_nothing_and_nothing_comes_in(account):
    async def play():
        async with serving(account) as scene:
            answers = [await scene.get(name, word) for name in ("live.kml", "x") for word in ("wrong", "")]
            return [*answers, await scene.get("nothing"), await scene.get("live.kml", method="POST")]

    *strangers, nothing, posted = asyncio.run(play())
    assert {(each.status_code, each.text) for each in strangers} == {(404, "There is nothing here.\n")}
    assert (nothing.status_code, posted.status_code) == (404, 405)
    assert account.counts["answers 404"] == 5


HOSTILE = {
    "no HTTP": b"\x16\x03\x01" + bytes(100_000),
    "huge header": b"GET / HTTP/1.1\r\nhost: " + b"x" * 1_000_000,
    "endless header lines": b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 200_000,
    "huge target": b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n",
    "body without end": b"POST /secret-word/live.kml HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999\r\n\r\n"
    + b"x" * 1_000_000,
    "two lengths": b"GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
    "many requests at once": b"GET /secret-word/tracks.kml HTTP/1.1\r\nhost: x\r\n\r\n" * 5_000,
    "head of lines": b"\r\n" * 500_000,
}


@asynccontextmanager
async def unharmed(scene, make_picture):
    """Another client goes on getting the newest track, whatever happens inside."""
    scene.gateway.take(make_picture(1))
    yield
    begin = time.monotonic()
    scene.gateway.take(make_picture(77))
    assert "synaspis.alpha.77" in (await scene.get("tracks.czml")).text
    assert time.monotonic() - begin < 10


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_request_is_cut_off_and_harms_nobody(what, account, make_picture):
    async def play():
        async with serving(account, FAST) as scene, unharmed(scene, make_picture):
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            reader, writer = await scene.open()
            with suppress(OSError):
                writer.write(HOSTILE[what])
                await asyncio.wait_for(writer.drain(), 30)
            with suppress(OSError):
                while await asyncio.wait_for(reader.read(65_536), 30):
                    pass
            writer.transport.abort()
            await scene.until(lambda: not scene.gateway._peers)
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before

    assert asyncio.run(play()) < 40_000  # KiB; what was sent is in it too


def test_a_request_that_drips_is_cut_off(account, make_picture):
    async def play():
        async with serving(account, FAST) as scene, unharmed(scene, make_picture):
            _, writer = await scene.open()
            with suppress(OSError):
                for sign in b"GET /secret-word/live.kml HTTP/1.1\r\nhost: localhost\r\n" * 100:
                    writer.write(bytes([sign]))
                    await writer.drain()
                    await asyncio.sleep(0.05)
                    if account.counts["cut off"]:
                        break
            writer.transport.abort()

    begin = time.monotonic()
    asyncio.run(play())
    assert account.counts["cut off"] == 1
    assert time.monotonic() - begin < 60  # the whole of it would have taken 260 s


def test_who_takes_nothing_of_a_stream_is_cut_off(account, make_picture):
    async def play():
        async with serving(account, FAST) as scene, unharmed(scene, make_picture):
            reader, writer = await asyncio.open_connection("127.0.0.1", scene.port, limit=1_024)
            reader._transport.pause_reading()
            writer.write(b"GET /secret-word/stream.czml HTTP/1.1\r\nhost: x\r\n\r\n")
            end = time.monotonic() + 60
            while not account.counts["cut off"]:
                assert time.monotonic() < end, account.counts
                scene.gateway.take(make_picture(*range(1, 100)))
                await asyncio.sleep(0.01)
            writer.transport.abort()

    asyncio.run(play())
    assert account.counts["cut off"] == 1


def test_more_connections_than_allowed_are_turned_away_and_leave_room_again(account, make_picture):
    limits = GatewayLimits(connections=4, event_s=60)

    async def play():
        async with serving(account, limits) as scene:
            scene.gateway.take(make_picture(3))
            idle = [await scene.open() for _ in range(4)]
            await scene.until(lambda: scene.gateway._peers.total() == 4)
            reader, _ = await scene.open()
            with suppress(ConnectionResetError):
                assert await asyncio.wait_for(reader.read(1), 30) == b""
            for _, writer in idle:
                writer.transport.abort()
            await scene.until(lambda: not scene.gateway._peers)
            return await scene.get("tracks.czml")

    assert asyncio.run(play()).status_code == 200
    assert account.counts["turned away"] == 1


def test_over_tls_half_open_handshakes_and_plain_text_harm_nobody(account, certificates, make_picture):
    context = ssl.create_default_context(cafile=str(certificates.authority))
    context.load_cert_chain(*certificates.kit("alpha"))

    async def play():
        scene = Scene(account, FAST)
        listening = await scene.gateway.serve("127.0.0.1", 0, certificates.server())
        try:
            scene.gateway.take(make_picture(3))
            knocking = [await asyncio.open_connection("127.0.0.1", listening.port) for _ in range(40)]
            for _, writer in knocking[:20]:
                writer.write(b"GET / HTTP/1.1\r\n\r\n")
            address = f"https://localhost:{listening.port}/{WORD}/tracks.kml"
            async with httpx.AsyncClient(trust_env=False, timeout=60, verify=context) as client:
                answer = await client.get(address)
            for _, writer in knocking:
                writer.transport.abort()
            return answer
        finally:
            listening.close()

    assert asyncio.run(play()).status_code == 200
