"""A stored answer beside the same question asked again."""

import pytest

from synaspis.analyses.questions import compare_answer

STORED = {
    "value": 1000.0,
    "margin_s": 10.0,
    "speed_m_s": 10.0,
    "names": ["a", "b"],
    "rows": [{"id": "x", "n": 1}],
}


def changed(**parts):
    return {**STORED, **parts}


def differing(found):
    return [(each.where, each.stored, each.found) for each in compare_answer(STORED, found) if not each.same]


def test_every_value_at_the_ends_of_the_tree_is_compared_once():
    compared = list(compare_answer(STORED, STORED))
    assert [each.where for each in compared] == [
        "value", "margin_s", "speed_m_s", "names[0]", "names[1]", "rows[x].id", "rows[x].n",
    ]  # fmt: skip
    assert all(each.same for each in compared)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (changed(value=1000.0009), []),
        (changed(value=1000.002), [("value", "1000.0", "1000.002")]),
        (changed(margin_s=10.09), []),
        (changed(margin_s=10.2), [("margin_s", "10.0", "10.2")]),
        (changed(speed_m_s=10.05), [("speed_m_s", "10.0", "10.05")]),
        (changed(value=None), [("value", "1000.0", "None")]),
        (changed(value=True), [("value", "1000.0", "True")]),
        (changed(names=["a"]), [("names", "2 entries", "1 entries")]),
        (changed(rows=[{"id": "x", "n": 2}]), [("rows[x].n", "1", "2")]),
        (changed(rows=[{"id": "x"}]), [("rows[x].n", "there", "missing")]),
        (changed(more=1), [("more", "missing", "there")]),
    ],
)
def test_what_differs_is_named_with_both_values(found, expected):
    assert differing(found) == expected
