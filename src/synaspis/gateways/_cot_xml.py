"""What every event of Cursor on Target that is written has: its frame, its marking, its numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Final
from xml.etree import ElementTree

from synaspis.agreement.label import RELEASABLE_TO, Label
from synaspis.core.errors import Fault, InputError

UNKNOWN: Final = "9999999.0"
"""What a height or an error is in CoT if it is not known."""

EXERCISE: Final = "EXERCISE"
"""Caveat of everything that is not meant in earnest."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NEXT_TO_UNKNOWN: Final = "9999999.1"


def started(
    uid: str,
    type: str,
    how: str,
    times_us: tuple[int, int],
    place_deg: tuple[float, float],
    metres: tuple[float | None, float | None, float | None],
    label: Label,
    exercise: str | None,
) -> ElementTree.Element:
    """An event with its attributes, marking included, and its point.

    times_us: of the state, and until when it may be shown. place_deg: latitude, longitude. metres: height
    above the ellipsoid, circular error, height error. Raises InputError for a label that is for nobody.
    """
    time, stale = map(instant, times_us)
    root = ElementTree.Element(
        "event",
        {
            "version": "2.0",
            "uid": uid,
            "type": type,
            "how": how,
            "time": time,
            "start": time,
            "stale": stale,
            **_marking(label, exercise),
        },
    )
    place = dict(zip(("lat", "lon"), (f"{each:.7f}" for each in place_deg), strict=True))
    errors = dict(zip(("hae", "ce", "le"), map(_metres, metres), strict=True))
    ElementTree.SubElement(root, "point", {**place, **errors})
    return root


def mark(detail: ElementTree.Element, label: Label, exercise: str | None) -> None:
    """Put the whole label, and the exercise, into `detail`."""
    # Servers such as taky write events anew without the attributes; what stands here they leave alone.
    named = {} if exercise is None else {"exercise": exercise}
    ElementTree.SubElement(detail, "synaspisLabel", named).text = label.to_canonical_json()


def marked(words: str, exercise: str | None) -> str:
    """Words for people, beginning with the exercise."""
    first = () if exercise is None else (f"{EXERCISE} {exercise}",)
    return "; ".join((*first, *((words,) if words else ())))


def _marking(label: Label, exercise: str | None) -> dict[str, str]:
    category = label.category(RELEASABLE_TO)
    marking = {"access": label.classification}
    if exercise is not None:
        marking["caveat"] = EXERCISE
    if category is not None:
        if not category.values:
            # An empty attribute would read as "to everybody".
            raise InputError(Fault("the label is releasable to nobody", remedy="Do not hand the event on."))
        marking["releasableTo"] = " ".join(category.values)
    return marking


def _metres(value: float | None) -> str:
    if value is None or not isfinite(value):
        return UNKNOWN
    text = f"{value:.1f}"
    return _NEXT_TO_UNKNOWN if text == UNKNOWN else text


def instant(instant_us: int) -> str:
    """An instant as CoT has it."""
    # Clients read milliseconds; 0.5 ms are 4 m at the speed of a missile, less than any error shown here.
    rounded = _EPOCH + timedelta(milliseconds=round(instant_us / 1000))
    return rounded.strftime("%Y-%m-%dT%H:%M:%S.") + f"{rounded.microsecond // 1000:03d}Z"
