"""The page of a cell in a real browser, against recorded data, with the content policy of the cell server."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
WEB = ROOT / "web"
LARGEST_BYTES = 15 * 1024 * 1024


@contextmanager
def serving(*options: str) -> Iterator[str]:
    """Address of recorded data and the built page on a free port."""
    command = ["node", str(WEB / "tests" / "fixture-server.mjs"), *options]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
    finally:
        server.terminate()
        server.wait(timeout=10)


@pytest.fixture(scope="module")
def opened(window: Any) -> Any:
    """Opens the page on recorded data."""

    @contextmanager
    def open_page(*options: str, view: str = "") -> Iterator[Any]:
        with serving(*options) as address:
            shown = window(address.rstrip("/"))
            shown.open(address + view)
            yield shown
            assert shown.strangers() == []
            shown.close()

    return open_page


@pytest.fixture(scope="module")
def alpha(opened: Any) -> Iterator[Any]:
    """The cell of alpha four minutes after the launch."""
    with opened(view="#phase=2018&threat=mrbm-2000") as shown:
        shown.until("window.synaspis.tracks() === 1")
        yield shown


def recorded(name: str) -> list[dict]:
    found: list[dict] = json.loads((WEB / "tests" / "fixtures" / f"{name}.json").read_text("utf-8"))
    return found


def test_the_bundle_is_under_15_mb(dist: Path):
    size = sum(path.stat().st_size for path in dist.rglob("*") if path.is_file())
    assert 5_000_000 < size < LARGEST_BYTES


def test_an_exercise_is_marked_and_the_clock_of_the_exercise_is_shown(alpha: Any):
    assert "EXERCISE · WINTER ROCKET 2026" in alpha.text("#banner")
    assert alpha.text("#clock").startswith("2026-06-15 12:0")
    assert "running" in alpha.text("#clock")


def test_a_track_stands_on_the_globe_where_the_recording_has_it(alpha: Any):
    drawn = alpha.page.evaluate(
        """() => { const { store } = window.synaspis; const { track } = store.tracks.get(1);
        return [track.time, track.position_ecef_m]; }"""
    )
    pictures = {
        told["event"]["tracks"][0]["time"]: told["event"]["tracks"][0]["position_ecef_m"]
        for told in recorded("feed-alpha")
        if told["event"]["type"] == "picture"
    }
    assert drawn[1] == pictures[drawn[0]]


def test_tables_say_what_the_globe_shows_and_count_down_to_the_impact(alpha: Any):
    alpha.tab("Situation")
    assert "T1" in alpha.text()
    assert "Take shelter" in alpha.text()
    count = "document.querySelector('tr[data-key=\"track:1\"] td.count').innerText"
    first = alpha.page.evaluate(count)
    minutes, seconds = map(int, first.split(":"))
    # The recorded impact is at 12:11:44 or some seconds later; the page was opened at 12:04 of the exercise.
    assert 300 < 60 * minutes + seconds < 480
    alpha.until(f"{count} !== {first!r}", 5.0)


def test_two_claims_on_one_object_are_shown_as_a_conflict(alpha: Any):
    alpha.tab("Plan")
    assert alpha.text("[data-finding=conflict]") == "\u25b2 Conflict: Alpha and Bravo each claim this object."
    assert "24 % of Test range" in alpha.text("#board-gaps")


def test_the_verified_checkpoint_and_who_cosigned_it_are_shown(alpha: Any):
    alpha.tab("Logs")
    for log in recorded("logs"):
        shown = alpha.text(f"[data-centre={log['centre']}]")
        assert "Verified" in shown
        assert log["root"] in shown
        assert "alpha-witness, bravo-witness" in shown


def test_a_message_says_why_it_came_and_the_centre_says_why_another_did_not(alpha: Any):
    alpha.tab("Messages")
    alpha.page.get_by_role("article", name="Warning of Bravo").get_by_role("button", name="Why").click()
    dialog = alpha.page.get_by_role("dialog")
    dialog.get_by_text("In the words of the centre").wait_for()
    assert "Agreement pact, clause" in dialog.inner_text()
    dialog.get_by_role("button", name="Close").click()
    why_not = alpha.page.get_by_role("region", name="Why not?")
    why_not.get_by_label("From").select_option("bravo")
    why_not.get_by_role("button", name="Ask").click()
    why_not.locator("li").first.wait_for()
    assert "alpha" in why_not.inner_text()


def test_a_text_is_sent_once_and_a_refusal_is_said_in_words(alpha: Any):
    alpha.tab("Messages")
    field = alpha.page.get_by_label("Text to the partners")
    field.fill("refuse")
    field.press("Enter")
    alpha.page.get_by_text("body.text: the text is refused. Write another.").first.wait_for()
    field.fill("Seen and matched.")
    field.press("Enter")
    alpha.page.get_by_text("Text sent; the centre has signed a receipt.").first.wait_for()
    sent = alpha.page.evaluate("fetch('api/sent').then((answer) => answer.json())")
    assert sent == [{"path": "/api/act", "kind": "text", "body": {"text": "Seen and matched."}, "note": ""}]
    # The browser itself reports the refused request; that is no fault of the page.
    alpha.trouble[:] = [line for line in alpha.trouble if "status of 422" not in line]


def test_the_keyboard_moves_between_tabs_and_over_the_globe(alpha: Any):
    alpha.page.locator("#tab-situation").click()
    alpha.page.keyboard.press("ArrowRight")
    assert alpha.page.locator("#tab-plan").get_attribute("aria-selected") == "true"
    alpha.page.locator("#globe").focus()
    alpha.page.keyboard.press("ArrowRight")
    alpha.until("location.hash.includes('camera=')", 5.0)
    assert "tab=plan" in alpha.page.url


def test_the_phase_on_the_slider_decides_which_assets_are_listed(alpha: Any):
    alpha.tab("Assets")
    assert "IIB at Redzikowo" not in alpha.text()
    alpha.page.locator("#phase").focus()
    alpha.page.keyboard.press("End")
    alpha.until("document.getElementById('panel').innerText.includes('IIB at Redzikowo')", 5.0)
    assert "phase=2022" in alpha.page.url


def test_a_flight_of_the_export_opens_from_a_file_and_stands_where_it_says(alpha: Any):
    alpha.tab("Files")
    alpha.page.set_input_files("#file", WEB / "tests" / "fixtures" / "flight.czml")
    alpha.page.get_by_text("flight.czml is open.").wait_for()
    assert "UNCLASSIFIED // NOTIONAL" in alpha.text()
    flight = json.loads((WEB / "tests" / "fixtures" / "flight.czml").read_text("utf-8"))[1]
    second_sample = flight["position"]["cartesianVelocity"][7:14]
    drawn = alpha.page.evaluate(
        """(seconds) => {
        const [opened] = window.synaspis.opened;
        return opened.layer.where("track-1", seconds);
        }""",
        second_sample[0],
    )
    assert drawn == pytest.approx(second_sample[1:4], abs=0.01)
    alpha.page.set_input_files("#file", {"name": "x.json", "mimeType": "text/json", "buffer": b"no"})
    alpha.page.get_by_text("x.json is no JSON").wait_for()


def test_looking_as_another_cell_shows_what_that_cell_was_delivered_and_no_more(alpha: Any):
    alpha.page.get_by_label("View as").select_option("charlie")
    alpha.until("window.synaspis.store.tracks.get(1)?.track.quality === 'position'")
    held = alpha.page.evaluate("window.synaspis.store.tracks.get(1).track.covariance === undefined")
    assert held, "charlie is not told the covariance"
    alpha.tab("Messages")
    assert not alpha.page.get_by_label("Text to the partners").is_visible()
    assert "as=charlie" in alpha.page.url
    alpha.page.get_by_label("View as").select_option("alpha")


def test_nothing_left_the_machine_and_nothing_went_wrong(alpha: Any):
    assert alpha.asked
    assert alpha.strangers() == []
    assert alpha.trouble == []


def test_two_hundred_tracks_are_drawn_on_the_flat_map_too(opened: Any):
    with opened("--load", "200", view="#view=map&theme=dark") as shown:
        shown.until("window.synaspis.tracks() === 200")
        assert shown.page.evaluate("document.querySelectorAll('tr[data-key^=\"track:\"]').length") == 200
        assert shown.page.evaluate("document.documentElement.dataset.theme") == "dark"
        assert shown.page.evaluate("document.documentElement.scrollWidth") <= 1366
        assert shown.trouble == []


def test_the_white_cell_runs_the_exercise_from_its_own_tab(opened: Any):
    with opened("--role", "white", view="#tab=white") as shown:
        shown.page.get_by_role("button", name="pause").click()
        shown.page.get_by_text("Done: pause.").first.wait_for()
        sent = shown.page.evaluate("fetch('api/sent').then((answer) => answer.json())")
        assert sent == [{"path": "/api/white", "action": "pause"}]
        assert shown.trouble == []
