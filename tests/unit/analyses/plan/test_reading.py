"""Plan files: every fault at once, costs from the catalogue, candidates beside what stands."""

import re
from copy import deepcopy

import pytest
import yaml

from synaspis.analyses.cost.tables import load_tables
from synaspis.analyses.plan import read_plan
from synaspis.analyses.plan.building import options_of
from synaspis.core.errors import InputError
from synaspis.scenario import load_scenario_document

EUROPE = load_scenario_document("europe")
RADAR = {
    "item": "an-tpy-2-forward",
    "owner": "us",
    "site": "deveselu",
    "boresight": "110 deg",
    "in_service": "2018-01-01",
    "basis": "assumed",
    "note": "A test.",
}
BATTERY = {
    "item": "sm-3-iia",
    "owner": "us",
    "site": "deveselu",
    "interceptors": 8,
    "in_service": "2018-12-31",
    "basis": "assumed",
    "note": "A test.",
}
PRICE = {"value": 100.0, "unit": "million USD", "price_year": 2016, "basis": "assumed", "note": "A test."}


def written(**changes):
    plan = {
        "schema": "plan/1",
        "id": "test",
        "name": "A test",
        "summary": "A test.",
        "phase": "2015",
        "first_year": 2016,
        "last_year": 2022,
        "price_year": 2016,
        "candidates": {"radar": RADAR, "battery": BATTERY},
    }
    return {key: value for key, value in {**plan, **changes}.items() if value is not None}


@pytest.fixture
def reading(tmp_path):
    def read(**changes):
        path = tmp_path / "plan.yaml"
        text = yaml.safe_dump(written(**changes), sort_keys=False)
        path.write_text(re.sub(r"'(\d{4}-\d\d-\d\d)'", r"\1", text), "utf-8")
        return read_plan(EUROPE, path)

    return read


def faults(reading, **changes):
    with pytest.raises(InputError, match="in the input") as caught:
        reading(**changes)
    return [f"{fault.where}: {fault.what}" for fault in caught.value.faults], str(caught.value)


def test_the_plan_that_comes_with_europe_is_valid():
    given = read_plan(EUROPE)
    assert "deveselu-radar" in given.standing
    assert "redzikowo-radar" not in given.standing
    assert {"redzikowo-radar", "deveselu-radar"} <= {asset.id for asset in given.scenario.radars}


def test_a_scenario_without_candidates_says_what_to_give():
    with pytest.raises(InputError, match=r"no candidates come with the scenario .*--candidates"):
        read_plan(load_scenario_document("europe-as-built"))


def test_all_faults_of_a_file_come_together(reading):
    bad = {**RADAR, "site": "nowhere", "platform": "spaceship", "needs": ["nothing"]}
    found, text = faults(
        reading,
        phase="2014",
        threats=["icbm"],
        last_year=2010,
        objective="area",
        budget={"total": "5 km", "yearly": {"2001": "5 million USD"}, "partners": {"xx": "1 million USD"}},
        minima={
            "a": {"by": 2018, "share": "120 percent"},
            "b": {"by": 2018},
            "c": {"by": 2018, "partner": "xx", "people": 3},
        },
        candidates={"radar": bad, "battery": {**BATTERY, "interceptors_most": 4}},
    )  # fmt: skip
    for expected in (
        "phase: the scenario has no phase '2014'",
        "threats: the scenario has no threat 'icbm'",
        "last_year: last_year 2010 does not follow first_year 2016 within 30 years",
        "objective: 'area' is not allowed",
        "budget.total: 5 km is a length; a money is needed (USD, billion USD, million USD)",
        "budget.partners.xx: unknown partner 'xx'",
        "minima.a.share: 120 percent is out of bounds; 0 to 100 percent is allowed",
        "minima.b.build: none of `share`, `people` and `build` is given",
        "minima.c.partner: unknown partner 'xx'",
        "candidates.radar.site: unknown site 'nowhere'",
        "candidates.radar.platform: unknown platform 'spaceship'",
        "candidates.radar.needs: unknown candidate 'nothing'",
        "candidates.battery.interceptors_most: interceptors_most 4 is below interceptors 8",
    ):
        assert expected in found
    assert "plan.yaml:" in text
    assert "2016 to 2045" in text


