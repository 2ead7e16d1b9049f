"""Which questions are asked, of which data, and that the answers do not depend on who works on them."""

import json
from math import inf, nan

import numpy as np
import pytest

from synaspis.analyses.manifest import Settings
from synaspis.analyses.questions import (
    QUESTIONS,
    answer_files,
    ask_all,
    choose_questions,
    companion,
    no_data,
    plain,
)
from synaspis.analyses.running import local_mapper
from synaspis.core.errors import InputError
from synaspis.scenario import load_scenario_document


@pytest.fixture(scope="module")
def europe():
    return load_scenario_document("europe")


def what(raised):
    return [fault.what for fault in raised.value.faults]


def test_europe_has_data_for_every_question(europe):
    assert choose_questions(europe, None, {}) == tuple(QUESTIONS)
    assert companion("raid", europe).name == "europe.yaml"
    assert companion("cooperation", europe).name == "europe-candidates.yaml"


def test_a_scenario_without_files_is_asked_only_what_needs_none(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("schema: scenario/1\nid: mine\nextends: europe\nname: Mine\n", "utf-8")
    mine = load_scenario_document(path)
    assert choose_questions(mine, None, {}) == ("cooperation", "consequences")
    assert choose_questions(mine, None, {"raid": tmp_path / "raid.yaml"}) == (
        "raid",
        "cooperation",
        "consequences",
    )


def test_questions_come_in_their_order_whatever_the_order_of_asking(europe):
    assert choose_questions(europe, ["plan", "cost", "raid"], {}) == ("raid", "cost", "plan")


def test_unknown_questions_and_those_without_data_are_refused_together(europe, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("schema: scenario/1\nid: mine\nextends: europe\nname: Mine\n", "utf-8")
    mine = load_scenario_document(path)
    with pytest.raises(InputError, match="no question") as raised:
        choose_questions(mine, ["plans", "cost"], {"raid": path})
    assert what(raised) == [
        "there is no question 'plans'",
        "cost: No public costs have been gathered for this scenario; none are invented.",
        "a file is given for 'raid', which is not asked",
    ]


def test_every_question_says_why_it_may_not_be_answered():
    assert all(no_data(name).endswith(".") for name in QUESTIONS)


def test_plain_values_are_what_json_can_hold():
    value = {1: (np.float64(2.0), np.array([1, 2])), "x": [nan, inf, None, True]}
    assert plain(value) == {"1": [2.0, [1, 2]], "x": [None, None, None, True]}
    assert json.loads(json.dumps(plain(value), allow_nan=False)) == plain(value)


@pytest.fixture(scope="module")
def settings():
    return Settings("europe", threats=("mrbm-1300",), step_deg=1.0, questions=("cost", "consequences"))


@pytest.fixture(scope="module")
def answers(europe, settings):
    return ask_all(europe, settings)


def test_answers_come_in_order_with_their_command_and_files(answers):
    cost, beneath = answers
    assert cost.command == "synaspis cost europe"
    assert beneath.command == "synaspis consequences europe --phase 2018 --threat mrbm-1300 --step-deg 1"
    assert [name for name, _ in answer_files(cost)] == ["cost.json", "cost-then-year.json"]
    assert [name for name, _ in answer_files(beneath)] == [
        "consequences-mrbm-1300.json", "consequences-mrbm-1300.nc", "consequences-mrbm-1300.geojson",
    ]  # fmt: skip
    assert {path.name for path in cost.inputs} >= {"europe.yaml"}
    assert [path.name for path in beneath.inputs] == ["debris.yaml"]
    assert cost.document["prices"] == "constant"
    assert cost.documents["cost-then-year"]["prices"] == "then-year"


def test_two_processes_answer_as_one_does(europe, settings, answers):
    with local_mapper(2) as mapper:
        again = ask_all(europe, settings, mapper=mapper)
    assert [each.documents for each in again] == [each.documents for each in answers]
    assert [each.texts for each in again] == [each.texts for each in answers]


def test_cost_takes_the_shares_of_benefit_from_cooperation(europe):
    settings = Settings("europe", threats=("mrbm-1300",), step_deg=1.0, questions=("cooperation", "cost"))
    shared, cost = ask_all(europe, settings)
    people = shared.document["pooling"]["pooled"]["mrbm-1300"]["defended_population"]
    assert people > 0
    assert cost.document["per_defended_person"]["population"] == people
    assert cost.document["by_rule"]["benefit"]["applies"]
    assert cost.command == f"synaspis cost europe --benefit-from cooperation.json --defended {people:.0f}"
