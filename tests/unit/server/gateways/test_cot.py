"""The gateway for TAK: with a pytak client and a taky server over TLS, and with peers that mean harm."""

import asyncio
import resource
import socket
import ssl
import subprocess
import time
import warnings
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from synaspis.agreement import Category, Label
from synaspis.core.clock import SystemClock
from synaspis.gateways import read_cot, told_of
from synaspis.gateways.carriage.table import example_event
from synaspis.server.gateways import CotGateway, GatewayLimits, NoteDesk

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it warns of parts that are not installed
    import pytak

STANDING = Label("EXERCISE", "RESTRICTED", (Category("Releasable to", "PERMISSIVE", ("alpha", "bravo")),))
TAKY = Path(__file__).parents[4] / "out" / "taky" / "bin" / "taky"
FAST = GatewayLimits(handshake_s=0.5, event_s=0.5, stalled_s=1.0, buffer_bytes=4_096, refused=5)


def chat(words: str, uid: str = "GeoChat.A.1", kind: str = "b-t-f", more: str = "") -> bytes:
    now = datetime.now(UTC).strftime(pytak.W3C_XML_DATETIME)
    return (
        f'<event version="2.0" uid="{uid}" type="{kind}" how="h-g-i-g-o" time="{now}" start="{now}" '
        f'stale="2099-01-01T00:00:00Z" {more}><point lat="0.0" lon="0.0" hae="9999999.0" ce="9999999.0" '
        f'le="9999999.0"/><detail><__chat parent="RootContactGroup" groupOwner="false" '
        f'chatroom="All Chat Rooms" id="All Chat Rooms" senderCallsign="ALPHA 1"><chatgrp uid0="A" '
        f'uid1="All Chat Rooms" id="All Chat Rooms"/></__chat><link uid="A" type="a-f-G" relation="p-p"/>'
        f'<remarks source="BAO.F.ATAK.A" to="All Chat Rooms" time="{now}">{words}</remarks></detail></event>'
    ).encode()


class Scene:
    """A gateway that serves, and its parts."""

    def __init__(self, client, account, certificates, limits):
        self.clock, self.account, self.client = SystemClock(), account, client
        notes = NoteDesk(
            client,
            standing=STANDING,
            exercise="WINTER",
            clock=self.clock,
            account=account,
            limits=limits,
            sleep=lambda _: asyncio.sleep(0.01),
        )
        self.gateway = CotGateway(
            clock=self.clock, account=account, exercise="WINTER", notes=notes, limits=limits
        )
        self.desk, self.certificates, self.port = notes, certificates, 0

    async def plain(self):
        return await asyncio.open_connection("127.0.0.1", self.plain_port)

    async def until(self, ready, seconds=60.0):
        end = time.monotonic() + seconds
        while not ready():
            assert time.monotonic() < end, self.account.counts
            await asyncio.sleep(0.01)


@asynccontextmanager
async def serving(client, account, certificates, limits=None):
    scene = Scene(client, account, certificates, limits or GatewayLimits())
    over_tls = await scene.gateway.serve("127.0.0.1", 0, certificates.server())
    in_clear = await scene.gateway.serve("127.0.0.1", 0, None)
    scene.port, scene.plain_port = over_tls.port, in_clear.port
    sender = asyncio.create_task(scene.desk.run())
    try:
        yield scene
    finally:
        sender.cancel()
        over_tls.close()
        in_clear.close()


async def tak_client(certificates, name, port):
    """Streams of a pytak client over TLS with a certificate."""
    certificate, key = certificates.kit(name)
    config = {
        "COT_URL": f"tls://localhost:{port}",
        "TAK_PROTO": "0",
        "PYTAK_TLS_CLIENT_CERT": str(certificate),
        "PYTAK_TLS_CLIENT_KEY": str(key),
        "PYTAK_TLS_CLIENT_CAFILE": str(certificates.authority),
        "PYTAK_TLS_DONT_CHECK_HOSTNAME": "1",
    }
    reader, writer = await pytak.protocol_factory(config)
    return config, reader, writer


async def taken(config, reader, wanted=lambda root: True, seconds=60.0):
    """The first event that a pytak client takes which is wanted."""
    queue = asyncio.Queue()
    worker = pytak.RXWorker(queue, config, reader)
    end = time.monotonic() + seconds
    while True:
        await asyncio.wait_for(worker.run_once(), end - time.monotonic())
        while not queue.empty():
            raw = queue.get_nowait()
            root = ElementTree.fromstring(raw)
            if wanted(root):
                return raw, root


def is_track(root):
    return root.get("type") == "a-u-A-W-M"


