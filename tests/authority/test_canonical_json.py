"""Our canonical JSON against RFC 8785 as the package rfc8785 writes it.

They agree where numbers are integers and keys are ASCII, which holds for receipts, records and everything
else that is hashed and not only signed as received. They differ in floats, and in
keys beyond the basic plane.
"""

import json

import pytest
import rfc8785

from synaspis.messages import (
    BODIES,
    canonical_json,
    example_message,
    read_message,
    write_message,
)

# Section 3.2.3 of RFC 8785, with the two floats left out that are no integers.
STRINGS = r'{"string":"\u20ac$\u000F\u000aA\u0027\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}'


@pytest.mark.parametrize(
    "value",
    [
        json.loads(STRINGS),
        {"counter": 7, "event": "ab" * 32, "recipient": "northland", "type": "release"},
        {"b": [], "a": {}, "": None, "A": -(2**53) + 1, "z": 2**53 - 1},
        "\x00\x1f\x7f\u0080\u2028\uffff🚀é",
        [0, -1, [[]], {"é": 1, "z": 2, "€": 3}],
    ],
)
def test_both_agree_without_floats(value):
    assert canonical_json(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("kind", BODIES)
def test_they_agree_on_messages_as_soon_as_floats_are_texts(kind):
    document = json.loads(write_message(read_message(example_message(kind))), parse_float=str)
    assert canonical_json(document) == rfc8785.dumps(document)


@pytest.mark.parametrize(
    ("number", "ours", "theirs"),
    [
        (1.0, b"1.0", b"1"),
        (-0.0, b"-0.0", b"0"),
        (1e21, b"1e+21", b"1e+21"),
        (1e16, b"1e+16", b"10000000000000000"),
        (1e-6, b"1e-06", b"0.000001"),
        (2.5, b"2.5", b"2.5"),
        (5e-324, b"5e-324", b"5e-324"),
        (333333333.33333329, b"333333333.3333333", b"333333333.3333333"),
    ],
)
def test_floats_are_spelt_in_two_ways_and_mean_the_same(number, ours, theirs):
    assert canonical_json(number) == ours
    assert rfc8785.dumps(number) == theirs
    assert json.loads(ours) == json.loads(theirs) == number


def test_keys_beyond_the_basic_plane_are_ordered_in_two_ways():
    """RFC 8785 orders by UTF-16 units, where U+1F680 begins with D83D; we order by code points."""
    value = {"\U0001f680": 1, "\uff61": 2}
    assert canonical_json(value) == '{"\uff61":2,"\U0001f680":1}'.encode()
    assert rfc8785.dumps(value) == '{"\U0001f680":1,"\uff61":2}'.encode()


def test_what_is_no_number_is_refused_by_both():
    for number in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match="Out of range"):
            canonical_json(number)
        with pytest.raises(rfc8785.FloatDomainError, match="not representable"):
            rfc8785.dumps(number)
