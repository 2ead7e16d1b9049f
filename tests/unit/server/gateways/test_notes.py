"""Notes on their way to the centre: once each, again after an outage, and refusals that are said."""

import asyncio

import pytest

from synaspis.agreement import Label
from synaspis.core.clock import ManualClock, SystemClock
from synaspis.core.errors import Fault, InputError
from synaspis.exchange.client.errors import ServerFault, SignedRefusal, Unreachable
from synaspis.gateways import NotCarried
from synaspis.server.gateways import Account, GatewayLimits, Newest, NoteDesk
from synaspis.server.gateways.follow import hand_on
from synaspis.server.gateways.limits import Bucket
from synaspis.server.gateways.tls import check_plain, client_context, server_context

STANDING = Label("EXERCISE", "RESTRICTED")


def played(client, account, words, *, ready, limits=None):
    async def play():
        desk = NoteDesk(
            client,
            standing=STANDING,
            exercise=None,
            clock=SystemClock(),
            account=account,
            limits=limits,
            sleep=lambda _: asyncio.sleep(0),
        )
        for word in words:
            desk.offer_words(word, key=word, subject="Note")
        task = asyncio.create_task(desk.run())
        for _ in range(1_000):
            if ready():
                break
            await asyncio.sleep(0.002)
        task.cancel()

    asyncio.run(play())
    assert ready()


def test_while_the_centre_is_away_the_client_sends_again_what_it_kept(client, account):
    client.errors = [Unreachable("away"), Unreachable("still away")]
    played(client, account, ["One.", "Two."], ready=lambda: len(client.sent) == 2)
    assert client.resent == 2
    assert account.counts["centre not reached"] == 1


def test_a_refusal_is_said_and_ends_nothing(client, account, said):
    refusal = SignedRefusal("bad-label", (Fault("the label is not in the table"),), "01ABC", b"")
    client.errors = [refusal, ServerFault(503, [Fault("busy")])]
    played(client, account, ["One.", "Two.", "Three."], ready=lambda: account.counts["note"] == 1)
    assert any("refused by the centre: Note: the label is not in the table" in line for line in said)
    assert any("not sent: Note: the centre answered 503: busy" in line for line in said)


def test_more_notes_than_may_wait_are_refused(client, account):
    async def play():
        limits = GatewayLimits(queue=2)
        desk = NoteDesk(
            client, standing=STANDING, exercise=None, clock=SystemClock(), account=account, limits=limits
        )
        for word in ("One.", "Two."):
            desk.offer_words(word, key=word, subject="Note")
        with pytest.raises(InputError, match="2 notes wait for the centre already"):
            desk.offer_words("Three.", key="Three.", subject="Note")

    asyncio.run(play())


def test_a_gateway_hands_on_its_own_exercise_alone(account, said):
    taken = []
    picture = {"type": "picture", "at": "2026-11-25T06:27:32Z", "exercise": "WINTER", "tracks": []}
    for exercise in ("WINTER", "OTHER", None):
        hand_on(picture, "alpha", [taken.append], account, exercise=exercise)
    earnest = {key: value for key, value in picture.items() if key != "exercise"}
    hand_on(earnest, "alpha", [taken.append], account, exercise="WINTER")
    hand_on(earnest, "alpha", [taken.append], account, exercise=None)
    assert [each.exercise for each in taken] == ["WINTER", None]
    assert account.counts["not handed on"] == 3
    assert "a picture of the exercise WINTER: this gateway is for OTHER" in said[0]


def test_a_picture_that_cannot_be_read_is_said(account, said):
    hand_on({"type": "picture", "at": "now", "tracks": []}, "alpha", [], account, exercise=None)
    assert "unreadable picture: 'now' is not a time" in said[0]


def test_lines_are_counted_beyond_those_that_are_said():
    said, clock = [], ManualClock(0)
    account = Account(clock, said.append)
    for number in range(100):
        account.note("refused", f"line {number} \x1b[2J")
    assert (len(said), account.counts["refused"]) == (60, 100)
    assert "\x1b" not in said[0]
    clock.advance(60_000_000)
    account.note("refused", "later")
    assert said[-2:] == ["40 further lines were not written", "refused: later"]


def test_each_sort_of_what_is_left_out_is_said_once(account, said):
    account.left_out(
        [NotCarried("track 1", "covariance", "no field"), NotCarried("track 2", "covariance", "no field")]
    )
    assert said == ["left out: track 1: covariance is not carried: no field"]
    assert account.counts["not carried"] == 2


def test_the_newest_of_each_object_is_held_and_no_more_objects_than_allowed():
    async def play():
        newest = Newest(most=3)
        for number in range(5):
            newest.put(f"object {number}", number, at_us=number)
        seen = newest.version
        newest.put("object 4", "older", at_us=3)
        assert newest.items() == [2, 3, 4]
        assert newest.since(seen) == []
        assert not await newest.changed(seen, 0.01)
        newest.put("object 4", "newer", at_us=5)
        assert newest.since(seen) == ["newer"]
        assert await newest.changed(seen, 0.01)
        newest.forget_before(5)
        return newest.items()

    assert asyncio.run(play()) == ["newer"]


def test_a_bucket_fills_at_its_rate():
    now = [0.0]
    bucket = Bucket(2.0, 3, lambda: now[0])
    assert [bucket.take() for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]
    now[0] = 0.5
    assert [bucket.take(), bucket.take()] == [0.0, 0.5]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_without_tls_this_machine_alone_is_spoken_to(host):
    check_plain(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "tak.example.org"])
def test_without_tls_no_other_machine_is_spoken_to(host):
    with pytest.raises(InputError, match="is another machine, and no TLS is set up"):
        check_plain(host)


def test_files_that_are_no_certificates_are_named(tmp_path):
    file = tmp_path / "none.pem"
    file.write_text("nothing")
    for context in (server_context, client_context):
        with pytest.raises(InputError, match=r"none\.pem: certificate, key or authority cannot be used"):
            context(file, file, file)


def test_a_refusal_that_passes_is_tried_again(client, account):
    client.errors = [SignedRefusal("rate-limited", (Fault("slower"),), "01ABC", b"")]
    played(client, account, ["One.", "Two."], ready=lambda: len(client.sent) == 2)
    assert (client.resent, account.counts["refused by the centre"]) == (1, 0)
