"""The node that writes is killed in the middle of traffic; its standby goes on, nothing is lost or doubled.

Two processes of `synaspis centre serve` on one database, the second with `--wait`. Partners send over HTTPS
and send again whatever was not answered, at whichever node answers, as their client does.
"""

import hashlib
import json
import shutil
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import psycopg
import pytest

from synaspis.agreement import load_book
from synaspis.core.clock import SystemClock
from synaspis.exchange.keys import CentreKeys
from synaspis.exchange.store.postgres_store import PostgresStore
from synaspis.log import Checkpoint, open_note, verify_consistency, verify_log
from synaspis.messages import SigningKey, Text, new_id, new_message, seal, write_message
from synaspis.server import DataFolder, Founding, init_centre

PARTNERS = ("alpha", "bravo", "charlie")


class Process:
    """`synaspis centre serve` in a process of its own."""

    def __init__(self, data: DataFolder, *options: str) -> None:
        self.data, self.port, self.said = data, 0, ""
        program = "import sys; from synaspis.cli import main; sys.exit(main())"
        command = [sys.executable, "-c", program, "centre", "serve", str(data.path), "--port", "0"]
        self.journal = data.path / "journal"
        with self.journal.open("w") as journal:
            self.popen = subprocess.Popen(
                [*command, "--json", *options], stdout=subprocess.PIPE, stderr=journal, text=True
            )
        self.reading = threading.Thread(target=self._read, daemon=True)
        self.reading.start()

    def _read(self) -> None:
        assert self.popen.stdout is not None
        for line in self.popen.stdout:
            self.said += line
            with suppress(ValueError, KeyError):
                self.port = json.loads(line)["port"]

    def events(self) -> list[str]:
        lines = self.journal.read_text().splitlines()
        return [json.loads(line)["event"] for line in lines if line.startswith("{")]

    def client(self, partner: str) -> httpx.Client:
        kit = self.data.issued(partner)
        context = ssl.create_default_context(cafile=str(kit / "ca.pem"))
        context.load_cert_chain(kit / "client.pem", kit / "client.key")
        return httpx.Client(
            base_url=f"https://localhost:{self.port}", verify=context, timeout=30, trust_env=False
        )


def eventually(ask, seconds: float = 120.0):
    end = time.monotonic() + seconds
    while not (found := ask()):
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)
    return found


@pytest.fixture
def nodes(database: str, tmp_path: Path) -> Iterator[list[Process]]:
    """A node in service, and a standby that waits."""
    founding = Founding("Test", "test.example/log", ("localhost",), book="demo")
    data = init_centre(tmp_path / "one", PARTNERS, founding, SystemClock())
    data.write_server(data.server().model_copy(update={"store": database}))
    shutil.copytree(data.path, tmp_path / "two")
    started = [Process(data)]
    try:
        eventually(lambda: started[0].port)
        started.append(Process(DataFolder(tmp_path / "two"), "--wait"))
        eventually(lambda: "waiting" in started[1].events())
        yield started
    finally:
        for each in started:
            each.popen.kill()
            each.popen.wait()


class Sender(threading.Thread):
    """A partner that sends without pause, each message until it has a receipt."""

    def __init__(self, name: str, nodes: list[Process]) -> None:
        super().__init__(daemon=True)
        self.partner, self.nodes, self.done = name, nodes, threading.Event()
        self.receipts: dict[str, bytes] = {}
        self.refused: list[int] = []
        self._key = SigningKey.load(nodes[0].data.issued(name) / "message.key")
        self._label = load_book("demo").default_label()

    def run(self) -> None:
        number, client = 0, self.nodes[0].client(self.partner)
        while not self.done.is_set():
            number += 1
            text = Text(text=f"{number} from {self.partner}")
            message = new_message(
                text,
                sender=self.partner,
                label=self._label,
                sent_at_us=SystemClock().now_us(),
                id=new_id(),
            )
            raw = seal(write_message(message), self._key)
            while True:
                try:
                    answer = client.post(
                        "/v1/messages", content=raw, headers={"content-type": "application/json"}
                    )
                except httpx.TransportError:
                    time.sleep(0.05)
                    client.close()
                    living = [each for each in self.nodes if each.popen.poll() is None and each.port]
                    client = (living or self.nodes)[0].client(self.partner)
                    continue
                if answer.status_code in (200, 201):
                    self.receipts[hashlib.sha256(raw).hexdigest()] = answer.content
                    break
                if answer.status_code != 503:
                    self.refused.append(answer.status_code)
                    break
                time.sleep(0.05)
        client.close()


def checkpoint(node: Process) -> Checkpoint | None:
    keys = [signer.verifier for signer in CentreKeys.load(node.data.file("keys")).log]
    with node.client("charlie") as client:
        answer = client.get("/v1/log/checkpoint")
    return Checkpoint.parse(open_note(answer.content, keys).text) if answer.is_success else None


def test_standby_takes_over_from_a_killed_node_and_nothing_is_lost_or_doubled(nodes, database):
    first, second = nodes
    senders = [Sender(name, nodes) for name in PARTNERS[:2]]
    for each in senders:
        each.start()
    eventually(lambda: min(len(each.receipts) for each in senders) >= 20)
    before = eventually(lambda: checkpoint(first))
    first.popen.send_signal(signal.SIGKILL)
    sent = [len(each.receipts) for each in senders]
    eventually(lambda: second.port)
    eventually(lambda: min(len(s.receipts) - before for s, before in zip(senders, sent, strict=True)) >= 20)
    for each in senders:
        each.done.set()
        each.join(60)
    assert [each.refused for each in senders] == [[], []]

    # A checkpoint that a partner had of the first node is continued by the second.
    after = eventually(lambda: (found := checkpoint(second)) and found.size > before.size and found)
    with second.client("charlie") as client:
        path = client.get(f"/v1/log/consistency?from={before.size}&to={after.size}").json()
    hashes = [bytes.fromhex(each) for each in path]
    assert verify_consistency(before.size, after.size, before.root, after.root, hashes)

    store = PostgresStore(database, writes=False)
    for each in senders:  # every receipt stands for a message that is stored, with this very receipt
        stored = store.known(list(each.receipts))
        assert {digest: row.receipt for digest, row in stored.items()} == each.receipts
    sent_by = {name: {d for s in senders if s.partner == name for d in s.receipts} for name in PARTNERS}
    for name in PARTNERS:  # every message is in every other's feed once, and counters have no gap
        feed = store.feed(name, 0, 1 << 30)
        assert [event.counter for event in feed] == list(range(1, len(feed) + 1))
        shown = [hashlib.sha256(json.loads(event.data)["envelope"].encode()).hexdigest() for event in feed]
        assert len(shown) == len(set(shown))
        assert set(shown) >= set().union(*(sent_by[other] for other in PARTNERS if other != name))
    store.close()

    # The second loses its connection, and with it the right to write: it ends, rather than to go on without.
    with psycopg.connect(database, autocommit=True) as link:
        link.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
    assert second.popen.wait(60) == 2
    assert "store-lost" in second.events()
    vkeys = [signer.vkey for signer in CentreKeys.load(first.data.file("keys")).log]
    assert verify_log(second.data.log, vkeys).verdict == "intact"


def test_a_second_node_that_does_not_wait_is_refused(nodes):
    other = Process(nodes[1].data)
    assert other.popen.wait(60) == 2
    other.reading.join(60)
    faults = json.loads(other.said)["error"]["faults"]
    assert [each["what"] for each in faults] == ["another centre writes to this database"]
