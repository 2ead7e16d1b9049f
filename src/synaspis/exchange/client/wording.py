"""Events in words: who said what, at which quality, and under which clause we see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import atan2, cos, degrees, hypot, sin
from typing import Any, Final

from synaspis.core.constants import EARTH_EQUATORIAL_RADIUS_M, EARTH_FLATTENING, EARTH_POLAR_RADIUS_M
from synaspis.exchange.client.events import Event

NOTHING: Final = "no more than that"
_TEXT_MAX: Final = 120
_LINE_MAX: Final = 2_000
_TASKS_MAX: Final = 2
"""Tasks of a plan that a line names."""


def lines_of(event: Event) -> list[str]:
    """An event as lines of text; the first one says it all in short.

    Never raises, whatever the centre sent, and gives nothing that a terminal would obey.
    """
    head = f"{event.counter:>5}  {clock_of(event.at):<23}  "
    try:
        lines = _lines(event, head)
    except (AttributeError, ArithmeticError, LookupError, TypeError, ValueError):
        lines = [f"{head}{event.type} that cannot be put into words: it does not have the parts of one"]
    return [_printable(line) for line in lines]


def _lines(event: Event, head: str) -> list[str]:
    if event.type == "picture":
        count = len(event.tracks)
        exercise = f" of {event.content['exercise']}" if event.content.get("exercise") else ""
        first = f"picture{exercise}: {count} track{'' if count == 1 else 's'}"
        return [head + first, *(f"       {_track(track)}" for track in event.tracks)]
    if event.type == "message":
        return [head + _message(event), *(f"       finding: {each['text']}" for each in _findings(event))]
    return [f"{head}{event.type} {event.content.get('code', '')}: {event.content.get('text', '')}"]


def clock_of(text: str) -> str:
    """Date and time of an instant in RFC 3339 as people read it, to the millisecond where it has any."""
    return text[:23].replace("T", " ").removesuffix(".000").rstrip("Z") if len(text) >= 20 else text


def reasons_of(why: tuple[tuple[str, str], ...]) -> str:
    """Clauses as people name them: agreement/clause."""
    return ", ".join(f"{agreement}/{clause}" for agreement, clause in why) or "no clause: it is our own"


def gist(kind: str, body: Mapping[str, Any]) -> str:
    """What a message says, as far as its body or extract shows it, in one short sentence."""
    parts = [part for part in _parts(kind, body) if part]
    text = "; ".join(parts) or NOTHING
    return text if len(text) <= 2 * _TEXT_MAX else f"{text[: 2 * _TEXT_MAX - 3]}..."


def _message(event: Event) -> str:
    message = event.message
    kind = str(message.get("kind", "message"))
    body = message.get("body") or event.content.get("extract") or {}
    exercise = f" (exercise {message['exercise']})" if message.get("exercise") else ""
    return (
        f"{message.get('sender', '?')}: {kind}{exercise}, {event.quality} by {reasons_of(event.why)}: "
        f"{gist(kind, body)}"
    )


def _findings(event: Event) -> Iterator[Mapping[str, Any]]:
    """Those that the centre adds to a message, and those on which a question rests."""
    yield from event.content.get("findings", ())
    yield from (event.message.get("body") or {}).get("findings", ())


def _parts(kind: str, body: Mapping[str, Any]) -> Iterator[str]:
    """The fields that matter, whatever the kind; what is not shown is not there."""
    if "missile_class" in body:
        yield str(body["missile_class"])
    if "window" in body:
        yield f"between {clock_of(body['window']['earliest'])} and {clock_of(body['window']['latest'])}"
    if "launch_time" in body:
        yield f"launched {_instant(body['launch_time'])}"
    if "launch" in body:
        yield f"from {_place(body['launch'])}"
    for area in body.get("impact_areas", ()):
        yield f"impact area {_area(area)}"
    if "impact" in body and kind != "warning":
        yield f"impact {_place(body['impact'])}"
    if "impact_time" in body:
        yield f"impact at {_instant(body['impact_time'])}"
    if "level" in body:
        yield f"{body['level']} {_area(body['area']) if 'area' in body else ''}".strip()
    if "sensor" in body:
        yield f"{body['sensor']} {body.get('state', '')} since {clock_of(body.get('since', ''))}"
    if "position" in body and isinstance(body["position"], str):
        yield f"position {body['position']}"
    yield from _coordination(body)
    for name in ("subject", "text", "question", "answer", "reason"):
        if name in body:
            yield _short(str(body[name]))
    if "answer_by" in body:
        yield f"answer by {clock_of(body['answer_by'])}"
    if "refers_to" in body:
        yield f"of the {body['refers_to']['kind']} {body['refers_to']['id']}"


def _coordination(body: Mapping[str, Any]) -> Iterator[str]:
    """The fields of plans, intentions, claims and what is said of them."""
    if "tasks" in body:
        count = len(body["tasks"])
        yield f"plan {body['plan']}: {count} task{'' if count == 1 else 's'}"
        for task in body["tasks"][:_TASKS_MAX]:
            yield f"{task['battery']} over {_area(task['area'])} from {clock_of(task['since'])}"
    for need in body.get("to_defend", ())[:_TASKS_MAX]:
        yield f"to be defended: {_area(need['area'])}"
    if "object" in body:
        seen = body["object"]
        if "position_ecef_m" in seen:
            yield f"object {ecef_words(seen['position_ecef_m'])} at {clock_of(seen['time'])}"
        if seen.get("impact_area"):
            yield f"coming down {_area(seen['impact_area'])}"
    if "battery" in body:
        yield f"by {body['battery']}"
    if "to" in body:
        yield f"to {body['to'] if 'action' not in body else clock_of(body['to'])}"
    for name in ("says", "response", "action", "inject", "role"):
        if name in body:
            yield f"{name} {body[name]}"


def _track(track: Mapping[str, Any]) -> str:
    where = ecef_words(track["position_ecef_m"])
    why = tuple((each["agreement"], each["clause"]) for each in track.get("why", ()))
    sources = f"from {', '.join(track['sources'])}, " if track["sources"] else ""
    text = f"track {track['number']} {track['status']}, {where}, {sources}{track['quality']}"
    text += f" by {reasons_of(why)}"
    if "impact" in track:
        text += f"; impact {_place(track['impact'])} at {clock_of(track['impact']['time'])}"
    return text


def ecef_words(position_ecef_m: list[float]) -> str:
    """A position in words: latitude and longitude, degrees, and height above the ellipsoid, km.

    position_ecef_m: x, y, z. The height is taken along the line to the centre of the Earth, which is off by
    less than 25 m per 1,000 km of height: good enough to read, not to calculate with.
    """
    x, y, z = position_ecef_m
    radius_m, latitude = hypot(x, y, z), atan2(z, hypot(x, y))
    a, b = EARTH_EQUATORIAL_RADIUS_M, EARTH_POLAR_RADIUS_M
    ground_m = a * b / hypot(b * cos(latitude), a * sin(latitude))
    # From geocentric to geodetic latitude, first order of the flattening.
    geodetic = latitude + EARTH_FLATTENING * sin(2.0 * latitude) * a / radius_m
    return (
        f"{_degrees(degrees(geodetic), 'N', 'S')} {_degrees(degrees(atan2(y, x)), 'E', 'W')} "
        f"{(radius_m - ground_m) / 1e3:,.0f} km high"
    )


def _place(place: Mapping[str, Any]) -> str:
    return f"{_degrees(place['latitude_deg'], 'N', 'S')} {_degrees(place['longitude_deg'], 'E', 'W')}"


def _area(area: Mapping[str, Any]) -> str:
    name = f"{area['name']} " if area.get("name") else ""
    if area.get("centre"):
        return f"{name}{area['radius_m'] / 1e3:,.0f} km about {_place(area['centre'])}"
    return f"{name}within {len(area.get('boundary', ()))} corners"


def _degrees(value: float, positive: str, negative: str) -> str:
    return f"{abs(value):.2f} {positive if value >= 0.0 else negative}"


def _instant(value: Any) -> str:
    return clock_of(value["time"] if isinstance(value, Mapping) else str(value))


def _printable(line: str) -> str:
    cut = line if len(line) <= _LINE_MAX else f"{line[: _LINE_MAX - 3]}..."
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in cut)


def _short(text: str) -> str:
    first = text.splitlines()[0] if text else ""
    return first if len(first) <= _TEXT_MAX else f"{first[: _TEXT_MAX - 3]}..."
