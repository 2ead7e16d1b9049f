"""`synaspis agreement`: check, diff, explain."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from synaspis.agreement import book_path
from synaspis.cli import main


def run(*arguments: str, status: int = 0) -> Result:
    result = CliRunner().invoke(main, ["agreement", *arguments])
    assert result.exit_code == status, result.output
    return result


@pytest.fixture
def stricter(tmp_path: Path) -> str:
    """The demonstration with the alliance's tracks to Charlie later, and none by Bravo."""
    text = book_path("demo").read_text("utf-8")
    for before, after in (
        ("use: cue, delay: 10 s", "use: cue, delay: 20 s"),
        ("quality: impact-area, delay: 5 s", "quality: impact-area, delay: 5 s, label: UNCLASSIFIED"),
        ("radius: 400 km", "radius: 500 km"),
    ):
        assert before in text
        text = text.replace(before, after)
    path = tmp_path / "stricter.yaml"
    path.write_text(text, "utf-8")
    return str(path)


def test_check_names_every_book_and_its_notices():
    result = run("check", "demo", "europe")
    assert result.stdout.splitlines()[0] == "demo: valid"
    assert "notice: agreements.neighbour.clauses.not-over-the-range.conditions is left out" in result.stdout
    assert result.stdout.splitlines()[-1] == "europe: valid"
    document = json.loads(run("check", "demo", "--json").stdout)
    assert document["valid"] is True
    assert [book["id"] for book in document["books"]] == ["demo"]


def test_check_lists_the_faults_of_all_books_together(tmp_path: Path):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(
        book_path("demo")
        .read_text("utf-8")
        .replace("regions: coast", "regions: cost")
        .replace("all, to: all", "al, to: all")
    )
    result = run("check", str(wrong), "nonsense", "--json", status=2)
    faults = json.loads(result.stdout)["error"]["faults"]
    assert [fault["what"] for fault in faults][-2:] == [
        "unknown region 'cost'",
        "there is no agreement book 'nonsense'",
    ]
    assert faults[0]["what"] == "'al' is neither a partner nor an alliance"
    assert all(fault["source"] == str(wrong) and fault["line"] for fault in faults[:-1])


def test_check_refuses_contradicting_clauses(tmp_path: Path):
    wrong = tmp_path / "wrong.yaml"
    added = "    clauses:\n      none: {product: notification, from: all, to: all, effect: forbid}\n"
    wrong.write_text(book_path("demo").read_text("utf-8").replace("    clauses:\n", added, 1))
    result = run("check", str(wrong), status=2)
    assert "the clauses 'notifications' and 'none' contradict each other" in result.stderr


def test_diff_shows_each_change_with_its_clauses(stricter: str):
    document = json.loads(run("diff", "demo", stricter, "--day", "2026-06-01", "--json", status=1).stdout)
    assert document["day"] == "2026-06-01"
    assert document["before"] != document["after"]
    assert document["moved_regions"] == ["test-range"]
    assert {(each["recipient"], each["sender"], each["product"]) for each in document["changes"]} == {
        ("charlie", "alpha", "track"),
        ("charlie", "bravo", "track"),
    }
    later = next(each for each in document["changes"] if each["sender"] == "alpha")
    assert (later["before"]["delay_s"], later["after"]["delay_s"]) == (10.0, 20.0)
    assert later["after"]["reasons"] == [{"agreement": "neighbour", "clause": "position-from-alpha"}]
    lost = next(each for each in document["changes"] if each["sender"] == "bravo")
    assert lost["classification"] == "RESTRICTED"
    assert (lost["before"]["quality"], lost["after"]["quality"], lost["after"]["delay_s"]) == (
        "impact-area",
        None,
        None,
    )


def test_diff_counts_alike_changes_in_one_line(stricter: str):
    lines = run("diff", "demo", stricter, "--day", "2026-06-01", status=1).stdout.splitlines()
    assert lines[0].split() == ["to", "from", "product", "before", "after", "kinds", "such", "as"]
    assert re.fullmatch(
        r"charlie  bravo  track +impact-area, 5 s \(neighbour/area-from-bravo\) +nothing +10  RESTRICTED; .*",
        lines[3],
    )
    # Alpha's tracks: two classifications that Charlie is cleared to, without a list or releasable to all
    # three, and five kinds of place. Bravo's: one classification fewer.
    assert lines[-2] == "30 decisions change on 2026-06-01."
    assert lines[-1] == "The region 'test-range' is elsewhere: the same conditions meet other areas."


