"""Plans on a real map: merged cells against counting cell by cell, and the result as plain values."""

import json
from dataclasses import replace
from random import Random

import pytest

from synaspis.analyses.plan import Built, PlanResult, best_plan, held, plan, read_plan
from synaspis.analyses.plan.building import build_problem, capability_of
from synaspis.analyses.plan.limits import broken
from synaspis.analyses.plan.patterns import smallest
from synaspis.analyses.plan.problem import Means, spending, worst_share
from synaspis.analyses.plan.run import recounted
from synaspis.core.errors import InputError
from synaspis.scenario import load_scenario_document

STEP_DEG = 3.0
EUROPE = load_scenario_document("europe")


@pytest.fixture(scope="module")
def given():
    return read_plan(EUROPE)


@pytest.fixture(scope="module")
def capability(given):
    return capability_of(given, threats=["mrbm-2000", "irbm-3500"], step_deg=STEP_DEG)


@pytest.fixture(scope="module")
def problem(given, capability):
    return build_problem(given, capability)[0]


@pytest.fixture(scope="module")
def result() -> PlanResult:
    return plan(EUROPE, threats=["mrbm-2000", "irbm-3500"], step_deg=STEP_DEG, points=6)


def random_schedules(problem, count):
    chance = Random(4)
    for _ in range(count):
        share = chance.random()
        yield {
            name: Built(0, (option.least,) * len(problem.years))
            for name, option in problem.options.items()
            if chance.random() < share
        }


@pytest.mark.parametrize("depth", [1, 5])
def test_merged_cells_count_the_people_that_the_capability_counts_cell_by_cell(given, capability, depth):
    """`Capability.defended` is held against `coverage` in its own tests; it merges no cells."""
    counted = replace(given, document=given.document.model_copy(update={"depth": depth}))
    problem = replace(build_problem(counted, capability)[0], depth=1)
    seen = set()
    for schedule in random_schedules(problem, 40):
        expected = recounted(given, capability, schedule, 1)[0]
        assert held(problem, schedule, 0).sum() == expected
        seen.add(expected)
    assert len(seen) > 5


def test_people_in_reach_are_those_of_threatened_cells(capability, problem):
    threatened = capability.threatened.any(axis=0)
    assert sum(problem.reach) == capability.population[threatened].sum()


def test_cells_merge_into_few_groups(given, capability):
    problem, patterns = build_problem(given, capability)
    assert patterns.flights == sum(flights.cell.size for flights in capability.flights)
    assert len(problem.groups) < patterns.cells
    assert len(problem.means) < 100


def test_a_means_that_needs_more_than_another_is_dropped():
    more, less = Means("b", frozenset({"b", "r", "s"})), Means("a", frozenset({"b", "r"}))
    assert smallest([more, less], stock_counts=False) == {Means("", frozenset({"b", "r"}))}
    assert smallest([more, less], stock_counts=True) == {more, less}


def test_the_plan_is_proved_best_keeps_its_limits_and_is_recounted(result):
    best = result.best
    assert best.gap == 0.0
    assert broken(result.problem, best.schedule) == []
    counted = tuple(
        int(held(result.problem, best.schedule, n).sum()) for n in range(len(result.problem.years))
    )
    assert result.checked == counted
    assert counted[-1] == best.value > sum(result.problem.always)


def test_no_point_of_the_front_within_the_budget_is_better_than_the_plan(result):
    limit = result.problem.budget.total_usd
    within = [
        point.value
        for point in result.front.points
        if sum(cost.sum() for cost in spending(result.problem, point.schedule).values()) <= limit
    ]
    assert max(within) <= result.best.value


def test_the_result_is_plain_and_says_everything(result):
    document = json.loads(json.dumps(result.to_dict()))
    assert document["status"] == "optimal"
    assert document["scenario"] == "europe"
    assert document["threats"] == ["mrbm-2000", "irbm-3500"]
    assert [row["year"] for row in document["best"]["by_year"]] == list(range(2016, 2023))
    assert (
        sum(row["people_defended"] for row in document["best"]["partners"])
        == document["best"]["people_defended"]
    )
    spent = sum(row["spent_usd"] for row in document["best"]["by_year"])
    assert document["best"]["spent_usd"]["value"] == pytest.approx(spent)
    assert sum(row["spends_usd"] for row in document["best"]["partners"]) == pytest.approx(spent)
    assert document["best"]["spent_usd"]["low"] < spent < document["best"]["spent_usd"]["high"]
    assert document["greedy"]["people_defended"] <= document["best"]["people_defended"]
    assert document["front"]["points"][0]["life_cycle_usd"] == 0.0
    assert any("no public figure" in note for note in document["not_public"])
    assert {"item", "quantity", "value", "unit", "basis", "spread", "rivals", "note", "sources"} == set(
        document["assumptions"][0]
    )
    assert all(entry["sources"] or entry["basis"] == "assumed" for entry in document["assumptions"])
    quantities = {(entry["item"], entry["quantity"]) for entry in document["assumptions"]}
    assert ("aegis-ashore-site", "unit, prices of 2016") in quantities
    assert ("Radar: AN/TPY-2, forward-based", "reference range") in quantities


