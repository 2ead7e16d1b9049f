"""The operator's log: one JSON object in a line, without content, digests or secrets.

What may stand in a line is listed in `FIELDS`; anything else is a defect of the program. Of an unforeseen
error the kind and the places in the code are kept, never its text, which may quote a message.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TextIO

from synaspis.core.clock import Clock, to_rfc3339

FIELDS: Final = frozenset(
    {
        "partner",
        "code",
        "reason",
        "role",
        "count",
        "bytes",
        "size",
        "status",
        "route",
        "port",
        "version",
        "late_us",
        "error",
        "places",
        "source",
        "text",
        "valid_until",
    }
)
"""Every key that a line may have beside `at` and `event`."""

_TEXT_MAX: Final = 200
_PLACES: Final = 8


class Journal:
    """Writes lines.

    clock: the centre's. stream: standard error by default; each line is one write.
    """

    def __init__(self, clock: Clock, stream: TextIO | None = None) -> None:
        self._clock, self._stream = clock, stream

    def write(self, event: str, **fields: str | int | float | list[str] | None) -> None:
        """Write a line. event: what happened, in one word or two joined by a hyphen.

        Raises ValueError for a field that is not in `FIELDS`.
        """
        if unknown := set(fields) - FIELDS:
            raise ValueError(f"{sorted(unknown)} may not stand in the log")
        line = {"at": to_rfc3339(self._clock.now_us()), "event": event}
        shown = {name: _short(value) for name, value in fields.items() if value is not None}
        stream = sys.stderr if self._stream is None else self._stream
        try:
            stream.write(json.dumps({**line, **shown}, ensure_ascii=False) + "\n")
            stream.flush()
        except (OSError, ValueError):
            # A full disk or a closed terminal must not stop the centre.
            return

    def refused(self, reason: str, partner: str) -> None:
        """Write that a request or connection was refused. partner: id; empty where nobody is known."""
        self.write("refused", reason=reason, partner=partner or None)

    def defect(self, error: BaseException, route: str = "") -> None:
        """Write that something unforeseen happened: its kind and where in the code."""
        self.write("defect", error=type(error).__name__, places=_places(error), route=route or None)

    def take_over_logging(self) -> None:
        """Send what libraries log through this journal: warnings and worse, without their arguments."""
        handler = _Handler(self)
        handler.setLevel(logging.WARNING)
        logging.root.handlers[:] = [handler]

    def loop_failed(self, _loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
        """Write what the event loop could not hand to anybody; to be set as its exception handler."""
        error = context.get("exception")
        kind = None if error is None else type(error).__name__
        places = None if error is None else _places(error)
        self.write("loop", text=str(context.get("message", "")), error=kind, places=places)


class _Handler(logging.Handler):
    def __init__(self, journal: Journal) -> None:
        super().__init__()
        self._journal = journal

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        # The message before its arguments are put in: constant text of the library.
        self._journal.write(
            "library",
            source=record.name,
            text=str(record.msg),
            error=None if error is None else type(error).__name__,
            places=None if error is None else _places(error),
        )


def _places(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-_PLACES:]
    return [f"{Path(each.filename).name}:{each.lineno}:{each.name}" for each in frames]


def _short(value: Any) -> Any:
    return value if not isinstance(value, str) or len(value) <= _TEXT_MAX else value[:_TEXT_MAX] + "..."