def test_diff_of_a_book_with_itself_is_nothing():
    assert (
        run("diff", "demo", "demo", "--day", "2026-06-01").stdout
        == "Nothing changes for anybody on 2026-06-01.\n"
    )


def test_explain_says_why():
    asked = (
        "explain",
        "demo",
        "--to",
        "charlie",
        "--from",
        "alpha",
        "--product",
        "warning",
        "--day",
        "2026-06-01",
    )
    lines = run(*asked, "--region", "test-range").stdout.splitlines()
    assert lines[:2] == [
        "charlie gets nothing of the warning of alpha on 2026-06-01.",
        "  neighbour/not-over-the-range forbids all of it.",
    ]
    document = json.loads(run(*asked, "--region", "coast", "--class", "mrbm", "--json").stdout)
    assert (document["quality"], document["delay_s"], document["regions"]) == ("covariance", 0.0, ["coast"])
    assert document["reasons"] == [{"agreement": "neighbour", "clause": "whole-in-danger"}]
    assert document["why"][0] == (
        "charlie gets the warning of alpha at quality covariance, at once, by neighbour/whole-in-danger."
    )
    nowhere = json.loads(run(*asked, "--region", "none", "--json").stdout)
    assert (nowhere["quality"], nowhere["regions"]) == ("impact-area", [])


def test_explain_takes_a_label():
    result = run(
        "explain", "demo", "--to", "charlie", "--from", "alpha", "--product", "track", "--day", "2026-06-01",
        "--classification", "SECRET", "--releasable-to", "alpha,bravo", "--category",
        "Special handling=SATELLITE", "--exercise",
    )  # fmt: skip
    assert result.stdout.splitlines()[1:4] == [
        "  It is SECRET, and charlie is cleared to RESTRICTED.",
        "  It is releasable to alpha, bravo, and charlie is not among them.",
        "  It needs SATELLITE of 'Special handling', and charlie does not hold it.",
    ]


def test_explain_takes_today_if_no_day_is_given():
    asked = ("explain", "demo", "--to", "bravo", "--from", "alpha", "--product", "track", "--json")
    assert json.loads(run(*asked).stdout)["day"] >= "2026-11-22"


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--to", "charly", "--to: there is no partner 'charly'. Did you mean 'charlie'?"),
        ("--from", "delta", "--from: there is no partner 'delta'"),
        ("--product", "tracks", "--product: there is no product 'tracks'. Did you mean 'track'?"),
        ("--class", "icmb", "--class: there is no class 'icmb'. Did you mean 'icbm'?"),
        ("--region", "cost", "--region: there is no region 'cost'. Did you mean 'coast'?"),
        ("--category", "Special", "--category: 'Special' names no category of the book. Write TAG=VALUE"),
        (
            "--classification",
            "COSMIC",
            "--classification: 'COSMIC' is no classification of 'DEMO'. Allowed: RESTRICTED, SECRET",
        ),
        ("--releasable-to", "delta", "--releasable-to: there is no partner or alliance 'delta'"),
        ("--day", "yesterday", "--day: 'yesterday' is no day. Write it as YYYY-MM-DD."),
    ],
)
def test_faults_of_a_question(option: str, value: str, said: str):
    asked = {"--to": "charlie", "--from": "alpha", "--product": "track", option: value}
    result = run("explain", "demo", *(part for pair in asked.items() for part in pair), status=2)
    assert said in result.stderr


def test_all_faults_of_a_question_come_together():
    result = run(
        "explain", "demo", "--to", "x", "--from", "y", "--product", "z", "--class", "q", "--region", "r",
        "--region", "none", "--classification", "COSMIC", "--releasable-to", "a,b", "--category", "Special=1",
        "--category", "Context=PLAY", "--day", "2026-02-30", status=2,
    )  # fmt: skip
    assert result.stderr.startswith("12 faults:\n")
    options = ["--day", "--to", "--from", "--product", "--class", "--region", "--region", "--classification"]
    options += ["--releasable-to"] * 2 + ["--category"] * 2
    assert [line.split(":")[0].strip() for line in result.stderr.splitlines()[1:]] == options
    assert "`none` is given beside 'r'. Give the regions that are touched, or `none` alone." in result.stderr
    assert "'PLAY' is no value of 'Context'" in result.stderr


def test_a_book_and_a_day_that_cannot_be_are_told_together():
    result = run(
        "explain", "nowhere", "--to", "x", "--from", "y", "--product", "track", "--day", "now", status=2
    )
    assert result.stderr.startswith("2 faults:\n")
