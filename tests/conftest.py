"""What holds for all tests, and servers of our own: PostgreSQL in a temporary folder, and NATS.

A test passes on a machine five times slower and under load: it waits for a condition, for up to a minute, and
never for a time. Hypothesis draws the same examples in every run, so that a change is refused for what it
changes; `--hypothesis-profile search` draws new ones.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("steady", settings.get_profile("search"), derandomize=True)
settings.load_profile("steady")

FOLDERS = (*Path("/usr/lib/postgresql").glob("*/bin"), *map(Path, os.environ.get("PATH", "").split(":")))


def program(name: str) -> str | None:
    return next((str(folder / name) for folder in FOLDERS if (folder / name).is_file()), None)


def available() -> bool:
    """Whether a server can be started here: its programs are there, and a user that may run them."""
    can_run = os.geteuid() != 0 or shutil.which("runuser") is not None
    return program("initdb") is not None and program("pg_ctl") is not None and can_run


@contextmanager
def running() -> Iterator[str]:
    """Start a server and yield its connection string; it is stopped and removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="synaspis-pg-"))
    # PostgreSQL refuses to run as root; its Debian package brings a user of its own.
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_user:
        shutil.chown(folder, "postgres")
    data = folder / "data"

    def run(*words: str) -> None:
        subprocess.run([*as_user, *words], check=True, cwd=folder, stdout=subprocess.DEVNULL)

    try:
        run(str(program("initdb")), "-D", str(data), "-A", "trust", "-U", "synaspis", "--no-sync")
        options = f"-k {folder} -c listen_addresses= -c fsync=off"
        run(str(program("pg_ctl")), "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"host={folder} user=synaspis dbname=postgres"
        finally:
            run(str(program("pg_ctl")), "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Connection string of a server that runs as long as the tests do."""
    if not available():
        pytest.skip("PostgreSQL is not installed")
    with running() as url:
        yield url


@pytest.fixture
def database(postgres: str) -> Iterator[str]:
    """Address of a new database, as `server.yaml` has it."""
    psycopg = pytest.importorskip("psycopg")
    parts = dict(part.split("=", 1) for part in postgres.split())
    name = f"d{os.urandom(6).hex()}"
    with psycopg.connect(postgres, autocommit=True) as link:
        link.execute(f"CREATE DATABASE {name}".encode())
        yield f"postgresql://{parts['user']}@/{name}?host={parts['host']}"
        link.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def listening(port: int) -> None:
    """Wait until something on this machine takes connections on a port."""
    end_s = time.monotonic() + 60.0
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=60.0):
            return
        assert time.monotonic() < end_s, f"nothing listens on port {port}"
        time.sleep(0.02)


@contextmanager
def broker(port: int = 0, *options: object) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Start a NATS server on this machine, on a free port or a given one; yield its address and process."""
    server = shutil.which("nats-server") or str(Path(sys.executable).with_name("nats-server"))
    if not Path(server).is_file():
        pytest.skip("nats-server is not installed")
    if not port:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
    command = [server, "-a", "127.0.0.1", "-p", str(port), *map(str, options)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            listening(port)
            yield f"nats://127.0.0.1:{port}", process
        finally:
            process.kill()


@pytest.fixture(scope="session")
def nats_server() -> Iterator[str]:
    """Address of a NATS server that runs as long as the tests do."""
    with broker() as (url, _process):
        yield url


@pytest.fixture
def start_nats() -> Iterator[Callable[..., tuple[str, subprocess.Popen[bytes]]]]:
    """Starts NATS servers, on a port or a free one, that are ended with the test at the latest."""
    with ExitStack() as stack:
        yield lambda port=0, *options: stack.enter_context(broker(port, *options))
