"""The notation of CCSDS navigation messages in keyword = value form: lines, times, numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from difflib import get_close_matches
from math import isfinite
from typing import Final

from synaspis.core.errors import Fault, InputError

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Times are counted in nanoseconds from here, leap seconds not counted."""

FAULTS_MAX: Final = 100
"""More faults than this are counted, not listed."""

_NANOSECONDS_PER_DAY: Final = 86_400_000_000_000
_TIME: Final = re.compile(
    r"(\d{4})-(?:(\d{2})-(\d{2})|(\d{3}))T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,18}))?Z?", re.ASCII
)
_NUMBER: Final = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,3})?", re.ASCII)
_YEAR_FIRST, _YEAR_LAST = 1970, 2199


@dataclass
class FaultList:
    """Faults of one file in the order of finding; the object that readers fill."""

    source: str
    faults: list[Fault] = field(default_factory=list)
    uncounted: int = 0

    def add(self, line: int | None, what: str, where: str = "", remedy: str = "") -> None:
        """Note one fault."""
        if len(self.faults) < FAULTS_MAX:
            self.faults.append(Fault(what, where=where, remedy=remedy, source=self.source, line=line))
        else:
            self.uncounted += 1

    def refuse(self) -> None:
        """Raise InputError if there is any fault; sorted by line."""
        if self.faults:
            faults = sorted(self.faults, key=lambda fault: fault.line or 0)
            if self.uncounted:
                faults.append(Fault(f"and {self.uncounted:,} faults more", source=self.source))
            raise InputError(faults)


def lines(text: str) -> Iterator[tuple[int, str]]:
    """Line number from 1 and stripped text of the lines that are not empty."""
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        if stripped := line.strip():
            yield number, stripped


def parse_time(text: str) -> int:
    """Nanoseconds since 1970 of a CCSDS time such as 2018-05-25T12:00:00.5 or 2018-145T12:00:00.5Z, rounded.

    Raises ValueError whose text says what is wrong and what is allowed.
    """
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError(
            f"{_quote(text)} is not a time; allowed is YYYY-MM-DDThh:mm:ss.d or YYYY-DDDThh:mm:ss.d"
        )
    year, month, month_day, year_day, hour, minute, second, decimals = found.groups()
    if not _YEAR_FIRST <= int(year) <= _YEAR_LAST:
        raise ValueError(f"year {year} cannot be used; allowed is {_YEAR_FIRST} to {_YEAR_LAST}")
    try:
        if year_day is None:
            day = date(int(year), int(month), int(month_day))
        else:
            day = date.fromordinal(date(int(year), 1, 1).toordinal() + int(year_day) - 1)
    except ValueError:
        raise ValueError(f"{_quote(text)} names no day of the calendar") from None
    if day.year != int(year):
        raise ValueError(f"{_quote(text)} names no day of the calendar")
    if int(second) == 60:
        raise ValueError(f"{_quote(text)} is a leap second, which cannot be read; allowed is 0 to 59 s")
    if int(hour) > 23 or int(minute) > 59 or int(second) > 59:
        raise ValueError(f"{_quote(text)} names no time of the day; allowed is 00:00:00 to 23:59:59.9")
    of_day = (int(hour) * 3600 + int(minute) * 60 + int(second)) * 1_000_000_000
    tail = (decimals or "").ljust(10, "0")
    rounded = int(tail[:9]) + (tail[9] >= "5")
    return (day - EPOCH.date()).days * _NANOSECONDS_PER_DAY + of_day + rounded


def time_ns(moment: datetime) -> int:
    """Nanoseconds since 1970 of a moment; raises ValueError for one without time zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone; give it one, such as datetime.UTC")
    since = moment - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000_000 + since.microseconds * 1_000


def format_time(moment_ns: int) -> str:
    """CCSDS time with nanoseconds."""
    days, of_day = divmod(moment_ns, _NANOSECONDS_PER_DAY)
    seconds, rest = divmod(of_day, 1_000_000_000)
    day = date.fromordinal(EPOCH.date().toordinal() + days)
    return f"{day.isoformat()}T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:09}"


def parse_number(text: str) -> float:
    """Finite decimal number; raises ValueError whose text says what is wrong and what is allowed."""
    if _NUMBER.fullmatch(text) is None:
        raise ValueError(f"{_quote(text)} is not a number; allowed is such as 6524.834 or -7.1e-3")
    value = float(text)
    if not isfinite(value):
        raise ValueError(f"{_quote(text)} is too large for a number")
    return value


def nearest(word: str, known: frozenset[str]) -> str:
    """Remedy that names the nearest known keyword, or all."""
    close = get_close_matches(word.upper(), sorted(known), n=1)
    return f"Did you mean {close[0]}?" if close else f"Allowed are {', '.join(sorted(known))}."


def _quote(text: str) -> str:
    """Text for a message: short and printable."""
    return repr(text if len(text) <= 40 else text[:37] + "...")
