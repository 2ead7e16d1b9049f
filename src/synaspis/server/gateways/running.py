"""A gateway beside the client whose feed it hands on: started together, ended together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synaspis.agreement import Label
from synaspis.core.clock import Clock, SystemClock
from synaspis.exchange import Client
from synaspis.server.gateways.account import Account
from synaspis.server.gateways.follow import MessageTaker, Taker, follow
from synaspis.server.gateways.limits import GatewayLimits
from synaspis.server.gateways.notes import NoteDesk


@dataclass(frozen=True)
class Setting:
    """What every gateway needs.

    kit: of the partner. exercise: its name, None in earnest. label: that of everything which comes in; None
    takes nothing in. since: begin after this event of the feed, None: where the kit left off.
    seconds: until it ends by itself, None: not at all.
    """

    kit: Path
    exercise: str | None = None
    label: Label | None = None
    since: int | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Bench:
    """What a gateway is built on. notes: None where nothing is taken in."""

    clock: Clock
    account: Account
    limits: GatewayLimits
    notes: NoteDesk | None


@dataclass(frozen=True)
class Gateway:
    """What a gateway brings: takers of pictures and messages, and coroutines that run until cancelled."""

    takers: Sequence[Taker]
    tasks: Sequence[Awaitable[Any]] = ()
    message_takers: Sequence[MessageTaker] = ()


async def run_gateway(
    setting: Setting,
    build: Callable[[Bench], Awaitable[Gateway]],
    say: Callable[[str], None],
    *,
    limits: GatewayLimits | None = None,
    **options: Any,
) -> Account:
    """Run a gateway until it is cancelled or its time is over; returns its account.

    build: makes the gateway once the client stands. say: takes lines for the operator. options: of `Client`.
    Raises what ends the feed: ServerFault, Alarm; and InputError of a kit or label that is none.
    """
    clock = SystemClock()
    account, granted = Account(clock, say), limits or GatewayLimits()

    def alarm(what: str) -> None:
        account.note("ALARM", what)

    async with Client(setting.kit, on_alarm=alarm, **options) as client:
        desk = None
        if setting.label is not None:
            desk = NoteDesk(
                client,
                standing=setting.label,
                exercise=setting.exercise,
                clock=clock,
                account=account,
                limits=granted,
            )
        gateway = await build(Bench(clock, account, granted, desk))
        feed = follow(
            client,
            gateway.takers,
            account,
            exercise=setting.exercise,
            since=setting.since,
            message_takers=gateway.message_takers,
        )
        jobs = [feed, *gateway.tasks, *([] if desk is None else [desk.run()])]
        with suppress(TimeoutError):
            await _together(jobs, setting.seconds)
    return account


async def _together(jobs: Sequence[Awaitable[Any]], seconds: float | None) -> None:
    """Run jobs until one fails, all are done, or the time is over."""
    tasks = [asyncio.ensure_future(job) for job in jobs]
    try:
        done, _ = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
