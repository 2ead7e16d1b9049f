"""A track that a partner was delivered, as an Orbit Ephemeris Message with its covariances.

Source: CCSDS 502.0-B-3, section 5. The states are estimates, each for itself: no path is fitted through them,
so nothing is said between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from synaspis.agreement.label import Label
from synaspis.core.clock import SECOND_US, to_rfc3339
from synaspis.core.errors import Fault, InputError
from synaspis.gateways._cot_xml import EXERCISE
from synaspis.gateways.carried import Carried, NotCarried
from synaspis.gateways.live import marking
from synaspis.gateways.oem import WRITTEN_FRAME
from synaspis.gateways.picture import GroundPoint, ShownTrack

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
    why = "a segment has those of its last state alone"
    lost += [
        NotCarried(of, f"earlier {name}", why, name)
        for name in ("labels", "sources", "status", "impact", "launch")
        if len({str(getattr(track, name)) for track in states}) > 1
    ]
    notes = [f"MARKING {marking(last)}", f"STATUS {last.status}"]
    notes += [f"SOURCES {', '.join(last.sources)}"] if last.sources else []
    notes += [*_point("IMPACT", last.impact), *_point("LAUNCH", last.launch)]
    labels = [line for label in last.labels for line in _label(label)]
    lines = ["", "META_START", *(line for note in notes for line in _wrapped(note)), *labels]
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


def _label(label: Label) -> list[str]:
    """A label as JSON; a line of the format has 254 characters, so that it goes on behind `LABEL+`."""
    text = _plain(label.to_canonical_json())
    parts = [text[at : at + _LINE_MAX] for at in range(0, len(text), _LINE_MAX)]
    return [_comment(f"{'LABEL+' if index else 'LABEL'} {part}") for index, part in enumerate(parts)]


def _point(name: str, point: GroundPoint | None) -> list[str]:
    """Where and when in words, and how well that is known."""
    if point is None:
        return []
    lines = [f"{name} {point}"]
    if point.covariance_m2 is not None:
        lines.append(f"{name}_COVARIANCE_M2 {' '.join(f'{each:.10g}' for each in point.covariance_m2)}")
    return lines if point.sigma_s is None else [*lines, f"{name}_SIGMA_S {point.sigma_s:g}"]


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
