"""Several nodes on real servers: one writes to PostgreSQL, one mirrors, NATS brings word or does not."""

import base64
import json
import shutil
import threading
import time
from pathlib import Path

import httpx
import psycopg
import pytest

from synaspis.core.errors import InputError
from synaspis.exchange.store.storage import StorageError
from synaspis.log import Signer, WebPlace, Witness, open_note, read_vkeys, verifier, verify_log
from synaspis.server import DataFolder, Mirror, mirror

JSON = {"content-type": "application/json"}
NDJSON = {"content-type": "application/x-ndjson"}
WRITER = "https://writer.example:8443"


def settings(data: DataFolder, **changes: object) -> None:
    data.write_server(data.server().model_copy(update=changes))


def mirror_folder(centre: DataFolder, path: Path, **changes: object) -> DataFolder:
    """What docs/learn/several-nodes.md says to copy, and nothing else."""
    (path / "keys").mkdir(parents=True)
    for name in ("server.yaml", "keys/ca.pem", "keys/server.pem", "keys/server.key", "keys/public.json"):
        shutil.copy2(centre.file(name), path / name)
    shutil.copytree(centre.file("partners"), path / "partners")
    data = DataFolder(path)
    settings(data, writer=WRITER, **changes)
    return data


class Nodes:
    """A node that writes and a mirror beside it."""

    def __init__(self, writer, reader) -> None:
        self.writer, self.mirror = writer, reader

    def client(self, node, partner: str) -> httpx.Client:
        return httpx.Client(
            base_url=f"https://localhost:{node.port}",
            verify=self.writer.context(partner),
            timeout=60,
            trust_env=False,
        )

    def post(self, client: httpx.Client, text: str) -> httpx.Response:
        raw = self.writer.envelope("alpha", text)
        return client.post("/v1/messages", content=raw, headers=JSON)


@pytest.fixture
def start_nodes(demo_centre, database, serve_real, tmp_path):  # the database goes last
    def start(**changes: object) -> Nodes:
        settings(demo_centre, store=database, **changes)
        writer = serve_real(demo_centre)
        data = mirror_folder(demo_centre, tmp_path / "mirror")
        return Nodes(writer, serve_real(data, node=Mirror))

    return start


def eventually(ask, seconds: float = 60.0):
    end = time.monotonic() + seconds
    while not (found := ask()):
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.01)
    return found


def events(node) -> list[str]:
    return [line["event"] for line in node.lines()]


class Follower:
    """Reads a feed of server-sent events in a thread and keeps the counters that came."""

    def __init__(self, client: httpx.Client) -> None:
        self.came: set[int] = set()
        self._client, self._ready = client, threading.Event()
        threading.Thread(target=self._read, daemon=True).start()
        assert self._ready.wait(60)

    def _read(self) -> None:
        try:
            with self._client.stream("GET", "/v1/feed") as response:
                for line in response.iter_lines():
                    self._ready.set()
                    if line.startswith("id: "):
                        assert int(line[4:]) not in self.came
                        self.came.add(int(line[4:]))
        except httpx.HTTPError:
            return


def come(nodes: Nodes, follower: Follower, alpha: httpx.Client, first: int, count: int) -> None:
    """Send to one node and wait for the event at the other, again and again."""
    for number in range(first, first + count):
        assert nodes.post(alpha, f"number {number}").status_code == 201
        eventually(lambda number=number: number in follower.came)


def test_word_over_nats_brings_events_to_the_mirror_at_once(start_nodes, start_nats, monkeypatch):
    monkeypatch.setattr(mirror, "LOOK_S", 600.0)  # so that nothing but words can have brought them
    url, _process = start_nats()
    nodes = start_nodes(nats=url)
    eventually(lambda: all("broker-found" in events(each) for each in (nodes.writer, nodes.mirror)))
    with nodes.client(nodes.writer, "alpha") as alpha, nodes.client(nodes.mirror, "bravo") as bravo:
        follower = Follower(bravo)
        time.sleep(0.3)  # the first look is at once and finds nothing
        come(nodes, follower, alpha, 1, 10)
    assert sorted(follower.came) == list(range(1, 11))


