"""What stands before every address: names of the server, security headers, sessions, limits.

A page of another site can make a browser send requests here. It cannot set the header `X-Synaspis`, the
cookie does not travel with requests that begin elsewhere (`SameSite=Strict`), and a name that somebody else
points at this machine is not one of this server's (`Host`).
"""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from math import ceil
from typing import Any, Final
from urllib.parse import urlsplit

from litestar.types import ASGIApp, Receive, Send

from synaspis.core.errors import Fault
from synaspis.server.answers import JSON, send_error
from synaspis.server.cells.access import Session
from synaspis.server.cells.hall import Hall
from synaspis.server.cells.page import Page

BODY_BYTES: Final = 1 << 16
HEADER_BYTES: Final = 1 << 14

POLICY: Final = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' data: blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""The globe makes workers of blobs, compiles WebAssembly and adds a style of its own."""

_HEADERS: Final = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)

_CLOSE: Final = {"connection": "close"}


class Refused(Exception):
    """A request that is not let in: status, fault, further headers."""

    def __init__(self, status: int, fault: Fault, headers: dict[str, str] | None = None) -> None:
        super().__init__(fault.what)
        self.status, self.fault, self.headers = status, fault, headers or {}


def gate(app: ASGIApp, hall: Hall, page: Page) -> ASGIApp:
    """Put the gate before an application.

    app: answers `/enter` and everything below `/api`. page: everything else.
    """

    async def enter(scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        guarded = _guarded(send, scope["path"])
        try:
            headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
            _check_size(scope, headers)
            _check_names(hall, scope, headers)
            path = scope["path"]
            if path != "/enter" and not path.startswith("/api/"):
                await page.serve(path, scope["method"], guarded)
                return
            if scope["method"] == "POST":
                _check_post(headers)
            if path != "/enter":
                scope["user"] = _session(hall, scope, headers)
            scope["state"]["hall"] = hall
        except Refused as refused:
            hall.journal.refused(str(refused.status), "")
            await send_error(guarded, refused.status, [refused.fault], refused.headers)
            return
        await app(scope, receive, guarded)

    return enter


def _guarded(send: Send, path: str) -> Any:
    async def guarded(message: Any) -> None:
        if message["type"] == "http.response.start":
            given = {name.lower() for name, _ in message["headers"]}
            more = list(_HEADERS)
            if b"cache-control" not in given:
                more.append((b"cache-control", b"no-store"))
            message = {**message, "headers": [*message["headers"], *more]}
        await send(message)

    return guarded


def _check_size(scope: Any, headers: dict[bytes, str]) -> None:
    if scope["state"]["peer"].excess is not None:
        fault = Fault("too many connections are open", "", "Close some and come again.")
        raise Refused(503, fault, {**_CLOSE, "retry-after": "5"})
    size = len(scope["raw_path"]) + len(scope["query_string"])
    if size + sum(len(name) + len(value) + 4 for name, value in headers.items()) > HEADER_BYTES:
        raise Refused(
            431, Fault("the headers are too long", "", f"They may have {HEADER_BYTES} bytes."), _CLOSE
        )
    announced = headers.get(b"content-length", "0")
    if len(announced) > 18 or not announced.isdigit() or int(announced) > BODY_BYTES:
        what = f"the body announces {announced[:18]} bytes; {BODY_BYTES:,} are allowed"
        raise Refused(413, Fault(what, "", "Say it in several messages."), _CLOSE)


def _check_names(hall: Hall, scope: Any, headers: dict[bytes, str]) -> None:
    host = headers.get(b"host", "")
    if _name(host) not in hall.hosts:
        fault = Fault(f"{host[:80]!r} is no name of this server", "host", "Use the address that it printed.")
        raise Refused(403, fault, _CLOSE)
    origin = headers.get(b"origin")
    if origin is not None and origin != f"{'https' if hall.secure else 'http'}://{host}":
        raise Refused(403, Fault("this request comes from a page of another server", "origin"))


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _check_post(headers: dict[bytes, str]) -> None:
    if headers.get(b"x-synaspis") != "1":
        fault = Fault("the header `X-Synaspis: 1` is missing", "x-synaspis", "Other pages cannot set it.")
        raise Refused(403, fault)
    kind = headers.get(b"content-type", "").split(";")[0].strip().lower()
    if kind != JSON:
        raise Refused(415, Fault(f"the body is of the kind {kind[:80]!r}; allowed: {JSON}", "content-type"))


def _session(hall: Hall, scope: Any, headers: dict[bytes, str]) -> Session:
    found = hall.session_of_certificate(scope["state"]["peer"].fingerprint)
    if found is None:
        found = hall.access.find(cookie_of(headers.get(b"cookie", ""), hall.cookie))
    if found is None:
        fault = Fault("nobody has entered here", "", "Open a one-time link; ask the operator for one.")
        raise Refused(401, fault)
    if wait_s := hall.wait_s(found):
        what = "more requests than a session may make"
        raise Refused(429, Fault(what, "", "Wait."), {"retry-after": str(max(1, ceil(wait_s)))})
    return found


def cookie_of(text: str, name: str) -> str:
    """Value of a cookie in a header; empty where there is none."""
    try:
        found = SimpleCookie(text).get(name)
    except CookieError:
        return ""
    return "" if found is None else found.value
