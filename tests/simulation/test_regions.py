"""What the regions beside Europe show: coverage by phase, by agreement and by owner, on coarse cells.

Expected are signs and orders, which follow from geometry and from what was fielded when; every such claim
names its origin. Amounts are told in docs/learn/regions.md.
"""

import numpy as np
import pytest
import xarray as xr

from synaspis.analyses.coverage import coverage
from synaspis.analyses.published import compare_with_published
from synaspis.geography import geodesic_inverse
from synaspis.scenario import load_scenario_document

IRAN = ("iran-srbm-700", "iran-mrbm-1300", "iran-mrbm-2000")


@pytest.fixture(scope="module")
def gulf() -> xr.Dataset:
    return coverage(load_scenario_document("gulf"), step_deg=0.5, contributions=False)


@pytest.fixture(scope="module")
def pacific() -> xr.Dataset:
    return coverage(load_scenario_document("asia-pacific"), step_deg=0.5, contributions=False)


def in_country(dataset: xr.Dataset, code: str, threat: str) -> np.ndarray:
    """Cells of a country that the threat reaches."""
    own = dataset["country"].values == dataset["country"].attrs["codes"].split().index(code)
    return own & (dataset["threatened"].sel(threat=threat).values == 1)


def share(dataset: xr.Dataset, code: str, phase: str, threat: str) -> float:
    """Share of the cells of a country in reach that are defended."""
    cells = in_country(dataset, code, threat)
    return float(dataset["defended"].sel(phase=phase, threat=threat).values[cells].mean())


def area(dataset: xr.Dataset, phase: str, threat: str) -> float:
    return float(dataset["defended_area"].sel(phase=phase, threat=threat))


@pytest.mark.parametrize("threat", IRAN)
def test_the_defended_part_of_the_gulf_grows_with_what_is_added(gulf: xr.Dataset, threat: str):
    # 2010 to 2016 and 2020 to 2025 add more than they take away toward Iran.
    phases = ("2010", "2016", "2020", "2025")
    areas = [area(gulf, phase, threat) for phase in phases]
    assert areas == sorted(areas)
    assert areas[-1] > areas[0]


def test_agreements_alone_add_to_the_gulf(gulf: xr.Dataset):
    # The assets of 2025 and 2030 are the same (tests/unit/scenario/test_scenario_regions.py).
    for threat in gulf["threat"].values:
        before, after = (
            gulf["defended"].sel(phase=phase, threat=threat).values for phase in ("2025", "2030")
        )
        assert (after >= before).all()
    assert area(gulf, "2030", "iran-mrbm-2000") > area(gulf, "2025", "iran-mrbm-2000")
    warning_s = gulf["median_warning_time"]
    assert (warning_s.sel(phase="2030") > warning_s.sel(phase="2025")).all()


def test_what_leaves_takes_its_part_along(gulf: xr.Dataset):
    # Associated Press, 11 September 2021: THAAD and Patriot left Al Kharj, near Riyadh.
    assert area(gulf, "2016", "yemen-mrbm-1300") < area(gulf, "2020", "yemen-mrbm-1300")
    assert area(gulf, "2025", "yemen-mrbm-1300") < area(gulf, "2020", "yemen-mrbm-1300")


def test_thaad_of_the_emirates_defends_the_emirates():
    # Congressional Research Service IF12645: intercepts up to 200 km away and 150 km high; after one at that
    # height a missile that comes down at 45 deg would have flown as much again.
    scenario = load_scenario_document("gulf")
    threat = "iran-mrbm-1300"
    dataset = coverage(
        scenario,
        phases=["2010", "2016"],
        threats=[threat],
        partners=["ae"],
        step_deg=0.5,
        contributions=False,
    )
    assert share(dataset, "AE", "2010", threat) == 0.0
    # Of the cells in reach of this class, which does not fly less than 400 km, most are defended.
    assert share(dataset, "AE", "2016", threat) > 0.7
    assert share(dataset, "KW", "2016", threat) == 0.0
    assert share(dataset, "IL", "2016", threat) == 0.0
    defended = dataset["defended"].sel(phase="2016", threat=threat).values == 1
    rows, columns = np.nonzero(defended)
    place = np.radians(dataset["latitude"].values[rows]), np.radians(dataset["longitude"].values[columns])
    nearest_m = np.min(
        [
            geodesic_inverse(battery.latitude_rad, battery.longitude_rad, *place).distance_m
            for battery in scenario.batteries
            if battery.owner == "ae" and battery.item.id == "thaad"
        ],
        axis=0,
    )
    assert nearest_m.max() < 350e3


