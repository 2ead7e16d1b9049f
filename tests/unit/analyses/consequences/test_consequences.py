"""Whom the intercepts of the European case touch; cells of 3 degrees."""

import json

import numpy as np
import pytest

from synaspis.analyses.consequences import consequences, consequences_geojson, load_debris
from synaspis.analyses.consequences.consequences import _missile_track
from synaspis.analyses.consequences.intercepts import Meetings, state_at
from synaspis.core.errors import InputError
from synaspis.engine.earth import geodetic_to_ecef
from synaspis.scenario import load_scenario_document

DEBRIS = """\
schema: debris/1
id: mine
name: Mine
summary: A test.
velocity_change: {value: 5, unit: m/s, low: 1, high: 10, basis: assumed, note: small}
ballistic_coefficient: {value: 900, unit: kg/m2, low: 800, high: 1000, basis: assumed, note: narrow}
"""


@pytest.fixture(scope="module")
def europe():
    return load_scenario_document("europe")


@pytest.fixture(scope="module")
def result(europe):
    return consequences(europe, "2015", "mrbm-1300", step_deg=3)


def test_the_states_that_are_touched_have_the_standing_that_a_reader_expects(result):
    # Launch points of mrbm-1300 lie in Iran; Turkey is the only ally in its reach, and a partner.
    assert result.engaged > 0
    assert result.standing["IR"] == "launching"
    assert result.standing["TR"] in ("partner", "host", "owner")
    assert {code for code, standing in result.standing.items() if standing == "third"} <= {
        *("AF", "AM", "AZ", "CY", "GE", "IQ", "IL", "JO", "KW", "KZ", "LB", "MD", "PS", "RU", "SA", "SY"),
        *("TM", "UA", "UZ"),
    }


def test_a_flight_passes_low_only_over_the_launching_state(result):
    lowest = {over.country: over.lowest_altitude_m for group in result.groups for over in group.missile_over}
    assert lowest["IR"] < 1e3
    assert all(height > 5e3 for country, height in lowest.items() if country not in ("IR",))


def test_each_intercept_lies_above_its_places_and_counts_once(result):
    assert sum(group.flights for group in result.groups) == result.engaged <= result.flown
    for group in result.groups:
        assert 0.0 < group.altitude_m[0] <= group.altitude_m[1] < 600e3
        assert group.looked_at == len(group.places) <= group.flights


def test_shares_of_countries_and_sea_are_those_of_the_whole(result):
    document = result.to_dict()
    for group in document["groups"]:
        for fall in group["falls"]:
            assert sum(c["share"] for c in fall["countries"]) + fall["sea_share"] == pytest.approx(
                1.0, abs=1e-3
            )
            assert fall["people"] >= max((c["people"] for c in fall["countries"]), default=0)
            assert fall["single_area_m2"] <= fall["area_m2"] * 1.001
    assert json.loads(json.dumps(document)) == document


def test_the_layer_counts_each_intercept_at_most_once(result):
    share = result.layer["fall_share"]
    assert share.dims == ("body", "latitude", "longitude")
    assert 0.0 < float(share.max()) <= 1.0 + 1e-12


def test_the_map_layer_is_geojson_with_an_area_for_each_fall(result):
    document = json.loads(consequences_geojson(result, "test"))
    areas = [f for f in document["features"] if f["geometry"]["type"] == "MultiPolygon"]
    assert len(areas) == sum(len(group.falls) for group in result.groups)
    assert {area["properties"]["category"] for area in areas} == {"fall-of-missile", "fall-of-interceptor"}


def test_the_same_case_gives_the_same_result(europe, result):
    again = consequences(europe, "2015", "mrbm-1300", step_deg=3)
    assert again.to_dict() == result.to_dict()


def test_narrower_assumptions_give_smaller_areas(europe, result, tmp_path):
    path = tmp_path / "debris.yaml"
    path.write_text(DEBRIS, "utf-8")
    narrow = consequences(europe, "2015", "mrbm-1300", step_deg=3, debris=load_debris(europe, path))
    for wide_group, group in zip(result.groups, narrow.groups, strict=True):
        for wide, small in zip(wide_group.falls, group.falls, strict=True):
            assert small.single_area_m2 < 0.5 * wide.single_area_m2
    assert [each.quantity for each in narrow.assumptions] == ["velocity change", "ballistic coefficient"]


def test_before_anything_can_engage_nobody_is_touched(europe):
    result = consequences(europe, "2011", "irbm-3500", step_deg=3, sharing="none")
    if not result.groups:
        assert result.to_dict()["countries"] == []
    assert result.engaged == sum(group.flights for group in result.groups)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("low: 1, high: 10", "low: 1", r"velocity_change: the key 'high' is missing\. Give `low` and `high`"),
        ("unit: m/s", "unit: km", r"5 km is a length; a speed is needed"),
        ("value: 900", "value: 60000", r"ballistic_coefficient"),
        (
            "basis: assumed, note: small",
            "basis: stated, source: nobody",
            r"the source 'nobody' is not listed",
        ),
        ("schema: debris/1", "schema: debris/2", r"'debris/2' is not allowed\. Did you mean 'debris/1'"),
    ],
)
def test_a_fault_of_a_debris_file_is_said_with_its_place(europe, tmp_path, old, new, fault):
    path = tmp_path / "debris.yaml"
    path.write_text(DEBRIS.replace(old, new), "utf-8")
    with pytest.raises(InputError, match=fault):
        load_debris(europe, path)


def test_a_phase_that_is_not_there_is_refused(europe):
    with pytest.raises(InputError, match="the scenario has no phase '2099'"):
        consequences(europe, "2099", "mrbm-1300")


def test_states_between_nodes_follow_a_parabola_exactly():
    # Constant acceleration: position is a square of time, which a cubic holds exactly; velocity is straight.
    time = np.array([0.0, 10.0, 25.0])
    nodes = np.zeros((1, 7, 3))
    nodes[0, 0], nodes[0, 1], nodes[0, 4] = time, 7.0 * time - 4.9 * time**2, 7.0 - 9.8 * time
    for t in (0.0, 4.0, 10.0, 18.0, 25.0):
        state = state_at(nodes, np.array([t]))[0]
        np.testing.assert_allclose(state[[0, 3]], [7.0 * t - 4.9 * t * t, 7.0 - 9.8 * t], atol=1e-9)


@pytest.mark.parametrize("end_s", [12.0, 7.0])
def test_a_small_country_between_two_nodes_of_a_flight_is_named(end_s):
    """San Marino lies around 43.94 N, 12.46 E and is some 10 km wide; the intercept may be above it."""
    nodes = np.zeros((1, 7, 2))
    nodes[0, 0] = 0.0, 12.0
    for number, longitude in enumerate((12.26, 12.66)):
        nodes[0, 1:4, number] = geodetic_to_ecef(np.radians(43.94), np.radians(longitude), 100e3)
    met = Meetings(np.array([end_s]), np.zeros((1, 6)), nodes, np.zeros((1, 3)))
    over = {each.country: each.lowest_altitude_m for each in _missile_track(met)}
    assert set(over) == {"IT", "SM"}
    assert over["SM"] == pytest.approx(100e3, abs=100.0)
