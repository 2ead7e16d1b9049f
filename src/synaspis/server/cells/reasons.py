"""Why a cell was given an event, and why it is not given others: from the agreements, in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from synaspis.agreement import Item, Label, Policy, explain
from synaspis.agreement.quality import MISSILE_CLASSES, PRODUCTS
from synaspis.core.clock import to_rfc3339
from synaspis.core.documents import nearest
from synaspis.core.errors import Fault
from synaspis.exchange.describe import describe
from synaspis.messages import canonical_json, read_message
from synaspis.messages.message import SCHEMA
from synaspis.server.answers import Problem
from synaspis.server.cells.cell import Cell
from synaspis.server.cells.hall import Hall
from synaspis.server.cells.side import CENTRES, CentreName, Side


def centre_named(name: str | None) -> CentreName:
    """A centre by its name. Raises Problem 400."""
    for centre in CENTRES:
        if name == centre:
            return centre
    fault = Fault(f"{str(name)[:40]!r} is no centre", "centre", f"Allowed: {', '.join(CENTRES)}.")
    raise Problem(400, fault)


async def why(cell: Cell, centre: CentreName, counter: int) -> dict[str, Any]:
    """Why a cell was given an event. Raises Problem 404 where it was given none of this counter."""
    # What waits in the store while an inject keeps the cell from the centre was not given to it yet.
    was_given = 0 < counter <= cell.place[centre]
    found = await cell.sides[centre].read(cell.id, counter - 1, 1) if was_given else ()
    if not found or found[0].counter != counter:
        what = f"{cell.id} was given no event {counter} by the {centre} centre"
        raise Problem(404, Fault(what, "counter"))
    content = json.loads(found[0].data)
    clauses, told = _clauses(content), list(_sentences(cell, content, _clauses(content)))
    delay_s: float | None = None
    if "envelope" in content:
        # All of it was given, so that the decision can be made again; less of a message decides nothing.
        side = cell.sides[centre]
        item = describe(read_message(canonical_json({"schema": SCHEMA, **content["message"]})), side.book)
        policy = side.book.policy_on(date.fromisoformat(str(content["at"])[:10]))
        told = list(explain(policy, cell.id, item))
        delay_s = policy.decide(cell.id, item).delay_us / 1e6
    return {
        "centre": centre,
        "counter": counter,
        "quality": content.get("quality"),
        "delay_s": delay_s,
        "clauses": clauses,
        "sentences": told,
    }


def why_not(hall: Hall, side: Side, cell: str, asked: Mapping[str, str]) -> dict[str, Any]:
    """What the agreements in force say to an item of a kind, for a cell.

    asked: sender and product, and classification and class where they are given. Raises Problem 400 with
    every fault of them.
    """
    book, policy = side.book, _policy(hall, side)
    sender, product = asked.get("sender", ""), asked.get("product", "")
    classification, missile_class = asked.get("classification"), asked.get("class")
    partners = tuple(book.membership.partners)
    levels = tuple(book.labels.classifications)
    faults = [
        Fault(f"{given[:40]!r} is no {what}", where, nearest(given, known))
        for given, what, where, known in (
            (sender, "partner", "sender", partners),
            (product, "product", "product", PRODUCTS),
            (classification or levels[0], "classification", "classification", levels),
            (missile_class or MISSILE_CLASSES[0], "missile class", "class", MISSILE_CLASSES),
        )
        if given not in known
    ]
    if faults:
        raise Problem(400, faults)
    lowest = book.default_label()
    label = Label(lowest.policy, classification or lowest.classification, ())
    item = Item(sender, product, label, missile_class, None, hall.conductor is not None)
    decision = policy.decide(cell, item)
    return {
        "centre": side.name,
        "sender": sender,
        "product": product,
        "quality": decision.quality,
        "delay_s": None if decision.quality is None else decision.delay_us / 1e6,
        "sentences": list(explain(policy, cell, item)),
    }


def _policy(hall: Hall, side: Side) -> Policy:
    return side.book.policy_on(date.fromisoformat(to_rfc3339(hall.clock.now_us())[:10]))


def _clauses(content: Mapping[str, Any]) -> list[dict[str, str]]:
    """Clauses of an event; of a picture those of its tracks, each once."""
    named = list(content.get("why") or ())
    for track in content.get("tracks") or ():
        named += track.get("why") or ()
    found = {(str(each.get("agreement")), str(each.get("clause"))) for each in named}
    return [{"agreement": agreement, "clause": clause} for agreement, clause in sorted(found)]


def _sentences(cell: Cell, content: Mapping[str, Any], clauses: list[dict[str, str]]) -> Any:
    kind = str(content.get("type"))
    named = " and ".join(f"{each['agreement']}/{each['clause']}" for each in clauses)
    if kind == "picture":
        yield "A picture is fused from what its recipient may see, and from nothing else."
        yield f"Its tracks are shown to {cell.id} by {named}." if named else "It rests on its own sensors."
        return
    if kind == "notice":
        yield f"The centre tells {cell.id} of a change that concerns it."
        return
    message = content.get("message") or {}
    what = f"this {message.get('kind', 'message')} of {message.get('sender', 'somebody')}"
    if message.get("sender") == cell.id:
        yield f"{cell.id} gets all of {what}: it is its own."
        return
    yield f"{cell.id} gets {what} at quality {content.get('quality')}, by {named or 'no clause'}."
    if content.get("quality") != "covariance":
        yield "What a higher quality would show was left out by the centre, before it was signed."
