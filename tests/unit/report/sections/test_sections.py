"""A section for each question: its figures show the numbers of the answer, in words and in lengths."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from synaspis.report import render_report
from synaspis.report.charts import SMALL, TEXT, text_width
from synaspis.report.fall_maps import fall_classes
from synaspis.report.sections import sections_of
from synaspis.report.sections.assurance import value_name

IDS = ["raid", "cooperation", "cost", "assurance", "plan", "consequences"]


@pytest.fixture(scope="module")
def asked(content, answers):
    return replace(content, answers=answers, unanswered=(("What else?", "No public data."),))


@pytest.fixture(scope="module")
def sections(asked):
    return {section.id: section for section in sections_of(asked)}


def chart(sections, identifier):
    return next(c for section in sections.values() for c in section.charts if c.id == identifier)


def drawn(picture, style):
    """(x, y, width, height) and words of each bar of a style."""
    root = ElementTree.fromstring(str(picture.svg))
    found = []
    for group in root.iter("g"):
        if style in group.get("class").split() and group.find("rect") is not None:
            rect = group.find("rect")
            title = group.find("title")
            size = tuple(float(rect.get(name)) for name in ("x", "y", "width", "height"))
            found.append((size, "" if title is None else title.text))
    return found


def test_there_is_one_section_for_each_answer(sections):
    assert list(sections) == IDS
    for section in sections.values():
        assert section.title.endswith("?")
        assert section.answer.endswith(".")


def test_every_figure_says_what_it_shows_its_values_its_doubt_and_has_words_for_who_cannot_see(sections):
    for section in sections.values():
        assert section.charts or section.maps
        for each in section.charts:
            assert each.shows.endswith("."), each.id
            assert each.values.endswith("."), each.id
            assert each.doubt.endswith("."), each.id
            root = ElementTree.fromstring(str(each.svg))
            assert root.get("role") == "img"
            ids = {part.get("id"): part.text for part in root if part.get("id")}
            assert all(ids[name] for name in root.get("aria-labelledby").split())


def test_no_text_lies_on_another_or_outside_its_picture(sections):
    for section in sections.values():
        for each in section.charts:
            root = ElementTree.fromstring(str(each.svg))
            _, _, width, height = map(float, root.get("viewBox").split())
            boxes = []
            for text in root.iter("text"):
                size = SMALL if "tick" in text.get("class") else TEXT
                long, x, y = text_width(text.text, size), float(text.get("x")), float(text.get("y"))
                left = x - {"start": 0.0, "middle": 0.5, "end": 1.0}[text.get("text-anchor")] * long
                box = (left, y - 0.7 * size, left + long, y + 0.15 * size)
                assert -2 <= box[0] <= box[2] <= width + 2, (each.id, text.text)
                assert 0 <= box[1] <= box[3] <= height, (each.id, text.text)
                for other, words in boxes:
                    apart = (
                        box[0] >= other[2] or other[0] >= box[2] or box[1] >= other[3] or other[1] >= box[3]
                    )
                    assert apart, (each.id, text.text, words)
                boxes.append((box, text.text))


def test_the_histogram_has_the_probabilities_of_the_result(sections):
    bars = drawn(chart(sections, "raid-leakage"), "c1")
    heights = [size[3] for size, _ in bars]
    assert [height / heights[0] for height in heights] == pytest.approx([1.0, 0.6, 0.4], abs=2e-3)
    assert bars[1][1] == "1: 30 %, 0 % to 50 %"
    bands = drawn(chart(sections, "raid-leakage"), "band")
    assert [size[3] / bands[1][0][3] for size, _ in bands] == pytest.approx([1.6, 1.0, 0.8], abs=5e-3)
    assert sections["raid"].answer == (
        "Of 2 missiles 0.7 get through on average (0.1 to 1.9). That none does has a probability of 50 % "
        "(10 % to 90 %), and 4 interceptors are fired on average."
    )
    assert "No battery can shoot at one: no track." in sections["raid"].notes
    assert sections["raid"].tables[0].rows == (("Shore one", "4", "4.0", "100 %", "1.5 min"),)


def test_contributions_are_as_long_as_their_shapley_values_and_losses(sections):
    picture = chart(sections, "asset-people")
    (alpha, beta), (lost,) = (drawn(picture, style) for style in ("c1", "hollow"))
    assert alpha[0][2] == pytest.approx(2 * beta[0][2], abs=0.2)
    assert lost[0][2] == pytest.approx(0.75 * alpha[0][2], abs=0.2)
    assert alpha[1] == "Alpha the asset, Shapley value: 2 million"
    assert [key.label for key in picture.keys][-1] == "95 percent interval of a sampled value"
    assert len(chart(sections, "partner-people").keys) == 2
    assert not [c for c in sections["cooperation"].charts if c.id == "partner-warning"]


def test_sharing_is_said_against_nothing_shared(sections):
    assert sections["cooperation"].answer == (
        "With the agreements, beside the same assets with nothing shared, 2 million more people are defended "
        "against a 1300 km missile, and people get 5 min 00 s more warning of a 1300 km missile. Of the "
        "clauses that do not hold, book/more would add most."
    )
    assert sections["cooperation"].tables[1].rows == (("book/more", "700,000 people, +9 s warning"),)


def test_what_is_fired_stands_beside_what_gets_through(sections):
    """Batteries that do not know of each other's shots stop as much and fire more."""
    picture = chart(sections, "raid-coordination")
    assert "all batteries under one doctrine, 0.7 get through and 4 interceptors are fired" in picture.shows
    assert "each battery for itself: 8 interceptors fired" in str(picture.svg)


