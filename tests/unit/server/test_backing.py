"""Addresses and secrets in server.yaml, and stores that are opened with them."""

import io
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from synaspis.core.clock import SystemClock
from synaspis.core.errors import InputError
from synaspis.exchange.store.sqlite_store import SqliteStore
from synaspis.exchange.store.storage import AnotherWrites, FeedEvent
from synaspis.server import back_up
from synaspis.server.backing import open_postgres, open_store, read_secret
from synaspis.server.journal import Journal
from synaspis.server.word import Announcer, Broker, broker_of


def with_lines(data, *lines: str):
    """The folder with lines of server.yaml replaced or added."""
    path = data.file("server.yaml")
    keys = {line.partition(":")[0] for line in lines}
    kept = [line for line in path.read_text().splitlines() if line.partition(":")[0] not in keys]
    path.write_text("\n".join([*kept, *lines, ""]))
    return data


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "store: postgresql://u:hunter2@db/centre",
            "store: a password stands in the address.*store_password",
        ),
        ("store: postgresql://u@db/centre?password=hunter2", "store: a password stands in the address"),
        ("store: mysql://u:hunter2@db/centre", "store: this is not an address of a kind .*Give sqlite, or"),
        ("store: hunter2", "store: this is not an address of a kind"),
        ("store: 'postgresql://[hunter2'", "store: this is no address"),
        ("store_password: hunter2", "store_password: this does not say where a secret is kept.*file:NAME"),
        ("nats: nats://hunter2@broker:4222", "nats: a password stands in the address.*nats_token: file:NAME"),
        ("nats: http://broker", "nats: this is not an address of a kind.*nats://127.0.0.1:4222"),
        ("nats_token: 'file:'", "nats_token: this does not say where a secret is kept"),
    ],
)
def test_an_address_with_a_password_in_it_is_refused_and_never_quoted(own_centre, line: str, message: str):
    with pytest.raises(InputError, match=message) as caught:
        with_lines(own_centre, line).server()
    assert "hunter2" not in str(caught.value)


def test_addresses_without_passwords_are_taken(own_centre):
    lines = ("store: postgresql://u@db/c?sslmode=verify-full", "nats: tls://broker:4222", "nats_token: env:T")
    document = with_lines(own_centre, *lines).server()
    assert document.store == "postgresql://u@db/c?sslmode=verify-full"
    assert (document.nats, document.nats_token) == ("tls://broker:4222", "env:T")


def test_a_secret_is_read_from_a_private_file_or_from_the_environment(tmp_path, monkeypatch):
    path = tmp_path / "store.password"
    path.write_text("hunter2\n")
    path.chmod(0o600)
    assert read_secret("file:store.password", tmp_path, "store_password") == "hunter2"
    assert read_secret(f"file:{path}", tmp_path / "elsewhere", "store_password") == "hunter2"
    path.chmod(0o640)
    with pytest.raises(InputError, match=r"others than its owner .*\(mode 040.*chmod 600 store\.password"):
        read_secret("file:store.password", tmp_path, "store_password")
    with pytest.raises(InputError, match="store_password: the secret cannot be read: No such file"):
        read_secret("file:other", tmp_path, "store_password")
    path.write_bytes(b"\n")
    path.chmod(0o600)
    with pytest.raises(InputError, match="the file of the secret is empty"):
        read_secret("file:store.password", tmp_path, "store_password")
    monkeypatch.setenv("STORE_PASSWORD", "hunter3")
    assert read_secret("env:STORE_PASSWORD", tmp_path, "store_password") == "hunter3"
    monkeypatch.delenv("STORE_PASSWORD")
    with pytest.raises(InputError, match="the variable STORE_PASSWORD of the environment is empty or not"):
        read_secret("env:STORE_PASSWORD", tmp_path, "store_password")
    assert read_secret(None, tmp_path, "store_password") == ""


def test_the_password_reaches_the_server_and_no_message(own_centre, monkeypatch):
    given = {}

    def connect(_url, **options):
        given.update(options)
        psycopg = pytest.importorskip("psycopg")
        raise psycopg.OperationalError("no such server")

    monkeypatch.setattr("synaspis.exchange.store._postgres_link.psycopg.connect", connect)
    monkeypatch.setenv("STORE_PASSWORD", "hunter2")
    lines = ("store: postgresql://u@db/c", "store_password: env:STORE_PASSWORD")
    document = with_lines(own_centre, *lines).server()
    with pytest.raises(InputError, match="the store cannot be opened: no such server") as caught:
        open_postgres(own_centre, document, writes=True)
    assert given["password"] == "hunter2"
    assert "hunter2" not in str(caught.value)


def test_an_extra_that_is_not_installed_is_named(own_centre, monkeypatch):
    document = with_lines(own_centre, "store: postgresql://u@db/c", "nats: nats://b").server()
    monkeypatch.setitem(sys.modules, "psycopg", None)
    for name in ("postgres_store", "_postgres_link"):
        monkeypatch.delitem(sys.modules, f"synaspis.exchange.store.{name}", raising=False)
    with pytest.raises(InputError, match=r"psycopg is not installed.*pip install 'synaspis\[postgres\]'"):
        open_postgres(own_centre, document, writes=True)
    monkeypatch.setattr("synaspis.server.word.find_spec", lambda _name: None)
    with pytest.raises(InputError, match=r"client of NATS is not installed.*pip install 'synaspis\[nats\]'"):
        broker_of(own_centre, document, Journal(SystemClock()))


def test_a_standby_waits_for_a_store_in_use_and_says_so_once(own_centre):
    said = io.StringIO()
    document, journal = own_centre.server(), Journal(SystemClock(), said)
    first = SqliteStore(own_centre.store)
    with pytest.raises(AnotherWrites, match="the store is in use by another process"):
        open_store(own_centre, document, journal, waits=False)
    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(lambda: open_store(own_centre, document, journal, waits=True).close())
        end_s = time.monotonic() + 60
        while '"waiting"' not in said.getvalue():
            assert time.monotonic() < end_s
            time.sleep(0.01)
        time.sleep(0.7)  # it tries again several times and says no more
        assert not second.done()
        first.close()
        second.result(60)
    assert said.getvalue().count('"event": "waiting"') == 1


def test_a_record_in_postgresql_is_not_backed_up_as_if_it_were_empty(own_centre, tmp_path):
    with_lines(own_centre, "store: postgresql://u@db/c")
    with pytest.raises(InputError, match=r"the record of this centre is in PostgreSQL.*pg_dump"):
        back_up(own_centre, tmp_path / "backup", SystemClock())


def test_of_each_recipient_only_the_newest_word_waits_for_a_broker_that_is_away():
    announcer = Announcer(Broker("nats://127.0.0.1:1", "", Journal(SystemClock())))
    for counter in range(1, 10_001):
        events = [FeedEvent(counter, "message", bytes(32), b"{}")]
        announcer.put({"alpha": events, "bravo": events})
    assert {name: [each.counter for each in news] for name, news in announcer._news.items()} == {
        "alpha": [10_000],
        "bravo": [10_000],
    }
    assert "secret" not in repr(Broker("nats://b", "secret", Journal(SystemClock())))
