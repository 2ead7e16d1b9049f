"""A stored answer beside the same question asked again, value by value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from synaspis.analyses.verification import RELATIVE_TOLERANCE, TIME_TOLERANCE_S

_SMALLEST: Final = 1e-9
"""Two numbers nearer than this are the same: probabilities end in other last digits on other processors."""


class Compared(NamedTuple):
    """One value: where it stands, as stored and as found, as text; same: whether they agree."""

    where: str
    stored: str
    found: str
    same: bool


def compare_answer(stored: Any, found: Any, where: str = "", key: str = "") -> Iterator[Compared]:
    """Compare two JSON values part by part.

    Numbers agree within one part in a million, times (names that end in `_s`) within 0.1 s, all else
    exactly. Yields one entry for each value at the ends of the tree.
    """
    if isinstance(stored, dict) and isinstance(found, dict):
        for name in dict.fromkeys([*stored, *found]):
            place = f"{where}.{name}" if where else str(name)
            if name in stored and name in found:
                yield from compare_answer(stored[name], found[name], place, str(name))
            else:
                before, after = ("there" if name in part else "missing" for part in (stored, found))
                yield Compared(place, before, after, same=False)
    elif isinstance(stored, list) and isinstance(found, list) and len(stored) == len(found):
        for number, (old, new) in enumerate(zip(stored, found, strict=True)):
            yield from compare_answer(old, new, f"{where}[{_label(new, number)}]", key)
    elif isinstance(stored, list) and isinstance(found, list):
        yield Compared(where, f"{len(stored)} entries", f"{len(found)} entries", same=False)
    else:
        yield Compared(where, str(stored), str(found), same=_same(stored, found, key))


def _label(entry: Any, number: int) -> str:
    """The id of an entry of a list, or its number."""
    named = entry.get("id") if isinstance(entry, dict) else None
    return named if isinstance(named, str) else str(number)


def _same(old: Any, new: Any, key: str) -> bool:
    numbers = [isinstance(v, int | float) and not isinstance(v, bool) for v in (old, new)]
    if not all(numbers):
        return bool(old == new)
    apart = abs(old - new)
    if key.endswith("_s") and not key.endswith("m_s"):
        return bool(apart <= TIME_TOLERANCE_S)
    return bool(apart <= max(_SMALLEST, RELATIVE_TOLERANCE * max(abs(old), abs(new))))
