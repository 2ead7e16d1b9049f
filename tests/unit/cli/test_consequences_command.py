"""`synaspis consequences`, on a small scenario."""

import json


def test_the_countries_that_are_touched_are_shown_and_drawn(call, scenario_file, tmp_path):
    layer = tmp_path / "layer.geojson"
    options = ("--phase", "2016", "--threat", "mrbm-2000")
    document = call("consequences", scenario_file, *options, "--geojson", layer, "--json").document
    assert 0 < document["engaged"] <= document["flights"]
    standing = {row["country"]: row["standing"] for row in document["countries"]}
    # The one launch point is Tabriz in Iran; the battery is that of Deveselu in Romania, which is no partner.
    assert standing["IR"] == "launching"
    assert standing["TR"] == "partner"
    assert standing.get("RO", "host") == "host"
    assert {group["host"] for group in document["groups"]} == {"RO"}
    assert len(json.loads(layer.read_text("utf-8"))["features"]) > 1
    shown = call("consequences", scenario_file, *options).out
    assert f"{document['engaged']} of {document['flights']} flights can be engaged." in shown
    assert "launching state" in shown


def test_where_nothing_is_intercepted_nobody_is_touched(call, scenario_file):
    shown = call("consequences", scenario_file, "--phase", "2012", "--threat", "mrbm-2000").out
    assert "Nothing is intercepted, so nobody is touched." in shown


def test_an_unknown_phase_is_bad_input(call, scenario_file):
    result = call("consequences", scenario_file, "--phase", "2099", "--json")
    assert result.status == 2
    assert result.document["error"]["faults"][0]["what"] == "the scenario has no phase '2099'"
