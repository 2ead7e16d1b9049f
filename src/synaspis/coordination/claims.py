"""Who means to engage what: intentions and claims by object, with duplicates, conflicts, hand-overs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import dist, hypot, sqrt
from typing import Any, Final

from synaspis.coordination.gate import (
    ASSUMED_POSITION_M,
    ASSUMED_VELOCITY_M_S,
    State,
    compare,
    state_of,
)
from synaspis.coordination.heard import Effective, Heard
from synaspis.core.clock import from_rfc3339, to_rfc3339

CLAIM: Final = "engagement-claim"
INTENT: Final = "engagement-intent"

_STRAIGHT_S: Final = 120.0
_ROUGH_M: Final = 10_000.0
_NO_AIR_M: Final = 6_500_000.0


@dataclass(frozen=True)
class Offer:
    """A hand-over of a claim, and what was answered: open, accepted, declined, too-late, or not-by-holder."""

    message: Heard
    claim: Heard
    state: str
    reason: str

    @property
    def answer_by(self) -> str | None:
        """By when an answer is asked for."""
        return self.message.body.get("answer_by")


def offers(messages: Effective) -> list[Offer]:
    """Hand-overs in order; each is judged after those before it."""
    holders: dict[tuple[str, str], str] = {}
    found = []
    for message in messages.of("hand-over"):
        claim = next(iter(messages.about(message)), None)
        if claim is None or claim.kind != CLAIM:
            continue
        key = (claim.centre, claim.reference)
        holder = holders.get(key, claim.sender)
        state, reason = _answered(message, holder, messages)
        if state == "accepted":
            holders[key] = str(message.body["to"])
        found.append(Offer(message, claim, state, reason))
    return found


def _answered(message: Heard, holder: str, messages: Effective) -> tuple[str, str]:
    to = message.body.get("to")
    if message.sender != holder:
        return "not-by-holder", f"{message.sender} offers what {holder} holds"
    if to is None:
        return "open", "to whom is not shown here"
    for answer in messages.of("acknowledgement"):
        if answer.sender != to or message not in messages.about(answer):
            continue
        says = str(answer.body.get("says", "seen"))
        if says == "declined":
            return "declined", f"{to} has declined"
        if says == "accepted":
            by = message.body.get("answer_by")
            if by is not None and from_rfc3339(answer.sent_at or to_rfc3339(answer.at_us)) > from_rfc3339(by):
                return "too-late", f"{to} accepted after {by}"
            return "accepted", f"{to} has accepted"
    return "open", f"{to} has not answered"


def holder_of(claim: Heard, given: Sequence[Offer]) -> str:
    """Who holds a claim after all hand-overs."""
    taken = [
        str(each.message.body["to"]) for each in given if each.claim is claim and each.state == "accepted"
    ]
    return taken[-1] if taken else claim.sender


@dataclass(frozen=True)
class Entry:
    """An intention or claim in the table.

    holder: who holds it now. open: neither done nor past its window. state: None where it is not shown.
    """

    message: Heard
    holder: str
    open: bool
    state: State | None


def entries(messages: Effective, given: Sequence[Offer], now_us: int) -> list[Entry]:
    """All intentions and claims that stand, in order."""
    done = {
        (about.centre, about.reference, answer.sender)
        for answer in messages.of("acknowledgement")
        if answer.body.get("says") == "done"
        for about in messages.about(answer)
    }
    found = []
    for message in messages.of(INTENT, CLAIM):
        holder = holder_of(message, given)
        window = message.body.get("window")
        ended = (message.centre, message.reference, holder) in done or (
            window is not None and from_rfc3339(window["latest"]) < now_us
        )
        found.append(Entry(message, holder, not ended, state_of(message.body.get("object"))))
    return found


@dataclass(frozen=True)
class Group:
    """Entries on one object. doubts: sentences on other entries that may be on it as well."""

    members: tuple[Entry, ...]
    reasons: tuple[str, ...]
    doubts: tuple[str, ...]


def groups(given: Sequence[Entry]) -> list[Group]:
    """Gather entries by object: nearest first, and never two that one sender calls by different names.

    Entries whose position is not shown stay alone. The result does not depend on the order of the entries.
    """
    ordered = sorted(given, key=lambda entry: entry.message.order)
    owner = list(range(len(ordered)))
    links: list[tuple[float, int, int, str]] = []
    doubts: dict[int, list[str]] = {}
    for a, b in combinations(range(len(ordered)), 2):
        one, two = ordered[a], ordered[b]
        if one.state is None or two.state is None or one.message.exercise != two.message.exercise:
            continue
        found = compare(one.state, two.state)
        if found.verdict == "same":
            assert found.squared is not None
            links.append((found.squared, a, b, f"{_who(one)} and {_who(two)}: {found.reason}"))
        elif found.verdict == "cannot tell":
            for index, other in ((a, two), (b, one)):
                doubts.setdefault(index, []).append(f"perhaps also {_who(other)}: {found.reason}")
    reasons: dict[int, list[str]] = {}
    for _, a, b, reason in sorted(links):
        low, high = sorted((owner[a], owner[b]))
        mine, theirs = (
            [ordered[index] for index, place in enumerate(owner) if place == root] for root in (low, high)
        )
        if low != high and _told_apart(mine, theirs):
            continue
        owner = [low if place == high else place for place in owner]
        reasons[low] = [*reasons.get(low, []), *(reasons.pop(high, []) if high != low else []), reason]
    return [
        Group(
            tuple(ordered[index] for index, place in enumerate(owner) if place == root),
            tuple(sorted(reasons.get(root, []))),
            tuple(
                sorted(
                    text
                    for index, place in enumerate(owner)
                    if place == root
                    for text in doubts.get(index, [])
                )
            ),
        )
        for root in sorted(set(owner))
    ]


def _told_apart(mine: Iterable[Entry], theirs: Iterable[Entry]) -> bool:
    names = {(each.message.sender, name) for each in mine if (name := _track(each)) is not None}
    return any(
        sender == each.message.sender and name != _track(each)
        for each in theirs
        if _track(each) is not None
        for sender, name in names
    )


def _track(entry: Entry) -> str | None:
    return (entry.message.body.get("object") or {}).get("source_track")


def _who(entry: Entry) -> str:
    return f"{entry.message.sender} ({entry.message.body.get('battery', 'battery not shown')})"


def findings(group: Group) -> list[dict[str, Any]]:
    """Duplicates and conflicts among the open entries of one object, each with the reason in a sentence."""
    claims = [entry for entry in group.members if entry.open and entry.message.kind == CLAIM]
    intents = [entry for entry in group.members if entry.open and entry.message.kind == INTENT]
    holders = sorted({entry.holder for entry in claims})
    found = []
    if len(holders) > 1:
        found.append(
            _finding("conflict", holders, claims, f"{_listed(holders)} each claim this object", group)
        )
    for holder in holders:
        own = [entry for entry in claims if entry.holder == holder]
        if len(own) > 1:
            batteries = sorted({str(entry.message.body.get("battery", "not shown")) for entry in own})
            text = f"{holder} claims this object {len(own)} times, by {_listed(batteries)}"
            found.append(_finding("duplicate", [holder], own, text, group))
    meaning = sorted({entry.holder for entry in intents} - set(holders))
    if holders and meaning:
        text = f"{_listed(meaning)} still means to engage what {_listed(holders)} claims"
        found.append(_finding("overlap", [*holders, *meaning], [*claims, *intents], text, group))
    elif len(meaning) > 1:
        text = f"{_listed(meaning)} each mean to engage this object"
        found.append(_finding("overlap", meaning, intents, text, group))
    return found


def _finding(
    what: str, partners: Sequence[str], about: Sequence[Entry], text: str, group: Group
) -> dict[str, Any]:
    return {
        "what": what,
        "partners": list(partners),
        "about": [entry.message.reference for entry in about],
        "text": text,
        "reasons": list(group.reasons),
    }


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def track_of(group: Group, tracks: Iterable[Mapping[str, Any]]) -> int | None:
    """Number of the recipient's own track that a group is on: the nearest within the gate."""
    states = [entry.state for entry in group.members if entry.state is not None]
    if not states:
        return None
    latest = max(states)
    best: tuple[float, int] | None = None
    for track in tracks:
        state = state_of(track)
        if state is None or not _plainly_near(state, latest):
            continue
        found = compare(state, latest)
        if found.verdict == "same" and found.squared is not None:
            best = min(best or (found.squared, int(track["number"])), (found.squared, int(track["number"])))
    return None if best is None else best[1]


