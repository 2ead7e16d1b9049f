"""Units as people write them, and how they turn into SI.

Inside, every number is SI and radians; degrees, kilometres and decibels exist only in YAML and on the command
line and are converted there, once.
"""

from __future__ import annotations

from math import inf, isfinite, log10, pi
from typing import Final, NamedTuple

from synaspis.core.errors import Fault, InputError


class Unit(NamedTuple):
    """dimension: what it measures. factor: SI value of one unit. decibel: the value is 10 log10 of its
    multiple.
    """

    dimension: str
    factor: float
    decibel: bool = False


UNITS: Final[dict[str, Unit]] = {
    "m": Unit("length", 1.0),
    "km": Unit("length", 1e3),
    "s": Unit("time", 1.0),
    "min": Unit("time", 60.0),
    "h": Unit("time", 3600.0),
    "d": Unit("time", 86400.0),
    "deg": Unit("angle", pi / 180.0),
    "rad": Unit("angle", 1.0),
    "kg": Unit("mass", 1.0),
    "t": Unit("mass", 1e3),
    "m/s": Unit("speed", 1.0),
    "km/s": Unit("speed", 1e3),
    "m/s2": Unit("acceleration", 1.0),
    "m2": Unit("area", 1.0),
    "km2": Unit("area", 1e6),
    "dBsm": Unit("area", 1.0, decibel=True),
    "kg/m2": Unit("mass per area", 1.0),
    "kg/m3": Unit("density", 1.0),
    "1": Unit("ratio", 1.0),
    "percent": Unit("ratio", 0.01),
    "dB": Unit("ratio", 1.0, decibel=True),
    "W": Unit("power", 1.0),
    "kW": Unit("power", 1e3),
    "MW": Unit("power", 1e6),
    "K": Unit("temperature", 1.0),
    "Hz": Unit("frequency", 1.0),
    "kHz": Unit("frequency", 1e3),
    "MHz": Unit("frequency", 1e6),
    "GHz": Unit("frequency", 1e9),
    "EUR": Unit("money in euro", 1.0),
    "million EUR": Unit("money in euro", 1e6),
    "USD": Unit("money", 1.0),
    "billion USD": Unit("money", 1e9),
    "million USD": Unit("money", 1e6),
}
"""Every unit that a file may use."""


def _article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def units_of(dimension: str) -> tuple[str, ...]:
    """Units that measure a dimension, in the order of the table."""
    return tuple(name for name, unit in UNITS.items() if unit.dimension == dimension)


def unit_fault(value: float, unit: str, dimension: str | None = None) -> Fault | None:
    """What is wrong with a value in a unit, or None.

    The unit may be unknown, or measure another dimension than the one needed; the value may be out of the
    range of floating-point numbers.
    """
    if unit not in UNITS:
        return _unknown(unit, units_of(dimension) if dimension else tuple(UNITS))
    given = UNITS[unit].dimension
    if dimension is not None and given != dimension:
        needed = f"{_article(dimension)} is needed ({', '.join(units_of(dimension))})"
        return Fault(f"{value:g} {unit} is {_article(given)}; {needed}")
    if not isfinite(value):
        return Fault(f"{value} {unit} is not a finite number")
    if not isfinite(_converted(value, UNITS[unit])):
        return Fault(f"{value:g} {unit} is too large")
    return None


def _unknown(unit: str, allowed: tuple[str, ...]) -> Fault:
    return Fault(f"unknown unit {unit!r}", "unit", f"Use one of: {', '.join(allowed)}.")


def _converted(value: float, unit: Unit) -> float:
    try:
        return unit.factor * 10.0 ** (value / 10.0) if unit.decibel else value * unit.factor
    except OverflowError:
        return inf


def to_si(value: float, unit: str, dimension: str | None = None) -> float:
    """SI value of a value in a unit: angles in radians, dB as a ratio, dBsm in m2.

    value: finite. unit: a key of `UNITS`. dimension: what it must measure, if that matters.
    Raises InputError for an unknown unit, another dimension, or a value that is not finite.
    """
    fault = unit_fault(value, unit, dimension)
    if fault is not None:
        raise InputError(fault)
    return _converted(value, UNITS[unit])


def from_si(value_si: float, unit: str) -> float:
    """Value in a unit of an SI value; the inverse of `to_si`.

    Raises InputError for an unknown unit, and for a value not above 0 in a decibel unit.
    """
    if unit not in UNITS:
        raise InputError(_unknown(unit, tuple(UNITS)))
    entry = UNITS[unit]
    if not entry.decibel:
        return value_si / entry.factor
    if value_si <= 0.0:
        raise InputError(f"{value_si:g} has no value in {unit}; it must be above 0")
    return 10.0 * log10(value_si / entry.factor)
