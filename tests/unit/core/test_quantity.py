"""Quantities: what is accepted, and the text of what is refused."""

from math import pi
from typing import Annotated

import pytest
from pydantic import ValidationError

from synaspis.core.documents import FrozenModel, parse, read_document
from synaspis.core.errors import InputError
from synaspis.core.quantity import Measure, Quantity, of_dimension


class Item(FrozenModel):
    length: Annotated[Quantity, of_dimension("length", above=0.0)]


class Place(FrozenModel):
    latitude: Annotated[Measure, of_dimension("angle", at_least=-pi / 2, at_most=pi / 2)]


def item(text: str) -> Item:
    return parse(Item, read_document(f"length: {{{text}}}", source="item.yaml"))


def refusal(text: str) -> str:
    with pytest.raises(InputError, match="fault") as caught:
        item(text)
    return str(caught.value)


def test_a_quantity_keeps_what_was_written_and_knows_its_si_value():
    length = item("value: 1300, unit: km, basis: stated, source: book, low: 1000, high: 1500").length
    assert (length.value, length.unit, length.low, length.high) == (1300.0, "km", 1000.0, 1500.0)
    assert length.si == 1.3e6
    assert str(length) == "1300 km"


def test_a_plain_number_has_no_unit_in_print():
    assert str(Measure(value=0.25, unit="1")) == "0.25"


def test_values_lists_bounds_and_rivals():
    rivals = "[{value: 9, held_by: A, note: n}]"
    text = f"value: 3, unit: km, basis: assumed, note: n, low: 2, high: 9, rivals: {rivals}"
    assert item(text).length.values() == (3.0, 2.0, 9.0, 9.0)


def test_it_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        item("value: 1, unit: m, basis: assumed, note: n").length.value = 2.0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "value: 1300, unit: kg, basis: assumed, note: n",
            r"item.yaml:1: length: 1300 kg is a mass; a length is needed (m, km)",
        ),
        (
            "value: 1, unit: ft, basis: assumed, note: n",
            "length.unit: unknown unit 'ft'. Use one of: m, km, s,",
        ),
        ("value: 1, unit: m, basis: stated", "length.source: a value with basis 'stated' has no source"),
        ("value: 1, unit: m, basis: derived", "length.source: a value with basis 'derived' has no source"),
        (
            "value: 1, unit: m, basis: estimated",
            "length.source: a value with basis 'estimated' has no source",
        ),
        ("value: 1, unit: m, basis: assumed", "length.note: an assumed value has no note"),
        (
            "value: 1, unit: m, basis: guessed, note: n",
            "'guessed' is not allowed. Allowed: assumed, derived,",
        ),
        ("value: 1, unit: m, basis: assumed, note: n, low: 2", "length.low: low 2 m is above the value 1 m"),
        (
            "value: 1, unit: m, basis: assumed, note: n, high: 0.5",
            "length.high: high 0.5 m is below the value 1 m",
        ),
        ("value: 0, unit: m, basis: assumed, note: n", "length: 0 m is out of bounds; it must be above 0 m"),
        (
            "value: 1, unit: m, basis: assumed, note: n, low: -1",
            "length: -1 m is out of bounds; it must be above 0 m",
        ),
        ("value: '1', unit: m, basis: assumed, note: n", "length.value: '1' is text; a number is needed"),
        (
            "value: true, unit: m, basis: assumed, note: n",
            "length.value: True is true or false; a number is needed",
        ),
        ("value: .inf, unit: m, basis: assumed, note: n", "length.value: .inf is not a finite number"),
        (
            "value: 1, unit: m, basis: assumed, note: n, rivals: [{value: 2, held_by: A}]",
            "length.rivals[0].note: a rival value has neither source nor note",
        ),
        ("unit: m, basis: assumed, note: n", "length.value: the key 'value' is missing"),
        ("value: 1, unit: m, basis: assumed, note: n, hihg: 2", "unknown key 'hihg'. Did you mean 'high'?"),
        ("value: 1e300, unit: km, basis: assumed, note: n, high: 1e308", "length: 1e+308 km is too large"),
    ],
)
def test_a_fault_says_what_is_wrong(text: str, message: str):
    assert message in refusal(text)


def test_a_wrong_unit_and_a_missing_source_are_reported_together():
    found = refusal("value: 1300, unit: kg, basis: stated")
    assert "2 faults" in found
    assert "has no source" in found
    assert "1300 kg is a mass; a length is needed (m, km)" in found


def test_both_bounds_of_a_latitude_are_named_in_its_unit():
    with pytest.raises(InputError, match=r"latitude: 91 deg is out of bounds; -90 to 90 deg is allowed"):
        parse(Place, read_document("latitude: {value: 91, unit: deg}"))


def test_the_ends_of_the_bounds_are_allowed():
    for latitude in (-90, 90):
        assert (
            parse(Place, read_document(f"latitude: {{value: {latitude}, unit: deg}}")).latitude.value
            == latitude
        )


@pytest.mark.parametrize("given", ["5", "[1, m]", "null"])
def test_something_else_than_a_mapping_is_refused(given: str):
    with pytest.raises(InputError, match="a mapping is needed"):
        parse(Place, read_document(f"latitude: {given}"))
