from __future__ import annotations

import asyncio

import pytest

from synaspis.exchange.client.errors import Alarm, ServerFault
from synaspis.messages import PublicKey, SigningKey, canonical_json, seal

WHY = [{"agreement": "all", "clause": "texts"}]


def extract(text: str) -> dict:
    return {
        "quality": "presence",
        "why": WHY,
        "message": {"kind": "text", "sender": "bb"},
        "extract": {"n": text},
    }


async def take(client, count, after=None):
    """The first events of a watch, and then no more."""
    events = []
    watching = client.watch(after)
    async for event in watching:
        events.append(event)
        if len(events) == count:
            break
    await watching.aclose()
    return events


def test_events_come_in_order_with_who_and_why(bench, run):
    envelope = seal(canonical_json({"schema": "synaspis.message/1", **bench.message("Hello.")}), bench.other)
    bench.centre.deliver(envelope, bench.message("Hello."))
    bench.centre.release(extract("x"))
    bench.centre.release({"tracks": [{"number": 1}]}, "picture")

    async def scene():
        async with bench.client() as client:
            return await take(client, 3), client.alarms

    (first, second, third), alarms = run(scene())
    assert [first.counter, second.counter, third.counter] == [1, 2, 3]
    assert first.message["body"] == {"text": "Hello."}
    assert first.why == (("all", "texts"),)
    assert (first.quality, second.quality, third.quality) == ("covariance", "presence", None)
    assert third.tracks == ({"number": 1},)
    assert alarms == []


def test_watching_goes_on_where_the_user_stopped_handling(bench, run):
    for text in "abc":
        bench.centre.release(extract(text))

    async def scene():
        async with bench.client() as client:
            before = await take(client, 2)
        async with bench.client() as client:
            again = await take(client, 2)
        async with bench.client() as client:
            everything = await take(client, 3, after=0)
        return [[event.counter for event in events] for events in (before, again, everything)]

    # The second event was given out and the loop broken in the middle of it: it comes again.
    assert run(scene()) == [[1, 2], [2, 3], [1, 2, 3]]


def test_a_feed_that_breaks_in_the_middle_of_an_event_loses_nothing_and_repeats_nothing(bench, run):
    for text in "abcd":
        bench.centre.release(extract(text))
    bench.centre.cut = 3

    async def scene():
        async with bench.client() as client:
            return [event.counter for event in await take(client, 4)]

    assert run(scene()) == [1, 2, 3, 4]


def test_events_that_come_while_we_watch_are_seen(bench, run):
    async def scene():
        async with bench.client() as client:
            watching = asyncio.create_task(take(client, 3))
            for text in "abc":
                await asyncio.sleep(0.01)
                bench.centre.release(extract(text))
            return [event.counter for event in await watching]

    assert run(scene()) == [1, 2, 3]


def test_a_gap_in_the_feed_is_filled_from_the_store_of_the_centre(bench, run):
    for text in "abc":
        bench.centre.release(extract(text))
    feed = bench.centre._feed

    def without_the_first_frame(after):
        answer = feed(after)
        head, _, rest = answer.content.partition(b"id: 1\n")
        return type(answer)(200, content=head + rest.partition(b"\n\n")[2])

    bench.centre._feed = without_the_first_frame

    async def scene():
        async with bench.client() as client:
            return [event.counter for event in await take(client, 3)], client.alarms

    assert run(scene()) == ([1, 2, 3], [])


def test_an_event_that_is_left_out_for_good_ends_the_watch_with_an_alarm(bench, run):
    for text in "abc":
        bench.centre.release(extract(text))
    del bench.centre.events[1]

    async def scene():
        async with bench.client() as client:
            with pytest.raises(Alarm, match="event 3 follows event 1: the centre left some out"):
                await take(client, 3)
            return client.state.last_counter()

    assert run(scene()) == 1


def test_an_event_that_comes_again_with_other_content_is_an_alarm_with_evidence(bench, run):
    bench.centre.release(extract("a"))

    async def scene():
        async with bench.client() as client:
            await client.catch_up()
            counter, kind, salt, data = bench.centre.events[0]
            bench.centre.events[0] = (counter, kind, salt, data.replace(b'"a"', b'"z"'))
            bench.centre._feed = lambda after, feed=bench.centre._feed: feed(0)
            bench.centre.release(extract("b"))
            await take(client, 1)
            return client.alarms, client.state.evidence()

    alarms, (evidence,) = run(scene())
    assert alarms[0] == "event 1 came twice, with different content"
    assert b'"a"' in evidence.first
    assert b'"z"' in evidence.second


