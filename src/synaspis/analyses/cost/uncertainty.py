"""From ranges to intervals: draws within the declared ranges, seeded by name, and the bounds."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synaspis.analyses.cost.ledger import Ledger, Line, Range

Floats = NDArray[np.float64]

INTERVAL = (0.05, 0.95)
"""Quantiles of the interval that is printed."""


@dataclass(frozen=True, eq=False)
class Draws:
    """A common set of draws for all lines of a ledger.

    factors: by id, shape (run,). The same quantity has the same draws in every case with the same seed, since
    its stream is named by its id.
    """

    ledger: Ledger
    factors: Mapping[str, Floats]

    @staticmethod
    def of(ledger: Ledger, runs: int, seed: int) -> Draws:
        """Draw every factor from the triangle over its range with its peak at the value."""
        return Draws(
            ledger, {name: _triangle(name, each, runs, seed) for name, each in ledger.ranges.items()}
        )

    def line(self, line: Line) -> Floats:
        """Dollars of the base year of a line in each run."""
        return line.coefficient * self.product(line.factors)

    def product(self, factors: tuple[str, ...]) -> Floats:
        """Product of factors in each run; an array of ones for none."""
        runs = len(next(iter(self.factors.values()), np.ones(1)))
        result = np.ones(runs)
        for name in factors:
            result = result * self.factors[name]
        return result

    def sums(self, weigh: Callable[[Line], Mapping[Hashable, float]]) -> dict[Hashable, Floats]:
        """Sum lines into groups, shape (run,) each.

        weigh: groups that a line goes to, with its weight in each.
        """
        coefficients: dict[tuple[Hashable, tuple[str, ...]], float] = {}
        for line in self.ledger.lines:
            for group, weight in weigh(line).items():
                key = (group, line.factors)
                coefficients[key] = coefficients.get(key, 0.0) + weight * line.coefficient
        products = {factors: self.product(factors) for factors in {key[1] for key in coefficients}}
        totals: dict[Hashable, Floats] = {}
        for (group, factors), coefficient in coefficients.items():
            totals[group] = totals.get(group, 0.0) + coefficient * products[factors]
        return totals


def bounds(ledger: Ledger, weigh: Callable[[Line], Mapping[Hashable, float]]) -> dict[Hashable, Range]:
    """Sums of lines with every factor at its low end, at its value, and at its high end."""
    found: dict[Hashable, list[float]] = {}
    ends = [{name: each[at] for name, each in ledger.ranges.items()} for at in range(3)]
    for line in ledger.lines:
        values = [ledger.value(line, end) for end in ends]
        for group, weight in weigh(line).items():
            so_far = found.setdefault(group, [0.0, 0.0, 0.0])
            for at, value in enumerate(values):
                so_far[at] += weight * value
    return {group: Range(*values) for group, values in found.items()}


def interval(draws: Floats) -> tuple[float, float]:
    """Quantiles of `INTERVAL` of draws."""
    low, high = np.quantile(draws, INTERVAL)
    return float(low), float(high)


def _triangle(name: str, each: Range, runs: int, seed: int) -> Floats:
    if each.low == each.high:
        return np.full(runs, each.value)
    # A child of the base seed named by the quantity, so that cases share the draws of what they share.
    stream = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=tuple(name.encode())))
    return stream.triangular(each.low, each.value, each.high, runs)
