"""Who pays what under each rule, year by year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synaspis.analyses.cost.result import Payment, RuleCost
from synaspis.analyses.cost.rules import RULES, Rule, Shares
from synaspis.analyses.cost.summing import Summing
from synaspis.analyses.cost.uncertainty import Floats, interval


@dataclass(frozen=True)
class _Sums:
    """Sums over the lines. By partner and year, shape (partner, year); draws of totals, shape (run,)."""

    falls: Floats
    falls_drawn: tuple[Floats, ...]
    development: Floats
    development_drawn: tuple[Floats, ...]
    in_kind: Floats


def rule_costs(
    summing: Summing, shares: Mapping[Rule, Shares], names: Mapping[str, str]
) -> dict[Rule, RuleCost]:
    """Payments under every rule; a rule that does not apply says why.

    shares: of every rule but ``where-they-fall``. names: of partners as people say them.
    """
    sums = _sums(summing)
    found = {}
    for rule in RULES:
        if rule == "where-they-fall":
            basis, missing = "owners; common funds by their key", ""
            yearly, drawn = sums.falls, sums.falls_drawn
        else:
            basis, missing = shares[rule].basis, shares[rule].missing
            part = np.array([shares[rule].by_partner.get(name, 0.0) for name in summing.partners])
            yearly, drawn = _shared(sums, part, developments_only=rule == "joint-development")
        payments = {} if missing else _payments(summing, sums, yearly, drawn, names)
        found[rule] = RuleCost(rule, basis, payments, missing)
    return found


def _shared(sums: _Sums, part: Floats, *, developments_only: bool) -> tuple[Floats, tuple[Floats, ...]]:
    pool = sums.development if developments_only else sums.falls
    pool_drawn = sum(sums.development_drawn if developments_only else sums.falls_drawn)
    yearly = part[:, np.newaxis] * pool.sum(axis=0)
    drawn = tuple(share * pool_drawn for share in part)
    if developments_only:
        yearly = yearly + sums.falls - sums.development
        pairs = zip(drawn, sums.falls_drawn, sums.development_drawn, strict=True)
        drawn = tuple(mine + falls - development for mine, falls, development in pairs)
    return yearly, drawn


def _payments(
    summing: Summing, sums: _Sums, yearly: Floats, drawn: tuple[Floats, ...], names: Mapping[str, str]
) -> dict[str, Payment]:
    whole = float(yearly.sum())
    found = {}
    for at, partner in enumerate(summing.partners):
        total = float(yearly[at].sum())
        low, high = interval(drawn[at])
        found[partner] = Payment(
            name=names[partner],
            share=total / whole if whole else 0.0,
            total_usd=total,
            low_usd=low,
            high_usd=high,
            by_year_usd=tuple(map(float, yearly[at])),
            in_kind_usd=float(sums.in_kind[at]),
            transfer_usd=total - float(sums.falls[at].sum()),
        )
    return found


def _sums(summing: Summing) -> _Sums:
    count, years = len(summing.partners), {year: at for at, year in enumerate(summing.years)}
    rows = {name: at for at, name in enumerate(summing.partners)}
    falls, development, in_kind = (
        np.zeros((count, len(years))),
        np.zeros((count, len(years))),
        np.zeros(count),
    )
    for line in summing.ledger.lines:
        value = summing.ledger.value(line) * summing.ratio[line.year]
        for payer, part in summing.payers(line).items():
            if payer not in rows:
                continue
            falls[rows[payer], years[line.year]] += part * value
            if line.category == "development":
                development[rows[payer], years[line.year]] += part * value
            if line.in_kind:
                in_kind[rows[payer]] += part * value
    drawn = summing.drawn(
        lambda line: {
            (kind, payer): part * summing.ratio[line.year]
            for payer, part in summing.payers(line).items()
            for kind in ("falls", *(("development",) if line.category == "development" else ()))
        }
    )
    none = np.zeros(1)
    return _Sums(
        falls,
        tuple(drawn.get(("falls", name), none) for name in summing.partners),
        development,
        tuple(drawn.get(("development", name), none) for name in summing.partners),
        in_kind,
    )
