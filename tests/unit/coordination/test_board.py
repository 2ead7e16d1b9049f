"""The board as a whole: what it takes, what it refuses, and that it comes back as it was."""

import json

import pytest

from synaspis.coordination import Board, board_of, load_responses
from synaspis.core.errors import InputError

RESPONSES = load_responses("coordination-demo")


def test_a_new_board_is_empty():
    found = Board("alpha").to_dict()
    assert (found["schema"], found["partner"], found["control"]["state"]) == (
        "synaspis.board/1", "alpha", "not started",
    )  # fmt: skip
    assert not any(found[name] for name in ("picture", "objects", "calendar", "warnings", "hand_overs"))


def test_there_are_two_centres(make):
    with pytest.raises(InputError, match="there is no centre 'third' here") as caught:
        Board("alpha").take("third", make.event("text", "bravo", {"text": "x"}))
    assert "Name 'data' or 'coordination'." in str(caught.value)


@pytest.mark.parametrize(
    "event",
    [
        {},
        [],
        None,
        {"type": "message", "at": "2026-06-15T12:00:00Z"},
        {"type": "picture", "at": "2026-06-15T12:00:00Z", "tracks": [{"number": "x"}]},
        {"type": "gossip", "at": "2026-06-15T12:00:00Z"},
        {"type": "notice", "at": "noon"},
    ],
)
def test_what_is_no_event_is_refused_and_changes_nothing(event):
    board = Board("alpha")
    before = board.to_bytes()
    with pytest.raises(InputError, match="this is no event of a centre"):
        board.take("data", event)
    assert board.to_bytes() == before


def test_an_event_that_comes_twice_changes_nothing(make):
    board = Board("alpha")
    event = make.event("engagement-claim", "bravo", make.claim())
    board.take("coordination", event)
    before = board.to_bytes()
    board.take("coordination", event)
    assert board.to_bytes() == before


def test_the_picture_holds_the_latest_of_each_track_and_none_that_ended(make):
    def picture(seconds, *tracks):
        told = [{"number": number, "status": status, **make.state(seconds)} for number, status in tracks]
        return {"type": "picture", "at": make.at(seconds), "policy": "p", "tracks": told}

    board = Board("alpha")
    # The last of the three comes first: what comes late does not put the clock back.
    for event in (picture(3, (1, "ended")), picture(1, (1, "new"), (2, "new")), picture(2, (2, "updated"))):
        board.take("data", event)
    assert [(each["number"], each["time"]) for each in board.to_dict()["picture"]] == [(2, make.at(2))]
    assert board.to_dict()["now"] == make.at(3)


def test_a_track_of_one_source_is_shown_as_far_as_it_was_told(make):
    told = make.event(
        "track-report", "bravo", {"impact": {"time": make.at(9)}}, 1, quality="impact-area", track="f" * 32
    )
    del told["reference"]
    board = Board("alpha")
    board.take("data", told)
    (one,) = board.to_dict()["source_tracks"]
    assert (one["track"], one["sender"], one["extract"]) == (
        "f" * 32,
        "bravo",
        {"impact": {"time": make.at(9)}},
    )


@pytest.mark.parametrize(
    ("actions", "state"),
    [
        ([], "not started"),
        (["start"], "running"),
        (["start", "pause"], "paused"),
        (["start", "pause", "jump"], "paused"),
        (["start", "pause", "resume"], "running"),
        (["start", "inject-done"], "running"),
        (["start", "end"], "ended"),
    ],
)
def test_the_run_of_an_exercise_is_what_the_white_cell_has_said(actions, state, make):
    board = Board("alpha")
    for number, action in enumerate(actions):
        body = {"action": action, "exercise_time": make.at(number)}
        body |= {"jump": {"to": make.at(500)}, "inject-done": {"inject": "one"}}.get(action, {})
        board.take("coordination", make.event("exercise-control", "white", body, number, exercise="GAME"))
    found = board.to_dict()["control"]
    assert found["state"] == state
    assert found["injects"] == (["one"] if "inject-done" in actions else [])
    if "jump" in actions:
        assert found["exercise_time"] == make.at(500)


def test_a_board_is_plain_json(day):
    for board in day.played.boards.values():
        assert json.loads(json.dumps(board.to_dict(), allow_nan=False)) == board.to_dict()


def test_a_board_comes_back_from_its_bytes_and_from_a_replay(day):
    for name, board in day.played.boards.items():
        again = Board.from_bytes(board.to_bytes(), RESPONSES)
        replayed = board_of(name, day.played.delivered[name], RESPONSES)
        assert again.to_bytes() == replayed.to_bytes() == board.to_bytes()
        assert again.to_dict() == replayed.to_dict() == board.to_dict()


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b'{"format": "synaspis.board/2"}', b"\xff"])
def test_what_is_no_board_is_refused(raw):
    with pytest.raises(ValueError, match=r"not a board of the format synaspis\.board/1"):
        Board.from_bytes(raw)
