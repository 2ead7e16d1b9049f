"""A small cost case that can be worked out by hand, and what is changed in it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from synaspis.analyses.cost import CaseDocument, CostResult, cost, load_case
from synaspis.core.errors import InputError

SMALL = """\
schema: costs/1
id: small
name: A radar and a ship
summary: Worked out by hand in the tests.
partners:
  us: {name: United States, country: US}
  gb: {name: United Kingdom, country: GB}
first_year: 2010
last_year: 2019
base_year: 2010
discount_rate: {value: 5, unit: percent, basis: assumed, note: Chosen.}
build_years: 2
spares: {value: 0.5, unit: "1", basis: assumed, note: Chosen.}
size_year: 2015
common_funding_key: nato-2021-2024
purchases:
  radar:
    name: A radar
    owner: gb
    costs:
      unit: {value: 100, unit: million USD, price_year: 2010, basis: assumed, low: 80, high: 140, note: Own.}
      operation_per_year: {value: 5, unit: million USD, price_year: 2010, basis: assumed, note: Chosen.}
      not_public: [{what: development, note: None.}, {what: retirement, note: None.}]
    first_year: 2012
    basis: assumed
    note: Chosen.
  ship:
    name: A ship
    owner: us
    costs:
      unit: {value: 600, unit: million USD, price_year: 2010, basis: assumed, note: Chosen.}
      operation_per_year: {value: 30, unit: million USD, price_year: 2010, basis: assumed, note: Chosen.}
      operation_includes: [radar, interceptors]
      retirement: {value: 12, unit: million USD, price_year: 2010, basis: assumed, note: Chosen.}
      not_public: [{what: development, note: None.}]
    count: {value: 2, unit: "1", basis: assumed, note: Two.}
    first_year: 2012
    last_year: 2017
    carries: [rounds]
    basis: assumed
    note: Chosen.
  rounds:
    name: Rounds
    item: sm-3-ia
    owner: us
    count: {value: 10, unit: "1", basis: assumed, note: Ten.}
    first_year: 2012
    basis: assumed
    note: Chosen.
"""
"""Radar: 50 in each of 2010 and 2011, then 5 a year for 8 years. Ships: 600 in each of these years, 60 a year
for 6 years, 24 in 2018. Rounds: ten and five spares, their operation with the ships. Million dollars."""

IN_KIND = """\
in_kind:
  land:
    name: Land for the radar
    partner: gb
    amount: {value: 40, unit: million USD, price_year: 2010, basis: assumed, note: As stated by the giver.}
    category: procurement
    first_year: 2010
    last_year: 2011
    basis: assumed
    note: As stated by the giver.
"""


@dataclass(frozen=True)
class Small:
    """The small case in a folder of its own; each method takes texts to put in the place of others."""

    folder: Path

    def file(self, *pairs: tuple[str, str], more: str = "") -> Path:
        text = SMALL + more
        for old, new in pairs:
            assert old in text, f"the small case does not hold {old!r}"
            text = text.replace(old, new)
        path = self.folder / "case.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    def case(self, *pairs: tuple[str, str], more: str = "") -> CaseDocument:
        return load_case(self.file(*pairs, more=more), None)

    def result(self, *pairs: tuple[str, str], more: str = "", **settings: Any) -> CostResult:
        return cost(None, costs=self.file(*pairs, more=more), **{"runs": 200, **settings})

    def refusal(self, *pairs: tuple[str, str], more: str = "", **settings: Any) -> str:
        with pytest.raises(InputError, match="fault") as caught:
            self.result(*pairs, more=more, **settings)
        return str(caught.value)


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return Small(tmp_path)


@pytest.fixture
def in_kind() -> str:
    return IN_KIND
