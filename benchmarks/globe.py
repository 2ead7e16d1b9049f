"""Time of a frame of the page, and until it is ready, in a real browser: `python benchmarks/globe.py`.

Window of 1366 x 768, 200 tracks, every layer shown, against recorded data. Three things in each view:

- *moving*: all tracks move on before every frame. The time is that between two frames in a row, so all that
  a frame costs anywhere (script, drawing, composing, other processes of the browser) counts; 16.7 ms is the
  least, for the browser draws 60 frames a second at most.
- *turning*: an arrow key is pressed as well before every frame.
- *key*: an arrow key turns the view; the time is what the browser itself reports from the key to the picture
  on the screen (Event Timing, in steps of 8 ms; what is too quick for it counts as 16).

Without --flags Chromium does what it does by itself on a machine without a GPU.
"""

import argparse
import shutil
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LAYERS = "assets,volumes,defended,tracks,areas,borders"
TRACKS = 200
VIEWS = {
    "globe, whole region": "view=globe",
    "globe, close": "view=globe&camera=28.00,44.00,900000",
    "map, whole region": "view=map",
    "map, close": "view=map&camera=28.00,44.00,900000",
}
FRAMES = """([count, turning]) => new Promise((done) => {
  const { ground, store, refresh } = window.synaspis;
  const begun = ground.camera();
  const times = [];
  let former = null;
  const frame = (now) => {
    if (former !== null) times.push(now - former);
    former = now;
    if (times.length >= count) {
      ground.place(begun);
      done(times);
      return;
    }
    const angle = 2e-4;
    for (const [number, known] of store.tracks) {
      const [x, y, z] = known.track.position_ecef_m;
      known.track.position_ecef_m = [x - angle * y, y + angle * x, z];
      known.trail.push(known.track.position_ecef_m);
      if (known.trail.length > 120) known.trail.shift();
      store.changedTracks.add(number);
    }
    if (turning) {
      const key = times.length % 20 < 10 ? "ArrowRight" : "ArrowLeft";
      document.getElementById("globe").dispatchEvent(new KeyboardEvent("keydown", { key }));
    }
    refresh();
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})"""
LISTEN = """() => {
  window.shownAfter = [];
  new PerformanceObserver((list) => {
    for (const { name, duration } of list.getEntries()) {
      if (name === "keydown") window.shownAfter.push(duration);
    }
  }).observe({ type: "event", durationThreshold: 16 });
}"""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    asked.add_argument("--dist", type=Path, default=ROOT / "web" / "dist")
    asked.add_argument("--drawing", default="auto", choices=["auto", "canvas", "webgl"])
    asked.add_argument("--flags", nargs="*", default=[], help="of Chromium, without the dashes")
    asked.add_argument("--frames", type=int, default=120)
    asked.add_argument("--keys", type=int, default=20)
    asked.add_argument("--theme", default="light", choices=["light", "dark"])
    asked.add_argument("--pictures", type=Path, help="folder for a picture of each view")
    given = asked.parse_args()
    program = next(place for name in BROWSERS if (place := shutil.which(name)))
    flags = ["--no-sandbox", *(f"--{flag}" for flag in given.flags)]
    with sync_playwright() as playwright:
        for name, view in VIEWS.items():
            # A browser of its own for each view: nothing is in a cache.
            browser = playwright.chromium.launch(executable_path=program, args=flags)
            with serving(given.dist) as address:
                shown = (
                    f"{address}#{view}&layers={LAYERS}&phase=2018&threat=irbm-3500&drawing={given.drawing}"
                )
                page, ready_s = opened(browser, shown, given.theme)
                found = measured(page, given.frames, given.keys)
                if given.pictures:
                    given.pictures.mkdir(parents=True, exist_ok=True)
                    file = f"{name.replace(', ', '-').replace(' ', '-')}-{given.theme}.png"
                    page.screenshot(path=given.pictures / file)
                drawn = page.evaluate("window.synaspis.ground.drawnWith")
                browser.close()
            told = "  ".join(f"{key} {median:.0f}/{worse:.0f}" for key, (median, worse) in found.items())
            print(f"{name:20} {drawn}  ready {ready_s:.1f} s  median/95 of 100 in ms: {told}", flush=True)


def opened(browser: Browser, address: str, theme: str) -> tuple[Page, float]:
    """The page with all tracks on it, and how long it took until it was ready."""
    page = browser.new_page(viewport={"width": 1366, "height": 768}, color_scheme=theme)
    page.on("console", lambda line: print("  ", line.text) if line.type == "error" else None)
    started = time.monotonic()
    page.goto(address)
    page.wait_for_selector("html[data-ready=yes]", timeout=60_000)
    ready_s = time.monotonic() - started
    while page.evaluate("window.synaspis.tracks()") < TRACKS:
        page.wait_for_timeout(100)
    page.wait_for_timeout(2000)
    return page, ready_s


def measured(page: Page, frames: int, keys: int) -> dict[str, tuple[float, float]]:
    """Median and the time that 95 of 100 do not exceed, milliseconds."""
    page.evaluate(FRAMES, [10, False])
    found = {
        "moving": page.evaluate(FRAMES, [frames, False]),
        "turning": page.evaluate(FRAMES, [frames, True]),
    }
    page.wait_for_timeout(1000)
    page.evaluate(LISTEN)
    page.locator("#globe").focus()
    for number in range(keys):
        page.keyboard.press("ArrowRight" if number % 2 else "ArrowLeft")
        page.wait_for_timeout(400)
    page.wait_for_timeout(500)
    shown = page.evaluate("window.shownAfter")
    found["key"] = shown + [16.0] * max(0, keys - len(shown))
    return {
        name: (statistics.median(times), sorted(times)[int(0.95 * len(times))])
        for name, times in found.items()
    }


@contextmanager
def serving(dist: Path) -> Iterator[str]:
    """Address of the page on recorded data."""
    server = ROOT / "web" / "tests" / "fixture-server.mjs"
    command = ["node", str(server), "--load", str(TRACKS), "--dist", str(dist)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(timeout=10)


if __name__ == "__main__":
    main()
