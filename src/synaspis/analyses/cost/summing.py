"""From lines to sums by year, category, nation and thing."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from synaspis.analyses.cost.finance import discount_factors
from synaspis.analyses.cost.ledger import COMMON, Ledger, Line, Range
from synaspis.analyses.cost.tables import PriceTable
from synaspis.analyses.cost.uncertainty import Draws, Floats, bounds, interval

Prices = Literal["constant", "then-year"]
Weigh = Callable[[Line], Mapping[Hashable, float]]


@dataclass(frozen=True)
class Summing:
    """How lines are weighed.

    common: partner to share of common funds. partners: ids. ratio: by year, dollars of the chosen prices for
    one of constant prices. discount: by year, present value in the first year of one constant dollar.
    """

    ledger: Ledger
    draws: Draws
    partners: tuple[str, ...]
    common: Mapping[str, float]
    years: tuple[int, ...]
    ratio: Mapping[int, float]
    discount: Mapping[int, float]

    @staticmethod
    def of(
        ledger: Ledger,
        draws: Draws,
        partners: tuple[str, ...],
        common: Mapping[str, float],
        years: tuple[int, ...],
        table: PriceTable,
        prices: Prices,
        base_year: int,
        rate: float,
    ) -> Summing:
        """Fill in the weights of the years."""
        ratio = {year: 1.0 if prices == "constant" else table.ratio(base_year, year) for year in years}
        factors = discount_factors(years, rate, years[0])
        discount = dict(zip(years, map(float, factors), strict=True))
        return Summing(ledger, draws, partners, common, years, ratio, discount)

    def payers(self, line: Line) -> dict[str, float]:
        """Parts of a line by payer, common funds split by their key."""
        found: dict[str, float] = {}
        for payer, part in line.payers:
            split = self.common if payer == COMMON else {payer: 1.0}
            for name, share in split.items():
                found[name] = found.get(name, 0.0) + part * share
        return found

    def counted(self, line: Line) -> float:
        """Part of a line that partners pay; the rest is paid by countries outside."""
        return sum(part for payer, part in self.payers(line).items() if payer in self.partners)

    def values(self, weigh: Weigh) -> dict[Hashable, float]:
        """Central sums by group."""
        found: dict[Hashable, float] = {}
        for line in self.ledger.lines:
            value = self.ledger.value(line)
            for group, weight in weigh(line).items():
                found[group] = found.get(group, 0.0) + weight * value
        return found

    def drawn(self, weigh: Weigh) -> dict[Hashable, Floats]:
        """Drawn sums by group, shape (run,)."""
        return self.draws.sums(weigh)

    def spread(self, weigh: Weigh) -> tuple[Range, tuple[float, float]]:
        """Bounds with the value between them, and the interval, of one sum of all lines that it weighs."""
        ends = bounds(self.ledger, weigh).get("all", Range(0.0, 0.0, 0.0))
        drawn = self.draws.sums(weigh).get("all", np.zeros(1))
        return ends, interval(drawn)
