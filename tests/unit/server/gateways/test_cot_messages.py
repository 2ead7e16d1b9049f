"""Messages through the gateway for TAK: to clients, through servers, taken back, and never in circles."""

import asyncio
import ssl
import subprocess
from contextlib import suppress

import pytest

from synaspis.core.clock import SystemClock
from synaspis.gateways import cot_of_told, read_cot, told_of
from synaspis.gateways.carriage.table import example_event
from synaspis.gateways.notes import is_note
from synaspis.messages import BODIES
from synaspis.server.gateways import Account, CotGateway, GatewayLimits, client_context

FAST = GatewayLimits(handshake_s=1.0, event_s=0.5, stalled_s=1.0, refused=5)
NAME = "ab" * 16


def told(kind, **more):
    event = {**example_event(kind), **more}
    event["message"]["exercise"] = "WINTER"
    return told_of(event, recipient="alpha")


def gateway_of(account, limits=None):
    return CotGateway(clock=SystemClock(), account=account, exercise="WINTER", limits=limits)


async def events_of(reader, count):
    return [read_cot(await asyncio.wait_for(reader.readuntil(b"</event>"), 30)) for _ in range(count)]


async def play(account, act, count):
    """What a client gets that comes after the first message and stays."""
    gateway = gateway_of(account)
    listening = await gateway.serve("127.0.0.1", 0, None)
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", listening.port)
        act(gateway)
        found = await events_of(reader, count)
        writer.close()
        return found
    finally:
        listening.close()


def test_a_warning_is_drawn_and_taken_off_when_it_is_cancelled(account):
    def act(gateway):
        gateway.take_message(told("warning"))
        gateway.take_message(told("cancellation", reference="cd" * 16, concerns=[NAME]))

    gone, words = asyncio.run(play(account, act, 2))
    assert (gone.uid, gone.type) == (f"synaspis.alpha.{NAME}", "u-d-c-c")
    assert gone.stale_us == gone.time_us  # off the map at once
    assert words.type == "b-t-f"
    assert "reason: Winds too strong; a new notification follows." in words.remarks


def test_a_new_plan_stands_in_place_of_the_former_one(account):
    shorter = example_event("defence-plan")
    shorter["reference"], shorter["at"] = "cd" * 16, "2026-11-25T07:10:00.000000Z"
    del shorter["message"]["body"]["to_defend"]

    def act(gateway):
        gateway.take_message(told("defence-plan"))
        gateway.take_message(told("defence-plan", **shorter))

    gone, new = asyncio.run(play(account, act, 2))
    assert (gone.uid, gone.stale_us) == ("synaspis.alpha.defence-plan.southland.1", gone.time_us)
    assert new.uid == "synaspis.alpha.defence-plan.southland"
    assert new.stale_us > new.time_us


def test_who_comes_later_is_shown_what_still_holds(account):
    async def late():
        gateway = gateway_of(account)
        gateway.take_message(told("warning"))
        gateway.take_message(told("text"))
        listening = await gateway.serve("127.0.0.1", 0, None)
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", listening.port)
            found = await events_of(reader, 2)
            writer.close()
            return found
        finally:
            listening.close()

    # Both have the reference of the example: the second stands in place of the first.
    first, second = asyncio.run(late())
    assert {first.type, second.type} == {"u-d-c-c", "b-t-f"}


@pytest.mark.parametrize("kind", BODIES)
def test_what_a_gateway_wrote_is_no_note_for_another_gateway(kind):
    """Else two gateways with --notes at one TAK server would hand each other's words on for ever."""
    for drawing in cot_of_told(told(kind)).product:
        assert not is_note(read_cot(drawing.xml.encode()))


def foreign_pair(folder):
    """A certificate that chains to nobody, made by OpenSSL."""
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"]
    files = ["-keyout", str(folder / "x.key"), "-out", str(folder / "x.pem")]
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command = ["openssl", "req", "-x509", *kind, *names, *files]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return folder / "x.pem", folder / "x.key"


def test_a_client_with_a_certificate_of_another_authority_is_cut_off(account, certificates, tmp_path):
    async def knock():
        gateway = gateway_of(account, FAST)
        listening = await gateway.serve("127.0.0.1", 0, certificates.server())
        gateway.take_message(told("warning"))
        try:
            context = client_context(*foreign_pair(tmp_path), certificates.authority)
            try:
                reader, _ = await asyncio.open_connection(
                    "127.0.0.1", listening.port, ssl=context, server_hostname="localhost"
                )
                return await asyncio.wait_for(reader.read(1), 30)
            except (OSError, ssl.SSLError):
                return b""
        finally:
            listening.close()

    assert asyncio.run(knock()) == b""
    assert account.counts["connected"] == 0


def test_a_server_with_a_certificate_of_another_authority_is_told_nothing(account, certificates, tmp_path):
    async def lured():
        heard = []

        async def met(reader, _writer):
            heard.append(await reader.read(1))

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*foreign_pair(tmp_path))
        server = await asyncio.start_server(met, "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        gateway = gateway_of(account, FAST)
        gateway.take_message(told("warning"))
        link = asyncio.create_task(
            gateway.connect("127.0.0.1", port, certificates.client("alpha"), server_name="localhost")
        )
        while not account.counts["no connection"]:
            await asyncio.sleep(0.01)
        link.cancel()
        server.close()
        return heard

    heard = asyncio.run(asyncio.wait_for(lured(), 60))
    assert b"".join(heard) == b""
    assert account.counts["connected"] == 0


BAD_SERVERS = {
    "an entity bomb": b'<!DOCTYPE x [<!ENTITY a "aa">]><event>&a;</event>' * 50,
    "an event without an end": b"<event>" + b"x" * 1_000_000,
    "half an event": b"<event uid='x'",
    "zeros": bytes(1_000_000),
}


@pytest.mark.parametrize("what", BAD_SERVERS)
def test_a_hostile_server_is_left_and_another_peer_still_gets_everything(what, account):
    async def lured():
        async def met(_reader, writer):
            with suppress(OSError):
                writer.write(BAD_SERVERS[what])
                await writer.drain()

        server = await asyncio.start_server(met, "127.0.0.1", 0)
        gateway = gateway_of(account, FAST)
        listening = await gateway.serve("127.0.0.1", 0, None)
        link = asyncio.create_task(gateway.connect("127.0.0.1", server.sockets[0].getsockname()[1], None))
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", listening.port)
            while not account.counts["gone"]:
                await asyncio.sleep(0.01)
            gateway.take_message(told("warning"))
            (event,) = await events_of(reader, 1)
            writer.close()
            return event, link.done()
        finally:
            link.cancel()
            listening.close()
            server.close()

    event, ended = asyncio.run(asyncio.wait_for(lured(), 60))
    assert event.uid == f"synaspis.alpha.{NAME}"
    assert not ended  # it tries again


def test_many_messages_take_a_bounded_place(account):
    gateway = gateway_of(account)
    for number in range(1_200):
        gateway.take_message(told("text", reference=f"{number:032x}"))
    assert sum(1 for _ in gateway._shown) == 1_000
    assert isinstance(account, Account)
