"""The worth of an agreement: paired seeds, Student's intervals, a picture."""

import xml.etree.ElementTree as tree

import pytest
from scipy import stats

from synaspis.agreement import load_book
from synaspis.exercise import load_exercise
from synaspis.exercise.review import worth, worth_chart
from synaspis.exercise.review.worth import Job, played

SVG = "{http://www.w3.org/2000/svg}"


def given(jobs):
    """Rows as runs would give them, by seed and book: 60 s and 100 people less under the second book."""
    for job in jobs:
        second = job.loaded.books["data"].id != "first-exercise"
        yield [
            {
                "flight": "one",
                "nation": "pl",
                "people": 1_000,
                "warned": 100 * job.seed - 100 * second,
                "person_minutes": 1_000.0 * job.seed - 500.0 * second * job.seed,
                "first_warning_before_impact_s": None if job.seed == 3 else 600.0 - 60.0 * second,
            }
        ]


@pytest.fixture(scope="module")
def found(short_file):
    loaded, book = load_exercise(short_file), load_book("first-exercise-without-tracks")
    return worth(loaded, book, (1, 2, 3), mapper=lambda _run, jobs: given(jobs))


def test_means_and_intervals_are_students_of_the_pairs(found):
    """Differences of person-minutes -500, -1000, -1500: mean -1000, standard deviation 500."""
    half = stats.t.interval(0.95, 2, scale=500.0 / 3.0**0.5)[1]
    told = found["person_minutes_difference"]
    assert told["mean"] == -1_000.0
    assert told["low"] == pytest.approx(-1_000.0 - half, abs=0.01)
    assert (told["least"], told["greatest"]) == (-1_500.0, -500.0)
    assert found["warned_difference"] == {
        "mean": -100.0, "low": -100.0, "high": -100.0, "least": -100.0, "greatest": -100.0,
    }  # fmt: skip
    assert [each["mean"] for each in found["warned"]] == [200.0, 100.0]


def test_minutes_are_over_the_seeds_with_a_warning(found):
    (row,) = found["rows"]
    assert [(each["mean"], each["seeds"]) for each in row["minutes"]] == [(10.0, 2), (9.0, 2)]
    assert row["name"] == "Poland"


def test_the_picture_is_a_file_of_its_own_that_says_its_numbers(found):
    root = tree.fromstring(worth_chart(found))
    assert root.tag == f"{SVG}svg"
    assert "10.0 min and 9.0 min" in root.find(f"{SVG}desc").text
    titles = [each.text for each in root.iter(f"{SVG}title")]
    assert "9.0 min, 9.0 to 9.0" in titles
    words = [each.text for each in root.iter(f"{SVG}text")]
    assert {"one, Poland", "1,000 people", "20%", "10%"} <= set(words)


def test_a_job_gives_what_its_own_run_is_reviewed_to(short_file):
    from tempfile import TemporaryDirectory

    from synaspis.exercise import run_exercise
    from synaspis.exercise.review import review

    loaded = load_exercise(short_file)
    with TemporaryDirectory() as place:
        run_exercise(loaded, f"{place}/run", seed=4)
        reviewed = review(f"{place}/run")
    assert played(Job(loaded, 4)) == reviewed["flights"][0]["people"]
