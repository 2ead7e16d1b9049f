"""From pydantic errors to faults: place, words and remedy of each kind, all together."""

from datetime import date
from typing import Literal

import pytest
from pydantic import Field, ValidationInfo, field_validator

from synaspis.core.documents import FrozenModel, Rejected, nearest, parse, read_document
from synaspis.core.errors import Fault, InputError


class Part(FrozenModel):
    size: float
    colour: Literal["red", "green"] = "red"


class Round(FrozenModel):
    kind: Literal["round"]
    radius: float


class Square(FrozenModel):
    kind: Literal["square"]
    side: float


class Whole(FrozenModel):
    name: str = Field(min_length=2, description="What people call it.")
    count: int = 1
    is_open: bool = False
    begin: date | None = None
    end: date | None = None
    parts: tuple[Part, ...] = ()
    by_id: dict[str, Part] | None = None
    shape: Round | Square | None = None

    @field_validator("end")
    @classmethod
    def _after_begin(cls, end: date | None, info: ValidationInfo) -> date | None:
        begin = info.data.get("begin")
        if begin and end and end < begin:
            raise Rejected(
                Fault(f"{end} is before begin, {begin}", remedy="Swap them."), Fault("and more", "inner")
            )
        return end


def refusal(text: str) -> str:
    with pytest.raises(InputError, match="fault") as caught:
        parse(Whole, read_document(text, source="w.yaml"))
    return str(caught.value)


def test_a_good_document_becomes_an_instance():
    whole = parse(
        Whole,
        read_document("name: ab\nbegin: 2011-01-01\nparts: [{size: 1}]\nshape: {kind: square, side: 2}"),
    )
    assert whole.begin == date(2011, 1, 1)
    assert whole.parts[0].size == 1.0
    assert isinstance(whole.shape, Square)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("count: 1", "w.yaml:1: name: the key 'name' is missing. It is: What people call it."),
        ("name: ab\nparts: [{size: 1}, {colour: red}]", "w.yaml:2: parts[1].size: the key 'size' is missing"),
        (
            "name: ab\nconut: 1",
            "w.yaml:2: conut: unknown key 'conut'. Did you mean 'count'? Allowed: begin, by_id,",
        ),
        (
            "name: ab\nparts: [{size: 1, colur: red}]",
            "parts[0].colur: unknown key 'colur'. Did you mean 'colour'?",
        ),
        (
            "name: ab\nby_id: {x: {size: 1, colur: red}}",
            "by_id.x.colur: unknown key 'colur'. Did you mean 'colour'?",
        ),
        (
            "name: ab\nparts: [{size: 1, colour: gren}]",
            "'gren' is not allowed. Did you mean 'green'? Allowed: green,",
        ),
        ("name: ab\ncount: many", "count: 'many' is text; a whole number is needed"),
        ("name: ab\ncount: 1.5", "count: 1.5 is a number; a whole number is needed"),
        ("name: ab\nis_open: perhaps", "is_open: 'perhaps' is text; true or false is needed"),
        ("name: ab\nbegin: soon", "begin: 'soon' is text; a date such as 2018-12-31 is needed"),
        ("name: ab\nparts: {size: 1}", "parts: this is a mapping; a list is needed"),
        ("name: ab\nparts: [3]", "parts[0]: 3 is a number; a mapping is needed"),
        ("name: 5", "name: 5 is a number; text is needed"),
        ("name:", "name: nothing is empty; text is needed"),
        ("name: a", "name: 'a': string should have at least 2 characters"),
        (
            "name: ab\nend: 2011-01-01\nbegin: 2012-01-01",
            "w.yaml:2: end: 2011-01-01 is before begin, 2012-01-01. Swap",
        ),
        ("name: ab\nend: 2011-01-01\nbegin: 2012-01-01", "w.yaml:2: end.inner: and more"),
        ("name: ab\nshape: {kind: round}", "w.yaml:2: shape.radius: the key 'radius' is missing"),
    ],
)
def test_a_fault_has_place_words_and_remedy(text: str, message: str):
    assert message in refusal(text)


def test_faults_of_reading_and_of_meaning_come_together_in_the_order_of_the_lines():
    found = refusal("parts: [{size: .nan}]\nnmae: ab\ncount: x\nbegin: 2012-01-01\nend: 2011-02-30")
    assert "5 faults" in found
    lines = [line.split(":")[1] for line in found.splitlines()[1:]]
    assert lines == ["1", "1", "2", "3", "5"]


def test_a_number_that_could_not_be_read_is_reported_once():
    assert "1 fault in" in refusal("name: ab\nparts: [{size: .nan}]")


def test_a_document_with_faults_of_reading_alone_is_refused():
    assert "given twice" in refusal("name: ab\nname: cd")


def test_a_flood_of_faults_is_cut():
    found = refusal("name: ab\nparts: [" + "1, " * 1000 + "1]")
    assert "201 faults" in found
    assert "801 more faults" in found


def test_the_nearest_word_is_named_and_few_are_listed():
    assert nearest("lenght", ["length", "mass"]) == "Did you mean 'length'? Allowed: length, mass."
    assert nearest("q", ["length", "mass"]) == "Allowed: length, mass."
    assert nearest("w1", [f"w{number}" for number in range(30)]) == "Did you mean 'w1'?"
    assert nearest("q", []) == ""
