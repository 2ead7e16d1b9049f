"""The first exercise from end to end in browsers: three nations, one of people, and a white cell.

Everything is done and read in the pages; the server is `synaspis serve` as anybody starts it. The tests are
one play in the order in which they stand. Expected values come from the feed that the server gives a cell,
from the flights as the exercise states them, and from the review of the folder afterwards.
"""

import ctypes
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from synaspis.core.clock import from_rfc3339
from synaspis.exercise import load_exercise
from synaspis.exercise.truth import true_flights

EXERCISE = "first-exercise"
MARK = "EXERCISE · FIRST EXERCISE · EXERCISE"
NATIONS = {"us": "United States", "de": "Germany", "pl": "Poland"}
PERSON = "Duty officer"
COMMAND = [sys.executable, "-c", "from synaspis.cli import main; main()"]
# At five sigmas one track in a million and a half lies outside (chi-square with three degrees of freedom).
SIGMAS = 5.0


def end_with_parent() -> None:
    """Have this process end when the tests end, however they do (prctl 1 is PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


@contextmanager
def served(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """`synaspis serve` of the first exercise: the process, and what it says."""
    command = [*COMMAND, "serve", "--exercise", EXERCISE, "--data", str(folder), "--json", *options]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, start_new_session=True, preexec_fn=end_with_parent
    )
    try:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if line.startswith("}") or (line.startswith("{") and line.rstrip().endswith("}")):
                break
        yield process, json.loads(said)
    finally:
        # It and what it started to compute the scene.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=30)


class Play:
    """The exercise while it is played: the process, and a window for each cell by its id."""

    def __init__(self, folder: Path, process: subprocess.Popen[str], windows: dict[str, Any]) -> None:
        self.folder, self.process, self.windows = folder, process, windows
        self.loaded = load_exercise(EXERCISE)
        self.flights = true_flights(self.loaded)
        self.launched = {
            inject.payload.flight: self.loaded.starts_us / 1e6 + inject.at.si
            for _, _, _, inject in self.loaded.document.injects()
            if inject.payload.flight is not None
        }
        self.seen: dict[str, Any] = {}

    def __getitem__(self, cell: str) -> Any:
        return self.windows[cell]

    @property
    def nations(self) -> list[Any]:
        return [self.windows[name] for name in NATIONS]

    def steer(self, press: Callable[[Any], None], done: str) -> None:
        """Let the white cell do something in its page, and wait until the page says that it is done."""
        white = self["white"]
        white.tab("White cell")
        press(white.page)
        white.until_shown(done)

    def arrive(self, at: str) -> None:
        """Wait until a jump has come to an instant of the exercise's day."""
        self["white"].until(f"document.querySelector('#clock').innerText.slice(11, 19) >= {at!r}")

    def impact_s(self, flight: str) -> float:
        """Instant of a true impact, seconds since the epoch."""
        return self.launched[flight] + self.flights[flight].impact_s


@pytest.fixture(scope="module")
def play(tmp_path_factory: pytest.TempPathFactory, window: Any) -> Iterator[Play]:
    folder = tmp_path_factory.mktemp("exercise") / "served"
    with served(folder, "--port", "0", "--people", "de") as (process, said):
        windows = {
            name: window(said["url"], "dark" if name == "de" else "light") for name in (*NATIONS, "white")
        }
        for name, opened in windows.items():
            opened.open(said["links"][name])
        yield Play(folder, process, windows)
        for opened in windows.values():
            opened.close()


def count_s(text: str) -> int:
    """Seconds of a countdown such as 13:51."""
    minutes, seconds = map(int, text.split(":"))
    return 60 * minutes + seconds


def clock_s(window: Any) -> float:
    """Instant that a page's clock shows, seconds since the epoch."""
    found = re.match(r"(\S+) (\S+) UTC", window.text("#clock"))
    assert found
    return datetime.fromisoformat(f"{found[1]}T{found[2]}+00:00").timestamp()


def place_of(text: str) -> tuple[float, float]:
    """Latitude and longitude of a text such as `Leipzig, 51.20° N 12.24° E`."""
    found = re.search(r"([\d.]+)°\s([NS]) ([\d.]+)°\s([EW])", text)
    assert found, text
    return float(found[1]) * (1 if found[2] == "N" else -1), float(found[3]) * (1 if found[4] == "E" else -1)


