"""The European answer: who is reached, what grows with the phases, where the footprints of the sites lie.

Distances and statements are those of section 3 and 4 of the reference numbers: the Arms Control Association
(2016) on the reach of Iran's longest-range missiles, up to 2,000 km; the phases as the State Department gave
them; Sankaran (Arms Control Today, November 2013; RAND RR957, 2015) on the cancelled fourth phase.
"""

from math import radians

import numpy as np
import pytest
import yaml
from geographiclib.geodesic import Geodesic

from synaspis.analyses.coverage import coverage
from synaspis.catalogue import load_catalogue
from synaspis.engine.status import Status
from synaspis.engine.targeting import Fan, aim
from synaspis.scenario import load_scenario_document, missile_parameters

STEP_DEG = 1.0
TABRIZ = (38.080, 46.292)
# Place, and distance from Tabriz (km, WGS84) as printed in the reference numbers.
CITIES = {
    "Ankara": (39.93, 32.86, 1180),
    "Bucharest": (44.43, 26.10, 1827),
    "Athens": (37.98, 23.73, 1976),
    "Warsaw": (52.23, 21.01, 2512),
    "Rome": (41.90, 12.50, 2898),
    "Berlin": (52.52, 13.40, 2999),
    "London": (51.51, -0.13, 3886),
}
REACHED = {
    "mrbm-1300": {"Ankara"},
    "mrbm-2000": {"Ankara", "Bucharest", "Athens"},
    "irbm-3500": {"Ankara", "Bucharest", "Athens", "Warsaw", "Rome", "Berlin"},
}


@pytest.mark.parametrize("missile_id", REACHED)
def test_who_is_reached_from_tabriz(missile_id):
    latitude, longitude, distance_km = np.array(list(CITIES.values())).T
    for row in zip(latitude, longitude, distance_km, strict=True):
        assert Geodesic.WGS84.Inverse(*TABRIZ, *row[:2])["s12"] / 1e3 == pytest.approx(row[2], abs=6.0)
    missile = missile_parameters(load_catalogue().missiles[missile_id])
    flights = aim(
        Fan.at(missile, *np.radians(TABRIZ)), np.radians(latitude), np.radians(longitude), with_nodes=False
    )
    hit = {name for name, status in zip(CITIES, flights.status, strict=True) if status == Status.DONE}
    assert hit == REACHED[missile_id]
    others = {Status(int(status)) for status in flights.status if status != Status.DONE}
    assert others <= {Status.BEYOND_REACH, Status.BELOW_MINIMUM_RANGE}


@pytest.fixture(scope="module")
def europe():
    return coverage(load_scenario_document("europe"), step_deg=STEP_DEG, contributions=False)


def at(dataset, name):
    latitude, longitude, _ = CITIES[name]
    return dataset.sel(latitude=latitude, longitude=longitude, method="nearest")


def test_threatened_cities(europe):
    """From twelve towns; but Athens, 24 km inside the reach from Tabriz: less than a cell of this grid."""
    for missile_id in ("mrbm-1300", "mrbm-2000"):
        reached = europe.sel(threat=missile_id)
        threatened = {name for name in CITIES if name != "Athens" and at(reached, name).threatened == 1}
        assert threatened == REACHED[missile_id] - {"Athens"}


@pytest.mark.parametrize("threat", ["mrbm-1300", "mrbm-2000", "irbm-3500"])
def test_each_phase_defends_more(europe, threat):
    """Phase 1 (2011), 2 (2015) and 3 (2018): each defends more land and more people than the one before."""
    grown = europe.sel(threat=threat, phase=["2011", "2015", "2018"])
    assert np.all(np.diff(grown.defended_area) > 0.0)
    assert np.all(np.diff(grown.defended_population) > 0.0)
    assert grown.defended_area[-1] <= grown.threatened_area


def test_what_the_phases_were_for(europe):
    """The plan (White House, September 2009): from parts of southern Europe to all of NATO in Europe.

    The model finds the first, and most people for the last: no radar looks at what flies to the Baltic.
    """
    share = europe.defended_population / europe.threatened_population
    assert share.sel(phase="2011", threat="irbm-3500") < 0.2
    assert share.sel(phase="2018", threat="irbm-3500") > 0.6
    assert share.sel(phase="2018", threat="mrbm-2000") > 0.8


@pytest.mark.parametrize("threat", ["mrbm-1300", "mrbm-2000", "irbm-3500"])
def test_the_cancelled_fourth_phase_adds_nothing(europe, threat):
    """Sankaran (2013): giving it up cost nothing against missiles from Iran. Here: below 1 % of the area."""
    area = europe.defended_area.sel(threat=threat)
    assert area.sel(phase="2022") == pytest.approx(float(area.sel(phase="2018")), rel=0.01)


