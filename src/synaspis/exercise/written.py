"""Bodies of messages as an exercise file writes them: instants since the start, names of earlier messages.

An instant may be written `start + 5 min`; the name of a message `latest launch-report of tr`: the last one of
that kind and sender that whoever sends the body was shown by then, or sent itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from synaspis.core.clock import SECOND_US, to_rfc3339
from synaspis.core.documents import Rejected, nearest
from synaspis.core.errors import Fault
from synaspis.core.units import UNITS
from synaspis.messages.bodies import BODIES, read_body

CENTRE: Final = "centre"
"""Sender of the questions of a centre."""

Named = Callable[[str, str, bool], str | None]
"""Kind, sender and whether an id is needed -> name of a message; None if there is none."""

_SINCE: Final = re.compile(r"start \+ ([0-9.]+) (s|min|h)")
_LATEST: Final = re.compile(r"latest ([a-z-]+) of ([a-z0-9-]+)")
_BY_ID: Final = ("id", "query", "notification")
"""Members that take the id of a message and not the name under which it was shown."""
_SOME_ID: Final = "0" * 32


def plain(body: Any) -> Any:
    """What a file says, as plain JSON values."""
    return json.loads(json.dumps(body, default=_plain))


def timed(body: Any, starts_us: int) -> Any:
    """A body with its instants; starts_us: start of the exercise, microseconds since the epoch."""
    return _replaced(plain(body), lambda text, _member: _instant(text, starts_us))


def referring(body: Any, named: Named) -> tuple[Any, list[str]]:
    """A body with names of earlier messages put in, and what was not found, in words."""
    missing: list[str] = []

    def replace(text: str, member: str) -> str:
        if (found := _LATEST.fullmatch(text)) is None:
            return text
        name = named(found[1], found[2], member in _BY_ID)
        if name is None:
            missing.append(f"no {found[1]} of {found[2]}")
        return name or text

    return _replaced(body, replace), missing


def named_in(body: Any) -> Iterator[tuple[str, str]]:
    """Kind and sender of every earlier message that a body names."""
    found: list[tuple[str, str]] = []

    def note(text: str, _member: str) -> str:
        found.extend((each[1], each[2]) for each in [_LATEST.fullmatch(text)] if each)
        return text

    _replaced(plain(body), note)
    yield from found


def body_faults(kind: str, body: Any, senders: tuple[str, ...] | None) -> list[Fault]:
    """What is wrong with a body; senders: whose messages it may name, None if that is not known."""
    if kind not in BODIES:
        return [Fault(f"{kind!r} is no kind of message", "kind", nearest(kind, tuple(BODIES)))]
    faults = []
    for other, sender in named_in(body):
        if other not in BODIES:
            what = f"{other!r} is no kind of message"
            faults.append(Fault(what, "body", nearest(other, tuple(BODIES))))
        if senders is not None and sender not in (*senders, CENTRE):
            what = f"{sender!r} is no nation of the exercise, and no message of it can be named"
            faults.append(Fault(what, "body", nearest(sender, (*senders, CENTRE))))
    told, _ = referring(timed(body, 0), lambda _kind, _sender, _by_id: _SOME_ID)
    try:
        read_body(kind, told)
    except Rejected as rejected:
        faults += [
            Fault(fault.what, f"body.{fault.where}".rstrip("."), fault.remedy) for fault in rejected.faults
        ]
    return faults


def _instant(text: str, starts_us: int) -> str:
    if (found := _SINCE.fullmatch(text)) is None:
        return text
    try:
        seconds = float(found[1]) * UNITS[found[2]].factor
    except ValueError:
        return text  # two points in a number; the check of the body says that it is no instant
    return to_rfc3339(starts_us + round(seconds * SECOND_US))


def _replaced(value: Any, replace: Callable[[str, str], str], member: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _replaced(part, replace, key) for key, part in value.items()}
    if isinstance(value, list):
        return [_replaced(part, replace, member) for part in value]
    return replace(value, member) if isinstance(value, str) else value


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple | list) else str(value)  # YAML makes dates of some texts
