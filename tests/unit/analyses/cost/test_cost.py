"""Cost of a case that can be worked out by hand, and of Europe."""

import json
from dataclasses import replace

import numpy as np
import pytest

from synaspis.analyses.cost import (
    CATEGORIES,
    RULES,
    CostResult,
    Defended,
    annuity_factor,
    benefit_shares,
    cost,
    load_tables,
)
from synaspis.catalogue import load_catalogue
from synaspis.core.errors import InputError
from synaspis.scenario import load_scenario_document

MILLION = 1e6
ROUNDS = load_catalogue().interceptors["sm-3-ia"].costs.unit
"""10 million dollars in prices of 2010, the base year of the small case."""


@pytest.fixture(scope="module")
def europe() -> CostResult:
    return cost(load_scenario_document("europe"), runs=2000)


def by_thing(result: CostResult, thing: str) -> dict[str, float]:
    (found,) = (each for each in result.things if each.id == thing)
    return {name: value / MILLION for name, value in found.by_category_usd.items() if value}


def test_each_thing_costs_what_is_worked_out_by_hand(small):
    result = small.result()
    assert (ROUNDS.value, ROUNDS.price_year) == (10.0, 2010)
    assert by_thing(result, "radar") == pytest.approx({"procurement": 100.0, "operation": 8 * 5.0})
    assert by_thing(result, "ship") == pytest.approx(
        {"procurement": 2 * 600.0, "operation": 6 * 2 * 30.0, "retirement": 2 * 12.0}
    )
    assert by_thing(result, "rounds") == pytest.approx({"procurement": 15 * 10.0})
    assert result.total.value == pytest.approx((140.0 + 1200.0 + 360.0 + 24.0 + 150.0) * MILLION)


def test_each_year_costs_what_is_worked_out_by_hand(small):
    result = small.result()
    rows = {
        each.year: {name: value / MILLION for name, value in each.by_category_usd.items()}
        for each in result.by_year
    }
    nothing = dict.fromkeys(CATEGORIES, 0.0)
    assert list(rows) == list(range(2010, 2020))
    assert rows[2011] == pytest.approx(nothing | {"procurement": 50.0 + 600.0 + 75.0})
    assert rows[2012] == pytest.approx(nothing | {"operation": 5.0 + 60.0})
    assert rows[2018] == pytest.approx(nothing | {"operation": 5.0, "retirement": 24.0})


def test_the_present_value_is_the_closed_form(small):
    """Two equal payments, then eight of 5, six of 60 and one of 24, at 5 percent, seen from 2010."""
    annuity = {n: 1.0 / annuity_factor(0.05, n) for n in (6, 8)}
    by_hand = 725.0 * (1 + 1 / 1.05) + (5.0 * annuity[8] + 60.0 * annuity[6]) / 1.05 + 24.0 / 1.05**8
    result = small.result()
    assert result.present_value.value == pytest.approx(by_hand * MILLION, rel=1e-12)
    evenly = by_hand * annuity_factor(0.05, 10) / 1.05
    assert result.equivalent_annual_usd == pytest.approx(evenly * MILLION, rel=1e-12)
    assert sum(each.discounted_usd for each in result.by_year) == pytest.approx(result.present_value.value)


def test_without_interest_the_present_value_is_the_total(small):
    result = small.result(discount_rate=0.0)
    assert result.present_value.value == pytest.approx(result.total.value)
    assert result.equivalent_annual_usd == pytest.approx(result.total.value / 10)


def test_prices_of_each_year_follow_the_table_and_leave_the_present_value(small):
    constant, current = small.result(), small.result(prices="then-year")
    table = load_tables().prices
    for one, other in zip(constant.by_year, current.by_year, strict=True):
        assert other.total_usd == pytest.approx(one.total_usd * table.ratio(2010, one.year))
        assert other.discounted_usd == pytest.approx(one.discounted_usd)
    assert current.present_value == constant.present_value
    assert current.by_year[0].total_usd == constant.by_year[0].total_usd
    assert current.total.value > constant.total.value


def test_a_service_that_begins_within_a_year_is_paid_by_the_day(europe: CostResult):
    """The site at Deveselu from 18 December 2015: 14 of 365 days, from the scenario."""
    deveselu = load_catalogue().platforms["aegis-ashore-site"].costs.operation_per_year
    prices = load_tables().prices.ratio(deveselu.price_year, europe.base_year)
    years = 14 / 365 + 13
    assert by_thing(europe, "deveselu-site")["operation"] == pytest.approx(deveselu.value * prices * years)


