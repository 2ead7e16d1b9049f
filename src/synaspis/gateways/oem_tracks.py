"""A track that a partner was delivered, as an Orbit Ephemeris Message with its covariances.

Source: CCSDS 502.0-B-3, section 5. The states are estimates, each for itself: no path is fitted through them,
so nothing is said between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from synaspis.core.clock import SECOND_US, to_rfc3339
from synaspis.core.errors import Fault, InputError
from synaspis.gateways._cot_xml import EXERCISE
from synaspis.gateways.carried import Carried, NotCarried
from synaspis.gateways.live import marking
from synaspis.gateways.oem import WRITTEN_FRAME
from synaspis.gateways.picture import ShownTrack

_LINE_MAX: Final = 230


def oem_of_track(tracks: Iterable[ShownTrack], *, originator: str, created_us: int) -> Carried[str]:
    """Write the states of one track.

    tracks: its states in any order, all of one exercise or all in earnest. originator: who writes.
    created_us: when, microseconds since the epoch.
    Returns the text, version 2.0, frame ITRF2000, UTC; km, km/s, and their squares. The marking stands in
    the comments, whole as JSON where it fits. Raises InputError if there is no state, or if tracks or
    exercises are mixed: a message is about one object.
    """
    states = {track.time_us: track for track in tracks}
    if not states:
        remedy = "Follow the feed first (`synaspis partner watch`)."
        raise InputError(Fault("there is no state of such a track", remedy=remedy))
    ordered = [states[time_us] for time_us in sorted(states)]
    mixed = sorted({f"{each.name} of {each.exercise or 'no exercise'}" for each in ordered})
    if len(mixed) > 1:
        raise InputError(Fault(f"states of several objects: {', '.join(mixed)}", remedy="Choose one."))
    exercise = ordered[0].exercise
    out = ["CCSDS_OEM_VERS = 2.0"]
    out += [] if exercise is None else [_comment(f"{EXERCISE} {exercise}")]
    out += [f"CREATION_DATE = {_time(created_us)[:19]}", f"ORIGINATOR = {_plain(originator)}"]
    lost: list[NotCarried] = []
    out += _segment(ordered, lost)
    return Carried("\n".join(out) + "\n", tuple(lost))


def _segment(states: Sequence[ShownTrack], lost: list[NotCarried]) -> list[str]:
    last, of = states[-1], f"track {states[-1].number}"
    if last.impact is not None or last.launch is not None:
        lost.append(NotCarried(of, "launch and impact", "a segment has states; the last stand in comments"))
    if len({track.labels for track in states}) > 1:
        lost.append(NotCarried(of, "earlier labels", "a segment has one; that of the last state is written"))
    notes = [f"MARKING {marking(last)}"]
    for label in last.labels:
        text = f"LABEL {label.to_canonical_json()}"
        if len(text) > _LINE_MAX:
            lost.append(NotCarried(of, "the label as JSON", "a line has 254 characters; MARKING has it"))
        else:
            notes.append(text)
    notes += [f"SOURCES {', '.join(last.sources)}"] if last.sources else []
    notes += [f"IMPACT {last.impact}"] if last.impact is not None else []
    notes += [f"LAUNCH {last.launch}"] if last.launch is not None else []
    lines = ["", "META_START", *(line for note in notes for line in _wrapped(note))]
    lines += [
        f"OBJECT_NAME = {_plain(last.name)}",
        f"OBJECT_ID = {_plain(f'{last.picture}.{last.number}')}",
        "CENTER_NAME = EARTH",
        f"REF_FRAME = {WRITTEN_FRAME}",
        "TIME_SYSTEM = UTC",
        f"START_TIME = {_time(states[0].time_us)}",
        f"STOP_TIME = {_time(last.time_us)}",
        "META_STOP",
        "",
    ]
    lines += [_state(track) for track in states]
    exact = [track for track in states if track.covariance is not None]
    if exact:
        lines += ["", "COVARIANCE_START"]
        for track in exact:
            lines += _covariance(track)
        lines.append("COVARIANCE_STOP")
    return lines


def _state(track: ShownTrack) -> str:
    place = " ".join(f"{number / 1000.0:.9f}" for number in track.position_ecef_m)
    speed = " ".join(f"{number / 1000.0:.12f}" for number in track.velocity_ecef_m_s)
    return f"{_time(track.time_us)} {place} {speed}"


def _covariance(track: ShownTrack) -> list[str]:
    """Lower triangle, a line for each row, km2, km2/s and km2/s2."""
    assert track.covariance is not None, "asked for exact tracks alone"
    rows = [f"EPOCH = {_time(track.time_us)}", f"COV_REF_FRAME = {WRITTEN_FRAME}"]
    matrix = track.covariance * 1e-6
    return [*rows, *(" ".join(f"{number:.10e}" for number in matrix[row, : row + 1]) for row in range(6))]


def _time(instant_us: int) -> str:
    return to_rfc3339(instant_us).removesuffix("Z") if instant_us % SECOND_US else to_rfc3339(instant_us)[:19]


def _wrapped(text: str) -> list[str]:
    """A text as comments, none longer than a line of the format."""
    plain = _plain(text)
    return [_comment(plain[at : at + _LINE_MAX]) for at in range(0, len(plain), _LINE_MAX)]


def _comment(text: str) -> str:
    return f"COMMENT {_plain(text)}"


def _plain(text: str) -> str:
    """Printable ASCII; other signs are written as in Python, which loses none."""
    return text.encode("ascii", "backslashreplace").decode()
