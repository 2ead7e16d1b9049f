"""From the clauses in force to Cedar: schema, policies, entities.

A request asks whether a principal (the recipient) may perform an action (`receive.` and a level of quality)
on a resource (the sender), in a context that says the rest of the item. A permit is a policy for its level
and all below, a forbid for its level and all above, so that what is allowed is always "up to a level".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from synaspis.agreement.clause import Clause, Conditions
from synaspis.agreement.document import BookDocument
from synaspis.agreement.item import BASE, Item, Reason
from synaspis.agreement.label import RELEASABLE_TO, Label
from synaspis.agreement.membership import Membership
from synaspis.agreement.quality import QUALITIES, rank
from synaspis.agreement.schema import Agreement

UNKNOWN = ""
"""Missile class in the context of an item whose class is not known."""


@dataclass(frozen=True)
class CedarTexts:
    """What Cedar is given.

    schema: Cedar text. policies: Cedar text of each rule, by what stands for it in reasons. entities: JSON
    text. reasons: what the `@id` of a policy stands for.
    """

    schema: str
    policies: Mapping[Reason, str]
    entities: str
    reasons: Mapping[str, Reason]

    @property
    def text(self) -> str:
        """All policies."""
        return "\n".join(self.policies.values())


class Compiler:
    """Writes what a book says on a day in the terms of Cedar."""

    def __init__(self, book: BookDocument, agreements: Mapping[str, Agreement]) -> None:
        self._book, self._agreements = book, agreements
        self._labels = book.labels
        tags = (RELEASABLE_TO, *sorted(book.labels.categories))
        self._columns = {tag: f"c{number}" for number, tag in enumerate(tags)}
        """Attribute of each category: a tag is any text, an attribute a word."""

    def texts(self) -> CedarTexts:
        """Schema, policies and entities."""
        rules = (*self._base(), *self._clauses())
        policies = {reason: f"@id({_quoted(_name(reason))})\n{body}\n" for reason, body in rules}
        if len(policies) < len(rules):
            raise RuntimeError("two rules have one name: one of them would not count")
        reasons = {_name(reason): reason for reason in policies}
        return CedarTexts(self._schema(), policies, json.dumps(list(self._entities())), reasons)

    def context(self, item: Item) -> str:
        """The context of a request about an item, as JSON text."""
        return json.dumps(
            {
                "product": item.product,
                "label": self._label(item.label),
                "missile_class": UNKNOWN if item.missile_class is None else item.missile_class,
                "place_known": item.regions is not None,
                "regions": list(item.regions or ()),
                "exercise": item.exercise,
            }
        )

    def _label(self, label: Label) -> dict[str, Any]:
        if self._labels.undefined(label, self._book.membership.names):
            return {"defined": False, "level": 0}
        held = {self._columns[each.tag]: list(each.values) for each in label.categories}
        return {"defined": True, "level": self._labels.level(label.classification), **held}

    def _schema(self) -> str:
        held = ", ".join(f"{column}: Set<String>" for column in self._columns.values())
        marked = ", ".join(f"{column}?: Set<String>" for column in self._columns.values())
        actions = ", ".join(_quoted(f"receive.{quality}") for quality in QUALITIES)
        return (
            f"entity Alliance;\n"
            f"entity Partner in [Alliance] {{ level: Long, holds: {{ {held} }} }};\n"
            f"type Label = {{ defined: Bool, level: Long, {marked} }};\n"
            f"action {actions} appliesTo {{ principal: Partner, resource: Partner, context: {{\n"
            f"  product: String, label: Label, missile_class: String,\n"
            f"  place_known: Bool, regions: Set<String>, exercise: Bool\n}} }};\n"
        )

    def _entities(self) -> Iterator[dict[str, Any]]:
        membership = self._book.membership
        for alliance in membership.alliances:
            yield {"uid": _uid("Alliance", alliance), "attrs": {}, "parents": []}
        for name, partner in self._book.partners.items():
            joined = [each for each, members in membership.alliances.items() if name in members]
            held = {RELEASABLE_TO: (name, *joined), **partner.categories}
            level = 0 if partner.cleared_to is None else self._labels.level(partner.cleared_to)
            holds = {column: list(held.get(tag, ())) for tag, column in self._columns.items()}
            yield {
                "uid": _uid("Partner", name),
                "attrs": {"level": level, "holds": holds},
                "parents": [_uid("Alliance", each) for each in joined],
            }

    def _base(self) -> Iterator[tuple[Reason, str]]:
        """Rules without any agreement: everyone sees its own, nobody what it is not cleared to."""
        yield Reason(BASE, "own"), "permit(principal, action, resource) when { principal == resource };"
        yield Reason(BASE, "undefined-label"), _forbid_others("!context.label.defined")
        yield Reason(BASE, "clearance"), _forbid_others("context.label.level > principal.level")
        for tag, column in self._columns.items():
            domain = self._labels.categories.get(tag)
            if domain is None or domain.type != "informative":
                test = "containsAll" if domain is not None and domain.type == "restrictive" else "containsAny"
                yield (
                    Reason(BASE, tag),
                    _forbid_others(
                        f"context.label has {column} && "
                        f"!principal.holds.{column}.{test}(context.label.{column})"
                    ),
                )

    def _clauses(self) -> Iterator[tuple[Reason, str]]:
        for agreement_id, agreement in sorted(self._agreements.items()):
            for clause_id, clause in sorted(agreement.clauses.items()):
                yield Reason(agreement_id, clause_id), self._clause(clause)

    def _clause(self, clause: Clause) -> str:
        level, permits = rank(clause.level), clause.effect == "permit"
        reached = QUALITIES[: level + 1] if permits else QUALITIES[level:]
        actions = ", ".join(f"Action::{_quoted(f'receive.{quality}')}" for quality in reached)
        membership = self._book.membership
        tests = [
            "principal != resource",
            f"context.product == {_quoted(clause.product)}",
            _among("resource", clause.givers, membership),
            _among("principal", clause.recipients, membership),
        ]
        if clause.label is not None:
            compared = "<=" if permits else ">="
            tests.append(f"context.label.level {compared} {self._labels.level(clause.label)}")
        tests += self._conditions(clause.conditions, permits)
        return f"{clause.effect}(principal, action in [{actions}], resource) when {{\n  {_all_of(tests)}\n}};"

    def _conditions(self, conditions: Conditions, permits: bool) -> Iterator[str]:
        if conditions.regions is not None:
            touches = f"context.regions.containsAny({_set(conditions.regions)})"
            yield touches if permits else f"(!context.place_known || {touches})"
        if conditions.classes is not None:
            classes = conditions.classes if permits else (*conditions.classes, UNKNOWN)
            yield f"{_set(classes)}.contains(context.missile_class)"
        for tag, values in sorted(conditions.categories.items()):
            column = self._columns[tag]
            yield f"context.label has {column}"
            yield f"context.label.{column}.containsAny({_set(values)})"
        if conditions.exercise is not None:
            yield "context.exercise" if conditions.exercise else "!context.exercise"


def request(recipient: str, quality: str, sender: str, context: str) -> dict[str, Any]:
    """One request to Cedar."""
    return {
        "principal": _uid("Partner", recipient),
        "action": _uid("Action", f"receive.{quality}"),
        "resource": _uid("Partner", sender),
        "context": context,
    }


def _name(reason: Reason) -> str:
    # An agreement id has no slash, so the pair can be told from the text.
    return f"{reason.agreement}/{reason.clause}"


def _uid(kind: str, name: str) -> dict[str, str]:
    return {"type": kind, "id": name}


def _forbid_others(test: str) -> str:
    return f"forbid(principal, action, resource) when {{ principal != resource && {test} }};"


def _among(who: str, names: Iterable[str], membership: Membership) -> str:
    chosen = sorted(set(names))
    partners = [f"Partner::{_quoted(name)}" for name in chosen if name not in membership.alliances]
    alliances = [f"Alliance::{_quoted(name)}" for name in chosen if name in membership.alliances]
    tests = [f"{who} in [{', '.join(group)}]" for group in (partners, alliances) if group]
    return tests[0] if len(tests) == 1 else f"({' || '.join(tests)})"


def _set(words: Iterable[str]) -> str:
    return f"[{', '.join(_quoted(word) for word in sorted(set(words)))}]"


def _all_of(tests: Iterable[str]) -> str:
    return "\n  && ".join(tests)


def _quoted(text: str) -> str:
    # Texts are printable, so that only these two characters mean something else inside quotes.
    return '"{}"'.format(text.replace("\\", "\\\\").replace('"', '\\"'))