def test_sites_protect_the_cities_that_they_were_built_for(europe):
    """Bucharest lies at the site of Deveselu (2015), Berlin behind that of Redzikowo (2018)."""
    phases = ["2011", "2015", "2018"]
    bucharest = at(europe.sel(threat="mrbm-2000"), "Bucharest").defended
    berlin = at(europe.sel(threat="irbm-3500"), "Berlin").defended
    assert bucharest.sel(phase=phases).values.tolist() == [0, 1, 1]
    assert berlin.sel(phase=phases).values.tolist() == [0, 0, 1]


SITES = {
    "deveselu": (44.08, 24.42, ("deveselu-radar", "deveselu-sm-3-ib")),
    "redzikowo": (54.48, 17.10, ("redzikowo-radar", "redzikowo-sm-3-iia")),
}


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """Coverage by one site, its radar and Kurecik, against launches from Tabriz alone."""
    assets = load_scenario_document("europe").document.assets
    found = {}
    for site, (*_, kept) in SITES.items():
        document = {
            "schema": "scenario/1",
            "id": f"{site}-alone",
            "name": f"{site} alone",
            "summary": "One site with its radar and the radar at Kurecik.",
            "extends": "europe",
            "assets": {name: None for name in assets if name not in (*kept, "kurecik-radar")},
            "launch_areas": {
                "iran": {"points": [{"name": "Tabriz", "latitude": "38.080 deg", "longitude": "46.292 deg"}]}
            },
        }
        file = tmp_path_factory.mktemp(site) / f"{site}-alone.yaml"
        file.write_text(yaml.safe_dump(document), encoding="utf-8")
        found[site] = coverage(
            load_scenario_document(file), phases=["2018"], step_deg=STEP_DEG, contributions=False
        ).sel(phase="2018")
    return found


def footprint(dataset, site):
    """Distances (km) of defended cells behind the site, seen from Tabriz, and to its right; their areas."""
    latitude, longitude, _ = SITES[site]
    away = Geodesic.WGS84.Inverse(*TABRIZ, latitude, longitude)["azi2"]
    rows, columns = np.nonzero(dataset.defended.values)
    lines = [
        Geodesic.WGS84.Inverse(latitude, longitude, dataset.latitude.values[r], dataset.longitude.values[c])
        for r, c in zip(rows, columns, strict=True)
    ]
    distance = np.array([line["s12"] for line in lines]) / 1e3
    turn = np.array([radians(line["azi1"] - away) for line in lines])
    return distance * np.cos(turn), distance * np.sin(turn), dataset.cell_area.values[rows, columns]


def test_footprint_of_deveselu(alone):
    """It lies behind the site: flights to points behind pass over it and leave more time.

    The interceptor works above 100 km alone, so that a flight that ends well before the site dives under it;
    one that goes on passes at a height and a time that suit it. Drawn out along the axis, alike to both
    sides.
    """
    behind, right, area = footprint(alone["deveselu"].sel(threat="irbm-3500"), "deveselu")
    assert np.average(behind, weights=area) > 200.0
    assert behind.max() > 2.0 * -behind.min() > 0.0
    assert abs(np.average(right, weights=area)) < 150.0
    assert right.max() == pytest.approx(-right.min(), rel=0.35)
    latitude, longitude, _ = SITES["deveselu"]
    here = (
        alone["deveselu"]
        .sel(threat="irbm-3500")
        .sel(latitude=latitude, longitude=longitude, method="nearest")
    )
    assert here.defended == 1


def test_footprint_of_redzikowo(alone):
    """Behind the site too, although the class reaches only 640 km farther; nothing south of the Alps."""
    dataset = alone["redzikowo"].sel(threat="irbm-3500")
    behind, _, area = footprint(dataset, "redzikowo")
    assert np.average(behind, weights=area) > 50.0
    assert behind.max() > -behind.min() > 0.0
    assert dataset.latitude.values[np.nonzero(dataset.defended.values)[0]].min() > 46.0


def test_a_site_defends_nobody_whom_it_cannot_reach(alone):
    """What 1,300 km reach is all in Turkey; with 2,000 km nothing comes near Redzikowo."""
    for site in SITES:
        assert alone[site].sel(threat="mrbm-1300").defended_area == 0.0
    assert alone["redzikowo"].sel(threat="mrbm-2000").defended_area == 0.0
    assert alone["deveselu"].sel(threat="mrbm-2000").defended_area > 1e11
