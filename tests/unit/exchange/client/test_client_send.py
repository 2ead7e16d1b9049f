from __future__ import annotations

import httpx
import pytest

from synaspis.core.errors import InputError
from synaspis.exchange.client.errors import Alarm, ServerFault, SignedRefusal, Unreachable
from synaspis.messages import SigningKey, Text

TEXT = {"text": "Radio check."}


def test_a_message_is_signed_sent_and_its_receipt_verified(bench, run, label):
    async def scene():
        async with bench.client() as client:
            receipt = await client.send("text", TEXT, label=label)
            again = await client.send("text", Text(text="Again."), label=label.to_json(), exercise="Dawn")
            return receipt, again, list(client.state.sent())

    receipt, again, sent = run(scene())
    assert [each.id for each in sent] == [receipt.message_id, again.message_id]
    assert receipt.received_at == "2026-06-15T06:00:00.000000Z"
    assert all(each.outcome == "receipt" and each.leaf for each in sent)
    assert sent[0].leaf == receipt.leaf != again.leaf


def test_a_lost_answer_is_asked_for_again_with_the_same_bytes(bench, run, label):
    bench.centre.lose, bench.centre.busy = 2, 1

    async def scene():
        async with bench.client() as client:
            return await client.send("text", TEXT, label=label)

    assert run(scene()).known
    assert bench.centre.posts == 4
    assert len(bench.centre.taken) == 1


def test_a_message_without_an_answer_is_kept_and_sent_again_after_a_crash(bench, run, label):
    bench.centre.lose = 100

    async def before():
        async with bench.client() as client:
            await client.send("text", TEXT, label=label)

    async def after():
        async with bench.client() as client:
            (envelope,) = [each.envelope for each in client.state.unanswered()]
            receipts = await client.resend()
            return envelope, receipts, client.state.unanswered()

    with pytest.raises(Unreachable, match=r"no answer from .* in 6 attempts: the connection was reset"):
        run(before())
    bench.centre.lose = 0
    envelope, receipts, left = run(after())
    assert len(receipts) == 1
    assert receipts[0].known
    assert left == []
    assert len(bench.centre.taken) == 1
    assert envelope


def test_a_refusal_brings_the_reasons_of_the_centre(bench, run, label):
    bench.centre.refuse = "clock-skew"

    async def scene():
        async with bench.client() as client:
            with pytest.raises(SignedRefusal, match="sent 900 s ago; at most 300 s are allowed") as caught:
                await client.send("text", TEXT, label=label)
            return caught.value, client.state.unanswered(), await client.audit()

    error, left, audit = run(scene())
    assert error.code == "clock-skew"
    assert error.faults[0].where == "sent_at"
    assert error.faults[0].remedy == "Set the clock."
    assert left == []
    assert (audit.refusals, audit.receipts, audit.findings) == (1, 0, [])


def test_an_earlier_message_that_is_refused_in_the_end_does_not_stop_the_others(bench, run, label):
    bench.centre.lose = 100

    async def before():
        async with bench.client() as client:
            for text in ("One.", "Two."):
                with pytest.raises(Unreachable):
                    await client.send("text", {"text": text}, label=label)

    async def after():
        async with bench.client() as client:
            return await client.resend(), client.state.unanswered()

    run(before())
    bench.centre.lose = 0
    bench.centre.refuse = "clock-skew"
    (refused, received), left = run(after())
    assert isinstance(refused, SignedRefusal)
    assert received.known
    assert left == []


def test_a_refusal_that_may_pass_leaves_the_message_to_be_sent_again(bench, run, label):
    bench.centre.refuse = "storage-full"

    async def scene():
        async with bench.client() as client:
            with pytest.raises(SignedRefusal):
                await client.send("text", TEXT, label=label)
            return await client.resend()

    assert len(run(scene())) == 1


def test_what_is_no_message_is_not_sent(bench, run, label):
    async def scene():
        async with bench.client() as client:
            with pytest.raises(InputError, match="speling"):
                await client.send("text", {"text": "a", "speling": 1}, label=label)
            with pytest.raises(InputError, match="no kind"):
                await client.send("gossip", TEXT, label=label)
            return list(client.state.sent())

    assert run(scene()) == []
    assert bench.centre.posts == 0


