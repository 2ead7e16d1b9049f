"""Strict JSON: what RFC 8259 leaves open is refused, with the code and the place."""

import json
import time

import pytest

from synaspis.messages import Limits, Refused, canonical_json, strict_json


def refusal(raw: bytes, limits: Limits | None = None) -> Refused:
    with pytest.raises(Refused) as caught:
        strict_json(raw, *([] if limits is None else [limits]))
    return caught.value


def object_of(members: int) -> bytes:
    return json.dumps(dict.fromkeys(map(str, range(members)), 1)).encode()


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b'{"a":[1,-2.5,1e3,true,false,null,""]}', {"a": [1, -2.5, 1000.0, True, False, None, ""]}),
        (b" \t\r\n[ 0 ] ", [0]),
        ('"é \\u20ac \\ud83d\\ude80"'.encode(), "é € 🚀"),
        (b"9007199254740991", 2**53 - 1),
        (b"1.7976931348623157e308", 1.7976931348623157e308),
        (b"-0.0", 0.0),
    ],
)
def test_what_is_json_is_read(raw, value):
    assert strict_json(raw) == value


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "at character 0: expecting value"),
        (b"{", "at character 1: expecting property name"),
        (b'{"a":1,}', "at character"),
        (b"[1,]", "at character"),
        (b"[1] 2", "at character 4: extra data"),
        (b'{"a":1}{"a":1}', "at character 7: extra data"),
        (b"'a'", "at character 0: expecting value"),
        (b"[01]", "at character"),
        (b"[+1]", "at character"),
        (b"[.5]", "at character"),
        (b"[1.]", "at character"),
        (b"// no\n1", "at character 0"),
        (b'"\x01"', "invalid control character"),
        (b'"\\x41"', r"invalid \\escape"),
        (b"\xef\xbb\xbf{}", "unexpected utf-8 bom"),
        (b"\xff\xfe{\x00}\x00", "byte 0 is not UTF-8"),
        (b'["a\xc0\xaf"]', "byte 3 is not UTF-8"),
        (b'"\xed\xa0\x80"', "byte 1 is not UTF-8"),
        (b'["\\ud800"]', "half of a surrogate pair"),
        (b'{"\\udc00":1}', "half of a surrogate pair"),
        (b"NaN", "NaN is not a number in JSON"),
        (b"[Infinity]", "Infinity is not a number in JSON"),
        (b"[-Infinity]", "-Infinity is not a number in JSON"),
        (b"[1e999]", "the number '1e999' does not fit into a 64-bit float"),
        (b"[-1e999]", "the number '-1e999' does not fit"),
        (b"[0." + b"1" * 80 + b"]", r"the number '0\.1+\.\.\.' does not fit"),
        (b"[9007199254740992]", r"the number '9007199254740992' is beyond 2\^53 - 1"),
        (b"[-9007199254740992]", r"is beyond 2\^53 - 1"),
        (b"[" + b"9" * 5000 + b"]", r"the number '9+\.\.\.' is beyond"),
    ],
)
def test_what_is_not_json_is_refused(raw, says):
    refused = refusal(raw)
    assert refused.code == "bad-json"
    with pytest.raises(Refused, match=says):
        raise refused


@pytest.mark.parametrize(
    "raw",
    [b'{"a":1,"a":1}', b'{"a":1,"b":2,"\\u0061":3}', b'[{"b":{"a":null,"a":null}}]'],
)
def test_a_key_that_stands_twice_is_refused(raw):
    refused = refusal(raw)
    assert refused.code == "duplicate-key"
    assert refused.faults[0].what == "the key 'a' stands twice in one object"


def test_a_hostile_key_is_shown_short_and_plain():
    key = "\u202e" + "x" * 10_000
    refused = refusal(json.dumps([key])[1:-1].join(["{", ":1,"]).encode() + json.dumps(key).encode() + b":2}")
    assert refused.code == "duplicate-key"
    assert len(refused.faults[0].what) < 100
    assert refused.faults[0].what.isascii()


@pytest.mark.parametrize(
    ("raw", "limits", "says"),
    [
        (b" " * 65_537, None, "65537 bytes; at most 65536 are taken"),
        (b"[" * 17 + b"]" * 17, None, "nested deeper than 16 levels"),
        (b'{"a":' * 17 + b"1" + b"}" * 17, None, "nested deeper than 16 levels"),
        (b"[" * 60_000, None, "nested deeper than 16 levels"),
        (b"[" + b"1," * 1000 + b"1]", None, "a list of 1001 items; at most 1000"),
        (object_of(65), None, "an object of 65 members; at most 64"),
        (b'["' + b"a" * 20 + b'"]', Limits(characters=19), "a text of 20 characters; at most 19"),
        (b'{"' + b"a" * 20 + b'":1}', Limits(characters=19), "a text of 20 characters; at most 19"),
    ],
)
def test_what_is_too_large_is_refused(raw, limits, says):
    refused = refusal(raw, limits)
    assert refused.code == "oversize"
    with pytest.raises(Refused, match=says):
        raise refused


@pytest.mark.parametrize(
    "raw",
    [
        b"[" * 16 + b"]" * 16,
        b'["' + b"[{" * 40 + b'"]',
        b'["\\"[[[[[[[[[[[[[[[[[[[[","\\\\",[]]',
        b"[" + b",".join([b"[]"] * 40) + b"]",
        b"[" + b"1," * 999 + b"1]",
        object_of(64),
        b'"' + b"a" * 65_534 + b'"',
    ],
)
def test_what_is_just_within_the_limits_is_read(raw):
    assert strict_json(raw) == json.loads(raw)


def test_a_text_full_of_different_keys_is_refused_without_delay():
    """64 KiB hold some 9,000 keys, of which the last repeats the first."""
    keys = [f'"{number:x}":1' for number in range(6000)]
    raw = ("{" + ",".join([*keys, keys[-1]]) + "}").encode()
    assert len(raw) < 65_536
    begun = time.process_time()
    assert refusal(raw, Limits(members=10_000)).code == "duplicate-key"
    assert time.process_time() - begun < 0.5


def test_canonical_json_is_the_same_for_equal_values():
    assert canonical_json({"b": [1, 2.5, None], "a": "é\n"}) == '{"a":"é\\n","b":[1,2.5,null]}'.encode()


def test_canonical_json_takes_no_number_that_is_none():
    with pytest.raises(ValueError, match="Out of range float"):
        canonical_json([float("nan")])