def _plainly_near(a: State, b: State) -> bool:
    """Cheap test before the costly one: false only for what no prediction could bring together.

    Straight on for the gap; gravity, half of 10 m/s2, and five standard deviations on top.
    """
    ahead_s = (b.time_us - a.time_us) / 1e6
    # Below 120 km or so air may brake by more than gravity.
    lowest_m = min(hypot(*a.position_ecef_m), hypot(*b.position_ecef_m))
    if abs(ahead_s) > _STRAIGHT_S or lowest_m < _NO_AIR_M:
        return True
    reach_m = _ROUGH_M + 5.0 * ahead_s**2 + 5.0 * (_sigma_m(a, ahead_s) + _sigma_m(b, ahead_s))
    away_m = dist(
        [x + ahead_s * u for x, u in zip(a.position_ecef_m, a.velocity_ecef_m_s, strict=True)],
        b.position_ecef_m,
    )
    return away_m < reach_m


def _sigma_m(state: State, ahead_s: float) -> float:
    """Root of the sum of the variances of position, and of velocity for so long a time."""
    if not state.covariance:
        return ASSUMED_POSITION_M * 2.0 + ASSUMED_VELOCITY_M_S * 2.0 * abs(ahead_s)
    place, speed = (sum(state.covariance[at] for at in places) for places in ((0, 2, 5), (9, 14, 20)))
    return sqrt(place) + sqrt(speed) * abs(ahead_s)
