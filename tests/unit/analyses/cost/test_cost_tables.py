"""Prices from year to year, exchange rates, sizes of countries, keys of common funds."""

from pathlib import Path

import pytest

from synaspis.analyses.cost import load_tables
from synaspis.analyses.cost.tables import FundingKeyTable, PriceTable
from synaspis.core.documents import parse, read_document
from synaspis.core.errors import InputError

PRICES = load_tables().prices
ECONOMIES = load_tables().economies
KEYS = load_tables().keys


def table(folder: Path, rates: str) -> PriceTable:
    path = folder / "prices.yaml"
    path.write_text(
        f"""schema: prices/1
id: prices
summary: Round numbers.
deflator:
  source: any
  inflation_percent: {{{rates}}}
later_inflation: {{value: 50, unit: percent, basis: assumed, note: Chosen.}}
exchange:
  EUR: {{source: any, per_usd: {{2001: 0.8}}}}
""",
        encoding="utf-8",
    )
    return parse(PriceTable, read_document(path))


def test_prices_are_converted_by_the_product_of_the_rates_exactly(tmp_path: Path):
    prices = table(tmp_path, "2001: 100, 2002: 25")
    assert prices.ratio(2000, 2001) == 2.0
    assert prices.ratio(2000, 2002) == 2.5
    assert prices.ratio(2002, 2001) == 0.8
    assert prices.ratio(2002, 2004) == 2.25  # twice the later inflation of 50 percent
    assert prices.ratio(1990, 1990) == 1.0


def test_money_is_exchanged_at_the_rate_of_its_year_exactly(tmp_path: Path):
    prices = table(tmp_path, "2001: 100")
    assert prices.usd(8.0, "EUR", 2001) == 10.0
    assert prices.usd(8.0, "USD", 1812) == 8.0


def test_a_year_or_money_that_the_table_lacks_is_refused(tmp_path: Path):
    prices = table(tmp_path, "2001: 100")
    with pytest.raises(InputError, match="the table of prices has no year 1999; it begins in 2000"):
        prices.level(1999)
    with pytest.raises(InputError, match="the table has no rate of EUR for 2002; it has 2001 to 2001"):
        prices.usd(1.0, "EUR", 2002)
    with pytest.raises(InputError, match="the table has no rate of JPY for 2001; it has no year"):
        prices.usd(1.0, "JPY", 2001)


def test_a_gap_in_the_rates_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match=r"the year 2002 is missing. Give every year of the table"):
        table(tmp_path, "2001: 1, 2003: 1")


def test_american_prices_rose_as_the_bureau_of_economic_analysis_says():
    # Implicit price deflator of the gross domestic product, 2017 = 100: 2009 about 87, 2023 about 122 (NIPA
    # table 1.1.9, from memory, hence the tolerance).
    assert PRICES.ratio(2009, 2017) == pytest.approx(100.0 / 87.0, rel=0.02)
    assert PRICES.ratio(2017, 2023) == pytest.approx(1.22, rel=0.02)


def test_a_euro_cost_what_the_central_bank_published():
    # Reference rate of the European Central Bank, average of 2012: 1.2848 dollars.
    assert PRICES.usd(1.0, "EUR", 2012) == pytest.approx(1.2848, rel=0.002)


def test_sizes_of_countries_are_those_of_the_world_bank():
    # United Nations: Germany about 81.7 million in 2015; International Monetary Fund: product of the United
    # States about 18.2 trillion dollars in 2015.
    assert ECONOMIES.value("population", "DE", 2015) == pytest.approx(81.7e6, rel=0.01)
    assert ECONOMIES.value("product", "US", 2015) == pytest.approx(18.2e6, rel=0.02)
    assert ECONOMIES.value("product", "QA", 2023) is None
    assert ECONOMIES.value("product", None, 2015) is None
    assert ECONOMIES.value("product", "ZZ", 2015) is None


def test_each_country_has_a_column_for_each_year():
    lengths = {
        len(column)
        for economy in ECONOMIES.countries.values()
        for column in (economy.population, economy.product)
    }
    assert lengths == {len(ECONOMIES.years)}


def test_the_key_of_the_alliance_has_the_shares_that_were_reported():
    # dpa in Nürnberger Blatt, November 2019: the United States and Germany 16.35 percent each from 2021.
    shares = KEYS.keys["nato-2021-2024"].percent
    assert shares["US"] == shares["DE"] == pytest.approx(16.35, abs=0.01)
    assert len(shares) == 30


def test_a_key_that_does_not_add_up_is_refused(tmp_path: Path):
    path = tmp_path / "keys.yaml"
    path.write_text(
        """schema: funding-keys/1
id: keys
summary: Wrong.
keys:
  two: {name: Two, basis: assumed, note: Chosen., percent: {US: 60, GB: 39}}
""",
        encoding="utf-8",
    )
    with pytest.raises(InputError, match="the shares add up to 99 percent, not to 100"):
        parse(FundingKeyTable, read_document(path))
