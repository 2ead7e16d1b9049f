"""A delivered event taken apart: its leaves in words, and what of it can be drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import degrees, isfinite
from typing import Any, Final, NamedTuple

from synaspis.engine.earth import ecef_to_geodetic

DEPTH_MAX: Final = 16
LEAVES_MAX: Final = 20_000
SIGNS_MAX: Final = 200
"""A message of the centre has far fewer: a plan of 64 tasks and 64 needs has 128."""

_NAME_MAX: Final = 80
_PLACE: Final = frozenset({"latitude_deg", "longitude_deg"})

Drawn = tuple[str, str, Any, tuple[tuple[float, float], ...], float | None, float]


class Leaf(NamedTuple):
    """part: where it stands. text: in words. drawn: whether a sign shows it."""

    part: str
    text: str
    drawn: bool


def leaves(event: Mapping[str, Any]) -> Iterator[Leaf]:
    """Every value of an event, lists of plain values as one. Raises ValueError beyond all limits."""
    for count, leaf in enumerate(_leaves(event, "", False, 0)):
        if count >= LEAVES_MAX:
            raise ValueError(f"more than {LEAVES_MAX:,} values")
        yield leaf


def _leaves(value: Any, part: str, is_drawn: bool, depth: int) -> Iterator[Leaf]:
    if depth > DEPTH_MAX:
        raise ValueError(f"more than {DEPTH_MAX} objects inside each other")
    if isinstance(value, Mapping):
        inside = _drawn_members(value)
        for name, each in value.items():
            below = f"{part}.{named(name)}" if part else named(name)
            yield from _leaves(each, below, is_drawn or name in inside, depth + 1)
    elif isinstance(value, list | tuple):
        if all(not isinstance(each, Mapping | list | tuple) for each in value):
            if value:
                yield Leaf(part, _list_text(value), is_drawn)
        else:
            for index, each in enumerate(value):
                yield from _leaves(each, f"{part}[{index}]", is_drawn, depth + 1)
    elif value is not None:
        yield Leaf(part, plain(value), is_drawn)


def _drawn_members(value: Mapping[str, Any]) -> frozenset[str]:
    """Members of an object that a sign shows."""
    if "boundary" in value:
        return frozenset({"boundary", "name"})
    if "centre" in value and "radius_m" in value:
        return frozenset({"centre", "radius_m", "name"})
    if set(value) >= _PLACE:
        return _PLACE
    return frozenset({"position_ecef_m"}) & set(value)


def drawn(value: Any, part: str = "") -> Iterator[Drawn]:
    """What can be drawn of a body, in the order of its parts, as `Sign` has it.

    Raises ValueError for a number that is none, or more than `SIGNS_MAX`.
    """
    for count, each in enumerate(_drawn(value, part)):
        if count >= SIGNS_MAX:
            raise ValueError(f"more than {SIGNS_MAX} areas and places")
        yield each


def _drawn(value: Any, part: str) -> Iterator[Drawn]:
    if isinstance(value, list | tuple):
        for index, each in enumerate(value):
            yield from _drawn(each, f"{part}[{index}]")
    if not isinstance(value, Mapping):
        return
    name = named(value.get("name") or part)
    if "boundary" in value:
        yield part, name, "ring", tuple(_place(each) for each in value["boundary"]), None, 0.0
        return
    if "centre" in value and "radius_m" in value:
        yield part, name, "circle", (_place(value["centre"]),), None, _number(value["radius_m"], 2.0e7)
        return
    if set(value) >= _PLACE:
        yield part, name, "point", (_place(value),), None, 0.0
    elif "position_ecef_m" in value:
        latitude, longitude, height = _geodetic(value["position_ecef_m"])
        yield part, name, "point", ((latitude, longitude),), height, 0.0
    for key, each in value.items():
        yield from _drawn(each, f"{part}.{named(key)}" if part else named(key))


def _place(given: Mapping[str, Any]) -> tuple[float, float]:
    return _number(given["latitude_deg"], 90.0), _number(given["longitude_deg"], 180.0)


def _geodetic(given: Sequence[Any]) -> tuple[float, float, float]:
    if len(given) != 3:
        raise ValueError("position_ecef_m is no list of 3 numbers")
    latitude, longitude, height = ecef_to_geodetic([_number(each, 1.0e9) for each in given])
    return degrees(float(latitude)), degrees(float(longitude)), float(height)


def _number(given: Any, most: float) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise ValueError(f"{str(given)[:40]!r} is no number")
    if not isfinite(given) or abs(given) > most:
        raise ValueError(f"{given} is no number up to {most:g}")
    return float(given)


def _list_text(values: Sequence[Any]) -> str:
    between = " " if all(isinstance(each, int | float) for each in values) else ", "
    return between.join(map(plain, values))


def named(value: Any) -> str:
    """A name in one line, not longer than any that a centre gives."""
    return plain(value).replace("\n", " ")[:_NAME_MAX]


def plain(value: Any) -> str:
    """A value in words; what cannot be shown is replaced, so that every format can carry it."""
    if isinstance(value, bool):
        return str(value).lower()
    text = f"{value:.12g}" if isinstance(value, float) else str(value)
    return "".join(sign if sign.isprintable() or sign == "\n" else "\ufffd" for sign in text)
