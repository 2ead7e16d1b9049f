"""From the European scenario to what a report shows; the result is cut down to a coarse grid."""

import re

import numpy as np
import pytest
import xarray as xr

from synaspis.analyses.coverage import coverage
from synaspis.engagement.gates import Gate
from synaspis.report import content_of, render_report
from synaspis.report.gather import _threats
from synaspis.report.launch_maps import denied_classes
from synaspis.report.layers import Layers
from synaspis.report.limits import limits_of
from synaspis.report.table_files import table_files
from synaspis.scenario import load_scenario_document


@pytest.fixture(scope="module")
def scenario():
    return load_scenario_document("europe")


@pytest.fixture(scope="module")
def denied():
    """Two launch cells: one from where everything in reach is defended, one from where nothing is."""
    space = ("latitude", "longitude")
    return xr.Dataset(
        {
            "launch_area": (("threat", *space), np.ones((1, 1, 4), np.int8)),
            "cities_in_reach": (("threat", *space), np.array([[[3, 2, 0, 4]]])),
            "cities_defended": (("phase", "threat", *space), np.array([[[[3, 0, 0, 1]]]])),
            "reaching_area": ("threat", [4e10]),
            "denied_area": (("phase", "threat"), [[1e10]]),
        },
        {
            "phase": ["2018"],
            "threat": ["mrbm-2000"],
            "latitude": [36.0],
            "longitude": [48.0, 49.0, 50.0, 51.0],
        },
        {"cities": 40},
    )


@pytest.fixture(scope="module")
def european(scenario, denied):
    dataset = coverage(scenario, phases=["2018"], threats=["mrbm-2000"], step_deg=1.0, contributions=False)
    return content_of(scenario, dataset, {"version": "0", "command": "synaspis study europe"}, denied)


def test_every_value_of_every_item_used_is_listed_with_its_source(european, scenario):
    listed = {(each.item, each.quantity) for each in european.assumptions}
    assert ("Interceptor: SM-3 Block IIA", "burnout speed") in listed
    assert ("Radar: AN/TPY-2, forward-based", "reference range") in listed
    numbers = {source.id for source in european.sources}
    for each in european.assumptions:
        assert each.sources or each.basis == "assumed"
        assert set(each.sources) <= numbers
    assert {asset.source for asset in european.assets if asset.source} <= numbers


def test_rivals_are_shown_with_who_holds_them(european):
    speed = next(
        each
        for each in european.assumptions
        if (each.item, each.quantity) == ("Interceptor: SM-3 Block IIA", "burnout speed")
    )
    assert "to" in speed.spread
    assert any("(" in each.rivals for each in european.assumptions)


def test_assets_are_in_service_when_the_scenario_says_so(european):
    by_id = {asset.id: asset for asset in european.assets}
    assert by_id["deveselu-sm-3-ib"].phases == {"2018"}
    assert by_id["cook-sm-3-ia"].phases == set()  # out of service on 31 December 2015
    assert by_id["deveselu-sm-3-ib"].kind == "interceptor"
    assert by_id["ross-sm-3-ib"].kind == "ship"
    assert by_id["deveselu-sm-3-ib"].place == "Deveselu"


def test_published_statements_about_the_cases_of_the_study_are_compared(european):
    assert european.comparisons
    assert all(each.published_by and each.found for each in european.comparisons)
    said = " ".join(each.found for each in european.comparisons)
    assert "Turkey" in said
    assert not re.search(r"\b(TR|GR|BG|RO)\b|mrbm-|irbm-|km2", said)
    assert all(each.why for each in european.comparisons if each.agrees is False)


def test_limits_name_the_size_of_a_cell(european):
    assert any("cells of 1° (111 km" in limit for limit in european.limits)


def test_the_page_holds_the_launch_area(european):
    html = render_report(european)
    assert "Launch area denied" in html
    assert "10,000 km² (25 %)" in html
    assert "denied: 25 %" in html


def test_launch_cells_are_classed_by_what_is_defended(denied):
    case = denied.sel(phase="2018", threat="mrbm-2000")
    assert denied_classes(case).tolist() == [[1, 3, 0, 2]]


def test_tables_say_the_launch_area_denied(european):
    files = dict(table_files(european))
    assert files["summary.csv"].splitlines()[1].endswith(",10000.0")
    assert "contributions.csv" not in files


def test_layers_hold_the_assets_in_service_and_the_launch_points(european, scenario):
    layers = Layers(european, scenario)
    places = layers.places("2018", "mrbm-2000")
    names = {place.name for place in places}
    assert "SM-3 IIA at Redzikowo" in names
    assert "SM-3 IIB at Redzikowo (cancelled)" not in names
    assert {"Tabriz", "Mashhad"} <= {place.name for place in places if place.category == "launch-point"}


def test_areas_are_named_after_their_gate_and_add_up(european, scenario):
    areas = Layers(european, scenario).areas("2018", "mrbm-2000")
    known = {gate.name.lower().replace("_", "-") for gate in Gate}
    assert areas[0].category == "defended"
    assert {area.category for area in areas[1:]} <= known
    whole = float(european.dataset["threatened_area"].sel(threat="mrbm-2000")) / 1e6
    assert sum(float(area.properties["area_km2"]) for area in areas) == pytest.approx(whole, rel=1e-4)


def test_sample_paths_start_where_the_launches_are_and_end_in_the_territory(european, scenario):
    tracks = Layers(european, scenario).tracks("mrbm-2000")
    assert tracks
    assert {track.name for track in tracks} <= {f"From {point.name}" for point in european.launches}
    ends = {tuple(np.round(track.ephemeris.position_ecef_m[-1], -3)) for track in tracks}
    assert len(ends) == 1  # one aim for all, within 100 m


def test_layers_of_a_threat_that_reaches_nothing_are_empty(european, scenario):
    dataset = european.dataset.copy()
    for name in ("threatened", "defended"):
        dataset[name] = dataset[name] * 0
    layers = Layers(type(european)(**{**vars(european), "dataset": dataset}), scenario)
    assert layers.tracks("mrbm-2000") == ()
    assert layers.areas("2018", "mrbm-2000")[0].shape.is_empty
    assert "<kml" in layers.kml("2018", "mrbm-2000")


def test_flights_that_were_not_found_are_said_among_the_limits(scenario):
    latitude = xr.Dataset({}, {"latitude": [40.0, 41.0]})
    assert not any("not found" in limit for limit in limits_of(scenario, latitude))
    lost = latitude.assign_attrs(flights_not_found=7)
    assert any(
        limit.startswith("7 flights within the range of their class") for limit in limits_of(scenario, lost)
    )


def test_threats_that_fly_equally_far_are_told_apart_by_where_they_come_from():
    gulf = load_scenario_document("gulf")
    words = [
        threat.words for threat in _threats(gulf, ["iran-srbm-700", "iran-mrbm-1300", "yemen-mrbm-1300"])
    ]
    assert words == ["a 700 km missile", "a 1,300 km missile from Iran", "a 1,300 km missile from Yemen"]
    assert [threat.words for threat in _threats(gulf, ["yemen-mrbm-1300"])] == ["a 1,300 km missile"]