def row(window: Any, selector: str) -> list[str]:
    """Texts of the cells of a row, read at one instant."""
    found: list[str] = window.page.evaluate(
        "(selector) => [...document.querySelector(selector).cells].map((cell) => cell.innerText)", selector
    )
    return found


def shown_track(window: Any, number: int) -> tuple[dict[str, Any], list[str]]:
    """A track as the page holds it, and its row of the table once it shows the same."""
    asked = f"""() => {{ const held = window.synaspis.store.tracks.get({number});
        const row = document.querySelector('tr[data-key="track:{number}"]');
        return held && row ? [held.track, [...row.cells].map((cell) => cell.innerText)] : null; }}"""
    for _ in range(600):
        if found := window.page.evaluate(asked):
            track, cells = found
            impact = track["impact"]
            # The table rounds to hundredths of a degree, the clock to seconds.
            if place_of(cells[3]) == pytest.approx(
                (impact["latitude_deg"], impact["longitude_deg"]), abs=0.0051
            ):
                assert cells[0] == f"T{number}"
                assert cells[2] == track["time"][11:19]
                return track, cells
        window.page.wait_for_timeout(100)
    raise AssertionError(f"the table does not show what the page holds of track {number}")


def sigmas(off_m: np.ndarray, lower_triangle: list[float]) -> float:
    """How many sigmas an error is off, by a covariance of which the lower triangle is given row by row."""
    size = {3: 2, 21: 6}[len(lower_triangle)]
    covariance = np.zeros((size, size))
    covariance[np.tril_indices(size)] = lower_triangle
    covariance += np.tril(covariance, -1).T
    covariance = covariance[: len(off_m), : len(off_m)]
    return float(np.sqrt(off_m @ np.linalg.solve(covariance, off_m)))


def east_north_m(given: dict[str, float], true_deg: tuple[float, float]) -> np.ndarray:
    """How far a place lies east and north of another, on a sphere of 6371 km, to a percent of the way."""
    north = np.radians(given["latitude_deg"] - true_deg[0])
    east = np.radians(given["longitude_deg"] - true_deg[1]) * np.cos(np.radians(true_deg[0]))
    return 6_371_000.0 * np.array([east, north])


def dark(window: Any, is_dark: bool) -> None:
    """Choose the colours in the page."""
    window.page.get_by_label("Theme").select_option("dark" if is_dark else "light")
    window.until(f"document.documentElement.dataset.theme === '{'dark' if is_dark else 'light'}'")
    window.page.wait_for_timeout(500)


def text_of(selector: str) -> str:
    """Script that gives the text of an element."""
    return f"document.querySelector({selector!r}).innerText"


def test_every_screen_is_marked_and_begins_with_the_phase_of_the_exercise(play: Play) -> None:
    for name, shown in play.windows.items():
        assert shown.text("#banner") == MARK
        assert f"Cell of {NATIONS.get(name, 'White cell')}" in shown.text("#header")
        assert "waiting" in shown.text("#clock")
        assert play.loaded.document.phase == "2018"
        assert "2018" in shown.text("#timeline b")


def test_the_white_cell_starts_the_exercise_and_every_clock_runs(play: Play) -> None:
    white = play["white"]
    white.tab("White cell")
    white.until_shown("List of events")
    assert "a flight from Tabriz to Near Leipzig" in white.text("#programme")
    assert white.page.get_by_role("button", name="Pause").is_disabled()
    white.keep("waiting")
    play.steer(lambda page: page.get_by_role("button", name="Start").click(), "Done: start.")
    for shown in play.windows.values():
        shown.until_shown("running", "#clock")
    play["us"].tab("Plan")
    play["us"].until_shown("deveselu", "#board-defence-plan")


