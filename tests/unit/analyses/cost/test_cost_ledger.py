"""Nothing is entered twice: operation and support least of all."""

import pytest

from synaspis.analyses.cost import Ledger, Line, Range
from synaspis.catalogue import Price
from synaspis.core.errors import SynaspisError
from synaspis.core.quantity import Quantity


def line(thing: str, category: str = "operation", year: int = 2020, term: str = "") -> Line:
    return Line(thing, category, year, (("us", 1.0),), 1.0, (), term=term)  # type: ignore[arg-type]


def test_operation_that_a_ship_pays_for_cannot_be_entered_for_its_radar_too():
    """The fault that Lewis and Postol found in the report of the National Research Council (November 2012):
    operation and sustainment counted twice, by about $2.5 bn.
    """
    ledger = Ledger()
    ledger.enter(line("ship"), covers=["radar"])
    with pytest.raises(
        SynaspisError,
        match="operation and support of 'radar' in 2020 would be counted twice: by 'ship' and by 'radar'",
    ):
        ledger.enter(line("radar"))


def test_the_order_of_entries_does_not_matter():
    ledger = Ledger()
    ledger.enter(line("radar"))
    with pytest.raises(
        SynaspisError, match="'radar' in 2020 would be counted twice: by 'radar' and by 'ship'"
    ):
        ledger.enter(line("ship"), covers=["radar"])
    assert [each.thing for each in ledger.lines] == ["radar"]


def test_another_year_is_another_cost():
    ledger = Ledger()
    ledger.enter(line("ship"), covers=["radar"])
    ledger.enter(line("radar", year=2021))
    assert len(ledger.lines) == 2


def test_no_cost_is_entered_twice():
    ledger = Ledger()
    ledger.enter(line("radar", "procurement"))
    ledger.enter(line("radar", "procurement", term="spares"))
    with pytest.raises(SynaspisError, match="procurement of 'radar' in 2020 is entered twice"):
        ledger.enter(line("radar", "procurement"))


def test_a_line_is_worth_its_number_times_its_factors():
    ledger = Ledger()
    price = Price(
        value=3.0, unit="million USD", price_year=2010, basis="assumed", low=2.0, high=5.0, note="Chosen."
    )
    count = Quantity(value=50.0, unit="percent", basis="assumed", note="Chosen.")
    factors = (ledger.factor("price", price, 2.0), ledger.factor("count", count))
    entry = Line("x", "procurement", 2020, (("us", 1.0),), 4.0, factors)
    assert ledger.value(entry) == 4.0 * 6e6 * 0.5
    assert ledger.value(entry, {"price": 1.0, "count": 10.0}) == 40.0
    assert ledger.ranges["price"] == Range(4e6, 6e6, 10e6)
    assert ledger.ranges["count"] == Range(0.5, 0.5, 0.5)
