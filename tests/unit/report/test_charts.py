"""Charts: scales and ticks against what a ruler says, and pictures that say what they show."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synaspis.report.charts import Chart, Scale, round_up, shortened, text_width, ticks


def test_a_scale_is_a_straight_line_that_ends_at_its_ends():
    scale = Scale(0.0, 10.0, 100.0, 300.0)
    assert [scale.at(value) for value in (0.0, 5.0, 10.0, -1.0, 11.0)] == [100.0, 200.0, 300.0, 100.0, 300.0]
    assert Scale(0.0, 10.0, 300.0, 100.0).at(2.5) == 250.0


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.0, 1.0, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (0.0, 250.0, [0.0, 50.0, 100.0, 150.0, 200.0, 250.0]),
        (-50.0, 200.0, [-50.0, 0.0, 50.0, 100.0, 150.0, 200.0]),
    ],
)
def test_ticks_are_round(low, high, expected):
    assert ticks(low, high) == expected


@given(st.floats(1e-6, 1e12))
def test_a_rounded_end_holds_the_value_and_little_more(value):
    end = round_up(value)
    assert value * (1 - 1e-9) <= end <= 2.0 * value


def test_nothing_to_show_has_a_scale_too():
    assert round_up(0.0) == 1.0


def test_a_text_is_cut_where_its_room_ends():
    assert shortened("Radar", 200.0) == "Radar"
    cut = shortened("Dutch frigate in the eastern Mediterranean", 100.0)
    assert cut.endswith("…")
    assert text_width(cut) <= 100.0


def test_a_picture_has_a_title_a_description_and_a_number_at_every_mark():
    chart = Chart("one", 100.0, 50.0)
    chart.bar(1.0, 2.0, 10.0, 20.0, "c1", "2012: <5> million")
    chart.dot(5.0, 5.0, "c2", "a dot")
    chart.diamond(9.0, 9.0, "c3", "a diamond")
    chart.whisker(4.0, 1.0, 9.0)
    svg = str(chart.finish("What & why", "In numbers"))
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "one-title one-desc"
    named = {part.get("id"): part.text for part in root if part.get("id")}
    assert named == {"one-title": "What & why", "one-desc": "In numbers"}
    assert re.findall(r"<g [^>]*>.*?<title>(.*?)</title></g>", svg) == [
        "2012: &lt;5&gt; million",
        "a dot",
        "a diamond",
    ]
    assert len(re.findall("whisker", svg)) == 3


def test_a_bar_of_less_than_nothing_has_no_width():
    chart = Chart("one", 100.0, 50.0)
    chart.bar(0.0, 0.0, -3.0, 5.0, "c1")
    assert 'width="0.0"' in str(chart.finish("a", "b"))
