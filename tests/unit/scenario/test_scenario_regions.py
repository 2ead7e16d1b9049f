"""The packaged regions beside Europe say what was published; the sources are those of the scenario files."""

from datetime import date

import numpy as np
import pytest

from synaspis.catalogue import load_catalogue
from synaspis.geography import geodesic_inverse
from synaspis.scenario import Scenario, Variant, architecture, load_scenario_document

REGIONS = ("gulf", "asia-pacific", "asia-pacific-australia", "europe-with-russia", "europe-beside-russia")


@pytest.fixture(scope="module")
def regions() -> dict[str, Scenario]:
    return {name: load_scenario_document(name) for name in REGIONS}


@pytest.fixture(scope="module")
def gulf(regions: dict[str, Scenario]) -> Scenario:
    return regions["gulf"]


@pytest.fixture(scope="module")
def pacific(regions: dict[str, Scenario]) -> Scenario:
    return regions["asia-pacific"]


def interceptors(scenario: Scenario, phase: str, item: str, owner: str) -> int:
    """Interceptors of a kind that a partner has on the day of a phase."""
    return sum(
        asset.entry.interceptors or 0
        for asset in scenario.in_service(scenario.phase(phase).date)
        if asset.item.id == item and asset.owner == owner
    )


@pytest.mark.parametrize("name", REGIONS)
def test_every_battery_has_its_radar_while_it_serves(regions: dict[str, Scenario], name: str):
    for battery in regions[name].batteries:
        assert battery.entry.fire_control
        for radar_id in battery.entry.fire_control:
            radar = regions[name].document.assets[radar_id]
            assert radar.in_service <= battery.entry.in_service
            if radar.out_of_service is not None:
                assert battery.entry.out_of_service is not None
                assert battery.entry.out_of_service <= radar.out_of_service


@pytest.mark.parametrize("name", REGIONS)
def test_agreements_and_assets_cite_listed_sources(regions: dict[str, Scenario], name: str):
    sources = load_catalogue().sources
    document = regions[name].document
    for claim in [*document.agreements.values(), *document.assets.values(), *document.phases.values()]:
        assert claim.source in sources or (claim.basis == "assumed" and claim.note)


@pytest.mark.parametrize("name", REGIONS)
def test_every_launch_area_names_public_towns_alone(regions: dict[str, Scenario], name: str):
    for area in regions[name].document.launch_areas.values():
        assert area.basis == "assumed"
        assert "no statement about bases" in area.note or area.note == "As for Iran."


def test_the_territory_of_a_region_has_land_for_each_country(regions: dict[str, Scenario]):
    for scenario in regions.values():
        grid = scenario.grid()
        assert all(grid.of_countries([code]).any() for code in scenario.document.region.countries)


def test_thaad_came_to_the_gulf_when_the_press_says(gulf: Scenario):
    # The National, 3 July 2025: two batteries of the Emirates in 2016, the first Saudi one in July 2025.
    # Congressional Research Service: 48 rounds make a battery.
    assert interceptors(gulf, "2010", "thaad", "ae") == 0
    assert interceptors(gulf, "2016", "thaad", "ae") == 2 * 48
    assert interceptors(gulf, "2020", "thaad", "sa") == 0
    assert interceptors(gulf, "2025", "thaad", "sa") == 48
    # The Defense Post 2019, Associated Press 2021: an American battery at Al Kharj for two years.
    # Reuters, 21 October 2024: another in Israel.
    assert [interceptors(gulf, phase, "thaad", "us") for phase in ("2016", "2020", "2025")] == [0, 48, 48]


def test_arrow_3_came_in_january_2017(gulf: Scenario):
    # JerusalemOnline 2017: operational in January 2017.
    assert interceptors(gulf, "2016", "arrow-3", "il") == 0
    assert interceptors(gulf, "2020", "arrow-3", "il") > 0


def test_the_last_phase_of_the_gulf_differs_by_agreements_alone(gulf: Scenario):
    before, after = (gulf.phase(name).date for name in ("2025", "2030"))
    assert [asset.id for asset in gulf.in_service(before)] == [asset.id for asset in gulf.in_service(after)]
    new = {
        name for name, agreement in gulf.document.agreements.items() if before < agreement.valid_from <= after
    }
    assert new == {"gcc-integration", "middle-east-air-defence"}
    assert all(gulf.document.agreements[name].basis == "assumed" for name in new)


