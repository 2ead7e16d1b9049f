"""What persons send: messages of their cell, signed with its key, with the name of the person in them."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from synaspis.agreement import Label
from synaspis.core.clock import to_rfc3339
from synaspis.core.documents import nearest
from synaspis.core.errors import Fault
from synaspis.exchange.answers import Answer
from synaspis.messages import BODIES, PRODUCTS, Refused, new_id, read_message, seal, write_message
from synaspis.messages.message import SCHEMA
from synaspis.messages.strict import canonical_json
from synaspis.server.answers import Problem
from synaspis.server.cells.access import Session
from synaspis.server.cells.hall import Hall
from synaspis.server.cells.side import CENTRES, CentreName

SPOKEN: Final[Mapping[str, str]] = {
    **{kind: "remarks" for kind, body in BODIES.items() if "remarks" in body.model_fields},
    "text": "text",
    "ambiguity-answer": "answer",
    "cancellation": "reason",
    "correction": "reason",
}
"""Member of each kind in which a person speaks; kinds without one are not sent by persons."""

NOT_BY_HAND: Final = frozenset(BODIES) - frozenset(SPOKEN) | {"exercise-control"}

BY_HAND: Final = frozenset(SPOKEN) - NOT_BY_HAND

NOTE_MAX: Final = 1_000
_MEMBERS: Final = frozenset({"kind", "body", "note", "centre", "label"})


async def act(hall: Hall, session: Session, given: Any) -> tuple[int, dict[str, Any]]:
    """Send what a person says; returns the status of HTTP and the answer.

    given: the request. Raises Problem where nothing was sent: a role that may not act, a request that is
    none, an exercise that stands still.
    """
    cell = acting_cell(session)
    kind, body, note = _asked(given)
    if kind in NOT_BY_HAND:
        what = f"{kind!r} is not sent by hand"
        raise Problem(403, Fault(what, "kind", f"By hand: {', '.join(sorted(BY_HAND))}."))
    if hall.conductor is not None and (state := hall.conductor.clock()["state"]) != "running":
        what = f"the exercise is {state}: nothing is sent"
        raise Problem(409, Fault(what, "", "Wait until the white cell starts or resumes it."))
    centre = given.get("centre") or ("coordination" if _product(kind, body) == "coordination" else "data")
    if centre not in CENTRES:
        fault = Fault(f"{str(centre)[:40]!r} is no centre", "centre", f"Allowed: {', '.join(CENTRES)}.")
        raise Problem(400, fault)
    hall.check_link(centre, cell)
    return await say(hall, session, cell, centre, kind, body, note, given.get("label"))


async def say(
    hall: Hall,
    session: Session,
    cell: str,
    centre: CentreName,
    kind: str,
    body: Mapping[str, Any],
    note: str,
    label: Any = None,
) -> tuple[int, dict[str, Any]]:
    """Sign and hand in a message of a cell, with the name of the person in it; otherwise as `act`."""
    side = hall.sides[centre]
    members = {
        "schema": SCHEMA,
        "kind": kind,
        "id": new_id(),
        "sender": cell,
        "sent_at": to_rfc3339(hall.clock.now_us()),
        "label": label or _label(side.book.default_label()),
        "body": _named(kind, body, note, session),
    }
    if hall.conductor is not None:
        members["exercise"] = hall.conductor.exercise
    try:
        raw = seal(write_message(read_message(canonical_json(members))), side.keys[cell])
    except Refused as refused:
        raise Problem(422, refused.faults) from None
    except (TypeError, ValueError, RecursionError):
        raise Problem(422, Fault("the message cannot be written as JSON", "body")) from None
    answer = await side.submit(cell, raw)
    hall.journal.write(
        "act", partner=cell, role=session.given.role, source=session.id, code=kind, status=answer.status,
        text=hashlib.sha256(raw).hexdigest(),
    )  # fmt: skip
    return _told(answer)


def acting_cell(session: Session) -> str:
    """The cell that a session acts for. Raises Problem 403 for a role that only looks."""
    if session.given.role not in ("nation", "white") or session.given.cell is None:
        what = f"the role {session.given.role} sends nothing"
        raise Problem(403, Fault(what, "", "Ask the operator for a link of a cell."))
    return session.given.cell


def _asked(given: Any) -> tuple[str, Mapping[str, Any], str]:
    """Kind, body and note of a request. Raises Problem with every fault."""
    if not isinstance(given, Mapping):
        raise Problem(400, Fault("the request is a JSON object", "", "Give kind, body and note."))
    faults = [Fault(f"unknown key {str(key)[:40]!r}", str(key)[:40]) for key in set(given) - _MEMBERS]
    kind, body, note = given.get("kind"), given.get("body"), given.get("note", "")
    if not isinstance(kind, str) or kind not in BODIES:
        remedy = nearest(kind, tuple(BODIES)) if isinstance(kind, str) else ""
        faults.append(Fault(f"{str(kind)[:40]!r} is no kind of message", "kind", remedy))
    if not isinstance(body, Mapping):
        faults.append(Fault("the body is a JSON object", "body"))
    if not isinstance(note, str) or len(note) > NOTE_MAX:
        faults.append(Fault(f"a note is text of at most {NOTE_MAX:,} characters", "note"))
    if not isinstance(given.get("label") or {}, Mapping):
        faults.append(Fault("a label is a JSON object", "label"))
    if faults:
        raise Problem(400, faults)
    assert isinstance(kind, str)
    assert isinstance(body, Mapping)
    return kind, body, note


def _product(kind: str, body: Mapping[str, Any]) -> str | None:
    refers_to = body.get("refers_to")
    meant = refers_to.get("kind") if isinstance(refers_to, Mapping) else kind
    return PRODUCTS.get(str(meant))


def _named(kind: str, body: Mapping[str, Any], note: str, session: Session) -> dict[str, Any]:
    """A body with the note and the name of the person at the end of what is said in it."""
    member = SPOKEN[kind]
    said = body.get(member)
    if said is not None and not isinstance(said, str):
        return dict(body)  # refused with the message, where the fault is told
    given = session.given
    parts = [said or "", note, f"({given.name}, {given.cell})"]
    return {**body, member: " ".join(part.strip() for part in parts if part.strip())}


def _label(label: Label) -> dict[str, Any]:
    return dict(label.to_json())


def _told(answer: Answer) -> tuple[int, dict[str, Any]]:
    """A signed answer as the page gets it: content first, the signed bytes beside it."""
    envelope = json.loads(answer.body)
    content = json.loads(base64.b64decode(envelope["payload"]))
    if not answer.code:
        return answer.status, {"status": answer.status, "receipt": content, "envelope": envelope}
    return answer.status, {"error": {"faults": content["faults"]}, "refusal": content, "envelope": envelope}
