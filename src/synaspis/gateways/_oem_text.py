"""Cuts an Orbit Ephemeris Message into header, metadata, comments and rows, each with its line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from synaspis.gateways._kvn import FaultList, lines, nearest

LINES_MAX: Final = 1_000_000

VERSIONS: Final = ("1.0", "2.0", "3.0")
HEADER: Final = frozenset({"CCSDS_OEM_VERS", "CLASSIFICATION", "CREATION_DATE", "ORIGINATOR", "MESSAGE_ID"})
META_NEEDED: Final = (
    *("OBJECT_NAME", "OBJECT_ID", "CENTER_NAME", "REF_FRAME", "TIME_SYSTEM", "START_TIME", "STOP_TIME"),
)
META: Final = frozenset(
    {*META_NEEDED, "REF_FRAME_EPOCH", "USEABLE_START_TIME", "USEABLE_STOP_TIME"}
    | {"INTERPOLATION", "INTERPOLATION_DEGREE"}
)

Values = dict[str, tuple[str, int]]
"""Keyword to value and line."""


@dataclass
class RawSegment:
    """What a segment says before it is understood: values, comments and data rows with their lines."""

    line: int
    values: Values = field(default_factory=dict)
    comments: list[tuple[str, int]] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    covariances: int = 0


@dataclass
class RawMessage:
    """A whole file, cut but not understood."""

    header: Values = field(default_factory=dict)
    comments: list[str] = field(default_factory=list)
    segments: list[RawSegment] = field(default_factory=list)


def split(text: str, faults: FaultList) -> RawMessage:
    """Cut a file; what has no place in it is noted in the fault list."""
    message = RawMessage()
    where = "header"
    if text.lstrip("\ufeff \t\r\n").startswith("<"):
        faults.add(
            1, "the message is XML", remedy="Export it in keyword = value form (KVN), which is what is read."
        )
        return message
    for number, line in lines(text.removeprefix("\ufeff")):
        if number > LINES_MAX:
            faults.add(
                number, f"the file has more than {LINES_MAX:,} lines", remedy="Split it or use fewer states."
            )
            break
        if not message.header and line.split("=")[0].strip() != "CCSDS_OEM_VERS":
            faults.add(number, f"the first line is {line[:40]!r}; it must be CCSDS_OEM_VERS = 2.0")
            break
        where = _sort_in(number, line, where, message, faults)
    if not message.header and not faults.faults:
        faults.add(None, "the file is empty", remedy="An OEM file begins with CCSDS_OEM_VERS = 2.0.")
    if where in ("metadata", "covariance"):
        faults.add(
            None, f"the file ends inside a {where} block", remedy="The end of the file may be missing."
        )
    return message


def _sort_in(number: int, line: str, where: str, message: RawMessage, faults: FaultList) -> str:
    """Sort one line in; returns the block that the next line is in."""
    segments = message.segments
    if line == "COMMENT" or line.startswith("COMMENT "):
        if where == "header":
            message.comments.append(line[8:].strip())
        elif where != "covariance":
            segments[-1].comments.append((line[8:].strip(), number))
        return where
    if line == "META_START" and where in ("header", "data"):
        segments.append(RawSegment(number))
        return "metadata"
    if line == "META_STOP" and where == "metadata":
        return "data"
    if line == "COVARIANCE_START" and where == "data":
        return "covariance"
    if line == "COVARIANCE_STOP" and where == "covariance":
        return "data"
    if where == "covariance":
        segments[-1].covariances += line.startswith("EPOCH")
    elif where == "data" and "=" not in line and not line.endswith(("_START", "_STOP")):
        segments[-1].rows.append((number, line.split()))
    elif where == "data" or "=" not in line:
        faults.add(number, f"{line[:40]!r} has no place in the {where} of an OEM file")
    else:
        _assign(number, line, message.header if where == "header" else segments[-1].values, where, faults)
    return where


def _assign(number: int, line: str, values: Values, where: str, faults: FaultList) -> None:
    """Keep one keyword = value."""
    keyword, value = (part.strip() for part in line.split("=", maxsplit=1))
    known = HEADER if where == "header" else META
    if keyword not in known:
        faults.add(number, f"unknown keyword {keyword[:40]!r} in the {where}", remedy=nearest(keyword, known))
    elif keyword in values:
        faults.add(number, f"{keyword} is given again; the first is in line {values[keyword][1]}", keyword)
    elif not value:
        faults.add(number, f"{keyword} has no value", keyword)
    else:
        values[keyword] = (value, number)
