"""Labels: the JSON shape of OpenTDF for the data model of STANAG 4774, combination, XML."""

import hashlib
import json
from typing import Any
from xml.etree import ElementTree

import pytest

from synaspis.agreement import Category, Label, combine, to_xml
from synaspis.agreement.label import FAULTS_MAX
from synaspis.core.errors import InputError

# The example of the OpenTDF specification, with a single category as it is published there.
PUBLISHED: dict[str, Any] = {
    "Xmlns": "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0",
    "CreationTime": "2026-01-01T00:00:00Z",
    "ConfidentialityInformation": {
        "PolicyIdentifier": "EXERCISE-POLICY",
        "Classification": "RESTRICTED",
        "Category": {
            "Type": "PERMISSIVE",
            "TagName": "Releasable to",
            "GenericValues": ["SWE", "FIN", "FRA"],
        },
    },
}
NEW_YEAR_US = 1_767_225_600_000_000  # 2026-01-01T00:00:00Z, by `date -u -d 2026-01-01 +%s`


def releasable(*names: str) -> Category:
    return Category("Releasable to", "PERMISSIVE", names)


def handling(*values: str) -> Category:
    return Category("Special handling", "RESTRICTIVE", values)


def test_the_published_example_is_read_and_a_list_is_written():
    label = Label.from_json(PUBLISHED)
    assert label == Label("EXERCISE-POLICY", "RESTRICTED", (releasable("FIN", "FRA", "SWE"),))
    assert label.created_us == NEW_YEAR_US
    written = label.to_json()
    assert written["CreationTime"] == "2026-01-01T00:00:00.000000Z"
    assert written["ConfidentialityInformation"]["Category"] == [
        {"TagName": "Releasable to", "Type": "PERMISSIVE", "GenericValues": ["FIN", "FRA", "SWE"]}
    ]
    assert Label.from_json(written) == label


def test_a_label_is_a_key_whatever_the_order_it_was_written_in():
    one = Label("P", "SECRET", (releasable("b", "a", "a"), handling("X")))
    two = Label("P", "SECRET", (handling("X"), releasable("a", "b")))
    assert one == two
    assert hash(one) == hash(two)
    assert one.digest == two.digest
    assert one != Label("P", "SECRET", (handling("X"),))
    assert one != "a label"


def test_the_time_of_marking_makes_no_other_label():
    assert Label("P", "SECRET", (), 1) == Label("P", "SECRET", (), 2)
    assert Label("P", "SECRET", (), 1).digest == Label("P", "SECRET").digest


def test_the_digest_is_that_of_the_canonical_json_without_the_time():
    label = Label.from_json(PUBLISHED)
    without = {key: value for key, value in label.to_json().items() if key != "CreationTime"}
    text = json.dumps(without, sort_keys=True, separators=(",", ":"))
    assert label.digest == hashlib.sha256(text.encode()).hexdigest()
    assert '"CreationTime":"2026-01-01T00:00:00.000000Z"' in label.to_canonical_json()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"Xmlns": "urn:other"}, "'urn:other' is another namespace"),
        ({"CreationTime": "yesterday"}, "'yesterday' is not a time"),
        ({"CreationTime": 5}, "CreationTime: a number was given; text is needed"),
        ({"Colour": "red"}, "unknown key 'Colour'"),
        ({"ConfidentialityInformation": []}, "a list was given; an object is needed"),
    ],
)
def test_faults_of_a_label(changes: dict[str, Any], said: str):
    with pytest.raises(InputError, match=said):
        Label.from_json({**PUBLISHED, **changes})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"Classification": ""}, "an empty text was given; text is needed"),
        ({"Classification": "x" * 257}, "a text of 257 characters; at most 256 printable ones are allowed"),
        ({"PolicyIdentifier": "a\nb"}, "a text of 3 characters; at most 256 printable ones"),
        ({"Category": "SWE"}, "text was given; a list is needed"),
        ({"Category": [{}] * 300}, "a list of 300; at most 256 are allowed"),
        ({"Category": [{"TagName": "A", "Type": "PERMISSIVE"}]}, "the key 'GenericValues' is missing"),
        (
            {"Category": [{"TagName": "A", "Type": "PERMISIVE", "GenericValues": []}]},
            "'PERMISIVE' is no type of a category. Did you mean 'PERMISSIVE'",
        ),
        (
            {"Category": [{"TagName": "A", "Type": "INFORMATIVE", "GenericValues": ["x"]}] * 2},
            r"Category\[1\].TagName: the category 'A' is given twice",
        ),
        (
            {"Category": [{"TagName": "A", "Type": "INFORMATIVE", "GenericValues": [1]}]},
            r"Category\[0\].GenericValues\[0\]: a number was given",
        ),
    ],
)
def test_faults_of_the_information_in_a_label(changes: dict[str, Any], said: str):
    information = {**PUBLISHED["ConfidentialityInformation"], **changes}
    with pytest.raises(InputError, match=said):
        Label.from_json({**PUBLISHED, "ConfidentialityInformation": information})