def test_a_second_run_gives_the_same_bytes(result, given):
    again = plan(EUROPE, candidates=given, threats=["mrbm-2000", "irbm-3500"], step_deg=STEP_DEG, points=6)
    assert json.dumps(again.to_dict()) == json.dumps(result.to_dict())


def test_more_money_defends_no_fewer_and_none_defends_as_many_as_today(given):
    values = [
        plan(
            EUROPE, candidates=given, budget_usd=usd, threats=["irbm-3500"], step_deg=STEP_DEG, points=0
        ).best.value
        for usd in (0.0, 2e8, 1e9, 5e9)
    ]
    assert values == sorted(values)
    assert values[0] < values[-1]


def test_the_worst_off_partner_is_no_worse_off_if_it_is_what_counts(given, capability):
    problem = build_problem(given, capability, budget_usd=5e9)[0]
    shares = {
        objective: worst_share(
            problem, held(problem, best_plan(problem, objective).schedule, len(problem.years) - 1)
        )
        for objective in ("population", "worst-off")
    }
    assert shares["worst-off"] >= shares["population"]
    assert "" not in problem.counted


def test_minima_that_cannot_be_met_are_explained_in_the_result(given):
    minima = {"poland": {"by": 2017, "partner": "pl", "share": {"value": 99.0, "unit": "percent"}}}
    document = given.document.model_validate(
        {**given.document.model_dump(by_alias=True), "minima": minima, "objective": "population"}
    )
    found = plan(
        EUROPE,
        candidates=replace(given, document=document),
        threats=["irbm-3500"],
        step_deg=STEP_DEG,
        points=0,
    )
    shown = found.to_dict()
    assert (shown["status"], shown["best"], found.checked) == ("infeasible", None, ())
    assert shown["conflict"]["limits"][-1] == {
        "limit": "minima.poland",
        "says": "at least 99 percent of the people of 'pl' in reach must be defended in 2017",
    }
    assert (
        shown["conflict"]["reachable_people"]["minima.poland"]
        < 0.99 * found.problem.reach[found.problem.partners.index("pl")]
    )


def test_a_minimum_of_a_partner_out_of_reach_is_a_fault(given, capability):
    minima = {"canada": {"by": 2020, "partner": "ca", "share": {"value": 10.0, "unit": "percent"}}}
    document = given.document.model_validate({**given.document.model_dump(by_alias=True), "minima": minima})
    with pytest.raises(
        InputError, match=r"minima\.canada\.partner: the partner 'ca' has no threatened people"
    ):
        build_problem(replace(given, document=document), capability)


def test_bad_arguments_are_told_together():
    with pytest.raises(InputError) as caught:  # noqa: PT011
        plan(EUROPE, budget_usd=-1e9, objective="area", level="mean", points=-1, time_limit_s=0.0)
    assert [fault.what for fault in caught.value.faults] == [
        "the budget -1 bn USD is negative; 0 or more is allowed",
        "there is no objective 'area'",
        "there is no cost level 'mean'",
        "-1 points of the front are asked for; 0 or more are allowed",
        "a time limit of 0 s is out of bounds; above 0 s is allowed",
    ]


def test_numbers_matter_where_a_flight_asks_for_more_than_a_battery_holds(given, capability):
    deep = replace(given, document=given.document.model_copy(update={"depth": 12}))
    problem = build_problem(deep, capability, budget_usd=3e9)[0]
    best = best_plan(replace(problem, budget=replace(problem.budget, yearly_usd={})))
    shallow = best_plan(replace(build_problem(given, capability, budget_usd=3e9)[0]))
    assert problem.deep
    assert best.value <= shallow.value
    assert any(built.interceptors[-1] > problem.options[name].least for name, built in best.schedule.items())
