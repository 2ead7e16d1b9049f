"""What every address needs of its request: who asks, what it is served from, how an answer is written."""

from __future__ import annotations

import json
from typing import Any, Final

from litestar import Request, Response
from litestar.exceptions import InternalServerException

from synaspis.core.errors import Fault
from synaspis.server.answers import JSON, Problem
from synaspis.server.parts import Parts
from synaspis.server.sessions import Party

TEXT: Final = "text/plain"
"""Litestar adds that it is UTF-8."""

Call = Request[Party, Any, Any]


def parts_of(request: Call) -> Parts:
    """Return what the gate has put beside the request."""
    parts: Parts = request.scope["state"]["parts"]
    return parts


def partner_of(request: Call) -> Party:
    """Return the partner that asks. Raises Problem for an operator."""
    if request.user.role != "partner":
        what = f"this address is for partners, and {request.user.id} is an operator"
        raise Problem(403, Fault(what, "", "Use the certificate of a partner."))
    return request.user


def operator_of(request: Call) -> Party:
    """Return the operator that asks. Raises Problem for a partner."""
    if request.user.role != "operator":
        raise Problem(403, Fault("this address is for operators", "", "Use the operator's certificate."))
    return request.user


def media_type_of(request: Call, allowed: set[str]) -> str:
    """Return what the body of a request is. Raises Problem if it is not of the kinds allowed."""
    given = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if given not in allowed:
        what = f"the body is of the kind {given[:80]!r}; allowed: {', '.join(sorted(allowed))}"
        raise Problem(415, Fault(what, "content-type", "Say what the body is."))
    return given


async def body_of(request: Call) -> bytes:
    """Return the body of a request.

    Raises Problem where the client hung up within it, which is no defect of the centre, and as Litestar does
    for one that is too long.
    """
    try:
        return await request.body()
    except InternalServerException:
        # Litestar's word for a connection that ended; nobody is there to read the answer.
        raise Problem(400, Fault("the connection ended within the body of the request")) from None


def json_answer(document: Any) -> Response[bytes]:
    """Return a document as JSON."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Response(text.encode(), media_type=JSON)
