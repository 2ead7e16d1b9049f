"""The same messages through other programs: JetStream, and a TAK server. Mutual TLS with the same keys.

Neither verifies a signature, decides who may see what, fuses, or keeps a log that others can check: both copy
every message to every client. JetStream stores it first; the TAK server stores nothing.

    python benchmarks/exchange/brokers.py jetstream-always|jetstream|taky [--rate 1] [--clients 200]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import select
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import centre
import numpy as np
from environment import taky
from generator import percentiles
from wire import connect, context, receive
from workload import Crowd, reports

from synaspis.gateways.cot import cot_of_report, to_cot
from synaspis.messages import SigningKey, read_message, seal

WARM_S, DRAIN_S = 2.0, 3.0
EVENT = re.compile(rb'<event [^>]*?\buid="([^"]+)"[^>]*?\btime="([^"]+)"')


class Client:
    """One connection; take: what it makes of bytes, given buffer and instant, returns how many it used."""

    def __init__(
        self, link: socket.socket, take: Callable[[Client, bytearray, int], int], index: int
    ) -> None:
        self.link, self._take, self.index, self.buffer = link, take, index, bytearray()

    def ready(self) -> None:
        if not receive(self.link, self.buffer):
            raise ConnectionError("a server has closed a connection")
        if used := self._take(self, self.buffer, time.time_ns() // 1_000):
            del self.buffer[:used]


class Copying:
    """Messages that senders send and every client gets."""

    def __init__(self, count: int, clients: int) -> None:
        self.sent_us = np.zeros(count, dtype=np.int64)
        self.acked_us = np.zeros(count, dtype=np.int64)
        self.came_us = np.zeros((clients, count), dtype=np.int64)
        self._epoll, self._clients = select.epoll(), {}

    def watch(self, client: Client) -> Client:
        self._clients[client.link.fileno()] = client
        self._epoll.register(client.link.fileno(), select.EPOLLIN)
        return client

    def run(self, plan: list[tuple[int, Client, bytes]]) -> None:
        """Send each when it is due, then wait a little for what is on its way."""
        at, end_us = 0, plan[-1][0] + round(1e6 * DRAIN_S)
        while (now_us := time.time_ns() // 1_000) < end_us:
            while at < len(plan) and plan[at][0] <= now_us:
                self.sent_us[at] = now_us
                plan[at][1].link.sendall(plan[at][2])
                at += 1
            due_us = plan[at][0] if at < len(plan) else end_us
            for number, _ in self._epoll.poll(min(0.05, max(0.0, (due_us - now_us) / 1e6))):
                self._clients[number].ready()
                if at < len(plan) and plan[at][0] <= time.time_ns() // 1_000:
                    break

    def account(self, own: np.ndarray, due_us: np.ndarray, from_us: int) -> dict[str, object]:
        """own: index of the client that each message came from, or -1; it need not get it back."""
        wanted = np.arange(len(self.came_us))[:, None] != own[None, :]
        came = (self.came_us > 0) & wanted
        waits = np.where(came, self.came_us - self.sent_us, -1)[:, due_us >= from_us]
        acked = self.acked_us > 0
        return {
            "sent": len(own),
            "acked": int(acked.sum()),
            "pairs": int(wanted.sum()),
            "lost": int(wanted.sum() - came.sum()),
            "deliver_ms": percentiles(waits[waits >= 0]),
            "receipt_ms": percentiles((self.acked_us - self.sent_us)[acked]),
        }


def nats(
    copying: Copying,
    place: Path,
    crowd: Crowd,
    clients: list[str],
    senders: list[tuple[str, str]],
    always: bool,
):
    """Start JetStream with a stream on disk and a push consumer for each client; returns it and who sends."""
    from nats.aio.client import Client as Nats
    from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, StorageType

    kits, keys, port = place / "data" / "issued", place / "data" / "keys", centre.free_port()
    (place / "nats.conf").write_text(
        f"listen: 127.0.0.1:{port}\n"
        f"jetstream {{ store_dir: '{place}/jetstream', {'sync_interval: always' if always else ''} }}\n"
        f"tls {{ cert_file: '{keys}/server.pem', key_file: '{keys}/server.key', ca_file: '{keys}/ca.pem',"
        " verify: true, handshake_first: true }\n"
    )
    program = Path(sys.executable).with_name("nats-server")
    process = subprocess.Popen([str(program), "-c", str(place / "nats.conf")], stderr=subprocess.DEVNULL)
    centre.wait_for(port)

    async def prepare() -> None:
        link = Nats()
        await link.connect(
            f"tls://localhost:{port}", tls=context(kits / clients[0]), tls_handshake_first=True
        )
        stream = link.jetstream()
        await stream.add_stream(name="load", subjects=["load.>"], storage=StorageType.FILE)
        for number in range(len(clients)):
            config = ConsumerConfig(
                durable_name=f"client-{number}",
                deliver_subject=f"deliver.{number}",
                ack_policy=AckPolicy.NONE,
                deliver_policy=DeliverPolicy.NEW,
            )
            await stream.add_consumer("load", config)
        await link.close()

    asyncio.run(prepare())

    def take(client: Client, buffer: bytearray, now_us: int) -> int:
        at = 0
        while (line := buffer.find(b"\r\n", at)) >= 0:
            word = buffer[at : at + 4]
            if word == b"MSG ":
                size = int(buffer[buffer.rfind(b" ", at, line) + 1 : line])
                end = line + 4 + size
                if len(buffer) < end:
                    break
                if client.index >= 0:
                    copying.came_us[client.index, int(buffer[line + 2 : line + 12])] = now_us
                elif b'"error"' not in buffer[line:end]:
                    subject = bytes(buffer[at + 4 : buffer.find(b" ", at + 4)])
                    copying.acked_us[int(subject.rpartition(b".")[2])] = now_us
                at = end
                continue
            if word == b"PING":
                client.link.send(b"PONG\r\n")
            elif word == b"-ERR":
                raise ConnectionError(buffer[at:line].decode())
            at = line + 2
        return at

    def client(name: str, index: int, subject: str) -> Client:
        link = connect(context(kits / name), "localhost", port)
        link.send(b'CONNECT {"verbose":false,"pedantic":false}\r\nSUB %s 1\r\n' % subject.encode())
        return copying.watch(Client(link, take, index))

    for number, name in enumerate(clients):
        client(name, number, f"deliver.{number}")
    return process, [client(name, -1, f"ack.{n}.*") for n, (name, _) in enumerate(senders)]


def tak(copying: Copying, place: Path, clients: list[str], tokens: dict[tuple[bytes, ...], int]):
    """Start the TAK server and connect every client; the first ones send."""
    kits, keys, port = place / "data" / "issued", place / "data" / "keys", centre.free_port()
    (place / "taky.conf").write_text(
        f"[taky]\nhostname=localhost\nbind_ip=127.0.0.1\n[cot_server]\nport={port}\n"
        f"[ssl]\nenabled=true\nclient_cert_required=true\ncert={keys}/server.pem\nkey={keys}/server.key\n"
        f"ca={keys}/ca.pem\n"
    )
    process = subprocess.Popen(
        [str(taky()), "-c", str(place / "taky.conf"), "-l", "error"], stderr=subprocess.DEVNULL, cwd=place
    )
    centre.wait_for(port)

    def take(client: Client, buffer: bytearray, now_us: int) -> int:
        end = buffer.rfind(b"</event>") + 8
        if end < 8:
            return 0
        for named in EVENT.findall(buffer, 0, end):
            token = tokens.get(named)
            if token is not None:
                copying.came_us[client.index, token] = now_us
        return end

    return process, [
        copying.watch(Client(connect(context(kits / name), "localhost", port), take, number))
        for number, name in enumerate(clients)
    ]


def measure(
    program: str, *, clients: int, rate: float, seconds: float, senders: int = 20, flights: int = 25
) -> dict[str, object]:
    """One run; rate: of each sender on each flight, a second."""
    with tempfile.TemporaryDirectory(prefix="exchange-") as folder:
        place, crowd = Path(folder), Crowd.of(max(clients, 2 * senders), senders)
        centre.found(place / "data", crowd)
        sending = crowd.senders(senders)
        begin_us = time.time_ns() // 1_000
        made = list(reports(sending, flights, rate, begin_us, WARM_S + seconds, seed=1))
        own_names = [name for name, _ in sending]
        others = [name for name in crowd.names if name not in own_names]
        listening = (own_names + others)[:clients]
        copying = Copying(len(made), clients)
        if program == "taky":
            events = [cot_of_report(read_message(each.payload), stale_us=60_000_000) for each in made]
            texts = [to_cot(event.product).encode() for event in events]
            tokens = {EVENT.findall(text)[0]: number for number, text in enumerate(texts)}
            process, who = tak(copying, place, listening, tokens)
            bodies, own = texts, np.array([each.sender for each in made])
        else:
            keys = [SigningKey.load(place / "data" / "issued" / name / "message.key") for name in own_names]
            process, who = nats(copying, place, crowd, listening, sending, program.endswith("always"))
            sealed = [b"%010d" % n + seal(each.payload, keys[each.sender]) for n, each in enumerate(made)]
            bodies = [
                b"PUB load.%d ack.%d.%010d %d\r\n%b\r\n" % (each.sender, each.sender, n, len(body), body)
                for n, (each, body) in enumerate(zip(made, sealed, strict=True))
            ]
            own = np.full(len(made), -1)
        shift_us = time.time_ns() // 1_000 + 1_000_000 - begin_us
        due_us = np.array([each.due_us + shift_us for each in made])
        plan = [(int(due_us[n]), who[each.sender], bodies[n]) for n, each in enumerate(made)]
        try:
            copying.run(plan)
        finally:
            process.kill()
            process.wait()
        seen = copying.account(own, due_us, begin_us + shift_us + round(1e6 * WARM_S))
        return {"program": program, "clients": clients, "rate_per_s": senders * flights * rate, **seen}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("program", choices=("jetstream-always", "jetstream", "taky"))
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--rate", type=float, default=1.0)
    parser.add_argument("--seconds", type=float, default=20.0)
    print(json.dumps(measure(**vars(parser.parse_args()))))


if __name__ == "__main__":
    main()