def test_a_pytak_client_gets_tracks_and_its_chat_becomes_a_message(
    client, account, certificates, make_picture
):
    async def play():
        async with serving(client, account, certificates) as scene:
            config, reader, writer = await tak_client(certificates, "alpha", scene.port)
            scene.gateway.take(make_picture(3))
            raw, root = await taken(config, reader, is_track)
            queue = asyncio.Queue()
            sender = pytak.TXWorker(queue, config, writer)
            await sender.send_data(pytak.hello_event())
            await sender.send_data(chat("Radio check.", uid="A.1"))
            await scene.until(lambda: client.sent)
            writer.close()
            return raw, root

    raw, root = asyncio.run(play())
    assert root.attrib["caveat"] == "EXERCISE"
    assert (root.get("access"), root.get("releasableTo")) == ("RESTRICTED", "alpha bravo")
    read = read_cot(raw)
    assert (read.label, read.exercise, read.uid) == (STANDING, "WINTER", "synaspis.alpha.3")
    kind, body, label, exercise = client.sent[0]
    assert (kind, label, exercise) == ("text", STANDING, "WINTER")
    assert body == {"subject": "Chat by ALPHA 1", "text": "Radio check."}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def taky(certificates, tmp_path):
    """A real taky server over TLS that asks for certificates; skipped where it is not installed."""
    if not TAKY.exists():
        pytest.skip("no taky (python benchmarks/exchange/environment.py installs it, as make test does)")
    port, keys = free_port(), certificates.data.key("server.pem").parent
    (tmp_path / "taky.conf").write_text(
        f"[taky]\nhostname=localhost\nbind_ip=127.0.0.1\n[cot_server]\nport={port}\n"
        f"[ssl]\nenabled=true\nclient_cert_required=true\ncert={keys}/server.pem\nkey={keys}/server.key\n"
        f"ca={certificates.authority}\n"
    )
    command = [str(TAKY), "-c", str(tmp_path / "taky.conf"), "-l", "error"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd=tmp_path) as process:
        try:
            for _ in range(200):
                with suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.1):
                    break
                time.sleep(0.05)
            yield port
        finally:
            process.terminate()


async def repeated(act, config, reader, wanted):
    """What arrives of something that is done until it does: no server says when it knows its clients."""

    async def again():
        while True:
            act()
            await asyncio.sleep(0.5)

    doing = asyncio.create_task(again())
    try:
        raw, _ = await taken(config, reader, wanted)
        return raw
    finally:
        doing.cancel()


IDENTITY = (
    '<event version="2.0" uid="ANDROID-1" type="a-f-G-U-C" how="h-e" time="{0}" start="{0}" '
    'stale="2099-01-01T00:00:00Z"><point lat="1.0" lon="1.0" hae="0.0" ce="1.0" le="1.0"/><detail>'
    '<takv device="x" platform="y" os="z" version="1"/><contact callsign="BRAVO 1" endpoint="*:-1:stcp"/>'
    '<__group name="Cyan" role="Team Member"/></detail></event>'
)


