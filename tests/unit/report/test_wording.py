"""How numbers and answers read. Expected texts were written by hand."""

from dataclasses import replace

import pytest

from synaspis.report import wording
from synaspis.report.tables import case_rows


@pytest.mark.parametrize(
    ("fraction", "text"),
    [(0.0, "0 %"), (0.004, "<1 %"), (0.36, "36 %"), (0.995, ">99 %"), (1.0, "100 %"), (float("nan"), "–")],
)
def test_a_share_is_rounded_but_not_to_none_or_all(fraction, text):
    assert wording.percent_text(fraction) == text


@pytest.mark.parametrize(
    ("time_s", "text"),
    [(59.4, "59 s"), (59.6, "1 min 00 s"), (365.0, "6 min 05 s"), (float("nan"), "–"), (0.0, "0 s")],
)
def test_a_time_is_said_in_minutes_and_seconds(time_s, text):
    assert wording.minutes_text(time_s) == text


@pytest.mark.parametrize(
    ("area_m2", "text"),
    [(0.0, "0 km²"), (8.731e11, "873,000 km²"), (9.999e11, "1 million km²"), (1.2449e12, "1.24 million km²")],
)
def test_an_area_has_three_figures(area_m2, text):
    assert wording.area_text(area_m2) == text


def test_words_are_joined_as_in_a_sentence():
    assert wording.joined(["a"]) == "a"
    assert wording.joined(["a", "b", "c"]) == "a, b and c"


def test_the_answer_names_the_last_phase_and_the_growth_since_the_first(content):
    answer = wording.answer(content)
    assert answer.startswith("In Phase 3 (2018) the shared defence covers ")
    assert "of what a 3500 km missile can reach (" in answer
    assert "in 2011)" in answer
    assert answer.endswith("Phase 4, cancelled, would have changed none of these shares.")


def test_the_answer_says_what_a_cancelled_phase_would_have_covered(content):
    dataset = content.dataset.copy()
    more = 2.0 * dataset["defended_area"]
    dataset["defended_area"] = dataset["defended_area"].where(dataset["phase"] != "p4", more)
    answer = wording.answer(replace(content, dataset=dataset))
    assert "Phase 4, cancelled, would have covered " in answer


def test_a_change_names_what_was_gained_and_what_was_lost():
    assert wording.change_text(8.66e10, 2.49e9) == "+86,600 km², −2,490 km²"
    assert wording.change_text(0.0, 0.0) == "no change"


def test_the_answer_says_when_a_threat_reaches_nothing(content):
    dataset = content.dataset.copy()
    dataset["threatened_area"] = dataset["threatened_area"].where(dataset["threat"] != "near", 0.0)
    answer = wording.answer(replace(content, dataset=dataset))
    assert answer.endswith("Nothing of the territory is within reach of a 1300 km missile.")


def test_a_case_out_of_reach_is_said_so(content):
    row = case_rows(content.dataset)[0]
    assert (
        wording.case_sentence(replace(row, threatened_area_m2=0.0))
        == "Nothing in the territory is within reach of this threat."
    )


def test_a_phase_with_a_name_of_its_own_is_quoted(content):
    phases = (content.phases[0], replace(content.phases[1], name="With a ship"))
    dataset = content.dataset.sel(phase=["p1", "p2"])
    answer = wording.answer(replace(content, phases=phases, dataset=dataset))
    assert answer.startswith('In the phase "With a ship" (2015) the shared defence covers ')
