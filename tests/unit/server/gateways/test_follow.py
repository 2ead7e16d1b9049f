"""What of a feed reaches the gateways: pictures and messages of one exercise, and nothing without a label."""

import pytest

from synaspis.gateways.carriage.table import example_event, example_picture
from synaspis.server.gateways import Newest
from synaspis.server.gateways.follow import hand_on

EXERCISE = "WINTER ROCKET 2026"


@pytest.fixture
def handed(account):
    """Hands an event on; returns the pictures and messages that were taken."""

    def hand(event, exercise=EXERCISE):
        pictures, messages = [], []
        hand_on(
            event, "alpha", [pictures.append], account, exercise=exercise, message_takers=[messages.append]
        )
        return pictures, messages

    return hand


def test_pictures_and_messages_of_the_exercise_are_taken(handed, account):
    pictures, messages = handed(example_picture())
    assert [track.number for track in pictures[0].tracks] == [3]
    assert messages == []
    pictures, messages = handed(example_event("warning"))
    assert (pictures, messages[0].kind, messages[0].recipient) == ([], "warning", "alpha")
    assert (account.counts["pictures"], account.counts["messages"]) == (1, 1)


@pytest.mark.parametrize("exercise", ["OTHER", None])
@pytest.mark.parametrize("event", [example_picture(), example_event("warning")], ids=["picture", "message"])
def test_nothing_of_another_exercise_or_of_one_at_all_is_taken(handed, account, said, event, exercise):
    assert handed(event, exercise) == ([], [])
    assert account.counts["not handed on"] == 1
    assert f"of the exercise {EXERCISE}: this gateway is for {exercise or 'earnest'}" in said[0]


def test_a_notice_has_no_label_and_is_listed(handed, account, said):
    notice = {"type": "notice", "at": "2026-11-25T06:00:00Z", "code": "agreements-changed", "text": "New."}
    assert handed(notice) == ([], [])
    assert account.counts["other events"] == 1
    assert said == [
        "left out: notice: all of it is not carried: a notice has no label, and nothing goes out without one"
    ]


def test_what_cannot_be_read_is_said_and_ends_nothing(handed, account, said):
    assert handed({"type": "message", "at": "2026-11-25T06:00:00Z"}) == ([], [])
    assert handed({"type": "picture", "at": "2026-11-25T06:00:00Z"}) == ([], [])
    assert account.counts["unreadable message"] == account.counts["unreadable picture"] == 1
    assert "the key 'message' is missing" in said[0]


def test_an_item_is_held_until_it_is_of_no_interest_any_more():
    held: Newest[str] = Newest()
    held.put("track", "a", 100)
    held.put("warning", "b", 100, 900)
    held.forget_before(101)
    assert held.items() == ["b"]
    held.forget_before(901)
    assert held.items() == []
