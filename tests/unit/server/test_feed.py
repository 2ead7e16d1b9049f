"""Feeds: the window in memory, and the stream over TLS read by the client's own parser."""

import json
import socket
import ssl
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synaspis.exchange.client.feed import FeedParser, RawEvent
from synaspis.exchange.store.storage import FeedEvent
from synaspis.server.feed import Window, frame


def small(counter: int, size: int = 10) -> FeedEvent:
    return FeedEvent(counter, "message", bytes(32), b"x" * size)


def test_frame_is_an_event_of_two_lines_of_data():
    event = FeedEvent(7, "picture", bytes(range(32)), '{"name":"Ångström \u2028"}'.encode())
    (parsed,) = FeedParser().feed(frame(event))
    assert parsed == RawEvent("7", "picture", (bytes(range(32)).hex().encode(), event.data))


def test_window_holds_the_newest_in_number_and_bytes():
    window = Window(events=3, size=1_000)
    window.append(map(small, range(1, 6)))
    assert [each.counter for each in window.after(0, 10**6)] == [3, 4, 5]
    assert not window.holds(1)
    assert window.holds(2)
    window.append([small(6, 900), small(7, 900)])
    assert [each.counter for each in window.after(2, 10**6)] == [7]


def test_window_that_is_empty_lacks_nothing():
    assert Window(3, 100).holds(0)
    assert Window(3, 100).after(0, 100) == []


def test_window_gives_at_least_one_event_however_large():
    window = Window(10, 10_000)
    window.append([small(1, 500), small(2, 500)])
    assert [each.counter for each in window.after(0, 10)] == [1]
    assert [each.counter for each in window.after(0, 1_000)] == [1, 2]
    assert window.after(2, 10) == []


@given(st.lists(st.integers(1, 5), max_size=30), st.integers(1, 8), st.integers(1, 60))
def test_reader_of_a_window_gets_each_event_once_or_is_told_that_some_are_gone(
    groups: list[int], most: int, size: int
):
    window, counter, sent = Window(most, 10_000), 0, 0
    for group in groups:
        window.append(small(counter + n + 1) for n in range(group))
        counter += group
        if window.holds(sent):
            for each in window.after(sent, size):
                assert each.counter == sent + 1
                sent = each.counter
        else:
            sent = counter


class Reader:
    """Follows a feed over a raw socket, at the pace of the test."""

    def __init__(
        self, running, partner: str = "alpha", after: int | None = None, header: bool = True
    ) -> None:
        import socket

        raw = socket.socket()
        # Small, so that little is on its way when the reader rests.
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
        raw.settimeout(60)
        raw.connect(("127.0.0.1", running.port))
        self.line = running.context(partner).wrap_socket(raw, server_hostname="localhost")
        resume = "" if after is None else f"last-event-id: {after}\r\n" if header else ""
        query = f"?after={after}" if after is not None and not header else ""
        self.line.sendall(f"GET /v1/feed{query} HTTP/1.1\r\nhost: x\r\n{resume}\r\n".encode())
        self._raw, self._parser, self.events = b"", FeedParser(), []
        self.ended = False

    def until(self, count: int, seconds: float = 60.0) -> list[RawEvent]:
        """Read until so many events have come."""
        end = time.monotonic() + seconds
        while len(self.events) < count and not self.ended:
            assert time.monotonic() < end, f"only {len(self.events)} of {count} events came"
            self._read()
        return self.events

    def _read(self) -> None:
        try:
            piece = self.line.recv(65_536)
        except (ssl.SSLError, ConnectionError):
            piece = b""
        if not piece:
            self.ended = True
        self._raw += piece
        if b"\r\n\r\n" in self._raw and not hasattr(self, "head"):
            self.head, _, self._raw = self._raw.partition(b"\r\n\r\n")
        if hasattr(self, "head"):
            self.events += self._parser.feed(self._chunks())

    def _chunks(self) -> bytes:
        found = b""
        while b"\r\n" in self._raw:
            length, _, rest = self._raw.partition(b"\r\n")
            size = int(length, 16)
            if len(rest) < size + 2:
                break
            found, self._raw = found + rest[:size], rest[size + 2 :]
        return found

    def counters(self) -> list[int]:
        return [int(each.id) for each in self.events if each.id]

    def close(self) -> None:
        self.line.close()


@pytest.fixture
def follow():
    readers = []

    def begin(*arguments, **options) -> Reader:
        readers.append(Reader(*arguments, **options))
        return readers[-1]

    yield begin
    for each in readers:
        each.close()


def publish(running, partner: str, events: list[FeedEvent]) -> None:
    """As a tick does: stored first, then announced."""
    running.desk.events[partner] += events
    running.call(running.feeds.publish, {partner: events})


def small_buffers(running) -> None:
    """Have the system keep little of what a reader has not taken; by itself it would keep megabytes."""
    for peer in running.sessions._peers:
        line = peer.connection.transport.get_extra_info("socket")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 32_768)


