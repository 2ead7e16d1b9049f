"""`synaspis gateway carries`: the table by format, by thing, by part."""

from __future__ import annotations

import json

from click.testing import CliRunner

from synaspis.cli import main


def call(*words: str):
    return CliRunner().invoke(main, ["gateway", "carries", *words])


def test_parts_of_one_thing_stand_with_where_or_why_not():
    result = call("cot", "picture")
    assert result.exit_code == 0, result.output
    lines = {line.split()[0]: line for line in result.output.splitlines()}
    assert "event/point/@hae, event/point/@lat, event/point/@lon" in lines["tracks[].position_ecef_m"]
    assert "no       an event has the circle and the height error alone" in lines["tracks[].covariance"]


def test_a_format_is_counted_thing_by_thing():
    result = call("oem", "--json")
    found = json.loads(result.stdout)["oem"]
    assert {row["carried"] for row in found["warning"]} == {"no"}
    assert found["message"][-1] == {
        "part": "message.notes",
        "carried": "no",
        "where": [],
        "why": "they are of the reader of another message, not of this one",
    }
    assert "oem     warning" in call("oem").output


def test_json_of_one_thing_names_it():
    found = json.loads(call("cap", "alert", "--json").stdout)
    assert (found["format"], found["thing"], len(found["parts"])) == ("cap", "alert", 14)


def test_an_unknown_format_is_refused_with_the_nearest_one():
    result = call("ctt")
    assert result.exit_code == 2
    assert "'ctt' is no format of this table. Did you mean 'cot'" in result.output
