"""An exercise with files of its own: its run is reviewed although agreements and responses lie beside it."""

import json

import pytest

from synaspis.agreement import book_path
from synaspis.coordination.responses import load_responses
from synaspis.core.errors import InputError
from synaspis.exercise import load_exercise, run_exercise
from synaspis.exercise.review import review

RESPONSES = """schema: responses/1
id: own
name: Responses of one exercise
summary: For a test.
responses:
  tell-all:
    name: Everybody is told
    says: The others are called by telephone.
    triggers:
      - {kind: warning, words: [take-shelter]}
    acknowledged_by: [us]
    within: 60 s
"""


@pytest.fixture
def own(short_file, tmp_path):
    """File of the short exercise with a book and responses beside it."""
    place = tmp_path / "mine"
    place.mkdir()
    book = book_path("first-exercise").read_text("utf-8")
    (place / "book.yaml").write_text(book.replace("id: first-exercise", "id: book"), encoding="utf-8")
    (place / "own.yaml").write_text(RESPONSES, encoding="utf-8")
    text = short_file.read_text("utf-8")
    named = "agreements: {data: book.yaml, coordination: book.yaml}\nresponses: own.yaml"
    text = text.replace("agreements: {data: first-exercise, coordination: first-exercise}", named)
    text = text.replace("acknowledges: [launch-report]", "acknowledges: [launch-report], invokes: [tell-all]")
    (place / "short.yaml").write_text(text, encoding="utf-8")
    return place / "short.yaml"


def test_it_is_run_and_reviewed_with_its_own_book_and_responses(own, tmp_path):
    assert load_responses(own.parent / "own.yaml").id == "own"
    run_exercise(load_exercise(own), tmp_path / "run", seed=2)
    assert json.loads((tmp_path / "run" / "run.json").read_text())["seen_from"] == "../mine"
    made = review(tmp_path / "run")
    assert made["agreements"] == {"coordination": "book", "data": "book"}
    assert made["coordination"]["responses_document"] == "own"
    assert [row["response"] for row in made["coordination"]["called_for"]] == ["tell-all"]
    # The stores hold the agreements, so that the review needs the file of the book no more.
    (own.parent / "book.yaml").unlink()
    assert review(tmp_path / "run") == made


def test_a_file_that_the_review_needs_and_that_is_gone_is_named(own, tmp_path):
    run_exercise(load_exercise(own), tmp_path / "run", seed=2)
    (own.parent / "own.yaml").unlink()
    with pytest.raises(InputError, match=r"responses: there are no responses .*own\.yaml"):
        review(tmp_path / "run")


def test_a_run_of_names_from_the_package_alone_tells_no_place(played):
    assert "seen_from" not in json.loads((played / "run.json").read_text())
