"""Published figures beside those of a case, in the same money."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from synaspis.analyses.cost.case import CaseDocument
from synaspis.analyses.cost.ledger import Line
from synaspis.analyses.cost.parts import Published
from synaspis.analyses.cost.result import Comparison
from synaspis.analyses.cost.summing import Summing
from synaspis.analyses.cost.tables import Tables


def comparisons(case: CaseDocument, summing: Summing, tables: Tables) -> tuple[Comparison, ...]:
    """Every published figure of a case beside the case, in constant prices of the published year."""
    return tuple(_comparison(each, case, summing, tables) for each in case.published)


def _comparison(each: Published, case: CaseDocument, summing: Summing, tables: Tables) -> Comparison:
    amount = each.amount
    to_published = tables.prices.ratio(case.base_year, amount.price_year)
    per_unit = tables.prices.usd(amount.si / amount.value, amount.currency, amount.price_year)
    low = per_unit * (amount.value if amount.low is None else amount.low)
    high = per_unit * (amount.value if amount.high is None else amount.high)

    def weigh(line: Line) -> Mapping[Hashable, float]:
        wanted = {
            "horizon": True,
            "investment": line.category in ("development", "procurement"),
            "year": line.category == "operation" and line.year == case.last_year,
        }[each.period]
        return {"all": summing.counted(line) * to_published} if wanted else {}

    ends, (drawn_low, drawn_high) = summing.spread(weigh)
    return Comparison(
        what=each.what,
        source=amount.source or "",
        price_year=amount.price_year,
        published_low_usd=low,
        published_high_usd=high,
        found_usd=ends.value,
        found_low_usd=drawn_low,
        found_high_usd=drawn_high,
        overlaps=drawn_low <= high and drawn_high >= low,
        ratio=ends.value / (0.5 * (low + high)),
        difference=each.difference,
    )
