"""What was published about cost, each a test that names its source."""

import pytest

from synaspis.analyses.cost import CostResult, cost, load_tables, packaged_case
from synaspis.catalogue import load_catalogue
from synaspis.scenario import load_scenario_document

CATALOGUE = load_catalogue()
BILLION = 1e9
CBO = "Congressional Budget Office, Options for Deploying Missile Defenses in Europe, February 2009"
LAND, SHIPS = (9.0, 14.0), (18.0, 26.0)
"""Billion dollars over 20 years, as Defense Daily reports them."""


@pytest.fixture(scope="module")
def options() -> dict[str, CostResult]:
    names = ("mda", "ships", "land-sm-3", "kei")
    return {name: cost(None, costs=packaged_case(f"cbo-2009-{name}"), runs=2000) for name in names}


@pytest.mark.parametrize(
    ("option", "published"), [("mda", LAND), ("land-sm-3", LAND), ("kei", LAND), ("ships", SHIPS)]
)
def test_the_order_of_magnitude_of_each_option_comes_out(
    options: dict[str, CostResult], option: str, published: tuple[float, float]
):
    """CBO 2009: from the catalogue's unit costs, twenty years, dollars of 2009, not discounted."""
    result = options[option]
    assert (result.years[0], result.years[-1], result.base_year) == (2009, 2028, 2009)
    assert sum(published) / 2 / 3 < result.total.value / BILLION < sum(published) / 2 * 3
    assert result.total.most / BILLION > published[0]
    assert result.total.least / BILLION < published[1]


def test_ships_cost_about_twice_as_much_or_more(options: dict[str, CostResult]):
    """CBO 2009: almost twice the plan of the agency, largely because ships must be bought."""
    ships, land = options["ships"], [options[name].total.value for name in ("mda", "land-sm-3", "kei")]
    assert all(1.5 < ships.total.value / each < 4.5 for each in land)
    (vessels,) = (each for each in ships.things if each.id == "ships")
    assert vessels.total_usd > 0.5 * ships.total.value


def test_ranges_overlap_where_the_published_range_is_met(options: dict[str, CostResult]):
    met = {name: [each.overlaps for each in result.comparisons] for name, result in options.items()}
    assert met == {"mda": [False, True], "ships": [True], "land-sm-3": [False], "kei": [True]}


def test_each_published_figure_stands_beside_ours_with_the_reason(options: dict[str, CostResult]):
    for result in options.values():
        first = result.comparisons[0]
        assert first.source == "defense-daily-cbo-2009"
        published = SHIPS if result.case == "cbo-2009-ships" else LAND
        assert (first.published_low_usd, first.published_high_usd) == tuple(
            BILLION * end for end in published
        )
        assert first.found_usd == pytest.approx(result.total.value)
        assert first.ratio == pytest.approx(result.total.value / BILLION / (sum(published) / 2))
        assert all(len(each.difference) > 80 for each in result.comparisons)


def test_the_priced_parts_of_the_plan_fit_into_what_the_agency_named(options: dict[str, CostResult]):
    """GAO-09-771: more than $4 bn through 2015. Rounds, two sites and a radar alone are less than that."""
    result = options["mda"]
    assert 2.0 < result.by_category_usd["procurement"] / BILLION < 4.0
    investment = result.comparisons[1]
    parts = result.by_category_usd["development"] + result.by_category_usd["procurement"]
    assert investment.found_usd == pytest.approx(parts)


def test_the_director_of_the_agency_priced_ten_ships_alike():
    """2007, quoted in Athéna et moi: 10 ships on station and 400 SM-3 for $17 bn, 0.6 bn a year to run. From
    unit costs: ships at 1.9 bn, rounds at the price of Block IA.
    """
    ship = CATALOGUE.platforms["aegis-destroyer"].costs
    rounds = CATALOGUE.interceptors["sm-3-ia"].costs.unit
    to_2007 = load_tables().prices.ratio(2010, 2007)
    bought = (10 * ship.unit.si + 400 * rounds.si) * to_2007
    assert bought / BILLION == pytest.approx(17.0, rel=0.35)
    prices = load_tables().prices
    operated = 10 * ship.operation_per_year.si * prices.ratio(ship.operation_per_year.price_year, 2007)
    assert operated / BILLION == pytest.approx(0.6, rel=0.35)


def test_the_director_of_the_agency_priced_eighty_thaad_batteries():
    """2007, same statement: 80 batteries $40 bn and 2.4 bn a year."""
    battery = CATALOGUE.platforms["thaad-battery"].costs
    assert (80 * battery.unit.si, 80 * battery.operation_per_year.si) == (40 * BILLION, 2.4 * BILLION)


def test_a_patriot_battalion_costs_a_fifteenth_of_what_the_draft_report_said():
    """NRC 2012 gave $14.7-16.2 bn over 20 years to one battalion; it was that of all 15 (Lexington Institute
    and Defense Daily, 2012): about 50 million a battalion and year.
    """
    unit = CATALOGUE.platforms["patriot-fire-unit"].costs.operation_per_year
    battalion = 4 * unit.si
    low, high = (total * BILLION / 15 / 20 for total in (14.7, 16.2))
    assert low < battalion < high
    assert battalion == pytest.approx(50e6, rel=0.05)
    assert 15 * battalion == pytest.approx(0.5 * (0.735 + 0.809) * BILLION, rel=0.01)


def test_the_stand_in_for_support_is_that_of_the_next_generation_interceptor():
    """Arms Control Today, June 2021: $13.1 bn with 10 rounds, 2.3 bn for 21, 2.3 bn of support; $498 million
    and $111 million a round.
    """
    assert pytest.approx(0.498, abs=0.002) == (13.1 + 2.3) / 31
    assert pytest.approx(0.111, abs=0.002) == 2.3 / 21
    result = cost(load_scenario_document("europe"), runs=1)
    listed = {each.quantity: each for each in result.assumptions}
    assert float(listed["support share"].value) / 100 == pytest.approx(2.3 / (31 * 20 * 0.111), abs=5e-4)


def test_a_pac_3_round_and_a_battery_cost_what_csis_says():
    """CSIS through No Labels, 2024: about $4 million a round; $400 million of equipment, 690 of missiles."""
    assert CATALOGUE.interceptors["pac-3-mse"].costs.unit.si == 4e6
    assert CATALOGUE.platforms["patriot-fire-unit"].costs.unit.si == 400e6


def test_four_sm_3_less_saved_49_million():
    """SpaceNews, July 2013; the order of 2011 (24 for about $312 million) lies within the range."""
    unit = CATALOGUE.interceptors["sm-3-ib"].costs.unit
    assert 4 * unit.si == 49e6
    assert unit.low < 312 / 24 < unit.high


def test_the_site_in_poland_costs_what_was_planned_and_added():
    """Breaking Defense, February 2020: $746 million and 96 more, 13 percent."""
    unit = CATALOGUE.platforms["aegis-ashore-site"].costs.unit
    assert unit.low == 746
    assert unit.high == pytest.approx(746 + 96, abs=2)
    assert pytest.approx(0.13, abs=0.005) == 96 / 746


def test_prices_of_what_was_never_built_or_published_are_absent():
    costs = CATALOGUE.interceptors["sm-3-iib"].costs
    assert costs.unit is costs.development is costs.operation_per_year is costs.retirement is None
    assert "Cancelled before a design was chosen" in (costs.not_public_of("development") or "")
    assert CATALOGUE.interceptors["arrow-3"].costs.unit is None
