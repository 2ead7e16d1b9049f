"""Reads CCSDS Orbit Ephemeris Messages in keyword form (502.0-B-2 and B-3) and says all faults at once."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from synaspis.engine.ephemeris import EVENTS, Ephemeris, find_events
from synaspis.gateways._kvn import EPOCH, FaultList, parse_time, time_ns
from synaspis.gateways._oem_states import MISMATCH_NOTED, States, mismatch, read_states
from synaspis.gateways._oem_text import META_NEEDED, VERSIONS, RawSegment, Values, split
from synaspis.gateways.celestial import celestial_to_ecef
from synaspis.gateways.oem import EVENT_COMMENT, Oem, OemSegment

_TURNING: Final = re.compile(r"ITRF-?(\d{2}|\d{4})?|GRC|WGS-?84", re.ASCII)
_CELESTIAL: Final = frozenset({"EME2000", "J2000", "GCRF", "ICRF", "ICRF2", "ICRF3"})
_EVENT: Final = re.compile(EVENT_COMMENT + r" (\w+) = (\S+)", re.ASCII)

_EPOCH_DAYS_MAX: Final = 30
_TIME_SLACK_NS: Final = 1_000_000
"""START_TIME and STOP_TIME may be rounded to 1 ms."""


def read_oem(
    text: str, *, source: str = "", epoch: datetime | None = None, ut1_minus_utc_s: float = 0.0
) -> Oem:
    """Read an orbit ephemeris message.

    text: the file. source: its name, for messages.
    epoch: UTC, from which seconds are to count; without it the first state of the message, cut to 1 us.
    ut1_minus_utc_s: -0.9 to 0.9, used for celestial frames only; see `celestial.py` for their accuracy.
    Returns the message with every path in the turning frame. Events come from the comments that Synaspis
    writes, and else from the path itself (apogee, re-entry, impact; burnout stays unknown).
    Raises InputError that lists every fault with its line.
    """
    faults = FaultList(source)
    raw = split(text, faults)
    if not raw.header:
        faults.refuse()
    created_ns = _header(raw.header, faults)
    states = [read_states(segment, faults) for segment in raw.segments]
    for segment, each in zip(raw.segments, states, strict=True):
        _check_metadata(segment, each, faults)
    if not raw.segments:
        faults.add(
            None, "the message has no segment", "META_START", "Add META_START ... META_STOP and states."
        )
    faults.refuse()
    known = [each for each in states if each is not None]
    first_ns = min(int(each.time_ns[0]) for each in known)
    counted_from = EPOCH + timedelta(microseconds=first_ns // 1000) if epoch is None else epoch
    epoch_ns = time_ns(counted_from)
    if abs(first_ns - epoch_ns) > _EPOCH_DAYS_MAX * 86_400_000_000_000:
        days = (first_ns - epoch_ns) / 86_400e9
        faults.add(
            None, f"the first state is {days:.1f} days after the epoch; allowed are {_EPOCH_DAYS_MAX} days"
        )
        faults.refuse()
    made: list[OemSegment] = []
    notes: list[str] = []
    for segment, each in zip(raw.segments, known, strict=True):
        notes += _notes(segment, each, ut1_minus_utc_s)
        made += _segment(segment, each, epoch_ns, ut1_minus_utc_s, faults)
    faults.refuse()
    return Oem(
        epoch=counted_from,
        originator=raw.header["ORIGINATOR"][0],
        creation_date=EPOCH + timedelta(microseconds=created_ns // 1000),
        segments=tuple(made),
        comments=tuple(raw.comments),
        notes=tuple(notes),
    )


def _header(header: Values, faults: FaultList) -> int:
    """Check the header; returns the creation date in ns, 0 if it is faulty."""
    version, line = header["CCSDS_OEM_VERS"]
    if version not in VERSIONS:
        faults.add(
            line, f"version {version!r} cannot be read; allowed are {', '.join(VERSIONS)}", "CCSDS_OEM_VERS"
        )
    for keyword in ("CREATION_DATE", "ORIGINATOR"):
        if keyword not in header:
            faults.add(None, f"{keyword} is missing in the header", keyword)
    return _time(header, "CREATION_DATE", faults) or 0


def _time(values: Values, keyword: str, faults: FaultList) -> int | None:
    """Value of a time keyword in ns; None if it is missing or faulty."""
    if keyword not in values:
        return None
    text, line = values[keyword]
    try:
        return parse_time(text)
    except ValueError as error:
        faults.add(line, str(error), keyword)
        return None


def _check_metadata(raw: RawSegment, states: States | None, faults: FaultList) -> None:
    """Check the keywords of a segment, and its states against its start and stop."""
    values = raw.values
    for keyword in META_NEEDED:
        if keyword not in values:
            faults.add(raw.line, f"{keyword} is missing in the metadata", keyword)
    for keyword, allowed in (("CENTER_NAME", "EARTH"), ("TIME_SYSTEM", "UTC")):
        if keyword in values and values[keyword][0].upper() != allowed:
            faults.add(
                values[keyword][1], f"{values[keyword][0]!r} cannot be read; allowed is {allowed}", keyword
            )
    if "REF_FRAME" in values and not _is_turning(values) and values["REF_FRAME"][0].upper() not in _CELESTIAL:
        faults.add(
            values["REF_FRAME"][1],
            f"frame {values['REF_FRAME'][0]!r} cannot be converted; allowed are ITRF (any year), GRC, WGS84, "
            f"{', '.join(sorted(_CELESTIAL))}",
            "REF_FRAME",
            "Ask for the ephemeris in ITRF.",
        )
    start, stop = _time(values, "START_TIME", faults), _time(values, "STOP_TIME", faults)
    useable = [_time(values, keyword, faults) for keyword in ("USEABLE_START_TIME", "USEABLE_STOP_TIME")]
    if start is not None and stop is not None and start >= stop:
        faults.add(values["STOP_TIME"][1], "STOP_TIME is not after START_TIME", "STOP_TIME")
    if useable[0] is not None and useable[1] is not None and useable[0] >= useable[1]:
        faults.add(values["USEABLE_STOP_TIME"][1], "USEABLE_STOP_TIME is not after USEABLE_START_TIME")
    if states is not None and start is not None and states.time_ns[0] < start - _TIME_SLACK_NS:
        faults.add(states.line[0], "the first state is before START_TIME", "START_TIME")
    if states is not None and stop is not None and states.time_ns[-1] > stop + _TIME_SLACK_NS:
        faults.add(states.line[-1], "the last state is after STOP_TIME", "STOP_TIME")


def _is_turning(values: Values) -> bool:
    """True if the frame turns with the Earth."""
    return _TURNING.fullmatch(values["REF_FRAME"][0].upper()) is not None


def _segment(
    raw: RawSegment, states: States, epoch_ns: int, ut1_minus_utc_s: float, faults: FaultList
) -> list[OemSegment]:
    """One segment in the turning frame; empty if its events are faulty."""
    position_m, velocity_m_s = 1000.0 * states.position_km, 1000.0 * states.velocity_km_s
    if not _is_turning(raw.values):
        position_m, velocity_m_s = celestial_to_ecef(
            position_m, velocity_m_s, states.time_ns, ut1_minus_utc_s
        )
    time_s = (states.time_ns - epoch_ns) / 1e9
    if np.any(np.diff(time_s) <= 0.0):
        faults.add(raw.line, "states less than 1 us apart cannot be told apart so far from the epoch")
        return []
    events: dict[str, float] = {}
    comments = []
    for text, line in raw.comments:
        found = _EVENT.fullmatch(text)
        if found is None:
            comments.append(text)
            continue
        event_s = _event(found[1], found[2], states, epoch_ns, line, faults)
        if event_s is not None:
            events[found[1]] = event_s
    path = Ephemeris(time_s, position_m, velocity_m_s)
    path = Ephemeris(time_s, position_m, velocity_m_s, find_events(path) | events)
    name, identifier, frame = (raw.values[key][0] for key in ("OBJECT_NAME", "OBJECT_ID", "REF_FRAME"))
    return [OemSegment(name, identifier, path, frame, tuple(comments))]


def _event(name: str, text: str, states: States, epoch_ns: int, line: int, faults: FaultList) -> float | None:
    """Seconds of an event that a comment gives; None if it is faulty."""
    if name not in EVENTS:
        faults.add(line, f"unknown event {name!r}; allowed are {', '.join(EVENTS)}")
        return None
    try:
        moment = parse_time(text)
    except ValueError as error:
        faults.add(line, str(error), name)
        return None
    if not states.time_ns[0] <= moment <= states.time_ns[-1]:
        faults.add(line, f"event {name} at {text} lies outside the states of the segment", name)
        return None
    return (moment - epoch_ns) / 1e9


def _notes(raw: RawSegment, states: States, ut1_minus_utc_s: float) -> list[str]:
    """What a user should know about how a segment was read."""
    name, frame = raw.values["OBJECT_NAME"][0], raw.values["REF_FRAME"][0]
    notes = []
    if not _is_turning(raw.values):
        given = (
            f"with UT1 - UTC = {ut1_minus_utc_s:g} s"
            if ut1_minus_utc_s
            else "with UT1 taken as UTC (up to 420 m)"
        )
        notes.append(
            f"{name}: turned from {frame} into the frame of the Earth {given}, good to 25 m otherwise"
        )
    if raw.covariances:
        notes.append(f"{name}: {raw.covariances} covariance matrices skipped")
    if any(len(fields) == 10 for _, fields in raw.rows):
        notes.append(f"{name}: accelerations skipped")
    if "USEABLE_START_TIME" in raw.values or "USEABLE_STOP_TIME" in raw.values:
        notes.append(f"{name}: states outside the useable span are used too")
    share = mismatch(states)
    if share > MISMATCH_NOTED:
        notes.append(
            f"{name}: velocities differ by {100 * share:.1f} % from how the positions move; "
            f"are they seen from the frame {frame}?"
        )
    return notes
