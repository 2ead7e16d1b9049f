"""The feed of one partner for its gateways: nothing reaches them that this partner was not delivered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Any

from synaspis.core.errors import InputError
from synaspis.exchange import Client
from synaspis.gateways.picture import ShownPicture, picture_of
from synaspis.server.gateways.account import Account

Taker = Callable[[ShownPicture], None]
MessageTaker = Callable[[Mapping[str, Any]], None]


async def follow(
    client: Client,
    takers: Sequence[Taker],
    account: Account,
    *,
    exercise: str | None,
    since: int | None = None,
    message_takers: Sequence[MessageTaker] = (),
) -> None:
    """Follow the feed until cancelled, and hand each picture on.

    client: of the partner. exercise: what belongs to this one alone, None: what is meant in earnest alone;
    the rest is counted. since: begin after this event, None: where the kit left off. message_takers: get
    each event that brings a message.
    """
    async with aclosing(client.watch(since)) as events:
        async for event in events:
            if event.type == "message" and event.message.get("exercise") == exercise:
                for take in message_takers:
                    take(event.content)
            hand_on(event.content, client.kit.partner, takers, account, exercise=exercise)


def hand_on(
    event: Mapping[str, Any],
    partner: str,
    takers: Sequence[Taker],
    account: Account,
    *,
    exercise: str | None,
) -> None:
    """Hand one event on, if it is a picture of this exercise; what cannot be read is said."""
    if event.get("type") != "picture":
        account.counts["other events"] += 1
        return
    try:
        picture = picture_of(event, recipient=partner)
    except InputError as error:
        account.note("unreadable picture", str(error.faults[0]))
        return
    if picture.exercise != exercise:
        meant = f"the exercise {picture.exercise}" if picture.exercise else "what is meant in earnest"
        account.note("not handed on", f"a picture of {meant}: this gateway is for {exercise or 'earnest'}")
        return
    account.counts["pictures"] += 1
    for take in takers:
        take(picture)
