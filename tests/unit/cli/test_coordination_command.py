"""`synaspis coordination`: the boards of a day, in words and as JSON."""

import json

import pytest
from click.testing import CliRunner

from synaspis.cli.program import main


def run(*args: str):
    return CliRunner().invoke(main, ["coordination", "rehearse", *args])


def test_the_boards_are_shown_in_words_as_they_stood():
    result = run("two-claims", "--until", "245")
    assert result.exit_code == 0, result.output
    assert "bravo, 2026-06-15T12:04:05.000000Z" in result.output
    # Charlie knows of it two seconds later than the others: all four do at 12:04:05.
    assert result.output.count("CONFLICT: alpha and bravo each claim this object") == 4
    assert "plan: alpha covers North coast with alpha-1" in result.output


def test_the_boards_at_the_end_as_json():
    result = run("two-claims", "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["agreements"] == {"data": "demo", "coordination": "coordination-demo"}
    assert sorted(told["boards"]) == ["alpha", "bravo", "charlie", "white"]
    assert told["boards"]["alpha"]["hand_overs"][0]["state"] == "accepted"


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("two-claim",), "there is no script 'two-claim'. Did you mean 'two-claims'?"),
        (("two-claims", "--responses", "none"), "there are no responses 'none'"),
    ],
)
def test_what_does_not_exist_is_named(args, says):
    result = run(*args)
    assert result.exit_code == 2
    assert says in result.output
