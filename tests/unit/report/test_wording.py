"""How numbers and answers read. Expected texts were written by hand."""

import numpy as np
import pytest

from synaspis.report import wording


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
    assert answer.startswith("In 2020 the shared defence of the European allies covers ")
    assert "of the territory within reach of a 3500 km missile (" in answer
    assert "in 2011)" in answer


def test_the_answer_says_when_a_threat_reaches_nothing(content):
    dataset = content.dataset.copy()
    dataset["threatened_area"] = dataset["threatened_area"].where(dataset["threat"] != "near", 0.0)
    answer = wording.answer(type(content)(**{**vars(content), "dataset": dataset}))
    assert answer.endswith("No part of the European allies is within reach of a 1300 km missile.")


def test_a_case_out_of_reach_is_said_so(content):
    row = wording.case_rows(content.dataset)[0]
    nothing = type(row)(**{**{name: getattr(row, name) for name in row.__slots__}, "threatened_area_m2": 0.0})
    assert wording.case_sentence(nothing) == "Nothing in the territory is within reach of this threat."
    assert np.isfinite(row.median_warning_s)