def test_bounds_hold_the_interval_and_the_value(small, europe: CostResult):
    for amount in (small.result().total, europe.total, europe.present_value):
        assert amount.least < amount.low < amount.value < amount.high < amount.most
    exact = small.result().total
    assert exact.most - exact.value == pytest.approx((40.0 + 15 * (ROUNDS.high - ROUNDS.value)) * MILLION)
    assert exact.value - exact.least == pytest.approx((20.0 + 15 * (ROUNDS.value - ROUNDS.low)) * MILLION)


def test_the_interval_of_one_range_is_that_of_the_triangle(small):
    """Quantiles of the triangle from 80 over 100 to 140 in closed form, for the radar alone."""
    low = 80.0 + np.sqrt(0.05 * 60.0 * 20.0)
    high = 140.0 - np.sqrt(0.05 * 60.0 * 40.0)
    payment = small.result(runs=100_000).rules["where-they-fall"].payments["gb"]
    assert payment.low_usd / MILLION - 40.0 == pytest.approx(low, abs=0.3)
    assert payment.high_usd / MILLION - 40.0 == pytest.approx(high, abs=0.3)


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(small):
    one, same, other = (json.dumps(small.result(seed=seed).to_dict()) for seed in (1, 1, 2))
    assert one == same
    assert one != other


def test_cases_share_the_draws_of_what_they_share(small):
    """Common random numbers: the price of the radar is drawn alike beside other purchases."""
    alone = small.result().rules["where-they-fall"].payments["gb"]
    beside = small.result(
        (
            'value: 10, unit: "1", basis: assumed, note: Ten.',
            'value: 99, unit: "1", basis: assumed, note: More.',
        )
    )
    assert beside.rules["where-they-fall"].payments["gb"] == replace(
        alone, share=beside.rules["where-they-fall"].payments["gb"].share
    )
    assert beside.total.value > small.result().total.value


def shares_of(result: CostResult, rule: str) -> dict[str, float]:
    return {name: each.share for name, each in result.rules[rule].payments.items()}


def test_each_rule_divides_all_of_it(europe: CostResult):
    for rule in RULES:
        payments = europe.rules[rule].payments.values()
        if europe.rules[rule].missing:
            assert not payments
            continue
        assert sum(each.share for each in payments) == pytest.approx(1.0)
        assert sum(each.total_usd for each in payments) == pytest.approx(europe.total.value)
        assert sum(each.transfer_usd for each in payments) == pytest.approx(0.0, abs=1.0)
        yearly = np.sum([each.by_year_usd for each in payments], axis=0)
        assert yearly == pytest.approx([each.total_usd for each in europe.by_year])
        assert all(each.low_usd <= each.high_usd for each in payments)


def test_rules_divide_as_they_say(small):
    result = small.result(given={"us": 0.25, "gb": 0.75}, benefit={"us": 0.5, "gb": 0.5})
    whole = (140.0 + 1734.0) * MILLION
    assert shares_of(result, "where-they-fall")["gb"] == pytest.approx(140.0 * MILLION / whole)
    assert shares_of(result, "equal") == {"us": 0.5, "gb": 0.5} == shares_of(result, "benefit")
    assert shares_of(result, "given") == {"us": 0.25, "gb": 0.75}
    key = load_tables().keys.keys["nato-2021-2024"].percent
    assert shares_of(result, "common-funding")["us"] == pytest.approx(key["US"] / (key["US"] + key["GB"]))
    economies = load_tables().economies
    for rule in ("population", "product"):
        us, gb = (economies.value(rule, country, 2015) for country in ("US", "GB"))
        assert shares_of(result, rule)["us"] == pytest.approx(us / (us + gb))


def test_a_rule_that_does_not_apply_says_why(small):
    result = small.result(
        ("common_funding_key: nato-2021-2024\n", ""), ("size_year: 2015", "size_year: 1999")
    )
    why = {rule: result.rules[rule].missing for rule in RULES if result.rules[rule].missing}
    assert why == {
        "common-funding": "The case names no key of common funds.",
        "population": "The table has no population of any partner in 1999.",
        "product": "The table has no product of any partner in 1999.",
        "benefit": "No shares of benefit were given.",
        "joint-development": "The case declares no joint development.",
        "given": "No shares were given.",
    }


def test_who_is_in_no_table_pays_nothing_and_is_named(small):
    result = small.result(("country: GB}", "country: ZZ}"))
    assert shares_of(result, "population") == {"us": 1.0, "gb": 0.0}
    assert result.rules["population"].basis == "population of 2015; no value for gb, who pay nothing"
    assert "gb are not in it and pay nothing" in result.rules["common-funding"].basis


def test_nobody_in_the_key_means_that_it_does_not_apply(small):
    result = small.result(("country: GB}", "country: ZZ}"), ("country: US}", "country: QQ}"))
    assert result.rules["common-funding"].missing == "No partner is in the key 'nato-2021-2024'."


