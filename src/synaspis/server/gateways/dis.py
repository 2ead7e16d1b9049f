"""DIS 7 over UDP: pictures of one exercise out as Entity State, Comments in as notes.

UDP knows no sender: only named hosts are listened to, which keeps out mistakes and not forgers. A network of
DIS is trusted as a whole, or it is not connected.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Collection, Sequence
from typing import Any, Final

from synaspis.core.clock import SECOND_US, Clock
from synaspis.core.errors import Fault, InputError
from synaspis.gateways.dis import (
    Comment,
    DisIdentity,
    Pdu,
    dis_of_told,
    dis_of_track,
    read_datagram,
    sign_of_life,
    text_of,
    write_pdu,
)
from synaspis.gateways.notes import AGE_MAX_US
from synaspis.gateways.picture import ShownPicture
from synaspis.gateways.told import ToldMessage
from synaspis.server.gateways.account import Account
from synaspis.server.gateways.limits import Bucket, GatewayLimits
from synaspis.server.gateways.newest import Newest
from synaspis.server.gateways.notes import NoteDesk

HEARTBEAT_S: Final = 5.0
"""States are sent again so often (IEEE 1278.1-2012, HBT_PDU_ES); receivers forget after 2.4 times that."""

KEPT_US: Final = 60 * SECOND_US
"""A track is sent again so long after its time."""

_TOGETHER: Final = 32
_PAUSE_S: Final = 0.002

Address = tuple[str, int]


class DisGateway(asyncio.DatagramProtocol):
    """Speaks DIS with a network.

    identity: as whom, and for which exercise. targets: where to send. sources: hosts that are listened to.
    notes: takes Comments in; None takes none.
    """

    def __init__(
        self,
        identity: DisIdentity,
        *,
        clock: Clock,
        account: Account,
        targets: Sequence[Address],
        sources: Collection[str] = (),
        notes: NoteDesk | None = None,
        limits: GatewayLimits | None = None,
    ) -> None:
        self._identity, self._clock, self._account = identity, clock, account
        self._targets, self._notes = tuple(targets), notes
        self._limits = limits or GatewayLimits()
        self._newest: Newest[tuple[bytes, ...]] = Newest()
        self._buckets = {host: self._bucket() for host in sources}
        self._notes_left = {host: self._bucket(notes=True) for host in sources}
        self._transport: asyncio.DatagramTransport | None = None

    def _bucket(self, *, notes: bool = False) -> Bucket:
        limits, clock = self._limits, self._clock
        rate = (
            (limits.notes_per_s, limits.notes_burst) if notes else (limits.events_per_s, limits.events_burst)
        )
        return Bucket(*rate, lambda: clock.now_us() / SECOND_US)

    def take(self, picture: ShownPicture) -> None:
        """Send the tracks of a picture, each behind the Comment with its label."""
        self._account.left_out(picture.not_carried)
        for track in picture.tracks:
            carried = dis_of_track(track, self._identity)
            self._account.left_out(carried.not_carried)
            if carried.product:
                written = tuple(map(write_pdu, carried.product))
                self._newest.put(track.name, written, track.time_us)
        self._newest.forget_before(picture.at_us - KEPT_US)

    def take_message(self, told: ToldMessage) -> None:
        """Send what a message says as a Comment, with Fire, Start/Resume or Stop/Freeze where it is one."""
        carried = dis_of_told(told, self._identity)
        self._account.left_out(carried.not_carried)
        for pdu in carried.product:
            # Once and at once: repeated, it would be another start, or the same words again.
            self._emit(write_pdu(pdu))

    async def open(self, host: str, port: int) -> int:
        """Bind to an address; returns the port. Raises OSError."""
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=(host, port), allow_broadcast=True
        )
        self._transport = transport
        return int(transport.get_extra_info("sockname")[1])

    def close(self) -> None:
        """Let the address go."""
        if self._transport is not None:
            self._transport.close()

    async def run(self) -> None:
        """Send what changes, and everything again at each heartbeat, until cancelled."""
        loop = asyncio.get_running_loop()
        seen, beat_s = 0, loop.time()
        while True:
            if loop.time() >= beat_s:
                words = write_pdu(sign_of_life(self._identity, time_us=self._clock.now_us()))
                await self._send([words])
                seen, beat_s = 0, loop.time() + HEARTBEAT_S
            batch, seen = self._newest.since(seen), self._newest.version
            for written in batch:
                await self._send(written)
            await self._newest.changed(seen, max(beat_s - loop.time(), 0.001))

    async def _send(self, pdus: Sequence[bytes]) -> None:
        for number, data in enumerate(pdus, start=self._account.counts["PDUs out"]):
            # Datagrams that come too fast are lost at the receiver, and nobody would know.
            if number % _TOGETHER == 0:
                await asyncio.sleep(_PAUSE_S)
            self._emit(data)

    def _emit(self, data: bytes) -> None:
        assert self._transport is not None, "open it first"
        for target in self._targets:
            self._transport.sendto(data, target)
        self._account.counts["PDUs out"] += 1

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """Take what came, from a host that is listened to."""
        host = str(addr[0])
        bucket = self._buckets.get(host)
        if bucket is None:
            self._account.counts["datagrams of strangers"] += 1
            return
        if bucket.take():
            self._account.counts["datagrams beyond the limit"] += 1
            return
        for found in read_datagram(data, near_us=self._clock.now_us()):
            try:
                if isinstance(found, InputError):
                    raise found
                self._take_in(found, host)
            except InputError as error:
                self._account.note("refused", f"{host}: {error.faults[0]}")

    def error_received(self, exc: Exception) -> None:
        """Count that a target could not be reached; it may come back."""
        self._account.note("not delivered", str(exc))

    def _take_in(self, pdu: Pdu, host: str) -> None:
        self._account.counts["PDUs in"] += 1
        if pdu.header.exercise != self._identity.number:
            self._account.counts["PDUs of another exercise"] += 1
        elif not isinstance(pdu, Comment):
            self._account.counts["PDUs that are no comments"] += 1
        elif (text := text_of(pdu)) is None or pdu.sender.site == self._identity.site:
            self._account.counts["comments of gateways"] += 1
        elif self._notes is None:
            raise InputError(Fault("this gateway takes no notes", remedy="Ask its operator for --notes."))
        elif abs(pdu.header.time_us - self._clock.now_us()) > AGE_MAX_US:
            raise InputError(Fault("a Comment of another time", remedy="Set the clock of the sender."))
        elif self._notes_left[host].take():
            raise InputError(Fault("more notes than this gateway takes", remedy="Send it again later."))
        else:
            name = f"{pdu.sender.site}:{pdu.sender.application}:{pdu.sender.entity}"
            digest = hashlib.sha256(write_pdu(pdu)).hexdigest()
            self._notes.offer_words(text, key=f"dis/{host}/{digest}", subject=f"Comment by DIS {name}")
