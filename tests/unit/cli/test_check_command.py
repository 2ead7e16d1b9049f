"""`synaspis check`. Flights and verdicts: the reference table of reported flights (North Korea 2017 and
2022).
"""

import pytest


def test_the_claim_of_24_march_2022_is_impossible(call):
    done = call("check", "--apogee-km", "6248.5", "--range-km", "1090", "--time-s", "4052", "--json")
    assert done.status == 1
    assert done.document["verdict"] == "impossible"
    assert done.document["minimum_time_s"] > 4052.0
    assert len(done.document["expected_time_s"]) == 2


def test_with_71_minutes_it_is_consistent(call):
    done = call("check", "--apogee-km", "6248.5", "--range-km", "1090", "--time-s", "4260")
    assert done.status == 0
    assert done.out.startswith("Verdict: consistent\n")
    assert "Margin:" in done.out


def test_negative_coordinates_are_values_and_not_options(call):
    done = call("check", "--from", "-33.9,18.4", "--to", "-32.0,19.5", "--time-s", "300", "--json")
    assert done.status in (0, 1)
    assert done.document["range_m"] == pytest.approx(235e3, rel=0.02)  # about 211 km north and 104 km east


def test_clock_times_give_the_flight_time(call):
    done = call(
        "check", "--range-km", "3700", "--apogee-km", "770",
        "--launch-time", "2017-09-14T21:57Z", "--impact-time", "2017-09-14T22:16Z", "--json",
    )  # fmt: skip
    assert done.document["time_s"] == 1140.0
    assert done.document["verdict"] == "consistent"


def test_a_report_that_says_nothing_is_bad_input(call):
    done = call("check", "--json")
    assert done.status == 2
    assert "says nothing that can be checked" in done.document["error"]["faults"][0]["what"]