def test_a_category_with_other_members_than_its_own_is_a_fault_and_no_defect():
    entry = {"Tagname": "A", "type": "PERMISSIVE", "Values": [], "more": 1}
    information = {**PUBLISHED["ConfidentialityInformation"], "Category": [entry]}
    with pytest.raises(InputError, match="the key 'TagName' is missing") as caught:
        Label.from_json({**PUBLISHED, "ConfidentialityInformation": information})
    said = [str(fault) for fault in caught.value.faults]
    assert sum("the key 'TagName' is missing" in each for each in said) == 1
    assert sum("unknown key" in each for each in said) == 4


@pytest.mark.parametrize(
    "given",
    [
        {str(number): 1 for number in range(10_000)},
        {"ConfidentialityInformation": {"Category": [{"GenericValues": [1] * 256}] * 256}},
        {"k" * 100_000: 1, "Xmlns": "x" * 100_000},
    ],
)
def test_faults_of_a_label_do_not_grow_with_it(given: Any):
    with pytest.raises(InputError, match="fault") as caught:
        Label.from_json(given)
    assert 1 <= len(caught.value.faults) <= FAULTS_MAX
    assert all(len(str(fault)) < 1_000 for fault in caught.value.faults)


def test_all_faults_come_together_and_nothing_else_is_raised():
    with pytest.raises(InputError, match="fault") as caught:
        Label.from_json({"Xmlns": "x", "ConfidentialityInformation": {"Category": 3}})
    assert [fault.where for fault in caught.value.faults] == [
        "Xmlns",
        "ConfidentialityInformation.PolicyIdentifier",
        "ConfidentialityInformation.Classification",
        "ConfidentialityInformation.Category",
    ]
    for hostile in (
        None,
        1,
        "x",
        [],
        {},
        {"ConfidentialityInformation": {"Category": [None, [], {"Type": {}}]}},
    ):
        with pytest.raises(InputError, match="fault"):
            Label.from_json(hostile)


def test_a_combination_may_be_seen_by_those_who_may_see_each_part():
    # Worked by hand: high water, intersection of permissive values, union of restrictive ones.
    combined = combine(
        [
            Label("P", "RESTRICTED", (releasable("a", "b"), handling("X")), 5),
            Label("P", "SECRET", (releasable("b", "c"), Category("Context", "INFORMATIVE", ("T",))), 9),
            Label("P", "UNCLASSIFIED", (handling("Y"),)),
        ]
    )
    assert combined == Label(
        "P",
        "SECRET",
        (Category("Context", "INFORMATIVE", ("T",)), releasable("b"), handling("X", "Y")),
    )
    assert combined.created_us == 9


def test_a_combination_without_common_names_is_for_nobody():
    combined = combine([Label("P", "SECRET", (releasable("a"),)), Label("P", "SECRET", (releasable("b"),))])
    assert combined.category("Releasable to") == releasable()
    assert Label.from_json(combined.to_json()) == combined


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (
            [Label("P", "SECRET"), Label("Q", "SECRET")],
            "the labels to combine are of different policies: P, Q. Keep what they mark apart",
        ),
        ([Label("P", "COSMIC")], "'COSMIC' has no place among the classifications"),
        (
            [
                Label("P", "SECRET", (Category("A", "PERMISSIVE", ("x",)),)),
                Label("P", "SECRET", (Category("A", "RESTRICTIVE", ("x",)),)),
            ],
            "the category 'A' has different types: PERMISSIVE, RESTRICTIVE",
        ),
    ],
)
def test_labels_that_cannot_be_combined_are_refused(labels: list[Label], said: str):
    with pytest.raises(InputError, match=said):
        combine(labels)


def test_nothing_cannot_be_combined():
    with pytest.raises(ValueError, match="there is no label to combine"):
        combine([])


def test_xml_has_the_elements_and_attributes_of_the_standard():
    """Names, nesting and order as in the published examples of STANAG 4774 (ADatP-4774 A v1, annex A)."""
    label = Label("P&Q", "SECRET", (releasable("a", "<b>"), handling("X")), NEW_YEAR_US)
    root = ElementTree.fromstring(to_xml(label))
    space = "{urn:nato:stanag:4774:confidentialitymetadatalabel:1:0}"
    assert root.tag == f"{space}originatorConfidentialityLabel"
    information, created = root
    assert [each.tag for each in information] == [
        f"{space}{name}" for name in ("PolicyIdentifier", "Classification", "Category", "Category")
    ]
    assert [information[0].text, information[1].text] == ["P&Q", "SECRET"]
    assert information[2].attrib == {"Type": "PERMISSIVE", "TagName": "Releasable to"}
    assert [each.text for each in information[2].iter(f"{space}GenericValue")] == ["<b>", "a"]
    assert (created.tag, created.text) == (f"{space}CreationDateTime", "2026-01-01T00:00:00.000000Z")
    other = ElementTree.fromstring(to_xml(Label("P", "SECRET"), "alternativeConfidentialityLabel"))
    assert other.tag == f"{space}alternativeConfidentialityLabel"
    assert len(other) == 1