def test_through_a_taky_server_tracks_keep_their_label_and_notes_come_back(
    client, account, certificates, make_picture, taky
):
    """Taky writes events anew without `access`, `caveat`, `releasableTo`: our child of `detail` survives."""

    async def play():
        async with serving(client, account, certificates) as scene:
            config, reader, writer = await tak_client(certificates, "bravo", taky)
            writer.write(IDENTITY.format(datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")).encode())
            await writer.drain()
            tls = certificates.client("alpha")
            link = asyncio.create_task(scene.gateway.connect("localhost", taky, tls))
            await scene.until(lambda: account.counts["connected"])
            raw = await repeated(lambda: scene.gateway.take(make_picture(3)), config, reader, is_track)
            for kind in ("warning", "engagement-claim"):
                event = example_event(kind)
                event["message"]["exercise"], event["reference"] = "WINTER", f"{len(drawings):032x}"
                told = told_of(event, recipient="alpha")

                def is_drawn(root, told=told):
                    return root.get("type") == "u-d-c-c" and told.name in root.get("uid")

                drawn = await repeated(
                    lambda told=told: scene.gateway.take_message(told), config, reader, is_drawn
                )
                drawings.append(read_cot(drawn))
            writer.write(chat("Seen from the coast."))
            await writer.drain()
            await scene.until(lambda: client.sent)
            link.cancel()
            writer.close()
            return raw

    drawings = []
    read = read_cot(asyncio.run(play()))
    for drawing in drawings:
        assert (drawing.type, drawing.exercise) == ("u-d-c-c", "WINTER")
        assert drawing.label == told_of(example_event("warning"), recipient="alpha").label
    assert (read.label, read.exercise, read.uid) == (STANDING, "WINTER", "synaspis.alpha.3")
    assert (read.access, read.caveat, read.releasable_to) == ("", "", ())
    kind, body, label, exercise = client.sent[0]
    assert (kind, body["text"], label, exercise) == ("text", "Seen from the coast.", STANDING, "WINTER")


def test_a_lost_server_is_connected_to_again(client, account, certificates, make_picture):
    async def play():
        came = asyncio.Queue()

        async def met(reader, writer):
            await came.put(await reader.readuntil(b"</event>"))
            writer.close()

        server = await asyncio.start_server(met, "127.0.0.1", 0, ssl=certificates.server())
        port = server.sockets[0].getsockname()[1]
        async with serving(client, account, certificates) as scene:
            scene.gateway.take(make_picture(3))
            link = asyncio.create_task(
                scene.gateway.connect(
                    "127.0.0.1", port, certificates.client("alpha"), server_name="localhost"
                )
            )
            first, second = [await asyncio.wait_for(came.get(), 30) for _ in range(2)]
            link.cancel()
            server.close()
            return first, second

    first, second = asyncio.run(play())
    assert read_cot(first).uid == read_cot(second).uid == "synaspis.alpha.3"


def test_a_client_without_a_certificate_is_cut_off(client, account, certificates):
    async def play():
        async with serving(client, account, certificates) as scene:
            context = ssl.create_default_context(cafile=str(certificates.authority))
            try:
                reader, _ = await asyncio.open_connection("localhost", scene.port, ssl=context)
                return await reader.read(1)
            except OSError:
                return b""

    assert asyncio.run(play()) == b""
    assert account.counts["connected"] == 0


@asynccontextmanager
async def unharmed(scene, make_picture, seconds=30.0):
    """Another client goes on getting tracks, in time, whatever happens inside."""
    reader, writer = await scene.plain()
    yield
    number = scene.gateway._newest.version + 1_000
    begin = time.monotonic()
    scene.gateway.take(make_picture(number))
    while f"synaspis.alpha.{number}".encode() not in await asyncio.wait_for(
        reader.readuntil(b"</event>"), seconds
    ):
        pass
    assert time.monotonic() - begin < seconds
    writer.close()


HOSTILE = {
    "no XML": b"GET / HTTP/1.1\r\nhost: x\r\n\r\n" * 3_000,
    "huge": b"<event>" + b"x" * 2_000_000,
    "an event of 10 MB": b"<event><detail>" + b"<a/>" * 2_500_000 + b"</detail></event>",
    "entities": b'<!DOCTYPE x [<!ENTITY a "aa">]><event>&a;</event>' * 50,
    "deep": (b"<event>" + b"<a>" * 10_000 + b"</event>") * 50,
    "zeros": bytes(1_000_000),
    "many bad": b"<event></event>" * 1_000,
}


@pytest.mark.parametrize("what", HOSTILE)
def test_who_sends_what_is_no_event_is_cut_off_and_harms_nobody(
    what, client, account, certificates, make_picture
):
    async def play():
        async with serving(client, account, certificates, FAST) as scene, unharmed(scene, make_picture):
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            reader, writer = await scene.plain()
            with suppress(OSError):
                writer.write(HOSTILE[what])
                await writer.drain()
            with suppress(OSError):
                while await asyncio.wait_for(reader.read(65_536), 30):
                    pass
            writer.transport.abort()
            await scene.until(lambda: account.counts["gone"])
            # Our own buffer of what is sent is in it too.
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before

    assert asyncio.run(play()) < 40_000  # KiB
    assert client.sent == []


def test_an_event_that_drips_is_cut_off(client, account, certificates, make_picture):
    async def play():
        async with serving(client, account, certificates, FAST) as scene, unharmed(scene, make_picture):
            _, writer = await scene.plain()
            begin = time.monotonic()
            with suppress(OSError):
                for sign in chat("Drop by drop."):
                    writer.write(bytes([sign]))
                    await writer.drain()
                    await asyncio.sleep(0.05)
                    if account.counts["gone"]:
                        break
            writer.transport.abort()
            return time.monotonic() - begin

    # `event_s` is 0.5; all of it would have taken 40 s.
    assert 0.5 <= asyncio.run(play()) < 30.0


def test_who_only_reads_slowly_gets_the_newest_and_who_reads_nothing_is_cut_off(
    client, account, certificates, make_picture
):
    async def play():
        async with serving(client, account, certificates, FAST) as scene, unharmed(scene, make_picture):
            stuck = socket.socket()
            stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            stuck.connect(("127.0.0.1", scene.plain_port))
            begin = time.monotonic()
            while not account.counts["gone"]:
                assert time.monotonic() - begin < 40
                scene.gateway.take(make_picture(*range(1, 200)))
                await asyncio.sleep(0.01)
            held = len(scene.gateway._newest)
            stuck.close()
            return held

    assert asyncio.run(play()) == 199  # states in between are not kept for anybody


def test_states_out_of_order_never_replace_newer_ones(client, account, certificates, make_picture):
    now_us = SystemClock().now_us()

    async def play():
        async with serving(client, account, certificates) as scene:
            scene.gateway.take(make_picture(3, now_us=now_us))
            scene.gateway.take(make_picture(3, now_us=now_us - 5_000_000))
            reader, writer = await scene.plain()
            event = await asyncio.wait_for(reader.readuntil(b"</event>"), 30)
            writer.close()
            return event

    assert abs(read_cot(asyncio.run(play())).time_us - now_us) <= 500


def test_notes_out_of_order_twice_and_too_many_are_taken_once_and_within_limits(
    client, account, certificates, make_picture
):
    async def play():
        limits = GatewayLimits(notes_per_s=0.001)
        async with (
            serving(client, account, certificates, limits) as scene,
            unharmed(scene, make_picture),
        ):
            _, writer = await scene.plain()
            same = chat("Same.", uid="same")
            writer.write(same + same + same)
            writer.write(b"".join(chat(f"Flood {n}.", uid=f"flood-{n}") for n in range(200)))
            await writer.drain()
            await scene.until(lambda: account.counts["gone"])

    asyncio.run(play())
    words = [body["text"] for _, body, _, _ in client.sent]
    assert words.count("Same.") == 1
    assert len(words) <= 19  # `notes_burst` is 20, of which three were the same one
    assert account.counts["notes seen before"] == 2


def test_the_lines_that_a_flood_causes_are_bounded(client, account, certificates, said):
    async def play():
        async with serving(client, account, certificates) as scene:
            for _ in range(30):
                _, writer = await scene.plain()
                writer.write(b"<event></event>" * 30)
                await writer.drain()
            await scene.until(lambda: account.counts["gone"] == 30)

    asyncio.run(play())
    assert account.counts["refused"] == 30 * 21
    assert len(said) <= 121  # 60 a minute, and a minute may have ended


def test_positions_of_clients_are_neither_taken_in_nor_handed_on(client, account, certificates):
    async def play():
        async with serving(client, account, certificates) as scene:
            reader, other = await scene.plain()
            _, writer = await scene.plain()
            writer.write(chat("x", kind="a-f-G-U-C"))
            await scene.until(lambda: account.counts["events that are no notes"])
            _, waiting = await asyncio.wait([asyncio.create_task(reader.read(1))], timeout=0.2)
            assert waiting
            writer.close()
            other.close()

    asyncio.run(play())
    assert client.sent == []


def test_a_ping_is_answered(client, account, certificates):
    async def play():
        async with serving(client, account, certificates) as scene:
            reader, writer = await scene.plain()
            writer.write(pytak.functions.tak_pong())  # one tag without a point
            writer.write(chat("", kind="t-x-c-t"))
            event = await asyncio.wait_for(reader.readuntil(b"</event>"), 30)
            writer.close()
            return event

    answer = read_cot(asyncio.run(play()))
    assert (answer.type, answer.caveat) == ("t-x-c-t-r", "EXERCISE")


def test_more_connections_than_allowed_are_turned_away(client, account, certificates):
    async def play():
        limits = GatewayLimits(connections=3)
        async with serving(client, account, certificates, limits) as scene:
            kept = [await scene.plain() for _ in range(3)]
            await scene.until(lambda: account.counts["connected"] == 3)
            reader, _ = await scene.plain()
            with suppress(ConnectionResetError):
                assert await asyncio.wait_for(reader.read(1), 30) == b""
            for _, writer in kept:
                writer.close()

    asyncio.run(play())
    assert account.counts["turned away"] == 1


def test_half_open_handshakes_are_cut_off(client, account, certificates, make_picture):
    async def play():
        async with serving(client, account, certificates, FAST) as scene, unharmed(scene, make_picture):
            knocking = [await asyncio.open_connection("127.0.0.1", scene.port) for _ in range(100)]
            config, reader, writer = await asyncio.wait_for(tak_client(certificates, "alpha", scene.port), 60)
            scene.gateway.take(make_picture(7))
            await taken(config, reader, is_track)
            writer.close()
            for _, each in knocking:
                each.transport.abort()

    begin = time.monotonic()
    asyncio.run(play())
    assert time.monotonic() - begin < 90
