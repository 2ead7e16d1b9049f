from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synaspis.exchange.client import feed as client_feed
from synaspis.exchange.client.errors import Alarm
from synaspis.exchange.client.feed import FeedParser, RawEvent

STREAM = (
    b": welcome\n\n"
    b'id: 1\nevent: message\ndata: aa\ndata: {"a":1}\n\n'
    b"retry: 10\r\nid: 2\r\nevent: notice\r\ndata: bb\r\ndata: {}\r\n\r\n"
    b"event: behind\n\n"
)
EVENTS = [
    RawEvent("1", "message", (b"aa", b'{"a":1}')),
    RawEvent("2", "notice", (b"bb", b"{}")),
    RawEvent("", "behind", ()),
]


def test_events_come_with_id_name_and_data():
    assert FeedParser().feed(STREAM) == EVENTS


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_it_does_not_matter_where_the_stream_is_cut(cuts: list[int]):
    parser, found, before = FeedParser(), [], 0
    for cut in [*sorted(cuts), len(STREAM)]:
        found += parser.feed(STREAM[before:cut])
        before = cut
    assert found == EVENTS


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c"])
def test_only_line_ends_of_the_standard_end_a_line(sign: str):
    """WHATWG HTML 9.2.5: end-of-line is CR LF, LF or CR."""
    data = f'{{"text":"a{sign}b"}}'.encode()
    assert FeedParser().feed(b"data: " + data + b"\n\n") == [RawEvent("", "message", (data,))]


def test_an_id_does_not_stay_for_the_next_event():
    found = FeedParser().feed(b"id: 1\ndata: a\n\ndata: b\n\n")
    assert [event.id for event in found] == ["1", ""]


def test_an_event_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(client_feed, "EVENT_MAX_BYTES", 100)
    parser = FeedParser()
    parser.feed(b"data: " + b"x" * 90)
    with pytest.raises(Alarm, match="an event of the feed has more than 100 bytes"):
        parser.feed(b"x" * 10)
    many = FeedParser()
    with pytest.raises(Alarm, match="more than 100 bytes"):
        many.feed(b"data: xxxxxxx\n" * 20)
