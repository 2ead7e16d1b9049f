"""`synaspis raid`: with numbers alone and on a scenario; all faults of the options at once."""

import pytest


def test_numbers_alone_give_the_closed_form(call):
    """Known value: (1 - 0.2^2)^10."""
    done = call("raid", "--warheads", "10", "--kill-probability", "0.8", "--shots", "2", "--json")
    assert done.status == 0
    assert done.document["p_no_leaker"]["value"] == pytest.approx(0.6648326359915008, rel=1e-12)
    assert set(done.document["p_no_leaker"]) == {"value", "low", "high"}
    assert done.document["leakers_mean"] == pytest.approx(0.4)
    assert len(done.document["leakage_pmf"]) == 11
    assert done.document["shots_mean"] == pytest.approx(20.0)


def test_a_look_saves_shots(call):
    """Known value: ten warheads, k = 0.8, one and one: 12 shots."""
    done = call("raid", "--warheads", "10", "--kill-probability", "0.8", "--shots", "2", "--look", "--json")
    assert done.document["shots_mean"] == pytest.approx(12.0)
    assert done.document["volleys"] == [1, 1]


def test_the_answer_in_words_says_what_no_number_of_shots_can_do(call):
    done = call(
        "raid", "--warheads", "10", "--kill-probability", "0.8", "--shots", "2", "--track-probability", "0.95"
    )
    assert "No leaker:          0.3981" in done.out
    assert "no solution: the track probability 0.95 is not above 0.8^(1/10) = 0.9779" in done.out


def test_a_test_record_comes_with_its_interval(call):
    done = call("raid", "--warheads", "4", "--test-record", "22/27", "--volleys", "2,1")
    assert "0.8036, from 0.6407 to 0.9256 (22 of 27 tests, jeffreys prior)" in done.out
    assert "shots at each: 2, look, 1" in done.out


def test_all_faults_of_the_options_are_named_at_once(call):
    done = call(
        "raid", "--warheads", "-3", "--kill-probability", "1.8", "--shots", "2.5", "--track-probability", "x",
        "--volleys", "1,a", "--test-record", "9/5", "--runs", "10", "--benchmark", "1", "--json",
    )  # fmt: skip
    assert done.status == 2
    said = {(fault["source"], fault["what"]) for fault in done.document["error"]["faults"]}
    assert said == {
        ("--warheads", "-3 is out of bounds; a whole number from 1 to 1,000 is allowed"),
        ("--kill-probability", "1.8 is out of bounds; 0 to 1 is allowed"),
        ("--shots", "2.5 is out of bounds; a whole number from 1 to 100 is allowed"),
        ("--track-probability", "'x' is not a number; 0 to 1 is allowed"),
        ("--volleys", "'a' is not a number; a whole number from 1 to 100 is allowed"),
        ("--volleys", "is given beside --shots or --look"),
        ("--test-record", "9 hits in 5 attempts cannot be; 0 to 5 are allowed"),
        ("--test-record", "is given beside --kill-probability"),
        ("--runs", "needs a scenario"),
        ("--benchmark", "1 is out of bounds; above 0 and below 1 is allowed"),
    }


def test_a_test_record_longer_than_any_is_refused(call):
    """Its probabilities came out as no numbers at all."""
    done = call("raid", "--warheads", "4", "--test-record", "99999/99999", "--shots", "2")
    assert done.status == 2
    assert "--test-record: 99999 attempts are out of bounds; 1 to 1,000 are allowed" in done.err


def test_nothing_given_says_what_is_needed(call):
    done = call("raid")
    assert done.status == 2
    assert "--warheads: is missing, and no scenario is named. Give one of the two." in done.err
    assert "--kill-probability: is missing. Give it, or --test-record such as 22/27." in done.err
    assert "--shots: is missing. Give it, or --volleys such as 2,1." in done.err


def test_words_that_are_no_record_and_probabilities_given_twice(call):
    done = call("raid", "--warheads", "3", "--shots", "1", "--test-record", "many")
    assert "'many' is not a test record. Write hits of attempts, such as 22/27." in done.err
    done = call(
        "raid", "--warheads", "3", "--shots", "1", "--kill-probability", "0.5", "--kill-probability", "0.6"
    )
    assert "is given twice for every interceptor. Give it once." in done.err
    done = call("raid", "--warheads", "3", "--shots", "1", "--kill-probability", "thaad=0.6")
    assert "thaad is an interceptor; there is none without a scenario" in done.err
    done = call("raid", "--warheads", "3", "--kill-probability", "0.6", "--volleys", "60,60")
    assert "60,60 are 120 shots at each missile; at most 100 are allowed" in done.err


def test_a_scenario_is_played_with_its_raid(call):
    done = call("raid", "europe", "--runs", "2000", "--compare", "--json")
    assert done.status == 0
    assert done.document["method"] == "Monte Carlo"
    assert done.document["sampling"]["runs"] == 2000
    assert sum(done.document["leakage_pmf"]) == pytest.approx(1.0)
    assert set(done.document["coordination"]) == {"full", "partner", "none"}
    assert {each["id"] for each in done.document["groups"]} == {"ankara", "bucharest", "athens", "rome"}


def test_a_scenario_in_words(call):
    done = call(
        "raid", "europe", "--runs", "500", "--shots", "1", "--kill-probability", "0.9", "--monte-carlo"
    )
    assert done.status == 0
    assert "16 missiles; shots at each: 1; coordination: full" in done.out
    assert "Method: Monte Carlo, 500 runs" in done.out
    assert "deveselu-sm-3-ib" in done.out


def test_options_without_scenario_are_refused_beside_one_with_the_faults_of_the_scenario(call):
    done = call("raid", "europa", "--warheads", "3", "--look", "--seed", "-1")
    assert done.status == 2
    assert "--warheads: is given beside a scenario" in done.err
    assert "--look: is given without --shots. Say how many shots, or give --volleys." in done.err
    assert "--seed: -1 is out of bounds" in done.err
    assert "there is no scenario 'europa'. Did you mean 'europe'?" in done.err


def test_processes_give_the_bytes_of_one(call):
    words = ("raid", "europe", "--runs", "20000", "--seed", "3", "--json")
    alone = call(*words)
    assert alone.status == 0
    assert call(*words, "--processes", "2").out == alone.out


def test_a_scheduler_and_processes_exclude_each_other(call):
    done = call("raid", "europe", "--scheduler", "tcp://127.0.0.1:1", "--processes", "2")
    assert done.status == 2
    assert "--scheduler and --processes are both given. Leave one out." in done.err


def test_who_computes_is_for_raids_on_a_scenario(call):
    done = call("raid", "--warheads", "3", "--kill-probability", "0.5", "--shots", "1", "--processes", "2")
    assert done.status == 2
    assert "--processes: needs a scenario" in done.err