def test_tracks_appear_with_the_values_of_the_feed_and_near_the_truth(play: Play) -> None:
    jump = "Jump here: fly-first"
    play.steer(lambda page: page.get_by_role("button", name=jump).click(), "Jumping to 09:10:55")
    play.arrive("09:10:55")
    flight, launched_s = play.flights["test-flight"], play.launched["test-flight"]
    for shown in play.nations:
        shown.tab("Situation")
        shown.until_shown("T1")
        drawn, cells = shown_track(shown, 1)
        assert cells[1] == "United States"
        time_s = from_rfc3339(drawn["time"]) / 1e6
        given = shown.feed(
            lambda kind, data, time=drawn["time"]: (
                kind == "picture" and data["event"]["tracks"][0]["time"] == time
            )
        )[-1][1]["event"]["tracks"][0]
        assert drawn == given
        true_m, _ = flight.path.at(time_s - launched_s)
        off_m = np.asarray(drawn["position_ecef_m"]) - true_m
        assert sigmas(off_m, drawn["covariance"]) < SIGMAS
        assert (
            sigmas(east_north_m(drawn["impact"], flight.impact_deg), drawn["impact"]["covariance_m2"])
            < SIGMAS
        )
    play["pl"].keep("tracks")


def test_a_person_acknowledges_an_announcement_and_the_others_see_it(play: Play) -> None:
    de, pl = play["de"], play["pl"]
    de.page.get_by_role("button", name="Name", exact=True).click()
    de.page.get_by_label("Name", exact=True).fill(PERSON)
    de.page.get_by_role("button", name="Save").click()
    de.until_shown("Saved.", "#dialog")
    de.page.get_by_role("button", name="Close").click()
    de.tab("Messages")
    announced = de.page.get_by_role("article", name="Pre launch notification of Poland")
    announced.get_by_role("button", name="Acknowledge").click()
    announced.get_by_text("✓ Acknowledged").wait_for()
    pl.tab("Messages")
    pl.until_shown("Acknowledgement of Germany")
    assert f"({PERSON}, de)" in pl.text()


def test_a_claim_of_a_person_and_one_of_another_nation_are_a_conflict_on_every_screen(play: Play) -> None:
    def jump(page: Any) -> None:
        page.get_by_label("Instant to jump to").fill("09:13:20")
        page.get_by_role("button", name="Jump", exact=True).click()

    play.steer(jump, "Jumping to 09:13:20")
    play.arrive("09:13:20")
    de = play["de"]
    de.tab("Situation")
    de.until_shown("T2")
    de.page.get_by_role("button", name="T2").click()
    de.page.get_by_label("Battery").select_option(label="PAC-3, Bad Sülze")
    de.page.get_by_role("button", name="Claim").click()
    de.until_shown("Engagement claim sent; the centre has signed a receipt.")
    de.keep("claim-dark")
    dark(de, False)
    de.keep("claim")
    dark(de, True)
    play.steer(lambda page: page.get_by_label("Speed").select_option("10"), "Speed ×10.")
    for shown in play.nations:
        shown.tab("Plan")
        shown.until("document.querySelector('[data-finding=conflict]') !== null")
        found = shown.text("[data-finding=conflict]")
        assert "Germany" in found or "de" in found
        assert "United States" in found or "us" in found
        claims = shown.text("#board-claims")
        assert "sulze-pac-3-cri" in claims.lower().replace(" ", "-") or "PAC-3, Bad Sülze" in claims
    play.steer(lambda page: page.get_by_label("Speed").select_option("1"), "Speed ×1.")
    play["us"].keep("conflict")
    de.keep("conflict-dark")


def test_a_message_says_why_it_is_seen(play: Play) -> None:
    us = play["us"]
    us.tab("Messages")
    claim = us.page.get_by_role("article", name="Engagement claim of Germany")
    assert f"({PERSON}, de)" in claim.inner_text()
    claim.get_by_role("button", name="Why do I see this?").click()
    us.until_shown("In the words of the centre", "#dialog")
    words = us.text("#dialog")
    assert "us gets the coordination of de" in words
    assert "clause" in words
    us.keep("why")
    us.page.get_by_role("button", name="Close").click()


