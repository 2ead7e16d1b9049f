"""Readers never crash: any input gives a document or an InputError, and what is written comes back."""

import json
from contextlib import suppress
from datetime import date
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from synaspis.catalogue.schema import Missile, Radar, SourceList
from synaspis.core.documents import parse, read_document
from synaspis.core.errors import InputError
from synaspis.core.units import UNITS, from_si, to_si

MODELS = (Missile, Radar, SourceList)

words = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=12)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False, allow_infinity=False),
    words,
)
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=25,
)
field_names = st.sampled_from(
    [name for model in (Missile, Radar) for name in model.model_fields] + ["schema"]
)


def tried(content: str | bytes) -> None:
    """Anything but an InputError is a failure."""
    for model in MODELS:
        with suppress(InputError):
            parse(model, read_document(content, source="any.yaml"))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_a_document_or_faults(content: bytes):
    tried(content)


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from(list("ab:- \n[]{}&*!|>'\"#?,%@`.~<=0123456789\t")), max_size=120))
def test_any_text_of_signs_that_mean_something_gives_a_document_or_faults(content: str):
    tried(content)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(field_names, trees, max_size=8))
def test_any_tree_under_known_keys_gives_an_item_or_faults(tree: dict[str, Any]):
    tried(yaml.safe_dump(tree, allow_unicode=True))


def as_read(value: Any) -> Any:
    """What is read back: lists are tuples."""
    if isinstance(value, dict):
        return {key: as_read(inner) for key, inner in value.items()}
    return tuple(map(as_read, value)) if isinstance(value, list) else value


def as_plain(value: Any) -> Any:
    if hasattr(value, "items"):
        return {key: as_plain(inner) for key, inner in value.items()}
    return tuple(map(as_plain, value)) if isinstance(value, tuple) else value


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(words, trees, min_size=1, max_size=5))
def test_json_comes_back_as_it_was(tree: dict[str, Any]):
    """JSON is a part of the dialect: text is quoted there, so nothing is taken for something else."""
    document = read_document(json.dumps(tree, ensure_ascii=False))
    assert not document.faults
    assert as_plain(document.data) == as_read(tree)


@given(st.dates())
def test_a_date_comes_back_as_it_was(day: date):
    assert read_document(f"day: {day.isoformat()}").data["day"] == day


@given(st.floats(-300.0, 300.0), st.sampled_from(sorted(UNITS)))
def test_a_value_comes_back_through_si(value: float, unit: str):
    assert abs(from_si(to_si(value, unit), unit) - value) <= 1e-12 * max(1.0, abs(value))


@given(st.lists(st.integers(0, 3), min_size=1, max_size=10))
def test_lines_are_those_of_the_text(gaps: list[int]):
    """Keys with blank and comment lines between them."""
    text, lines = "", []
    for number, gap in enumerate(gaps):
        text += "# comment\n" * gap
        lines.append(text.count("\n") + 1)
        text += f"key{number}: {number}\n"
    document = read_document(text)
    assert [document.line_of(f"key{number}") for number in range(len(gaps))] == lines
