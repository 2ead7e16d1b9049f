"""The list of events, as the white cell and nobody else reads it."""

from typing import Any

from synaspis.exercise import exercise_ids, load_exercise
from synaspis.server.cells.programme import programme_of


def test_the_white_cell_reads_the_list_of_events_and_no_nation_does(opened: Any) -> None:
    answer = opened.enter("white").get("/api/exercise")
    assert answer.status_code == 200
    told = answer.json()
    assert told["name"] == "FIRST EXERCISE"
    # As the file has it: `fly-first` at 11 min of an exercise that starts at 09:00.
    first = next(inject for inject in told["injects"] if inject["id"] == "fly-first")
    assert first["at"] == "2026-11-30T09:11:00.000000Z"
    assert first["brings"] == "a flight from Tabriz to Near Leipzig"
    assert {"by": ["de"], "action": "warning", "within_s": 720.0} in first["expected"]
    for name in ("de", "observer", "operator"):
        refused = opened.enter(name).get("/api/exercise")
        assert refused.status_code == 403
        assert "for the white cell" in refused.json()["error"]["faults"][0]["what"]


def test_a_session_begins_with_the_phase_of_the_exercise(opened: Any) -> None:
    scenario = opened.enter("de").get("/api/session").json()["scenario"]
    assert scenario["phase"] == "2018"
    assert "2018" in [phase["id"] for phase in scenario["phases"]]


def test_every_inject_of_every_exercise_is_told_in_words_and_in_order() -> None:
    for name in exercise_ids():
        loaded = load_exercise(name)
        told = programme_of(loaded)["injects"]
        assert len(told) == sum(1 for _ in loaded.document.injects())
        assert [inject["at"] for inject in told] == sorted(inject["at"] for inject in told)
        assert all(inject["brings"] and "None" not in inject["brings"] for inject in told)
