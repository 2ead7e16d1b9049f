"""Boards of a served exercise: plans held against the analysis, pre-planned responses of the exercise."""

from synaspis.exercise import load_exercise
from synaspis.server.cells.planning import analysis_of

PLAN = {
    "plan": "Of a person",
    "tasks": [
        {
            "battery": "sulze-pac-3-cri",
            "radars": ["sulze-radar"],
            "area": {
                "name": "Baltic coast",
                "centre": {"latitude_deg": 54.0, "longitude_deg": 13.4},
                "radius_m": 200_000,
            },
            "since": "2026-11-30T09:00:00Z",
        }
    ],
    "to_defend": [
        {
            "area": {"centre": {"latitude_deg": 51.3, "longitude_deg": 12.4}, "radius_m": 30_000},
            "since": "2026-11-30T09:00:00Z",
        }
    ],
}


def test_a_plan_that_a_person_sends_is_held_against_the_analysis_on_the_boards_of_others(opened, read, asks):
    de, pl = opened.enter("de"), opened.enter("pl")
    answer = de.post("/api/act", json={"kind": "defence-plan", "body": PLAN, "note": ""}, headers=asks)
    assert answer.status_code == 201, answer.text

    def is_shown(found):
        return any(event == "board" and shares(data["board"]) for _, event, data in found)

    def shares(board):
        rows = board["plans"]["against_analysis"] or ()
        return {row["threat"]: row["share"] for row in rows if row["partner"] == "de"}

    board = next(data["board"] for _, event, data in reversed(read(pl, until=is_shown)) if event == "board")
    # No PAC-3 stops an irbm-3500 by its own radar, and shorter ones do not come so far north.
    assert shares(board) == {"mrbm-1300": None, "mrbm-2000": None, "irbm-3500": 0.0}
    assert [gap["partner"] for gap in board["plans"]["gaps"]] == ["de"]
    assert board["responses"]["document"] == "first-exercise"
    assert [each["id"] for each in board["responses"]["planned"]] == ["tell-the-border"]


def test_the_analysis_knows_the_plans_of_the_file_beforehand():
    loaded = load_exercise("first-exercise")
    analysis = analysis_of(loaded)
    # Two tasks of the United States, one of Germany; three threats each.
    assert sorted(map(len, analysis._known.values())) == [3, 3, 3]
