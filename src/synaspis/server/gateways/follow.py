"""The feed of one partner for its gateways: nothing reaches them that this partner was not delivered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Final

from synaspis.core.errors import InputError
from synaspis.exchange import Client
from synaspis.gateways.carried import NotCarried
from synaspis.gateways.picture import ShownPicture, picture_of
from synaspis.gateways.told import ToldMessage, told_of
from synaspis.server.gateways.account import Account

Taker = Callable[[ShownPicture], None]
MessageTaker = Callable[[ToldMessage], None]

_NO_LABEL: Final = "a notice has no label, and nothing goes out without one"


async def follow(
    client: Client,
    takers: Sequence[Taker],
    account: Account,
    *,
    exercise: str | None,
    since: int | None = None,
    message_takers: Sequence[MessageTaker] = (),
) -> None:
    """Follow the feed until cancelled, and hand each picture and message on.

    client: of the partner. exercise: what belongs to this one alone, None: what is meant in earnest alone;
    the rest is counted. since: begin after this event, None: where the kit left off. message_takers: get
    each event that brings a message.
    """
    async with aclosing(client.watch(since)) as events:
        async for event in events:
            hand_on(
                event.content,
                client.kit.partner,
                takers,
                account,
                exercise=exercise,
                message_takers=message_takers,
            )


def hand_on(
    event: Mapping[str, Any],
    partner: str,
    takers: Sequence[Taker],
    account: Account,
    *,
    exercise: str | None,
    message_takers: Sequence[MessageTaker] = (),
) -> None:
    """Hand one event on, if it is a picture or message of this exercise; what cannot be read is said."""
    kind = event.get("type")
    if kind not in ("picture", "message"):
        account.counts["other events"] += 1
        account.left_out([NotCarried(f"{str(kind)[:40]}", "all of it", _NO_LABEL)])
        return
    found: ShownPicture | ToldMessage
    try:
        found = (picture_of if kind == "picture" else told_of)(event, recipient=partner)
    except InputError as error:
        account.note(f"unreadable {kind}", str(error.faults[0]))
        return
    if found.exercise != exercise:
        meant = f"the exercise {found.exercise}" if found.exercise else "what is meant in earnest"
        account.note("not handed on", f"a {kind} of {meant}: this gateway is for {exercise or 'earnest'}")
        return
    account.counts[f"{kind}s"] += 1
    if isinstance(found, ShownPicture):
        for take in takers:
            take(found)
    else:
        for take_message in message_takers:
            take_message(found)
