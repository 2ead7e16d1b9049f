"""Files of the built web page: read from one folder, never from beside it, and nothing is listed."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any, Final

from synaspis.core.errors import Fault
from synaspis.server.answers import send_error
from synaspis.server.feed import Send

INDEX: Final = "index.html"

_NAME: Final = re.compile(
    r"(?:[A-Za-z0-9_@-][A-Za-z0-9._@+-]*/){0,12}[A-Za-z0-9_@-][A-Za-z0-9._@+-]*", re.ASCII
)
_HASHED: Final = re.compile(r"[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+\Z", re.ASCII)
_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".geojson": "application/json",
    ".topojson": "application/json",
    ".wasm": "application/wasm",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".xml": "text/xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".glsl": "text/plain; charset=utf-8",
}

_UNBUILT: Final = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Synaspis</title>
<h1>The web page is not built</h1>
<p>This server runs, and its interface answers under <code>/api</code>. To build the page, run
<code>make web</code> in a checkout of the source (Node 20 or later), then load this page again.</p></html>
"""


def page_folder() -> Path | None:
    """Folder of the built page: that of the package, else `web/dist` of a checkout; None if there is none."""
    package = Path(__file__).resolve().parents[2]
    for place in (package / "data" / "web", package.parents[1] / "web" / "dist"):
        if (place / INDEX).is_file():
            return place
    return None


class Page:
    """The page.

    folder: of the built files; None says in words how to build them.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = None if folder is None else folder.resolve()

    async def serve(self, path: str, method: str, send: Send) -> None:
        """Answer a request for a file. path: decoded, as it stands in the address."""
        if method not in ("GET", "HEAD"):
            fault = Fault(f"files are read, with GET; {method[:10]} is not taken")
            await send_error(send, 405, [fault], {"allow": "GET, HEAD"})
            return
        name = INDEX if path == "/" else path.removeprefix("/")
        if self._folder is None and name == INDEX:
            await _send(send, _UNBUILT.encode(), _TYPES[".html"], "no-store", method)
            return
        found = await asyncio.to_thread(self._read, name)
        if found is None:
            await send_error(send, 404, [Fault("there is nothing under this address", "", "Begin at /.")])
            return
        kept = "max-age=31536000, immutable" if _HASHED.search(name) else "no-cache"
        await _send(send, found, _TYPES.get(Path(name).suffix, "application/octet-stream"), kept, method)

    def _read(self, name: str) -> bytes | None:
        """Content of a file below the folder; None for a name that leaves it, by dots or by a link."""
        if self._folder is None or not _NAME.fullmatch(name):
            return None
        try:
            place = (self._folder / name).resolve(strict=True)
            if not (place.is_relative_to(self._folder) and place.is_file()):
                return None
            return place.read_bytes()
        except (OSError, ValueError):
            return None


async def _send(send: Send, body: bytes, media_type: str, kept: str, method: str) -> None:
    headers: Any = [
        (b"content-type", media_type.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", kept.encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body, "more_body": False})
