"""Playing a day through a centre in service: the transport is real, the time is the script's.

The clock stands still while a message is on its way, so that a message is received at the instant at which
the script sends it, however long the machine takes; then it moves on to the next tick of the centre.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from typing import Final

from synaspis.core.clock import SECOND_US, ManualClock
from synaspis.exchange.client.answers import Receipt
from synaspis.exchange.client.client import Client
from synaspis.exchange.client.errors import Unreachable
from synaspis.exchange.client.verification import Verification
from synaspis.exchange.demo.story import Step
from synaspis.exchange.settings import Settings

PATIENCE_S: Final = 15.0
"""How long one message may take on the wire before the play is given up."""

_LOOK_S: Final = 0.002
_SEALED_US: Final = SECOND_US + 100_000


async def play(
    steps: Iterable[Step],
    clients: Mapping[str, Client],
    clock: ManualClock,
    waiting: Callable[[], Awaitable[int]],
    settings: Settings,
) -> dict[str, Verification]:
    """Send every step and let every partner watch, then verify.

    clients: by partner. clock: of centre and clients alike. waiting: how many messages wait for the next tick
    of the centre. settings: of the centre. Returns what the log came to for each partner.
    Raises what `Client.send` raises, and Unreachable if a message takes longer than `PATIENCE_S`.
    """
    watching = [asyncio.create_task(_watch(client)) for client in clients.values()]
    try:
        for step in steps:
            clock.set(step.at_us)
            sending = asyncio.create_task(clients[step.sender].send_message(step.message))
            await _taken(sending, waiting)
            clock.set(step.at_us + settings.tick_us)
            await _answered(sending)
    finally:
        for task in watching:
            task.cancel()
        for task in watching:
            with suppress(asyncio.CancelledError):
                await task
    for client in clients.values():
        await client.catch_up()
    clock.advance(_SEALED_US)
    return await _verified(clients)


async def _watch(client: Client) -> None:
    # The script's time leaps over hours: what is overdue is asked at the end, when everything is sealed.
    async for _event in client.watch(witness=False):
        pass


async def _taken(sending: asyncio.Task[Receipt], waiting: Callable[[], Awaitable[int]]) -> None:
    """Wait until the centre has a message in its queue, or has answered."""
    for _ in range(round(PATIENCE_S / _LOOK_S)):
        if sending.done() or await waiting():
            return
        await asyncio.sleep(_LOOK_S)
    sending.cancel()
    raise Unreachable(f"a message did not reach the centre within {PATIENCE_S:g} s")


async def _answered(sending: asyncio.Task[Receipt]) -> None:
    try:
        await asyncio.wait_for(sending, PATIENCE_S)
    except TimeoutError:
        raise Unreachable(f"the centre did not answer within {PATIENCE_S:g} s") from None


async def _verified(clients: Mapping[str, Client]) -> dict[str, Verification]:
    """Verify for each partner until the log owes nothing; once more, so that all see all cosignatures."""
    deadline_s = asyncio.get_running_loop().time() + PATIENCE_S
    found: dict[str, Verification] = {}
    for name, client in clients.items():
        while True:
            found[name] = await client.verify()
            late = asyncio.get_running_loop().time() > deadline_s
            if late or not found[name].holds or (found[name].checkpoint and not found[name].pending):
                break
            await asyncio.sleep(0.05)
    return {name: await client.verify() for name, client in clients.items()}