def test_costs_are_stacked_by_nation_with_the_range_of_the_sum(sections):
    picture = chart(sections, "cost-constant")
    us, de = drawn(picture, "c1"), drawn(picture, "c4")
    assert us[0][0][3] / de[0][0][3] == pytest.approx(4.0, rel=1e-2)
    assert de[0][0][1] + de[0][0][3] == pytest.approx(us[0][0][1], abs=0.11), "one stands on the other"
    assert us[0][1] == "2020, United States: 2,000 million dollars"
    assert len(re.findall('class="whisker"', str(picture.svg))) == 2 * 3
    assert sections["cost"].answer == (
        "4.0 bn dollars of 2020 from 2020 to 2021 (3.6 bn to 4.8 bn). Most is borne by United States, 75 %, "
        "if costs lie where they fall. "
        "All of it is 2.50 dollars a year for each inhabitant of a defended city."
    )
    assert "Defended: Phase 3 (2018), Class of 1300 km, at one moment." in sections["cost"].notes
    assert any("Japan" in note for note in sections["cost"].notes)
    rules = chart(sections, "cost-rules")
    assert "No shares were given." in rules.doubt
    (whole,), (part,) = drawn(rules, "c1"), drawn(rules, "c4")
    assert whole[0][2] == pytest.approx(3 * part[0][2], abs=0.3)


def test_then_year_prices_are_said_to_be_so(sections):
    assert chart(sections, "cost-then-year").title == "Cost by year and nation, in dollars of each year"


def test_needed_speeds_lie_where_the_axis_says(sections):
    picture = chart(sections, "assurance-speed")
    root = ElementTree.fromstring(str(picture.svg))
    tick = {t.text: float(t.get("x")) for t in root.iter("text") if t.get("class") == "tick"}
    speed = (tick["12"] - tick["2"]) / 10.0
    south, north = (size for size, _ in drawn(picture, "c1"))
    assert south[0] == pytest.approx(tick["2"] + 3.2 * speed, abs=0.11)
    assert south[0] + south[2] == pytest.approx(tick["12"], abs=0.2), "no speed is enough as stated"
    assert north[2] == pytest.approx(1.6 * speed, abs=0.2)
    ((contested, _),) = drawn(picture, "maybe")
    assert contested[0] == pytest.approx(tick["2"] + 3.2 * speed, abs=0.11)
    assert contested[2] == pytest.approx(1.3 * speed, abs=0.2)
    assert "no speed up to 12 km/s is enough" in str(picture.svg)
    assert "Fast one, 5 km/s: somebody" in str(picture.svg)
    assert "1 of 3 are reached at some speed" in picture.shows


def test_a_verdict_is_never_said_without_its_band(sections):
    assert (
        sections["assurance"].answer
        == "Contested: so and so. Contested from 5.2 km/s on; yes from 6.5 km/s on."
    )
    assert "(0.5 to 0.6 percent)" in chart(sections, "assurance-bound").shows
    limits = sections["assurance"].tables[-1]
    assert limits.rows == (("No fast ones", "no", "0", "20,000 km²", "3 million", "See synaspis raid."),)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("fast.burnout_speed_m_s", ("fast: burnout speed", "m/s")),
        ("burnout_time_s", ("burnout time", "s")),
        ("a.ballistic_coefficient_kg_m2", ("a: ballistic coefficient", "kg/m²")),
        ("a.elevation_min_rad", ("a: elevation min", "rad")),
    ],
)
def test_disputed_values_have_names_and_units(key, expected):
    assert value_name(key) == expected


def test_the_front_names_the_best_buy_and_the_greedy_choice_stands_beside_it(sections):
    picture = chart(sections, "plan-front")
    assert picture.shows == (
        "The most people that can be defended for each cost. Most for the money: 8 million people for 1.00 "
        "bn; 4.00 bn bring no more than 8.1 million."
    )
    assert "greedy choice: 7 million people, 1.20 bn" in str(picture.svg)
    assert "best plan: 8 million people, 1.00 bn" in str(picture.svg)
    assert sections["plan"].answer == (
        "For 1.0 bn dollars of 1.5 bn allowed until 2021, people defended go from 5 million to 8 million of "
        "10 million: New radar. No plan does better: that is proved."
    )


def test_limits_that_conflict_are_named_instead_of_a_plan(content, answers, made_up_plan):
    document = made_up_plan | {
        "best": None,
        "conflict": {"limits": [{"says": "at most 1 bn"}, {"says": "all"}]},
    }
    answer = replace(answers[4], documents={"plan": document})
    (section,) = sections_of(replace(content, answers=(answer,)))
    assert (
        section.answer == "No plan meets what is asked: these stand against each other: at most 1 bn and all."
    )


def test_third_countries_are_named_and_the_map_has_a_row_for_each_threat(sections):
    section = sections["consequences"]
    assert section.answer == "Intercepts pass over, or may drop fragments on, one third country: Iraq."
    (sheet,) = section.maps
    assert [heading for heading, _ in sheet.grid.rows] == ["Class of 1300 km"]
    assert [row[:3] for row in section.tables[0].rows] == [
        ("Iraq", "third country", "100 km"), ("Turkey", "partner", "100 km"),
    ]  # fmt: skip


def test_fall_areas_have_steps_of_their_share():
    import numpy as np

    assert fall_classes(np.array([0.0, 0.001, 0.02, 0.1, 0.5])).tolist() == [0, 1, 2, 3, 4]


def test_the_page_has_every_section_its_answer_at_the_top_and_the_command_below(asked):
    page = render_report(asked)
    for name in IDS:
        assert f'<section id="{name}" class="question">' in page
        assert f'<li><a href="#{name}">' in page
        assert f"<code>synaspis {name} made-up</code>" in page
    assert "<strong>What else?</strong><p>No public data.</p>" in page
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
