"""A PostgreSQL server for the time of a measurement, with its folder on the same disk as the others."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

FOLDERS = (*Path("/usr/lib/postgresql").glob("*/bin"), *map(Path, os.environ.get("PATH", "").split(":")))


def _program(name: str) -> Path:
    found = next((folder / name for folder in FOLDERS if (folder / name).is_file()), None)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


@contextmanager
def running_server() -> Iterator[str]:
    """Make, start and remove a server; gives its connection string. Durable: nothing is switched off."""
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="exchange-") as place:
        if as_user:
            shutil.chown(place, "postgres")
        data, control = f"{place}/data", str(_program("pg_ctl"))

        def run(*command: str) -> None:
            subprocess.run([*as_user, *command], check=True, stdout=subprocess.DEVNULL, cwd=place)

        run(str(_program("initdb")), "-D", data, "-A", "trust", "-U", "synaspis")
        run(
            control,
            "-D",
            data,
            "-o",
            f"-c listen_addresses='' -k {place}",
            "-l",
            f"{place}/log",
            "-w",
            "start",
        )
        try:
            yield f"host={place} user=synaspis dbname=postgres"
        finally:
            run(control, "-D", data, "-m", "immediate", "-w", "stop")
