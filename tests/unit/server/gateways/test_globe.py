"""KML and CZML over HTTP as fastkml and czml3 read them, and readers that mean harm."""

import asyncio
import json
import socket
import time
from contextlib import asynccontextmanager, suppress

import httpx
import pytest
from czml3 import Document
from fastkml import KML
from fastkml import Placemark as KmlPlacemark
from fastkml.utils import find_all
from fastkml.validator import validate

from synaspis.core.clock import SystemClock
from synaspis.server.gateways import GatewayLimits, GlobeGateway

WORD = "not-to-be-guessed"
FAST = GatewayLimits(handshake_s=0.5, event_s=0.5, stalled_s=1.0, buffer_bytes=4_096)


@asynccontextmanager
async def serving(account, limits=None, tls=None):
    made = GlobeGateway(word=WORD, title="Tracks of alpha", account=account, exercise="WINTER", limits=limits)
    listening = await made.serve("127.0.0.1", 0, tls)
    made.port = listening.port
    try:
        yield made
    finally:
        listening.close()


async def got(port, name, word=WORD, method="GET", **more):
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        return await client.request(method, f"http://127.0.0.1:{port}/{word}/{name}", **more)


def served(account, name, *pictures, **more):
    async def play():
        async with serving(account) as made:
            for picture in pictures:
                made.take(picture)
            return await got(made.port, name, **more)

    return asyncio.run(play())


@pytest.fixture
def moving(make_picture):
    now_us = SystemClock().now_us()
    return [make_picture(3, 4, now_us=now_us + second * 1_000_000) for second in range(3)]


def test_a_globe_fetches_the_link_and_then_the_tracks(account, moving):
    answer = served(account, "live.kml", *moving)
    assert answer.headers["content-type"] == "application/vnd.google-earth.kml+xml"
    assert f"/{WORD}/tracks.kml" in answer.text
    assert "<refreshInterval>2</refreshInterval>" in answer.text
    assert "<name>EXERCISE WINTER: Tracks of alpha</name>" in answer.text
    assert validate(element=KML.from_string(answer.content).etree_element())


def test_kml_of_tracks_is_valid_and_marked_in_each_placemark(account, moving):
    answer = served(account, "tracks.kml", *moving)
    document = KML.from_string(answer.content)
    assert validate(element=document.etree_element())
    marks = list(find_all(document, of_type=KmlPlacemark))
    assert len(marks) == 4  # two tracks, each a point and a path
    for mark in marks:
        assert mark.name.startswith("EXERCISE WINTER: T")
        assert mark.description == ("EXERCISE WINTER // EXERCISE RESTRICTED / Releasable to: alpha bravo")
        data = {each.name: each.value for each in mark.extended_data.elements}
        label = json.loads(data["labels"])[0]["ConfidentialityInformation"]
        assert label["Category"][0]["GenericValues"] == ["alpha", "bravo"]


def test_czml_of_tracks_is_read_by_another_program(account, moving):
    answer = served(account, "tracks.czml", *moving)
    packets = answer.json()
    Document.model_validate({"packets": packets})
    assert [packet["id"] for packet in packets] == ["document", "synaspis.alpha.3", "synaspis.alpha.4"]
    assert packets[0]["name"] == "EXERCISE WINTER: Tracks of alpha"
    samples = packets[1]["position"]["cartesian"]
    assert samples == [second_or_place for n in range(3) for second_or_place in (float(n), 4e6, 3e6, 5e6)]
    assert packets[1]["description"].startswith("EXERCISE WINTER // EXERCISE RESTRICTED")


def test_a_track_that_ended_is_gone(account, make_picture):
    now_us = SystemClock().now_us()
    pictures = [
        make_picture(3, 4, now_us=now_us),
        make_picture(3, now_us=now_us + 1_000_000, status="ended"),
    ]
    assert [each["id"] for each in served(account, "tracks.czml", *pictures).json()[1:]] == [
        "synaspis.alpha.4"
    ]


