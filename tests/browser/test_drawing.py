"""How the page draws where there is no GPU, and whether everybody can use it."""

import json
import re
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

WEB = Path(__file__).parents[2] / "web"
ALL = "layers=assets,volumes,defended,tracks,areas,borders&phase=2018&threat=irbm-3500"
FRAME_MS = 50.0
PATIENCE_S = 90.0
# Every track moves on before every frame; the time is that between two frames in a row.
FRAMES = """(count) => new Promise((done) => {
  const { store, refresh } = window.synaspis;
  const times = [];
  let former = null;
  const frame = (now) => {
    if (former !== null) times.push(now - former);
    former = now;
    if (times.length >= count) { done(times); return; }
    for (const [number, known] of store.tracks) {
      const [x, y, z] = known.track.position_ecef_m;
      known.track.position_ecef_m = [x - 2e-4 * y, y + 2e-4 * x, z];
      known.trail.push(known.track.position_ecef_m);
      if (known.trail.length > 120) known.trail.shift();
      store.changedTracks.add(number);
    }
    refresh();
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})"""
LOADED = "performance.getEntriesByType('resource').map((each) => each.name)"


@contextmanager
def served(*options: str) -> Iterator[str]:
    command = ["node", str(WEB / "tests" / "fixture-server.mjs"), *options]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
    finally:
        server.terminate()
        server.wait(timeout=10)


@contextmanager
def shown(window: Any, view: str, *options: str, colours: str = "light") -> Iterator[Any]:
    with served(*options) as address:
        opened = window(address.rstrip("/"), colours)
        opened.open(f"{address}#{view}")
        yield opened
        assert opened.strangers() == []
        assert opened.trouble == []
        opened.close()


@pytest.mark.parametrize("view", ["view=globe", "view=map", "view=globe&camera=28,44,900000"])
def test_two_hundred_moving_tracks_are_drawn_in_time_without_a_gpu(window: Any, view: str):
    with shown(window, f"{view}&{ALL}", "--load", "200") as page:
        page.until("window.synaspis.tracks() === 200")
        end = time.monotonic() + PATIENCE_S
        # Other tests may take the processor for a while; what a frame costs shows when they do not.
        while (median := statistics.median(page.page.evaluate(FRAMES, 30))) > FRAME_MS:
            assert time.monotonic() < end, f"a frame takes {median:.0f} ms, allowed are {FRAME_MS:.0f}"


def test_without_a_gpu_cesium_is_not_even_loaded(window: Any):
    with shown(window, "") as page:
        page.until("window.synaspis.tracks() === 1")
        assert page.page.evaluate("window.synaspis.ground.drawnWith") == "canvas"
        assert not [name for name in page.page.evaluate(LOADED) if "/cesium/" in name or "engine-" in name]


def test_both_ways_of_drawing_look_from_the_same_place_and_draw_the_same_tracks(window: Any):
    found = []
    for drawing in ("canvas", "webgl"):
        with shown(window, f"drawing={drawing}&camera=10,50,4000000", "--load", "20") as page:
            page.until("window.synaspis.tracks() === 20")
            assert page.page.evaluate("window.synaspis.ground.drawnWith") == drawing
            found.append(page.page.evaluate("window.synaspis.ground.camera()"))
    assert found[0] == pytest.approx([10, 50, 4_000_000])
    assert found[1] == pytest.approx([10, 50, 4_000_000], rel=1e-6)


def test_the_map_is_dragged_zoomed_and_clicked_by_hand(window: Any):
    with shown(window, "view=map&phase=2018") as page:
        mouse = page.page.mouse
        box = page.page.locator("#globe").bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        longitude, latitude, height = page.page.evaluate("window.synaspis.ground.camera()")
        mouse.move(x, y)
        mouse.down()
        mouse.move(x + 100, y + 50, steps=5)
        mouse.up()
        mouse.wheel(0, -300)
        page.until("location.hash.includes('camera=')")
        after = page.page.evaluate("window.synaspis.ground.camera()")
        assert after[0] < longitude
        assert after[1] > latitude
        assert after[2] < height
        scene = json.loads((WEB / "tests" / "fixtures" / "scene.json").read_text("utf-8"))
        (radar,) = (each for each in scene["assets"] if each["id"] == "deveselu-radar")
        above = [radar["longitude_deg"], radar["latitude_deg"], 300_000]
        page.page.evaluate("(camera) => window.synaspis.ground.place(camera)", above)
        page.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        mouse.click(x, y)
        page.until("location.hash.includes('selected=asset')")
        assert "deveselu" in page.page.url


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_every_tab_passes_the_rules_for_accessible_pages(window: Any, colours: str):
    axe = (WEB / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
    with shown(window, ALL, colours=colours) as page:
        page.until("window.synaspis.tracks() === 1")
        page.page.evaluate(axe)
        for tab in page.page.get_by_role("tab").all():
            tab.click()
            found = page.page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
            faults = [
                f"{fault['id']}: {node['html'][:150]} {json.dumps(node['any'][:1])[:200]}"
                for fault in found["violations"]
                for node in fault["nodes"]
            ]
            assert faults == [], tab.inner_text()


def test_the_keyboard_alone_reaches_everything(window: Any):
    with shown(window, ALL) as page:
        page.until("window.synaspis.tracks() === 1")
        page.page.locator("body").focus()
        met = []
        for _ in range(40):
            page.page.keyboard.press("Tab")
            met.append(page.page.evaluate("document.activeElement.id || document.activeElement.innerText"))
        for wanted in ("mode-globe", "mode-map", "globe", "layer-assets", "phase", "tab-situation", "panel"):
            assert wanted in met, met
        assert "Skip to the tables" in met[0]


def test_the_licences_of_all_parts_are_one_click_away(window: Any):
    with shown(window, "") as page:
        link = page.page.get_by_role("link", name="Licences")
        answer = page.page.request.get(f"{page.address}/{link.get_attribute('href')}")
        told = answer.text()
        for name in ("cesium", "milsymbol", "d3-geo", "Synaspis"):
            assert re.search(rf"^{name}\b.*\(", told, re.MULTILINE), name
        assert "Permission is hereby granted" in told
