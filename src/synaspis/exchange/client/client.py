"""The client of a partner: sends, watches, verifies, audits; what it learns it keeps beside its kit.

async with Client("issued/aa") as client:
    receipt = await client.send("text", {"text": "Radio check."}, label=label)
    async for event in client.watch():
        ...
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from synaspis.agreement import Label
from synaspis.core.clock import Clock, SystemClock, to_rfc3339
from synaspis.core.errors import SynaspisError
from synaspis.exchange.client.answers import Receipt, read_answer
from synaspis.exchange.client.audit import Audit, audit
from synaspis.exchange.client.errors import Alarm, ServerFault, SignedRefusal, Unreachable
from synaspis.exchange.client.events import Event, read_event
from synaspis.exchange.client.feed import RawEvent
from synaspis.exchange.client.inbox import Inbox
from synaspis.exchange.client.keys import KeyRing
from synaspis.exchange.client.kit import CENTRE, PartnerKit
from synaspis.exchange.client.link import BUSY, Link, Sleep
from synaspis.exchange.client.partner_state import PartnerState
from synaspis.exchange.client.verification import Verification
from synaspis.exchange.client.verify import LogReader
from synaspis.messages import Message, SigningKey, new_id, read_message, seal, write_message
from synaspis.messages.message import SCHEMA
from synaspis.messages.strict import canonical_json

if TYPE_CHECKING:
    import httpx

BATCH: Final = 256
"""Events asked for at once when catching up."""

PASSING: Final = frozenset({"rate-limited", "storage-full"})
"""Codes of refusals after which the same envelope may be taken later."""

PROOFS_A_LOOK: Final = 64
"""Proofs that the witness fetches at one look while the feed is watched; the rest waits for the next."""

WITNESS_PERIOD_S: Final = 1.0
"""How often the witness looks at the log while the feed is watched."""

_FLUSH_S: Final = 0.1


class Client:
    """One partner's connection to a centre.

    kit: the kit or its folder. clock: tells when a message is sent. entropy: gives random bytes for the ids
    of messages. on_alarm: called once with each sentence about a promise that was broken; they are also in
    `alarms`. transport: of httpx, None for the network. sleep: how to wait.
    `behind` tells whether the centre said that this reader is behind.
    Use it as an asynchronous context manager, from one event loop, one process at a time.
    """

    def __init__(
        self,
        kit: PartnerKit | Path | str,
        *,
        clock: Clock | None = None,
        entropy: Callable[[int], bytes] = os.urandom,
        on_alarm: Callable[[str], None] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.kit = kit if isinstance(kit, PartnerKit) else PartnerKit.load(kit)
        self.alarms: list[str] = []
        self.behind = False
        self._is_open, self._reached, self._flushed = True, 0, 0
        self._clock = clock or SystemClock()
        self._entropy, self._on_alarm, self._sleep = entropy, on_alarm, sleep
        self._key = SigningKey.load(self.kit.path("message.key"))
        self.state = PartnerState(self.kit.path("state.sqlite"))
        current = {
            **self.kit.partner_keys,
            self.kit.partner: self._key.public.raw,
            CENTRE: self.kit.centre_key,
        }
        self._keys = KeyRing(self.state, current, self._clock.now_us())
        self._link = Link(self.kit, transport=transport, sleep=sleep)
        self._inbox = Inbox(self.kit.partner, self.state, self._clock, self._alarm)
        self._log = LogReader(self.kit, self.state, self._link, self._clock)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._flush()
        self._is_open = False
        await self._link.close()
        self.state.close()

    async def send(
        self,
        kind: str,
        body: Any,
        *,
        label: Label | Mapping[str, Any],
        exercise: str | None = None,
    ) -> Receipt:
        """Build, sign and send a message; returns the verified receipt.

        kind: of the message. body: its body, as an object of `synaspis.messages` or as JSON has it.
        label: how it may be shown. exercise: name of the exercise that it belongs to.
        Raises InputError for a message that does not keep to its format (nothing is sent), SignedRefusal
        with the reasons of the centre, Unreachable if no answer came (the envelope is kept; `resend` sends
        the same bytes again), Alarm if the answer is not what a centre may answer.
        """
        members = {
            "schema": SCHEMA,
            "kind": kind,
            "id": new_id(self._entropy),
            "sender": self.kit.partner,
            "sent_at": to_rfc3339(self._clock.now_us()),
            "label": label.to_json() if isinstance(label, Label) else label,
            "body": body.model_dump(mode="json", exclude_none=True) if hasattr(body, "model_dump") else body,
        }
        if exercise is not None:
            members["exercise"] = exercise
        return await self.send_message(read_message(canonical_json(members)))

    async def send_message(self, message: Message) -> Receipt:
        """Sign and send a message that is already whole; otherwise as `send`."""
        envelope = seal(write_message(message), self._key)
        digest = hashlib.sha256(envelope).hexdigest()
        self.state.remember_sending(message.id, digest, envelope, self._clock.now_us())
        return await self._submit(message.id, digest, envelope)

    async def resend(self) -> list[Receipt | SignedRefusal]:
        """Send again, byte for byte, every message of which it is not known whether it arrived.

        The centre gives the same receipt for the same bytes, so nothing counts twice. Returns the answer to
        each. Raises Unreachable, ServerFault or Alarm as `send` does.
        """
        answers: list[Receipt | SignedRefusal] = []
        for sent in self.state.unanswered():
            try:
                answers.append(await self._submit(sent.id, sent.digest, sent.envelope))
            except SignedRefusal as refusal:
                answers.append(refusal)
        return answers

    async def _submit(self, message_id: str, digest: str, envelope: bytes) -> Receipt:
        status, body = await self._link.submit(envelope)
        now_us = self._clock.now_us()
        answer = read_answer(status, body, message_id, digest, self.kit.partner, self._keys, now_us)
        if isinstance(answer, Receipt):
            self.state.remember_answer(digest, body, "receipt", now_us, answer.leaf)
            return answer
        # Some reasons pass, such as a full disk: the envelope stays and `resend` tries again.
        if answer.error.code not in PASSING:
            self.state.remember_answer(digest, body, "refusal", now_us, answer.leaf)
        raise answer.error

    async def watch(self, after: int | None = None, *, witness: bool = True) -> AsyncGenerator[Event, None]:
        """Yield the events of the partner's feed as they come, for as long as it is iterated.

        after: begin after this counter; None: after the last event that was handled, which is the last one
        after which the loop asked for another. Each event is durable before it is yielded. After a crash the
        one that was being handled, and those of the last tenth of a second, are yielded again with the same
        counters. Lost connections are taken up again. Meanwhile the witness holds every checkpoint against
        the one before (`verify`), and whatever breaks a promise is given to `on_alarm`; witness: False leaves
        that to calls of `verify`.
        Raises ServerFault where the centre refuses the feed, Alarm where it leaves out an event for good.
        """
        given = self.state.handled() if after is None else after
        tasks = [asyncio.create_task(self._flush_often())]
        if witness:
            tasks.append(asyncio.create_task(self._witness()))
        try:
            attempt = 0
            while True:
                while events := self._stored(given, BATCH):
                    for event in events:
                        yield event
                        given = self._reached = event.counter
                try:
                    async with self._link.feed(self.state.last_counter()) as groups:
                        async for group in groups:
                            attempt = 0
                            await self._take(group)
                            for event in self._stored(given):
                                yield event
                                given = self._reached = event.counter
                except Unreachable:
                    pass
                except ServerFault as fault:
                    # What lies at this moment of the server passes; what lies at us does not.
                    if fault.status not in BUSY and fault.status < 500:
                        raise
                await self._link.pause(attempt)
                attempt += 1
        finally:
            self._flush()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def catch_up(self) -> list[Event]:
        """Fetch and keep every event that is there now; returns those that were not yet handled, and takes
        them as handled.

        Raises Alarm where the centre leaves one out.
        """
        await self._fetch()
        events = list(self._stored(self.state.handled()))
        if events:
            self.state.mark_handled(events[-1].counter)
        return events

    def events(self, after: int = 0) -> list[Event]:
        """Every event that is kept here with a counter above `after`, read and checked again."""
        return self._stored(after)

    async def verify(self) -> Verification:
        """Hold the log against what this partner has seen of it: signatures, history, proofs owed.

        Raises Unreachable or ServerFault where the centre cannot be asked; everything else is a finding.
        """
        return await self._look(None)

    async def audit(self) -> Audit:
        """Check everything that this partner has ever sent and received, and the log (`verify`).

        Where the centre cannot be asked, what is kept is checked nevertheless, and the result says so.
        """
        look: Verification | None = None
        with suppress(Unreachable, ServerFault):
            look = await self.verify()
        return audit(self.kit, self.state, self._keys, self._log, look)

    async def _look(self, most: int | None) -> Verification:
        found = await self._log.look(most)
        for finding in found.findings:
            self._alarm(finding)
        return found

    async def _fetch(self) -> None:
        while True:
            last = self.state.last_counter()
            self._inbox.keep(await self._link.batch(last, BATCH))
            if self.state.last_counter() == last:
                return

    async def _take(self, group: list[RawEvent]) -> None:
        """Keep a group from the feed; where it has a gap, the store of the centre decides."""
        # What has no counter is about the feed itself: that we are behind, and that we have caught up.
        self.behind = next((raw.event == "behind" for raw in reversed(group) if not raw.id), self.behind)
        try:
            self._inbox.keep([raw for raw in group if raw.id])
        except Alarm:
            await self._fetch()

    def _stored(self, after: int, limit: int = -1) -> list[Event]:
        events = [read_event(stored, self._keys) for stored in self.state.events(after, limit)]
        for event in events:
            for alarm in event.alarms:
                self._alarm(alarm)
        return events

    def _flush(self) -> None:
        """Note durably how far user code has come; one write for many events, for each waits for the disk."""
        if self._is_open and self._reached > self._flushed:
            self.state.mark_handled(self._reached)
            self._flushed = self._reached

    async def _flush_often(self) -> None:
        while True:
            await asyncio.sleep(_FLUSH_S)
            self._flush()

    async def _witness(self) -> None:
        while True:
            try:
                await self._look(PROOFS_A_LOOK)
            except (Unreachable, ServerFault):
                pass  # the feed says so as well; what is overdue is found at the next look
            except SynaspisError as error:
                self._alarm(str(error))
            await self._sleep(WITNESS_PERIOD_S)

    def _alarm(self, what: str) -> None:
        if what not in self.alarms:
            self.alarms.append(what)
            if self._on_alarm is not None:
                self._on_alarm(what)
