"""A centre in service and its partners' clients over real connections, with the clock of the machine."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest

from synaspis.agreement import Label
from synaspis.cli.centre_demo import serving
from synaspis.core.clock import SystemClock
from synaspis.exchange import Client, PartnerKit, ServerFault, SignedRefusal
from synaspis.log import Checkpoint, open_note, verifier
from synaspis.server import DataFolder, Founding, init_centre

LABEL = Label("DEMO", "UNCLASSIFIED")
PARTNERS = ("alpha", "bravo", "charlie")


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    founding = Founding("Test", "test.example/centre", ("localhost",), "demo")
    return init_centre(tmp_path / "centre", PARTNERS, founding, SystemClock())


def kit(data: DataFolder, partner: str, url: str) -> PartnerKit:
    return replace(PartnerKit.load(data.issued(partner)), centre_url=url)


def run(coroutine):
    async def bounded():
        return await asyncio.wait_for(coroutine, 300.0)

    return asyncio.run(bounded())


async def take(client: Client, count: int, arrived: list | None = None) -> list:
    events = []
    watching = client.watch()
    async for event in watching:
        events.append(event)
        if arrived is not None:
            arrived.append(monotonic())
        client.state.mark_handled(event.counter)
        if len(events) == count:
            break
    await watching.aclose()
    return events


async def settled(client: Client):
    """Verify until the log owes nothing."""
    for _ in range(600):
        found = await client.verify()
        if not found.holds or (found.checkpoint is not None and not found.pending):
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(f"the log still owes {found.pending} proofs")


def test_a_message_reaches_the_others_soon_and_everything_is_proven(data):
    async def scene(url):
        async with AsyncExitStack() as stack:
            clients = {
                name: await stack.enter_async_context(Client(kit(data, name, url))) for name in PARTNERS
            }
            arrived: list[float] = []
            watching = asyncio.create_task(take(clients["bravo"], 3, arrived))
            await asyncio.sleep(0.5)
            sent = []
            for number in range(3):
                began = monotonic()
                await clients["alpha"].send("text", {"text": f"Message {number}."}, label=LABEL)
                sent.append(began)
                await asyncio.sleep(0.2)
            events = await watching
            for client in clients.values():
                await client.catch_up()
                assert (await settled(client)).holds
            audits = {name: await client.audit() for name, client in clients.items()}
            return events, [there - here for here, there in zip(sent, arrived, strict=True)], audits

    with serving(data, SystemClock()) as (_, url, _):
        events, took_s, audits = run(scene(url))
    assert [event.message["body"]["text"] for event in events] == ["Message 0.", "Message 1.", "Message 2."]
    assert all(event.why == (("announcements", "consultation"),) for event in events)
    assert min(took_s) < 5.0  # a tick takes a tenth of a second; how long all takes is for the benchmarks
    assert all(audit.holds for audit in audits.values()), {n: a.findings for n, a in audits.items()}
    # Three receipts; three releases and the three submissions behind them, which are those of the receipts.
    assert (audits["alpha"].receipts, audits["alpha"].proofs) == (3, 9)
    assert (audits["bravo"].envelopes, audits["bravo"].proofs) == (3, 6)


def test_watching_goes_on_after_the_centre_was_gone(data):
    async def before(url):
        async with (
            Client(kit(data, "alpha", url)) as alpha,
            Client(kit(data, "bravo", url)) as bravo,
        ):
            await alpha.send("text", {"text": "One."}, label=LABEL)
            return await take(bravo, 1)

    async def after(url):
        async with (
            Client(kit(data, "alpha", url)) as alpha,
            Client(kit(data, "bravo", url)) as bravo,
        ):
            await alpha.send("text", {"text": "Two."}, label=LABEL)
            events = await take(bravo, 1)
            found = await settled(bravo)
            return events, found, await bravo.audit()

    with serving(data, SystemClock()) as (_, url, _):
        first = run(before(url))
    with serving(data, SystemClock()) as (_, url, _):
        second, found, audit = run(after(url))
    assert [(event.counter, event.message["body"]["text"]) for event in first + second] == [
        (1, "One."),
        (2, "Two."),
    ]
    assert found.holds
    assert audit.holds
    assert audit.events == 2


def test_witnesses_of_all_partners_cosign_the_same_checkpoint(data):
    async def scene(url):
        async with AsyncExitStack() as stack:
            clients = {
                name: await stack.enter_async_context(Client(kit(data, name, url))) for name in PARTNERS
            }
            await clients["alpha"].send("text", {"text": "One."}, label=LABEL)
            for client in clients.values():
                await client.catch_up()
                await settled(client)
            return {name: await client.verify() for name, client in clients.items()}

    with serving(data, SystemClock()) as (_, url, _):
        found = run(scene(url))
    assert len({(each.checkpoint.size, each.checkpoint.root) for each in found.values()}) == 1
    assert set(found["alpha"].cosigners) == {"bravo/witness", "charlie/witness"}
    assert len(found["alpha"].signed_by) == 2


def test_a_centre_that_begins_its_history_anew_is_caught_with_both_checkpoints(data, tmp_path):
    """The same keys sign a second log, as a centre would that drops what it dislikes."""

    async def scene(url, text):
        async with Client(kit(data, "alpha", url)) as alpha, Client(kit(data, "bravo", url)) as bravo:
            # Where the partner itself sends nothing, its own receipts cannot give the forgery away.
            await bravo.send("text", {"text": text}, label=LABEL)
            for _ in range(600):
                found = await alpha.verify()
                if found.checkpoint is not None or alpha.state.evidence():
                    return found, alpha.state.evidence()
                await asyncio.sleep(0.1)
            raise AssertionError("no checkpoint came")

    with serving(data, SystemClock()) as (_, url, _):
        honest, _ = run(scene(url, "What was said."))
    forged = tmp_path / "forged"
    shutil.copytree(data.path, forged, ignore=shutil.ignore_patterns("centre.sqlite*", "log", "issued"))
    (forged / "log").mkdir()
    shutil.copy(data.log / "log.vkeys", forged / "log")
    with serving(DataFolder(forged), SystemClock()) as (_, url, _):
        found, evidence = run(scene(url, "What is to have been said."))
    assert honest.holds
    (finding,) = found.findings
    assert f"the checkpoint of size 64 with root {honest.checkpoint.root.hex()}" in finding
    keys = [verifier(text) for text in PartnerKit.load(data.issued("alpha")).log_vkeys]
    first, second = (
        Checkpoint.parse(open_note(note, keys).text) for note in (evidence[0].first, evidence[0].second)
    )
    assert first.root == honest.checkpoint.root != second.root
    assert f"the checkpoint of size {second.size} with root {second.root.hex()}" in finding


def test_what_a_partner_may_not_do_is_refused_with_the_reason(data):
    async def scene(url):
        async with Client(kit(data, "alpha", url)) as client:
            slow = SystemClock()
            client._clock = type("Slow", (), {"now_us": lambda self: slow.now_us() - 900_000_000})()
            with pytest.raises(SignedRefusal) as caught:
                await client.send("text", {"text": "Late."}, label=LABEL)
            return caught.value

    with serving(data, SystemClock()) as (_, url, _):
        error = run(scene(url))
    assert error.code == "clock-skew"
    assert error.faults


def test_a_retired_partner_is_told_so(data):
    from synaspis.server import retire

    async def scene(url):
        async with Client(kit(data, "alpha", url)) as client:
            await client.send("text", {"text": "Still here."}, label=LABEL)
            await asyncio.to_thread(retire, data, "alpha", SystemClock())
            for _ in range(600):
                try:
                    await client.verify()
                except ServerFault as fault:
                    return fault
                await asyncio.sleep(0.1)
            raise AssertionError("the partner was not shut out")

    with serving(data, SystemClock()) as (_, url, _):
        fault = run(scene(url))
    assert fault.status == 403
    assert "not that of an active partner" in str(fault)
