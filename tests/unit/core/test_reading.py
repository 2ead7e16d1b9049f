"""The dialect of YAML that is read: what each scalar means, what is refused, and in which line."""

from datetime import date
from pathlib import Path

import pytest

from synaspis.core.documents import Document, path_text, read_document
from synaspis.core.errors import InputError


def refusal(origin: Path | str | bytes) -> str:
    """Text of the faults, whether they end the reading or are carried by the document."""
    try:
        document = read_document(origin, source="x.yaml")
    except InputError as error:
        return str(error)
    return "\n".join(map(str, document.faults))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("", None),
        ("~", None),
        ("12", 12),
        ("-7", -7),
        ("007", "007"),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("1e3", 1000.0),
        ("2.5", 2.5),
        (".5", 0.5),
        ("-1.5E-3", -0.0015),
        ("2018-12-31", date(2018, 12, 31)),
        ("'2018-12-31'", "2018-12-31"),
        ("'12'", "12"),
        ("2018-12", "2018-12"),
        ("Nan", "Nan"),
        ("[1, two]", (1, "two")),
        ("{a: 1}", {"a": 1}),
        ("|\n  two\n  lines", "two\nlines"),
    ],
)
def test_a_scalar_means_what_it_looks_like(text: str, value: object):
    document = read_document(f"key: {text}")
    assert document.data["key"] == value
    assert type(document.data["key"]) in (type(value), type(document.data))
    assert not document.faults


def test_keys_are_text_always():
    assert dict(read_document("2011: a\nNO: b\ntrue: c").data) == {"2011": "a", "NO": "b", "true": "c"}


def test_data_cannot_be_changed():
    with pytest.raises(TypeError, match="does not support item assignment"):
        read_document("a: {b: 1}").data["a"]["b"] = 2  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "",
            "x.yaml:1: the document is empty; a mapping of keys to values is needed. Start with a line",
        ),
        ("- 1", "x.yaml:1: the document is a list; a mapping"),
        ("just words", "x.yaml:1: the document is text; a mapping"),
        ("a: 1\nb: 2\na: 3", "x.yaml:3: a: the key 'a' is given twice, first in line 1. Remove one."),
        ("a: &x [1]", "x.yaml:1: a: the anchor &x is not allowed. Write the value out where it is used."),
        ("b: *x", "x.yaml:1: b: the alias *x is not allowed. Write the value out."),
        ("&k a: 1", "x.yaml:1: the anchor &k is not allowed"),
        (
            "a: !!python/object:os.system ls",
            "x.yaml:1: a: the tag tag:yaml.org,2002:python/object:os.system is",
        ),
        ("a: !secret x", "x.yaml:1: a: the tag !secret is not allowed. Remove the tag."),
        (
            "a:\n  b: .nan",
            "x.yaml:2: a.b: .nan is not a finite number. Leave the key out if the value is not known.",
        ),
        ("a: [1, -.inf]", "x.yaml:1: a[1]: -.inf is not a finite number"),
        ("a: 1e999", "x.yaml:1: a: 1e999 is not a finite number. Use a smaller number."),
        (
            "a: 2011-02-30",
            "x.yaml:1: a: there is no day 2011-02-30. Write a date of the calendar as YYYY-MM-DD.",
        ),
        (
            "a: 1\n---\nb: 2",
            "x.yaml:2: a second document starts here; one is allowed. Remove the `---` line.",
        ),
        ("? [1, 2]\n: 3", "x.yaml:1: a key must be a word"),
        ("'': 3", "x.yaml:1: a key must be a word"),
        (
            "a: [1",
            "x.yaml:2: not valid YAML: did not find expected ',' or ']' while parsing a flow sequence "
            "that begins in line 1",
        ),
        ("a: 'b", "not valid YAML: found unexpected end of stream while scanning a quoted scalar"),
        ("a: \x00", "x.yaml: not valid YAML: control characters are not allowed"),
        ("a: " + "[" * 100, "nested deeper than 40 levels"),
        ("a: " + "{b: " * 100, "nested deeper than 40 levels"),
        ("a: '" + "x" * 200_000 + "'", "a text of 200000 characters; at most 100000 are allowed"),
        ("a: '\udcff'", "x.yaml: character 5 is half of a surrogate pair"),
        (b"ok: 1\nname: M\xfcnchen", "x.yaml:2: byte 14 (0xfc) is not UTF-8. Save the file as UTF-8."),
        (b"a: 1\n" + b"#" * 5_000_001, "x.yaml: larger than 5 MB, the most that is read. Split the file."),
    ],
)
def test_a_document_is_refused_with_place_and_remedy(text: str | bytes, message: str):
    assert message in refusal(text)


