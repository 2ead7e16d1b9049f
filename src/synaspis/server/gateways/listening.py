"""Listening for streams, with TLS or on this machine alone; handshakes of strangers are few at a time."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from synaspis.server.accepting import Acceptor
from synaspis.server.gateways.limits import GatewayLimits
from synaspis.server.limits import Limits

CHUNK: Final = 16_384
"""Bytes that are read at once; a reader that lags holds twice as many."""

HANDSHAKES: Final = 32
"""TLS handshakes at once; each holds 256 KiB, others wait in the queue of the kernel."""

Met = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Listening:
    """A port that is listened at, and how to stop."""

    port: int
    close: Callable[[], None]


def hold_little(writer: asyncio.StreamWriter, buffer_bytes: int) -> None:
    """Hold no more for one reader than so many bytes here, and about as many in the system's own buffer."""
    writer.transport.set_write_buffer_limits(high=buffer_bytes)
    connection = writer.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffer_bytes)


async def listen(
    met: Met, host: str, port: int, tls: ssl.SSLContext | None, limits: GatewayLimits
) -> Listening:
    """Listen at an address; each connection, once TLS stands, is handed to `met`. Raises OSError."""
    if tls is None:
        server = await asyncio.start_server(met, host, port, limit=CHUNK)
        return Listening(server.sockets[0].getsockname()[1], server.close)

    def protocol() -> asyncio.Protocol:
        return asyncio.StreamReaderProtocol(asyncio.StreamReader(limit=CHUNK), met)

    acceptor = Acceptor(protocol, tls, Limits(handshakes=HANDSHAKES, handshake_s=limits.handshake_s))
    found = await acceptor.listen(host, port)
    return Listening(found, acceptor.close)