def wait_for(condition, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_feed_gives_what_is_stored_and_then_what_comes(start, follow, make_event):
    running = start()
    running.desk.events["alpha"] = [make_event(1), make_event(2)]
    reader = follow(running)
    reader.until(2)
    assert b"HTTP/1.1 200" in reader.head
    assert b"content-type: text/event-stream; charset=utf-8" in reader.head
    publish(running, "alpha", [make_event(3, kind="picture"), make_event(4, kind="notice")])
    events = reader.until(4)
    assert reader.counters() == [1, 2, 3, 4]
    assert [each.event for each in events] == ["message", "message", "picture", "notice"]
    assert events[2].data == (b"03" * 32, make_event(3).data)


def test_feed_of_one_partner_shows_nothing_of_another(start, follow, make_event):
    running = start()
    alpha, bravo = follow(running), follow(running, "bravo")
    wait_for(lambda: running.call(running.feeds.open_count) == 2)
    publish(running, "bravo", [make_event(n) for n in range(1, 4)])
    publish(running, "alpha", [make_event(1)])
    bravo.until(3)
    assert alpha.until(1)[0].id == "1"
    assert alpha.counters() == [1]


@pytest.mark.parametrize("header", [True, False])
def test_feed_resumes_after_the_last_event_received(start, follow, make_event, header: bool):
    running = start()
    publish(running, "alpha", [make_event(n) for n in range(1, 8)])
    reader = follow(running, after=4, header=header)
    reader.until(3)
    assert reader.counters() == [5, 6, 7]


def test_many_connections_that_break_and_resume_get_every_event_once(start, follow, make_event):
    running = start(recent_events=5, catch_up_events=3)
    seen: list[int] = []
    for turn in range(10):
        reader = follow(running, after=seen[-1] if seen else None)
        publish(running, "alpha", [make_event(turn * 4 + n) for n in range(1, 5)])
        reader.until(turn % 4 + 1)
        seen += reader.counters()
        reader.close()
        wait_for(lambda: running.call(running.feeds.open_count) == 0)
    last = follow(running, after=seen[-1])
    last.until(40 - len(seen))
    assert seen + last.counters() == list(range(1, 41))


def test_all_connections_of_a_partner_get_the_same_bytes(start, follow, make_event):
    running = start()
    readers = [follow(running) for _ in range(3)]
    wait_for(lambda: running.call(running.feeds.open_count) == 3)
    publish(running, "alpha", [make_event(n) for n in range(1, 30)])
    found = [reader.until(29) for reader in readers]
    assert found[0] == found[1] == found[2]


def test_feeds_over_the_limit_of_a_partner_are_refused(start, follow, check_error):
    running = start(feeds_per_partner=2)
    for _ in range(2):
        follow(running)
    wait_for(lambda: running.call(running.feeds.open_count) == 2)
    with running.client("alpha") as client:
        response = client.get("/v1/feed")
        check_error(response, 429, "2 feeds are open already")
        assert response.headers["retry-after"] == "5"


def test_slow_reader_is_told_that_it_is_behind_and_then_gets_everything_from_the_store(
    start, follow, make_event
):
    running = start(recent_events=20, write_bytes=8_192, catch_up_events=50)
    slow, quick = follow(running), follow(running, "bravo")
    wait_for(lambda: running.call(running.feeds.open_count) == 2)
    small_buffers(running)
    times: list[float] = []
    for first in range(1, 2_001, 10):
        news = [make_event(n, 2_000) for n in range(first, first + 10)]
        publish(running, "alpha", news)
        began = time.monotonic()
        publish(running, "bravo", news)
        quick.until(first + 9)
        times.append(time.monotonic() - began)
    # 4 MB were published and not read: neither held in memory for the slow one, nor lost.
    assert running.desk.read_store.count("alpha") == 1
    # Had the quick one waited for the slow one, it would have waited until that was cut off.
    assert sorted(times)[len(times) // 2] < 2.0
    events = slow.until(2_000 + 2)
    assert slow.counters() == list(range(1, 2_001))
    told = [each for each in events if not each.id]
    assert [each.event for each in told] == ["behind", "current"]
    begun = json.loads(told[0].data[0])["after"]
    assert events[begun].event == "behind"
    assert json.loads(told[1].data[0])["after"] == 2_000
    assert running.feeds.fell_behind == 1
    assert running.desk.read_store.count("bravo") == 1


def test_reader_that_takes_nothing_is_cut_off(start, follow, make_event):
    running = start(stalled_s=0.5, recent_events=50)
    stuck = follow(running)
    wait_for(lambda: running.call(running.feeds.open_count) == 1)
    small_buffers(running)
    for first in range(1, 1_000, 50):
        publish(running, "alpha", [make_event(n, 2_000) for n in range(first, first + 50)])
    time.sleep(0.7)
    running.call(lambda: running.feeds.watch(running.loop.time()))
    wait_for(lambda: running.call(running.feeds.open_count) == 0)
    assert running.feeds.stalled == 1
    stuck.until(10**6)
    assert stuck.ended


def test_silent_feed_gets_a_sign_of_life(start, follow):
    running = start(heartbeat_s=0.2)
    reader = follow(running)
    wait_for(lambda: running.call(running.feeds.open_count) == 1)
    time.sleep(0.3)
    before = running.feeds.sent_bytes
    running.call(lambda: running.feeds.watch(running.loop.time()))
    wait_for(lambda: running.feeds.sent_bytes == before + len(b":\n\n"))
    assert reader.counters() == []


def test_feed_ends_when_the_server_stops(start, follow, make_event):
    running = start()
    reader = follow(running)
    publish(running, "alpha", [make_event(1)])
    reader.until(1)
    stopping = threading.Thread(target=running.stop)
    stopping.start()
    reader.until(10**6)
    assert reader.ended
    stopping.join(60)
    running.stop = lambda: None
