"""The gateway for simulations over real UDP: tracks out, comments in, and a network that means harm."""

import asyncio
import socket
import struct
from contextlib import asynccontextmanager

import pytest

from synaspis.agreement import Label
from synaspis.core.clock import SystemClock, to_rfc3339
from synaspis.gateways.dis import (
    Comment,
    Datum,
    DisIdentity,
    EntityId,
    EntityState,
    StartResume,
    StopFreeze,
    label_in,
    read_datagram,
    text_of,
    write_pdu,
)
from synaspis.gateways.dis.pdus import Header
from synaspis.gateways.told import told_of
from synaspis.server.gateways import DisGateway, GatewayLimits, NoteDesk

IDENTITY = DisIdentity(7, "WINTER", site=1, application=2)
STANDING = Label("EXERCISE", "RESTRICTED")
CLOCK = SystemClock()


class Wire(asyncio.DatagramProtocol):
    """Another program on the network."""

    def __init__(self):
        self.came = asyncio.Queue()

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        for pdu in read_datagram(data, near_us=CLOCK.now_us()):
            self.came.put_nowait(pdu)


class Scene:
    async def until(self, ready, seconds=60.0):
        for _ in range(round(seconds / 0.01)):
            if ready():
                return
            await asyncio.sleep(0.01)
        raise AssertionError(self.account.counts)


@asynccontextmanager
async def playing(client, account, *, sources=("127.0.0.1",), limits=None):
    scene = Scene()
    loop = asyncio.get_running_loop()
    transport, scene.wire = await loop.create_datagram_endpoint(Wire, local_addr=("127.0.0.1", 0))
    scene.account = account
    notes = NoteDesk(client, standing=STANDING, exercise="WINTER", clock=CLOCK, account=account)
    target = transport.get_extra_info("sockname")
    scene.gateway = DisGateway(
        IDENTITY, clock=CLOCK, account=account, targets=[target], sources=sources, notes=notes, limits=limits
    )
    port = await scene.gateway.open("127.0.0.1", 0)
    tasks = [asyncio.create_task(scene.gateway.run()), asyncio.create_task(notes.run())]
    scene.send = lambda data: transport.sendto(data, ("127.0.0.1", port))
    try:
        yield scene
    finally:
        for task in tasks:
            task.cancel()
        scene.gateway.close()
        transport.close()


def comment(words, number=7, site=9, time_us=None):
    header = Header(number, CLOCK.now_us() if time_us is None else time_us)
    return Comment(
        header, EntityId(site, 1, 1), EntityId(0xFFFF, 0xFFFF, 0xFFFF), (Datum(0, words.encode()),)
    )


def test_tracks_come_behind_their_label_and_a_sign_of_life_names_the_exercise(client, account, make_picture):
    async def play():
        async with playing(client, account) as scene:
            scene.gateway.take(make_picture(3))
            return [await asyncio.wait_for(scene.wire.came.get(), 30) for _ in range(3)]

    life, beside, state = asyncio.run(play())
    assert text_of(life) == "EXERCISE WINTER"
    entity, exercise, labels = label_in(beside)
    assert (entity, exercise, labels[0].classification) == (EntityId(1, 2, 3), "WINTER", "RESTRICTED")
    assert isinstance(state, EntityState)
    assert (state.entity, state.marking, state.header.exercise) == (entity, "EXERCISE3", 7)
    assert state.position_ecef_m == (4.0e6, 3.0e6, 5.0e6)


def test_states_are_sent_again_at_the_heartbeat(client, account, make_picture, monkeypatch):
    monkeypatch.setattr("synaspis.server.gateways.dis.HEARTBEAT_S", 0.1)

    async def play():
        async with playing(client, account) as scene:
            scene.gateway.take(make_picture(3))
            return [await asyncio.wait_for(scene.wire.came.get(), 30) for _ in range(9)]

    kinds = [type(pdu).__name__ for pdu in asyncio.run(play())]
    assert kinds == ["Comment", "Comment", "EntityState"] * 3


def test_states_out_of_order_never_replace_newer_ones(client, account, make_picture):
    now_us = CLOCK.now_us()

    async def play():
        gateway = DisGateway(IDENTITY, clock=CLOCK, account=account, targets=[])
        gateway.take(make_picture(3, now_us=now_us))
        gateway.take(make_picture(3, now_us=now_us - 5_000_000))
        return [read_datagram(b"".join(each), near_us=now_us) for each in gateway._newest.items()]

    ((_, state),) = asyncio.run(play())
    assert abs(state.header.time_us - now_us) <= 2


def test_a_replayed_comment_counts_once_and_a_changed_copy_is_another(client, account):
    async def play():
        async with playing(client, account) as scene:
            once = write_pdu(comment("Radio check."))
            for _ in range(10):
                scene.send(once)
            await scene.until(lambda: account.counts["notes seen before"] == 9)
            scene.send(write_pdu(comment("Radio check, again.")))
            await scene.until(lambda: len(client.sent) == 2)

    asyncio.run(play())
    assert [body["text"] for _, body, _, _ in client.sent] == ["Radio check.", "Radio check, again."]


def test_what_is_in_earnest_never_reaches_a_simulation(client, account, make_picture, said):
    async def play():
        async with playing(client, account) as scene:
            scene.gateway.take(make_picture(3, exercise=None))
            await asyncio.sleep(0.1)
            return scene.wire.came.qsize()

    assert asyncio.run(play()) == 1  # the sign of life
    assert any("the track is not carried: it is meant in earnest" in line for line in said)


def control(action, **more):
    at = to_rfc3339(CLOCK.now_us())
    body = {"action": action, "exercise_time": "2026-11-25T06:00:00.000000Z", **more}
    message = {
        "kind": "exercise-control", "sender": "white", "exercise": "WINTER", "sent_at": at, "body": body,
        "label": STANDING.to_json(),
    }  # fmt: skip
    return told_of({"type": "message", "at": at, "message": message}, recipient="alpha")