def test_years_outside_the_plan_are_faults(reading):
    found, text = faults(
        reading,
        budget={"yearly": {"2001": "5 million USD"}},
        minima={"a": {"by": 2030, "share": "50 percent"}},
        candidates={"late": {**RADAR, "in_service": "2030-01-01"}},
    )
    assert sorted(found) == [
        "budget.yearly.2001: 2001 is no year of the plan",
        "candidates.late: it can be in service from 2030 on, after the last year 2022",
        "minima.a.by: 2030 is no year of the plan",
    ]
    assert "Give a year from 2016 to 2022." in text


def test_what_a_minimum_asks_for_is_one_thing(reading):
    found, _ = faults(
        reading,
        minima={
            "a": {"by": 2018, "share": "50 percent", "people": 3},
            "b": {"by": 2018, "build": "radr"},
            "c": {"by": 2018, "build": "radar", "partner": "pl"},
        },
    )
    assert found == [
        "minima.a.build: `share` and `people` are given",
        "minima.b.build: unknown candidate 'radr'",
        "minima.c.build: `build` and `partner` are given",
    ]


def test_candidates_that_cannot_be(reading):
    found, _ = faults(
        reading,
        candidates={
            "cook-radar": RADAR,
            "leaving": {**RADAR, "out_of_service": "2018-12-31"},
            "eye": {
                "item": "geostationary-dsp-sbirs", "owner": "us", "longitude": "10 deg",
                "in_service": "2018-01-01", "basis": "assumed", "note": "A test.",
            },
            "crowded": {**RADAR, "interceptors_most": 4},
        },
    )  # fmt: skip
    assert "candidates.crowded.interceptors_most: only a battery has this" in found
    found, _ = faults(
        reading,
        candidates={
            "cook-radar": RADAR,
            "leaving": {**RADAR, "out_of_service": "2018-12-31"},
            "eye": {
                "item": "geostationary-dsp-sbirs", "owner": "us", "longitude": "10 deg",
                "in_service": "2018-01-01", "basis": "assumed", "note": "A test.",
            },
        },
    )  # fmt: skip
    assert found == [
        "candidates.cook-radar: 'cook-radar' stands already in this phase",
        "candidates.leaving.out_of_service: a candidate stays once it is built",
        "candidates.eye: a satellite cannot be a candidate: it defends nothing by itself",
    ]


def test_a_price_that_is_not_public_has_to_be_given(reading):
    without = {key: value for key, value in RADAR.items() if key != "boresight"}
    silent = {"radar": {**without, "item": "spy-1d-v"}, "battery": {**BATTERY, "item": "sm-3-iib"}}
    found, text = faults(reading, candidates=silent)
    assert found == [
        "candidates.radar.price: the price of spy-1d-v is not public, and none is given",
        "candidates.battery.price: the price of sm-3-iib is not public, and none is given",
    ]
    assert "Give `price`, with basis `assumed` and a note if it is yours." in text
    given = reading(candidates={"battery": {**BATTERY, "item": "sm-3-iib", "price": PRICE}})
    assert given.costs["battery"].price == (100e6, 100e6, 100e6)


def test_lots_of_interceptors_need_a_price_of_one(reading):
    lots = {**BATTERY, "item": "sm-3-iib", "price": PRICE, "interceptors_most": 16}
    found, _ = faults(reading, candidates={"battery": lots})
    assert found == [
        "candidates.battery.interceptor_price: the price of sm-3-iib is not public, and none is given"
    ]


