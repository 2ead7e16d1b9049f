"""What an exercise writes down of its own run, to go on after a crash: JSON lines, whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any


class Notebook:
    """A file of lines, in the order in which things happened.

    path: of the file; made with the first line. Owned by one process.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def write(self, line: Mapping[str, Any]) -> None:
        """Add a line; it survives the end of the process, and that of the machine after `force`.

        Raises OSError where there is no room; then nothing of it stands there.
        """
        if self._file is None:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            self._cut()
        text = json.dumps(line, separators=(",", ":")).encode() + b"\n"
        size = os.fstat(self._file).st_size
        written = 0
        try:
            while written < len(text):
                written += os.write(self._file, text[written:])
        except OSError:
            if written:
                os.ftruncate(self._file, size)
            raise

    def force(self) -> None:
        """Have what was written survive the end of the machine; may take milliseconds. Raises OSError."""
        if self._file is not None:
            os.fdatasync(self._file)

    def lines(self) -> list[dict[str, Any]]:
        """Every whole line."""
        if not self._path.is_file():
            return []
        return [json.loads(line) for line in self._path.read_bytes().split(b"\n")[:-1]]

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            with suppress(OSError):
                os.close(self._file)
            self._file = None

    def _cut(self) -> None:
        """Take away a last line that a crash cut short."""
        assert self._file is not None
        size = os.fstat(self._file).st_size
        tail = os.pread(self._file, 1 << 16, max(0, size - (1 << 16)))
        if tail and not tail.endswith(b"\n"):
            os.ftruncate(self._file, size - len(tail) + tail.rfind(b"\n") + 1)
