"""JSON without its traps: one reading for every reader, or none.

What RFC 8259 leaves open (section 4: duplicate keys; section 6: numbers that do not fit; section 8.2:
unpaired surrogates) is refused here, because two readers that settle it in two ways would see two messages
under one signature.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final

from synaspis.messages.refusal import Refused

INTEGER_MAX: Final = 2**53 - 1
"""Largest integer that every JSON reader keeps exactly (RFC 7493, section 2.2)."""

NUMBER_CHARACTERS_MAX: Final = 64
"""Longest number, in characters; a float needs 17 digits, a sign, a point and an exponent."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a JSON text may be at most.

    size_bytes: length of the text. depth: levels of objects and lists inside each other, the outermost
    counted. items: of one list or object. characters: of one string. members: of one object, where that is
    fewer than `items`.
    """

    size_bytes: int = 65_536
    depth: int = 16
    items: int = 1_000
    characters: int = 65_536
    members: int | None = None


LIMITS: Final = Limits(members=64)
"""Of an envelope and of what is in it, unless a caller says otherwise: 64 KiB, 16 levels, 64 members."""

_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")


def strict_json(raw: bytes, limits: Limits = LIMITS) -> Any:
    """Read one JSON text.

    raw: UTF-8 without a byte order mark. Returns dicts, lists, text, integers, finite floats, booleans and
    None.
    Raises Refused: `oversize`, `duplicate-key` or `bad-json`; never anything else, whatever the bytes.
    """
    if len(raw) > limits.size_bytes:
        raise Refused("oversize", f"{len(raw)} bytes; at most {limits.size_bytes} are taken")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("bad-json", f"byte {error.start} is not UTF-8") from None
    # As many brackets as levels cannot be nested too deep; only where there are more is it worth looking.
    if raw.count(b"{") + raw.count(b"[") > limits.depth:
        _check_depth(raw, limits.depth)

    most = limits.items if limits.members is None else limits.members

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(found) > most:
            raise Refused("oversize", f"an object of {len(found)} members; at most {most}")
        members = dict(found)
        if len(members) != len(found):
            raise _duplicate([key for key, _ in found])
        return members

    try:
        value = json.loads(
            text, object_pairs_hook=pairs, parse_float=_float, parse_int=_integer, parse_constant=_constant
        )
    except json.JSONDecodeError as error:
        raise Refused("bad-json", f"at character {error.pos}: {error.msg.lower()}") from None
    escapes = "\\u" in text
    # A list needs two bytes an item, so that a short text cannot hold too long a list or string.
    if escapes or len(raw) > min(2 * limits.items, limits.characters):
        _check_lengths(value, limits, looks_for_surrogates=escapes)
    return value


# Made once: `json.dumps` makes an encoder at each call.
_encode: Final = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
).encode


def canonical_json(value: Any) -> bytes:
    """Bytes of a JSON value, the same for equal values: sorted keys, no blanks, UTF-8.

    Equal to RFC 8785 wherever keys are ASCII and numbers are integers; floats are written as Python writes
    them (`1e+22`, `1e-07`, `1.0`), which RFC 8785 spells in another way.
    Raises ValueError for a number that is not finite, UnicodeEncodeError for an unpaired surrogate.
    """
    return _encode(value).encode()


def _duplicate(keys: list[str]) -> Refused:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            break
        seen.add(key)
    return Refused("duplicate-key", f"the key {_shown(key)} stands twice in one object")


def _shown(text: str) -> str:
    """A piece of a hostile text as it may stand in an answer: short, and printable ASCII."""
    return ascii(text if len(text) <= 40 else text[:37] + "...")


def _float(text: str) -> float:
    if len(text) <= NUMBER_CHARACTERS_MAX and isfinite(number := float(text)):
        return number
    raise Refused("bad-json", f"the number {_shown(text)} does not fit into a 64-bit float")


def _integer(text: str) -> int:
    if len(text) <= NUMBER_CHARACTERS_MAX and -INTEGER_MAX <= (number := int(text)) <= INTEGER_MAX:
        return number
    raise Refused("bad-json", f"the number {_shown(text)} is beyond 2^53 - 1; readers disagree on it")


def _constant(text: str) -> Any:
    raise Refused("bad-json", f"{text} is not a number in JSON")


def _check_depth(raw: bytes, deepest: int) -> None:
    depth, inside, escaped = 0, False, False
    for byte in raw:
        if inside:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                inside = False
        elif byte == 0x22:
            inside = True
        elif byte in b"{[":
            depth += 1
            if depth > deepest:
                raise Refused("oversize", f"nested deeper than {deepest} levels")
        elif byte in b"}]":
            depth -= 1


def _check_lengths(value: Any, limits: Limits, *, looks_for_surrogates: bool) -> None:
    for part in _parts(value):
        if isinstance(part, str):
            if len(part) > limits.characters:
                raise Refused("oversize", f"a text of {len(part)} characters; at most {limits.characters}")
            if looks_for_surrogates and _SURROGATE.search(part):
                raise Refused("bad-json", "a text holds half of a surrogate pair")
        elif len(part) > limits.items:
            raise Refused("oversize", f"a list of {len(part)} items; at most {limits.items}")


def _parts(value: Any) -> Iterator[Any]:
    """Every text and list inside a value, keys too."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            waiting.extend(part)
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
            yield part
        elif isinstance(part, str):
            yield part
