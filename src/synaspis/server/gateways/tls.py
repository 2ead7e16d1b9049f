"""TLS towards other people's programs: certificates on both sides, or in the clear on this machine alone."""

from __future__ import annotations

import ssl
from ipaddress import ip_address
from pathlib import Path

from synaspis.core.errors import Fault, InputError


def server_context(certificate: Path, key: Path, authority: Path | None) -> ssl.SSLContext:
    """Of a gateway that listens: TLS 1.2 or newer.

    certificate, key: of the gateway. authority: certificate that clients must chain to; None asks for none.
    Raises InputError for files that cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.num_tickets = 0
    if authority is not None:
        context.verify_mode = ssl.CERT_REQUIRED
    return _loaded(context, certificate, key, authority)


def client_context(certificate: Path, key: Path, authority: Path) -> ssl.SSLContext:
    """Of a gateway that connects to a server whose certificate chains to an authority, TLS 1.2 or newer."""
    return _loaded(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), certificate, key, authority)


def _loaded(context: ssl.SSLContext, certificate: Path, key: Path, authority: Path | None) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key)
        if authority is not None:
            context.load_verify_locations(authority)
    except (OSError, ssl.SSLError) as error:
        files = ", ".join(map(str, filter(None, (certificate, key, authority))))
        what = f"certificate, key or authority cannot be used ({error})"
        raise InputError(
            Fault(what, source=files, remedy="PEM files are needed; key without password.")
        ) from None
    return context


def check_plain(host: str) -> None:
    """Refuse to speak without TLS to another machine. Raises InputError."""
    try:
        is_here = ip_address(host).is_loopback
    except ValueError:
        is_here = host == "localhost"
    if not is_here:
        remedy = "Give --certificate, --key and --authority; without TLS only 127.0.0.1 is allowed."
        raise InputError(Fault(f"{host} is another machine, and no TLS is set up", remedy=remedy))
