"""HTTP/1.1 and server-sent events over TLS by hand, without asyncio: the generator shares the cores.

Sockets do not block; `epoll` says which have something.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from pathlib import Path

CHUNK = 1 << 18


def context(kit: Path) -> ssl.SSLContext:
    """TLS 1.3 with the certificate of a partner."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_3
    made.load_verify_locations(kit / "ca.pem")
    made.load_cert_chain(kit / "client.pem", kit / "client.key")
    return made


def connect(tls: ssl.SSLContext | None, host: str, port: int) -> socket.socket:
    """Connect, shake hands, and stop blocking."""
    plain = socket.create_connection((host, port), timeout=20.0)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    made = plain if tls is None else tls.wrap_socket(plain, server_hostname=host)
    made.setblocking(False)
    return made


def receive(link: socket.socket, into: bytearray) -> bool:
    """Append all that is there; False when the other side has closed."""
    while True:
        try:
            data = link.recv(CHUNK)
        except (ssl.SSLWantReadError, BlockingIOError):
            return True
        if not data:
            return False
        into += data


class Post:
    """One connection that posts one body at a time. answered: called with status and body."""

    def __init__(self, link: socket.socket, answered: Callable[[Post, int, bytes], None]) -> None:
        self.link, self._answered = link, answered
        self._buffer = bytearray()
        self.token = 0

    def send(self, request: bytes, token: int) -> None:
        self.token = token
        if self.link.send(request) != len(request):
            raise RuntimeError("the socket took only a part of a request")

    def ready(self) -> bool:
        """Take what came; False when the other side has closed."""
        buffer = self._buffer
        if not receive(self.link, buffer):
            return False
        head = buffer.find(b"\r\n\r\n")
        if head < 0:
            return True
        low = bytes(buffer[:head]).lower()
        at = low.find(b"content-length:") + 15
        length = int(low[at : low.find(b"\r\n", at) if b"\r\n" in low[at:] else None])
        if len(buffer) < head + 4 + length:
            return True
        body = bytes(buffer[head + 4 : head + 4 + length])
        status = int(buffer[9:12])
        del buffer[: head + 4 + length]
        self._answered(self, status, body)
        return True


class Feed:
    """One connection that follows a feed. event: called with counter, type and data of each event."""

    def __init__(
        self, link: socket.socket, host: str, event: Callable[[Feed, int, bytes, bytes], None], index: int
    ) -> None:
        self.link, self._event, self.index = link, event, index
        self._buffer = bytearray()
        self.is_open = False
        self.bytes = 0
        link.send(b"GET /v1/feed HTTP/1.1\r\nhost: %s\r\naccept: text/event-stream\r\n\r\n" % host.encode())

    def ready(self) -> bool:
        """Take what came; False when the other side has closed."""
        buffer, before = self._buffer, len(self._buffer)
        if not receive(self.link, buffer):
            return False
        self.bytes += len(buffer) - before
        at = 0
        if not self.is_open:
            head = buffer.find(b"\r\n\r\n")
            if head < 0:
                return True
            if buffer[9:12] != b"200":
                raise ConnectionError(bytes(buffer[:head]).decode())
            self.is_open, at = True, head + 4
        while (line := buffer.find(b"\r\n", at, at + 20)) >= 0:
            size = int(buffer[at:line], 16)
            if len(buffer) < line + 4 + size:
                break
            self._frames(bytes(buffer[line + 2 : line + 2 + size]))
            at = line + 4 + size
        del buffer[:at]
        return True

    def _frames(self, chunk: bytes) -> None:
        """Whole frames: the centre writes no part of one."""
        at = 0
        while (end := chunk.find(b"\n\n", at)) >= 0:
            if chunk.startswith(b"id: ", at):
                line = chunk.index(b"\n", at)
                kind = chunk.index(b"\n", line + 1)
                salt = chunk.index(b"\n", kind + 1)
                self._event(self, int(chunk[at + 4 : line]), chunk[line + 8 : kind], chunk[salt + 7 : end])
            elif chunk.startswith(b"event: behind", at):
                raise RuntimeError("a reader fell behind")
            at = end + 2
