"""KML and CZML of one partner's pictures over HTTP, for globes: to look at, nothing comes in.

The path of every address begins with a secret word, because globes show no certificates. One request a
connection, no bodies; a stream ends when its reader takes nothing for too long.
"""

from __future__ import annotations

import asyncio
import hmac
import ssl
from collections import Counter
from collections.abc import AsyncIterator
from typing import Final

import h11

from synaspis.core.clock import SECOND_US
from synaspis.gateways.live import (
    LiveTrack,
    czml_delete,
    czml_document,
    czml_told,
    czml_update,
    live_czml,
    live_kml,
    network_link,
)
from synaspis.gateways.picture import ShownPicture
from synaspis.gateways.told import ToldMessage
from synaspis.server.gateways.account import Account
from synaspis.server.gateways.limits import GatewayLimits
from synaspis.server.gateways.listening import CHUNK, Listening, hold_little, listen
from synaspis.server.gateways.newest import OBJECTS_MAX, Newest
from synaspis.server.gateways.shown import Shown

HEAD_MAX_BYTES: Final = 8_192
HEARTBEAT_S: Final = 10.0
KEPT_US: Final = 300 * SECOND_US

_KML: Final = "application/vnd.google-earth.kml+xml"
_JSON: Final = "application/json"


class GlobeGateway:
    """Serves `live.kml` (the link), `tracks.kml`, `tracks.czml` and `stream.czml` (server-sent events).

    word: the secret part of each address. title: of the documents. exercise: None in earnest.
    """

    def __init__(
        self,
        *,
        word: str,
        title: str,
        account: Account,
        exercise: str | None,
        limits: GatewayLimits | None = None,
        refresh_s: float = 2.0,
    ) -> None:
        self._word, self._title, self._exercise = word, title, exercise
        self._account, self._limits, self._refresh_s = account, limits or GatewayLimits(), refresh_s
        self._tracks: dict[str, LiveTrack] = {}
        self._newest: Newest[str] = Newest()
        self._shown = Shown()
        self._peers: Counter[str] = Counter()
        self._scheme = "http"

    def take(self, picture: ShownPicture) -> None:
        """Take the tracks of a picture."""
        self._account.left_out(picture.not_carried)
        for track in picture.tracks:
            live = self._tracks.setdefault(track.name, LiveTrack(track))
            if live.take(track) or track.status == "ended":
                self._newest.put(track.name, czml_update(track), track.time_us)
            if track.status == "ended":
                del self._tracks[track.name]
        before_us = picture.at_us - KEPT_US
        for name in [name for name, live in self._tracks.items() if live.track.time_us < before_us]:
            del self._tracks[name]
        while len(self._tracks) > OBJECTS_MAX:
            del self._tracks[next(iter(self._tracks))]
        self._newest.forget_before(before_us)

    def take_message(self, told: ToldMessage) -> None:
        """Take a message; what it replaces is shown no more."""
        self._account.left_out(told.not_carried)
        packets = dict(czml_told(told))
        for former in self._shown.replaced_by(told):
            for name, _ in czml_told(former):
                if name not in packets:
                    self._newest.put(name, czml_delete(name), max(told.at_us, former.at_us))
        for name, packet in packets.items():
            self._newest.put(name, packet, told.at_us, told.until_us)
        self._shown.put(told)
        self._newest.forget_before(told.at_us - KEPT_US)
        self._shown.forget_before(told.at_us)

    async def serve(self, host: str, port: int, tls: ssl.SSLContext | None) -> Listening:
        """Listen; serves until closed. Raises OSError."""
        self._scheme = "http" if tls is None else "https"
        return await listen(self._met, host, port, tls, self._limits)

    async def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = str((writer.get_extra_info("peername") or ("?",))[0])
        limits = self._limits
        if self._peers.total() >= limits.connections or self._peers[host] >= limits.connections_per_host:
            self._account.note("turned away", f"{host}: too many connections")
            writer.transport.abort()
            return
        self._peers[host] += 1
        hold_little(writer, limits.buffer_bytes)
        try:
            await self._answer(reader, writer, host)
        except (OSError, h11.RemoteProtocolError) as error:
            self._account.note("cut off", f"{host}: {str(error) or 'it took too long'}")
        except asyncio.CancelledError:
            return  # the program ends; asyncio would print a traceback for it
        finally:
            self._peers[host] -= 1
            if not self._peers[host]:
                del self._peers[host]
            writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: str) -> None:
        link = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_MAX_BYTES)
        request = await asyncio.wait_for(_request(link, reader), self._limits.event_s)
        if request is None:
            return
        status, kind, parts = self._route(request)
        self._account.counts[f"answers {status}"] += 1
        if status == 404:
            self._account.note("refused", f"{peer}: no such address")
        headers = [("content-type", kind), ("cache-control", "no-store"), ("connection", "close")]
        await self._write(writer, link.send(h11.Response(status_code=status, headers=headers)))
        if request.method != b"HEAD":
            async for part in parts:
                await self._write(writer, link.send(h11.Data(data=part.encode())))
        await self._write(writer, link.send(h11.EndOfMessage()))
        await asyncio.wait_for(_finish(writer), self._limits.stalled_s)

    async def _write(self, writer: asyncio.StreamWriter, data: bytes | None) -> None:
        writer.write(data or b"")
        await asyncio.wait_for(writer.drain(), self._limits.stalled_s)

    def _route(self, request: h11.Request) -> tuple[int, str, AsyncIterator[str]]:
        """Status, type and content; what does not know the word learns nothing."""
        path = request.target.decode("ascii", "replace").partition("?")[0]
        _, word, *rest = [*path.split("/", 2), ""]
        if not hmac.compare_digest(word.encode(), self._word.encode()):
            return 404, "text/plain", _once("There is nothing here.\n")
        if request.method not in (b"GET", b"HEAD"):
            return 405, "text/plain", _once("Only GET is answered.\n")
        title, exercise, tracks = self._title, self._exercise, list(self._tracks.values())
        match rest[0]:
            case "live.kml":
                address = f"{self._scheme}://{_host(request)}/{self._word}/tracks.kml"
                document = network_link(title, address, exercise, refresh_s=self._refresh_s)
                return 200, _KML, _once(document)
            case "tracks.kml":
                return 200, _KML, _once(live_kml(title, tracks, exercise, tuple(self._shown)))
            case "tracks.czml":
                return 200, _JSON, _once(live_czml(title, tracks, exercise, tuple(self._shown)))
            case "stream.czml":
                return 200, "text/event-stream", self._stream()
        return 404, "text/plain", _once("There is nothing here.\n")

    async def _stream(self) -> AsyncIterator[str]:
        """Packets of CZML as server-sent events, for as long as they are taken."""
        yield f"event: czml\ndata: {czml_document(self._title, self._exercise)}\n\n"
        seen = 0
        while True:
            batch, seen = self._newest.since(seen), self._newest.version
            for packet in batch:
                yield f"event: czml\ndata: {packet}\n\n"
            if not await self._newest.changed(seen, HEARTBEAT_S):
                yield ":\n\n"


async def _request(link: h11.Connection, reader: asyncio.StreamReader) -> h11.Request | None:
    """The request, None if the peer went; what follows its head is not read."""
    while True:
        event = link.next_event()
        if event is h11.NEED_DATA:
            link.receive_data(await reader.read(CHUNK))
        elif isinstance(event, h11.Request):
            return event
        else:
            return None


async def _once(text: str) -> AsyncIterator[str]:
    yield text


async def _finish(writer: asyncio.StreamWriter) -> None:
    """Wait until everything was taken."""
    writer.transport.set_write_buffer_limits(high=0)
    await writer.drain()


def _host(request: h11.Request) -> str:
    """The host that the client asked for, if it is one."""
    given = dict(request.headers).get(b"host", b"").decode("ascii", "replace")
    allowed = all(sign.isalnum() or sign in ".-:[]" for sign in given)
    return given if given and allowed and len(given) <= 255 else "localhost"
