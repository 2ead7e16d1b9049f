"""The addresses of the interface: each reads its request, asks the desk, and writes what it says."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.params import Parameter
from litestar.types import ASGIApp

from synaspis.core.errors import Fault
from synaspis.exchange.answers import Answer
from synaspis.server.answers import JSON, Problem
from synaspis.server.calls import (
    TEXT,
    Call,
    body_of,
    json_answer,
    media_type_of,
    operator_of,
    partner_of,
    parts_of,
)
from synaspis.server.desk import Desk
from synaspis.server.documents import (
    COUNTER_MAX,
    After,
    EnvelopeDocument,
    EventDocument,
    HealthDocument,
    KeysDocument,
    SubmitOperation,
    WhoAmIDocument,
    answers,
    failures,
)
from synaspis.server.log_routes import LOG_ROUTES
from synaspis.server.sessions import Party, Peer

NDJSON: Final = "application/x-ndjson"


@post(
    "/v1/messages",
    responses={
        200: answers(EnvelopeDocument, "The receipt of an identical envelope taken before."),
        201: answers(EnvelopeDocument, "A signed receipt."),
        207: answers(str, "One line for each envelope: its status and body.", NDJSON),
        **failures(413, 415, 421),
    },
    operation_class=SubmitOperation,
)
async def messages(request: Call) -> Response[bytes]:
    """Hand in one message, or one in each line; the answer is signed, and durable before it is given."""
    party, parts = partner_of(request), parts_of(request)
    kind = media_type_of(request, {JSON, NDJSON})
    body = await body_of(request)
    if kind == JSON:
        answered = await parts.desk.submit(party.id, body)
        return Response(answered.body, status_code=answered.status, media_type=JSON)
    lines = [line for line in body.split(b"\n") if line.strip()]
    if not lines:
        raise Problem(400, Fault("the body holds no envelope", "", "Put one into each line."))
    allowed = parts.sessions.limits.batch_lines
    if len(lines) > allowed:
        what = f"{len(lines)} envelopes in one request; {allowed} are allowed"
        raise Problem(413, Fault(what, "", "Divide them into several requests."))
    taken = await asyncio.gather(*(parts.desk.submit(party.id, line) for line in lines))
    return Response(b"".join(map(_line, taken)), status_code=207, media_type=NDJSON)


@get(
    "/v1/feed",
    responses={
        200: answers(str, "Server-sent events until one side ends.", "text/event-stream"),
        **failures(409),
    },
)
async def feed(request: Call, after: After = None) -> ASGIApp:
    """Follow the partner's feed; it goes on after `Last-Event-ID`, or `after`, or from its beginning."""
    party, parts = partner_of(request), parts_of(request)
    begin = await _known(parts.desk, party, _resume(request, after))
    allowed = parts.sessions.limits.feeds_per_partner
    if parts.feeds.open_count(party.id) >= allowed:
        what = f"{allowed} feeds are open already"
        raise Problem(429, Fault(what, "", "Close one of them first."), {"retry-after": "5"})
    peer: Peer = request.scope["state"]["peer"]

    async def follow(_scope: Any, receive: Any, send: Any) -> None:
        await parts.feeds.serve(party.id, peer, begin, receive, send)

    return follow


@get(
    "/v1/feed/batch",
    responses={
        200: answers(list[EventDocument], "Events in order."),
        **failures(409),
    },
)
async def batch(
    request: Call,
    after: After = None,
    limit: Annotated[int, Parameter(ge=1, le=COUNTER_MAX, description="Most events wanted.")] = 100,
) -> Response[bytes]:
    """Events after a counter that are there now; fewer than `limit` if there are no more."""
    party, parts = partner_of(request), parts_of(request)
    begin = await _known(parts.desk, party, after or 0)
    most = min(limit, parts.sessions.limits.feed_batch)
    events = await parts.desk.feed(party.id, begin, most)
    listed = [
        {"id": each.counter, "event": each.type, "salt": each.salt.hex(), "data": each.data.decode()}
        for each in events
    ]
    return json_answer(listed)


@get("/v1/whoami", responses={200: answers(WhoAmIDocument, "The caller."), **failures()})
async def whoami(request: Call) -> Response[bytes]:
    """Whom the centre takes the caller for, and until when its certificate lasts."""
    document = request.user.document
    shown = request.scope["state"]["peer"].fingerprint
    until = next(each.valid_until for each in document.certificates if each.fingerprint == shown)
    return json_answer(
        {
            "id": document.id,
            "role": document.role,
            "since": document.since,
            "certificate": shown,
            "certificate_valid_until": until,
            "witness": document.witness_vkey is not None,
        }
    )


@get(
    "/v1/health",
    responses={
        200: answers(HealthDocument, "The centre is well, or behind."),
        **failures(),
        503: answers(HealthDocument, "The centre takes nothing now."),
    },
)
async def health(request: Call) -> Response[bytes]:
    """How the centre is."""
    found = parts_of(request).desk.health()
    status = 200 if found.status in ("ok", "behind") else 503
    answer = json_answer({"status": found.status, "detail": found.detail})
    answer.status_code = status
    return answer


@get("/v1/keys", responses={200: answers(KeysDocument, "Public keys."), **failures()})
async def keys(request: Call) -> Response[bytes]:
    """Public keys of the centre and its log. Who trusts nobody has them from elsewhere."""
    return json_answer(parts_of(request).desk.keys())


@get("/metrics", responses={200: answers(str, "Prometheus text.", TEXT), **failures()})
async def metrics(request: Call) -> Response[bytes]:
    """Counts for the operator: nothing of content, nothing of who sends to whom."""
    operator_of(request)
    found = parts_of(request).metrics
    return Response(found.text(), media_type=found.media_type)


def _resume(request: Call, after: int | None) -> int:
    """Counter after which a feed goes on: the header of a reader that reconnects comes first."""
    text = request.headers.get("last-event-id")
    if text is None:
        return after or 0
    if not (text.isascii() and text.isdigit() and len(text) <= 16 and int(text) <= COUNTER_MAX):
        what = f"{text[:40]!r} is not the id of an event"
        raise Problem(400, Fault(what, "last-event-id", "Send the id that came last, or no such header."))
    return int(text)


async def _known(desk: Desk, party: Party, after: int) -> int:
    """Return a counter if the centre knows it: one from the future means that the centre lost something."""
    if after and not await desk.feed(party.id, after - 1, 1):
        what = f"the feed has no event {after}"
        remedy = "If you received it, this centre was set back to an earlier state: tell its operator."
        raise Problem(409, Fault(what, "after", remedy))
    return after


def _line(answered: Answer) -> bytes:
    return b'{"status":%d,"body":%s}\n' % (answered.status, answered.body)


ROUTES: Final = [
    messages,
    feed,
    batch,
    *LOG_ROUTES,
    whoami,
    health,
    keys,
    metrics,
]
"""Every address of the interface."""
