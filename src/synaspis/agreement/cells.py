"""Everything that the agreements of a day can be asked, one cell for each answer; what another book changes.

A release decision depends on few things, each with few values, so that all can be gone through: this takes
the place of a proof. An axis that nothing in the book uses has one value, and so does what a decision cannot
depend on:

* products that no clause names are left out: nobody gets them;
* of `Releasable to` only alliances are gone through: with a partner as the only value, that partner's
  decision is the one without the category and all others get nothing;
* labels have one value of one category, and two where a clause has a condition on categories; areas touch
  one region or two. More cannot show more: a set of values is permitted if one of them is, and forbidden if
  one of them is, so that wherever two books decide differently on a set they do so on two of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations, product
from typing import TypeVar

from synaspis.agreement.book import AgreementBook
from synaspis.agreement.clause import Clause
from synaspis.agreement.item import Decision, Item
from synaspis.agreement.label import RELEASABLE_TO, Category, Label
from synaspis.agreement.quality import MISSILE_CLASSES, PRODUCTS

Value = TypeVar("Value")


@dataclass(frozen=True)
class Cell:
    """What one recipient gets of one kind of item."""

    recipient: str
    item: Item
    decision: Decision


@dataclass(frozen=True)
class Change:
    """A cell in which two books decide differently: another quality or another delay."""

    recipient: str
    item: Item
    before: Decision
    after: Decision


def cells(book: AgreementBook, day: date) -> Iterator[Cell]:
    """Every cell of recipient, sender, classification, category, product, class and region on a day.

    What a partner gets of itself is left out: it is always all of it.
    """
    policy = book.policy_on(day)
    for item in _items((book,), day):
        for recipient, decision in policy.decide_all(item).items():
            if recipient != item.sender:
                yield Cell(recipient, item, decision)


def changes(old: AgreementBook, new: AgreementBook, day: date) -> Iterator[Change]:
    """Every cell, of either book, in which the decision of a day changes.

    A change in the clause that decides, with the same quality and delay, is none. Regions are compared by
    id: `moved_regions` names those that are elsewhere.
    """
    before, after = old.policy_on(day), new.policy_on(day)
    if before.version == after.version:
        return
    partners = _union((before.partners, after.partners))
    for item in _items((old, new), day):
        was, becomes = before.decide_all(item), after.decide_all(item)
        for recipient in partners:
            if recipient != item.sender:
                one = was.get(recipient) or before.decide(recipient, item)
                two = becomes.get(recipient) or after.decide(recipient, item)
                if (one.quality, one.delay_us) != (two.quality, two.delay_us):
                    yield Change(recipient, item, one, two)


def moved_regions(old: AgreementBook, new: AgreementBook) -> tuple[str, ...]:
    """Ids of regions that both books have, in another place."""
    known, given = old.document.regions, new.document.regions
    places = {
        name: tuple(known[name].model_dump(exclude={"name"}).items())
        == tuple(given[name].model_dump(exclude={"name"}).items())
        for name in known
        if name in given
    }
    return tuple(name for name, same in places.items() if not same)


def _items(books: tuple[AgreementBook, ...], day: date) -> Iterator[Item]:
    clauses = [
        clause
        for book in books
        for agreement in book.in_force(day).values()
        for clause in agreement.clauses.values()
    ]
    named = {clause.product for clause in clauses}
    axes = product(
        _union(book.membership.partners for book in books),
        [each for each in PRODUCTS if each in named],
        _union(_labels(book, clauses) for book in books),
        _classes(clauses),
        _regions(clauses),
        _exercise(clauses),
    )
    for sender, of_product, label, missile_class, regions, exercise in axes:
        yield Item(sender, of_product, label, missile_class, regions, exercise)


def _labels(book: AgreementBook, clauses: list[Clause]) -> Iterator[Label]:
    table = book.labels
    cleared = {partner.cleared_to for partner in book.document.partners.values()}
    used = cleared != {table.classifications[-1]} or any(clause.label is not None for clause in clauses)
    marks = list(_marks(book, clauses))
    sets: list[tuple[Category, ...]] = [(), *((mark,) for mark in marks)]
    if any(clause.conditions.categories for clause in clauses):
        sets += [_joined(pair) for pair in combinations(marks, 2)]
    for classification in table.classifications if used else table.classifications[:1]:
        for categories in sets:
            yield Label(table.policy, classification, categories)


def _marks(book: AgreementBook, clauses: list[Clause]) -> Iterator[Category]:
    """Each value of each category that a decision can depend on."""
    named = {tag for clause in clauses for tag in clause.conditions.categories}
    values = {RELEASABLE_TO: book.membership.names if RELEASABLE_TO in named else book.membership.alliances}
    for value in values[RELEASABLE_TO]:
        yield Category(RELEASABLE_TO, "PERMISSIVE", (value,))
    for tag, domain in book.labels.categories.items():
        if domain.type != "informative" or tag in named:
            for value in domain.values:
                yield Category(tag, domain.label_type, (value,))


def _joined(pair: tuple[Category, Category]) -> tuple[Category, ...]:
    one, two = pair
    return pair if one.tag != two.tag else (Category(one.tag, one.type, (*one.values, *two.values)),)


def _classes(clauses: list[Clause]) -> list[str | None]:
    named = {each for clause in clauses for each in clause.conditions.classes or ()}
    if not named:
        return [None]
    # One class that no clause names stands for all such.
    others = [each for each in MISSILE_CLASSES if each not in named][:1]
    return [None, *(each for each in MISSILE_CLASSES if each in named), *others]


def _regions(clauses: list[Clause]) -> list[tuple[str, ...] | None]:
    named = sorted({each for clause in clauses for each in clause.conditions.regions or ()})
    if not named:
        return [()]
    return [None, (), *((each,) for each in named), *combinations(named, 2)]


def _exercise(clauses: list[Clause]) -> list[bool]:
    used = any(clause.conditions.exercise is not None for clause in clauses)
    return [False, True] if used else [False]


def _union(groups: Iterable[Iterable[Value]]) -> tuple[Value, ...]:
    """Each once, in the order of their first appearance."""
    return tuple(dict.fromkeys(value for group in groups for value in group))
