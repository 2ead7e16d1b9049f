"""Files of the page: those below its folder, and nothing else."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from synaspis.server.cells.page import Page


def ask(page: Page, path: str, method: str = "GET") -> tuple[int, dict[bytes, bytes], bytes]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(page.serve(path, method, send))
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


def test_the_page_and_its_parts_are_served_with_their_kinds(built_page: Path) -> None:
    page = Page(built_page)
    status, headers, body = ask(page, "/")
    assert (status, headers[b"content-type"]) == (200, b"text/html; charset=utf-8")
    assert b"globe" in body
    assert headers[b"cache-control"] == b"no-cache"
    status, headers, _ = ask(page, "/assets/app-0123abcd.js")
    assert (status, headers[b"content-type"]) == (200, b"text/javascript; charset=utf-8")
    assert b"immutable" in headers[b"cache-control"]


@pytest.mark.parametrize(
    "path",
    ["/../secret.txt", "/assets/../../secret.txt", "/leak.txt", "//secret.txt", "/assets", "/..", "/.",
     "/assets/%2e%2e/secret.txt", "/a\0b", "/assets\\..\\..\\secret.txt", "/.git/config",
     "/" + "a/" * 40 + "b"],
)  # fmt: skip
def test_nothing_beside_the_folder_is_served(built_page: Path, path: str) -> None:
    status, _, body = ask(Page(built_page), path)
    assert status == 404
    assert b"there is nothing under this address" in body


def test_files_are_only_read(built_page: Path) -> None:
    assert ask(Page(built_page), "/", "DELETE")[0] == 405
    assert ask(Page(built_page), "/", "HEAD")[2] == b""


def test_a_page_that_is_not_built_says_how_to_build_it() -> None:
    status, _, body = ask(Page(None), "/")
    assert status == 200
    assert b"make web" in body
    assert ask(Page(None), "/index.js")[0] == 404
