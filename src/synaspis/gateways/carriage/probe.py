"""Whether a format carries a value: it is changed, and what is written has to change with it.

Nothing here is known beforehand of any format. A value that leaves no trace in what is written, and is not
listed as not carried, is a gap; so is one that is listed and is carried whole.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from synaspis.core.clock import SECOND_US, from_rfc3339, to_rfc3339
from synaspis.gateways.carried import NotCarried

Sites = Mapping[str, object]
"""What was written, by where it stands."""

Written = tuple[Sites, tuple[NotCarried, ...]]
Path = tuple[str | int, ...]

_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_LATER_US: Final = 5 * SECOND_US
_SHARE: Final = 1e-3
_STEPS: Final = {"position_ecef_m": 1_000.0, "velocity_ecef_m_s": 10.0}
"""Larger than a part in a thousand where a format writes to 0.1 degrees or 0.1 m/s."""


@dataclass(frozen=True, slots=True)
class Row:
    """One part of a thing in one format.

    part: where it stands in the event or object. carried: `yes`, `in part`, or `no`. where: in which fields
    of the format it leaves a trace. why: what is listed of what is not carried, empty if nothing is.
    """

    part: str
    carried: str
    where: tuple[str, ...]
    why: str

    @property
    def is_silent(self) -> bool:
        """Whether something is dropped without a word."""
        return self.carried != "yes" and not self.why

    @property
    def is_wrongly_listed(self) -> bool:
        """Whether something is said not to be carried that is."""
        return self.carried == "yes" and bool(self.why)


def probe_event(
    event: Mapping[str, Any], encode: Callable[[Mapping[str, Any]], Written], constants: frozenset[str]
) -> tuple[Row, ...]:
    """Change each value of an event in turn.

    encode: writes it. constants: parts that cannot be another, which are left out.
    Parts of lists are one: `tracks[0].number` and `tracks[1].number` are `tracks[].number`.
    """
    variants: dict[str, list[Mapping[str, Any]]] = {}
    for path in _paths(event, ()):
        part = _part(path)
        if part not in constants:
            variants.setdefault(_shared(part), []).append(_changed(event, path))
    return probe(encode(event), {part: [encode(each) for each in made] for part, made in variants.items()})


def probe(written: Written, variants: Mapping[str, list[Written]]) -> tuple[Row, ...]:
    """Compare what was written of a thing with what was written when one of its parts was changed.

    variants: by part, one for each value in it.
    """
    sites, listed = written
    rows = []
    for part, made in variants.items():
        found = [_differing(sites, other) for other, _ in made]
        hits = sum(map(bool, found))
        carried = "yes" if hits == len(found) else "in part" if hits else "no"
        why = dict.fromkeys(each.why for each in listed if _covers(_shared(each.part), part))
        rows.append(Row(part, carried, tuple(sorted(set().union(*found))), "; ".join(why)))
    return tuple(rows)


def _differing(sites: Sites, others: Sites) -> set[str]:
    return {name for name in {*sites, *others} if sites.get(name) != others.get(name)}


def _covers(listed: str, part: str) -> bool:
    """Whether a part that is listed is another one, a branch above it, or all."""
    return not listed or part == listed or part.startswith((f"{listed}.", f"{listed}["))


def _paths(value: Any, path: Path) -> Iterator[Path]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _paths(each, (*path, name))
    elif isinstance(value, list | tuple):
        for index, each in enumerate(value):
            yield from _paths(each, (*path, index))
    elif value is not None:
        yield path


def _part(path: Path) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def _shared(part: str) -> str:
    # A list of plain values is one part; of objects, a part for each of their members.
    return re.sub(r"\[\d*\]$", "", re.sub(r"\[\d+\]", "[]", part))


def _changed(event: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    """A copy of an event with one value changed, and what follows from it."""
    other = copy.deepcopy(dict(event))
    holder: Any = other
    for step in path[:-1]:
        holder = holder[step]
    name, value = path[-1], holder[path[-1]]
    holder[name] = _other(value, str(path[-2] if isinstance(name, int) else name))
    if name == "quality" and path[0] == "tracks":
        # The quality says whether there is a covariance.
        holder.pop("covariance", None)
    return other


def _other(value: Any, name: str) -> Any:
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return value + (_STEPS.get(name) or max(abs(value) * _SHARE, _SHARE))
    text = str(value)
    if _INSTANT.fullmatch(text):
        return to_rfc3339(from_rfc3339(text) + _LATER_US)
    if name in _OTHERS:
        return _OTHERS[name][text == _OTHERS[name][0]]
    return f"{text[:-1]}{'y' if text.endswith('x') else 'x'}" if len(text) > 1 else f"{text}x"


_OTHERS: Final[Mapping[str, tuple[str, str]]] = {
    "status": ("updated", "new"),
    "Classification": ("RESTRICTED", "CONFIDENTIAL"),
    "Type": ("PERMISSIVE", "RESTRICTIVE"),
    "action": ("start", "pause"),
    "exercise": ("WINTER ROCKET 2026", "SUMMER ROCKET 2027"),
}
"""Values of which only some are allowed."""