def test_arrow_is_what_defends_israel_until_ships_come(gulf: xr.Dataset):
    scenario = load_scenario_document("gulf")
    others = ["us", "sa", "ae", "qa", "kw", "bh", "om"]
    without = coverage(
        scenario,
        phases=["2020"],
        threats=["iran-mrbm-2000"],
        partners=others,
        step_deg=0.5,
        contributions=False,
    )
    assert share(gulf, "IL", "2020", "iran-mrbm-2000") > 0.9
    assert share(without, "IL", "2020", "iran-mrbm-2000") == 0.0


@pytest.mark.parametrize("threat", ["mrbm-1300", "mrbm-2000", "irbm-3500"])
def test_aegis_ships_defend_japan_against_the_north_west(pacific: xr.Dataset, threat: str):
    # Defense News 2009, after C. Hughes: the Aegis destroyers give an upper tier for the whole of Japan.
    assert share(pacific, "JP", "2012", threat) > 0.95
    scenario = load_scenario_document("asia-pacific")
    alone = coverage(
        scenario, phases=["2012"], threats=[threat], partners=["jp"], step_deg=0.5, contributions=False
    )
    assert share(alone, "JP", "2012", threat) > 0.9


def test_guam_hangs_on_a_japanese_track_until_thaad_comes():
    # The ship off Guam has a radar of 500 km against 0.01 m2; the radars that see farther are in Japan.
    scenario = load_scenario_document("asia-pacific")
    found = {}
    for sharing in ("none", "agreements"):
        dataset = coverage(
            scenario,
            phases=["2012", "2017"],
            threats=["irbm-3500"],
            sharing=sharing,
            step_deg=0.5,
            contributions=False,
        )
        found[sharing] = [share(dataset, "GU", phase, "irbm-3500") for phase in ("2012", "2017")]
    assert found == {"none": [0.0, 1.0], "agreements": [1.0, 1.0]}


def test_the_battery_at_seongju_adds_in_korea(pacific: xr.Dataset):
    # Agreed for the south of the country (The Chosun Ilbo, 7 September 2017).
    assert share(pacific, "KR", "2017", "mrbm-1300") > share(pacific, "KR", "2012", "mrbm-1300") + 0.3


def test_the_defended_part_of_the_pacific_never_shrinks(pacific: xr.Dataset):
    for threat in pacific["threat"].values:
        areas = [area(pacific, phase, threat) for phase in pacific["phase"].values]
        assert areas == sorted(areas)


def test_australia_is_warned_by_the_agreement_alone():
    scenario = load_scenario_document("asia-pacific-australia")
    cases = {
        sharing: coverage(scenario, phases=["2025"], sharing=sharing, step_deg=2.0, contributions=False)
        for sharing in ("none", "agreements")
    }
    assert float(cases["none"]["median_warning_time"].item()) == 0.0
    # Minimum-energy flights of 7,000 and 10,000 km take 26 and 32 min (Bate, Mueller, White 1971, chapter 6).
    assert 25.0 < float(cases["agreements"]["median_warning_time"].item()) / 60.0 < 35.0
    assert float(cases["agreements"]["defended_area"].item()) == 0.0


def test_the_russian_radars_add_where_flights_pass_over_russia():
    both = {
        name: coverage(
            load_scenario_document(name), phases=["2011", "2018"], step_deg=1.0, contributions=False
        )
        for name in ("europe-beside-russia", "europe-with-russia")
    }
    beside, joined = both.values()
    assert (joined["defended"].values >= beside["defended"].values).all()
    assert area(joined, "2018", "irbm-3500") > 1.05 * area(beside, "2018", "irbm-3500")
    # No radar of the plan looks at what flies from the east of Iran over Russia to the Baltic coast
    # (docs/methods/coverage.md). Armavir does.
    new = (joined["defended"].values > beside["defended"].values).any(axis=(0, 1))
    rows, columns = np.nonzero(new)
    baltic = (joined["latitude"].values[rows] > 54.0) & (joined["longitude"].values[columns] > 18.0)
    assert baltic.any()
    # Russia is warned earlier, by the satellites of the others.
    for threat in ("mrbm-1300", "mrbm-2000", "irbm-3500"):
        cells = in_country(joined, "RU", threat)
        later, sooner = (
            np.nanmedian(case["warning_time"].sel(phase="2018", threat=threat).values[cells])
            for case in (beside, joined)
        )
        assert sooner > later


@pytest.mark.parametrize("name", ["gulf", "pacific"])
def test_published_statements_about_a_region_hold(name: str, request: pytest.FixtureRequest):
    scenario_id = {"gulf": "gulf", "pacific": "asia-pacific"}[name]
    comparisons = compare_with_published(scenario_id, request.getfixturevalue(name))
    assert comparisons
    assert [each for each in comparisons if not each.agrees] == []
