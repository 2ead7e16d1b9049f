"""The values of one axis: what each changes, and how it stands in the result."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import exp, floor, log
from typing import Any, Final, NamedTuple

from synaspis.analyses.sweep.document import KINDS, Axis, Scalar
from synaspis.core.errors import Fault

UNCHANGED: Final = "catalogue"
"""Holder of the value that the catalogue has."""

_MEASURE: Final = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s+(\S.*?)\s*")


class Level(NamedTuple):
    """One value of an axis.

    kind, target: what is changed. value: a number with `unit`, a number, text or day without one. unit: None
    if there is none; then the value of an override is the name of a holder.
    """

    kind: str
    target: str
    value: float | int | str | bool
    unit: str | None = None

    @property
    def written(self) -> Any:
        """The value as a file would have it."""
        return self.value if self.unit is None else f"{self.value!r} {self.unit}"


def measure_of(value: object) -> tuple[float, str] | None:
    """Number and unit of a text such as ``870 km``; None if it is none."""
    match = _MEASURE.fullmatch(value) if isinstance(value, str) else None
    return None if match is None else (float(match[1]), match[2])


def shape_faults(axis: Axis) -> Iterator[tuple[str, Fault]]:
    """What is wrong within one axis: the key that it concerns, and the fault."""
    given = [kind for kind in KINDS if getattr(axis, kind) is not None]
    if len(given) != 1:
        what = f"{' and '.join(given)} are given" if given else "nothing says what is varied"
        yield "", Fault(f"{what}; exactly one of {', '.join(KINDS)} is needed")
    ends = [key for key in ("low", "high") if getattr(axis, key) is not None]
    if axis.values is None and len(ends) < 2:
        lack = "values" if not ends else "high" if ends == ["low"] else "low"
        yield "", Fault(f"{lack} is missing", remedy="Give `values`, or a range: `low` and `high`.")
    elif axis.values is not None:
        extra = [*ends, *(["count"] if axis.count is not None else [])]
        for key in extra:
            yield key, Fault(f"both `values` and `{key}` are given", remedy="Leave one out.")
        if len(set(map(repr, axis.values))) < len(axis.values):
            yield "values", Fault("a value is given twice", remedy="Give each value once.")
        units = {m[1] if (m := measure_of(value)) else None for value in axis.values}
        if len(units) > 1 and any(measure_of(value) for value in axis.values) and None not in units:
            yield (
                "values",
                Fault(f"units differ: {', '.join(sorted(map(str, units)))}", remedy="Use one unit."),
            )
    else:
        yield from _range_faults(axis)


def _range_faults(axis: Axis) -> Iterator[tuple[str, Fault]]:
    ends = _ends(axis)
    if ends is None:
        what = f"{axis.low!s} to {axis.high!s} is no range: two numbers in the same unit are needed"
        yield "low", Fault(what, remedy="Write such as `low: 870 km` and `high: 1500 km`.")
        return
    low, high, _ = ends
    if not low < high:
        yield "high", Fault(f"{axis.high!s} is not above {axis.low!s}", remedy="low < high must hold.")
    elif axis.spacing == "logarithmic" and low <= 0.0:
        yield "low", Fault(f"{axis.low!s} cannot begin a logarithmic range; it must be above 0")


def _ends(axis: Axis) -> tuple[float, float, str | None] | None:
    """Both ends of a range and their unit; None if it is no range."""
    pairs = [_number(end) for end in (axis.low, axis.high)]
    if pairs[0] is None or pairs[1] is None or pairs[0][1] != pairs[1][1]:
        return None
    return pairs[0][0], pairs[1][0], pairs[0][1]


def _number(value: Scalar | None) -> tuple[float, str | None] | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value), None
    return measure_of(value)


def _is_whole(axis: Axis) -> bool:
    """Whether a range counts in whole numbers: both its ends are, without unit."""
    return isinstance(axis.low, int) and isinstance(axis.high, int)


def listed(axis: Axis) -> list[Level]:
    """The values of an axis of a grid; of a range without `count` its two ends."""
    if axis.values is not None:
        return [_level(axis, value) for value in axis.values]
    steps = (axis.count or 2) - 1
    found = [at_share(axis, k / steps, ends=True) for k in range(steps + 1)]
    return list(dict.fromkeys(found))


def at_share(axis: Axis, share: float, *, ends: bool = False) -> Level:
    """The value at a share of an axis.

    share: 0 to 1. ends: whether 0 and 1 are the ends of a range themselves, else each whole number or listed
    value has an equal part of the shares.
    """
    if axis.values is not None:
        return _level(axis, axis.values[min(floor(share * len(axis.values)), len(axis.values) - 1)])
    found = _ends(axis)
    assert found is not None
    low, high, unit = found
    if _is_whole(axis) and not ends:
        return Level(axis.kind, axis.target, int(min(low + floor(share * (high - low + 1.0)), high)))
    if axis.spacing == "logarithmic":
        number = exp(log(low) + share * (log(high) - log(low)))
    else:
        number = low + share * (high - low)
    number = low if share == 0.0 else high if share == 1.0 else number
    return Level(axis.kind, axis.target, round(number) if _is_whole(axis) else number, unit)


def _level(axis: Axis, value: Scalar) -> Level:
    if (measure := measure_of(value)) is not None:
        return Level(axis.kind, axis.target, *measure)
    return Level(axis.kind, axis.target, value if isinstance(value, bool | int | float | str) else str(value))
