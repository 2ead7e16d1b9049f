"""The one shape of errors: ``{"error":{"faults":[{"what","where","remedy"}]}}``, whatever went wrong.

Refusals of a submission are signed by the centre and are not made here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from synaspis.core.errors import Fault, InputError
from synaspis.exchange.store.storage import StorageError
from synaspis.server.feed import Send

JSON: Final = "application/json"

_MISSING: Final = re.compile(r"Missing required query parameter '(\w+)'")

_SAID: Final = {
    400: ("the request is not as the interface has it", "GET /v1/schema describes every request."),
    404: ("there is nothing under this address", "GET /v1/schema lists all addresses."),
    405: ("this address does not take this method", "The header `allow` lists those that it takes."),
    413: ("the body of the request is too long", ""),
    500: ("the centre failed to answer", "Send the same request again; tell the operator if it stays."),
}


class Problem(Exception):
    """An error to be answered.

    status: of HTTP. faults: as in every input error. headers: further ones, such as ``retry-after``.
    """

    def __init__(
        self, status: int, faults: Fault | Iterable[Fault], headers: Mapping[str, str] | None = None
    ) -> None:
        self.status, self.headers = status, dict(headers or {})
        self.faults = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("; ".join(map(str, self.faults)))


def error_body(faults: Iterable[Fault]) -> bytes:
    """Return the body of an error."""
    listed = [{"what": each.what, "where": each.where, "remedy": each.remedy} for each in faults]
    return json.dumps({"error": {"faults": listed}}, ensure_ascii=False).encode()


def error_response(
    status: int, faults: Iterable[Fault], headers: Mapping[str, str] | None = None
) -> Response[bytes]:
    """Return an error as Litestar answers it."""
    return Response(error_body(faults), status_code=status, media_type=JSON, headers=dict(headers or {}))


async def send_error(
    send: Send, status: int, faults: Iterable[Fault], headers: Mapping[str, str] | None = None
) -> None:
    """Answer with an error before any application has seen the request."""
    body = error_body(faults)
    given = {"content-type": JSON, "content-length": str(len(body)), **(headers or {})}
    encoded = [(name.encode(), value.encode()) for name, value in given.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def exception_handlers(
    failed: Callable[[Request[Any, Any, Any], BaseException], None],
) -> dict[int | type[Exception], Callable[[Request[Any, Any, Any], Exception], Response[bytes]]]:
    """Return what Litestar does with each exception.

    failed: told of a defect, for the log; the client learns nothing of it but that it happened.
    """

    def problem(_request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        assert isinstance(error, Problem)
        return error_response(error.status, error.faults, error.headers)

    def bad_input(_request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        assert isinstance(error, InputError)
        return error_response(400, error.faults)

    def unreadable(_request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        assert isinstance(error, StorageError)
        fault = Fault("the store does not answer", "", "Ask again later.")
        return error_response(503, [fault], {"retry-after": "5"})

    def http(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        assert isinstance(error, HTTPException)
        status = error.status_code
        if status >= 500:
            return defect(request, error.__cause__ or error)
        kept = {name: value for name, value in (error.headers or {}).items() if name.lower() == "allow"}
        return error_response(status, _faults(error), kept)

    def defect(request: Request[Any, Any, Any], error: BaseException) -> Response[bytes]:
        failed(request, error)
        return error_response(500, [_said(500)])

    return {
        Problem: problem,
        InputError: bad_input,
        StorageError: unreadable,
        HTTPException: http,
        Exception: defect,
    }


def _faults(error: HTTPException) -> list[Fault]:
    if not isinstance(error, ValidationException):
        return [_said(error.status_code)]
    extra = error.extra if isinstance(error.extra, list) else []
    found = [
        Fault(str(each.get("message", "")), str(each.get("key", "")), "GET /v1/schema says what is allowed.")
        for each in extra
        if isinstance(each, Mapping)
    ]
    if not found and (missing := _MISSING.search(error.detail)):
        return [Fault(f"the parameter {missing[1]} is missing", missing[1], "Give it in the address.")]
    return found or [_said(400)]


def _said(status: int) -> Fault:
    if status in _SAID:
        return Fault(_SAID[status][0], "", _SAID[status][1])
    return Fault(HTTPStatus(status).phrase.lower())
