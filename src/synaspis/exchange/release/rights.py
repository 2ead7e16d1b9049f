"""Who gets what of something, at which level and when: decisions of the agreements, by group of recipients.

A message may rest on several items: what the centre derives rests on all that it was derived from, a
correction on what it puts right. It goes to those who may have every one of them, at the lowest of their
levels, and not before the last of them could be released.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, Protocol
from weakref import WeakValueDictionary

from synaspis.agreement import QUALITIES, Decision, Item, Label, Quality
from synaspis.exchange.release.roster import Roster

FULL: Final[Quality] = "covariance"
ITEMS_REMEMBERED_MAX: Final = 20_000
"""Items whose groups are kept; when there are more, all are forgotten, so that odd labels fill no memory."""

Why = tuple[tuple[str, str], ...]
"""Clauses that permit, each agreement and clause, in alphabetical order."""


class Markings(Protocol):
    """What labels mean; `agreement.AgreementBook` knows it."""

    def combine(self, labels: Iterable[Label]) -> Label:
        """Label of something made from several; raises InputError if they cannot be combined."""
        ...


class Rulings(Protocol):
    """What release asks of the agreements in force; `exchange.describe.InForce` answers it."""

    @property
    def version(self) -> str:
        """Names these agreements and this day."""
        ...

    @property
    def partners(self) -> Iterable[str]:
        """Everybody who takes part."""
        ...

    @property
    def book(self) -> Markings:
        """Where the markings are defined."""
        ...

    def recipients(self, item: Item) -> Iterable[tuple[str, Decision]]:
        """Decision for every partner that may have something of an item."""
        ...


class Part(NamedTuple):
    """What a group of recipients gets of one item.

    quality: level. delay_us: from receipt to release. why: clauses that permit it. mask: the group.
    """

    quality: Quality
    delay_us: int
    why: Why
    mask: int


class Plan:
    """What everybody gets of an item, recipients with equal decisions together.

    parts: disjoint groups; plans with equal parts are the same object.
    waves: delay to what is released after it, level and group, whatever the reasons. delays: each delay with
    everybody who gets something after it.
    """

    __slots__ = ("__weakref__", "delays", "parts", "waves")

    def __init__(self, parts: tuple[Part, ...]) -> None:
        self.parts = parts
        waves: dict[int, dict[Quality, int]] = {}
        for quality, delay_us, _, mask in parts:
            wave = waves.setdefault(delay_us, {})
            wave[quality] = wave.get(quality, 0) | mask
        self.waves = {delay_us: tuple(wave.items()) for delay_us, wave in waves.items()}
        self.delays = tuple((delay_us, sum(wave.values())) for delay_us, wave in waves.items())


class Grant(NamedTuple):
    """What a group of recipients gets of one message; due_us: when it is released."""

    quality: Quality
    due_us: int
    why: Why
    mask: int


Basis = tuple[tuple[Item, int], ...]
"""What something rests on: each item with the instant from which its delay counts."""


class Rights:
    """The agreements in force, by time, with their decisions kept by group.

    policy: in force from the start.
    """

    def __init__(self, policy: Rulings, roster: Roster) -> None:
        self._roster = roster
        self._in_force: list[tuple[int, Rulings]] = [(0, policy)]
        self._by_item: dict[str, dict[Item, Plan]] = {}
        self._everybody: dict[str, int] = {}
        # Weak, so that plans for labels that are never seen again do not stay.
        self._plans: WeakValueDictionary[tuple[Part, ...], Plan] = WeakValueDictionary()

    @property
    def in_force(self) -> tuple[tuple[int, Rulings], ...]:
        """Policies that still matter, each with its first instant, oldest first."""
        return tuple(self._in_force)

    def restore(self, in_force: Iterable[tuple[int, Rulings]]) -> None:
        """Put policies in force as they were, each with its first instant, oldest first."""
        self._in_force = list(in_force)

    def adopt(self, policy: Rulings, at_us: int) -> None:
        """Let a policy hold from an instant on.

        Raises ValueError for an instant before the newest policy that is known.
        """
        if at_us < self._in_force[-1][0]:
            raise ValueError("a policy cannot come into force before the one that it replaces")
        self._in_force.append((at_us, policy))

    def policy_at(self, instant_us: int) -> Rulings:
        """The policy in force at an instant."""
        for since_us, policy in reversed(self._in_force):
            if since_us <= instant_us:
                return policy
        return self._in_force[0][1]

    def everybody_at(self, instant_us: int) -> int:
        """Mask of all who take part at an instant."""
        policy = self.policy_at(instant_us)
        mask = self._everybody.get(policy.version)
        if mask is None:
            mask = self._everybody[policy.version] = self._roster.mask(policy.partners)
        return mask

    def forget_before(self, instant_us: int) -> None:
        """Drop policies that were replaced at or before an instant."""
        while len(self._in_force) > 1 and self._in_force[1][0] <= instant_us:
            _, replaced = self._in_force.pop(0)
            if all(policy.version != replaced.version for _, policy in self._in_force):
                self._by_item.pop(replaced.version, None)
                self._everybody.pop(replaced.version, None)

    def plan(self, item: Item, policy: Rulings) -> Plan:
        """Decisions on an item."""
        kept = self._by_item.setdefault(policy.version, {})
        plan = kept.get(item)
        if plan is None:
            if len(kept) >= ITEMS_REMEMBERED_MAX:
                kept.clear()
            groups: dict[tuple[Quality, int, Why], int] = {}
            for recipient, decision in policy.recipients(item):
                if decision.quality is not None:
                    key = (decision.quality, decision.delay_us, why_of(decision))
                    groups[key] = groups.get(key, 0) | self._roster.bit(recipient)
            plan = kept[item] = self.of(tuple(Part(*key, mask) for key, mask in sorted(groups.items())))
        return plan

    def of(self, parts: tuple[Part, ...]) -> Plan:
        """The plan with these parts, the same object for equal parts."""
        plan = self._plans.get(parts)
        if plan is None:
            plan = self._plans[parts] = Plan(parts)
        return plan

    def grants(self, basis: Basis, own_us: int, policy: Rulings) -> tuple[Grant, ...]:
        """Who gets a message that rests on some items; nobody gets what rests on nothing.

        own_us: when the message itself was received.
        """
        found: list[Grant] = []
        for number, (item, since_us) in enumerate(basis):
            one = [
                Grant(part.quality, max(own_us, since_us + part.delay_us), part.why, part.mask)
                for part in self.plan(item, policy).parts
            ]
            found = list(_both(found, one)) if number else one
        merged: dict[tuple[Quality, int, Why], int] = {}
        for quality, due_us, why, mask in found:
            key = (quality, due_us, why)
            merged[key] = merged.get(key, 0) | mask
        return tuple(Grant(*key, mask) for key, mask in sorted(merged.items()))


def _both(first: Iterable[Grant], second: Iterable[Grant]) -> Iterator[Grant]:
    for one in first:
        for two in second:
            if mask := one.mask & two.mask:
                yield Grant(
                    min(one.quality, two.quality, key=QUALITIES.index),
                    max(one.due_us, two.due_us),
                    tuple(sorted({*one.why, *two.why})),
                    mask,
                )


def why_of(decision: Decision) -> Why:
    """Clauses that a decision rests on, in alphabetical order."""
    return tuple(sorted({(reason.agreement, reason.clause) for reason in decision.reasons}))


def why_json(why: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """Clauses as an event has them."""
    return [{"agreement": agreement, "clause": clause} for agreement, clause in why]