def test_a_stream_brings_each_state_and_deletes_what_ended(account, make_picture):
    now_us = SystemClock().now_us()

    async def play():
        async with serving(account) as made, httpx.AsyncClient(trust_env=False, timeout=10) as client:
            made.take(make_picture(3, now_us=now_us))
            found = []
            async with client.stream("GET", f"http://127.0.0.1:{made.port}/{WORD}/stream.czml") as answer:
                async for line in answer.aiter_lines():
                    if line.startswith("data: "):
                        found.append(json.loads(line[6:]))
                        if len(found) == 2:
                            made.take(make_picture(3, now_us=now_us + 1_000_000))
                        if len(found) == 3:
                            made.take(make_picture(3, now_us=now_us + 2_000_000, status="ended"))
                        if len(found) == 4:
                            return found
            return None

    head, first, second, gone = asyncio.run(play())
    assert head["name"] == "EXERCISE WINTER: Tracks of alpha"
    assert first["description"] == second["description"]
    assert second["position"]["epoch"] > first["position"]["epoch"]
    assert gone == {"id": "synaspis.alpha.3", "delete": True}


def test_states_out_of_order_change_nothing(account, make_picture):
    now_us = SystemClock().now_us()
    pictures = [make_picture(3, now_us=now_us), make_picture(3, now_us=now_us - 5_000_000)]
    packet = served(account, "tracks.czml", *pictures).json()[1]
    assert len(packet["position"]["cartesian"]) == 4


def test_over_tls_the_link_names_https(account, certificates, moving):
    async def play():
        context = certificates.server()
        async with serving(account, tls=context) as made:
            made.take(moving[0])
            verify = certificates.client("alpha")
            async with httpx.AsyncClient(verify=verify, trust_env=False) as client:
                return await client.get(f"https://localhost:{made.port}/{WORD}/live.kml")

    assert "<href>https://localhost:" in asyncio.run(play()).text


@pytest.mark.parametrize(
    ("word", "name", "method", "status"),
    [
        ("wrong", "tracks.kml", "GET", 404),
        (WORD, "../../etc/passwd", "GET", 404),
        (WORD, "nothing", "GET", 404),
        (WORD, "tracks.kml", "POST", 405),
        ("\u00e9", "tracks.kml", "GET", 404),
    ],
)
def test_other_addresses_tell_nothing(account, moving, word, name, method, status):
    answer = served(account, name, *moving, word=word, method=method)
    assert answer.status_code == status
    assert "alpha" not in answer.text


RAW = {
    "no HTTP": b"\x00\xff" * 1_000,
    "a header without an end": b"GET / HTTP/1.1\r\nx: " + b"a" * 1_000_000,
    "many headers": b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 100_000,
    "two lengths": b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
}


@asynccontextmanager
async def unharmed(made):
    yield
    begin = time.monotonic()
    assert (await got(made.port, "tracks.czml")).status_code == 200
    assert time.monotonic() - begin < 5.0


@pytest.mark.parametrize("what", RAW)
def test_what_is_no_request_is_cut_off(what, account, moving):
    async def play():
        async with serving(account, FAST) as made, unharmed(made):
            made.take(moving[0])
            reader, writer = await asyncio.open_connection("127.0.0.1", made.port)
            with suppress(OSError):
                writer.write(RAW[what])
                await writer.drain()
                while await asyncio.wait_for(reader.read(65_536), 5):
                    pass
            writer.transport.abort()

    asyncio.run(play())
    assert account.counts["cut off"] == 1


def test_a_request_that_drips_and_a_stream_that_is_not_read_are_cut_off(account, make_picture):
    async def play():
        async with serving(account, FAST) as made, unharmed(made):
            _, drip = await asyncio.open_connection("127.0.0.1", made.port)
            stuck = socket.socket()
            stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            stuck.connect(("127.0.0.1", made.port))
            stuck.sendall(f"GET /{WORD}/stream.czml HTTP/1.1\r\nhost: x\r\n\r\n".encode())
            begin = time.monotonic()
            while account.counts["cut off"] < 2:
                assert time.monotonic() - begin < 40
                with suppress(OSError):
                    drip.write(b"G")
                made.take(make_picture(*range(1, 100)))
                await asyncio.sleep(0.02)
            drip.transport.abort()
            stuck.close()

    asyncio.run(play())


def test_more_connections_than_allowed_are_turned_away(account, moving):
    async def play():
        async with serving(account, GatewayLimits(connections=3)) as made:
            kept = [await asyncio.open_connection("127.0.0.1", made.port) for _ in range(3)]
            await asyncio.sleep(0.1)
            reader, _ = await asyncio.open_connection("127.0.0.1", made.port)
            with suppress(ConnectionResetError):
                assert await asyncio.wait_for(reader.read(1), 5) == b""
            for _, writer in kept:
                writer.close()

    asyncio.run(play())
    assert account.counts["turned away"] == 1
