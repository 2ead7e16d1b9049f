"""The web application: Litestar routes behind a gate that lets only active partners in.

The gate runs before any routing: it finds the partner of the connection's certificate, applies the limits of
connections and requests, and refuses a body that announces itself as too long.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

from litestar import Litestar, Request
from litestar.enums import ScopeType
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.types import ASGIApp, Receive, Scope, Send

from synaspis._version import VERSION
from synaspis.core.errors import Fault
from synaspis.server.answers import exception_handlers, send_error
from synaspis.server.limits import Limits
from synaspis.server.parts import Parts
from synaspis.server.routes import ROUTES
from synaspis.server.sessions import Peer

SCHEMA_PATH: Final = "/v1/schema"
_CLOSE: Final = {"connection": "close"}

Failed = Callable[[Request[Any, Any, Any], BaseException], None]
Life = Callable[[Litestar], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the gate does not let a request in. reason: for counts and the log."""

    status: int
    reason: str
    fault: Fault
    headers: Mapping[str, str]


def application(
    parts: Parts, lifespan: Callable[[], AbstractAsyncContextManager[None]] | None = None
) -> ASGIApp:
    """Return the ASGI application of a centre.

    parts: what it serves. lifespan: entered before the first request and left after the last.
    """

    @asynccontextmanager
    async def life(_app: Litestar) -> AsyncIterator[None]:
        if lifespan is None:
            yield
        else:
            async with lifespan():
                yield

    def failed(request: Request[Any, Any, Any], error: BaseException) -> None:
        parts.metrics.defects.inc()
        parts.journal.defect(error, request.scope.get("path_template", ""))

    app = _routed(parts.sessions.limits.body_bytes, failed, life)
    return _gate(app, parts)


def interface_description() -> dict[str, Any]:
    """Return the OpenAPI document of the interface, as ``/v1/schema/openapi.json`` has it."""
    app = _routed(Limits().body_bytes, lambda _request, _error: None, None)
    return app.openapi_schema.to_schema()


def _routed(body_bytes: int, failed: Failed, life: Life | None) -> Litestar:
    return Litestar(
        route_handlers=ROUTES,
        exception_handlers=exception_handlers(failed),
        openapi_config=OpenAPIConfig(
            title="Exchange centre",
            version=VERSION,
            description="HTTPS with mutual TLS; the certificate says which partner asks.",
            path=SCHEMA_PATH,
            use_handler_docstrings=True,
            render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        ),
        request_max_body_size=body_bytes,
        lifespan=[] if life is None else [life],
        logging_config=None,
        debug=False,
    )


def _gate(app: ASGIApp, parts: Parts) -> ASGIApp:
    sessions, limits = parts.sessions, parts.sessions.limits

    async def gate(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        peer: Peer = scope["state"]["peer"]
        now_us = parts.clock.now_us()
        party = sessions.roster.find(peer.fingerprint, now_us)
        refusal = _refusal(peer, scope, party is not None, limits)
        if refusal is None and party is not None:
            wait_s = sessions.wait_s(party, asyncio.get_running_loop().time())
            if not wait_s:
                scope["user"] = party
                scope["state"]["parts"] = parts
                await app(scope, receive, parts.metrics.counted(scope, send))
                return
            what = f"more than {limits.requests_per_s:g} requests a second"
            fault = Fault(what, "", "Send several messages in one body, or wait.")
            refusal = Refusal(429, "rate", fault, {"retry-after": str(max(1, ceil(wait_s)))})
        assert refusal is not None
        sessions.refuse(refusal.reason)
        parts.journal.refused(refusal.reason, peer.party_id)
        await send_error(send, refusal.status, [refusal.fault], refusal.headers)

    return gate


def _refusal(peer: Peer, scope: Scope, known: bool, limits: Limits) -> Refusal | None:
    """Why a request is not let in, whatever its partner's rate; None if nothing speaks against it."""
    if not known:
        what = "the certificate of this connection is not that of an active partner of this centre"
        remedy = "It may be renewed or retired: ask the operator."
        return Refusal(403, "certificate", Fault(what, "", remedy), _CLOSE)
    if peer.excess is not None:
        whose = "this partner" if peer.excess == 429 else "the centre"
        fault = Fault(f"too many connections of {whose} are open", "", "Close some and come again.")
        return Refusal(peer.excess, "connections", fault, {**_CLOSE, "retry-after": "5"})
    if _head_bytes(scope) > limits.header_bytes:
        fault = Fault("the headers are too long", "", f"They may have {limits.header_bytes} bytes.")
        return Refusal(431, "headers", fault, _CLOSE)
    announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if len(announced) > 18 or int(announced) > limits.body_bytes:
        what = f"the body announces {announced.decode()[:18]} bytes; {limits.body_bytes} are allowed"
        return Refusal(413, "body", Fault(what, "", "Send fewer messages in one body."), _CLOSE)
    return None


def _head_bytes(scope: Scope) -> int:
    # What came in one piece is parsed before the protocol's own limit is looked at.
    return (
        len(scope["raw_path"])
        + len(scope["query_string"])
        + sum(len(name) + len(value) + 4 for name, value in scope["headers"])
    )
