"""A board depends on nothing but the events delivered to its partner: order, restarts, others."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synaspis.coordination import Board, board_of, load_responses, rehearse
from synaspis.exchange.script import load_script

RESPONSES = load_responses("coordination-demo")
PARTNERS = ("alpha", "bravo", "charlie", "white")


@cache
def delivered():
    script, path = load_script("two-claims")
    return rehearse(script, path, responses="coordination-demo").delivered


@pytest.mark.parametrize("partner", PARTNERS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_the_order_of_events_does_not_change_a_byte(partner, data):
    events = delivered()[partner]
    mixed = data.draw(st.permutations(events))
    one, other = board_of(partner, events, RESPONSES), board_of(partner, mixed, RESPONSES)
    assert other.to_bytes() == one.to_bytes()
    assert other.to_dict() == one.to_dict()


@pytest.mark.parametrize("partner", PARTNERS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_a_restart_at_any_event_does_not_change_a_byte(partner, data):
    events = delivered()[partner]
    cut = data.draw(st.integers(0, len(events)))
    board = Board.from_bytes(board_of(partner, events[:cut], RESPONSES).to_bytes(), RESPONSES)
    for centre, event in events[cut:]:
        board.take(centre, event)
    whole = board_of(partner, events, RESPONSES)
    assert board.to_bytes() == whole.to_bytes()
    assert board.to_dict() == whole.to_dict()


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_board_names_no_message_that_it_was_not_given(data):
    """Whatever was left out, also the claim that a hand-over is about, does not come in by another way."""
    events = delivered()[data.draw(st.sampled_from(PARTNERS))]
    kept = data.draw(st.lists(st.sampled_from(range(len(events))), unique=True))
    board = board_of("anybody", [events[index] for index in kept], RESPONSES)
    given_ = {event["reference"] for _, event in (events[index] for index in kept) if "reference" in event}
    assert set(_references(board.to_dict())) <= given_


def _references(value):
    if isinstance(value, dict):
        for key, part in value.items():
            if key == "reference":
                yield part
            yield from _references(part)
    elif isinstance(value, list):
        for part in value:
            yield from _references(part)
