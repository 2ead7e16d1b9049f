"""Addresses of the cell server: each reads its request, asks the hall, and writes what it says."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.exceptions import InternalServerException
from litestar.types import ASGIApp

from synaspis.core.clock import to_rfc3339
from synaspis.core.documents import nearest
from synaspis.core.errors import Fault
from synaspis.messages import Refused, strict_json
from synaspis.messages.strict import Limits
from synaspis.server.answers import Problem
from synaspis.server.calls import json_answer
from synaspis.server.cells.access import ROLES, SESSION_US, Pass, Session, name_fault
from synaspis.server.cells.acts import act
from synaspis.server.cells.gate import BODY_BYTES
from synaspis.server.cells.hall import Hall
from synaspis.server.cells.programme import programme_of
from synaspis.server.cells.reasons import centre_named, why, why_not
from synaspis.server.cells.stream import Reader, place_of
from synaspis.server.cells.white import control

Call = Request[Session, Any, Any]

_LIMITS: Final = Limits(size_bytes=BODY_BYTES, depth=16, items=10_000, characters=BODY_BYTES)


def _hall(request: Call) -> Hall:
    hall: Hall = request.scope["state"]["hall"]
    return hall


async def _given(request: Call) -> dict[str, Any]:
    """The JSON object in the body of a request. Raises Problem 400."""
    try:
        found = strict_json(await _body(request), _LIMITS)
    except Refused as refused:
        raise Problem(400, refused.faults) from None
    if not isinstance(found, dict):
        raise Problem(400, Fault("the body is a JSON object"))
    return found


async def _body(request: Call) -> bytes:
    try:
        return await request.body()
    except InternalServerException:
        # Litestar's word for a connection that ended.
        raise Problem(400, Fault("the connection ended within the body of the request")) from None


def _operator(request: Call) -> Session:
    if request.user.given.role != "operator":
        raise Problem(403, Fault("this address is for the operator", "", "Use the operator's link."))
    return request.user


@get("/enter")
async def enter(request: Call) -> Response[bytes]:
    """Redeem a one-time link."""
    hall = _hall(request)
    found = hall.access.redeem(request.query_params.get("ticket", ""))
    if found is None:
        hall.journal.refused("ticket", "")
        fault = Fault(
            "this link is none, was used already or has ended", "ticket", "Ask the operator for another."
        )
        raise Problem(403, fault)
    secret, session = found
    given = session.given
    hall.journal.write("entered", partner=given.cell, role=given.role, source=session.id)
    cookie = f"{hall.cookie}={secret}; Path=/; Max-Age={SESSION_US // 1_000_000}; HttpOnly; SameSite=Strict"
    headers = {"location": "/", "set-cookie": f"{cookie}; Secure" if hall.secure else cookie}
    return Response(b"", status_code=303, headers=headers, media_type="text/plain")


@get("/api/session")
async def session(request: Call) -> Response[bytes]:
    """Who asks, and what it may see."""
    return json_answer(_session(_hall(request), request.user))


def _session(hall: Hall, session: Session) -> dict[str, Any]:
    given = session.given
    return {
        "cell": given.cell,
        "role": given.role,
        "name": given.name,
        "exercise": None if hall.conductor is None else hall.conductor.exercise,
        "nations": [
            {"id": cell.id, "name": cell.name} for cell in hall.cells.values() if cell.id != hall.white
        ],
        "view_as": list(given.view_as),
        "until": to_rfc3339(session.until_us),
        "scenario": hall.scenes.session_part(),
    }


@post("/api/name", status_code=200)
async def name(request: Call) -> Response[bytes]:
    """Say who sits there."""
    hall, given = _hall(request), await _given(request)
    if (fault := name_fault(given.get("name"))) is not None or set(given) != {"name"}:
        raise Problem(400, fault or Fault("only a name can be given here"))
    if request.user.fingerprint:
        raise Problem(409, Fault("who enters by certificate has its name", "name", "Use a one-time link."))
    return json_answer(_session(hall, hall.access.rename(request.user, given["name"].strip())))


@post("/api/leave", status_code=204)
async def leave(request: Call) -> None:
    """End the session."""
    hall = _hall(request)
    hall.access.end(request.user.id)
    hall.end_session(request.user.id)
    hall.journal.write("left", partner=request.user.given.cell, source=request.user.id)


@get("/api/scene")
async def scene(request: Call) -> Response[bytes]:
    """What stands on the ground."""
    hall = _hall(request)
    hall.viewed(request.user, request.query_params.get("as"))
    return json_answer(await hall.scenes.shown())


@get("/api/feed")
async def feed(request: Call) -> ASGIApp:
    """Stream of a cell."""
    hall, asked = _hall(request), request.query_params
    cell = hall.viewed(request.user, asked.get("as"))
    hall.check_streams(request.user)
    if not cell.ready.is_set():
        fault = Fault("what this cell was delivered is being read", "", "Come again in a second.")
        raise Problem(503, fault, {"retry-after": "1"})
    place = place_of(request.headers.get("last-event-id") or asked.get("after"), cell)
    hall.show_board(cell)
    cell.show("clock", "clock", hall.clock_shown())
    reader = Reader(cell, request.user, request.scope["state"]["peer"], place)

    async def stream(_scope: Any, receive: Any, send: Any) -> None:
        await hall.follow(reader, receive, send)

    return stream


@post("/api/act", status_code=201)
async def acting(request: Call) -> Response[bytes]:
    """Send a message of the cell."""
    status, answer = await act(_hall(request), request.user, await _given(request))
    found = json_answer(answer)
    found.status_code = status
    return found


@post("/api/white", status_code=200)
async def white(request: Call) -> Response[bytes]:
    """Run the exercise."""
    return json_answer(await control(_hall(request), request.user, await _given(request)))


@get("/api/exercise")
async def programme(request: Call) -> Response[bytes]:
    """The list of events, for the white cell."""
    if request.user.given.role != "white":
        fault = Fault("the list of events is for the white cell", "", "Use a link of the role white.")
        raise Problem(403, fault)
    loaded = _hall(request).scenes.loaded
    if loaded is None:
        fault = Fault("no exercise is being run here", "", "Start the server with --exercise.")
        raise Problem(409, fault)
    return json_answer(programme_of(loaded))


@get("/api/why")
async def reasons(request: Call) -> Response[bytes]:
    """Why an event was given."""
    asked = request.query_params
    cell = _hall(request).viewed(request.user, asked.get("as"))
    centre, counter = centre_named(asked.get("centre")), asked.get("counter", "")
    if not (counter.isascii() and counter.isdigit() and len(counter) <= 15):
        raise Problem(400, Fault(f"{counter[:40]!r} is no counter of an event", "counter"))
    return json_answer(await why(cell, centre, int(counter)))


@get("/api/why-not")
async def reasons_against(request: Call) -> Response[bytes]:
    """What the agreements say to an item of a kind."""
    hall, asked = _hall(request), request.query_params
    cell = hall.viewed(request.user, asked.get("as"))
    side = hall.sides[centre_named(asked.get("centre"))]
    return json_answer(why_not(hall, side, cell.id, dict(asked)))


@get("/api/status")
async def status(request: Call) -> Response[bytes]:
    """How the server is, for the operator."""
    hall, _ = _hall(request), _operator(request)
    sessions, streams = hall.access.sessions(), hall.streams()
    centres = []
    for side in hall.sides.values():
        health = side.desk.health()
        centres.append({"id": side.name, "status": health.status, "detail": health.detail, "url": side.url})
    cells = [
        {"id": name, "sessions": sum(each.given.cell == name for each in sessions), "feeds": streams[name]}
        for name in hall.cells
    ]
    listed = [
        {"id": each.id, "cell": each.given.cell, "role": each.given.role, "name": each.given.name,
         "until": to_rfc3339(each.until_us)}
        for each in sessions
    ]  # fmt: skip
    return json_answer({"cells": cells, "centres": centres, "sessions": listed})


@post("/api/links", status_code=201)
async def links(request: Call) -> Response[bytes]:
    """Make a one-time link."""
    hall, by = _hall(request), _operator(request)
    given = _pass(hall, await _given(request))
    link, until_us = hall.link(given)
    hall.journal.write("link", partner=given.cell, role=given.role, source=by.id)
    found = json_answer({"link": link, "until": to_rfc3339(until_us)})
    found.status_code = 201
    return found


def _pass(hall: Hall, given: dict[str, Any]) -> Pass:
    """What a link is asked for. Raises Problem 400 with every fault."""
    role, cell, view_as = given.get("role"), given.get("cell"), given.get("view_as")
    known = tuple(hall.cells)
    faults = [Fault(f"unknown key {key[:40]!r}", key[:40]) for key in set(given) - _LINK]
    if role not in ROLES:
        faults.append(Fault(f"{str(role)[:40]!r} is no role", "role", f"Allowed: {', '.join(ROLES)}."))
    if role in ("nation", "white") and (cell not in known or (cell == hall.white) != (role == "white")):
        fitting = tuple(name for name in known if (name == hall.white) == (role == "white"))
        what = f"{str(cell)[:40]!r} is no cell of this role"
        faults.append(Fault(what, "cell", nearest(str(cell), fitting)))
    if role in ("observer", "operator") and cell is not None:
        faults.append(Fault(f"the role {role} acts for no cell", "cell", "Leave it out."))
    seen = hall.views(role, cell) if view_as is None else view_as
    if not isinstance(seen, list | tuple) or not set(map(str, seen)) <= set(hall.views(role, cell)):
        what = "the role may not see all of these cells"
        faults.append(Fault(what, "view_as", f"Allowed: {', '.join(hall.views(role, cell))}."))
    if (fault := name_fault(given.get("name"))) is not None:
        faults.append(fault)
    if faults:
        raise Problem(400, faults)
    return Pass(cell, role, given["name"].strip(), tuple(dict.fromkeys(seen or ())))  # type: ignore[arg-type]


_LINK: Final = frozenset({"role", "cell", "name", "view_as"})


@post("/api/sessions/end", status_code=204)
async def end_session(request: Call) -> None:
    """End a session and its streams."""
    hall, by, given = _hall(request), _operator(request), await _given(request)
    ended = str(given.get("id", ""))
    if not hall.access.end(ended):
        raise Problem(404, Fault("there is no such session", "id", "GET /api/status lists them."))
    hall.end_session(ended)
    hall.journal.write("session-ended", source=by.id)


ROUTES: Final = [
    enter, session, name, leave, scene, feed, acting, white, programme, reasons, reasons_against, status,
    links, end_session,
]  # fmt: skip
"""Every address that is not a file of the page."""