def test_costs_of_a_battery_are_its_missiles_at_the_price_of_the_catalogue(reading):
    costs = reading(candidates={"battery": {**BATTERY, "interceptors_most": 24}}).costs["battery"]
    unit = EUROPE.catalogue.interceptors["sm-3-iia"].costs.unit
    ratio = load_tables().prices.ratio(unit.price_year, 2016)
    assert costs.price.value == pytest.approx(8 * 1e6 * unit.value * ratio)
    assert (costs.price.low, costs.price.high) == pytest.approx(
        (8e6 * unit.low * ratio, 8e6 * unit.high * ratio)
    )
    assert costs.interceptor.value == pytest.approx(1e6 * unit.value * ratio)
    assert costs.yearly == (0.0, 0.0, 0.0)
    assert costs.absent == ("operation of sm-3-iia: no public figure; it counts as 0",)


def test_what_the_price_of_a_platform_includes_is_not_counted_twice(reading):
    thaad = {
        **BATTERY, "item": "thaad", "interceptors": 48, "platform": "thaad-battery",
        "fire_control": ["radar"],
    }  # fmt: skip
    radar = {**RADAR, "item": "an-tpy-2-terminal", "price": PRICE}
    costs = reading(candidates={"radar": radar, "battery": thaad}).costs["battery"]
    platform = EUROPE.catalogue.platforms["thaad-battery"].costs
    ratio = load_tables().prices.ratio(platform.unit.price_year, 2016)
    assert costs.price.value == pytest.approx(1e6 * platform.unit.value * ratio)
    ratio = load_tables().prices.ratio(platform.operation_per_year.price_year, 2016)
    assert costs.yearly.value == pytest.approx(1e6 * platform.operation_per_year.value * ratio)
    assert costs.absent == ()


def test_prices_in_other_money_are_changed_at_the_rate_of_their_year(reading):
    radar = {**RADAR, "item": "smart-l-elr", "boresight": None}
    radar.pop("boresight")
    costs = reading(candidates={"radar": radar}).costs["radar"]
    unit, table = EUROPE.catalogue.radars["smart-l-elr"].costs.unit, load_tables().prices
    dollars = 1e6 * unit.value / table.exchange["EUR"].per_usd[unit.price_year]
    assert costs.price.value == pytest.approx(dollars * table.level(2016) / table.level(unit.price_year))


def test_a_price_from_before_the_table_is_a_fault(reading):
    found, text = faults(reading, candidates={"radar": {**RADAR, "price": {**PRICE, "price_year": 1960}}})
    assert found == ["candidates.radar.price: the table of prices has no year 1960; it begins in 1990"]
    assert "Give the price in dollars of another year." in text


def test_a_candidate_comes_in_the_first_year_that_it_serves_whole(reading):
    given = reading(
        candidates={
            "new-year": RADAR,
            "new-years-eve": {**RADAR, "in_service": "2018-12-31"},
            "long-building": {**RADAR, "build_years": 5},
        }
    )
    first = {name: option.first for name, option in options_of(given, "value").items()}
    assert first == {"new-year": 2, "new-years-eve": 3, "long-building": 4}


def test_what_stands_needs_no_building(reading):
    given = reading(
        candidates={
            "radar": {**RADAR, "needs": ["cook-radar", "battery"], "needs_one_of": ["battery", "cook-radar"]},
            "battery": BATTERY,
        }
    )
    option = options_of(given, "value")["radar"]
    assert (option.needs, option.needs_one_of) == (("battery",), ())


def test_ends_of_the_ranges_can_be_chosen(reading):
    given = reading()
    low, value, high = (options_of(given, level)["radar"].price_usd for level in ("low", "value", "high"))
    assert low < value < high


def test_more_batteries_than_one_pass_can_tell_apart_are_refused(reading):
    found, _ = faults(reading, candidates={f"b{number}": deepcopy(BATTERY) for number in range(60)})
    assert len(found) == 1
    assert "batteries stand or are candidates; at most 63 are allowed" in found[0]