def test_events_come_also_when_the_broker_dies_and_comes_back(start_nodes, start_nats):
    url, process = start_nats()
    nodes = start_nodes(nats=url)
    with nodes.client(nodes.writer, "alpha") as alpha, nodes.client(nodes.mirror, "bravo") as bravo:
        follower = Follower(bravo)
        come(nodes, follower, alpha, 1, 5)
        process.kill()
        process.wait()
        come(nodes, follower, alpha, 6, 5)
        start_nats(int(url.rpartition(":")[2]))
        come(nodes, follower, alpha, 11, 5)
    assert sorted(follower.came) == list(range(1, 16))


def test_without_a_broker_that_answers_both_nodes_serve(start_nodes):
    nodes = start_nodes(nats="nats://127.0.0.1:1")
    with nodes.client(nodes.writer, "alpha") as alpha, nodes.client(nodes.mirror, "bravo") as bravo:
        follower = Follower(bravo)
        come(nodes, follower, alpha, 1, 3)
        # Said once, when the first attempt is given up, and not with each attempt.
        eventually(lambda: "broker-away" in events(nodes.mirror) and "broker-away" in events(nodes.writer))
        time.sleep(1.5)
    assert (events(nodes.mirror).count("broker-away"), events(nodes.writer).count("broker-away")) == (1, 1)


def test_mirror_shows_the_same_bytes_as_the_node_that_writes(start_nodes):
    nodes = start_nodes()
    with nodes.client(nodes.writer, "alpha") as alpha, nodes.client(nodes.mirror, "alpha") as read:
        leaves = []
        for first in range(0, 90, 30):  # more than a bucket of 64, so that the log grows by more than one
            raws = [nodes.writer.envelope("alpha", f"number {first + number}") for number in range(30)]
            response = alpha.post("/v1/messages", content=b"\n".join(raws), headers=NDJSON)
            for answer in map(json.loads, response.text.splitlines()):
                assert answer["status"] == 201
                leaves.append(json.loads(base64.b64decode(answer["body"]["payload"]))["leaf"])
        newest = f"/v1/log/proof?leaf={leaves[-1]}"
        eventually(lambda: alpha.get(newest).is_success)
        # Nothing is sent any more: both stand still, once the mirror has the last seal.
        eventually(lambda: read.get("/v1/log/checkpoint").content == alpha.get("/v1/log/checkpoint").content)
        size = int(read.get("/v1/log/checkpoint").text.splitlines()[1])
        proofs = [f"/v1/log/proof?leaf={leaf}" for leaf in (leaves[0], leaves[40], leaves[-1])]
        tiles = (
            ["/v1/log/log.vkeys", f"/v1/log/tile/0/000.p/{size}"] if size < 256 else ["/v1/log/tile/0/000"]
        )
        for path in [*proofs, *tiles, f"/v1/log/consistency?from=64&to={size}", "/v1/keys", "/v1/whoami"]:
            assert read.get(path).is_success, path
            assert read.get(path).content == alpha.get(path).content, path
    for name in ("alpha", "bravo", "charlie"):
        with nodes.client(nodes.writer, name) as one, nodes.client(nodes.mirror, name) as two:
            path = "/v1/feed/batch?limit=1000"
            assert two.get(path).content == one.get(path).content
            assert len(two.get(path).json()) >= (0 if name == "alpha" else 90)
    kit = nodes.writer.data.issued("bravo")
    place = WebPlace(
        f"https://localhost:{nodes.mirror.port}/v1/log",
        authority=kit / "ca.pem",
        certificate=kit / "client.pem",
        key=kit / "client.key",
    )
    keys = nodes.mirror.service.mirror.keys()["log"]
    assert verify_log(place, keys).verdict == "intact"


def test_what_is_handed_in_at_a_mirror_is_sent_to_the_node_that_writes(start_nodes, check_error):
    nodes = start_nodes()
    with nodes.client(nodes.mirror, "alpha") as alpha:
        check_error(nodes.post(alpha, "hello"), 421, "this node only delivers", f"Send it to {WRITER}.")
        text = {"content-type": "text/plain"}
        lines = "\u2014 alpha/witness AAAA\n".encode()
        answer = alpha.post("/v1/log/cosignatures", content=lines, headers=text)
        check_error(answer, 421, "this node only delivers", f"Send it to {WRITER}.")
        assert alpha.get("/v1/health").json()["status"] == "ok"


