"""What each partner saw, and why: for people and for programs.

Nothing in it depends on keys or on how fast the machine is, so that the same seed gives the same account.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from synaspis.core.clock import to_rfc3339
from synaspis.exchange.client.audit import Audit
from synaspis.exchange.client.events import Event
from synaspis.exchange.client.kit import CENTRE
from synaspis.exchange.client.verification import Verification
from synaspis.exchange.client.wording import gist, lines_of
from synaspis.exchange.demo.story import DAY_US

_OF_KEYS: Final = frozenset({"about", "query"})
"""Members of a body that name other messages by hashes of signed bytes or by ids that the centre derives."""


@dataclass(frozen=True)
class Seen:
    """What one partner saw. events: of its feed. look: of its witness. audit: of all that it kept."""

    events: tuple[Event, ...]
    look: Verification
    audit: Audit

    @property
    def holds(self) -> bool:
        """Whether nothing was found broken."""
        return self.look.holds and self.audit.holds

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it."""
        audit = self.audit
        return {
            "messages": [_plain(event) for event in self.events],
            "sent": audit.sent,
            "verified": {
                "holds": self.holds,
                "receipts": audit.receipts,
                "signatures": audit.envelopes,
                "proofs": audit.proofs,
                "cosigners": list(self.look.cosigners),
                "findings": [*audit.findings],
            },
        }


@dataclass(frozen=True)
class Account:
    """The whole account. seed: of the day. partners: by id. log: verdict of the stand-alone verifier."""

    seed: int
    partners: Mapping[str, Seen]
    log: str

    @property
    def holds(self) -> bool:
        """Whether every partner and the verifier found everything in order."""
        return self.log == "intact" and all(seen.holds for seen in self.partners.values())

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {
            "seed": self.seed,
            "day": to_rfc3339(DAY_US)[:10],
            "agreements": "demo",
            "partners": {name: seen.to_dict() for name, seen in self.partners.items()},
            "log": self.log,
            "holds": self.holds,
        }

    def lines(self) -> list[str]:
        """As people read it."""
        lines: list[str] = []
        for name, seen in self.partners.items():
            lines += [f"What {name} saw", "-" * (9 + len(name))]
            lines += _thinned(seen.events)
            audit = seen.audit
            lines += [
                "",
                f"{name} sent {audit.sent} messages and saw {len(seen.events)} events. "
                f"{audit.receipts} receipts, {audit.envelopes} signatures and {audit.proofs} proofs hold; "
                f"its witness and {' and '.join(seen.look.cosigners) or 'no other'} cosigned the log.",
                *(f"FINDING: {finding}" for finding in audit.findings),
                "",
            ]
        return [*lines, f"The log, verified on its own: {self.log}."]


def _plain(event: Event) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "counter": event.counter,
        "at": event.at,
        "type": event.type,
        "why": [{"agreement": agreement, "clause": clause} for agreement, clause in event.why],
    }
    if event.type == "message":
        message = event.message
        body = message.get("body") or event.content.get("extract") or {}
        kind = str(message.get("kind"))
        plain |= {"quality": event.quality, "sender": message.get("sender"), "kind": kind}
        if "id" in message and message.get("sender") != CENTRE:
            plain["id"] = message["id"]
        plain["label"] = message.get("label")
        plain["content"] = {key: value for key, value in body.items() if key not in _OF_KEYS}
        plain["says"] = gist(kind, plain["content"])
        if event.content.get("findings"):
            plain["findings"] = event.content["findings"]
    elif event.type == "picture":
        plain["tracks"] = list(event.tracks)
    else:
        plain |= {key: event.content.get(key) for key in ("code", "text")}
    return plain


def _thinned(events: Sequence[Event]) -> Iterator[str]:
    """Lines of all events; of a run of pictures and sightings the first and the last of each sort."""
    for live, run in groupby(events, key=lambda event: _sort(event) is not None):
        group = list(run)
        kept = set(range(len(group)))
        if live:
            ends = [*reversed(range(len(group))), *range(len(group))]
            first_and_last = {(_sort(group[at]), order < len(group)): at for order, at in enumerate(ends)}
            kept = set(first_and_last.values())
        left_out = 0
        for at, event in enumerate(group):
            if at in kept:
                yield from _gap(left_out)
                yield from lines_of(event)
                left_out = 0
            else:
                left_out += 1


def _gap(count: int) -> Iterator[str]:
    if count:
        yield f"       ... {count} more of the same kinds"


def _sort(event: Event) -> str | None:
    if event.type == "picture":
        return "picture"
    return "track-report" if event.message.get("kind") == "track-report" else None
