"""The time, passed in: a clock of the machine for service, one moved by hand for tests and exercises.

Instants are whole microseconds since the Unix epoch (UTC, no leap seconds); in documents they are text as
RFC 3339 has it.
"""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, Protocol

SECOND_US: Final = 1_000_000

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_RFC3339: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)


class Clock(Protocol):
    """Tells the time to whoever has to know it."""

    def now_us(self) -> int:
        """Microseconds since the Unix epoch."""
        ...


class SystemClock:
    """The clock of the machine; it may jump."""

    def now_us(self) -> int:
        """Microseconds since the Unix epoch."""
        return time.time_ns() // 1000


class ManualClock:
    """A clock that stands still until it is moved.

    now_us: where it starts, microseconds since the Unix epoch.
    """

    def __init__(self, now_us: int) -> None:
        self._now_us = now_us

    def now_us(self) -> int:
        """Microseconds since the Unix epoch."""
        return self._now_us

    def set(self, now_us: int) -> None:
        """Put the clock to an instant, forwards or backwards."""
        self._now_us = now_us

    def advance(self, step_us: int) -> None:
        """Move the clock by a step, microseconds; negative moves it back."""
        self._now_us += step_us


def to_rfc3339(instant_us: int) -> str:
    """Text of an instant, always with six decimals and Z, so that equal instants have equal text."""
    second, left_us = divmod(instant_us, SECOND_US)
    return f"{_second(second)}.{left_us:06d}Z"


@lru_cache(maxsize=1_024)
def _second(second: int) -> str:
    # What happens at the same time is written thousands of times, and `strftime` is slow.
    return (_EPOCH + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%S")


def from_rfc3339(text: str) -> int:
    """Instant of an RFC 3339 text, microseconds since the Unix epoch.

    Raises ValueError for anything else: no time zone, more than six decimals, a leap second, a day that does
    not exist.
    """
    found = _RFC3339.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a time such as 2026-11-22T05:00:00.000000Z")
    day, clock, decimals, zone = found.groups()
    zone = "+00:00" if zone in "Zz" else zone
    moment = datetime.fromisoformat(f"{day}T{clock}.{(decimals or '').ljust(6, '0')}{zone}")
    return (moment - _EPOCH) // timedelta(microseconds=1)