def test_mirror_outlives_a_restart_of_its_connections(start_nodes, database):
    nodes = start_nodes()
    with nodes.client(nodes.writer, "alpha") as alpha, nodes.client(nodes.mirror, "bravo") as bravo:
        follower = Follower(bravo)
        come(nodes, follower, alpha, 1, 1)
        store = nodes.mirror.service.store
        with psycopg.connect(database, autocommit=True) as link:
            link.execute("SELECT pg_terminate_backend(%s)", (store._reader.info.backend_pid,))
        come(nodes, follower, alpha, 2, 3)
    assert sorted(follower.came) == [1, 2, 3, 4]
    assert events(nodes.mirror).count("store-away") <= 1


def test_mirror_whose_store_does_not_answer_says_so_in_its_health(start_nodes, monkeypatch):
    nodes = start_nodes()
    store = nodes.mirror.service.store

    def gone(*_values):
        raise StorageError("PostgreSQL: gone")

    with nodes.client(nodes.mirror, "bravo") as bravo:
        monkeypatch.setattr(store, "_rows", gone)
        answer = eventually(lambda: (found := bravo.get("/v1/health")).status_code == 503 and found)
        assert answer.json()["status"] == "store"
        batch = bravo.get("/v1/feed/batch")
        assert (batch.status_code, batch.headers["retry-after"]) == (503, "5")
        assert "the store does not answer" in batch.text
        monkeypatch.undo()
        eventually(lambda: bravo.get("/v1/health").status_code == 200)
    assert events(nodes.mirror).count("store-away") == 1


def test_partner_retired_in_the_copy_is_cut_off_at_the_mirror(start_nodes):
    nodes = start_nodes()
    data = nodes.mirror.data
    with nodes.client(nodes.mirror, "bravo") as bravo:
        assert bravo.get("/v1/whoami").is_success
        document = data.partners()["bravo"]
        data.write_partner(document.model_copy(update={"status": "retired"}))
        eventually(lambda: "session-ended" in events(nodes.mirror))
    with nodes.client(nodes.mirror, "bravo") as bravo:
        assert bravo.get("/v1/whoami").status_code == 403


def test_cosignature_handed_in_at_the_writer_is_public_at_the_mirror(start_nodes):
    nodes = start_nodes()
    data = nodes.writer.data
    with nodes.client(nodes.writer, "alpha") as alpha, nodes.client(nodes.mirror, "bravo") as bravo:
        nodes.post(alpha, "hello")
        note = eventually(lambda: (found := alpha.get("/v1/log/checkpoint")).is_success and found.content)
        keys = read_vkeys(data.log.joinpath("log.vkeys").read_bytes())
        signer = Signer.load(data.issued("alpha") / "witness.key")
        lines = Witness(nodes.mirror.data.path / "witness", signer, keys).update(note, [])
        text = {"content-type": "text/plain"}
        assert alpha.post("/v1/log/cosignatures", content=lines, headers=text).is_success
        witness = [verifier(data.partners()["alpha"].witness_vkey)]
        eventually(lambda: lines.strip() in bravo.get("/v1/log/checkpoint").content)
        assert open_note(bravo.get("/v1/log/checkpoint").content, witness).names == ("alpha/witness",)
        eventually(lambda: bravo.get("/v1/log/log.vkeys").content == alpha.get("/v1/log/log.vkeys").content)
        (name,) = [path.name for path in (data.log / "cosignatures").iterdir()]
        path = f"/v1/log/cosignatures/{name}"
        assert bravo.get(path).content == alpha.get(path).content


def test_folder_of_a_mirror_is_checked_for_what_it_lacks_and_what_it_must_not_have(
    demo_centre, database, tmp_path
):
    with pytest.raises(InputError, match=r"it lacks keys/public\.json") as caught:
        Mirror(demo_centre)
    assert "private keys of the centre lie here: centre.key, log-ed25519.key" in str(caught.value)
    demo_centre.key("public.json").write_text("{}")
    data = mirror_folder(demo_centre, tmp_path / "mirror")
    with pytest.raises(InputError, match="a mirror needs the address of a PostgreSQL store"):
        Mirror(data)
    settings(data, store=database)
    with pytest.raises(InputError, match=r"public\.json.*the key 'centre' is missing"):
        Mirror(data)


def test_mirror_on_a_database_without_a_centre_is_refused(demo_centre, database, tmp_path, serve_real):
    serving = serve_real(demo_centre)  # on SQLite; it writes public.json
    serving.stop()
    data = mirror_folder(demo_centre, tmp_path / "mirror", store=database)
    with pytest.raises(InputError, match="the store cannot be opened: PostgreSQL: relation"):
        Mirror(data)