def test_faults_that_do_not_end_the_reading_are_all_carried():
    document = read_document("a: .nan\nb: &x 1\nb: 2\nc: 2011-13-01")
    assert [fault.line for fault in document.faults] == [1, 2, 3, 4]


def test_deep_nesting_and_long_input_are_refused_quickly():
    """Five megabytes of brackets must not cost time or stack."""
    assert "nested deeper" in refusal("[" * 4_999_999)


def test_a_file_is_read_and_named(tmp_path: Path):
    path = tmp_path / "item.yaml"
    path.write_text("name: Kürecik\n", encoding="utf-8")
    document = read_document(path)
    assert document.data["name"] == "Kürecik"
    assert document.source == str(path)


def test_a_byte_order_mark_is_no_part_of_the_first_key():
    assert dict(read_document(b"\xef\xbb\xbfa: 1").data) == {"a": 1}


def test_a_missing_file_is_a_fault(tmp_path: Path):
    assert "x.yaml: there is no such file. Check the path." in refusal(tmp_path / "none.yaml")


def test_a_folder_is_a_fault(tmp_path: Path):
    assert "x.yaml: cannot be read: Is a directory" in refusal(tmp_path)


TEXT = """\
schema: missile/1
stages:
  - burn_time: {value: 60, unit: s}
  - burn_time:
      value: 40
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("schema", 1),
        ("stages", 2),
        ("stages[0]", 3),
        ("stages[0].burn_time.unit", 3),
        ("stages[1].burn_time", 4),
        ("stages[1].burn_time.value", 5),
        ("stages[1].burn_time.unit", 4),
        ("stages[7].burn_time", 2),
        ("nowhere", 1),
        (("stages", 1, "burn_time", "value"), 5),
    ],
)
def test_the_line_of_a_field_or_of_the_nearest_part_of_its_path(path: str, line: int):
    assert read_document(TEXT).line_of(path) == line


def test_a_document_made_by_hand_has_no_lines():
    assert Document({"a": 1}).line_of("a") is None


def test_a_path_is_written_as_people_write_it():
    assert path_text(("stages", 0, "burn_time")) == "stages[0].burn_time"
    assert path_text(()) == ""


def test_a_fault_of_a_document_has_file_and_line():
    fault = read_document(TEXT, source="m.yaml").fault(
        "too short", "stages[1].burn_time.value", "Lengthen it."
    )
    assert str(fault) == "m.yaml:5: stages[1].burn_time.value: too short. Lengthen it."


@pytest.mark.parametrize("character", ["\\u0007", "\\e", "\\x00", "\\x9b", "\\ufffe"])
def test_control_characters_are_refused_in_texts_and_keys(character):
    assert "x.yaml:1: a: the control character U+" in refusal(f'a: "x{character}y"')
    assert "is not allowed. Remove it: maps and tables cannot carry it." in refusal(f'"x{character}y": 1')


def test_a_text_may_have_lines_and_tabs():
    assert read_document('a: "x\\n\\ty"').data["a"] == "x\n\ty"


def test_a_tab_as_indentation_is_named():
    assert "If the line has a tab, put spaces." in refusal("a:\n\tb: 1")
