"""What tests in a browser share: the page as built, a browser, and windows that keep what goes wrong."""

import fcntl
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
WEB = ROOT / "web"
SCREENS = ROOT / "out" / "screens"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# As on a machine without a GPU; WebGL, where a test asks for it, is drawn on the processor.
FLAGS = ["--no-sandbox", "--enable-unsafe-swiftshader"]
SIZE = {"width": 1366, "height": 768}
LONG_S = 120.0
IN_CI = "CI" in os.environ

# What the newest feed of a page gives, written down before the page sees it.
RECORD = """(() => {
  const Given = window.EventSource;
  window.heard = [];
  window.EventSource = class extends Given {
    constructor(...given) {
      super(...given);
      const heard = [];
      window.heard = heard;
      for (const kind of ["picture", "message", "notice"]) {
        this.addEventListener(kind, (event) => { heard.push([kind, event.data]); });
      }
    }
  };
})()"""


def have_node() -> None:
    """Have a node on the path; without one the tests are left out, but not in continuous integration."""
    if shutil.which("node") and shutil.which("npm"):
        return
    if not IN_CI:
        pytest.skip("no node (make web installs it)")
    prepare = ["tools/prepare-node.sh", ".venv"]
    found = subprocess.run(prepare, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True, timeout=600)
    os.environ["PATH"] = f"{found.stdout.strip()}:{os.environ['PATH']}"


@pytest.fixture(scope="session")
def dist() -> Path:
    """The page as `make web` builds it; built here if its sources are newer, by one process at a time."""
    have_node()
    index = WEB / "dist" / "index.html"
    others = [WEB / name for name in ("index.html", "vite.config.js", "package-lock.json")]
    sources = [*(WEB / "src").rglob("*.*"), *(WEB / "public").rglob("*.*"), *others]
    with (WEB / "package.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not index.exists() or index.stat().st_mtime < max(path.stat().st_mtime for path in sources):
            if not (WEB / "node_modules").exists():
                subprocess.run(
                    ["npm", "ci", "--no-audit", "--no-fund"],
                    cwd=WEB,
                    check=True,
                    timeout=300,
                )
            subprocess.run(["npm", "run", "build"], cwd=WEB, check=True, timeout=300)
    return index.parent


# Not of the session: while its loop lives, nothing else in this process can run one.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser; where none can be started the tests are left out, but not in continuous integration."""
    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    with ExitStack() as stack:
        try:
            playwright = stack.enter_context(sync_playwright())
            opened = playwright.chromium.launch(executable_path=program, args=FLAGS)
        except Exception as error:
            if IN_CI:
                raise
            pytest.skip(f"no browser (tools/prepare-system.sh installs one): {str(error).splitlines()[0]}")
        yield opened
        opened.close()


class Window:
    """A window of a browser: one person. It keeps what the page complains of and whom it asks.

    browser: whose. address: all that it may ask. colours: `light` or `dark`.
    """

    def __init__(self, browser: Browser, address: str, colours: str = "light") -> None:
        self.address = address
        self.trouble: list[str] = []
        self.asked: list[str] = []
        self.context = browser.new_context(viewport=SIZE, color_scheme=colours)
        self.context.add_init_script(RECORD)
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.trouble.append(f"script: {error}"))
        self.page.on("console", lambda line: self.trouble.append(line.text) if line.type == "error" else None)
        # Of the context, so that what workers ask counts too.
        self.context.on("request", lambda request: self.asked.append(request.url))
        self.ready_s = 0.0

    def open(self, url: str) -> None:
        """Open an address and wait until the page says that it is ready."""
        started = time.monotonic()
        self.page.goto(url)
        self.until("document.documentElement.dataset.ready === 'yes'")
        self.ready_s = time.monotonic() - started

    def until(self, expression: str, timeout_s: float = LONG_S) -> Any:
        """Wait until an expression holds; asked from outside, for the page's policy forbids to evaluate."""
        end = time.monotonic() + timeout_s
        while not (found := self.page.evaluate(expression)):
            assert time.monotonic() < end, f"{expression} does not hold after {timeout_s} s"
            time.sleep(0.05)
        return found

    def until_shown(self, text: str, selector: str = "#panel", timeout_s: float = LONG_S) -> None:
        """Wait until a part of the page shows a text."""
        self.until(f"document.querySelector({selector!r})?.innerText.includes({text!r})", timeout_s)

    def tab(self, name: str) -> None:
        """Go to a tab."""
        self.page.get_by_role("tab", name=name).click()

    def text(self, selector: str = "#panel") -> str:
        """What a part of the page shows."""
        return self.page.locator(selector).inner_text()

    def keep(self, name: str) -> Path:
        """Keep a picture of what is shown; out/screens is not kept by git."""
        SCREENS.mkdir(parents=True, exist_ok=True)
        place = SCREENS / f"{name}.png"
        self.page.screenshot(path=place)
        return place

    def heard(self) -> list[tuple[str, Any]]:
        """All that the newest feed of this window gave, as kind and data."""
        return [(kind, json.loads(data)) for kind, data in self.page.evaluate("window.heard")]

    def until_heard(self, holds: Callable[[str, Any], bool], timeout_s: float = LONG_S) -> None:
        """Wait until the newest feed has given something."""
        end = time.monotonic() + timeout_s
        while not any(holds(kind, data) for kind, data in self.heard()):
            assert time.monotonic() < end, f"not heard in {timeout_s} s"
            time.sleep(0.1)

    def feed(self, until: Callable[[str, Any], bool]) -> list[tuple[str, Any]]:
        """What the server gives the cell of this window from the first event on, read without the page.

        until: the first kind and data for which it holds are the last.
        """
        cookies = {each["name"]: each["value"] for each in self.context.cookies()}
        found: list[tuple[str, Any]] = []
        kind = ""
        with (
            httpx.Client(base_url=self.address, cookies=cookies, trust_env=False, timeout=LONG_S) as client,
            client.stream("GET", "/api/feed") as answer,
        ):
            assert answer.status_code == 200
            for line in answer.iter_lines():
                name, _, value = line.partition(": ")
                if name == "event":
                    kind = value
                elif name == "data":
                    found.append((kind, json.loads(value)))
                    if until(*found[-1]):
                        return found
        return found

    def strangers(self) -> list[str]:
        """What was asked of anybody but the server."""
        return [url for url in self.asked if not url.startswith((f"{self.address}/", "data:", "blob:"))]

    def close(self) -> None:
        """Close the window and forget its cookies."""
        self.context.close()


@pytest.fixture(scope="module")
def window(browser: Browser, dist: Path) -> Callable[..., Window]:
    """Makes windows: give an address and colours."""
    assert dist
    return lambda address, colours="light": Window(browser, address, colours)
