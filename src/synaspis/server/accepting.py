"""Taking connections: so many TLS handshakes at once and no more, whoever knocks.

A handshake costs some 256 KiB (the buffer that asyncio gives every TLS connection), and who knocks need not
show a certificate to have one begin. So their number is limited. Where it is reached, further connections
wait in the queue of the kernel; and a handshake that has taken a second by then, far more than one needs,
makes room.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from synaspis.server.limits import Limits

BACKLOG: Final = 256
PATIENCE_S: Final = 1.0
"""How long a handshake may take while others wait for its place; otherwise `handshake_s` is its limit."""

_SHUTDOWN_S: Final = 2.0
_PAUSE_S: Final = 0.2


class Acceptor:
    """Listens and makes protocols of those whose handshake succeeds; what uvicorn takes for its server.

    factory: gives the protocol of one connection. context: of TLS. limits: of the server.
    """

    def __init__(
        self, factory: Callable[[], asyncio.Protocol], context: ssl.SSLContext, limits: Limits
    ) -> None:
        self._factory, self._context, self._limits = factory, context, limits
        self._sockets: list[socket.socket] = []
        self._listening: list[asyncio.Task[None]] = []
        # In the order in which they began, with the instant of the loop's clock.
        self._shaking: dict[asyncio.Task[None], float] = {}

    @property
    def shaking(self) -> int:
        """Handshakes under way."""
        return len(self._shaking)

    async def listen(self, host: str, port: int) -> int:
        """Listen at every address of a host; returns the port of the first. Raises OSError."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        try:
            for family, _, _, _, address in dict.fromkeys(found):
                self._sockets.append(socket.create_server(address[:2], family=family, backlog=BACKLOG))
        except OSError:
            self.close()
            raise
        for each in self._sockets:
            each.setblocking(False)
        self._listening = [asyncio.create_task(self._accept(each)) for each in self._sockets]
        return int(self._sockets[0].getsockname()[1])

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._make_room()
            try:
                connection, _ = await loop.sock_accept(listening)
            except OSError:
                # No descriptor is free, or who knocked has gone: neither lasts.
                await asyncio.sleep(_PAUSE_S)
                continue
            task = asyncio.create_task(self._shake_hands(connection))
            self._shaking[task] = loop.time()
            task.add_done_callback(self._done)

    async def _make_room(self) -> None:
        loop = asyncio.get_running_loop()
        while len(self._shaking) >= self._limits.handshakes:
            oldest, since_s = next(iter(self._shaking.items()))
            left_s = since_s + PATIENCE_S - loop.time()
            if left_s <= 0:
                oldest.cancel()
                await asyncio.wait({oldest})
            else:
                await asyncio.wait(list(self._shaking), timeout=left_s, return_when=asyncio.FIRST_COMPLETED)

    async def _shake_hands(self, connection: socket.socket) -> None:
        # What fails here is a stranger's matter: it is neither answered nor written down.
        with suppress(OSError, TimeoutError):
            await asyncio.get_running_loop().connect_accepted_socket(
                self._factory,
                connection,
                ssl=self._context,
                ssl_handshake_timeout=self._limits.handshake_s,
                ssl_shutdown_timeout=_SHUTDOWN_S,
            )

    def _done(self, task: asyncio.Task[None]) -> None:
        self._shaking.pop(task, None)

    def close(self) -> None:
        """Take no more connections; those that stand go on."""
        for task in (*self._listening, *self._shaking):
            task.cancel()
        for each in self._sockets:
            each.close()

    async def wait_closed(self) -> None:
        """Wait until nothing is taken any more."""
        await asyncio.gather(*self._listening, *self._shaking, return_exceptions=True)
