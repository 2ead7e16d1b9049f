"""The environment of the TAK server: made once, from hashes, with the server itself built from source.

Started as a program it makes the environment and nothing else: so does `make test`, once, before the tests.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
import venv
from pathlib import Path

LOCK = Path(__file__).with_name("requirements-taky.txt")
PLACE = Path(__file__).parents[2] / "out" / "taky"


def taky() -> Path:
    """The program `taky`; makes its environment if it is not there or of another lock."""
    stamp, text = PLACE / "lock.txt", LOCK.read_text("utf-8")
    if not stamp.exists() or stamp.read_text("utf-8") != text:
        venv.create(PLACE, clear=True, with_pip=True)
        server = re.compile(r"^taky==.*\n(?:    .*\n)*", re.MULTILINE)
        # What it is built with comes first, as wheels; then it alone is built, with that and nothing else.
        _install(server.sub("", text), "--only-binary", ":all:")
        _install("".join(server.findall(text)), "--no-build-isolation")
        stamp.write_text(text, "utf-8")
    return PLACE / "bin" / "taky"


def _install(requirements: str, *options: str) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(requirements)
        file.flush()
        pip = [str(PLACE / "bin" / "python"), "-m", "pip", "install", "-qq", "--require-hashes", "--no-deps"]
        subprocess.run([*pip, *options, "-r", file.name], check=True)


if __name__ == "__main__":
    taky()