def test_what_is_given_in_kind_is_credited_at_its_stated_value(small, in_kind: str):
    """40 of land by the United Kingdom: in equal parts it owes half of all, less what it bears already."""
    result = small.result(more=in_kind)
    whole = 140.0 + 1734.0 + 40.0
    payment = result.rules["equal"].payments["gb"]
    assert payment.total_usd == pytest.approx(0.5 * whole * MILLION)
    assert payment.in_kind_usd == pytest.approx(40.0 * MILLION)
    assert payment.transfer_usd == pytest.approx((0.5 * whole - 140.0 - 40.0) * MILLION)
    assert result.rules["where-they-fall"].payments["gb"].total_usd == pytest.approx(180.0 * MILLION)


JOINT = """\
development:
  - item: sm-3-iia
    first_year: 2010
    last_year: 2013
    share: {value: 1, unit: "1", basis: assumed, note: All.}
    basis: assumed
    note: Chosen.
joint_development:
  shares:
    us: {value: 0.7, unit: "1", basis: assumed, note: As at Fylingdales.}
  rest: equal
  note: Seventy to thirty.
"""


def test_a_joint_development_is_paid_by_those_who_agreed_to(small):
    """SM-3 Block IIA: the United States 1.9 and Japan 1.2 of 3.1 bn (Reuters, August 2009)."""
    result = small.result(more=JOINT)
    development = 3100.0 * load_tables().prices.ratio(2009, 2010)
    assert by_thing(result, "development.sm-3-iia")["development"] == pytest.approx(0.613 * development)
    assert result.outside_usd == pytest.approx({"JP": 0.387 * development * MILLION})
    assert pytest.approx(1.9 / 3.1, abs=5e-4) == 0.613


def test_agreed_shares_of_developments_leave_all_else_where_it_falls(small):
    """Fylingdales: the United States 70, the United Kingdom 30 percent (Yorkshire CND)."""
    result = small.result(more=JOINT)
    development = result.by_category_usd["development"]
    falls, joint = (result.rules[rule].payments["gb"] for rule in ("where-they-fall", "joint-development"))
    assert joint.total_usd - falls.total_usd == pytest.approx(0.3 * development)
    assert joint.transfer_usd == pytest.approx(0.3 * development)


def test_common_funds_fall_on_their_key(small, in_kind: str):
    more = in_kind.replace("in_kind:", "common:").replace("    partner: gb\n", "")
    before, after = small.result(), small.result(more=more)
    key = load_tables().keys.keys["nato-2021-2024"].percent
    share = key["GB"] / (key["US"] + key["GB"])
    falls = [each.rules["where-they-fall"].payments["gb"].total_usd for each in (before, after)]
    assert falls[1] - falls[0] == pytest.approx(share * 40.0 * MILLION)


def test_an_equal_share_of_the_extension_to_territory_is_what_reuters_numbers_give():
    """Less than EUR 200 million over 10 years by 28 allies (Reuters, 5 May 2010): EUR 714,000 each a year."""
    scenario = load_scenario_document("europe")
    result = cost(scenario, runs=1)
    (thing,) = (each for each in result.things if each.id == "common.altbmd-territory")
    prices = load_tables().prices
    euro = prices.usd(1.0, "EUR", 2010) * prices.ratio(2010, result.base_year)
    assert thing.total_usd / euro / 28 / 10 == pytest.approx(714_000, rel=1e-3)


def test_operation_of_what_a_ship_carries_is_counted_with_the_ship_alone(europe: CostResult):
    carried = ("cook-radar", "cook-sm-3-ib", "deveselu-radar", "deveselu-sm-3-ib", "husum-pac-3-cri")
    assert all("operation" not in by_thing(europe, thing) for thing in carried)
    assert all(by_thing(europe, thing)["operation"] > 0 for thing in ("cook", "deveselu-site", "husum-unit"))


def test_what_is_not_public_is_absent_and_said_to_be(europe: CostResult):
    assert by_thing(europe, "redzikowo-sm-3-iib") == {}
    said = {(each.thing, each.what): each.why for each in europe.not_counted}
    assert said["redzikowo-sm-3-iib", "procurement"].startswith("Not public. Never designed in full")
    assert said["husum-unit", "procurement"] == "Bought before: its price is left out."
    assert said["geo-europe", "all"] == "Serves the whole world and other tasks."
    assert "3.3 percent of the price, stands in for it" in said["luxeuil-aster-30", "operation"]
    assert "1 of 3 years of payment lie outside 2009 to 2028." in said["luxeuil-aster-30", "procurement"]
    assert "3 of 12 years lie outside 2009 to 2028." in said["development.sm-3-iia", "development"]


def test_an_item_without_any_public_cost_is_said_to_have_none():
    result = cost(load_scenario_document("europe-with-russia"), runs=1)
    said = {(each.thing, each.what): each.why for each in result.not_counted}
    assert said["armavir-first-radar", "procurement"] == "The catalogue has no public cost of voronezh-dm."
    assert result.rules["common-funding"].payments["ru"].total_usd == 0.0


