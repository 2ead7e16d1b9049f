"""Messages that a partner was delivered, read from the events of its feed for the writers of other formats.

Only what the event shows is here: of an extract its fields, never what it leaves out. What can be drawn
becomes a sign, everything else a fact in words, so that nothing is lost between the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Literal

from synaspis.agreement.label import Label
from synaspis.core.clock import SECOND_US, from_rfc3339
from synaspis.core.errors import Fault, InputError
from synaspis.gateways._leaves import Leaf, drawn, leaves, named
from synaspis.gateways.carried import NotCarried

AFTER_US: Final = 600 * SECOND_US
"""A message is shown so long after the last instant that it speaks of, and after it came."""

SHOWN_MAX_US: Final = 86_400 * SECOND_US
"""No message is shown longer than a day after it came."""

_UNTIL: Final = ("until", "latest", "impact_time", "impact_time.time", "answer_by")
"""Members that say how long something is of interest."""

_NOT_WORDS: Final[Mapping[str, str]] = {
    "policy": "the version of the agreements is for the recipient, not for its other programs",
    "why": "the clauses are for the recipient, not for its other programs",
    "envelope": "the signature is verified by the partner's own program",
    "submission": "the proof is verified by the partner's own program",
}
"""Members of an event that no gateway hands on, and why."""

_HEADER: Final = ("type", "message.kind", "message.label", "message.exercise")
"""Members that stand elsewhere than among the facts."""


@dataclass(frozen=True, slots=True)
class Sign:
    """Something that can be drawn.

    part: where it stands in the body, such as `tasks[0].area`. name: what people call it. shape: a point, a
    ring of corners joined by great circles, or a circle. places_deg: latitude and longitude of each point,
    WGS 84. height_m: of a point above the ellipsoid, None on the ground. radius_m: of a circle.
    """

    part: str
    name: str
    shape: Literal["point", "ring", "circle"]
    places_deg: tuple[tuple[float, float], ...]
    height_m: float | None = None
    radius_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a message says.

    part: where it stands, in the body, or with `message.` or `event.` before it. text: in words. drawn:
    whether a sign has it. place: where it stands in the event.
    """

    part: str
    text: str
    drawn: bool = False
    place: str = ""

    def __str__(self) -> str:
        return f"{self.part}: {self.text}"


@dataclass(frozen=True, slots=True)
class ToldMessage:
    """One message, as its recipient was given it.

    recipient: whose feed it is. kind, sender: of the message. name: the centre's name for it, the same as
    often as it is told. replaces: names of messages that it takes back or puts right. at_us, until_us: when
    it came, and until when it is of interest. exercise: None in earnest. label: who may see it.
    """

    recipient: str
    kind: str
    sender: str
    name: str
    replaces: tuple[str, ...]
    at_us: int
    until_us: int
    exercise: str | None
    label: Label
    facts: tuple[Fact, ...]
    signs: tuple[Sign, ...]
    not_carried: tuple[NotCarried, ...] = ()

    @property
    def title(self) -> str:
        """What it is, in a few words."""
        return f"{self.kind} by {self.sender}"

    @property
    def key(self) -> str:
        """The same for messages of which the newest alone holds: the plans of one sender."""
        return f"{self.kind}.{self.sender}" if self.kind == "defence-plan" else self.name


def told_of(event: Mapping[str, Any], *, recipient: str) -> ToldMessage:
    """Read an event that brings a message.

    event: as decoded from the feed, `type` is message. recipient: whose feed it is.
    Raises InputError for a part that is missing, a label that is none, a place or time that is none.
    """
    try:
        if event.get("type") != "message":
            raise ValueError(f"an event of the type {str(event.get('type'))[:40]!r}; a message is needed")
        message = event["message"]
        kind, sender = named(message["kind"]), named(message["sender"])
        at_us = from_rfc3339(str(event["at"]))
        label = Label.from_json(message["label"])
        body = message.get("body", event.get("extract"))
        if not isinstance(body, Mapping):
            raise ValueError("neither a body nor an extract is given")
        found = list(leaves(event))
        signs = tuple(Sign(*each) for each in drawn(body))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise InputError(_fault(error)) from None
    name = named(event.get("reference") or event.get("track") or message.get("id") or "")
    concerns = event.get("concerns") or ()
    replacing = kind in ("cancellation", "correction")
    return ToldMessage(
        recipient,
        kind,
        sender,
        name or f"{sender}.{at_us}",
        tuple(named(each) for each in concerns) if replacing and isinstance(concerns, list) else (),
        at_us,
        _until(found, at_us),
        named(message["exercise"]) if message.get("exercise") else None,
        label,
        tuple(sorted(_facts(found), key=_late)),
        signs,
        tuple(_unsaid(event, f"{kind} {name[:8]}")),
    )


def _facts(found: list[Leaf]) -> Iterator[Fact]:
    for leaf in found:
        if leaf.part.split(".")[0].split("[")[0] in _NOT_WORDS:
            continue
        if any(leaf.part == name or leaf.part.startswith(f"{name}.") for name in _HEADER):
            continue
        yield Fact(short(leaf.part), leaf.text, leaf.drawn, leaf.part)


def _late(fact: Fact) -> int:
    """Order in which facts are told: what people need first, what programs need last."""
    return 2 if "covariance" in fact.part else int(fact.part.startswith(("event.", "message.")))


def short(part: str) -> str:
    """A place in an event as people are told it: members of the body by their names alone."""
    for beginning in ("message.body.", "extract."):
        if part.startswith(beginning):
            return part[len(beginning) :]
    return part if part.startswith("message.") else f"event.{part}"


def _unsaid(event: Mapping[str, Any], of: str) -> Iterator[NotCarried]:
    for name, why in _NOT_WORDS.items():
        if event.get(name):
            yield NotCarried(of, name, why, name)


def _until(found: list[Leaf], at_us: int) -> int:
    instants = [at_us]
    for leaf in found:
        if any(leaf.part.endswith(f".{name}") for name in _UNTIL):
            with suppress(ValueError):
                instants.append(from_rfc3339(leaf.text))
    return min(max(instants) + AFTER_US, at_us + SHOWN_MAX_US)


def _fault(error: Exception) -> Fault:
    what = f"the key {error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
    return Fault(
        what, "message", "Ask the operator of the centre: this is no message as its interface has it."
    )
