"""What one partner was delivered, by reference: messages as corrected, without those that were taken back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from synaspis.core.clock import from_rfc3339

DATA: Final = "data"
COORDINATION: Final = "coordination"
CENTRES: Final = (DATA, COORDINATION)
"""Names of the two centres, as a board is told them."""


@dataclass(frozen=True, eq=False)
class Heard:
    """One message as far as it was shown.

    centre, reference: its name. body: body or extract; empty where nothing is shown. concerns: references of
    those that it rests on. names: further names, id and digest, of a message shown whole. at_us: when it fell
    due. matches: references of notifications that a launch report agrees with. corrected: whether another
    message of the sender has put it right.
    """

    centre: str
    reference: str
    kind: str
    sender: str
    exercise: str
    quality: str
    at_us: int
    sent_at: str
    body: Mapping[str, Any]
    concerns: tuple[str, ...]
    names: tuple[str, ...]
    matches: tuple[str, ...] = ()
    corrected: bool = False

    @property
    def order(self) -> tuple[int, str, str, str]:
        """By which messages are ordered: when they fell due, when they were sent, then by name."""
        return (self.at_us, self.sent_at, self.centre, self.reference)

    def named(self) -> dict[str, str]:
        """How a board names it: centre, reference, kind, sender."""
        return {
            "centre": self.centre,
            "reference": self.reference,
            "kind": self.kind,
            "sender": self.sender,
        }


def heard(centre: str, event: Mapping[str, Any]) -> Heard:
    """Read the event of a message. Raises KeyError, TypeError or ValueError for anything else."""
    message = event["message"]
    kind, body, whole = message["kind"], message.get("body"), "envelope" in event
    names: tuple[str, ...] = ()
    if whole:
        names = (str(message["id"]), hashlib.sha256(event["envelope"].encode()).hexdigest())
    return Heard(
        centre,
        str(event["reference"]),
        str(kind),
        str(message["sender"]),
        str(message.get("exercise") or ""),
        str(event["quality"]),
        from_rfc3339(event["at"]),
        str(message.get("sent_at", "")),
        dict(body if body is not None else event.get("extract") or {}),
        tuple(sorted(event.get("concerns", ()))),
        names,
        _matches(event.get("correlation")),
    )


def _matches(correlation: Any) -> tuple[str, ...]:
    # "unmatched", or the notifications that fit, best first.
    return tuple(str(each["notification"]) for each in correlation) if isinstance(correlation, list) else ()


class Effective:
    """Messages that stand: corrected where they were put right, without those that were cancelled.

    given: all that was delivered, in any order.
    """

    def __init__(self, given: Iterable[Heard]) -> None:
        ordered = sorted(given, key=lambda each: each.order)
        self._all = {(each.centre, each.reference): each for each in ordered}
        self._names = {
            (each.centre, name): (each.centre, each.reference) for each in ordered for name in each.names
        }
        self.cancelled: set[tuple[str, str]] = set()
        standing = {key: each for key, each in self._all.items() if not _changes(each)}
        for change in filter(_changes, ordered):
            for reference in change.concerns:
                key = (change.centre, reference)
                first = standing.get(key)
                if first is None or first.sender != change.sender:
                    continue
                if change.kind == "cancellation":
                    self.cancelled.add(key)
                else:
                    body = change.body.get("replacement", change.body)
                    standing[key] = replace(first, body=body, corrected=True)
        self._standing = standing

    def of(self, *kinds: str) -> Iterator[Heard]:
        """Those that stand, of some kinds, in order."""
        for key, each in self._standing.items():
            if each.kind in kinds and key not in self.cancelled:
                yield each

    def find(self, centre: str, name: str) -> Heard | None:
        """The message that a name means: reference, id or digest; None if it was not delivered."""
        return self._standing.get(self._names.get((centre, name), (centre, name)))

    def about(self, message: Heard) -> tuple[Heard, ...]:
        """Messages that an acknowledgement or response is about, as far as they were delivered."""
        found = [self.find(message.centre, reference) for reference in message.concerns]
        other = DATA if message.centre == COORDINATION else COORDINATION
        found += [self.find(other, name) for name in message.body.get("elsewhere", ())]
        return tuple(each for each in found if each is not None)


def _changes(message: Heard) -> bool:
    return message.kind in ("cancellation", "correction")