def test_a_receipt_that_the_centre_did_not_sign_is_an_alarm(bench, run, label):
    keys = bench.centre.scribe._keys
    object.__setattr__(keys, "message", SigningKey.generate())

    async def scene():
        async with bench.client() as client:
            await client.send("text", TEXT, label=label)

    with pytest.raises(
        Alarm, match=r"cannot be believed: .*signed with a key that the kit does not have for centre"
    ):
        run(scene())


def test_a_receipt_for_something_else_is_an_alarm(bench, run, label):
    async def scene():
        async with bench.client() as client:
            await client.send("text", TEXT, label=label)
            (first,) = bench.centre.taken.values()
            post = bench.centre._post

            def always_the_first(raw):
                post(raw)
                bench.centre.taken = dict.fromkeys(bench.centre.taken, first)
                return post(raw)

            bench.centre._post = always_the_first
            await client.send("text", {"text": "Another."}, label=label)

    with pytest.raises(Alarm, match=r"is about something else: message is '.*', sent was"):
        run(scene())


def test_a_salt_that_does_not_give_the_leaf_is_an_alarm(bench, run, label):
    real = bench.centre.scribe.receipt

    def other_salt(message_id, digest, received_us, policy, entry, findings):
        from dataclasses import replace

        from synaspis.exchange import answers

        disclosed = answers._disclosed
        wrong = {**disclosed(entry), "salt": replace(entry, salt=bytes(32)).salt.hex()}
        answers._disclosed = lambda _: wrong
        try:
            return real(message_id, digest, received_us, policy, entry, findings)
        finally:
            answers._disclosed = disclosed

    bench.centre.scribe.receipt = other_salt

    async def scene():
        async with bench.client() as client:
            await client.send("text", TEXT, label=label)

    with pytest.raises(Alarm, match="leaf is "):
        run(scene())


def test_an_unsigned_error_says_what_the_centre_says(bench, run, label):
    import httpx

    fault = {"what": "the partner 'aa' is not known", "where": "", "remedy": "Ask the operator."}
    bench.centre._post = lambda _: httpx.Response(403, json={"error": {"faults": [fault]}})

    async def scene():
        async with bench.client() as client:
            await client.send("text", TEXT, label=label)

    with pytest.raises(ServerFault, match=r"answered 403: the partner 'aa' is not known. Ask the operator."):
        run(scene())
    bench.centre._post = lambda _: httpx.Response(500, content=b"oops")
    with pytest.raises(ServerFault, match="answered 500: it gave no reason"):
        run(scene())


@pytest.mark.parametrize("findings", [["late"], {"rule": "r"}, None])
def test_findings_that_are_none_are_an_alarm(bench, run, label, findings):
    real = bench.centre.scribe.receipt

    def strange(message_id, digest, received_us, policy, entry, _findings):
        return real(message_id, digest, received_us, policy, entry, findings)

    bench.centre.scribe.receipt = strange

    async def scene():
        async with bench.client() as client:
            await client.send("text", TEXT, label=label)

    with pytest.raises(Alarm, match=r"does not have its shape \(.*findings are a list of objects"):
        run(scene())


@pytest.mark.parametrize(
    ("failure", "advice"),
    [
        ("All connection attempts failed", r"Is the centre running, and is its address .* right\?"),
        (
            "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate",
            r"The server does not belong to the authority in ca\.pem",
        ),
        (
            "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Hostname mismatch",
            r"The server's certificate is for another name than that under `centre`",
        ),
        ("Server disconnected without sending a response.", r"it may not take client\.pem: expired, retired"),
    ],
)
def test_a_partner_that_gets_no_answer_is_told_what_to_look_at(bench, run, failure: str, advice: str):
    def fail(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(failure)

    async def ask():
        async with bench.client(transport=httpx.MockTransport(fail)) as client:
            await client.verify()

    with pytest.raises(Unreachable, match=advice):
        run(ask())
