"""Trajectories in CCSDS Orbit Ephemeris Messages (CCSDS 502.0-B-3, keyword form): what is read and written.

`docs/formats/oem.md` says which parts of the standard are covered.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from synaspis.engine.ephemeris import EVENTS, Ephemeris
from synaspis.gateways._kvn import format_time, time_ns

WRITTEN_FRAME: Final = "ITRF2000"
"""The turning frame of Synaspis is WGS84, which agrees with every ITRF to about 0.1 m."""

EVENT_COMMENT: Final = "EVENT"
"""First word of the comments that carry an ephemeris' events."""

_PRINTABLE: Final = re.compile(r"[ -~]+")


@dataclass(frozen=True)
class OemSegment:
    """One object over one span of time.

    object_name, object_id: as the originator calls it. frame: reference frame of the file, as given.
    ephemeris: its path in the turning frame; seconds count from the epoch of the message.
    comments: text of the comments of this segment.
    """

    object_name: str
    object_id: str
    ephemeris: Ephemeris
    frame: str = WRITTEN_FRAME
    comments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Oem:
    """An orbit ephemeris message.

    epoch: UTC; the seconds of every segment count from it. originator: who made the message.
    creation_date: UTC. comments: text of the comments of the header.
    notes: what the reader left out or converted, in plain words.
    """

    epoch: datetime
    originator: str
    creation_date: datetime
    segments: tuple[OemSegment, ...]
    comments: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def write_oem(message: Oem) -> str:
    """Write an orbit ephemeris message, version 2.0, keyword form.

    message: epoch and creation date with time zone; names and comments printable ASCII.
    Returns the text: times to 1 ns, positions to 1 um, velocities to 1 nm/s, frame ITRF2000, one segment for
    each object. Raises ValueError for text that the format cannot carry and for a message without segments.
    """
    if not message.segments:
        raise ValueError("an orbit ephemeris message needs at least one segment")
    out = ["CCSDS_OEM_VERS = 2.0", *_comments(message.comments)]
    out += [f"CREATION_DATE = {_stamp(time_ns(message.creation_date))}"]
    out += [f"ORIGINATOR = {_plain('originator', message.originator)}"]
    epoch_ns = time_ns(message.epoch)
    for segment in message.segments:
        out += ["", *_segment(segment, epoch_ns)]
    return "\n".join(out) + "\n"


def _segment(segment: OemSegment, epoch_ns: int) -> list[str]:
    """Lines of one segment."""
    path = segment.ephemeris
    tags = [format_time(epoch_ns + int(offset)) for offset in np.rint(path.time_s * 1e9).astype(np.int64)]
    if len(set(tags)) < len(tags):
        raise ValueError(
            f"{segment.object_name} has nodes less than 1 ns apart, which the format cannot tell apart"
        )
    events = [
        f"{EVENT_COMMENT} {name} = {format_time(epoch_ns + round(path.events[name] * 1e9))}"
        for name in EVENTS
        if name in path.events
    ]
    states = zip(tags, path.position_ecef_m / 1000.0, path.velocity_ecef_m_s / 1000.0, strict=True)
    return [
        "META_START",
        *_comments(segment.comments),
        *_comments(events),
        f"OBJECT_NAME = {_plain('object_name', segment.object_name)}",
        f"OBJECT_ID = {_plain('object_id', segment.object_id)}",
        "CENTER_NAME = EARTH",
        f"REF_FRAME = {WRITTEN_FRAME}",
        "TIME_SYSTEM = UTC",
        f"START_TIME = {tags[0]}",
        f"STOP_TIME = {tags[-1]}",
        "INTERPOLATION = HERMITE",
        "INTERPOLATION_DEGREE = 3",
        "META_STOP",
        "",
        *(
            f"{tag} {x:.9f} {y:.9f} {z:.9f} {u:.12f} {v:.12f} {w:.12f}"
            for tag, (x, y, z), (u, v, w) in states
        ),
    ]


def _comments(texts: Sequence[str]) -> list[str]:
    return [f"COMMENT {_plain('comment', text)}" for text in texts]


def _stamp(moment_ns: int) -> str:
    """Time without nanoseconds, for the header."""
    return format_time(moment_ns).split(".", maxsplit=1)[0]


def _plain(name: str, text: str) -> str:
    """Text that fits into one line of the format (254 characters of printable ASCII)."""
    if len(text) > 230 or _PRINTABLE.fullmatch(text) is None:
        raise ValueError(
            f"{name} {text!r} does not fit; allowed are 1 to 230 printable ASCII characters in one line"
        )
    return text
