"""The server of the page: uvicorn's, that leaves signals to the house and ends streams first."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from synaspis.core.errors import Fault, InputError
from synaspis.server.protocol import tls_context


class PageServer(uvicorn.Server):
    """uvicorn's, that leaves signals alone and ends streams first."""

    def __init__(self, config: uvicorn.Config, on_stopping: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_stopping = on_stopping

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the house."""
        yield

    async def shutdown(self, sockets: Any = None) -> None:
        """End streams first: nobody would wait for them otherwise but in vain."""
        self._on_stopping()
        await super().shutdown(sockets)


def page_context(certificate: Path, key: Path, authority: Path) -> ssl.SSLContext:
    """TLS 1.3; a client may show a certificate of the data exchange centre's authority.

    certificate, key: of the page's server, PEM. authority: of the centre. Raises InputError.
    """
    try:
        context = tls_context(certificate, key, authority)
    except (OSError, ssl.SSLError) as error:
        what = f"certificate and key of the server cannot be used: {error.strerror or error}"
        raise InputError(Fault(what, "--tls-certificate", "Give both in PEM, of one pair.")) from None
    context.verify_mode = ssl.CERT_OPTIONAL
    return context
