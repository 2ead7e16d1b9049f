"""The release decision: who may have what of an item on a day, by Cedar, remembered, with its reasons."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import sha256
from typing import Any, Final, NamedTuple

import cedarpy

from synaspis.agreement._cedar import Compiler, request
from synaspis.agreement.clause import Clause
from synaspis.agreement.document import BookDocument
from synaspis.agreement.item import BASE, Decision, Item, Reason
from synaspis.agreement.quality import PRODUCTS, QUALITIES, Quality, rank

REMEMBERED_MAX: Final = 100_000
"""Decisions kept; when there are more, all are forgotten, so that odd labels cannot fill the memory."""


class _Part(NamedTuple):
    """Rules for the items of one sender and product.

    policies: parsed. levels: to ask about, in rising order. named: partners that can get something, in the
    order of the book: the sender and whoever a permit names.
    """

    policies: cedarpy.PolicySet
    levels: tuple[Quality, ...]
    named: tuple[str, ...]


class Policy:
    """What is in force on a day, ready to decide.

    book: checked. day: agreements that hold on it count.
    text: what decides, as canonical JSON: agreements in force, partners, alliances, labels, regions.
    version: SHA-256 of it, 64 hexadecimal digits; equal on two days if the same is in force. Names, notes and
    sources decide nothing and are left out. partners: ids. cedar: what Cedar is given.

    Not for use by several threads at once.
    """

    def __init__(self, book: BookDocument, day: date) -> None:
        self.book, self.day = book, day
        self.agreements = book.in_force(day)
        self.partners = book.membership.partners
        self.text = _canonical(_in_force(self))
        self.version = sha256(self.text.encode()).hexdigest()
        self._compiler = Compiler(book, self.agreements)
        self.cedar = self._compiler.texts()
        self._schema = cedarpy.Schema.from_str(self.cedar.schema)
        checked = cedarpy.validate_policies(self.cedar.text, self._schema)
        if not checked.validation_passed:
            raise RuntimeError(f"Cedar refuses what was compiled: {'; '.join(map(str, checked.errors))}")
        self._entities = cedarpy.Entities.from_json_str(self.cedar.entities, self._schema)
        self._parts: dict[tuple[str, str], _Part] = {}
        self._decided: dict[tuple[str, Item], Decision] = {}
        self._received: dict[Item, tuple[tuple[str, Decision], ...]] = {}

    def decide(self, recipient: str, item: Item) -> Decision:
        """What a recipient gets of an item.

        Nothing, if the recipient, the sender, the product or anything in the label is unknown; the whole at
        once, if it is its own.
        """
        try:
            return self._decided[recipient, item]
        except KeyError:
            return self._decide((recipient,), item)[0]

    def recipients(self, item: Item) -> tuple[tuple[str, Decision], ...]:
        """Everyone who gets something of an item, the sender too, in the order of the book."""
        try:
            return self._received[item]
        except KeyError:
            named = self._part(item).named if self._is_known(item) else ()
            decisions = zip(named, self._decide(named, item), strict=True)
            found = tuple((name, decision) for name, decision in decisions if decision.quality is not None)
            self._received[item] = found
            return found

    def decide_all(self, item: Item) -> dict[str, Decision]:
        """What every partner gets of an item, with the reasons of those who get nothing, in one call."""
        return dict(zip(self.partners, self._decide(self.partners, item), strict=True))

    def _decide(self, recipients: tuple[str, ...], item: Item) -> list[Decision]:
        if len(self._decided) + len(recipients) > REMEMBERED_MAX:
            self._decided.clear()
            self._received.clear()
        decisions = [Decision(None, 0, (), self.version)] * len(recipients)
        known = [at for at, name in enumerate(recipients) if name in self.partners]
        if known and self._is_known(item):
            part, context = self._part(item), self._compiler.context(item)
            asked = [
                request(recipients[at], level, item.sender, context) for at in known for level in part.levels
            ]
            answers = cedarpy.is_authorized_batch(asked, part.policies, self._entities, self._schema)
            count = len(part.levels)
            for number, at in enumerate(known):
                of_one = answers[number * count : (number + 1) * count]
                decisions[at] = self._decision(part.levels, of_one)
        for name, decision in zip(recipients, decisions, strict=True):
            self._decided[name, item] = decision
        return decisions

    def _is_known(self, item: Item) -> bool:
        return item.sender in self.partners and item.product in PRODUCTS

    def _part(self, item: Item) -> _Part:
        """Rules that can apply to an item, by its sender and product: those of all others cannot match."""
        key = item.sender, item.product
        if key not in self._parts:
            expand = self.book.membership.expand
            clauses = {
                Reason(agreement_id, clause_id): clause
                for agreement_id, agreement in self.agreements.items()
                for clause_id, clause in agreement.clauses.items()
                if clause.product == item.product and item.sender in expand(clause.givers)
            }
            texts = [
                text
                for reason, text in self.cedar.policies.items()
                if reason.agreement == BASE or reason in clauses
            ]
            permits = [clause for clause in clauses.values() if clause.effect == "permit"]
            named = {item.sender}.union(*(expand(clause.recipients) for clause in permits))
            self._parts[key] = _Part(
                cedarpy.PolicySet.from_str("\n".join(texts)),
                tuple(_told_apart(clauses.values())),
                tuple(name for name in self.partners if name in named),
            )
        return self._parts[key]

    def _decision(self, levels: tuple[Quality, ...], answers: list[cedarpy.AuthzResult]) -> Decision:
        """Decision from the answers to the levels asked about, in rising order."""
        for answer in answers:
            if answer.diagnostics.errors or answer.decision is cedarpy.Decision.NoDecision:
                # A forbid that fails is passed over by Cedar: never decide on that.
                raise RuntimeError(f"Cedar could not decide: {'; '.join(answer.diagnostics.errors)}")
        allowed = [at for at, answer in enumerate(answers) if answer.allowed]
        if not allowed:
            return Decision(None, 0, self._reasons(answers[0]), self.version)
        reasons = self._reasons(answers[allowed[-1]])
        delay_us = min(self._delay_us(reason) for reason in reasons)
        return Decision(levels[allowed[-1]], delay_us, reasons, self.version)

    def _reasons(self, answer: cedarpy.AuthzResult) -> tuple[Reason, ...]:
        names = answer.diagnostics.id_annotations_by_reason.values()
        return tuple(sorted(self.cedar.reasons[name] for name in names))

    def _delay_us(self, reason: Reason) -> int:
        agreement = self.agreements.get(reason.agreement)
        return 0 if agreement is None else agreement.clauses[reason.clause].delay_us


def _told_apart(clauses: Iterable[Clause]) -> Iterator[Quality]:
    """Levels that have to be asked about: of neighbours that no clause tells apart, the highest."""
    edges = {rank(clause.level) - (clause.effect == "forbid") for clause in clauses}
    for number, level in enumerate(QUALITIES):
        if number in edges or number == len(QUALITIES) - 1:
            yield level


def _in_force(policy: Policy) -> dict[str, Any]:
    """What decides on the day, in plain mappings and lists; what has no order is sorted."""
    document = policy.book
    return {
        "schema": "agreements/1",
        "labels": {
            "policy": document.labels.policy,
            "classifications": list(document.labels.classifications),
            "categories": {
                tag: {"type": domain.type, "values": _sorted(domain.values)}
                for tag, domain in document.labels.categories.items()
            },
        },
        "partners": {
            name: {
                "cleared_to": partner.cleared_to or document.labels.classifications[0],
                "categories": {tag: _sorted(values) for tag, values in partner.categories.items()},
            }
            for name, partner in document.partners.items()
        },
        "alliances": {name: _sorted(each.members) for name, each in document.alliances.items()},
        "regions": {
            name: region.model_dump(mode="json", exclude={"name"}, exclude_none=True)
            for name, region in document.regions.items()
        },
        "agreements": {
            name: {clause_id: _clause(clause) for clause_id, clause in agreement.clauses.items()}
            for name, agreement in policy.agreements.items()
        },
    }


def _clause(clause: Clause) -> dict[str, Any]:
    conditions = clause.conditions
    return {
        "effect": clause.effect,
        "product": clause.product,
        "from": _sorted(clause.givers),
        "to": _sorted(clause.recipients),
        "quality": clause.level,
        "use": clause.use,
        "delay_us": clause.delay_us,
        "label": clause.label,
        "regions": None if conditions.regions is None else _sorted(conditions.regions),
        "classes": None if conditions.classes is None else _sorted(conditions.classes),
        "categories": {tag: _sorted(values) for tag, values in conditions.categories.items()},
        "exercise": conditions.exercise,
    }


def _sorted(words: Iterable[str]) -> list[str]:
    return sorted(set(words))


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