def test_a_warning_is_shown_with_its_area_and_a_countdown_and_is_acknowledged(play: Play) -> None:
    de, us = play["de"], play["us"]
    de.tab("Situation")
    de.page.get_by_label("Name of the area").fill("Leipzig")
    de.page.get_by_role("button", name="Take shelter", exact=True).last.click()
    de.until_shown("Warning sent; the centre has signed a receipt.")
    impact = play.flights["first-flight"].impact_deg
    for shown in play.nations:
        shown.tab("Situation")
        shown.until_shown("Leipzig")
        key = shown.page.locator("tr:has(td)", has_text="Leipzig").first.get_attribute("data-key")
        cells = row(shown, f'tr[data-key="{key}"]')
        assert cells[:2] == ["Take shelter", "Germany"]
        assert cells[2].startswith("Leipzig, ")
        # Three minutes after launch the prediction is good to a degree; the window opens before it.
        assert place_of(cells[2]) == pytest.approx(impact, abs=1.0)
        left_s = play.impact_s("first-flight") - clock_s(shown)
        assert count_s(cells[3]) == pytest.approx(left_s, abs=180.0)
        assert count_s(cells[3]) > 600
    de.keep("warning-dark")
    us.keep("warning")
    us.tab("Messages")
    warning = us.page.get_by_role("article", name="Warning of Germany")
    warning.get_by_role("button", name="Acknowledge").click()
    warning.get_by_text("✓ Acknowledged").wait_for()
    warned = next(
        {data["event"]["message"]["id"], data["event"].get("reference")}
        for kind, data in us.heard()
        if kind == "message" and data["event"]["message"]["kind"] == "warning"
    )
    de.until_heard(
        lambda kind, data: (
            kind == "message"
            and data["event"]["message"]["kind"] == "acknowledgement"
            and data["event"]["message"]["sender"] == "us"
            and warned & set(data["event"]["message"]["body"]["elsewhere"])
        )
    )


def test_the_verified_checkpoint_and_who_cosigned_it_are_those_of_the_server(play: Play) -> None:
    # Witnesses come by once in a while of the exercise.
    play.steer(lambda page: page.get_by_label("Speed").select_option("30"), "Speed ×30.")
    for name, shown in zip(NATIONS, play.nations, strict=True):
        shown.tab("Logs")
        for centre in ("data", "coordination"):
            shown.until_shown("✓ Verified", f"[data-centre={centre}]")
            shown.until(f"/Cosigned by\\s+[a-z]+.witness/.test({text_of(f'[data-centre={centre}]')})")
        shown.until(
            "['data', 'coordination'].every((centre) => document.querySelector(`[data-centre=${centre}]`)"
            ".innerText.includes(window.synaspis.store.logs.get(centre).root))"
        )
        log = shown.page.evaluate("window.synaspis.store.logs.get('data')")
        assert log["holds"] is True
        assert len(log["root"]) == 64
        assert not [each for each in log["cosigners"] if each == f"{name}/witness"], (
            "its own name is no witness for it"
        )
    play.steer(lambda page: page.get_by_label("Speed").select_option("1"), "Speed ×1.")
    play["us"].keep("logs")
    play["de"].keep("logs-dark")


def test_the_white_cell_injects_by_hand_and_everybody_reads_it(play: Play) -> None:
    white = play["white"]
    white.tab("White cell")
    white.page.get_by_role("button", name="Inject now: end-of-play").click()
    white.until("document.querySelector('tr[data-inject=end-of-play] .state').innerText === '✓ done'")
    white.keep("white")
    for shown in play.nations:
        shown.tab("Messages")
        shown.until_shown("Five minutes to the hot wash-up.")
    play["de"].keep("messages-dark")


def test_the_white_cell_sees_what_a_nation_sees(play: Play) -> None:
    white = play["white"]
    white.page.get_by_label("View as").select_option(label="Poland")
    white.until_shown("looks as Poland", "#header")
    white.tab("Situation")
    white.until_shown("Leipzig")
    assert white.text("#banner") == MARK
    own = {(data["centre"], data["counter"]) for _, data in play["pl"].heard()}
    given = white.until("window.synaspis.store.items.length > 0 && window.synaspis.store.items.length")
    assert given
    assert {(data["centre"], data["counter"]) for _, data in white.heard()} - own == set()
    white.page.get_by_label("View as").select_option(label="White cell")


