"""Cursor on Target over TLS: pictures of one partner out to TAK clients and servers, notes of theirs in.

It is no TAK server: what one client sends is handed to no other. A slow reader gets the newest state of each
object and misses those in between; a stuck one is cut off.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import Counter
from typing import Final

from synaspis.core.clock import SECOND_US, Clock
from synaspis.core.errors import Fault, InputError
from synaspis.gateways.cot import cot_of_shown, to_cot
from synaspis.gateways.cot_stream import PING, PONG, CotRead, CotSplitter, control, read_cot
from synaspis.gateways.cot_told import cot_of_told
from synaspis.gateways.notes import is_note
from synaspis.gateways.picture import ShownPicture
from synaspis.gateways.told import ToldMessage
from synaspis.server.gateways.account import Account
from synaspis.server.gateways.limits import Bucket, GatewayLimits
from synaspis.server.gateways.listening import CHUNK, Listening, hold_little, listen
from synaspis.server.gateways.newest import Newest
from synaspis.server.gateways.notes import NoteDesk
from synaspis.server.gateways.shown import Shown

PING_S: Final = 20.0
"""Seconds of silence after which a sign of life goes out."""

AGAIN_S: Final = (1.0, 2.0, 5.0, 10.0)
"""Seconds between attempts to connect; the last one goes on."""

KEPT_US: Final = 300 * SECOND_US
"""A track is shown to newcomers so long after its time, unless a newer picture has it."""


class CotGateway:
    """Speaks CoT with any number of peers.

    notes: takes notes in; None takes none. exercise: its name, None in earnest.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        account: Account,
        exercise: str | None,
        notes: NoteDesk | None = None,
        limits: GatewayLimits | None = None,
        stale_s: float = 30.0,
    ) -> None:
        self._clock, self._account, self._exercise, self._notes = clock, account, exercise, notes
        self.limits, self._stale_s = limits or GatewayLimits(), stale_s
        self._newest: Newest[bytes] = Newest()
        self._peers: Counter[str] = Counter()
        self._shown = Shown()

    def take(self, picture: ShownPicture) -> None:
        """Hand the tracks of a picture to every peer, as soon as each takes them."""
        self._account.left_out(picture.not_carried)
        for track in picture.tracks:
            carried = cot_of_shown(track, stale_s=self._stale_s)
            self._account.left_out(carried.not_carried)
            if carried.product is not None:
                self._put(carried.product.uid, to_cot(carried.product), track.time_us)
        self._newest.forget_before(picture.at_us - KEPT_US)

    def take_message(self, told: ToldMessage) -> None:
        """Hand a message to every peer; what it replaces is taken off their maps."""
        carried = cot_of_told(told)
        self._account.left_out(carried.not_carried)
        drawn = {each.uid: each.xml for each in carried.product}
        for former in self._shown.replaced_by(told):
            for gone in cot_of_told(former, stale_us=former.at_us).product:
                if gone.uid not in drawn:
                    self._put(gone.uid, gone.xml, max(told.at_us, former.at_us))
        for uid, xml in drawn.items():
            # Peers that come later are shown it as long as it holds.
            self._put(uid, xml, told.at_us, told.until_us)
        if drawn:
            self._shown.put(told)
        self._newest.forget_before(told.at_us - KEPT_US)
        self._shown.forget_before(told.at_us)

    def _put(self, uid: str, xml: str, at_us: int, until_us: int | None = None) -> None:
        self._newest.put(uid, xml.encode() + b"\n", at_us, until_us)
        self._account.counts["events out"] += 1

    async def serve(self, host: str, port: int, tls: ssl.SSLContext | None) -> Listening:
        """Listen; serves until closed. tls: None speaks in the clear. Raises OSError."""
        return await listen(self._met, host, port, tls, self.limits)

    async def connect(
        self, host: str, port: int, tls: ssl.SSLContext | None, *, server_name: str | None = None
    ) -> None:
        """Connect to a TAK server, and again whenever the connection is lost, until cancelled.

        server_name: that the certificate of the server has to bear; None: host.
        """
        attempt = 0
        name = (server_name or host) if tls else None
        while True:
            opening = asyncio.open_connection(host, port, ssl=tls, limit=CHUNK, server_hostname=name)
            try:
                reader, writer = await asyncio.wait_for(opening, self.limits.handshake_s)
            except OSError as error:  # a timeout is one
                self._account.note("no connection", f"{host}:{port}: {str(error) or 'it took too long'}")
            else:
                attempt = 0
                await self._talk(reader, writer, f"{host}:{port}")
            await asyncio.sleep(AGAIN_S[min(attempt, len(AGAIN_S) - 1)])
            attempt += 1

    async def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = str((writer.get_extra_info("peername") or ("?",))[0])
        whole = self._peers.total() >= self.limits.connections
        if whole or self._peers[host] >= self.limits.connections_per_host:
            self._account.note("turned away", f"{host}: too many connections")
            writer.transport.abort()
            return
        self._peers[host] += 1
        try:
            await self._talk(reader, writer, host)
        except asyncio.CancelledError:
            return  # the program ends; asyncio would print a traceback for it
        finally:
            self._peers[host] -= 1
            if not self._peers[host]:
                del self._peers[host]

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: str) -> None:
        """Both directions until either ends."""
        self._account.note("connected", peer)
        hold_little(writer, self.limits.buffer_bytes)
        tasks = [
            asyncio.create_task(self._send(writer)),
            asyncio.create_task(self._receive(reader, writer, peer)),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            writer.transport.abort()
        ended = next((each for each in results if isinstance(each, Exception)), None)
        self._account.note("gone", f"{peer}: {_words(ended)}")
        for error in results:
            if isinstance(error, Exception) and not isinstance(error, OSError | InputError):
                raise error

    async def _send(self, writer: asyncio.StreamWriter) -> None:
        seen = 0
        while True:
            batch, seen = self._newest.since(seen), self._newest.version
            for event in batch:
                writer.write(event)
                await self._drain(writer)
            if not await self._newest.changed(seen, PING_S):
                writer.write(control(PING, self._clock.now_us(), self._exercise))
                await self._drain(writer)

    async def _drain(self, writer: asyncio.StreamWriter) -> None:
        await asyncio.wait_for(writer.drain(), self.limits.stalled_s)

    async def _receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: str) -> None:
        """Read events until the peer ends, or has sent too much that is none.

        Raises InputError where the stream cannot be trusted any more, TimeoutError where an event does not
        become whole.
        """
        loop, limits = asyncio.get_running_loop(), self.limits
        splitter = CotSplitter()
        events = Bucket(limits.events_per_s, limits.events_burst, loop.time)
        notes = Bucket(limits.notes_per_s, limits.notes_burst, loop.time)
        begun_s, refused = loop.time(), 0
        while True:
            is_new = not splitter.held_bytes
            left_s = begun_s + limits.event_s - loop.time() if not is_new else None
            data = await asyncio.wait_for(reader.read(CHUNK), left_s)
            if not data:
                return
            for raw in splitter.feed(data):
                is_new = True
                # Not reading on is what slows a peer down; its own network then holds what it sends.
                while wait_s := events.take():
                    await asyncio.sleep(wait_s)
                try:
                    self._take_in(read_cot(raw), writer, notes)
                except InputError as error:
                    refused += 1
                    self._account.note("refused", f"{peer}: {error.faults[0]}")
                    if refused > limits.refused:
                        raise InputError(Fault(f"{refused} events of it were refused")) from None
            if is_new:
                begun_s = loop.time()

    def _take_in(self, event: CotRead, writer: asyncio.StreamWriter, notes: Bucket) -> None:
        self._account.counts["events in"] += 1
        if event.type == PING:
            # A peer that pings and does not read gets no more answers than its buffer has room for.
            if writer.transport.get_write_buffer_size() < self.limits.buffer_bytes:
                writer.write(control(PONG, self._clock.now_us(), self._exercise))
        elif not is_note(event):
            self._account.counts["events that are no notes"] += 1
        elif self._notes is None:
            raise InputError(Fault("this gateway takes no notes", remedy="Ask its operator for --notes."))
        elif notes.take():
            raise InputError(Fault("more notes than this gateway takes", remedy="Send it again later."))
        else:
            self._notes.offer(event)


def _words(error: Exception | None) -> str:
    if isinstance(error, TimeoutError):
        return "it took nothing, or an event did not become whole, for too long"
    if isinstance(error, InputError):
        return str(error.faults[0])
    return str(error) if error else "it closed the connection"
