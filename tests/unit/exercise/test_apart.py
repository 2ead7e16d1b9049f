"""An exercise cannot be mixed with what is not one; and one seed gives the same bytes in every process."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from synaspis.core.clock import SystemClock, from_rfc3339
from synaspis.core.errors import InputError
from synaspis.exchange.rehearsal import Line, Rehearsal
from synaspis.exchange.settings import Settings, load_settings
from synaspis.exercise import load_exercise, run_exercise
from synaspis.exercise.review import render, review
from synaspis.exercise.run import settings_of
from synaspis.messages import Text, TrackReport, lower_triangle
from synaspis.server.cells import open_grounds

START_US = from_rfc3339("2026-11-30T09:00:00Z")


def rehearsal(loaded, place, exercise):
    settings = Settings(tick_us=1_000_000, exercise=exercise)
    return Rehearsal(loaded.books["data"], START_US, place, settings=settings)


def taken(centre, body, exercise, after_s):
    at_us = START_US + after_s * 1_000_000
    centre.clock.set(at_us)
    label = centre_label(centre)
    ticket = centre.submit(Line("pl", body, label, at_us, at_us, exercise=exercise))
    centre.clock.advance(3_000_000)
    centre.centre.tick()
    return ticket.answer.code


def centre_label(_centre):
    return load_exercise("first-exercise").books["data"].default_label()


@pytest.mark.parametrize("name", [None, "FIRST EXERCIS", "first exercise", "FIRST EXERCISE "])
def test_the_centre_of_an_exercise_takes_nothing_under_another_name(tmp_path, name):
    loaded = load_exercise("first-exercise")
    centre = Rehearsal(loaded.books["data"], START_US, tmp_path, settings=settings_of(loaded, "data"))
    assert taken(centre, Text(text="Hello."), name, 1) == "wrong-exercise"
    assert taken(centre, Text(text="Hello."), "FIRST EXERCISE", 10) == ""
    assert len(centre.received["de"]) == 1


def track():
    covariance = [[1e4 if i == j else 0.0 for j in range(6)] for i in range(6)]
    return TrackReport(
        track="t-1",
        time="2026-11-30T09:00:00.000000Z",
        position_ecef_m=(3_700_000.0, 1_300_000.0, 5_400_000.0),
        velocity_ecef_m_s=(0.0, 1_000.0, 2_000.0),
        covariance=lower_triangle(covariance),
        estimate="tracklet",
        sensor="radar",
        quality=0.9,
    )


def test_a_centre_in_earnest_fuses_nothing_of_an_exercise_into_what_is_real(tmp_path):
    """One object of each kind at one place: two pictures, each marked as what it is."""
    loaded = load_exercise("first-exercise")
    centre = rehearsal(loaded, tmp_path, None)
    codes = [
        taken(centre, track(), name, 1 + 5 * at) for at, name in enumerate((None, "DRILL", "OTHER DRILL"))
    ]
    assert codes == ["", "", ""]
    pictures = [
        event for each in centre.received["pl"] if (event := json.loads(each.data))["type"] == "picture"
    ]
    assert {event.get("exercise") for event in pictures} == {None, "DRILL", "OTHER DRILL"}
    for event in pictures:
        assert len(event["tracks"]) == 1
    # The book's clauses hold in exercises alone: others are shown the two drills and nothing real.
    shown = {json.loads(each.data).get("exercise") for each in centre.received["de"]}
    assert shown == {"DRILL", "OTHER DRILL"}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A folder made to serve the first exercise, and the file of it that it was made from."""
    place = tmp_path_factory.mktemp("served")
    source = place / "mine.yaml"
    text = load_exercise("first-exercise").text.decode()
    source.write_text(text.replace("id: first-exercise", "id: mine"), encoding="utf-8")
    open_grounds(place / "folder", SystemClock(), exercise=str(source), people=("de",))
    return place / "folder", source


def test_both_centres_of_a_served_exercise_take_nothing_else(served):
    folder, source = served
    for centre in ("data", "coordination"):
        assert load_settings(folder / centre / "centre.yaml").exercise == "FIRST EXERCISE"
    assert (folder / "exercise.yaml").read_bytes() == source.read_bytes()


def test_a_folder_is_served_for_the_exercise_alone_that_it_was_made_for(served):
    folder, source = served
    with pytest.raises(InputError, match=r"the folder was made for the exercise .*blind-radar is asked for"):
        open_grounds(folder, SystemClock(), exercise="blind-radar")
    kept = source.read_bytes()
    source.write_bytes(kept.replace(b"lasts: 30 min", b"lasts: 40 min"))
    try:
        with pytest.raises(
            InputError, match="the exercise has been changed since the folder was made for it"
        ):
            open_grounds(folder, SystemClock(), exercise=str(source))
    finally:
        source.write_bytes(kept)
    assert open_grounds(folder, SystemClock(), exercise=str(source)).document.people == ("de",)


def test_a_folder_that_was_never_started_is_no_run_to_review(served):
    with pytest.raises(InputError, match=r"there is no such file|was not started"):
        review(served[0])


def digest_of(folder: Path) -> str:
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return found.hexdigest()


def test_a_process_of_its_own_with_other_hashes_gives_the_same_bytes_and_the_same_review(
    short_file, tmp_path
):
    run_exercise(load_exercise(short_file), tmp_path / "here", seed=11)
    made = review(tmp_path / "here")
    script = (
        "import json, sys; from synaspis.exercise import load_exercise, run_exercise; "
        "from synaspis.exercise.review import render, review; "
        "run_exercise(load_exercise(sys.argv[1]), sys.argv[2], seed=11); "
        "made = review(sys.argv[2]); print(json.dumps(made)); print(render(made))"
    )
    for seed in ("1",):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        place = tmp_path / f"there-{seed}"
        said = subprocess.run(
            [sys.executable, "-c", script, str(short_file), str(place)],
            env=environment,
            check=True,
            timeout=120,
            capture_output=True,
            text=True,
        ).stdout
        assert digest_of(place) == digest_of(tmp_path / "here")
        assert said == f"{json.dumps(made)}\n{render(made)}\n"
