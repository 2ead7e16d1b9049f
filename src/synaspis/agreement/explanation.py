"""Why a recipient gets what it gets of an item, or does not, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from synaspis.agreement.clause import Clause
from synaspis.agreement.item import Item, Reason
from synaspis.agreement.label import RELEASABLE_TO
from synaspis.agreement.policy import Policy
from synaspis.agreement.quality import PRODUCTS, QUALITIES, rank


class Judged(NamedTuple):
    """A clause for the product, sender and recipient of an item.

    missing: what keeps it from applying, in words; empty if it applies.
    """

    reason: Reason
    clause: Clause
    missing: tuple[str, ...]


def explain(policy: Policy, recipient: str, item: Item) -> tuple[str, ...]:
    """Why a recipient gets what it gets of an item, or nothing: the decision first, then what bears on it.

    Named are clauses that permit or forbid, those that would permit more and what they lack, clearance,
    categories, and agreements that do not hold on the day.
    """
    unknown = [f"{name!r} is no partner." for name in (recipient, item.sender) if name not in policy.partners]
    if item.product not in PRODUCTS:
        unknown.append(f"{item.product!r} is no product: {', '.join(PRODUCTS)} are.")
    if unknown:
        return (f"{recipient} gets nothing of it.", *dict.fromkeys(unknown))
    if recipient == item.sender:
        return (f"{recipient} gets all of it: it is its own.",)
    decision = policy.decide(recipient, item)
    clauses = judged(policy, recipient, item)
    return (
        _verdict(policy, recipient, item),
        *base_obstacles(policy, recipient, item),
        *_forbids(clauses),
        *_better(clauses, -1 if decision.quality is None else rank(decision.quality)),
        *_none_in_force(policy, recipient, item, clauses),
    )


def judged(policy: Policy, recipient: str, item: Item) -> list[Judged]:
    """Clauses in force for the product, sender and recipient of an item, each with what it lacks."""
    expand = policy.book.membership.expand
    return [
        Judged(Reason(agreement_id, clause_id), clause, tuple(_missing(policy, clause, item)))
        for agreement_id, agreement in policy.agreements.items()
        for clause_id, clause in agreement.clauses.items()
        if clause.product == item.product
        and item.sender in expand(clause.givers)
        and recipient in expand(clause.recipients)
    ]


def base_obstacles(policy: Policy, recipient: str, item: Item) -> Iterator[str]:
    """What keeps a recipient from an item whatever the agreements say: undefined label, clearance,
    categories.
    """
    book, label = policy.book, item.label
    if wrong := book.labels.undefined(label, book.membership.names):
        yield f"The label has no meaning here: {wrong}."
        return
    partner = book.partners[recipient]
    cleared_to = partner.cleared_to or book.labels.classifications[0]
    if book.labels.level(label.classification) > book.labels.level(cleared_to):
        yield f"It is {label.classification}, and {recipient} is cleared to {cleared_to}."
    for category in label.categories:
        values = ", ".join(category.values) or "nobody"
        if category.tag == RELEASABLE_TO:
            if recipient not in book.membership.expand(category.values):
                yield f"It is releasable to {values}, and {recipient} is not among them."
            continue
        held = partner.categories.get(category.tag, ())
        lacking = [value for value in category.values if value not in held]
        if category.type == "RESTRICTIVE" and lacking:
            yield f"It needs {', '.join(lacking)} of {category.tag!r}, and {recipient} does not hold it."
        if category.type == "PERMISSIVE" and len(lacking) == len(category.values):
            yield f"It needs any of {values} of {category.tag!r}, and {recipient} holds none."


def _missing(policy: Policy, clause: Clause, item: Item) -> Iterator[str]:
    """What keeps a clause from applying to an item of its product, sender and recipient."""
    permits, conditions = clause.effect == "permit", clause.conditions
    table = policy.book.labels
    if clause.label is not None and not table.undefined(item.label, policy.book.membership.names):
        level, bound = table.level(item.label.classification), table.level(clause.label)
        if permits and level > bound:
            yield f"it reaches up to {clause.label}"
        if not permits and level < bound:
            yield f"it begins at {clause.label}"
    if conditions.regions is not None:
        wanted = f"the area must touch {_any_of(conditions.regions)}"
        if item.regions is None:
            if permits:
                yield f"{wanted}, and no place is known"
        elif not set(conditions.regions) & set(item.regions):
            yield wanted
    if conditions.classes is not None:
        wanted = f"the class must be {_any_of(conditions.classes)}"
        if item.missile_class is None:
            if permits:
                yield f"{wanted}, and none is known"
        elif item.missile_class not in conditions.classes:
            yield wanted
    for tag, values in conditions.categories.items():
        category = item.label.category(tag)
        if category is None or not set(values) & set(category.values):
            yield f"the label must have {_any_of(values)} of {tag!r}"
    if conditions.exercise is not None and conditions.exercise != item.exercise:
        yield f"it applies {'only to' if conditions.exercise else 'not to'} exercises"


def _verdict(policy: Policy, recipient: str, item: Item) -> str:
    decision = policy.decide(recipient, item)
    what = f"the {item.product} of {item.sender}"
    if decision.quality is None:
        return f"{recipient} gets nothing of {what} on {policy.day.isoformat()}."
    late = "at once" if decision.delay_us == 0 else f"{decision.delay_us / 1e6:g} s after receipt"
    by = _listed(decision.reasons)
    return f"{recipient} gets {what} at quality {decision.quality}, {late}, by {by}."


def _forbids(clauses: list[Judged]) -> Iterator[str]:
    for reason, clause, missing in clauses:
        if clause.effect == "forbid" and not missing:
            extent = "all of it" if clause.level == QUALITIES[0] else f"quality {clause.level} and above"
            yield f"{_named(reason)} forbids {extent}."


def _better(clauses: list[Judged], granted: int) -> Iterator[str]:
    """Permits that would give more than is granted, with what is in their way."""
    for reason, clause, missing in clauses:
        if clause.effect != "permit" or rank(clause.level) <= granted:
            continue
        if missing:
            yield f"{_named(reason)} would permit quality {clause.level}, but {' and '.join(missing)}."
        else:
            yield f"{_named(reason)} permits quality {clause.level}, and what stands above wins over it."


def _none_in_force(policy: Policy, recipient: str, item: Item, clauses: list[Judged]) -> Iterator[str]:
    if any(each.clause.effect == "permit" for each in clauses):
        return
    day = policy.day.isoformat()
    yield f"No agreement in force on {day} speaks of {item.product} from {item.sender} to {recipient}."
    expand = policy.book.membership.expand
    for agreement_id, agreement in policy.book.agreements.items():
        if agreement_id not in policy.agreements and any(
            clause.effect == "permit"
            and clause.product == item.product
            and item.sender in expand(clause.givers)
            and recipient in expand(clause.recipients)
            for clause in agreement.clauses.values()
        ):
            until = "" if agreement.valid_until is None else f" to {agreement.valid_until.isoformat()}"
            yield f"{agreement_id} does, from {agreement.valid_from.isoformat()}{until}."


def _named(reason: Reason) -> str:
    return f"{reason.agreement}/{reason.clause}"


def _listed(reasons: Iterable[Reason]) -> str:
    return " and ".join(map(_named, reasons))


def _any_of(words: Iterable[str]) -> str:
    return " or ".join(words)
