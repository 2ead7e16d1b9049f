"""HTTP over mutual TLS: what uvicorn does not do by itself.

uvicorn 0.54 asks for client certificates but does not show them to the application, sets no time by which a
handshake or a request has to be complete, and answers a malformed request with plain text. The subclass here
adds these three; the messages on the wire stay uvicorn's and h11's.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from synaspis.core.clock import Clock
from synaspis.server.accepting import Acceptor
from synaspis.server.limits import Limits
from synaspis.server.sessions import Peer, Sessions


def tls_context(certificate: Path, key: Path, authority: Path) -> ssl.SSLContext:
    """TLS 1.3 alone, a client certificate of this centre's authority needed, strict verification.

    certificate, key: of the server. authority: certificate that clients must chain to. All PEM.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.maximum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(authority)
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    # No tickets: every connection shows its certificate anew, so that a renewed server forgets the former.
    context.num_tickets = 0
    context.options |= ssl.OP_NO_RENEGOTIATION
    return context


class CentreProtocol(H11Protocol):
    """One connection.

    sessions: counts it and knows its partner. clock: the centre's. The other arguments are uvicorn's.
    """

    def __init__(self, *args: Any, sessions: Sessions, clock: Clock, **options: Any) -> None:
        super().__init__(*args, **options)
        self._sessions, self._clock = sessions, clock
        self._peer: Peer | None = None
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the client's certificate from the connection and hand it on with every request."""
        super().connection_made(transport)
        session = transport.get_extra_info("ssl_object")
        certificate = None if session is None else session.getpeercert(binary_form=True)
        shown = "" if certificate is None else hashlib.sha256(certificate).hexdigest()
        self._peer = Peer(shown, self)
        self._sessions.opened(self._peer, self._clock.now_us())
        # uvicorn copies this dictionary into the scope of each request.
        self.app_state = {**self.app_state, "peer": self._peer}
        self._set_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._clear_deadline()
        if self._peer is not None:
            self._sessions.closed(self._peer)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Pass bytes on; a request that has begun has to be complete in time, however slowly it drips."""
        super().data_received(data)
        if self.conn.their_state in (h11.IDLE, h11.SEND_BODY):
            self._set_deadline()
        else:
            self._clear_deadline()

    def on_response_complete(self) -> None:
        """Start over for the next request on the connection."""
        self._clear_deadline()
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY:
            self._set_deadline()

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP in the one shape of errors, and close."""
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.close()
            return
        fault = {
            "what": "this is not a request of HTTP/1.1, or its headers are longer than allowed",
            "where": "",
            "remedy": f"Headers may have {self.config.h11_max_incomplete_event_size} bytes.",
        }
        body = json.dumps({"error": {"faults": [fault]}}).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        for event in (
            h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self._sessions.refuse("malformed")
        self.transport.close()

    def abort(self) -> None:
        """Cut the connection off without a farewell."""
        if self.transport is not None:
            self.transport.abort()

    def _set_deadline(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self._sessions.limits.request_s, self._too_slow)

    def _clear_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_slow(self) -> None:
        self._sessions.refuse("slow-request")
        self.abort()


class CentreServer(uvicorn.Server):
    """uvicorn's server with limits on the number and the time of TLS handshakes.

    limits: of the server. on_listening: called once with the port. on_stopping: called before connections are
    asked to end. Signals are the caller's matter: set `should_exit`.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        limits: Limits,
        on_listening: Callable[[int], None],
        on_stopping: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self._limits, self._on_listening, self._on_stopping = limits, on_listening, on_stopping

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the caller."""
        yield

    async def shutdown(self, sockets: Any = None) -> None:
        """End feeds first: nobody would wait for them otherwise but in vain."""
        self._on_stopping()
        await super().shutdown(sockets)

    async def startup(self, sockets: Any = None) -> None:
        """Start the application, then listen."""
        await self.lifespan.startup()
        if self.lifespan.should_exit:
            self.should_exit = True
            return
        config = self.config

        def protocol() -> asyncio.Protocol:
            return config.http_protocol_class(  # type: ignore[call-arg]
                config=config, server_state=self.server_state, app_state=self.lifespan.state
            )

        assert config.ssl is not None
        acceptor = Acceptor(protocol, config.ssl, self._limits)
        port = await acceptor.listen(config.host, config.port)
        # uvicorn asks no more of a server than that it can be closed and waited for.
        self.servers = [acceptor]  # type: ignore[list-item]
        self.started = True
        self._on_listening(port)


def configure(
    app: Any, context: ssl.SSLContext, sessions: Sessions, clock: Clock, *, host: str, port: int
) -> uvicorn.Config:
    """Return uvicorn's configuration: our protocol, our limits, nothing said that need not be said."""
    limits = sessions.limits
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=partial(CentreProtocol, sessions=sessions, clock=clock),  # type: ignore[arg-type]
        ws="none",
        lifespan="on",
        loop="asyncio",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=limits.keep_alive_s,
        timeout_graceful_shutdown=5,
        h11_max_incomplete_event_size=limits.header_bytes,
    )
    config.load()
    config.ssl = context
    return config