def test_after_the_end_the_review_says_what_the_pages_showed(play: Play) -> None:
    play.steer(lambda page: page.get_by_role("button", name="End", exact=True).click(), "Done: end.")
    for shown in play.windows.values():
        shown.until_shown("ended", "#clock")
    us = play["us"]
    heard = [data["event"]["message"] for kind, data in us.heard() if kind == "message"]
    play.process.send_signal(signal.SIGTERM)
    assert play.process.wait(timeout=60) == 0
    made = subprocess.run(
        [*COMMAND, "exercise", "review", str(play.folder), "--json"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert made.returncode == 0, made.stderr
    review = json.loads(made.stdout)
    first = next(flight for flight in review["flights"] if flight["id"] == "first-flight")
    claims = [each for each in heard if each["kind"] == "engagement-claim"]
    assert {each["sender"] for each in claims} == {"de", "us"} == set(first["claimed_by"])
    reviewed = {claim["battery"] for flight in review["flights"] for claim in flight["claims"]}
    assert reviewed == {each["body"]["battery"] for each in claims}
    warning = next(each for each in heard if each["kind"] == "warning")
    told = next(step for step in first["known"]["us"] if step["what"] == "warning")
    assert told["sender"] == warning["sender"] == "de"
    # A message is released at the next tick of its centre, within some seconds.
    sent_s = from_rfc3339(warning["sent_at"]) / 1e6
    assert told["before_impact_s"] == pytest.approx(play.impact_s("first-flight") - sent_s, abs=15.0)
    verdicts = {
        (each["inject"], each["nation"], each["action"]): each["verdict"] for each in review["actions"]
    }
    assert verdicts["fly-first", "de", "warning"] == "seen"
    us.page.goto((play.folder / "review.html").as_uri())
    assert us.page.locator("h1").first.is_visible()
    us.keep("review")


def test_nothing_left_the_machine_and_no_page_complained(play: Play) -> None:
    for name, shown in play.windows.items():
        assert shown.asked, name
        assert [url for url in shown.strangers() if not url.startswith("file:")] == [], name
        # The server has ended; that the stream is gone is not a fault of the page.
        assert [line for line in shown.trouble if "ERR_" not in line] == [], name


def free_port() -> int:
    """The first of three free ports in a row."""
    for _ in range(100):
        with socket.socket() as first:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                for after in (1, 2):
                    with socket.socket() as other:
                        other.bind(("127.0.0.1", port + after))
            except (OSError, OverflowError):
                continue
            return port
    raise AssertionError("no three free ports in a row")


def test_pages_come_back_by_themselves_after_the_server_was_killed(tmp_path: Path, window: Any) -> None:
    options = ("--port", str(free_port()))
    with served(tmp_path / "served", *options) as (process, said):
        us, white = window(said["url"]), window(said["url"])
        us.open(said["links"]["us"])
        white.open(f"{said['links']['white']}")
        white.tab("White cell")
        white.until_shown("List of events")
        white.page.get_by_role("button", name="Start").click()
        white.until_shown("running", "#clock")
        white.page.get_by_role("button", name="Jump here: fly-first").click()
        us.until("window.synaspis.tracks() === 1")
        before = {(data["centre"], data["counter"]) for _, data in us.heard()}
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=30)
        for shown in (us, white):
            shown.until_shown("No connection; trying again", "#header")
    us.keep("no-connection")
    with served(tmp_path / "served", *options):
        for shown in (us, white):
            shown.until_shown("Connected", "#header")
            shown.until_shown("running", "#clock")
        white.until("document.querySelector('#clock').innerText.slice(11, 19) >= '09:10:55'")
        white.page.get_by_label("Speed").select_option("30")
        white.until_shown("Speed ×30.")
        # The page hears of the first flight, which is launched after the server was killed.
        us.until_shown("T2")
        heard = [(data["centre"], data["counter"]) for _, data in us.heard()]
        assert before <= set(heard)
        for centre in ("data", "coordination"):
            counters = [counter for where, counter in heard if where == centre]
            assert counters == list(range(1, len(counters) + 1)), "each event once, in its order"
        assert us.text("#banner") == MARK
        for shown in (us, white):
            assert shown.strangers() == []
            assert [line for line in shown.trouble if "ERR_" not in line] == []
            shown.close()