def test_cost_by_person_is_the_cost_over_the_people(small):
    result = small.result(defended=Defended(2e6, "as given"))
    assert result.per_person.present_value_usd == pytest.approx(result.present_value.value / 2e6)
    assert result.per_person.per_year_usd == pytest.approx(result.equivalent_annual_usd / 2e6)
    assert result.to_dict()["per_defended_person"]["what"] == "as given"


def test_arguments_that_make_no_sense_are_refused_together(small):
    text = small.refusal(
        rule="fair",
        discount_rate=-0.1,
        given={"us": 0.5, "fr": -0.2},
        defended=Defended(0.0, "as given"),
        runs=0,
    )
    assert text.startswith("7 faults in the input:")
    for words in (
        "unknown rule 'fair'. Allowed: benefit, common-funding, equal, given, joint-development, popul",
        "the discount rate -0.1 is out of bounds; 0 to 0.5 is allowed",
        "shares of the rule 'given': unknown partner 'fr'. Allowed: gb, us.",
        "shares of the rule 'given': the share -0.2 of 'fr' is out of bounds; 0 to 1 is allowed",
        "shares of the rule 'given': the shares add up to 0.3, not to 1. Let them add up to 1.",
        "0 people are defended; a number above 0 is needed",
        "0 runs are out of bounds; 1 to 1000000 are allowed",
    ):
        assert words in text
    assert "the rule 'benefit' needs shares. Give them, by partner." in small.refusal(rule="benefit")


def test_shares_that_are_not_numbers_are_refused(small):
    assert "the shares add up to nan, not to 1" in small.refusal(given={"us": float("nan")})


def test_json_holds_one_rule_if_one_is_asked_for_and_all_otherwise(small):
    assert list(small.result(rule="equal").to_dict()["by_rule"]) == ["equal"]
    assert list(small.result().to_dict()["by_rule"]) == list(RULES)
    json.dumps(small.result().to_dict(), allow_nan=False)


def test_assumptions_name_price_year_range_and_source(europe: CostResult):
    listed = {(each.item, each.quantity): each for each in europe.assumptions}
    radar = listed["Cost: an-tpy-2-forward", "unit"]
    assert (radar.value, radar.unit, radar.spread) == ("175", "million USD of 2012", "150 to 200")
    assert radar.sources == ("hurriyet-kurecik-2012",)
    assert ("Cost: discount_rate", "discount rate") in listed


def cooperation(**people: tuple[float, float, float]) -> dict[str, object]:
    """What `synaspis cooperation --json` prints, as far as it matters: pooled, gains, Shapley value."""
    return {
        "partners": [
            {
                "id": name,
                "own_territory_pooled": {"a": {"defended_population": pooled}},
                "gains": {"a": {"defended_population": gains}},
            }
            for name, (pooled, gains, _) in people.items()
        ],
        "by": {
            "partner": {
                "players": [
                    {"id": name, "threats": {"a": {"defended_population": {"shapley": {"value": value}}}}}
                    for name, (_, _, value) in people.items()
                ]
            }
        },
    }


def test_benefit_is_read_from_what_cooperation_printed():
    document = cooperation(us=(0.0, 0.0, 30.0), de=(60.0, 10.0, 10.0), tr=(20.0, 30.0, -5.0))
    assert benefit_shares(document, "defended") == {"us": 0.0, "de": 0.75, "tr": 0.25}
    assert benefit_shares(document, "gains") == {"us": 0.0, "de": 0.25, "tr": 0.75}
    assert benefit_shares(document, "shapley") == {"us": 0.75, "de": 0.25, "tr": 0.0}


def test_a_document_without_benefit_is_refused():
    with pytest.raises(
        InputError, match=r"x.json: there is no benefit 'gains' of partners in it. Give the output"
    ):
        benefit_shares({"partners": [{"id": "us"}]}, "gains", "x.json")
    with pytest.raises(InputError, match=r"no partner has a benefit 'gains', so nobody would pay"):
        benefit_shares(cooperation(us=(1.0, 0.0, 0.0)), "gains")


@pytest.mark.parametrize(
    ("people", "words"),
    [
        ("many", "there is no benefit 'defended' of partners in it"),
        (float("nan"), "the benefit 'defended' of 'us' is nan; a finite number is needed"),
        (float("inf"), "the benefit 'defended' of 'us' is inf; a finite number is needed"),
    ],
)
def test_a_benefit_that_is_no_number_is_refused(people, words):
    partners = [{"id": "us", "own_territory_pooled": {"a": {"defended_population": people}}}]
    with pytest.raises(InputError, match=words):
        benefit_shares({"partners": partners}, "defended")