def test_the_white_cell_starts_pauses_and_ends_simulations(client, account):
    async def play():
        async with playing(client, account) as scene:
            for action in ("start", "pause", "resume", "end"):
                scene.gateway.take_message(control(action, remarks="Go."))
            scene.gateway.take_message(control("jump", to="2026-11-25T07:00:00.000000Z"))
            scene.gateway.take_message(control("speed", speed=60.0))
            return [await asyncio.wait_for(scene.wire.came.get(), 30) for _ in range(12)]

    came = asyncio.run(play())
    found = [pdu for pdu in came if not isinstance(pdu, Comment)]
    assert [type(pdu) for pdu in found] == [StartResume, StopFreeze, StartResume, StopFreeze, StartResume]
    assert [pdu.reason for pdu in found if isinstance(pdu, StopFreeze)] == [1, 2]
    assert abs(found[-1].simulation_us - found[0].simulation_us - 3_600_000_000) <= 4
    words = [pdu.datums[-1].value.decode() for pdu in came if isinstance(pdu, Comment)]
    assert sum("remarks: Go." in each for each in words) == 4
    # There is no PDU for the pace: it is said in words.
    assert sum({"action: speed", "speed: 60"} <= set(each.split("\n")) for each in words) == 1
    comments = [pdu for pdu in came if isinstance(pdu, Comment) and len(pdu.datums) == 2]
    assert all(label_in(pdu)[1:] == ("WINTER", (STANDING,)) for pdu in comments)


def test_a_comment_becomes_a_message_under_the_label_of_the_gateway(client, account):
    async def play():
        async with playing(client, account) as scene:
            once = write_pdu(comment("Radio check."))
            scene.send(once)
            scene.send(once)
            await scene.until(lambda: account.counts["notes seen before"])
            await scene.until(lambda: client.sent)

    asyncio.run(play())
    assert client.sent == [
        ("text", {"subject": "Comment by DIS 9:1:1", "text": "Radio check."}, STANDING, "WINTER")
    ]


def test_nothing_else_comes_in(client, account):
    start = StartResume(Header(7, CLOCK.now_us()), EntityId(9, 1, 1), EntityId(1, 2, 0), 0, 0)

    async def play():
        async with playing(client, account) as scene:
            scene.send(write_pdu(start))
            scene.send(write_pdu(comment("Other exercise.", number=8)))
            scene.send(write_pdu(comment("Our own site.", site=1)))
            scene.send(write_pdu(comment("Old.", time_us=CLOCK.now_us() - 1_200_000_000)))
            await scene.until(lambda: account.counts["PDUs in"] == 4)
            await asyncio.sleep(0.05)

    asyncio.run(play())
    assert client.sent == []
    for kind in ("PDUs that are no comments", "PDUs of another exercise", "comments of gateways", "refused"):
        assert account.counts[kind] == 1


def test_strangers_are_not_listened_to(client, account):
    async def play():
        async with playing(client, account, sources=("192.0.2.1",)) as scene:
            scene.send(write_pdu(comment("Hello.")))
            await scene.until(lambda: account.counts["datagrams of strangers"])

    asyncio.run(play())
    assert client.sent == []


@pytest.mark.parametrize(
    "data",
    [bytes(65_000), b"\x07" * 1_400, write_pdu(comment("x"))[:-1], write_pdu(comment("x")) + b"\0"],
    ids=["huge zeros", "sevens", "short", "long"],
)
def test_what_is_no_pdu_is_counted_and_what_follows_is_taken(data, client, account):
    async def play():
        async with playing(client, account) as scene:
            scene.send(data)
            scene.send(write_pdu(comment("After it.")))
            await scene.until(lambda: client.sent)

    asyncio.run(play())
    assert account.counts["refused"] >= 1
    assert client.sent[-1][1]["text"] == "After it."


def test_a_flood_is_dropped_beyond_the_limit_and_tracks_still_go_out(client, account, make_picture):
    limits = GatewayLimits(events_per_s=0.01, events_burst=50, notes_per_s=0.001, notes_burst=5)

    async def play():
        async with playing(client, account, limits=limits) as scene:
            for number in range(2_000):
                scene.send(write_pdu(comment(f"Flood {number}.")))
            await scene.until(lambda: account.counts["datagrams beyond the limit"])
            scene.gateway.take(make_picture(3))
            while not isinstance(await asyncio.wait_for(scene.wire.came.get(), 30), EntityState):
                pass

    asyncio.run(play())
    assert len(client.sent) == 5
    assert account.counts["PDUs in"] == 50


def test_a_target_that_is_not_there_ends_nothing(client, account, make_picture):
    async def play():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            nobody = probe.getsockname()
        gateway = DisGateway(IDENTITY, clock=CLOCK, account=account, targets=[nobody])
        await gateway.open("127.0.0.1", 0)
        task = asyncio.create_task(gateway.run())
        for number in range(1, 5):
            gateway.take(make_picture(number))
            await asyncio.sleep(0.02)
        alive = not task.done()
        task.cancel()
        gateway.close()
        return alive

    assert asyncio.run(play())
    assert account.counts["PDUs out"] == 9


def test_a_header_that_lies_about_its_length_takes_the_rest_with_it(client, account):
    data = bytearray(write_pdu(comment("Liar.")) + write_pdu(comment("Victim.")))
    struct.pack_into(">H", data, 8, 20)

    async def play():
        async with playing(client, account) as scene:
            scene.send(bytes(data))
            await scene.until(lambda: account.counts["refused"])

    asyncio.run(play())
    assert account.counts["refused"] <= 65