def test_israel_uses_the_american_radar_from_the_first_phase(gulf: Scenario):
    # Agence France-Presse 2008: its data go to the Israeli missile defence.
    arrays = architecture(gulf, [Variant(gulf.phase("2010").date)])
    radar = arrays.radar_ids.index("negev-radar")
    batteries = [column for column, battery in enumerate(gulf.batteries) if battery.id == "palmachim-arrow-2"]
    assert np.isfinite(arrays.track_delay_s[0, radar, batteries]).all()


def test_the_gulf_states_launch_on_an_american_track_under_the_discussed_agreement_alone(gulf: Scenario):
    arrays = architecture(gulf, [Variant(gulf.phase(name).date) for name in ("2025", "2030")])
    radar = arrays.radar_ids.index("qatar-radar")
    thaad = [column for column, battery in enumerate(gulf.batteries) if battery.id == "riyadh-thaad-thaad"]
    assert np.isinf(arrays.track_delay_s[0, radar, thaad]).all()
    assert np.isfinite(arrays.track_delay_s[1, radar, thaad]).all()


def test_mount_keren_is_as_far_from_tehran_as_the_press_says():
    # Washington Post, 13 December 2013: about 1,000 miles (1,609 km); the press rounds.
    site = load_catalogue().sites["mount-keren"]
    tehran = np.radians((35.694, 51.422))
    distance_m = geodesic_inverse(site.latitude.si, site.longitude.si, *tehran).distance_m
    assert float(distance_m) == pytest.approx(1609e3, rel=0.06)


def test_guam_is_as_far_from_the_launch_area_as_the_press_says(pacific: Scenario):
    # Associated Press, 2 August 2011: about 3,200 km from the north of Korea.
    guam = load_catalogue().sites["guam"]
    _, latitude, longitude = pacific.launch_points("irbm-3500")
    distance_m = geodesic_inverse(guam.latitude.si, guam.longitude.si, latitude, longitude).distance_m
    assert float(np.min(distance_m)) == pytest.approx(3200e3, rel=0.06)


def test_japan_got_its_ships_when_the_press_says(pacific: Scenario):
    # The Japan Times 2007: the first SM-3 ship in December 2007, four by fiscal 2010 (three at sea at once
    # here); Kyodo 2022: SM-3 IIA ships Maya and Haguro.
    def ships(phase: str) -> list[str]:
        return [
            asset.item.id
            for asset in pacific.in_service(pacific.phase(phase).date)
            if asset.owner == "jp" and asset.item.id.startswith("sm-3")
        ]

    assert ships("2007") == ["sm-3-ia"]
    assert ships("2012") == ships("2017") == ["sm-3-ia"] * 3
    assert sorted(ships("2025")) == ["sm-3-ib", "sm-3-iia", "sm-3-iia"]


def test_radars_of_the_pacific_have_the_published_dates(pacific: Scenario):
    # US Department of Defense, 26 December 2014; KBS, September 2017; Yonhap, 19 October 2022.
    assets = pacific.document.assets
    assert assets["kyogamisaki-radar"].in_service == date(2014, 12, 26)
    assert assets["seongju-thaad-radar"].in_service.strftime("%Y-%m") == "2017-09"
    assert assets["busan-radar"].in_service.strftime("%Y-%m") == "2022-10"


def test_japan_and_korea_warn_each_other_at_once_from_2023_and_slowly_before(pacific: Scenario):
    # US Department of Defense 2014: by way of America; Agence France-Presse 2023: in real time.
    days = (date(2014, 1, 1), date(2018, 1, 1), date(2024, 1, 1))
    arrays = architecture(pacific, [Variant(day) for day in days])
    radar, japan = arrays.radar_ids.index("chungcheong-radar"), arrays.partner_ids.index("jp")
    delay_s = arrays.warning_delay_s[:, radar, japan]
    assert np.isinf(delay_s[0])
    assert delay_s[1] > 60.0 > delay_s[2]


def test_europe_with_and_beside_russia_differ_by_the_two_centres_alone(regions: dict[str, Scenario]):
    beside, joined = regions["europe-beside-russia"].document, regions["europe-with-russia"].document
    assert beside.assets == joined.assets
    assert beside.region == joined.region
    assert beside.phases == joined.phases
    assert set(joined.agreements) - set(beside.agreements) == {
        "data-fusion-centre",
        "planning-and-operations-centre",
    }


def test_armavir_follows_gabala(regions: dict[str, Scenario]):
    # RIA Novosti 2011: the lease of Gabala ended on 24 December 2012.
    # AGC News: Armavir in the summer of 2013.
    assets = regions["europe-with-russia"].document.assets
    assert assets["gabala-radar"].out_of_service == date(2012, 12, 24)
    assert date(2013, 6, 1) <= assets["armavir-second-radar"].in_service <= date(2013, 8, 31)
