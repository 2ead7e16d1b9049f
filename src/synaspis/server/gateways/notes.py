"""Notes that came in through a gateway, on their way to the centre as `text` messages of the partner."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from synaspis.agreement import Label
from synaspis.core.clock import Clock
from synaspis.core.errors import Fault, InputError, SynaspisError
from synaspis.exchange import Client
from synaspis.exchange.client.client import PASSING
from synaspis.exchange.client.errors import SignedRefusal, Unreachable
from synaspis.gateways.cot_stream import CotRead
from synaspis.gateways.notes import Note, note_of
from synaspis.server.gateways.account import Account
from synaspis.server.gateways.limits import GatewayLimits

_REMEMBERED = 4_096
_AGAIN_S = 2.0

Sleep = Callable[[float], Awaitable[None]]


class NoteDesk:
    """Reviews notes and sends those that pass, one after the other.

    client: of the partner in whose name they go. standing: label of everything that comes in here.
    exercise: its name, None in earnest. What was sent twice counts once.
    """

    def __init__(
        self,
        client: Client,
        *,
        standing: Label,
        exercise: str | None,
        clock: Clock,
        account: Account,
        limits: GatewayLimits | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._client, self._standing, self._exercise = client, standing, exercise
        self._clock, self._account, self._sleep = clock, account, sleep
        self._waiting: asyncio.Queue[Note] = asyncio.Queue((limits or GatewayLimits()).queue)
        self._seen: OrderedDict[str, None] = OrderedDict()

    def offer(self, event: CotRead) -> None:
        """Take a note in from an event. Raises InputError with every reason against it."""
        carried = note_of(
            event, standing=self._standing, exercise=self._exercise, now_us=self._clock.now_us()
        )
        self._put(carried.product)
        self._account.left_out(carried.not_carried)

    def offer_words(self, text: str, *, key: str, subject: str) -> None:
        """Take words in that have no label of their own. key: the same for the same words sent twice."""
        self._put(Note(key, subject[:80], text[:4_000], self._standing, self._exercise))

    def _put(self, note: Note) -> None:
        if note.key in self._seen:
            self._account.counts["notes seen before"] += 1
            return
        try:
            self._waiting.put_nowait(note)
        except asyncio.QueueFull:
            what = f"{self._waiting.maxsize} notes wait for the centre already"
            raise InputError(Fault(what, remedy="Send it again later.")) from None
        self._seen[note.key] = None
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)

    async def run(self) -> None:
        """Send what waits, until cancelled; while the centre cannot be reached, the same bytes again."""
        while True:
            note = await self._waiting.get()
            body = {"subject": note.subject, "text": note.text}
            try:
                receipt = await self._client.send("text", body, label=note.label, exercise=note.exercise)
            except Unreachable:
                await self._again()
            except SignedRefusal as refusal:
                if refusal.code in PASSING:
                    await self._again()
                    continue
                self._account.note("refused by the centre", f"{note.subject}: {refusal.faults[0]}")
            except SynaspisError as error:
                self._account.note("not sent", f"{note.subject}: {error}")
            else:
                self._account.note("note", f"{note.subject}: sent as message {receipt.message_id}")

    async def _again(self) -> None:
        """Send again what has no answer yet; the client kept it."""
        self._account.note("centre not reached", "notes wait until it answers")
        while True:
            await self._sleep(_AGAIN_S)
            try:
                answers = await self._client.resend()
            except SynaspisError:
                continue
            self._account.note("note", f"{len(answers)} sent again and answered")
            return
