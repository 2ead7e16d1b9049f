"""What the exercises of the package train occurs in them, and their reviews tell it."""

import pytest

from synaspis.exercise import load_exercise, run_exercise
from synaspis.exercise.review import render, review


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory):
    """Review of a packaged exercise, each played once with seed 1."""
    known = {}

    def made(name):
        if name not in known:
            folder = tmp_path_factory.mktemp(name) / "run"
            run = run_exercise(load_exercise(name), folder)
            assert run.refused == 0
            known[name] = review(folder)
        return known[name]

    return made


def verdicts(made):
    return {(row["inject"], row["nation"]): row["verdict"] for row in made["actions"]}


def test_in_the_first_exercise_plans_leave_gaps_and_two_nations_claim_one_object(reviewed):
    told = reviewed("first-exercise")["coordination"]
    gaps = {(row["area"], row["since"][11:19]) for row in told["gaps"] if row["why"] == "wanted"}
    assert gaps == {("Leipzig", "09:00:00"), ("Krakow", "09:00:00"), ("Danzig bay", "09:22:00")}
    (overlap,) = told["overlaps"]
    assert overlap["partners"] == ["de", "us"]
    conflicts = [row for row in told["findings"] if row["what"] == "conflict"]
    assert [row["partners"] for row in conflicts] == 2 * [["de", "us"]]
    # The clause of coordination takes three seconds to others; each sees its own at once.
    for row in told["messages"]:
        assert set(row["reached_after_s"].values()) == {3.0}


def test_its_plans_are_held_against_the_coverage_analysis(reviewed):
    """No PAC-3 stops an irbm-3500 by its own radar; an SM-3 at Deveselu does with the forward radar."""
    told = reviewed("first-exercise")["coordination"]["against_analysis"]
    share = {(row["battery"], row["threat"]): row["share"] for row in told}
    assert share["sulze-pac-3-cri", "irbm-3500"] == 0.0
    assert share["deveselu-sm-3-ib", "irbm-3500"] > 0.9
    assert share["deveselu-sm-3-ib", "mrbm-1300"] is None


def test_its_hand_over_is_accepted_in_time_and_a_response_is_acknowledged_by_all(reviewed):
    made = reviewed("first-exercise")
    (offer,) = made["coordination"]["hand_overs"]
    assert (offer["to"], offer["state"]) == ("de", "accepted")
    assert verdicts(made)["offer", "de"] == "seen"
    states = {
        (row["of"]["sender"], row["from"]): row["state"]
        for row in made["coordination"]["acknowledgements"]
        if row["of"]["kind"] == "response"
    }
    assert set(states.values()) == {"accepted"}
    assert {sender for sender, _ in states} == {"de", "pl"}
    (announced,) = made["coordination"]["calendar"]
    assert announced["state"] == "matched"


def test_in_the_disputed_launch_questions_are_answered_by_their_deadline_and_reports_put_right(reviewed):
    made = reviewed("disputed-launch")
    asked = {row["sender"]: row for row in made["coordination"]["consultations"]}
    assert set(asked) == {"centre", "ro"}
    (answer,) = asked["ro"]["answers"]
    assert (answer["sender"], answer["position"], answer["in_time"]) == ("tr", "maintained", True)
    assert asked["ro"]["answer_by"] == "2026-12-02T11:32:00.000000Z"
    kinds = {row["kind"] for row in made["coordination"]["messages"] if row["sender"] == "tr"}
    assert {"correction", "cancellation"} <= kinds
    assert set(verdicts(made).values()) == {"seen"}
    assert made["warnings_in_vain"] == []
    assert [row["fault"] for row in made["faults"]] == [
        "contradictory-report", "late-notification", "false-report",
    ]  # fmt: skip
    assert made["faults"][1]["late_s"] == 300.0


def test_in_blind_radar_the_plan_is_changed_and_the_analysis_says_what_that_costs(reviewed):
    made = reviewed("blind-radar")
    shares = sorted(
        row["share"]
        for row in made["coordination"]["against_analysis"]
        if row["battery"] == "deveselu-sm-3-ib" and row["threat"] == "mrbm-2000"
    )
    assert len(shares) == 2
    assert shares[0] < 0.3 < 0.9 < shares[1]
    (outage,) = made["faults"]
    assert (outage["unseen"], outage["reports"]) == (["to-bucharest", "to-milan"], 0)
    (called,) = made["coordination"]["called_for"]
    assert called["response"] == "forward-radar-blind"
    assert verdicts(made)["fly-milan", "it"] == "missed"


@pytest.mark.parametrize("name", ["first-exercise", "disputed-launch", "blind-radar"])
def test_the_page_names_nations_and_marks_what_is_in_the_way_in_words(reviewed, name):
    made = reviewed(name)
    page = render(made)
    assert page == render(made)
    marks = {"first-exercise": "[conflict]", "disputed-launch": "[question]", "blind-radar": "[gap]"}
    assert marks[name] in page
    # No table has a bare id of a nation in a cell.
    for nation in made["nations"]:
        assert f">{nation}<" not in page
    assert "None" not in page.split("</style>")[1]
