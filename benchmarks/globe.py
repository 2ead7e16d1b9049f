"""Time of a frame of the page without a GPU, and until the page is ready: `python benchmarks/globe.py [--dist FOLDER]`.

Chromium draws WebGL with SwiftShader, as on a machine without a GPU, in a window of 1366 x 768, against recorded data with 200 tracks.
Two things are measured in each view. *Frames*: every track moves on before every frame; the time is that between two frames in a
row, so all that a frame costs anywhere (script, drawing, composing) counts. *Key*: an arrow key turns the view; the time is what
Chromium itself reports from the key to the picture on the screen (Event Timing, whole 8 ms), all tracks having moved as well.
"""

import argparse
import json
import shutil
import statistics
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox"]
LAYERS = "assets,volumes,defended,tracks,areas,borders"
VIEWS = {
    "globe, whole region": "view=globe",
    "globe, close": "view=globe&camera=28.00,44.00,900000",
    "map, whole region": "view=map",
    "map, close": "view=map&camera=28.00,44.00,900000",
}
FRAMES = """(count) => new Promise((done) => {
  const { store, refresh } = window.synaspis;
  const times = [];
  let former = null;
  const turn = (now) => {
    if (former !== null) times.push(now - former);
    former = now;
    if (times.length >= count) { done(times); return; }
    const angle = 2e-4;
    for (const [number, known] of store.tracks) {
      const [x, y, z] = known.track.position_ecef_m;
      known.track.position_ecef_m = [x - angle * y, y + angle * x, z];
      known.trail.push(known.track.position_ecef_m);
      if (known.trail.length > 120) known.trail.shift();
      store.changedTracks.add(number);
    }
    refresh();
    requestAnimationFrame(turn);
  };
  requestAnimationFrame(turn);
})"""
LISTEN = """() => {
  window.shownAfter = [];
  new PerformanceObserver((list) => {
    for (const { name, duration } of list.getEntries()) if (name === "keydown") window.shownAfter.push(duration);
  }).observe({ type: "event", durationThreshold: 16 });
}"""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    asked.add_argument("--dist", type=Path, default=ROOT / "web" / "dist")
    asked.add_argument("--frames", type=int, default=120)
    asked.add_argument("--keys", type=int, default=20)
    asked.add_argument("--views", default=",".join(VIEWS).replace(", ", " "), help="those whose name has a word")
    asked.add_argument("--theme", default="light")
    asked.add_argument("--pictures", type=Path)
    asked.add_argument("--json", type=Path)
    given = asked.parse_args()
    found = {}
    with sync_playwright() as playwright:
        program = next(place for name in BROWSERS if (place := shutil.which(name)))
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        for name, view in VIEWS.items():
            with serving(given.dist) as address:
                page = browser.new_page(viewport={"width": 1366, "height": 768}, color_scheme=given.theme)
                page.on("console", lambda line: print("  ", line.text) if line.type == "error" else None)
                page.goto(f"{address}#{view}&layers={LAYERS}&phase=2018&threat=irbm-3500")
                page.wait_for_selector("html[data-ready=yes]", timeout=60_000)
                for _ in range(600):
                    if page.evaluate("window.synaspis.tracks() === 200"):
                        break
                    page.wait_for_timeout(100)
                page.wait_for_timeout(3000)
                found[name] = measured(page, given.frames, given.keys)
                if given.pictures:
                    given.pictures.mkdir(parents=True, exist_ok=True)
                    page.screenshot(path=given.pictures / f"{name.replace(', ', '-').replace(' ', '-')}-{given.theme}.png")
                page.close()
            told = found[name]
            print(f"{name:22}" + "  ".join(f"{key} {value:.0f}" for key, value in told.items()), flush=True)
        browser.close()
    if given.json:
        given.json.write_text(json.dumps(found, indent=1))


def measured(page: Page, frames: int, keys: int) -> dict[str, float]:
    page.evaluate(FRAMES, 10)
    times = page.evaluate(FRAMES, frames)
    page.evaluate(LISTEN)
    page.locator("#globe").focus()
    for number in range(keys):
        page.keyboard.press("ArrowRight" if number % 2 else "ArrowLeft")
        page.wait_for_timeout(400)
    page.wait_for_timeout(500)
    shown = page.evaluate("window.shownAfter")
    shown = sorted(shown + [16.0] * max(0, keys - len(shown)))
    return {
        "frame median ms": statistics.median(times), "95 of 100 ms": sorted(times)[int(0.95 * len(times))],
        "slowest ms": max(times), "key median ms": statistics.median(shown), "key 95 of 100 ms": shown[int(0.95 * len(shown))],
    }


@contextmanager
def serving(dist: Path) -> Iterator[str]:
    command = ["node", str(ROOT / "web" / "tests" / "fixture-server.mjs"), "--load", "200", "--dist", str(dist)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
    finally:
        server.terminate()
        server.wait(timeout=10)


if __name__ == "__main__":
    main()
