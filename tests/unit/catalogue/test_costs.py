"""Prices carry their year; what is not public is said to be; nothing is counted twice."""

import pytest

from synaspis.catalogue import PRICED, Catalogue, Costs, Price, load_catalogue
from synaspis.core.documents import Document, parse
from synaspis.core.errors import InputError

CATALOGUE: Catalogue = load_catalogue()
ENTRIES = [
    (item_id, item.costs)
    for kind in (CATALOGUE.interceptors, CATALOGUE.radars, CATALOGUE.satellites, CATALOGUE.platforms)
    for item_id, item in kind.items()
    if item.costs is not None
]
PRICE = {"value": 5.0, "unit": "million EUR", "price_year": 2012, "basis": "assumed", "note": "Chosen."}
ABSENT = tuple({"what": what, "note": "None."} for what in PRICED)


def check(**fields: object) -> Costs:
    return parse(Costs, Document(fields))


def test_there_are_costs_to_check():
    assert len(ENTRIES) > 20


@pytest.mark.parametrize(("item_id", "costs"), ENTRIES)
def test_each_cost_of_an_item_is_given_or_said_to_be_absent(item_id: str, costs: Costs):
    for what in PRICED:
        price = getattr(costs, what)
        assert (price is None) == (
            costs.not_public_of(what) is not None or "operation" in costs.unit_includes
        )
        assert price is None or 1990 <= price.price_year <= 2026


@pytest.mark.parametrize(("item_id", "costs"), ENTRIES)
def test_a_price_that_is_no_plain_statement_has_a_range(item_id: str, costs: Costs):
    prices = [price for what in PRICED if (price := getattr(costs, what)) is not None]
    assert all(price.low is not None and price.high is not None for price in prices)


def test_a_price_says_its_money_and_year():
    price = parse(Price, Document(PRICE))
    assert price.currency == "EUR"
    assert str(price) == "5 million EUR in prices of 2012"
    assert price.si == 5e6


def test_shares_of_a_development_add_up():
    half = {"value": 0.5, "unit": "1", "basis": "assumed", "note": "Half."}
    shares = ({"country": "US", "share": half}, {"country": "JP", "share": half})
    assert len(check(development_shares=shares, not_public=ABSENT).development_shares) == 2
    with pytest.raises(InputError, match=r"the shares add up to 0.5, not to 1"):
        check(development_shares=shares[:1], not_public=ABSENT)


def test_operation_inside_a_price_is_not_given_again():
    absent = tuple(each for each in ABSENT if each["what"] in ("development", "retirement"))
    whole = check(unit=PRICE, unit_includes=("operation",), not_public=absent)
    assert whole.operation_per_year is None
    with pytest.raises(
        InputError, match=r"so operation_per_year would count it twice. Leave out one of the two"
    ):
        check(unit=PRICE, unit_includes=("operation",), operation_per_year=PRICE, not_public=absent)


def test_silence_about_a_cost_is_refused():
    with pytest.raises(InputError, match=r"retirement is neither given nor said to be not public"):
        check(not_public=ABSENT[:-1])
    with pytest.raises(InputError, match=r"unit is given and said to be not public. Remove one"):
        check(unit=PRICE, not_public=ABSENT)
