"""`synaspis plan`, on a small scenario."""

import re

import pytest

CANDIDATES = """\
schema: plan/1
id: small
name: A small plan
summary: A test.
phase: "2012"
agreements_on: 2016-01-01
first_year: 2014
last_year: 2017
price_year: 2016
budget: {total: 2000 million USD}
minima: {minima}
candidates:
  shore-radar:
    item: spy-1d-v
    owner: us
    site: deveselu
    platform: aegis-ashore-site
    in_service: 2015-01-01
    basis: assumed
    note: x
  shore-battery:
    item: sm-3-ib
    owner: us
    site: deveselu
    interceptors: 24
    fire_control: [shore-radar]
    needs: [shore-radar]
    in_service: 2015-01-01
    basis: assumed
    note: x
"""


@pytest.fixture
def candidates(tmp_path):
    def write(minima="{}", **changes):
        text = CANDIDATES.replace("{minima}", minima)
        for old, new in changes.items():
            text = text.replace(old, new)
        path = tmp_path / "candidates.yaml"
        path.write_text(text, "utf-8")
        return path

    return write


def test_a_plan_says_what_to_build_and_when_and_that_nothing_is_better(call, scenario_file, candidates):
    result = call("plan", scenario_file, "--candidates", candidates())
    assert result.status == 0
    assert "small: A small plan, 2014-2017" in result.out
    assert "Budget:   2.000 bn USD in prices of 2016" in result.out
    assert re.search(r"^2015  shore-battery  us +24 +0\.\d+ bn USD", result.out, re.MULTILINE)
    assert "Gap:         0 percent: no plan does better" in result.out
    assert "Greedy plan:" in result.out
    assert "Cost against coverage" in result.out
    assert "Not public: operation of sm-3-ib: no public figure; it counts as 0." in result.out


def test_json_is_the_result_as_plain_values(call, scenario_file, candidates):
    document = call("plan", scenario_file, "--candidates", candidates(), "--json", "--points", "0").document
    assert document["status"] == "optimal"
    assert document["front"] is None
    assert [asset["id"] for asset in document["best"]["assets"]] == ["shore-battery", "shore-radar"]
    assert document["best"]["people_defended"] > document["today"]["people_defended"]
    assert document["best"]["gap"] == 0.0


def test_a_budget_on_the_command_line_takes_the_place_of_that_of_the_file(call, scenario_file, candidates):
    result = call("plan", scenario_file, "--candidates", candidates(), "--budget", "0.1", "--points", "0")
    assert "Budget:   0.100 bn USD" in result.out
    assert "Nothing that the budget allows helps: build nothing." in result.out


def test_the_worst_off_partner_can_be_what_counts(call, scenario_file, candidates):
    result = call(
        "plan", scenario_file, "--candidates", candidates(), "--objective", "worst-off", "--costs", "high"
    )
    assert "Best plan:   worst-off partner" in result.out


def test_limits_in_conflict_are_named_and_the_status_is_1(call, scenario_file, candidates):
    minima = "{all: {by: 2017, build: shore-battery}}"
    result = call(
        "plan", scenario_file, "--candidates", candidates(minima), "--budget", "0.1", "--points", "0"
    )
    assert result.status == 1
    assert "No plan is possible. These limits cannot hold together" in result.out
    assert "budget.total: no more than 100 million USD may be spent in all years together" in result.out
    assert "candidates.shore-battery.needs: 'shore-battery' needs 'shore-radar'" not in result.out
    assert "minima.all: 'shore-battery' must be in service in 2017" in result.out
    assert "With the other limits as they are, all minima together cost" in result.out


def test_where_no_money_helps_it_says_so(call, scenario_file, candidates):
    minima = "{all: {by: 2014, share: 100 percent}}"
    result = call("plan", scenario_file, "--candidates", candidates(minima), "--points", "0")
    assert result.status == 1
    assert "No total budget would be enough while the other limits hold." in result.out
    assert "Without the other minima, minima.all could reach" in result.out


def test_options_and_files_are_judged_before_anything_is_flown(call, scenario_file, candidates):
    result = call(
        "plan", scenario_file, "--budget", "much", "--step-deg", "0", "--points", "-1", "--time-limit", "0"
    )
    assert result.status == 2
    for expected in (
        "--budget: 'much' is not a number; 0 bn USD or more is allowed",
        "--step-deg: 0 deg is out of bounds",
        "--points: -1 is out of bounds; 0 or more is allowed",
        "--time-limit: 0 s is out of bounds; above 0 s is allowed",
    ):
        assert expected in result.err
    bad = candidates(**{"item: sm-3-ib": "item: sm-9"})
    result = call("plan", scenario_file, "--candidates", bad, "--json")
    assert result.status == 2
    assert result.document["error"]["faults"][0]["where"] == "candidates.shore-battery.item"
    result = call("plan", scenario_file)
    assert result.status == 2
    assert "no candidates come with the scenario 'small'" in result.err
