"""A book of costs in which nothing is entered twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from synaspis.analyses.cost.parts import Category
from synaspis.core.errors import SynaspisError
from synaspis.core.quantity import Quantity

COMMON = ""
"""Payer of what the alliance funds in common."""


class Range(NamedTuple):
    """A value with its bounds, all in dollars of the base year or as a ratio."""

    low: float
    value: float
    high: float

    @staticmethod
    def of(quantity: Quantity, factor: float = 1.0) -> Range:
        """Range of a quantity in SI units times a factor; a missing bound is the value itself."""
        scale = quantity.si / quantity.value if quantity.value else 1.0
        low = quantity.value if quantity.low is None else quantity.low
        high = quantity.value if quantity.high is None else quantity.high
        return Range(low * scale * factor, quantity.si * factor, high * scale * factor)


@dataclass(frozen=True, slots=True)
class Line:
    """One cost in one year: a number times uncertain factors.

    thing: what it is for. payers: who pays where costs lie where they fall, with parts that add up to 1.
    coefficient: times the product of the factors it is dollars of the base year. factors: ids of ranges.
    in_kind: given, not paid. term: tells several lines of one thing, category and year apart.
    """

    thing: str
    category: Category
    year: int
    payers: tuple[tuple[str, float], ...]
    coefficient: float
    factors: tuple[str, ...]
    in_kind: bool = False
    term: str = ""


@dataclass
class Ledger:
    """Lines with the ranges of their factors, and what could not be counted.

    Each thing bears a category once a year, and operation of a thing is borne by one bearer alone: what a
    ship pays for its radar cannot be entered for the radar as well.
    """

    lines: list[Line] = field(default_factory=list)
    ranges: dict[str, Range] = field(default_factory=dict)
    quantities: dict[str, Quantity] = field(default_factory=dict)
    notes: list[tuple[str, str, str]] = field(default_factory=list)
    _entered: set[tuple[str, str, int, str]] = field(default_factory=set)
    _operated_by: dict[tuple[str, int], str] = field(default_factory=dict)

    def factor(self, name: str, quantity: Quantity, conversion: float = 1.0) -> str:
        """Register an uncertain quantity and return its id; the same quantity is one factor everywhere."""
        self.quantities[name] = quantity
        self.ranges[name] = Range.of(quantity, conversion)
        return name

    def enter(self, line: Line, covers: Iterable[str] = ()) -> None:
        """Enter a line.

        covers: of a line of operation, the other things whose operation it pays for.
        Raises SynaspisError for what is entered already.
        """
        key = (line.thing, line.category, line.year, line.term)
        if key in self._entered:
            raise SynaspisError(f"{line.category} of {line.thing!r} in {line.year} is entered twice")
        if line.category == "operation":
            for thing in (line.thing, *covers):
                bearer = self._operated_by.setdefault((thing, line.year), line.thing)
                if bearer != line.thing:
                    raise SynaspisError(
                        f"operation and support of {thing!r} in {line.year} would be counted twice: "
                        f"by {bearer!r} and by {line.thing!r}"
                    )
        self._entered.add(key)
        self.lines.append(line)

    def note(self, thing: str, what: str, why: str) -> None:
        """Note a cost that is not counted, or that an assumption stands in for."""
        if (thing, what, why) not in self.notes:
            self.notes.append((thing, what, why))

    def value(self, line: Line, values: Mapping[str, float] | None = None) -> float:
        """Dollars of the base year of a line; values: of the factors, the central ones by default."""
        result = line.coefficient
        for name in line.factors:
            result *= self.ranges[name].value if values is None else values[name]
        return result
