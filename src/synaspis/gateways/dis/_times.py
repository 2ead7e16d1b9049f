"""Instants as DIS writes them: 2^31 parts of the hour, the lowest bit telling that the clocks are absolute.

Source: IEEE 1278.1-2012, 6.2.88 (timestamp) and 6.2.14 (clock time, hours since 1970).
"""

from __future__ import annotations

from typing import Final

HOUR_US: Final = 3_600_000_000
_PARTS: Final = 1 << 31


def timestamp(instant_us: int) -> int:
    """Place within the hour of an instant, absolute, 32 bits."""
    part = (instant_us % HOUR_US) * _PARTS // HOUR_US
    return (part << 1) | 1


def past_hour_us(stamp: int) -> int:
    """Microseconds past the hour of a timestamp, to the nearest, below an hour."""
    return min(round((stamp >> 1) * HOUR_US / _PARTS), HOUR_US - 1)


def is_absolute(stamp: int) -> bool:
    """Whether it counts from the hour of UTC, not from the start of a program."""
    return bool(stamp & 1)


def nearest_instant(stamp: int, near_us: int) -> int:
    """The instant with this place in its hour that lies nearest to another one."""
    hour, _ = divmod(near_us, HOUR_US)
    around = (step * HOUR_US + past_hour_us(stamp) for step in (hour - 1, hour, hour + 1))
    return min(around, key=lambda instant: abs(instant - near_us))


def clock_time(instant_us: int) -> tuple[int, int]:
    """Hours since 1970 and the timestamp within the hour."""
    return instant_us // HOUR_US, timestamp(instant_us)


def instant_of(hours: int, stamp: int) -> int:
    """Instant of a clock time, microseconds since the epoch."""
    return hours * HOUR_US + past_hour_us(stamp)