def test_being_behind_is_told_and_ends(bench, run):
    bench.centre.release(extract("a"))
    feed = bench.centre._feed
    seen = []

    def behind_then_current(after):
        answer = feed(after)
        notice = b'event: behind\ndata: {"after":0}\n\n'
        ended = b'event: current\ndata: {"after":1}\n\n' if seen else b""
        return type(answer)(200, content=notice + answer.content + ended)

    bench.centre._feed = behind_then_current

    async def scene():
        async with bench.client() as client:
            await take(client, 1)
            seen.append(client.behind)
            bench.centre.release(extract("b"))
            await take(client, 2)
            return client.behind

    assert run(scene()) is False
    assert seen == [True]


def changed(field: str, value: str):
    def change(content: dict) -> dict:
        return {**content, "message": {**content["message"], field: value}}

    return change


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (changed("body", "other"), "body of the message differ from what bb signed"),
        (changed("sender", "cc"), "the record names bb as the sender, the message cc"),
        (
            lambda content: {**content, "envelope": content["envelope"] + " "},
            "the record of the submission commits to another envelope",
        ),
        (
            lambda content: {**content, "submission": {"record": "{}", "salt": "00"}},
            "do not have their shape",
        ),
        (
            lambda content: {**content, "type": "notice"},
            "announced as 'message' and says that it is 'notice'",
        ),
        (
            lambda content: {**content, "why": [{"agreement": "a", "clause": "b"}, 7]},
            "why in it is no list of",
        ),
        (lambda content: {**content, "tracks": {}}, "tracks in it is no list of objects"),
        (lambda content: {**content, "message": "hello"}, "the message in it is no object"),
    ],
)
def test_what_does_not_fit_the_signed_envelope_is_an_alarm(bench, run, change, told):
    envelope = seal(canonical_json({"schema": "synaspis.message/1", **bench.message("Hello.")}), bench.other)
    release = bench.centre.release
    bench.centre.release = lambda content, kind="message": release(change(content), kind)
    bench.centre.deliver(envelope, bench.message("Hello."))

    async def scene():
        async with bench.client() as client:
            return await client.catch_up(), client.alarms

    events, alarms = run(scene())
    assert len(events) == 1, "an alarm does not keep a message from the partner"
    assert any(told in alarm for alarm in alarms), alarms


def test_an_envelope_with_a_forged_signature_is_an_alarm(bench, run):
    forger = SigningKey.generate()
    forged = seal(canonical_json({"schema": "synaspis.message/1", **bench.message("Hello.")}), forger)
    bench.centre.deliver(forged, bench.message("Hello."))

    async def scene():
        async with bench.client() as client:
            await client.catch_up()
            return client.alarms

    (alarm,) = run(scene())
    assert "event 1: the envelope in it cannot be what was sent" in alarm
    assert "It is forged, or bb renewed its key: get a new partner.yaml, and ask bb." in alarm


def test_an_envelope_of_a_partner_whose_key_is_not_known_is_counted_and_no_alarm(bench, run):
    stranger = SigningKey.generate()
    message = bench.message("Hello.", sender="cc")
    bench.centre.deliver(seal(canonical_json({"schema": "synaspis.message/1", **message}), stranger), message)

    async def scene():
        async with bench.client() as client:
            await client.catch_up()
            return client.alarms, await client.audit()

    alarms, audit = run(scene())
    assert alarms == []
    assert (audit.envelopes, audit.unknown_senders) == (0, 1)
    assert isinstance(stranger.public, PublicKey)


@pytest.mark.parametrize(("later_days", "alarmed"), [(80, False), (100, True)])
def test_a_renewed_key_leaves_what_was_signed_before_verifiable_for_a_while(bench, run, later_days, alarmed):
    """80 and 100 days: on both sides of the longest overlap that a centre grants, 90 days."""
    message = bench.message("Hello.")
    envelope = seal(canonical_json({"schema": "synaspis.message/1", **message}), bench.other)

    async def scene():
        async with bench.client() as client:
            await client.catch_up()
            return client.alarms, await client.audit()

    bench.centre.deliver(envelope, message)
    assert run(scene())[0] == []
    bench.renew_other()
    bench.clock.advance(later_days * 86_400_000_000)
    bench.centre.deliver(envelope, message)
    alarms, audit = run(scene())
    assert bool(alarms) == alarmed
    assert audit.envelopes == (1 if alarmed else 2)


def test_a_centre_that_has_no_feed_for_us_now_is_asked_again_and_one_that_refuses_is_not(bench, run):
    import httpx

    bench.centre.release(extract("a"))
    answers = [503, 500, 429]
    handle = bench.centre.handle_async_request

    async def at_first_not(request):
        if request.url.path == "/v1/feed" and answers:
            return httpx.Response(answers.pop(0), json={"error": {"faults": [{"what": "not now"}]}})
        return await handle(request)

    bench.centre.handle_async_request = at_first_not

    async def scene():
        async with bench.client() as client:
            first = await take(client, 1)
            answers.append(403)
            with pytest.raises(ServerFault, match="answered 403: not now"):
                await take(client, 2)
            return first

    assert len(run(scene())) == 1
    assert answers == []
