"""`synaspis exercise`: list, check, run and review, with what they print and write."""

import json

import pytest
from click.testing import CliRunner

from synaspis.cli.program import main

SHORT = """schema: synaspis.exercise/1
id: little
name: LITTLE EXERCISE
summary: Nothing but a text, for tests of the command.
scenario: europe
phase: "2018"
agreements: {data: first-exercise, coordination: first-exercise}
starts: 2026-11-30T09:00:00Z
lasts: 1 min
objectives:
  read: {text: Read what comes.}
nations:
  us: {cell: scripted}
  pl: {cell: human}
events:
  only:
    name: A text
    objectives: [read]
    incidents:
      one:
        name: It comes
        injects:
          say: {at: 10 s, sender: us, channel: free-text, payload: {text: Good morning.}}
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "little.yaml"
    path.write_text(SHORT, encoding="utf-8")
    return path


def run(*arguments):
    return CliRunner().invoke(main, ["exercise", *map(str, arguments)])


def test_list_names_the_four_exercises():
    rows = json.loads(run("list", "--json").stdout)
    assert [row["id"] for row in rows] == [
        "blind-radar",
        "disputed-launch",
        "fifteen-sites",
        "first-exercise",
    ]
    assert "first-exercise: 30 min, 3 nations, 3 flights, 8 injects" in run("list").stdout


def test_check_says_that_it_may_start_or_every_fault_with_its_line(file):
    assert run("check", file).stdout == "LITTLE EXERCISE may start: 1 injects in 1 min.\n"
    file.write_text(SHORT.replace("sender: us", "sender: uss").replace("lasts: 1 min", "lasts: 1 s"))
    answer = run("check", file)
    assert answer.exit_code == 2
    assert "2 faults" in answer.stderr
    assert "little.yaml:9: lasts: it lasts 1 s; 1 min to 12 h are allowed" in answer.stderr
    assert "'uss' is no nation of the exercise" in answer.stderr


def test_run_and_review_write_what_they_say(file, tmp_path):
    out = tmp_path / "out"
    answer = run("run", file, "--as-fast-as-possible", "--seed", 3, "--out", out, "--json")
    told = json.loads(answer.stdout)
    assert (told["exercise"], told["seed"], told["simulated_s"], told["refused"]) == ("little", 3, 60.0, 0)
    assert told["submitted"] == {"data": 1, "coordination": 3}
    again = run("run", file, "--as-fast-as-possible", "--out", out)
    assert again.exit_code == 2
    assert "the folder is not empty" in again.stderr
    reviewed = run("review", out)
    assert reviewed.stdout.startswith("No city of a nation that takes part lay near an impact.\n")
    made = json.loads((out / "review.json").read_text("utf-8"))
    assert (made["schema"], made["seed"]) == ("synaspis.exercise-review/1", 3)
    assert "EXERCISE LITTLE EXERCISE EXERCISE" in (out / "review.html").read_text("utf-8")


def test_a_speed_waits_for_the_clock(file, tmp_path):
    """Two minutes with what is played on after the end, at 600 seconds a second: a fifth of a second."""
    from time import monotonic

    begun_s = monotonic()
    assert run("run", file, "--speed", 600, "--out", tmp_path / "out").exit_code == 0
    assert monotonic() - begun_s >= 0.2


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (("--as-fast-as-possible", "--speed", "2"), "are both given"),
        (("--speed", "1e-300"), "1e-300 is no speed; 0.1 to 1000 is allowed"),
        (("--speed", "0"), "0 is no speed; 0.1 to 1000 is allowed"),
        (("--as-fast-as-possible", "--agreements", "demo"), "'us' is no partner of the book 'demo'"),
    ],
)
def test_options_that_cannot_be_met_are_told(file, tmp_path, options, text):
    answer = run("run", file, *options, "--out", tmp_path / "out")
    assert answer.exit_code == 2
    assert text in answer.stderr
    assert not (tmp_path / "out").exists()


def test_worth_says_what_another_book_changes_over_the_seeds_and_draws_it(file, tmp_path):
    """Nothing flies, so that nobody is in danger under either book, whatever the seed."""
    out = tmp_path / "worth"
    told = run("worth", file, "--under", "first-exercise-without-tracks", "--seeds", 2, "--out", out)
    assert told.exit_code == 0, told.output
    assert (
        "LITTLE EXERCISE, 2 seeds, under first-exercise and under first-exercise-without-tracks"
        in told.stdout
    )
    found = json.loads((out / "worth.json").read_text())
    assert (found["seeds"], found["rows"], found["people"]) == ([1, 2], [], 0)
    assert found["warned_difference"]["mean"] == 0.0
    svg = (out / "worth.svg").read_text()
    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert "first-exercise-without-tracks" in svg


def test_worth_of_a_book_without_the_nations_is_refused(file):
    told = run("worth", file, "--under", "demo")
    assert told.exit_code == 2
    assert "'us' is no partner of the book 'demo'" in told.stderr


def test_step_by_step_it_stands_still_until_enter_and_gives_the_same_bytes(file, tmp_path):
    """A minute and the minute after it in steps of 30 s: five times, with the first instant."""
    plain = run("run", file, "--as-fast-as-possible", "--out", tmp_path / "plain")
    stepped = CliRunner().invoke(
        main,
        ["exercise", "run", str(file), "--step", "30", "--out", str(tmp_path / "stepped")],
        input="\n" * 9,
    )
    assert (plain.exit_code, stepped.exit_code) == (0, 0), stepped.output
    assert stepped.stderr.count("Enter goes on by 30 s.") == 5
    assert stepped.stderr.startswith("09:00:00  Enter")
    for name in ("run.json", "journal.jsonl", "data/centre.sqlite", "coordination/centre.sqlite"):
        assert (tmp_path / "plain" / name).read_bytes() == (tmp_path / "stepped" / name).read_bytes()


def test_where_input_ends_the_rest_is_played_without_standing_still(file, tmp_path):
    told = run("run", file, "--step", 30, "--out", tmp_path / "piped")
    assert told.exit_code == 0, told.output
    assert told.stderr.count("Enter goes on") == 1


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (("--step", 0), "0 s is no step; 1 to 43,200 s are allowed"),
        (("--step", 30, "--speed", 2), "--speed and --step are both given"),
        (("--step", 30, "--speed", 2, "--as-fast-as-possible"), "--speed, --step are given"),
    ],
)
def test_a_clock_that_cannot_be_is_refused(file, options, text):
    told = run("run", file, *options)
    assert told.exit_code == 2
    assert text in told.stderr
