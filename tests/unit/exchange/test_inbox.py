import pytest

from synaspis.exchange.inbox import Inbox
from synaspis.exchange.settings import Limits
from synaspis.messages import Refused


def test_a_partner_may_send_its_burst_at_once_and_then_at_its_rate():
    inbox = Inbox(Limits(messages_per_s=10.0, burst=3))
    for _ in range(3):
        inbox.add("alpha", b"{}", 0)
    with pytest.raises(Refused, match=r"more than 10 messages a second, 3 at once. Send again in 0.100 s"):
        inbox.add("alpha", b"{}", 0)
    inbox.add("alpha", b"{}", 100_000)
    assert len(inbox) == 4


def test_the_limits_of_one_partner_do_not_touch_another():
    inbox = Inbox(Limits(messages_per_s=10.0, burst=2, pending=2))
    inbox.add("alpha", b"{}", 0)
    inbox.add("alpha", b"{}", 0)
    with pytest.raises(Refused, match="2 messages of 'alpha' wait already"):
        inbox.add("alpha", b"{}", 0)
    inbox.add("bravo", b"{}", 0)


def test_room_in_the_queue_comes_back_with_the_tick():
    inbox = Inbox(Limits(messages_per_s=1000.0, burst=100, pending=1))
    inbox.add("alpha", b"{}", 0)
    assert len(inbox.take(0, 0)) == 1
    inbox.add("alpha", b"{}", 0)


def test_a_tick_takes_what_was_received_up_to_its_instant_in_the_order_of_receipt():
    inbox = Inbox(Limits())
    for sender, received_us in (("alpha", 30), ("bravo", 70), ("alpha", 10), ("charlie", 50)):
        inbox.add(sender, b"{}", received_us)
    taken = inbox.take(50, 90)
    assert [(each.sender, each.received_us) for each in taken] == [
        ("alpha", 10),
        ("alpha", 30),
        ("charlie", 50),
    ]
    assert [each.received_us for each in inbox.take(100, 100)] == [70]


def test_what_was_stamped_before_the_clock_was_put_back_counts_as_received_at_the_tick():
    inbox = Inbox(Limits())
    inbox.add("alpha", b"{}", 9_000)
    assert [each.received_us for each in inbox.take(5_000, 4_000)] == [5_000]


def test_an_envelope_over_the_limit_is_judged_before_anything_reads_it():
    inbox = Inbox(Limits(envelope_bytes=1024))
    given = inbox.add("alpha", b"x" * 1025, 0)
    assert given.refused is not None
    assert given.refused.code == "oversize"
    assert "1,025 bytes; at most 1,024 are taken" in str(given.refused)
